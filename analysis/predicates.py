"""Predicates: comparisons of expressions, chained or joined by ``and``, ``or`` and ``not``.

A predicate is made of the one expression language: each of its comparisons is the left side less the right,
and is true or false by the sign of that difference.  What the sources leave open makes it unknown; where
comparisons are joined, an unknown one matters as in Kleene's logic of three values (Kleene, 1952,
*Introduction to Metamathematics*, section 64): ``a or b`` is true where one is, whether or not the other is
known.

This module needs the standard library only.
"""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis import expr
from analysis.expr import Expression, ExpressionError

Truth = bool | None
"""True, false, or None: not identified."""

SIGNS: dict[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
SLACK = 1e-9
"""Sides this near are level: a share of all may come to 100.00000000000001%."""

Node = int | tuple[str, tuple["Node", ...]]
"""How comparisons are joined: the place of one, or a word and what it joins."""


@dataclass(frozen=True)
class Comparison:
    """Two sides of a sign, as ``text`` gives them."""

    text: str
    left: Expression
    holds: Callable[[float, float], bool]
    right: Expression

    @cached_property
    def difference(self) -> Expression:
        """The left side less the right."""
        tree = ast.BinOp(self.left.tree, ast.Sub(), self.right.tree)
        return Expression(ast.unparse(tree), tree)

    def at(self, difference: float) -> bool:
        """What it is where its sides differ by this much."""
        return self.holds(0.0 if abs(difference) < SLACK else difference, 0.0)

    def truths(self, low: float, high: float) -> frozenset[Truth]:
        """What it is while the difference is anything from ``low`` to ``high``."""
        return frozenset(map(self.at, (low, high)))


@dataclass(frozen=True)
class Predicate:
    """A parsed predicate, its comparisons in order, and how they are joined."""

    text: str
    comparisons: tuple[Comparison, ...]
    joined: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The keys it uses, in order of first use."""
        return tuple(dict.fromkeys(key for part in self.comparisons for key in part.difference.names))

    def truths(self, found: Sequence[frozenset[Truth]]) -> frozenset[Truth]:
        """What it can be where its comparisons can be what is ``found``."""
        return _truths(self.joined, found)


def parse(text: str) -> Predicate:
    """Parse ``text``; raises ExpressionError with the part that is not of the language, or no comparison."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        ast.unparse(tree)  # what is nested too deeply fails here
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"'{text[:80]}{'…' * (len(text) > 80)}' is not a comparison") from error
    comparisons: list[Comparison] = []
    joined = _node(tree, comparisons)
    return Predicate(text.strip(), tuple(comparisons), joined)


def _node(node: ast.expr, found: list[Comparison]) -> Node:
    match node:
        case ast.BoolOp(op=op, values=values):
            word = "and" if isinstance(op, ast.And) else "or"
            return word, tuple(_node(value, found) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return "not", (_node(operand, found),)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            return "and", tuple(_placed(node, op, pair, found) for op, pair in _pairs(ops, [left, *rest]))
    raise ExpressionError(f"'{ast.unparse(node)}' is not a comparison; expected one such as a < b")


def _pairs(
    ops: Sequence[ast.cmpop], sides: Sequence[ast.expr]
) -> list[tuple[ast.cmpop, tuple[ast.expr, ast.expr]]]:
    return list(zip(ops, itertools.pairwise(sides), strict=True))


def _placed(node: ast.expr, op: ast.cmpop, sides: tuple[ast.expr, ast.expr], found: list[Comparison]) -> int:
    """The place of a comparison among those found."""
    if type(op) not in SIGNS:
        raise ExpressionError(f"'{ast.unparse(node)}' does not compare by <, <=, > or >=")
    left, right = (expr.parse(ast.unparse(side)) for side in sides)
    text = ast.unparse(ast.Compare(sides[0], [op], [sides[1]]))
    found.append(Comparison(text, left, SIGNS[type(op)], right))
    return len(found) - 1


def _truths(node: Node, found: Sequence[frozenset[Truth]]) -> frozenset[Truth]:
    if isinstance(node, int):
        return found[node]
    word, parts = node
    return frozenset(
        kleene(word, truths) for truths in itertools.product(*(_truths(part, found) for part in parts))
    )


def kleene(word: str, truths: Sequence[Truth]) -> Truth:
    """What a word makes of what it joins."""
    if word == "not":
        return None if truths[0] is None else not truths[0]
    deciding = word == "or"
    if deciding in truths:
        return deciding
    return None if None in truths else not deciding
