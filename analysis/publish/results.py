"""The tables of results: their rows stand in the case's words, with a place for each value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

import polars as pl

from analysis import grade
from analysis.claim_texts import flips, told
from analysis.compare import cell
from analysis.data_request import data_request
from analysis.publish.appendix import Frames, Row, frames, shown
from analysis.publish.notebook import Study
from analysis.words import PLACES, Wording


def tiers(study: Study) -> Frames:
    """The two tiers side by side; what is not identified says so."""
    return written(study, "tiers")


def pilot(study: Study) -> Frames:
    """The pilot's profile, and whether each feature is reported, derived or only aimed at."""
    return written(study, "pilot")


def claims(study: Study) -> Frames:
    """Every claim with its verdict, and where it comes out otherwise."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for name, claim in told(study.case, study.ledger).items():
            label = f"[**{claim['label'][lang]}**]{{#e-{name}}}"
            said = words["claim.at"].format(label, claim["sentence"][lang])
            turns = flips(claim, lang, mark=partial(_flip, name))
            yield (said, claim["badge"][lang], words.join("claim.or", turns))

    return frames(study, "claims", rows)


def _flip(claim: str, text: str) -> str:
    """What flips a claim, marked for what it is."""
    return f"[{text}]{{.flip data-claim={claim}}}"


def design(study: Study) -> Frames:
    """The facts of the design that evidence is graded by."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for row in study.case.design.iter_rows(named=True):
            bears = (words[f"grade.of.{name}"] for name in row["bears_on"].split("|"))
            domain = grade.DOMAINS.get(row["design"]) if row["answer"] != grade.YES else None
            yield (
                words[f"design.{row['design']}"],
                words[f"design.{row['answer']}"],
                words.join("list", bears),
                words[f"grade.{domain}"] if domain else "",
                row[f"why_{lang}"],
            )

    return frames(study, "design", rows)


def breakdown(study: Study) -> Frames:
    """Where comparisons turn, beside what the sources leave open."""
    return written(study, "breakdown")


def printing(study: Study) -> Frames:
    """The gaps by whether figures are rounded, cut off or trimmed of a zero."""
    return written(study, "printing")


def estimands(study: Study) -> Frames:
    """The effects that an evaluation would estimate: definition, assumptions, what breaks them."""
    return written(study, "estimands")


def designs(study: Study) -> Frames:
    """The comparisons that an evaluation could make: what each takes care of, and what it leaves open."""
    return written(study, "designs")


def request(study: Study) -> Frames:
    """The fields to ask for, those of one holder together, in the order of the register."""
    asked = data_request()
    holders = asked["holder_en"].unique(maintain_order=True)
    frame = asked.sort(pl.col("holder_en").replace_strict(holders, range(len(holders))), maintain_order=True)

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        for row in frame.iter_rows(named=True):
            level, period, holder = (row[f"{name}_{lang}"] for name in ("level", "period", "holder"))
            where = words["request.span"].format(level, period)
            label, form, why = (row[f"{name}_{lang}"] for name in ("label", "form", "why"))
            yield (label, form, where, holder[0].upper() + holder[1:], why)

    return frames(study, "request", rows)


def written(study: Study, name: str) -> Frames:
    """The table whose rows are the texts of a part of the case's words."""

    def rows(words: Wording, lang: str) -> Iterable[Row]:
        part = words.part(name)
        for row in part:
            yield tuple(
                PLACES.sub(lambda found: _value(study, found, lang), text) for text in part.cells(row)
            )

    return frames(study, name, rows)


def _value(study: Study, place: re.Match[str], lang: str) -> str:
    """What stands in a place of a row."""
    match place[1], place[2]:
        case key, "shown":
            return shown(study, key, lang)
        case stem, "names":
            return _names(study, stem, lang)
        case key, "label":
            return study.ledger[key].label[lang]
        case key, form:
            return cell(key, form or "value")
    raise AssertionError(place)


def _names(study: Study, stem: str, lang: str) -> str:
    """What a group of measures names, as a list."""
    labels = study.case.measures.filter(pl.col("id").str.starts_with(stem))[f"label_{lang}"]
    return study.case.wording[lang].join("names", labels)
