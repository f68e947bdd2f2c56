"""From a number to the phrases and assumptions that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from analysis import expr
from analysis.case import Case
from analysis.display import LANGUAGES
from analysis.entries import Entry, Ledger
from analysis.expr import NotIdentifiedError
from analysis.keys import FORMS

PERIOD = ("period_start", "period_end")
PARAGRAPH = {"en": "paragraph {}", "zh": "第{}段"}
CORRECTED = {
    "en": "the source prints {expect}; corrected to {value} since {since}, because: {why} "
    "Basis: {basis}. Reported to: {reported_to}.",
    "zh": "原文所载为{expect}；自{since}起更正为{value}，理由：{why}依据：{basis}。已告知：{reported_to}。",
}
LEFT_OUT = {
    "en": "its source is dated after {} and left out",
    "zh": "来源的日期晚于{}，未予采用",
}


def explain(case: Case, ledger: Ledger, key: str, lang: str = "en") -> dict[str, Any]:
    """Everything behind ``key``, as plain data: what `described` says, and its inputs explained in turn.

    Raises KeyError where there is no such key.
    """
    inputs = [explain(case, ledger, name, lang) for name in ledger[key].inputs]
    return described(case, ledger, key, lang) | {"inputs": inputs}


def described(case: Case, ledger: Ledger, key: str, lang: str = "en") -> dict[str, Any]:
    """What there is to say of ``key`` itself: its value and formula, its phrase, or why it is assumed.

    Translations are into English, so that the Chinese edition has none.
    """
    entry = bounds_alone(ledger[key]) if is_within_bounds(case, ledger, key) else ledger[key]
    found: dict[str, Any] = {
        "key": key,
        "kind": entry.kind,
        "label": entry.label[lang],
        "value": entry.text[lang]["value"],
        "interval": entry.text[lang]["interval"],
        "status": entry.status,
    }
    if entry.open_key == key and entry.kind == "fact":
        found["open"] = LEFT_OUT[lang].format(ledger.as_of)
    elif entry.open_key:
        found["open"] = f"{entry.open_key}: {ledger[entry.open_key].label[lang]}"
    if entry.formula:
        found["formula"] = entry.formula
        found["formula_with_numbers"] = _with_numbers(ledger, key, lang)
    found |= _phrase(case, key, lang) if entry.kind in ("fact", "measure") else {}
    found |= _why(case, key, lang) if entry.kind == "assumption" else {}
    if made := entry.corrected:
        told = {name: said if isinstance(said, str) else said[lang] for name, said in made.items()}
        found["corrected"] = CORRECTED[lang].format_map(told)
    if "counted" in found:
        found["period"] = _period(ledger, found["counted"], lang)
    return found


def rests_on(ledger: Ledger, key: str) -> tuple[str, ...]:
    """Every key below ``key``, each once, in order of use."""
    found: dict[str, None] = {}
    for name in ledger[key].inputs:
        found |= dict.fromkeys((name, *rests_on(ledger, name)))
    return tuple(found)


def is_within_bounds(case: Case, ledger: Ledger, key: str) -> bool:
    """Whether of a quantity only bounds are known: it rests on an assumption of that kind."""
    entry = ledger[key]
    if entry.kind != "quantity" or entry.low == entry.high:
        return False
    kinds = dict(case.assumptions.select("name", "kind").iter_rows())
    below = (name for name in rests_on(ledger, key) if kinds.get(name) == "bounds")
    return any(ledger[name].low != ledger[name].high for name in below)


def bounds_alone(entry: Entry) -> Entry:
    """The entry as readers are shown it where only bounds are known: its interval in every form."""
    return replace(
        entry, text={lang: dict.fromkeys(FORMS, entry.text[lang]["interval"]) for lang in LANGUAGES}
    )


def as_shown(case: Case, ledger: Ledger) -> Ledger:
    """The ledger as pages show it: of what is known within bounds, the bounds."""
    shown = {
        key: bounds_alone(entry) if is_within_bounds(case, ledger, key) else entry
        for key, entry in ledger.entries.items()
    }
    return replace(ledger, entries=shown)


def _with_numbers(ledger: Ledger, key: str, lang: str) -> str:
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
    text = expr.with_numbers(taken, lambda name: _number(ledger, name, lang))
    return f"{text} = {_number(ledger, key, lang)}"


def _number(ledger: Ledger, key: str, lang: str) -> str:
    """A value with its unit; an interval in brackets, so that its ends stay apart from the arithmetic."""
    text = ledger.text(key, lang, "interval")
    return f"[{text}]" if ledger[key].low != ledger[key].high else text


def _period(ledger: Ledger, ends: list[str], lang: str) -> str:
    """From when to when a figure was counted: each end as it stands, or as the ledger gives its key."""
    given = (
        f"{end} ({ledger.text(end, lang, 'interval')})" if end in ledger.entries else end for end in ends
    )
    return " … ".join(given)


def _phrase(case: Case, key: str, lang: str) -> dict[str, Any]:
    row = _row(case.facts, "id", key) or _row(case.measures, "id", key)
    origin = source(case, row["source"], lang)
    place = [PARAGRAPH[lang].format(row["paragraph"])] if row["paragraph"] else []
    return {
        "phrase": row["exact"],
        "translation": row["translation"] if lang == "en" else "",
        "note": row["note" if lang == "en" else "note_zh"],
        "source": _in_a_line(origin, lang, *place),
        "counted": [row[end] for end in PERIOD if row.get(end)],
        "origin": {**origin, "paragraph": row["paragraph"]},
    }


def source(case: Case, name: str, lang: str) -> dict[str, str]:
    """A source as a reader of a language names it; nothing where none is named."""
    title, suffix = ("title_en", "") if lang == "en" else ("title", "_zh")
    columns = {"id": "id", "title": title, "date": "date", "language": "language"}
    columns |= {part: f"{part}{suffix}" for part in ("publisher", "found")}
    row = _row(case.sources, "id", name)
    return row and {part: row[column] for part, column in columns.items()}


def _row(table: pl.DataFrame, column: str, name: str) -> dict[str, Any]:
    """The row that has ``name`` in a column of names; nothing where none has."""
    names = table[column].to_list()
    return table.row(names.index(name), named=True) if name in names else {}


def _in_a_line(origin: Mapping[str, str], lang: str, *more: str) -> str:
    mark, join = {"en": (": ", ", "), "zh": ("：", "，")}[lang]
    parts = [origin[name] for name in ("title", "publisher", "date") if origin]
    return f"{origin['id']}{mark}{join.join((*parts, *more))}" if origin else ""


def _why(case: Case, key: str, lang: str) -> dict[str, Any]:
    row = _row(case.assumptions, "name", key)
    origin = source(case, row["source"], lang)
    choices = [choice for choice in row[f"choices_{lang}"].split("|") if choice]
    bounded_by = _in_a_line(origin, lang)
    return {"why": row[f"why_{lang}"], "bounded_by": bounded_by, "origin": origin, "choices": choices}
