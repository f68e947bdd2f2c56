"""Read ``claims.toml``: a predicate over quantities, and the sentence for each verdict in each language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import predicates
from analysis.display import LANGUAGES
from analysis.expr import ExpressionError
from analysis.findings import Finding, UnusableError
from analysis.keys import KEY
from analysis.schemas import NAME
from analysis.tables import decode

HOLDS, DEPENDS, FAILS, NOT_IDENTIFIED = VERDICTS = ("holds", "depends", "fails", "not_identified")
NEEDED = ("id", "predicate")


@dataclass(frozen=True)
class Claim:
    """A comparison that pages may make: its predicate, its name, and what to say by verdict and language."""

    id: str
    predicate: str
    label: Mapping[str, str]
    sentences: Mapping[str, Mapping[str, str]]
    file: str

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

    def finding(self, message: str) -> Finding:
        """Something wrong with it."""
        return Finding(self.file, 0, "", f"claim '{self.id}': {message}")


def claim_files(case: str) -> tuple[str, str]:
    """The path of the claims that cases share, and of those that name what only this one has."""
    return "seeds/claims.toml", f"seeds/{case}/claims.toml"


def read_claims(path: Path, name: str) -> tuple[tuple[Claim, ...], list[Finding]]:
    """The claims of a file, which may be absent, and a finding for each that is not of this shape.

    Raises UnusableError where the file is not TOML, or holds something other than claims.
    """
    if not path.exists():
        return (), []
    try:
        tables = tomllib.loads(decode(path, name))
    except tomllib.TOMLDecodeError as error:
        raise UnusableError(name, f"is not TOML: {error}") from error
    rows = tables.pop("claim", [])
    if tables or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableError(name, "expected [[claim]] above each claim, and nothing else")
    claims, findings = [], []
    for place, row in enumerate(rows, start=1):
        if problems := list(_misshapen(row)):
            about = f"claim '{row['id']}'" if row.get("id") else f"claim {place}"
            findings += [Finding(name, 0, "", f"{about}: {problem}") for problem in problems]
        else:
            sentences = {verdict: row[verdict] for verdict in VERDICTS if verdict in row}
            label = row.get("label") or dict.fromkeys(LANGUAGES, row["id"])
            claims.append(Claim(row["id"], row["predicate"], label, sentences, name))
    return tuple(claims), findings


def _misshapen(row: Mapping[str, Any]) -> Iterator[str]:
    for name in NEEDED:
        if not isinstance(row.get(name), str) or not row[name].strip():
            yield f"lacks '{name}', or it is not text in quotation marks"
    if isinstance(row.get("id"), str) and row["id"].strip() and not re.fullmatch(NAME, row["id"]):
        yield "expected an id of lower-case letters, digits and _"
    if extra := [name for name in row if name not in {*NEEDED, "label", *VERDICTS}]:
        yield f"has unknown entries: {', '.join(extra)}; expected {', '.join((*NEEDED, *VERDICTS))}"
    for verdict in ("label", *VERDICTS):
        if verdict in row:
            yield from (f"{verdict} {problem}" for problem in _missaid(row[verdict]))


def _missaid(texts: Any) -> Iterator[str]:  # noqa: ANN401 - whatever TOML holds
    if not isinstance(texts, dict):
        yield 'is not a sentence in each language; expected { en = "…", zh = "…" }'
        return
    for lang in LANGUAGES:
        if not isinstance(texts.get(lang), str) or not texts[lang].strip():
            yield f"lacks its sentence in '{lang}'"
    if extra := [lang for lang in texts if lang not in LANGUAGES]:
        yield f"is in unknown languages: {', '.join(extra)}; expected {', '.join(LANGUAGES)}"


def twice(claims: Iterable[Claim]) -> Iterator[Finding]:
    """Claims whose id one before them has, in the same file or the shared one."""
    taken: dict[str, str] = {}
    for claim in claims:
        if claim.id in taken:
            yield claim.finding(f"stands in {taken[claim.id]} already; each claim needs an id of its own")
        taken.setdefault(claim.id, claim.file)
