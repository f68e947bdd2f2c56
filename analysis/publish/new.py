"""A new case, laid out to be filled in: its seed files, with what each column holds, and its pages.

Comments in the seed files begin with ``#``; the pages are a skeleton in which what the case does not report
drops out.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from analysis import schemas
from analysis.case import OWN, REGISTERS
from analysis.findings import UnusableError
from analysis.keys import COMMENT
from analysis.publish import EDITIONS, GENERATED
from analysis.publish.known import rows
from analysis.publish.pages import written_pages

SKELETON = Path(__file__).parent / "skeleton"
PAGES = {"index.qmd": "brief-en.md", "zh/index.qmd": "brief-zh.md", "zh/_formats.yml": "formats-zh.yml"}
"""What the pages are laid out from; under names of pages, Quarto would take them for some."""

TIER = "municipal"
"""The tier of the rows that are ready to be filled in."""

TO_FILL = f"Where a source reports one, take its {COMMENT} away and fill in the row; the others may stay."
TAKEN = frozenset({*GENERATED, EDITIONS["zh"].name, "assets", "data", "figures", "schemas", "seeds"})
"""Folders of a site and of a project that no case can be called after."""


def lay_out(root: Path, name: str) -> list[str]:
    """Write the seed files and the pages of a new case, or those of the two that it lacks, and say which.

    Raises UnusableError for a name that cannot be one, and for a case that has both: nothing is overwritten.
    """
    if not re.fullmatch(schemas.NAME, name) or name in TAKEN:
        expected = f"{schemas.PATTERNS[schemas.NAME]}, and none that a site uses itself"
        raise UnusableError(name, f"is no name for a case; expected {expected}")
    rooted = {page.case for page in written_pages(root) if not page.folder}
    files = {} if (root / "seeds" / name).exists() else _seeds(root, f"seeds/{name}")
    if not (root / name).exists() and name not in rooted:
        files |= {f"{name}/{page}": (SKELETON / of).read_text(encoding="utf-8") for page, of in PAGES.items()}
    if not files:
        raise UnusableError(f"seeds/{name}", "is there already, and so are its pages; nothing is overwritten")
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(_named(text, name), encoding="utf-8")
    return list(files)


def _named(text: str, name: str) -> str:
    today = datetime.now().astimezone().date().isoformat()
    return text.replace("@name@", name).replace("@Name@", name.capitalize()).replace("@date@", today)


def _seeds(root: Path, folder: str) -> dict[str, str]:
    """The seed files of a case, which lie in a ``folder``."""
    columns = tomllib.loads((SKELETON / "columns.toml").read_text(encoding="utf-8"))
    tables = {f"{folder}/{table}.csv": _table(root, table, told) for table, told in columns.items()}
    return {f"{folder}/case.toml": (SKELETON / "case.toml").read_text(encoding="utf-8"), **tables}


def _table(root: Path, table: str, told: Mapping[str, str]) -> str:
    """The header of a table, and below it what each column holds."""
    header = [column for column in {**OWN, **REGISTERS}[table].column_names() if column != "row"]
    comments: list[Sequence[str]] = [(f"{COMMENT} {column}: {told[column]}",) for column in header]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *comments, *(_indicators(root, header) if table == "facts" else ())])
    return text.getvalue()


def _indicators(root: Path, header: Sequence[str]) -> Iterator[Sequence[str]]:
    """A row for each indicator of the codebook, ready to be filled in."""
    yield (f"{COMMENT} Below stand the indicators of the codebook. {TO_FILL}",)
    for row in rows(root / "seeds" / "indicators.csv"):
        name = row["indicator"]
        known = {"id": f"{COMMENT} {TIER}.{name}", "tier": TIER, "indicator": name, "unit": row["unit"]}
        yield (f"{COMMENT} {name}: {row['definition_en']}",)
        yield [known.get(column, "") for column in header]
