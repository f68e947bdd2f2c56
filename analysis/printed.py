"""Figures as printed: ``1.3`` and ``1.30`` say different things.

A value stays the string that the source prints.  Its precision, and with it
the interval of values that would be printed the same way, is read off the
string: 77.54 is [77.535, 77.545], 2.65万 is [26,450, 26,550], a count is exact.
What a source prints inexactly (over 400, nearly two thirds) is in `inexact`.
Dates are in the Extended Date/Time Format (ISO 8601-2): ``2023-09`` is a month, ``2023`` a year,
``2023-33`` its first quarter (to ``36``, the fourth), ``2023-40`` its first half (``41`` the second),
``XXXX-04-08`` a day whose year the source leaves out.  The first and last day follow from that.

The offline verifier holds this module as it is: only `chinese` may need a library.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.chinese import with_digits
from analysis.intervals import Range
from analysis.numerals import MONTHS, folded

EXPONENTS = {"万": 4, "亿": 8, "成": 1}
"""Powers of ten that a Chinese unit adds to the figure before it (三成 is 30 per cent)."""

NUMBER = re.compile(r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([万亿成]?)")
EDTF = re.compile(r"(?=\d|XXXX-)(\d{4}|XXXX)(?:-(\d{2})(?:-(\d{2}))?)?")
PARTS_OF_YEAR = {33: (1, 3), 34: (4, 3), 35: (7, 3), 36: (10, 3), 40: (1, 6), 41: (7, 6)}
"""Quarters and halves of a year: the number that stands for each, its first month and how many it has."""

_QUARTERS = {"1": 33, "2": 34, "3": 35, "4": 36, "first": 33, "second": 34, "third": 35, "fourth": 36}
_HALVES = {"上": 40, "下": 41, "first": 40, "second": 41}
_MONTH = "|".join(MONTHS)
HAN_DATE = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})年)?(?:"
    r"(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号]|(?P<end>底))?"
    r"|第?(?P<quarter>[1-4])季度|(?P<half>[上下])半年)"
    r"|(?<!\d)(?P<alone>\d{4})年(?!第?[1-4一二三四]季|[上下]半年|[\d一二三四五六七八九十]{1,2}月)"
)
ENGLISH_DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?\b(?P<month>{_MONTH})(?: (?P<after>\d{{1,2}})(?!\d))?"
    r"(?:,? (?P<year>\d{4}))?\b"
    r"|\b(?:Q(?P<number>[1-4])|(?P<word>(?i:first|second|third|fourth)) (?P<part>quarter|half))"
    r"(?: (?:of )?(?P<of>\d{4}))?\b"
    r"|(?<![\d/.,-])(?P<alone>(?:1[89]|20)\d\d)(?![/.,-]\d|[\d年])"
)

FINEST = 9
"""The most decimals that are written; what lies beyond is the noise of binary arithmetic."""


@dataclass(frozen=True)
class PrintedDate:
    """A date as far as a source gives it: a day, or whole ``months``; an absent year is None."""

    year: int | None
    month: int
    day: int | None
    months: int = 1

    def range(self, year: int) -> Range:
        """Ordinals of the first, middle and last day it can mean, ``year`` standing in for a missing one."""
        year = year if self.year is None else self.year
        end = self.month + self.months - 1
        days = (1, calendar.monthrange(year, end)[1]) if self.day is None else (self.day, self.day)
        ends = (date(year, self.month, days[0]), date(year, end, days[1]))
        first, last = (day.toordinal() for day in ends)
        return Range(float(first), float((first + last) // 2), float(last))


def parse_date(text: str) -> PrintedDate:
    """Read an EDTF date; raises ValueError where it is not one."""
    found = EDTF.fullmatch(text)
    if not found:
        message = (
            f"'{text}' is not a date such as 2023-11-30, 2023-09, 2023-33 (a quarter), 2023 or XXXX-04-08"
        )
        raise ValueError(message)
    year, month, day = found.groups()
    start, months = PARTS_OF_YEAR.get(int(month), (int(month), 1)) if month else (1, 12)
    printed = PrintedDate(None if year == "XXXX" else int(year), start, int(day) if day else None, months)
    message = f"'{text}' is not a date of the calendar"
    if day and months > 1:
        raise ValueError(message)
    try:
        printed.range(2024)
    except ValueError as error:
        raise ValueError(message) from error
    return printed


def parse_number(text: str) -> Decimal:
    """Read a figure with the digits it is printed with; raises ValueError where it is not one.

    The exponent of the result says how precisely it was printed: ``2.65万`` is 2.65E+4.
    """
    found = NUMBER.fullmatch(folded(text.strip()))
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


def readings(phrase: str) -> list[str]:
    """The phrase with full-width and traditional signs folded, and again with Chinese numerals as digits.

    No more is folded: 10² is not 102, and a ㎡ holds no figure.
    """
    return [folded(phrase), with_digits(folded(phrase))]


def holds_date(phrase: str, printed: PrintedDate) -> bool:
    """Whether ``phrase`` prints the date as far as it is given; 底 is a month's last day."""
    return any(printed in _dates(reading) for reading in readings(phrase))


