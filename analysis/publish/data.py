"""The tables of a case for downloading: what was coded, and what was computed."""

from __future__ import annotations

from pathlib import Path

from analysis import Case, Ledger, compare, forensics

BOM = "\ufeff"
"""Spreadsheets take a CSV without it for the local encoding, and Chinese turns to noise."""


def write_data(case: Case, ledger: Ledger, folder: Path) -> None:
    """Write ``ledger.json`` and the tables of a case as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.json").write_text(ledger.to_json(), encoding="utf-8")
    tables = {
        "facts": case.reported.drop("row"),
        "measures": case.measures.drop("row"),
        "assumptions": case.assumptions.drop("row"),
        "values": compare.values(ledger, sorted(ledger.entries)),
        "tiers": compare.tiers(ledger),
        "item_mix": compare.item_mix(ledger),
        "checks": forensics.checks(case, ledger),
    }
    for name, frame in tables.items():
        (folder / f"{name}.csv").write_text(BOM + frame.write_csv(), encoding="utf-8")
