"""The leaves of every derivation: facts, measures and assumptions as ranges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from analysis import expr, printed
from analysis.case import Case
from analysis.expr import Expression, NotIdentifiedError, Range
from analysis.workdays import add_workdays

YEAR = "unstated_year"
"""The assumption that gives the year of dates printed without one."""

OPEN = Range(None, None, None)
PRESENT, ABSENT = Range(1.0, 1.0, 1.0), Range(0.0, 0.0, 0.0)
Row = Mapping[str, Any]


def _workdays(start: float, days: float) -> float:
    return float(add_workdays(date.fromordinal(int(start)), int(days)).toordinal())


expr.FUNCTIONS["workdays"] = _workdays


def fact_range(fact: Row, unit_kind: str, bounds: tuple[str, str], year: int) -> Range:
    """The interval of values that a source would print as it prints this fact.

    ``bounds`` are the codebook's: 100% cannot mean more than 100.  Raises ValueError where the
    value is not of its unit.
    """
    if unit_kind == "date":
        return printed.parse_date(fact["value"]).range(year)
    number = printed.parse_number(fact["value"])
    if unit_kind == "count" and number != number.to_integral_value():
        message = f"'{fact['value']}' is not a whole number, which its unit '{fact['unit']}' asks for"
        raise ValueError(message)
    lower, upper = (Decimal(bound) if bound else None for bound in bounds)
    if (lower is not None and number < lower) or (upper is not None and number > upper):
        message = f"'{fact['value']}' lies outside the indicator's bounds {bounds[0]} to {bounds[1]}"
        raise ValueError(message)
    found = printed.rounding(number, exact=unit_kind == "count")
    return Range(_clip(found.low, lower, max), found.central, _clip(found.high, upper, min))


def _clip(end: Any, bound: Decimal | None, pick: Any) -> Any:  # noqa: ANN401
    return end if bound is None else pick(end, float(bound))


def literal(text: str, unit_kind: str) -> Range | None:
    """A bound that is written out, a number or a date, or None where it is an expression."""
    if unit_kind == "date" and printed.EDTF.fullmatch(text):
        return printed.parse_date(text).range(0)
    try:
        number = float(text)
    except ValueError:
        return None
    return Range(number, number, number)


def bound_range(text: str, unit_kind: str, ranges: Mapping[str, Range]) -> Range:
    """What one bound of an assumption comes to: a number, a date or an expression; empty is unbounded."""
    if not text:
        return OPEN
    found = literal(text, unit_kind)
    return found or expr.interval(expr.parse(text), ranges)


def assumption_range(row: Row, unit_kind: str, ranges: Mapping[str, Range]) -> Range:
    """The range of an assumption; one that is unbounded on a side has no central value."""
    if row["kind"] == "choice":
        return Range(row["central"], row["central"], row["central"])
    try:
        ends = [bound_range(row[end], unit_kind, ranges) for end in ("low", "central", "high")]
    except NotIdentifiedError:
        return OPEN
    if None in (ends[0].low, ends[1].central, ends[2].high):
        return OPEN
    return Range(ends[0].low, ends[1].central, ends[2].high)


def with_settings(row: Row, settings: Mapping[str, str]) -> Row:
    """The assumption's row with its setting, if any, in place of its range or choice."""
    if row["name"] not in settings:
        return row
    value = settings[row["name"]]
    return {**row, "low": value, "central": value, "high": value}


def leaf_ranges(case: Case) -> dict[str, Range]:
    """Ranges of all facts, measures (1 present, 0 absent) and assumptions of a checked case.

    What only a source after ``as_of`` says is left out.
    """
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    bounds = {row["indicator"]: (row["lower"], row["upper"]) for row in case.indicators.iter_rows(named=True)}
    rows = {row["name"]: with_settings(row, case.settings) for row in case.assumptions.iter_rows(named=True)}
    year = int(rows[YEAR]["central"]) if YEAR in rows else 0
    ranges = {
        fact["id"]: fact_range(fact, kinds[fact["unit"]], bounds[fact["indicator"]], year)
        for fact in case.reported.iter_rows(named=True)
    }
    ranges |= {
        row["id"]: PRESENT if row["value"] == "present" else ABSENT
        for row in case.measures.filter(~pl.col("source").is_in(list(case.late))).iter_rows(named=True)
    }
    for name in expr.ordered({name: bound_inputs(row) for name, row in rows.items()}):
        if name in rows:
            ranges[name] = assumption_range(rows[name], kinds[rows[name]["unit"]], ranges)
    return ranges


def bound_inputs(row: Row) -> tuple[str, ...]:
    """The keys that the bounds of an assumption are computed from."""
    if row["kind"] == "choice":
        return ()
    texts = [row[end] for end in ("low", "central", "high")]
    parsed: list[Expression] = [expr.parse(text) for text in texts if text and not literal(text, "date")]
    return tuple(dict.fromkeys(key for expression in parsed for key in expression.names))
