"""What each claim turns on: how far one assumption moves its margin, and whether it turns its verdict.

The margin of a comparison is its left side less its right, in the unit of these.
A tornado moves one assumption at a time over its declared range while the rest stays at its central setting
(Howard, 1988, *Management Science* 34(6)); with it stands what the claim comes to with that assumption fixed
and everything else moving, and the breakdown value at which the claim turns (Horowitz & Manski, 1995,
*Econometrica* 63(2)).  What is left of a margin, as a share of the central one, needs no unit: it is one at
the centre, nought where the sides are level, and below nought where the comparison comes out otherwise.
Where a claim joins comparisons, a swing is about the one that sets what is left: for each assumption anew,
and by shares, as the units differ.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from analysis import claims, expr, intervals, predicates
from analysis.case import Case
from analysis.claims import Claim, Space, Verdict
from analysis.expr import Expression, NotIdentifiedError
from analysis.intervals import Range
from analysis.predicates import SLACK, Node, Predicate, Truth, kleene

ROUNDING = ("rounding",)
"""What stands for the rounding of all printed figures at once, beside the names of assumptions."""

Margin = tuple[float, float, float]
"""Its least, central and greatest value."""

REVERSES, UNDECIDES, TOGETHER, NEVER = "reverses", "undecides", "together", "never"
"""How an assumption bears on a claim: alone it makes it come out otherwise, or leaves it without an answer;
it does either with others only; or it moves the claim and never turns it."""


@dataclass(frozen=True)
class Swing:
    """What some assumptions, moving together while the rest is central, do to the margin of a claim.

    ``compares`` is the comparison that decides then; ``ends`` are in its unit, ``shares`` are shares
    of its central margin.  Both are None where the margin is not identified, the shares also where its sides
    are level at the centre.
    ``alone`` is the verdict while only ``keys`` move, ``fixed`` while everything but these does.
    """

    claim: str
    keys: tuple[str, ...]
    compares: str
    ends: Margin | None
    alone: str
    fixed: str
    breakdown: Mapping[str, float | str]

    @property
    def shares(self) -> tuple[float, float] | None:
        """The ends as shares of the central margin, the smaller first."""
        return _shares(self.ends) if self.ends else None


@dataclass(frozen=True)
class Robustness:
    """The verdict on each claim of a case, and what everything left open does to it."""

    claims: tuple[Claim, ...]
    verdicts: Mapping[str, Verdict]
    swings: tuple[Swing, ...]
    bearing: Mapping[str, tuple[str, ...]]
    """The assumptions that a claim asks about or computes with, by its id."""

    def cell(self, claim: str, assumption: str) -> str:
        """How an assumption bears on a claim; empty where it makes no difference, if for want of others."""
        if assumption not in self.bearing[claim]:
            return ""
        found = self.verdicts[claim]
        if assumption in found.open_keys:
            return UNDECIDES
        mine = [flip for flip in found.flips if assumption in flip.at]
        alone = {flip.to for flip in mine if len(flip.at) == 1}
        if alone:
            return UNDECIDES if alone == {None} else REVERSES
        if mine:
            return TOGETHER
        return NEVER if found.central is not None else ""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions that make a difference to some claim, in order of first use."""
        return tuple(dict.fromkeys(self.matrix["assumption"]))

    @property
    def frame(self) -> pl.DataFrame:
        """The swings, a row each; ends in the unit of the comparison, and what is left of the margin."""
        rows = [
            {
                "claim": each.claim,
                "moves": " + ".join(each.keys),
                "compares": each.compares,
                **dict(zip(("low", "central", "high"), each.ends or (None,) * 3, strict=True)),
                **dict(zip(("share_low", "share_high"), each.shares or (None,) * 2, strict=True)),
                "alone": each.alone,
                "fixed": each.fixed,
                "breakdown": ", ".join(f"{key}: {_short(at)}" for key, at in each.breakdown.items()),
            }
            for each in self.swings
        ]
        numbers = dict.fromkeys(("low", "central", "high", "share_low", "share_high"), pl.Float64)
        texts = dict.fromkeys(("claim", "moves", "compares", "alone", "fixed", "breakdown"), pl.String)
        return pl.DataFrame(rows, schema_overrides={**texts, **numbers}) if rows else pl.DataFrame()

    @property
    def matrix(self) -> pl.DataFrame:
        """How each assumption bears on each claim, a row a pair in which it does."""
        pairs = [
            (claim, name, self.cell(claim, name)) for claim, names in self.bearing.items() for name in names
        ]
        schema = dict.fromkeys(("claim", "assumption", "bears"), pl.String)
        return pl.DataFrame(pairs, schema=schema, orient="row").filter(pl.col("bears") != "")


