"""Figures as printed: ``1.3`` and ``1.30`` say different things.

A value stays the string that the source prints.  Its precision, and with it
the interval of values that would be printed the same way, is read off the
string: 77.54 is [77.535, 77.545], 2.65万 is [26,450, 26,550], a count is exact.
Dates are in the Extended Date/Time Format (ISO 8601-2): ``2023-09`` is a month,
``XXXX-04-08`` a day whose year the source leaves out.

The offline verifier holds this module as it is: only `chinese` may need a library.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.chinese import with_digits
from analysis.intervals import Range

EXPONENTS = {"万": 4, "亿": 8, "成": 1}
"""Powers of ten that a Chinese unit adds to the figure before it (三成 is 30 per cent)."""

NUMBER = re.compile(r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([万亿成]?)")
DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日|(底))?")
EDTF = re.compile(r"(\d{4}|XXXX)-(\d{2})(?:-(\d{2}))?")

FINEST = 9
"""The most decimals that are written; what lies beyond is the noise of binary arithmetic."""


@dataclass(frozen=True)
class PrintedDate:
    """A date as far as a source gives it; an absent year or day is None."""

    year: int | None
    month: int
    day: int | None

    def range(self, year: int) -> Range:
        """Ordinals of the first, middle and last day it can mean, ``year`` standing in for a missing one."""
        year = year if self.year is None else self.year
        days = (1, calendar.monthrange(year, self.month)[1]) if self.day is None else (self.day, self.day)
        first, last = (date(year, self.month, day).toordinal() for day in days)
        return Range(float(first), float((first + last) // 2), float(last))


def parse_date(text: str) -> PrintedDate:
    """Read an EDTF date; raises ValueError where it is not one."""
    found = EDTF.fullmatch(text)
    if not found:
        message = f"'{text}' is not a date such as 2023-11-30, 2023-09 or XXXX-04-08"
        raise ValueError(message)
    year, month, day = found.groups()
    printed = PrintedDate(None if year == "XXXX" else int(year), int(month), int(day) if day else None)
    try:
        printed.range(2024)
    except ValueError as error:
        message = f"'{text}' is not a date of the calendar"
        raise ValueError(message) from error
    return printed


def parse_number(text: str) -> Decimal:
    """Read a figure with the digits it is printed with; raises ValueError where it is not one.

    The exponent of the result says how precisely it was printed: ``2.65万`` is 2.65E+4.
    """
    found = NUMBER.fullmatch(text.strip())
    if not found:
        message = f"'{text}' is not a figure such as 1458, 77.54 or 2.65万"
        raise ValueError(message)
    digits, scale = found.groups()
    return Decimal(digits.replace(",", "")).scaleb(EXPONENTS.get(scale, 0))


def rounding(number: Decimal, *, exact: bool) -> Range:
    """The values that would be printed as ``number``: half a unit of its last digit either way."""
    exponent = int(number.as_tuple().exponent)
    half = Decimal(0) if exact and exponent == 0 else Decimal(5).scaleb(exponent - 1)
    return Range(float(number - half), float(number), float(number + half))


def _readings(phrase: str) -> list[str]:
    """The phrase with full-width signs folded, and again with Chinese numerals as digits.

    No more is folded: 10² is not 102, and a ㎡ holds no figure.
    """
    wide = {sign for sign in phrase if unicodedata.decomposition(sign).startswith(("<wide>", "<narrow>"))}
    folded = "".join(unicodedata.normalize("NFKC", sign) if sign in wide else sign for sign in phrase)
    return [folded, with_digits(folded)]


def holds_number(phrase: str, number: Decimal) -> bool:
    """Whether ``phrase`` prints ``number`` with just these digits."""
    printed = {
        parse_number(found.group()).as_tuple()
        for reading in _readings(phrase)
        for found in NUMBER.finditer(reading)
    }
    return number.as_tuple() in printed


def holds_date(phrase: str, printed: PrintedDate) -> bool:
    """Whether ``phrase`` prints the date as far as it is given; 底 is a month's last day."""
    return any(_same_day(found, printed) for reading in _readings(phrase) for found in DAY.finditer(reading))


def _same_day(found: re.Match[str], printed: PrintedDate) -> bool:
    year, month, day, end = found.groups()
    if (int(year) if year else None) != printed.year or int(month) != printed.month:
        return False
    if end:
        years = (printed.year,) if printed.year else (2023, 2024)  # the year left out may be a leap year
        return printed.day in {calendar.monthrange(year, printed.month)[1] for year in years}
    return (int(day) if day else None) == printed.day


def honest_digits(known: Range, most: int) -> int:
    """Decimals of the central value that the width of its interval bears; negative rounds to tens.

    The last digit shown is of the order of the interval's width: 3.06 for [3.05, 3.07], 1,900 for
    [1822, 1968].  An exact value gets ``most``; any other as many more as keep it in its interval, and
    from reading as nought.
    """
    low, high, central = (float(end or 0) for end in (known.low, known.high, known.central))
    if low == high:
        return most
    digits = min(most, math.ceil(round(-math.log10(high - low), 9)))
    while digits < FINEST and not _fits(round(central, digits), known):
        digits += 1
    return digits


def _fits(shown: float, known: Range) -> bool:
    """Whether a rounded value lies in the interval, and is nought only where the value is."""
    low, high, central = (float(end or 0) for end in (known.low, known.high, known.central))
    return low <= shown <= high and bool(shown) == bool(central)
