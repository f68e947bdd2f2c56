"""Checks of how a case is coded: keys, places, periods, fingerprints, units and bounds against each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analysis import expr, intervals
from analysis.about import CASES
from analysis.case import Case
from analysis.codebook import misdefined, misended
from analysis.expr import NotIdentifiedError
from analysis.findings import Finding
from analysis.leaves import leaf_ranges
from analysis.quotes import recorded

Row = Mapping[str, Any]
ALL = "all"
"""The tier of what concerns every tier; its keys name none."""


def miscoded(case: Case) -> Iterator[Finding]:
    """Rows that are well formed and contradict another cell of the case."""
    yield from _keys(case)
    yield from _places(case)
    yield from _periods(case)
    yield from _outcomes(case)
    yield from _units(case)
    yield from _limits(case)
    yield from _wholes(case)


def _keys(case: Case) -> Iterator[Finding]:
    """A key names its tier, and its indicator or kind of measure."""
    names = {"facts": case.indicators["indicator"].to_list(), "measures": case.measures["measure"].to_list()}
    for table, column in (("facts", "indicator"), ("measures", "measure")):
        for row in getattr(case, table).iter_rows(named=True):
            first = row["id"].split(".")[0]
            tier = first if first in case.about["tiers"] else ALL
            if row["tier"] != tier:
                yield Finding(case.file(table), row["row"], "tier", f"'{row['id']}' names the tier {tier}")
            named = _longest(row["id"], names[table])
            if named and named != row[column]:
                message = f"'{row['id']}' names the {column} {named}"
                yield Finding(case.file(table), row["row"], column, message)
            elif not named:
                yield Finding(case.file(table), row["row"], "id", f"names no {column}, such as {row[column]}")


def _longest(key: str, names: Iterable[str]) -> str:
    words = f"_{key.replace('.', '_')}_"
    return max((name for name in names if f"_{name}_" in words), key=len, default="")


def _places(case: Case) -> Iterator[Finding]:
    """A paragraph is counted in an archived text; other phrases have their fingerprint in case.toml."""
    sources = {row["id"]: row for row in case.sources.iter_rows(named=True)}
    left = {key: list(row["phrases"]) for key, row in sources.items()}
    for table in ("facts", "measures"):
        for row in getattr(case, table).iter_rows(named=True):
            source = sources.get(row["source"])
            if source is None:
                continue
            if bool(row["paragraph"]) != bool(source["sha256"]):
                message = f"source {source['id']} is archived: expected the number of a paragraph"
                if row["paragraph"]:
                    message = f"source {source['id']} is not archived: expected no paragraph"
                yield Finding(case.file(table), row["row"], "paragraph", message)
            elif not source["sha256"] and recorded(row) not in source["phrases"]:
                message = (
                    f"differs from what was recorded of source {source['id']}; its hash is {recorded(row)}"
                )
                yield Finding(case.file(table), row["row"], "exact", message)
            left[source["id"]] = [found for found in left[source["id"]] if found != recorded(row)]
    for key, hashes in left.items():
        for found in hashes:
            message = f"source {key}, phrases: no row quotes the phrase of hash {found}"
            yield Finding(f"seeds/{case.name}/case.toml", 0, "", message)


def _periods(case: Case) -> Iterator[Finding]:
    """A period has two ends or none; each is a day, and a fact's is of the fact's own tier."""
    ends = {row["id"]: (row["unit"], row["tier"]) for row in case.facts.iter_rows(named=True)}
    ends |= {row["name"]: (row["unit"], "") for row in case.assumptions.iter_rows(named=True)}
    dates = set(case.units.filter(kind="date")["unit"])
    for row in case.facts.iter_rows(named=True):
        given = [column for column in ("period_start", "period_end") if row[column]]
        if len(given) == 1:
            message = "expected both ends of the period, or neither"
            yield Finding(case.file("facts"), row["row"], ", ".join(given), message)
        for column in given:
            unit, tier = ends.get(row[column], ("", ""))
            if unit and (unit not in dates or tier not in {"", row["tier"]}):
                message = f"'{row[column]}' is not a date of the tier {row['tier']}"
                yield Finding(case.file("facts"), row["row"], column, message)


def _outcomes(case: Case) -> Iterator[Finding]:
    """Whoever reports a figure over a period says who measured it, and nobody else.

    Figures that are gathered from cases have no period: its ends are dates of their case.
    """
    if CASES in case.about:
        return
    counted = case.facts.filter(case.facts["period_start"] != "")["source"].to_list()
    for source in case.sources.iter_rows(named=True):
        if bool(source["outcomes_measured_by"]) != (source["id"] in counted):
            some = "some" if source["id"] in counted else "no"
            message = f"source {source['id']}, outcomes_measured_by: it carries {some} figure over a period"
            yield Finding(f"seeds/{case.name}/case.toml", 0, "", message)


def _units(case: Case) -> Iterator[Finding]:
    """Only a choice has the unit of choices."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.assumptions.iter_rows(named=True):
        kind = kinds.get(row["unit"])
        if kind and (kind == "choice") != (row["kind"] == "choice"):
            message = f"'{row['unit']}' is not the unit of a {row['kind']}"
            yield Finding(case.file("assumptions"), row["row"], "unit", message)
    for table in ("facts", "quantities"):
        for row in getattr(case, table).iter_rows(named=True):
            if kinds.get(row["unit"]) == "choice":
                yield Finding(case.file(table), row["row"], "unit", f"'{row['unit']}' is the unit of choices")


