"""The second case as it is coded: figures printed inexactly, and values before and after."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analysis import CaseError, load_case
from analysis import ledger as compute
from analysis.claims import verdicts
from analysis.explain import explain
from analysis.forensics import checks
from analysis.publish import verifier
from analysis.publish.bundle import bundle_files
from analysis.sources import not_reverifiable

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def luohu():
    return load_case("luohu", root=ROOT)


@pytest.fixture(scope="module")
def entries(luohu):
    return compute(luohu)


@pytest.fixture(scope="module")
def files(luohu, entries):
    return bundle_files(ROOT, luohu, entries)


class TestFigures:
    @pytest.mark.parametrize(
        ("key", "ends", "texts"),
        [
            ("municipal.time_cut", (60, 200 / 3), ["nearly two thirds", "近三分之二"]),  # 9/10 of two thirds
            ("municipal.steps_cut", (50, 100), ["over half", "过半"]),
            ("city.steps_cut", (50, 100), ["at least half", "至少一半"]),
            ("city.steps_before", (21, 29), ["20-odd steps", "20多个环节"]),
            ("city.steps_after", (9, 11), ["about 10 steps", "约10个环节"]),
            ("city.items_proposed", (141, 149), ["140-odd items", "140多项"]),
            ("city.items", (101, 199), ["100-odd items", "100多项"]),
            ("municipal.time_before_study", (2.5, 3.5), ["about 3 years", "约3年"]),
            ("municipal.handover_months", (0, 1), ["at most 1 month", "1个月内"]),
            ("municipal.pilot_years", (2, 3), ["2-odd years", "2年多"]),
        ],
    )
    def test_mean_what_their_source_can_mean(self, entries, key, ends, texts):
        entry = entries[key]
        assert (entry.low, entry.high) == pytest.approx(ends)
        assert [entry.text[lang]["value"] for lang in ("en", "zh")] == texts
        assert entry.status == "reported"

    def test_year_is_written_as_one(self, entries):
        entry = entries["municipal.decided_on_year"]
        assert [entry.text[lang]["value"] for lang in ("en", "zh")] == ["2015", "2015年"]
        assert (entry.low, entry.high) == (date(2015, 1, 1).toordinal(), date(2015, 12, 31).toordinal())

    def test_day_without_its_year_rests_on_the_assumed_one(self, entries):
        assert entries["municipal.decided_on"].value == date(2015, 8, 29).toordinal()
        assert entries["municipal.decided_on"].inputs == ("unstated_year",)

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("municipal.projects_accepted", "50 projects"),
            ("municipal.committee_approvals", "24 projects"),
            ("municipal.projects_under_way", "26 projects"),
        ],
    )
    def test_of_the_approvals_that_source_g_counts(self, entries, key, text):
        assert (entries[key].text["en"]["value"], entries[key].status) == (text, "reported")

    @pytest.mark.parametrize("name", ["luohu", "meizhou"])
    def test_every_number_quoted_beside_a_figure_is_coded(self, name):
        facts = load_case(name, root=ROOT).facts.select("id", "source", "exact", "prefix", "suffix")
        exact = {source: "|".join(rows["exact"]) for (source,), rows in facts.group_by("source")}
        left = {
            (key, number)
            for key, source, _, *context in facts.iter_rows()
            for number in re.findall(r"\d[\d.]*", "|".join(context))
            if number not in re.findall(r"\d[\d.]*", exact[source])
        }
        assert left <= {
            ("municipal.decided_on", "279"),  # the number of an order
            ("city.items_proposed", "33"),  # measures, beside the powers that the row is about
        }


class TestQuantities:
    def test_ends_are_no_finer_than_nearly_bears(self, entries):
        # what nearly two thirds leaves, by a tenth either way: 33 1/3 to 40
        assert [entries["municipal.time_left"].text[lang]["interval"] for lang in ("en", "zh")] == [
            "33% to 40%",
            "33%至40%",
        ]
        assert entries["municipal.time_cut"].text["en"]["interval"] == "60% to 67%"
        # of figures that are rounded plainly, ends are exact: 1 - 1.5/2.5 to 1 - 0.5/3.5
        assert entries["municipal.time_cut_of_values"].text["en"]["interval"] == "40.0% to 85.7%"

    def test_cut_of_values_printed_in_whole_years(self, entries):
        entry = entries["municipal.time_cut_of_values"]
        # from 3.5 years to 0.5: 1 - 1/7; from 2.5 years to 1.5: 1 - 3/5
        assert (entry.low, entry.high) == pytest.approx((40, 600 / 7))
        assert (entry.value, entry.status) == (pytest.approx(200 / 3), "bounded")

    def test_cut_in_procedures(self, entries):
        entry = entries["city.steps_cut_of_values"]
        # from 21 procedures to 11, and from 29 to 9
        assert (entry.low, entry.high) == pytest.approx((1000 / 21, 2000 / 29))

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("municipal.moved_share", 88),  # 22 of 25
            ("city.matching_share", 175 / 3),  # 21 of 36
            ("municipal.plan_approvals_since", 12),  # 19 - 7
            ("city.days_after_pilot", 413),  # 366 days to 29 August 2016, 47 more to 15 October
        ],
    )
    def test_of_exact_figures(self, entries, key, value):
        assert entries[key].value == pytest.approx(value)

    def test_end_of_the_first_count_lies_a_year_before_the_copy(self, luohu, entries):
        dated = dict(luohu.sources.select("id", "date").iter_rows())["B"]
        assert date.fromordinal(int(entries["counted_to"].high)) == date(2016, 7, 28)
        assert dated == "2017-06-19"

    def test_shared_ones_that_need_what_it_does_not_report_are_left_out(self, luohu):
        shared = set(luohu.quantities["key"]) - luohu.own["quantities"]
        assert shared == {"municipal.time_left"}

    def test_shared_claims_are_left_out(self, luohu):
        assert {claim.file for claim in luohu.claims} == {"seeds/luohu/claims.toml"}

    def test_time_left_is_what_the_cut_leaves(self, entries):
        assert (entries["municipal.time_left"].low, entries["municipal.time_left"].high) == pytest.approx(
            (100 / 3, 40)
        )


class TestClaims:
    def test_verdicts(self, luohu):
        assert {name: found.kind for name, found in verdicts(luohu).items()} == {
            "time_before_and_after": "holds",
            "cut_of_values_is_as_printed": "depends",
            "most_powers_moved": "holds",
            "city_fewer_than_proposed": "depends",
            "further_than_others": "not_identified",
        }

    def test_cut_turns_on_rounding_and_on_what_is_measured(self, luohu):
        flips = verdicts(luohu)["cut_of_values_is_as_printed"].flips
        assert {flip.keys for flip in flips} >= {
            ("municipal.time_after",),
            ("municipal.time_before",),
            ("same_time",),
        }

    def test_nothing_compares_with_other_districts(self, luohu):
        assert verdicts(luohu)["further_than_others"].open_keys == ("others_time_cut",)


class TestEvidence:
    def test_no_phrase_is_reverifiable(self, luohu):
        assert sum(not_reverifiable(luohu).values()) == luohu.facts.height + luohu.measures.height

    def test_figures_agree_with_each_other(self, luohu, entries):
        found = checks(luohu, entries).filter(pl.col("check") != "independence of sources")
        assert found["result"].to_list() == ["consistent"] * 6

    def test_explains_down_to_the_phrases(self, luohu, entries):
        told = explain(luohu, entries, "municipal.time_cut_of_values")
        assert [part.get("phrase") for part in told["inputs"]] == ["压缩为一年", "改革前的三年", None]
        assert told["formula_with_numbers"] == (
            "100 - 100 * [0.5 to 1.5 years] / [2.5 to 3.5 years] = [40.0% to 85.7%]"
        )

    def test_says_whether_an_indicator_is_comparable(self, luohu):
        marked = dict(luohu.indicators.select("indicator", "comparable").iter_rows())
        assert (marked["time_cut"], marked["items"], marked["decided_on"]) == ("yes", "yes", "no")


class TestBundle:
    def test_verifies(self, files):
        assert verifier.check(files, {}).problems == []

    @pytest.mark.parametrize(
        ("name", "old", "new", "problem"),
        [
            ("facts.csv", ",nearly 2/3,", ",about 2/3,", "does not hold the figure about 2/3"),
            ("facts.csv", ",140-odd,", ",140,", "does not hold the figure 140"),
            ("facts.csv", ",at least 1/2,", ",over 1/2,", "does not hold the figure over 1/2"),
            ("facts.csv", ",2015,date", ",2016,date", "does not hold the figure 2016"),
            (
                "ledger.json",
                '"nearly two thirds"',
                '"about two thirds"',
                "text.en.value is 'about two thirds'",
            ),
            ("ledger.json", '"140多项"', '"150多项"', "text.zh.value is '150多项'"),
            ("ledger.json", '"2015年"', '"2014年"', "text.zh.value is '2014年'"),
        ],
    )
    def test_forgery_is_found(self, files, name, old, new, problem):
        text = files[name].decode()
        assert old in text
        forged = {**files, name: text.replace(old, new).encode()}
        forged[verifier.MANIFEST] = files[verifier.MANIFEST]
        problems = verifier.check(forged, {}).problems
        assert any(problem in found for found in problems), problems


class TestSlips:
    @pytest.mark.parametrize(
        ("value", "column", "message"),
        [
            ("nearly", "value", "'nearly' is not a figure such as 1458, 77.54, 2.65万, over 400"),
            ("2/3", "exact", "the phrase '审批时间缩短近三分之二' does not hold the figure 2/3"),
            ("about 2/3", "exact", "does not hold the figure about 2/3"),
            ("nearly 1/3", "exact", "does not hold the figure nearly 1/3"),
            ("nearly 7/3", "value", "'nearly 7/3' lies outside the indicator's bounds 0 to 100"),
        ],
    )
    def test_is_named_by_row_and_column(self, project, value, column, message):
        project.edit("luohu/facts.csv", "municipal.time_cut", "value", value)
        row = project.row("luohu/facts.csv", "municipal.time_cut")
        with pytest.raises(CaseError) as caught:
            load_case("luohu", root=project.root)
        (found,) = map(str, caught.value.findings)
        assert found.startswith(f"seeds/luohu/facts.csv, row {row}, column {column}: ")
        assert message in found

    def test_indicator_says_whether_it_is_comparable(self, project):
        project.edit("indicators.csv", "time_cut", "comparable", "perhaps")
        with pytest.raises(CaseError) as caught:
            load_case("luohu", root=project.root)
        assert "column comparable: 'perhaps' expected one of yes, no" in str(caught.value.findings[0])

    def test_grim_needs_a_plain_figure(self, project):
        path = project.path("luohu/checks.csv")
        path.write_text(
            path.read_text(encoding="utf-8") + "cut,GRIM,municipal.time_cut,municipal.projects_listed\n",
            encoding="utf-8",
        )
        with pytest.raises(CaseError) as caught:
            load_case("luohu", root=project.root)
        (found,) = map(str, caught.value.findings)
        assert found.endswith("'municipal.time_cut' is no reported figure; GRIM needs one as printed")
