"""Check the formulas of a case: the language, the keys, the choices, circles, and whether they compute."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analysis import expr, intervals, leaves
from analysis.case import Case
from analysis.dates import is_date
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.findings import Finding, Problem, unknown_key
from analysis.intervals import Range

Row = Mapping[str, Any]
SLACK = 1e-9
"""A share of all may come to 100.00000000000001%."""


@dataclass(frozen=True)
class Formula:
    """An expression and where it stands: the key that it defines, its file, row and column."""

    key: str
    text: str
    file: str
    row: int
    column: str
    of: frozenset[str]
    """The keys that it may use."""

    def finding(self, problem: Problem) -> Finding:
        """Something wrong with it."""
        return problem.at(self.file, self.row, self.column)


def misformed(case: Case) -> Iterator[Finding]:
    """Formulas that are not of the language, use unknown keys or choices, or go round in a circle."""
    choices = {
        row["name"]: row["choices"].split("|") if row["kind"] == "choice" else []
        for row in case.assumptions.iter_rows(named=True)
    }
    inputs: dict[str, tuple[str, ...]] = {}
    formulas = {formula.key: formula for formula in _formulas(case)}
    for formula in _formulas(case):
        try:
            expression = expr.parse(formula.text)
        except ExpressionError as error:
            yield formula.finding(Problem("expression-form", str(error), formula.text))
            continue
        problems = [*_keys(formula, expression), *misasked(expression, choices)]
        yield from (formula.finding(problem) for problem in problems)
        inputs[formula.key] = (*inputs.get(formula.key, ()), *expression.names)
    try:
        expr.ordered(inputs)
    except expr.CircleError as error:
        yield formulas[error.keys[-1]].finding(Problem("circle", str(error)))


def _formulas(case: Case) -> Iterator[Formula]:
    """Every expression of the case; of assumptions those bounds that are not written out."""
    below = frozenset([*case.facts["id"], *case.measures["id"], *case.assumptions["name"]])
    known = below.union(case.quantities["key"])
    for row in case.quantities.iter_rows(named=True):
        file = case.file("quantities", row["key"])
        yield Formula(row["key"], row["expression"], file, row["row"], "expression", known)
    for row in case.assumptions.filter(pl.col("kind") != "choice").iter_rows(named=True):
        for end in leaves.ENDS:
            if row[end] and not leaves.is_literal(row[end]):
                yield Formula(row["name"], row[end], case.file("assumptions"), row["row"], end, below)


def _keys(formula: Formula, expression: Expression) -> Iterator[Problem]:
    for name in expression.names:
        if name not in formula.of:
            among = "" if formula.column == "expression" else " among facts, measures and assumptions"
            yield unknown_key(name, formula.of, among)


def misasked(expression: Expression, choices: dict[str, list[str]]) -> Iterator[Problem]:
    """What is wrong with how an expression asks about choices, of which ``choices`` has the settings."""
    for name, setting in expression.settings:
        if not choices.get(name):
            message = f"'{name}' is not a choice, so it cannot be compared with '{setting}'"
            yield Problem("asked-of-choice", message, name)
        elif setting not in choices[name]:
            message = f"'{setting}' is not one of the choices of {name}; expected {', '.join(choices[name])}"
            yield Problem("asked-of-choice", message, setting)
    for name in sorted(expression.numbers):
        if choices.get(name):
            message = f"'{name}' is a choice, not a number; expected {name} == \"{choices[name][0]}\""
            yield Problem("asked-of-choice", f"{message} or the like", name)


def uncomputable(case: Case) -> Iterator[Finding]:
    """Assumptions out of order and formulas that cannot be computed, each at its root."""
    rows = {row["name"]: row["row"] for row in case.assumptions.iter_rows(named=True)}
    file, columns = case.file("assumptions"), ", ".join(leaves.ENDS)
    try:
        ranges = leaves.leaf_ranges(case)
    except leaves.LeafError as error:
        yield Finding(file, rows.get(error.name, 0), columns, str(error), rule="not-computable")
        return
    units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
    if misdated := list(_misdated(case, {unit: row["kind"] for unit, row in units.items()})):
        yield from misdated
        return
    failed = set()
    for row in case.assumptions.iter_rows(named=True):
        if problem := range_problem(ranges[row["name"]], units[row["unit"]]):
            failed.add(row["name"])
            found = ", ".join(row[end] for end in leaves.ENDS)
            message = f"{problem}; found {found}"
            yield Finding(file, row["row"], columns, message, rule="bounds", value=found)
    yield from _quantities(case, ranges, units, failed)


def _misdated(case: Case, kinds: dict[str, str]) -> Iterator[Finding]:
    """Formulas that compute with dates as if they were numbers, or whose unit says otherwise."""
    units = {
        row[name]: row["unit"]
        for table, name in (("facts", "id"), ("assumptions", "name"), ("quantities", "key"))
        for row in getattr(case, table).iter_rows(named=True)
    }
    dates = {key for key, unit in units.items() if kinds[unit] == "date"}
    for formula in _formulas(case):
        try:
            given = is_date(expr.parse(formula.text), dates)
        except ExpressionError as error:
            yield formula.finding(Problem("date-arithmetic", str(error), formula.text))
            continue
        if given != (formula.key in dates):
            is_a = "a date" if given else "no date"
            message = f"'{formula.text}' is {is_a}, against its unit '{units[formula.key]}'"
            yield formula.finding(Problem("date-arithmetic", message, formula.text))


def range_problem(known: Range, unit: Row) -> str:
    """What is wrong with a range in a ``unit`` (a row of ``units.csv``), or nothing."""
    match known:
        case Range(float() as low, float() as central, float() as high):
            if not low <= central <= high:
                return "expected low <= central <= high"
            if unit["kind"] == "date" and not 1 <= low <= high <= date.max.toordinal():
                return "expected dates of the calendar"
            least, most = float(unit["lower"] or -math.inf), float(unit["upper"] or math.inf)
            if low < least - SLACK or high > most + SLACK:
                can = f"{least:g} to {most:g}" if unit["upper"] else f"{least:g} or more"
                shown = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                return f"{shown} is not of its unit '{unit['unit']}', which is {can}"
    return ""


def _quantities(
    case: Case, ranges: dict[str, Range], units: Mapping[str, Row], failed: set[str]
) -> Iterator[Finding]:
    """Quantities that cannot be computed; what rests on one of them, or on what ``failed``, is left out."""
    rows = {row["key"]: row for row in case.quantities.iter_rows(named=True)}
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    for key in expr.ordered({key: expression.names for key, expression in parsed.items()}):
        if key not in parsed:
            continue
        if failed.intersection(parsed[key].names):
            failed.add(key)
        elif problem := _problem(key, parsed, ranges, units[rows[key]["unit"]]):
            failed.add(key)
            found = Problem("not-computable", problem, parsed[key].text)
            yield found.at(case.file("quantities", key), rows[key]["row"], "expression")


def _problem(key: str, parsed: dict[str, Expression], ranges: dict[str, Range], unit: Row) -> str:
    try:
        known = intervals.interval(expr.substitute(parsed[key], parsed), ranges)
    except NotIdentifiedError:
        return ""
    except ExpressionError as error:
        return str(error)
    problem = range_problem(known, unit)
    return f"'{parsed[key].text}' comes to {problem}" if "unit" in problem else problem
