"""The leaves of every derivation: facts, measures and assumptions as ranges.

The offline verifier holds this module as it is: only `workdays` may need a library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from analysis import expr, inexact, intervals, printed
from analysis.case import Case
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.intervals import Range
from analysis.workdays import add_workdays

YEAR = "unstated_year"
"""The assumption that gives the year of dates printed without one."""

HUNDRED = "percent"
"""The unit in which a fraction is of a hundred: 2/3 is 66.7%."""

ENDS = ("low", "central", "high")
WRITTEN_OUT = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
YEAR_TEXT = re.compile(r"[1-9]\d{0,3}")
OPEN = Range(None, None, None)
PRESENT, ABSENT = Range(1.0, 1.0, 1.0), Range(0.0, 0.0, 0.0)
Row = Mapping[str, Any]


def _workdays(start: float, days: float) -> float:
    return float(add_workdays(date.fromordinal(int(start)), int(days)).toordinal())


expr.FUNCTIONS["workdays"] = expr.Function(_workdays, 2, 2)


class NoYearError(ValueError):
    """A date without a year where no assumption gives one."""


class LeafError(ExpressionError):
    """An assumption whose bounds cannot be computed, or a date that does not exist in the assumed year."""

    def __init__(self, name: str, message: str) -> None:
        """Name the assumption."""
        super().__init__(message)
        self.name = name


def fact_range(fact: Row, unit_kind: str, bounds: tuple[str, str], year: int) -> Range:
    """The interval of values that a source would print as it prints this fact.

    ``bounds`` are the codebook's: 100% cannot mean more than 100.  Raises ValueError where the
    value is not of its unit.
    """
    if unit_kind == "date":
        return _day_range(fact["value"], year)
    figure, count, hundred = (
        inexact.parse_figure(fact["value"]),
        unit_kind == "count",
        fact["unit"] == HUNDRED,
    )
    numbers = inexact.numbers(figure, hundred=hundred)
    if count and not all(number.is_integer() for number in numbers):
        message = f"'{fact['value']}' is not a whole number, which its unit '{fact['unit']}' asks for"
        raise ValueError(message)
    lower, upper = (float(bound) if bound else None for bound in bounds)
    if (lower is not None and min(numbers) < lower) or (upper is not None and max(numbers) > upper):
        message = f"'{fact['value']}' lies outside the indicator's bounds {bounds[0]} to {bounds[1]}"
        raise ValueError(message)
    found = inexact.meant(figure, count=count, hundred=hundred)
    return Range(_clip(found.low, lower, max), found.central, _clip(found.high, upper, min))


def corrected(fact: Row, corrections: Mapping[str, Row]) -> Row:
    """The fact with its corrected value, where it has one, in place of the printed one."""
    made = corrections.get(fact["id"])
    return {**fact, "value": made["value"]} if made else fact


def by_fact(corrections: Iterable[Row], as_of: str = "") -> dict[str, Row]:
    """Corrections by the fact that they correct, without those made after ``as_of``."""
    return {row["fact"]: row for row in corrections if not as_of or row["since"] <= as_of}


def said_of(correction: Row) -> dict[str, Any]:
    """What the ledger says of a correction."""
    said = {
        name: {lang: correction[f"{name}_{lang}"] for lang in ("en", "zh")}
        for name in ("why", "reported_to", "basis")
    }
    return {name: correction[name] for name in ("expect", "value", "since")} | said


def within_a_line(label: str) -> str:
    """A label as it stands after a colon: its first letter small, unless the word is an abbreviation."""
    first = label.split(maxsplit=1)[0]
    return label if first[1:] != first[1:].lower() else label[0].lower() + label[1:]


def _day_range(text: str, year: int) -> Range:
    day = printed.parse_date(text)
    if day.year is None and not year:
        message = f"'{text}' has no year, and there is no assumption '{YEAR}' that gives one"
        raise NoYearError(message)
    try:
        return day.range(year)
    except ValueError as error:
        message = f"'{text}' is not a date of the calendar of {year}"
        raise ValueError(message) from error


def _clip(end: Any, bound: float | None, pick: Any) -> Any:  # noqa: ANN401
    """An end that goes no further than a bound; one without an end goes as far."""
    return end if bound is None else bound if end is None else pick(end, bound)


def is_literal(text: str) -> bool:
    """Whether a bound is written out, as a number or a date, rather than computed."""
    return bool(WRITTEN_OUT.fullmatch(text) or printed.EDTF.fullmatch(text))


def literal(text: str, unit_kind: str) -> Range:
    """A bound that is written out; raises ValueError where it is not of its unit."""
    if unit_kind == "date":
        if printed.parse_date(text).year is None:
            message = f"'{text}' has no year"
            raise ValueError(message)
        return _day_range(text, 0)
    if not WRITTEN_OUT.fullmatch(text):
        message = f"'{text}' is not a number"
        raise ValueError(message)
    number = float(text)
    if unit_kind in {"count", "year"} and not number.is_integer():
        message = f"'{text}' is not a whole number"
        raise ValueError(message)
    if unit_kind == "year" and not YEAR_TEXT.fullmatch(text):
        message = f"'{text}' is not a year such as 2024"
        raise ValueError(message)
    return Range(number, number, number)


def bound_range(text: str, unit_kind: str, ranges: Mapping[str, Range]) -> Range:
    """What one bound of an assumption comes to: a number, a date or an expression; empty is unbounded."""
    if not text:
        return OPEN
    return literal(text, unit_kind) if is_literal(text) else intervals.interval(expr.parse(text), ranges)


def assumption_range(row: Row, unit_kind: str, ranges: Mapping[str, Range]) -> Range:
    """The range of an assumption; one that is unbounded on a side has no central value."""
    if row["kind"] == "choice":
        return Range(row["central"], row["central"], row["central"])
    try:
        ends = [bound_range(row[end], unit_kind, ranges) for end in ENDS]
    except NotIdentifiedError:
        return OPEN
    except ExpressionError as error:
        raise LeafError(row["name"], str(error)) from error
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

    What only a source after ``as_of`` says is left out.  Raises LeafError where one cannot be computed.
    """
    settings, made = case.settings, by_fact(case.in_force.iter_rows(named=True))
    return ranges_of(
        [corrected(fact, made) for fact in case.reported.iter_rows(named=True)],
        [row for row in case.measures.iter_rows(named=True) if row["source"] not in case.late],
        [with_settings(row, settings) for row in case.assumptions.iter_rows(named=True)],
        dict(case.units.select("unit", "kind").iter_rows()),
        {row["indicator"]: (row["lower"], row["upper"]) for row in case.indicators.iter_rows(named=True)},
    )


