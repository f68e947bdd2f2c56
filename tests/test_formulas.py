"""Formulas that are not of the language, name what there is not, or cannot be computed."""

from __future__ import annotations

import pytest

from analysis.formulas import range_problem
from analysis.intervals import Range

ASSUMPTIONS, QUANTITIES = "meizhou/assumptions.csv", "quantities.csv"

FORMULAS = [
    ("municipal.counted_too - 1", "there is no key 'municipal.counted_too'; nearest: municipal.counted_to, "),
    ("1 +", "'1 +' is not an expression"),
    ("lambda: 1", "'lambda: 1' is not part of the expression language"),
    ("open('facts.csv')", "is not part of the expression language"),
    ("(1).real", "is not part of the expression language"),
    ("max(**municipal.cases)", "is not part of the expression language"),
    ("municipal.cases < municipal.items", "is not part of the expression language"),
    ("unknown", "'unknown' stands only as what a choice leads to"),
    (
        '1 if municipal.cases == "a" else 2',
        "'municipal.cases' is not a choice, so it cannot be compared with 'a'",
    ),
    (
        '1 if six_in_87 == "amongst" else 2',
        "'amongst' is not one of the choices of six_in_87; expected among, separate",
    ),
    ("six_in_87 + 1", "'six_in_87' is a choice, not a number"),
    ("municipal.months", "is part of a circle: municipal.months <- municipal.months"),
    ("1 / unrated_satisfied", "'1 / unrated_satisfied' divides by 'unrated_satisfied', which may be zero"),
    ("1 / (provincial.trips_cut - 1.3)", "divides by 'provincial.trips_cut - 1.3', which may be zero"),
    ("(0 - municipal.cases) ** 2", "takes a power of '0 - municipal.cases', which may be negative"),
    ("sqrt(0 - municipal.cases)", "cannot be computed: math domain error"),
    ("municipal.cases ** 999", "'municipal.cases ** 999' cannot be computed: math range error"),
    (
        "municipal.cases + municipal.decided_on",
        "'municipal.cases + municipal.decided_on' is a date, against its unit 'month'",
    ),
    (
        "workdays(municipal.decided_on, 2000) - municipal.decided_on",
        "Chinese public holidays are known up to 2026; 2027-01-01 lies outside",
    ),
]


class TestFormulas:
    @pytest.mark.parametrize(("text", "message"), FORMULAS)
    def test_one_message_at_the_root(self, project, text, message):
        # other quantities rest on this one: only the root is named
        project.edit(QUANTITIES, "municipal.months", "expression", text)
        status, found = project.problems()
        assert status == 1
        assert len(found) == 1
        row = project.row(QUANTITIES, "municipal.months")
        assert found[0].startswith(f"seeds/{QUANTITIES}, row {row}, column expression: ")
        assert message in found[0]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("0 - municipal.cases / 36", "-12.0278 is not of its unit 'month', which is 0 or more"),
            ("1 - unrated_satisfied", "-99 to 1 is not of its unit 'month', which is 0 or more"),
        ],
    )
    def test_out_of_the_unit_is_named_at_its_root_with_both_numbers(self, project, text, found):
        project.edit(QUANTITIES, "municipal.months", "expression", text)
        row = project.row(QUANTITIES, "municipal.months")
        message = f"seeds/{QUANTITIES}, row {row}, column expression: '{text}' comes to {found}"
        assert project.problems() == (1, [message])

    def test_a_share_may_exceed_all_by_a_binary_digit(self):
        unit = {"unit": "percent", "kind": "measured", "lower": "0", "upper": "100"}
        assert range_problem(Range(0.0, 50.0, 100.00000000000001), unit) == ""
        assert range_problem(Range(0.0, 50.0, 100.001), unit).startswith("0 to 100.001 is not of its unit")
        assert range_problem(Range(-0.5, 50.0, 100.0), unit).endswith("'percent', which is 0 to 100")

    def test_what_is_open_has_no_bounds(self):
        unit = {"unit": "percent", "kind": "measured", "lower": "0", "upper": "100"}
        assert range_problem(Range(None, None, None), unit) == ""

    def test_circle_of_quantities(self, project):
        project.edit(QUANTITIES, "municipal.months", "expression", "municipal.cases_per_month")
        status, found = project.problems()
        assert status == 1
        assert len(found) == 1
        assert "municipal.months <- municipal.cases_per_month <- municipal.months" in found[0]

    def test_circle_of_bounds(self, project):
        project.edit(ASSUMPTIONS, "municipal_published", "high", "municipal_start")
        row = project.row(ASSUMPTIONS, "municipal_start")
        message = "is part of a circle: municipal_start <- municipal_published <- municipal_start"
        assert project.problems() == (1, [f"seeds/{ASSUMPTIONS}, row {row}, column high: {message}"])

    def test_bound_rests_on_no_quantity(self, project):
        project.edit(ASSUMPTIONS, "ratings", "high", "municipal.powers")
        row = project.row(ASSUMPTIONS, "ratings")
        status, found = project.problems()
        assert (status, len(found)) == (1, 1)
        assert found[0].startswith(
            f"seeds/{ASSUMPTIONS}, row {row}, column high: there is no key 'municipal.powers' among facts"
        )

    def test_working_days_beyond_the_calendar(self, project):
        project.edit(ASSUMPTIONS, "municipal_published", "high", "2026-12-25")
        row = project.row(ASSUMPTIONS, "municipal_start")
        message = (
            "'workdays(municipal_published, municipal.handover_days)' cannot be computed: "
            "Chinese public holidays are known up to 2026; 2027-01-01 lies outside the calendar"
        )
        place = f"seeds/{ASSUMPTIONS}, row {row}, column low, central, high"
        assert project.problems() == (1, [f"{place}: {message}"])

    def test_date_before_the_calendar(self, project):
        project.edit(
            QUANTITIES, "gap.breakeven_start", "expression", "municipal.counted_to - 5000 * municipal.cases"
        )
        row = project.row(QUANTITIES, "gap.breakeven_start")
        status, found = project.problems()
        assert (status, len(found)) == (1, 1)
        assert found[0] == f"seeds/{QUANTITIES}, row {row}, column expression: expected dates of the calendar"
