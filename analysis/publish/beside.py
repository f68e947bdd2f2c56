"""What may stand beside a ledger value: its own unit, and nothing that makes another number of it.

Another number is made by a sign, scale or rate, by a unit or counted noun that is not the value's, and by
words that make a bound or a guess of a value that is neither (``nearly``, 超过).  A value that is bounded may
be called at least or about what it is; and 多达 or ``as many as`` say the very number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from analysis.numerals import COUNTED, HAN, MEASURE, THINGS, folded
from analysis.publish.known import rows

_EACH = "工作日|季度?|小时|[户次镇村年月周日天项件人县]"
BEFORE = (
    r"(?<![a-zA-Z])(?:minus|negative|USD|CNY|RMB|(?:month|dai|week|quarter|year|annual|hour)ly"
    r"|annual|every|each) "
    r"|负|分之|(?<![a-zA-Z\d%)])[-−]|(?<![^\s(为])–|(?<!\w)\."
    rf"|[#№¶$¥€£第每]|每个?(?:{_EACH})|[年月日项人]均|[年月日周]办"
)
AFTER = (
    r"(?:[\s-]?(?:(?:(?:percentage |basis )?point|hundred|thousand|[mbtr]+illion|dozen|quarter|year|month"
    r"|week|day|hour|minute|dollar|euro)s?|per ?cent(?:age)?|per mille|fold|times|yuan|[kmx]|bn|lakh|crore"
    r"|bps?|pp|p\.p\.|pct|ppm|rmb|odd|squared)"
    r"|\s(?:an?|per|each|every) (?:(?:working )?(?:hour|day|week|month|quarter|year)|annum|capita|head|person"
    r"|household|case|item|project|official|county|city|town|village)"
    r"|\s(?:month|dai|week|quarter|year|annual|hour)ly)(?![a-zA-Z])"
    r"|(?:st|nd|rd|th|s)(?![a-zA-Z])|\+|‱|\s?[×/]\s?\d|[余多几](?!年)|美元|平方|分(?!别)"
    rf"|\s?(?:[百千万亿兆%‰倍折]|成(?![立为功果效])|个?百分点|点[{HAN}\d]|分之)|(?:/|每个?)(?:{_EACH})"
)
"""Signs, scales and rates, whatever the unit."""

BOUND = re.compile(
    r"(?:(?<![a-zA-Z])(?:(?:more|less|fewer|greater|higher|lower|larger|smaller) than|at (?:least|most)|up to"
    r"|nearly|almost|about|around|roughly|approximately|approx\.|circa|some|over|under|above|below|beyond"
    r"|exceed(?:s|ed|ing)?|close to|upwards? of) "
    "|(?:[超大小多少高低]于|超[过出]?|逾|(?<![最附])近|将近|接近|(?<![合节预契条公])约|不[足到满下]|[至最][多少]|几乎|差不多)"
    r"[有为占达是]?|(?<![^\s(为])~|[<>≤≥≦≧⩽⩾≈≃≅]\s?)$",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\s(?:or (?:more|less|fewer|so|above|below|over)|at (?:least|most)|plus)(?![a-zA-Z])"
    "|以[上下外]|(?<![天日月年])以内|左右|上下|开外|有余|不到"
)
"""What makes a bound or a guess of the number after it or before it."""

SAME = {"per cent": "%", "percent": "%"}
UNITLESS = frozenset({"date", "choice"})
NOUNS = ("部门", "单位", "企业", "项目", "机构", "群众", "村民", "人次", "事项", "办件")
TOUCHING = re.compile(r"\d[.,]?\d")
Span = tuple[int, int]
Sort = tuple[str, bool]
"""The unit of a value, and whether it is a bounded one."""


@dataclass(frozen=True)
class Unit:
    """The words of a unit in both languages, before and after a number."""

    kind: str
    before: frozenset[str]
    after: frozenset[str]
    counted: re.Pattern[str]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        """The unit of a row of ``seeds/units.csv``."""
        pairs = [form.split("{}") for form in f"{row['form_en']}|{row['form_zh']}".split("|")]
        before, after = (frozenset(filter(None, side)) for side in zip(*pairs, strict=True))
        counted = re.compile(rf"(?:.* )?(?:{COUNTED.get(row['unit'], '(?!)')})")
        return cls(row["kind"], before, after, counted)

    def number(self, text: str) -> tuple[int, int]:
        """Where the number of a ledger text begins and ends, without the unit's words."""
        start = max((len(words) for words in self.before if text.startswith(words)), default=0)
        return start, len(text) - max((len(words) for words in self.after if text.endswith(words)), default=0)

    def takes(self, words: str) -> bool:
        """Whether words after a number are the unit's; a counted noun may be named later (5个…部门)."""
        said = words.strip(" -\n").lower()
        own = {each.strip() for each in self.after}
        named_later = said == "个" and self.kind == "count" and any(each.startswith(said) for each in own)
        noun = said in NOUNS and any(each.endswith(said) for each in own)
        return named_later or noun or SAME.get(said, said) in own or bool(self.counted.fullmatch(said))


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
        things = rf"{THINGS}|-(?:{'|'.join(COUNTED.values())})\b"
        return cls(
            units,
            re.compile(rf"(?:{before}|{BEFORE})$", re.IGNORECASE),
            re.compile(rf"{said}|{AFTER}|\s?(?:{'|'.join(NOUNS)}|{MEASURE})|{things}", re.IGNORECASE),
            re.compile(AFTER, re.IGNORECASE),
        )

    def others(self, text: str, values: Mapping[Span, Sequence[Sort]]) -> Iterator[Span]:
        """Where ledger values, each of one of some sorts, are made other numbers."""
        plain, last = folded(text), 0
        for (start, end), sorts in sorted(values.items()):
            spans = [self._other(plain, start, end, sort) for sort in sorts]
            if spans and spans[0] and all(spans):
                yield spans[0]
            elif last and TOUCHING.fullmatch(text[last - 1 : start + 1]):
                yield last - 1, start + 1
            last = end

    def _other(self, text: str, start: int, end: int, sort: Sort) -> Span | None:
        """The number with what makes another of it, or None."""
        unit = self.units[sort[0]]
        if unit.kind in UNITLESS:
            return None
        low, high = unit.number(text[start:end])
        low, high = start + low, start + high
        before = self.before.search(text, max(0, low - 12), low)
        after = self.after.match(text, high)
        own = not before or before[0] in unit.before
        first, last = low - len(before[0] if before else ""), max(end, high)
        if own and after and unit.takes(after[0]):
            bare = unit.before and not before and not after[0].strip(" -").isascii()
            last = after.end()
            own, after = not bare, self.further.match(text, last)
        if own and not after:
            return None if sort[1] else _bound(text, first, last)
        return first, after.end() if after else last


def _bound(text: str, start: int, end: int) -> Span | None:
    """A number with the words that make a bound or a guess of it, or None."""
    before, after = BOUND.search(text, max(0, start - 20), start), LIMIT.match(text, end)
    if not before and not after:
        return None
    return before.start() if before else start, after.end() if after else end


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
