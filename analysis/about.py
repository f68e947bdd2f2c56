"""Read ``case.toml``: what the case is, its tiers, and its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.findings import Finding, UnusableError
from analysis.schemas import Sources
from analysis.tables import decode, validated

NEEDED = ("name_en", "name_zh", "tiers", "source")
CASES = "cases"
"""The table that names the cases whose figures are gathered in this one (see `analysis.gather`)."""

UNARCHIVED = {"file": "", "sha256": "", "paragraphs": [], "phrases": []}
"""What a source has only where its text is archived, and the hashes of its phrases where it is not."""

EXAMPLE = '{ en = "Pilot", zh = "试点" }'
LISTS = tuple(name for name, column in Sources.columns().items() if isinstance(column, dy.List))


def read_about(path: Path, name: str) -> tuple[dict[str, Any], pl.DataFrame, list[Finding]]:
    """Everything in a ``case.toml``, its valid sources as a frame, and a finding for each wrong value.

    Raises UnusableError where the file is not TOML of this shape.
    """
    about = parsed(decode(path, name), name)
    problems = [Finding(name, 0, "", message) for message in _misshapen(about)]
    if problems:
        raise UnusableError.of(problems)
    rows = [
        {"row": place, **UNARCHIVED, **{key: _plain(value) for key, value in source.items()}}
        for place, source in enumerate(about["source"], start=1)
    ]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(LISTS, pl.List(pl.String)))
    sources, wrong = validated(frame, name, Sources)
    messages = [f"source {found.row}, {found.column}: {found.message}" for found in wrong]
    return about, sources, [Finding(name, 0, "", message) for message in messages or _inconsistent(rows)]


def parsed(text: str, name: str) -> dict[str, Any]:
    """What the text of a ``case.toml`` holds; raises UnusableError where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableError(name, f"is not TOML: {error}") from error


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    return value.isoformat() if isinstance(value, date) else value


def _misshapen(about: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in NEEDED if not about.get(key)]
    if missing:
        made = "; 'brief gather' writes tiers and sources" if CASES in about else ""
        yield f"lacks {', '.join(missing)}{made}"
    tiers, sources = about.get("tiers", {}), about.get("source", [])
    if not isinstance(tiers, dict):
        yield "'tiers' is not a table; expected [tiers] and a line for each"
        tiers = {}
    for tier, label in tiers.items():
        if not isinstance(label, dict) or not all(isinstance(label.get(lang), str) for lang in ("en", "zh")):
            yield f"tier {tier}: expected a name in both languages, such as {EXAMPLE}"
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        yield "'source' is not a list of tables; expected [[source]] above each"
        return
    for place, source in enumerate(sources, start=1):
        yield from (f"source {place} {problem}" for problem in _misshapen_source(source))


def _misshapen_source(source: Mapping[str, Any]) -> Iterator[str]:
    wanted = [column for column in Sources.column_names() if column != "row"]
    missing = [key for key in wanted if key not in source and key not in UNARCHIVED]
    extra = [key for key in source if key not in wanted]
    if missing:
        yield f"lacks {', '.join(missing)}"
    if extra:
        yield f"has unknown entries: {', '.join(extra)}; expected {', '.join(wanted)}"
    for key in [key for key in wanted if key in source]:
        value = _plain(source[key])
        parts = value if key in LISTS and isinstance(value, list) else [value]
        if not all(isinstance(part, str) for part in parts) or (key in LISTS and parts is not value):
            kind = "a list of texts" if key in LISTS else "text in quotation marks"
            yield f"has a '{key}' that is not {kind}"


def _inconsistent(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong between the entries of valid sources."""
    known = [source["id"] for source in rows]
    mutual = {(other, source["id"]) for source in rows for other in source["not_independent_of"]}
    for source in rows:
        for other in source["not_independent_of"]:
            if other not in known:
                yield f"source {source['id']}, not_independent_of: there is no source '{other}'"
            elif (source["id"], other) not in mutual:
                yield f"source {source['id']}, not_independent_of: source {other} does not say the same"
        if source["sha256"] and not (source["file"] and source["paragraphs"]):
            yield f"source {source['id']}: an archived text (sha256) needs 'file' and 'paragraphs'"
        try:
            date.fromisoformat(source["date"])
        except ValueError:
            yield f"source {source['id']}, date: '{source['date']}' is not a date of the calendar"
