"""Whether two built sites say the same, such as those of Quarto and of the embedded renderer.

Each page is read to blocks in their order: headings with their level, paragraphs, items, captions, cells,
notes, code, each with its words and, within them, where links lead, which keys, claims and grades stand
there and which picture.  Two pages are the same if their blocks are; of a block that differs the first
difference is told.  What only one back-end puts around a page is left out by name, with the reason, in
``FURNITURE``; how a text is spaced and set is no content.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from analysis.findings import UnusableError
from analysis.publish.formats import HYPHEN, READERS
from analysis.publish.reader import INLINE, Element, Reader

FURNITURE: Mapping[str, str] = {
    "style": "looks, not content",
    "script": "what runs; the data of a movable figure are read",
}
"""What one back-end alone has within the main part, by element or class, and why it is no content."""
_FURNITURE = frozenset(FURNITURE)

DATA = ":data"
"""A reader's own name for a script that holds what a movable figure is computed from."""

PLACES = re.compile(r"text|(?:fig|tbl)-[\w-]+-caption-[\da-f-]+")
"""The ids of the main part, and of captions, which each back-end names in its own way."""

KINDS = {
    **{f"h{level}": f"heading of level {level}" for level in range(1, 7)},
    "p": "paragraph",
    "li": "item",
    "figcaption": "caption",
    "caption": "caption",
    "dt": "term",
    "dd": "definition",
    "pre": "code",
    "summary": "summary",
    ".callout-title": "title of a callout",
    DATA: "data of a figure",
}
"""What a block of text is, by the innermost element that says so."""

CALLOUTS = frozenset(f".callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution"))
NOTE = re.compile(r"fn(\d+)")
SET = "set text"
"""What a block of a PDF is, where nothing says more."""

PDF = re.compile(r"(?<=[。；：])|(?<=[.;:])\s")
"""Where a text without paragraphs, as a PDF gives it line by line, is parted."""

NEAR = 40
"""How many letters before and after a difference are shown."""


@dataclass(frozen=True)
class Block:
    """A run of text, what it is, where it stands, and what stands in it."""

    kind: str
    text: str
    inner: tuple[str, ...] = ()
    section: str = ""

    @property
    def content(self) -> tuple[str, str, tuple[str, ...]]:
        """What two sites have to share; where lines were broken, and so any space, is no content."""
        return self.kind, "".join(self.text.split()) if self.kind == SET else self.text, self.inner


@dataclass(frozen=True)
class Difference:
    """What one site has at a place of a page and what the other has there; nothing where it lacks it."""

    page: str
    place: str
    here: str
    there: str

    def __str__(self) -> str:
        """One line."""
        if self.here and self.there:
            return f"{self.page}, {self.place}: '{self.here}' here, '{self.there}' there"
        place, lacking = (f", {self.place}" if self.place else ""), "there" if self.here else "here"
        return f"{self.page}{place}: '{self.here or self.there}' is missing {lacking}"


def differences(site: Path, other: Path) -> list[Difference]:
    """Where two built sites differ, page by page, in the web pages and the files made of them.

    Raises:
        UnusableError: One of them is no built site.
    """
    held = [pages(folder) for folder in (site, other)]
    found: list[Difference] = []
    for name in sorted({*held[0], *held[1]}):
        if name in held[0] and name in held[1]:
            found += _apart(name, *(blocks(of[name], name) for of in held))
        else:
            found.append(Difference(name, "", *("the file" if name in of else "" for of in held)))
    return found


def pages(site: Path) -> Mapping[str, Path]:
    """The pages of a site and the files made of them, by their path within it."""
    if not (site / "index.html").is_file():
        raise UnusableError(str(site), "there is no built site here, no index.html")
    paths = (path for ending in (".html", *READERS) for path in site.rglob(f"*{ending}"))
    return {path.relative_to(site).as_posix(): path for path in paths}


def blocks(path: Path, name: str) -> Sequence[Block]:
    """The blocks of a page or of a file made of it; ``name`` is its path within the site."""
    if path.suffix == ".html":
        content = _Content(name).read(path.read_text(encoding="utf-8"))
        return [*content.blocks, *(Block("place to link to", place) for place in sorted(content.places))]
    texts = READERS[path.suffix](path)
    if path.suffix == ".pdf":
        texts = iter(PDF.split("\n".join(texts).replace(HYPHEN, "")))
    kind = SET if path.suffix == ".pdf" else "text"
    return [Block(kind, " ".join(text.split())) for text in texts if text.strip()]


def _apart(page: str, here: Sequence[Block], there: Sequence[Block]) -> Iterator[Difference]:
    """The places where two pages differ, each block held against the one in its place."""
    ours, theirs = ([block.content for block in of] for of in (here, there))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes() if ours != theirs else ():
        if kind != "equal":
            for pair in zip_longest(here[low:high], there[start:end]):
                yield _difference(page, *pair)


