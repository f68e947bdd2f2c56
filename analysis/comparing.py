"""Comparative and causal words: ``seeds/comparisons.csv`` lists them, and the passages that may hold some.

A page compares in claims only, and no claim says what brought something about, as its predicate tests no more
than figures.  An ellipsis in a row stands for whatever stands between two words of a clause.  A row that is
allowed is a passage that compares nothing, or nothing of the case; its reason says so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FILE = "seeds/comparisons.csv"

MARKUP = re.compile(r"`[^`]*`(?:\{[^}]*\})?|\[@[^\]]*\]|@[\w-]+|\]\([^)]*\)|\{[^}]*\}")
EMPHASIS = re.compile(r"[*_~^]")
GONE = "\ue000"
BETWEEN = r"[^.,;:!?。；：！？，]{0,40}?"
"""What an ellipsis stands for."""


@dataclass(frozen=True)
class Words:
    """The words of a language that compare or name a cause, each with its kind, and what may hold them."""

    kinds: Mapping[str, str]
    listed: re.Pattern[str]
    allowed: re.Pattern[str]

    @classmethod
    def of(cls, listed: Iterable[Sequence[str]], lang: str) -> Self:
        """The words of ``lang`` among those of the register, each with its language and kind."""
        mine = {words: kind for words, language, kind in listed if language == lang}
        allowed = [words for words, kind in mine.items() if kind == "allowed"]
        kinds = {words.lower(): kind for words, kind in mine.items() if kind != "allowed"}
        return cls(kinds, _any_of(kinds), _any_of(allowed))

    def found(self, text: str) -> list[tuple[int, str]]:
        """The words of a text that stand in no allowed passage, with their lines."""
        plain = self.allowed.sub(_blank, EMPHASIS.sub("", MARKUP.sub(_blank, text)))
        words = self.listed.finditer(plain)
        return [(plain.count("\n", 0, word.start()) + 1, " ".join(word[0].split())) for word in words]

    def kind(self, word: str) -> str:
        """What a found word says: ``more``, ``less``, ``causes``, or ``compares`` by another thing."""
        plain = word.lower()
        return self.kinds.get(plain) or next(
            kind for row, kind in self.kinds.items() if _any_of([row]).fullmatch(plain)
        )


def read_words(root: Path) -> Mapping[str, Words]:
    """The words by language, of a register in which reading a case has found no fault."""
    with (root / FILE).open(encoding="utf-8-sig", newline="") as file:
        listed = [(row["words"], row["language"], row["kind"]) for row in csv.DictReader(file)]
    return {lang: Words.of(listed, lang) for lang in {language for _, language, _ in listed}}


def _blank(found: re.Match[str]) -> str:
    """As many lines, and nothing on them."""
    return GONE + "\n" * found[0].count("\n")


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of some texts, the longest first; English ones as whole words."""
    escaped = [re.escape(text).replace("…", BETWEEN) for text in sorted(texts, key=len, reverse=True)]
    parts = [re.sub(r"\\ ", r"\\s+", text) for text in escaped]
    whole = "|".join(rf"\b{part}\b" if part[0].isascii() else part for part in parts)
    return re.compile(whole or "(?!)", re.IGNORECASE)
