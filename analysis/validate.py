"""Checks across the files of a case: units, phrases, keys, bounds, settings."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis import expr, inexact, leaves, printed
from analysis.bilingual import mistranslated
from analysis.case import Case
from analysis.claim_checks import beside_the_point, misclaimed, unsaid
from analysis.coding import miscoded, miscounted, mislimited, unmatched
from analysis.dates import is_day
from analysis.findings import Finding, Problem
from analysis.forensics import mismatched, miswritten
from analysis.formulas import misformed, uncomputable
from analysis.grade import misgraded
from analysis.keys import nearest
from analysis.reading import read_case
from analysis.schemas import SOURCE
from analysis.sound import excused, sound
from analysis.whatif_checks import misassumed
from analysis.words import misnamed

Row = Mapping[str, Any]
Check = Callable[[Case], Iterator[Finding]]
TRANSLATED = (
    *("facts", "measures", "assumptions", "quantities", "units", "indicators"),
    "corrections",
    "revisions",
    "design",
)
BASIS = ("basis_en", "basis_zh")
KEYS = {"facts": "id", "measures": "id", "assumptions": "name", "quantities": "key"}


def examined(name: str, root: Path) -> tuple[Case, list[Finding]]:
    """A case as far as it can be read, and everything wrong in it; raises UnusableError where it is none."""
    from analysis.gather import stale  # noqa: PLC0415 - it needs what this module has

    case, of_files = read_case(name, root)
    return case, findings_of(case, of_files) or list(stale(case, root))


def findings_of(case: Case, of_files: Sequence[Finding] = ()) -> list[Finding]:
    """Everything wrong in a case: the findings of each file by itself, and those across files.

    What is looked up may stand in a row that is itself wrong.  What computes is given the part of the case
    that nothing before it has found to be wrong, so that each fault is told once, where it lies.
    """
    found = list(of_files)
    for check in ACROSS:
        found += further(check(case), found)
    wrong = {finding.file for finding in found}
    found += further(miscoded(case), found)
    if wrong.isdisjoint({case.file("facts"), case.file("measures"), case.toml}):
        found += unmatched(case)
    for checks in COMPUTED:
        part = sound(case, found)
        found += [finding for check in checks for finding in further(check(part), found)]
    return [finding for finding in dict.fromkeys(found) if not excused(case, finding)]


def further(findings: Iterable[Finding], known: Sequence[Finding]) -> list[Finding]:
    """The findings in cells of which nothing is known to be wrong, in rows that are called as they should."""
    cells = frozenset[tuple[str, int, str]]().union(*(finding.cells for finding in known))
    misnamed = {(file, row) for file, row, column in cells if column in KEYS.values()}
    return [
        finding
        for finding in findings
        if not finding.cells & cells and (finding.file, finding.row) not in misnamed
    ]


def _at(case: Case, table: str, row: Row, column: str, problem: Problem) -> Finding:
    return problem.at(case.file(table, row.get("key", "")), row["row"], column)


def _references(case: Case) -> Iterator[Finding]:
    """Cells that name a row of another file, or an entry of case.toml."""
    known = {
        "unit": set(case.units["unit"]),
        "indicator": set(case.indicators["indicator"]),
        "tier": set(case.about["tiers"]),
        "source": set(case.sources["id"]),
    }
    for table in ("facts", "measures", "assumptions", "quantities", "indicators"):
        frame = getattr(case, table)
        for column in known.keys() & set(frame.columns) - ({"indicator"} if table == "indicators" else set()):
            for row in frame.iter_rows(named=True):
                if row[column] not in known[column] and (row[column] or table != "assumptions"):
                    names = ", ".join(sorted(known[column]))
                    message = f"there is no {column} '{row[column]}'; expected one of {names}"
                    yield _at(case, table, row, column, Problem(f"unknown-{column}", message, row[column]))


def _figures(case: Case) -> Iterator[Finding]:
    """Facts whose value is not of its unit, or not in its phrase."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    codebook = {row["indicator"]: row for row in case.indicators.iter_rows(named=True)}
    year = _year(case)
    for fact in case.facts.iter_rows(named=True):
        yield from (_at(case, "facts", fact, *wrong) for wrong in _periods(case, fact))
        kind, entry = kinds.get(fact["unit"]), codebook.get(fact["indicator"])
        if kind is None or entry is None or entry["unit"] not in kinds:
            continue
        if fact["unit"] != entry["unit"]:
            message = f"'{fact['unit']}' is not the unit of {fact['indicator']}; expected {entry['unit']}"
            yield _at(case, "facts", fact, "unit", Problem("unit-of-indicator", message, fact["unit"]))
            continue
        try:
            leaves.fact_range(fact, kind, (entry["lower"], entry["upper"]), year)
        except ValueError as error:
            yield _at(case, "facts", fact, "value", _misvalued(fact["value"], error))
            continue
        if not _holds(fact, kind):
            message = f"the phrase '{fact['exact']}' does not hold the figure {fact['value']}"
            yield _at(case, "facts", fact, "exact", Problem("figure-in-phrase", message, fact["exact"]))


