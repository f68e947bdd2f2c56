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
from analysis.findings import Finding, Problem
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
    yield from _units(case)


def unmatched(case: Case) -> Iterator[Finding]:
    """Sources that say of rows what no row bears out; all rows have to be there."""
    yield from _unquoted(case)
    yield from _outcomes(case)


def _keys(case: Case) -> Iterator[Finding]:
    """A key names its tier, and its indicator or kind of measure."""
    indicators = [*case.indicators["indicator"], *case.faulty.get("indicators", ())]
    names = {"facts": indicators, "measures": case.measures["measure"].to_list()}
    for table, column in (("facts", "indicator"), ("measures", "measure")):
        for row in getattr(case, table).iter_rows(named=True):
            first = row["id"].split(".")[0]
            tier = first if first in case.about["tiers"] else ALL
            if row["tier"] != tier:
                problem = Problem("key-names-tier", f"'{row['id']}' names the tier {tier}", row["tier"])
                yield problem.at(case.file(table), row["row"], "tier")
            named = _longest(row["id"], names[table])
            if named and named != row[column]:
                problem = Problem("key-names-what", f"'{row['id']}' names the {column} {named}", row[column])
                yield problem.at(case.file(table), row["row"], column)
            elif not named:
                problem = Problem("key-names-what", f"names no {column}, such as {row[column]}", row["id"])
                yield problem.at(case.file(table), row["row"], "id")


def _longest(key: str, names: Iterable[str]) -> str:
    words = f"_{key.replace('.', '_')}_"
    return max((name for name in names if f"_{name}_" in words), key=len, default="")


def _places(case: Case) -> Iterator[Finding]:
    """A paragraph is counted in an archived text; other phrases have their fingerprint in case.toml."""
    sources = {row["id"]: row for row in case.sources.iter_rows(named=True)}
    for table in ("facts", "measures"):
        for row in getattr(case, table).iter_rows(named=True):
            source = sources.get(row["source"])
            if source is None:
                continue
            if bool(row["paragraph"]) != bool(source["sha256"]):
                message = f"source {source['id']} is archived: expected the number of a paragraph"
                if row["paragraph"]:
                    message = f"source {source['id']} is not archived: expected no paragraph"
                problem = Problem("paragraph", message, row["paragraph"])
                yield problem.at(case.file(table), row["row"], "paragraph")
            elif not source["sha256"] and recorded(row) not in source["phrases"]:
                message = (
                    f"differs from what was recorded of source {source['id']}; its hash is {recorded(row)}"
                )
                yield Problem("phrase-hash", message, row["exact"]).at(case.file(table), row["row"], "exact")


def _unquoted(case: Case) -> Iterator[Finding]:
    """Recorded phrases that no row quotes."""
    rows = [row for table in (case.facts, case.measures) for row in table.iter_rows(named=True)]
    quoted = {(row["source"], recorded(row)) for row in rows}
    for source in case.sources.iter_rows(named=True):
        for found in source["phrases"]:
            if (source["id"], found) not in quoted:
                message = f"source {source['id']}, phrases: no row quotes the phrase of hash {found}"
                yield Problem("phrase-hash", message, found).at(case.toml, source["row"], "phrases")


def _periods(case: Case) -> Iterator[Finding]:
    """A period has two ends or none; each is a day, and a fact's is of the fact's own tier."""
    ends = {row["id"]: (row["unit"], row["tier"]) for row in case.facts.iter_rows(named=True)}
    ends |= {row["name"]: (row["unit"], "") for row in case.assumptions.iter_rows(named=True)}
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.facts.iter_rows(named=True):
        given = [column for column in ("period_start", "period_end") if row[column]]
        if len(given) == 1:
            message = "expected both ends of the period, or neither"
            yield Problem("period", message).at(case.file("facts"), row["row"], ", ".join(given))
        for column in given if row["tier"] in case.about["tiers"] else ():
            unit, tier = ends.get(row[column], ("", ""))
            if unit in kinds and (kinds[unit] != "date" or tier not in {"", row["tier"]}):
                message = f"'{row[column]}' is not a date of the tier {row['tier']}"
                yield Problem("period", message, row[column]).at(case.file("facts"), row["row"], column)


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
            yield Problem("measured-by", message).at(case.toml, source["row"], "outcomes_measured_by")


def _units(case: Case) -> Iterator[Finding]:
    """Only a choice has the unit of choices."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.assumptions.iter_rows(named=True):
        kind = kinds.get(row["unit"])
        if kind and (kind == "choice") != (row["kind"] == "choice"):
            message = f"'{row['unit']}' is not the unit of a {row['kind']}"
            yield Problem("unit-of-choice", message, row["unit"]).at(
                case.file("assumptions"), row["row"], "unit"
            )
    for table in ("facts", "quantities"):
        for row in getattr(case, table).iter_rows(named=True):
            if kinds.get(row["unit"]) == "choice":
                problem = Problem("unit-of-choice", f"'{row['unit']}' is the unit of choices", row["unit"])
                yield problem.at(case.file(table, row.get("key", "")), row["row"], "unit")


def mislimited(case: Case) -> Iterator[Finding]:
    """Units that do not start where their kind does, and indicators that do not end where their unit does.

    Where formulas are left out, a unit may be that of a difference or not.
    """
    units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
    rows = (*case.quantities.iter_rows(named=True), *case.elsewhere)
    differences = {row["unit"] for row in rows if _is_difference(row["expression"])}
    for unit, row in units.items():
        known = () if "quantities" in case.partial else (unit in differences,)
        for column, message in misdefined(row, *known):
            yield Finding(case.file("units"), row["row"], column, message, rule="unit-limits")
    for row in case.indicators.iter_rows(named=True):
        for column, message in misended(row, units[row["unit"]]):
            yield Finding(case.file("indicators"), row["row"], column, message, rule="unit-limits")


def _is_difference(text: str) -> bool:
    tree = expr.parse(text).tree
    tree = tree.body if isinstance(tree, ast.IfExp) else tree
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub)


def miscounted(case: Case) -> Iterator[Finding]:
    """Quantities in a unit of counts that are none, or the other way round."""
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
            file = case.file("quantities", row["key"])
            yield Problem("counted", problem, row["unit"]).at(file, row["row"], "unit")


def _operators(text: str) -> str:
    """What is left of an expression without its keys and settings."""
    return re.sub(r'[A-Za-z_][\w.]*|"[^"]*"', "", text)


def _is_whole(case: Case, parsed: Mapping[str, expr.Expression], key: str) -> bool:
    try:
        known = intervals.interval(expr.substitute(parsed[key], parsed), leaf_ranges(case))
    except NotIdentifiedError:
        return True
    return isinstance(known.central, float) and known.central.is_integer()
