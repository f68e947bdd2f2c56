"""The words of tables, charts and registers: ``seeds/words.csv``, and beside it a case's own.

In a text ``{}`` is what it speaks of, ``{key}`` a ledger value, ``{key:form}`` another of its forms; of
its own are the forms below.  `` / `` starts a new line, and ``|`` stands between the cells of a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analysis.display import LANGUAGES
from analysis.findings import CaseError, Finding, Problem, UnusableError
from analysis.keys import FORMS, nearest
from analysis.project import project_root
from analysis.schemas import PLACE, Words
from analysis.tables import read

if TYPE_CHECKING:
    from analysis.case import Case
    from analysis.entries import Ledger

PLACES = re.compile(PLACE)
SHARED = "seeds/words.csv"
OWN_FORMS = {
    "label": "the label of a key",
    "shown": "its value, and its interval where that reads differently",
    "names": "the labels of all measures whose key starts so",
}


class Wording(dict[str, str]):
    """Texts in one language by key; a missing one names the file."""

    begin = ""

    def __missing__(self, key: str) -> str:
        """Raise UnusableError."""
        raise UnusableError(SHARED, f"there is no row '{self.begin}{key}', here or in the case's own file")

    def part(self, name: str) -> Wording:
        """The texts whose key begins with ``name`` and a dot, by the rest of the key."""
        begin = f"{name}."
        found = Wording({key[len(begin) :]: text for key, text in self.items() if key.startswith(begin)})
        found.begin = begin
        return found

    def join(self, key: str, parts: Iterable[str]) -> str:
        """The ``parts`` with what stands between the two ``{}`` of a text between them."""
        return self[key].replace("{}", "").join(parts)

    def cells(self, key: str) -> list[str]:
        """The cells of a row."""
        return self[key].split("|")


def wordings(frame: pl.DataFrame) -> dict[str, Wording]:
    """The texts of a table of words by language."""
    return {
        lang: Wording({key: text.replace(" / ", "\n") for key, text in frame.select("key", lang).iter_rows()})
        for lang in LANGUAGES
    }


@cache
def shared_words(root: Path) -> dict[str, Wording]:
    """The texts that are no case's own; raises CaseError for what is wrong with them."""
    frame, findings = read(root / SHARED, SHARED, Words)
    if findings:
        raise CaseError(findings)
    return wordings(frame)


def words_of(lang: str, part: str = "") -> Wording:
    """The texts in a language that are no case's own, or a part of them."""
    return _words(Path.cwd(), lang, part)


@cache
def _words(here: Path, lang: str, part: str) -> Wording:
    found = shared_words(project_root(here))[lang]
    return found.part(part) if part else found


def misnamed(case: Case) -> Iterator[Finding]:
    """Texts that name a key, a form or an indicator that is not there."""
    keys = {*case.facts["id"], *case.measures["id"], *case.assumptions["name"], *case.quantities["key"]}
    stems = {key.rpartition(".")[0] + "." for key in case.measures["id"]}
    known = {
        **dict.fromkeys(("", *FORMS, *OWN_FORMS), keys),
        "names": stems,
    }
    for row in case.words.iter_rows(named=True):
        for lang in LANGUAGES:
            for key, form in PLACES.findall(row[lang]):
                problem = None
                if form not in known:
                    message = f"'{form}' is not a form of {key}; expected {', '.join((*FORMS, *OWN_FORMS))}"
                    problem = Problem("unknown-form", message, form)
                elif key not in known[form]:
                    problem = Problem("unknown-key", f"there is no '{key}'{nearest(key, known[form])}", key)
                if problem:
                    yield problem.at(case.file("words", row["key"]), row["row"], lang)


def spelled(ledger: Ledger, text: str, lang: str) -> str:
    """``text`` with each ledger value written out."""

    def put(found: re.Match[str]) -> str:
        key, form = found[1], found[2] or "value"
        return ledger[key].label[lang] if form == "label" else ledger.text(key, lang, form)

    return PLACES.sub(put, text)
