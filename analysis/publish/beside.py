"""What may stand beside a ledger value: its own unit, and nothing that makes another number of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from analysis.numerals import HAN, MEASURE, folded
from analysis.publish.known import rows

BEFORE = (
    r"(?<![a-zA-Z])(?:minus|negative|USD|CNY|RMB|monthly|daily|annual) |[日周]办"
    r"|负|分之|(?<![a-zA-Z\d%)])[-−]|(?<![^\s(为])–|(?<!\w)\."
    r"|[第#№¶$¥€£]|每[年月周日天项件人县]|[年月日项人]均"
)
AFTER = (
    r"(?:[\s-]?(?:(?:(?:percentage |basis )?point|hundred|thousand|[mbtr]+illion|dozen|quarter|year|month"
    r"|week|day|hour|minute|dollar|euro)s?|per ?cent(?:age)?|per mille|fold|times|yuan|[kmx]|bn|lakh|crore"
    r"|bps?|pp|p\.p\.|pct|ppm|rmb|odd|squared)"
    r"|\s(?:an?|per|each|every) (?:hour|day|week|month|quarter|year|case|item|project|county))(?![a-zA-Z])"
    r"|(?:st|nd|rd|th|s)(?![a-zA-Z])|\+|‱|\s?[×/／]\s?\d|[余多几](?!年)|美元|平方|分(?!别)"
    rf"|\s?(?:[百千万亿兆%‰倍折]|成(?![立为功果效])|个?百分点|点[{HAN}\d]|分之)"
)
"""Signs, scales and rates, whatever the unit."""

SAME = {"per cent": "%", "percent": "%"}
UNITLESS = frozenset({"date", "choice"})
TOUCHING = re.compile(r"\d[.,]?\d")
Span = tuple[int, int]


@dataclass(frozen=True)
class Unit:
    """The words of a unit in both languages, before and after a number."""

    kind: str
    before: frozenset[str]
    after: frozenset[str]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        """The unit of a row of ``seeds/units.csv``."""
        pairs = [form.split("{}") for form in f"{row['form_en']}|{row['form_zh']}".split("|")]
        before, after = (frozenset(filter(None, side)) for side in zip(*pairs, strict=True))
        return cls(row["kind"], before, after)

    def number(self, text: str) -> tuple[int, int]:
        """Where the number of a ledger text begins and ends, without the unit's words."""
        start = max((len(words) for words in self.before if text.startswith(words)), default=0)
        return start, len(text) - max((len(words) for words in self.after if text.endswith(words)), default=0)

    def takes(self, words: str) -> bool:
        """Whether words after a number are the unit's; a counted noun may be named later (5个…部门)."""
        said = words.strip(" -\n").lower()
        own = {each.strip() for each in self.after}
        named_later = said == "个" and self.kind == "count" and any(each.startswith(said) for each in own)
        return named_later or SAME.get(said, said) in own


@dataclass(frozen=True)
class Beside:
    """The units, and how any of them or a sign, scale or rate looks beside a number."""

    units: Mapping[str, Unit]
    before: re.Pattern[str]
    after: re.Pattern[str]
    further: re.Pattern[str]

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read ``seeds/units.csv``."""
        units = {row["unit"]: Unit.of(row) for row in rows(path)}
        before = _any(words for unit in units.values() for words in unit.before)
        after = {words.strip() for unit in units.values() for words in unit.after}
        said = rf"[\s-]?(?:{_any(after - {'%'})})(?![a-zA-Z])"
        return cls(
            units,
            re.compile(rf"(?:{before}|{BEFORE})$"),
            re.compile(rf"{said}|{AFTER}|\s?(?:{MEASURE})", re.IGNORECASE),
            re.compile(AFTER, re.IGNORECASE),
        )

    def others(self, text: str, values: Mapping[Span, Sequence[str]]) -> Iterator[Span]:
        """Where ledger values, each of one of some units, are made other numbers."""
        plain, last = folded(text), 0
        for (start, end), units in sorted(values.items()):
            spans = [self._other(plain, start, end, self.units[unit]) for unit in units]
            if spans and spans[0] and all(spans):
                yield spans[0]
            elif last and TOUCHING.fullmatch(text[last - 1 : start + 1]):
                yield last - 1, start + 1
            last = end

    def _other(self, text: str, start: int, end: int, unit: Unit) -> tuple[int, int] | None:
        """The number with what makes another of it, or None."""
        if unit.kind in UNITLESS:
            return None
        low, high = unit.number(text[start:end])
        low, high = start + low, start + high
        before = self.before.search(text[max(0, low - 12) : low])
        after = self.after.match(text, high)
        own = not before or before[0] in unit.before
        if own and after and unit.takes(after[0]):
            bare = unit.before and not before and not after[0].strip(" -").isascii()
            own, after = not bare, self.further.match(text, after.end())
        if own and not after:
            return None
        return low - len(before[0] if before else ""), after.end() if after else max(end, high)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
