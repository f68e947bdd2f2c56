"""The pages read back: what a reader of the site, of the PDF and of the Word file finds there."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zipfile
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import yaml

from analysis.publish import fonts, formats, quarto, render, twins
from analysis.publish.origins import ASSETS

ROOT = Path(__file__).parents[2]
MM = 25.4 / 72
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60"><rect width="200" height="20"/>
<text x="5" y="50" font-family="Source Sans Pro, Noto Sans SC">{}</text></svg>"""

DECLARED = {"pdfuaid:part": "1", "pdfaid:part": "2", "pdfaid:conformance": "A"}
FIELD = re.compile(
    r'<w:instrText [^>]*>([^<]*)</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate" /></w:r>'
    r"(.*?)<w:fldChar ",
    flags=re.DOTALL,
)
BOOKMARK = re.compile(
    r'<w:bookmarkStart w:id="(\d+)" w:name="([^"]+)" />(?=(.*?)<w:bookmarkEnd w:id="\1" />)', re.DOTALL
)

LEDGER = {
    "a.cases": ("reported", "1,458 cases", "1,458 cases", "1458件", "1458件"),
    "a.rate": ("bounded", "144 a month", "108 to 191 a month", "每月144件", "每月108至191件"),
}
CLAIM = {
    "sentence": {"en": "Tier A leads, by `a.rate`{.value}.", "zh": "甲级领先，为`a.rate`{.value}。"},
    "verdict": "depends",
    "badge": {"en": "depends", "zh": "视假设而定"},
}
GRADE = {"en": "Grade: level 1 at best.", "zh": "证据：最高为第1级。"}
TABLE_EN = """| Tier | Cases |
|:--|--:|
| Provincial [@herd] | `a.cases`{.value} |
"""
TABLE_ZH = """| 层级 | 办理量 |
|:--|--:|
| 省级[@zhang] | `a.cases`{.value} |
"""
PUBLISHED = {
    "figures": {
        "load": {
            "notebook": "02-tiers",
            "keys": ["a.cases"],
            "alt": {"en": 'Bars, "provincial" first', "zh": "条形图"},
        }
    },
    "tables": {"tiers": {"notebook": "02-tiers", "keys": [], "markdown": {"en": TABLE_EN, "zh": TABLE_ZH}}},
}
BIB = """@article{herd, author={Herd, Pamela and Moynihan, Don and Smith, Jean-Luc and Brown, Ann},
  title={Burden}, journal={Policy}, year={2015}, volume={12}, number={3}, pages={343-360}}
@article{zhang, author={张三 and 李四 and 王五 and 赵六}, title={改革}, journal={中国行政管理}, year={2021},
  number={3}, pages={12-20}, langid={chinese}}
"""
ENGLISH = """---
title: "What `a.cases`{.value} can show"
date: 2024-06-03
lang: en
case: sample
abstract: "The rate is `a.rate`{.value as=interval}."
---

## Messages about `a.cases`{.value} {#sec-messages}

See @fig-load, @tbl-tiers and @sec-limits; @sec-limits [@herd] and the [notebook](notebooks/02-tiers.qmd).^[A
note on `a.rate`{.value}.]

::: {.callout-important}
## Decide
On `a.cases`{.value}.
:::

`order`{.claim} `effect`{.grade}

::: {.content-visible when-format="html"}
Only on the web.
:::
::: {.content-visible unless-format="html"}
Only in documents.
:::

![Caseload, `a.cases`{.value}.](figures/load){#fig-load}

::: {#tbl-tiers .published}
Cases by tier, `a.cases`{.value}.
:::

### Deeper

| Figure | Value |
|:--|:--|
| [Caseload]{#e-a.cases} | **It is `a.cases`{.value}.** |
| [Order]{#e-order} | - |

## Limits {#sec-limits}

Text.

## References {.unnumbered}

::: {#refs}
:::
"""
CHINESE = """---
title: "`a.cases`{.value}说明什么"
date: 2024-06-03
lang: zh-Hans
case: sample
---

## 摘要

第一句。
`a.rate`{.value as=interval}是*区间*，见@fig-load、@tbl-tiers和@sec-deep[@herd; @zhang]。

![办理量`a.cases`{.value}。](figures/load){#fig-load}

::: {#tbl-tiers .published}
各层级办理量。
:::

`order`{.claim}
此句在后。

## 局限

### 假设 {#sec-deep}

“甲”与“乙”。

## 参考文献 {.unnumbered}

::: {#refs}
:::
"""
PLAIN = """---
title: "Layout 版面"
date: 2024-06-03
lang: {}
case: sample
format: typst
---

"""
NOTEBOOK = """---
title: Tiers
lang: en
case: sample
format: html
---

## Cases

![Caseload](../figures/load)

`a.cases`{.value}, back to the [brief](../index.qmd).
"""


def entry(key: str, row: tuple[str, ...]) -> dict[str, object]:
    status, value, interval, value_zh, interval_zh = row
    texts = {"en": {"value": value, "interval": interval}, "zh": {"value": value_zh, "interval": interval_zh}}
    return {"key": key, "status": status, "text": texts, "label": {"en": "Caseload", "zh": "办理量"}}


def evidence(lang: str) -> str:
    front = f"---\ntitle: Evidence\nlang: {lang}\ncase: sample\nformat: html\n---\n\n"
    parts = [f"# Caseload {{#{key}}}\n" for key in LEDGER]
    return front + "\n".join([*parts, "# Order {#order}\n", "# A {#source-A}\n"])