def _misvalued(value: str, error: ValueError) -> Problem:
    """What is wrong with a value that is not of its unit; one without a year needs the assumption of it."""
    if isinstance(error, leaves.NoYearError):
        return Problem("unstated-year", str(error), leaves.YEAR)
    return Problem("value-of-unit", str(error), value)


def _translations(case: Case) -> Iterator[Finding]:
    """Texts in one language that hold other numbers than in the other."""
    for table in TRANSLATED:
        for row in getattr(case, table).iter_rows(named=True):
            for column, message in mistranslated(row):
                yield _at(case, table, row, column, _untranslated(row[column], message))
    for row in case.sources.iter_rows(named=True):
        for column, message in mistranslated(row):
            problem = _untranslated(row[column], f"source {row['id']}, {column}: {message}")
            yield problem.at(case.toml, row["row"], column)


def _untranslated(text: str, message: str) -> Problem:
    return Problem("same-numbers" if text else "both-languages", message, text)


def _corrections(case: Case) -> Iterator[Finding]:
    """Corrections of no fact, of what is no longer printed, or to what the fact cannot be."""
    facts = {row["id"]: row for row in case.facts.iter_rows(named=True)}
    for row in case.corrections.iter_rows(named=True):
        fact = facts.get(row["fact"])
        if fact is None:
            message = f"there is no fact '{row['fact']}'{nearest(row['fact'], facts)}"
            yield _at(case, "corrections", row, "fact", Problem("unknown-key", message, row["fact"]))
        else:
            yield from (_at(case, "corrections", row, *wrong) for wrong in _miscorrected(case, fact, row))
        if not is_day(row["since"]):
            yield _at(case, "corrections", row, "since", _misdated(row["since"]))
        wrongs = _unfounded(row, case.sources["id"].to_list())
        yield from (_at(case, "corrections", row, *wrong) for wrong in wrongs)


def _misdated(text: str) -> Problem:
    return Problem("date-form", f"'{text}' is not a date of the calendar", text)


def _unfounded(correction: Row, sources: Sequence[str]) -> Iterator[tuple[str, Problem]]:
    """The basis of a correction where it is a source that is not there, or one in one language only."""
    named = [correction[column] for column in BASIS if re.fullmatch(SOURCE, correction[column])]
    if named and correction["basis_en"] != correction["basis_zh"]:
        yield ", ".join(BASIS), Problem("same-basis", "expected the same source in both")
    elif named and named[0] not in sources:
        message = f"there is no source '{named[0]}'"
        yield ", ".join(BASIS), Problem("unknown-source", message, named[0])


def _editions(case: Case) -> Iterator[Finding]:
    for row in case.revisions.iter_rows(named=True):
        if not is_day(row["edition"]):
            yield _misdated(row["edition"]).at(case.file("revisions"), row["row"], "edition")


