"""Whether both languages of a row hold the same numbers.

This module needs the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from analysis.numerals import folded, numerals, values


def mistranslated(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns that hold other numbers than the text they translate, each with what is wrong.

    A translation of a phrase holds its numbers, each as often.  Of two columns in two languages
    (``why_en`` and ``why_zh``, or ``title`` and ``title_en``) each holds what the other has in digits;
    one may spell it out.
    """
    said, phrase = row.get("translation"), row.get("exact", "")
    if said and values(said) != values(phrase):
        yield "translation", f"'{said}' does not hold the numbers of '{phrase}'"
    for column, other in _pairs(row):
        if bool(row[column]) != bool(row[other]):
            yield min((column, other), key=row.__getitem__), "is empty in this language only"
        elif any(_beyond(row[one], row[two]) for one, two in ((column, other), (other, column))):
            yield column, f"'{row[column]}' does not hold the numbers of '{row[other]}'"


def _pairs(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns that say the same in two languages; one without an ending is in the other language."""
    for column in row:
        stem, ending = column[:-3], column[-3:]
        other = f"{stem}_en" if ending == "_zh" and f"{stem}_en" in row else stem
        if ending == "_zh" or (ending == "_en" and f"{stem}_zh" not in row and stem in row):
            yield column, other


def _beyond(text: str, other: str) -> set[Fraction]:
    """The numbers that ``text`` writes in digits and the ``other`` does not hold."""
    if not re.search(r"\d", text):
        return set()
    written = (found[0] for found in numerals(folded(text)))
    figures = {number for numeral in written if re.search(r"\d", numeral) for number in values(numeral)}
    return figures.difference(values(other))
