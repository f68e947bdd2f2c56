"""Gather into one case what several cases report of the indicators that the codebook calls comparable.

The facts and sources of such a case are made from theirs, as a lock file is from what it locks: whoever
reads it needs no other file, and a check holds it against them.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.about import CASES
from analysis.case import Case, own_file, read_case
from analysis.coding import ALL
from analysis.display import LANGUAGES
from analysis.findings import Finding, UnusableError
from analysis.quotes import recorded
from analysis.schemas import Corrections, Facts
from analysis.tables import decode

MARK = "# From here on written by `brief gather`: tiers and sources of the cases above."
BETWEEN = {"en": ": ", "zh": "："}
"""What stands between the name of a case and that of its tier."""


def origin(case: Case, tier: str) -> str:
    """The case that a tier of a gathered case is from."""
    return next(name for name in case.about[CASES] if tier.startswith(f"{name}_"))


def names(case: Case, tier: str, lang: str) -> tuple[str, str]:
    """The names of the case that a tier of a gathered case is from, and of the tier there."""
    of_case, _, of_tier = case.about["tiers"][tier][lang].partition(BETWEEN[lang])
    return of_case, of_tier


def gathered(name: str, root: Path) -> dict[str, str]:
    """The files of a gathered case as its cases have them now, by their path from the project's root.

    Raises UnusableError where the case names no others, or one that does not exist.
    """
    about = f"seeds/{name}/case.toml"
    head = decode(root / about, about).partition(MARK)[0]
    letters = tomllib.loads(head).get(CASES)
    if not letters:
        message = 'names no cases to gather; expected [cases] and a line for each, such as meizhou = "M"'
        raise UnusableError(about, message)
    parts = [_Part.of(read_case(other, root)[0], before) for other, before in letters.items()]
    tiers = [line for part in parts for line in part.tiers()]
    sources = [line for part in parts for line in part.sources()]
    tables = {
        "facts": (Facts, [row for part in parts for row in part.facts]),
        "corrections": (Corrections, [row for part in parts for row in part.corrections()]),
    }
    files = {about: "\n".join([f"{head}{MARK}", "[tiers]", *tiers, *sources, ""])}
    return files | {own_file(name, table): _csv(*given) for table, given in tables.items() if given[1]}


def stale(case: Case, root: Path) -> Iterator[Finding]:
    """The files of a gathered case that are not what its cases report now."""
    for file, text in gathered(case.name, root).items() if CASES in case.about else ():
        if (root / file).read_text(encoding="utf-8") != text:
            message = f"is not what the cases in it report now; 'brief gather {case.name}' writes it anew"
            yield Finding(file, 0, "", message)


@dataclass(frozen=True)
class _Part:
    """What a case gives: its facts under the names that they have in the gathered case."""

    case: Case
    letters: str
    facts: list[dict[str, str]]

    @classmethod
    def of(cls, case: Case, letters: str) -> _Part:
        """The facts of a case that may stand beside another's; periods are dates of that case, and stay there."""
        comparable = case.indicators.filter(comparable="yes")["indicator"].to_list()
        chosen = case.facts.filter(pl.col("indicator").is_in(comparable) & (pl.col("tier") != ALL))
        rows = chosen.drop("row").with_columns(
            pl.format(f"{case.name}_{{}}", "id").alias("id"),
            pl.format(f"{case.name}_{{}}", "tier").alias("tier"),
            pl.format(f"{letters}{{}}", "source").alias("source"),
            pl.lit("").alias("period_start"),
            pl.lit("").alias("period_end"),
        )
        return cls(case, letters, rows.to_dicts())

    def tiers(self) -> Iterator[str]:
        """A line of TOML for each tier that a fact has, its name after that of the case."""
        used = {row["tier"] for row in self.facts}
        for tier, label in self.case.about["tiers"].items():
            if (key := f"{self.case.name}_{tier}") in used:
                texts = (self.case.about[f"name_{lang}"] + BETWEEN[lang] + label[lang] for lang in LANGUAGES)
                en, zh = map(_text, texts)
                yield f"{key} = {{ en = {en}, zh = {zh} }}"

    def sources(self) -> Iterator[str]:
        """The lines of TOML for each source that a fact has."""
        used = {row["source"] for row in self.facts}
        quoted = {recorded(row) for row in self.facts}
        for source in self.case.sources.drop("row").iter_rows(named=True):
            kin = [self.letters + other for other in source["not_independent_of"]]
            named = {**source, "id": self.letters + source["id"]}
            named["not_independent_of"] = [other for other in kin if other in used]
            named["phrases"] = [found for found in source["phrases"] if found in quoted]
            if named["id"] in used:
                yield from ("", "[[source]]", *(f"{name} = {_text(named[name])}" for name in named))

    def corrections(self) -> Iterator[dict[str, str]]:
        """The corrections of its facts."""
        names, known = {row["id"] for row in self.facts}, set(self.case.sources["id"])
        for row in self.case.corrections.drop("row").iter_rows(named=True):
            basis = {name: row[name] for name in ("basis_en", "basis_zh")}
            basis = {name: self.letters + text if text in known else text for name, text in basis.items()}
            if (fact := f"{self.case.name}_{row['fact']}") in names:
                yield {**row, **basis, "fact": fact}


def _text(value: Any) -> str:  # noqa: ANN401 - a text or a list of texts
    """A text or a list of them as TOML has it, which is here as JSON has it."""
    return json.dumps(value, ensure_ascii=False)


def _csv(schema: type[dy.Schema], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in schema.column_names() if name != "row"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