def ranges_of(
    facts: Iterable[Row],
    measures: Iterable[Row],
    assumptions: Iterable[Row],
    kinds: Mapping[str, str],
    bounds: Mapping[str, tuple[str, str]],
) -> dict[str, Range]:
    """Ranges of leaves from their rows, the ``kinds`` of units and the ``bounds`` of indicators."""
    rows = {row["name"]: row for row in assumptions}
    year = year_of(rows[YEAR]["central"]) if YEAR in rows else 0
    try:
        ranges = {
            fact["id"]: fact_range(fact, kinds[fact["unit"]], bounds[fact["indicator"]], year)
            for fact in facts
        }
    except ValueError as error:
        raise LeafError(YEAR, str(error)) from error
    ranges |= {row["id"]: PRESENT if row["value"] == "present" else ABSENT for row in measures}
    for name in expr.ordered({name: bound_inputs(row) for name, row in rows.items()}):
        if name in rows:
            ranges[name] = assumption_range(rows[name], kinds[rows[name]["unit"]], ranges)
    return ranges


def year_of(text: str) -> int:
    """The year that stands in for those left out; raises LeafError where it is none."""
    if not YEAR_TEXT.fullmatch(text):
        raise LeafError(YEAR, f"'{text}' is not a year such as 2024")
    return int(text)


def bound_inputs(row: Row) -> tuple[str, ...]:
    """The keys that the bounds of an assumption are computed from."""
    if row["kind"] == "choice":
        return ()
    texts = [row[end] for end in ENDS]
    parsed: list[Expression] = [expr.parse(text) for text in texts if text and not is_literal(text)]
    return tuple(dict.fromkeys(key for expression in parsed for key in expression.names))
