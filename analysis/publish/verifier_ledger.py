"""Recompute a ledger from the tables beside it, and hold it against what is published.

This module needs the standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis import expr, inexact, intervals, leaves, printed
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.intervals import Range
from analysis.publish.verifier_standins import CALENDAR
from analysis.publish.verifier_texts import mismarked, misrounded, misshown

Row = Mapping[str, Any]
STRENGTH = ("reported", "derived", "bounded", "not identified")
"""From strongest to weakest; a derivation is never stronger than its weakest input."""

POWER = 1e-12
"""Powers are the one operation whose last binary digit may differ between machines."""


@dataclass(frozen=True)
class Content:
    """The tables of a bundle by name, its ledger, and its ``case.toml``."""

    tables: Mapping[str, Sequence[Row]]
    ledger: Mapping[str, Any]
    about: Mapping[str, Any]

    def by(self, table: str, column: str) -> dict[str, Row]:
        """The rows of a table by a column."""
        return {row[column]: row for row in self.tables[table]}

    def kind(self, unit: str) -> str:
        """The kind of a unit."""
        return str(self.by("units", "unit")[unit]["kind"])

    @property
    def late(self) -> set[str]:
        """The sources dated after the day as of which the ledger is read."""
        as_of = self.ledger["as_of"]
        return {source["id"] for source in self.about["source"] if as_of and str(source["date"]) > as_of}

    @property
    def assumptions(self) -> list[Row]:
        """The assumptions under the ledger's settings."""
        return [leaves.with_settings(row, self.ledger["settings"]) for row in self.tables["assumptions"]]

    @property
    def corrections(self) -> dict[str, Row]:
        """The corrections in force, by fact."""
        return leaves.by_fact(self.tables["corrections"], self.ledger["as_of"])

    def coded(self, table: str) -> list[Row]:
        """The facts or measures, corrections put in."""
        return [leaves.corrected(row, self.corrections) for row in self.tables[table]]

    def reported(self, table: str) -> list[Row]:
        """Those of them that may be used."""
        return [row for row in self.coded(table) if row["source"] not in self.late]

    def bounds(self) -> dict[str, tuple[str, str]]:
        """The codebook's bounds by indicator."""
        return {row["indicator"]: (row["lower"], row["upper"]) for row in self.tables["indicators"]}


def recompute(content: Content) -> Iterator[str]:
    """What in the ledger is not what its facts, assumptions and expressions give."""
    problems = [*_twice(content), *_figures(content), *_calendar(content)]
    yield from problems
    if problems:
        return
    try:
        kinds = {unit: row["kind"] for unit, row in content.by("units", "unit").items()}
        facts, measures = content.reported("facts"), content.reported("measures")
        ranges = leaves.ranges_of(facts, measures, content.assumptions, kinds, content.bounds())
    except leaves.LeafError as error:
        yield f"assumptions.csv, {error.name}: {error}"
        return
    yield from _against(content, {**_leaf_entries(content, ranges), **_quantities(content, ranges)})


def _twice(content: Content) -> Iterator[str]:
    for table, rows in content.tables.items():
        first = [next(iter(row.values())) for row in rows]
        yield from (f"{table}.csv, {key}: stands twice" for key in sorted(set(first)) if first.count(key) > 1)


def _calendar(content: Content) -> Iterator[str]:
    """Days that are no exception from the week; those that are become the calendar of `add_workdays`."""
    CALENDAR.clear()
    rows = content.tables["calendar"]
    if [row["date"] for row in rows] != sorted(row["date"] for row in rows):
        yield "calendar.csv: is not in the order of its days"
    for row in rows:
        if row["source"] != rows[0]["source"]:
            yield f"calendar.csv, {row['date']}: has another source than the rest"
        try:
            day = date.fromisoformat(row["date"])
        except ValueError as error:
            yield f"calendar.csv, {row['date']}: {error}"
            continue
        CALENDAR[day] = row["working"] == "yes"
        if CALENDAR[day] == (day.weekday() < 5):
            yield f"calendar.csv, {row['date']}: is no exception from the week"


def _figures(content: Content) -> Iterator[str]:
    """Facts whose value is not of its unit, or not in its phrase."""
    given = [row["central"] for row in content.assumptions if row["name"] == leaves.YEAR]
    year = leaves.year_of(given[0]) if given else 0
    for fact in content.tables["facts"]:
        kind, bounds = content.kind(fact["unit"]), content.bounds()[fact["indicator"]]
        try:
            for taken in (fact, leaves.corrected(fact, content.corrections)):
                leaves.fact_range(taken, kind, bounds, year)
            if kind == "date":
                held = printed.holds_date(fact["exact"], printed.parse_date(fact["value"]))
            else:
                held = inexact.holds_figure(fact["exact"], inexact.parse_figure(fact["value"]))
        except ValueError as error:
            yield f"facts.csv, {fact['id']}: {error}"
            continue
        if not held:
            yield f"facts.csv, {fact['id']}: '{fact['exact']}' does not hold the figure {fact['value']}"


