from __future__ import annotations

import base64
import json
import re
import shutil
import unicodedata
import zipfile
from pathlib import Path

import pytest

from analysis.publish import formats, parity, render
from analysis.publish.errors import BuildError

ROOT = Path(__file__).parents[2]


def value(key: str) -> str:
    return f'<p><span class="value" data-key="{key}">433</span></p>'


def point(text: str, figure: str) -> str:
    return f'<td><span class="drawn" data-figure="{figure}">{text}</span></td>'


def section(name: str, *inside: str) -> str:
    return f'<section id="{name}"><h2>Heading</h2>{"".join(inside)}</section>'


FIGURE = '<figure><img src="figures/cuts.svg" alt="x"><figcaption>Figure 1</figcaption></figure>'
TABLE = '<table id="tbl-tiers"><tbody><tr><td>x</td></tr></tbody></table>'
CLAIM = '<span class="claim" data-claim="order">x</span>'


@pytest.fixture
def site(tmp_path):
    """Write the pages of a site, given what they hold by name."""

    def site(**pages: str) -> Path:
        for name, body in pages.items():
            path = tmp_path / f"{name.replace('zh_', 'zh/')}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<html><body><main>{body}</main></body></html>", encoding="utf-8")
        return tmp_path

    return site


def differences(site: Path) -> list[parity.Difference]:
    return parity.differences(site, site)


class TestHoldings:
    def test_an_inner_section_keeps_its_own(self):
        inner = section("sec-tiers", value("b"), TABLE)
        found = parity.holdings(value("a") + section("sec-all", FIGURE, inner, CLAIM) + value("c"))
        assert found == {
            "": {("quantity", "a"), ("quantity", "c")},
            "sec-all": {("figure", "cuts"), ("claim", "order")},
            "sec-tiers": {("quantity", "b"), ("table", "tiers")},
        }

    def test_ids_that_pandoc_made_belong_to_what_is_around(self):
        assert parity.holdings(section("sec-a", section("literatur", value("b")))) == {
            "": set(),
            "sec-a": {("quantity", "b")},
        }

    def test_a_link_may_be_a_value(self):
        assert parity.holdings('<a class="value x" data-key="a" href="#">1</a>')[""] == {("quantity", "a")}

    @pytest.mark.parametrize(
        "html", ['<span data-key="a">1</span>', '<img src="logo.svg">', '<p id="x">1</p>']
    )
    def test_other_elements_hold_nothing(self, html):
        assert parity.holdings(html)[""] == set()

    @pytest.mark.parametrize("name", ["evidence"])
    def test_what_is_folded_away_is_not_shown(self, name):
        html = f'<div class="{name}"><br><p>{value("a")}</div>{value("b")}'
        assert parity.holdings(html) == {"": {("quantity", "b")}}

    def test_points_of_charts_count_by_number_wherever_they_are(self):
        html = f'<div class="evidence">{point("1,000", "a")}{value("a")}{point("10.0", "a")}</div>'
        assert parity.holdings(section("sec-a", html) + point("3", "b")) == {
            "": {("point", "3, number 1 of b")},
            "sec-a": {("point", "1000, number 1 of a"), ("point", "10, number 2 of a")},
        }

    def test_elements_left_open(self):
        html = f'<section id="sec-a"><p><br><b>{value("a")}</section>{value("b")}'
        assert parity.holdings(html) == {"": {("quantity", "b")}, "sec-a": {("quantity", "a")}}


