"""Randomisation tests by enumeration: how small a p-value a design of few units can give at all.

Under Fisher's sharp null hypothesis every assignment that the design could have made gives the same outcomes,
so the p-value is the share of assignments with a statistic as large as the one observed (Fisher, 1935, *The
Design of Experiments*; Imbens & Rubin, 2015, *Causal Inference*, chapter 5).  The observed assignment is one
of them: no p-value is below one over their number, whatever the outcomes and however many months they span.

It holds for units that were drawn.  Of units that were chosen it says only how unusual they are among the
sets that might have been chosen.  This module needs the standard library only.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

MOST = 1_000_000
"""The most assignments that a p-value is enumerated over."""

Outcome = int | float | Fraction


@dataclass(frozen=True)
class Stratum:
    """Units among which some are treated, each set of that size being as likely."""

    units: int
    treated: int

    def __post_init__(self) -> None:
        """Raise ValueError for a stratum without units, or with more treated ones than it has."""
        if not 0 <= self.treated <= self.units or self.units < 1:
            raise ValueError(f"of {self.units} units {self.treated} cannot be treated")


Design = Sequence[Stratum]
"""Strata within which the treated units are drawn independently: one for complete randomisation."""


@dataclass(frozen=True)
class Floor:
    """The smallest p-values that a design allows, reached only by the most extreme assignment, without ties.

    ``one_sided`` is for a direction declared beforehand; ``doubled`` is twice that, of either direction.
    """

    assignments: int

    @property
    def one_sided(self) -> Fraction:
        """One over the number of assignments."""
        return Fraction(1, self.assignments)

    @property
    def doubled(self) -> Fraction:
        """Twice the smaller of the two one-sided p-values, at most one."""
        return min(Fraction(1), 2 * self.one_sided)


@dataclass(frozen=True)
class PValues:
    """The difference in means, and the shares of assignments with one as large, as small, and doubled."""

    difference: Fraction
    greater: Fraction
    less: Fraction

    @property
    def doubled(self) -> Fraction:
        """Twice the smaller of the two, at most one."""
        return min(Fraction(1), 2 * min(self.greater, self.less))


def assignments(design: Design) -> Iterator[frozenset[int]]:
    """Every set of treated units that could have been drawn; units are counted on over the strata."""
    starts = itertools.accumulate((stratum.units for stratum in design), initial=0)
    within = [
        itertools.combinations(range(start, start + stratum.units), stratum.treated)
        for start, stratum in zip(starts, design, strict=False)
    ]
    return (frozenset(itertools.chain(*drawn)) for drawn in itertools.product(*within))


def count(design: Design) -> int:
    """How many assignments a design could have made."""
    return math.prod(math.comb(stratum.units, stratum.treated) for stratum in design)


def floor(design: Design) -> Floor:
    """The smallest p-values of a randomisation test in a design."""
    return Floor(count(design))


def least_floor(units: int, treated: Sequence[int]) -> Floor:
    """The smallest floor over every way to divide units into classes of unknown sizes.

    Args:
        units: how many units there are in all classes together, those without a treated unit included.
        treated: how many are treated in each class that has any.

    Raises:
        ValueError: there are more treated units than units, or a class without one is named.
    """
    if not treated or min(treated) < 1 or sum(treated) > units:
        raise ValueError(f"classes with {list(treated)} treated units cannot be made of {units} units")
    sizes = itertools.product(*(range(least, units + 1) for least in treated))
    return max(
        (floor([*map(Stratum, size, treated)]) for size in sizes if sum(size) <= units),
        key=lambda found: found.assignments,
    )


def p_values(outcomes: Sequence[Outcome], treated: frozenset[int], design: Design) -> PValues:
    """The exact p-values of the difference in means, over all assignments of a design.

    Args:
        outcomes: one finite number a unit, in the order of the strata; a change, where there is a before.
        treated: the places of the treated units in ``outcomes``.
        design: how they were drawn; with strata, differences within them are weighted by treated units.

    Raises:
        ValueError: the design could not have drawn these units, compares none, or has over MOST assignments.
    """
    if count(design) > MOST:
        raise ValueError(f"the design has {count(design)} assignments, more than {MOST}; draw from them")
    exact = [Fraction(outcome) for outcome in outcomes]
    drawn = list(assignments(design))
    if len(exact) != sum(stratum.units for stratum in design) or treated not in drawn:
        raise ValueError(f"the design cannot have drawn {sorted(treated)} of {len(exact)} units")
    found = difference(exact, treated, design)
    others = [difference(exact, other, design) for other in drawn]
    as_large, as_small = (sum(map(side, others)) for side in (found.__le__, found.__ge__))
    return PValues(found, Fraction(as_large, len(drawn)), Fraction(as_small, len(drawn)))


def difference(outcomes: Sequence[Fraction], treated: frozenset[int], design: Design) -> Fraction:
    """Mean of treated minus mean of other units, within strata that have both, weighted by treated units."""
    terms, weight, start = Fraction(0), 0, 0
    for stratum in design:
        places = range(start, start + stratum.units)
        start += stratum.units
        if 0 < stratum.treated < stratum.units:
            inside = sum(outcomes[place] for place in places if place in treated)
            outside = sum(outcomes[place] for place in places if place not in treated)
            terms += inside - Fraction(stratum.treated * outside, stratum.units - stratum.treated)
            weight += stratum.treated
    if not weight:
        raise ValueError("no stratum has both treated and other units")
    return terms / weight
