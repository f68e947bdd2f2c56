"""The ledger: every value that a page may show, with what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from analysis import display, expr, inexact, intervals
from analysis.case import Case
from analysis.display import LANGUAGES, Unit
from analysis.expr import Expression, NotIdentifiedError
from analysis.inexact import Figure
from analysis.intervals import Range
from analysis.keys import FORMS
from analysis.leaves import (
    ENDS,
    HUNDRED,
    OPEN,
    YEAR,
    bound_inputs,
    by_fact,
    corrected,
    leaf_ranges,
    said_of,
    with_settings,
    within_a_line,
)
from analysis.numerals import folded
from analysis.printed import parse_date, parse_number

STATUSES = ("reported", "derived", "bounded", "not identified")
"""From strongest to weakest; a derivation is never stronger than its weakest input."""

CHOICE = Unit("choice", "choice", 0, dict.fromkeys(LANGUAGES, "{}"))
Texts = Mapping[str, Mapping[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One value: what it is, how wide it is, what it rests on and how it is written.

    ``low``, ``value`` and ``high`` are in ``unit`` (dates are proleptic Gregorian ordinals); all three
    are None where the value is not identified, and ``open_key`` then names what leaves it open.
    ``formula`` is empty for a fact; ``inputs`` are the keys that it names.  ``corrected`` says what the
    source of a fact prints instead, and why it is not taken.
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
    corrected: Mapping[str, Any] = field(default_factory=dict)


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

    def lost(self, other: Ledger) -> frozenset[str]:
        """The keys that have a value in ``other`` and none here, in another reading of the same case."""
        known = {key for key, entry in other.entries.items() if entry.value is not None}
        return frozenset(key for key, entry in self.entries.items() if entry.value is None) & known

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


@dataclass(frozen=True)
class _Material:
    """What entries are made of: a case, the ranges of its leaves, its units and its codebook."""

    case: Case
    ranges: Mapping[str, Range]
    units: Mapping[str, Row]
    codebook: Mapping[str, Row]

    @classmethod
    def of(cls, case: Case) -> _Material:
        units = {row["unit"]: row for row in case.units.iter_rows(named=True)}
        codebook = {row["indicator"]: row for row in case.indicators.iter_rows(named=True)}
        return cls(case, leaf_ranges(case), units, codebook)

    @cached_property
    def inexact(self) -> frozenset[str]:
        """The facts that their source prints inexactly."""
        kinds = {name: unit["kind"] for name, unit in self.units.items()}
        return frozenset(
            fact["id"]
            for fact in self.case.facts.iter_rows(named=True)
            if kinds[fact["unit"]] != "date" and not inexact.parse_figure(fact["value"]).plain
        )

    def unit(self, row: Row) -> Unit:
        return Unit.of(self.units[row["unit"]], row.get("digits", ""))

    def range(self, key: str) -> Range:
        return self.ranges.get(key, OPEN)


def ledger(case: Case) -> Ledger:
    """Compute every fact, assumption and quantity of a checked case."""
    material = _Material.of(case)
    entries = {entry.key: entry for entry in _leaf_entries(material)}
    rows = {row["key"]: row for row in case.quantities.iter_rows(named=True)}
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    for key in expr.ordered({key: expression.names for key, expression in parsed.items()}):
        if key in parsed:
            entries[key] = _quantity(material, rows[key], parsed, entries)
    return Ledger(case.name, case.as_of, case.settings, entries)


def weakest(statuses: Iterator[str]) -> str:
    """The weakest of some statuses, at best ``derived``."""
    return max(("derived", *statuses), key=STATUSES.index)


def _quantity(
    material: _Material, row: Row, parsed: Mapping[str, Expression], entries: Mapping[str, Entry]
) -> Entry:
    expression = parsed[row["key"]]
    known, open_key, status = OPEN, "", "not identified"
    try:
        known = intervals.interval(expr.substitute(expression, parsed), material.ranges)
        choices = {name: material.range(name).central for name in expression.names}
        status = weakest(entries[name].status for name in expr.bearing(expression, choices))
    except NotIdentifiedError as error:
        open_key = error.key
    entry = _entry(row["key"], "quantity", row, material.unit(row), known)
    if material.inexact.intersection(expr.substitute(expression, parsed).names):
        entry = _coarse(entry, known, material.unit(row))
    return replace(entry, status=status, formula=expression.text, inputs=expression.names, open_key=open_key)


def _entry(key: str, kind: str, row: Row, unit: Unit, known: Range) -> Entry:
    """An entry without inputs, ``reported`` unless nothing is known."""
    label = {lang: row[f"label_{lang}"] for lang in LANGUAGES}
    text = {lang: display.texts(known, unit, lang) for lang in LANGUAGES}
    status = "not identified" if known.central is None else "reported"
    open_key = key if known.central is None else ""
    return Entry(
        key, kind, label, unit.unit, known.low, known.central, known.high, status, "", (), text, open_key
    )


def _leaf_entries(material: _Material) -> Iterator[Entry]:
    made = by_fact(material.case.in_force.iter_rows(named=True))
    for fact in material.case.facts.iter_rows(named=True):
        entry = _fact(material, corrected(fact, made))
        if row := made.get(entry.key):  # no source says what a correction says
            entry = replace(entry, status="derived", corrected=said_of(row))
        yield entry
    for measure in material.case.measures.iter_rows(named=True):
        yield _measure(material, measure)
    for row in material.case.assumptions.iter_rows(named=True):
        yield _assumption(material, with_settings(row, material.case.settings))


def _measure(material: _Material, row: Row) -> Entry:
    entry = _entry(row["id"], "measure", row, CHOICE, material.range(row["id"]))
    if entry.open_key:
        return entry
    return replace(entry, text={lang: _presence(row["value"], lang) for lang in LANGUAGES})


def _presence(value: str, lang: str) -> dict[str, str]:
    word = display.PRESENCE[lang][value == "present"]
    return dict.fromkeys(FORMS, word)


def _fact(material: _Material, fact: Row) -> Entry:
    unit, known = material.unit(fact), material.range(fact["id"])
    tier, indicator = material.case.about["tiers"][fact["tier"]], material.codebook[fact["indicator"]]
    label = {
        "label_en": f"{tier['en']}: {within_a_line(indicator['label_en'])}",
        "label_zh": f"{tier['zh']}：{indicator['label_zh']}",
    }
    if unit.kind == "date":
        entry = _entry(fact["id"], "fact", label, unit, known)
        return entry if entry.open_key else _dated(entry, fact)
    figure = inexact.parse_figure(fact["value"])
    if not figure.plain:
        return _marked(_entry(fact["id"], "fact", label, unit, known), figure, unit)
    number = parse_number(fact["value"])
    unit = replace(unit, digits=max(0, -int(number.as_tuple().exponent)))
    entry = _entry(fact["id"], "fact", label, unit, known)
    if entry.open_key:
        return entry
    printed = {lang: _as_printed(fact["value"], known, unit, lang) for lang in LANGUAGES}
    return replace(entry, text={lang: {**entry.text[lang], **printed[lang]} for lang in LANGUAGES})


def _marked(entry: Entry, figure: Figure, unit: Unit) -> Entry:
    """A fact that its source prints inexactly is written so: over 400, nearly 66.7%."""
    if entry.open_key:
        return entry
    texts = dict(entry.text)
    for lang in LANGUAGES:
        hundred, forms = unit.unit == HUNDRED, unit.form[lang].split("|")
        bare = inexact.as_marked(figure, lang, hundred=hundred)
        form = forms[0 if figure.end is None and figure.number == 1 else -1]
        value = inexact.in_unit(figure, form, lang, hundred=hundred)
        texts[lang] = {**texts[lang], "bare": bare, "words": bare, "value": value}
    return _coarse(replace(entry, text=texts), Range(entry.low, entry.value, entry.high), unit)


def _coarse(entry: Entry, known: Range, unit: Unit) -> Entry:
    """An entry whose ends are no finer than its width: how near "nearly" is, is but a convention."""
    if unit.kind != "measured" or known.high is None:
        return entry
    ends = {lang: display.interval(known, replace(unit, digits=0), lang) for lang in LANGUAGES}
    return replace(entry, text={lang: {**entry.text[lang], "interval": ends[lang]} for lang in LANGUAGES})


def _as_printed(value: str, known: Range, unit: Unit, lang: str) -> dict[str, str]:
    """A fact is written with the digits of its source, in Chinese also with its 万 or 亿.

    Its rounding interval takes one digit more: 74 trips are 73.5 to 74.5.
    """
    number = float(parse_number(value))
    bare = folded(value) if lang == "zh" else display.number(number, unit.digits, lang)
    finer = replace(unit, digits=unit.digits + (known.low != known.high))
    return {
        "bare": bare,
        "value": display.with_unit(bare, unit, lang),
        "interval": display.interval(known, finer, lang),
    }


def _dated(entry: Entry, fact: Row) -> Entry:
    printed = parse_date(fact["value"])
    if printed.day is None:
        span = {lang: display.months(entry.low, printed.months, lang) for lang in LANGUAGES}
        text = {
            lang: {**entry.text[lang], **dict.fromkeys(("value", "bare", "words"), span[lang])}
            for lang in LANGUAGES
        }
        entry = replace(entry, text=text)
    return entry if printed.year else replace(entry, inputs=(YEAR,), status="derived")


def _assumption(material: _Material, row: Row) -> Entry:
    known = material.range(row["name"])
    entry = _entry(row["name"], "assumption", row, material.unit(row), known)
    inputs = bound_inputs(row)
    formula = " … ".join(dict.fromkeys(row[end] for end in ENDS if row[end])) if inputs else ""
    entry = replace(entry, inputs=inputs, formula=formula)
    if entry.open_key:
        return entry
    chosen = row["kind"] == "choice" or row["name"] in material.case.settings
    settled = known.low == known.high and not chosen
    text = _settings(row) or _as_declared(entry, material.unit(row))
    return replace(entry, status="derived" if settled else "bounded", text=text)


def _as_declared(entry: Entry, unit: Unit) -> Texts:
    """The texts of a range with its central value as it is declared: 982 cases of none to 982, not 980."""
    if unit.kind != "count" or not isinstance(entry.value, float):
        return entry.text
    exact = Range(entry.value, entry.value, entry.value)
    written = {lang: display.texts(exact, unit, lang) for lang in LANGUAGES}
    return {lang: {**texts, "interval": entry.text[lang]["interval"]} for lang, texts in written.items()}


def _settings(row: Row) -> Texts:
    """The names of a choice's setting in each language; nothing for a range."""
    if row["kind"] != "choice":
        return {}
    named = {lang: settings_of(row, lang)[row["central"]] for lang in LANGUAGES}
    return {lang: dict.fromkeys(FORMS, name) for lang, name in named.items()}


def settings_of(row: Row, lang: str) -> dict[str, str]:
    """What the settings of a choice are called."""
    return dict(zip(row["choices"].split("|"), row[f"choices_{lang}"].split("|"), strict=True))
