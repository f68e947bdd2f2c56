"""The tables of a case as one XLSX: numbers as numbers, dates as dates, every text as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

SHEETS = (
    "facts",
    "corrections",
    "measures",
    "assumptions",
    "values",
    "tiers",
    "units",
    "sources",
    "data_request",
)
NUMERAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.(\d{1,12}))?")
NUMERIC = {"expect", "value", "low", "central", "high", "paragraph", "digits", "lower", "upper"}
"""Columns of texts whose plain figures are numbers to a spreadsheet."""

AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text becomes a formula or a link, whatever it begins with."""

CREATED = datetime(1980, 1, 1, tzinfo=UTC)
"""The same tables give the same bytes."""

NARROW, WIDE = 8, 48
"""The least and the most characters of a column's width; what is longer wraps."""

CHARACTER = 7
"""Pixels of a digit, in which polars takes widths."""


def write_workbook(frames: Mapping[str, pl.DataFrame], path: Path) -> Path:
    """Write the sheets among ``frames`` as an XLSX with frozen headers, and return its path."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - only a build needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, AS_TEXT) as book:
        book.set_properties({"title": "Evidence", "created": CREATED})
        for name in SHEETS:
            _write_sheet(book, name, frames[name])
    return path


def _write_sheet(book: Any, name: str, frame: pl.DataFrame) -> None:  # noqa: ANN401 - xlsxwriter's
    frame.write_excel(
        workbook=book,
        worksheet=name,
        table_name=f"{name}_table",
        table_style="Table Style Light 1",
        column_widths={column: CHARACTER * _width(frame[column]) for column in frame.columns},
        column_formats={column: _format(dtype) for column, dtype in frame.schema.items()},
        freeze_panes=(1, 1),
        hide_gridlines=True,
    )
    sheet = book.get_worksheet_by_name(name)
    for place, column in enumerate(frame.columns):
        if column in NUMERIC and frame.schema[column] == pl.String:
            for row, text in enumerate(frame[column], start=1):
                if found := NUMERAL.fullmatch(text or ""):
                    sheet.write_number(row, place, float(text), _as_printed(book, found))


def _format(dtype: pl.DataType) -> dict[str, Any]:
    """Texts wrap; a number shows as many digits as there is room for."""
    shown = {"num_format": "yyyy-mm-dd"} if dtype == pl.Date else {"num_format": "General"}
    return {"valign": "top", **({"text_wrap": True} if dtype == pl.String else shown)}


def _as_printed(book: Any, found: re.Match[str]) -> Any:  # noqa: ANN401
    """A format with the decimals that the figure is printed with: 1.30 stays 1.30."""
    decimals = f".{'0' * len(found[3])}" if found[3] else ""
    return book.add_format({"num_format": f"0{decimals}", "valign": "top"})


def _width(column: pl.Series) -> int:
    texts = [column.name + "    ", *(str(cell) for cell in column if cell is not None)]
    return min(WIDE, max(NARROW, *(2 + _columns(text) for text in texts)))


def _columns(text: str) -> int:
    """How wide a text is, a Chinese character taking two places."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
