"""Whether a page says the same numbers in HTML, PDF and DOCX, in the same order.

Compared are the figures in digits outside charts.  Not compared is what only one format has: in HTML the way
to the notebook behind a figure, in PDF the labels of lists and the furniture of the page.  The PDF is read
along its structure tree, as a screen reader does: that is the order of the document, wherever a figure floats
to.  Notes come after the text in all three, and their marks are left out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from analysis.publish.masks import INLINE, VOID
from analysis.publish.numerals import FIGURE, folded

SKIPPED = {"script", "style", "svg", "from-notebook", "footnote-ref", "footnote-back"}
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOT_TEXT = {"/Figure", "/Lbl", "/Artifact"}
CHARACTERS = re.compile(r"<(\w+)>\s*<(\w+)>")
RANGES = re.compile(r"<(\w+)>\s*<(\w+)>\s*(?:<(\w+)>|\[([^\]]*)\])")


def numerals_agree(html: Path, pdf: Path, docx: Path) -> list[str]:
    """Where the PDF or the DOCX of a page holds other figures than its HTML; empty where all are the same."""
    expected = _figures(html_texts(html.read_text(encoding="utf-8")))
    others = {pdf: pdf_texts(pdf), docx: docx_texts(docx)}
    return [line for path, texts in others.items() for line in _compare(path.name, expected, _figures(texts))]


def _figures(texts: Iterator[str]) -> list[str]:
    return [figure for text in texts for figure in FIGURE.findall(folded(text))]


def _compare(name: str, expected: list[str], found: list[str]) -> Iterator[str]:
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes() if expected != found else ():
        if kind != "equal":
            near = " ".join(expected[max(0, low - 3) : low]) or "the start"
            yield f"{name}: after {near}, {found[start:end]} stands for {expected[low:high]} in the HTML"


def html_texts(html: str) -> Iterator[str]:
    """The blocks of text of a page's main part."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    yield from reader.blocks


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._open: list[tuple[str, set[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {tag, *(dict(attrs).get("class") or "").split()}
        if tag not in INLINE:
            self.blocks.append("")
        if tag not in VOID:
            self._open.append((tag, names))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self._open) and self._open.pop()[0] != tag:
            pass
        if tag not in INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        names = set().union(*(names for _, names in self._open))
        if "main" in names and not names & SKIPPED:
            self.blocks[-1] += data


def docx_texts(path: Path) -> Iterator[str]:
    """The paragraphs of a Word file, and after them those of its notes."""
    with zipfile.ZipFile(path) as archive:
        for part in ("word/document.xml", "word/footnotes.xml"):
            if part in archive.namelist():
                for paragraph in ET.fromstring(archive.read(part)).iter(f"{WORD}p"):  # noqa: S314 - our own file
                    yield "".join(_word(node) for node in paragraph.iter())


def _word(node: ET.Element) -> str:
    return (
        (node.text or "")
        if node.tag == f"{WORD}t"
        else " "
        if node.tag in {f"{WORD}br", f"{WORD}tab"}
        else ""
    )


def pdf_texts(path: Path) -> Iterator[str]:
    """The texts of a tagged PDF in the order of its structure, and after them those of its notes."""
    from pypdf import PdfReader  # noqa: PLC0415 - a quarter of a second

    reader = PdfReader(path)
    pages = {page.indirect_reference.idnum: marked(page) for page in reader.pages if page.indirect_reference}
    notes: list[Any] = []
    root = reader.root_object["/StructTreeRoot"]
    yield from _walk(root, pages, None, notes)
    for note in notes:
        yield from _walk(note["/K"], pages, note.get("/Pg"), [])


def _walk(node: Any, pages: Mapping[int, Mapping[int, str]], page: Any, notes: list[Any]) -> Iterator[str]:  # noqa: ANN401
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, int):
        yield pages[page.idnum].get(node, "")
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child, pages, page, notes)
    elif node.get("/S") == "/Note":
        notes.append(node)
    elif node.get("/S") not in NOT_TEXT and node.get("/Type") != "/OBJR":
        page = node.raw_get("/Pg") if "/Pg" in node else page
        yield from _walk(node.get("/MCID", node.get("/K", [])), pages, page, notes)


def marked(page: Any) -> dict[int, str]:  # noqa: ANN401 - a page of pypdf
    """The text of each piece of marked content on a page of a PDF."""
    fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}
    texts: dict[int, str] = {}
    open_marks: list[int | None] = []
    letters: Mapping[int, str] = {}
    for operands, operator in page.get_contents().operations:
        if operator in {b"BDC", b"BMC"}:
            properties = operands[1] if len(operands) > 1 else {}
            open_marks.append(properties.get("/MCID") if isinstance(properties, dict) else None)
        elif operator == b"EMC":
            open_marks.pop()
        elif operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in {b"Tj", b"TJ"}:
            mark = next((mark for mark in reversed(open_marks) if mark is not None), -1)
            texts[mark] = texts.get(mark, "") + _decode(operands[0], letters)
    return texts


def _decode(shown: Any, letters: Mapping[int, str]) -> str:  # noqa: ANN401
    strings = [
        part for part in (shown if isinstance(shown, list) else [shown]) if not isinstance(part, (int, float))
    ]
    codes = b"".join(getattr(part, "original_bytes", part) for part in strings)
    return "".join(letters.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))


def _letters(font: Any) -> dict[int, str]:  # noqa: ANN401
    """What a font's codes, of two bytes each, stand for."""
    table = font["/ToUnicode"].get_data().decode("latin-1") if "/ToUnicode" in font else ""
    found: dict[int, str] = {}
    for body in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {int(code, 16): _unicode(text) for code, text in CHARACTERS.findall(body)}
    for body in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, start, listed in RANGES.findall(body):
            codes = range(int(first, 16), int(last, 16) + 1)
            texts = re.findall(r"\w+", listed) or [
                f"{int(start, 16) + n:0{len(start)}x}" for n in range(len(codes))
            ]
            found |= dict(zip(codes, map(_unicode, texts), strict=True))
    return found


def _unicode(code: str) -> str:
    return bytes.fromhex(code).decode("utf-16-be")
