"""How a value is written: honest digits, each language's forms, made once with Babel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import cn2an
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.intervals import Range
from analysis.keys import FORMS
from analysis.printed import FINEST, honest_digits

LANGUAGES = ("en", "zh")
LOCALES = {"en": Locale("en", "GB"), "zh": Locale("zh", script="Hans")}
TO = {"en": " to ", "zh": "至"}
OR_MORE = {"en": " or more", "zh": "以上"}
NOT_IDENTIFIED = {"en": "not identified", "zh": "无法识别"}
PRESENCE = {"en": ("absent", "present"), "zh": ("无", "有")}
DAY = {"en": "d MMMM y", "zh": "y年M月d日"}
MONTH = {"en": "MMMM y", "zh": "y年M月"}
PARTS_OF_YEAR = {
    "en": {
        3: [f"{place} quarter of {{}}" for place in ("first", "second", "third", "fourth")],
        6: [f"{place} half of {{}}" for place in ("first", "second")],
        12: ["{}"],
    },
    "zh": {
        3: [f"{{}}年第{place}季度" for place in "一二三四"],
        6: [f"{{}}年{place}半年" for place in "上下"],
        12: ["{}年"],
    },
}
"""How parts of a year are written, by the number of their months."""

STATUS = {
    "reported": {"en": "reported", "zh": "原文所载"},
    "derived": {"en": "derived", "zh": "据原文推算"},
    "bounded": {"en": "bounded", "zh": "区间（有假设）"},
    "not identified": NOT_IDENTIFIED,
}
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Unit:
    """A unit of the codebook: its kind, the most digits it bears, its forms (singular|plural)."""

    unit: str
    kind: str
    digits: int
    form: Mapping[str, str]

    @classmethod
    def of(cls, row: Mapping[str, Any], digits: str = "") -> Unit:
        """From a row of ``units.csv``; ``digits``, where given, replaces the unit's own."""
        forms = {lang: row[f"form_{lang}"] for lang in LANGUAGES}
        return cls(row["unit"], row["kind"], int(digits or row["digits"]), forms)


def number(value: float, digits: int, lang: str) -> str:
    """A number in a language: grouped by thousands in English, without separators in Chinese."""
    exact = Decimal(repr(round(value, FINEST)))
    scaled = exact.quantize(Decimal(1).scaleb(-digits))
    pattern = "#,##0" + ("." + "0" * digits if digits > 0 else "")
    plain = (scaled.quantize(Decimal(1)) if digits <= 0 else scaled) + 0  # no minus before a zero
    return format_decimal(
        plain, format=pattern, locale=LOCALES[lang], group_separator=lang == "en", decimal_quantization=False
    )


def day(ordinal: float, lang: str) -> str:
    """A day in full."""
    return format_date(date.fromordinal(int(ordinal)), DAY[lang], locale=LOCALES[lang])


def with_unit(bare: str, unit: Unit, lang: str) -> str:
    """A written number with its unit, singular where one is written."""
    forms = unit.form[lang].split("|")
    return forms[0 if bare.lstrip("-") == "1" else -1].format(bare)


def texts(known: Range, unit: Unit, lang: str) -> dict[str, str]:
    """The forms of a computed value: ``value`` and ``interval`` with unit, ``bare`` without, ``words``."""
    if not isinstance(known.central, float):
        text = NOT_IDENTIFIED[lang] if known.central is None else known.central
        return dict.fromkeys(FORMS, text)
    if unit.kind == "date":
        ends = [day(float(end or 0), lang) for end in (known.low, known.high)]
        bare = day(known.central, lang)
        return {"value": bare, "bare": bare, "words": bare, "interval": _span(ends, lang)}
    if unit.kind == "year":
        bare = str(int(known.central))
        return dict.fromkeys(FORMS, with_unit(bare, unit, lang))
    bare = number(known.central, honest_digits(known, unit.digits), lang)
    return {
        "value": with_unit(bare, unit, lang),
        "interval": interval(known, unit, lang),
        "bare": bare,
        "words": words(known.central, bare, lang),
    }


def interval(known: Range, unit: Unit, lang: str) -> str:
    """Both ends with the unit, in as many digits as tell them apart; one value where they are the same.

    The ends are rounded to the nearest, so that they read as a reader would round them.
    """
    low, high = float(known.low or 0), float(known.high or 0)
    if known.high is None:
        return with_unit(number(low, unit.digits, lang), unit, lang) + OR_MORE[lang]
    if low == high:
        return with_unit(number(low, unit.digits, lang), unit, lang)
    needed = 2 - math.floor(round(math.log10(high - low), 9))
    digits = max(0, min(needed, unit.digits + (unit.digits > 0)), needed - 2)
    ends = [number(end, digits, lang) for end in (low, high)]
    while "." in ends[0] and all(end.endswith(("0", ".")) for end in ends):
        ends = [end[:-1] for end in ends]
    if "%" in unit.form[lang]:
        return _span([unit.form[lang].format(end) for end in ends], lang)
    return with_unit(_span(ends, lang), unit, lang)


def _span(ends: list[str], lang: str) -> str:
    return ends[0] if ends[0] == ends[1] else TO[lang].join(ends)


def words(value: float, bare: str, lang: str) -> str:
    """A small whole number as a word; any other as digits."""
    if value not in range(len(WORDS)) or "." in bare:
        return bare
    if lang == "en":
        return WORDS[int(value)]
    return "两" if value == 2 else str(cn2an.an2cn(int(value)))


def months(ordinal: float | str | None, count: int, lang: str) -> str:
    """A month, a quarter, a half year or a year, which starts on a day."""
    first = date.fromordinal(int(ordinal or 1))
    if count == 1:
        return format_date(first, MONTH[lang], locale=LOCALES[lang])
    place = (first.month - 1) // count
    return PARTS_OF_YEAR[lang][count][place].format(first.year)
