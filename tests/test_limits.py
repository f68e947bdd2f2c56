"""The limits in the ledger: spread, design effects, tipping points and ways of printing."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal
from statistics import NormalDist

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import ledger as compute
from analysis import limit_charts, load_case, printed
from analysis.publish.notebook import Study
from tests.conftest import ROOT

CASES = {"provincial": 1458, "municipal": 433}
CUTS = {"provincial": 77.54, "municipal": 74.48}
ITEMS = 36
PERMITS = 982


def read_as(**assumptions: object):
    return compute(load_case("meizhou", root=ROOT, assumptions=assumptions))


def ends(entry) -> tuple[float, float]:
    return entry.low, entry.high


class TestSpread:
    def test_gap_in_time(self, ledger):
        assert ends(ledger["gap.time_sd"]) == pytest.approx((28.4, 28.6), abs=0.05)

    def test_gap_in_trips(self, ledger):
        assert ends(ledger["gap.trips_sd"]) == pytest.approx((2.0, 3.0), abs=0.05)

    @pytest.mark.parametrize("gap", ["time", "trips"])
    def test_there_a_two_sided_test_just_finds_the_gap(self, ledger, gap):
        """An outside reference: the standard library's normal distribution, not the formula's 1.96."""
        error = ledger[f"gap.{gap}_sd"].value * math.sqrt(sum(1 / cases for cases in CASES.values()))
        z = ledger[f"gap.{gap}_cut"].value / error
        assert 2 * (1 - NormalDist().cdf(z)) == pytest.approx(0.05, abs=1e-5)

    @pytest.mark.parametrize(("tier", "most"), [("provincial", 41.7), ("municipal", 43.6)])
    def test_widest_possible(self, ledger, tier, most):
        """All of the cut in some cases, none in the others: no values between them spread as widely."""
        whole = round(100 * CUTS[tier])
        extreme = [100.0] * whole + [0.0] * (10000 - whole)
        entry = ledger[f"{tier}.time_sd_most"]
        assert statistics.mean(extreme) == pytest.approx(CUTS[tier])
        assert entry.value == pytest.approx(statistics.pstdev(extreme)) == pytest.approx(most, abs=0.05)

    @given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
    def test_nothing_between_the_ends_spreads_more(self, cuts):
        mean = statistics.fmean(cuts)
        assert statistics.pstdev(cuts) <= math.sqrt(mean * (100 - mean)) + 1e-4

    @pytest.mark.parametrize(
        ("assumption", "setting"), [("time_mean", "other"), ("slower_cases", "some"), ("cut_unit", "differs")]
    )
    def test_what_they_rest_on(self, assumption, setting):
        told = read_as(**{assumption: setting})
        limit, widest = told["gap.time_sd"].value, told["provincial.time_sd_most"].value
        assert (limit is None) == (assumption != "slower_cases")
        assert (widest is None) == (assumption != "cut_unit")

    def test_trips_rest_on_an_average_over_cases(self):
        assert read_as(case_weighting="items")["gap.trips_sd"].value is None


class TestDesignEffects:
    """Kish (1965): what clusters do to the variance of a mean."""

    @pytest.mark.parametrize("likeness", [0, 0.1, 0.5, 1])
    def test_against_the_variance_of_a_mean_of_alike_cases(self, likeness):
        """As many cases an item: the variance summed over every pair of cases, over that of cases apart."""
        size = 433 / ITEMS
        pairs = ITEMS * (size + size * (size - 1) * likeness)
        told = read_as(item_likeness=likeness)["municipal.design_effect"].value
        assert told == pytest.approx(pairs / 433**2 / (1 / 433))

    def test_permits_alone_set_the_least_effective_size(self, ledger):
        """Sum of squares over sum, the other cases an item each: no other way to share them gives less."""
        others = CASES["provincial"] - PERMITS
        least = (PERMITS**2 + others) / CASES["provincial"]
        assert ledger["provincial.design_effect"].high == pytest.approx(661.4, abs=0.05)
        assert ledger["provincial.design_effect"].high <= least < ledger["provincial.design_effect"].high + 1

    def test_cases_with_nothing_in_common_are_independent(self):
        told = read_as(item_likeness=0)
        for gap in ("time", "trips"):
            limits = {told[f"gap.{gap}_sd{kind}"].value for kind in ("", "_items", "_permits")}
            assert max(limits) == pytest.approx(min(limits))

    def test_cases_that_are_all_alike_count_as_their_items(self):
        told = read_as(item_likeness=1)
        assert told["gap.time_sd_items"].value == pytest.approx(28.526 / math.sqrt(433 / 36), abs=0.001)
        # 661.4 of 1,458 and 12.03 of 433: 3.06 / (1.96 * sqrt(0.4536 + 0.0278))
        assert told["gap.time_sd_permits"].value == pytest.approx(2.25, abs=0.005)

    def test_permits_outside_the_count_say_nothing(self):
        told = read_as(permits_within="not_all")
        assert told["provincial.design_effect"].value is None
        assert told["gap.time_sd_permits"].value is None
        assert told["gap.time_sd_items"].value is not None


class TestTippingPoints:
    def test_mix_needed_at_the_speed_needed_is_the_published_gap(self, ledger):
        apart = ledger["mix.speed_needed"].value
        assert 100 * 3.06 / apart == pytest.approx(100 * (25 / 36 - 21 / 50))
        assert apart == pytest.approx(11.15, abs=0.005)

    def test_rates_are_level_at_the_share_of_permits(self):
        told = read_as(provincial_start="2023-10-01", municipal_start="2023-12-15")
        counted = told["permits.level"].value / 100 * PERMITS
        # 1 October to 31 March is 182 days, 15 December to 31 March is 107
        assert (1458 - counted) / 182 == pytest.approx(433 / 107)

    def test_share_of_permits_over_all_starts(self, ledger):
        # 982 less what leaves 433 over 122 to 69 days level with the rest over 137 to 212
        low, high = (1458 - 433 * 212 / 69, 1458 - 433 * 137 / 122)
        assert ends(ledger["permits.level"]) == pytest.approx((100 * low / 982, 100 * high / 982))

    def test_majority(self, ledger):
        assert ledger["permits.majority"].value == pytest.approx(100 * 729 / 982)

    def test_share_rated(self, ledger):
        low, high = ends(ledger["municipal.rated_needed"])
        assert (low, high) == pytest.approx((50, 100 * 50 / 99.5))
        assert read_as(municipal_rated_share=0.503)["municipal.satisfied_of_all"].low > 50
        assert read_as(municipal_rated_share=0.502)["municipal.satisfied_of_all"].low < 50


class TestPrinting:
    @staticmethod
    def cut_off(text: str) -> tuple[float, float]:
        """What begins with the digits printed, independently of how rounding is derived."""
        number = Decimal(text)
        return float(number), float(number + Decimal(1).scaleb(int(number.as_tuple().exponent)))

    def test_cut_off_the_gap_in_trips(self, ledger):
        (low, high), (most, least) = self.cut_off("1.57"), self.cut_off("1.3")
        assert ends(ledger["gap.trips_cut_truncated"]) == pytest.approx((low - least, high - most))

    def test_cut_off_the_gap_in_time_stays(self, ledger):
        (low, high), (most, least) = self.cut_off("77.54"), self.cut_off("74.48")
        assert ends(ledger["gap.time_cut"]) == pytest.approx((low - least, high - most))

    def test_a_final_zero(self, case, ledger):
        rounded = printed.rounding(Decimal("1.30"), exact=False)
        row = case.assumptions.row(by_predicate=pl.col("name") == "provincial_trips_full", named=True)
        taken = [float(row[end]) for end in ("low", "central", "high")]
        assert taken == pytest.approx([rounded.low, rounded.central, rounded.high])
        assert ends(ledger["gap.trips_cut_trimmed"]) == pytest.approx((0.26, 0.28))


class TestSwept:
    def test_against_a_ledger_of_each_reading(self, case, ledger):
        points = limit_charts.swept(Study(case, ledger), "gap.mix_needed", "speed_difference", (20, 30, 60))
        for at, low, central, high in points.iter_rows():
            entry = read_as(speed_difference=at)["gap.mix_needed"]
            assert (low, central, high) == pytest.approx((entry.low, entry.value, entry.high))

    def test_what_is_not_identified_has_no_points(self):
        read = load_case("meizhou", root=ROOT, assumptions={"cut_unit": "differs"})
        study = Study(read, compute(read))
        assert limit_charts.swept(study, "gap.mix_needed", "speed_difference", (20, 30)).is_empty()

    def test_no_number_is_refused(self):
        with pytest.raises(TypeError, match="None is no number"):
            limit_charts.number(None)
