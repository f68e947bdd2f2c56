"""Forensic checks: what the printed figures give away about how they were made."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from itertools import pairwise

import polars as pl

from analysis.case import Case
from analysis.entries import Ledger
from analysis.printed import parse_number

CONSISTENT, INCONSISTENT, UNTESTABLE = "consistent", "inconsistent", "not testable"
SUBTOTALS = {
    "municipal.items": ("municipal.item_permits", "municipal.item_services", "municipal.item_other"),
    "pilot.items": ("pilot.item_permits", "pilot.item_services", "pilot.item_other"),
}
LISTS = {
    "municipal.departments": "municipal.departments_named",
    "pilot.departments": "pilot.departments_named",
}
TWICE = {"municipal.items": "municipal.items_announced", "pilot.items": "pilot.items_announced"}
ORDER = (
    "provincial.requested_on",
    "provincial.granted_on",
    "municipal.decided_on",
    "municipal.counted_to",
    "pilot.decided_on",
)
GRIM = (
    ("provincial.time_cut", "provincial.cases", 100),
    ("municipal.time_cut", "municipal.cases", 100),
    ("municipal.trips_cut", "municipal.items", 1),
    ("municipal.trips_cut", "municipal.cases", 1),
)


@dataclass(frozen=True)
class Check:
    """One forensic check: what was held against what, the keys it used, and what came of it."""

    check: str
    about: str
    against: str
    result: str


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
    steps: Sequence[Callable[[Case, Ledger], Iterator[Check]]] = (_sums, _lists, _twice, _dates, _means)
    rows = [astuple(check) for step in steps for check in step(case, ledger)]
    rows += [astuple(check) for check in _independence(case)]
    return pl.DataFrame(rows, schema=["check", "about", "against", "result"], orient="row")


def _verdict(ledger: Ledger, keys: Sequence[str], test: Callable[[list[float]], bool]) -> str:
    values = [ledger[key].value for key in keys]
    numbers = [value for value in values if isinstance(value, float)]
    if len(numbers) < len(values):
        return UNTESTABLE
    return CONSISTENT if test(numbers) else INCONSISTENT


def _sums(_: Case, ledger: Ledger) -> Iterator[Check]:
    for total, parts in SUBTOTALS.items():
        result = _verdict(ledger, [total, *parts], lambda found: found[0] == sum(found[1:]))
        yield Check("subtotals", total, " + ".join(parts), result)


def _lists(_: Case, ledger: Ledger) -> Iterator[Check]:
    for count, named in LISTS.items():
        result = _verdict(ledger, [count, named], lambda found: found[0] == found[1])
        yield Check("count against named list", count, named, result)


def _twice(_: Case, ledger: Ledger) -> Iterator[Check]:
    for here, there in TWICE.items():
        result = _verdict(ledger, [here, there], lambda found: found[0] == found[1])
        yield Check("two sources agree", here, there, result)


def _dates(_: Case, ledger: Ledger) -> Iterator[Check]:
    for before, after in pairwise(ORDER):
        ends = [ledger[before].low, ledger[after].high]
        known = [end for end in ends if isinstance(end, float)]
        ordered = CONSISTENT if len(known) == len(ends) and known[0] <= known[-1] else INCONSISTENT
        yield Check("order of dates", before, after, ordered if len(known) == len(ends) else UNTESTABLE)


def _means(case: Case, ledger: Ledger) -> Iterator[Check]:
    printed = dict(case.reported.select("id", "value").iter_rows())
    for figure, base, scale in GRIM:
        n = ledger[base].value
        if figure in printed and isinstance(n, float):
            possible = grim(printed[figure], int(n), scale)
            yield Check("GRIM", figure, base, CONSISTENT if possible else INCONSISTENT)


def _independence(case: Case) -> Iterator[Check]:
    for source in case.sources.iter_rows(named=True):
        for other in source["not_independent_of"]:
            if source["id"] < other:
                yield Check("independence of sources", source["id"], other, INCONSISTENT)
