"""Working days against the State Council's published holiday arrangements for 2023 and 2024."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analysis.workdays import LAST_YEAR, CalendarError, add_workdays

# 国办发明电〔2022〕16号 and 国办发明电〔2023〕7号: first and last day off, weekend days worked instead.
HOLIDAYS = {
    "Labour Day 2023": ((4, 29), (5, 3), [(4, 23), (5, 6)], 2023),
    "Dragon Boat 2023": ((6, 22), (6, 24), [(6, 25)], 2023),
    "National Day 2023": ((9, 29), (10, 6), [(10, 7), (10, 8)], 2023),
    "Spring Festival 2024": ((2, 10), (2, 17), [(2, 4), (2, 18)], 2024),
    "Qingming 2024": ((4, 4), (4, 6), [(4, 7)], 2024),
}


def is_worked(day: date) -> bool:
    return add_workdays(day - timedelta(days=1), 1) == day


class TestCalendar:
    @pytest.mark.parametrize("name", HOLIDAYS)
    def test_days_of_a_holiday_are_off(self, name):
        first, last, _, year = HOLIDAYS[name]
        start = date(year, *first)
        days = [start + timedelta(days=count) for count in range((date(year, *last) - start).days + 1)]
        assert [day for day in days if is_worked(day)] == []

    @pytest.mark.parametrize("name", HOLIDAYS)
    def test_weekend_days_moved_are_worked(self, name):
        *_, worked, year = HOLIDAYS[name]
        days = [date(year, *day) for day in worked]
        assert all(day.weekday() >= 5 for day in days)
        assert [day for day in days if not is_worked(day)] == []

    def test_plain_week(self):
        monday = date(2023, 11, 6)
        assert [is_worked(monday + timedelta(days=count)) for count in range(7)] == [True] * 5 + [False] * 2


class TestAddWorkdays:
    def test_handover_from_the_day_of_decision(self):
        # Dec 2023: 1 | 4-8 | 11-15 | 18-22 | 25-29 is 21 days; 1 January is off;
        # 2-5 January makes 25; 8-12 January makes 30.
        assert add_workdays(date(2023, 11, 30), 30) == date(2024, 1, 12)

    def test_handover_from_the_latest_publication(self):
        # From Sunday 10 December: 11-15 | 18-22 | 25-29 is 15; 2-5 January 19; 8-12 makes 24; 15-19 makes 29.
        assert add_workdays(date(2023, 12, 10), 30) == date(2024, 1, 22)

    def test_handover_from_the_end_of_september(self):
        # 7 and 8 October are worked: 2; then 9-13 | 16-20 | 23-27 | 30-3 | 6-10 is 27; 13, 14, 15 November.
        assert add_workdays(date(2023, 9, 30), 30) == date(2023, 11, 15)

    def test_no_days_is_the_start_even_if_it_is_off(self):
        assert add_workdays(date(2024, 2, 10), 0) == date(2024, 2, 10)

    def test_start_is_not_counted(self):
        assert add_workdays(date(2023, 11, 30), 1) == date(2023, 12, 1)


class TestEndOfTheCalendar:
    def test_last_known_year(self):
        assert LAST_YEAR == 2026
        assert add_workdays(date(2026, 12, 30), 1) == date(2026, 12, 31)

    @pytest.mark.parametrize("start", [date(2026, 12, 31), date(2003, 12, 1)])
    def test_one_clear_message_beyond(self, start):
        with pytest.raises(CalendarError, match=r"known up to 2026; 20\d\d-\d\d-\d\d lies outside"):
            add_workdays(start, 5)
