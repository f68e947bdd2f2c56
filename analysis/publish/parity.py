"""Whether both editions say the same: quantities, figures, tables, claims and points of charts, by section.

It reads the rendered pages, so that what a filter or a notebook put there counts, and what a reader is
not shown does not.  Of what is folded away only the points that charts draw count, each by its number.
Sections are told by their ids, which the editions share; what stands above the first section, title and
abstract, is the section without one.  The evidence and revisions pages are lists: they hold the same in the
same order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from pathlib import Path

from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.kept import Kept
from analysis.publish.masks import FOLDED
from analysis.publish.reader import Element, Reader

SHARED = re.compile("sec-")
"""Ids that people gave; Pandoc makes others from the words of a heading, which differ."""

LISTS = ("evidence", "revisions")
"""Folders of pages that the build lists from the seeds."""

POINT = ".drawn"
"""The class of a number of a point."""

FIGURE = re.compile(r"(?:^|/)figures/([\w-]+)\.\w+$")
Holdings = Mapping[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, order=True)
class Difference:
    """Something that one edition of a page shows in a section and the other, named here, lacks there."""

    page: str
    section: str
    kind: str
    name: str
    edition: str

    def __str__(self) -> str:
        """One line."""
        place = f"section {self.section}" if self.section else "title and abstract"
        return f"{self.page}, {place}: the edition '{self.edition}' lacks {self.kind} {self.name}".rstrip()


def refuse_differences(site: Path, root: Path) -> None:
    """Raise BuildError where the editions of a site differ, a line each."""
    refuse(differences(site, root))


def differences(site: Path, root: Path) -> list[Difference]:
    """What the pages of either edition show and those of the other do not."""
    homes = sorted({path.parent for path in site.glob("*/index.html")} - {site / EDITIONS["zh"]})
    pages = {
        lang: {
            (case / path.relative_to(case / folder)).relative_to(site).as_posix(): path
            for case in (site, *homes)
            for path in _pages(case / folder)
        }
        for lang, folder in EDITIONS.items()
    }
    found: list[Difference] = []
    for name in sorted({*pages["en"], *pages["zh"]}):
        there = {lang: of[name] for lang, of in pages.items() if name in of}
        find = partial(_differ, name, there)
        found += Kept(root).found(f"parity/{name}", list(there), there.values(), find)
    return found


def _pages(folder: Path) -> Iterator[Path]:
    """The pages of an edition, and its lists."""
    for glob in ("*.html", *(f"{name}/*.html" for name in LISTS)):
        yield from folder.glob(glob)


def _differ(name: str, there: Mapping[str, Path]) -> Iterable[Difference]:
    """What either edition of a page shows and the other does not."""
    if lacking := [lang for lang in EDITIONS if lang not in there]:
        return [Difference(name, "", "page", name, lang) for lang in lacking]
    compare = _listed if name.partition("/")[0] in LISTS else _held
    return compare(name, {lang: path.read_text(encoding="utf-8") for lang, path in there.items()})


def _held(page: str, texts: Mapping[str, str]) -> Iterator[Difference]:
    """What either edition shows in a section, in whatever order."""
    held = {lang: holdings(text) for lang, text in texts.items()}
    for section in sorted({*held["en"], *held["zh"]}):
        for lang, other in (("en", "zh"), ("zh", "en")):
            if section not in held[lang]:
                yield Difference(page, section, "section", "", lang)
                continue
            for kind, name in sorted(held[other].get(section, frozenset()) - held[lang][section]):
                yield Difference(page, section, kind, name, lang)


def _listed(page: str, texts: Mapping[str, str]) -> Iterator[Difference]:
    """The first place where lists differ, which hold the same in the same order."""
    listed = {lang: outline(text) for lang, text in texts.items()}
    section = ""
    for english, chinese in zip_longest(listed["en"], listed["zh"]):
        if english != chinese:
            kind, name = english or chinese
            yield Difference(page, section, f"in this place {kind}", name, "zh" if english else "en")
            return
        section = english[1] if english[0] == "section" else section


def holdings(html: str) -> Holdings:
    """What each section of a page shows, as kinds and names; an inner section keeps its own."""
    return {section: frozenset(shown) for section, shown in _Sections().read(html).shown.items()}


def outline(html: str) -> Sequence[tuple[str, str]]:
    """The sections, items and quantities of a list in their order, but for the places that use a record."""
    return _Outline().read(html).found


class _Outline(Reader):
    """Notes what a list holds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def opened(self, element: Element) -> None:
        if not self.within({"main"}) or self.within({".used"}):
            return
        if element.tag == "section":
            self.found.append(("section", element.attributes.get("id", "")))
        elif element.tag == "li":
            self.found.append(("item", ""))
        elif ".value" in element.names:
            self.found.append(("quantity", element.attributes.get("data-key", "")))


class _Sections(Reader):
    """Notes what a page shows by the innermost section with an id of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: defaultdict[str, set[tuple[str, str]]] = defaultdict(set, {"": set()})
        self._drawn: defaultdict[str, int] = defaultdict(int)

    def text(self, data: str) -> None:
        """Note a number of a point, and which of its figure's it is."""
        element = self.around[-1] if self.around else None
        if element and POINT in element.names:
            figure = element.attributes.get("data-figure", "")
            self._drawn[figure] += 1
            number = f"{Decimal(data.replace(',', '')).normalize():f}"
            self._held().add(("point", f"{number}, number {self._drawn[figure]} of {figure}"))

    def _held(self, *inner: Element) -> set[tuple[str, str]]:
        outward = (*inner, *reversed(self.around))
        ids = (each.attributes.get("id", "") for each in outward if each.tag == "section")
        return self.shown[next(filter(SHARED.match, ids), "")]

    def opened(self, element: Element) -> None:
        if self.within(FOLDED) or element.names & FOLDED:
            return
        held = self._held(element)
        attributes, own = element.attributes, element.attributes.get("id", "")
        if ".value" in element.names:
            held.add(("quantity", attributes.get("data-key", "")))
        for kind in ("claim", "grade"):
            if name := attributes.get(f"data-{kind}"):
                held.add((kind, name))
        if own.startswith("tbl-"):
            held.add(("table", own.removeprefix("tbl-")))
        if element.tag == "img" and (figure := FIGURE.search(attributes.get("src", ""))):
            held.add(("figure", figure[1]))
