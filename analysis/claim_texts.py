"""A claim in words: its sentence, its verdict, and what flips it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import predicates
from analysis.case import Case
from analysis.claim_files import DEPENDS, FAILS, HOLDS, NOT_IDENTIFIED, Claim
from analysis.claims import Flip, Verdict, space_of, verdict
from analysis.display import Unit, texts
from analysis.entries import Ledger
from analysis.explain import explain
from analysis.intervals import Range
from analysis.keys import KEY

VERDICTS = {
    HOLDS: {"en": "holds", "zh": "成立"},
    DEPENDS: {"en": "depends", "zh": "视假设而定"},
    FAILS: {"en": "fails", "zh": "不成立"},
    NOT_IDENTIFIED: {"en": "not identified", "zh": "无法识别"},
}
TRUTHS = {
    True: {"en": "true", "zh": "成立"},
    False: {"en": "false", "zh": "不成立"},
    None: {"en": "not identified", "zh": "无法识别"},
}
FLIP = {"en": ("{}: {}", "; ", "{} → {}"), "zh": ("{}：{}", "；", "{} → {}")}


def said(ledger: Ledger, text: str, lang: str) -> str:
    """``text`` with each ledger value written out; raises KeyError for an unknown key."""
    return KEY.sub(lambda found: ledger.text(found[1], lang, found[2].strip() or "value"), text)


def sentence(claim: Claim, found: Verdict, lang: str) -> str:
    """What to say of a claim, its values written as in prose."""
    return claim.sentences[found.kind][lang]


def flips(case: Case, ledger: Ledger, found: Verdict, lang: str) -> list[str]:
    """What flips a claim, a line for each smallest set: where its keys have to be, and what it is there."""
    key_at, between, line = FLIP[lang]
    return [
        line.format(
            between.join(
                key_at.format(ledger[key].label[lang], _at(case, flip, key, lang)) for key in flip.at
            ),
            TRUTHS[flip.to][lang],
        )
        for flip in found.flips
    ]


def _at(case: Case, flip: Flip, key: str, lang: str) -> str:
    value = flip.at[key]
    if isinstance(value, str):
        (row,) = case.assumptions.filter(name=key).iter_rows(named=True)
        return str(row[f"choices_{lang}"].split("|")[row["choices"].split("|").index(value)])
    named = {**dict(case.facts.select("id", "unit").iter_rows())}
    named |= dict(case.assumptions.select("name", "unit").iter_rows())
    (unit,) = case.units.filter(unit=named[key]).iter_rows(named=True)
    return texts(Range(value, value, value), Unit.of(unit), lang)["value"]


def explain_claim(case: Case, ledger: Ledger, name: str, lang: str = "en") -> Mapping[str, Any]:
    """Everything behind a claim, as `explain.explain` gives it for a key; raises StopIteration for none."""
    claim = next(claim for claim in case.claims if claim.id == name)
    found = verdict(claim.id, claim.predicate, space_of(case))
    told = VERDICTS[found.kind][lang]
    return {
        "key": claim.id,
        "kind": "claim",
        "label": said(ledger, sentence(claim, found, lang), lang),
        "value": told,
        "interval": told,
        "status": "exact" if found.exact else "by a grid",
        "predicate": claim.predicate,
        "flips": flips(case, ledger, found, lang),
        "inputs": [
            explain(case, ledger, key, lang) for key in sorted(predicates.parse(claim.predicate).names)
        ],
    }
