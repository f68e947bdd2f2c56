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

from analysis.keys import CLAIM, KEY
from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.known import rows
from analysis.publish.lint import chart_texts
from analysis.publish.pages import Source

WORDS = Path("seeds") / "comparisons.csv"
REGISTERS = frozenset({"facts", "sources", "assumptions", "quantities", "claims", "statements", "instruments"})
"""Tables of what is quoted, named or claimed elsewhere."""

MARKED = re.compile(rf"{KEY.pattern}|{CLAIM.pattern}|`[^`]*`|\[@[^\]]*\]|@[\w-]+|\]\([^)]*\)|\{{[^}}]*\}}")
EMPHASIS = re.compile(r"[*_~^]")


@dataclass(frozen=True)
class Words:
    """The words that compare, and the passages that may hold them, by language."""

    comparing: Mapping[str, re.Pattern[str]]
    allowed: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, root: Path) -> Self:
        """Read ``seeds/comparisons.csv``."""
        listed = rows(root / WORDS)

        def of(lang: str, *, allowed: bool) -> re.Pattern[str]:
            mine = [row["words"] for row in listed if row["language"] == lang and bool(row["reason"]) == allowed]
            return _any_of(mine, whole=lang == "en")

        return cls(
            {lang: of(lang, allowed=False) for lang in EDITIONS},
            {lang: of(lang, allowed=True) for lang in EDITIONS},
        )

    def found(self, text: str, lang: str) -> Iterator[str]:
        """The comparative words of a text that stand in no allowed passage."""
        plain = EMPHASIS.sub("", MARKED.sub("\ue000", text))
        return (found[0] for found in self.comparing[lang].finditer(self.allowed[lang].sub("\ue000", plain)))


def _any_of(texts: Iterable[str], *, whole: bool) -> re.Pattern[str]:
    parts = [re.escape(text).replace(r"\ ", r"\s+") for text in sorted(texts, key=len, reverse=True)]
    edge = r"\b" if whole else ""
    return re.compile(rf"{edge}(?:{'|'.join(parts) or '(?!)'}){edge}", re.IGNORECASE)


def refuse_unclaimed(root: Path, pages: Iterable[Source], published: Mapping[str, Any]) -> None:
    """Raise BuildError for comparisons outside claims in pages, notebooks, tables and figures, a line each."""
    words = Words.of(root)
    refuse(
        f"{place}: ‘{found}’ compares outside a claim; say it by `id`{{.claim}}, or allow it in {WORDS}: {text}"
        for place, text, lang in (*_lines(pages), *_notebooks(root), *_published(root, published))
        for found in words.found(text, lang)
    )


def _lines(pages: Iterable[Source]) -> Iterator[tuple[str, str, str]]:
    for page in pages:
        for number, line in enumerate(page.text.splitlines(), start=1):
            yield f"{page.name}, line {number}", line.strip(), page.language


def _notebooks(root: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells, start=1):
            for line in "".join(cell["source"]).splitlines() if cell["cell_type"] == "markdown" else ():
                yield f"notebooks/{path.name}, cell {number}", line, "en"


def _published(root: Path, published: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for name, figure in published["figures"].items():
        for lang, text in figure["alt"].items():
            yield f"figure {name} ({lang})", text, lang
        for lang, edition in EDITIONS.items():
            svg = (root / edition / "figures" / f"{name}.svg").read_bytes()
            yield from ((f"figure {name} ({lang})", text, lang) for text in chart_texts(svg, lang))
    for name, table in published["tables"].items():
        for lang, text in table["markdown"].items() if name not in REGISTERS else ():
            for line in text.splitlines():
                yield f"table {name} ({lang})", line, lang
