"""What units and indicators may be: their decimals, and where their values start and end.

This module needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
Wrong = tuple[str, str]


def misdefined(unit: Row, *differs: bool) -> Iterator[Wrong]:
    """The columns of a unit that its kind does not allow; whether it ``differs`` may be left open."""
    if unit["kind"] != "measured" and unit["digits"] != "0":
        yield "digits", f"expected 0 for a {unit['kind']}"
    lowest = dict.fromkeys(low for differ in differs or (False, True) for low in _lowest(unit, differ))
    if unit["lower"] not in lowest or (unit["upper"] and unit["kind"] != "measured"):
        message = f"a unit of the kind {unit['kind']} starts from {' or '.join(lowest) or 'none'}"
        yield "lower, upper", message


def misended(indicator: Row, unit: Row) -> Iterator[Wrong]:
    """The columns of an indicator that are not those of its unit."""
    lower, upper = "" if unit["kind"] == "date" else "0", unit["upper"]
    if (indicator["lower"], indicator["upper"]) != (lower, upper):
        message = f"expected the bounds of {indicator['unit']}: {lower or 'none'} to {upper or 'none'}"
        yield "lower, upper", message


def _lowest(unit: Row, differs: bool) -> tuple[str, ...]:  # noqa: FBT001 - a property of the unit
    """What the lower bound of a unit may be: a difference has none, or its upper one turned round."""
    if unit["kind"] not in {"count", "measured"} or (
        differs and unit["kind"] == "measured" and not unit["upper"]
    ):
        return ("",)
    return ("0", f"-{unit['upper']}") if unit["upper"] else ("0",)
