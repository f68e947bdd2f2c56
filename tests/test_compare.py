"""The tiers and the pilot side by side."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analysis import compare, load_case
from analysis import ledger as compute

ROOT = Path(__file__).parents[1]


class TestValues:
    def test_are_rows_in_the_order_asked_for(self, ledger):
        found = compare.values(ledger, ["municipal.trips_cut", "provincial.trips_cut"])
        assert found.select("key", "low", "value", "high", "unit", "status").rows() == [
            ("municipal.trips_cut", 1.565, 1.57, 1.575, "trip", "reported"),
            ("provincial.trips_cut", 1.25, 1.3, 1.35, "trip", "reported"),
        ]
        assert found["label_zh"].to_list() == ["市级事项：跑动次数减少", "省级事项：跑动次数减少"]

    def test_what_is_not_identified_has_no_numbers(self, ledger):
        row = compare.values(ledger, ["provincial.cases_per_item"]).row(0, named=True)
        assert (row["low"], row["value"], row["high"], row["status"]) == (None, None, None, "not identified")

    def test_none_is_an_empty_frame_of_the_same_columns(self, ledger):
        assert compare.values(ledger, []).schema == compare.values(ledger, ["municipal.cases"]).schema

    def test_unknown_key(self, ledger):
        with pytest.raises(KeyError, match=r"municipal\.casez"):
            compare.values(ledger, ["municipal.casez"])


class TestTiers:
    def test_a_row_a_tier_and_outcome(self, case, ledger):
        found = compare.tiers(case, ledger)
        assert found.select("tier", "outcome").rows() == [
            (tier, outcome) for outcome in compare.OUTCOMES for tier in ("provincial", "municipal")
        ]

    def test_selected_outcomes(self, case, ledger):
        found = compare.tiers(case, ledger, ["cases"])
        assert found.select("tier", "value").rows() == [("provincial", 1458.0), ("municipal", 433.0)]


class TestItemMix:
    def test_shares_worked_by_hand(self, case, ledger):
        found = compare.item_mix(case, ledger).with_columns(pl.col(pl.Float64).round(2))
        assert found.rows() == [
            ("municipal", "permit", 25.0, 69.44, 83.33),  # 25/36, 25/30
            ("municipal", "service", 6.0, 16.67, None),  # 6/36; no power
            ("municipal", "other", 5.0, 13.89, 16.67),  # 5/36, 5/30
            ("pilot", "permit", 21.0, 42.0, 80.77),  # 21/50, 21/26
            ("pilot", "service", 24.0, 48.0, None),  # 24/50
            ("pilot", "other", 5.0, 10.0, 19.23),  # 5/50, 5/26
        ]

    def test_before_the_sources_is_not_identified(self):
        case = load_case("meizhou", as_of="2023-12-10", root=ROOT)
        shares = dict(
            compare.item_mix(case, compute(case)).group_by("tier").agg(pl.col("share").count()).iter_rows()
        )
        assert shares == {"municipal": 0, "pilot": 0}  # 36 and 50 are source A's


@pytest.mark.parametrize(
    ("form", "text"),
    [("value", "`municipal.cases`{.value}"), ("interval", "`municipal.cases`{.value as=interval}")],
)
def test_cell_is_what_pages_write(form, text):
    assert compare.cell("municipal.cases", form) == text