def _short(at: float | str) -> str:
    return at if isinstance(at, str) else f"{at:.6g}"


def robustness(case: Case) -> Robustness:
    """What the claims of a checked case turn on, under its settings."""
    space, names = claims.space_of(case), tuple(case.assumptions["name"])
    printed = frozenset(case.facts["id"])
    verdicts = claims.verdicts(case)
    studies = [_Study(claim, verdicts[claim.id], space, printed) for claim in case.claims]
    bearing = {each.claim.id: tuple(name for name in names if name in each.open) for each in studies}
    swings = tuple(swing for each in studies for swing in each.swings(bearing[each.claim.id]))
    return Robustness(case.claims, verdicts, swings, bearing)


def losses(case: Case) -> pl.DataFrame:
    """The quantities that each other setting of a choice leaves not identified, a row each; null for none."""
    space = claims.space_of(case)
    formulas = {
        key: expr.substitute(formula, space.definitions) for key, formula in space.definitions.items()
    }
    known = [key for key, formula in formulas.items() if _identified(formula, space.ranges)]
    rows: list[tuple[str, str, list[str]]] = []
    for name, settings in space.choices.items():
        for one in settings:
            ranges = {**space.ranges, name: Range(one, one, one)}
            if one != space.ranges[name].central:
                rows.append((name, one, [key for key in known if not _identified(formulas[key], ranges)]))
    schema = {"assumption": pl.String(), "setting": pl.String(), "lost": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row").explode("lost")


def _identified(formula: Expression, ranges: Mapping[str, Range]) -> bool:
    try:
        taken = expr.resolve(formula, {key: known.central for key, known in ranges.items()})
        for key in taken.names:
            intervals.ends_of(key, ranges.get(key))
    except NotIdentifiedError:
        return False
    return True


def only(space: Space, moved: Iterable[str]) -> Space:
    """The space in which nothing but ``moved`` is open, the rest being at its central setting."""
    kept = frozenset(moved)
    ranges = {
        key: known if key in kept else Range(known.central, known.central, known.central)
        for key, known in space.ranges.items()
    }
    return replace(
        space, ranges=ranges, choices={key: of for key, of in space.choices.items() if key in kept}
    )


@dataclass(frozen=True)
class _Study:
    """A claim, its verdict, the space in which it stands, and the figures that are printed."""

    claim: Claim
    verdict: Verdict
    space: Space
    printed: frozenset[str]

    @cached_property
    def predicate(self) -> Predicate:
        return predicates.parse(self.claim.predicate)

    @cached_property
    def differences(self) -> tuple[Expression, ...]:
        made = self.space.definitions
        return tuple(expr.substitute(each.difference, made) for each in self.predicate.comparisons)

    @cached_property
    def open(self) -> frozenset[str]:
        """The keys on which it rests that are not settled: with a width, unbounded, or choices.

        A figure that a later source gives is none of them.
        """
        ranges = self.space.ranges
        names = {key for each in self.differences for key in each.names} & ranges.keys()
        unsettled = {
            key for key in names if ranges[key].central is None or ranges[key].low != ranges[key].high
        }
        return frozenset(unsettled | (names & self.space.choices.keys()))

    def swings(self, assumptions: tuple[str, ...]) -> Iterator[Swing]:
        """What each assumption does, then the sets that only turn it together, then rounding."""
        sets = [flip.keys for flip in self.verdict.flips if len(flip.keys) > 1]
        for keys in dict.fromkeys([*((name,) for name in assumptions), *sets]):
            yield self._swing(keys, frozenset(keys))
        if figures := self.open & self.printed:
            yield self._swing(ROUNDING, figures)

    def _swing(self, keys: tuple[str, ...], moved: frozenset[str]) -> Swing:
        place, ends = self._margin(only(self.space, moved))
        others = only(self.space, self.open - moved)
        alone, fixed = (self._verdict(space) for space in (only(self.space, moved), others))
        flip = next((flip for flip in self.verdict.flips if frozenset(flip.at) == moved), None)
        compares = "" if place is None else self.predicate.comparisons[place].text
        return Swing(self.claim.id, keys, compares, ends, alone, fixed, flip.at if flip else {})

    def _verdict(self, space: Space) -> str:
        return claims.verdict(self.claim.id, self.claim.predicate, space, flips=False).kind

    def _margin(self, space: Space) -> tuple[int | None, Margin | None]:
        """The comparison that decides over a space, and its margin there."""
        found = [margin(each, space) for each in self.differences]
        pairs = zip(self.predicate.comparisons, found, strict=True)
        truths = [None if ends is None else part.at(ends[1]) for part, ends in pairs]
        left = [min(_shares(ends) or (0.0,)) if ends else 0.0 for ends in found]
        _, place = decisive(self.predicate.joined, truths, left)
        return place, None if place is None else found[place]


def _shares(ends: Margin) -> tuple[float, float] | None:
    """The ends of a margin as shares of its central value; None where that is nought."""
    low, central, high = ends
    if abs(central) < SLACK:
        return None
    return min(low / central, high / central), max(low / central, high / central)


def margin(difference: Expression, space: Space) -> Margin | None:
    """The range of a difference over a space, under every setting of its open choices that gives one.

    None where it is not identified at the central setting; raises ExpressionError.
    """
    asked = sorted({name for name, _ in difference.settings} & space.choices.keys())
    found = []
    for chosen in itertools.product(*(space.choices[name] for name in asked)):
        settings = {name: Range(one, one, one) for name, one in zip(asked, chosen, strict=True)}
        known = _ends(difference, {**space.ranges, **settings})
        found += [known] if known else []
    centre = _ends(difference, only(space, ()).ranges)
    if centre is None or not found:
        return None
    return min(each[0] for each in found), centre[1], max(each[2] for each in found)


def _ends(difference: Expression, ranges: Mapping[str, Range]) -> Margin | None:
    try:
        known = intervals.interval(difference, ranges)
    except NotIdentifiedError:
        return None
    return float(known.low or 0), float(known.central or 0), float(known.high or 0)


def decisive(node: Node, truths: Sequence[Truth], left: Sequence[float]) -> tuple[Truth, int | None]:
    """What joined comparisons come to, and the place of the one that sets how much of it is left.

    ``truths`` are the comparisons at the centre, ``left`` the least shares of their margins.  Where each has
    to stand (all are true under ``and``, none under ``or``) it is the one with the least left; where any one
    suffices, the last to turn: the robustness of Fainekos & Pappas (2009, *Theoretical Computer Science*
    410(42)), in shares.  None where an unknown one leaves the whole unknown.
    """
    if isinstance(node, int):
        return truths[node], None if truths[node] is None else node
    word, parts = node
    found = [decisive(part, truths, left) for part in parts]
    truth = kleene(word, [one for one, _ in found])
    if truth is None or word == "not":
        return truth, None if truth is None else found[0][1]
    places = [place for one, place in found if one is truth and place is not None]
    pick = max if truth is (word == "or") else min
    return truth, pick(places, key=lambda place: left[place])