def _difference(page: str, here: Block | None, there: Block | None) -> Difference:
    """What differs between two blocks: their kind, their text, or the first thing that stands in them."""
    block = here or there
    assert block is not None  # noqa: S101 - one of two lists is never shorter than both
    place = f"section {block.section}, {block.kind}" if block.section else block.kind
    if here is None or there is None:
        return Difference(
            page, place, *(each.text or each.inner[0] if each else "" for each in (here, there))
        )
    if here.kind != there.kind:
        return Difference(page, place, *(f"{each.kind}: {each.text[:NEAR]}" for each in (here, there)))
    if here.text != there.text:
        return Difference(page, place, *_near(here.text, there.text))
    inner = zip_longest(here.inner, there.inner, fillvalue="nothing")
    return Difference(page, place, *next(pair for pair in inner if pair[0] != pair[1]))


def _near(here: str, there: str) -> tuple[str, str]:
    """Two texts around the first place where they differ."""
    same = len(posixpath.commonprefix([here, there]))
    start = max(here.rfind(" ", 0, max(same - NEAR, 0)) + 1, same - 2 * NEAR, 0)
    return here[start : same + NEAR], there[start : same + NEAR]


class _Content(Reader):
    """Reads the main part of a page to blocks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.blocks, self.places = page, list[Block](), set[str]()
        self._text, self._inner = "", list[tuple[int, str]]()
        self._cells: list[list[int]] = []

    def opened(self, element: Element) -> None:
        """Begin a block where an element is not inline."""
        if element.tag == "html":
            self.blocks.append(Block("language", element.attributes.get("lang", "")))
        if element.attributes.get("type") == "application/json":
            element.names -= {"script"}
            element.names.add(DATA)
        if element.tag not in INLINE:
            self._flush()
        self._count(element)
        if self._shown():
            self._take_in(element)

    def _take_in(self, element: Element) -> None:
        """Note where an element begins, and what it says by its attributes alone."""
        attributes, element.start = element.attributes, len(self._text)
        if (place := attributes.get("id", "")) and not PLACES.fullmatch(place):
            self.places.add(place)
        if element.tag == "section" and "aria-label" in attributes:
            self.blocks.append(Block("text", attributes["aria-label"]))
        for kind in element.names & CALLOUTS:
            self.blocks.append(Block("callout", kind.removeprefix(".callout-")))
        if element.tag in {"ol", "ul"}:
            parts = (
                "numbered" if element.tag == "ol" else "bulleted",
                *map(attributes.get, ("start", "type")),
            )
            self.blocks.append(Block("list", " ".join(filter(None, parts))))
        if element.tag == "img":
            name = self._target(attributes.get("src", ""))
            self._inner.append((element.start, f"picture {name}: {attributes.get('alt', '')}"))

    def closed(self, element: Element) -> None:
        """Note what an inline element was; the end of another ends the block."""
        if element.tag in INLINE and self._shown():
            said = " ".join(self._text[element.start :].split())
            self._inner += [(element.start, each) for each in self._marks(element, said)]
        elif element.tag not in INLINE:
            self._flush()
        if element.tag == "table":
            self._cells.pop()

    def text(self, data: str) -> None:
        """Take in text."""
        if self._shown():
            self._text += data

    def _shown(self) -> bool:
        return self.within({"main"}) and not self.within(_FURNITURE)

    def _count(self, element: Element) -> None:
        """Keep the row and the column of the innermost table."""
        if element.tag == "table":
            self._cells.append([0, 0])
        elif element.tag == "tr" and self._cells:
            self._cells[-1] = [self._cells[-1][0] + 1, 0]
        elif element.tag in {"td", "th"} and self._cells:
            self._cells[-1][1] += 1

    def _marks(self, element: Element, said: str) -> Iterator[str]:
        """What an inline element is beside its words: where it leads, which key, claim or grade."""
        attributes = element.attributes
        if "href" in attributes and said:
            yield f"link {said} to {self._target(attributes['href'])}"
        for kind in ("key", "status", "claim", "grade"):
            if f"data-{kind}" in attributes:
                yield f"{kind} {attributes[f'data-{kind}']}: {said}"
        if "lang" in attributes:
            yield f"language {attributes['lang']}: {said}"
        if element.tag in {"sup", "sub", "math", "em", "strong"}:
            yield f"{element.tag}: {said}"

    def _target(self, href: str) -> str:
        """Where a link leads: out of the site as it is, within it from the site's root."""
        if re.match(r"[a-z]+:", href):
            return href
        path, mark, place = href.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.page), path)) if path else self.page
        return path + mark + place

    def _flush(self) -> None:
        """End the block."""
        text = " ".join(self._text.split())
        if text or self._inner:
            inner = tuple(said for _, said in sorted(self._inner, key=lambda each: each[0]))
            self.blocks.append(Block(self._kind() if text else "picture", text, inner, self._section()))
        self._text, self._inner = "", []

    def _kind(self) -> str:
        """What a block is: the cell or the note that it is in, or what the innermost element says."""
        for element in reversed(self.around):
            if element.tag in {"td", "th"} and self._cells:
                row, cell = self._cells[-1]
                return f"row {row}, {'head' if element.tag == 'th' else 'cell'} {cell}"
            if note := NOTE.fullmatch(element.attributes.get("id", "")):
                return f"note {note[1]}"
        kinds = (KINDS[name] for each in reversed(self.around) for name in each.names if name in KINDS)
        return next(kinds, "text")

    def _section(self) -> str:
        """The id of the innermost section, above the first of them nothing."""
        ids = (each.attributes.get("id", "") for each in reversed(self.around) if each.tag == "section")
        return next(filter(None, ids), "")
