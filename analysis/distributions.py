"""Distribution functions that the standard library lacks: binomial, hypergeometric and Student's t."""

from __future__ import annotations

import math
from collections.abc import Callable

STEPS = 200
"""More halvings than a float has digits: bisection ends where its two ends are neighbours."""


def binomial_cdf(most: int, draws: int, share: float) -> float:
    """The chance of at most ``most`` successes in ``draws`` independent draws with chance ``share``."""
    if most >= draws or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    odds, whole = math.log(share) - math.log1p(-share), draws * math.log1p(-share)
    return math.fsum(math.exp(_log_ways(draws, k) + k * odds + whole) for k in range(most + 1))


def _log_ways(draws: int, k: int) -> float:
    return math.lgamma(draws + 1) - math.lgamma(k + 1) - math.lgamma(draws - k + 1)


def hypergeometric_cdf(most: int, population: int, marked: int, draws: int) -> float:
    """The chance of at most ``most`` marked ones among ``draws`` without replacement."""
    ways = sum(math.comb(marked, k) * math.comb(population - marked, draws - k) for k in range(most + 1))
    return ways / math.comb(population, draws)


def student_t_cdf(value: float, freedom: int) -> float:
    """Student's t with whole degrees of freedom (Abramowitz & Stegun, 1964, 26.7.3 and 26.7.4)."""
    if freedom < 1:
        raise ValueError(f"Student's t has at least one degree of freedom, not {freedom}")
    angle = math.atan2(value, math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    terms, term = [], cosine if odd else 1.0
    for k in range(freedom // 2):
        terms.append(term)
        term *= cosine**2 * (2 * k + 1 + odd) / (2 * k + 2 + odd)
    within = 2 / math.pi * (angle + sine * math.fsum(terms)) if odd else sine * math.fsum(terms)
    return (1 + within) / 2


def student_t_quantile(chance: float, freedom: int) -> float:
    """The value that Student's t stays below with a ``chance`` between nought and one."""
    if not 0 < chance < 1:
        raise ValueError(f"a quantile is of a chance between 0 and 1, not {chance}")
    reach = 1.0
    while student_t_cdf(-reach, freedom) > min(chance, 1 - chance):
        reach *= 2
    return bisect(lambda value: student_t_cdf(value, freedom) - chance, -reach, reach)


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that only rises or only falls changes sign between ``low`` and ``high``."""
    rises = function(high) > function(low)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if (function(middle) > 0) == rises else (middle, high)
    return (low + high) / 2
