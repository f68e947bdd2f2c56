"""The tables of results: their rows stand in the case's words, with a place for each value."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from analysis import forensics
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


def robustness(study: Study) -> Frames:
    """What each result is over everything the sources leave open, and what it turns on."""
    return written(study, "robustness")


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
        case indicator, "grim":
            return _shares(study, indicator, lang)
        case key, "label":
            return study.ledger[key].label[lang]
        case key, form:
            return cell(key, form or "value")
    raise AssertionError(place)


def _names(study: Study, stem: str, lang: str) -> str:
    """What a group of measures names, as a list."""
    labels = study.case.measures.filter(pl.col("id").str.starts_with(stem))[f"label_{lang}"]
    return study.case.wording[lang].join("names", labels)


def _shares(study: Study, indicator: str, lang: str) -> str:
    """Whether the figures of an indicator can be shares of cases, in words."""
    means = [
        mean for mean in forensics.means_of(study.case, study.ledger) if mean.figure.endswith(f".{indicator}")
    ]
    impossible = bool(means) and not any(mean.possible for mean in means)
    return study.case.wording[lang]["grim.no" if impossible else "grim.maybe"]
