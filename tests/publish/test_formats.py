"""Words for numbers in the four formats; figures in digits are in ``test_parity.py``."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import typst

from analysis.publish import fonts, formats

SAID = "They moved seventeen items in thirty-three months, two *thirds* of them by 三十个工作日."
TYPST = """#set page(width: {width}pt, margin: 5pt)
#set par(justify: true)
#set text(lang: "en", font: "{font}")
#set document(title: "T")
"""
DOCX = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:document>'
PPTX = '<p:sld xmlns:p="p" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{}</p:sld>'
WORDS = ["seventeen", "thirty", "three", "two", "thirds", "三", "十"]


@pytest.fixture(scope="module")
def letters(tmp_path_factory) -> Path:
    return fonts.copy_to(tmp_path_factory.mktemp("fonts"))


def written(folder: Path, letters: Path, text: str = SAID, width: int = 300) -> list[Path]:
    """A sentence as HTML, PDF and DOCX; ``width`` is that of the page of the PDF."""
    paths = [folder / f"index.{extension}" for extension in ("html", "pdf", "docx")]
    first, strong, last = text.split("*")
    paths[0].write_text(f"<main><p>{first}<em>{strong}</em>{last}</p></main>", encoding="utf-8")
    source = folder / "index.typ"
    source.write_text(TYPST.format(width=width, font=fonts.CHINESE_SANS) + text, encoding="utf-8")
    paths[1].write_bytes(typst.compile(source, font_paths=[letters]))
    runs = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in (first, strong, last))
    with zipfile.ZipFile(paths[2], "w") as archive:
        archive.writestr("word/document.xml", DOCX.format(f"<w:p>{runs}</w:p>"))
    return paths


class TestWords:
    @pytest.mark.parametrize("width", [300, 60])
    def test_they_agree_wherever_lines_break(self, tmp_path, letters, width):
        html, pdf, docx = written(tmp_path, letters, width=width)
        assert formats.numerals_agree(html, pdf, docx) == []

    def test_a_word_broken_at_the_end_of_a_line_is_one(self, tmp_path, letters):
        text = (
            "Three representatives, seventeen *thousand* and seventeen hundred representatives and seventeen."
        )
        _, pdf, _ = written(tmp_path, letters, text, 62)
        assert "and sev" in list(formats.pdf_texts(pdf))
        expected = ["three", "seventeen", "thousand", "seventeen", "hundred", "seventeen"]
        assert formats.numbers(formats.pdf_texts(pdf)) == expected

    def test_signs_are_compared(self):
        assert formats.numbers(iter(["½ of ① and 3²", "一半"])) == ["½", "①", "3", "²", "一", "半"]

    def test_what_is_compared(self, tmp_path, letters):
        html, pdf, docx = written(tmp_path, letters)
        texts = (
            formats.html_texts(html.read_text("utf-8")),
            formats.pdf_texts(pdf),
            formats.docx_texts(docx),
        )
        assert [formats.numbers(each) for each in texts] == [WORDS] * 3

    @pytest.mark.parametrize(
        ("old", "new"), [("seventeen", "sixteen"), ("thirds", "fifths"), ("三十", "二十"), ("two", "ten")]
    )
    def test_another_word_in_the_page(self, tmp_path, letters, old, new):
        html, pdf, docx = written(tmp_path, letters)
        html.write_text(html.read_text("utf-8").replace(old, new), encoding="utf-8")
        found = formats.numerals_agree(html, pdf, docx)
        stands = f"[{old.removesuffix('十')!r}] stands for [{new.removesuffix('十')!r}] in the HTML"
        assert [line.split(", ", 1)[1] for line in found] == [stands, stands]


class TestWord:
    def test_contents_and_instructions_of_fields_are_no_text_of_their_own(self, tmp_path):
        entry = '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>7 heads</w:t></w:r></w:p>'
        field = "<w:p><w:r><w:instrText>SEQ Figure 9</w:instrText></w:r><w:r><w:t>Figure 8</w:t></w:r></w:p>"
        path = tmp_path / "index.docx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", DOCX.format(entry + field))
        assert list(formats.docx_texts(path)) == ["Figure 8"]


class TestSlides:
    def test_are_read_in_their_order(self, tmp_path):
        path, page = tmp_path / "slides.pptx", tmp_path / "slides.html"
        with zipfile.ZipFile(path, "w") as archive:
            for number in (10, 2, 1):
                text = f"<a:p><a:r><a:t>Slide </a:t></a:r><a:r><a:t>{number}</a:t></a:r></a:p>"
                archive.writestr(f"ppt/slides/slide{number}.xml", PPTX.format(text))
        assert list(formats.pptx_texts(path)) == ["Slide 1", "Slide 2", "Slide 10"]
        page.write_text("<main><p>1, 2, 10</p></main>", encoding="utf-8")
        assert formats.numerals_agree(page, path) == []
        page.write_text("<main><p>1, 3, 10</p></main>", encoding="utf-8")
        assert formats.numerals_agree(page, path) == [
            "slides.pptx: after 1, ['2'] stands for ['3'] in the HTML"
        ]
