from __future__ import annotations

from fractions import Fraction

import pytest

from analysis.numerals import numerals, values


class TestValues:
    @pytest.mark.parametrize(
        ("exact", "translation", "same"),
        [
            ("2.65万个行政村", "26,500 administrative villages", True),
            ("2.65万个行政村", "2,650 administrative villages", False),
            ("2023年3月31日", "31 March 2023", True),
            ("2023年3月31日", "31 May 2023", False),
            ("截至3月底", "by the end of March", True),
            ("四级医保", "the four levels of insurance", True),
            ("四级医保", "the levels of insurance", False),
            ("两个100%", "the “two 100%” reform", True),
            ("百分之七十七点五四", "77.54%", True),
            ("三分之二", "two thirds", True),
            ("两成", "20%", True),
            ("翻两番", "fourfold", True),
            ("过半", "more than half", True),
            ("１４５８件", "1,458 cases", True),
            ("1458件", "1,485 cases", False),
            ("一千四百五十八件", "one thousand four hundred and fifty-eight cases", True),
            ("十二亿三千万人", "1,230,000,000 people", True),
            ("辦理兩萬六千五百件", "26,500 cases", True),
            ("十二億三千萬人", "1,230,000,000 people", True),
            ("下放兩個項目", "2 projects", True),
            ("下放兩個項目", "3 projects", False),
            ("審批時間縮短近三分之二", "nearly two thirds", True),
            ("100%网上受理100%网上办结", "100% accepted online", False),
        ],
    )
    def test_numbers_of_a_phrase(self, exact, translation, same):
        assert (values(exact) == values(translation)) is same

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("twelve", 12),
            ("a third in spring", "1/3"),
            ("a quarter as many", "1/4"),
            ("quintupled", 5),
            ("two trillion", 2 * 10**12),
            ("三例投诉", 3),
            ("两张证", 2),
            ("翻了一番", 2),
            ("ninety-nine", 99),
            ("two dozen", 24),
            ("three million two hundred thousand", 3_200_000),
            ("a quarter of", "1/4"),
            ("doubled", 2),
            ("halved", "1/2"),
            ("两万五千件", 25_000),
            ("一百零五件", 105),
            ("一千零一次", 1001),
            ("十件", 10),
            ("二〇二四年", 2024),
            ("三点五倍", "3.5"),
            ("第二十四", 24),
            ("千分之五", "1/200"),
            ("贰拾叁件", 23),
            ("双倍", 2),
            ("1.57", "1.57"),
            ("仅有一例", 1),
            ("少跑一趟", 1),
            ("零跑动", 0),
            ("减为零", 0),
            ("增至二十五", 25),
            ("降为五", 5),
            ("三季度", 3),
            ("三 成", 30),
            ("俩人", 2),
            ("哥仨", 3),
            ("one hour", 1),
            ("only once", 1),
            ("once a year", 1),
            ("the fiftieth percentile", 50),
            ("the third quartile", 3),
            ("hundredths", 100),
            ("thirds", "1/3"),
            ("nil", 0),
            ("a single case", 1),
            ("a decade", 10),
            ("the remaining fifth", "1/5"),
            ("septupled", 7),
            ("XIV", 14),
            ("MCMXCIX", 1999),
            ("廿四", 24),
            ("卅项", 30),
            ("一个亿", 10**8),
            ("对折", "1/2"),
            ("半小时", "1/2"),
            ("二〇二三", 2023),
        ],
    )
    def test_values_by_hand(self, text, value):
        assert dict(values(text)) == {Fraction(value): 1}


class TestNumerals:
    @pytest.mark.parametrize(
        "text",
        [
            "一本市级目录",
            "a third party",
            "逾期",
            "超市",
            "腰带",
            "一单位",
            "one of them",
            "一般",
            "进一步",
            "一致",
            "统一",
            "唯一",
            "一体化",
            "一些",
            "零售",
            "零部件",
            "变为一般事项",
            "由一个部门",
            "下一季度",
            "at least once",
            "once a case is closed",
            "the third tier",
            "on the tenth",
        ],
    )
    def test_that_are_none(self, text):
        assert [found[0] for found in numerals(text)] == []

    @pytest.mark.parametrize(
        "text", ["逾半", "破千", "过万", "几倍", "若干倍", "倍增", "腰斩", "十有八九", "三单", "两步"]
    )
    def test_in_words(self, text):
        assert [found[0] for found in numerals(text)] == [text]

    def test_both_ends_of_a_change(self):
        assert [found[0] for found in numerals("由十五增至二十，从三降到一")] == ["十五", "二十", "三", "一"]
