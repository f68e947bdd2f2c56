from __future__ import annotations

import pytest

from analysis.dates import is_date
from analysis.expr import ExpressionError, parse

DATES = {"start", "end"}


class TestIsDate:
    @pytest.mark.parametrize(
        ("text", "given"),
        [
            ("start", True),
            ("cases", False),
            ("end - start", False),
            ("end - 30", True),
            ("30 + start", True),
            ("end - (365.25 / 12) * cases", True),
            ("(end - start) / 30", False),
            ("max(start, end)", True),
            ("max(0, end - start)", False),
            ("workdays(start, days)", True),
            ('end - start if scope == "a" else unknown', False),
            ('start if scope == "a" else end', True),
        ],
    )
    def test_kinds_by_hand(self, text, given):
        assert is_date(parse(text), DATES) is given

    @pytest.mark.parametrize(
        "text",
        [
            "start + end",
            "cases + start * 2",
            "30 - start",
            "-start",
            "start / end",
            "sqrt(cases) ** start",
            "max(0, start)",
            "workdays(30, days)",
            "workdays(start, end)",
            'start if scope == "a" else 0',
        ],
    )
    def test_refused(self, text):
        with pytest.raises(ExpressionError, match="only days between dates are a number"):
            is_date(parse(text), DATES)