def _entry(kind: str, row: Row, known: Range, status: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    label = {lang: row[f"label_{lang}"] for lang in ("en", "zh")}
    found = {"kind": kind, "label": label, "unit": row.get("unit", "choice"), "status": status}
    ends = {"low": known.low, "value": known.central, "high": known.high}
    return {**found, **ends, "formula": "", "inputs": [], "open_key": "", "corrected": {}, **more}


def _leaf_entries(content: Content, ranges: Mapping[str, Range]) -> dict[str, dict[str, Any]]:
    found = {}
    for kind, table, column in (
        ("fact", "facts", "id"),
        ("measure", "measures", "id"),
        ("assumption", "assumptions", "name"),
    ):
        for row in content.assumptions if kind == "assumption" else content.coded(table):
            key = row[column]
            known = ranges.get(key, leaves.OPEN)
            entry = _entry(kind, _labelled(content, row), known, "reported", **_basis(kind, row, known))
            if known.central is None:
                entry |= {"status": "not identified", "open_key": key}
            elif kind == "assumption":
                chosen = row["kind"] == "choice" or key in content.ledger["settings"]
                entry["status"] = "derived" if known.low == known.high and not chosen else "bounded"
            elif made := content.corrections.get(key):
                entry |= {"status": "derived", "corrected": leaves.said_of(made)}
            elif entry["inputs"]:
                entry["status"] = "derived"
            found[key] = entry
    return found


def _labelled(content: Content, row: Row) -> Row:
    """A fact's label is its tier's and its indicator's."""
    if "indicator" not in row:
        return row
    tier, named = content.about["tiers"][row["tier"]], content.by("indicators", "indicator")[row["indicator"]]
    english = f"{tier['en']}: {leaves.within_a_line(named['label_en'])}"
    return {**row, "label_en": english, "label_zh": f"{tier['zh']}：{named['label_zh']}"}


def _basis(kind: str, row: Row, known: Range) -> dict[str, Any]:
    """What a leaf itself is computed from: bounds that are expressions, a year that a source leaves out."""
    if kind == "fact" and known.central is not None and row["value"].startswith("XXXX"):
        return {"inputs": [leaves.YEAR]}
    inputs = leaves.bound_inputs(row) if kind == "assumption" else ()
    if not inputs:
        return {}
    ends = dict.fromkeys(row[end] for end in leaves.ENDS if row[end])
    return {"inputs": list(inputs), "formula": " … ".join(ends)}


def _quantities(content: Content, ranges: Mapping[str, Range]) -> dict[str, dict[str, Any]]:
    rows = content.by("quantities", "key")
    parsed = {key: expr.parse(row["expression"]) for key, row in rows.items()}
    expr.ordered({key: expression.names for key, expression in parsed.items()})  # a circle has no end
    return {key: _quantity(rows[key], parsed, ranges) for key in rows}


def _quantity(row: Row, parsed: Mapping[str, Expression], ranges: Mapping[str, Range]) -> dict[str, Any]:
    expression = parsed[row["key"]]
    more = {"formula": expression.text, "inputs": list(expression.names)}
    full = expr.substitute(expression, parsed)
    try:
        known = intervals.interval(full, ranges)
    except NotIdentifiedError as error:
        return _entry("quantity", row, leaves.OPEN, "not identified", **more, open_key=error.key)
    except ExpressionError as error:
        message = f"quantities.csv, {row['key']}: {error}"
        raise ExpressionError(message) from error
    bearing = expr.bearing(expression, {key: known.central for key, known in ranges.items()})
    return _entry("quantity", row, known, "", **more, power="**" in full.text, bearing=bearing)


def _against(content: Content, expected: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    entries = content.ledger["entries"]
    yield from (f"ledger.json, {key}: is missing" for key in expected if key not in entries)
    yield from (f"ledger.json, {key}: rests on nothing" for key in entries if key not in expected)
    for key in sorted(expected.keys() & entries.keys()):
        entry, wanted = entries[key], expected[key]
        power, bearing = wanted.pop("power", False), wanted.pop("bearing", ())
        wanted["key"] = key
        wanted["status"] = wanted["status"] or _weakest(bearing, entries)
        wrong = [
            f"{field} is {entry[field]!r}, recomputed {value!r}"
            for field, value in wanted.items()
            if not _same(entry[field], value, POWER if power else 0.0)
        ]
        yield from (f"ledger.json, {key}: {problem}" for problem in wrong or _misshown(content, key, entry))


def _weakest(bearing: Sequence[str], entries: Mapping[str, Any]) -> str:
    """The weakest status of what a derivation rests on, at best ``derived``."""
    found: list[str] = [entries[name]["status"] for name in bearing]
    return max(("derived", *found), key=STRENGTH.index)


def _same(found: Any, value: Any, tolerance: float) -> bool:  # noqa: ANN401
    if isinstance(found, float) and isinstance(value, float):
        return math.isclose(found, value, rel_tol=tolerance)
    return type(found) is type(value) and bool(found == value)


def _misshown(content: Content, key: str, entry: Row) -> Iterator[str]:
    unit = content.by("units", "unit")[entry["unit"]]
    most = content.by("quantities", "key").get(key, {}).get("digits") or unit["digits"]
    forms = {lang: unit[f"form_{lang}"] for lang in ("en", "zh")}
    chosen = {row["name"]: row for row in content.assumptions if row["kind"] == "choice"}.get(key)
    fact = next((row for row in content.coded("facts") if row["id"] == key), None)
    if fact and entry["value"] is not None and unit["kind"] in {"count", "measured"}:
        figure = inexact.parse_figure(fact["value"])
        if not figure.plain:
            yield from mismarked(entry, figure, forms, hundred=fact["unit"] == leaves.HUNDRED)
            return
    if chosen is None:
        yield from misshown(entry, unit["kind"], forms)
        yield from misrounded(entry, int(most)) if unit["kind"] == "measured" else ()
        return
    place = chosen["choices"].split("|").index(chosen["central"])
    for lang, texts in entry["text"].items():
        name = chosen[f"choices_{lang}"].split("|")[place]
        yield from (
            f"text.{lang}.{form} is '{text}', not '{name}'" for form, text in texts.items() if text != name
        )
