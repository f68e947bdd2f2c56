"""Schemas of the seed files, for editors: Table Schemas of the CSV files, JSON Schemas of the TOML files.

They say what a cell or an entry may hold by itself, from the same place as the data package; what it has to
be beside others is for `brief check`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dataframely as dy

from analysis import schemas
from analysis.about import NEEDED as NAMED
from analysis.about import TABLES, UNARCHIVED
from analysis.case import OWN, REGISTERS, SHARED
from analysis.claim_files import NEEDED, VERDICTS
from analysis.display import LANGUAGES
from analysis.publish.known import rows
from analysis.publish.open_formats import DESCRIPTIONS, TITLES, TYPES, constraints

FOLDER = "seeds/schemas"
SEEDS: Mapping[str, type[dy.Schema]] = {
    **SHARED,
    **OWN,
    **REGISTERS,
    "data_request": schemas.DataRequest,
}
LISTED = {"unit": "units", "indicator": "indicators"}
"""Columns whose cells are names of a shared file."""

JSON_SCHEMA = "http://json-schema.org/draft-04/schema#"
"""The draft that editors of TOML know."""

Schema = dict[str, Any]


def write_schemas(root: Path) -> list[str]:
    """Write the schemas into `FOLDER`, and say which."""
    files = {f"{FOLDER}/{name}.json": schema for name, schema in all_schemas(root).items()}
    for file, schema in files.items():
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_text(text(schema), encoding="utf-8", newline="\n")
    return list(files)


def text(schema: Schema) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def all_schemas(root: Path) -> dict[str, Schema]:
    """The schemas by name: of each seed table, ``case`` and ``claims``."""
    skeleton = (Path(__file__).parent / "skeleton" / "columns.toml").read_text(encoding="utf-8")
    told = tomllib.loads(skeleton)
    names = {
        column: [row[column] for row in rows(root / "seeds" / f"{table}.csv")]
        for column, table in LISTED.items()
    }
    tables = {table: table_schema(table, names, told.get(table, {})) for table in SEEDS}
    return {**tables, "case": case_schema(), "claims": claims_schema()}


def table_schema(table: str, names: Mapping[str, Sequence[str]], told: Mapping[str, str]) -> Schema:
    """The Table Schema of a seed file, with the ``names`` of units and indicators and what columns hold."""
    fields = []
    for column, rule in SEEDS[table].columns().items():
        if column == "row":
            continue
        kind = TYPES.get(column, "string")
        limits = constraints(rule, kind)
        if column in names and not rule.primary_key:
            limits["enum"] = list(names[column])
        said = told.get(column) or DESCRIPTIONS.get(f"{table}.{column}") or _asked(rule)
        field = {"name": column, "type": kind, "title": column.replace("_", " ").capitalize()}
        fields.append({**field, **({"description": said} if said else {}), "constraints": limits})
    key = list(SEEDS[table].primary_key())
    found = {"fields": fields, "missingValues": [""], **({"primaryKey": key} if key else {})}
    return {"title": TITLES.get(table, (SEEDS[table].__doc__ or "").strip().splitlines()[0]), **found}


def _asked(rule: Any) -> str:  # noqa: ANN401 - dataframely's column
    words = schemas.PATTERNS.get(getattr(rule, "regex", None) or "", "")
    return words[:1].upper() + words[1:]


def case_schema() -> Schema:
    """The JSON Schema of ``case.toml``."""
    columns = {name: of for name, of in schemas.Sources.columns().items() if name != "row"}
    source = _object({name: _entry(of) for name, of in columns.items()}, columns.keys() - UNARCHIVED.keys())
    entries = {
        **{name: {"type": "string", "minLength": 1} for name in NAMED},
        "tiers": {"type": "object", "minProperties": 1, "additionalProperties": _texts()},
        "source": {"type": "array", "minItems": 1, "items": {**source, "additionalProperties": False}},
    }
    return {"$schema": JSON_SCHEMA, **_object(entries, {*NAMED, *TABLES})}


def claims_schema() -> Schema:
    """The JSON Schema of ``claims.toml``."""
    texts = {name: _texts() for name in ("label", *VERDICTS)}
    entries = {"id": {"type": "string", "pattern": schemas.NAME}, "predicate": {"type": "string"}, **texts}
    claim = {**_object(entries, NEEDED), "additionalProperties": False}
    found = _object({"claim": {"type": "array", "items": claim}}, ())
    return {"$schema": JSON_SCHEMA, **found, "additionalProperties": False}


def _object(properties: Mapping[str, Schema], required: Sequence[str] | set[str]) -> Schema:
    needed = {"required": [name for name in properties if name in required]} if required else {}
    return {"type": "object", "properties": dict(properties), **needed}


def _texts() -> Schema:
    """A text in each language."""
    found = _object({lang: {"type": "string", "minLength": 1} for lang in LANGUAGES}, LANGUAGES)
    return {**found, "additionalProperties": False}


def _entry(rule: Any) -> Schema:  # noqa: ANN401 - dataframely's column
    """What an entry of a source may hold."""
    if isinstance(rule, dy.List):
        return {"type": "array", "items": _entry(rule.inner)}
    limits = constraints(rule, "string")
    found: Schema = {
        "type": "string",
        **{name: limits[name] for name in ("enum", "pattern") if name in limits},
    }
    return {**found, "minLength": 1} if limits.get("required") and len(found) == 1 else found
