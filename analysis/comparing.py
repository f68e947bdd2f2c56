"""Comparative and causal words: ``seeds/comparisons.csv`` lists them, and the passages that may hold some.

A page compares in claims only, and no claim says what brought something about, as its predicate tests no more
than figures.  A row that is allowed is a passage that compares nothing, or nothing of the case; its reason
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from analysis.display import LANGUAGES
from analysis.findings import CaseError
from analysis.schemas import Comparisons
from analysis.tables import read

FILE = "seeds/comparisons.csv"

MARKUP = re.compile(r"`[^`]*`(?:\{[^}]*\})?|\[@[^\]]*\]|@[\w-]+|\]\([^)]*\)|\{[^}]*\}")
EMPHASIS = re.compile(r"[*_~^]")
GONE = "\ue000"


@dataclass(frozen=True)
class Words:
    """The words of a language that compare, those of them that name a cause, and what may hold them."""

    comparing: re.Pattern[str]
    causing: re.Pattern[str]
    more: re.Pattern[str]
    less: re.Pattern[str]
    ranking: re.Pattern[str]
    allowed: re.Pattern[str]

    @classmethod
    def of(cls, listed: pl.DataFrame, lang: str) -> Self:
        """The words of ``lang`` among the rows of the register."""
        mine = dict(listed.filter(language=lang).group_by("kind").agg("words").iter_rows())
        causes, more, less, other = (mine.get(kind, []) for kind in ("causes", "more", "less", "compares"))
        every = [*causes, *more, *less, *other]
        return cls(*map(_any_of, (every, causes, more, less, other, mine.get("allowed", []))))

    def found(self, text: str) -> list[tuple[int, str]]:
        """The comparative and causal words of a text that stand in no allowed passage, with their lines."""
        return self._in(text, self.comparing)

    def causes(self, text: str) -> list[str]:
        """The causal words alone."""
        return [word for _, word in self._in(text, self.causing)]

    def rankings(self, text: str) -> list[str]:
        """The words that compare by something other than size, such as speed or worth."""
        return [word for _, word in self._in(text, self.ranking)]

    def direction(self, text: str) -> int:
        """1 where a text says more and never less, -1 the other way, 0 where it says neither or both."""
        more, less = (bool(self._in(text, words)) for words in (self.more, self.less))
        return more - less

    def _in(self, text: str, words: re.Pattern[str]) -> list[tuple[int, str]]:
        plain = self.allowed.sub(_blank, EMPHASIS.sub("", MARKUP.sub(_blank, text)))
        found = words.finditer(plain)
        return [(plain.count("\n", 0, word.start()) + 1, " ".join(word[0].split())) for word in found]


def read_words(root: Path) -> Mapping[str, Words]:
    """The words by language; raises UnusableError, or CaseError for rows that are not of the register."""
    listed, findings = read(root / FILE, FILE, Comparisons)
    if findings:
        raise CaseError(findings)
    return {lang: Words.of(listed, lang) for lang in LANGUAGES}


def _blank(found: re.Match[str]) -> str:
    """As many lines, and nothing on them."""
    return GONE + "\n" * found[0].count("\n")


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of some texts, the longest first; English ones as whole words."""
    parts = [re.sub(r"\\ ", r"\\s+", re.escape(text)) for text in sorted(texts, key=len, reverse=True)]
    whole = "|".join(rf"\b{part}\b" if part[0].isascii() else part for part in parts)
    return re.compile(whole or "(?!)", re.IGNORECASE)
