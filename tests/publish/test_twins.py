"""What the check of both back-ends notices: each kind of difference is planted into a page, once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from analysis.findings import UnusableError
from analysis.publish import twins

PAGE = """
<h1>The brief</h1>
<section id="sec-tiers"><h2><span class="section-number">1</span> Two tiers</h2>
<p>The cut is <a href="evidence/meizhou.html#cut" id="v-cut-1" class="value" data-key="cut"
data-status="reported">77.54%</a> by <em>one</em> account.<a href="#fn1" id="fnref1"><sup>1</sup></a></p>
<p><span class="claim" data-claim="gap">The gap is open.</span>
<span class="grade" data-grade="effect">very low</span></p>
<ol start="1" type="1"><li>Ask for <a href="https://example.org/list">the list</a>.</li></ol>
<div class="callout callout-note" role="note"><div class="callout-title">Note</div><p>Said <span
lang="zh-Hans">减少</span>.</p></div>
<figure id="fig-a"><img src="figures/a.svg" alt="Two bars"><figcaption>Figure 1: Cases</figcaption></figure>
<table id="tbl-a"><caption>Table 1: Tiers</caption><tr><th>Tier</th><th>Cases</th></tr>
<tr><td>upper</td><td>1,458</td></tr></table>
<script type="application/json">{"low": 108}</script>
<pre><code>cases / months</code></pre>
</section>
<aside><ol><li id="fn1"><p>As printed.</p></li></ol></aside>
"""
PLACE = "index.html, section sec-tiers, "

PLANTED = {
    "a heading's level": (
        "h2",
        "h3",
        "heading of level 2: 1 Two tiers' here, 'heading of level 3: 1 Two tiers'",
    ),
    "a heading's number": (
        'number">1<',
        'number">2<',
        "heading of level 2: '1 Two tiers' here, '2 Two tiers'",
    ),
    "a paragraph's word": ("The cut", "A cut", "paragraph: 'The cut is 77.54%"),
    "a number": ("77.54%", "77.45%", "'The cut is 77.54% by one account.1' here, 'The cut is 77.45% by one"),
    "where a number leads": (
        "meizhou.html#cut",
        "meizhou.html#gap",
        "'link 77.54% to evidence/meizhou.html#cut' here, 'link 77.54% to evidence/meizhou.html#gap' there",
    ),
    "a value's key": ('data-key="cut"', 'data-key="gap"', "'key cut: 77.54%' here, 'key gap: 77.54%' there"),
    "a value's status": ('"reported"', '"derived"', "'status reported: 77.54%' here, 'status derived: 77"),
    "emphasis": ("<em>one</em>", "one", "'em: one' here, "),
    "a mark of a note": ("<sup>1", "<sup>2", "account.1' here, 'The cut is 77.54% by one account.2' there"),
    "where a mark leads": ('"#fn1"', '"#fn2"', "'link 1 to index.html#fn1' here, 'link 1 to index.html#fn2'"),
    "a claim": (
        '"gap"',
        '"order"',
        "'claim gap: The gap is open.' here, 'claim order: The gap is open.' there",
    ),
    "a grade": ('"effect"', '"use"', "'grade effect: very low' here, 'grade use: very low' there"),
    "a kind of list": ("ol start", "ul start", "list: 'numbered 1 1' here, 'bulleted 1 1' there"),
    "where a list starts": ('start="1"', 'start="2"', "list: 'numbered 1 1' here, 'numbered 2 1' there"),
    "an item": ("Ask for", "Look for", "item: 'Ask for the list.' here, 'Look for the list.' there"),
    "a link's target": ("org/list", "org/row", "'link the list to https://example.org/list' here, "),
    "a link's text": (">the list<", ">a list<", "item: 'Ask for the list.' here, 'Ask for a list.' there"),
    "a kind of callout": ("callout-note", "callout-tip", "callout: 'note' here, 'tip' there"),
    "a callout's title": (">Note<", ">Hint<", "title of a callout: 'Note' here, 'Hint' there"),
    "a language": ("zh-Hans", "ja", "'language zh-Hans: 减少' here, 'language ja: 减少' there"),
    "a picture": ("a.svg", "b.svg", "'picture figures/a.svg: Two bars' here, 'picture figures/b.svg: Two"),
    "a picture's description": ("Two bars", "Bars", "a.svg: Two bars' here, 'picture figures/a.svg: Bars'"),
    "a caption's number": (
        "Figure 1",
        "Figure 2",
        "caption: 'Figure 1: Cases' here, 'Figure 2: Cases' there",
    ),
    "a caption's word": ("Tiers</cap", "Both</cap", "caption: 'Table 1: Tiers' here, 'Table 1: Both' there"),
    "a cell": ("<td>1,458", "<td>1,485", "row 2, cell 2: '1,458' here, '1,485' there"),
    "a head of a column": ("Cases</th>", "Items</th>", "row 1, head 2: 'Cases' here, 'Items' there"),
    "a head that is none": (
        "<th>Tier</th>",
        "<td>Tier</td>",
        "'row 1, head 1: Tier' here, 'row 1, cell 1: Tier'",
    ),
    "the data of a figure": ("108", "109", "data of a figure: '{\"low\": 108}' here, '{\"low\": 109}' there"),
    "code": ("cases / ", "cases * ", "code: 'cases / months' here, 'cases * months' there"),
    "a note": ("As printed", "As told", "note 1: 'As printed.' here, 'As told.' there"),
    "a note's number": ('id="fn1"', 'id="fn2"', "'note 1: As printed.' here, 'note 2: As printed.' there"),
    "a place to link to": ('id="v-cut-1"', "", "place to link to: 'v-cut-1' is missing there"),
    "something left out": ("<p>As printed.</p>", "", "note 1: 'As printed.' is missing there"),
    "something more": ("</h1>", "</h1><p>New.</p>", "index.html, paragraph: 'New.' is missing here"),
}

ADDED = {
    "what runs": "<script>run(1)</script>",
    "what looks": "<style>p { margin: 1px }</style>",
}


@pytest.fixture
def site(tmp_path):
    """Write a site of one page, or of more, by the name of the site."""

    def site(name: str, body: str = PAGE, page: str = "index.html", around: str = "") -> Path:
        path = tmp_path / name / page
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f'<html lang="en"><body>{around}<main>{body}</main></body></html>'
        path.write_text(text, encoding="utf-8")
        return tmp_path / name

    return site


def told(here: Path, there: Path) -> list[str]:
    return [str(difference) for difference in twins.differences(here, there)]


class TestPages:
    def test_that_say_the_same(self, site):
        assert told(site("a"), site("b")) == []

    @pytest.mark.parametrize(("old", "new", "line"), PLANTED.values(), ids=PLANTED)
    def test_that_differ(self, site, old, new, line):
        assert old in PAGE
        assert any(line in each for each in told(site("a"), site("b", PAGE.replace(old, new))))

    def test_each_place_is_told_on_its_line(self, site):
        other = PAGE.replace("77.54%", "77.45%").replace("1,458", "1,485")
        cut = "'The cut is 77.45% by one account.1'"
        assert told(site("a"), site("b", other)) == [
            f"{PLACE}paragraph: 'The cut is 77.54% by one account.1' here, {cut} there",
            f"{PLACE}row 2, cell 2: '1,458' here, '1,485' there",
        ]

    def test_a_block_in_another_place(self, site):
        moved = PAGE.replace("<h1>The brief</h1>", "") + "<h1>The brief</h1>"
        assert told(site("a"), site("b", moved)) == [
            "index.html, heading of level 1: 'The brief' is missing there",
            "index.html, heading of level 1: 'The brief' is missing here",
        ]

    def test_a_language_of_the_page(self, site):
        here, there = site("a"), site("b")
        page = there / "index.html"
        page.write_text(page.read_text("utf-8").replace('lang="en"', 'lang="de"'), "utf-8")
        assert told(here, there) == ["index.html, language: 'en' here, 'de' there"]

    def test_a_long_text_is_shown_around_the_difference(self, site):
        before, after = "word " * 100, " end" * 100
        (line,) = told(*(site(name, f"<p>{before}{name}{after}</p>") for name in ("a", "b")))
        assert "word a end" in line
        assert len(line) < 250


class TestPlaces:
    def test_links_are_told_from_the_root_of_the_site(self, site):
        links = [f'<p><a href="{href}">it</a></p>' for href in ("../index.html", "./../zh/../index.html")]
        for name, link in zip("ab", links, strict=True):
            site(name)
            site(name, link, "zh/index.html")
        assert told(site("a"), site("b")) == []

    def test_a_link_to_another_page_of_the_same_name(self, site):
        for name, href in (("a", "../index.html"), ("b", "index.html")):
            site(name, f'<p><a href="{href}">it</a></p>', "zh/index.html")
        assert told(site("a"), site("b")) == [
            "zh/index.html, paragraph: 'link it to index.html' here, 'link it to zh/index.html' there"
        ]


class TestFurniture:
    @pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
    def test_is_left_out(self, site, added):
        assert told(site("a"), site("b", PAGE.replace("</h1>", f"</h1>{added}"))) == []

    def test_has_its_reason(self):
        assert all(reason.strip() for reason in twins.FURNITURE.values())
        assert len(ADDED) == len(twins.FURNITURE)

    def test_what_is_around_the_main_part_is_left_out(self, site):
        assert told(site("a"), site("b", around="<nav>Back to top 1</nav>")) == []

    def test_captions_of_either_back_end(self, site):
        other = "<figcaption id='fig-a-caption-0ce-4598'>Figure\u00a01:\n Cases</figcaption>"
        changed = PAGE.replace("<figcaption>Figure 1: Cases</figcaption>", other)
        assert told(site("a"), site("b", changed)) == []


class TestSites:
    def test_a_missing_page(self, site):
        site("a", PAGE, "zh/index.html")
        assert told(site("a"), site("b")) == ["zh/index.html: 'the file' is missing there"]
        assert told(site("b"), site("a")) == ["zh/index.html: 'the file' is missing here"]

    def test_that_are_none(self, site, tmp_path):
        with pytest.raises(UnusableError, match=r"nowhere: there is no built site here, no index\.html"):
            twins.differences(site("a"), tmp_path / "nowhere")


NAMES = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_file(path: Path, *paragraphs: str) -> None:
    said = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{NAMES}">{said}</w:document>')


class TestFiles:
    def test_word_paragraph_by_paragraph(self, site):
        here, there = site("a"), site("b")
        word_file(here / "index.docx", "Table 1: Tiers", "Text.", "Last.")
        word_file(there / "index.docx", "Table 2: Tiers", "Text.")
        assert told(here, there) == [
            "index.docx, text: 'Table 1: Tiers' here, 'Table 2: Tiers' there",
            "index.docx, text: 'Last.' is missing there",
        ]

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (["The cut", "is 77.54%. It", "is open."], []),
            (
                ["The cut is", "77.45%.", "It is open."],
                ["'The cut is 77.54%.' here, 'The cut is 77.45%.' there"],
            ),
            (["The cut is 77.54%."], ["'It is open.' is missing there"]),
        ],
        ids=["lines broken elsewhere", "a number", "a sentence left out"],
    )
    def test_pdf_sentence_by_sentence(self, site, monkeypatch, lines, expected):
        here, there = site("a"), site("b")
        texts = {here: ["The cut is 77.54%.", "It is open."], there: lines}
        for folder in texts:
            (folder / "index.pdf").touch()
        monkeypatch.setitem(twins.READERS, ".pdf", lambda path: iter(texts[path.parent]))
        assert told(here, there) == [f"index.pdf, set text: {line}" for line in expected]
