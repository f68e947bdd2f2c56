"""Claims: whether a comparison holds over rounding and over everything that the sources leave open.

Each printed figure ranges over what would be printed the same way, each assumption over its declared range
or choices, all at once: a verdict is about the whole of that space, as Manski's bounds are (Manski, 1989,
*Anatomy of the selection problem*; 2003, *Partial Identification of Probability Distributions*).
A claim that depends comes with the smallest sets of what is open that flip it while the rest stays at its
central setting, and with the breakdown value (Horowitz & Manski, 1995), the first at which they do.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from analysis import expr, predicates, reach
from analysis.case import Case
from analysis.claim_files import DEPENDS, FAILS, HOLDS, NOT_IDENTIFIED, Claim
from analysis.expr import Expression
from analysis.intervals import Box, Range
from analysis.leaves import leaf_ranges
from analysis.predicates import Predicate, Truth
from analysis.reach import Point, Reached, Reading

__all__ = ["Claim", "Flip", "Space", "Verdict", "space_of", "verdict", "verdicts"]

STEPS, BISECTIONS = 64, 60
LARGEST = 4
"""Of larger sets only those are looked for without which nothing would flip."""

WHOLE = ("count", "date", "year")

ENDLESS = 1e10
"""What a figure without an upper end is taken to reach: above all that a reform counts.

It is no larger, so that halving the way there still tells whole numbers apart.
"""


@dataclass(frozen=True)
class Flip:
    """What makes a claim come out otherwise: where each of ``at`` has to be, and what it is there.

    A number is the first, from the central setting, at which the claim flips; several move together, each by
    the same share of its way to the end of its range.  A choice is the setting that it takes.
    """

    at: Mapping[str, float | str]
    to: Truth

    @property
    def keys(self) -> tuple[str, ...]:
        """What has to move."""
        return tuple(self.at)


@dataclass(frozen=True)
class Verdict:
    """Whether a claim holds, what it is at the central setting, what flips it and what leaves it open.

    ``exact`` is False where a grid, rather than an enclosure, found no setting that is otherwise.
    """

    claim: str
    kind: str
    central: Truth
    exact: bool
    flips: tuple[Flip, ...] = ()
    open_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """Everything left open: the range of each leaf, the settings of each choice, what keys are made of."""

    ranges: Mapping[str, Range]
    choices: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, Expression]
    whole: frozenset[str] = frozenset()
    """The keys that only take whole numbers."""


def verdicts(case: Case) -> dict[str, Verdict]:
    """The verdict on each claim of a checked case, under its settings, by id."""
    space = space_of(case)
    return {claim.id: verdict(claim.id, claim.predicate, space) for claim in case.claims}


def space_of(case: Case) -> Space:
    """What a case leaves open under its settings."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    leaves = (
        *case.facts.select("id", "unit").iter_rows(),
        *case.assumptions.select("name", "unit").iter_rows(),
    )
    return Space(
        {key: _as_far(known) for key, known in leaf_ranges(case).items()},
        {
            row["name"]: tuple(row["choices"].split("|"))
            for row in case.assumptions.filter(kind="choice").iter_rows(named=True)
            if row["name"] not in case.settings
        },
        {key: expr.parse(text) for key, text in case.quantities.select("key", "expression").iter_rows()},
        frozenset(key for key, unit in leaves if kinds[unit] in WHOLE),
    )


def _as_far(known: Range) -> Range:
    """A range, one without an upper end (over 400) as far as `ENDLESS`."""
    return replace(known, high=ENDLESS) if known.high is None and known.central is not None else known


def verdict(claim: str, predicate: str, space: Space, *, flips: bool = True) -> Verdict:
    """The verdict on one claim, with or without what flips it; raises ExpressionError."""
    question = _Question(predicates.parse(predicate), space)
    central, whole = question.central, question.everywhere
    if central is None:
        return Verdict(claim, NOT_IDENTIFIED, None, exact=True, open_keys=question.reading({}).open_keys)
    if whole.points.keys() == {central}:
        return Verdict(claim, HOLDS if central else FAILS, central, whole.exact)
    found = tuple(_flips(question)) if flips else ()
    return Verdict(claim, DEPENDS, central, exact=True, flips=found)


