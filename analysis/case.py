"""A case as typed frames: loading it is checking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis import schemas
from analysis.claim_files import Claim
from analysis.findings import UnusableError, error_of
from analysis.project import project_root

if TYPE_CHECKING:
    from analysis.words import Wording

SHARED = {
    "units": schemas.Units,
    "indicators": schemas.Indicators,
    "quantities": schemas.Quantities,
    "words": schemas.Words,
    "comparisons": schemas.Comparisons,
}
BESIDE = ("quantities", "words")
"""Of these a case may have a file of its own beside the shared one; no key stands in both."""

OWN = {"facts": schemas.Facts, "assumptions": schemas.Assumptions, "measures": schemas.Measures}
REGISTERS = {
    "checks": schemas.Checks,
    "design": schemas.Design,
    "corrections": schemas.Corrections,
    "revisions": schemas.Revisions,
    "whatif": schemas.WhatIfs,
}
"""Files that a case may do without, or that may hold a header only."""

ABSENT = ("assumptions", "measures")
"""Other files that a case may do without, likewise."""


@dataclass(frozen=True)
class Case:
    """One case: its seed files as frames, and the settings under which it is read.

    Every frame has the column ``row``, the row's place in its file; ``own`` are the keys that stand in
    the case's own file beside a shared one, by table; ``elsewhere`` are the quantities that only other
    cases have.  Of a case with findings, ``faulty`` are the names of rows that are written and not in the
    frames, ``unread`` the tables of which not even the names are known, and ``partial`` those of which rows
    are left out.  ``as_of`` (ISO date, or empty) leaves out sources of a later date; ``settings`` fixes
    assumptions by name.
    """

    name: str
    about: Mapping[str, Any]
    sources: pl.DataFrame
    facts: pl.DataFrame
    assumptions: pl.DataFrame
    measures: pl.DataFrame
    indicators: pl.DataFrame
    units: pl.DataFrame
    quantities: pl.DataFrame
    words: pl.DataFrame
    comparisons: pl.DataFrame
    checks: pl.DataFrame
    design: pl.DataFrame
    corrections: pl.DataFrame
    revisions: pl.DataFrame
    whatif: pl.DataFrame
    as_of: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    elsewhere: Sequence[Mapping[str, str]] = ()
    claims: tuple[Claim, ...] = ()
    faulty: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()

    @property
    def late(self) -> frozenset[str]:
        """Sources dated after ``as_of``."""
        if not self.as_of:
            return frozenset()
        return frozenset(self.sources.filter(pl.col("date") > self.as_of)["id"])

    @property
    def reported(self) -> pl.DataFrame:
        """The facts that the sources up to ``as_of`` report."""
        return self.facts.filter(~pl.col("source").is_in(list(self.late)))

    @property
    def in_force(self) -> pl.DataFrame:
        """The corrections of reported facts, without those made after ``as_of``."""
        made = self.corrections.filter(pl.col("fact").is_in(self.reported["id"].to_list()))
        return made.filter(pl.col("since") <= self.as_of) if self.as_of else made

    @cached_property
    def wording(self) -> Mapping[str, Wording]:
        """The words of tables, charts and registers by language."""
        from analysis.words import wordings  # noqa: PLC0415 - it needs Case

        return wordings(self.words)

    @property
    def toml(self) -> str:
        """The path of ``case.toml`` from the project's root."""
        return f"seeds/{self.name}/case.toml"

    def file(self, table: str, key: str = "") -> str:
        """The path of the seed file that holds a ``key`` of a table, from the project's root."""
        return own_file(self.name, table) if key in self.own.get(table, ()) else file_of(self.name, table)


def file_of(case: str, table: str) -> str:
    """The path of a seed file from the project's root."""
    return f"seeds/{table}.csv" if table in SHARED else own_file(case, table)


def own_file(case: str, table: str) -> str:
    """The path of a case's own seed file, which may stand beside a shared one."""
    return f"seeds/{case}/{table}.csv"


def case_names(root: Path) -> list[str]:
    """The cases there are: folders of ``seeds/`` that hold a ``case.toml``."""
    return sorted(path.parent.name for path in (root / "seeds").glob("*/case.toml"))


def no_case(name: str, root: Path) -> UnusableError:
    """The error for a case that is not there."""
    message = f"there is no case '{name}'; there are: {', '.join(case_names(root)) or 'none'}"
    return UnusableError(f"seeds/{name}/case.toml", message, "unknown-case")


def load_case(
    name: str,
    *,
    as_of: str = "",
    assumptions: Mapping[str, object] | None = None,
    root: Path | None = None,
) -> Case:
    """Read and check a case.

    Args:
        name: the folder under ``seeds/``.
        as_of: leave out sources dated later than this ISO date.
        assumptions: settings that replace a range or a choice, by name.
        root: the project; by default the one around the working directory.

    Raises:
        UnusableError: there is no such case, or a file cannot be read as a table.
        CaseError: the case has findings; all of them are given.
    """
    from analysis.settings import refuse_settings  # noqa: PLC0415 - it needs Case
    from analysis.validate import examined  # noqa: PLC0415

    case, findings = examined(name, root or project_root())
    if findings:
        raise error_of(findings)
    settings = {key: str(value) for key, value in (assumptions or {}).items()}
    read_as = replace(case, as_of=as_of, settings=settings)
    refuse_settings(read_as)
    return read_as
