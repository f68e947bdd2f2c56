"""Comparisons on pages, and in all that notebooks hand to them, stand in claims only.

Claims are included by id, so that none of their words stands in the source of a page; what is quoted from a
source is not the page's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.comparing import FILE, read_words
from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.lint import chart_texts
from analysis.publish.pages import Source

QUOTED = frozenset({"facts", "sources", "assumptions", "quantities", "claims", "statements", "instruments"})
"""Tables of what is quoted, named or claimed elsewhere."""

MESSAGE = "‘{}’ compares outside a claim; say it by `id`{{.claim}}, or allow it in {}: {}"
Said = Iterator[tuple[str, str, str]]


def refuse_unclaimed(root: Path, pages: Iterable[Source], published: Mapping[str, Any]) -> None:
    """Raise BuildError for comparisons outside claims, on pages and in all that notebooks hand to them."""
    words = read_words(root)
    told = (*_pages(pages), *_notebooks(root), *_figures(root, published), *_tables(published))
    refuse(
        f"{place.format(line)}: {MESSAGE.format(found, FILE, text.splitlines()[line - 1].strip())}"
        for place, text, lang in told
        for line, found in words[lang].found(text)
    )


def _pages(pages: Iterable[Source]) -> Said:
    return ((f"{page.name}, line {{}}", page.text, page.language) for page in pages)


def _notebooks(root: Path) -> Said:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "markdown":
                yield f"notebooks/{path.name}, cell {number}", "".join(cell["source"]), "en"


def _figures(root: Path, published: Mapping[str, Any]) -> Said:
    for name, figure in published["figures"].items():
        for lang, edition in EDITIONS.items():
            svg = (root / edition / "figures" / f"{name}.svg").read_bytes()
            for text in (figure["alt"][lang], *chart_texts(svg, lang)):
                yield f"notebooks/{figure['notebook']}.ipynb, figure {name} ({lang})", text, lang


def _tables(published: Mapping[str, Any]) -> Said:
    for name, table in published["tables"].items():
        for lang, text in table["markdown"].items() if name not in QUOTED else ():
            yield f"notebooks/{table['notebook']}.ipynb, table {name} ({lang})", text, lang
