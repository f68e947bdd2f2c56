"""Whether what the ledger shows says what it holds: the digits of every text against value and interval.

This module needs the standard library only.
"""

from __future__ import annotations

import math
import re
from calendar import month_name
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from analysis import inexact, printed
from analysis.intervals import Range

WRITTEN = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[万亿成](?![a-z]))?")
SMALL = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh": ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
}
BETWEEN = {"en": " to ", "zh": "至"}
PRESENT_OR_NOT = {"en": {0.0: "absent", 1.0: "present"}, "zh": {0.0: "无", 1.0: "有"}}


def misshown(entry: Mapping[str, Any], kind: str, forms: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the texts of a ledger ``entry`` whose unit is of ``kind``, written by ``forms``."""
    for lang, texts in entry["text"].items():
        for form, text in texts.items():
            if not _says(entry, kind, lang, form, text):
                ends = f"{entry['value']} in [{entry['low']}, {entry['high']}]"
                yield f"text.{lang}.{form} is '{text}', which does not say {ends}"
        if kind in {"count", "measured"} and entry["value"] is not None:
            wanted = [form.format(texts["bare"]) for form in forms[lang].split("|")]
            if texts["value"] not in wanted:
                yield f"text.{lang}.value is '{texts['value']}', expected {' or '.join(wanted)}"


def mismarked(
    entry: Mapping[str, Any], figure: inexact.Figure, forms: Mapping[str, str], *, hundred: bool
) -> Iterator[str]:
    """What is wrong with the texts of a fact whose ``figure`` its source prints inexactly."""
    for lang, texts in entry["text"].items():
        bare = inexact.as_marked(figure, lang, hundred=hundred)
        wanted = {inexact.in_unit(figure, form, lang, hundred=hundred) for form in forms[lang].split("|")}
        if texts["bare"] != bare or texts["words"] != bare or texts["value"] not in wanted:
            yield f"text.{lang}.value is '{texts['value']}', expected {' or '.join(sorted(wanted))}"
        ends = [end for end in (entry["low"], entry["high"]) if end is not None]
        if not _close(_numbers(texts["interval"], lang), list(dict.fromkeys(ends)), 0):
            yield f"text.{lang}.interval is '{texts['interval']}', which does not say {ends}"


def misrounded(entry: Mapping[str, Any], most: int) -> Iterator[str]:
    """Texts of a computed value with other decimals than its interval bears, ``most`` at most."""
    if entry["kind"] in {"fact", "measure"} or entry["value"] is None:
        return
    wanted = max(0, printed.honest_digits(Range(entry["low"], entry["value"], entry["high"]), most))
    for lang, texts in entry["text"].items():
        if len(texts["bare"].partition(".")[2]) != wanted:
            yield f"text.{lang}.bare is '{texts['bare']}', expected {wanted} decimals"


def _says(entry: Mapping[str, Any], kind: str, lang: str, form: str, text: str) -> bool:
    low, value, high = entry["low"], entry["value"], entry["high"]
    if value is None:
        return not re.search(r"\d", text)
    if entry["kind"] == "measure":
        return text == PRESENT_OR_NOT[lang][value]
    if kind == "date":
        return text in _days(low, value, high, lang, form)
    numbers = _numbers(text, lang)
    if form == "interval":
        ends = (low, high) if len(numbers) == 2 else (low,)
        single = len(numbers) == 2 or _close(numbers, [high], 0)
        return single and _close(numbers, ends, 0)
    zeros = 0 if low == high or kind == "year" else math.floor(round(math.log10(high - low), 9))
    return _close(numbers, [value], max(0, zeros))


def _numbers(text: str, lang: str) -> list[Decimal]:
    """The figures in a text, each with the digits that it is written with."""
    found = [_signed(match.group()) for match in WRITTEN.finditer(text)]
    return [Decimal(SMALL[lang].index(text))] if text in SMALL[lang] else found


def _signed(text: str) -> Decimal:
    size = printed.parse_number(text.lstrip("-"))
    return -size if text.startswith("-") else size


def _close(shown: list[Decimal], true: Any, zeros: int) -> bool:  # noqa: ANN401 - floats, in a list or a pair
    return len(shown) == len(true) and all(
        _rounds(number, value, zeros) for number, value in zip(shown, true, strict=True)
    )


def _rounds(shown: Decimal, true: float, zeros: int) -> bool:
    """Whether ``true`` rounds to ``shown``, of which up to ``zeros`` noughts at the end may be rounding."""
    exponent = int(shown.as_tuple().exponent)
    if exponent == 0 and shown:
        whole = str(int(shown))
        exponent = min(zeros, len(whole) - len(whole.rstrip("0")))
    exact = Decimal(repr(round(true, printed.FINEST)))
    return exact.quantize(Decimal(1).scaleb(exponent)) == shown


def _days(low: float, value: float, high: float, lang: str, form: str) -> set[str]:
    """What may be written for a date: the day, its month where it is a whole month, or both ends."""
    first, middle, last = (date.fromordinal(int(end)) for end in (low, value, high))
    if form == "interval":
        ends = list(dict.fromkeys(_day(end, lang) for end in (first, last)))
        return {BETWEEN[lang].join(ends)}
    return {_day(middle, lang), *(_months(first, months, lang) for months in _whole_months(first, last))}


def _whole_months(first: date, last: date) -> list[int]:
    """How many months from the first to the last day make a month, a quarter, a half year or a year."""
    return [
        months
        for months in (1, 3, 6, 12)
        if first.day == 1
        and (first.month - 1) % months == 0
        and _after(first, months) == last.toordinal() + 1
    ]


def _after(first: date, months: int) -> int:
    """The ordinal of the first day of the month that is ``months`` after that of ``first``."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1).toordinal()


def _months(first: date, months: int, lang: str) -> str:
    place = (first.month - 1) // months
    match months, lang:
        case 1, _:
            return _month(first, lang)
        case 12, _:
            return str(first.year) if lang == "en" else f"{first.year}年"
        case _, "en":
            name = "quarter" if months == 3 else "half"
            return f"{('first', 'second', 'third', 'fourth')[place]} {name} of {first.year}"
    return f"{first.year}年" + (f"第{'一二三四'[place]}季度" if months == 3 else f"{'上下'[place]}半年")


def _day(day: date, lang: str) -> str:
    return f"{day.day} {_month(day, lang)}" if lang == "en" else f"{_month(day, lang)}{day.day}日"


def _month(day: date, lang: str) -> str:
    return f"{month_name[day.month]} {day.year}" if lang == "en" else f"{day.year}年{day.month}月"