class TestDifferences:
    def test_the_same_in_another_order(self, site):
        english = section("sec-a", value("a"), FIGURE, value("b"), value("a"), TABLE)
        chinese = section("sec-a", TABLE, value("b"), value("a"), FIGURE)
        assert differences(site(index=english, zh_index=chinese)) == []

    @pytest.mark.parametrize(
        ("extra", "kind", "name"),
        [
            (value("b"), "quantity", "b"),
            (FIGURE, "figure", "cuts"),
            (TABLE, "table", "tiers"),
            (CLAIM, "claim", "order"),
        ],
    )
    @pytest.mark.parametrize("lacking", ["en", "zh"])
    def test_what_one_edition_lacks(self, site, lacking, extra, kind, name):
        less, more = section("sec-a", value("a")), section("sec-a", value("a"), extra)
        english, chinese = (less, more) if lacking == "en" else (more, less)
        (found,) = differences(site(index=english, zh_index=chinese))
        assert str(found) == f"index.html, section sec-a: the edition '{lacking}' lacks {kind} {name}"

    def test_points_written_otherwise_are_the_same_and_another_number_is_not(self, site):
        english, chinese = (section("sec-a", point(text, "a")) for text in ("1,200", "1200"))
        assert differences(site(index=english, zh_index=chinese)) == []
        other = section("sec-a", point("1201", "a"))
        assert [str(each) for each in differences(site(index=english, zh_index=other))] == [
            "index.html, section sec-a: the edition 'en' lacks point 1201, number 1 of a",
            "index.html, section sec-a: the edition 'zh' lacks point 1200, number 1 of a",
        ]

    def test_in_another_section(self, site):
        english = section("sec-a", value("a")) + section("sec-b")
        chinese = section("sec-a") + section("sec-b", value("a"))
        assert [str(each) for each in differences(site(index=english, zh_index=chinese))] == [
            "index.html, section sec-a: the edition 'zh' lacks quantity a",
            "index.html, section sec-b: the edition 'en' lacks quantity a",
        ]

    def test_in_the_abstract(self, site):
        (found,) = differences(site(index=value("a"), zh_index=""))
        assert str(found) == "index.html, title and abstract: the edition 'zh' lacks quantity a"

    def test_a_section(self, site):
        found = differences(site(index=section("sec-a") + section("sec-b"), zh_index=section("sec-a")))
        assert [str(each) for each in found] == ["index.html, section sec-b: the edition 'zh' lacks section"]

    @pytest.mark.parametrize(("page", "lacking"), [("index", "zh"), ("zh_index", "en")])
    def test_a_page(self, site, page, lacking):
        (found,) = differences(site(**{page: value("a")}))
        assert (found.kind, found.name, found.edition) == ("page", "index.html", lacking)

    @pytest.mark.parametrize("folder", ["evidence", "revisions"])
    def test_lists_hold_the_same_in_the_same_order(self, site, folder):
        listed = section("all", section("a", "<ul><li>x</ul>", value("a")), section("b", value("b")))
        used = f'<div class="record used">{value("c")}</div>'
        assert differences(site(**{f"{folder}/x": listed, f"zh_{folder}/x": listed + used})) == []

    @pytest.mark.parametrize(
        ("chinese", "place", "edition", "what"),
        [
            (section("b") + section("a", value("a")), "title and abstract", "zh", "section a"),
            (section("a", value("b")) + section("b"), "section a", "zh", "quantity a"),
            (section("a") + section("b"), "section a", "zh", "quantity a"),
            (section("a", value("a")), "section a", "zh", "section b"),
            (section("a", value("a")) + section("b", "<ul><li>x</ul>"), "section b", "en", "item"),
        ],
    )
    def test_list_that_differs(self, site, chinese, place, edition, what):
        english = section("a", value("a")) + section("b")
        (found,) = differences(site(**{"evidence/x": english, "zh_evidence/x": chinese}))
        lacks = f"the edition '{edition}' lacks in this place {what}"
        assert str(found) == f"evidence/x.html, {place}: {lacks}"

    def test_list_of_one_edition(self, site):
        (found,) = differences(site(**{"revisions/x": value("a")}))
        assert (found.page, found.kind, found.edition) == ("revisions/x.html", "page", "zh")

    def test_notebooks_have_one_edition(self, tmp_path, site):
        (tmp_path / "notebooks").mkdir()
        (tmp_path / "notebooks/01-evidence.html").write_text(value("a"))
        assert differences(site(index="", zh_index="")) == []

    def test_a_build_stops_with_a_line_each(self, site):
        root = site(index=section("sec-a", value("a"), FIGURE), zh_index=section("sec-a"))
        with pytest.raises(BuildError) as caught:
            parity.refuse_differences(root, root)
        assert str(caught.value).splitlines() == [
            "index.html, section sec-a: the edition 'zh' lacks figure cuts",
            "index.html, section sec-a: the edition 'zh' lacks quantity a",
        ]

    def test_a_build_goes_on(self, site):
        root = site(index=value("a"), zh_index=value("a"))
        parity.refuse_differences(root, root)
        assert differences(root) == []


