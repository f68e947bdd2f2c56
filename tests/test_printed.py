"""Figures and dates as printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import Range
from analysis.printed import holds_date, honest_digits, parse_date, parse_number, rounding


def days(*found: date) -> Range:
    return Range(*(float(day.toordinal()) for day in found))


class TestParseNumber:
    @pytest.mark.parametrize(
        ("text", "value", "exponent"),
        [
            ("1458", 1458, 0),
            ("1,458", 1458, 0),
            ("77.54", Decimal("77.54"), -2),
            ("1.3", Decimal("1.3"), -1),
            ("1.30", Decimal("1.3"), -2),
            ("2.65万", 26500, 2),  # the 5 stands for 500: hundreds are the last digit printed
            ("1.2亿", 120_000_000, 7),
            ("3成", 30, 1),
            ("2.65萬", 26500, 2),
            ("1.2億", 120_000_000, 7),
        ],
    )
    def test_keeps_value_and_precision(self, text, value, exponent):
        found = parse_number(text)
        assert found == value
        assert found.as_tuple().exponent == exponent

    @pytest.mark.parametrize("text", ["", "abc", "1,45", "1.", ".5", "-3", "14 58", "1e3", "2.65百", "nan"])
    def test_refuses_what_is_no_figure(self, text):
        with pytest.raises(ValueError, match=r"is not a figure such as 1458, 77\.54 or 2\.65万"):
            parse_number(text)


class TestRounding:
    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("77.54", 77.535, 77.545),
            ("1.3", 1.25, 1.35),
            ("1.30", 1.295, 1.305),
            ("100", 99.5, 100.5),
            ("2.65万", 26450, 26550),
        ],
    )
    def test_is_half_a_unit_of_the_last_digit(self, text, low, high):
        found = rounding(parse_number(text), exact=False)
        assert (found.low, found.high) == (low, high)

    def test_a_count_is_exact(self):
        assert rounding(parse_number("1458"), exact=True) == Range(1458.0, 1458.0, 1458.0)

    def test_a_count_in_ten_thousands_is_not(self):
        assert rounding(parse_number("2.65万"), exact=True) == Range(26450.0, 26500.0, 26550.0)

    @given(st.decimals(0, 10_000, places=3), st.integers(0, 3))
    def test_holds_whatever_is_printed_so(self, value, places):
        printed = round(value, places)
        found = rounding(printed, exact=False)
        assert found.low <= float(value) <= found.high


class TestParseDate:
    @pytest.mark.parametrize(
        ("text", "year", "found"),
        [
            ("2023-11-30", 0, days(*[date(2023, 11, 30)] * 3)),
            ("XXXX-03-31", 2024, days(*[date(2024, 3, 31)] * 3)),
            ("2023-09", 0, days(date(2023, 9, 1), date(2023, 9, 15), date(2023, 9, 30))),
            ("2024-02", 0, days(date(2024, 2, 1), date(2024, 2, 15), date(2024, 2, 29))),
            # 2015 has 365 days: the 183rd is 2 July
            ("2015", 0, days(date(2015, 1, 1), date(2015, 7, 2), date(2015, 12, 31))),
            # 31 + 29 + 31 = 91 days: the 46th is 15 February
            ("2024-33", 0, days(date(2024, 1, 1), date(2024, 2, 15), date(2024, 3, 31))),
            # 31 + 30 + 31 = 92 days: between the 46th and the 47th, the earlier
            ("2023-36", 0, days(date(2023, 10, 1), date(2023, 11, 15), date(2023, 12, 31))),
            ("XXXX-34", 2023, days(date(2023, 4, 1), date(2023, 5, 16), date(2023, 6, 30))),
            # 181 days: the 91st is 1 April
            ("2023-40", 0, days(date(2023, 1, 1), date(2023, 4, 1), date(2023, 6, 30))),
            ("2023-41", 0, days(date(2023, 7, 1), date(2023, 9, 30), date(2023, 12, 31))),
        ],
    )
    def test_means_first_middle_and_last_day(self, text, year, found):
        assert parse_date(text).range(year) == found

    def test_own_year_wins(self):
        assert parse_date("2023-11-30").range(2024).central == date(2023, 11, 30).toordinal()

    @pytest.mark.parametrize(
        "text",
        ["2023-02-30", "2023-13", "2023-11-00", "XXXX-02-30", "0000-01", "2023-37", "2023-33-01", "0000"],
    )
    def test_refuses_days_that_are_not(self, text):
        with pytest.raises(ValueError, match=f"'{text}' is not a date of the calendar"):
            parse_date(text)

    @pytest.mark.parametrize(
        "text", ["", "XXXX", "30.11.2023", "2023-11-30T00:00", "23-11-30", "2023年9月", "2023-Q1", "2023-9"]
    )
    def test_refuses_other_ways_of_writing(self, text):
        with pytest.raises(ValueError, match="is not a date such as 2023-11-30"):
            parse_date(text)

    def test_29_february_needs_its_year(self):
        assert parse_date("XXXX-02-29").range(2024).low == date(2024, 2, 29).toordinal()
        with pytest.raises(ValueError, match="out of range"):
            parse_date("XXXX-02-29").range(2023)


class TestHoldsDate:
    @pytest.mark.parametrize(
        ("phrase", "text"),
        [
            ("2023年11月30日", "2023-11-30"),
            ("２０２３年１１月３０日", "2023-11-30"),
            ("二〇二三年十一月三十日", "2023-11-30"),
            ("2023年9月", "2023-09"),
            ("截至3月底", "XXXX-03-31"),
            ("2023年2月底", "2023-02-28"),
            ("2024年2月底", "2024-02-29"),
            ("截至2月底", "XXXX-02-28"),
            ("截至2月底", "XXXX-02-29"),
            ("4月8日", "XXXX-04-08"),
            ("8月29號", "XXXX-08-29"),
            ("2015年,深圳市决定开展试点", "2015"),
            ("二〇一五年", "2015"),
            ("2024年第一季度", "2024-33"),
            ("2024年三季度", "2024-35"),
            ("今年二季度", "XXXX-34"),
            ("2024年上半年", "2024-40"),
            ("下半年", "XXXX-41"),
            ("decided on 30 November 2023", "2023-11-30"),
            ("on November 30, 2023,", "2023-11-30"),
            ("the 1st March 2024", "2024-03-01"),
            ("by 8 April", "XXXX-04-08"),
            ("in September 2023", "2023-09"),
            ("in the first quarter of 2024", "2024-33"),
            ("Q4 2024", "2024-36"),
            ("the second half of 2021", "2021-41"),
            ("since 2015", "2015"),
        ],
    )
    def test_as_far_as_it_is_given(self, phrase, text):
        assert holds_date(phrase, parse_date(text))

    @pytest.mark.parametrize(
        ("phrase", "text"),
        [
            ("2023年11月30日", "2023-11-29"),
            ("2023年11月30日", "2023-11"),
            ("2023年11月30日", "XXXX-11-30"),
            ("4月8日", "2024-04-08"),
            ("2023年9月", "2023-09-01"),
            ("截至3月底", "XXXX-03-30"),
            ("截至3月底", "XXXX-03"),
            ("2023年2月底", "2023-02-27"),
            ("截至2月底", "XXXX-02-27"),
            ("2024年2月底", "2024-02-28"),
            ("2015年8月", "2015"),
            ("2015年第一季度", "2015"),
            ("2015年", "2015-01"),
            ("2024年第一季度", "2024-34"),
            ("2024年第一季度", "XXXX-33"),
            ("2024年一月", "2024-33"),
            ("30 November 2023", "2023"),
            ("30 November 2023", "2023-11"),
            ("November 2023", "2023-11-20"),
            ("on 30 November", "2023-11-30"),
            ("may 2023 cases", "2023-05"),
            ("in 2020/21", "2020"),
            ("the third half of 2021", "2021-41"),
            ("the first quarter of 2024", "2024-34"),
        ],
    )
    def test_no_more_and_no_less(self, phrase, text):
        assert not holds_date(phrase, parse_date(text))


class TestHonestDigits:
    def test_without_an_upper_end_are_those_of_the_unit(self):
        assert honest_digits(Range(60.0, 60.0, None), 1) == 1
