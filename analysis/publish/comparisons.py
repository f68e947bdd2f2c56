"""Comparisons on pages, and in all that notebooks hand to them, stand in claims only.

Claims are included by id, so that none of their words stands in the source of a page; what is quoted from a
source is not the page's own.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.comparing import FILE, read_words
from analysis.findings import Finding
from analysis.publish import folders
from analysis.publish.lint import chart_texts
from analysis.publish.pages import Source

QUOTED = frozenset({"facts", "sources", "assumptions", "quantities", "claims", "statements", "instruments"})
"""Tables of what is quoted, named or claimed elsewhere."""

MESSAGE = "‘{}’ compares outside a claim; say it by `id`{{.claim}}, or allow it in {}: {}"
CAUSE = "‘{}’ names a cause, which no figure here shows; reword it, or allow it in {}: {}"
Told = tuple[str, str, str]
"""A place, its text and the language of it."""


def in_prose(root: Path, pages: Iterable[Source]) -> Iterator[Finding]:
    """Comparisons outside claims on pages and in the prose of notebooks."""
    return _unclaimed(root, ((page.name, page.text, page.language) for page in pages), _notebooks(root))


def in_published(root: Path, case: str, published: Mapping[str, Any]) -> Iterator[Finding]:
    """Comparisons outside claims in the figures and tables that notebooks hand to the pages of a case."""
    return _unclaimed(root, _figures(root, case, published), _tables(published))


def _unclaimed(root: Path, *told: Iterable[Told]) -> Iterator[Finding]:
    words = read_words(root)
    for place, text, lang in itertools.chain(*told):
        for line, found in words[lang].found(text):
            said = text.splitlines()[line - 1].strip()
            numbered = line if place.endswith(".qmd") else 0
            causes = words[lang].kind(found) == "causes"
            message = (CAUSE if causes else MESSAGE).format(found, FILE, said)
            rule = "cause" if causes else "comparison"
            yield Finding(place, numbered, "", message, rule=rule, value=found)


def _notebooks(root: Path) -> Iterator[Told]:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(_cells(path), start=1):
            if cell["cell_type"] == "markdown":
                yield f"notebooks/{path.name}, cell {number}", "".join(cell["source"]), "en"


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook; none of one that cannot be read, which whoever runs it says."""
    with suppress(ValueError, KeyError):
        return json.loads(path.read_text(encoding="utf-8"))["cells"]  # type: ignore[no-any-return]
    return []


def _figures(root: Path, case: str, published: Mapping[str, Any]) -> Iterator[Told]:
    for name, figure in published["figures"].items():
        for lang, edition in folders(root, case).items():
            svg = (root / edition / "figures" / f"{name}.svg").read_bytes()
            for text in (figure["alt"][lang], *chart_texts(svg, lang)):
                yield f"notebooks/{figure['notebook']}.ipynb, figure {name} ({lang})", text, lang


def _tables(published: Mapping[str, Any]) -> Iterator[Told]:
    for name, table in published["tables"].items():
        for lang, text in table["markdown"].items() if name not in QUOTED else ():
            yield f"notebooks/{table['notebook']}.ipynb, table {name} ({lang})", text, lang
