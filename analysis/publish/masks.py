"""A rendered page as blocks of text, what is accounted for in them masked by the role of its element."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.numerals import HAN, folded, numerals, values
from analysis.publish.reader import INLINE, VOID, Element, Reader

VALUE, EXEMPT = "\ue000", "\ue001"
"""What stands in a mask for a ledger value, and for all else that is accounted for."""

_WHOLE = "pre svg math script style template csl-entry from-notebook dataframe"
WHOLE = frozenset(_WHOLE.split())
"""Elements and classes whose text is not prose: code and output, axes, the bibliography, names of files."""

FOLDED = frozenset({"evidence"})
"""What a page folds away: it is said of its values, not by it."""

SPOKEN = ("alt", "aria-label", "aria-description", "title", "placeholder", "summary")
DESCRIPTIONS = ("description", "og:title", "og:description", "twitter:title", "twitter:description")
"""Attributes that are shown or read out, and the ``meta`` elements that are."""

LABEL = rf"(?:Figure|Table|Section|图|表)[ \xa0]?\d+(?:\.\d+)*|第[{HAN}]+节(?:\([{HAN}]+\))?"
DATE = r"\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d"
PATTERNS = {
    "section-number": rf"[\d.]+|\(?[{HAN}]+[、)]",
    "header-section-number": r"[\d.]+",
    "caption-label": LABEL,
    "caption": rf"^\s*(?:{LABEL})",
    "figcaption": rf"^\s*(?:{LABEL})",
    "reference": LABEL,
    "footnote-ref": r"\d+",
    "citation": r"\b(?:1[89]|20)\d\d[a-z]?\b|\bpp?\.\s?\d+(?:[-–]\d+)?|\[\d+(?:[,–-]\d+)*\]",
    "time": DATE,
    "date": DATE,
}
"""What an element of this class or name may hold, in folded text."""

CHECKED = ("value", "phrase", "translation", "source", "revision")
"""Classes of elements whose whole text is held against the ledger or the seeds."""

ROLES = frozenset({*CHECKED, *PATTERNS, "code"})
REFERENCE = re.compile("#(?:fig|tbl|sec)-")
QUOTES = str.maketrans("“”‘’\xa0", "\"\"'' ")
Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What accounts for the numerals on the pages of a case."""

    entries: Mapping[str, Any]
    published: Mapping[str, Mapping[str, Any]]
    phrases: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, Mapping[str, Any]]
    registers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, root: Path, case: str) -> Known:
        """Read the ledger and the publications of a built case, and its seeds."""
        work, seeds = root / ".brief" / case, root / "seeds" / case
        entries, published = (
            json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("ledger", "published")
        )
        phrases = {row["id"]: row for name in ("facts", "measures") for row in rows(seeds / f"{name}.csv")}
        about = tomllib.loads((seeds / "case.toml").read_text(encoding="utf-8"))
        sources = {each["id"]: each for each in about["source"]}
        listed = (seeds / f"{name}.csv" for name in ("corrections", "revisions"))
        cells = (cell for path in listed if path.is_file() for row in rows(path) for cell in row.values())
        registers = frozenset(_plain(" ".join(cell.split())) for cell in cells)
        return cls(entries["entries"], published, phrases, sources, registers)

    def texts(self, keys: Iterable[str], lang: str) -> set[str]:
        """All forms of some keys in a language."""
        return {
            text
            for key in keys
            for text in self.entries.get(key, {"text": {lang: {}}})["text"][lang].values()
        }

    def keys(self, kind: str, name: str) -> list[str]:
        """The keys of a published figure or table."""
        return list(self.published[kind].get(name, {}).get("keys", ()))

    def complaint(self, role: str, attributes: Attributes, text: str, lang: str) -> str:
        """Why a checked element may not say ``text``; empty where it may."""
        if role == "value":
            key = attributes.get("data-key", "")
            return (
                "" if text in self.texts([key], lang) else f"is not how the ledger writes {key or 'any key'}"
            )
        if role == "source":
            source = self.sources.get(attributes.get("data-source", ""), {"date": "0-0-0"})
            dated = Counter(Fraction(part) for part in source["date"].split("-"))
            recorded = {_plain(field) for field in source.values() if isinstance(field, str)}
            return (
                "" if _plain(text) in recorded or values(text) == dated else "is not recorded of the source"
            )
        if role == "revision":
            known = _plain(" ".join(text.split())) in self.registers
            return "" if known else "is not in a register of the case"
        name = attributes.get("data-fact", "")
        phrase = self.phrases.get(name, {}).get("exact" if role == "phrase" else role, "")
        same = phrase and _plain(text) == _plain(phrase)
        return "" if same else f"is not the {role} of {name or 'any fact'}"


