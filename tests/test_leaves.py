"""Facts, measures and assumptions as ranges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analysis import load_case
from analysis.expr import ExpressionError
from analysis.intervals import Range
from analysis.leaves import (
    ABSENT,
    OPEN,
    PRESENT,
    LeafError,
    assumption_range,
    bound_inputs,
    bound_range,
    fact_range,
    is_literal,
    leaf_ranges,
    literal,
    within_a_line,
)

ROOT = Path(__file__).parents[1]
NO_BOUNDS = ("", "")


def fact(value: str, unit: str = "percent") -> dict[str, str]:
    return {"value": value, "unit": unit}


def ends(*days: tuple[int, int, int]) -> Range:
    return Range(*(float(date(*day).toordinal()) for day in days))


def assumption(low: str, central: str, high: str, kind: str = "range") -> dict[str, str]:
    return {"name": "a", "kind": kind, "low": low, "central": central, "high": high}


class TestFactRange:
    @pytest.mark.parametrize(
        ("value", "kind", "bounds", "found"),
        [
            ("1458", "count", ("0", ""), Range(1458.0, 1458.0, 1458.0)),
            ("2.65万", "count", ("0", ""), Range(26450.0, 26500.0, 26550.0)),
            ("77.54", "measured", ("0", "100"), Range(77.535, 77.54, 77.545)),
            ("1.3", "measured", ("0", ""), Range(1.25, 1.3, 1.35)),
            ("100", "measured", ("0", "100"), Range(99.5, 100.0, 100.0)),  # not up to 100.5
            ("0", "measured", ("0", "100"), Range(0.0, 0.0, 0.5)),
            ("XXXX-03-31", "date", NO_BOUNDS, ends((2024, 3, 31), (2024, 3, 31), (2024, 3, 31))),
            ("2023-09", "date", NO_BOUNDS, ends((2023, 9, 1), (2023, 9, 15), (2023, 9, 30))),
            ("over 400", "count", ("0", ""), Range(401.0, 401.0, None)),
            ("over 1/2", "measured", ("0", "100"), Range(50.0, 50.0, 100.0)),  # a share ends at the whole
            ("at least 95", "measured", ("0", "100"), Range(95.0, 95.0, 100.0)),
            ("under 10", "count", ("0", ""), Range(0.0, 9.0, 9.0)),
            ("about 96", "measured", ("0", "100"), Range(86.4, 96.0, 100.0)),
            ("140-odd", "count", ("0", ""), Range(141.0, 145.0, 149.0)),
        ],
    )
    def test_is_what_would_be_printed_so_within_the_bounds(self, value, kind, bounds, found):
        assert fact_range(fact(value), kind, bounds, 2024) == found

    @pytest.mark.parametrize(
        ("value", "kind", "bounds", "message"),
        [
            ("14.5", "count", NO_BOUNDS, "'14.5' is not a whole number, which its unit 'percent' asks for"),
            ("100.1", "measured", ("0", "100"), "'100.1' lies outside the indicator's bounds 0 to 100"),
            ("4", "measured", ("5", ""), "'4' lies outside the indicator's bounds 5 to "),
            ("XXXX-02-29", "date", NO_BOUNDS, "'XXXX-02-29' is not a date of the calendar of 2023"),
        ],
    )
    def test_refuses_what_is_not_of_its_unit(self, value, kind, bounds, message):
        with pytest.raises(ValueError, match=message):
            fact_range(fact(value), kind, bounds, 2023)


class TestLiteral:
    @pytest.mark.parametrize("text", ["5", "-5", "0.25", "2023-12-10", "2023-09", "XXXX-12-10"])
    def test_written_out(self, text):
        assert is_literal(text)

    @pytest.mark.parametrize("text", ["", "a", "a.b", "1 + 1", "nan", "inf", "1e5", "9" * 16])
    def test_not_written_out(self, text):
        assert not is_literal(text)

    def test_month_is_its_days(self):
        assert literal("2023-09", "date") == ends((2023, 9, 1), (2023, 9, 15), (2023, 9, 30))

    def test_year_is_its_days_in_a_date_and_itself_in_a_year(self):
        assert literal("2015", "date") == ends((2015, 1, 1), (2015, 7, 2), (2015, 12, 31))
        assert literal("2015", "year") == Range(2015.0, 2015.0, 2015.0)

    @pytest.mark.parametrize(
        ("text", "kind", "message"),
        [
            ("2023-12-10", "measured", "is not a number"),
            ("5", "date", "is not a date such as"),
            ("2023-02-30", "date", "is not a date of the calendar"),
            ("XXXX-12-10", "date", "'XXXX-12-10' has no year"),
            ("2.5", "count", "is not a whole number"),
            ("0", "year", "'0' is not a year such as 2024"),
            ("2024.0", "year", "'2024.0' is not a year such as 2024"),
            ("10000", "year", "'10000' is not a year such as 2024"),
        ],
    )
    def test_refuses_what_is_not_of_its_unit(self, text, kind, message):
        with pytest.raises(ValueError, match=message):
            literal(text, kind)


class TestAssumptionRange:
    def test_bounds_may_be_computed(self):
        known = {
            "start": ends((2023, 11, 30), (2023, 11, 30), (2023, 12, 10)),
            "days": Range(30.0, 30.0, 30.0),
        }
        row = assumption("start", "workdays(start, days)", "workdays(start, days)")
        # working days from both ends of the start: 12 and 22 January 2024, worked in test_workdays
        assert assumption_range(row, "date", known) == ends((2023, 11, 30), (2024, 1, 12), (2024, 1, 22))

    def test_low_bound_is_the_low_end(self):
        known = {"start": ends((2023, 9, 1), (2023, 9, 15), (2023, 9, 30))}
        assert assumption_range(assumption("start", "start", "start"), "date", known) == known["start"]

    @pytest.mark.parametrize("bounds", [("", "", ""), ("0", "1", ""), ("", "1", "2"), ("gone", "1", "2")])
    def test_unbounded_on_a_side_is_open(self, bounds):
        assert assumption_range(assumption(*bounds), "measured", {"gone": OPEN}) == OPEN

    def test_choice_is_its_setting(self):
        row = assumption("", "same", "", kind="choice")
        assert assumption_range(row, "choice", {}) == Range("same", "same", "same")

    def test_names_the_assumption_that_cannot_be_computed(self):
        with pytest.raises(LeafError, match="divides by 'zero', which may be zero") as caught:
            assumption_range(assumption("1 / zero", "1", "1"), "measured", {"zero": Range(0.0, 0.0, 0.0)})
        assert caught.value.name == "a"
        assert isinstance(caught.value, ExpressionError)

    def test_empty_bound_is_unbounded(self):
        assert bound_range("", "measured", {}) == OPEN


class TestWithinALine:
    @pytest.mark.parametrize(
        ("label", "written"),
        [
            ("Caseload", "caseload"),
            ("Cut in trips", "cut in trips"),
            ("A share of all", "a share of all"),
            ("GDP", "GDP"),
            ("GDP a head", "GDP a head"),
            ("PhDs awarded", "PhDs awarded"),
            ("Growth of GDP", "growth of GDP"),
            ("X", "x"),
        ],
    )
    def test_only_an_abbreviation_keeps_its_capital(self, label, written):
        assert within_a_line(label) == written


class TestBoundInputs:
    def test_are_the_keys_of_all_bounds_once(self):
        row = assumption("a.start", "workdays(a.start, b)", "2023-12-10")
        assert bound_inputs(row) == ("a.start", "b")

    def test_choice_and_numbers_have_none(self):
        assert bound_inputs(assumption("", "same", "", kind="choice")) == ()
        assert bound_inputs(assumption("0", "0.5", "1")) == ()


class TestLeafRanges:
    def test_handover_dates_of_the_case(self, case):
        ranges = leaf_ranges(case)
        assert ranges["municipal_start"] == ends((2023, 11, 30), (2024, 1, 12), (2024, 1, 22))
        # from 15 September 30 working days, 7 and 8 October worked, 29 September to 6 October off
        assert ranges["provincial_start"] == ends((2023, 9, 1), (2023, 11, 2), (2023, 11, 15))

    def test_measures_are_one_or_nought(self, project):
        project.edit("meizhou/measures.csv", "area.education", "value", "absent")
        ranges = leaf_ranges(load_case("meizhou", root=project.root))
        assert (ranges["area.education"], ranges["area.medical_insurance"]) == (ABSENT, PRESENT)

    def test_setting_takes_the_place_of_the_range_and_of_what_rests_on_it(self):
        found = leaf_ranges(
            load_case("meizhou", assumptions={"municipal_published": "2023-12-10"}, root=ROOT)
        )
        assert found["municipal_published"] == ends(*[(2023, 12, 10)] * 3)
        assert found["municipal_start"].high == date(2024, 1, 22).toordinal()

    def test_late_sources_leave_no_range(self):
        found = leaf_ranges(load_case("meizhou", as_of="2024-04-12", root=ROOT))
        assert "provincial.cases" not in found  # source A, August 2024
        assert "area.education" not in found
        assert found["provincial_start"] == OPEN  # it rests on source A
        assert found["pilot.item_permits"].central == 21  # source C, of the day itself
