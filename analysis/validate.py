"""Checks across the files of a case: units, phrases, keys, bounds, settings."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from analysis import expr, inexact, leaves, printed
from analysis.bilingual import mistranslated
from analysis.case import Case
from analysis.claim_checks import beside_the_point, misclaimed, unsaid
from analysis.coding import miscoded
from analysis.findings import Finding, UnusableError
from analysis.forensics import mismatched, miswritten
from analysis.formulas import misformed, range_problem, uncomputable
from analysis.grade import misgraded
from analysis.intervals import Range
from analysis.keys import nearest
from analysis.schemas import SOURCE
from analysis.whatif_checks import misassumed
from analysis.words import misnamed

Row = Mapping[str, Any]
Say = Callable[[int, str, str], Finding]
SETTINGS = "assumptions"
TRANSLATED = (
    *("facts", "measures", "assumptions", "quantities", "units", "indicators"),
    "corrections",
    "revisions",
    "design",
)
BASIS = ("basis_en", "basis_zh")
KEYS = {"facts": "id", "measures": "id", "assumptions": "name", "quantities": "key"}


def findings_of(case: Case, of_files: Sequence[Finding] = ()) -> list[Finding]:
    """Everything wrong in a case: the findings of each file by itself, and those across files.

    A row with a finding is not in its frame, so nothing is looked up in a file that has one.
    """
    wrong = {finding.file for finding in of_files}
    found = [*of_files, *_duplicates(case), *_reserved(case), *_bounds(case)]
    if not wrong & {*map(case.file, ("units", "indicators")), f"seeds/{case.name}/case.toml"}:
        found += [*_references(case), *_figures(case)]
        found += [] if case.file("facts") in wrong else _corrections(case)
        found += _translations(case)
    found += _editions(case)
    if not wrong:
        found += [*misformed(case), *miswritten(case), *misnamed(case), *misclaimed(case)]
        found += misgraded(case)
    found = found or list(uncomputable(case)) or [*miscoded(case), *unsaid(case)]
    return found or [*mismatched(case), *misassumed(case), *beside_the_point(case)]


def _at(case: Case, table: str, key: str = "") -> Say:
    return lambda row, column, message: Finding(case.file(table, key), row, column, message)


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
                    yield _at(case, table, row.get("key", ""))(row["row"], column, message)


def _figures(case: Case) -> Iterator[Finding]:
    """Facts whose value is not of its unit, or not in its phrase."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    codebook = {row["indicator"]: row for row in case.indicators.iter_rows(named=True)}
    say = _at(case, "facts")
    year = _year(case)
    for fact in case.facts.iter_rows(named=True):
        kind, entry = kinds.get(fact["unit"]), codebook.get(fact["indicator"])
        if kind is None or entry is None:
            continue
        if fact["unit"] != entry["unit"]:
            message = f"'{fact['unit']}' is not the unit of {fact['indicator']}; expected {entry['unit']}"
            yield say(fact["row"], "unit", message)
            continue
        try:
            leaves.fact_range(fact, kind, (entry["lower"], entry["upper"]), year)
        except ValueError as error:
            yield say(fact["row"], "value", str(error))
            continue
        if not _holds(fact, kind):
            message = f"the phrase '{fact['exact']}' does not hold the figure {fact['value']}"
            yield say(fact["row"], "exact", message)
        yield from _periods(case, fact, say)


def _translations(case: Case) -> Iterator[Finding]:
    """Texts in one language that hold other numbers than in the other."""
    for table in TRANSLATED:
        for row in getattr(case, table).iter_rows(named=True):
            for column, message in mistranslated(row):
                yield _at(case, table, row.get("key", ""))(row["row"], column, message)
    for row in case.sources.iter_rows(named=True):
        for column, message in mistranslated(row):
            yield Finding(f"seeds/{case.name}/case.toml", 0, "", f"source {row['id']}, {column}: {message}")


def _corrections(case: Case) -> Iterator[Finding]:
    """Corrections of no fact, of what is no longer printed, or to what the fact cannot be."""
    facts = {row["id"]: row for row in case.facts.iter_rows(named=True)}
    say = _at(case, "corrections")
    for row in case.corrections.iter_rows(named=True):
        fact = facts.get(row["fact"])
        if fact is None:
            message = f"there is no fact '{row['fact']}'{nearest(row['fact'], facts)}"
            yield say(row["row"], "fact", message)
        else:
            yield from (say(row["row"], *wrong) for wrong in _miscorrected(case, fact, row))
        if not _is_day(row["since"]):
            yield say(row["row"], "since", f"'{row['since']}' is not a date of the calendar")
        yield from (say(row["row"], *wrong) for wrong in _unfounded(row, case.sources["id"].to_list()))