PAGE = """---
title: "Powers of 2023"
date: 2026-11-23
lang: {lang}
case: x
format: [html, typst, docx]
---

# First {{#sec-a}}

1. They handled 1,458 cases.[^n]
2. Cut by **77.54**%, **2.65**万, ４３３.

[^n]: A note of 12 words.

![A chart of 6 items.](figures/chart){{#fig-chart}}

::: {{#tbl-a}}
| Kind | Items |
|:--|:--|
| Licences | 25 |

All 36 items.
:::

# Second {{#sec-b}}

See @tbl-a, page 3.
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text x="0" y="15" '
    'font-family="Source Sans Pro" font-size="12">999</text></svg>'
)
FIGURES = {
    "en": "2023 23 2026 1 1,458 77.54 2.65 433 1 6 1 36 25 2 1 3 12",
    "zh": "2023 2026 11 23 1,458 77.54 2.65 433 1 6 1 36 25 1 3 12",
}
"""Of the page by hand; an English section has a number, and a Chinese one is counted in words."""


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def rendered(request, tmp_path_factory):
    """A page in the three formats, its chart says 999; and the language."""
    root = tmp_path_factory.mktemp("formats")
    shutil.copytree(ROOT / "_extensions", root / "_extensions")
    for folder in (".brief/x", "figures"):
        (root / folder).mkdir(parents=True)
    (root / "figures/chart.svg").write_text(SVG)
    (root / "figures/chart.png").write_bytes(base64.b64decode(PIXEL))
    figure = {"notebook": "02-tiers", "keys": [], "alt": {"en": "888", "zh": "888"}}
    (root / ".brief/x/published.json").write_text(json.dumps({"figures": {"chart": figure}, "tables": {}}))
    (root / ".brief/x/ledger.json").write_text('{"as_of": "", "settings": {}, "entries": {}}')
    (root / "_quarto.yml").write_text("project:\n  render: ['*.qmd']\n")
    (root / "index.qmd").write_text(PAGE.format(lang=request.param), encoding="utf-8")
    render.render(root, root / "out")
    return root / "out", request.param[:2]


def digits(texts) -> str:
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*", unicodedata.normalize("NFKC", " ".join(texts))))


def disagreements(folder: Path) -> list[str]:
    return formats.numerals_agree(*(folder / f"index.{extension}" for extension in ("html", "pdf", "docx")))


class TestFormats:
    """The figures of a page outside its charts, in order, in each format."""

    def test_they_agree(self, rendered):
        folder, _ = rendered
        assert disagreements(folder) == []

    @pytest.mark.parametrize("read", [formats.pdf_texts, formats.docx_texts])
    def test_what_is_read(self, rendered, read):
        folder, lang = rendered
        path = folder / f"index.{read.__name__.split('_')[0]}"
        assert digits(read(path)) == FIGURES[lang]

    def test_what_is_read_of_the_page(self, rendered):
        folder, lang = rendered
        texts = formats.html_texts((folder / "index.html").read_text(encoding="utf-8"))
        assert digits(texts) == FIGURES[lang]

    @pytest.mark.parametrize(("old", "new"), [("1,458", "1,485"), ("25", "52"), ("12 words", "13 words")])
    def test_another_figure_in_the_page(self, rendered, tmp_path, old, new):
        folder, _ = rendered
        for path in folder.glob("index.*"):
            shutil.copy(path, tmp_path)
        html = (folder / "index.html").read_text(encoding="utf-8")
        assert old in html
        (tmp_path / "index.html").write_text(html.replace(old, new), encoding="utf-8")
        found = disagreements(tmp_path)
        expected = f"[{old.split()[0]!r}] stands for [{new.split()[0]!r}] in the HTML"
        assert [(line.split(":")[0], line.split(", ", 1)[1]) for line in found] == [
            ("index.pdf", expected),
            ("index.docx", expected),
        ]

    def test_another_order_in_the_word_file(self, rendered, tmp_path):
        folder, _ = rendered
        for name in ("index.html", "index.pdf"):
            shutil.copy(folder / name, tmp_path)
        with (
            zipfile.ZipFile(folder / "index.docx") as old,
            zipfile.ZipFile(tmp_path / "index.docx", "w") as new,
        ):
            for name in old.namelist():
                text = old.read(name)
                swapped = text.replace(b"77.54", b"#").replace(b"2.65", b"77.54").replace(b"#", b"2.65")
                new.writestr(name, swapped if name == "word/document.xml" else text)
        found = disagreements(tmp_path)
        assert {line.split(":")[0] for line in found} == {"index.docx"}
