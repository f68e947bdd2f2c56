"""Whether an expression gives a date: a date is a point in time, so only its distances are numbers."""

from __future__ import annotations

import ast
from collections.abc import Collection
from datetime import date
from typing import NoReturn

from analysis import expr
from analysis.expr import Expression, ExpressionError

TO_DATES = {"workdays": (True, False)}
"""Functions that give a date, and which of their arguments are dates."""


def is_date(expression: Expression, dates: Collection[str]) -> bool:
    """Whether ``expression`` is a date, its keys among ``dates`` being dates.

    A date less a date is a number of days, and a date more or less a number is a date.  Raises
    ExpressionError where a date is used in any other way.
    """
    return _is_date(expression.tree, dates)


def _is_date(node: ast.expr, dates: Collection[str]) -> bool:
    if key := expr.key_of(node):
        return key in dates
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            branches = [part for part in (body, orelse) if expr.key_of(part) != expr.UNKNOWN]
            return _alike(node, [_is_date(part, dates) for part in branches])
        case ast.BinOp(left=left, op=op, right=right):
            return _operation(node, op, _is_date(left, dates), _is_date(right, dates))
        case ast.Call(func=ast.Name(id=name), args=args):
            found = [_is_date(part, dates) for part in args]
            if name in TO_DATES and tuple(found) != TO_DATES[name]:
                _refuse(node)
            return name in TO_DATES or _alike(node, found)
        case ast.UnaryOp(operand=operand) if _is_date(operand, dates):
            _refuse(node)
    return False


def _operation(node: ast.expr, op: ast.operator, left: bool, right: bool) -> bool:  # noqa: FBT001
    if not (left or right) or (left and right and isinstance(op, ast.Sub)):
        return False
    if not ((left != right and isinstance(op, ast.Add)) or (left and isinstance(op, ast.Sub))):
        _refuse(node)
    return True


def _alike(node: ast.expr, found: list[bool]) -> bool:
    if len(set(found)) > 1:
        _refuse(node)
    return found[0] if found else False


def _refuse(node: ast.expr) -> NoReturn:
    message = f"'{ast.unparse(node)}' computes with a date; only days between dates are a number"
    raise ExpressionError(message)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as ISO 8601 has it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
