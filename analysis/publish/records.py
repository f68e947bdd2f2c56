"""The record of every key: what a reader is told of a value, in HTML, in both languages.

The panels at the numbers and the evidence page show the same records.  Values stand in them as keys, and
phrases and sources are marked for what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from analysis import Case, Ledger, display
from analysis.claim_texts import Told, flips
from analysis.compare import cell
from analysis.display import LANGUAGES
from analysis.explain import described, rests_on, source
from analysis.publish.appendix import place
from analysis.publish.record_parts import KINDS, code, link, plain, row, span
from analysis.words import words_of

WORDS = ("title", "intro", *KINDS, "sources", "used", "unused", "key", "front", "again", "figures", "tables")
"""What the page says around the records."""

SCRIPTS = {"zh": "zh-Hans"}
"""How a page names the language of a source, where the case is less exact."""

Found = Mapping[str, Any]


def case_records(case: Case, ledger: Ledger, claims: Mapping[str, Told]) -> dict[str, Any]:
    """For each language the name of the case, the page's words, the records in its order, and the sources."""
    return {
        lang: {
            "name": case.about[f"name_{lang}"],
            "words": {name: words_of(lang, "evidence")[name] for name in WORDS},
            "records": [
                *(_claim(ledger, key, claim, lang) for key, claim in claims.items()),
                *(_record(case, ledger, key, lang) for key in _ordered(case, ledger)),
            ],
            "sources": [_source(case, name, lang) for name in case.sources["id"]],
        }
        for lang in LANGUAGES
    }


def _ordered(case: Case, ledger: Ledger) -> list[str]:
    """Keys by kind, within each as the seeds list them."""
    columns = (case.quantities["key"], case.facts["id"], case.measures["id"], case.assumptions["name"])
    listed = [key for column in columns for key in column]
    return sorted(listed, key=lambda key: KINDS.index(ledger[key].kind))


def _record(case: Case, ledger: Ledger, key: str, lang: str) -> dict[str, str]:
    found = described(case, ledger, key, lang)
    text = "".join(_rows(case, ledger, found, lang))
    return {"key": key, "kind": found["kind"], "label": found["label"], "text": text}


def _claim(ledger: Ledger, key: str, claim: Told, lang: str) -> dict[str, str]:
    words = words_of(lang, "evidence")
    rows = (
        row(words["says"], plain(claim["sentence"][lang])),
        row(words["tested"], code(claim["predicate"], "formula")),
        row(words["verdict"], words[f"verdict.{claim['verdict']}"]),
        row(words["flips"], *flips(claim, lang, link=_to, mark=partial(span, kind="flip", data_claim=key))),
        row(words["inputs"], *_inputs(ledger, claim["inputs"], lang)),
    )
    return {"key": key, "kind": "claim", "label": claim["label"][lang], "text": "".join(rows)}


def _rows(case: Case, ledger: Ledger, found: Found, lang: str) -> Iterator[str]:
    key, words, entry = found["key"], words_of(lang, "evidence"), ledger[found["key"]]
    ranged = entry.kind == "assumption" and entry.low != entry.high
    yield row(words["central" if ranged else "value"], cell(key))
    if found["interval"] != found["value"]:
        yield row(words["interval"], cell(key, "interval"))
    assumed = entry.kind == "assumption" and entry.status == "bounded"
    yield row(words["status"], words[f"status.{'assumed' if assumed else entry.status}"])
    if entry.open_key and entry.open_key != key:
        yield row(words["open"], _to(ledger[entry.open_key].label[lang], entry.open_key))
    yield row(words["formula"], code(found.get("formula", ""), "formula"))
    yield row(words["with numbers"], code(found.get("formula_with_numbers", ""), "formula"))
    yield row(words["inputs"], *_inputs(ledger, entry.inputs, lang))
    below = [name for name in rests_on(ledger, key) if name not in entry.inputs]
    yield row(words["assumed"], *_inputs(ledger, (k for k in below if ledger[k].kind == "assumption"), lang))
    yield from _phrases(case, ledger, found, lang)
    yield row(words["choices"], plain(words.join("list", found.get("choices", ()))))
    yield row(words["why"], plain(found.get("why", "")))
    if entry.kind == "assumption" and (origin := found["origin"]):
        yield row(words["bounded by"], _named(origin, link(origin["id"], f"#source-{origin['id']}"), lang))


def _to(label: str, key: str) -> str:
    return link(label, f"#{key}")


def _inputs(ledger: Ledger, keys: Iterable[str], lang: str) -> Iterator[str]:
    for key in keys:
        form = "interval" if ledger[key].status == "bounded" else "value"
        yield words_of(lang, "evidence")["colon"].format(_to(ledger[key].label[lang], key), cell(key, form))


def _phrases(case: Case, ledger: Ledger, found: Found, lang: str) -> Iterator[str]:
    """The phrase of a fact and what there is to say of it; of all else, those that it rests on."""
    words = words_of(lang, "evidence")
    if "phrase" in found:
        yield row(words["phrase"], _phrase(found, lang, titled=True))
        yield row(words["period"], words.join("to", _ends(ledger, found["counted"], lang)))
        if made := ledger[found["key"]].corrected:
            yield row(words["corrected"], f"{plain(made['why'][lang])} {_day(made['since'], lang, 'time')}")
        yield row(words["note"], plain(found["note"]))
        return
    told = [described(case, ledger, key, lang) for key in rests_on(ledger, found["key"])]
    yield row(words["phrases"], *(_phrase(each, lang) for each in told if "phrase" in each))


def _ends(ledger: Ledger, counted: Iterable[str], lang: str) -> Iterator[str]:
    """The ends of a period as values or dates; an end that is open is given with all that it may be."""
    for end in counted:
        yield cell(end, "interval") if end in ledger.entries else _day(end, lang, "time")


def _phrase(found: Found, lang: str, *, titled: bool = False) -> str:
    """A phrase in the original, its translation, and where it stands, a line each."""
    origin, key = found["origin"], found["key"]
    script = SCRIPTS.get(origin["language"], origin["language"])
    lines = [span(found["phrase"], "phrase", lang=script, data_fact=key)]
    if found["translation"]:
        lines.append(span(found["translation"], "translation", data_fact=key))
    where = place({"source": origin["id"], "paragraph": origin["paragraph"]}, words_of(lang))
    lines.append(_named(origin, link(where, f"#source-{origin['id']}"), lang, titled=titled))
    return "<br>\n".join(lines)


def _named(origin: Found, where: str, lang: str, *, titled: bool = True) -> str:
    """Who said it and when, then where; the title before them where there is room for it."""
    of = {"data_source": origin["id"]}
    names = ("title", "publisher") if titled else ("publisher",)
    parts = [span(origin[name], "source", **of) for name in names]
    day = _day(origin["date"], lang, "source", **of)
    return words_of(lang, "evidence").join("list", (*parts, day, where))


def _day(iso: str, lang: str, kind: str, **of: str) -> str:
    return span(display.day(date.fromisoformat(iso).toordinal(), lang), kind, **of)


def _source(case: Case, name: str, lang: str) -> dict[str, str]:
    """A source as a record of its own, which phrases lead to."""
    found, words, of = source(case, name, lang), words_of(lang, "evidence"), {"data_source": name}
    rows = (
        row(words["publisher"], span(found["publisher"], "source", **of)),
        row(words["date"], _day(found["date"], lang, "source", **of)),
        row(words["found"], plain(found["found"])),
    )
    return {
        "key": f"source-{name}",
        "kind": "sources",
        "label": f"{name} {found['title']}",
        "text": "".join(rows),
    }
