"""How values are written in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.display import Unit, day, honest_digits, interval, months, number, texts, with_unit, words
from analysis.intervals import Range
from analysis.keys import FORMS

ITEM = Unit("item", "count", 0, {"en": "{} item|{} items", "zh": "{}项"})
PERCENT = Unit("percent", "measured", 1, {"en": "{}%", "zh": "{}%"})
MONTH = Unit("month", "measured", 1, {"en": "{} month|{} months", "zh": "{}个月"})
RATE = Unit("rate", "measured", 0, {"en": "{} case a month|{} cases a month", "zh": "每月{}件"})
POINT = Unit("point", "measured", 2, {"en": "{} point|{} points", "zh": "{}个百分点"})
DATE = Unit("date", "date", 0, {"en": "{}", "zh": "{}"})
YEAR = Unit("year", "year", 0, {"en": "{}", "zh": "{}年"})


def exact(value: float) -> Range:
    return Range(float(value), float(value), float(value))


def ordinal(*parts: int) -> float:
    return float(date(*parts).toordinal())


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "digits", "en", "zh"),
        [
            (1458.0, 0, "1,458", "1458"),
            (26500.0, 0, "26,500", "26500"),
            (77.54, 2, "77.54", "77.54"),
            (12.0, 1, "12.0", "12.0"),
            (1895.4, -2, "1,900", "1900"),
            (0.30000000000000004, 1, "0.3", "0.3"),
            (22.459999999999994, 2, "22.46", "22.46"),
            (-0.2, 0, "0", "0"),
            (-3.25, 1, "-3.2", "-3.2"),
            (999.5, 0, "1,000", "1000"),
        ],
    )
    def test_thousands_are_grouped_in_english_only(self, value, digits, en, zh):
        assert (number(value, digits, "en"), number(value, digits, "zh")) == (en, zh)


class TestHonestDigits:
    @pytest.mark.parametrize(
        ("ends", "most", "digits"),
        [
            ((5.0, 5.0, 5.0), 1, 1),  # exact: all that the unit bears
            ((3.05, 3.06, 3.07), 2, 2),  # width 0.02: hundredths
            ((1822.0, 1895.4, 1968.0), 0, -2),  # width 146: hundreds
            ((108.0, 166.8, 191.0), 0, -1),  # width 83: tens
            ((2.27, 2.6, 4.01), 1, 0),  # width 1.74: units
            ((1.1358, 1.1362, 1.1367), 2, 3),  # two digits would be 1.14, outside; 1.136 is inside
            ((0.4, 0.4, 0.6), 0, 1),
            ((0.0, 3.0, 16.5), 1, 0),  # width 16.5: tens, but 3 would read as nought
            ((0.0, 0.0, 16.5), 1, -1),
            (
                (1.1, 1.34, 3.0),
                2,
                1,
            ),  # width 1.9: units, but 1 lies outside [1.1, 3.0], so a digit more is taken
        ],
    )
    def test_follow_the_width(self, ends, most, digits):
        assert honest_digits(Range(*ends), most) == digits

    @given(st.floats(-1e6, 1e6), st.floats(0, 1e4), st.floats(0, 1e4), st.integers(0, 3))
    def test_never_round_a_value_out_of_its_interval(self, central, below, above, most):
        known = Range(central - below, central, central + above)
        digits = honest_digits(known, most)
        assert known.low == known.high or digits == 9 or known.low <= round(central, digits) <= known.high
        assert digits <= max(most, 9)


class TestUnits:
    @pytest.mark.parametrize(
        ("bare", "en"),
        [
            ("1", "1 item"),
            ("-1", "-1 item"),
            ("2", "2 items"),
            ("0", "0 items"),
            ("1.0", "1.0 items"),
            ("21", "21 items"),
            ("0 to 1", "0 to 1 items"),
        ],
    )
    def test_singular_and_plural(self, bare, en):
        assert with_unit(bare, ITEM, "en") == en
        assert with_unit(bare, ITEM, "zh") == f"{bare}项"

    def test_plural_is_that_of_what_is_written(self):
        assert texts(exact(1.04), RATE, "en")["value"] == "1 case a month"
        assert texts(exact(0.96), RATE, "en")["interval"] == "1 case a month"
        assert texts(exact(1.04), MONTH, "en")["value"] == "1.0 months"

    def test_row_may_set_the_digits(self):
        row = {"unit": "percent", "kind": "measured", "digits": "1", "form_en": "{}%", "form_zh": "{}%"}
        assert (Unit.of(row).digits, Unit.of(row, "2").digits) == (1, 2)


class TestWords:
    @pytest.mark.parametrize(
        ("value", "en", "zh"),
        [
            (0, "zero", "零"),
            (2, "two", "两"),
            (6, "six", "六"),
            (10, "ten", "十"),
            (11, "11", "11"),
            (2.5, "2.5", "2.5"),
        ],
    )
    def test_small_whole_numbers(self, value, en, zh):
        bare = f"{value:g}"
        assert (words(value, bare, "en"), words(value, bare, "zh")) == (en, zh)

    def test_a_decimal_stays_a_figure(self):
        assert words(2.0, "2.0", "en") == "2.0"


class TestInterval:
    @pytest.mark.parametrize(
        ("known", "unit", "en", "zh"),
        [
            (Range(108.03, 166.8, 191.01), RATE, "108 to 191 cases a month", "每月108至191件"),
            (Range(3.05, 3.06, 3.07), POINT, "3.05 to 3.07 points", "3.05至3.07个百分点"),
            (Range(0.0, 100.0, 100.0), PERCENT, "0% to 100%", "0%至100%"),
            (Range(2.2669, 2.6, 4.0082), MONTH, "2.27 to 4.01 months", "2.27至4.01个月"),
            (Range(5.0833, 10.2, 15.35), replace(POINT, digits=0), "5 to 15 points", "5至15个百分点"),
            (Range(1822.5, 1895.4, 1968.3), RATE, "1,822 to 1,968 cases a month", "每月1822至1968件"),
            (Range(77.535, 77.54, 77.545), PERCENT, "77.54%", "77.54%"),
            (
                Range(77.535, 77.54, 77.545),
                replace(PERCENT, digits=2),
                "77.535% to 77.545%",
                "77.535%至77.545%",
            ),
            (
                Range(3.0500000000000114, 3.06, 3.0699999999999932),
                POINT,
                "3.05 to 3.07 points",
                "3.05至3.07个百分点",
            ),
            (Range(-3.25, 0.0, 3.25), RATE, "-3 to 3 cases a month", "每月-3至3件"),
            (Range(401.0, 401.0, None), ITEM, "401 items or more", "401项以上"),
            (Range(60.0, 60.0, None), PERCENT, "60.0% or more", "60.0%以上"),
            (exact(36), ITEM, "36 items", "36项"),
            (exact(1), ITEM, "1 item", "1项"),
        ],
    )
    def test_both_ends_with_one_unit(self, known, unit, en, zh):
        assert (interval(known, unit, "en"), interval(known, unit, "zh")) == (en, zh)

    @given(st.floats(-1e5, 1e5), st.floats(0.001, 1e5), st.sampled_from([RATE, MONTH, POINT]))
    def test_ends_are_the_nearest_of_their_digits(self, low, width, unit):
        text = interval(Range(low, low, low + width), unit, "en").replace(",", "")
        ends = re.findall(r"-?\d+(?:\.\d+)?", text)
        half = 0.5 * 10 ** -len(ends[0].partition(".")[2]) + 1e-6
        assert [float(ends[0]), float(ends[-1])] == pytest.approx([low, low + width], rel=0, abs=half)

    @given(st.floats(0, 1e5), st.floats(0.01, 1e5))
    def test_ends_that_differ_are_told_apart(self, low, width):
        text = interval(Range(low, low, low + width), POINT, "en")
        assert len(set(text.removesuffix(" points").split(" to "))) == 2


class TestTexts:
    def test_of_a_bounded_value(self):
        known = Range(108.03, 166.83, 191.01)
        assert texts(known, RATE, "en") == {
            "value": "170 cases a month",
            "interval": "108 to 191 cases a month",
            "bare": "170",
            "words": "170",
        }
        assert texts(known, RATE, "zh")["value"] == "每月170件"

    def test_of_what_is_not_identified(self):
        open_range = Range(None, None, None)
        assert texts(open_range, RATE, "en") == dict.fromkeys(FORMS, "not identified")
        assert texts(open_range, RATE, "zh") == dict.fromkeys(FORMS, "无法识别")

    def test_of_a_date(self):
        known = Range(ordinal(2023, 11, 30), ordinal(2024, 1, 12), ordinal(2024, 1, 22))
        english, chinese = texts(known, DATE, "en"), texts(known, DATE, "zh")
        assert english["value"] == english["words"] == "12 January 2024"
        assert english["interval"] == "30 November 2023 to 22 January 2024"
        assert chinese["interval"] == "2023年11月30日至2024年1月22日"

    def test_of_a_year(self):
        assert texts(exact(2024), YEAR, "en")["value"] == "2024"  # not 2,024
        assert texts(exact(2024), YEAR, "zh")["value"] == "2024年"

    def test_of_a_choice(self):
        assert texts(Range("same", "same", "same"), ITEM, "en") == dict.fromkeys(FORMS, "same")


def test_days():
    assert [day(ordinal(2024, 4, 8), lang) for lang in ("en", "zh")] == ["8 April 2024", "2024年4月8日"]


@pytest.mark.parametrize(
    ("first", "count", "en", "zh"),
    [
        ((2023, 9, 1), 1, "September 2023", "2023年9月"),
        ((2023, 1, 1), 3, "first quarter of 2023", "2023年第一季度"),
        ((2023, 10, 1), 3, "fourth quarter of 2023", "2023年第四季度"),
        ((2023, 7, 1), 6, "second half of 2023", "2023年下半年"),
        ((2023, 1, 1), 12, "2023", "2023年"),
    ],
)
def test_whole_months_as_they_are_called(first, count, en, zh):
    assert [months(ordinal(*first), count, lang) for lang in ("en", "zh")] == [en, zh]
