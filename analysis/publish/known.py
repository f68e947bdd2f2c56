"""What accounts for the numerals on the pages of a case: its ledger, its publications, its seeds."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from analysis.keys import COMMENT
from analysis.numerals import values

TITLE = re.compile(r"^ *(?:short)?title *= *\{(.*)\}", re.MULTILINE)
QUOTES = str.maketrans("“”‘’\xa0", "\"\"'' ")
NAMING = ("title", "title_en", "publisher", "publisher_zh", "byline")
"""What names a source; what else is recorded of it is prose."""

DRAWN = re.compile(r"\[(-?\d[\d,.]*)\]\{\.drawn\}")
"""A number of a point that a figure draws, as it is handed over; words around it are read as all others."""

CHANGED = " → "
"""What the recorder of revisions writes between what a cause was and is; other reasons are prose."""

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What accounts for the numerals on the pages of a case."""

    entries: Mapping[str, Any]
    published: Mapping[str, Mapping[str, Any]]
    phrases: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, Mapping[str, Any]]
    registers: frozenset[str]
    flips: Mapping[str, frozenset[str]]
    grades: Mapping[str, Mapping[str, str]]
    references: frozenset[str]

    @classmethod
    def built(cls, root: Path) -> dict[str, Known]:
        """What is known of each case that was built."""
        names = sorted(path.parent.name for path in (root / ".brief").glob("*/ledger.json"))
        return {name: cls.of(root, name) for name in names}

    @staticmethod
    def files(root: Path, case: str) -> Iterator[Path]:
        """All files that `of` reads, and some more."""
        yield from (root / ".brief" / case).glob("*.json")
        yield from (path for path in (root / "seeds" / case).iterdir() if path.suffix in {".csv", ".toml"})
        yield root / "references.bib"

    @classmethod
    def of(cls, root: Path, case: str) -> Known:
        """Read the ledger and the publications of a built case, and its seeds."""
        work, seeds = root / ".brief" / case, root / "seeds" / case
        entries, published, claims, grades = (
            json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("ledger", "published", "claims", "grades")
        )
        phrases = {row["id"]: row for name in ("facts", "measures") for row in rows(seeds / f"{name}.csv")}
        about = tomllib.loads((seeds / "case.toml").read_text(encoding="utf-8"))
        sources = {each["id"]: each for each in about["source"]}
        listed = (seeds / f"{name}.csv" for name in ("corrections", "revisions"))
        cells = (cell for path in listed for row in rows(path) for cell in row.items())
        entered = (text for name, text in cells if CHANGED in text or not name.startswith("why"))
        registers = frozenset(_plain(" ".join(text.split())) for text in entered)
        titles = TITLE.findall((root / "references.bib").read_text(encoding="utf-8-sig"))
        titles = [re.sub("[{}]", "", title) for title in titles] + [each["title"] for each in about["source"]]
        references = _paragraphs(phrases.values()) | {f"《{title}》" for title in titles}
        flips = {name: _flips(claim) for name, claim in claims.items()}
        return cls(entries["entries"], published, phrases, sources, registers, flips, grades, references)

    def texts(self, keys: Iterable[str], lang: str) -> set[str]:
        """All forms of some keys in a language."""
        return {
            text
            for key in keys
            for text in self.entries.get(key, {"text": {lang: {}}})["text"][lang].values()
        }

    def sorts(self, keys: Iterable[str]) -> list[tuple[str, bool]]:
        """The units of some keys and whether they are bounded, where they are identified."""
        entries = [self.entries[key] for key in keys if key in self.entries]
        return [(each["unit"], each["status"] == "bounded") for each in entries if each["value"] is not None]

    def keys(self, kind: str, name: str) -> list[str]:
        """The keys of a published figure or table."""
        return list(self.published[kind].get(name, {}).get("keys", ()))

    def complaint(self, role: str, attributes: Attributes, text: str, lang: str) -> str:
        """Why a checked element may not say ``text``; empty where it may."""
        if role == "value":
            key = attributes.get("data-key", "")
            return (
                "" if text in self.texts([key], lang) else f"is not how the ledger writes {key or 'any key'}"
            )
        if role == "source":
            source = self.sources.get(attributes.get("data-source", ""), {"date": "0-0-0"})
            dated = Counter(Fraction(part) for part in source["date"].split("-"))
            named = _plain(text) in {_plain(source.get(field, "")) for field in NAMING}
            return "" if named or values(text) == dated else "does not name the source"
        if role == "revision":
            known = _plain(" ".join(text.split())) in self.registers
            return "" if known else "is not in a register of the case"
        if role == "flip":
            known = _plain(text) in self.flips.get(attributes.get("data-claim", ""), ())
            return "" if known else "is not what flips a claim"
        if role == "drawn":
            figure = self.published["figures"].get(attributes.get("data-figure", ""), {})
            known = text in DRAWN.findall(figure.get("points", {}).get(lang, ""))
            return "" if known else "is no number of a point that the figure draws"
        if role == "grade":
            grade = self.grades.get(attributes.get("data-grade", ""), {})
            return "" if text == grade.get(lang) else "is not the grade of that conclusion"
        name = attributes.get("data-fact", "")
        phrase = self.phrases.get(name, {}).get("exact" if role == "phrase" else role, "")
        same = phrase and _plain(text) == _plain(phrase)
        return "" if same else f"is not the {role} of {name or 'any fact'}"


def _flips(claim: Mapping[str, Any]) -> frozenset[str]:
    """Where keys have to be for a claim to come out otherwise, in either language."""
    ends = (each["text"].values() for flip in claim["flips"] for each in flip["at"].values())
    return frozenset(_plain(text) for texts in ends for text in texts)


def _paragraphs(phrases: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """Source and paragraph of some phrases, as the tables of either edition write them."""
    return frozenset(
        form.format(**row)
        for row in phrases
        for form in ("{source} ¶{paragraph}", "{source}，第{paragraph}段")
    )


def _plain(text: str) -> str:
    """``text`` as it was before Pandoc set its quotation marks."""
    return text.translate(QUOTES)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a seed file, without comments; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if not next(iter(row.values())).startswith(COMMENT)]
