"""A case as typed frames: loading it is checking it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dataframely as dy
import polars as pl

from analysis import expr, schemas
from analysis.about import read_about
from analysis.claim_files import Claim, claim_files, read_claims, twice
from analysis.findings import Finding, UnusableError, error_of
from analysis.keys import COMMENT
from analysis.project import project_root
from analysis.tables import read, read_register

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

NAMED = ("facts", "measures", "assumptions", "quantities", "units", "indicators", "words")
"""Tables whose rows others name."""

IDS = re.compile(r'^\s*id *= *"([^"]+)"', re.MULTILINE)


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
        raise error_of(findings)
    settings = {key: str(value) for key, value in (assumptions or {}).items()}
    read_as = replace(case, as_of=as_of, settings=settings)
    refuse_settings(read_as)
    return read_as


def read_case(name: str, root: Path) -> tuple[Case, list[Finding]]:
    """Read the files of a case as far as they can be read, with the findings of each file by itself.

    Raises UnusableError where there is no such case.
    """
    if name not in case_names(root):
        message = f"there is no case '{name}'; there are: {', '.join(case_names(root)) or 'none'}"
        raise UnusableError(f"seeds/{name}/case.toml", message, "unknown-case")
    reading = _Reading(root)
    frames: dict[str, Any] = {
        table: reading.table(table, file_of(name, table)) for table in {**SHARED, **OWN, **REGISTERS}
    }
    beside = {table: reading.table(table, own_file(name, table), absent=True) for table in BESIDE}
    nothing = ({"name_en": name, "name_zh": name, "tiers": {}}, schemas.Sources.create_empty())
    about, sources = reading.of("sources", read_about, f"seeds/{name}/case.toml", otherwise=nothing)
    claims = [reading.of("claims", read_claims, file, otherwise=((),)) for file in claim_files(name)]
    case = _beside(Case(name, about, sources, **frames), beside)
    case = replace(case, claims=tuple(claim for (part,) in claims for claim in part))
    again = [*(found for table in BESIDE for found in _twice(case, table)), *twice(case.claims)]
    case = _written(case, root, reading) if reading.findings else case
    return _applying(case, _others(root, name)), [*reading.findings, *again]


@dataclass
class _Reading:
    """Files that are read in turn: what is wrong in each, and the tables that cannot be read."""

    root: Path
    findings: list[Finding] = field(default_factory=list)
    unusable: set[str] = field(default_factory=set)

    def table(self, name: str, file: str, *, absent: bool = False) -> pl.DataFrame:
        """The rows of a seed file that hold what is asked; a register may be ``absent``."""
        schema = {**SHARED, **OWN, **REGISTERS}[name]
        reader = read_register if absent or name in {*REGISTERS, *ABSENT} else read
        (frame,) = self.of(name, reader, file, schema, otherwise=(schema.create_empty(),))
        return frame  # type: ignore[no-any-return]

    def of(
        self,
        table: str,
        reader: Callable[..., Any],
        file: str,
        *schema: type[dy.Schema],
        otherwise: Sequence[Any],
    ) -> Sequence[Any]:
        """What the ``reader`` makes of a file, or ``otherwise`` where it cannot be read."""
        try:
            *parts, found = reader(self.root / file, file, *schema)
        except UnusableError as error:
            self.findings.extend(error.findings)
            self.unusable.add(table)
            return otherwise
        self.findings.extend(found)
        return list(parts)


def _written(case: Case, root: Path, reading: _Reading) -> Case:
    """The case with the names that its files hold beside those in its frames, as far as they can be known."""
    named = {table: set(getattr(case, table)[_key(table)]) for table in NAMED}
    named |= {"sources": set(case.sources["id"]), "claims": {claim.id for claim in case.claims}}
    faulty = {table: _names_of(root, case.name, table) - names for table, names in named.items()}
    parsed = {finding.file for finding in reading.findings if finding.rule == "not-a-table"}
    unread = {
        table
        for table in reading.unusable
        if not faulty.get(table) or case.file(table) in parsed or table == "claims"
    }
    twice = {finding.file for finding in reading.findings if finding.rule in {"twice", "entry-type"}}
    files = {table: {file_of(case.name, table), own_file(case.name, table)} for table in NAMED}
    unread |= {table for table, of in (*files.items(), ("sources", {case.toml})) if of & twice}
    partial = {table for table, names in faulty.items() if names} | reading.unusable
    unread |= {"tiers"} if "sources" in reading.unusable else set()
    return replace(
        case,
        faulty={table: frozenset(names) for table, names in faulty.items()},
        unread=frozenset(unread),
        partial=frozenset(partial),
    )


def _names_of(root: Path, case: str, table: str) -> set[str]:
    """The names in the rows of a table, as they are written."""
    if table in {"sources", "claims"}:
        files = (f"seeds/{case}/case.toml",) if table == "sources" else claim_files(case)
        texts = ((root / file).read_bytes() for file in files if (root / file).is_file())
        return {name for text in texts for name in IDS.findall(text.decode("utf-8-sig", errors="replace"))}
    paths = {file_of(case, table), own_file(case, table)}
    return {row[_key(table)] for file in paths for row in _raw(root / file, table)}


def _beside(case: Case, frames: Mapping[str, pl.DataFrame]) -> Case:
    """The case with the rows of its own files after those of the shared ones."""
    own = {table: frozenset(frame["key"]) for table, frame in frames.items()}
    joined = {table: pl.concat([getattr(case, table), frame]) for table, frame in frames.items()}
    return replace(case, own=own, **joined)


def _applying(case: Case, others: Mapping[str, list[dict[str, str]]]) -> Case:
    """The case without the shared quantities and claims that rest on a key which only another case has.

    A key that no case has stays, and is found to be wrong; so does one in a quantity or claim of its own.
    """
    keys = (case.facts["id"], case.measures["id"], case.assumptions["name"], case.quantities["key"])
    elsewhere = {row[_key(table)] for table, rows in others.items() for row in rows}
    gone = elsewhere.difference(*keys, *case.faulty.values())
    shared = case.quantities.filter(~pl.col("key").is_in(list(case.own["quantities"])))
    uses = {key: _names(text) for key, text in shared.select("key", "expression").iter_rows()} if gone else {}
    while more := {key for key, names in uses.items() if names & gone} - gone:
        gone |= more
    left = pl.col("key").is_in(list(gone))
    rows = [*case.quantities.filter(left).iter_rows(named=True), *others["quantities"]]
    apart = [row for row in rows if _names(row.get("expression", ""))]
    own = claim_files(case.name)[1]
    claims = tuple(claim for claim in case.claims if claim.file == own or not claim.names & gone)
    return replace(case, quantities=case.quantities.filter(~left), elsewhere=apart, claims=claims)


def _names(text: str) -> set[str]:
    try:
        return set(expr.parse(text).names)
    except expr.ExpressionError:
        return set()


def _key(table: str) -> str:
    return {**SHARED, **OWN}[table].primary_key()[0]


def _others(root: Path, name: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the other cases that have a key, by table, as far as they can be read."""
    found: dict[str, list[dict[str, str]]] = {table: [] for table in (*OWN, "quantities")}
    paths = [
        (root / own_file(case, table), table) for case in case_names(root) for table in found if case != name
    ]
    for path, table in paths:
        found[table] += _raw(path, table)
    return found


def _raw(path: Path, table: str) -> list[dict[str, str]]:
    """The rows of a file that have a key, as they are written and as far as they can be read."""
    with suppress(OSError, csv.Error), path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.DictReader(lines, restval="")
        return [row for row in rows if not (row.get(_key(table)) or COMMENT).startswith(COMMENT)]
    return []


def _twice(case: Case, table: str) -> Iterator[Finding]:
    """Keys of a shared file that the case's own file gives too; the second row is the case's own."""
    again = getattr(case, table).filter(pl.col("key").is_duplicated() & ~pl.col("key").is_first_distinct())
    for row in again.iter_rows(named=True):
        message = f"'{row['key']}' stands in {file_of(case.name, table)} too; each key needs one file"
        yield Finding(
            own_file(case.name, table), row["row"], "key", message, rule="taken-key", value=row["key"]
        )
