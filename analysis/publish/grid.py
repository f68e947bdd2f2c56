"""Which editions there are to build: a case each, in one reading or in all of a grid."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from analysis.keys import nearest
from analysis.publish.conditions import readable
from analysis.publish.errors import BuildError

AS_CODED = "as-coded"
"""The folder of a case that is read as it is coded."""

LONGEST = 150
"""Characters in the name of a folder; file systems take 255 bytes, and archives need some."""

Grid = Mapping[str, Sequence[str]]
"""The values of each assumption that it varies."""


@dataclass(frozen=True)
class Edition:
    """A case in one reading: what sources it leaves out, and how its assumptions are set."""

    case: str
    as_of: str = ""
    assumptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The folder of its site among those of all editions."""
        of = {"as-of": self.as_of} if self.as_of else {}
        said = ",".join(f"{name}={quote(value, '')}" for name, value in {**of, **self.assumptions}.items())
        if len(said) > LONGEST:
            said = f"{said[: LONGEST - 10]}-{hashlib.sha256(said.encode()).hexdigest()[:9]}"
        return f"{self.case}/{said or AS_CODED}"


def editions(root: Path, cases: Sequence[str], grid: Grid, as_of: str, *, every: bool) -> list[Edition]:
    """The editions of those of ``cases`` that a request is for.

    ``every`` is for each as it is coded; a ``grid`` is for those that have all its assumptions, in each
    combination of its values.  Raises BuildError where there is none.
    """
    coded = [Edition(case, as_of) for case in cases] if every else []
    having = [case for case in cases if grid.keys() <= set(_assumptions(root, case))] if grid else []
    if grid and not having:
        raise BuildError(_none(root, cases, grid))
    if not coded and not having:
        raise BuildError("no case has pages")
    return [*coded, *(Edition(case, as_of, point) for case in having for point in points(grid))]


def points(grid: Grid) -> Iterator[dict[str, str]]:
    """Each combination of the values of a grid, the last assumption varying fastest."""
    for values in itertools.product(*(dict.fromkeys(each) for each in grid.values())):
        yield dict(zip(grid, values, strict=True))


def _assumptions(root: Path, case: str) -> list[str]:
    return [row.get("name", "") for row in readable(root / "seeds" / case / "assumptions.csv")]


def _none(root: Path, cases: Sequence[str], grid: Grid) -> str:
    known = {name for case in cases for name in _assumptions(root, case)}
    unknown = [f"'{name}'{nearest(name, known)}" for name in grid if name not in known]
    if unknown:
        return f"no case with pages has the assumption {', '.join(unknown)}"
    return f"no case with pages has all of the assumptions {', '.join(grid)}"
