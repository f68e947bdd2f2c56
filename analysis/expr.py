"""The one expression language: a quantity is arithmetic over keys.

An expression is a small part of Python's own grammar: numbers, keys
(``municipal.cases``), ``+ - * / **``, ``min``, ``max``, ``sqrt``, and
``a if choice == "name" else b``, where ``and`` and ``or`` join conditions and
a branch may be ``unknown``: what the sources do not give.  Its inputs are the
keys in it, so lineage cannot disagree with the arithmetic.  Nothing is ever
handed to Python to run.

Intervals are exact where every key that has a width is used once: each
operation is monotone in each argument, so the extremes lie at the vertices
(Moore, 1966, *Interval Analysis*).  That is why a divisor must not hold zero
and the base of a power nothing negative.  A key with a width that is used more
than once is evaluated on a grid as well.

This module needs the standard library only.
"""

from __future__ import annotations

import ast
import itertools
import math
import operator
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

GRID = 33
"""Points along a key with a width that an expression uses more than once."""

LARGEST = sys.float_info.max
UNKNOWN = "unknown"

SHOWN = 80
"""Characters of a text that is no expression shown in the message."""

Values = Mapping[str, float | str | None]
OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}


@dataclass(frozen=True)
class Function:
    """A function of the language, monotone in each argument, and how many arguments it takes."""

    compute: Callable[..., float]
    least: int
    most: float


FUNCTIONS = {
    "min": Function(min, 2, math.inf),
    "max": Function(max, 2, math.inf),
    "sqrt": Function(math.sqrt, 1, 1),
}


class ExpressionError(ValueError):
    """An expression that is not of the language, or that cannot be evaluated."""


class CircleError(ExpressionError):
    """Keys that are defined by each other."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Name the ``keys``, the last being the first again."""
        super().__init__(f"is part of a circle: {' <- '.join(keys)}")
        self.keys = tuple(keys)


class NotIdentifiedError(Exception):
    """The value depends on something that the sources leave entirely open."""

    def __init__(self, key: str) -> None:
        """Name the ``key`` at fault."""
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Range:
    """What is known of one key: a central value and the interval around it.

    A choice holds its name in all three places; ``None`` is unbounded.
    """

    low: float | str | None
    central: float | str | None
    high: float | str | None

    def points(self, steps: int) -> list[float]:
        """The ends and ``steps - 1`` points between them; empty for an exact figure or a choice."""
        if not isinstance(self.low, float) or not isinstance(self.high, float) or self.low == self.high:
            return []
        return [self.low + (self.high - self.low) * step / steps for step in range(steps + 1)]


@dataclass(frozen=True)
class Expression:
    """A parsed expression and the text that it was parsed from."""

    text: str
    tree: ast.expr

    @property
    def names(self) -> tuple[str, ...]:
        """The keys it uses, in order of first use."""
        return tuple(dict.fromkeys(self.uses))

    @property
    def uses(self) -> tuple[str, ...]:
        """Every use of a key, in order."""
        return tuple(_keys(self.tree))

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Every choice that it asks about, with the setting that it asks for."""
        tests = (node for node in ast.walk(self.tree) if isinstance(node, ast.Compare))
        return tuple((key_of(test.left) or "", _text(test.comparators[0])) for test in tests)

    @property
    def numbers(self) -> frozenset[str]:
        """The keys that it computes with, rather than asks about."""
        left = Counter(self.uses) - Counter(choice for choice, _ in self.settings)
        return frozenset(left)


def parse(text: str) -> Expression:
    """Parse ``text``; raises ExpressionError with the part that is not of the language."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        ast.unparse(tree)  # what is nested too deeply fails here
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        message = f"'{shown}' is not an expression"
        raise ExpressionError(message) from error
    _check(tree)
    return Expression(text.strip(), tree)


