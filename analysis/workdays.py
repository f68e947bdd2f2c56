"""Chinese working days: weekends that are worked and holidays that move."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

LAST_YEAR = max(chinese_calendar.workdays).year
"""The last year whose public holidays are decreed and known here."""


class CalendarError(ValueError):
    """The calendar of public holidays does not reach the date."""


@cache
def add_workdays(start: date, days: int) -> date:
    """The ``days``-th working day after ``start``, the day of ``start`` not counted.

    Raises CalendarError beyond LAST_YEAR.
    """
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        left -= _is_workday(day)
    return day


def _is_workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        message = f"Chinese public holidays are known up to {LAST_YEAR}; {day} lies outside the calendar"
        raise CalendarError(message) from error
