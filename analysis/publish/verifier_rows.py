"""Whether the rows of a bundle agree with each other, whatever numbers come of them.

This module needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.bilingual import mistranslated
from analysis.codebook import misdefined, misended
from analysis.publish.verifier_ledger import Content
from analysis.quotes import recorded


def miscoded_rows(content: Content) -> Iterator[str]:
    """Rows that contradict their translation, their fingerprint, their unit or what they correct."""
    yield from _translations(content)
    yield from _phrases(content)
    yield from _codebook(content)
    yield from _corrections(content)


def _translations(content: Content) -> Iterator[str]:
    """Texts in one language that hold other numbers than in the other."""
    rows = [(f"{table}.csv, {_first(row)}", row) for table, rows in content.tables.items() for row in rows]
    rows += [(f"case.toml, source {source['id']}", source) for source in content.about["source"]]
    for place, row in rows:
        yield from (f"{place}: {column} {message}" for column, message in mistranslated(row))


def _first(row: Mapping[str, Any]) -> str:
    return str(next(iter(row.values())))


def _phrases(content: Content) -> Iterator[str]:
    """Phrases of sources without an archived text that are not those recorded in case.toml."""
    rows = [row for table in ("facts", "measures") for row in content.tables[table]]
    for source in content.about["source"]:
        found = {recorded(row) for row in rows if row["source"] == source["id"]}
        if not source.get("sha256") and found != {*source.get("phrases", ())}:
            yield f"case.toml, source {source['id']}: its phrases are not those recorded"


def _codebook(content: Content) -> Iterator[str]:
    """Units that are not of their kind, and indicators that are not of their unit."""
    units = content.by("units", "unit")
    for row in units.values():
        yield from (f"units.csv, {row['unit']}: {' '.join(wrong)}" for wrong in misdefined(row))
    for row in content.tables["indicators"]:
        wrongs = misended(row, units[row["unit"]])
        yield from (f"indicators.csv, {row['indicator']}: {' '.join(wrong)}" for wrong in wrongs)


def _corrections(content: Content) -> Iterator[str]:
    """Corrections of what no fact prints, or to what the fact cannot be."""
    facts = content.by("facts", "id")
    for row in content.tables["corrections"]:
        fact = facts.get(row["fact"])
        if fact is None or fact["value"] != row["expect"]:
            yield f"corrections.csv, {row['fact']}: no such fact prints {row['expect']}"
