"""A claim in words: its sentence, its verdict, and what flips it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from analysis import predicates
from analysis.case import Case
from analysis.claims import Flip, Verdict, verdicts
from analysis.display import LANGUAGES, Unit, texts
from analysis.entries import Ledger, settings_of
from analysis.explain import explain
from analysis.intervals import Range
from analysis.keys import KEY
from analysis.words import words_of

Told = Mapping[str, Any]
Link = Callable[[str, str], str]
Mark = Callable[[str], str]


def said(ledger: Ledger, text: str, lang: str) -> str:
    """``text`` with each ledger value written out; raises KeyError for an unknown key."""
    return KEY.sub(lambda found: ledger.text(found[1], lang, found[2].strip() or "value"), text)


def told(case: Case, ledger: Ledger) -> dict[str, Told]:
    """Each claim with its verdict, as plain data with texts by language, its values written as in prose."""
    found = verdicts(case)
    return {
        claim.id: {
            "label": claim.label,
            "predicate": claim.predicate,
            "inputs": sorted(predicates.parse(claim.predicate).names),
            "verdict": found[claim.id].kind,
            "badge": _words(f"badge.{found[claim.id].kind}"),
            "sentence": claim.sentences[found[claim.id].kind],
            "flips": [_flip(case, ledger, flip) for flip in found[claim.id].flips],
        }
        for claim in case.claims
    }


def _words(key: str) -> dict[str, str]:
    return {lang: words_of(lang, "claim")[key] for lang in LANGUAGES}


def _flip(case: Case, ledger: Ledger, flip: Flip) -> Told:
    """Where each key has to be, and what the claim is there; of numbers that move together, an example."""
    at = {
        key: {"label": ledger[key].label, "text": {lang: _at(case, flip, key, lang) for lang in LANGUAGES}}
        for key in flip.at
    }
    moved = [value for value in flip.at.values() if not isinstance(value, str)]
    return {"at": at, "to": _words(f"truth.{str(flip.to).lower()}"), "example": len(moved) > 1}


def _at(case: Case, flip: Flip, key: str, lang: str) -> str:
    value = flip.at[key]
    if isinstance(value, str):
        (row,) = case.assumptions.filter(name=key).iter_rows(named=True)
        return settings_of(row, lang)[value]
    named = {**dict(case.facts.select("id", "unit").iter_rows())}
    named |= dict(case.assumptions.select("name", "unit").iter_rows())
    (unit,) = case.units.filter(unit=named[key]).iter_rows(named=True)
    return texts(Range(value, value, value), Unit.of(unit), lang)["value"]


def flips(
    claim: Told, lang: str, link: Link = lambda label, _: label, mark: Mark = lambda text: text
) -> Iterator[str]:
    """What flips a claim, a line for each smallest set: where its keys have to be, and what it is there.

    ``link`` makes the label of a key lead to it, ``mark`` marks where a key has to be for what it is.
    """
    words = words_of(lang, "claim")
    for flip in claim["flips"]:
        labels = (link(each["label"][lang], key) for key, each in flip["at"].items())
        texts = (mark(each["text"][lang]) for each in flip["at"].values())
        at = words.join("and", (words["at"].format(*pair) for pair in zip(labels, texts, strict=True)))
        yield words["to"].format(words["example"].format(at) if flip["example"] else at, flip["to"][lang])


def explain_claim(case: Case, ledger: Ledger, name: str, lang: str = "en") -> Told:
    """Everything behind a claim, as `explain.explain` gives it for a key; raises KeyError for none."""
    claim, found = told(case, ledger)[name], verdicts(case)[name]
    return {
        "key": name,
        "kind": "claim",
        "label": said(ledger, claim["sentence"][lang], lang),
        "value": _kind(found),
        "interval": _kind(found),
        "status": "exact" if found.exact else "by a grid",
        "predicate": claim["predicate"],
        "flips": [words_of(lang, "claim")["else"].format(line) for line in flips(claim, lang)],
        "inputs": [explain(case, ledger, key, lang) for key in claim["inputs"]],
    }


def _kind(found: Verdict) -> str:
    return found.kind.replace("_", " ")
