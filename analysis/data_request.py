"""The data request: which fields to ask a data office for, and what each of them would settle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.case import Case
from analysis.findings import CaseError, Finding
from analysis.keys import nearest
from analysis.project import project_root
from analysis.schemas import DataRequest
from analysis.tables import read

FILE = "seeds/data_request.csv"

ESTIMANDS = frozenset(
    {"estimand.time", "estimand.trips", "estimand.quality", "estimand.take_up", "estimand.cost"}
)
"""Effects of entrustment in exemplar units after the decision: on handling time, on trips made in person, on
complaints and on decisions that do not last, on the use that is made of an item, on staff and budget."""


def data_request(root: Path | None = None) -> pl.DataFrame:
    """The fields to ask for, a row each, in the order of the file.

    Columns are those of `schemas.DataRequest`: field, type, priority; label, form, level, period, holder and
    why in either language; ``settles``, the assumptions, quantities and estimands it would identify.

    Raises:
        UnusableError: the file cannot be read as a table.
        CaseError: a row does not hold what the schema asks; all findings are given.
    """
    frame, findings = read((root or project_root()) / FILE, FILE, DataRequest)
    if findings:
        raise CaseError(findings)
    return frame


def unsettling(request: pl.DataFrame, *cases: Case) -> Iterator[Finding]:
    """Names in ``settles`` that are neither an estimand nor an assumption or quantity of any of the cases."""
    known = {*ESTIMANDS}.union(*((*case.assumptions["name"], *case.quantities["key"]) for case in cases))
    for row, settles in request.select("row", "settles").iter_rows():
        for name in settles.split("|"):
            if name not in known:
                message = f"there is no '{name}'{nearest(name, known)}"
                yield Finding(FILE, row, "settles", message, rule="unknown-key", value=name)


def unasked(request: pl.DataFrame, case: Case) -> list[str]:
    """Assumptions of the case that no field would settle, in their order."""
    settled = set(request["settles"].str.split("|").explode())
    return [name for name in case.assumptions["name"] if name not in settled]
