"""Intervals: what an expression can come to while its keys range over theirs.

Natural interval arithmetic (Moore, 1966, *Interval Analysis*) is exact where operands share no key with a
width.  Where they do, it encloses the truth too widely, so that the interval of the slope in each shared
key decides (Moore; Hansen & Walster, 2004, *Global Optimization Using Interval Analysis*): a key in which
the expression only rises or only falls, or is linear, contributes its ends; any other is cut into cells,
on each of which the mean-value form bounds what it could do between.  So what is returned encloses the
truth, but for the last binary digits.

This module needs the standard library only.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis import expr
from analysis.expr import Expression, ExpressionError

CELLS = 32
"""Parts of a key in which an expression neither only rises nor only falls."""

MOST = 4096
"""The most boxes that one expression is searched in: cells of such keys, ends of those it is linear in."""

Ends = tuple[float, float]
Box = Mapping[str, Ends]
NOUGHT, HALF, ONE, LESS, RISING = (0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (-1.0, -1.0), (0.0, math.inf)


@dataclass(frozen=True)
class Range:
    """What is known of one key: a central value and the interval around it.

    A choice holds its name in all three places; ``None`` is unbounded.
    """

    low: float | str | None
    central: float | str | None
    high: float | str | None


def interval(expression: Expression, ranges: Mapping[str, Range]) -> Range:
    """Central value and bounds of an expression over leaves with the given ranges.

    Raises:
        NotIdentifiedError: a key that it needs is unbounded.
        ExpressionError: a divisor's interval holds zero, the base of a power may be negative, a choice
            stands where a number should, or there are too many boxes to search.
    """
    centre = {key: known.central for key, known in ranges.items()}
    taken = expr.resolve(expression, centre)
    low, high = bounds(taken.tree, {key: ends_of(key, ranges.get(key)) for key in taken.names})
    central = expr.evaluate(taken, centre)
    return Range(min(low, central), central, max(high, central))


def ends_of(key: str, known: Range | None) -> Ends:
    """Both ends of a key; raises NotIdentifiedError where one is open, ExpressionError for a choice."""
    leaf = Expression(key, ast.Name(key))
    low, high = (
        expr.evaluate(leaf, {key: end}) for end in ((known.low, known.high) if known else (None,) * 2)
    )
    return low, high


def bounds(node: ast.expr, box: Box) -> Ends:
    """An enclosure of ``node`` over a box, as narrow as the search of shared keys makes it."""
    if isinstance(node, ast.Name | ast.Constant):
        return natural(node, box)
    uses = Counter(key for part in expr.parts(node) for key in set(_wide(part, box)))
    if uses and max(uses.values()) > 1:
        return _searched(node, box)
    return _combined(node, [bounds(part, box) for part in expr.parts(node)])


def _wide(node: ast.expr, box: Box) -> Iterator[str]:
    """Every use of a key that has a width."""
    return (key for key in Expression("", node).uses if box[key][0] < box[key][1])


def natural(node: ast.expr, box: Box) -> Ends:
    """The natural interval extension of ``node`` over a box."""
    match node:
        case ast.Name(id=key):
            return box[key]
        case ast.Constant(value=int() | float() as value):
            return float(value), float(value)
    return _combined(node, [natural(part, box) for part in expr.parts(node)])


def _combined(node: ast.expr, found: Sequence[Ends]) -> Ends:
    """An operation on intervals: monotone in each argument, it has its extremes at the vertices."""
    match node:
        case ast.BinOp(op=ast.Div(), right=right) if found[1][0] <= 0 <= found[1][1]:
            raise ExpressionError(_refused(node, "divides by", right, "zero"))
        case ast.BinOp(op=ast.Pow(), left=left) if found[0][0] < 0:
            raise ExpressionError(_refused(node, "takes a power of", left, "negative"))
    values = [expr.computed(node, vertex) for vertex in itertools.product(*(set(ends) for ends in found))]
    return min(values), max(values)


def _refused(node: ast.expr, does: str, part: ast.expr, what: str) -> str:
    return f"'{ast.unparse(node)}' {does} '{ast.unparse(part)}', which may be {what}"


def _searched(node: ast.expr, box: Box) -> Ends:
    """The extremes over the cells of keys it may turn in, and over the ends of keys it is linear in."""
    uses = Counter(_wide(node, box))
    shared = [key for key in uses if uses[key] > 1]
    turning = _turning(node, box, shared)
    axes = [_points(box[key]) if is_linear(node, key) else _cells(box[key]) for key in turning]
    if (count := math.prod(map(len, axes))) > MOST:
        raise ExpressionError(
            f"'{ast.unparse(node)}' uses {', '.join(turning)} more than once each: to bound it takes "
            f"a search of {count} boxes, more than {MOST}; use some of them once"
        )
    parts_of_box = ({**box, **dict(zip(turning, part, strict=True))} for part in itertools.product(*axes))
    found = [_within(node, part, shared) for part in parts_of_box]
    return min(low for low, _ in found), max(high for _, high in found)


def _turning(node: ast.expr, box: Box, shared: Sequence[str]) -> list[str]:
    """The keys in which ``node`` may both rise and fall; all, where only smaller boxes can tell."""
    try:
        return [key for key in shared if not is_steady(slope(node, key, box)[1])]
    except ExpressionError:
        return list(shared)


def _points(ends: Ends) -> list[Ends]:
    return [(end, end) for end in ends]


def _cells(ends: Ends) -> list[Ends]:
    low, high = ends
    cuts = [low, *(low + (high - low) * place / CELLS for place in range(1, CELLS)), high]
    return list(itertools.pairwise(cuts))


def _within(node: ast.expr, box: Box, shared: Sequence[str]) -> Ends:
    """An enclosure over one box: natural and mean-value form, each key it is steady in put at its end."""
    slopes = {key: slope(node, key, box)[1] for key in shared if box[key][0] < box[key][1]}
    turning = {key: ends for key, ends in slopes.items() if not is_steady(ends)}
    middle = {key: ((box[key][0] + box[key][1]) / 2,) * 2 for key in turning}
    reach = sum((box[key][1] - box[key][0]) / 2 * max(map(abs, ends)) for key, ends in turning.items())
    found = []
    for side in (0, 1):
        put = {
            key: (box[key][side if slopes[key][0] >= 0 else 1 - side],) * 2 for key in slopes.keys() - turning
        }
        widest, centre = natural(node, {**box, **put}), natural(node, {**box, **put, **middle})
        mean = (centre[0] - reach, centre[1] + reach)
        found.append((max, min)[side](widest[side], mean[side]))
    return found[0], found[1]


def is_steady(ends: Ends) -> bool:
    """Whether a slope never changes its sign."""
    return ends[0] >= 0 or ends[1] <= 0


def is_linear(node: ast.expr, key: str) -> bool:
    """Whether ``node`` is linear in ``key`` whatever the other keys are, by the form of it."""
    holding = [part for part in expr.parts(node) if key in Expression("", part).uses]
    match node:
        case ast.Name() | ast.Constant():
            return True
        case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp():
            fits = True
        case ast.BinOp(op=ast.Mult()):
            fits = len(holding) < 2
        case ast.BinOp(op=ast.Div(), left=left):
            fits = holding in ([], [left])
        case _:
            fits = not holding
    return fits and all(is_linear(part, key) for part in holding)


def slope(node: ast.expr, key: str, box: Box) -> tuple[Ends, Ends]:
    """The intervals of ``node`` and of its slope in ``key``, by forward differentiation over a box."""
    if isinstance(node, ast.Name | ast.Constant):
        return natural(node, box), ONE if isinstance(node, ast.Name) and node.id == key else NOUGHT
    inner = [slope(part, key, box) for part in expr.parts(node)]
    values = [value for value, _ in inner]
    own = _combined(node, values)
    terms = [_times(rate, of) for rate, (_, of) in zip(rates(node, values, own), inner, strict=True)]
    low, high = sum(low for low, _ in terms), sum(high for _, high in terms)
    return own, (-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def rates(node: ast.expr, values: Sequence[Ends], own: Ends) -> list[Ends]:
    """The slope of an operation in each of its arguments, its own value being in ``own``."""
    match node:
        case ast.BinOp(op=ast.Add()):
            return [ONE, ONE]
        case ast.BinOp(op=ast.Sub()):
            return [ONE, LESS]
        case ast.UnaryOp():
            return [LESS]
        case ast.BinOp(op=ast.Mult()):
            return [values[1], values[0]]
        case ast.BinOp(op=ast.Div()):
            inverse = (1 / values[1][1], 1 / values[1][0])
            return [inverse, _times(LESS, _times(own, inverse))]
        case ast.BinOp(op=ast.Pow()):
            base, power = values
            logarithm = (_log(base[0]), _log(base[1]))
            return [_times(power, _power(base, (power[0] - 1, power[1] - 1))), _times(own, logarithm)]
        case ast.Call(func=ast.Name(id="sqrt")):
            return [_times(HALF, _power(own, LESS))]
        case ast.Call(func=ast.Name(id="min" | "max" as name)):
            return _chosen(name, values)
    return [RISING for _ in values]  # any other function only rises, perhaps in steps


def _chosen(name: str, values: Sequence[Ends]) -> list[Ends]:
    """The slopes of ``min`` or ``max``: those of what may be the least or the greatest."""
    if name == "max":
        values = [(-high, -low) for low, high in values]
    reached = min(high for _, high in values)
    may = [low <= reached for low, _ in values]
    return [(ONE if sum(may) == 1 else (0.0, 1.0)) if it else NOUGHT for it in may]


def _times(left: Ends, right: Ends) -> Ends:
    """The product of two intervals, of which an end may be infinite: nought times that is nought."""
    found = [one * other if one and other else 0.0 for one in left for other in right]
    return min(found), max(found)


def _power(base: Ends, power: Ends) -> Ends:
    found = [_raised(one, other) for one in base for other in power]
    return min(found), max(found)


def _raised(base: float, power: float) -> float:
    try:
        return math.pow(base, power)
    except (ValueError, OverflowError):
        return math.inf


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
