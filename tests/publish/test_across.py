"""What a gathered case shows: tables of what is shared and what is not, and the chart of the cuts."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from analysis.chart_style import NARROW, OCHRE, WIDTH
from analysis.publish import across, notebook
from analysis.publish.notebook import Study, spelled

CASES = ["meizhou", "luohu"]


@pytest.fixture(scope="module")
def study():
    return notebook.open_study({"case": "across"})


def with_cases(study: Study, **names: str) -> Study:
    """The study with further cases that report nothing."""
    about = dict(study.case.about)
    about["cases"] = {**about["cases"], **dict.fromkeys(names, "X")}
    about["names"] = {**about["names"], **{name: {"en": text, "zh": text} for name, text in names.items()}}
    return Study(replace(study.case, about=about), study.ledger)


def rows(study: Study, frames, lang: str) -> dict[str, list[str]]:
    """The rows of a table by their first cell, with values written out."""
    return {
        row[0]: [spelled(study.ledger, cell, lang) for cell in row[1:]] for row in frames[lang].iter_rows()
    }


class TestByCase:
    def test_counts_facts_in_the_order_of_the_codebook(self, study):
        found = across.by_case(study)
        assert found.columns == ["indicator", *CASES]
        order = study.case.indicators["indicator"].to_list()
        places = [order.index(name) for name in found["indicator"]]
        assert places == sorted(places)
        assert found.filter(indicator="time_cut").row(0) == ("time_cut", 2, 1)
        assert found.filter(indicator="trips_cut").row(0) == ("trips_cut", 2, 0)
        assert found.select(pl.sum(*CASES)).row(0) == (29, 24)
        assert found.select(pl.sum_horizontal(*CASES).sum()).item() == study.case.facts.height

    def test_case_that_reports_nothing_has_a_column_of_noughts(self, study):
        found = across.by_case(with_cases(study, empty="Empty"))
        assert found.columns == ["indicator", *CASES, "empty"]
        assert set(found["empty"]) == {0}


class TestTables:
    def test_share_the_indicators_among_them(self, study):
        both, apart = (rows(study, frames(study), "en") for frames in (across.shared, across.apart))
        assert list(both) == ["Items moved", "Departments that hand over items", "Cut in handling time"]
        assert not both.keys() & apart.keys()
        assert len(both) + len(apart) == across.by_case(study).height

    @pytest.mark.parametrize(
        ("lang", "heads", "meizhou", "luohu"),
        [
            (
                "en",
                "Indicator|Meizhou|Luohu|Comparable only with",
                (
                    "Provincial items: 77.54% (77.535% to 77.545%), reported (MA); "
                    "Municipal items: 74.48% (74.475% to 74.485%), reported (MA)"
                ),
                "Municipal powers in Luohu: nearly two thirds (60% to 67%), reported (LA)",
            ),
            (
                "zh",
                "指标|梅州|罗湖|可比的前提",
                (
                    "省级事项：77.54%（77.535%至77.545%），原文所载（MA）；"
                    "市级事项：74.48%（74.475%至74.485%），原文所载（MA）"
                ),
                "罗湖区承接的市级事权：近三分之二（60%至67%），原文所载（LA）",
            ),
        ],
    )
    def test_cells_give_interval_status_and_source(self, study, lang, heads, meizhou, luohu):
        frames = across.shared(study)
        assert "|".join(frames[lang].columns) == heads
        told = study.case.indicators.filter(indicator="time_cut").row(0, named=True)
        found = rows(study, frames, lang)[told[f"label_{lang}"]]
        assert found == [meizhou, luohu, told[f"comparable_{lang}"]]

    @pytest.mark.parametrize(
        ("lang", "label", "none"), [("en", "Cut in trips", "not reported"), ("zh", "跑动次数减少", "未报告")]
    )
    def test_what_is_missing_is_shown_as_missing(self, study, lang, label, none):
        here, there, _ = rows(study, across.apart(study), lang)[label]
        assert there == none
        assert "1.57" in here

    def test_figures_of_a_tier_stand_together(self, study):
        meizhou, *_ = rows(study, across.shared(study), "en")["Items moved"]
        assert meizhou.split("; ") == [
            "Municipal items: 36 items, reported (MA)",
            "Municipal items: 36 items, reported (MB)",
            "Pilot: 50 items, reported (MA)",
            "Pilot: 50 items, reported (MC)",
        ]

    def test_several_are_enough_of_three(self, study):
        three = with_cases(study, empty="Empty")
        found = rows(three, across.shared(three), "en")
        assert list(found) == list(rows(study, across.shared(study), "en"))
        assert {cells[2] for cells in found.values()} == {"not reported"}

    @pytest.mark.parametrize(
        ("lang", "label", "said"),
        [
            ("en", "Items moved", "23 items (corrected; printed: 22)"),
            ("zh", "下移事项", "23项（已更正；原文所载：22）"),
        ],
    )
    def test_corrected_fact_carries_what_was_printed(self, project, lang, label, said):
        path = project.path("across/corrections.csv")
        made = "luohu_municipal.items,22,23,Miscounted.,误计。,2018-09-01,the city,市政府,its text,原文\n"
        path.write_text(path.read_text(encoding="utf-8") + made, encoding="utf-8")
        theirs = project.path("luohu/corrections.csv")
        theirs.write_text(path.read_text(encoding="utf-8").replace("luohu_", ""), encoding="utf-8")
        changed = notebook.open_study({"case": "across"})
        assert said in rows(changed, across.shared(changed), lang)[label][1]

    def test_later_sources_drop_out_of_the_tables(self):
        early = notebook.open_study({"case": "across", "as_of": "2018-12-31"})
        assert across.shared(early)["en"].is_empty()
        assert {cells[0] for cells in rows(early, across.apart(early), "en").values()} == {"not reported"}


class TestChart:
    @pytest.mark.parametrize("width", [WIDTH, NARROW])
    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_draws_each_cut_with_its_interval(self, study, lang, width):
        spec = across.time_cut(study, lang, width).to_dict()
        drawn = [row for rows in spec["datasets"].values() for row in rows]
        assert [row["key"] for row in drawn] == [
            "meizhou_provincial.time_cut",
            "meizhou_municipal.time_cut",
            "luohu_municipal.time_cut",
        ]
        assert [row["row"] for row in drawn] == [
            study.case.about["tiers"][row["key"].partition(".")[0]][lang] for row in drawn
        ]
        assert [row["tone"] == OCHRE for row in drawn] == [False, False, True]

    def test_narrow_interval_is_a_line_and_a_wide_one_a_bar(self, study):
        spec = across.time_cut(study, "en").to_dict()
        tests = [layer["transform"][0]["filter"] for layer in spec["layer"] if "transform" in layer]
        assert tests == ["datum.high - datum.low > 1.0"] * 2 + ["datum.high - datum.low <= 1.0"]

    def test_alternative_says_each_interval(self, study):
        said = {lang: spelled(study.ledger, text, lang) for lang, text in across.alternative(study).items()}
        assert said == {
            "en": "Intervals of the cuts in handling time, as printed. "
            "Meizhou: Provincial items 77.535% to 77.545%; Meizhou: Municipal items 74.475% to 74.485%; "
            "Luohu: Municipal powers in Luohu 60% to 67%.",
            "zh": "公布的办理时长压缩幅度区间。"
            "梅州：省级事项77.535%至77.545%；梅州：市级事项74.475%至74.485%；"
            "罗湖：罗湖区承接的市级事权60%至67%。",
        }

    def test_cut_of_a_later_source_is_shown_as_not_identified(self):
        early = notebook.open_study({"case": "across", "as_of": "2018-12-31"})
        spec = across.time_cut(early, "en").to_dict()
        drawn = {row["key"]: row["text"] for rows in spec["datasets"].values() for row in rows}
        assert drawn["meizhou_municipal.time_cut"] == "not identified"
        assert drawn["luohu_municipal.time_cut"] == "60% to 67%"
        assert spec["title"]["text"] == ["The cuts in handling time as the cases report them"]
