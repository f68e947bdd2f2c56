"""Read a seed file into a validated frame of strings, or say what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.findings import Finding, UnusableError
from analysis.keys import COMMENT
from analysis.schemas import expected

SPACED = {"prefix", "suffix"}
"""Columns whose white space is kept: it may stand between a phrase and what is around it."""


def decode(path: Path, name: str) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark; raises UnusableError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UnusableError(name, "there is no such file") from None
    except OSError as error:
        raise UnusableError(name, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        wide = path.read_bytes().startswith((b"\xff\xfe", b"\xfe\xff"))
        message = f"line {line} is not UTF-8 ({'UTF-16' if wide else 'GBK'}, perhaps); save the file as UTF-8"
        raise UnusableError(name, message) from None
    if not text.strip():
        raise UnusableError(name, "the file is empty")
    return text


def read(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """Read a CSV and validate it against ``schema``.

    Returns the valid rows, with their place in the file as the column ``row``, and the findings.
    Raises UnusableError where the file is not a table of these columns.
    """
    header, rows = _parse(decode(path, name), name)
    _require_columns(header, schema, name)
    if not rows:
        raise UnusableError(name, "the file has a header and no rows")
    return _typed(header, rows, name, schema)


def read_register(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """Like `read`, of a file that may be absent or hold a header only."""
    if not path.exists():
        return schema.create_empty(), []
    header, rows = _parse(decode(path, name), name)
    _require_columns(header, schema, name)
    return _typed(header, rows, name, schema) if rows else (schema.create_empty(), [])


def _typed(
    header: list[str], rows: list[list[Any]], name: str, schema: type[dy.Schema]
) -> tuple[pl.DataFrame, list[Finding]]:
    frame = pl.DataFrame(rows, schema=["row", *header], orient="row")
    return validated(frame, name, schema)


def validated(frame: pl.DataFrame, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """The rows of ``frame`` that hold what ``schema`` asks, and a finding for each cell that does not."""
    checked = schema.filter(frame, cast=True)
    return checked.result, list(_findings(checked.failure.details(), schema, name))


def _parse(text: str, name: str) -> tuple[list[str], list[list[Any]]]:
    """The header, and each row that is neither blank nor a comment after its place in the file."""
    try:
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise UnusableError(name, f"is not a table: {error} (a quotation mark too many, perhaps)") from error
    header = [cell.strip() for cell in header]
    spaced = {place for place, column in enumerate(header) if column in SPACED}
    rows = [
        (place, [cell if at in spaced else cell.strip() for at, cell in enumerate(line)])
        for place, line in enumerate(lines, start=2)
        if any(line) and not line[0].startswith(COMMENT)
    ]
    ragged = [
        Finding(name, place, "", f"has {len(row)} cells; expected {len(header)}, as in the header")
        for place, row in rows
        if len(row) != len(header)
    ]
    if ragged:
        raise UnusableError.of(ragged)
    return header, [[place, *row] for place, row in rows]


def _require_columns(header: list[str], schema: type[dy.Schema], name: str) -> None:
    wanted = [column for column in schema.column_names() if column != "row"]
    missing = [column for column in wanted if column not in header]
    extra = [column for column in header if column not in wanted]
    twice = [column for column in wanted if header.count(column) > 1]
    problems = {"has no column": missing, "has an unknown column": extra, "has twice the column": twice}
    parts = [f"{problem} {', '.join(columns)}" for problem, columns in problems.items() if columns]
    if parts:
        raise UnusableError(name, f"{' and '.join(parts)}; expected {', '.join(wanted)}")


def _findings(details: pl.DataFrame, schema: type[dy.Schema], name: str) -> Iterator[Finding]:
    rules = [column for column in details.columns if column not in schema.column_names()]
    for row in details.iter_rows(named=True):
        for rule in rules:
            if row[rule] == "invalid":
                column = rule.split("|")[0] if "|" in rule else ", ".join(schema.primary_key())
                cell = f"'{row[column]}' " if row.get(column) else ""
                yield Finding(name, row["row"], column, f"{cell}{expected(schema, rule)}")
