"""What the browser needs to move the assumptions of a what-if: controls, units, sentences, words.

It is data of the page that shows the figure, beside its specification; the script ``whatif.js`` reads it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analysis import display
from analysis.case import Case
from analysis.claim_files import DEPENDS, FAILS, HOLDS, NOT_IDENTIFIED, Claim
from analysis.display import Unit
from analysis.entries import Ledger, settings_of
from analysis.keys import KEY
from analysis.whatif import WhatIf, signal
from analysis.words import spelled, words_of

STEPS = 100
"""About how many steps a number takes from one end to the other, where it need not be whole."""

PLAINLY = {
    HOLDS: "truth.true",
    DEPENDS: "badge.depends",
    FAILS: "truth.false",
    NOT_IDENTIFIED: "truth.none",
}
"""What there is to say of a claim without a sentence for its verdict."""


def alternative(case: Case, ledger: Ledger, whatif: WhatIf, lang: str) -> str:
    """What the chart shows with everything left open: its headline, and the interval of each row."""
    words, own = words_of(lang, "whatif"), case.wording[lang].part("chart")
    texts = (ledger.text(key, lang, "interval") for key in whatif.shown)
    rows = (words["row"].format(*pair) for pair in zip(_names(case, whatif, lang), texts, strict=True))
    return words["row"].format(spelled(ledger, own[whatif.figure], lang), words.join("list", rows))


def _names(case: Case, whatif: WhatIf, lang: str) -> list[str]:
    """What the rows of the chart are called, in one line each."""
    rows = case.wording[lang].part("chart").part(whatif.figure)["rows"].split("|")
    return [row.replace("\n", " " if lang == "en" else "") for row in rows]


def told(case: Case, ledger: Ledger, whatif: WhatIf, lang: str) -> dict[str, Any]:
    """All that the browser needs but the specification, in a language."""
    words = words_of(lang, "whatif")
    shown = [
        {"signal": signal(key), "label": label, **_unit(case, ledger, key, lang)}
        for key, label in zip(whatif.shown, _names(case, whatif, lang), strict=True)
    ]
    shown += [{"signal": signal(key), **_unit(case, ledger, key, lang)} for key in whatif.said]
    return {
        "lang": lang,
        "to": display.TO[lang],
        "unknown": display.NOT_IDENTIFIED[lang],
        "words": {name: words[name] for name in ("move", "open", "reset", "results", "failed", "row")},
        "controls": [_control(case, ledger, whatif, name, lang) for name in whatif.moved],
        "quantities": shown,
        "claims": [_claim(ledger, whatif, claim, lang) for claim in whatif.claims],
    }


def _unit(case: Case, ledger: Ledger, key: str, lang: str) -> dict[str, Any]:
    """How a key is written: its kind of unit, the most digits, and its forms."""
    (row,) = case.units.filter(unit=ledger[key].unit).iter_rows(named=True)
    digits = dict(case.quantities.select("key", "digits").iter_rows()).get(key, "")
    unit = Unit.of(row, digits)
    return {"kind": unit.kind, "digits": unit.digits, "forms": unit.form[lang].split("|")}


def _control(case: Case, ledger: Ledger, whatif: WhatIf, name: str, lang: str) -> dict[str, Any]:
    """What moves an assumption: a list of settings, or a number from one end to the other."""
    entry = ledger[name]
    control: dict[str, Any] = {"name": name, "label": entry.label[lang]}
    if name in whatif.space.choices:
        (row,) = case.assumptions.filter(name=name).iter_rows(named=True)
        return {**control, "settings": list(settings_of(row, lang).items()), "central": entry.value}
    written = _unit(case, ledger, name, lang)
    low, central, high = (float(end or 0) for end in (entry.low, entry.value, entry.high))
    step = 1.0 if written["kind"] in {"count", "date", "year"} else step_of(high - low, written["digits"])
    written["digits"] = max(0, -math.floor(math.log10(step)))
    ends = {"low": low, "central": central, "high": high, "step": step}
    return {**control, **written, **ends, "whole": ledger.text(name, lang, "interval")}


def step_of(width: float, digits: int) -> float:
    """1, 2 or 5 of some power of ten: no more than about `STEPS` steps to a width, none finer than digits."""
    least = max(width / STEPS, 10.0**-digits)
    power = 10.0 ** math.floor(math.log10(least))
    return next(round(part * power, 9) for part in (1, 2, 5, 10) if part * power >= least * (1 - 1e-9))


def _claim(ledger: Ledger, whatif: WhatIf, claim: Claim, lang: str) -> dict[str, Any]:
    """A claim: for each verdict its sentence, in parts, and its badge.

    Of a verdict without a sentence, which no page can come to, it says whether the relation is true.
    ``between`` is said where it depends on less than all that the sentence of this verdict speaks of.
    """
    words = words_of(lang, "claim")
    found = {}
    for kind, plainly in PLAINLY.items():
        if kind in claim.sentences:
            parts = list(_parts(ledger, whatif, claim.sentences[kind][lang], lang))
            found[kind] = {"parts": parts, "badge": words[f"badge.{kind}"]}
        else:
            found[kind] = {"parts": [claim.label[lang]], "badge": words[plainly]}
    between = words_of(lang, "whatif")["between"].format(claim.label[lang])
    return {"id": claim.id, "verdicts": found, "between": between}


def _parts(ledger: Ledger, whatif: WhatIf, text: str, lang: str) -> Iterator[str | dict[str, str]]:
    """Pieces of a sentence, and the signals of the quantities between them that move."""
    start = 0
    for found in KEY.finditer(text):
        key, form = found[1], found[2].strip() or "value"
        yield text[start : found.start()]
        yield {"signal": signal(key)} if whatif.moves(key) else ledger.text(key, lang, form)
        start = found.end()
    yield text[start:]


def data_of(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Of each what-if that notebooks handed over, its data in each language, fit to stand in a page."""
    return {
        record["name"]: {
            lang: json.dumps(
                {**told, "spec": record["specs"][lang], "narrow": record["narrow"][lang]}, ensure_ascii=False
            ).replace("<", "\\u003c")
            for lang, told in record["live"].items()
        }
        for record in records
        if "live" in record
    }
