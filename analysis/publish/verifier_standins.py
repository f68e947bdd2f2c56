"""What the verifier puts in place of libraries: Chinese numerals, and working days by the bundle's calendar.

This module needs the standard library only.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

HAN_DIGITS = "零一二三四五六七八九"
PLACES = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
WHOLE = re.compile(rf"(?<![\d.])(?:[{HAN_DIGITS}两]|十)[{HAN_DIGITS}两十百千万亿]*")
POINTED = re.compile(rf"([{HAN_DIGITS}两十百千]+)点([{HAN_DIGITS}]+)")

CALENDAR: dict[date, bool] = {}
"""The weekdays off (False) and the weekends worked (True) of each year that the bundle's calendar covers."""


def with_digits(phrase: str) -> str:
    """The phrase with Western digits in place of Chinese numerals."""
    plain = phrase.replace("〇", "零")
    pointed = POINTED.sub(lambda found: f"{_in_digits(found[1])}.{_digits(found[2])}", plain)
    return WHOLE.sub(lambda found: _in_digits(found[0]), pointed)


def _digits(text: str) -> str:
    return "".join(str(HAN_DIGITS.index(digit)) for digit in text.replace("两", "二"))


def _in_digits(text: str) -> str:
    """A whole number as digits: one by one as in 二〇二四, or with its places as in 二万六千五百."""
    if not set(text) & {*PLACES, *MYRIADS}:
        return _digits(text)
    total = section = digit = 0
    for sign in text.replace("两", "二"):
        if sign in MYRIADS:
            total, section, digit = (total + section + digit) * MYRIADS[sign], 0, 0
        elif sign in PLACES:
            section, digit = section + (digit or 1) * PLACES[sign], 0
        else:
            digit = HAN_DIGITS.index(sign)
    return str(total + section + digit)


def add_workdays(start: date, days: int) -> date:
    """The ``days``-th working day after ``start``; raises ValueError where the calendar does not reach."""
    years = {day.year for day in CALENDAR}
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        if day.year not in years:
            message = f"calendar.csv does not reach {day}"
            raise ValueError(message)
        left -= CALENDAR.get(day, day.weekday() < 5)
    return day
