"""Chinese numerals in running text, by cn2an."""

from __future__ import annotations

import re
import warnings

import cn2an

DIGITS = "零一二三四五六七八九"
POINT = re.compile(rf"([{DIGITS}十百千两]+)点([{DIGITS}]+)")


def with_digits(phrase: str) -> str:
    """The phrase with Western digits in place of Chinese numerals."""
    pointed = POINT.sub(_with_point, phrase.replace("〇", "零"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cn2an warns of names such as 百千万, which stay as they are
        return str(cn2an.transform(pointed, "cn2an"))


def _with_point(found: re.Match[str]) -> str:
    """二点六零 as 2.60: cn2an would drop the zero, and leave 二点六五万 as it is."""
    decimals = "".join(str(DIGITS.index(digit)) for digit in found[2])
    return f"{cn2an.cn2an(found[1], 'smart')}.{decimals}"
