"""Whether both editions say the same: quantities, figures, tables and claims, section by section.

It reads the rendered pages, so that what a filter or a notebook put there counts, and what a reader is
not shown does not.  Sections are told by their ids, which the editions share; what stands above the first
section, title and abstract, is the section without one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.masks import FOLDED
from analysis.publish.reader import Element, Reader

SHARED = re.compile("sec-")
"""Ids that people gave; Pandoc makes others from the words of a heading, which differ."""

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


def refuse_differences(site: Path) -> None:
    """Raise BuildError where the editions of a site differ, a line each."""
    refuse(differences(site))


def differences(site: Path) -> list[Difference]:
    """What the pages of either edition show and those of the other do not."""
    pages = {
        lang: {path.name: path for path in (site / folder).glob("*.html")}
        for lang, folder in EDITIONS.items()
    }
    found: list[Difference] = []
    for name in sorted({*pages["en"], *pages["zh"]}):
        held = {
            lang: holdings(of[name].read_text(encoding="utf-8")) for lang, of in pages.items() if name in of
        }
        found += _compare(name, held)
    return found


def _compare(page: str, held: Mapping[str, Holdings]) -> Iterator[Difference]:
    for lang in EDITIONS:
        if lang not in held:
            yield Difference(page, "", "page", page, lang)
    if len(held) == len(EDITIONS):
        for section in sorted({*held["en"], *held["zh"]}):
            for lang, other in (("en", "zh"), ("zh", "en")):
                if section not in held[lang]:
                    yield Difference(page, section, "section", "", lang)
                    continue
                for kind, name in sorted(held[other].get(section, frozenset()) - held[lang][section]):
                    yield Difference(page, section, kind, name, lang)


def holdings(html: str) -> Holdings:
    """What each section of a page shows, as kinds and names; an inner section keeps its own."""
    return {section: frozenset(shown) for section, shown in _Sections().read(html).shown.items()}


class _Sections(Reader):
    """Notes what a page shows by the innermost section with an id of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: defaultdict[str, set[tuple[str, str]]] = defaultdict(set, {"": set()})

    def opened(self, element: Element) -> None:
        if self.within(FOLDED) or element.names & FOLDED:
            return
        outward = (element, *reversed(self.around))
        ids = (each.attributes.get("id", "") for each in outward if each.tag == "section")
        held = self.shown[next(filter(SHARED.match, ids), "")]
        attributes, own = element.attributes, element.attributes.get("id", "")
        if "value" in element.names:
            held.add(("quantity", attributes.get("data-key", "")))
        if claim := attributes.get("data-claim"):
            held.add(("claim", claim))
        if own.startswith("tbl-"):
            held.add(("table", own.removeprefix("tbl-")))
        if element.tag == "img" and (figure := FIGURE.search(attributes.get("src", ""))):
            held.add(("figure", figure[1]))
