"""From a number on a page to its record, and from the record back to every place that shows the number."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

import pytest

from analysis import claim_texts, grade
from analysis.publish import appendix, evidence, lint, pages, record_parts, records, render, results
from analysis.publish.notebook import Study, table
from analysis.words import words_of

ROOT = Path(__file__).parents[2]
COPIED = (
    *("_extensions", "seeds", "zh", "_quarto.yml", "references.bib"),
    *("index.qmd", "robustness.qmd", "evaluation.qmd", "whatif.qmd", "slides.qmd", "summary.qmd"),
)
WRITTEN = tuple(
    f"{folder}{name}.qmd"
    for name in ("index", "robustness", "evaluation", "whatif", "slides", "summary")
    for folder in ("", "zh/")
)
REGISTERS = {"facts", "assumptions", "quantities"}


@pytest.fixture(scope="module")
def claims(case, ledger):
    """The claims as told."""
    return claim_texts.told(case, ledger)


@pytest.fixture(scope="module")
def told(case, ledger, claims):
    """The records by language and key."""
    found = records.case_records(case, ledger, claims)
    return {
        lang: {each["key"]: each for each in (*of["records"], *of["sources"])} for lang, of in found.items()
    }


def rows(record: dict) -> dict[str, list[str]]:
    """What a record says, by term."""
    form = "<div>\n<dt>{}</dt>\n{}</div>\n"
    parts = re.findall(form.format("(.*?)", "((?:<dd>.*?</dd>\n)+)"), record["text"], re.DOTALL)
    assert "".join(form.format(*part) for part in parts) == record["text"]
    return {term: re.findall(r"<dd>(.*?)</dd>\n", said, re.DOTALL) for term, said in parts}


def to(label: str, key: str) -> str:
    return f'<a href="#{key}">{label}</a>'


def formula(text: str) -> str:
    return f'<code class="formula">{text}</code>'


class TestRecord:
    def test_of_a_quantity_in_english(self, told):
        found = rows(told["en"]["municipal.cases_per_month"])
        assert found["Value"] == ["`municipal.cases_per_month`{.value}"]
        assert found["Interval"] == ["`municipal.cases_per_month`{.value as=interval}"]
        assert found["Status"] == ["bounded: an interval under the assumptions named here"]
        assert found["Formula"] == [formula("municipal.cases / municipal.months")]
        numbers = "433 cases / [2.27 to 4.01 months] = [108 to 191 cases a month]"
        assert found["With the numbers"] == [formula(numbers)]
        caseload = to("Municipal items: caseload", "municipal.cases")
        assert found["Rests on"][0] == f"{caseload}: `municipal.cases`{{.value}}"
        start = to("Start of the municipal count", "municipal_start")
        assert f"{start}: `municipal_start`{{.value as=interval}}" in found["Under"]
        original, translation, where = found["Phrases"][0].split("<br>\n")
        assert original == (
            '<span class="phrase" lang="zh-Hans" data-fact="municipal.cases">业务办理量为433件</span>'
        )
        assert translation == (
            '<span class="translation" data-fact="municipal.cases">a caseload of 433 cases</span>'
        )
        assert where.endswith(
            f'<span class="source" data-source="A">6 August 2024</span>, {to("A ¶10", "source-A")}'
        )

    def test_of_a_quantity_in_chinese(self, told):
        found = rows(told["zh"]["municipal.cases_per_month"])
        assert found["代入数值"] == [formula("433件 / [2.27至4.01个月] = [每月108至191件]")]
        caseload = to("市级事项：业务办理量", "municipal.cases")
        assert found["依据"][0] == f"{caseload}：`municipal.cases`{{.value}}"
        original, where = found["原文"][0].split("<br>\n")
        assert original == (
            '<span class="phrase" lang="zh-Hans" data-fact="municipal.cases">业务办理量为433件</span>'
        )
        assert where.endswith(
            f'<span class="source" data-source="A">2024年8月6日</span>，{to("A，第10段", "source-A")}'
        )

    def test_has_each_phrase_below_it_once(self, told):
        quoted = re.findall(
            r'class="phrase" lang="zh-Hans" data-fact="([\w.]+)"', told["en"]["gap.rate_ratio"]["text"]
        )
        assert sorted(quoted) == [
            "municipal.cases",
            "municipal.counted_to",
            "municipal.decided_on",
            "municipal.handover_days",
            "provincial.cases",
            "provincial.counted_to",
            "provincial.granted_on",
        ]

    def test_of_a_fact_has_the_title_and_the_note(self, told):
        english, chinese = (rows(told[lang]["provincial.trips_cut"]) for lang in ("en", "zh"))
        assert ">Deepening the reform" in english["Phrase"][0]
        assert english["Note"] == ["One decimal where the other tier has more."]
        assert "深化扩权强县改革" in chinese["原文"][0]
        assert chinese["说明"] == ["只有一位小数，而另一层级的小数位更多。"]
        assert set(chinese) == {"数值", "区间", "状态", "原文", "统计起止", "说明"}

    def test_of_a_measure(self, told):
        assert "满意度回访" in rows(told["en"]["instrument.callbacks"])["Phrase"][0]

    def test_of_a_choice_has_its_settings_reason_and_source(self, told):
        found = rows(told["en"]["case_weighting"])
        assert found["Status"] == ["assumed: the sources leave it open, within the bounds given here"]
        assert found["Choices"] == ["cases, items"]
        assert found["Why"][0].startswith("The source says")
        assert found["Bounded by"][0].endswith(to("A", "source-A"))

    def test_of_a_range_rests_on_what_bounds_it(self, told):
        decision = to("Municipal items: date of the decision", "municipal.decided_on")
        assert decision in rows(told["en"]["municipal_start"])["Rests on"][0]

    def test_of_what_is_not_identified_says_what_leaves_it_open(self, told):
        found = rows(told["en"]["provincial.cases_per_item"])
        assert found["Left open by"] == [to("Provincial items taken over", "provincial_items")]
        assert "Interval" not in found
        assert "Left open by" not in rows(told["en"]["provincial_items"])

    def test_there_is_one_for_each_key_claim_and_source_in_both_languages(self, case, ledger, claims, told):
        names = {*ledger.entries, *claims, *(f"source-{name}" for name in case.sources["id"])}
        assert set(told["en"]) == set(told["zh"]) == names

    def test_of_a_claim(self, told):
        found = rows(told["en"]["caseload_rate_other"])
        assert found["Says"][0].startswith("Whether the provincial items other than construction permits")
        assert found["Tested"] == [formula("provincial.cases_other_per_month &gt; municipal.cases_per_month")]
        assert found["Verdict"] == ["true or not, depending on what the sources leave open"]
        scope = to("What the municipal cases cover", "municipal_scope")
        mark = '<span class="flip" data-claim="caseload_rate_other">all municipal items ever moved</span>'
        turns = found["Comes out otherwise at, all else at its central setting"]
        assert f"{scope}: {mark} → not identified" in turns
        rate = to("Municipal caseload by month of exposure", "municipal.cases_per_month")
        assert found["Rests on"][0].startswith(rate)

    def test_of_a_claim_that_nothing_flips(self, told):
        found = rows(told["zh"]["pilot_unmeasured"])
        assert found["结论"] == ["在资料未说明之处的一切取值下均成立"]
        assert "遇下列情形则改变" not in found

    def test_in_chinese_is_chinese(self, told):
        for record in told["zh"].values():
            prose = re.sub(
                r"`[^`]*`\{[^}]*\}|<code.*?</code>|<[^>]*>|gd\.[\w.]+|meizhou\.gov\.cn，post_\d+",
                "",
                record["text"],
            )
            assert re.findall(r"[A-Za-z]{2,}", prose.replace("Manski", "")) == [], record["key"]


def test_texts_are_no_markup():
    assert record_parts.link("[Report] <x> & y's", "#a") == '<a href="#a">[Report] &lt;x&gt; &amp; y’s</a>'
    assert record_parts.span("1 < 2", "phrase", data_fact='"') == (
        '<span class="phrase" data-fact="&quot;">1 &lt; 2</span>'
    )


def test_values_are_written_out_and_marked(ledger):
    told = json.loads(ledger.to_json())["entries"]
    found = record_parts.filled(
        "`municipal.cases`{.value}, `municipal.months`{.value as=interval}", told, "zh"
    )
    assert found == (
        '<span class="value" data-key="municipal.cases" data-status="reported">433件</span>, '
        '<span class="value" data-key="municipal.months" data-status="bounded">2.27至4.01个月</span>'
    )


class TestUses:
    TEXT = """---
