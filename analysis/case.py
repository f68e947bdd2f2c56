"""A case as typed frames: loading it is checking it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis import schemas
from analysis.about import read_about
from analysis.findings import CaseError, Finding, UnusableError
from analysis.project import project_root
from analysis.tables import read

SHARED = {"units": schemas.Units, "indicators": schemas.Indicators, "quantities": schemas.Quantities}
OWN = {"facts": schemas.Facts, "assumptions": schemas.Assumptions, "measures": schemas.Measures}


@dataclass(frozen=True)
class Case:
    """One case: its seed files as frames, and the settings under which it is read.

    Every frame has the column ``row``, the row's place in its file.  ``as_of`` (ISO date, or empty)
    leaves out sources of a later date; ``settings`` fixes assumptions by name.
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
    as_of: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

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

    def file(self, table: str) -> str:
        """The path of a seed file from the project's root, for messages."""
        return file_of(self.name, table)


def file_of(case: str, table: str) -> str:
    """The path of a seed file from the project's root."""
    return f"seeds/{table}.csv" if table in SHARED else f"seeds/{case}/{table}.csv"


def case_names(root: Path) -> list[str]:
    """The cases there are: folders of ``seeds/`` that hold a ``case.toml``."""
    return sorted(path.parent.name for path in (root / "seeds").glob("*/case.toml"))


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
    from analysis.validate import findings_of, refuse_settings  # noqa: PLC0415 - it needs Case

    case, of_files = read_case(name, root or project_root())
    findings = findings_of(case, of_files)
    if findings:
        raise CaseError(findings)
    settings = {key: str(value) for key, value in (assumptions or {}).items()}
    read_as = replace(case, as_of=as_of, settings=settings)
    refuse_settings(read_as)
    return read_as


def read_case(name: str, root: Path) -> tuple[Case, list[Finding]]:
    """Read the files of a case, with the findings of each file by itself.

    Raises UnusableError for all the files that cannot be read.
    """
    if name not in case_names(root):
        message = f"there is no case '{name}'; there are: {', '.join(case_names(root)) or 'none'}"
        raise UnusableError(f"seeds/{name}/case.toml", message)
    findings: list[Finding] = []
    unusable: list[Finding] = []

    def attempt(reader: Callable[..., Any], file: str, *schema: type[dy.Schema]) -> list[Any]:
        try:
            *parts, found = reader(root / file, file, *schema)
        except UnusableError as error:
            unusable.extend(error.findings)
            return []
        findings.extend(found)
        return list(parts)

    frames = {
        table: attempt(read, file_of(name, table), schema) for table, schema in {**SHARED, **OWN}.items()
    }
    about = attempt(read_about, f"seeds/{name}/case.toml")
    if unusable:
        raise UnusableError.of(unusable)
    return Case(name, *about, **{table: frame for table, (frame,) in frames.items()}), findings
