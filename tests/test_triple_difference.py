"""The triple difference by hand, its invariances, and against pyfixest."""

from __future__ import annotations

import itertools
import statistics
from typing import Any

import numpy as np
import pytest

from analysis.triple_difference import changes, estimate, event_study

EXEMPLAR = np.array([True, True, False, False, False])
BEFORE, MONTHS = 3, 5


@pytest.fixture
def cells():
    drawn = np.random.default_rng(7).normal(10, 2, (EXEMPLAR.size, 2, MONTHS))
    drawn[EXEMPLAR, 0, BEFORE:] -= 1.5
    return drawn


class TestEstimate:
    def test_eight_cells_by_hand(self):
        """The entrusted items fall by five in one unit and by two in the others; other items stay."""
        cells = np.array([[[9, 4], [8, 8]], [[9, 7], [8, 8]], [[9, 7], [8, 8]]], float)
        found = estimate(changes(cells, 1), np.array([True, False, False]))
        assert (found.effect, found.standard_error, found.freedom) == (-3, 0, 1)

    def test_is_the_difference_of_two_double_differences(self, cells):
        """Olden & Møen (2022)."""
        inside, outside = cells[EXEMPLAR].mean(axis=0), cells[~EXEMPLAR].mean(axis=0)
        double = [
            (item[BEFORE:].mean() - item[:BEFORE].mean()) - (other[BEFORE:].mean() - other[:BEFORE].mean())
            for item, other in zip(inside, outside, strict=True)
        ]
        assert estimate(changes(cells, BEFORE), EXEMPLAR).effect == pytest.approx(double[0] - double[1])

    def test_standard_error_by_hand(self, cells):
        change = changes(cells, BEFORE)
        pooled = statistics.variance(change[:2]) + 2 * statistics.variance(change[2:])
        found = estimate(change, EXEMPLAR)
        assert found.standard_error == pytest.approx((pooled / 3 * (1 / 2 + 1 / 3)) ** 0.5)
        assert found.freedom == 3

    @pytest.mark.parametrize("shape", [(5, 1, 1), (5, 1, MONTHS), (5, 2, 1), (1, 2, MONTHS)])
    def test_what_cancels(self, cells, shape):
        """Levels and shocks of units, of items within units, and of items by month everywhere."""
        shocks = np.random.default_rng(8).normal(0, 100, shape)
        assert changes(cells + shocks, BEFORE) - changes(cells, BEFORE) == pytest.approx(
            np.full(5, (changes(cells + shocks, BEFORE) - changes(cells, BEFORE))[0])
        )
        before, after = (estimate(changes(each, BEFORE), EXEMPLAR) for each in (cells, cells + shocks))
        assert after.effect == pytest.approx(before.effect)
        assert after.standard_error == pytest.approx(before.standard_error)

    def test_many_data_sets_at_once(self, cells):
        sets = np.stack([cells, 2 * cells])
        found = estimate(changes(sets, BEFORE), EXEMPLAR)
        single = estimate(changes(cells, BEFORE), EXEMPLAR)
        assert found.effect == pytest.approx(np.array([1, 2]) * single.effect)


class TestEventStudy:
    def test_months_average_to_the_estimate(self, cells):
        path = event_study(cells, EXEMPLAR, BEFORE - 1).effect
        whole = estimate(changes(cells, BEFORE), EXEMPLAR).effect
        assert path[BEFORE:].mean() - path[:BEFORE].mean() == pytest.approx(whole)

    def test_is_nought_at_the_reference(self, cells):
        found = event_study(cells, EXEMPLAR, BEFORE - 1)
        assert (found.effect[BEFORE - 1], found.standard_error[BEFORE - 1]) == (0, 0)
        assert found.effect.shape == (MONTHS,)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest's own, under pandas 3.1
class TestPyfixest:
    """Least squares with three sets of two-way effects."""

    @staticmethod
    def frame(cells) -> Any:  # noqa: ANN401 - a frame of pandas, which may be absent
        import pandas as pd  # noqa: PLC0415 - comes with pyfixest

        rows = [
            {"unit": unit, "item": item, "month": month, "y": cells[unit, item, month]}
            for unit, item, month in itertools.product(*map(range, cells.shape))
        ]
        long = pd.DataFrame(rows)
        long["both"] = (EXEMPLAR[long["unit"]] & (long["item"] == 0)).astype(float)
        long["treated"] = long["both"] * (long["month"] >= BEFORE)
        return long

    def test_coefficient(self, cells, pyfixest):
        fit = pyfixest.feols("y ~ treated | unit^month + unit^item + item^month", self.frame(cells))
        found = estimate(changes(cells, BEFORE), EXEMPLAR)
        assert fit.coef()["treated"] == pytest.approx(float(found.effect), rel=1e-6)

    def test_coefficient_and_error_of_collapsed_changes(self, cells, pyfixest):
        import pandas as pd  # noqa: PLC0415 - comes with pyfixest

        collapsed = pd.DataFrame({"change": changes(cells, BEFORE), "exemplar": EXEMPLAR.astype(float)})
        fit = pyfixest.feols("change ~ exemplar", collapsed, vcov="iid")
        found = estimate(changes(cells, BEFORE), EXEMPLAR)
        assert fit.coef()["exemplar"] == pytest.approx(float(found.effect))
        assert fit.se()["exemplar"] == pytest.approx(float(found.standard_error))

    def test_event_study(self, cells, pyfixest):
        long = self.frame(cells)
        others = [month for month in range(MONTHS) if month != BEFORE - 1]
        for month in others:
            long[f"m{month}"] = long["both"] * (long["month"] == month)
        terms = " + ".join(f"m{month}" for month in others)
        fit = pyfixest.feols(f"y ~ {terms} | unit^month + unit^item + item^month", long)
        path = event_study(cells, EXEMPLAR, BEFORE - 1).effect
        for month in others:
            assert fit.coef()[f"m{month}"] == pytest.approx(path[month], rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "before", "message"),
    [((5, 3, 5), 3, "not"), ((2, 5), 3, "not"), ((5, 2, 5), 0, "none before"), ((5, 2, 5), 5, "none after")],
)
def test_cells_of_another_shape(shape, before, message):
    with pytest.raises(ValueError, match=message):
        changes(np.zeros(shape), before)


def test_empty_cell(cells):
    cells[1, 0, 2] = np.nan
    with pytest.raises(ValueError, match="no finite mean"):
        changes(cells, BEFORE)


@pytest.mark.parametrize("marks", [[True] * 5, [False] * 5, [True, False], [[True] * 5]])
def test_marks_that_compare_nothing(cells, marks):
    with pytest.raises(ValueError, match="give no estimate"):
        estimate(changes(cells, BEFORE), np.array(marks))


def test_too_few_units():
    with pytest.raises(ValueError, match="2 units"):
        estimate(np.zeros(2), np.array([True, False]))


def test_no_such_month(cells):
    with pytest.raises(ValueError, match="no month 5 among 5"):
        event_study(cells, EXEMPLAR, 5)
