"""What a page says only where its case has it: blocks ``.if`` and ``.unless``, as the filters take them.

``::: {.if keys="a.b c"}`` stays where the case has all that it names: values, claims, grades, and tables and
figures by their ids; ``.unless`` stays where it lacks one of them.  A block that goes leaves its lines blank,
so that the places of all others stay what they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.findings import Finding
from analysis.keys import nearest
from analysis.publish.known import rows
from analysis.publish.pages import Source

FENCE = re.compile(r" *:{3,}(.*)")
BLOCK = re.compile(r' *:{3,} *\{\.(if|unless) +keys="([^"]+)"\} *')
SHOWN = ("tbl-", "fig-")
"""How the ids of tables and figures begin, which are there once notebooks ran."""

IDS = re.compile(r'^id *= *"(\w+)"', re.MULTILINE)
COLUMNS = {"facts": "id", "measures": "id", "assumptions": "name", "quantities": "key"}
Has = Callable[[str], bool]


def published_ids(published: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The ids of the tables and figures that notebooks published."""
    ids = {"tables": "tbl-", "figures": "fig-"}
    return {f"{begin}{name}" for kind, begin in ids.items() for name in published[kind]}


def among(names: Collection[str], published: Mapping[str, Mapping[str, Any]] | None = None) -> Has:
    """Whether a name is among those that a case has; before notebooks ran, any table or figure may be."""
    shown = None if published is None else published_ids(published)
    return lambda name: name in names or (name.startswith(SHOWN) if shown is None else name in shown)


def kept(page: Source, has: Has) -> Source:
    """A page without what does not apply to its case, and without the marks of blocks that do."""
    return replace(page, text=applied(page.text, has))


def applied(text: str, has: Has) -> str:
    """A text without the blocks that do not apply, line for line."""
    lines: list[str] = []
    opened: list[bool | None] = []
    """Whether each open block stays; None for one of another kind."""
    for line in text.split("\n"):
        block, fence = BLOCK.fullmatch(line), FENCE.fullmatch(line)
        closing = bool(fence and not fence[1].strip(" :"))
        if block:
            opened.append(all(map(has, block[2].split())) == (block[1] == "if"))
        elif fence and not closing:
            opened.append(None)
        marks = block or (closing and opened and opened[-1] is not None)
        lines.append("" if marks or False in opened else line)
        if closing and opened:
            opened.pop()
    return "\n".join(lines)


def unknown(root: Path, written: Iterable[Source]) -> Iterator[Finding]:
    """Names in conditions that no case could have."""
    asked = [
        (page.name, number, name)
        for page in written
        for number, line in enumerate(page.text.splitlines(), start=1)
        if (block := BLOCK.fullmatch(line))
        for name in block[2].split()
        if not name.startswith(SHOWN)
    ]
    known, indicators = _names(root) if asked else (set(), set())
    for page, number, name in asked:
        stem, _, indicator = name.rpartition(".")
        if name not in known and not (stem and indicator in indicators):
            message = f"no case has '{name}'{nearest(name, known)}"
            yield Finding(page, number, "", message, rule="unknown-condition", value=name)


def _names(root: Path) -> tuple[set[str], set[str]]:
    """The keys, claims and grades of all cases, and the indicators of the codebook, as far as can be read."""
    seeds, words = root / "seeds", "grade.of."
    found = {row["key"].removeprefix(words) for row in readable(seeds / "words.csv") if words in row["key"]}
    for table, column in COLUMNS.items():
        found |= {row.get(column, "") for path in seeds.glob(f"**/{table}.csv") for row in readable(path)}
    for path in seeds.glob("**/claims.toml"):
        found |= set(IDS.findall(path.read_text(encoding="utf-8", errors="replace")))
    return found, {row["indicator"] for row in readable(seeds / "indicators.csv")}


def readable(path: Path) -> list[dict[str, str]]:
    """The rows of a seed file; none where it cannot be read, which others say."""
    with suppress(OSError, ValueError, csv.Error):
        return rows(path)
    return []
