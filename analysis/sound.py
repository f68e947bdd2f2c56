"""The part of a case that can be computed with, and findings that follow from others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analysis import expr, leaves
from analysis.case import Case
from analysis.expr import ExpressionError
from analysis.findings import Finding

KEYS = ("facts", "measures", "assumptions", "quantities")
"""Tables of what formulas name."""

LOOKED_UP = {
    "unknown-key": KEYS,
    "period-end": ("facts", "assumptions"),
    "asked-of-choice": ("assumptions",),
    "unstated-year": ("assumptions",),
    "unknown-unit": ("units",),
    "unknown-indicator": ("indicators",),
    "unknown-tier": ("tiers",),
    "unknown-source": ("sources",),
    "unknown-basis": ("facts", "measures", "quantities", "sources"),
    "unknown-claim": (*KEYS, "claims"),
    "unknown-conclusion": ("words",),
    "unknown-grade": ("words", "design"),
    "unknown-condition": (*KEYS, "claims", "words", "design", "indicators"),
    "row-names": ("words",),
    "key-names-tier": ("tiers",),
    "key-names-what": ("indicators",),
}
"""Rules on names that stand elsewhere, with the tables in which they are looked up."""

BEARING = {
    "facts": ("id", "tier", "indicator", "value", "unit", "source", "exact"),
    "measures": ("id", "value"),
    "assumptions": ("name", "kind", "low", "central", "high", "choices", "unit"),
    "quantities": ("key", "expression", "unit"),
    "corrections": ("fact", "expect", "value", "since"),
    "units": ("unit", "kind", "lower", "upper", "digits"),
    "indicators": ("indicator", "unit", "lower", "upper"),
    "checks": ("id", "check", "about", "against"),
    "whatif": ("id", "quantities", "claims", "assumptions"),
}
"""The columns that are computed with; a finding in another one does no harm there."""

NAMES = {
    "facts": "id",
    "measures": "id",
    "assumptions": "name",
    "quantities": "key",
    "units": "unit",
    "indicators": "indicator",
}


def excused(case: Case, finding: Finding) -> bool:
    """Whether a name is not found only because the row or the file that holds it is itself wrong."""
    tables = LOOKED_UP.get(finding.rule, ())
    names = {name.removeprefix("grade.of.") for table in tables for name in case.faulty.get(table, ())}
    return not case.unread.isdisjoint(tables) or finding.value in names


def sound(case: Case, found: Sequence[Finding]) -> Case:
    """The case without the rows in which something is ``found``, and without all that rests on them."""
    if not found:
        return case
    whole = case
    case, gone = _without_wrong(case, found)
    claims = tuple(claim for claim in case.claims if not _is_found(claim.file, claim.lines, found))
    names = {key: _used(case, key) for key in ("quantities", "assumptions")}
    uses = {**names["quantities"], **names["assumptions"], **_without_year(case)}
    while more := {key for key, used in uses.items() if used & gone} - gone:
        gone |= more
    claims = tuple(claim for claim in claims if not claim.names & gone)
    left: dict[str, Any] = {table: _kept(getattr(case, table), NAMES[table], gone) for table in KEYS}
    said = {claim.id for claim in claims}
    whatif = [_stands(row, said, gone) for row in case.whatif.iter_rows(named=True)]
    checks = [not _of(row["about"], row["against"]) & gone for row in case.checks.iter_rows(named=True)]
    return replace(
        case,
        **left,
        partial=whole.partial
        | {table for table in KEYS if left[table].height < getattr(whole, table).height},
        claims=claims,
        checks=case.checks.filter(pl.Series(checks, dtype=pl.Boolean)),
        whatif=case.whatif.filter(pl.Series(whatif, dtype=pl.Boolean)),
        corrections=_kept(case.corrections, "fact", gone),
    )


def _without_wrong(case: Case, found: Sequence[Finding]) -> tuple[Case, set[str]]:
    """The case without the rows in which something is found, and the keys that it then lacks."""
    cells = frozenset[tuple[str, int, str]]().union(*(finding.cells for finding in found))
    wrong = {
        table: [
            any((case.file(table, row.get("key", "")), row["row"], column) in cells for column in columns)
            for row in getattr(case, table).iter_rows(named=True)
        ]
        for table, columns in BEARING.items()
    }
    masks = {table: pl.Series(of, dtype=pl.Boolean) for table, of in wrong.items()}
    frames: dict[str, Any] = {table: getattr(case, table).filter(~mask) for table, mask in masks.items()}
    for table in ("indicators", "facts", "assumptions", "quantities"):
        known = frames["units"]["unit"].to_list()
        frames[table] = frames[table].filter(pl.col("unit").is_in(known))
    known = frames["indicators"]["indicator"].to_list()
    frames["facts"] = frames["facts"].filter(pl.col("indicator").is_in(known))
    gone = {name for table in KEYS for name in case.faulty.get(table, ())}
    for table in KEYS:
        gone |= {*getattr(case, table)[NAMES[table]]}.difference(frames[table][NAMES[table]])
    return replace(case, **frames), gone


def _is_found(file: str, lines: Mapping[str, int], found: Iterable[Finding]) -> bool:
    return any(finding.file == file and finding.row in lines.values() for finding in found)


def _used(case: Case, table: str) -> dict[str, set[str]]:
    """The keys that the formulas of a table name."""
    columns = ("expression",) if table == "quantities" else leaves.ENDS
    rows = getattr(case, table).iter_rows(named=True)
    return {
        row[NAMES[table]]: _of(*(row[column] for column in columns if not leaves.is_literal(row[column])))
        for row in rows
        if row.get("kind") != "choice"
    }


def _without_year(case: Case) -> dict[str, set[str]]:
    """The dates that are printed without a year, which an assumption gives."""
    found = case.facts.filter(pl.col("value").str.starts_with("XXXX"))["id"]
    return {key: {leaves.YEAR} for key in found}


def _of(*texts: str) -> set[str]:
    try:
        return {name for text in texts if text for name in expr.parse(text).names}
    except ExpressionError:
        return set()


def _stands(row: dict[str, str], claims: set[str], gone: set[str]) -> bool:
    """Whether a what-if shows nothing that is left out."""
    named = {name for column in ("quantities", "assumptions") for name in row[column].split("|")}
    tested = set(row["claims"].split("|")) - {""}
    return not named & gone and tested <= claims


def _kept(frame: pl.DataFrame, column: str, gone: set[str]) -> pl.DataFrame:
    return frame.filter(~pl.col(column).is_in(list(gone)))
