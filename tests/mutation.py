"""A mutation test of the case: change one cell at a time; a check must fail or an output change.

The registers of corrections and of revisions are those of a copy of the case, which has rows in them.

A phrase counts as noticed by a check only: that a page repeats it is no check.  Anything else may also
be noticed by what readers see: a value, interval or status of the ledger under any reading of what the
sources leave open, a forensic check, or a figure or date in the explanation of a value.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from analysis import Case, CaseError, ledger
from analysis.about import read_about
from analysis.case import OWN, REGISTERS, SHARED, own_file
from analysis.expr import ExpressionError
from analysis.reading import read_case
from analysis.sources import check_sources
from analysis.tables import validated
from analysis.validate import findings_of
from tests.mutants import Mutant, Names, of_source, of_table
from tests.mutation_views import hasten, views

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = {**SHARED, **OWN, **REGISTERS}
REGISTERED = {
    "corrections": (
        "municipal.cases,433,435,Miscounted.,误计。,2024-09-01,the city,市政府,A,A",
        "provincial.trips_cut,1.3,1.30,Cut short.,漏印。,2024-09-02,the city,市政府,B,B",
        "pilot.decided_on,XXXX-04-08,2024-04-09,Misprinted.,误印。,2024-10-01,the press,报社,its text,原文",
    ),
    "revisions": (
        "edition,key,before_en,before_zh,after_en,after_zh,why_en,why_zh",
        "2026-11-01,municipal.cases,433 cases,433件,435 cases,435件,Corrected.,已更正。",
        "2026-11-02,gap.time_cut,3.1 percentage points,3.1个百分点,,,Dropped.,不再公布。",
    ),
}
"""Rows of registers that the case may not have (yet)."""

CHECK, OUTPUT, ARCHIVE = "check", "output", "archive"
WORKERS = 2
RESULT = ROOT / "docs" / "mutation.json"
MARKS = ("<!-- mutation -->", "<!-- /mutation -->")


@dataclass(frozen=True)
class Base:
    """The case as it is: its frames, the rows of its files, and what readers see of it."""

    case: Case
    rows: Mapping[str, list[dict[str, str]]]
    toml: str
    seen: Mapping[str, Any]
    archive: Path | None

    @classmethod
    def of(cls, root: Path, archive: Path | None, name: str = "meizhou") -> Base:
        """Read the case and look at it; of the shared codebook the rows that it uses."""
        case, _ = read_case(name, root)
        files = {table: dict.fromkeys((case.file(table), own_file(case.name, table))) for table in SCHEMAS}
        rows = {
            table: [row for name in names if (root / name).is_file() for row in _rows(root / name)]
            for table, names in files.items()
        }
        for table, column in (("indicators", "indicator"), ("units", "unit")):
            used = _used(rows, column)
            rows[table] = [row for row in rows[table] if row[column] in used]
        toml = (root / "seeds" / case.name / "case.toml").read_text(encoding="utf-8")
        entries = ledger(case)
        return cls(case, rows, toml, {name: look(case, entries) for name, look in views(case)}, archive)

    def judge(self, mutant: Mutant) -> str:
        """What notices a mutant; empty where nothing does."""
        try:
            case, found = self.changed(mutant)
            if found or findings_of(case):
                return CHECK
            if mutant.kind != "phrase" and self.shows(mutant, case):
                return OUTPUT
        except (CaseError, ExpressionError):
            return CHECK
        return ARCHIVE if self.archive and check_sources(case, self.archive) else ""

    def shows(self, mutant: Mutant, case: Case) -> bool:
        """Whether readers see that a cell has changed."""
        entries = ledger(case)
        return any(look(case, entries) != self.seen[name] for name, look in views(self.case, mutant))

    def changed(self, mutant: Mutant) -> tuple[Case, list[Any]]:
        """The case with one cell changed, and the findings of that file by itself."""
        if mutant.table == "case.toml":
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "case.toml"
                path.write_text(_edited(self.toml, mutant), encoding="utf-8")
                about, sources, found = read_about(path, mutant.table)
            return replace(self.case, about=about, sources=sources), found
        rows = [
            row | {mutant.column: mutant.new} if next(iter(row.values())) == mutant.row else row
            for row in self.rows[mutant.table]
        ]
        raw = pl.DataFrame([(place, *row.values()) for place, row in enumerate(rows, 2)],
                           schema=["row", *rows[0]], orient="row")  # fmt: skip
        frame, found = validated(raw, self.case.file(mutant.table, mutant.row), SCHEMAS[mutant.table])
        return replace(self.case, **{mutant.table: frame}), found


def _used(rows: Mapping[str, list[dict[str, str]]], column: str) -> set[str]:
    """The indicators or the units that a case and its part of the codebook name."""
    return {
        row[column] for table, of in rows.items() if table != column + "s" for row in of if row.get(column)
    }


def registered(root: Path, archive: Path | None) -> Base:
    """A copy of the case with rows in its registers."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "seeds", copy / "seeds")
        for table, rows in REGISTERED.items():
            path = copy / own_file("meizhou", table)
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            path.write_text(f"{text}{chr(10).join(rows)}\n", encoding="utf-8")
        return Base.of(copy, archive)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _edited(toml: str, mutant: Mutant) -> str:
    head, *entries = toml.split("[[source]]")
    place = int(mutant.row) - 1
    line = f"{mutant.column} = {json.dumps(mutant.new, ensure_ascii=False)}\n"
    entries[place] = re.sub(
        rf"^{mutant.column} = (\[.*?^\]|.*?)\n", line, entries[place], flags=re.MULTILINE | re.DOTALL
    )
    return "[[source]]".join((head, *entries))


