"""Findings for people and for programs: by file and row, with why each rule matters and what is right."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from analysis.findings import Finding
from analysis.rules import rules

LONG = 60
"""Letters up to which a value is shown beside a message that does not hold it."""


def lines(root: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """The findings under their files, and then each rule once, with why it matters and what is right."""
    for file, found in groupby(findings, key=lambda finding: finding.file):
        yield file
        yield from (f"  {_line(root, finding)}" for finding in found)
        yield ""
    for rule, count in counts(findings)["rules"].items():
        yield f"{rule} ({count}): {rules()[rule].why}"
        yield f"  right, for example: {rules()[rule].right}"


def _line(root: Path, finding: Finding) -> str:
    what, value = finding.column, value_of(root, finding)
    shown = value and value not in finding.message and len(value) <= LONG
    place = ", ".join(part for part in (finding.place, f"{what} '{value}'" if shown else what) if part)
    return f"{place}: {finding.message} [{finding.rule}]" if place else f"{finding.message} [{finding.rule}]"


def totals(findings: Sequence[Finding]) -> Iterator[str]:
    """How many findings there are, by rule and by file."""
    yield f"{len(findings) or 'no'} {'finding' if len(findings) == 1 else 'findings'}"
    for by, counted in counts(findings).items() if findings else ():
        yield f"  {by}: {', '.join(f'{name} {count}' for name, count in counted.items())}"


def counts(findings: Sequence[Finding]) -> dict[str, dict[str, int]]:
    """The number of findings by rule and by file, the most frequent first."""
    by = {"rules": [each.rule for each in findings], "files": [each.file for each in findings]}
    return {name: dict(Counter(of).most_common()) for name, of in by.items()}


def plain(root: Path, findings: Sequence[Finding], notes: Sequence[str]) -> dict[str, Any]:
    """Findings, their counts and notes as plain data."""
    told = [
        {
            "file": finding.file,
            "row": finding.row,
            "column": finding.column,
            "value": value_of(root, finding),
            "rule": finding.rule,
            "message": finding.message,
            "why": rules()[finding.rule].why,
            "example": rules()[finding.rule].right,
        }
        for finding in findings
    ]
    return {"findings": told, "counts": counts(findings), "notes": list(notes)}


def value_of(root: Path, finding: Finding) -> str:
    """What is wrong at a place: what the finding names, or else what stands in its cells."""
    if finding.value or not finding.cells:
        return finding.value
    return ", ".join(_cell(root / finding.file, finding.row, column) for column in finding.column.split(", "))


def _cell(path: Path, row: int, column: str) -> str:
    rows = _rows(path) if path.suffix == ".csv" else []
    with suppress(IndexError, ValueError):
        return rows[row - 1][rows[0].index(column)]
    return ""


@cache
def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return list(csv.reader(lines))
