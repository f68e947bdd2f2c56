"""Read a seed file into a validated frame of strings, or say what is wrong with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import dataframely as dy
import polars as pl

from analysis.findings import Finding, UnusableError
from analysis.schemas import expected


def decode(path: Path, name: str) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark; raises UnusableError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UnusableError(name, "there is no such file") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        message = f"line {line} is not UTF-8 (GBK, perhaps); save the file as UTF-8"
        raise UnusableError(name, message) from None
    if not text.strip():
        raise UnusableError(name, "the file is empty")
    return text


def read(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """Read a CSV and validate it against ``schema``.

    Returns the valid rows, with their place in the file as the column ``row``, and the findings.
    Raises UnusableError where the file is not a table of these columns.
    """
    frame = _parse(decode(path, name), name)
    if not frame.height:
        raise UnusableError(name, "the file has a header and no rows")
    return validated(frame.with_row_index("row", offset=2), name, schema)


def validated(frame: pl.DataFrame, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Finding]]:
    """The rows of ``frame`` that hold what ``schema`` asks, and a finding for each cell that does not."""
    _require_columns(frame, schema, name)
    checked = schema.filter(frame, cast=True)
    return checked.result, list(_findings(checked.failure.details(), schema, name))


def _parse(text: str, name: str) -> pl.DataFrame:
    try:
        frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
        return frame.with_columns(pl.all().fill_null("").str.strip_chars())
    except pl.exceptions.PolarsError as error:
        message = (
            f"is not a table with as many cells in each row as in the header ({str(error).splitlines()[0]})"
        )
        raise UnusableError(name, message) from error


def _require_columns(frame: pl.DataFrame, schema: type[dy.Schema], name: str) -> None:
    wanted = [column for column in schema.column_names() if column != "row"]
    missing = [column for column in wanted if column not in frame.columns]
    extra = [column for column in frame.columns if column not in (*wanted, "row")]
    if missing or extra:
        parts = [f"has no column {', '.join(missing)}"] if missing else []
        parts += [f"has an unknown column {', '.join(extra)}"] if extra else []
        raise UnusableError(name, f"{' and '.join(parts)}; expected {', '.join(wanted)}")


def _findings(details: pl.DataFrame, schema: type[dy.Schema], name: str) -> Iterator[Finding]:
    rules = [column for column in details.columns if column not in schema.column_names()]
    for row in details.iter_rows(named=True):
        for rule in rules:
            if row[rule] == "invalid":
                column = rule.split("|")[0] if "|" in rule else ", ".join(schema.primary_key())
                cell = f"'{row[column]}' " if row.get(column) else ""
                yield Finding(name, row["row"], column, f"{cell}{expected(schema, rule)}")
