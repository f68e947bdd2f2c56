"""What is wrong in the prose of a case as written: all of it at once, before anything runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from analysis.findings import Finding
from analysis.keys import CLAIM, GRADE
from analysis.publish import comparisons, conditions, pages
from analysis.publish.pages import Source

Published = Mapping[str, Mapping[str, Any]]

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

    @classmethod
    def written(cls, case: Case) -> Self:
        """The names that the files of a case hold, whatever else is wrong with them."""
        from analysis import grade  # noqa: PLC0415

        columns = {"facts": "id", "measures": "id", "assumptions": "name", "quantities": "key"}
        keys = {key for table, column in columns.items() for key in getattr(case, table)[column]}
        keys = keys.union(*(case.faulty.get(table, ()) for table in columns))
        claims = {claim.id for claim in case.claims} | case.faulty.get("claims", frozenset())
        return cls(keys, claims, grade.grades(case))

    @classmethod
    def built(cls, work: Path) -> Self:
        """The names of a case as a build wrote them, into its folder ``work``."""
        ledger, *others = (
            json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("ledger", "claims", "grades")
        )
        return cls(ledger["entries"], *others)

    def applied(self, written: Sequence[Source], published: Published | None = None) -> list[Source]:
        """The pages with what applies to the case, as far as it shows before anything is ``published``."""
        has = conditions.among({*self.values, *self.claims, *self.grades}, published)
        return [conditions.kept(page, has) for page in written]


def problems(
    root: Path,
    written: Sequence[Source],
    names: Names,
    published: Published | None = None,
    *,
    compared: bool = True,
) -> list[Finding]:
    """What is wrong on pages and in the prose of notebooks, as far as it shows without running them.

    What does not apply to the case is not on its pages; ``published`` are figures and tables, once known.
    Without the register of comparative words nothing can be ``compared``.
    """
    works, said = pages.works(root), list(conditions.unknown(root, written))
    written = names.applied(written, published)
    found = [
        *said,
        *(comparisons.in_prose(root, written) if compared else ()),
        *(problem for page in written for problem in _misnamed(page, names, works)),
        *(problem for page in written for problem in pages.markup(page)),
        *(problem for page in written for problem in pages.dead_links(page, root)),
    ]
    return sorted(found, key=lambda problem: (problem.file, problem.row))


def _misnamed(page: Source, names: Names, works: Collection[str]) -> Iterator[Finding]:
    yield from pages.unknown_keys(page, names.values)
    yield from pages.unnamed(page, CLAIM, "claim", names.claims)
    yield from pages.unnamed(page, GRADE, "grade", names.grades)
    yield from pages.unknown_references(page, works)
