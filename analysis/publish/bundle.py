"""A bundle that anyone can check: the evidence of a case, and a verifier of one file.

The verifier is put together from modules of this project as they are, the expression language first.
Two of their imports need libraries, `chinese` and `workdays`; `verifier_standins` holds what stands in.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar
import polars as pl

from analysis import Case, Ledger
from analysis.publish import crate, verifier
from analysis.publish.errors import BuildError

PACKAGE = Path(__file__).parents[1]
PARTS = (
    "expr.py",
    "intervals.py",
    "publish/verifier_standins.py",
    "numerals.py",
    "printed.py",
    "inexact.py",
    "leaves.py",
    "quotes.py",
    "bilingual.py",
    "codebook.py",
    "publish/crate.py",
    "publish/verifier_texts.py",
    "publish/verifier_ledger.py",
    "publish/verifier_rows.py",
    "publish/verifier.py",
)
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: the same evidence gives the same bytes."""

FROZEN = ("facts", "corrections", "measures", "assumptions", "quantities", "units", "indicators", "checks")
NOTICES = "General Office of the State Council, notices on public holidays; as compiled by chinesecalendar"


def write_bundle(root: Path, case: Case, ledger: Ledger, out: Path) -> Path:
    """Write the evidence of a case as a zip with the verifier in it, and return its path.

    The same case gives the same bytes.  Raises BuildError where the verifier finds fault with it.
    """
    files = bundle_files(root, case, ledger)
    problems = verifier.check(files, {}, files["verify.py"]).problems
    if problems:
        raise BuildError(f"{out.name} would not pass its own check: {'; '.join(problems[:3])}")
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            bundle.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out


def bundle_files(root: Path, case: Case, ledger: Ledger) -> dict[str, bytes]:
    """The files of a bundle by name, the manifest among them."""
    files = {f"{table}.csv": table_bytes(getattr(case, table).drop("row")) for table in FROZEN}
    files |= {
        "calendar.csv": table_bytes(calendar(ledger)),
        verifier.ABOUT: (root / "seeds" / case.name / "case.toml").read_bytes(),
        verifier.LEDGER: ledger.to_json().encode(),
        "verify.py": _verifier(),
        "README.md": crate.readme(case.about).encode(),
    }
    files[crate.METADATA] = _json(crate.describe(case.about, case.as_of, files))
    return {**files, verifier.MANIFEST: _json(verifier.manifest(files))}


def _json(found: Mapping[str, Any]) -> bytes:
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def table_bytes(frame: pl.DataFrame) -> bytes:
    """A frame of texts as CSV, quoted only where it must be."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.rows())
    return text.getvalue().encode()


def calendar(ledger: Ledger) -> pl.DataFrame:
    """The weekdays off and the weekends worked in the years that the ledger's dates touch, and the next."""
    first, last = _years(ledger)
    days = {day: (False, name) for day, name in chinese_calendar.holidays.items() if day.weekday() < 5}
    days |= {day: (True, name) for day, name in chinese_calendar.workdays.items()}
    source = f"{NOTICES} {version('chinesecalendar')}"
    rows = [
        (day.isoformat(), "yes" if working else "no", name, source)
        for day, (working, name) in sorted(days.items())
        if first <= day.year <= last
    ]
    return pl.DataFrame(
        rows, dict.fromkeys(("date", "working", "holiday", "source"), pl.String), orient="row"
    )


def _years(ledger: Ledger) -> tuple[int, int]:
    ends = [
        date.fromordinal(int(end)).year
        for entry in ledger.entries.values()
        for end in (entry.low, entry.high)
        if entry.unit == "date" and isinstance(end, float)
    ]
    return (min(ends), max(ends) + 1) if ends else (1, 0)


@cache
def _verifier() -> bytes:
    return assemble().encode()


def assemble() -> str:
    """The verifier as one file that needs the standard library only.

    Raises BuildError where a module of it needs a library or redefines a name of another.
    """
    sources = {part: (PACKAGE / part).read_text(encoding="utf-8") for part in PARTS}
    _refuse_clashes(sources)
    said = ast.get_docstring(ast.parse(sources[PARTS[-1]]), clean=True)
    head = f'#!/usr/bin/env python3\n"""{said}\n"""\n\nfrom __future__ import annotations\n'
    sections = [
        f"\n\n# {'-' * 20} {part} {'-' * 20}\n\n{_section(part, text)}" for part, text in sources.items()
    ]
    return f'{head}{"".join(sections)}\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


def _section(part: str, text: str) -> str:
    """A module's text, without the imports that the one file makes good by itself."""
    lines: list[str | None] = [*text.splitlines()]
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            put = _import(part, node)
            if put is not None:
                lines[node.lineno - 1 : node.end_lineno] = [
                    put,
                    *[None] * ((node.end_lineno or 0) - node.lineno),
                ]
    left = "\n".join(line for line in lines if line is not None).strip()
    return re.sub(r"\n{4,}", "\n\n\n", left) + "\n"


def _import(part: str, node: ast.Import | ast.ImportFrom) -> str | None:
    """What takes the place of an import; None where it stays as it is."""
    names = [alias.name for alias in node.names]
    modules = names if isinstance(node, ast.Import) else [node.module or ""]
    if modules == ["analysis"]:
        return f"import sys\n{' = '.join(names)} = sys.modules[__name__]"
    if modules == ["__future__"] or modules[0].startswith("analysis."):
        return ""
    for module in modules:
        if module.partition(".")[0] not in sys.stdlib_module_names:
            raise BuildError(f"analysis/{part}, line {node.lineno}: the verifier cannot import {module}")
    return None


def _refuse_clashes(sources: dict[str, str]) -> None:
    homes: dict[str, tuple[str, str]] = {}
    for part, text in sources.items():
        for name, meaning in _defined(ast.parse(text).body):
            other, known = homes.setdefault(name, (part, meaning))
            if meaning != known:
                raise BuildError(
                    f"the verifier needs one '{name}'; analysis/{other} and analysis/{part} differ"
                )


def _defined(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    """The names that a module defines, each with what it means."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, ast.dump(node)
            case ast.Assign(targets=targets):
                names = (found for target in targets for found in ast.walk(target))
                yield from (
                    (found.id, ast.dump(node.value)) for found in names if isinstance(found, ast.Name)
                )
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, ast.dump(node)
