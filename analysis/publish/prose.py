"""What is wrong in the prose of a case as written: all of it at once, before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from analysis.findings import Finding
from analysis.keys import CLAIM, GRADE
from analysis.publish import comparisons, pages
from analysis.publish.pages import Source

if TYPE_CHECKING:
    from analysis import Case, Ledger


@dataclass(frozen=True)
class Names:
    """What prose may name: values, claims and grades."""

    values: Collection[str]
    claims: Collection[str]
    grades: Collection[str]

    @classmethod
    def of(cls, case: Case, ledger: Ledger) -> Self:
        """The names that a case gives."""
        from analysis import grade  # noqa: PLC0415 - whoever has a case has imported its libraries

        return cls(ledger.entries, [claim.id for claim in case.claims], grade.grades(case))


def problems(root: Path, written: Sequence[Source], names: Names) -> list[Finding]:
    """What is wrong on pages and in the prose of notebooks, as far as it shows without running them."""
    works = pages.works(root)
    found = [
        *comparisons.in_prose(root, written),
        *(problem for page in written for problem in _misnamed(page, names, works)),
        *(problem for page in written for problem in pages.markup(page)),
        *(problem for page in written for problem in pages.dead_links(page, root)),
    ]
    return sorted(found, key=lambda problem: (problem.file, problem.line))


def _misnamed(page: Source, names: Names, works: Collection[str]) -> Iterator[Finding]:
    yield from pages.unknown_keys(page, names.values)
    yield from pages.unnamed(page, CLAIM, "claim", names.claims)
    yield from pages.unnamed(page, GRADE, "grade", names.grades)
    yield from pages.unknown_references(page, works)
