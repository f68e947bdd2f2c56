"""The tables of the evidence appendix: text cells in both languages, values as keys of the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from analysis import display, expr, forensics
from analysis.compare import cell
from analysis.entries import Ledger
from analysis.leaves import HUNDRED
from analysis.publish.notebook import Study
from analysis.words import Wording

SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
Frames = Mapping[str, pl.DataFrame]
Row = tuple[str, ...]


def frames(study: Study, name: str, rows: Callable[[Wording, str], Iterable[Row]]) -> Frames:
    """A table in each language, its headings from the wording."""
    return {
        lang: pl.DataFrame(
            list(rows(words, lang)),
            schema=dict.fromkeys(words.cells(f"table.{name}"), pl.String),
            orient="row",
        )
        for lang, words in study.case.wording.items()
    }


def shown(study: Study, key: str, lang: str) -> str:
    """A value, with its interval in brackets where rounding leaves one that reads differently.

    What rests on the range of an assumption has no value that is likelier than another: the interval
    is shown alone.
    """
    text = study.ledger[key].text[lang]
    if text["value"] == text["interval"]:
        return cell(key)
    if _assumed(study.ledger, key):
        return cell(key, "interval")
    return study.case.wording[lang]["brackets"].format(cell(key), cell(key, "interval"))


def anchored(ledger: Ledger, key: str, lang: str) -> str:
    """The label of a key, as the place that its values in print lead to, and the key as formulas have it."""
    return f"[{ledger[key].label[lang]}]{{#e-{key}}} `{key}`"


def _assumed(ledger: Ledger, key: str) -> bool:
    entry = ledger[key]
    ranges = entry.kind == "assumption" and entry.low != entry.high
    return ranges or any(_assumed(ledger, name) for name in entry.inputs)


def marked(row: Mapping[str, Any], lang: str) -> Row:
    """The phrase of a row, and in the English edition its translation, each named for what it is."""
    parts = {"phrase": row["exact"], "translation": row["translation"]}
    shown = parts if lang == "en" else ("phrase",)
    return tuple(f"[{parts[part]}]{{.{part} data-fact={row['id']}}}" for part in shown)


def dated(text: str, source: str) -> str:
    """What names a source, or its date."""
    return f"[{text}]{{.source data-source={source}}}"


def entered(text: str) -> str:
    """A text of a register, which the lint holds against it; nothing for none."""
    plain = reason(text)
    return f"[{plain}]{{.revision}}" if plain else ""


def reason(text: str) -> str:
    """A text of a register that the lint reads as any other."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def taken(ledger: Ledger, key: str, words: Wording, text: str = "") -> str:
    """The value of a fact (or another ``text`` of it), and where it was corrected what the source prints."""
    made, text = ledger[key].corrected, text or cell(key)
    return words["corrected"].format(text, entered(made["expect"])) if made else text


def place(row: Mapping[str, Any], words: Wording) -> str:
    """Source and paragraph of a phrase."""
    return (words["paragraph"] if row["paragraph"] else "{}").format(row["source"], row["paragraph"])


def facts(study: Study) -> Frames:
    """Every reported figure with the phrase that carries it; a translation in the English edition only."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for fact in study.case.facts.iter_rows(named=True):
            key = fact["id"]
            label, value = anchored(study.ledger, key, lang), taken(study.ledger, key, words)
            yield (label, value, *marked(fact, lang), place(fact, words))

    return frames(study, "facts", rows)


def sources(study: Study) -> Frames:
    """The sources, and what is known of their standing."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        suffix = "" if lang == "en" else "_zh"
        for source in study.case.sources.iter_rows(named=True):
            who = source[f"outcomes_measured_by{suffix}"]
            standing = [words["measured"].format(who) if who else words["no outcome"]]
            standing.append(words["archived" if source["sha256"] else "not archived"])
            standing += [words["kin"].format(other) for other in source["not_independent_of"]]
            yield (
                source["id"],
                dated(source["title_en" if lang == "en" else "title"], source["id"]),
                words.join("list", (source[f"publisher{suffix}"], source[f"found{suffix}"])),
                dated(display.day(date.fromisoformat(source["date"]).toordinal(), lang), source["id"]),
                words[f"kind.{source['kind']}"],
                words.join("list", standing),
            )

    return frames(study, "sources", rows)