def key_of(node: ast.AST) -> str | None:
    """The dotted key that ``node`` spells, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := key_of(node.value)):
        return f"{head}.{node.attr}"
    return None


def _check(node: ast.expr) -> None:
    """Refuse what is not a number of the language."""
    if not _allowed(node):
        _refuse(node)
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _check_condition(test)
            parts = [branch for branch in (body, orelse) if key_of(branch) != UNKNOWN]
        case _:
            parts = _parts(node)
    for part in parts:
        _check(part)


def _check_condition(node: ast.expr) -> None:
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check_condition(part)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str())]) if key_of(left):
            return
        case _:
            _refuse(node)


def _refuse(node: ast.expr) -> None:
    message = f"'{ast.unparse(node)}' is not part of the expression language"
    if key_of(node) == UNKNOWN:
        message = f"'{UNKNOWN}' stands only as what a choice leads to: a if choice == 'name' else {UNKNOWN}"
    raise ExpressionError(message)


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Name() | ast.Attribute():
            return key_of(node) not in {None, UNKNOWN}
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
        case ast.BinOp(op=op):
            return type(op) in OPERATORS
        case ast.UnaryOp(op=ast.USub()) | ast.IfExp():
            return True
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name].least <= len(args) <= FUNCTIONS[name].most
    return False


def _parts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return [test, body, orelse]
        case ast.BoolOp(values=values):
            return values
        case ast.Compare(left=left):
            return [left]
        case ast.Call(args=args):
            return args
    return []


def _keys(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        for part in (node.body, node.test, node.orelse):
            yield from _keys(part)
        return
    key = key_of(node)
    if key and key != UNKNOWN:
        yield key
    for part in _parts(node):
        yield from _keys(part)


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def substitute(expression: Expression, definitions: Mapping[str, Expression]) -> Expression:
    """Put each definition in place of its key until only leaves remain."""

    class Expand(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            key = key_of(node)
            if key is None:
                return super().generic_visit(node)
            return self.visit(_copy(definitions[key].tree)) if key in definitions else node

    return _rewritten(expression, Expand())


def resolve(expression: Expression, values: Values) -> Expression:
    """Put the branch that is taken in place of each choice; raises NotIdentifiedError where it is unknown."""

    class Take(ast.NodeTransformer):
        def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
            branch = node.body if _holds(node.test, values) else node.orelse
            if key_of(branch) == UNKNOWN:
                raise NotIdentifiedError(_at_fault(node.test, values))
            return self.visit(branch)  # type: ignore[no-any-return]

    return _rewritten(expression, Take())


def _rewritten(expression: Expression, by: ast.NodeTransformer) -> Expression:
    tree: ast.expr = by.visit(_copy(expression.tree))
    return Expression(ast.unparse(tree), tree)


def _copy(tree: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(tree), mode="eval").body


def ordered(inputs: Mapping[str, Iterable[str]]) -> list[str]:
    """Keys in an order in which each comes after its inputs; raises CircleError where there is none."""
    try:
        return list(TopologicalSorter(inputs).static_order())
    except CycleError as error:
        raise CircleError(error.args[1]) from error


def evaluate(expression: Expression, values: Values) -> float:
    """The value at one point; raises NotIdentifiedError where that point holds nothing."""
    return _value(resolve(expression, values).tree, values)


def _holds(test: ast.expr, values: Values) -> bool:
    match test:
        case ast.BoolOp(op=op, values=parts):
            return (all if isinstance(op, ast.And) else any)(_holds(part, values) for part in parts)
        case ast.Compare(left=left, comparators=[setting]):
            return _leaf(key_of(left) or "", values) == _text(setting)
    raise AssertionError(ast.dump(test))


def _at_fault(test: ast.expr, values: Values) -> str:
    """The first choice in ``test`` that is not met, or the first of all."""
    parts = test.values if isinstance(test, ast.BoolOp) else [test]
    unmet = [part for part in parts if not _holds(part, values)]
    return next(key for part in (*unmet, test) for key in _keys(part))


def _leaf(key: str, values: Values) -> float | str:
    value = values.get(key)
    if value is None:
        raise NotIdentifiedError(key)
    return value


def _value(node: ast.expr, values: Values) -> float:
    match node:
        case ast.Name() | ast.Attribute():
            value = _leaf(key_of(node) or "", values)
            if isinstance(value, str):
                message = f"'{key_of(node)}' is a choice, not a number"
                raise ExpressionError(message)
            return value
        case ast.Constant(value=int() | float() as value):
            return float(value)
    return _number(node, [_value(part, values) for part in _parts(node)])


def _number(node: ast.expr, args: list[float]) -> float:
    try:
        found = _computed(node, args)
    except (ArithmeticError, ValueError) as error:
        message = f"'{ast.unparse(node)}' cannot be computed: {error.args[-1]}"
        raise ExpressionError(message) from error
    if not math.isfinite(found):
        message = f"'{ast.unparse(node)}' cannot be computed: it is too large"
        raise ExpressionError(message)
    return found


def _computed(node: ast.expr, args: list[float]) -> float:
    match node:
        case ast.BinOp(op=op):
            return OPERATORS[type(op)](*args)
        case ast.UnaryOp():
            return -args[0]
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name].compute(*args)
    raise AssertionError(ast.dump(node))


def interval(expression: Expression, ranges: Mapping[str, Range]) -> Range:
    """Central value and bounds of an expression over leaves with the given ranges.

    Raises:
        NotIdentifiedError: a key that it needs is unbounded.
        ExpressionError: a divisor's interval holds zero, the base of a power may be negative, or a
            choice stands where a number should.
    """
    taken = resolve(expression, {key: known.central for key, known in ranges.items()})
    for key in taken.names:
        _leaf(key, {key: ranges[key].central} if key in ranges else {})
    for node in ast.walk(taken.tree):
        match node:
            case ast.BinOp(op=ast.Div(), right=divisor):
                low, high = _ends(divisor, ranges)
                if low <= 0 <= high:
                    message = f"'{taken.text}' divides by '{ast.unparse(divisor)}', which may be zero"
                    raise ExpressionError(message)
            case ast.BinOp(op=ast.Pow(), left=base) if _ends(base, ranges)[0] < 0:
                message = f"'{taken.text}' takes a power of '{ast.unparse(base)}', which may be negative"
                raise ExpressionError(message)
    values = _values(taken, ranges)
    return Range(min(values), values[0], max(values))


def _ends(part: ast.expr, ranges: Mapping[str, Range]) -> tuple[float, float]:
    values = _values(Expression("", part), ranges)
    return min(values), max(values)


def _values(expression: Expression, ranges: Mapping[str, Range]) -> list[float]:
    """Values at the centre and then at every vertex (and grid point) of the ranges."""
    centre = {key: ranges[key].central for key in expression.names if key in ranges}
    uses = Counter(expression.uses)
    axes = {key: ranges[key].points(1 if uses[key] == 1 else GRID - 1) for key in centre}
    axes = {key: points for key, points in axes.items() if points}
    points = (dict(zip(axes, point, strict=True)) for point in itertools.product(*axes.values()))
    return [_value(expression.tree, centre | point) for point in ({}, *points)]


def with_numbers(expression: Expression, text: Callable[[str], str]) -> str:
    """The formula, its choices resolved, with ``text(key)`` in place of each key."""

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            key = key_of(node)
            if key is None or key in FUNCTIONS:
                return super().generic_visit(node)
            return ast.Name(id=text(key))

    return ast.unparse(Put().visit(_copy(expression.tree)))
