"""Checks across the files of a case: units, phrases, keys, cycles, bounds."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from analysis import expr, leaves, printed
from analysis.case import Case
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.findings import Finding, UnusableError
from analysis.workdays import CalendarError

Row = Mapping[str, Any]
Say = Callable[[int, str, str], Finding]


def findings_of(case: Case) -> list[Finding]:
    """Everything wrong across the files of a case whose files are each well formed."""
    names = list(chain(_references(case), _figures(case), _duplicates(case), _formulas(case)))
    return names or list(_computed(case))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names most like ``name``, for a message."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; nearest: {', '.join(found)}" if found else ""


def _at(case: Case, table: str) -> Say:
    return lambda row, column, message: Finding(case.file(table), row, column, message)


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
                    message = f"there is no {column} '{row[column]}'; expected one of {', '.join(sorted(known[column]))}"
                    yield _at(case, table)(row["row"], column, message)


def _figures(case: Case) -> Iterator[Finding]:
    """Facts whose value is not of its unit, or not in its phrase."""
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    codebook = {row["indicator"]: row for row in case.indicators.iter_rows(named=True)}
    say = _at(case, "facts")
    for fact in case.facts.iter_rows(named=True):
        kind, entry = kinds.get(fact["unit"]), codebook.get(fact["indicator"])
        if kind is None or entry is None:
            continue
        if fact["unit"] != entry["unit"]:
            message = f"'{fact['unit']}' is not the unit of {fact['indicator']}; expected {entry['unit']}"
            yield say(fact["row"], "unit", message)
            continue
        try:
            leaves.fact_range(fact, kind, (entry["lower"], entry["upper"]), 2024)
        except ValueError as error:
            yield say(fact["row"], "value", str(error))
            continue
        if not _holds(fact, kind):
            message = f"the phrase '{fact['exact']}' does not hold the figure {fact['value']}"
            yield say(fact["row"], "exact", message)
        yield from _periods(case, fact, say)


def _holds(fact: Row, kind: str) -> bool:
    if kind == "date":
        return printed.holds_date(fact["exact"], printed.parse_date(fact["value"]))
    return printed.holds_number(fact["exact"], printed.parse_number(fact["value"]))


def _periods(case: Case, fact: Row, say: Say) -> Iterator[Finding]:
    known = {*case.facts["id"], *case.assumptions["name"]}
    for column in ("period_start", "period_end"):
        if fact[column] and fact[column] not in known and not printed.EDTF.fullmatch(fact[column]):
            message = f"'{fact[column]}' is neither a date nor the key of one{nearest(fact[column], known)}"
            yield say(fact["row"], column, message)


def _duplicates(case: Case) -> Iterator[Finding]:
    """A key that two files give."""
    taken = Counter([*_leaves(case), *case.quantities["key"]])
    for table, column in (("measures", "id"), ("quantities", "key")):
        for row in getattr(case, table).iter_rows(named=True):
            if taken[row[column]] > 1:
                message = f"'{row[column]}' is taken by another file; each key needs a name of its own"
                yield _at(case, table)(row["row"], column, message)


def _leaves(case: Case) -> list[str]:
    return [*case.facts["id"], *case.measures["id"], *case.assumptions["name"]]


def _formulas(case: Case) -> Iterator[Finding]:
    """Expressions that are not of the language, use unknown keys or go round in a circle."""
    known = {*_leaves(case), *case.quantities["key"]}
    inputs: dict[str, tuple[str, ...]] = {}
    places: dict[str, Callable[[str], Finding]] = {}
    for table, row, column, text in _texts(case):
        say = _at(case, table)
        try:
            names = expr.parse(text).names
        except ExpressionError as error:
            yield say(row["row"], column, str(error))
            continue
        for name in names:
            if name not in known:
                yield say(row["row"], column, f"there is no key '{name}'{nearest(name, known)}")
        key = row.get("key") or row["name"]
        inputs[key] = (*inputs.get(key, ()), *names)
        places[key] = lambda message, row=row, column=column, say=say: say(row["row"], column, message)  # type: ignore[misc]
    try:
        expr.ordered(inputs)
    except ExpressionError as error:
        yield places[str(error).rsplit(" ", 1)[-1]](str(error))


def _texts(case: Case) -> Iterator[tuple[str, Row, str, str]]:
    for row in case.quantities.iter_rows(named=True):
        yield "quantities", row, "expression", row["expression"]
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.assumptions.iter_rows(named=True):
        if row["kind"] == "choice":
            continue
        for end in ("low", "central", "high"):
            if row[end] and not leaves.literal(row[end], kinds.get(row["unit"], "")):
                yield "assumptions", row, end, row[end]


def _computed(case: Case) -> Iterator[Finding]:
    """Assumptions out of order and expressions that cannot be computed."""
    try:
        ranges = leaves.leaf_ranges(case)
    except (ExpressionError, CalendarError) as error:
        yield _at(case, "assumptions")(0, "", str(error))
        return
    for row in case.assumptions.iter_rows(named=True):
        known = ranges[row["name"]]
        if isinstance(known.low, float) and not known.low <= known.central <= known.high:  # type: ignore[operator]
            message = f"expected low <= central <= high; found {row['low']}, {row['central']}, {row['high']}"
            yield _at(case, "assumptions")(row["row"], "low, central, high", message)
    definitions = {row["key"]: expr.parse(row["expression"]) for row in case.quantities.iter_rows(named=True)}
    for row in case.quantities.iter_rows(named=True):
        yield from _computes(definitions[row["key"]], definitions, ranges, row, _at(case, "quantities"))


def _computes(
    expression: Expression,
    definitions: Mapping[str, Expression],
    ranges: Mapping[str, expr.Range],
    row: Row,
    say: Say,
) -> Iterator[Finding]:
    try:
        expr.interval(expr.substitute(expression, definitions), ranges)
    except NotIdentifiedError:
        return
    except ExpressionError as error:
        yield say(row["row"], "expression", str(error))


def refuse_settings(case: Case, as_of: str, settings: Mapping[str, str]) -> None:
    """Raise UnusableError for an ``as_of`` that is no date or a setting that does not exist."""
    try:
        date.fromisoformat(as_of or "2024-01-01")
    except ValueError:
        raise UnusableError("as_of", f"'{as_of}' is not a date such as 2024-08-06") from None
    rows = {row["name"]: row for row in case.assumptions.iter_rows(named=True)}
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for name, value in settings.items():
        if name not in rows:
            message = f"there is no assumption '{name}'; there are: {', '.join(rows)}"
            raise UnusableError("assumptions", message)
        choices = rows[name]["choices"].split("|")
        if rows[name]["kind"] == "choice" and value not in choices:
            raise UnusableError("assumptions", f"{name}: '{value}' is not one of {', '.join(choices)}")
        if rows[name]["kind"] == "range" and not leaves.literal(value, kinds[rows[name]["unit"]]):
            raise UnusableError("assumptions", f"{name}: '{value}' is not a {rows[name]['unit']}")
