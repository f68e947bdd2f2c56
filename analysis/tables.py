"""Read a seed file into a validated frame of strings, or say what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.files import decode
from analysis.findings import Finding, UnusableError
from analysis.keys import COMMENT
from analysis.schemas import RULES, WHOLE_ROWS, expected

OF_ROWS = frozenset(RULES[rule] for rule in WHOLE_ROWS)
SPACED = {"prefix", "suffix"}
"""Columns whose white space is kept: it may stand between a phrase and what is around it."""


def read(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """Read a CSV and validate it against ``schema``.

    Returns the valid rows, with their place in the file as the column ``row``, and the findings.
    Raises UnusableError where the file is not a table of these columns.
    """
    frame, findings = _read(path, name, schema)
    if frame.is_empty() and not findings:
        raise UnusableError(name, "the file has a header and no rows", "empty-file")
    return frame, findings


def read_register(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """Like `read`, of a file that may be absent or hold a header only."""
    return _read(path, name, schema) if path.exists() else (schema.create_empty(), [])


def _read(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    header, rows = _parse(decode(path, name), name)
    _require_columns(header, schema, name)
    whole = [row for row in rows if len(row) == len(header) + 1]
    ragged = [_ragged(name, header, row) for row in rows if len(row) != len(header) + 1]
    if not whole:
        return schema.create_empty(), ragged
    frame, found = validated(pl.DataFrame(whole, schema=["row", *header], orient="row"), name, schema)
    return frame, [*ragged, *found]


def _ragged(name: str, header: list[str], row: list[Any]) -> Finding:
    message = f"has {len(row) - 1} cells; expected {len(header)}, as in the header"
    return Finding(name, row[0], "", message, rule="ragged-row")


def validated(frame: pl.DataFrame, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """The rows of ``frame`` that hold what ``schema`` asks, and a finding for each cell that does not."""
    checked = schema.filter(frame, cast=True)
    found = list(_findings(checked.failure.details(), schema, name))
    lists = {column: of.categories for column, of in schema.columns().items() if isinstance(of, dy.Enum)}
    unlisted = {finding.row for finding in found if finding.rule == "not-listed"}
    if unlisted:  # of a row with a cell that is not listed, dataframely looks at no other
        rows = frame.filter(pl.col("row").is_in(unlisted)).with_columns(
            pl.when(pl.col(column).is_in(listed)).then(column).otherwise(pl.lit(listed[0])).alias(column)
            for column, listed in lists.items()
        )
        details = schema.filter(rows, cast=True).failure.details()
        found += [each for each in _findings(details, schema, name) if each.rule not in OF_ROWS]
    return checked.result, found


def _parse(text: str, name: str) -> tuple[list[str], list[list[Any]]]:
    """The header, and each row that is neither blank nor a comment after its place in the file."""
    try:
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        message = f"is not a table: {error} (a quotation mark too many, perhaps)"
        raise UnusableError(name, message, "not-a-table") from error
    header = [cell.strip() for cell in header]
    spaced = {place for place, column in enumerate(header) if column in SPACED}
    return header, [
        [place, *(cell if at in spaced else cell.strip() for at, cell in enumerate(line))]
        for place, line in enumerate(lines, start=2)
        if any(line) and not line[0].startswith(COMMENT)
    ]


def _require_columns(header: list[str], schema: type[dy.Schema], name: str) -> None:
    wanted = [column for column in schema.column_names() if column != "row"]
    missing = [column for column in wanted if column not in header]
    extra = [column for column in header if column not in wanted]
    twice = [column for column in wanted if header.count(column) > 1]
    problems = {"has no column": missing, "has an unknown column": extra, "has twice the column": twice}
    parts = [f"{problem} {', '.join(columns)}" for problem, columns in problems.items() if columns]
    if parts:
        message = f"{' and '.join(parts)}; expected {', '.join(wanted)}"
        raise UnusableError(name, message, "wrong-columns")


def _findings(details: pl.DataFrame, schema: type[dy.Schema], name: str) -> Iterator[Finding]:
    rules = [column for column in details.columns if column not in schema.column_names()]
    for row in details.iter_rows(named=True):
        for rule in rules:
            if row[rule] == "invalid":
                column = rule.split("|")[0] if "|" in rule else ", ".join(schema.primary_key())
                cell = row.get(column) or ""
                problem = expected(schema, rule)
                message = f"'{cell}' {problem.message}" if cell else problem.message
                yield Finding(name, row["row"], column, message, rule=problem.rule, value=cell)
