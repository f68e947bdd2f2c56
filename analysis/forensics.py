"""Forensic checks: what the printed figures give away about how they were made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from analysis import expr
from analysis.case import Case
from analysis.entries import Ledger
from analysis.expr import ExpressionError, NotIdentifiedError
from analysis.findings import Finding, Problem, unknown_key
from analysis.inexact import parse_figure
from analysis.printed import parse_number

CONSISTENT, INCONSISTENT, UNTESTABLE = "consistent", "inconsistent", "not testable"
ORDER, GRIM = "order of dates", "GRIM"
"""The checks of ``checks.csv`` that do not ask whether a figure is what an expression gives."""

AGREE = "two sources agree"

NEEDS = {
    GRIM: "expected a measured figure and a count of one tier",
    ORDER: "expected two dates",
    AGREE: "expected one indicator of one tier, from two sources",
    "subtotals": "expected a figure and what it is put together from",
    "count against named list": "expected a reported count and what is derived from the names, of one unit",
}
"""What may be held against what."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One forensic check: what was held against what, the keys it used, and what came of it."""

    check: str
    about: str
    against: str
    result: str


@dataclass(frozen=True)
class Mean:
    """A printed figure as a mean over whole numbers: whether it can be one, and GRIM's power to tell."""

    figure: str
    over: str
    possible: bool
    power: float


def grim(printed: str, n: int, scale: int = 1) -> bool:
    """Whether a printed mean of ``n`` whole numbers is possible (Brown & Heathers, 2017, GRIM).

    Args:
        printed: the figure as printed; its decimals set the rounding.
        n: how many whole numbers were averaged.
        scale: 100 where the figure is a percentage of ``n`` cases, else 1.

    Some k/n, with k whole, must round to the figure, in either direction at a tie.
    """
    figure = parse_number(printed)
    half = Decimal(5).scaleb(int(figure.as_tuple().exponent) - 1)
    low, high = (figure - half) * n / scale, (figure + half) * n / scale
    return math.ceil(low) <= math.floor(high)


def grim_power(decimals: int, n: int, scale: int = 1) -> float:
    """Share of printed figures that GRIM would refuse for ``n``; none once n/scale reaches 10^decimals."""
    return max(0.0, 1 - n / (scale * 10.0**decimals))


def checks(case: Case, ledger: Ledger) -> pl.DataFrame:
    """All forensic checks of a case: columns check, about, against and result."""
    means = {(mean.figure, mean.over): mean for mean in means_of(case, ledger)}
    found = [*_written(case, ledger, means), *_independence(case)]
    columns = ["check", "about", "against", "result"]
    return pl.DataFrame([astuple(check) for check in found], schema=columns, orient="row")


def _written(case: Case, ledger: Ledger, means: Mapping[tuple[str, str], Mean]) -> Iterator[Check]:
    """The checks that ``checks.csv`` asks for; of means those whose figure and number are known."""
    for row in case.checks.iter_rows(named=True):
        check, about, against = row["check"], row["about"], row["against"]
        if check != GRIM:
            yield Check(check, about, against, (_order if check == ORDER else _equal)(ledger, about, against))
        elif mean := means.get((about, against)):
            yield Check(check, about, against, CONSISTENT if mean.possible else INCONSISTENT)


def _equal(ledger: Ledger, about: str, against: str) -> str:
    """Whether a figure is what an expression gives."""
    formula = expr.parse(f"{about} - ({against})")
    try:
        gap = expr.evaluate(formula, {name: ledger[name].value for name in formula.names})
    except (NotIdentifiedError, ExpressionError):
        return UNTESTABLE
    return CONSISTENT if gap == 0 else INCONSISTENT


def _order(ledger: Ledger, before: str, after: str) -> str:
    """Whether one date can come before another."""
    match ledger[before].low, ledger[after].high:
        case float() as first, float() as last:
            return CONSISTENT if first <= last else INCONSISTENT
    return UNTESTABLE


def means_of(case: Case, ledger: Ledger) -> Iterator[Mean]:
    """The figures that may be means of whole numbers, a percentage being a mean of noughts and ones."""
    printed = dict(case.reported.select("id", "value").iter_rows())
    printed |= dict(case.in_force.select("fact", "value").iter_rows())
    for figure, over in case.checks.filter(check=GRIM).select("about", "against").iter_rows():
        n, scale = ledger[over].value, 100 if ledger[figure].unit == "percent" else 1
        if figure in printed and isinstance(n, float):
            decimals = -int(parse_number(printed[figure]).as_tuple().exponent)
            power = grim_power(decimals, int(n), scale)
            yield Mean(figure, over, grim(printed[figure], int(n), scale), power)


