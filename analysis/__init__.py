"""Evidence-bound policy briefs: a case, its ledger, and the checks behind them.

Names are imported when first used, so that a command with nothing to do starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.case import Case, case_names, load_case
    from analysis.entries import Entry, Ledger, ledger
    from analysis.findings import CaseError, Finding, UnusableError
    from analysis.project import project_root

__all__ = [
    "Case",
    "CaseError",
    "Entry",
    "Finding",
    "Ledger",
    "UnusableError",
    "case_names",
    "ledger",
    "load_case",
    "project_root",
]

HOMES = {
    "case": ("Case", "case_names", "load_case"),
    "findings": ("CaseError", "Finding", "UnusableError"),
    "entries": ("Entry", "Ledger", "ledger"),
    "project": ("project_root",),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    for module, names in HOMES.items():
        if name in names:
            found = getattr(import_module(f"analysis.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'analysis' has no attribute '{name}'")
