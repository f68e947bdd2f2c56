"""Floors and p-values of randomisation tests, against enumeration by hand, Fisher's example and scipy."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.randomisation import Floor, Stratum, assignments, count, floor, least_floor, p_values

EIGHT = [Stratum(8, 2)]
TEA = [Stratum(8, 4)]


class TestFloor:
    def test_two_of_eight_counties(self):
        pairs = [pair for pair in itertools.product(range(8), repeat=2) if pair[0] < pair[1]]
        found = floor(EIGHT)
        assert found.assignments == len(pairs) == 28
        assert (found.one_sided, found.doubled) == (Fraction(1, 28), Fraction(1, 14))
        assert found.one_sided < Fraction(5, 100) < found.doubled
        assert found.one_sided > Fraction(1, 100)

    def test_lady_tasting_tea(self):
        """Fisher (1935), chapter 2: 70 ways to name four of eight cups."""
        assert floor(TEA).one_sided == Fraction(1, 70)

    def test_one_in_each_class_is_at_least_a_sixteenth(self):
        by_hand = max(a * b for a in range(1, 9) for b in range(1, 9) if a + b <= 8)
        assert least_floor(8, [1, 1]) == Floor(by_hand)
        assert least_floor(8, [1, 1]).one_sided == Fraction(1, 16)

    @pytest.mark.parametrize(
        ("sizes", "one_sided"), [((4, 4), (1, 16)), ((2, 6), (1, 12)), ((3, 3), (1, 9)), ((1, 1), (1, 1))]
    )
    def test_known_classes(self, sizes, one_sided):
        assert floor([Stratum(size, 1) for size in sizes]).one_sided == Fraction(*one_sided)

    def test_one_class_of_all_is_complete_randomisation(self):
        assert least_floor(8, [2]) == floor(EIGHT)

    def test_doubled_is_at_most_one(self):
        assert floor([Stratum(3, 3)]).doubled == 1

    @pytest.mark.parametrize(("units", "treated"), [(8, []), (8, [1, 0]), (2, [2, 1]), (0, [1])])
    def test_classes_that_cannot_be(self, units, treated):
        with pytest.raises(ValueError, match="cannot be made of"):
            least_floor(units, treated)


class TestAssignments:
    @given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), min_size=1, max_size=3))
    def test_are_all_subsets_with_these_counts(self, sizes):
        design = [Stratum(units, min(units, treated)) for units, treated in sizes]
        ends = [0, *itertools.accumulate(stratum.units for stratum in design)]
        every = (set(itertools.compress(range(ends[-1]), bits)) for bits in _bits(ends[-1]))
        by_hand = [
            chosen
            for chosen in every
            if all(
                len(chosen & set(range(*ends[place : place + 2]))) == stratum.treated
                for place, stratum in enumerate(design)
            )
        ]
        found = list(assignments(design))
        assert len(found) == len(set(found)) == count(design) == len(by_hand)
        assert set(found) == set(map(frozenset, by_hand))

    @pytest.mark.parametrize(("units", "treated"), [(0, 0), (2, 3), (2, -1)])
    def test_stratum_that_cannot_be(self, units, treated):
        with pytest.raises(ValueError, match="cannot be treated"):
            Stratum(units, treated)


def _bits(places: int) -> itertools.product[tuple[int, ...]]:
    return itertools.product((0, 1), repeat=places)


class TestPValues:
    def test_most_extreme_pair_reaches_the_floor(self):
        found = p_values([9, 8, 1, 2, 3, 4, 5, 6], frozenset({0, 1}), EIGHT)
        assert (found.greater, found.less, found.doubled) == (Fraction(1, 28), 1, Fraction(1, 14))
        assert found.difference == Fraction(17, 2) - Fraction(21, 6)

    def test_second_most_extreme_pair_does_not(self):
        assert p_values([9, 7, 8, 2, 3, 4, 5, 6], frozenset({0, 1}), EIGHT).greater == Fraction(2, 28)

    def test_ties_count_against_it(self):
        assert p_values([1] * 8, frozenset({0, 1}), EIGHT).greater == 1
        assert p_values([0.1 + 0.2, 0.3, 0, 0], frozenset({0}), [Stratum(4, 1)]).greater == Fraction(1, 4)

    @pytest.mark.parametrize(("right", "ways"), [(4, 1), (3, 17), (2, 53), (1, 69), (0, 70)])
    def test_lady_tasting_tea(self, right, ways):
        """Fisher (1935): with three cups of four right, 17 of 70 ways are as good."""
        answers = [1] * right + [0] * (4 - right) + [1] * (4 - right) + [0] * right
        assert p_values(answers, frozenset(range(4)), TEA).greater == Fraction(ways, 70)

    def test_strata_by_hand(self):
        # one of two, one of three: differences 2 - 1 and 6 - (3 + 4) / 2, mean 7/4, the largest of six
        design = [Stratum(2, 1), Stratum(3, 1)]
        found = p_values([2, 1, 6, 3, 4], frozenset({0, 2}), design)
        assert (found.difference, found.greater) == (Fraction(7, 4), Fraction(1, 6))

    @given(st.lists(st.integers(-9, 9), min_size=6, max_size=6), st.integers(0, 14))
    def test_by_hand_enumeration(self, outcomes, which):
        pairs = list(itertools.combinations(range(6), 2))
        mine = sum(outcomes[place] for place in pairs[which])
        as_large = sum(sum(outcomes[place] for place in pair) >= mine for pair in pairs)
        found = p_values(outcomes, frozenset(pairs[which]), [Stratum(6, 2)])
        assert found.greater == Fraction(as_large, 15)

    def test_under_the_null_is_valid_at_every_level(self):
        outcomes = [3, 1, 4, 1, 5, 9]
        design = [Stratum(6, 2)]
        found = [p_values(outcomes, drawn, design).greater for drawn in assignments(design)]
        for level in (Fraction(k, 15) for k in range(1, 16)):
            assert sum(p <= level for p in found) <= level * 15

    def test_against_scipy(self, stats):
        outcomes = [2.5, 7.25, 1.0, 4.5, 3.25, 0.5, 6.0, 2.0]
        found = p_values(outcomes, frozenset({0, 1}), EIGHT)
        for side, own in (("greater", found.greater), ("less", found.less), ("two-sided", found.doubled)):
            other = stats.permutation_test(
                (outcomes[:2], outcomes[2:]),
                lambda x, y, axis: x.mean(axis) - y.mean(axis),
                vectorized=True,
                n_resamples=math.inf,
                alternative=side,
            )
            assert other.pvalue == pytest.approx(float(own))

    @pytest.mark.parametrize(
        ("outcomes", "treated", "design", "message"),
        [
            ([1, 2, 3], {0}, [Stratum(4, 1)], "cannot have drawn"),
            ([1, 2, 3], {0, 1}, [Stratum(3, 1)], "cannot have drawn"),
            ([1, 2, 3], {7}, [Stratum(3, 1)], "cannot have drawn"),
            ([1, 2], {0, 1}, [Stratum(2, 2)], "no stratum has both"),
            ([0] * 60, {0}, [Stratum(60, 30)], "more than 1000000"),
            ([1, float("nan")], {0}, [Stratum(2, 1)], "NaN"),
        ],
    )
    def test_bad_input(self, outcomes, treated, design, message):
        with pytest.raises(ValueError, match=message):
            p_values(outcomes, frozenset(treated), design)
