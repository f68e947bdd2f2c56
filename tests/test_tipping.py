"""Tipping points: spread of cases against exact arithmetic, mix against brute force."""

from __future__ import annotations

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tipping import Group, breakeven_sd, design_effect, effective_cluster_size, largest_sd

TIERS = (Group(1458), Group(433))
SHARES = st.floats(0, 1)


class TestBreakevenSd:
    def test_time_and_trips(self):
        assert breakeven_sd(77.54 - 74.48, *TIERS) == pytest.approx(28.5, abs=0.05)
        assert [round(breakeven_sd(gap, *TIERS), 1) for gap in (3.05, 3.07)] == [28.4, 28.6]
        # trips: 1.565 to 1.575 against 1.25 to 1.35
        assert [round(breakeven_sd(gap, *TIERS), 1) for gap in (1.565 - 1.35, 1.575 - 1.25)] == [2.0, 3.0]

    def test_is_where_z_reaches_its_critical_value(self):
        sd = breakeven_sd(3.06, *TIERS)
        z = 3.06 / math.sqrt(sd**2 / 1458 + sd**2 / 433)
        assert 2 * (1 - statistics.NormalDist().cdf(z)) == pytest.approx(0.05)

    def test_clustering_lowers_it(self):
        clustered = [Group(group.cases, 4) for group in TIERS]
        assert breakeven_sd(3.06, *clustered) == pytest.approx(breakeven_sd(3.06, *TIERS) / 2)

    def test_sign_of_the_gap_is_immaterial(self):
        assert breakeven_sd(-3.06, *TIERS) == breakeven_sd(3.06, *TIERS)

    def test_bad_input(self):
        with pytest.raises(ValueError, match="above zero"):
            Group(0)
        with pytest.raises(ValueError, match="above zero"):
            Group(5, float("nan"))
        with pytest.raises(ValueError, match="level lies between"):
            breakeven_sd(1, *TIERS, level=1)


class TestDesignEffect:
    def test_by_exact_variance(self):
        """The variance of a mean of values with unit variance and equal correlation, pair by pair."""
        for m, icc in itertools.product((1, 2, 12), (0.0, 0.05, 1.0)):
            pairs = sum(1 if i == j else icc for i in range(m) for j in range(m))
            assert design_effect(m, icc) / m == pytest.approx(pairs / m**2)

    def test_unequal_sizes_by_exact_variance(self):
        sizes, icc = [982, 400, 76], 0.05
        pairs = sum(size + icc * size * (size - 1) for size in sizes)
        total = sum(sizes)
        assert design_effect(effective_cluster_size(sizes), icc) / total == pytest.approx(pairs / total**2)

    def test_equal_sizes(self):
        assert effective_cluster_size([12] * 36) == 12

    @pytest.mark.parametrize(("size", "icc"), [(0.5, 0), (2, -0.1), (2, 1.1)])
    def test_bad_input(self, size, icc):
        with pytest.raises(ValueError, match="cannot have"):
            design_effect(size, icc)

    @pytest.mark.parametrize("sizes", [[], [3, 0]])
    def test_no_cases(self, sizes):
        with pytest.raises(ValueError, match="need cases"):
            effective_cluster_size(sizes)


class TestLargestSd:
    def test_cuts_where_no_case_got_slower(self):
        assert [round(largest_sd(mean, 0, 100), 1) for mean in (77.54, 74.48)] == [41.7, 43.6]

    @given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
    def test_is_never_passed(self, values):
        mean = statistics.fmean(values)
        assert statistics.pstdev(values) <= largest_sd(min(max(mean, 0), 100), 0, 100) + 1e-6

    def test_two_points_reach_it(self):
        assert statistics.pstdev([0, 0, 0, 10]) == pytest.approx(largest_sd(2.5, 0, 10))

    def test_bad_input(self):
        with pytest.raises(ValueError, match="not within"):
            largest_sd(101, 0, 100)


class TestMix:
    """``gap.mix_needed`` of the ledger (Simpson, 1951; Kitagawa, 1955), by brute force."""

    def test_smallest_difference_in_mix_that_explains_the_gap(self, ledger):
        fast = ledger["speed_difference"].value
        gap, tenth = ledger["gap.time_cut"].value, 0.1
        explained = [
            points
            for points in (tenth * step for step in range(1001))
            if points / 100 * fast >= gap  # equal performance by type: the means differ by mix alone
        ]
        assert 0 <= min(explained) - ledger["gap.mix_needed"].value < tenth

    @given(SHARES, SHARES, st.floats(0, 100), st.floats(0, 100))
    def test_mix_alone_makes_this_gap(self, first, second, fast, slow):
        means = [share * fast + (1 - share) * slow for share in (first, second)]
        assert means[0] - means[1] == pytest.approx((first - second) * (fast - slow), abs=1e-9)
