"""Tests of a difference between few treated and other units, many data sets at a time.

Errors clustered by unit reject far too often where few units are treated (Conley & Taber, 2011, *Review of
Economics and Statistics* 93(1); MacKinnon & Webb, 2020, *Journal of Econometrics* 218(2)).  So a test here
is either randomisation inference on the coefficient, or Student's t on one change a unit.  Both take the
units as exchangeable but for the effect; where the treated vary more, both reject too often (Ferman &
Pinto, 2019, *Review of Economics and Statistics* 101(3)).  On pooled variances the coefficient orders
assignments as t does, so that randomising either is the same test.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.distributions import student_t_quantile
from analysis.triple_difference import Array, Mask, estimate

ROUNDING = 1e-12
"""What is this close, relative to the largest change, is a tie; a p-value this close to a level is at it."""


@dataclass(frozen=True)
class Test:
    """A test at a ``level`` of no effect.

    ``randomisation`` goes through all assignments, or through ``rerandomisations`` drawn ones where there are
    more (Phipson & Smyth, 2010, *Statistical Applications in Genetics and Molecular Biology* 9(1)); of both
    directions, the smaller p-value is doubled.  ``t`` is Student's, with units less two degrees of freedom.
    """

    method: Literal["randomisation", "t"] = "randomisation"
    alternative: Literal["two-sided", "greater", "less"] = "two-sided"
    level: float = 0.05
    rerandomisations: int = 999

    def __post_init__(self) -> None:
        """Raise ValueError for a test that there is not."""
        if self.method not in {"randomisation", "t"}:
            raise ValueError(f"there is no method '{self.method}'; expected randomisation or t")
        if self.alternative not in {"two-sided", "greater", "less"}:
            raise ValueError(
                f"there is no alternative '{self.alternative}'; expected two-sided, greater or less"
            )
        if not 0 < self.level < 1 or self.rerandomisations < 1:
            raise ValueError(f"{self} needs a level between 0 and 1 and a rerandomisation")


def rejects(change: Array, exemplar: Mask, test: Test, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Whether a test finds an effect in each data set of changes (sets, units); as an array (sets).

    Raises:
        ValueError: as `triple_difference.estimate` does.
    """
    if test.method == "t":
        return _t_rejects(change, exemplar, test)
    greater, less = p_values(change, contrasts(exemplar, test.rerandomisations, generator))
    p = {"greater": greater, "less": less, "two-sided": 2 * np.minimum(greater, less)}[test.alternative]
    verdict: NDArray[np.bool_] = p <= test.level + ROUNDING
    return verdict


def _t_rejects(change: Array, exemplar: Mask, test: Test) -> NDArray[np.bool_]:
    found = estimate(change, exemplar)
    tail = test.level / (2 if test.alternative == "two-sided" else 1)
    reach = student_t_quantile(1 - tail, found.freedom) * found.standard_error
    effect = {"greater": found.effect, "less": -found.effect, "two-sided": np.abs(found.effect)}
    verdict: NDArray[np.bool_] = effect[test.alternative] > reach
    return verdict


def p_values(change: Array, contrast: Array) -> tuple[Array, Array]:
    """One-sided p-values, greater and less, of changes (sets, units) over contrasts (units, assignments).

    The first contrast is the observed one, and counts among those as extreme.
    """
    differences = change @ contrast
    observed = differences[:, :1]
    slack = ROUNDING * np.abs(change).max(axis=1, keepdims=True)
    return (differences >= observed - slack).mean(axis=1), (differences <= observed + slack).mean(axis=1)


def contrasts(exemplar: Mask, most: int, generator: np.random.Generator) -> Array:
    """Weights (units, assignments) that give a difference in means: the observed first, then the others.

    They are all assignments of so many units if there are at most ``most`` + 1, else ``most`` drawn ones.
    """
    units, treated = exemplar.size, int(exemplar.sum())
    observed = tuple(np.flatnonzero(exemplar).tolist())
    others: Iterable[tuple[int, ...]]
    if math.comb(units, treated) <= most + 1:
        others = (drawn for drawn in itertools.combinations(range(units), treated) if drawn != observed)
    else:
        others = (tuple(generator.permutation(units)[:treated]) for _ in range(most))
    sets = np.array([observed, *others])
    weights = np.full((units, len(sets)), -1 / (units - treated))
    np.put_along_axis(weights, sets.T, 1 / treated, axis=0)
    return weights
