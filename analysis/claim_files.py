"""Read ``claims.toml``: what claims are called, their predicates, what to say by verdict and language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import predicates
from analysis.display import LANGUAGES
from analysis.expr import ExpressionError
from analysis.files import decode
from analysis.findings import Finding, Problem, UnusableError
from analysis.keys import KEY
from analysis.schemas import NAME
from analysis.toml_lines import Lines, parsed

HOLDS, DEPENDS, FAILS, NOT_IDENTIFIED = VERDICTS = ("holds", "depends", "fails", "not_identified")
NEEDED = ("id", "label", "predicate")
SAID = frozenset({"label", *VERDICTS})
"""Entries that hold a text in each language."""


@dataclass(frozen=True)
class Claim:
    """A comparison that pages may make: its name, its predicate, and what to say by verdict and language.

    ``lines`` are those of its entries in the file; that of the whole is the one of ``""``.
    """

    id: str
    label: Mapping[str, str]
    predicate: str
    sentences: Mapping[str, Mapping[str, str]]
    file: str
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def spoken(self) -> tuple[tuple[str, str, str, str], ...]:
        """Every ledger value in its sentences: verdict, language, key and form."""
        return tuple(
            (verdict, lang, key, form)
            for verdict, texts in self.sentences.items()
            for lang, text in texts.items()
            for key, form in KEY.findall(text)
        )

    @property
    def names(self) -> frozenset[str]:
        """The keys in its predicate and its sentences."""
        spoken = {key for _, _, key, _ in self.spoken}
        try:
            return frozenset({*predicates.parse(self.predicate).names, *spoken})
        except ExpressionError:
            return frozenset(spoken)

    def finding(self, problem: Problem, entry: str = "") -> Finding:
        """Something wrong with it, or with one of its entries."""
        row = self.lines.get(entry) or self.lines.get("", 0)
        message = f"claim '{self.id}': {problem.message}"
        return Finding(self.file, row, entry, message, rule=problem.rule, value=problem.value)


def claim_files(case: str) -> tuple[str, str]:
    """The path of the claims that cases share, and of those that name what only this one has."""
    return "seeds/claims.toml", f"seeds/{case}/claims.toml"


def read_claims(path: Path, name: str) -> tuple[tuple[Claim, ...], list[Finding]]:
    """The claims of a file, which may be absent, and a finding for each that is not of this shape.

    Raises UnusableError where the file is not TOML, or holds something other than claims.
    """
    if not path.exists():
        return (), []
    text = decode(path, name)
    tables, lines = parsed(text, name), Lines.of(text)
    rows = tables.pop("claim", [])
    if tables or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableError(name, "expected [[claim]] above each claim, and nothing else", "misshapen-file")
    claims, findings = [], []
    for place, row in enumerate(rows, start=1):
        if problems := list(_misshapen(row)):
            about = f"claim '{row['id']}'" if row.get("id") else f"claim {place}"
            findings += [
                Finding(name, lines.line("claim", place, entry), entry, f"{about}: {message}", rule=rule)
                for entry, rule, message in problems
            ]
        else:
            sentences = {verdict: row[verdict] for verdict in VERDICTS if verdict in row}
            at = {key: lines.line("claim", place, key) for key in ("", *row)}
            claims.append(Claim(row["id"], row["label"], row["predicate"], sentences, name, at))
    return tuple(claims), findings


def _misshapen(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The entry at fault, where it is there, the rule and what is wrong."""
    for name in NEEDED:
        if name in SAID and name not in row:
            yield "", "missing-entry", f"lacks '{name}'"
        elif name not in SAID and (not isinstance(row.get(name), str) or not row[name].strip()):
            rule = "entry-type" if row.get(name) else "missing-entry"
            yield name, rule, f"lacks '{name}', or it is not text in quotation marks"
    if isinstance(row.get("id"), str) and row["id"].strip() and not re.fullmatch(NAME, row["id"]):
        yield "id", "name-form", "expected an id of lower-case letters, digits and _"
    if extra := [name for name in row if name not in SAID | {*NEEDED}]:
        message = f"has unknown entries: {', '.join(extra)}; expected {', '.join((*NEEDED, *VERDICTS))}"
        yield extra[0], "unknown-entry", message
    for name in row:
        if name in SAID:
            yield from ((name, rule, f"{name} {message}") for rule, message in _missaid(row[name]))


def _missaid(texts: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever TOML holds
    if not isinstance(texts, dict):
        yield "both-languages", 'is not a text in each language; expected { en = "…", zh = "…" }'
        return
    for lang in LANGUAGES:
        if not isinstance(texts.get(lang), str) or not texts[lang].strip():
            yield "both-languages", f"lacks its text in '{lang}'"
    if extra := [lang for lang in texts if lang not in LANGUAGES]:
        message = f"is in unknown languages: {', '.join(extra)}; expected {', '.join(LANGUAGES)}"
        yield "both-languages", message


def twice(claims: Iterable[Claim]) -> Iterator[Finding]:
    """Claims whose id one before them has, in the same file or the shared one."""
    taken: dict[str, str] = {}
    for claim in claims:
        if claim.id in taken:
            message = f"stands in {taken[claim.id]} already; each claim needs an id of its own"
            yield claim.finding(Problem("twice", message, claim.id), "id")
        taken.setdefault(claim.id, claim.file)
