"""What is wrong in a cell, and what is wrong with a setting: one message with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import UnusableError, load_case

ROOT = Path(__file__).parents[1]
FACTS, ASSUMPTIONS = "meizhou/facts.csv", "meizhou/assumptions.csv"

# key, column, the value put there, the column that the message names, what it says
IN_FACTS = [
    (
        "provincial.cases",
        "value",
        "1459",
        "exact",
        "the phrase '业务办理量为1458件' does not hold the figure 1459",
    ),
    ("provincial.trips_cut", "value", "1.30", "exact", "does not hold the figure 1.30"),
    (
        "municipal.cases",
        "translation",
        "a caseload of 343 cases",
        "translation",
        "'a caseload of 343 cases' does not hold the numbers of '业务办理量为433件'",
    ),
    ("municipal.decided_on", "value", "2023-12-01", "exact", "does not hold the figure 2023-12-01"),
    (
        "pilot.decided_on",
        "value",
        "2024-04-08",
        "exact",
        "the phrase '4月8日' does not hold the figure 2024-04-08",
    ),
    ("municipal.decided_on", "value", "2023-02-30", "value", "'2023-02-30' is not a date of the calendar"),
    (
        "municipal.decided_on",
        "value",
        "30 November",
        "value",
        "is not a date such as 2023-11-30, 2023-09, 2023-33 (a quarter)",
    ),
    (
        "provincial.cases",
        "value",
        "many",
        "value",
        "'many' is not a figure such as 1458, 77.54, 2.65万, over 400",
    ),
    (
        "provincial.cases",
        "value",
        "1458.5",
        "value",
        "'1458.5' is not a whole number, which its unit 'case' asks for",
    ),
    (
        "provincial.time_cut",
        "value",
        "177.54",
        "value",
        "'177.54' lies outside the indicator's bounds 0 to 100",
    ),
    ("provincial.cases", "value", "", "value", "is empty; expected a value"),
    ("provincial.cases", "unit", "cases", "unit", "there is no unit 'cases'; expected one of case, "),
    ("provincial.cases", "unit", "project", "unit", "'project' is not the unit of cases; expected case"),
    (
        "provincial.cases",
        "indicator",
        "caseload",
        "indicator",
        "there is no indicator 'caseload'; expected one of cases, ",
    ),
    (
        "provincial.cases",
        "tier",
        "county",
        "tier",
        "there is no tier 'county'; expected one of all, exemplar, ",
    ),
    ("provincial.cases", "source", "Z", "source", "there is no source 'Z'; expected one of A, B, C, D"),
    ("provincial.cases", "paragraph", "seven", "paragraph", "'seven' expected a whole number, or nothing"),
    (
        "provincial.cases",
        "period_end",
        "2024-02-31",
        "period_end",
        "'2024-02-31' is neither a date nor the key of one",
    ),
    ("provincial.cases", "period_end", "provincial.count_to", "period_end", "nearest: provincial.counted_to"),
    ("context.two_100", "id", "Context.Two", "id", "'Context.Two' expected a key in lower case with dots"),
    ("context.two_100", "id", "context.if", "id", "'context.if' holds a word of the expression language"),
]
IN_ASSUMPTIONS = [
    ("ratings", "kind", "set", "kind", "'set' expected one of range, choice"),
    ("ratings", "unit", "vote", "unit", "there is no unit 'vote'; expected one of "),
    ("ratings", "source", "Z", "source", "there is no source 'Z'; expected one of A, B, C, D"),
    ("ratings", "low", "2.5", "low", "'2.5' is not a whole number"),
    ("ratings", "low", "2023-12-10", "low", "'2023-12-10' is not a number"),
    ("ratings", "low", "few", "low", "there is no key 'few' among facts, measures and assumptions"),
    ("ratings", "low", "440", "low, central, high", "expected low <= central <= high; found 440, 100, 300"),
    ("municipal_published", "high", "2023-02-30", "high", "'2023-02-30' is not a date of the calendar"),
    ("municipal_published", "high", "XXXX-12-10", "high", "'XXXX-12-10' has no year"),
    ("municipal_published", "high", "7", "high", "'7' is not a date such as 2023-11-30"),
    (
        "unrated_satisfied",
        "high",
        "150",
        "low, central, high",
        "0 to 150 is not of its unit 'percent', which is 0 to 100; found 0, 100, 150",
    ),
    ("unstated_year", "high", "2025", "low, central, high", "expected one year, three times the same"),
    ("six_in_87", "central", "within", "name", "the central setting is not one of those in 'choices'"),
    (
        "six_in_87",
        "choices_zh",
        "在87项之内",
        "name",
        "expected as many names in 'choices_en' and 'choices_zh'",
    ),
]
IN_OTHER_FILES = [
    (
        "meizhou/measures.csv",
        "area.education",
        "value",
        "yes",
        "value",
        "'yes' expected one of present, absent",
    ),
    (
        "meizhou/measures.csv",
        "area.education",
        "source",
        "Z",
        "source",
        "there is no source 'Z'; expected one of A, B, C, D",
    ),
    (
        "units.csv",
        "case",
        "form_en",
        "cases",
        "form_en",
        "'cases' expected text with {} where the number stands",
    ),
    (
        "units.csv",
        "case",
        "form_en",
        "{} {} cases",
        "form_en",
        "expected text with {} where the number stands",
    ),
    ("units.csv", "case", "digits", "two", "digits", "'two' expected one digit"),
    ("indicators.csv", "time_cut", "upper", "-", "upper", "'-' expected a number, or nothing"),
    (
        "indicators.csv",
        "time_cut",
        "direction",
        "up",
        "direction",
        "'up' expected one of higher, lower, none",
    ),
    (
        "quantities.csv",
        "municipal.months",
        "unit",
        "moon",
        "unit",
        "there is no unit 'moon'; expected one of ",
    ),
]


def assert_one_message(project, file: str, cell: tuple[str, ...]) -> None:
    key, column, value, at, message = cell
    row = project.row(file, key)
    project.edit(file, key, column, value)
    status, found = project.problems()
    assert (status, len(found)) == (1, 1)
    assert found[0].startswith(f"seeds/{file}, row {row}, column {at}: ")
    assert message in found[0]


class TestCells:
    @pytest.mark.parametrize("cell", IN_FACTS)
    def test_of_facts(self, project, cell):
        assert_one_message(project, FACTS, cell)

    @pytest.mark.parametrize("cell", IN_ASSUMPTIONS)
    def test_of_assumptions(self, project, cell):
        assert_one_message(project, ASSUMPTIONS, cell)

    @pytest.mark.parametrize("cell", IN_OTHER_FILES)
    def test_of_other_files(self, project, cell):
        file, *rest = cell
        assert_one_message(project, file, rest)

    def test_date_without_year_needs_the_assumption(self, project):
        project.replace(ASSUMPTIONS, "\nunstated_year,", "\nanother_year,")
        status, found = project.problems()
        assert status == 1
        assert len(found) == 3  # both ends of the counts and the pilot's decision
        assert all(
            "has no year, and there is no assumption 'unstated_year' that gives one" in line for line in found
        )

    def test_29_february_of_a_common_year(self, project):
        project.edit(FACTS, "provincial.counted_to", "value", "XXXX-02-29")
        project.edit(FACTS, "provincial.counted_to", "exact", "截至2月29日")
        project.edit(FACTS, "provincial.counted_to", "translation", "by 29 February")
        assert project.problems() == (0, [])
        for end in ("low", "central", "high"):
            project.edit(ASSUMPTIONS, "unstated_year", end, "2023")
        row = project.row(FACTS, "provincial.counted_to")
        message = (
            f"seeds/{FACTS}, row {row}, column value: 'XXXX-02-29' is not a date of the calendar of 2023"
        )
        assert project.problems()[1][0] == message

    def test_year_that_makes_a_period_negative_is_named_at_each_root(self, project):
        # from September 2023 to 31 March 2023: -154 to -229 days; the rates rest on the months
        for end in ("low", "central", "high"):
            project.edit(ASSUMPTIONS, "unstated_year", end, "2023")
        status, found = project.problems()
        assert status == 1
        assert len([line for line in found if "is not of its unit 'month', which is 0 or more" in line]) == 2
        assert not [line for line in found if "case_per_month" in line]

    @pytest.mark.parametrize("year", ["", "2024.0", "0", "provincial.items_requested"])
    def test_year_that_is_none(self, project, year):
        for end in ("low", "central", "high"):
            project.edit(ASSUMPTIONS, "unstated_year", end, year)
        status, found = project.problems()
        assert status == 1
        assert any("unstated_year" in line or "such as 2024" in line for line in found)


class TestSettings:
    """Status 2: what the reader asks for does not exist."""

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            (
                {"municipal_strt": "2023-11-30"},
                "there is no assumption 'municipal_strt'; there are: unstated_year, ",
            ),
            ({"six_in_87": "apart"}, "six_in_87: 'apart' is not one of among, separate"),
            ({"ratings": "many"}, "ratings: 'many' is not a number"),
            ({"ratings": "nan"}, "ratings: 'nan' is not a number"),
            ({"ratings": 2.5}, "ratings: '2.5' is not a whole number"),
            ({"unstated_year": 20240}, "unstated_year: '20240' is not a year such as 2024"),
            ({"unstated_year": "2024.0"}, "unstated_year: '2024.0' is not a year such as 2024"),
            (
                {"unrated_satisfied": 150},
                "unrated_satisfied: 150 is not of its unit 'percent', which is 0 to ",
            ),
            (
                {"provincial_rated_share": 7},
                "provincial_rated_share: 7 is not of its unit 'share', which is 0",
            ),
            (
                {"provincial_items": -54},
                "provincial_items: -54 is not of its unit 'item', which is 0 or more",
            ),
            (
                {"municipal_start": "2023-02-30"},
                "municipal_start: '2023-02-30' is not a date of the calendar",
            ),
            ({"municipal_start": 5}, "municipal_start: '5' is not a date such as 2023-11-30"),
            ({"municipal_start": "XXXX-01-12"}, "municipal_start: 'XXXX-01-12' has no year"),
            (
                {"ratings": 0},
                "ratings: 0 lies outside 30 to 300, the range that the case declares",
            ),
            (
                {"municipal_start": "2024-03-31"},
                "municipal_start: 2024-03-31 lies outside 2023-11-30 to 2024-01-22",
            ),
            (
                {"municipal_start": "2023-11"},
                "municipal_start: 2023-11 lies outside 2023-11-30 to 2024-01-22",
            ),
            ({"provincial_items": 0}, "with these, 'provincial.cases / provincial_items' divides by "),
            ({"municipal_published": "2026-12-25"}, "municipal_published: 2026-12-25 lies outside "),
        ],
    )
    def test_one_message(self, settings, message):
        with pytest.raises(UnusableError) as caught:
            load_case("meizhou", assumptions=settings, root=ROOT)
        assert len(caught.value.findings) == 1
        assert str(caught.value).startswith(f"assumptions: {message}")

    @pytest.mark.parametrize("as_of", ["yesterday", "2024-02-30", "20240806", "2024-W05-1", "2024-08"])
    def test_as_of_that_is_no_date(self, as_of):
        with pytest.raises(UnusableError, match=f"as_of: '{as_of}' is not a date such as 2024-08-06"):
            load_case("meizhou", as_of=as_of, root=ROOT)
