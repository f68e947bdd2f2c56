"""What the power of a triple difference comes to without simulating: a noncentral t."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from analysis.distributions import student_t_quantile
from analysis.power import Panel, Prior


def change_sd(prior: Prior, panel: Panel) -> float:
    """The standard deviation of a unit's change: weights of months times their correlations."""
    weights = np.repeat([-1 / panel.before, 1 / panel.after], [panel.before, panel.after])
    apart = np.abs(np.subtract.outer(np.arange(panel.months), np.arange(panel.months)))
    noise = weights @ (float(prior.serial) ** apart) @ weights
    return prior.cell_sd * math.sqrt(2 * (1 - prior.icc) * noise + 4 * prior.icc)


def standard_error(prior: Prior, panel: Panel) -> float:
    return change_sd(prior, panel) * math.sqrt(1 / panel.exemplar + 1 / panel.other)


def noncentral_t_power(noncentrality: float, freedom: int, level: float = 0.05) -> float:
    """Both tails of a noncentral t: a normal over a chi, integrated over the latter's density."""
    critical = student_t_quantile(1 - level / 2, freedom)
    chi = np.linspace(1e-9, math.sqrt(freedom) + 12, 20_001)
    log = (
        (freedom - 1) * np.log(chi) - chi**2 / 2 - math.lgamma(freedom / 2) - (freedom / 2 - 1) * math.log(2)
    )
    reach = critical * chi / math.sqrt(freedom)
    normal = NormalDist().cdf
    tails = [normal(noncentrality - r) + normal(-noncentrality - r) for r in reach]
    return float(np.trapezoid(tails * np.exp(log), chi))