def _dates(reading: str) -> Iterator[PrintedDate]:
    for found in HAN_DATE.finditer(reading):
        yield from _han_date(found.groupdict())
    for found in ENGLISH_DATE.finditer(reading):
        yield from _english_date(found.groupdict())


def _han_date(found: dict[str, str | None]) -> Iterator[PrintedDate]:
    """What a Chinese date can mean: the end of February, its year left out, one of two days."""
    year = int(found["year"]) if found["year"] else None
    if found["alone"]:
        yield PrintedDate(int(found["alone"]), 1, None, 12)
    elif part := _QUARTERS.get(found["quarter"] or "") or _HALVES.get(found["half"] or ""):
        yield _part(year, part)
    elif (month := int(found["month"] or 0)) in range(1, 13) and found["end"]:
        for among in (year,) if year else (2023, 2024):  # the year left out may be a leap year
            yield PrintedDate(year, month, calendar.monthrange(among, month)[1])
    else:
        yield PrintedDate(year, month, int(found["day"]) if found["day"] else None)


def _english_date(found: dict[str, str | None]) -> Iterator[PrintedDate]:
    if found["alone"]:
        yield PrintedDate(int(found["alone"]), 1, None, 12)
    elif found["month"]:
        day = found["day"] or found["after"]
        year = int(found["year"]) if found["year"] else None
        yield PrintedDate(year, MONTHS[found["month"]], int(day) if day else None)
    else:
        names = _HALVES if found["part"] == "half" else _QUARTERS
        if part := names.get(found["number"] or (found["word"] or "").lower()):
            yield _part(int(found["of"]) if found["of"] else None, part)


def _part(year: int | None, part: int) -> PrintedDate:
    month, months = PARTS_OF_YEAR[part]
    return PrintedDate(year, month, None, months)


def honest_digits(known: Range, most: int) -> int:
    """Decimals of the central value that the width of its interval bears; negative rounds to tens.

    The last digit shown is of the order of the interval's width: 3.06 for [3.05, 3.07], 1,900 for
    [1822, 1968].  An exact value gets ``most``, as does one without an upper end; any other as many more as
    keep it in its interval, and from reading as nought.
    """
    low, high, central = (float(end or 0) for end in (known.low, known.high, known.central))
    if low == high or known.high is None:
        return most
    digits = min(most, math.ceil(round(-math.log10(high - low), 9)))
    while digits < FINEST and not _fits(round(central, digits), known):
        digits += 1
    return digits


def _fits(shown: float, known: Range) -> bool:
    """Whether a rounded value lies in the interval, and is nought only where the value is."""
    low, high, central = (float(end or 0) for end in (known.low, known.high, known.central))
    return low <= shown <= high and bool(shown) == bool(central)
