"""A page read from its HTML, element by element, with those that are open around each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Self

_VOID = "area base br col embed hr img input link meta param source track wbr"
_INLINE = (
    "a abbr b bdi bdo button cite code data del dfn em i ins kbd label mark q s samp small span strong sub "
    "sup time u var math svg picture"
)
VOID, INLINE = frozenset(_VOID.split()), frozenset(_INLINE.split())


@dataclass
class Element:
    """An element; its names are its tag and, each with a dot before it, its classes.

    ``start`` and names with a colon before them are a reader's own; ``inherited`` are, once it is open, its
    names and those of the elements around it.
    """

    tag: str
    names: set[str]
    attributes: Mapping[str, str]
    start: int = 0
    inherited: set[str] = field(default_factory=set)


class _Parser(HTMLParser):
    """Lists the starts, ends and texts of a page, each with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str, str, Mapping[str, str] | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.append((self.getpos()[0], "start", tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((self.getpos()[0], "end", tag, None))

    def handle_data(self, data: str) -> None:
        self.found.append((self.getpos()[0], "text", data, None))


@lru_cache(maxsize=64)
def _parsed(html: str) -> tuple[tuple[int, str, str, Mapping[str, str] | None], ...]:
    """The parts of a page, parsed once for all that read it; those of a page take a megabyte or two."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return tuple(parser.found)


class Reader:
    """Keeps the elements that are open, from the outermost on, and the line of the page."""

    def __init__(self) -> None:
        """At the start of a page."""
        self.around: list[Element] = []
        self.line = 1

    def read(self, html: str) -> Self:
        """Read a whole page."""
        for self.line, kind, told, attributes in _parsed(html):
            if kind == "text":
                self.text(told)
            elif attributes is not None:
                self._open(told, attributes)
            else:
                self._close(told)
        return self

    def within(self, names: set[str] | frozenset[str]) -> bool:
        """Whether an open element has one of the names."""
        return bool(self.around) and not self.around[-1].inherited.isdisjoint(names)

    def opened(self, element: Element) -> None:
        """Take in an element, which is not yet among the open ones."""

    def closed(self, element: Element) -> None:
        """Take in the end of an element, which is still among the open ones."""

    def text(self, data: str) -> None:
        """Take in a text within the open elements."""

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element, unless it holds nothing."""
        classes = (f".{name}" for name in attributes.get("class", "").split())
        element = Element(tag, {tag, *classes}, attributes)
        self.opened(element)
        if tag not in VOID:
            element.inherited = self.around[-1].inherited | element.names if self.around else element.names
            self.around.append(element)

    def _close(self, tag: str) -> None:
        """Close an element and those left open in it."""
        while any(element.tag == tag for element in reversed(self.around)):
            self.closed(self.around[-1])
            if self.around.pop().tag == tag:
                return
