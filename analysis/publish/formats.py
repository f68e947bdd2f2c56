"""Whether a page says the same numbers in HTML, PDF, DOCX and PPTX, in the same order.

Compared are figures in digits and single words for numbers, outside charts, whether or not they count
anything: lines and mark-up may break a numeral, but no digit or word of it.  Not compared is what only one
format has: in HTML the way to the notebook behind a figure, in PDF the labels of lists and the furniture of
the page.  The PDF is read along its structure tree, as a screen reader does: that is the order of the
document, wherever a figure floats to.  Notes come after the text in all three, and their marks are left out.
"""

from __future__ import annotations

import ctypes
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from analysis.numerals import CARDINALS, FIGURE, HAN, LARGE, MULTIPLES, ORDINALS, PARTS, SYMBOLS, folded
from analysis.publish.errors import refuse
from analysis.publish.kept import Kept
from analysis.publish.masks import FOLDED
from analysis.publish.reader import INLINE, Element, Reader

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage, PdfTextPage

SKIPPED = {"script", "style", "svg", ".from-notebook", ".footnote-ref", ".footnote-back"} | FOLDED
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_WORDS = "|".join([*CARDINALS, *LARGE, *PARTS, *ORDINALS, *MULTIPLES, "hal"])
NUMBER = re.compile(rf"{FIGURE.pattern}|\b(?:{_WORDS})[a-z]*\b|{SYMBOLS}|[{HAN}半俩仨]", re.IGNORECASE)
HYPHEN = "\n\x02\n"
"""Where a PDF breaks a word at the end of a line."""

NOT_TEXT = {"/Figure", "/Lbl", "/Artifact"}


def refuse_differences(site: Path, root: Path) -> None:
    """Raise BuildError where a page of a site says other numbers in another format, a line each."""
    kept, found = Kept(root), []
    for page in sorted(site.rglob("*.html")):
        name, files = page.relative_to(site), [page.with_suffix(extension) for extension in READERS]
        lines = kept.found(
            f"formats/{name.as_posix()}", None, [page, *files], partial(numerals_agree, page, *files)
        )
        found += [f"{name.parent.as_posix()}/{line}".removeprefix("./") for line in lines]
    refuse(found)


def numerals_agree(html: Path, *files: Path) -> list[str]:
    """Where other files of a page, if it has them, hold other numbers than its HTML."""
    others = {path: READERS[path.suffix] for path in files if path.is_file()}
    expected = numbers(html_texts(html.read_text(encoding="utf-8"))) if others else []
    return [
        line for path, read in others.items() for line in _compare(path.name, expected, numbers(read(path)))
    ]


def numbers(texts: Iterator[str]) -> list[str]:
    """The figures and number words of some texts, in order."""
    said = "\n".join(texts).replace(HYPHEN, "")
    return [found.lower() for found in NUMBER.findall(folded(said))]


def _compare(name: str, expected: list[str], found: list[str]) -> Iterator[str]:
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes() if expected != found else ():
        if kind != "equal":
            near = " ".join(expected[max(0, low - 3) : low]) or "the start"
            yield f"{name}: after {near}, {found[start:end]} stands for {expected[low:high]} in the HTML"


def html_texts(html: str) -> Iterator[str]:
    """The blocks of text of a page's main part."""
    yield from _Text().read(html).blocks


class _Text(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]

    def opened(self, element: Element) -> None:
        if element.tag not in INLINE:
            self.blocks.append("")

    closed = opened

    def text(self, data: str) -> None:
        if self.within({"main"}) and not self.within(SKIPPED):
            self.blocks[-1] += data


def docx_texts(path: Path) -> Iterator[str]:
    """The paragraphs of a Word file, and after them those of its notes."""
    with zipfile.ZipFile(path) as archive:
        for part in ("word/document.xml", "word/footnotes.xml"):
            if part in archive.namelist():
                for paragraph in ET.fromstring(archive.read(part)).iter(f"{WORD}p"):  # noqa: S314 - our own file
                    if not _in_contents(paragraph):
                        yield "".join(_word(node) for node in paragraph.iter())


def pptx_texts(path: Path) -> Iterator[str]:
    """The paragraphs of slides, in their order."""
    with zipfile.ZipFile(path) as archive:
        slides = [found for name in archive.namelist() if (found := SLIDE.fullmatch(name))]
        for slide in sorted(slides, key=lambda found: int(found[1])):
            for paragraph in ET.fromstring(archive.read(slide[0])).iter(f"{DRAWN}p"):  # noqa: S314 - our own file
                yield "".join(text.text or "" for text in paragraph.iter(f"{DRAWN}t"))


def _in_contents(paragraph: ET.Element) -> bool:
    """Whether a paragraph says again what a heading says; HTML and PDF have their contents apart."""
    style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    return style is not None and style.get(f"{WORD}val", "").startswith("TOC")


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
    from pypdfium2 import PdfDocument  # noqa: PLC0415

    reader = PdfReader(path)
    texts = [marked(page) for page in PdfDocument(path)]
    numbers = [page.indirect_reference.idnum for page in reader.pages if page.indirect_reference]
    pages = dict(zip(numbers, texts, strict=True))
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


def marked(page: PdfPage) -> Mapping[int, str]:
    """The text of each piece of marked content on a page of a PDF, which has a piece for each line."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    texts: defaultdict[int, str] = defaultdict(str)
    letters = page.get_textpage()
    for piece in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        texts[pdfium.FPDFPageObj_GetMarkedContentID(piece)] += _letters(piece, letters)
    return texts


def _letters(piece: PdfObject, page: PdfTextPage) -> str:
    """The letters of a text object: pdfium tells their bytes, then fills them in as UTF-16."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    size = pdfium.FPDFTextObj_GetText(piece, page, None, 0)
    letters = (ctypes.c_ushort * (size // 2))()
    pdfium.FPDFTextObj_GetText(piece, page, letters, size)
    return bytes(letters).decode("utf-16-le").rstrip("\0")


READERS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    ".pdf": pdf_texts,
    ".docx": docx_texts,
    ".pptx": pptx_texts,
}
"""What reads the files of a page other than its HTML."""
