"""A second case beside the first: a folder with two facts and a quantity of its own."""

from __future__ import annotations

import json

import pytest

from analysis import CaseError, case_names, load_case
from analysis import ledger as compute
from analysis.claims import verdicts
from analysis.explain import explain
from analysis.publish import verifier
from analysis.publish.bundle import bundle_files
from analysis.publish.open_formats import write_formats
from analysis.quotes import recorded

FACTS = """\
id,tier,indicator,value,unit,period_start,period_end,source,paragraph,exact,prefix,suffix,translation,note,note_zh
upper.cases,upper,cases,30,case,,,X,,办理30件,,,30 cases,,
lower.cases,lower,cases,20,case,,,X,,办理20件,,,20 cases,,
"""
QUANTITIES = """\
key,expression,unit,digits,label_en,label_zh
both.cases,upper.cases + lower.cases,case,,Cases in both tiers,两级办理量
"""
ABOUT = """\
name_en = "Small"
name_zh = "小例"
place_en = "Nowhere"
place_zh = "某地"
[tiers]
upper = {{ en = "Upper tier", zh = "上级" }}
lower = {{ en = "Lower tier", zh = "下级" }}
[[source]]
id = "X"
title = "报道"
title_en = "Report"
publisher = "Paper"
publisher_zh = "某报"
byline = ""
date = "2024-01-01"
language = "zh"
found = "a copy"
found_zh = "副本"
kind = "press"
outcomes_measured_by = ""
outcomes_measured_by_zh = ""
not_independent_of = []
phrases = {phrases}
"""
CLAIMS = """\
[[claim]]
id = "more"
label = { en = "More above", zh = "上级较多" }
predicate = "upper.cases > lower.cases"
[claim.holds]
en = "The upper tier has more cases (`upper.cases`{.value}) than the lower (`lower.cases`{.value})."
zh = "上级的办件（`upper.cases`{.value}）多于下级（`lower.cases`{.value}）。"
[[claim]]
id = "twice"
label = { en = "Above, against below counted again", zh = "上级与下级加倍" }
predicate = "upper.cases < 2 * lower.cases"
[claim.depends]
en = "Whether `upper.cases`{.value} is less than twice `lower.cases`{.value} is open."
zh = "`upper.cases`{.value}是否少于`lower.cases`{.value}的两倍，未定。"
"""


@pytest.fixture
def second(project):
    """The second case, of which a test may change files."""
    project.path("small").mkdir()
    phrases = [recorded({"prefix": "", "exact": f"办理{n}件", "suffix": ""}) for n in (30, 20)]
    texts = {"facts.csv": FACTS, "quantities.csv": QUANTITIES}
    texts["case.toml"] = ABOUT.format(phrases=json.dumps(phrases))
    for name, text in texts.items():
        project.path(f"small/{name}").write_text(text, encoding="utf-8")
    return project


def findings(project, name: str = "small") -> list[str]:
    with pytest.raises(CaseError) as caught:
        load_case(name, root=project.root)
    return [str(finding) for finding in caught.value.findings]


class TestSecondCase:
    def test_loads_beside_the_first(self, second, case):
        assert case_names(second.root) == ["across", "luohu", "meizhou", "small"]
        small = load_case("small", root=second.root)
        assert small.quantities["key"].to_list() == ["both.cases"]
        assert small.file("quantities", "both.cases") == "seeds/small/quantities.csv"
        first = load_case("meizhou", root=second.root)
        assert first.quantities.equals(case.quantities)

    def test_computes_and_explains(self, second):
        small = load_case("small", root=second.root)
        entries = compute(small)
        assert entries["both.cases"].value == 50  # 30 + 20
        told = explain(small, entries, "both.cases")
        assert told["formula_with_numbers"] == "30 cases + 20 cases = 50 cases"
        assert [part["phrase"] for part in told["inputs"]] == ["办理30件", "办理20件"]

    def test_takes_the_shared_quantities_whose_inputs_it_has(self, second):
        for name in ("facts.csv", "quantities.csv", "case.toml"):
            text = second.path(f"small/{name}").read_text(encoding="utf-8")
            renamed = text.replace("upper", "provincial").replace("lower", "municipal")
            second.path(f"small/{name}").write_text(renamed, encoding="utf-8")
        small = load_case("small", root=second.root)
        assert small.quantities["key"].to_list() == ["gap.caseload_ratio", "both.cases"]
        assert compute(small)["gap.caseload_ratio"].value == 1.5  # 30 / 20

    def test_bundle_carries_it_and_verifies(self, second):
        small = load_case("small", root=second.root)
        files = bundle_files(second.root, small, compute(small))
        assert verifier.check(files, {}).problems == []
        assert files["quantities.csv"].decode() == QUANTITIES

    def test_tables_to_download_carry_it(self, second, tmp_path):
        small = load_case("small", root=second.root)
        write_formats(small, compute(small), tmp_path)
        assert (tmp_path / "quantities.csv").read_text(encoding="utf-8-sig") == QUANTITIES


