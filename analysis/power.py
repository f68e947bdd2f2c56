"""The power of a triple difference by simulation: how often a test would find an effect of a given size.

Data sets are drawn from declared priors and tested as the real one would be (Bertrand, Duflo & Mullainathan,
2004, *Quarterly Journal of Economics* 119(1), who simulate size so; Burlig, Preonas & Woerman, 2020, *Journal
of Development Economics* 144, on serial correlation).  The same study gives the same draws wherever numpy
keeps its streams (NEP 19: a new version may change them).

The priors are guesses until a data office gives variances: none is published.  Units are taken as
independent, as is right only if exemplars were chosen unit by unit; where counties were chosen, counties are
the units.  Cells are never empty here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from analysis.few_treated import Test, rejects
from analysis.triple_difference import Array, Mask, changes

BLOCK = 2_000_000
"""The most cells that are drawn at a time."""


@dataclass(frozen=True)
class Prior:
    """What is believed of an outcome; all but ``icc`` and ``serial`` in its unit, such as days a case.

    Args:
        effect: of entrustment, on the mean of the entrusted items in exemplar units after the decision.
        cell_sd: standard deviation of a cell (the mean of one unit, kind of item and month) around what unit,
            item and month explain; of cells of n independent cases, the standard deviation of cases by √n.
        icc: the intra-cluster correlation of cells of one unit and kind of item before, or after: the share
            of that variance which lasts through all these months, so that no more of them average it out.
        serial: the correlation of the rest from one month to the next (first-order autoregression).
        unit_sd: standard deviation of units' levels, which cancels.
        unit_month_sd: standard deviation of shocks to all items of a unit in a month, which cancels.

    Raises:
        ValueError: a number is not finite, a spread is negative, ``cell_sd`` is not positive, ``icc`` is not
            in [0, 1), or ``serial`` not in (-1, 1).
    """

    effect: float
    cell_sd: float
    icc: float = 0.0
    serial: float = 0.0
    unit_sd: float = 0.0
    unit_month_sd: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be."""
        spreads = (self.cell_sd, self.unit_sd, self.unit_month_sd)
        if not (all(map(math.isfinite, (self.effect, *spreads))) and min(spreads) >= 0 < self.cell_sd):
            raise ValueError(f"{self} needs a finite effect, a cell_sd above zero and no negative spread")
        if not (0 <= self.icc < 1 and -1 < self.serial < 1):
            raise ValueError(f"{self} needs an icc in [0, 1) and a serial correlation in (-1, 1)")


@dataclass(frozen=True)
class Panel:
    """How many exemplar and other units there are, and how many months before and after the decision.

    Raises:
        ValueError: one of them is none, or there are fewer than three units.
    """

    exemplar: int
    other: int
    before: int
    after: int

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be."""
        if min(self.exemplar, self.other, self.before, self.after) < 1 or self.units < 3:
            raise ValueError(f"{self} needs months and units on either side, and three units at least")

    @property
    def units(self) -> int:
        """Exemplar and other units."""
        return self.exemplar + self.other

    @property
    def months(self) -> int:
        """Months before and after."""
        return self.before + self.after


@dataclass(frozen=True)
class Study:
    """All that a simulated power depends on: prior, panel, test, number of data sets and seed.

    Raises:
        ValueError: no data set is drawn, or the seed is negative.
    """

    prior: Prior
    panel: Panel
    test: Test = field(default_factory=Test)
    draws: int = 2000
    seed: int = 1

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be."""
        if self.draws < 1 or self.seed < 0:
            raise ValueError(f"{self.draws} draws from seed {self.seed}: one at least, and no negative seed")


@dataclass(frozen=True)
class Power:
    """In how many of a study's data sets the test found an effect."""

    study: Study
    rejections: int

    @property
    def power(self) -> float:
        """The share of data sets in which an effect was found; the size of the test where there is none."""
        return self.rejections / self.study.draws

    @property
    def monte_carlo_error(self) -> float:
        """The standard error of ``power`` that comes from the number of draws."""
        return math.sqrt(self.power * (1 - self.power) / self.study.draws)


def simulate(study: Study) -> Power:
    """Draw the data sets of a study and test each."""
    panel = study.panel
    sources = np.random.SeedSequence(study.seed).spawn(5)
    *generators, rerandomiser = map(np.random.default_rng, sources)
    block = max(1, BLOCK // (panel.units * 2 * panel.months))
    change = np.concatenate(
        [
            changes(cells(study, min(block, study.draws - start), generators), panel.before)
            for start in range(0, study.draws, block)
        ]
    )
    return Power(study, int(rejects(change, exemplar(panel), study.test, rerandomiser).sum()))


def exemplar(panel: Panel) -> Mask:
    """Which units are exemplars: the first ones."""
    marks: Mask = np.arange(panel.units) < panel.exemplar
    return marks


def cells(study: Study, draws: int, generators: list[np.random.Generator]) -> Array:
    """The next ``draws`` data sets of a study, (draws, units, 2, months), the entrusted items first.

    Args:
        study: what to draw from.
        draws: how many data sets.
        generators: one each for months, lasting shocks, levels of units, and units by month, so that a
            shock that is added to a study leaves the others as they were.
    """
    prior, panel = study.prior, study.panel
    noise, lasting, level, common = generators
    drawn = _months(noise.standard_normal((draws, panel.units, 2, panel.months)), prior.serial)
    drawn *= prior.cell_sd * math.sqrt(1 - prior.icc)
    shocks = lasting.standard_normal((draws, panel.units, 2, 2)) * prior.cell_sd * math.sqrt(prior.icc)
    drawn += np.repeat(shocks, [panel.before, panel.after], axis=-1)
    if prior.unit_sd:
        drawn += prior.unit_sd * level.standard_normal((draws, panel.units, 1, 1))
    if prior.unit_month_sd:
        drawn += prior.unit_month_sd * common.standard_normal((draws, panel.units, 1, panel.months))
    drawn[:, : panel.exemplar, 0, panel.before :] += prior.effect
    return drawn


def _months(shocks: Array, serial: float) -> Array:
    """A stationary first-order autoregression with unit variance along the last axis, in place."""
    if serial:
        for month in range(1, shocks.shape[-1]):
            shocks[..., month] *= math.sqrt(1 - serial**2)
            shocks[..., month] += serial * shocks[..., month - 1]
    return shocks