title: T
abstract: On `a`{.value}.
---

# One `a`{.value} {#sec-one}

`b`{.value as=interval} and `a`{.value}.

![Cases of `a`{.value}, in all. Bars.](figures/load){#fig-load}

::: {#tbl-tiers .published}
Side by
side. More.
:::
"""

    def test_are_counted_by_key_with_the_heading_above(self):
        one = "One `a`{.value}"
        assert list(evidence.occurrences(self.TEXT, "Front")) == [
            ("a", 1, "Front"),
            ("a", 2, one),
            ("b", 1, one),
            ("a", 3, one),
            ("a", 4, one),
        ]

    def test_captions_of_figures_and_tables(self):
        assert list(evidence.captions(self.TEXT)) == [
            ("fig-load", "Cases of `a`{.value}, in all. Bars."),
            ("tbl-tiers", "Side by side. More."),
        ]

    TOLD: ClassVar = {
        "name": "X",
        "words": {name: words_of("en", "evidence")[name] for name in records.WORDS},
        "records": [{"key": "a", "kind": "fact", "label": "A", "text": ""}],
        "sources": [],
    }

    def test_name_a_place_again(self):
        uses = [evidence.Use("One", f"#v-a-{number}", ["a"]) for number in (1, 2)]
        text = evidence.page_text("x", "en", self.TOLD, uses)
        assert '<dd><a href="#v-a-1">One</a></dd>\n<dd><a href="#v-a-2">One (again)</a></dd>\n' in text

    def test_none(self):
        text = evidence.page_text("x", "en", self.TOLD, [])
        assert "<dt>Used in</dt>\n<dd>Nowhere in the brief itself</dd>\n" in text


class Page(HTMLParser):
    """Elements with an id, links, details and scripts of a page."""

    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: dict[str, dict[str, str | None]] = {}
        self.links: list[tuple[dict[str, str | None], tuple[str, ...]]] = []
        self.scripts: list[dict[str, str | None]] = []
        self.lists = 0
        self._open: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            assert found["id"] not in self.ids, found["id"]
            self.ids[found["id"]] = found
        around = tuple(name for pair in self._open for name in pair)
        if tag == "a":
            assert "a" not in around
            self.links.append((found, around))
        self.lists += tag == "details" and found.get("class") == "evidence"
        if tag == "script":
            self.scripts.append(found)
        if tag not in self.VOID:
            self._open.append((tag, found.get("class") or ""))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass


def write_published(root: Path, study: Study) -> None:
    """What the notebooks would hand over: the tables as they are, and figures with some keys."""
    texts = [(root / name).read_text(encoding="utf-8") for name in WRITTEN]
    found: dict = {"figures": {}, "tables": {}}
    for name in sorted({name for text in texts for name in pages.TABLE.findall(text)}):
        make = getattr(appendix, name, None) or getattr(results, name)
        record = table(study, name, make(study)).record
        found["tables"][name] = {
            "notebook": "02-tiers",
            "keys": list(record["values"]),
            "markdown": record["markdown"],
        }
    for name in sorted({name for text in texts for name in pages.FIGURE.findall(text)}):
        keys = ["provincial.cases", "municipal.cases"]
        found["figures"][name] = {"notebook": "02-tiers", "keys": keys, "alt": {"en": "Bars", "zh": "条形图"}}
        for folder in ("figures", "zh/figures"):
            (root / folder).mkdir(parents=True, exist_ok=True)
            (root / folder / f"{name}.svg").write_text("<svg/>")
    (root / ".brief/meizhou/published.json").write_text(
        json.dumps(found, ensure_ascii=False), encoding="utf-8"
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory, case, ledger, claims):
    """The brief as it is, web pages only, with one small notebook page."""
    root = tmp_path_factory.mktemp("evidence")
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    for folder in ("evidence", "zh/evidence", "zh/figures", "zh/revisions", "notebooks"):
        shutil.rmtree(root / folder, ignore_errors=True)
    work = root / ".brief" / "meizhou"
    work.mkdir(parents=True)
    (work / "ledger.json").write_text(ledger.to_json(), encoding="utf-8")
    told = {"claims": claims, "records": records.case_records(case, ledger, claims)}
    for name, content in {**told, "grades": grade.told(case)}.items():
        (work / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    write_published(root, Study(case, ledger))
    (root / "notebooks").mkdir()
    for stem in ("01-evidence", "02-tiers", "03-pilot", "04-robustness"):
        text = "---\ntitle: N\nlang: en\ncase: meizhou\nformat: html\n---\n\n`municipal.cases`{.value}\n"
        (root / f"notebooks/{stem}.qmd").write_text(text, encoding="utf-8")
    for name in WRITTEN:
        text = re.sub(r"format:\n(?: .*\n)+", "", (root / name).read_text(encoding="utf-8"), count=1)
        if "format: html" not in text:
            text = text.replace("case: meizhou", "case: meizhou\nformat: html", 1)
        (root / name).write_text(text, encoding="utf-8")
    evidence.write_pages(root, "meizhou", pages.written_pages(root))
    return root


@pytest.fixture(scope="module")
def site(project):
    out = project / "_site"
    render.render(project, out)
    evidence.write_records(project, out)
    return {path.relative_to(out).as_posix(): Page(path) for path in sorted(out.rglob("*.html"))}


PROSE = tuple(name.replace(".qmd", ".html") for name in WRITTEN)
SHOWN = (*PROSE, "notebooks/02-tiers.html")
RECORDS = ("evidence/meizhou.html", "zh/evidence/meizhou.html")


def reached(name: str, href: str) -> tuple[str, str]:
    """The page and the id that a link on page ``name`` leads to."""
    path, _, anchor = href.partition("#")
    return os.path.normpath(Path(name).parent / path) if path else name, anchor


class TestSite:
    @pytest.mark.parametrize("name", [*SHOWN, *RECORDS])
    def test_every_link_leads_to_an_element(self, site, name):
        for link, _ in site[name].links:
            page, anchor = reached(name, link["href"])
            if page in site and anchor:
                assert anchor in site[page].ids, link["href"]

    @pytest.mark.parametrize("name", SHOWN)
    def test_every_value_leads_to_its_record_in_its_language(self, site, name):
        values = [(link, around) for link, around in site[name].links if link.get("class") == "value"]
        home = RECORDS[name.startswith("zh/")]
        assert len(values) > (100 if "index" in name else 5) or name.startswith("notebooks")
        for link, around in values:
            assert reached(name, link["href"]) == (home, link["data-key"])
            assert "toc" not in around

    @pytest.mark.parametrize("folder", ["evidence", "zh/evidence"])
    def test_records_for_the_panels_are_those_of_the_page(self, site, project, ledger, claims, folder):
        assert site
        home = project / "_site" / folder
        page, script = (
            home.joinpath(f"meizhou.{kind}").read_text(encoding="utf-8") for kind in ("html", "js")
        )
        told = json.loads(script.removeprefix("window.briefRecords = ").removesuffix(";\n"))
        assert set(told) == {*ledger.entries, *claims}
        lang = "zh" if folder.startswith("zh") else "en"
        for key, record in told.items():
            label = claims[key]["label"] if key in claims else ledger[key].label
            assert html.unescape(record["label"]) == label[lang]
            assert record["text"] in page
        found = told["municipal.cases_per_month"]["text"]
        assert f">{ledger.text('municipal.cases_per_month', lang, 'interval')}<" in found
        assert "业务办理量为433件" in found
        assert ("a caseload of 433 cases" in found) == (lang == "en")
        assert "#v-" not in found  # the ways back stay on the page

    @pytest.mark.parametrize("name", RECORDS)
    def test_every_way_back_leads_to_the_same_key(self, site, name):
        back = [reached(name, link["href"]) for link, _ in site[name].links if "#v-" in link["href"]]
        assert len(back) > 50
        for page, anchor in back:
            assert site[page].ids[anchor]["data-key"] == re.fullmatch(r"v-(.+)-\d+", anchor)[1]
            assert page in PROSE
            assert page.startswith("zh/") == name.startswith("zh/")

    @pytest.mark.parametrize("name", PROSE)
    def test_every_place_in_prose_is_named(self, site, name):
        home = RECORDS[name.startswith("zh/")]
        back = {reached(home, link["href"]) for link, _ in site[home].links}
        assert {(name, anchor) for anchor in site[name].ids if anchor.startswith("v-")} <= back

    @pytest.mark.parametrize("name", RECORDS)
    def test_lists_every_key_and_no_value_as_a_link(self, site, project, ledger, name):
        page = (project / "_site" / name).read_text(encoding="utf-8")
        assert '<span class="value" data-key="municipal.cases"' in page
        assert set(ledger.entries) <= set(site[name].ids)
        assert [link for link, _ in site[name].links if link.get("class") == "value"] == []

    def test_names_figures_and_tables_but_not_the_registers(self, site):
        links = [link["href"] for link, _ in site["evidence/meizhou.html"].links]
        assert "../index.html#fig-caseload" in links
        assert "../index.html#tbl-tiers" in links
        assert "../index.html#tbl-instruments" in links  # which quotes phrases, not values
        assert "../evaluation.html#fig-power" in links
        assert not {f"../index.html#tbl-{name}" for name in REGISTERS} & set(links)

    def test_figures_and_tables_list_their_evidence(self, project, site):
        published = json.loads((project / ".brief/meizhou/published.json").read_text(encoding="utf-8"))
        shown = published["figures"] | {k: v for k, v in published["tables"].items() if k not in REGISTERS}
        for page in ("index", "robustness", "evaluation"):
            text = (project / f"{page}.qmd").read_text(encoding="utf-8")
            named = {*pages.FIGURE.findall(text), *pages.TABLE.findall(text)} & set(shown)
            assert site[f"{page}.html"].lists == sum(bool(shown[name]["keys"]) for name in named)
        assert site["notebooks/02-tiers.html"].lists == 0

    def test_no_numeral_outside_a_role(self, project, site):
        assert set(RECORDS) <= set(site)
        refused = [str(each) for each in lint.lint(project / "_site", project) if "evidence/" in each.page]
        assert refused == []

    def test_classic_scripts_of_its_own(self, project, site):
        scripts = ("brief.js", "page.js")
        for name, page in site.items():
            root = "../" * name.count("/")
            assert page.scripts == [{"src": f"{root}assets/{each}", "defer": None} for each in scripts]
        for each in scripts:
            script = (project / "_site/assets" / each).read_text(encoding="utf-8")
            assert not re.search(r"innerHTML|eval\(|fetch\(|^(import|export) ", script, re.MULTILINE)


def test_generated_pages_are_not_written_ones(project):
    assert [page.name for page in pages.written_pages(project)] == sorted(WRITTEN)
