"""Comparative and causal words, which pages may say in claims only.

``seeds/comparisons.csv`` lists the words.  A row with a reason is a passage that may hold some of them: what
compares nothing, or nothing of the case.  Claims are included by id, so that none of their words stands in
the source of a page; what is quoted from a source is not the page's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.known import rows
from analysis.publish.lint import chart_texts
from analysis.publish.pages import Source

WORDS = Path("seeds") / "comparisons.csv"
QUOTED = frozenset({"facts", "sources", "assumptions", "quantities", "claims", "statements", "instruments"})
"""Tables of what is quoted, named or claimed elsewhere."""

MARKUP = re.compile(r"`[^`]*`(?:\{[^}]*\})?|\[@[^\]]*\]|@[\w-]+|\]\([^)]*\)|\{[^}]*\}")
EMPHASIS = re.compile(r"[*_~^]")
GONE = "\ue000"
MESSAGE = "‘{}’ compares outside a claim; say it by `id`{{.claim}}, or allow it in {}: {}"
Said = Iterator[tuple[str, str, str]]


@dataclass(frozen=True)
class Words:
    """The words of a language that compare, and the passages that may hold them."""

    comparing: re.Pattern[str]
    allowed: re.Pattern[str]

    @classmethod
    def of(cls, root: Path, lang: str) -> Self:
        """Read ``seeds/comparisons.csv``."""
        listed = [row for row in rows(root / WORDS) if row["language"] == lang]
        kinds = (
            [row["words"] for row in listed if bool(row["reason"]) == allowed] for allowed in (False, True)
        )
        return cls(*(_any_of(words) for words in kinds))

    def found(self, text: str) -> list[str]:
        """The comparative words of a text that stand in no allowed passage."""
        plain = self.allowed.sub(GONE, EMPHASIS.sub("", MARKUP.sub(GONE, text)))
        return [found[0] for found in self.comparing.finditer(plain)]


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of some texts, the longest first; English ones as whole words."""
    parts = [re.sub(r"\\ ", r"\\s+", re.escape(text)) for text in sorted(texts, key=len, reverse=True)]
    whole = "|".join(rf"\b{part}\b" if part[0].isascii() else part for part in parts)
    return re.compile(whole or "(?!)", re.IGNORECASE)


def refuse_unclaimed(root: Path, pages: Iterable[Source], published: Mapping[str, Any]) -> None:
    """Raise BuildError for comparisons outside claims, on pages and in all that notebooks hand to them."""
    words = {lang: Words.of(root, lang) for lang in EDITIONS}
    refuse(
        f"{place}: {MESSAGE.format(found, WORDS, text.strip())}"
        for place, text, lang in (
            *_lines(pages),
            *_notebooks(root),
            *_figures(root, published),
            *_tables(published),
        )
        for found in words[lang].found(text)
    )


def _lines(pages: Iterable[Source]) -> Said:
    for page in pages:
        for number, line in enumerate(page.text.splitlines(), start=1):
            yield f"{page.name}, line {number}", line, page.language


def _notebooks(root: Path) -> Said:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = ((n, cell) for n, cell in enumerate(cells, start=1) if cell["cell_type"] == "markdown")
        for number, cell in prose:
            for line in "".join(cell["source"]).splitlines():
                yield f"notebooks/{path.name}, cell {number}", line, "en"


def _figures(root: Path, published: Mapping[str, Any]) -> Said:
    for name, figure in published["figures"].items():
        for lang, edition in EDITIONS.items():
            svg = (root / edition / "figures" / f"{name}.svg").read_bytes()
            for text in (figure["alt"][lang], *chart_texts(svg, lang)):
                yield f"notebooks/{figure['notebook']}.ipynb, figure {name} ({lang})", text, lang


def _tables(published: Mapping[str, Any]) -> Said:
    for name, table in published["tables"].items():
        for lang, text in table["markdown"].items() if name not in QUOTED else ():
            for line in text.splitlines():
                yield f"notebooks/{table['notebook']}.ipynb, table {name} ({lang})", line, lang
