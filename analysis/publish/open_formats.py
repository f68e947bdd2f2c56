"""The tables of a case in open formats: CSV described as a Frictionless Data Package, and one XLSX."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis import Case, Ledger, schemas
from analysis.entries import STATUSES
from analysis.publish.data import SEPARATOR, write_data
from analysis.publish.workbook import write_workbook

PACKAGE, WORKBOOK = "datapackage.json", "tables.xlsx"
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
RIGHTS = "The licence is for the coding and the computed values; quoted phrases remain their publishers'."
SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "facts": schemas.Facts,
    "corrections": schemas.Corrections,
    "measures": schemas.Measures,
    "assumptions": schemas.Assumptions,
    "sources": schemas.Sources,
    "units": schemas.Units,
    "indicators": schemas.Indicators,
    "quantities": schemas.Quantities,
    "design": schemas.Design,
    "data_request": schemas.DataRequest,
}
TITLES = {
    "facts": "Reported figures and dates, each with the phrase that carries it",
    "corrections": "What a source prints wrongly, with the right value and why",
    "measures": "Qualitative content, present or absent, each with its phrase",
    "assumptions": "What the sources leave open: a range or a choice each",
    "sources": "Who says it, and what it is not independent of",
    "units": "Units, and how a value is written",
    "indicators": "The codebook",
    "quantities": "The expressions of derived quantities",
    "values": "Every value with its bounds, unit and status",
    "tiers": "The tiers side by side",
    "item_mix": "Items by kind of power",
    "checks": "Forensic checks of the printed figures",
    "claims": "Every comparison: what was tested, the verdict, and what flips it",
    "design": "Facts of the design that evidence is graded by",
    "data_request": "Which fields to ask a data office for, and what each would settle",
}
KEYS = {
    "values": ["key"],
    "tiers": ["key"],
    "item_mix": ["tier", "kind"],
    "checks": ["check", "about", "against"],
    "claims": ["claim"],
}
"""Primary keys of the tables that are computed; the others have theirs from their schema."""

UNIT, SOURCE = {"unit": "units.unit"}, {"source": "sources.id"}
REFERENCES = {
    "facts": {"id": "values.key", "indicator": "indicators.indicator", **UNIT, **SOURCE},
    "corrections": {"fact": "facts.id"},
    "measures": {"id": "values.key", **SOURCE},
    "assumptions": {"name": "values.key", **UNIT, **SOURCE},
    "indicators": UNIT,
    "quantities": {"key": "values.key", **UNIT},
    "values": UNIT,
    "tiers": {"key": "values.key", **UNIT},
}
TYPES = {"paragraph": "integer", "digits": "integer", "lower": "number", "upper": "number"}
"""Columns that seeds keep as text and that hold nothing but numbers."""

BY_DTYPE = {pl.Float64: "number", pl.Int64: "integer", pl.Date: "date"}
UNITS = {"share": "percent", "share_of_powers": "percent", "items": "item"}
BOUND = "A number, a date or an expression; empty where unbounded."
DESCRIPTIONS = {
    "facts.value": "As printed: 1.3 and 1.30 say different things, XXXX stands for a year left out.",
    "facts.period_start": "A date, or the key of one.",
    "facts.period_end": "A date, or the key of one.",
    "facts.exact": "The phrase in the source; a W3C TextQuoteSelector with prefix and suffix.",
    "corrections.expect": "The value as the source prints it, wrongly.",
    "corrections.value": "The right value, as it would be printed; every result is computed with it.",
    "corrections.basis_en": "A source, or where else the right value comes from.",
    "corrections.basis_zh": "The same source, or the same in Chinese.",
    "measures.exact": "The phrase in the source; a W3C TextQuoteSelector with prefix and suffix.",
    "assumptions.low": BOUND,
    "assumptions.central": "A number, a date, an expression, or the setting of a choice.",
    "assumptions.high": BOUND,
    "assumptions.choices": f"Separated by {SEPARATOR}.",
    "units.lower": "The least that a value of this unit can be; empty where there is none.",
    "units.upper": "The most that a value of this unit can be; empty where there is none.",
    "sources.not_independent_of": f"Sources, separated by {SEPARATOR}.",
    "quantities.expression": "Arithmetic over keys.",
    "claims.verdict": "Over rounding and everything left open: holds, depends, fails or not_identified.",
    "claims.flips": "The smallest sets of what makes it come out otherwise, all else at its central setting, "
    f"separated by {SEPARATOR}.",
    "design.bears_on": f"Conclusions, separated by {SEPARATOR}.",
    "values.low": "The lower bound, in the unit of the row.",
    "values.value": "The central value, in the unit of the row; a measure is 1 where present, else 0; empty "
    "where only bounds are known.",
    "values.high": "The upper bound, in the unit of the row.",
    "values.earliest": "The first day, where the value is a date.",
    "values.latest": "The last day, where the value is a date.",
    "data_request.settles": f"Assumptions, quantities and effects, separated by {SEPARATOR}.",
    "values.setting": "The setting, where the value is a choice.",
}


def write_formats(case: Case, ledger: Ledger, folder: Path) -> None:
    """Write ``ledger.json``, the tables as CSV with ``datapackage.json``, and ``tables.xlsx``."""
    frames = write_data(case, ledger, folder)
    contents = {name: (folder / f"{name}.csv").read_bytes() for name in frames}
    text = json.dumps(package(case, frames, contents), ensure_ascii=False, indent=1) + "\n"
    (folder / PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    write_workbook(frames, folder / WORKBOOK)


def package(case: Case, frames: Mapping[str, pl.DataFrame], contents: Mapping[str, bytes]) -> dict[str, Any]:
    """The description of a case as a (tabular) Frictionless Data Package."""
    sources = [
        {"title": f"{row['id']}: {row['title_en']}, {row['publisher']}, {row['date']}"}
        for row in case.sources.iter_rows(named=True)
    ]
    return {
        "name": f"evidence-{case.name}",
        "title": f"Evidence: {case.about['name_en']}",
        "description": f"Reported figures, what the sources leave open, and every derived value. {RIGHTS}",
        "profile": "tabular-data-package",
        "licenses": [LICENCE],
        "sources": sources,
        "resources": [_resource(case, name, frame, contents[name]) for name, frame in frames.items()],
    }


def _resource(case: Case, name: str, frame: pl.DataFrame, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLES[name],
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": _schema(case, name, frame),
    }


def _schema(case: Case, name: str, frame: pl.DataFrame) -> dict[str, Any]:
    keys = SCHEMAS[name].primary_key() if name in SCHEMAS else KEYS[name]
    return {
        "fields": [_field(case, name, column, frame.schema[column]) for column in frame.columns],
        "primaryKey": list(keys),
        "foreignKeys": [
            _reference(column, *to.split(".")) for column, to in REFERENCES.get(name, {}).items()
        ],
        "missingValues": [""],
    }


def _reference(column: str, table: str, key: str) -> dict[str, Any]:
    return {"fields": [column], "reference": {"resource": table, "fields": [key]}}


def _field(case: Case, table: str, column: str, dtype: pl.DataType) -> dict[str, Any]:
    kind = TYPES.get(column) or BY_DTYPE.get(type(dtype), "string")
    found = {"name": column, "type": kind, "title": column.replace("_", " ").capitalize()}
    extra = {"description": DESCRIPTIONS.get(f"{table}.{column}"), "unit": UNITS.get(column)}
    limits = _constraints(case, table, column, kind)
    return {**found, **{key: said for key, said in extra.items() if said}, "constraints": limits}


def _constraints(case: Case, table: str, column: str, kind: str) -> dict[str, Any]:
    """What a cell must hold; from the schema of the seed file where the table is one."""
    if column == "status":
        return {"required": True, "enum": list(STATUSES)}
    if column == "tier":
        return {"required": True, "enum": list(case.about["tiers"])}
    if table not in SCHEMAS:
        return {"required": True} if column in KEYS[table] else {}
    return constraints(SCHEMAS[table].columns()[column], kind)


def constraints(rule: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401 - dataframely's column
    """What a cell of a type must hold by the ``rule`` of its column in a seed file."""
    if isinstance(rule, dy.Enum):
        return {"required": True, "enum": list(rule.categories)}
    if not isinstance(rule, dy.String):
        return {}
    found: dict[str, Any] = {}
    if rule.primary_key:
        found = {"required": True, "unique": True}
    elif rule.min_length:
        found = {"required": True}
    if rule.regex and kind == "string":
        found |= {"pattern": rule.regex}
    return found