def _miscorrected(case: Case, fact: Row, correction: Row) -> Iterator[tuple[str, Problem]]:
    """The column and what is wrong there."""
    if correction["expect"] != fact["value"]:
        message = f"the source now says {fact['value']}: remove this correction"
        yield "expect", Problem("stale-correction", message, correction["expect"])
    if correction["value"] == correction["expect"]:
        message = f"'{correction['value']}' is what the source prints; expected another value"
        yield "value", Problem("stale-correction", message, correction["value"])
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    bounds = {row["indicator"]: (row["lower"], row["upper"]) for row in case.indicators.iter_rows(named=True)}
    if fact["unit"] in kinds and fact["indicator"] in bounds:
        taken = leaves.corrected(fact, {fact["id"]: correction})
        try:
            leaves.fact_range(taken, kinds[fact["unit"]], bounds[fact["indicator"]], _year(case))
        except ValueError as error:
            yield "value", _misvalued(correction["value"], error)


def _year(case: Case) -> int:
    """The year of dates without one; 0 where no assumption gives it."""
    found = case.assumptions.filter(name=leaves.YEAR)["central"].to_list()
    return int(found[0]) if found and found[0].isdigit() else 0


def _holds(fact: Row, kind: str) -> bool:
    if kind == "date":
        return printed.holds_date(fact["exact"], printed.parse_date(fact["value"]))
    return inexact.holds_figure(fact["exact"], inexact.parse_figure(fact["value"]))


def _periods(case: Case, fact: Row) -> Iterator[tuple[str, Problem]]:
    """Ends of a period that are neither dates nor keys: the column and what is wrong."""
    known = {*case.facts["id"], *case.assumptions["name"]}
    for column in ("period_start", "period_end"):
        if fact[column] and fact[column] not in known:
            try:
                printed.parse_date(fact[column])
            except ValueError:
                message = f"'{fact[column]}' is neither a date nor the key of one"
                message += nearest(fact[column], known)
                yield column, Problem("period-end", message, fact[column])


def _duplicates(case: Case) -> Iterator[Finding]:
    """A key that two files give."""
    taken = Counter([*_leaves(case), *case.quantities["key"]])
    for table, column in (("measures", "id"), ("quantities", "key")):
        for row in getattr(case, table).iter_rows(named=True):
            if taken[row[column]] > 1:
                message = f"'{row[column]}' is taken by another file; each key needs a name of its own"
                yield _at(case, table, row, column, Problem("taken-key", message, row[column]))


def _reserved(case: Case) -> Iterator[Finding]:
    """Keys that no expression could name."""
    words = {*expr.FUNCTIONS, expr.UNKNOWN}
    for table, column in KEYS.items():
        for row in getattr(case, table).iter_rows(named=True):
            if row[column] in words or any(keyword.iskeyword(part) for part in row[column].split(".")):
                message = f"'{row[column]}' holds a word of the expression language; choose another name"
                yield _at(case, table, row, column, Problem("reserved-word", message, row[column]))


def _leaves(case: Case) -> list[str]:
    return [*case.facts["id"], *case.measures["id"], *case.assumptions["name"]]


def _bounds(case: Case) -> Iterator[Finding]:
    """Bounds that are written out and not of their unit, or of which there should be one only."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.assumptions.filter(pl.col("kind") != "choice").iter_rows(named=True):
        if row["name"] == leaves.YEAR and len({row[end] for end in leaves.ENDS}) > 1:
            problem = Problem("one-year", "expected one year, three times the same")
            yield _at(case, "assumptions", row, ", ".join(leaves.ENDS), problem)
        for end in leaves.ENDS:
            try:
                if leaves.is_literal(row[end]) and row["unit"] in kinds:
                    leaves.literal(row[end], kinds[row["unit"]])
            except ValueError as error:
                yield _at(case, "assumptions", row, end, Problem("value-of-unit", str(error), row[end]))


ACROSS: Sequence[Check] = (
    *(_duplicates, _reserved, _bounds, _references, _figures, _corrections, _translations, _editions),
    *(misformed, miswritten, misnamed, misclaimed, misgraded),
)
"""Checks that look cells up."""

COMPUTED: Sequence[Sequence[Check]] = (
    (uncomputable,),
    (mislimited, miscounted, unsaid),
    (mismatched, misassumed, beside_the_point),
)
"""Checks that compute, or go by what others have computed."""
