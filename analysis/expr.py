"""The one expression language: a quantity is arithmetic over keys.

An expression is a small part of Python's own grammar: numbers, keys (``municipal.cases``), ``+ - * / **``,
``min``, ``max``, ``sqrt``, ``floor``, and ``a if choice == "name" else b``, where ``and`` and ``or`` join
conditions and a branch may be ``unknown``: what the sources do not give.  Its inputs are the keys in it,
so lineage cannot disagree with the arithmetic.  Nothing is ever run by Python; only its standard library
is needed.
"""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

UNKNOWN = "unknown"
Values = Mapping[str, float | str | None]
OPERATORS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.USub: operator.neg,
}


@dataclass(frozen=True)
class Function:
    """A function of the language, which falls in none of its arguments, and how many of them it takes."""

    compute: Callable[..., float]
    least: int
    most: float


FUNCTIONS = {
    "min": Function(min, 2, math.inf),
    "max": Function(max, 2, math.inf),
    "sqrt": Function(math.sqrt, 1, 1),
    "floor": Function(math.floor, 1, 1),
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
class Expression:
    """A parsed expression, each key one name in its tree, and the text that it was parsed from."""

    text: str
    tree: ast.expr

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The keys it uses, in order of first use."""
        return tuple(dict.fromkeys(self.uses))

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """Every use of a key, in order."""
        return tuple(_keys(self.tree))

    @cached_property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Every choice that it asks about, with the setting that it asks for."""
        return tuple(_asked(node) for node in ast.walk(self.tree) if isinstance(node, ast.Compare))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The keys that it computes with, rather than asks about."""
        return frozenset(Counter(self.uses) - Counter(choice for choice, _ in self.settings))


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse ``text``; raises ExpressionError with the part that is not of the language."""
    try:
        tree = _rebuilt(ast.parse(text.strip(), mode="eval").body, _named)
        ast.unparse(tree)  # what is nested too deeply fails here
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"'{text[:80]}{'…' * (len(text) > 80)}' is not an expression") from error
    _check(tree)
    return Expression(text.strip(), tree)


def key_of(node: ast.AST) -> str | None:
    """The dotted key that ``node`` spells, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := key_of(node.value)):
        return f"{head}.{node.attr}"
    return None


def _named(node: ast.AST) -> ast.expr | None:
    return ast.Name(key) if (key := key_of(node)) else None


def _rebuilt(node: Any, change: Callable[[ast.AST], ast.expr | None]) -> Any:  # noqa: ANN401 - any field
    """A copy of a tree with what ``change`` gives in place of each node for which it gives something."""
    if isinstance(node, list):
        return [_rebuilt(part, change) for part in node]
    if not isinstance(node, ast.expr):
        return node
    fields = ast.iter_fields(node)
    return change(node) or type(node)(**{name: _rebuilt(part, change) for name, part in fields})


def _check(node: ast.expr) -> None:
    """Refuse what is not a number of the language."""
    if not _allowed(node):
        _refuse(node)
    numbers = parts(node)
    if isinstance(node, ast.IfExp):
        _check_condition(node.test)
        numbers = [branch for branch in (node.body, node.orelse) if key_of(branch) != UNKNOWN]
    for part in numbers:
        _check(part)


def _check_condition(node: ast.expr) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check_condition(value)
        case ast.Compare(left=ast.Name(), ops=[ast.Eq()], comparators=[ast.Constant(value=str())]):
            return
        case _:
            _refuse(node)


def _refuse(node: ast.expr) -> None:
    if key_of(node) == UNKNOWN:
        path = f"a if choice == 'name' else {UNKNOWN}"
        raise ExpressionError(f"'{UNKNOWN}' stands only as what a choice leads to: {path}")
    raise ExpressionError(f"'{ast.unparse(node)}' is not part of the expression language")


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=key):
            return key != UNKNOWN
        case ast.Constant(value=value):
            return (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and abs(value) <= sys.float_info.max
            )
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            return type(op) in OPERATORS
        case ast.IfExp():
            return True
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name].least <= len(args) <= FUNCTIONS[name].most
    return False


def parts(node: ast.expr) -> list[ast.expr]:
    """What ``node`` is computed from, a branch before its condition."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.test, node.orelse]
    found = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return found[1:] if isinstance(node, ast.Call) else found


