"""The tables of the evidence appendix: text cells in both languages, values as keys of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from analysis import display, forensics
from analysis.compare import cell
from analysis.display import LANGUAGES
from analysis.entries import Ledger
from analysis.printed import parse_number
from analysis.publish.appendix_words import WORDS
from analysis.publish.notebook import Study

Frames = Mapping[str, pl.DataFrame]
Row = tuple[str, ...]


def frames(name: str, rows: Callable[[str], Iterable[Row]]) -> Frames:
    """A table in each language, its headings from the wording."""
    return {
        lang: pl.DataFrame(list(rows(lang)), schema=dict.fromkeys(WORDS[lang][name], pl.String), orient="row")
        for lang in LANGUAGES
    }


def shown(ledger: Ledger, key: str, lang: str) -> str:
    """A value, with its interval in brackets where it has one that reads differently."""
    text = ledger[key].text[lang]
    if text["value"] == text["interval"]:
        return cell(key)
    return str(WORDS[lang]["brackets"].format(cell(key), cell(key, "interval")))


def place(row: Mapping[str, Any], lang: str) -> str:
    """Source and paragraph of a phrase."""
    form = WORDS[lang]["paragraph"] if row["paragraph"] else "{}"
    return str(form.format(row["source"], row["paragraph"]))


def facts(study: Study) -> Frames:
    """Every reported figure with the phrase that carries it; a translation in the English edition only."""

    def rows(lang: str) -> Iterable[Row]:
        for fact in study.case.facts.iter_rows(named=True):
            phrase = (fact["exact"], fact["translation"]) if lang == "en" else (fact["exact"],)
            yield (study.ledger[fact["id"]].label[lang], cell(fact["id"]), *phrase, place(fact, lang))

    return frames("facts", rows)


def sources(study: Study) -> Frames:
    """The sources, and what is known of their standing."""

    def rows(lang: str) -> Iterable[Row]:
        suffix, words = ("", WORDS[lang]) if lang == "en" else ("_zh", WORDS[lang])
        for source in study.case.sources.iter_rows(named=True):
            who = source[f"outcomes_measured_by{suffix}"]
            standing = [words["measured"].format(who) if who else words["no outcome"]]
            standing.append(words["archived" if source["sha256"] else "not archived"])
            standing += [words["kin"].format(other) for other in source["not_independent_of"]]
            yield (
                source["id"],
                source["title_en" if lang == "en" else "title"],
                words["list"].join((source[f"publisher{suffix}"], source[f"found{suffix}"])),
                display.day(date.fromisoformat(source["date"]).toordinal(), lang),
                words["kind"][source["kind"]],
                words["list"].join(standing),
            )

    return frames("sources", rows)


def assumptions(study: Study) -> Frames:
    """What the sources leave open, the range or choice taken, and why."""

    def rows(lang: str) -> Iterable[Row]:
        for row in study.case.assumptions.iter_rows(named=True):
            taken = study.ledger.text(row["name"], lang, "interval")
            others = [name for name in row[f"choices_{lang}"].split("|") if name and name != taken]
            span = WORDS[lang]["or"].join((cell(row["name"], "interval"), *others))
            yield (row[f"label_{lang}"], span, row[f"why_{lang}"])

    return frames("assumptions", rows)


def quantities(study: Study) -> Frames:
    """Every derived value, how far it is known, and the formula as the build computes it."""

    def rows(lang: str) -> Iterable[Row]:
        for row in study.case.quantities.iter_rows(named=True):
            entry = study.ledger[row["key"]]
            status = display.STATUS[entry.status][lang]
            yield (entry.label[lang], shown(study.ledger, row["key"], lang), status, f"`{entry.formula}`")

    return frames("quantities", rows)


def checks(study: Study) -> Frames:
    """The forensic checks in words."""
    found = forensics.checks(study.case, study.ledger).rows()

    def rows(lang: str) -> Iterable[Row]:
        for check, about, against, result in found:
            named = [_named(study.ledger, keys, lang) for keys in (about, against)]
            yield (WORDS[lang]["check"][check], *named, _result(study, lang, (check, about, against, result)))

    return frames("checks", rows)


def _named(ledger: Ledger, keys: str, lang: str) -> str:
    """Keys as labels with their values; a source by its letter."""
    words = WORDS[lang]
    labels = [
        words["brackets"].format(ledger[key].label[lang], cell(key))
        if key in ledger.entries
        else words["source"].format(key)
        for key in keys.split(" + ")
    ]
    return str(words["list"].join(labels))


def _result(study: Study, lang: str, check: Row) -> str:
    name, about, against, result = check
    if name != "GRIM":
        return str(WORDS[lang]["result"][result])
    printed = dict(study.case.facts.select("id", "value").iter_rows())[about]
    decimals = -int(parse_number(printed).as_tuple().exponent)
    n, scale = study.ledger[against].value, 100 if study.ledger[about].unit == "percent" else 1
    if isinstance(n, float) and not forensics.grim_power(decimals, int(n), scale):
        result = "powerless"
    return str(WORDS[lang]["grim"][result])


def instruments(study: Study) -> Frames:
    """The three strengthenings and the instruments named under each: those of the same paragraph."""
    measures = study.case.measures
    heads = measures.filter(pl.col("measure") == "strengthening")
    joined = heads.join(
        measures.filter(pl.col("measure") == "instrument"),
        on=["source", "paragraph"],
        how="left",
        suffix="_of",
    )

    def rows(lang: str) -> Iterable[Row]:
        for row in joined.iter_rows(named=True):
            what = row[f"label_{lang}_of"] or WORDS[lang]["none"]
            phrase = row["exact_of"] or row["exact"]
            translation = (row["translation_of"] or row["translation"],) if lang == "en" else ()
            yield (row[f"label_{lang}"], what, phrase, *translation, place(row, lang))

    return frames("instruments", rows)
