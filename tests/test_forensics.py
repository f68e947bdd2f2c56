"""Forensic checks: GRIM against its authors' examples, and what the case's figures give away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import forensics, load_case
from analysis import ledger as compute
from analysis.forensics import CONSISTENT, INCONSISTENT, UNTESTABLE, grim, grim_power
from analysis.quotes import recorded

ROOT = Path(__file__).parents[1]


def results(case) -> dict[tuple[str, str, str], str]:
    found = forensics.checks(case, compute(case))
    return {(check, about, against): result for check, about, against, result in found.rows()}


def reprint(project, key, value, exact, translation) -> None:
    """Let a source print another figure, in its phrase too, and record that as it was read."""
    before = fact(project, key)
    for column, text in {"value": value, "exact": exact, "translation": translation}.items():
        project.edit("meizhou/facts.csv", key, column, text)
    if not before["paragraph"]:
        project.replace("meizhou/case.toml", recorded(before), recorded(fact(project, key)))


def fact(project, key) -> dict[str, str]:
    header, *rows = project.rows("meizhou/facts.csv")
    return next(dict(zip(header, row, strict=True)) for row in rows if row[0] == key)


class TestGrim:
    """Brown & Heathers (2017), Social Psychological and Personality Science 8(4)."""

    @pytest.mark.parametrize(
        ("printed", "possible"),
        [
            ("5.19", False),  # their example, n = 28: 145/28 = 5.179 and 146/28 = 5.214
            ("5.18", True),
            ("5.21", True),
            ("5.20", False),
        ],
    )
    def test_published_example(self, printed, possible):
        assert grim(printed, 28) is possible

    @pytest.mark.parametrize(
        ("printed", "n", "scale", "possible"),
        [
            ("77.54", 1458, 100, False),  # 1130/1458 = 77.503%, 1131/1458 = 77.572%
            ("77.57", 1458, 100, True),
            ("74.48", 433, 100, False),  # 322/433 = 74.365%, 323/433 = 74.596%
            ("1.57", 36, 1, False),  # 56/36 = 1.556, 57/36 = 1.583
            ("1.57", 433, 1, True),  # 680/433 = 1.5704
            ("1.3", 1458, 1, True),
            ("2.5", 2, 1, True),
            ("2.25", 2, 1, False),
            ("2.3", 4, 1, True),  # 9/4 = 2.25, a tie, rounded up
            ("2.2", 4, 1, True),  # and rounded down
            ("100", 433, 100, True),
        ],
    )
    def test_worked_by_hand(self, printed, n, scale, possible):
        assert grim(printed, n, scale) is possible

    @given(st.integers(1, 60), st.integers(0, 400), st.integers(0, 2))
    def test_a_true_mean_always_passes(self, n, total, decimals):
        assert grim(f"{total / n:.{decimals}f}", n)

    @given(st.integers(1, 40), st.integers(0, 999))
    def test_agrees_with_trying_every_total(self, n, hundredths):
        # in whole numbers: |100 k/n - h| <= 1/2, so |200 k - 2 h n| <= n
        possible = any(abs(200 * k - 2 * hundredths * n) <= n for k in range(10 * n + 1))
        assert grim(f"{hundredths / 100:.2f}", n) is possible

    def test_power_fades_at_a_hundred_for_two_decimals(self):
        assert grim_power(2, 28) == pytest.approx(0.72)  # 100 - 28 of 100 endings
        assert (grim_power(2, 100), grim_power(2, 433), grim_power(1, 10)) == (0, 0, 0)
        assert grim_power(2, 1458, 100) == pytest.approx(0.8542)

    @given(st.integers(1, 100))
    def test_power_is_the_share_of_endings_refused(self, n):
        refused = sum(not grim(f"3.{ending:02d}", n) for ending in range(100))
        # at a tie two endings are possible, so the share may be a little smaller than the rule says
        assert refused / 100 <= grim_power(2, n) + 1e-9
        assert refused / 100 >= grim_power(2, n) - (n % 8 == 0) * n / 100 - 1e-9


class TestChecksOfTheCase:
    def test_results(self, case):
        found = results(case)
        assert (
            found[
                "subtotals",
                "municipal.items",
                "municipal.item_permits + municipal.item_services + municipal.item_other",
            ]
            == CONSISTENT
        )
        assert found["count against named list", "pilot.departments", "pilot.departments_named"] == CONSISTENT
        assert found["two sources agree", "pilot.items", "pilot.items_announced"] == CONSISTENT
        assert found["GRIM", "provincial.time_cut", "provincial.cases"] == INCONSISTENT
        assert found["GRIM", "municipal.time_cut", "municipal.cases"] == INCONSISTENT
        assert found["GRIM", "municipal.trips_cut", "municipal.items"] == INCONSISTENT
        assert found["GRIM", "municipal.trips_cut", "municipal.cases"] == CONSISTENT
        assert {key for key in found if key[0] == "independence of sources"} == {
            ("independence of sources", "A", "C")
        }

    @pytest.mark.parametrize(
        ("check", "printed"),
        [
            ("subtotals", ("municipal.item_permits", "24", "行政许可24项", "24 licences")),
            ("count against named list", ("municipal.departments", "6", "6个市直部门", "6 departments")),
            ("two sources agree", ("pilot.items_announced", "51", "将51项", "51 items")),
            ("order of dates", ("municipal.decided_on", "2024-04-30", "2024年4月30日", "30 April 2024")),
        ],
    )
    def test_find_what_does_not_fit(self, project, check, printed):
        reprint(project, *printed)
        if check == "order of dates":  # the starts rest on this date
            for column in ("low", "central", "high"):
                project.edit("meizhou/assumptions.csv", "municipal_published", column, printed[1])
                project.edit("meizhou/assumptions.csv", "municipal_start", column, "2024-01-12")
        found = results(load_case("meizhou", root=project.root))
        wrong = {name for (name, *_), result in found.items() if result == INCONSISTENT}
        assert wrong == {check, "GRIM", "independence of sources"}

    def test_month_and_day_that_overlap_are_in_order(self, project):
        # asked on 10 September, granted in September: possible
        reprint(project, "provincial.requested_on", "2023-09-10", "2023年9月10日", "10 September 2023")
        found = results(load_case("meizhou", root=project.root))
        assert found["order of dates", "provincial.requested_on", "provincial.granted_on"] == CONSISTENT

    def test_any_expression_may_be_held_against_a_figure(self, project):
        with project.path("meizhou/checks.csv").open("a", encoding="utf-8") as file:
            file.write("twice,subtotals,pilot.items,2 * pilot.item_services + 2\n")  # 50 = 2 * 24 + 2
            file.write("left,subtotals,pilot.items,municipal.items if six_in_87 == 'separate' else unknown\n")
        found = results(load_case("meizhou", root=project.root))
        assert found["subtotals", "pilot.items", "2 * pilot.item_services + 2"] == CONSISTENT
        assert found[
            "subtotals", "pilot.items", "municipal.items if six_in_87 == 'separate' else unknown"
        ] == (UNTESTABLE)

    @pytest.mark.parametrize(
        "naming",
        [{"A": ["C"]}, {"C": ["A"]}, {"A": ["C"], "C": ["A"]}],
    )
    def test_independence_is_of_both_whichever_names_the_other(self, case, naming):
        named = [naming.get(name, []) for name in case.sources["id"]]
        sources = case.sources.with_columns(pl.Series("not_independent_of", named, pl.List(pl.String)))
        found = results(replace(case, sources=sources))
        assert {key for key in found if key[0] == "independence of sources"} == {
            ("independence of sources", "A", "C")
        }

    def test_without_the_file_only_independence_is_tested(self, project):
        project.path("meizhou/checks.csv").unlink()
        assert {check for check, *_ in results(load_case("meizhou", root=project.root))} == {
            "independence of sources"
        }

    def test_means_with_the_power_to_tell(self, case):
        means = {(mean.figure, mean.over): mean for mean in forensics.means_of(case, compute(case))}
        assert means["provincial.time_cut", "provincial.cases"].power == pytest.approx(
            0.8542
        )  # 1 - 1458/10^4
        assert means["municipal.trips_cut", "municipal.items"].power == pytest.approx(0.64)  # 1 - 36/100
        assert means["municipal.trips_cut", "municipal.cases"].power == 0

    @pytest.mark.parametrize(
        ("key", "column", "text", "message"),
        [
            ("pilot_items_sum", "about", "pilot.item", "there is no key 'pilot.item'; nearest: pilot.items"),
            ("pilot_items_sum", "about", "pilot.items + 1", "'pilot.items + 1' is not one key"),
            ("pilot_items_sum", "against", "pilot.items +", "'pilot.items +' is not an expression"),
            ("granted_decided", "against", "1", "'1' is not one key"),
            ("municipal_time_cut_of_cases", "about", "pilot.powers", "no reported figure; GRIM needs one"),
            ("granted_decided", "check", "order", "expected one of subtotals, count against named list"),
            ("granted_decided", "against", "municipal.items", "expected two dates"),
            ("granted_decided", "against", "provincial.granted_on", "expected two dates"),
            (
                "municipal_items_twice",
                "against",
                "municipal.item_permits",
                "expected one indicator of one tier",
            ),
            ("municipal_items_twice", "against", "municipal.items", "from two sources"),
            ("municipal_items_sum", "against", "municipal.items + 0", "what it is put together from"),
            ("municipal_items_sum", "against", "municipal.powers", "what it is put together from"),
            (
                "municipal_items_sum",
                "about",
                "municipal.items_announced",
                "another source's word for municipal.items",
            ),
            (
                "municipal_departments_named",
                "against",
                "municipal.powers",
                "what is derived from the names, of one",
            ),
            ("municipal_time_cut_of_cases", "against", "provincial.cases", "a count of one tier"),
            ("municipal_time_cut_of_cases", "about", "municipal.item_permits", "expected a measured figure"),
        ],
    )
    def test_wrong_row_is_named(self, project, key, column, text, message):
        file = "meizhou/checks.csv"
        project.edit(file, key, column, text)
        status, found = project.problems()
        assert status == 1
        place, _, said = found[0].partition(": ")
        assert place.startswith(f"seeds/{file}, row {project.row(file, key)}, column ")
        assert column in place
        assert message in said

    def test_without_the_source_nothing_is_tested(self):
        found = results(load_case("meizhou", as_of="2023-12-10", root=ROOT))
        assert {result for (check, *_), result in found.items() if check == "order of dates"} == {UNTESTABLE}
        assert not [key for key in found if key[0] == "GRIM"]
