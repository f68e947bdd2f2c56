"""From a number to the phrases and assumptions that it rests on."""

from __future__ import annotations

from typing import Any

from analysis import expr
from analysis.case import Case
from analysis.entries import Ledger
from analysis.expr import NotIdentifiedError


def explain(case: Case, ledger: Ledger, key: str) -> dict[str, Any]:
    """Everything behind ``key``, as plain data: its value and formula, and its inputs explained in turn.

    Raises KeyError where there is no such key.
    """
    entry = ledger[key]
    found: dict[str, Any] = {
        "key": key,
        "kind": entry.kind,
        "label": entry.label["en"],
        "value": entry.text["en"]["value"],
        "interval": entry.text["en"]["interval"],
        "status": entry.status,
    }
    if entry.open_key:
        found["open"] = f"{entry.open_key}: {ledger[entry.open_key].label['en']}"
    if entry.formula:
        found["formula"] = entry.formula
        found["formula_with_numbers"] = _with_numbers(ledger, key)
    found |= _phrase(case, key) if entry.kind in ("fact", "measure") else {}
    found |= _why(case, key) if entry.kind == "assumption" else {}
    found["inputs"] = [explain(case, ledger, name) for name in entry.inputs]
    return found


def _with_numbers(ledger: Ledger, key: str) -> str:
    """The formula with values in place of keys and the branch taken in place of choices.

    Empty where a choice leads to what is unknown, or where the formula is that of a bound.
    """
    if ledger[key].kind != "quantity":
        return ""
    values = {name: ledger[name].value for name in ledger[key].inputs}
    try:
        taken = expr.resolve(expr.parse(ledger[key].formula), values)
    except NotIdentifiedError:
        return ""
    text = expr.with_numbers(taken, lambda name: _number(ledger, name))
    return f"{text} = {_number(ledger, key)}"


def _number(ledger: Ledger, key: str) -> str:
    """A value with its unit; an interval in brackets, so that its ends stay apart from the arithmetic."""
    text = ledger.text(key, "en", "interval")
    return f"[{text}]" if ledger[key].low != ledger[key].high else text


def _phrase(case: Case, key: str) -> dict[str, Any]:
    rows = [
        row
        for table in (case.facts, case.measures)
        for row in table.iter_rows(named=True)
        if row["id"] == key
    ]
    source = next(row for row in case.sources.iter_rows(named=True) if row["id"] == rows[0]["source"])
    place = f", paragraph {rows[0]['paragraph']}" if rows[0]["paragraph"] else ""
    return {
        "phrase": rows[0]["exact"],
        "translation": rows[0]["translation"],
        "source": f"{source['id']}: {source['title_en']}, {source['publisher']}, {source['date']}{place}",
        "note": rows[0]["note"],
    }


def _why(case: Case, key: str) -> dict[str, Any]:
    row = next(row for row in case.assumptions.iter_rows(named=True) if row["name"] == key)
    return {"why": row["why_en"], "bounded_by": row["source"]}
