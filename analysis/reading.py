"""Read the files of a case, as far as they can be read, with what is wrong in each by itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis import expr, schemas
from analysis.about import read_about
from analysis.case import ABSENT, BESIDE, OWN, REGISTERS, SHARED, Case, case_names, file_of, no_case, own_file
from analysis.claim_files import claim_files, read_claims, twice
from analysis.findings import Finding, UnusableError
from analysis.keys import COMMENT
from analysis.tables import read, read_register

NAMED = ("facts", "measures", "assumptions", "quantities", "units", "indicators", "words")
"""Tables whose rows others name."""

IDS = re.compile(r'^\s*id *= *"([^"]+)"', re.MULTILINE)


def read_case(name: str, root: Path) -> tuple[Case, list[Finding]]:
    """Read the files of a case as far as they can be read, with the findings of each file by itself.

    Raises UnusableError where there is no such case.
    """
    if name not in case_names(root):
        raise no_case(name, root)
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