def write_project(root: Path, english: str = ENGLISH) -> Path:
    """A small project: two editions, a notebook, one figure, one table, two values."""
    shutil.copytree(ROOT / "_extensions", root / "_extensions")
    settings = (ROOT / "_quarto.yml").read_text(encoding="utf-8")
    files = {
        "_quarto.yml": settings.replace("  pre-render: brief prepare\n", ""),
        "references.bib": BIB,
        "index.qmd": english,
        "zh/index.qmd": CHINESE,
        "notebooks/02-tiers.qmd": NOTEBOOK,
        "evidence/sample.qmd": evidence("en"),
        "zh/evidence/sample.qmd": evidence("zh-Hans"),
        "figures/load.svg": SVG.format("Cases"),
        "zh/figures/load.svg": SVG.format("办理量"),
        ".brief/sample/ledger.json": json.dumps({"entries": {k: entry(k, v) for k, v in LEDGER.items()}}),
        ".brief/sample/published.json": json.dumps(PUBLISHED),
        ".brief/sample/grades.json": json.dumps({"effect": GRADE}),
        ".brief/sample/claims.json": json.dumps({"order": CLAIM}),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in ("figures", "zh/figures"):
        (root / folder / "load.png").write_bytes(base64.b64decode(PIXEL))
    return root


class Reader(HTMLParser):
    """A page's text, ids, links and resources."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.ids, self.links, self.resources, self.alts, self.lang = "", set(), [], [], [], ""
        self.feed(path.read_text(encoding="utf-8"))
        self.text = re.sub(r"[ \n]+", " ", self.text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        self.lang = found["lang"] if tag == "html" else self.lang
        if tag == "a":
            self.links.append(found.get("href", ""))
        elif tag == "img":
            self.alts.append(found["alt"])
        if tag != "a":
            self.resources += [found[name] for name in ("src", "href") if name in found]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def site(project):
    out = project / "_site"
    render.render(project, out)
    return out


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def written(page: pypdf.PageObject) -> list[tuple[float, float, float, str]]:
    """The runs of text on a page: millimetres from the left and from the top, size in points, words."""
    runs = []

    def keep(text: str, place: list[float], _: object, __: object, size: float) -> None:
        if text.strip():
            runs.append((place[4] * MM, (float(page.mediabox.height) - place[5]) * MM, size, text))

    page.extract_text(visitor_text=keep)
    return runs


def structure(reader: pypdf.PdfReader) -> list[tuple[str, str | None]]:
    """The tags of a PDF and their alternative texts, in the order of reading."""

    def below(node: object) -> list[tuple[str, str | None]]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [tag for each in node for tag in below(each)]
        if not isinstance(node, dict):
            return []
        own = [(node["/S"], node.get("/Alt"))] if "/S" in node else []
        return own + below(node.get("/K"))

    return below(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def declared(path: Path) -> dict[str, str]:
    """The standards that a PDF's metadata names."""
    metadata = pypdf.PdfReader(path).trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    return dict(re.findall(r"<(pdfu?aid:\w+)>(\w+)<", metadata))


def titles(outline: list) -> list[str]:
    return [
        title
        for each in outline
        for title in (titles(each) if isinstance(each, list) else [each.title])  # the sections below
    ]


def typeset(tmp_path: Path, body: str, lang: str = "en") -> pypdf.PdfReader:
    """The PDF of a page with this text and a short title."""
    root = write_project(tmp_path, PLAIN.format(lang) + body)
    fonts.copy_to(root / ".brief" / "fonts")
    site = render.Site(root, root / "out", render.discover(root), root)
    render.write(site, next(page for page in site.pages if page.name == "index.qmd"), "typst")
    return pypdf.PdfReader(root / "out/index.pdf")


def texts(reader: pypdf.PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def table_of(rows: int, words: str = "") -> str:
    lines = "\n".join(f"| row {n}. | {words} |" for n in range(1, rows + 1))
    return f"::: {{#tbl-long}}\n| Name | Text |\n|:--|:--|\n{lines}\n\nCaption of it.\n:::\n"


def rows_on(pages: list[str]) -> list[int]:
    """How many rows of the table stand on each page that has any."""
    return [count for page in pages if (count := len(re.findall(r"row \d+\.", page)))]


def docx_part(path: Path, part: str = "document") -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"word/{part}.xml").decode()


def docx_paragraphs(path: Path) -> list[str]:
    found = re.findall(r"<w:p>.*?</w:p>", docx_part(path), flags=re.DOTALL)
    return ["".join(re.findall(r"<w:t[ >][^<]*?>?([^<>]*)</w:t>", text)) for text in found]


def spaced(text: str) -> str:
    return re.sub(r"<w:instrText.*?</w:instrText>|<[^>]+>", "", text).replace("\u00a0", " ")


def fields(document: str) -> list[tuple[str, str]]:
    """The instruction and the text of each field of a Word file; of one with others in it, up to these."""
    return [(code.strip(), spaced(result)) for code, result in FIELD.findall(document)]


class TestValues:
    @pytest.mark.parametrize(
        "words",
        [
            "What 1,458 cases can show",
            "The rate is 108 to 191 a month.",
            "Messages about 1,458 cases",
            "On 1,458 cases.",
            "Caseload, 1,458 cases.",
            "Cases by tier, 1,458 cases.",
            "A note on 144 a month.",
        ],
        ids=["title", "abstract", "heading", "callout", "figure", "table", "footnote"],
    )
    def test_resolve_wherever_prose_stands_in_every_format(self, site, words):
        note = "footnotes" if words.startswith("A note") else "document"
        word_file = re.sub(r"<[^>]+>", "", docx_part(site / "index.docx", note))
        assert words in Reader(site / "index.html").text
        assert words in re.sub(r"\s+", " ", pdf_text(site / "index.pdf"))
        assert words in re.sub(r"\s+", " ", word_file)

    def test_carry_their_key_and_status(self, site):
        page = (site / "index.html").read_text(encoding="utf-8")
        assert re.search(r'data-key="a\.rate" data-status="bounded">108 to 191 a month<', page)

    def test_lead_to_the_evidence_page_from_the_web(self, site):
        page = (site / "index.html").read_text(encoding="utf-8")
        assert '<a href="evidence/sample.html#a.rate" id="v-a.rate-1" class="value"' in page
        assert '<a href="../evidence/sample.html#a.cases" id="v-a.cases-1" class="value"' in (
            (site / "notebooks/02-tiers.html").read_text(encoding="utf-8")
        )
        assert {"v-a.cases-1", "v-a.cases-6"} <= Reader(site / "index.html").ids  # title and last table
        assert "v-a.cases-7" not in Reader(site / "index.html").ids  # the one in the published table

    def test_lead_to_their_row_in_print_where_there_is_one(self, site):
        document = docx_part(site / "index.docx")
        leads = re.findall(r'<w:hyperlink w:anchor="e-a\.(\w+)">.*?<w:rStyle w:val="(\w+)"', document)
        assert set(leads) == {("cases", "Value")}
        reader = pypdf.PdfReader(site / "index.pdf")
        notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
        assert len(leads) == 6
        assert len([note for note in notes if note["/Subtype"] == "/Link"]) > len(leads)
        assert '<w:hyperlink w:anchor="e-' not in docx_part(site / "zh/index.docx")

    def test_follow_the_language_of_the_page(self, site):
        assert "每月108至191件" in Reader(site / "zh/index.html").text


class TestClaims:
    def test_are_read_as_their_sentence_with_its_verdict(self, site):
        assert "Tier A leads, by 144 a month.\u00a0depends" in Reader(site / "index.html").text
        assert "甲级领先，为每月144件。视假设而定此句在后。" in Reader(site / "zh/index.html").text
        assert "Tier A leads, by 144 a month. [depends]" in re.sub(r"\s+", " ", pdf_text(site / "index.pdf"))
        assert "每月144件。〔视假设而定〕此句在后。" in re.sub(r"\s+", "", pdf_text(site / "zh/index.pdf"))

    def test_grades_are_said_in_every_format(self, site):
        said = '<span class="grade" data-grade="effect">Grade: level 1 at best.</span>'
        assert said in re.sub(r"\s+", " ", (site / "index.html").read_text(encoding="utf-8"))
        assert "Grade: level 1 at best." in re.sub(r"\s+", " ", pdf_text(site / "index.pdf"))
        assert "Grade: level 1 at best." in re.sub(r"<[^>]+>", "", docx_part(site / "index.docx"))

    def test_are_marked_as_what_they_are(self, site):
        page = (site / "index.html").read_text(encoding="utf-8")
        (claim,) = re.findall(
            r'<span class="claim" data-claim="order">(.*?)depends</a></span>', page, re.DOTALL
        )
        assert claim.count('class="value"') == 1

    def test_lead_from_the_verdict_to_the_record(self, site):
        page = (site / "index.html").read_text(encoding="utf-8")
        badge = r'<a href="evidence/sample.html#order" id="v-order-1"\s+class="verdict depends"\s+data-key'
        assert re.search(badge, page)

    def test_lead_in_print_to_their_row_where_there_is_one(self, site):
        document = docx_part(site / "index.docx")
        (style,) = re.findall(r'<w:hyperlink w:anchor="e-order">.*?<w:rStyle w:val="(\w+)"', document)
        assert style == "Verdict"
        chinese = docx_part(site / "zh/index.docx")
        assert "〔视假设而定〕" in chinese
        assert "e-order" not in chinese


class TestReferences:
    def test_number_figures_tables_and_sections(self, site):
        text = Reader(site / "index.html").text.replace("\u00a0", " ")
        assert "See Figure 1, Table 1 and Section 2; Section 2 (Herd et al. 2015) and" in text
        assert "Figure 1: Caseload" in text
        assert "Table 1: Cases by tier" in text
        assert "2\u2002Limits" in text

    def test_are_found_after_chinese_letters_and_follow_official_numbering(self, site):
        text = Reader(site / "zh/index.html").text
        assert "见图1、表1和第二节（一）" in text
        assert "图1\u3000办理量1458件。" in text
        assert "二、局限" in text
        assert "（一）假设" in text

    def test_every_link_leads_somewhere(self, site):
        for path in site.rglob("*.html"):
            page = Reader(path)
            for link in page.links:
                target, _, anchor = link.partition("#")
                assert (path.parent / target).exists(), link
                assert target or anchor in page.ids, link

    def test_lead_round_the_pages_of_a_case_in_a_language(self, site):
        brief, evidence = Reader(site / "zh/index.html").links, Reader(site / "zh/evidence/sample.html").links
        assert {"index.html", "evidence/sample.html"} <= set(brief)
        assert {"../index.html", "sample.html", "../../evidence/sample.html"} <= set(evidence)
        assert "../../index.html" not in evidence

    def test_lead_to_the_notebook_that_published(self, site):
        assert (
            Reader(site / "index.html").links.count("notebooks/02-tiers.html") == 4
        )  # nav, prose, two captions
        assert "../notebooks/02-tiers.html" in Reader(site / "zh/index.html").links


class TestEvidenceLists:
    def test_stand_below_what_has_keys(self, site):
        page = (site / "index.html").read_text(encoding="utf-8")
        assert page.count('<details class="evidence"><summary>Data of this chart</summary>') == 1
        link = '<a href="evidence/sample.html#a.cases" class="value"'
        assert re.search(rf'<th[^>]* scope="row"[^>]*>Caseload</th>\s*<td[^>]*>{link}', page)
        assert "<summary>图中数据</summary>" in (site / "zh/index.html").read_text(encoding="utf-8")

    def test_are_not_printed(self, site):
        assert "Data of this chart" not in pdf_text(site / "index.pdf")
        assert "Data of this chart" not in docx_part(site / "index.docx")


class TestCitations:
    def test_english_page_has_author_and_date(self, site):
        assert "Herd et al. 2015" in Reader(site / "index.html").text

    def test_chinese_page_has_numbers_and_the_standard_s_punctuation(self, site):
        text = Reader(site / "zh/index.html").text
        assert "Herd P, Moynihan D, Smith J-L, et al. Burden[J]. Policy, 2015, 12(3): 343-360." in text
        assert "张三，李四，王五，等. 改革[J]. 中国行政管理，2021，(3)：12-20." in text


class TestWebsite:
    def test_asks_for_nothing_beyond_its_own_files(self, site):
        for path in site.rglob("*.html"):
            for resource in Reader(path).resources:
                assert resource == "data:," or (path.parent / resource).exists(), resource
        assert "url(" not in (site / "assets/brief.css").read_text(encoding="utf-8")

    def test_states_language_and_alternative_text(self, site):
        english, chinese = Reader(site / "index.html"), Reader(site / "zh/index.html")
        assert (english.lang, english.alts) == ("en", ['Bars, "provincial" first'])
        assert (chinese.lang, chinese.alts) == ("zh-Hans", ["条形图"])

    def test_joins_lines_of_chinese_prose(self, site):
        assert "第一句。每月108至191件是区间" in Reader(site / "zh/index.html").text

    def test_shows_what_is_meant_for_it(self, site):
        text = Reader(site / "index.html").text
        assert "Only on the web." in text
        assert "Only in documents." not in text


class TestPdf:
    def test_says_what_it_is(self, site):
        for name, title, lang in (
            ("index.pdf", "What 1,458 cases can show", "en-GB"),
            ("zh/index.pdf", "1458件说明什么", "zh-CN"),
        ):
            reader = pypdf.PdfReader(site / name)
            assert reader.metadata.title == title
            assert reader.trailer["/Root"]["/Lang"] == lang
            assert reader.metadata.creation_date.date().isoformat() == "2024-06-03"

    def test_embeds_only_the_brief_s_faces(self, site):
        ours = ("SourceSerifPro", "SourceSansPro", "NotoSerifSC", "NotoSansSC")
        names = {
            font.get_object()["/BaseFont"].split("+")[1]
            for page in pypdf.PdfReader(site / "zh/index.pdf").pages
            for font in page["/Resources"]["/Font"].values()
        }
        assert {name for name in names if not name.startswith(ours)} == set()
        assert any(name.startswith("NotoSerifSC") for name in names)

    def test_sets_text_references_and_the_picture_s_own_letters(self, site):
        text = re.sub(r"\s+", "", pdf_text(site / "zh/index.pdf"))
        assert "第一句。每月108至191件是区间，见图1、表1和第二节（一）" in text
        assert text.count("办理量") == 4  # picture, its caption, the table's caption and head
        assert "Only in documents." in pdf_text(site / "index.pdf")

    def test_same_page_gives_the_same_bytes(self, project, site, tmp_path):
        render.render(project, tmp_path)
        for name in ("index.pdf", "zh/index.pdf", "index.html", "index.docx"):
            assert (tmp_path / name).read_bytes() == (site / name).read_bytes(), name

    @pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf"])
    def test_declares_that_it_is_for_every_reader_and_the_archive(self, site, name):
        assert declared(site / name) == DECLARED

    @pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf"])
    def test_is_tagged_from_the_title_on(self, site, name):
        root = pypdf.PdfReader(site / name).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        tags = [tag for tag, _ in structure(pypdf.PdfReader(site / name))]
        assert tags[:2] == ["/Document", "/Title"]
        assert {"/H1", "/H2", "/P", "/Table", "/THead", "/TH", "/TD", "/Caption", "/Link"} <= set(tags)

    def test_has_a_bookmark_for_each_section(self, site):
        english = pypdf.PdfReader(site / "index.pdf").outline
        assert titles(english) == [
            "1\u2002Messages about 1,458 cases",
            "1.1\u2002Deeper",
            "2\u2002Limits",
            "References",
        ]
        chinese = pypdf.PdfReader(site / "zh/index.pdf").outline
        assert titles(chinese) == ["一、摘要", "二、局限", "（一）假设", "参考文献"]

    @pytest.mark.parametrize(
        ("name", "alt"), [("index.pdf", 'Bars, "provincial" first'), ("zh/index.pdf", "条形图")]
    )
    def test_says_its_pictures_in_words(self, site, name, alt):
        tags = structure(pypdf.PdfReader(site / name))
        assert [words for tag, words in tags if tag == "/Figure"] == [alt]

    def test_says_its_formulas_in_words(self, tmp_path):
        reader = typeset(tmp_path, 'The mean $\\bar{x}$ is\n\n$$\\bar{x} = \\frac{1}{n} \\text{"sum"}$$\n')
        tags = structure(reader)
        said = [words for tag, words in tags if tag == "/Formula"]
        assert said == [r"\bar{x}", r'\bar{x} = \frac{1}{n} \text{"sum"}']

    @pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf"])
    def test_brings_of_its_faces_the_letters_in_use(self, site, name):
        faces = {
            face["/BaseFont"]: face["/FontDescriptor"]
            for page in pypdf.PdfReader(site / name).pages
            for font in page["/Resources"]["/Font"].values()
            for face in (each.get_object() for each in font.get_object()["/DescendantFonts"])
        }
        assert [face for face in faces if not re.match(r"/[A-Z]{6}\+", face)] == []
        assert [face for face, about in faces.items() if not {"/FontFile2", "/FontFile3"} & set(about)] == []

    def test_starts_with_its_title_whatever_floats(self, site):
        text = pdf_text(site / "index.pdf")
        words = [
            "What 1,458 cases can show",
            "3 June 2024",
            "The rate is",
            "Caseload, 1,458 cases.",
            "Messages",
        ]
        assert sorted(words, key=text.index) == words

    def test_pages_have_title_date_and_number(self, tmp_path):
        pages = texts(typeset(tmp_path, table_of(60)))
        assert [page.split("\n")[-1] for page in pages] == ["1 of 2", "2 of 2"]
        assert [page.startswith("Layout 版面 3 June 2024") for page in pages] == [False, True]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Nothing but letters, over several pages of the Chinese edition."""
    return typeset(tmp_path_factory.mktemp("page"), "字" * 2400, "zh-Hans").pages


class TestChinesePage:
    """The page of GB/T 9704-2012, in millimetres; the standard allows one either way for the margins."""

    def test_is_a4(self, pages):
        assert [round(float(side) * MM) for side in pages[1].mediabox[2:]] == [210, 297]

    def test_22_lines_of_28_letters_of_16_points_fill_the_text_block(self, pages):
        body = [run for run in written(pages[1]) if run[3].startswith("字")]
        assert [len(text) for *_, text in body] == [28] * 22
        assert {size for _, _, size, _ in body} == {16}
        left, baselines, ascent = body[0][0], [down for _, down, _, _ in body], 0.8 * 16 * MM
        assert left == pytest.approx(28, abs=0.1)
        assert baselines[0] - ascent == pytest.approx(37, abs=0.1)
        assert baselines[-1] + 0.2 * 16 * MM == pytest.approx(37 + 225, abs=0.2)
        pitch = (baselines[-1] - baselines[0]) / 21
        assert all(down - up == pytest.approx(pitch, abs=0.01) for up, down in pairwise(baselines))

    def test_lines_end_at_the_text_block_s_right(self, pages):
        document = pypdfium2.PdfDocument(pages[1].pdf.stream)
        text = document[1].get_textpage()
        right = max(text.get_charbox(n)[2] for n in range(text.count_chars()))
        document.close()
        assert right * MM == pytest.approx(28 + 156, abs=0.5)

    def test_paragraphs_start_two_letters_in(self, pages):
        first = next(run for run in written(pages[0]) if run[3].startswith("字字字"))
        assert first[0] == pytest.approx(28 + 2 * 156 / 28, abs=0.1)

    def test_page_number_stands_below_the_text_on_the_outside(self, pages):
        odd, even = written(pages[2]), written(pages[1])
        assert [text.strip() for *_, text in even[-3:]] == ["—", "2", "—"]
        assert {size for _, _, size, _ in even[-3:]} == {14}
        assert even[-3][0] == pytest.approx(28 + 14 * MM, abs=0.1)
        assert odd[-3][0] > 210 / 2
        dash = even[-3][1] - 0.35 * 14 * MM
        assert dash - (37 + 225) == pytest.approx(7, abs=0.5)

    def test_says_how_many_there_are(self, pages):
        assert "Layout 版面 2024 年 6 月 3 日，共 5 页" in pages[1].extract_text().split("\n")[0]


class TestTablesBreakWell:
    def test_long_tables_repeat_their_head(self, tmp_path):
        pages = texts(typeset(tmp_path, table_of(40, "words " * 30)))
        assert len(pages) > 1
        assert all("Name" in page for page in pages)
        assert sum("row 40." in page for page in pages) == 1

    def test_rows_are_not_split(self, tmp_path):
        pages = texts(typeset(tmp_path, table_of(9, "start " + "words " * 250 + "finish")))
        assert len(rows_on(pages)) > 1
        assert [page.count("start") for page in pages] == [page.count("finish") for page in pages]

    def test_no_row_is_left_alone_on_the_next_page(self, tmp_path):
        fit, _ = rows_on(texts(typeset(tmp_path / "long", table_of(60))))
        assert rows_on(texts(typeset(tmp_path / "short", table_of(fit)))) == [fit]
        assert rows_on(texts(typeset(tmp_path / "one more", table_of(fit + 1)))) == [fit - 1, 2]

    @pytest.mark.parametrize(("lines", "parts"), [(2, 1), (12, 2), (20, 2), (23, 1), (28, 1)])
    def test_what_fits_on_a_page_is_whole_unless_a_third_would_be_empty(self, tmp_path, lines, parts):
        assert len(rows_on(texts(typeset(tmp_path, "Filling.\n\n" * lines + table_of(30))))) == parts

    @pytest.mark.parametrize("lang", ["en", "zh-Hans"])
    @pytest.mark.parametrize("lines", [12, 14, 16, 18, 20, 24, 28])
    def test_captions_and_headings_stay_with_their_table(self, tmp_path, lang, lines):
        pages = texts(typeset(tmp_path, "Filling.\n\n" * lines + "# Above\n\n" + table_of(12), lang))
        (page,) = [text for text in pages if "Caption of it." in text]
        assert "Above" in page
        assert "row 2." in page


class TestWord:
    def test_keeps_no_settings_it_was_made_with(self, site):
        for name in ("index.docx", "zh/index.docx"):
            with zipfile.ZipFile(site / name) as archive:
                parts = {part: archive.read(part) for part in archive.namelist()}
            assert b"<property " not in parts["docProps/custom.xml"]
            assert [part for part, content in parts.items() if str(ROOT).encode() in content] == []

    def test_numbers_its_captions(self, site):
        assert "Figure 1: Caseload, 1,458 cases." in docx_paragraphs(site / "index.docx")
        assert "表1\u3000各层级办理量。" in docx_paragraphs(site / "zh/index.docx")

    @pytest.mark.parametrize(
        ("name", "figure", "table"),
        [("index.docx", "Figure 1", "Table 1"), ("zh/index.docx", "图1", "表1")],
    )
    def test_numbers_and_refers_by_fields_that_hold_their_text(self, site, name, figure, table):
        document = docx_part(site / name)
        numbers = [found for found in fields(document) if found[0].startswith("SEQ")]
        kinds = [re.match(r"\D+", label)[0].strip() for label in (figure, table)]
        assert numbers == [(f"SEQ {kind} \\* ARABIC", "1") for kind in kinds]
        marked = {found[1]: found[2] for found in BOOKMARK.findall(document)}
        for key, label in (("_Ref_fig_load", figure), ("_Ref_tbl_tiers", table)):
            assert spaced(marked[key]) == label
            assert (f"REF {key} \\h", label) in fields(document)
        assert 'w:anchor="fig-' not in document

    @pytest.mark.parametrize(
        ("name", "head", "entries"),
        [
            (
                "index.docx",
                "Contents",
                ["1\u2002Messages about 1,458 cases", "1.1\u2002Deeper", "2\u2002Limits", "References"],
            ),
            ("zh/index.docx", "目录", ["一、摘要", "二、局限", "（一）假设", "参考文献"]),
        ],
    )
    def test_lists_its_headings_in_a_contents_field(self, site, name, head, entries):
        document = docx_part(site / name)
        contents = re.search(r"<w:sdtContent>.*?</w:sdtContent>", document, flags=re.DOTALL)[0]
        assert fields(contents)[0][0] == 'TOC \\o "1-2" \\h \\z \\u'
        assert re.findall(r"<w:t [^>]*>([^<]*)", contents) == [head, *entries]
        marked = {found[1]: found[2] for found in BOOKMARK.findall(document)}
        led = re.findall(r'w:anchor="([^"]+)"', contents)
        assert [re.sub(r"<[^>]+>", "", marked[anchor]) for anchor in led] == entries
        assert len({found[0] for found in BOOKMARK.findall(document)}) == len(BOOKMARK.findall(document))

    def test_has_notes_of_its_own(self, site):
        assert "<w:footnoteReference " in docx_part(site / "index.docx")
        notes = docx_part(site / "index.docx", "footnotes")
        assert '<w:pStyle w:val="FootnoteText" />' in notes
        assert "note on" in re.sub(r"<[^>]+>", "", notes)

    def test_says_which_languages_to_proofread(self, site):
        for name in ("index.docx", "zh/index.docx"):
            said = [
                re.findall("<w:lang [^>]*>", docx_part(site / name, part)) for part in ("styles", "document")
            ]
            assert said == [['<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'], []], name

    def test_names_faces_that_word_has(self, site):
        styles = docx_part(site / "zh/index.docx", "styles")
        normal = re.search(r'w:styleId="Normal".*?</w:style>', styles, flags=re.DOTALL)[0]
        assert 'w:eastAsia="SimSun"' in normal
        heading = re.search(r'w:styleId="Heading1".*?</w:style>', styles, flags=re.DOTALL)[0]
        assert 'w:eastAsia="SimHei"' in heading

    def test_emphasis_changes_the_face_in_chinese(self, site):
        document = docx_part(site / "zh/index.docx")
        assert '<w:rStyle w:val="Emphasis" />' in document
        assert "<w:i />" not in document

    def test_keeps_table_rows_whole(self, site):
        document = docx_part(site / "index.docx")
        assert document.count("<w:tr>") == document.count("<w:tr><w:trPr><w:cantSplit />") > 1

    def test_is_a4_with_a_page_number_and_alternative_text(self, site):
        document = docx_part(site / "index.docx")
        assert 'w:h="16838" w:w="11906"' in document
        assert "PAGE" in docx_part(site / "index.docx", "footer1")
        assert 'descr="Bars, &quot;provincial&quot; first"' in document


SLIDES = """---
title: Slides
subtitle: Short
date: 2024-06-03
lang: {}
case: sample
format:
  html: default
  pptx: default
---

# Messages {{#sec-messages .unnumbered}}

- `a.cases`{{.value}}, `effect`{{.grade}}
- `order`{{.claim}}

# Chart {{#sec-chart .unnumbered}}

![](figures/load)
"""


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """A site of which only the slides were made."""
    root = write_project(tmp_path_factory.mktemp("slides"))
    for name, lang in (("slides.qmd", "en"), ("zh/slides.qmd", "zh-Hans")):
        (root / name).write_text(SLIDES.format(lang), encoding="utf-8")
    render.render(root, root / "_site", ("pptx",))
    return root / "_site"


def pptx_parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


class TestSlides:
    def test_say_what_the_page_says(self, slides):
        claim = "Tier A leads, by 144 a month.\u00a0[depends]"
        said = ["Slides", "Short", "3 June 2024", "Messages", "1,458 cases, Grade: level 1 at best.", claim]
        assert list(formats.pptx_texts(slides / "slides.pptx")) == [*said, "Chart"]
        assert formats.numerals_agree(slides / "slides.html", slides / "slides.pptx") == []

    def test_describe_their_pictures_and_keep_no_settings(self, slides):
        for name, alt in (
            ("slides.pptx", "Bars, &quot;provincial&quot; first"),
            ("zh/slides.pptx", "条形图"),
        ):
            parts = pptx_parts(slides / name)
            assert f'descr="{alt}"' in parts["ppt/slides/slide3.xml"]
            assert "<property " not in parts["docProps/custom.xml"]
            assert [part for part, text in parts.items() if "figures/" in text] == []

    def test_are_wide_and_in_faces_that_office_has(self, slides):
        parts = pptx_parts(slides / "zh/slides.pptx")
        assert 'cx="9144000" cy="5143500"' in parts["ppt/presentation.xml"]
        theme, master = parts["ppt/theme/theme1.xml"], parts["ppt/slideMasters/slideMaster1.xml"]
        assert theme.count('<a:latin typeface="Calibri"/><a:ea typeface="Microsoft YaHei"/>') == 2
        assert '<a:accent1><a:srgbClr val="1F4E79"/></a:accent1>' in theme
        head = re.search(r"<p:titleStyle>.*?<a:defRPr ([^>]*)>", master)[1]
        assert {'b="1"', 'sz="2400"'} <= set(head.split())
        assert '<a:off x="457200" y="230000" />' in master

    def test_are_all_that_is_made_and_led_to_where_nothing_else_is_asked_for(self, slides):
        assert [path.name for path in slides.rglob("*") if path.suffix in {".pdf", ".docx"}] == []
        assert "slides.pptx" in Reader(slides / "slides.html").links
        assert "index.docx" not in Reader(slides / "index.html").links


ORIGINAL = """---
title: "Title 题名"
lang: en
case: sample
format: html
---

## Heading 标题

Text 正文.^[A note 脚注, see@sec-limits.]

Note only.^[Second 再注.]

Term 词条
:   Meaning 释义

| Line 诗行

| Head |
|:--|
| Cell 单元 |

## Limits {#sec-limits}

Plain text.
"""


def test_a_phrase_in_the_original_is_marked_once_wherever_it_stands(tmp_path):
    root = write_project(tmp_path, ORIGINAL)
    site = render.Site(root, root / "out", render.discover(root), root)
    render.write(site, next(page for page in site.pages if page.name == "index.qmd"), "html")
    page = (root / "out/index.html").read_text(encoding="utf-8").partition("<main")[2]
    found = re.findall(r'<span lang="zh-Hans">([^<]*)</span>', page)
    assert page.count('lang="zh-Hans"') == len(found)
    assert sorted(re.sub(r"[^\u4e00-\u9fff]", "", text) for text in found) == sorted(
        ["题名", "标题", "正文", "词条", "释义", "诗行", "单元", "脚注", "再注"]
    )
    assert '<a href="#sec-limits">Section\u00a02</a>' in page


class TestFailures:
    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("`a.cases`{.value}.\n:::", "`a.casez`{.value}.\n:::", "unknown key `a.casez`"),
            ("as=interval", "as=words", "`a.rate` has no form `words` in en"),
            ("@sec-limits", "@sec-limit", "@sec-limit refers to no section of this page"),
            ("@fig-load", "@fig-lode", "@fig-lode refers to nothing on this page"),
            ("(figures/load)", "(figures/lode)", "no notebook published `lode` among the figures"),
            ("#tbl-tiers", "#tbl-tears", "no notebook published `tears` among the tables"),
            ("[@herd]", "[@hurd]", "citation hurd not found"),
            ("case: sample", "case: simple", ".brief/simple/claims.json is missing"),
            ("Text.", "Text \u0e01.", "could not be displayed with font"),
            ("case: sample", "case: [", "the front matter is not YAML"),
        ],
    )
    def test_name_the_page_and_what_is_wrong(self, tmp_path, old, new, words):
        assert old in ENGLISH
        root = write_project(tmp_path, ENGLISH.replace(old, new))
        with pytest.raises(render.RenderError) as caught:
            render.render(root, root / "_site")
        assert words in str(caught.value)
        assert "index.qmd" in str(caught.value)
        assert "traceback" not in str(caught.value)


def test_fonts_are_placed_once(tmp_path):
    first = {path.name: path.stat().st_mtime_ns for path in fonts.copy_to(tmp_path).iterdir()}
    again = {path.name: path.stat().st_mtime_ns for path in fonts.copy_to(tmp_path).iterdir()}
    assert first == again
    assert "NotoSerifSC-Regular.otf" in first


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = write_project(tmp_path_factory.mktemp("quarto"))
    quarto.render(root, root / ".brief" / "site")
    return root / ".brief" / "site"


WRITTEN = [page for page in render.discover(ROOT) if page.language == "zh" and page.date]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.path.as_posix())
def test_a_chinese_page_has_settings_of_its_own_for_quarto(page):
    """Of the project's it would take an English date and Word file."""
    folder = ROOT / page.path.parent
    settings = yaml.safe_load((ROOT / page.path).read_text(encoding="utf-8").split("---\n")[1])
    for name in settings.get("metadata-files", ()):
        settings |= yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    assert settings["date-format"] == "long"
    if "docx" in page.formats:
        reference = folder / settings["format"]["docx"]["reference-doc"]
        assert reference.resolve() == ROOT / ".brief" / "reference-zh.docx"


@pytest.mark.skipif(not shutil.which("quarto"), reason="no quarto on PATH")
class TestQuarto:
    def test_gives_the_same_paths(self, built, site):
        pages = [path.relative_to(site) for path in site.rglob("index.*")] + [Path("notebooks/02-tiers.html")]
        assert [path for path in pages if not (built / path).exists()] == []

    def test_gives_the_same_values_and_numbers(self, built):
        text = Reader(built / "index.html").text.replace("\u00a0", " ")
        assert "See Figure 1, Table 1 and Section 2;" in text
        assert "Cases by tier, 1,458 cases." in text
        assert "见图1、表1和第二节（一）" in re.sub(r"\s+", "", pdf_text(built / "zh/index.pdf"))

    def test_says_the_same_but_for_the_date(self, built, site):
        said = [str(found) for found in twins.differences(site, built)]
        date = re.compile("2024 ?年 ?6 ?月")  # the project's own settings word it, this one's have none
        assert [line for line in said if not date.search(line)] == []

    @pytest.mark.parametrize("name", ["index.html", "zh/index.html"])
    def test_brings_its_own_faces(self, built, name):
        page = built / name
        (link,) = re.findall(
            r'<link rel="stylesheet" href="([./]*assets/fonts/fonts\.css)">', page.read_text()
        )
        assert "'Noto Serif SC'" in (page.parent / link).read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", ["index.docx", "zh/index.docx"])
    def test_sets_figures_tables_and_callouts_of_word_files_in_the_same_styles(self, built, site, name):
        named = {"CaptionedFigure", "ImageCaption", "TableCaption", "TableText"}
        named |= {"CalloutTitle", "Callout"} if name == "index.docx" else set()
        styles = re.compile(rf'<w:pStyle w:val="({"|".join(named)})"')
        ours, theirs = (styles.findall(docx_part(folder / name)) for folder in (site, built))
        assert theirs == ours
        assert set(ours) == named

    def test_links_only_the_files_that_are_made(self, tmp_path):
        root = write_project(tmp_path)
        quarto.render(root, root / "_site", ("docx",))
        text = (root / "_site" / "index.html").read_text(encoding="utf-8")
        assert re.findall(r'href="([^"]+)" download', text) == ["index.docx"]
        assert not (root / "_site" / "index.pdf").exists()

    @pytest.mark.parametrize("name", ["index.html", "zh/index.html", "notebooks/02-tiers.html"])
    def test_has_the_same_around_its_pages(self, built, site, name):
        around = re.compile(r'<header class="bar">.*?<main|<meta http-equiv="Content-Sec[^>]*>', re.DOTALL)
        ours, theirs = (
            [re.sub(r'=""|\s', "", part) for part in around.findall((folder / name).read_text("utf-8"))]
            for folder in (site, built)
        )
        assert theirs == ours
        assert len(ours) == 2

    def test_leaves_out_what_a_build_adds_where_quarto_is_called_alone(self, tmp_path):
        root = write_project(tmp_path)
        quarto.prepare(root)
        around = json.loads((root / ".brief/navigation.json").read_text(encoding="utf-8"))
        assert {each["whole"] for each in around.values()} == {False}
        assert {path.name for path in (root / "assets").iterdir()} == set(ASSETS)

    def test_asks_for_nothing_beyond_its_own_files(self, built):
        remote = [r for path in built.rglob("*.html") for r in Reader(path).resources if r.startswith("http")]
        assert remote == []

    @pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf"])
    def test_declares_the_same_of_its_pdfs(self, built, name):
        assert declared(built / name) == DECLARED
        assert all(words for tag, words in structure(pypdf.PdfReader(built / name)) if tag == "/Figure")

    @pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf"])
    def test_sets_the_same_pages(self, built, site, name):
        date = "2024年6月3日|3六月2024"  # the project's own settings word the date, this one's have none
        ours, theirs = (
            [re.sub(date, "", re.sub(r"\s+", "", text)) for text in texts(pypdf.PdfReader(folder / name))]
            for folder in (site, built)
        )
        assert theirs == ours

    def test_word_files_have_fields_descriptions_and_properties_once(self, built):
        for name, label, alt in (
            ("index.docx", "Figure", "Bars, &quot;provincial&quot; first"),
            ("zh/index.docx", "图", "条形图"),
        ):
            document = docx_part(built / name)
            assert (f"SEQ {label} \\* ARABIC", "1") in fields(document)
            assert "REF _Ref_fig_load \\h" in [code for code, _ in fields(document)]
            assert fields(document)[0][0].startswith("TOC ")
            assert re.search(rf'<wp:docPr [^>]*descr="{alt}"', document)
            assert not re.search(r"</w:pPr>\s*<w:pPr>", document)

    def test_says_what_is_wrong(self, tmp_path):
        root = write_project(tmp_path, ENGLISH.replace("`a.cases`{.value}.\n:::", "`a.casez`{.value}.\n:::"))
        with pytest.raises(render.RenderError, match=r"unknown key `a\.casez`"):
            quarto.render(root, root / "_site")
