"""How widely single cases must vary before a gap between two means can no longer be told from none.

No variance is published, so nothing can be tested; but the variance at which a test would stop finding the
gap can be computed, and held against the largest that is possible.  The other tipping point, the difference
in mix that explains a gap by itself, is the ledger's ``gap.mix_needed``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Group:
    """A group of cases: how many there are, and what clustering costs them (1 without)."""

    cases: float
    design_effect: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for a group without cases, or a design effect that is not positive."""
        if not (self.cases > 0 and self.design_effect > 0):
            raise ValueError(f"{self} needs cases and a design effect above zero")


def breakeven_sd(gap: float, first: Group, second: Group, level: float = 0.05) -> float:
    """The standard deviation of single cases at which a gap in means is just significant.

    Above it a two-sided z-test at ``level`` would no longer find the gap.  It takes the means as averages
    over cases, and the standard deviation, in the unit of ``gap``, as equal in both groups.

    Raises:
        ValueError: ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    critical = NormalDist().inv_cdf(1 - level / 2)
    each = (group.design_effect / group.cases for group in (first, second))
    return abs(gap) / (critical * math.sqrt(sum(each)))


def design_effect(cluster_size: float, icc: float) -> float:
    """What clusters of m cases do to the variance of a mean: 1 + (m - 1) icc (Kish, 1965, *Survey Sampling*).

    Raises:
        ValueError: a cluster is smaller than one case, or ``icc`` is not between 0 and 1.
    """
    if cluster_size < 1 or not 0 <= icc <= 1:
        raise ValueError(
            f"clusters of {cluster_size} cases cannot have an intra-cluster correlation of {icc}"
        )
    return 1 + (cluster_size - 1) * icc


def effective_cluster_size(sizes: Sequence[float]) -> float:
    """The size that stands for clusters of unequal ones: the mean size of a case's own cluster (Kish, 1965).

    Raises:
        ValueError: there are no clusters, or one has no cases.
    """
    if not sizes or min(sizes) <= 0:
        raise ValueError("clusters need cases")
    return math.fsum(size * size for size in sizes) / math.fsum(sizes)


def largest_sd(mean: float, low: float, high: float) -> float:
    """The largest standard deviation of values in [low, high] with this mean.

    Bhatia & Davis (2000), *American Mathematical Monthly* 107(4).

    Raises:
        ValueError: the mean is outside.
    """
    if not low <= mean <= high:
        raise ValueError(f"a mean of {mean} is not within {low} to {high}")
    return math.sqrt((high - mean) * (mean - low))
