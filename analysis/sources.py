"""Check the phrases of a case against the archived text of its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.case import Case
from analysis.findings import Finding, Problem
from analysis.quotes import changed, misquoted, paragraphs

__all__ = ["check_sources", "misquoted", "not_reverifiable", "paragraphs"]

Row = Mapping[str, Any]


def check_sources(case: Case, folder: Path) -> list[Finding]:
    """Findings from holding every archived source against its fingerprint and its phrases."""
    archived = case.sources.filter(pl.col("sha256") != "")
    return [finding for source in archived.iter_rows(named=True) for finding in _check(case, source, folder)]


def not_reverifiable(case: Case) -> dict[str, int]:
    """Sources without an archived text, and how many phrases rest on each."""
    phrases = pl.concat([case.facts.select("source"), case.measures.select("source")])
    bare = case.sources.filter(pl.col("sha256") == "")["id"]
    return {source: phrases.filter(pl.col("source") == source).height for source in bare}


def _check(case: Case, source: Row, folder: Path) -> Iterator[Finding]:
    place = case.toml
    path = folder / source["file"]
    if not path.is_file():
        message = f"source {source['id']}: {path} is not there"
        yield Finding(place, source["row"], "", message, rule="no-archive", value=str(path))
        return
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != source["sha256"]:
        message = f"source {source['id']}: {path.name} is not the text that was archived"
        yield Finding(place, source["row"], "sha256", message, rule="other-text")
    lines = paragraphs(content.decode("utf-8-sig", errors="replace"))
    yield from _changed(lines, source, place)
    for table in ("facts", "measures"):
        for row in getattr(case, table).filter(pl.col("source") == source["id"]).iter_rows(named=True):
            if problem := misquoted(lines, row):
                found = Problem("misquoted", problem, row["exact"])
                yield found.at(case.file(table), row["row"], "exact")


def _changed(lines: list[str], source: Row, place: str) -> Iterator[Finding]:
    if len(lines) != len(source["paragraphs"]):
        message = f"source {source['id']}: {len(lines)} paragraphs, expected {len(source['paragraphs'])}"
        yield Finding(place, source["row"], "paragraphs", message, rule="other-text")
        return
    for count in changed(lines, source["paragraphs"]):
        message = f"source {source['id']}: paragraph {count} has changed"
        yield Finding(place, source["row"], "paragraphs", message, rule="other-text")
