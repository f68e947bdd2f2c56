"""The tiers of a case side by side, as frames of ledger values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from analysis.case import Case
from analysis.entries import Ledger

OUTCOMES = (
    "cases",
    "months",
    "cases_per_month",
    "cases_per_item",
    "time_cut",
    "time_left",
    "trips_cut",
    "trips_saved",
    "satisfaction",
    "satisfied_of_all",
)
KINDS = ("permit", "service", "other")


def values(ledger: Ledger, keys: Iterable[str]) -> pl.DataFrame:
    """Ledger entries as rows: key, low, value, high (in ``unit``), status and both labels.

    What is not identified, or is a choice, has null ``low``, ``value`` and ``high``.
    """
    rows = [
        {
            "key": key,
            "label": ledger[key].label["en"],
            "label_zh": ledger[key].label["zh"],
            "low": _number(ledger[key].low),
            "value": _number(ledger[key].value),
            "high": _number(ledger[key].high),
            "unit": ledger[key].unit,
            "status": ledger[key].status,
        }
        for key in keys
    ]
    schema = dict.fromkeys(("key", "label", "label_zh"), pl.String)
    numbers = dict.fromkeys(("low", "value", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={**schema, **numbers, "unit": pl.String, "status": pl.String})


def tiers(case: Case, ledger: Ledger, outcomes: Sequence[str] = OUTCOMES) -> pl.DataFrame:
    """The tier comparison: a row a tier and outcome that the case has, in the order of ``outcomes``."""
    keys = [
        key
        for outcome in outcomes
        for tier in case.about["tiers"]
        if (key := f"{tier}.{outcome}") in ledger.entries
    ]
    split = pl.col("key").str.split_exact(".", 1).struct.rename_fields(["tier", "outcome"])
    return values(ledger, keys).with_columns(split.alias("parts")).unnest("parts")


def item_mix(case: Case, ledger: Ledger) -> pl.DataFrame:
    """Items by kind of power and tier: counts, shares of all, shares of powers proper.

    Shares are in per cent.  Public services are not powers, so they have no share among them.
    """
    rows = [
        {
            "tier": tier,
            "kind": kind,
            "items": _number(ledger[f"{tier}.item_{kind}{'' if kind == 'other' else 's'}"].value),
            "share": _number(ledger[f"{tier}.{kind}_share"].value),
        }
        for tier in case.about["tiers"]
        for kind in KINDS
        if f"{tier}.{kind}_share" in ledger.entries
    ]
    schema = {"tier": pl.String, "kind": pl.String, "items": pl.Float64, "share": pl.Float64}
    powers = pl.col("items").filter(pl.col("kind") != "service").sum().over("tier")
    share = pl.when(pl.col("kind") != "service").then(100 * pl.col("items") / powers)
    return pl.DataFrame(rows, schema).with_columns(share.alias("share_of_powers"))


def _number(value: float | str | None) -> float | None:
    return value if isinstance(value, float) else None


def cell(key: str, form: str = "value") -> str:
    """A ledger value as pages and tables write it; the renderer puts the text in its place."""
    return f"`{key}`{{.value}}" if form == "value" else f"`{key}`{{.value as={form}}}"
