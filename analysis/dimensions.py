"""The unit of an expression, so that a claim compares like with like.

Units multiply and cancel as dimensions do; percentages less percentages are percentage points, dates less
dates are days.  This module needs the standard library only.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

from analysis import expr
from analysis.expr import Expression, ExpressionError

PURE = frozenset({"share", "times"})
"""Units of numbers without a dimension."""

SPECIAL = {("percent", "percent"): "point", ("percent", "point"): "percent", ("date", "date"): "day"}
"""What the difference of two units is, where it is not the same unit."""

Dimension = Counter[str]
"""Units with their powers; nothing for a bare number, which goes with any unit."""


def dimension(expression: Expression, units: Mapping[str, str]) -> Dimension | None:
    """The dimension of an expression over keys of the given units, or None where it cannot be told.

    Raises ExpressionError where it adds or chooses between unlike units.
    """
    return _of(expression.tree, units)


def named(found: Dimension) -> str:
    """A dimension in words."""
    over = [unit if power == 1 else f"{unit}^{power}" for unit, power in sorted(found.items()) if power > 0]
    under = [
        unit if power == -1 else f"{unit}^{-power}" for unit, power in sorted(found.items()) if power < 0
    ]
    return " per ".join([" x ".join(over) or "1", *under])


def unlike(left: Dimension | None, right: Dimension | None) -> bool:
    """Whether two dimensions cannot be compared."""
    return bool(left and right) and left != right


def _of(node: ast.expr, units: Mapping[str, str]) -> Dimension | None:
    if key := expr.key_of(node):
        return Counter({units[key]: 1} if units[key] not in PURE else {})
    match node:
        case ast.Constant():
            return Counter()
        case ast.UnaryOp(operand=operand):
            return _of(operand, units)
        case ast.BinOp(left=left, op=op, right=right):
            return _operation(node, op, _of(left, units), _of(right, units))
        case ast.IfExp(body=body, orelse=orelse):
            branches = [part for part in (body, orelse) if expr.key_of(part) != expr.UNKNOWN]
            return _alike(node, [_of(part, units) for part in branches])
        case ast.Call(func=ast.Name(id="min" | "max" | "floor"), args=args):
            return _alike(node, [_of(part, units) for part in args])
    return None


def _operation(
    node: ast.expr, op: ast.operator, left: Dimension | None, right: Dimension | None
) -> Dimension | None:
    if isinstance(op, ast.Add | ast.Sub):
        return _sum(node, op, left, right)
    if left is None or right is None or not isinstance(op, ast.Mult | ast.Div):
        return None
    found = left.copy()
    (found.update if isinstance(op, ast.Mult) else found.subtract)(right)
    return Counter({unit: power for unit, power in found.items() if power})


def _sum(
    node: ast.expr, op: ast.operator, left: Dimension | None, right: Dimension | None
) -> Dimension | None:
    pair = tuple(next(iter(side)) for side in (left, right) if side and list(side.values()) == [1])
    if pair == ("date", "day"):
        return left
    if pair in SPECIAL and (isinstance(op, ast.Sub) or SPECIAL[pair] == pair[0]):
        return Counter({SPECIAL[pair]: 1})
    return _alike(node, [left, right])


def _alike(node: ast.expr, found: list[Dimension | None]) -> Dimension | None:
    known = [each for each in found if each]
    for other in known[1:]:
        if other != known[0]:
            raise ExpressionError(f"'{ast.unparse(node)}' joins {named(known[0])} with {named(other)}")
    return None if None in found else (known or [Counter()])[0]
