"""Figures that a source prints inexactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inexact import AFTER, BEFORE, as_marked, holds_figure, in_unit, meant, parse_figure
from analysis.intervals import Range


def ends(text: str, *, count: bool = False, hundred: bool = False) -> tuple:
    found = meant(parse_figure(text), count=count, hundred=hundred)
    return found.low, found.central, found.high


class TestParseFigure:
    @pytest.mark.parametrize(
        ("text", "mark"),
        [
            ("1458", ""),
            ("over 400", "over"),
            ("at least 60", "at least"),
            ("nearly 2/3", "nearly"),
            ("under 10", "under"),
            ("at most 10", "at most"),
            ("about 3", "about"),
            ("140-odd", "-odd"),
            ("20 to 30", ""),
        ],
    )
    def test_reads_its_mark(self, text, mark):
        assert parse_figure(text).mark == mark

    def test_reads_both_ends_of_a_range(self):
        found = parse_figure("20 to 30.5")
        assert (float(found.number), float(found.end)) == (20, 30.5)

    def test_reads_a_fraction(self):
        assert parse_figure("2/3").number == Fraction(2, 3)

    def test_only_bare_digits_are_plain(self):
        assert [parse_figure(text).plain for text in ("2.65万", "1/3", "20 to 30", "over 4")] == [
            True,
            *[False] * 3,
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "over",
            "over over 4",
            "over 4-odd",
            "over 4 to 5",
            "4 to",
            "Over 4",
            "余140",
            "1/0",
            "4-ish",
            "~4",
        ],
    )
    def test_refuses_what_is_none(self, text):
        with pytest.raises(ValueError, match=r"is not a figure such as 1458, 77\.54, 2\.65万, over 400"):
            parse_figure(text)

    @pytest.mark.parametrize("text", ["30 to 20", "20 to 20"])
    def test_refuses_a_range_that_does_not_rise(self, text):
        with pytest.raises(ValueError, match=f"'{text}' does not rise"):
            parse_figure(text)


class TestMeant:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("over 400", (401, 401, None)),  # the next whole number
            ("at least 400", (400, 400, None)),
            ("under 400", (None, 399, 399)),
            ("at most 400", (None, 400, 400)),
            ("140-odd", (141, 145, 149)),  # tens were printed: the ones are left out
            ("100-odd", (101, 150, 199)),
            ("2900-odd", (2901, 2950, 2999)),
            ("nearly 400", (360, 379, 399)),  # a tenth of 400 is 40; 379.5 is no count
            ("about 10", (9, 10, 11)),
            ("about 3", (2, 3, 4)),  # a tenth of 3 is 0.3: the next whole numbers
            ("20 to 30", (20, 25, 30)),
        ],
    )
    def test_counts(self, text, found):
        assert ends(text, count=True) == found

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("over 60", (60, 60, None)),
            ("nearly 30", (27, 28.5, 30)),
            ("about 30", (27, 30, 33)),
            ("about 3", (2.5, 3, 3.5)),  # 3 itself is anything from 2.5 to 3.5, wider than a tenth
            ("2-odd", (2, 2.5, 3)),
            ("20 to 30", (20, 25, 30)),
            ("nearly 3成", (27, 28.5, 30)),
        ],
    )
    def test_measured_figures(self, text, found):
        assert ends(text) == found

    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("1/2", 25, 75),  # of 0, 1/2 and 1: half way to either
            ("1/3", 100 / 6, 125 / 3),  # of 0, 1/3, 1/2: 1/6 and 5/12
            ("2/3", 175 / 3, 250 / 3),  # of 1/2, 2/3, 1: 7/12 and 5/6
            ("1/4", 12.5, 175 / 6),  # of 0, 1/4, 1/3: 1/8 and 7/24
        ],
    )
    def test_fraction_is_nearer_than_any_with_as_small_a_divisor(self, text, low, high):
        found = ends(text, hundred=True)
        assert (found[0], found[2]) == pytest.approx((low, high))

    def test_fraction_with_a_mark_is_taken_as_it_stands(self):
        assert ends("nearly 2/3", hundred=True) == pytest.approx((60, 190 / 3, 200 / 3))  # 9/10 of 2/3 is 0.6
        assert ends("over 1/2", hundred=True) == (50, 50, None)

    def test_fraction_of_something_else_is_no_percentage(self):
        assert ends("1/2") == (0.25, 0.5, 0.75)

    def test_nothing_is_no_figure(self):
        with pytest.raises(ValueError, match=r"nothing is 141-odd"):
            ends("141-odd", count=True)

    @given(st.integers(2, 10_000), st.sampled_from([*BEFORE, "-odd"]))
    def test_central_value_lies_between_the_ends(self, number, mark):
        text = f"{number}-odd" if mark == "-odd" else f"{mark} {number}"
        for count in (False, True):
            try:
                low, central, high = ends(text, count=count)
            except ValueError:
                assert (mark, count, number % 10 > 0) == ("-odd", True, True)
                continue
            assert low is None or low <= central
            assert high is None or central <= high


class TestHoldsMarkedFigures:
    @pytest.mark.parametrize(
        ("phrase", "figure"),
        [
            ("超过400件", "over 400"),
            ("逾四百件", "over 400"),
            ("審批環節壓縮過半", "over 1/2"),
            ("more than half of the cases", "over 1/2"),
            ("over four hundred cases", "over 400"),
            ("不少于60分", "at least 60"),
            ("简化一半以上", "at least 1/2"),
            ("60 or more", "at least 60"),
            ("140余项拟下放事项", "140-odd"),
            ("20多个流程", "20-odd"),
            ("140-odd items", "140-odd"),
            ("两年多", "2-odd"),
            ("审批时间缩短近三分之二", "nearly 2/3"),
            ("近三成", "nearly 3成"),
            ("nearly two thirds", "nearly 2/3"),
            ("almost 30%", "nearly 30"),
            ("不到10件", "under 10"),
            ("fewer than ten cases", "under 10"),
            ("10日以内", "at most 10"),
            ("在一个月内全部承接到位", "at most 1"),
            ("up to 10 days", "at most 10"),
            ("往往需要三年左右", "about 3"),
            ("精简为10个左右流程", "about 10"),
            ("約三百件", "about 300"),
            ("about 3 years", "about 3"),
            ("降低20%至30%", "20 to 30"),
            ("20—30%", "20 to 30"),
            ("between 20 and 30 per cent", "20 to 30"),
            ("a third of the items", "1/3"),
            ("三分之一", "1/3"),
            ("减少一半", "1/2"),
        ],
    )
    def test_marked_as_they_are(self, phrase, figure):
        assert holds_figure(phrase, parse_figure(figure))

    @pytest.mark.parametrize(
        ("phrase", "figure"),
        [
            ("400件", "over 400"),
            ("超过400件", "at least 400"),
            ("超过400件", "over 40"),
            ("400多件", "over 400"),
            ("近400件", "about 400"),
            ("最近30天", "nearly 30"),
            ("22项事权在一个月内", "at most 22"),
            ("三年左右", "nearly 3"),
            ("四分之三", "nearly 3/4"),
            ("20%、30%", "20 to 30"),
            ("20至30", "20 to 40"),
            ("over half", "over 1/3"),
            ("两分之一点", "1/3"),
        ],
    )
    def test_not_otherwise(self, phrase, figure):
        assert not holds_figure(phrase, parse_figure(figure))


class TestHoldsPlainFigures:
    @pytest.mark.parametrize(
        ("phrase", "figure"),
        [
            ("业务办理量为1458件", "1458"),
            ("业务办理量为１４５８件", "1458"),
            ("业务办理量为1,458件", "1458"),
            ("业务办理量为一千四百五十八件", "1458"),
            ("办理时长压缩了百分之七十七点五四", "77.54"),
            ("2.65万个行政村(社区)", "2.65万"),
            ("百分之七十七点五零", "77.50"),
            ("二点六五万个行政村", "2.65万"),
            ("二万六千五百个行政村", "26500"),
            ("减少三成", "3成"),
            ("市县镇村四级医保", "4"),
            ("辦理兩萬六千五百件", "26500"),
            ("2.65萬個行政村", "2.65万"),
            ("減少三成", "3成"),
            ("22 out of 25 approval powers", "22"),
            ("22 out of 25 approval powers", "25"),
            ("four hundred cases", "400"),
            ("30个工作日内完成交接工作", "30"),
            ("近三年来", "3"),
        ],
    )
    def test_in_any_way_of_writing(self, phrase, figure):
        assert holds_figure(phrase, parse_figure(figure))

    @pytest.mark.parametrize(
        ("phrase", "figure"),
        [
            ("业务办理量为1458件", "1459"),
            ("业务办理量为1458件", "458"),
            ("业务办理量为1458件", "145"),
            ("平均跑动次数减少1.3次", "1.30"),
            ("平均跑动次数减少1.3次", "3"),
            ("平均跑动次数减少1.57次", "1.6"),
            ("百分之七十七点五零", "77.5"),
            ("2.65万个行政村", "26500"),  # five digits would say that it was counted to the unit
            ("助推百千万工程", "3"),
            ("10²件", "102"),
            ("10²件", "2"),
            ("办理½件", "12"),
            ("办理①件", "1"),
            ("300㎡", "2"),
            ("", "0"),
            ("140余项拟下放事项", "140"),
            ("超过400件", "400"),
            ("more than 400 cases", "400"),
            ("三年左右", "3"),
            ("三分之二", "3"),
            ("2/3 of cases", "3"),
        ],
    )
    def test_only_with_just_these_digits(self, phrase, figure):
        assert not holds_figure(phrase, parse_figure(figure))


class TestAsMarked:
    @pytest.mark.parametrize(
        ("text", "en", "zh"),
        [
            ("over 1400", "over 1,400", "超过1400"),
            ("at least 60", "at least 60", "至少60"),
            ("140-odd", "140-odd", "140多"),
            ("nearly 2/3", "nearly two thirds", "近三分之二"),
            ("1/3", "a third", "三分之一"),
            ("about 3/4", "about three quarters", "约四分之三"),
            ("5/16", "5/16", "16分之5"),
            ("over 1/2", "over half", "过半"),
            ("under 10", "under 10", "不足10"),
            ("at most 10", "at most 10", "至多10"),
            ("about 3.0", "about 3.0", "约3.0"),
            ("20 to 30", "20 to 30", "20至30"),
        ],
    )
    def test_in_both_languages(self, text, en, zh):
        figure = parse_figure(text)
        assert [as_marked(figure, lang, hundred=True) for lang in ("en", "zh")] == [en, zh]

    def test_unit_stands_where_it_belongs(self):
        assert in_unit(parse_figure("2-odd"), "{}年", "zh", hundred=False) == "2年多"
        assert in_unit(parse_figure("20-odd"), "{}年", "zh", hundred=False) == "20多年"
        assert in_unit(parse_figure("over 2/3"), "{}%", "en", hundred=True) == "over two thirds"
        assert in_unit(parse_figure("1/2"), "{} years", "en", hundred=False) == "0.5 years"
        assert in_unit(parse_figure("at most 30"), "{}个工作日", "zh", hundred=False) == "30个工作日内"
        assert in_unit(parse_figure("at most 10"), "{}项", "zh", hundred=False) == "至多10项"
        assert in_unit(parse_figure("over 1/2"), "{}%", "zh", hundred=True) == "过半"
        assert in_unit(parse_figure("over 2/3"), "{}%", "zh", hundred=True) == "超过三分之二"

    def test_every_mark_has_words_in_a_phrase(self):
        assert {parse_figure(f"{mark} 1").mark for mark in BEFORE} | {"-odd"} >= set(AFTER)


def test_range_without_an_upper_end_keeps_its_lower():
    assert meant(parse_figure("over 400"), count=True, hundred=False) == Range(401.0, 401.0, None)
