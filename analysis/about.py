"""Read ``case.toml``: what the case is, its tiers, and its sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.files import decode
from analysis.findings import Finding, Problem, UnusableError
from analysis.schemas import Sources
from analysis.tables import validated
from analysis.toml_lines import Lines, parsed

NEEDED = ("name_en", "name_zh")
CASES = "cases"
"""The table that names the cases whose figures are gathered in this one (see `analysis.gather`)."""

TABLES = ("tiers", "source")
UNARCHIVED = {"file": "", "sha256": "", "paragraphs": [], "phrases": []}
"""What a source has only where its text is archived, and the hashes of its phrases where it is not."""

EXAMPLE = '{ en = "Pilot", zh = "试点" }'
LISTS = tuple(name for name, column in Sources.columns().items() if isinstance(column, dy.List))


def read_about(path: Path, name: str) -> tuple[dict[str, Any], pl.DataFrame, list[Finding]]:
    """Everything in a ``case.toml``, its valid sources as a frame, and a finding for each wrong value.

    Raises UnusableError where the file is not TOML, or has no tables of tiers and sources.
    """
    text = decode(path, name)
    about, lines = parsed(text, name), Lines.of(text)
    if problems := list(_misshapen(about)):
        raise UnusableError.of([problem.at(name) for problem in problems])
    found = [*_missing(about, name), *_mislabelled(about["tiers"], name, lines)]
    shaped = []
    for place, source in enumerate(about["source"], start=1):
        wrong = list(_misshapen_source(source, place))
        found += [problem.at(name, lines.line("source", place, key), key) for key, problem in wrong]
        plain = {key: _plain(value) for key, value in source.items()}
        shaped += [] if wrong else [{"row": place, **UNARCHIVED, **plain}]
    if not shaped:
        return about, Sources.create_empty(), found
    frame = pl.DataFrame(shaped, schema_overrides=dict.fromkeys(LISTS, pl.List(pl.String)))
    sources, unfit = validated(frame, name, Sources)
    found += [_placed(finding, lines) for finding in unfit]
    if not found:
        found = [
            problem.at(name, lines.line("source", place, key), key)
            for place, key, problem in _inconsistent(shaped)
        ]
    at = [lines.line("source", place) for place in sources["row"]]
    return about, sources.with_columns(pl.Series("row", at, pl.Int64)), found


def _placed(found: Finding, lines: Lines) -> Finding:
    """A finding of the source whose place is its row, where that stands in the file."""
    message = f"source {found.row}: {found.message}"
    line = lines.line("source", found.row, found.column)
    return Finding(found.file, line, found.column, message, rule=found.rule, value=found.value)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    return value.isoformat() if isinstance(value, date) else value


def _misshapen(about: Mapping[str, Any]) -> Iterator[Problem]:
    if missing := [key for key in TABLES if not about.get(key)]:
        made = "; 'brief gather' writes tiers and sources" if CASES in about else ""
        yield Problem("misshapen-file", f"lacks {', '.join(missing)}{made}")
    tiers, sources = about.get("tiers", {}), about.get("source", [])
    if not isinstance(tiers, dict):
        yield Problem("misshapen-file", "'tiers' is not a table; expected [tiers] and a line for each")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        yield Problem("misshapen-file", "'source' is not a list of tables; expected [[source]] above each")


def _missing(about: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if missing := [key for key in NEEDED if not about.get(key)]:
        yield Finding(name, 0, ", ".join(missing), f"lacks {', '.join(missing)}", rule="missing-entry")


def _mislabelled(tiers: Mapping[str, Any], name: str, lines: Lines) -> Iterator[Finding]:
    for tier, label in tiers.items():
        if not isinstance(label, dict) or not all(isinstance(label.get(lang), str) for lang in ("en", "zh")):
            message = f"tier {tier}: expected a name in both languages, such as {EXAMPLE}"
            yield Finding(name, lines.line("tiers", 0, tier), tier, message, rule="both-languages")


def _misshapen_source(source: Mapping[str, Any], place: int) -> Iterator[tuple[str, Problem]]:
    """The entry at fault, where it is one, and what is wrong."""
    wanted = [column for column in Sources.column_names() if column != "row"]
    missing = [key for key in wanted if key not in source and key not in UNARCHIVED]
    extra = [key for key in source if key not in wanted]
    if missing:
        yield "", Problem("missing-entry", f"source {place} lacks {', '.join(missing)}")
    if extra:
        message = f"source {place} has unknown entries: {', '.join(extra)}; expected {', '.join(wanted)}"
        yield extra[0], Problem("unknown-entry", message, ", ".join(extra))
    for key in [key for key in wanted if key in source]:
        value = _plain(source[key])
        parts = value if key in LISTS and isinstance(value, list) else [value]
        if not all(isinstance(part, str) for part in parts) or (key in LISTS and parts is not value):
            kind = "a list of texts" if key in LISTS else "text in quotation marks"
            yield key, Problem("entry-type", f"source {place} has a '{key}' that is not {kind}", str(value))


def _inconsistent(rows: list[dict[str, Any]]) -> Iterator[tuple[int, str, Problem]]:
    """What is wrong between the entries of valid sources: the place of the source, the entry, the problem."""
    known = [source["id"] for source in rows]
    mutual = {(other, source["id"]) for source in rows for other in source["not_independent_of"]}
    for source in rows:
        about, place = f"source {source['id']}", source["row"]
        for other in source["not_independent_of"]:
            if other not in known:
                message = f"{about}: there is no source '{other}'"
                yield place, "not_independent_of", Problem("unknown-source", message, other)
            elif (source["id"], other) not in mutual:
                message = f"{about}: source {other} does not say the same"
                yield place, "not_independent_of", Problem("one-sided", message, other)
        if source["sha256"] and not (source["file"] and source["paragraphs"]):
            message = f"{about}: an archived text (sha256) needs 'file' and 'paragraphs'"
            yield place, "sha256", Problem("archived-text", message)
        try:
            date.fromisoformat(source["date"])
        except ValueError:
            message = f"{about}: '{source['date']}' is not a date of the calendar"
            yield place, "date", Problem("date-form", message, source["date"])