def _limits(case: Case) -> Iterator[Finding]:
    """Units start where their kind does and have its decimals; an indicator ends where its unit does."""
    units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
    rows = (*case.quantities.iter_rows(named=True), *case.elsewhere)
    differences = {row["unit"] for row in rows if _is_difference(row["expression"])}
    for unit, row in units.items():
        for wrong in misdefined(row, unit in differences):
            yield Finding(case.file("units"), row["row"], *wrong)
    for row in case.indicators.iter_rows(named=True):
        for wrong in misended(row, units.get(row["unit"], {"kind": "", "upper": ""})):
            yield Finding(case.file("indicators"), row["row"], *wrong)


def _is_difference(text: str) -> bool:
    tree = expr.parse(text).tree
    tree = tree.body if isinstance(tree, ast.IfExp) else tree
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub)


def _wholes(case: Case) -> Iterator[Finding]:
    """A sum of counts is a count, and a count is a whole number."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    rows = {row["key"]: row for row in case.quantities.iter_rows(named=True)}
    leaves = [
        *case.facts.select("id", "unit").iter_rows(),
        *case.assumptions.select("name", "unit").iter_rows(),
    ]
    whole = {key for key, unit in leaves if kinds[unit] in {"count", "date"}} | set(case.measures["id"])
    whole |= {key for key, row in rows.items() if kinds[row["unit"]] in {"count", "date"}}
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    for key, row in rows.items():
        kind = kinds[row["unit"]]
        sums = parsed[key].numbers <= whole and not {"*", "/", "."} & set(_operators(row["expression"]))
        message = "a sum of counts or days is counted" if sums and kind == "measured" else ""
        if kind == "count" and not sums and not _is_whole(case, parsed, key):
            message = "it is not a whole number"
        if message:
            problem = f"'{row['unit']}' is {kind}: {message}"
            yield Finding(case.file("quantities", row["key"]), row["row"], "unit", problem)


def _operators(text: str) -> str:
    """What is left of an expression without its keys and settings."""
    return re.sub(r'[A-Za-z_][\w.]*|"[^"]*"', "", text)


def _is_whole(case: Case, parsed: Mapping[str, expr.Expression], key: str) -> bool:
    try:
        known = intervals.interval(expr.substitute(parsed[key], parsed), leaf_ranges(case))
    except NotIdentifiedError:
        return True
    return isinstance(known.central, float) and known.central.is_integer()