def _plain(text: str) -> str:
    """``text`` as it was before Pandoc set its quotation marks."""
    return text.translate(QUOTES)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a seed file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Block:
    """A run of text that a reader takes in at once: a paragraph, a cell, an attribute.

    ``mask`` has the length of ``text``; ``keys`` are those whose texts may stand in it without markup;
    ``wrong`` holds what checked elements say, and why they may not.
    """

    text: str = ""
    mask: str = ""
    lines: list[tuple[int, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
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

    def opened(self, element: Element) -> None:
        """Begin a block where an element is not inline."""
        if element.tag == "html":
            self.lang = "zh" if element.attributes.get("lang", "").startswith("zh") else "en"
        if element.tag == "a" and REFERENCE.match(element.attributes.get("href", "")):
            element.names.add("reference")
        self._read_out(element)
        if element.tag == "br":
            self.handle_data("\n")
        if element.tag not in VOID | INLINE:
            self._flush()
        element.start = len(self._block.text)

    def closed(self, element: Element) -> None:
        """Apply the role of an inline element; the end of another ends the block."""
        if element.tag in INLINE:
            self._apply(element)
        else:
            self._flush()

    def handle_data(self, data: str) -> None:
        """Take in text."""
        block = self._block
        block.lines.append((len(block.text), self.getpos()[0]))
        block.text += data
        block.mask += EXEMPT * len(data) if self.within(WHOLE) else folded(data)

    def _read_out(self, element: Element) -> None:
        """Make blocks of the attributes that a reader hears; there is no markup in them."""
        meta = element.tag == "meta" and {"name", "property"} & set(element.attributes)
        described = {element.attributes.get("name"), element.attributes.get("property")} & set(DESCRIPTIONS)
        names = ("content",) if meta and described else () if meta else SPOKEN
        if not element.attributes.keys() & set(names) or self.within(WHOLE) or element.names & WHOLE:
            return
        keys = [element.attributes.get("data-key", "")]
        shown = element.attributes.get("src") or element.attributes.get("id", "").removeprefix("fig-")
        keys += self.known.keys("figures", PurePosixPath(shown).stem)
        for name in names:
            if text := element.attributes.get(name):
                self.blocks.append(Block(text, folded(text), [(0, self.getpos()[0])], keys))

    def _flush(self) -> None:
        """End the block, each open block element applying its role to it."""
        said = bool(self._block.text.strip())
        for element in self.around:
            element.start = 0
            if said and element.tag not in INLINE:
                self._apply(element)
        if said:
            titled = self.within({"title"})
            self.blocks.append(replace(self._block, keys=self.heading) if titled else self._block)
        self._block = Block()

    def _apply(self, element: Element) -> None:
        """Mask what the element's role accounts for."""
        block, start = self._block, element.start
        if not element.names & ROLES:
            return
        text, mask = block.text[start:], block.mask[start:]
        for role in element.names & set(CHECKED) if element.tag in INLINE else ():
            if why := self.known.complaint(role, element.attributes, text, self.lang):
                block.wrong.append((start, text, why))
            mask = (VALUE if role == "value" else EXEMPT) * len(text)
            if self.within({"h1"}):
                self.heading.append(element.attributes.get("data-key", ""))
        if element.tag == "code" and self._is_formula(element, text):
            mask = EXEMPT * len(text)
        for pattern in element.names & set(PATTERNS):
            mask = re.sub(PATTERNS[pattern], lambda found: EXEMPT * len(found[0]), mask)
            if element.tag in INLINE and not any(numerals(mask)):
                mask = EXEMPT * len(mask)
        block.mask = block.mask[:start] + mask

    def _is_formula(self, element: Element, text: str) -> bool:
        """Code on a page for readers is a key or formula of the ledger, or is marked as what it is."""
        marked = len(element.names) > 1 or self.notebook or text in self.known.entries
        return marked or any(entry["formula"] == text for entry in self.known.entries.values())
