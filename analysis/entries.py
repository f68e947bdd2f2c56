"""The ledger: every value that a page may show, with what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from analysis import display, expr
from analysis.case import Case
from analysis.display import LANGUAGES, Unit
from analysis.expr import Expression, NotIdentifiedError, Range
from analysis.leaves import OPEN, YEAR, bound_inputs, leaf_ranges, with_settings
from analysis.printed import parse_date, parse_number

STATUSES = ("reported", "derived", "bounded", "not identified")
"""From strongest to weakest; a derivation is never stronger than its weakest input."""

Texts = Mapping[str, Mapping[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One value: what it is, how wide it is, what it rests on and how it is written.

    ``low``, ``value`` and ``high`` are in ``unit`` (dates are proleptic Gregorian ordinals); all three
    are None where the value is not identified, and ``open_key`` then names what leaves it open.
    ``formula`` is empty for a fact; ``inputs`` are the keys that it names.
    """

    key: str
    kind: str
    label: Mapping[str, str]
    unit: str
    low: float | str | None
    value: float | str | None
    high: float | str | None
    status: str
    formula: str
    inputs: tuple[str, ...]
    text: Texts
    open_key: str = ""


@dataclass(frozen=True)
class Ledger:
    """All entries of a case under its settings, by key."""

    case: str
    as_of: str
    settings: Mapping[str, str]
    entries: Mapping[str, Entry]

    def __getitem__(self, key: str) -> Entry:
        """The entry of ``key``; raises KeyError."""
        return self.entries[key]

    def text(self, key: str, lang: str, form: str = "value") -> str:
        """How ``key`` is written in a language."""
        return self.entries[key].text[lang][form]

    def leaves(self, key: str) -> tuple[str, ...]:
        """The facts, measures and assumptions that ``key`` finally rests on, in order of use."""
        inputs = self.entries[key].inputs
        below = (leaf for name in inputs for leaf in self.leaves(name))
        return tuple(dict.fromkeys(below)) if inputs else (key,)

    def to_json(self) -> str:
        """The ledger as JSON, the same bytes for the same ledger."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def ledger(case: Case) -> Ledger:
    """Compute every fact, assumption and quantity of a checked case."""
    ranges = leaf_ranges(case)
    units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
    entries = {entry.key: entry for entry in _leaf_entries(case, ranges, units)}
    rows = {row["key"]: row for row in case.quantities.iter_rows(named=True)}
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    for key in expr.ordered({key: expression.names for key, expression in parsed.items()}):
        if key in parsed:
            unit = Unit.of(units[rows[key]["unit"]], rows[key]["digits"])
            entries[key] = _quantity(rows[key], parsed, ranges, entries, unit)
    return Ledger(case.name, case.as_of, case.settings, entries)


def weakest(statuses: Iterator[str]) -> str:
    """The weakest of some statuses, at best ``derived``."""
    return max(("derived", *statuses), key=STATUSES.index)


def _quantity(
    row: Row,
    parsed: Mapping[str, Expression],
    ranges: Mapping[str, Range],
    entries: Mapping[str, Entry],
    unit: Unit,
) -> Entry:
    expression = parsed[row["key"]]
    known, open_key = OPEN, ""
    try:
        known = expr.interval(expr.substitute(expression, parsed), ranges)
    except NotIdentifiedError as error:
        open_key = error.key
    status = "not identified" if open_key else weakest(entries[name].status for name in expression.names)
    entry = _entry(row["key"], "quantity", row, unit, known, status)
    return replace(entry, formula=expression.text, inputs=expression.names, open_key=open_key)


def _entry(key: str, kind: str, row: Row, unit: Unit, known: Range, status: str) -> Entry:
    label = {lang: row[f"label_{lang}"] for lang in LANGUAGES}
    text = {lang: display.texts(known, unit, lang) for lang in LANGUAGES}
    return Entry(key, kind, label, unit.unit, known.low, known.central, known.high, status, "", (), text)


def _leaf_entries(case: Case, ranges: Mapping[str, Range], units: Mapping[str, Row]) -> Iterator[Entry]:
    codebook = {row["indicator"]: row for row in case.indicators.iter_rows(named=True)}
    for fact in case.facts.iter_rows(named=True):
        yield _fact(fact, codebook[fact["indicator"]], case.about["tiers"][fact["tier"]], ranges, units)
    for row in case.measures.iter_rows(named=True):
        known = ranges.get(row["id"], OPEN)
        status = "reported" if row["id"] in ranges else "not identified"
        entry = _entry(row["id"], "measure", row, Unit.of(units["choice"]), known, status)
        yield replace(entry, text={lang: _presence(row["value"], lang) for lang in LANGUAGES})
    for row in case.assumptions.iter_rows(named=True):
        yield _assumption(with_settings(row, case.settings), ranges[row["name"]], Unit.of(units[row["unit"]]))


def _presence(value: str, lang: str) -> dict[str, str]:
    word = display.PRESENCE[lang][value == "present"]
    return dict.fromkeys(display.FORMS, word)


def _fact(
    fact: Row, entry: Row, tier: Mapping[str, str], ranges: Mapping[str, Range], units: Mapping[str, Row]
) -> Entry:
    unit = Unit.of(units[fact["unit"]])
    label = {
        "label_en": f"{tier['en']}: {entry['label_en'][0].lower()}{entry['label_en'][1:]}",
        "label_zh": f"{tier['zh']}：{entry['label_zh']}",
    }
    known = ranges.get(fact["id"], OPEN)
    if known is OPEN:
        return replace(_entry(fact["id"], "fact", label, unit, OPEN, "not identified"), open_key=fact["id"])
    if unit.kind == "date":
        return _dated(_entry(fact["id"], "fact", label, unit, known, "reported"), fact)
    number = parse_number(fact["value"])
    unit = replace(unit, digits=max(0, -int(number.as_tuple().exponent)))
    result = _entry(fact["id"], "fact", label, unit, known, "reported")
    return replace(
        result,
        text={
            lang: _as_printed(fact["value"], float(number), unit, result.text[lang], lang)
            for lang in LANGUAGES
        },
    )


def _as_printed(
    value: str, number: float, unit: Unit, forms: Mapping[str, str], lang: str
) -> Mapping[str, str]:
    """A fact is written with the digits of its source, in Chinese also with its 万 or 亿."""
    bare = value if lang == "zh" else display.number(number, unit.digits, lang)
    return {**forms, "bare": bare, "value": display.with_unit(bare, number, unit, lang)}


def _dated(entry: Entry, fact: Row) -> Entry:
    printed = parse_date(fact["value"])
    if printed.day is None:
        month = {lang: display.month(entry.low, lang) for lang in LANGUAGES}
        text = {
            lang: {**entry.text[lang], **dict.fromkeys(("value", "bare", "words"), month[lang])}
            for lang in LANGUAGES
        }
        entry = replace(entry, text=text)
    return entry if printed.year else replace(entry, inputs=(YEAR,), status="derived")


def _assumption(row: Row, known: Range, unit: Unit) -> Entry:
    if known.central is None:
        status = "not identified"
    else:
        status = "derived" if row["kind"] == "range" and known.low == known.high else "bounded"
    entry = _entry(row["name"], "assumption", row, unit, known, status)
    if row["kind"] == "choice":
        place = row["choices"].split("|").index(row["central"])
        names = {lang: row[f"choices_{lang}"].split("|")[place] for lang in LANGUAGES}
        entry = replace(
            entry, text={lang: dict.fromkeys(entry.text[lang], names[lang]) for lang in LANGUAGES}
        )
    formula = " … ".join(dict.fromkeys(row[end] for end in ("low", "central", "high") if row[end]))
    inputs = bound_inputs(row)
    return replace(
        entry,
        inputs=inputs,
        formula=formula if inputs else "",
        open_key="" if known.central is not None else row["name"],
    )
