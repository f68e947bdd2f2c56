"""Cells that are well formed and contradict each other."""

from __future__ import annotations

import hashlib

import pytest

from analysis.coding import recorded

FACTS, MEASURES, ABOUT = "meizhou/facts.csv", "meizhou/measures.csv", "meizhou/case.toml"
ASSUMPTIONS, QUANTITIES = "meizhou/assumptions.csv", "quantities.csv"


class TestMiscoded:
    @pytest.mark.parametrize(
        ("cell", "message"),
        [
            (
                (FACTS, "provincial.cases", "tier", "municipal"),
                "'provincial.cases' names the tier provincial",
            ),
            ((FACTS, "context.two_100", "tier", "pilot"), "'context.two_100' names the tier all"),
            (
                (FACTS, "municipal.item_permits", "indicator", "item_other"),
                "names the indicator item_permits",
            ),
            (
                (FACTS, "provincial.items_requested", "indicator", "items"),
                "names the indicator items_requested",
            ),
            (
                (MEASURES, "area.education", "measure", "instrument"),
                "'area.education' names the measure area",
            ),
            (
                (FACTS, "pilot.departments", "paragraph", "3"),
                "source C is not archived: expected no paragraph",
            ),
            ((FACTS, "provincial.cases", "paragraph", ""), "source A is archived: expected the number of a"),
            ((FACTS, "pilot.departments", "prefix", "共"), "differs from what was recorded of source C"),
            ((FACTS, "provincial.cases", "period_start", ""), "expected both ends of the period, or neither"),
            ((FACTS, "provincial.cases", "period_start", "ratings"), "'ratings' is not a date of the tier"),
            ((FACTS, "provincial.cases", "period_end", "municipal.counted_to"), "is not a date of the tier"),
            ((ASSUMPTIONS, "six_in_87", "unit", "share"), "'share' is not the unit of a choice"),
            ((ASSUMPTIONS, "ratings", "unit", "choice"), "'choice' is not the unit of a range"),
            ((QUANTITIES, "provincial.months", "unit", "choice"), "'choice' is the unit of choices"),
            ((QUANTITIES, "municipal.powers", "unit", "point"), "a sum of counts or days is counted"),
            ((QUANTITIES, "gap.caseload_ratio", "unit", "case"), "'case' is count: it is not a whole number"),
            (("units.csv", "day", "digits", "1"), "expected 0 for a count"),
            (("units.csv", "project", "lower", "1"), "a unit of the kind count starts from 0"),
            (("units.csv", "case", "upper", "5000"), "a unit of the kind count starts from 0 or -5000"),
            (("units.csv", "month", "lower", ""), "a unit of the kind measured starts from 0"),
            (("units.csv", "trip", "lower", "0"), "a unit of the kind measured starts from none"),
            (("units.csv", "point", "upper", "101"), "a unit of the kind measured starts from 0 or -101"),
            (("units.csv", "share", "lower", ""), "a unit of the kind measured starts from 0 or -1"),
            (("units.csv", "date", "lower", "0"), "a unit of the kind date starts from none"),
            (("indicators.csv", "cases", "lower", ""), "expected the bounds of case: 0 to none"),
            (("indicators.csv", "cases", "upper", "2000"), "expected the bounds of case: 0 to none"),
            (("indicators.csv", "counted_to", "lower", "0"), "expected the bounds of date: none to none"),
            (("indicators.csv", "time_cut", "upper", ""), "expected the bounds of percent: 0 to 100"),
        ],
    )
    def test_is_named_by_row(self, project, cell, message):
        file, key, column, value = cell
        project.edit(file, key, column, value)
        status, found = project.problems()
        row = project.row(file, key)
        assert status == 1
        assert any(line.startswith(f"seeds/{file}, row {row}, column ") and message in line for line in found)

    @pytest.mark.parametrize(("upper", "bounds"), [("101", "0 to 101"), ("", "0 to none")])
    def test_indicators_end_where_their_unit_does(self, project, upper, bounds):
        project.edit("units.csv", "percent", "upper", upper)
        row = project.row("indicators.csv", "time_cut")
        message = f"expected the bounds of percent: {bounds}"
        status, found = project.problems()
        assert status == 1
        assert f"seeds/indicators.csv, row {row}, column lower, upper: {message}" in found

    def test_unit_that_only_sums_have(self, project):
        project.edit("units.csv", "instrument", "kind", "measured")
        status, found = project.problems()
        assert status == 1
        assert found[0].startswith(f"seeds/meizhou/{QUANTITIES}, row ")
        assert found[0].endswith("'instrument' is measured: a sum of counts or days is counted")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                'the reforming government"\noutcomes_measured_by_zh = "推行改革的政府自行统计"',
                '"\noutcomes_measured_by_zh = ""',
                "source A, outcomes_measured_by: it",
            ),
            (
                'measured_by = "the reforming government"',
                'measured_by = ""',
                "source A, outcomes_measured_by: is empty in this language only",
            ),
            ('not_independent_of = ["A"]', "not_independent_of = []", "source C does not say the same"),
        ],
    )
    def test_source(self, project, old, new, message):
        project.replace(ABOUT, old, new)
        status, found = project.problems()
        assert status == 1
        assert message in found[0]


class TestRecorded:
    def test_is_the_hash_of_the_phrase_with_its_context(self):
        row = {"prefix": "甲", "exact": "乙", "suffix": ""}
        assert recorded(row) == hashlib.sha256("甲|乙|".encode()).hexdigest()

    def test_message_gives_the_hash_to_record(self, project):
        project.edit(FACTS, "pilot.departments", "exact", "7个市属单位")
        _, found = project.problems()
        new = recorded({"prefix": "", "exact": "7个市属单位", "suffix": ""})
        assert found[0].startswith(
            f"seeds/{ABOUT}, line 93, entry phrases: source C, phrases: no row quotes the phrase of hash "
        )
        assert found[1].endswith(f"differs from what was recorded of source C; its hash is {new}")