def _keys(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id != UNKNOWN:
        yield node.id
    for part in parts(node):
        yield from _keys(part)


def _asked(test: Any) -> tuple[str, str]:  # noqa: ANN401 - a comparison, as checked
    """The choice that a condition asks about, and the setting that it asks for."""
    return test.left.id, test.comparators[0].value


def substitute(expression: Expression, definitions: Mapping[str, Expression]) -> Expression:
    """Put each definition in place of its key until only leaves remain."""

    def expanded(node: ast.AST) -> ast.expr | None:
        key = key_of(node) or ""
        return _rebuilt(definitions[key].tree, expanded) if key in definitions else None

    return _rewritten(expression, expanded)


def resolve(expression: Expression, values: Values) -> Expression:
    """Put the branch that is taken in place of each choice; raises NotIdentifiedError where it is unknown."""

    def taken(node: ast.AST) -> ast.expr | None:
        if not isinstance(node, ast.IfExp):
            return None
        branch = node.body if _holds(node.test, values) else node.orelse
        if key_of(branch) == UNKNOWN:
            raise NotIdentifiedError(_at_fault(node.test, values))
        return _rebuilt(branch, taken)  # type: ignore[no-any-return]

    return _rewritten(expression, taken) if expression.settings else expression


def bearing(expression: Expression, values: Values) -> tuple[str, ...]:
    """The keys that its value rests on: those of the branches taken, and the choices that it asks about."""
    return tuple(dict.fromkeys((*resolve(expression, values).names, *dict(expression.settings))))


def _rewritten(expression: Expression, change: Callable[[ast.AST], ast.expr | None]) -> Expression:
    tree: ast.expr = _rebuilt(expression.tree, change)
    return Expression(ast.unparse(tree), tree)


def ordered(inputs: Mapping[str, Iterable[str]]) -> list[str]:
    """Keys in an order in which each comes after its inputs; raises CircleError where there is none."""
    try:
        return list(TopologicalSorter(inputs).static_order())
    except CycleError as error:
        raise CircleError(error.args[1]) from error


def evaluate(expression: Expression, values: Values) -> float:
    """The value at one point; raises NotIdentifiedError where that point holds nothing."""
    return _evaluated(resolve(expression, values).tree, values)


def _holds(test: ast.expr, values: Values) -> bool:
    if isinstance(test, ast.BoolOp):
        return (all if isinstance(test.op, ast.And) else any)(_holds(part, values) for part in test.values)
    choice, setting = _asked(test)
    return _leaf(choice, values) == setting


def _at_fault(test: ast.expr, values: Values) -> str:
    """The first choice in ``test`` that is not met, or the first of all."""
    tests = test.values if isinstance(test, ast.BoolOp) else [test]
    unmet_first = sorted(tests, key=lambda part: _holds(part, values))
    return next(key for part in unmet_first for key in _keys(part))


def _leaf(key: str, values: Values) -> float | str:
    if (value := values.get(key)) is None:
        raise NotIdentifiedError(key)
    return value


def _evaluated(node: ast.expr, values: Values) -> float:
    match node:
        case ast.Name(id=key):
            if isinstance(value := _leaf(key, values), str):
                raise ExpressionError(f"'{key}' is a choice, not a number")
            return value
        case ast.Constant(value=int() | float() as value):
            return float(value)
    return computed(node, [_evaluated(part, values) for part in parts(node)])


def computed(node: Any, args: Sequence[float]) -> float:  # noqa: ANN401 - an operation or a call
    """What the operation at ``node`` gives for ``args``; raises ExpressionError where it gives nothing."""
    compute = OPERATORS[type(node.op)] if "op" in node._fields else FUNCTIONS[node.func.id].compute
    try:
        found = compute(*args)
    except (ArithmeticError, ValueError) as error:
        raise ExpressionError(f"'{ast.unparse(node)}' cannot be computed: {error.args[-1]}") from error
    if not math.isfinite(found):
        raise ExpressionError(f"'{ast.unparse(node)}' cannot be computed: it is too large")
    return found


def with_numbers(expression: Expression, text: Callable[[str], str]) -> str:
    """The formula, its choices resolved, with ``text(key)`` in place of each key."""

    def put(node: ast.AST) -> ast.expr | None:
        key = key_of(node)
        return None if key is None or key in FUNCTIONS else ast.Name(text(key))

    return ast.unparse(_rebuilt(expression.tree, put))
