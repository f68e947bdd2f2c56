"""Bounds on satisfaction: those of the ledger and those of this module, against the literature and scipy."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import ledger as compute
from analysis import load_case
from analysis.bounds import ceilings, clopper_pearson, hidden_by_rounding, hypergeometric

ROOT = Path(__file__).parents[1]
SAMPLES = st.integers(1, 60).flatmap(lambda rated: st.tuples(st.integers(0, rated), st.just(rated)))


def read_as(**assumptions: float):
    return compute(load_case("meizhou", root=ROOT, assumptions=assumptions))


class TestLedger:
    """What the ledger's expressions already give."""

    @pytest.mark.parametrize("rated", [1, 30, 100, 217, 433])
    def test_worst_case_bounds(self, rated):
        """Manski (1989): what is observed keeps its bounds, what is not may be all or nothing."""
        share = round(rated / 433, 6)
        entry = read_as(municipal_rated_share=share)["municipal.satisfied_of_all"]
        assert entry.low == pytest.approx(99.5 * share)
        assert entry.high == pytest.approx(100)

    @pytest.mark.parametrize(("tier", "rated"), [("municipal", 0.25), ("provincial", 0.6)])
    def test_worst_case_bounds_against_every_way_to_fill_in(self, tier, rated):
        entry = read_as(**{f"{tier}_rated_share": rated})[f"{tier}.satisfied_of_all"]
        ways = [rated * printed + (1 - rated) * other for printed in (99.5, 100) for other in range(101)]
        assert (entry.low, entry.high) == (pytest.approx(min(ways)), pytest.approx(max(ways)))

    @pytest.mark.parametrize("ratings", [30, 100, 300])
    def test_spotless_sample(self, ratings):
        entry = read_as(ratings=ratings)["satisfaction.dissatisfied_ceiling"]
        assert entry.value == pytest.approx(100 * clopper_pearson(0, ratings))


class TestClopperPearson:
    @pytest.mark.parametrize("rated", [1, 14, 30, 100, 433, 1458])
    def test_spotless_sample_in_closed_form(self, rated):
        assert clopper_pearson(0, rated) == pytest.approx(1 - 0.05 ** (1 / rated), rel=1e-12)

    def test_rule_of_three(self):
        """Hanley & Lippman-Hand (1983), JAMA 249(13): about three over the number, too wide below thirty."""
        assert all(0.9 < clopper_pearson(0, rated) * rated / 3 < 1 for rated in (30, 100, 300, 1458))

    @pytest.mark.parametrize(
        ("dissatisfied", "rated", "level", "printed"),
        [
            # limits of a two-sided 95 per cent interval: Newcombe (1998), Statistics in Medicine 17, table I
            (81, 263, 0.975, 0.3676),
            (15, 148, 0.975, 0.1617),
            (0, 20, 0.975, 0.1684),
            (1, 29, 0.975, 0.1776),
        ],
    )
    def test_published(self, dissatisfied, rated, level, printed):
        assert clopper_pearson(dissatisfied, rated, level) == pytest.approx(printed, abs=5e-5)

    @given(SAMPLES, st.sampled_from([0.8, 0.95, 0.99]))
    def test_leaves_the_chance_it_promises(self, sample, level):
        dissatisfied, rated = sample
        share = Fraction(clopper_pearson(dissatisfied, rated, level))
        chance = sum(comb(rated, k) * share**k * (1 - share) ** (rated - k) for k in range(dissatisfied + 1))
        assert float(chance) == pytest.approx(1 if dissatisfied == rated else 1 - level, rel=1e-9)

    def test_against_scipy(self, stats):
        for dissatisfied, rated in itertools.product((0, 1, 7, 29), (30, 433, 1458)):
            expected = stats.binomtest(dissatisfied, rated, alternative="less").proportion_ci().high
            assert clopper_pearson(dissatisfied, rated) == pytest.approx(expected, rel=1e-9)


class TestHypergeometric:
    @given(st.integers(1, 14).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(0, 3))))
    def test_by_enumeration(self, sizes):
        cases, rated, dissatisfied = sizes[0], sizes[1], min(sizes[1], sizes[2])
        possible = [
            marked
            for marked in range(dissatisfied, cases - rated + dissatisfied + 1)
            if sum(comb(marked, k) * comb(cases - marked, rated - k) for k in range(dissatisfied + 1)) * 20
            > comb(cases, rated)
        ]
        assert hypergeometric(dissatisfied, rated, cases) == max(possible)

    def test_all_rated_leaves_nothing_open(self):
        assert (hypergeometric(0, 433, 433), hypergeometric(2, 433, 433)) == (0, 2)

    def test_half_rated_by_hand(self):
        # of 10 with 5 drawn, 3 marked are all missed with chance C(7,5)/C(10,5) = 21/252, 4 with 6/252
        assert hypergeometric(0, 5, 10) == 3

    @given(st.integers(1, 200), st.integers(200, 2000))
    def test_is_never_wider_than_unlimited_cases(self, rated, cases):
        assert hypergeometric(0, rated, cases) <= clopper_pearson(0, rated) * cases

    def test_against_scipy(self, stats):
        for dissatisfied, rated in itertools.product((0, 2), (30, 100, 300)):
            most = hypergeometric(dissatisfied, rated, 433)
            assert stats.hypergeom.cdf(dissatisfied, 433, most, rated) > 0.05
            assert stats.hypergeom.cdf(dissatisfied, 433, most + 1, rated) <= 0.05


class TestCeilings:
    def test_by_number_rated(self):
        found = ceilings([30, 100, 433], 433)
        assert [ceiling.rated for ceiling in found] == [30, 100, 433]
        assert found[0].binomial > found[1].binomial > found[2].binomial > 0
        assert found[0].hypergeometric > found[1].hypergeometric > found[2].hypergeometric == 0

    def test_rounding_hides_some(self):
        assert [hidden_by_rounding(rated) for rated in (1, 199, 200, 433, 1458)] == [0, 0, 1, 2, 7]
        spotless, hiding = ceilings([433], 433), ceilings([433], 433, rounded=True)
        assert hiding[0].hypergeometric == 2 / 433
        assert hiding[0].binomial > spotless[0].binomial


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0, 5), "cannot be rated"),
        ((-1, 3, 5), "cannot be rated"),
        ((4, 3, 5), "cannot be rated"),
        ((0, 6, 5), "cannot be rated"),
        ((0, 3, 5, 1.0), "confidence level"),
        ((0, 3, 5, float("nan")), "confidence level"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        hypergeometric(*arguments)
