"""Whether the points that a figure tells in numbers are among the data that its specification draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from analysis.publish.errors import refuse
from analysis.publish.known import DRAWN

SLACK = 1e-9
"""How much further than by its rounding a number may be off: 0.3 is not 3/10 to a computer."""


def refuse_undrawn(handed: Iterable[Mapping[str, Any]]) -> None:
    """Raise BuildError where a figure tells a point that its data do not hold, a line each."""
    refuse(line for record in handed if "points" in record for line in _undrawn(record))


def _undrawn(record: Mapping[str, Any]) -> Iterator[str]:
    place = f"notebooks/{record['notebook']}.ipynb, figure {record['name']}"
    for lang, table in record["points"].items():
        drawn = [_numbers(row) for rows in record["specs"][lang]["datasets"].values() for row in rows]
        ends = [number for row in drawn for number in row]
        for line in table.splitlines():
            told = [text for text in DRAWN.findall(line) if not _beyond(_number(text), ends)]
            if not any(all(_among(text, row) for text in told) for row in drawn):
                yield f"{place}: in '{lang}' no data drawn have the point {', '.join(DRAWN.findall(line))}"


def _numbers(row: Mapping[str, Any]) -> list[float]:
    """The numbers of a row of data, and what they are in per cent, as a scale may write them."""
    plain = [value for value in row.values() if isinstance(value, int | float)]
    return [*plain, *(100 * value for value in plain)]


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _beyond(number: Decimal, drawn: Sequence[float]) -> bool:
    """Whether a number lies beyond all that is drawn, where a picture ends before its data do."""
    return not min(drawn, default=0.0) <= number <= max(drawn, default=0.0)


def _among(text: str, row: Sequence[float]) -> bool:
    """Whether a number is one of a row, rounded to the digits in which it is told."""
    number = _number(text)
    half = 0.5 * 10.0 ** int(number.as_tuple().exponent)
    return any(abs(value - float(number)) <= half + SLACK for value in row)