def start(root: Path, archive: Path | None) -> None:
    """Read the case and its copy once in each process."""
    global base, filled
    hasten()
    base, filled = Base.of(root, archive), registered(root, archive)


def judge(mutant: Mutant) -> str:
    """What notices a mutant in this process."""
    return (filled if mutant.table in REGISTERED else base).judge(mutant)


def mutants(root: Path = ROOT) -> list[Mutant]:
    """Every mutant of the case."""
    found = Base.of(root, None)
    case, rows = found.case, found.rows | {table: registered(root, None).rows[table] for table in REGISTERED}
    keys = (("facts", "id"), ("assumptions", "name"), ("quantities", "key"))
    of_unit = {row[key]: row["unit"] for table, key in keys for row in rows[table]}
    of_unit |= {row["id"]: row["measure"] for row in rows["measures"]}
    settings = {row["name"]: row["choices"].split("|") for row in rows["assumptions"] if row["choices"]}
    kinds = {row["unit"]: row["kind"] for row in rows["units"]}
    names = Names(kinds, of_unit, ledger(case), settings)
    among = {
        "tier": list(case.about["tiers"]),
        "indicator": [row["indicator"] for row in sorted(rows["indicators"], key=lambda row: row["unit"])],
        "measure": sorted({row["measure"] for row in rows["measures"]}),
        "source": ["", *case.sources["id"]],
        "basis_en": [*case.sources["id"]],
        "basis_zh": [*case.sources["id"]],
    }
    sources = case.sources.drop("row").to_dicts()
    made = [mutant for table in rows for mutant in of_table(table, rows[table], names, among)]
    return made + [mutant for place in range(len(sources)) for mutant in of_source(place + 1, sources)]


def run(archive: Path | None, root: Path = ROOT) -> list[tuple[Mutant, str]]:
    """Every mutant with what notices it."""
    made = mutants(root)
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), start, (root, archive)) as pool:
        return list(zip(made, pool.map(judge, made, chunksize=20), strict=True))


def report(found: list[tuple[Mutant, str]], *, archived: bool = True) -> dict[str, Any]:
    """Mutants and what became of them, by kind; without the archive, unnoticed phrases need it."""
    taken = [
        (mutant, how or (ARCHIVE if mutant.kind == "phrase" and not archived else ""))
        for mutant, how in found
    ]
    kinds = {}
    for kind in sorted({mutant.kind for mutant, _ in taken}):
        hows = [how for mutant, how in taken if mutant.kind == kind]
        kinds[kind] = {"mutants": len(hows), "noticed": len([how for how in hows if how]),
                       "by_archived_texts_only": hows.count(ARCHIVE)}  # fmt: skip
    totals = {name: sum(counts[name] for counts in kinds.values()) for name in next(iter(kinds.values()))}
    return {**totals, "kinds": kinds, "survivors": [str(mutant) for mutant, how in taken if not how]}


def sentence(told: Mapping[str, Any]) -> str:
    """The score as the README gives it."""
    share = math.floor(1000 * told["noticed"] / told["mutants"]) / 10
    return (
        f"Of {told['mutants']:,} single changes to the values, dates, units, phrases, expressions, "
        f"assumptions, sources, checks and registers of the case, {told['noticed']:,} ({share:g}%) make a "
        "check fail or an output change; "
        f"for {told['by_archived_texts_only']:,} the check needs the archived texts."
    )


def marked(readme: str, told: Mapping[str, Any]) -> str:
    """The README with the score between its marks."""
    before, _, rest = readme.partition(MARKS[0])
    return f"{before}{MARKS[0]}{sentence(told)}{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def main() -> None:
    """Run it with the archived texts, write the result and put the score into the README."""
    folder = Path(os.environ.get("BRIEF_SOURCES", ROOT.parent / "shared" / "sources"))
    if not folder.is_dir():
        sys.exit(f"no archived source text in {folder}; BRIEF_SOURCES names another folder")
    told = report(run(folder))
    RESULT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(marked(readme.read_text(encoding="utf-8"), told), encoding="utf-8")
    print(sentence(told), *told["survivors"], sep="\n")


if __name__ == "__main__":
    main()
