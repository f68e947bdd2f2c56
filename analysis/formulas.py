"""Check the formulas of a case: the language, the keys, the choices, circles, and whether they compute."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis import expr, leaves
from analysis.case import Case
from analysis.expr import Expression, ExpressionError, NotIdentifiedError, Range
from analysis.findings import Finding


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

    def finding(self, message: str) -> Finding:
        """Something wrong with it."""
        return Finding(self.file, self.row, self.column, message)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names most like ``name``, for a message."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; nearest: {', '.join(found)}" if found else ""


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
            yield formula.finding(str(error))
            continue
        messages = [*_keys(formula, expression), *_choices(expression, choices)]
        yield from (formula.finding(message) for message in messages)
        inputs[formula.key] = (*inputs.get(formula.key, ()), *expression.names)
    try:
        expr.ordered(inputs)
    except expr.CircleError as error:
        yield formulas[error.keys[-1]].finding(str(error))


def _formulas(case: Case) -> Iterator[Formula]:
    """Every expression of the case; of assumptions those bounds that are not written out."""
    below = frozenset([*case.facts["id"], *case.measures["id"], *case.assumptions["name"]])
    file = case.file("quantities")
    for row in case.quantities.iter_rows(named=True):
        known = below.union(case.quantities["key"])
        yield Formula(row["key"], row["expression"], file, row["row"], "expression", known)
    for row in case.assumptions.filter(kind="range").iter_rows(named=True):
        for end in leaves.ENDS:
            if row[end] and not leaves.is_literal(row[end]):
                yield Formula(row["name"], row[end], case.file("assumptions"), row["row"], end, below)


def _keys(formula: Formula, expression: Expression) -> Iterator[str]:
    for name in expression.names:
        if name not in formula.of:
            among = "" if formula.column == "expression" else " among facts, measures and assumptions"
            yield f"there is no key '{name}'{among}{nearest(name, formula.of)}"


def _choices(expression: Expression, choices: dict[str, list[str]]) -> Iterator[str]:
    for name, setting in expression.settings:
        if not choices.get(name):
            yield f"'{name}' is not a choice, so it cannot be compared with '{setting}'"
        elif setting not in choices[name]:
            yield f"'{setting}' is not one of the choices of {name}; expected {', '.join(choices[name])}"
    for name in sorted(expression.numbers):
        if choices.get(name):
            yield f"'{name}' is a choice, not a number; expected {name} == \"{choices[name][0]}\" or the like"


def uncomputable(case: Case) -> Iterator[Finding]:
    """Assumptions out of order and formulas that cannot be computed, each at its root."""
    rows = {row["name"]: row["row"] for row in case.assumptions.iter_rows(named=True)}
    file, columns = case.file("assumptions"), ", ".join(leaves.ENDS)
    try:
        ranges = leaves.leaf_ranges(case)
    except leaves.LeafError as error:
        yield Finding(file, rows.get(error.name, 0), columns, str(error))
        return
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    for row in case.assumptions.iter_rows(named=True):
        problem = _range_problem(ranges[row["name"]], kinds[row["unit"]])
        if problem:
            found = ", ".join(row[end] for end in leaves.ENDS)
            yield Finding(file, row["row"], columns, f"{problem}; found {found}")
    yield from _quantities(case, ranges, kinds)


def _range_problem(known: Range, kind: str) -> str:
    match known:
        case Range(float() as low, float() as central, float() as high):
            if not low <= central <= high:
                return "expected low <= central <= high"
            if kind == "date" and not 1 <= low <= high <= date.max.toordinal():
                return "expected dates of the calendar"
    return ""


def _quantities(case: Case, ranges: dict[str, Range], kinds: dict[str, str]) -> Iterator[Finding]:
    """Quantities that cannot be computed; what merely rests on one of them is left out."""
    rows = {row["key"]: row for row in case.quantities.iter_rows(named=True)}
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    failed: set[str] = set()
    for key in expr.ordered({key: expression.names for key, expression in parsed.items()}):
        if key not in parsed:
            continue
        if failed.intersection(parsed[key].names):
            failed.add(key)
        elif problem := _problem(key, parsed, ranges, kinds[rows[key]["unit"]]):
            failed.add(key)
            yield Finding(case.file("quantities"), rows[key]["row"], "expression", problem)


def _problem(key: str, parsed: dict[str, Expression], ranges: dict[str, Range], kind: str) -> str:
    try:
        known = expr.interval(expr.substitute(parsed[key], parsed), ranges)
    except NotIdentifiedError:
        return ""
    except ExpressionError as error:
        return str(error)
    return _range_problem(known, kind)