def _unfounded(correction: Row, sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The basis of a correction where it is a source that is not there, or one in one language only."""
    named = [correction[column] for column in BASIS if re.fullmatch(SOURCE, correction[column])]
    if named and correction["basis_en"] != correction["basis_zh"]:
        yield ", ".join(BASIS), "expected the same source in both"
    elif named and named[0] not in sources:
        yield ", ".join(BASIS), f"there is no source '{named[0]}'"


def _editions(case: Case) -> Iterator[Finding]:
    for row in case.revisions.iter_rows(named=True):
        if not _is_day(row["edition"]):
            message = f"'{row['edition']}' is not a date of the calendar"
            yield _at(case, "revisions")(row["row"], "edition", message)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _miscorrected(case: Case, fact: Row, correction: Row) -> Iterator[tuple[str, str]]:
    """The column and what is wrong there."""
    if correction["expect"] != fact["value"]:
        yield "expect", f"the source now says {fact['value']}: remove this correction"
    if correction["value"] == correction["expect"]:
        yield "value", f"'{correction['value']}' is what the source prints; expected another value"
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    bounds = {row["indicator"]: (row["lower"], row["upper"]) for row in case.indicators.iter_rows(named=True)}
    if fact["unit"] in kinds and fact["indicator"] in bounds:
        taken = leaves.corrected(fact, {fact["id"]: correction})
        try:
            leaves.fact_range(taken, kinds[fact["unit"]], bounds[fact["indicator"]], _year(case))
        except ValueError as error:
            yield "value", str(error)


def _year(case: Case) -> int:
    """The year of dates without one; 0 where no assumption gives it."""
    found = case.assumptions.filter(name=leaves.YEAR)["central"].to_list()
    return int(found[0]) if found and found[0].isdigit() else 0


def _holds(fact: Row, kind: str) -> bool:
    if kind == "date":
        return printed.holds_date(fact["exact"], printed.parse_date(fact["value"]))
    return inexact.holds_figure(fact["exact"], inexact.parse_figure(fact["value"]))


def _periods(case: Case, fact: Row, say: Say) -> Iterator[Finding]:
    known = {*case.facts["id"], *case.assumptions["name"]}
    for column in ("period_start", "period_end"):
        if fact[column] and fact[column] not in known:
            try:
                printed.parse_date(fact[column])
            except ValueError:
                message = f"'{fact[column]}' is neither a date nor the key of one"
                yield say(fact["row"], column, message + nearest(fact[column], known))


def _duplicates(case: Case) -> Iterator[Finding]:
    """A key that two files give."""
    taken = Counter([*_leaves(case), *case.quantities["key"]])
    for table, column in (("measures", "id"), ("quantities", "key")):
        for row in getattr(case, table).iter_rows(named=True):
            if taken[row[column]] > 1:
                message = f"'{row[column]}' is taken by another file; each key needs a name of its own"
                yield _at(case, table, row[column])(row["row"], column, message)


def _reserved(case: Case) -> Iterator[Finding]:
    """Keys that no expression could name."""
    words = {*expr.FUNCTIONS, expr.UNKNOWN}
    for table, column in KEYS.items():
        for row in getattr(case, table).iter_rows(named=True):
            if row[column] in words or any(keyword.iskeyword(part) for part in row[column].split(".")):
                message = f"'{row[column]}' holds a word of the expression language; choose another name"
                yield _at(case, table, row[column])(row["row"], column, message)


def _leaves(case: Case) -> list[str]:
    return [*case.facts["id"], *case.measures["id"], *case.assumptions["name"]]


def _bounds(case: Case) -> Iterator[Finding]:
    """Bounds that are written out and not of their unit, or of which there should be one only."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    say = _at(case, "assumptions")
    for row in case.assumptions.filter(pl.col("kind") != "choice").iter_rows(named=True):
        if row["name"] == leaves.YEAR and len({row[end] for end in leaves.ENDS}) > 1:
            yield say(row["row"], ", ".join(leaves.ENDS), "expected one year, three times the same")
        for end in leaves.ENDS:
            try:
                if leaves.is_literal(row[end]) and row["unit"] in kinds:
                    leaves.literal(row[end], kinds[row["unit"]])
            except ValueError as error:
                yield say(row["row"], end, str(error))


def refuse_settings(case: Case) -> None:
    """Raise UnusableError for an ``as_of`` that is no date or settings that do not exist or compute."""
    if case.as_of:
        _refuse_as_of(case.as_of)
    rows = {row["name"]: row for row in case.assumptions.iter_rows(named=True)}
    units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
    for name, value in case.settings.items():
        if name not in rows:
            message = f"there is no assumption '{name}'; there are: {', '.join(rows)}"
            raise UnusableError(SETTINGS, message)
        problem = _setting_problem(value, rows[name], units[rows[name]["unit"]])
        if problem:
            raise UnusableError(SETTINGS, f"{name}: {problem}")
    _refuse_beyond(case, rows, units)
    if case.settings or case.as_of:
        wrong = list(uncomputable(case)) if case.settings else []
        where = SETTINGS if case.settings else "as_of"
        found = [Finding(where, 0, "", f"with these, {each.message}") for each in wrong or unsaid(case)]
        if found:
            raise UnusableError.of(found)


def _refuse_beyond(case: Case, rows: Mapping[str, Row], units: Mapping[str, Row]) -> None:
    """Raise UnusableError for settings outside the range that the case declares."""
    declared = leaves.leaf_ranges(replace(case, settings={}))
    for name, value in case.settings.items():
        if rows[name]["kind"] == "choice":
            continue
        match declared[name], leaves.literal(value, units[rows[name]["unit"]]["kind"]):
            case Range(float() as low, _, float() as high), Range(float() as least, _, float() as most):
                if not low <= least <= most <= high:
                    dated = units[rows[name]["unit"]]["kind"] == "date"
                    ends = [date.fromordinal(int(end)) if dated else f"{end:g}" for end in (low, high)]
                    message = f"{name}: {value} lies outside {ends[0]} to {ends[1]}"
                    raise UnusableError(SETTINGS, f"{message}, the range that the case declares")


def _refuse_as_of(as_of: str) -> None:
    if not _is_day(as_of):
        raise UnusableError("as_of", f"'{as_of}' is not a date such as 2024-08-06")


def _setting_problem(value: str, row: Row, unit: Row) -> str:
    if row["kind"] == "choice":
        choices = row["choices"].split("|")
        return "" if value in choices else f"'{value}' is not one of {', '.join(choices)}"
    try:
        return range_problem(leaves.literal(value, unit["kind"]), unit)
    except ValueError as error:
        return str(error)
