"""The triple difference: entrusted and other items, exemplar and other units, before and after.

What befalls a unit (its growth, the other support that exemplars get) and what befalls an item everywhere (a
reform that moves it online) cancels; one parallel trend remains to be assumed, of the gap between the items
across the two kinds of units (Olden & Møen, 2022, *The Econometrics Journal* 25(3)).

Each unit is collapsed to one change, so that months that resemble each other are not counted as so many
observations (Bertrand, Duflo & Mullainathan, 2004, *Quarterly Journal of Economics* 119(1)).  In a balanced
panel the estimate is the coefficient of the triple interaction in least squares with unit-by-month,
unit-by-item and item-by-month effects.

Cells are means of an outcome, an array (..., units, 2, months), of the entrusted items first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """Triple differences in the unit of the outcome, an array (...), with standard errors of that shape.

    ``freedom`` are the degrees of freedom of Student's t, units less two: exact for normal changes of equal
    variance (Donald & Lang, 2007, *Review of Economics and Statistics* 89(2)).
    """

    effect: Array
    standard_error: Array
    freedom: int


def changes(cells: Array, before: int) -> Array:
    """What the gap between the items changed by in each unit, (..., units), from means of months.

    Raises:
        ValueError: the array has another shape, an empty cell, or no month on one side of ``before``.
    """
    gaps = _gaps(cells)
    if not 0 < before < gaps.shape[-1]:
        raise ValueError(f"{before} of {gaps.shape[-1]} months leave none before, or none after")
    change: Array = gaps[..., before:].mean(axis=-1) - gaps[..., :before].mean(axis=-1)
    return change


def estimate(change: Array, exemplar: Mask) -> Estimate:
    """Mean change of exemplar units minus that of the others, variances pooled, of changes (..., units).

    Raises:
        ValueError: ``exemplar`` is not one mark a unit, marks all or none, or there are fewer than 3 units.
    """
    units, treated = change.shape[-1], int(exemplar.sum())
    if exemplar.shape != (units,) or not 0 < treated < units or units < 3:
        raise ValueError(f"{units} units with {treated} exemplars of {exemplar.size} marked give no estimate")
    inside, outside = change[..., exemplar], change[..., ~exemplar]
    squares = sum(
        ((group - group.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1) for group in (inside, outside)
    )
    spread = squares / (units - 2) * (1 / treated + 1 / (units - treated))
    return Estimate(inside.mean(axis=-1) - outside.mean(axis=-1), np.sqrt(spread), units - 2)


def event_study(cells: Array, exemplar: Mask, reference: int) -> Estimate:
    """The triple difference of each month against a ``reference`` month, (..., months).

    Months before the decision show whether the gaps moved apart already; at the reference it is nought.

    Raises:
        ValueError: as `changes` and `estimate` do, or there is no such month.
    """
    gaps = _gaps(cells)
    if not 0 <= reference < gaps.shape[-1]:
        raise ValueError(f"there is no month {reference} among {gaps.shape[-1]}")
    since = gaps - gaps[..., [reference]]
    return estimate(np.swapaxes(since, -1, -2), exemplar)


def _gaps(cells: Array) -> Array:
    """Entrusted minus other items, (..., units, months)."""
    if cells.ndim < 3 or cells.shape[-2] != 2:
        raise ValueError(f"cells are (..., units, 2, months), not {cells.shape}")
    if not np.isfinite(cells).all():
        raise ValueError("a cell has no finite mean")
    gaps: Array = cells[..., 0, :] - cells[..., 1, :]
    return gaps
