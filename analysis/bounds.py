"""What ratings leave open about all cases: upper limits of the dissatisfied share, with confidence.

They hold if the rated cases are a random sample of all; if anything else decided who rated, only the
worst-case bounds remain (Manski, 1989, *Journal of Human Resources* 24(3)), which the ledger has as
``*.satisfied_of_all``, as it has the limit for a spotless sample, ``satisfaction.dissatisfied_ceiling``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from analysis.distributions import binomial_cdf, bisect, hypergeometric_cdf

HALF_STEP = Fraction(1, 200)
"""Half of the last digit of a share printed in whole per cent."""


@dataclass(frozen=True)
class Ceiling:
    """The largest dissatisfied shares, as fractions of all cases, that so many ratings leave open.

    ``binomial`` takes the cases as unlimited in number, ``hypergeometric`` as many as there are.
    """

    rated: int
    dissatisfied: int
    binomial: float
    hypergeometric: float


def clopper_pearson(dissatisfied: int, rated: int, level: float = 0.95) -> float:
    """One-sided upper limit of a share (Clopper & Pearson, 1934, *Biometrika* 26(4)).

    The share at which ``dissatisfied`` or fewer of ``rated`` still have the chance 1 - ``level``; without
    any dissatisfied that is 1 - (1 - ``level``) ** (1 / ``rated``).

    Raises:
        ValueError: the numbers are not counts of one sample, or ``level`` is not between 0 and 1.
    """
    _require(dissatisfied, rated, rated, level)
    if dissatisfied == rated:
        return 1.0
    return bisect(
        lambda share: binomial_cdf(dissatisfied, rated, share) - (1 - level), dissatisfied / rated, 1.0
    )


def hypergeometric(dissatisfied: int, rated: int, cases: int, level: float = 0.95) -> int:
    """One-sided upper limit of a number of cases, of which ``rated`` are drawn without replacement.

    The most dissatisfied among ``cases`` at which ``dissatisfied`` or fewer in the sample still have a
    chance above 1 - ``level`` (Buonaccorsi, 1987, *The American Statistician* 41(3)).

    Raises:
        ValueError: the numbers are not counts of one sample, or ``level`` is not between 0 and 1.
    """
    _require(dissatisfied, rated, cases, level)
    low, high = dissatisfied, cases - rated + dissatisfied
    while low < high:
        middle = (low + high + 1) // 2
        possible = hypergeometric_cdf(dissatisfied, cases, middle, rated) > 1 - level
        low, high = (middle, high) if possible else (low, middle - 1)
    return low


def hidden_by_rounding(rated: int, half_step: Fraction = HALF_STEP) -> int:
    """The most dissatisfied ratings that a printed rate of 100 per cent can hide, a tie rounded upwards."""
    return int(rated * half_step)


def ceilings(
    rated: Iterable[int], cases: int, *, rounded: bool = False, level: float = 0.95
) -> list[Ceiling]:
    """Both limits by number rated, of ``cases``; ``rounded`` grants what a printed 100 per cent can hide."""
    found = []
    for number in rated:
        hidden = hidden_by_rounding(number) if rounded else 0
        most = hypergeometric(hidden, number, cases, level) / cases
        found.append(Ceiling(number, hidden, clopper_pearson(hidden, number, level), most))
    return found


def _require(dissatisfied: int, rated: int, cases: int, level: float) -> None:
    if not 0 <= dissatisfied <= rated <= cases or rated < 1:
        raise ValueError(f"of {cases} cases {rated} cannot be rated, {dissatisfied} of them as dissatisfied")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