def miswritten(case: Case) -> Iterator[Finding]:
    """Rows of ``checks.csv`` that name what is not there, or not one key where their check needs one."""
    known = {*case.facts["id"], *case.measures["id"], *case.assumptions["name"], *case.quantities["key"]}
    for row in case.checks.iter_rows(named=True):
        file = case.file("checks")
        for column in ("about", "against"):
            yield from (problem.at(file, row["row"], column) for problem in _misnamed(row, column, known))
        if row["check"] == GRIM and row["about"] in known.difference(_plain(case)):
            message = f"'{row['about']}' is no reported figure; {GRIM} needs one as printed"
            yield Problem("check-of-figures", message, row["about"]).at(file, row["row"], "about")


def _plain(case: Case) -> set[str]:
    """The facts that are printed as a number alone; of nearly two thirds no decimals are known."""
    dated = set(case.units.filter(kind="date")["unit"])
    rows = case.facts.select("id", "value", "unit").iter_rows()
    return {key for key, value, unit in rows if unit in dated or _alone(value)}


def _alone(value: str) -> bool:
    """Whether a value is a number alone; what is no figure at all is for another check to say."""
    try:
        return parse_figure(value).plain
    except ValueError:
        return True


def mismatched(case: Case) -> Iterator[Finding]:
    """Rows of ``checks.csv``, of a case that is well coded, whose figures are not for that check."""
    for row in case.checks.iter_rows(named=True):
        if other := _principal(case, row):
            message = f"another source's word for {other}; expected that, or {AGREE}"
            yield Problem("check-of-figures", message).at(case.file("checks"), row["row"], "about, against")
        elif not _fits(case, row):
            message = f"cannot be held against each other; {NEEDS[row['check']]}"
            yield Problem("check-of-figures", message).at(case.file("checks"), row["row"], "about, against")


def _principal(case: Case, row: Row) -> str:
    """The key of a figure's first source, where a check takes the figure from a second one."""
    facts = {fact["id"]: f"{fact['tier']}.{fact['indicator']}" for fact in case.facts.iter_rows(named=True)}
    names = (row["about"], *expr.parse(row["against"]).names) if row["check"] != AGREE else ()
    return next((facts[name] for name in names if facts.get(name, name) in facts.keys() - {name}), "")


def _fits(case: Case, row: Row) -> bool:
    """Whether a check is of keys that it is meant for."""
    facts = {fact["id"]: fact for fact in case.facts.iter_rows(named=True)}
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    units = {key: fact["unit"] for key, fact in facts.items()}
    units |= dict(case.assumptions.select("name", "unit").iter_rows())
    units |= dict(case.quantities.select("key", "unit").iter_rows())
    about, names = row["about"], expr.parse(row["against"]).names
    first, others = facts.get(about, {}), [facts.get(name, {}) for name in names]
    tiers = {fact.get("tier") for fact in (first, *others)}
    alike = {units.get(name) for name in (about, *names)}
    match row["check"]:
        case "GRIM":
            return kinds[units[about]] == "measured" and kinds[units[names[0]]] == "count" and len(tiers) == 1
        case "order of dates":
            return {kinds.get(unit or "") for unit in alike} == {"date"} and about not in names
        case "two sources agree":
            indicators = {fact.get("indicator") for fact in (first, *others)}
            sources = {fact.get("source") for fact in (first, *others)}
            return len(tiers) == len(indicators) == 1 and None not in indicators and len(sources) == 2
        case "subtotals":
            return bool(first) and about not in names and row["against"] not in units
        case _:
            return len(alike) == 1 and bool(first) and not any(others)


def _misnamed(row: Row, column: str, known: set[str]) -> Iterator[Problem]:
    try:
        expression = expr.parse(row[column])
    except ExpressionError as error:
        yield Problem("expression-form", str(error), row[column])
        return
    if (column == "about" or row["check"] in {ORDER, GRIM}) and not expr.key_of(expression.tree):
        yield Problem("check-of-figures", f"'{row[column]}' is not one key", row[column])
    yield from (unknown_key(name, known) for name in expression.names if name not in known)


def _independence(case: Case) -> Iterator[Check]:
    """Each pair of sources of which at least one names the other."""
    rows = case.sources.select("id", "not_independent_of").iter_rows()
    pairs = {(min(name, other), max(name, other)) for name, named in rows for other in named}
    for about, against in sorted(pairs):
        yield Check("independence of sources", about, against, INCONSISTENT)
