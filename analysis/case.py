"""A case as typed frames: loading it is checking it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from analysis import schemas
from analysis.findings import CaseError, Finding, UnusableError
from analysis.project import project_root
from analysis.tables import decode, read, validated

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
        return f"seeds/{table}.csv" if table in SHARED else f"seeds/{self.name}/{table}.csv"


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

    case, findings = read_case(name, root or project_root())
    if not findings:
        findings = findings_of(case)
    if findings:
        raise CaseError(findings)
    settings = {key: str(value) for key, value in (assumptions or {}).items()}
    refuse_settings(case, as_of, settings)
    return replace(case, as_of=as_of, settings=settings)


def read_case(name: str, root: Path) -> tuple[Case, list[Finding]]:
    """Read the files of a case, with the findings of each file by itself."""
    seeds = root / "seeds"
    if name not in case_names(root):
        message = f"there is no case '{name}'; there are: {', '.join(case_names(root)) or 'none'}"
        raise UnusableError(f"seeds/{name}/case.toml", message)
    frames: dict[str, pl.DataFrame] = {}
    findings: list[Finding] = []
    for table, schema in {**SHARED, **OWN}.items():
        place = f"{table}.csv" if table in SHARED else f"{name}/{table}.csv"
        frames[table], found = read(seeds / place, f"seeds/{place}", schema)
        findings += found
    about = _about(seeds / name / "case.toml", f"seeds/{name}/case.toml")
    rows = pl.DataFrame([SOURCE_DEFAULTS | source for source in about["source"]], strict=False)
    sources, found = validated(
        rows.with_row_index("row", offset=1), f"seeds/{name}/case.toml", schemas.Sources
    )
    return Case(name, about, sources, **frames), [*findings, *found]  # type: ignore[arg-type]


SOURCE_DEFAULTS = {"file": "", "sha256": "", "paragraphs": []}


def _about(path: Path, name: str) -> dict[str, Any]:
    try:
        about = tomllib.loads(decode(path, name))
    except tomllib.TOMLDecodeError as error:
        raise UnusableError(name, f"is not TOML: {error}") from error
    missing = [key for key in ("name_en", "name_zh", "tiers", "source") if not about.get(key)]
    if missing:
        raise UnusableError(name, f"lacks {', '.join(missing)}")
    return about
