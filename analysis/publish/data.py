"""The tables of a case for downloading: what was coded, and what was computed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from analysis import Case, Ledger, compare, forensics
from analysis.claim_texts import flips, said, told
from analysis.data_request import data_request
from analysis.explain import is_within_bounds

BOM = "\ufeff"
"""Spreadsheets take a CSV without it for the local encoding, and Chinese turns to noise."""

SEPARATOR = "|"
"""Between the parts of a cell that lists several."""

CLAIMS = dict.fromkeys(
    ("claim", "label", "label_zh", "predicate", "verdict", "sentence", "sentence_zh", "flips", "flips_zh"),
    pl.String,
)
DAYS = {"low": "earliest", "value": "date", "high": "latest"}
"""The columns of a date, and its bounds, beside those of a number."""


def write_data(case: Case, ledger: Ledger, folder: Path) -> dict[str, pl.DataFrame]:
    """Write ``ledger.json`` and the tables of a case as CSV, and return the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.json").write_text(ledger.to_json(), encoding="utf-8", newline="\n")
    frames = tables(case, ledger)
    for name, frame in frames.items():
        (folder / f"{name}.csv").write_text(BOM + frame.write_csv(), encoding="utf-8", newline="\n")
    return frames


def tables(case: Case, ledger: Ledger) -> dict[str, pl.DataFrame]:
    """The tables by name; a column of texts has null where a cell is empty."""
    within = frozenset(key for key in ledger.entries if is_within_bounds(case, ledger, key))
    found = {
        "facts": case.reported,
        "corrections": case.in_force.with_columns(pl.col("since").str.to_date()),
        "measures": case.measures.filter(~pl.col("source").is_in(list(case.late))),
        "assumptions": case.assumptions,
        "sources": sources(case),
        "units": case.units,
        "indicators": case.indicators,
        "quantities": case.quantities,
        "values": _bounded(values(ledger), within),
        "tiers": _bounded(compare.tiers(case, ledger), within),
        "item_mix": compare.item_mix(case, ledger),
        "checks": forensics.checks(case, ledger),
        "claims": claims(case, ledger),
        "design": case.design,
        "data_request": data_request(),
    }
    return {name: _plain(frame) for name, frame in found.items()}


def _bounded(frame: pl.DataFrame, within: Iterable[str]) -> pl.DataFrame:
    """The values without those that are no more than a point within bounds."""
    known = ~pl.col("key").is_in(list(within))
    return frame.with_columns(pl.when(known).then(pl.col("value")).alias("value"))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    texts = pl.selectors.string() | pl.selectors.enum()
    return frame.drop("row", strict=False).with_columns(texts.cast(pl.String).replace("", None))


def sources(case: Case) -> pl.DataFrame:
    """The sources without the hashes of their paragraphs, which the bundle holds."""
    joined = pl.col("not_independent_of").list.join(SEPARATOR)
    return case.sources.drop("paragraphs", "phrases").with_columns(joined, pl.col("date").str.to_date())


def claims(case: Case, ledger: Ledger) -> pl.DataFrame:
    """Every claim with what was tested, its verdict, what is said of it, and what flips it."""
    rows = [
        {
            "claim": name,
            "label": claim["label"]["en"],
            "label_zh": claim["label"]["zh"],
            "predicate": claim["predicate"],
            "verdict": claim["verdict"],
            "sentence": said(ledger, claim["sentence"]["en"], "en"),
            "sentence_zh": said(ledger, claim["sentence"]["zh"], "zh"),
            "flips": SEPARATOR.join(flips(claim, "en")),
            "flips_zh": SEPARATOR.join(flips(claim, "zh")),
        }
        for name, claim in told(case, ledger).items()
    ]
    return pl.DataFrame(rows, schema=CLAIMS)


def values(ledger: Ledger) -> pl.DataFrame:
    """Every entry of the ledger with its bounds, unit and status.

    A number stands in ``low``, ``value`` and ``high``, a date in columns of its own, the setting of a
    choice in another; what is not identified has none of them.
    """
    keys = sorted(ledger.entries)
    dated = [ledger[key].unit == "date" for key in keys]
    days = {
        name: pl.Series(name, [_day(getattr(ledger[key], end), ledger[key].unit) for key in keys], pl.Date)
        for end, name in DAYS.items()
    }
    settings = [value if isinstance(value := ledger[key].value, str) else None for key in keys]
    frame = compare.values(ledger, keys)
    numbers = [pl.when(~pl.Series(dated)).then(pl.col(end)).alias(end) for end in DAYS]
    return frame.with_columns(*numbers, **days, setting=pl.Series(settings, dtype=pl.String)).select(
        *("key", "label", "label_zh", "low", "value", "high", "unit"), *days, "setting", "status"
    )


def _day(end: float | str | None, unit: str) -> date | None:
    return date.fromordinal(int(end)) if unit == "date" and isinstance(end, float) else None
