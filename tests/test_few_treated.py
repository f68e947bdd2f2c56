"""Tests with few treated units: against exact enumeration, the t table, and their size under no effect."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis import randomisation
from analysis.few_treated import Test as Rule  # not a test, whatever it is called
from analysis.few_treated import contrasts, p_values, rejects
from analysis.randomisation import Stratum

PAIR = np.arange(8) < 2


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


class TestRandomisation:
    def test_p_values_against_exact_enumeration(self):
        outcomes = generator().integers(-9, 9, (40, 8)).astype(float)
        greater, less = p_values(outcomes, contrasts(PAIR, 999, generator()))
        for row, *own in zip(outcomes, greater, less, strict=True):
            exact = randomisation.p_values(row.tolist(), frozenset({0, 1}), [Stratum(8, 2)])
            assert own == pytest.approx([float(exact.greater), float(exact.less)])

    def test_all_assignments_where_they_are_few(self):
        assert contrasts(PAIR, 999, generator()).shape == (8, 28)
        assert contrasts(PAIR, 27, generator()).shape == (8, 28)
        assert contrasts(PAIR, 26, generator()).shape == (8, 27)

    def test_each_contrast_is_a_difference_in_means(self):
        weights = contrasts(np.arange(30) < 7, 50, generator())
        assert weights.shape == (30, 51)
        assert (weights > 0).sum(axis=0).tolist() == [7] * 51
        assert weights.sum(axis=0) == pytest.approx(np.zeros(51))
        assert np.flatnonzero(weights[:, 0] > 0).tolist() == list(range(7))

    def test_two_of_eight_never_reach_five_per_cent_in_both_directions(self):
        change = generator().normal(0, 1, (50, 8)) + 1000 * PAIR
        assert not rejects(change, PAIR, Rule(), generator()).any()
        assert rejects(change, PAIR, Rule(alternative="greater"), generator()).all()
        assert not rejects(change, PAIR, Rule(alternative="greater", level=0.01), generator()).any()
        assert not rejects(change, PAIR, Rule(alternative="less"), generator()).any()

    def test_ties_are_not_beaten(self):
        change = np.full((1, 8), 0.1 + 0.2)
        greater, less = p_values(change, contrasts(PAIR, 999, generator()))
        assert (greater, less) == (1, 1)


class TestT:
    def test_around_the_printed_critical_value(self):
        # Student's t with 6 degrees of freedom, 5 per cent of both sides: 2.447
        base = np.array([0.0, 0, 1, -1, 1, -1, 1, -1])
        error = math.sqrt(6 / 6 * (1 / 2 + 1 / 6))
        change = np.stack([base + t * error * PAIR for t in (2.44, 2.45, -2.45)])
        assert rejects(change, PAIR, Rule("t"), generator()).tolist() == [False, True, True]
        one_sided = rejects(change, PAIR, Rule("t", "less"), generator())
        assert one_sided.tolist() == [False, False, True]

    def test_against_scipy(self, stats):
        change = generator(3).normal(0, 1, (200, 8)) + 1.5 * PAIR
        expected = stats.ttest_ind(change[:, :2], change[:, 2:], axis=1)
        assert rejects(change, PAIR, Rule("t"), generator()).tolist() == (expected.pvalue < 0.05).tolist()


@pytest.mark.parametrize("method", ["randomisation", "t"])
@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_size_under_no_effect(method, alternative):
    draws = 4000
    marks = np.arange(20) < 4
    change = generator(11).normal(0, 1, (draws, 20))
    size = rejects(change, marks, Rule(method, alternative), generator()).mean()
    assert size == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / draws))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "bootstrap"}, "no method 'bootstrap'"),
        ({"alternative": "both"}, "no alternative 'both'"),
        ({"level": 0}, "a level between"),
        ({"level": float("nan")}, "a level between"),
        ({"rerandomisations": 0}, "a rerandomisation"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        Rule(**arguments)
