"""Gather into one case what several cases report of the indicators that the codebook calls comparable.

The facts and sources of such a case are made from theirs, as a lock file is from what it locks: whoever
reads it needs no other file, and a check holds it against them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.about import CASES
from analysis.case import Case, case_names, no_case, own_file
from analysis.display import LANGUAGES
from analysis.files import decode
from analysis.findings import CaseError, Finding, UnusableError, error_of
from analysis.quotes import recorded
from analysis.reading import read_case
from analysis.schemas import SOURCE, Corrections, Facts
from analysis.toml_lines import parsed
from analysis.validate import BASIS

MARK = "# From here on written by `brief gather`: names, tiers and sources of the cases above."
BETWEEN = {"en": ": ", "zh": "："}
"""What stands between the name of a case and that of its tier."""

RULE = "misnamed-cases"
EXAMPLE = 'expected [cases] and below it a line for each, such as meizhou = "M", each with letters of its own'


def origin(case: Case, tier: str) -> str:
    """The case that a tier of a gathered case is from."""
    return str(case.about["tiers"][tier]["case"])


def called(case: Case, tier: str, lang: str) -> str:
    """What a tier of a gathered case is called in the case that it is from."""
    begin = case.about["names"][origin(case, tier)][lang] + BETWEEN[lang]
    return str(case.about["tiers"][tier][lang]).removeprefix(begin)


def gathers(name: str, root: Path) -> bool:
    """Whether a case is gathered from others, which none is that is not there.

    Raises UnusableError where its ``case.toml`` cannot be read.
    """
    if name not in case_names(root):
        return False
    file, head = _head(name, root)
    return CASES in parsed(head, file)


def gathered(name: str, root: Path) -> dict[str, str]:
    """The files of a gathered case as its cases have them now, by their path from the project's root.

    Raises:
        UnusableError: it names no cases, or one that does not exist, cannot be read or is itself gathered.
        CaseError: a file of a case in it has findings, so that what the case reports is not known.
    """
    about, head = _head(name, root)
    letters: Any = parsed(head, about).get(CASES)
    if problems := [Finding(about, 0, "", message, rule=RULE) for message in _misnamed(letters, root)]:
        raise UnusableError.of(problems)
    parts = [_Part(_read(other, root), before) for other, before in letters.items()]
    if not any(part.chosen.height for part in parts):
        message = f"gathers nothing: no comparable indicator is reported by {', '.join(letters)}"
        raise UnusableError(about, message, RULE)
    toml, tables = (_Part.names, _Part.tiers, _Part.sources), (_Part.facts, _Part.corrections)
    names, tiers, sources = ([line for part in parts for line in lines(part)] for lines in toml)
    facts, corrections = ([row for part in parts for row in rows(part)] for rows in tables)
    return {
        about: "\n".join([f"{head}{MARK}", "[names]", *names, "", "[tiers]", *tiers, *sources, ""]),
        own_file(name, "facts"): _csv(Facts, facts),
        own_file(name, "corrections"): _csv(Corrections, corrections),
    }


def stale(case: Case, root: Path) -> Iterator[Finding]:
    """The files of a gathered case that are not what its cases report now, or why that is not known."""
    try:
        now = gathered(case.name, root) if CASES in case.about else {}
    except CaseError as error:
        yield from error.findings
        return
    for file, text in now.items():
        path = root / file
        if not path.exists() or decode(path, file).splitlines() != text.splitlines():
            message = f"is not what the cases in it report now; 'brief gather {case.name}' writes it anew"
            yield Finding(file, 0, "", message, rule="stale-file")


def _head(name: str, root: Path) -> tuple[str, str]:
    """A ``case.toml`` by its path, and the part of it that is written by hand."""
    if name not in case_names(root):
        raise no_case(name, root)
    file = f"seeds/{name}/case.toml"
    return file, decode(root / file, file).partition(MARK)[0]


def _misnamed(letters: Any, root: Path) -> Iterator[str]:  # noqa: ANN401 - whatever TOML holds
    """What is wrong with the table of the cases to gather."""
    if not isinstance(letters, dict) or not letters:
        yield f"names no cases to gather; {EXAMPLE}"
        return
    if not all(isinstance(each, str) and re.fullmatch(SOURCE, each) for each in letters.values()):
        yield f"gives a case no capital letters; {EXAMPLE}"
    if len(set(map(str, letters.values()))) < len(letters):
        yield f"gives letters to more than a single case; {EXAMPLE}"
    for other in letters:
        if other not in case_names(root):
            yield f"names the case '{other}', which is not there; there are: {', '.join(case_names(root))}"
        elif gathers(other, root):
            yield f"names the case '{other}', which is gathered itself; expected the cases in it"


def _read(name: str, root: Path) -> Case:
    case, findings = read_case(name, root)
    if findings:
        raise error_of(findings)
    return case


@dataclass(frozen=True)
class _Part:
    """What a case gives to a gathered one: what may stand beside another's, under names that tell them apart.

    Periods are dates of the case, and stay there.
    """

    case: Case
    letters: str

    @cached_property
    def chosen(self) -> pl.DataFrame:
        """The facts of comparable indicators, as the case has them."""
        comparable = self.case.indicators.filter(comparable="yes")["indicator"].to_list()
        return self.case.facts.filter(pl.col("indicator").is_in(comparable)).drop("row")

    @cached_property
    def corrected(self) -> pl.DataFrame:
        """The corrections of the facts chosen, as the case has them."""
        return self.case.corrections.filter(pl.col("fact").is_in(self.chosen["id"].to_list())).drop("row")

    def named(self, fact: Mapping[str, str]) -> str:
        """The key of a fact: what concerns every tier of the case names that."""
        return f"{self.case.name}_{fact['tier']}.{fact['id'].partition('.')[2]}"

    def facts(self) -> Iterator[dict[str, str]]:
        """The rows of its facts."""
        for row in self.chosen.iter_rows(named=True):
            tier, source = f"{self.case.name}_{row['tier']}", self.letters + row["source"]
            here = {"id": self.named(row), "tier": tier, "source": source}
            yield row | here | {"period_start": "", "period_end": ""}

    def corrections(self) -> Iterator[dict[str, str]]:
        """The rows of the corrections of its facts."""
        keys = {row["id"]: self.named(row) for row in self.chosen.iter_rows(named=True)}
        known = set(self.case.sources["id"])
        for row in self.corrected.iter_rows(named=True):
            basis = {name: self.letters + row[name] for name in BASIS if row[name] in known}
            yield row | basis | {"fact": keys[row["fact"]]}

    def names(self) -> Iterator[str]:
        """The line of TOML with what the case is called."""
        yield _line(self.case.name, {lang: self.case.about[f"name_{lang}"] for lang in LANGUAGES})

    def tiers(self) -> Iterator[str]:
        """A line of TOML for each tier that a fact has, its name after that of the case."""
        used = set(self.chosen["tier"])
        for tier, label in self.case.about["tiers"].items():
            about = self.case.about
            texts = {lang: about[f"name_{lang}"] + BETWEEN[lang] + label[lang] for lang in LANGUAGES}
            if tier in used:
                yield _line(f"{self.case.name}_{tier}", {"case": self.case.name, **texts})

    def sources(self) -> Iterator[str]:
        """The lines of TOML for each source that a fact or a correction rests on."""
        used = {*self.chosen["source"], *self.corrected["basis_en"]}
        quoted = {(row["source"], recorded(row)) for row in self.chosen.iter_rows(named=True)}
        for source in self.case.sources.filter(pl.col("id").is_in(used)).drop("row").iter_rows(named=True):
            kin = [self.letters + other for other in source["not_independent_of"] if other in used]
            phrases = [found for found in source["phrases"] if (source["id"], found) in quoted]
            here = {"id": self.letters + source["id"], "not_independent_of": kin, "phrases": phrases}
            yield from ("", "[[source]]", *_entries(source | here))


def _line(key: str, texts: Mapping[str, str]) -> str:
    """A line of TOML that gives a key a table of texts."""
    return f"{key} = {{ {', '.join(_entries(texts))} }}"


def _entries(texts: Mapping[str, Any]) -> Iterator[str]:
    """Texts and lists of them as TOML has them, which is here as JSON has them."""
    yield from (f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in texts.items())


def _csv(schema: type[dy.Schema], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    header = [name for name in schema.column_names() if name != "row"]
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