@dataclass(frozen=True)
class _Question:
    """A predicate, and the space over which it is asked."""

    predicate: Predicate
    space: Space
    readings: dict[tuple[tuple[str, str], ...], Reading] = field(default_factory=dict)

    @cached_property
    def differences(self) -> tuple[Expression, ...]:
        """The difference of each comparison, down to leaves."""
        made = self.space.definitions
        return tuple(expr.substitute(each.difference, made) for each in self.predicate.comparisons)

    @cached_property
    def settings(self) -> Mapping[str, tuple[str, ...]]:
        """The choices that it asks about, its central setting first."""
        asked = {name for each in self.differences for name, _ in each.settings}
        return {
            name: tuple(
                sorted(self.space.choices[name], key=lambda one: one != self.space.ranges[name].central)
            )
            for name in sorted(asked & self.space.choices.keys())
        }

    def reading(self, settings: Mapping[str, str]) -> Reading:
        """It under some settings, other choices being at their central one."""
        asked = tuple(sorted(settings.items()))
        if asked not in self.readings:
            ranges = self.space.ranges
            chosen = {key: known.central for key, known in ranges.items() if isinstance(known.central, str)}
            self.readings[asked] = reach.reading(
                self.predicate, self.differences, ranges, {**chosen, **settings}
            )
        return self.readings[asked]

    def box(self, of: Reading, moved: frozenset[str] | None = None) -> Box:
        """The ranges of what it computes with; of all but ``moved`` the central value."""
        return {key: self._ends(key, moved) for key in sorted(of.names)}

    def _ends(self, key: str, moved: frozenset[str] | None) -> tuple[float, float]:
        known = self.space.ranges[key]
        ends = (known.low, known.high) if moved is None or key in moved else (known.central,) * 2
        return float(ends[0] or 0), float(ends[1] or 0)

    @cached_property
    def central(self) -> Truth:
        of = self.reading({})
        return of.at({key: low for key, (low, _) in self.box(of, frozenset()).items()})

    @cached_property
    def everywhere(self) -> Reached:
        """What is reached under any setting of the choices."""
        found = Reached()
        for chosen in itertools.product(*self.settings.values()):
            of = self.reading(dict(zip(self.settings, chosen, strict=True)))
            one = reach.reached(of, self.box(of))
            found.points |= one.points
            found.exact &= one.exact
        return found

    @cached_property
    def open(self) -> tuple[str, ...]:
        """What is left open and may matter: choices, and keys with a width."""
        boxes = [self.box(of) for of in self.readings.values()]
        wide = {key for box in boxes for key, (low, high) in box.items() if low < high}
        return tuple(sorted({*wide, *self.settings}))


def _flips(question: _Question) -> Iterator[Flip]:
    """The smallest sets of what is open that lead to each other truth, smaller sets first."""
    others = question.everywhere.points.keys() - {question.central}
    found: dict[Truth, list[set[str]]] = {truth: [] for truth in others}
    for size in range(1, len(question.open) + 1):
        for keys in itertools.combinations(question.open, size):
            for truth in sorted(others, key=str):
                if any(known <= set(keys) for known in found[truth]) or (size > LARGEST and found[truth]):
                    continue
                if flips := list(_flips_of(question, keys, truth)):
                    found[truth].append(set(keys))
                    yield from flips


def _flips_of(question: _Question, keys: tuple[str, ...], truth: Truth) -> Iterator[Flip]:
    """Where ``keys`` make the claim come out as ``truth``, every choice among them being off its centre."""
    choices = [key for key in keys if key in question.settings]
    numbers = frozenset(keys).difference(choices)
    for chosen in itertools.product(*(question.settings[key][1:] for key in choices)):
        settings = dict(zip(choices, chosen, strict=True))
        of = question.reading(settings)
        if numbers <= of.names:
            for point in _first(question, of, numbers, truth):
                yield Flip({key: settings.get(key) or point[key] for key in keys}, truth)


def _first(question: _Question, of: Reading, numbers: frozenset[str], truth: Truth) -> list[Point]:
    """The points nearest to the centre at which it comes out as ``truth``; one for each end of a lone key."""
    box = question.box(of, numbers)
    found = reach.reached(of, box)
    if truth not in found.points:
        return []
    centre = {key: low for key, (low, _) in question.box(of, frozenset()).items()}
    ends = [point for point in reach.corners(box) if of.at(point) == truth] or [found.points[truth]]
    walks = [_walk(of, centre, end, truth) for end in ends]
    if len(numbers) != 1:
        walks = [min(walks, key=lambda walk: walk[0])]
    elif len(walks) > 1:
        (key,) = numbers
        walks = list({point[key] < centre[key]: (share, point) for share, point in walks}.values())
    return [_whole(question, of, centre, point) for _, point in walks]


def _walk(of: Reading, centre: Point, end: Point, truth: Truth) -> tuple[float, Point]:
    """The share of the way from ``centre`` to ``end`` at which ``truth`` is first met, and the point."""

    def at(share: float) -> Point:
        if share == 1:
            return end
        return {key: start + share * (end[key] - start) for key, start in centre.items()}

    first = next(step for step in range(STEPS + 1) if of.at(at(step / STEPS)) == truth)
    before, share = max(0, first - 1) / STEPS, first / STEPS
    for _ in range(BISECTIONS if first else 0):
        middle = (before + share) / 2
        before, share = (before, middle) if of.at(at(middle)) == truth else (middle, share)
    return share, at(share)


def _whole(question: _Question, of: Reading, centre: Point, point: Point) -> Point:
    """The point with whole numbers where only these are possible, rounded away from the centre."""
    away = {
        key: math.ceil(value - predicates.SLACK)
        if value > centre[key]
        else math.floor(value + predicates.SLACK)
        for key, value in point.items()
        if key in question.space.whole and value != centre[key]
    }
    found = {**point, **{key: float(value) for key, value in away.items()}}
    return found if of.at(found) == of.at(point) else point
