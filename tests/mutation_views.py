"""What a mutation test looks at: what readers see of a case, and how to look at it often."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from analysis import (
    Case,
    CaseError,
    Ledger,
    bilingual,
    display,
    expr,
    forensics,
    inexact,
    intervals,
    ledger,
    printed,
)
from analysis.display import LANGUAGES
from analysis.explain import as_shown, explain
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.leaves import YEAR
from analysis.publish.revisions import revisions_page
from analysis.settings import refuse_settings
from tests.mutants import Mutant

FIGURE = re.compile(r"\d[\d.,]*")
TOLD = {"facts", "measures", "assumptions", "quantities"}
"""Tables whose rows are keys of the ledger."""

WITHIN = (0.625, 7)
"""How far above the lower bound of a range a reader may set it; a count refuses what is not whole."""


def readings(original: Case) -> list[dict[str, str]]:
    """The readings of what the sources leave open: each other choice, and numbers within each range."""
    found = []
    for row in original.assumptions.iter_rows(named=True):
        settings = [name for name in row["choices"].split("|") if name and name != row["central"]]
        if row["kind"] != "choice" and row["unit"] != "date" and row["name"] != YEAR:
            settings = [f"{float(row['low'] or 0) + more:g}" for more in WITHIN]
        found += [{row["name"]: setting} for setting in settings]
    return found


def views(
    original: Case, mutant: Mutant | None = None
) -> Iterator[tuple[str, Callable[[Case, Ledger], Any]]]:
    """What readers see of a case, the cheapest first; of a mutant what it may bear on."""
    known = [
        *original.facts["id"],
        *original.measures["id"],
        *original.assumptions["name"],
        *original.quantities["key"],
    ]
    yield "", _figures
    yield "checks", _checks
    if mutant is None or mutant.table in {"corrections", "revisions"}:
        yield "registers", lambda case, entries: [revisions_page(case, entries, lang) for lang in LANGUAGES]
    for key in [mutant.row] if mutant and mutant.table in TOLD else known:
        yield f"trail of {key}", partial(_trail, key=key)
    if mutant is None or mutant.kind in {"expression", "assumption", "unit"}:
        for reading in readings(original):
            yield str(reading), partial(_figures, reading=reading)


def _figures(case: Case, entries: Ledger, reading: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Value, interval, status and texts of every key."""
    read = entries
    if reading:
        set_so = replace(case, settings=reading)
        try:
            refuse_settings(set_so)
        except CaseError as error:
            return {"refused": [found.message for found in error.findings]}
        read = ledger(set_so)
    return {
        key: (entry.low, entry.value, entry.high, entry.status, entry.text)
        for key, entry in as_shown(case, read).entries.items()
    }


def _checks(case: Case, entries: Ledger) -> list[Any]:
    """The forensic checks as readers see them: keys by their labels and values."""

    def named(keys: str) -> list[Any]:
        known = (entries[key] for key in expr.parse(keys).names if key in entries.entries)
        return [(entry.label, entry.text) for entry in known] or [keys]

    found = forensics.checks(case, entries).rows()
    return [(check, named(about), named(against), result) for check, about, against, result in found]


def _trail(case: Case, entries: Ledger, key: str) -> list[str]:
    """The figures and dates in the explanation of a value."""
    return FIGURE.findall(json.dumps(explain(case, entries, key), ensure_ascii=False))


def remembered(compute: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes once what is the same from mutant to mutant."""
    known: dict[Any, Any] = {}

    def once(*given: object) -> object:
        place = key(*given)
        if not place:
            return compute(*given)
        if place not in known:
            try:
                known[place] = compute(*given)
            except (ExpressionError, NotIdentifiedError) as error:
                known[place] = error
        if isinstance(known[place], Exception):
            raise known[place]
        return known[place]

    return once


def _below(of: Expression, among: Mapping[str, Expression]) -> set[str]:
    """The texts of the definitions that an expression rests on."""
    found, left = set(), [of]
    while left:
        new = {
            name: among[name] for name in left.pop().names if name in among and among[name].text not in found
        }
        found |= {part.text for part in new.values()}
        left += new.values()
    return found


def hasten() -> None:
    """Compute once what most mutants share."""
    bilingual.values = remembered(bilingual.values, lambda text: text)
    inexact.holds_figure = remembered(inexact.holds_figure, lambda *given: given)
    printed.holds_date = remembered(printed.holds_date, lambda *given: given)
    expr.parse = remembered(expr.parse, lambda text: text)
    expr.substitute = remembered(expr.substitute, lambda of, among: (of.text, *sorted(_below(of, among))))
    intervals.interval = remembered(
        intervals.interval, lambda of, ranges: (of.text, *((name, ranges.get(name)) for name in of.names))
    )
    display.texts = remembered(
        display.texts,
        lambda known, unit, lang: (
            known,
            unit.unit,
            unit.kind,
            unit.digits,
            unit.form["en"],
            unit.form["zh"],
            lang,
        ),
    )
