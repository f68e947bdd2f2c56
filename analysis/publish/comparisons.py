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

    def found(self, text: str) -> list[tuple[int, str]]:
        """The comparative words of a text that stand in no allowed passage, with their lines."""
        plain = self.allowed.sub(_blank, EMPHASIS.sub("", MARKUP.sub(_blank, text)))
        words = self.comparing.finditer(plain)
        return [(plain.count("\n", 0, word.start()) + 1, " ".join(word[0].split())) for word in words]


def _blank(found: re.Match[str]) -> str:
    """As many lines, and nothing on them."""
    return GONE + "\n" * found[0].count("\n")


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of some texts, the longest first; English ones as whole words."""
    parts = [re.sub(r"\\ ", r"\\s+", re.escape(text)) for text in sorted(texts, key=len, reverse=True)]
    whole = "|".join(rf"\b{part}\b" if part[0].isascii() else part for part in parts)
    return re.compile(whole or "(?!)", re.IGNORECASE)


def refuse_unclaimed(root: Path, pages: Iterable[Source], published: Mapping[str, Any]) -> None:
    """Raise BuildError for comparisons outside claims, on pages and in all that notebooks hand to them."""
    words = {lang: Words.of(root, lang) for lang in EDITIONS}
    told = (*_pages(pages), *_notebooks(root), *_figures(root, published), *_tables(published))
    refuse(
        f"{place.format(line)}: {MESSAGE.format(found, WORDS, text.splitlines()[line - 1].strip())}"
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
