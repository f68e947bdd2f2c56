"""Refuse settings under which a case cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from analysis import leaves
from analysis.case import Case
from analysis.claim_checks import unsaid
from analysis.dates import is_day
from analysis.findings import Problem, UnusableError
from analysis.formulas import range_problem, uncomputable
from analysis.intervals import Range

Row = Mapping[str, Any]
SETTINGS = "assumptions"


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
        found = [
            Problem(each.rule, f"with these, {each.message}").at(where) for each in wrong or unsaid(case)
        ]
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
    if not is_day(as_of):
        raise UnusableError("as_of", f"'{as_of}' is not a date such as 2024-08-06")


def _setting_problem(value: str, row: Row, unit: Row) -> str:
    if row["kind"] == "choice":
        choices = row["choices"].split("|")
        return "" if value in choices else f"'{value}' is not one of {', '.join(choices)}"
    try:
        return range_problem(leaves.literal(value, unit["kind"]), unit)
    except ValueError as error:
        return str(error)
