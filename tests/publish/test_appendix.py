"""The tables of the appendix for cases that hold less than the first."""

from __future__ import annotations

from dataclasses import replace

from analysis.publish import appendix, notebook, results
from analysis.publish.notebook import MIME, Study


class TestInstruments:
    def test_stand_under_the_strengthening_of_their_paragraph(self, case, ledger):
        heads = appendix.instruments(Study(case, ledger))["en"]["Strengthening"]
        named = case.measures.filter(measure="strengthening")["label_en"]
        assert heads.unique(maintain_order=True).to_list() == named.to_list()
        assert "–" not in heads

    def test_stand_by_themselves_where_none_is_named(self, case, ledger):
        alone = replace(case, measures=case.measures.filter(measure="instrument"))
        study = Study(alone, ledger)
        found = appendix.instruments(study)
        assert found["en"]["Instrument"].to_list() == alone.measures["label_en"].to_list()
        shown = notebook.table(
            study, "instruments", found, widths={"en": [1, 3, 2, 2, 2], "zh": [1, 3, 2, 2]}
        )
        record = shown._repr_mimebundle_()[MIME]
        assert record["markdown"]["en"].startswith("| Instrument |")
        assert record["widths"] == {"en": [3 / 9, 2 / 9, 2 / 9, 2 / 9], "zh": [3 / 7, 2 / 7, 2 / 7]}

    def test_of_no_named_strengthening_follow_the_others(self, case, ledger):
        heads = case.measures["measure"] == "strengthening"
        kept = case.measures.filter(~heads | (case.measures["id"] == "strengthening.support"))
        found = appendix.instruments(Study(replace(case, measures=kept), ledger))
        assert set(found["en"]["Strengthening"]) == {"Operational support", "–"}


class TestAssumptions:
    def test_range_says_where_tests_start(self, case, ledger):
        rows = appendix.assumptions(Study(case, ledger))["en"].rows()
        (span,) = [row[1] for row in rows if "`permits_counted`" in row[0]]
        assert span == "`permits_counted`{.value as=interval}; central setting `permits_counted`{.value}"
        assert ledger.text("permits_counted", "en") == "982 cases"

    def test_choice_and_settled_value_have_none(self, case, ledger):
        rows = appendix.assumptions(Study(case, ledger))["en"].rows()
        spans = {row[0].rpartition(" ")[2].strip("`"): row[1] for row in rows}
        assert "central" not in spans["cut_unit"] + spans["city_counties"] + spans["provincial_items"]


class TestTablesWithoutRows:
    def test_are_not_handed_over_and_say_so(self, case, ledger):
        study = Study(replace(case, measures=case.measures.clear()), ledger)
        shown = notebook.table(study, "instruments", appendix.instruments(study))._repr_mimebundle_()
        assert shown == {"text/plain": "The case has nothing for the table instruments."}

    def test_others_are(self, case, ledger):
        study = Study(case, ledger)
        shown = notebook.table(study, "instruments", appendix.instruments(study))._repr_mimebundle_()
        assert shown[MIME]["name"] == "instruments"


class TestDesign:
    def test_gives_a_reason_only_for_what_is_not_met(self, case, ledger):
        rows = results.design(Study(case, ledger))["en"].rows()
        assert {row[1] for row in rows if row[3]} == {"no", "not stated"}
        assert ("independent", "no") in zip(case.design["design"], case.design["answer"], strict=True)
        assert next(row[3] for row in rows if row[0] == "Whoever measures is not judged by the result")