def assumptions(study: Study) -> Frames:
    """What the sources leave open, the range or choice taken, and why."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for row in study.case.assumptions.iter_rows(named=True):
            taken = study.ledger.text(row["name"], lang, "interval")
            others = [name for name in row[f"choices_{lang}"].split("|") if name and name != taken]
            span = words.join("or", (cell(row["name"], "interval"), *others))
            if row["kind"] != "choice" and study.ledger.text(row["name"], lang) != taken:
                span = words["central"].format(span, cell(row["name"]))
            yield (anchored(study.ledger, row["name"], lang), span, row[f"why_{lang}"])

    return frames(study, "assumptions", rows)


def quantities(study: Study) -> Frames:
    """Every derived value, how far it is known, and the formula as the build computes it."""

    def rows(_: Wording, lang: str) -> Iterable[Row]:
        for row in study.case.quantities.iter_rows(named=True):
            key, entry = row["key"], study.ledger[row["key"]]
            status = display.STATUS[entry.status][lang]
            label, value = anchored(study.ledger, key, lang), shown(study, key, lang)
            yield (label, value, status, f"`{entry.formula}`")

    return frames(study, "quantities", rows)


def checks(study: Study) -> Frames:
    """The forensic checks in words."""
    found = forensics.checks(study.case, study.ledger).rows()

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for check, about, against, result in found:
            named = [_named(study.ledger, keys, words, lang) for keys in (about, against)]
            yield (words[f"check.{check}"], *named, _result(study, words, (check, about, against, result)))

    return frames(study, "checks", rows)


def _named(ledger: Ledger, keys: str, words: Wording, lang: str) -> str:
    """Keys as labels with their values; a source by its letter."""
    labels = [
        words["brackets"].format(ledger[key].label[lang], cell(key))
        if key in ledger.entries
        else words["source"].format(key)
        for key in expr.parse(keys).names
    ]
    return words.join("list", labels)


def _result(study: Study, words: Wording, check: Row) -> str:
    name, about, against, result = check
    if name != forensics.GRIM:
        return words[f"result.{result}"]
    means = forensics.means_of(study.case, study.ledger)
    if not next(mean.power for mean in means if (mean.figure, mean.over) == (about, against)):
        result = "powerless"
    elif result == forensics.INCONSISTENT and study.ledger[about].unit == HUNDRED:
        result = "no share"
    return words[f"grim.{result}"].format(cell(against))


def instruments(study: Study) -> Frames:
    """The strengthenings, each with the instruments that its paragraph names; then all other instruments."""
    measures, paragraph = study.case.measures, ["source", "paragraph"]
    heads, named = (measures.filter(measure=kind) for kind in ("strengthening", "instrument"))
    joined = heads.join(named, on=paragraph, how="left", suffix="_of")
    others = named.join(heads, on=paragraph, how="anti")

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for row in joined.iter_rows(named=True):
            what = row[f"label_{lang}_of"] or words["none"]
            named = {part: row[f"{part}_of"] or row[part] for part in ("id", "exact", "translation")}
            yield (row[f"label_{lang}"], what, *marked(named, lang), place(row, words))
        for row in others.iter_rows(named=True):
            head = "" if heads.is_empty() else "–"
            yield (head, row[f"label_{lang}"], *marked(row, lang), place(row, words))

    return frames(study, "instruments", rows)


def statements(study: Study) -> Frames:
    """What the sources say about the choice, the granting and the footing of items, in their own words."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        about = words.part("measure")
        for row in study.case.measures.iter_rows(named=True):
            if row["measure"] in about:
                yield (about[row["measure"]], row[f"label_{lang}"], *marked(row, lang), place(row, words))

    return frames(study, "statements", rows)
