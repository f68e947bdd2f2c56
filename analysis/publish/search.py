"""What the search of the site looks through: the sections of its pages, read from the pages themselves.

It is a classic script of each edition, which a page opened from a disk may load as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from analysis.publish import GENERATED
from analysis.publish.kept import Kept
from analysis.publish.reader import INLINE, Element, Reader

INDEX = "assets/search-{}.js"
"""Where the index of an edition is, in the site."""

UNREAD = frozenset({"script", "style", ".section-number", ".evidence", ".used"})
"""What is no text of a section: numbers of headings, and lists of what is said elsewhere."""


HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


class Page(Protocol):
    """A page of the site, in one edition."""

    @property
    def language(self) -> str:
        """The edition."""

    def output(self, extension: str) -> PurePosixPath:
        """Where a format of the page is."""


@dataclass
class Section:
    """A section of a page, which may be a list of records; the first is what stands above all headings."""

    href: str
    listed: bool
    page: str = ""
    title: str = ""
    text: str = ""


def write(site: Path, pages: Iterable[Page], kept: Kept) -> None:
    """Write the index of each edition of a rendered site."""
    found: dict[str, list[str]] = {}
    for page in pages:
        found.setdefault(page.language, []).append(listed(site, page.output("html"), kept))
    for language, told in found.items():
        path = site / INDEX.format(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"window.briefSearch = [{','.join(told)}];\n", encoding="utf-8")


def listed(site: Path, page: PurePosixPath, kept: Kept) -> str:
    """The sections of a page of the site as they stand in the index."""
    name, path = page.as_posix(), site / page
    return kept.made(f"search/{name}", None, [path], partial(_listed, name, path)).decode()


def _listed(name: str, path: Path) -> bytes:
    found = (asdict(each) for each in sections(name, path.read_text(encoding="utf-8")))
    each = (json.dumps(section, ensure_ascii=False, separators=(",", ":")) for section in found)
    return ",".join(each).encode()


def sections(name: str, html: str) -> list[Section]:
    """A page and its sections that hold any text, in their order."""
    found = _Sections(name).read(html).found
    for each in found:
        parts = (each.page, each.title, each.text)
        each.page, each.title, each.text = (" ".join(part.split()) for part in parts)
    return [each for each in found if each.title or each.text or each is found[0]]


class _Sections(Reader):
    """Gives each text to the innermost section around it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.listed = name, PurePosixPath(name).parent.name in GENERATED
        self.found = [Section(name, self.listed)]
        self.open = [self.found[0]]

    def opened(self, element: Element) -> None:
        if element.tag == "section" and (own := element.attributes.get("id")):
            section = Section(f"{self.name}#{own}", self.listed, self.found[0].page)
            self.found.append(section)
            self.open.append(section)
        elif element.tag not in INLINE:
            self.open[-1].text += " "

    def closed(self, element: Element) -> None:
        if element.tag == "section" and "id" in element.attributes:
            self.open.pop()

    def text(self, data: str) -> None:
        if not self.within({"main"}) or self.within(UNREAD):
            return
        if self.within({"h1"}):
            self.found[0].page += data
        elif self.within(HEADINGS):
            self.open[-1].title += data
        else:
            self.open[-1].text += data
