"""The tables of results: the tiers, the pilot, and what each result turns on."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from analysis import forensics
from analysis.compare import KINDS, cell
from analysis.publish.appendix import Frames, Row, frames, shown
from analysis.publish.appendix_words import WORDS
from analysis.publish.notebook import Study

MISSING = "–"
WORST_TO_BEST = ("provincial.satisfied_of_all", "municipal.satisfied_of_all")
"""Worst-case bounds have no central value that means anything."""
TIER_ROWS = {
    "items": ("provincial_items", "municipal.items"),
    "cases": ("provincial.cases", "municipal.cases"),
    "net": ("provincial.cases_net", ""),
    "months": ("provincial.months", "municipal.months"),
    "rate": ("provincial.cases_per_month", "municipal.cases_per_month"),
    "net rate": ("provincial.cases_net_per_month", ""),
    "per item": ("provincial.cases_per_item", "municipal.cases_per_item"),
    "time": ("provincial.time_cut", "municipal.time_cut"),
    "left": ("provincial.time_left", "municipal.time_left"),
    "trips": ("provincial.trips_cut", "municipal.trips_cut"),
    "saved": ("provincial.trips_saved", "municipal.trips_saved"),
    "satisfaction": ("provincial.satisfaction", "municipal.satisfaction"),
    "of all": ("provincial.satisfied_of_all", "municipal.satisfied_of_all"),
}


def _value(study: Study, key: str, lang: str) -> str:
    """A value with its interval; of worst-case bounds the interval alone."""
    if not key:
        return MISSING
    return cell(key, "interval") if key in WORST_TO_BEST else shown(study.ledger, key, lang)


def tiers(study: Study) -> Frames:
    """The two tiers side by side; what is not identified says so."""

    def rows(lang: str) -> Iterable[Row]:
        for name, keys in TIER_ROWS.items():
            yield (WORDS[lang]["tiers.rows"][name], *(_value(study, key, lang) for key in keys))

    return frames("tiers", rows)


def pilot(study: Study) -> Frames:
    """The pilot's profile, and whether each feature is reported, derived or only aimed at."""

    def rows(lang: str) -> Iterable[Row]:
        words, brackets = WORDS[lang], WORDS[lang]["brackets"].format
        kinds = {kind if kind == "other" else f"{kind}s": kind for kind in KINDS}
        values = {
            "decided": cell("pilot.decided_on"),
            "items": cell("pilot.items"),
            **{
                name: brackets(cell(f"pilot.item_{name}"), cell(f"pilot.{kind}_share"))
                for name, kind in kinds.items()
            },
            "powers": cell("pilot.permit_share_of_powers"),
            "departments": brackets(cell("pilot.departments"), _labels(study, "pilot.department.", lang)),
            "recipients": words["counties"].format(_labels(study, "pilot.county.", lang)),
            "form": words["entrusted"],
            "gap": cell("pilot.days_after_count"),
            "days": cell("pilot.outcome_days"),
            "online": cell("pilot.online_accepted"),
            "insurance": cell("pilot.insurance_levels"),
        }
        for name, (label, standing) in words["pilot.rows"].items():
            yield (label, values[name], standing)

    return frames("pilot", rows)


def _labels(study: Study, prefix: str, lang: str) -> str:
    """What a group of measures names, as a list."""
    labels = study.case.measures.filter(pl.col("id").str.starts_with(prefix))[f"label_{lang}"]
    return (", " if lang == "en" else "、").join(labels)


ROBUSTNESS = {
    "rate": "gap.rate_ratio",
    "net rate": "gap.rate_ratio_net",
    "start": "gap.breakeven_start",
    "time": "gap.time_cut",
    "mix": "gap.mix_needed",
    "trips": "gap.trips_cut",
    "permits": "provincial.permit_case_share",
    "all": "provincial.satisfied_of_all",
    "open": "satisfaction.dissatisfied_ceiling",
    "pilot": "pilot.outcome_days",
}


def robustness(study: Study) -> Frames:
    """What each result is over everything the sources leave open, and what it turns on."""
    found = forensics.checks(study.case, study.ledger)
    shares = found.filter(pl.col("about").str.ends_with(".time_cut"), check="GRIM")["result"]

    def rows(lang: str) -> Iterable[Row]:
        words = WORDS[lang]
        verdict = words["grim.no" if set(shares) == {forensics.INCONSISTENT} else "grim.maybe"]
        for name, (label, turns_on) in words["robustness.rows"].items():
            yield (label, _value(study, ROBUSTNESS[name], lang) if name in ROBUSTNESS else verdict, turns_on)

    return frames("robustness", rows)
