"""What a predicate reaches while its keys range over theirs: true, false, unknown, and where.

An enclosure of each difference decides most boxes at once, and exactly.  Where it does not, corners show
what is reached: where a difference only rises or only falls in each key, its enclosure ends at a corner, so
that they are exact too.  Any other box is halved in its widest key, and halved again (branch and bound:
Moore, 1966, *Interval Analysis*; Hansen & Walster, 2004, *Global Optimization Using Interval Analysis*),
until enclosures decide or there are too many boxes; corners and centres of these are then a dense grid.

This module needs the standard library only.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analysis import expr, intervals
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.intervals import Box, Ends, Range
from analysis.predicates import Predicate, Truth

BOXES = 256
"""The most boxes that one question is searched in."""

CORNERS = 8
"""The most keys of which all corners are tried; of more, those where all are low or all are high."""

Point = Mapping[str, float]


@dataclass(frozen=True)
class Reading:
    """A predicate under one setting of the choices: its differences, None where one is unknown.

    ``open_keys`` are what leaves them open.
    """

    predicate: Predicate
    differences: tuple[Expression | None, ...]
    open_keys: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The keys that it computes with."""
        return frozenset(key for each in self.differences if each for key in each.names)

    def over(self, box: Box) -> frozenset[Truth]:
        """What it can be over a box, as far as enclosures tell; raises ExpressionError."""
        found = self.roughly(box)
        return found if len(found) == 1 else self._truths(lambda each: intervals.bounds(each.tree, box))

    def roughly(self, box: Box) -> frozenset[Truth]:
        """What it can be over a box as far as natural enclosures tell, which are quick and wide."""
        try:
            return self._truths(lambda each: intervals.natural(each.tree, box))
        except ExpressionError:  # a wide enclosure may hold a zero that a narrow one does not
            return frozenset({True, False, None})

    def at(self, point: Point) -> Truth:
        """What it is at a point; raises ExpressionError."""
        (truth,) = self._truths(lambda each: (expr.evaluate(each, point),) * 2)
        return truth

    def _truths(self, ends: Callable[[Expression], Ends]) -> frozenset[Truth]:
        pairs = zip(self.predicate.comparisons, self.differences, strict=True)
        unknown: frozenset[Truth] = frozenset({None})
        return self.predicate.truths([each.truths(*ends(of)) if of else unknown for each, of in pairs])


@dataclass
class Reached:
    """Each truth that is reached, with a point where it is; whether enclosures leave no doubt of it."""

    points: dict[Truth, Point] = field(default_factory=dict)
    exact: bool = True


def reading(
    predicate: Predicate,
    differences: Sequence[Expression],
    ranges: Mapping[str, Range],
    settings: Mapping[str, str],
) -> Reading:
    """The predicate under ``settings``; of its ``differences`` one with an open leaf is unknown."""
    found: list[Expression | None] = []
    open_keys: dict[str, None] = {}
    for difference in differences:
        try:
            taken = expr.resolve(difference, settings)
            for key in taken.names:
                intervals.ends_of(key, ranges.get(key))
            found.append(taken)
        except NotIdentifiedError as error:
            found.append(None)
            open_keys[error.key] = None
    return Reading(predicate, tuple(found), tuple(open_keys))


def reached(of: Reading, box: Box) -> Reached:
    """What is reached over a box; raises ExpressionError where a part cannot be computed."""
    found = Reached()
    possible = of.over(box)
    if len(possible) == 1:
        return Reached(dict.fromkeys(possible, _centre(box)))
    waiting = deque([box])
    for searched in range(BOXES):
        part = waiting.popleft()
        for point in _diagonal(part) if searched else corners(part):
            found.points.setdefault(of.at(point), point)
        if len(possible if part is box else of.roughly(part)) > 1:
            waiting.extend(_halves(part, box))
        if not waiting or found.points.keys() >= possible:
            return found
    found.exact = False
    return found


def corners(box: Box) -> Iterator[Point]:
    """The corners of a box and its centre."""
    wide = [key for key, ends in box.items() if ends[0] < ends[1]]
    if len(wide) > CORNERS:
        yield from _diagonal(box)
        return
    for corner in itertools.product(*(sorted(set(ends)) for ends in box.values())):
        yield dict(zip(box, corner, strict=True))
    yield _centre(box)


def _diagonal(box: Box) -> Iterator[Point]:
    yield {key: low for key, (low, _) in box.items()}
    yield {key: high for key, (_, high) in box.items()}
    yield _centre(box)


def _centre(box: Box) -> Point:
    return {key: (low + high) / 2 for key, (low, high) in box.items()}


def _halves(part: Box, whole: Box) -> list[Box]:
    """The two halves of a box, cut in the key in which it is widest, as a share of the whole."""
    wide = {
        key: (part[key][1] - part[key][0]) / (high - low) for key, (low, high) in whole.items() if low < high
    }
    key = max(wide, key=lambda key: wide[key], default="")
    if not key:
        return []
    low, high = part[key]
    middle = (low + high) / 2
    return [{**part, key: (low, middle)}, {**part, key: (middle, high)}]
