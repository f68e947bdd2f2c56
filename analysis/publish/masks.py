"""A rendered page as blocks of text, what is accounted for in them masked by the role of its element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Self

from analysis.numerals import HAN, folded, numerals
from analysis.publish.known import Known
from analysis.publish.reader import INLINE, VOID, Element, Reader

EXEMPT = "\ue000"
"""What stands in a mask for all that is accounted for."""

WHOLE = frozenset({"script", "style", "template", ":entry"})
"""Elements whose text is not prose: what runs, and the entries of the bibliography."""

RUN = frozenset({"pre", ":output"})
"""Code and its output, on the pages of notebooks."""

FOLDED = frozenset({".evidence"})
"""What a page folds away: it is said of its values, not by it."""

_SPOKEN = (
    "alt aria-label aria-description aria-placeholder aria-roledescription aria-valuenow aria-valuetext"
    " title placeholder summary label value start srcdoc"
)
SPOKEN = tuple(_SPOKEN.split())
_SHARED = ("og:title", "og:description", "twitter:title", "twitter:description")
DESCRIPTIONS = frozenset({"description", "keywords", "subject", "abstract", *_SHARED})
"""Attributes that are shown or read out, and the ``meta`` elements that are."""

LABEL = rf"(?:Figure|Table|Section|图|表)[ \xa0]?\d+(?:\.\d+)*|第[{HAN}]+节(?:\([{HAN}]+\))?"
DATE = r"\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d"
PATTERNS = {
    ".section-number": rf"[\d.]+|\(?[{HAN}]+[、)]",
    ".header-section-number": r"[\d.]+",
    ".caption-label": LABEL,
    ".quarto-float-caption": rf"^\s*(?:{LABEL})",
    ":reference": LABEL,
    ".footnote-ref": r"\d+",
    ".citation": r"(?<=[ (,;])(?:1[89]|20)\d\d[a-z]?(?=[,;)\]]|$)"
    r"|\bpp?\.\s?\d+(?:[-–]\d+)?|\[\d+(?:[,–-]\d+)*\]",
    "time": DATE,
    ".time": DATE,
    ".date": DATE,
}
"""What an element of this tag, class or role may hold, in folded text."""

CHECKED = (".value", ".phrase", ".translation", ".source", ".revision", ".flip", ".grade", ".drawn")
"""Classes of elements whose whole text is held against the ledger or the seeds."""

ROLES = frozenset({*CHECKED, *PATTERNS, "code"})
REFERENCE = re.compile("#(?:fig|tbl|sec)-")
LABELS = {
    ".caption-label": ("fig-", "tbl-"),
    ".quarto-float-caption": ("fig-", "tbl-"),
    ".section-number": ("sec-",),
    ".header-section-number": ("sec-",),
}
"""The roles that number an element, and how the ids of such elements begin."""


def _number(label: str) -> str:
    """A label or number without its signs: Table1, 3.1, 三一."""
    return re.sub(r"[^\w.]|第|节|^Section", "", folded(label)).strip(".")


@dataclass
class Block:
    """A run of text that a reader takes in at once: a paragraph, a cell, an attribute.

    ``mask`` has the length of ``text``; ``keys`` are those whose texts may stand in it without markup;
    ``values`` says where ledger values stand, and of which key; ``wrong`` holds what checked elements say,
    and why they may not.
    """

    text: str = ""
    mask: str = ""
    lines: list[tuple[int, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    values: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)

    def line(self, offset: int) -> int:
        """The line of the file at an offset of the text."""
        start, line = next(piece for piece in reversed(self.lines) if piece[0] <= offset)
        return line + self.text.count("\n", start, offset)


class Page(Reader):
    """Reads a page into ``blocks``; its language is that of the document."""

    def __init__(self, known: Known, *, notebook: bool = False) -> None:
        """``notebook`` pages show code, which is no prose wherever it stands."""
        super().__init__()
        self.known, self.notebook, self.lang = known, notebook, "en"
        self.blocks: list[Block] = []
        self.heading: list[str] = []
        self._block = Block()
        self._whole = WHOLE | RUN if notebook else WHOLE
        self._labels: dict[str, str] = {}
        self._referred: list[tuple[Block, int, str, str]] = []

    def read(self, html: str) -> Self:
        """Read a whole page; only then are the labels known that its references must have."""
        super().read(html)
        for block, offset, text, target in self._referred:
            if self._labels.get(target) != _number(text):
                block.wrong.append((offset, text, f"is not the label of #{target}"))
        return self

    def opened(self, element: Element) -> None:
        """Begin a block where an element is not inline."""
        if element.tag == "html":
            self.lang = "zh" if element.attributes.get("lang", "").startswith("zh") else "en"
        self._note_role(element)
        self._read_out(element)
        if element.tag == "br":
            self.text("\n")
        if element.tag not in VOID | INLINE:
            self._flush()
        element.start = len(self._block.text)

    def _note_role(self, element: Element) -> None:
        """Name what an element is by where it stands or leads to."""
        within = self.around[-1].attributes.get("id", "") if self.around else ""
        if element.tag == "a" and REFERENCE.match(element.attributes.get("href", "")):
            element.names.add(":reference")
        elif ".csl-entry" in element.names and within == "refs":
            element.names.add(":entry")
        elif element.tag == "table" and ".dataframe" in element.names:
            element.names.add(":output")

    def closed(self, element: Element) -> None:
        """Apply the role of an inline element; the end of another ends the block."""
        if element.tag in INLINE:
            self._apply(element)
        else:
            self._flush()

    def text(self, data: str) -> None:
        """Take in text."""
        block = self._block
        block.lines.append((len(block.text), self.line))
        block.text += data
        block.mask += EXEMPT * len(data) if self.within(self._whole) else folded(data)

    def _read_out(self, element: Element) -> None:
        """Make blocks of the attributes that a reader hears; a link may be titled with the file it opens."""
        meta = element.tag == "meta" and {"name", "property"} & set(element.attributes)
        described = {element.attributes.get("name"), element.attributes.get("property")} & DESCRIPTIONS
        names = ("content",) if meta and described else () if meta else SPOKEN
        if (
            not element.attributes.keys() & set(names)
            or self.within(self._whole)
            or element.names & self._whole
        ):
            return
        keys = [element.attributes.get("data-key", "")]
        shown = element.attributes.get("src") or element.attributes.get("id", "").removeprefix("fig-")
        keys += self.known.keys("figures", PurePosixPath(shown).stem)
        file = PurePosixPath(element.attributes.get("href", "")).stem
        for name in names:
            if (text := element.attributes.get(name)) and (name, text) != ("title", file):
                self.blocks.append(Block(text, folded(text), [(0, self.line)], keys))

    def _flush(self) -> None:
        """End the block, each open block element applying its role to it."""
        said = bool(self._block.text.strip())
        held = said and self.within(ROLES)
        for element in self.around:
            element.start = 0
            if held and element.tag not in INLINE:
                self._apply(element)
        if said:
            titled = self.within({"title"})
            self.blocks.append(replace(self._block, keys=self.heading) if titled else self._block)
        self._block = Block()

    def _apply(self, element: Element) -> None:
        """Mask what the element's role accounts for."""
        block, start = self._block, element.start
        if element.names.isdisjoint(ROLES):
            return
        text, mask = block.text[start:], block.mask[start:]
        for role in element.names & set(CHECKED) if element.tag in INLINE else ():
            if why := self.known.complaint(role[1:], element.attributes, text, self.lang):
                block.wrong.append((start, text, why))
            mask = EXEMPT * len(text)
            if role == ".value":
                block.values[start, len(block.text)] = [element.attributes.get("data-key", "")]
            if self.within({"h1"}):
                self.heading.append(element.attributes.get("data-key", ""))
        if element.tag == "code" and self._is_formula(element, text):
            mask = EXEMPT * len(text)
        for pattern in element.names & set(PATTERNS):
            if found := re.search(PATTERNS[pattern], mask):
                self._labelled(element, pattern, start + found.start(), found[0])
            once = int(pattern == ":reference")
            mask = re.sub(PATTERNS[pattern], lambda found: EXEMPT * len(found[0]), mask, count=once)
            if element.tag in INLINE and not any(numerals(mask)):
                mask = EXEMPT * len(mask)
        block.mask = block.mask[:start] + mask

    def _labelled(self, element: Element, role: str, offset: int, label: str) -> None:
        """Take note of a label, or of a reference to one; a part of a Chinese section has its number too."""
        if role == ":reference":
            self._referred.append((self._block, offset, label, element.attributes.get("href", "#")[1:]))
        ids = [each.attributes.get("id", "") for each in self.around]
        ids = [each for each in ids if each.startswith(LABELS.get(role, ()))]
        number = _number(label)
        if ids and role.endswith("section-number"):
            above = "" if number[0].isdigit() else "".join(self._labels.get(each, "") for each in ids[-2:-1])
            ids, number = ids[-1:], above + number
        for each in ids:
            self._labels.setdefault(each, number)

    def _is_formula(self, element: Element, text: str) -> bool:
        """Code on a page for readers is a key or formula of the ledger, or is marked as such."""
        marked = ".formula" in element.names or self.notebook or text in self.known.entries
        return marked or any(entry["formula"] == text for entry in self.known.entries.values())