class TestKeys:
    def test_own_quantity_must_resolve(self, second):
        second.edit("small/quantities.csv", "both.cases", "expression", "upper.cases + municipal.cases")
        (found,) = findings(second)
        assert found.startswith("seeds/small/quantities.csv, row 2, column expression: there is no key")

    def test_key_that_no_case_has_is_wrong_in_every_case(self, second):
        second.edit("quantities.csv", "municipal.powers", "expression", "municipal.item_permit + 1")
        place = (
            f"seeds/quantities.csv, row {second.row('quantities.csv', 'municipal.powers')}, column expression"
        )
        for name in ("small", "meizhou"):
            assert any(found.startswith(f"{place}: there is no key") for found in findings(second, name))

    def test_key_in_both_files(self, second):
        second.edit("small/quantities.csv", "both.cases", "key", "gap.time_cut")
        found = findings(second)
        assert (
            "seeds/small/quantities.csv, row 2, column key: "
            "'gap.time_cut' stands in seeds/quantities.csv too; each key needs one file"
        ) in found

    def test_wrong_cell_names_the_file_of_the_case(self, second):
        second.edit("small/quantities.csv", "both.cases", "unit", "cse")
        assert findings(second)[0].startswith(
            "seeds/small/quantities.csv, row 2, column unit: there is no unit 'cse'"
        )

    def test_file_of_its_own_may_be_absent(self, second):
        second.path("small/quantities.csv").unlink()
        assert load_case("small", root=second.root).quantities.is_empty()

    def test_that_do_not_exist_in_its_words(self, second):
        second.path("small/words.csv").write_text(
            "key,en,zh\nchart.a,{both.cases},{both.cases}\nchart.b,{both.case},{both.case}\n",
            encoding="utf-8",
        )
        found = findings(second)
        assert [line.partition(": ")[0] for line in found] == [
            f"seeds/small/words.csv, row 3, column {lang}" for lang in ("en", "zh")
        ]
        assert found[0].endswith("there is no 'both.case'; nearest: both.cases, lower.cases, upper.cases")


class TestFigureWithoutAnUpperEnd:
    """A source that prints over 30 cases gives no upper end, so that sums and claims on it are open."""

    @pytest.fixture
    def open_above(self, second):
        old, new = (
            recorded({"prefix": "", "exact": f"办理{said}件", "suffix": ""}) for said in ("30", "超过30")
        )
        second.replace("small/case.toml", old, new)
        second.replace("small/facts.csv", ",30,case", ",over 30,case")
        second.replace("small/facts.csv", "办理30件,,,30 cases", "办理超过30件,,,over 30 cases")
        second.path("small/claims.toml").write_text(CLAIMS, encoding="utf-8")
        return load_case("small", root=second.root)

    def test_is_written_as_printed_and_has_its_lower_end(self, open_above):
        entry = compute(open_above)["upper.cases"]
        assert (entry.low, entry.value, entry.high, entry.status) == (31, 31, None, "reported")
        assert entry.text["en"] | {"words": ""} == {
            "value": "over 30 cases",
            "interval": "31 cases or more",
            "bare": "over 30",
            "words": "",
        }
        assert [entry.text["zh"][form] for form in ("value", "interval")] == ["超过30件", "31件以上"]

    def test_what_rests_on_it_is_not_identified_and_names_it(self, open_above):
        entry = compute(open_above)["both.cases"]
        assert (entry.value, entry.status, entry.open_key) == (None, "not identified", "upper.cases")

    def test_claims_are_tested_over_all_that_it_can_be(self, open_above):
        found = verdicts(open_above)
        assert (found["more"].kind, found["twice"].kind) == ("holds", "depends")
        (flip,) = found["twice"].flips
        assert flip.at == {"upper.cases": 40}  # 31 and more, against twice 20

    def test_verifies_offline(self, second, open_above):
        files = bundle_files(second.root, open_above, compute(open_above))
        assert verifier.check(files, {}).problems == []

    @pytest.mark.usefixtures("open_above")
    def test_phrase_must_say_so(self, second):
        second.replace("small/facts.csv", ",over 30,case", ",30,case")
        (found,) = findings(second)
        assert found.startswith(
            "seeds/small/facts.csv, row 2, column exact: the phrase '办理超过30件' does not"
        )
