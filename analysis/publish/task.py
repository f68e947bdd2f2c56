"""The task of building one edition: files in, files out, so that it needs no folder shared with anybody."""

from __future__ import annotations

import os
import pickle
import platform
import shutil
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.findings import CaseError
from analysis.gather import gathers
from analysis.publish import build, kept, pages, stamp
from analysis.publish.conditions import COLUMNS, IDS, readable
from analysis.publish.errors import BuildError, refuse
from analysis.publish.grid import Edition

Files = Mapping[str, bytes]
"""Contents by path, from the root of a project or site."""

ELSEWHERE = "seeds/_elsewhere"
"""A folder that stands for all cases: what a case leaves out rests on keys that only another one has."""


@dataclass(frozen=True)
class Result:
    """What became of a task: a site, or else why not, and the notebooks as far as they ran.

    Attributes:
        files: Those of the site, or the notebooks.
        failure: Why there is no site; nothing where there is.
        place: Where the message says that the notebooks are.
    """

    files: Files
    failure: str = ""
    place: str = ""


class Sources:
    """The sources of a project, apart by what each case needs of them.

    Its cases are those with figures of their own: one that is gathered from others stands beside them.
    """

    def __init__(self, root: Path) -> None:
        """Read which pages there are; raises BuildError where those of a case are among another's."""
        self.root = root
        self._written = pages.written_pages(root)
        named, seeded = sorted({page.case for page in self._written}), _seeded(root)
        missing = [
            f"seeds/{name}: there is no such case, which pages name" for name in named if name not in seeded
        ]
        refuse([*missing, *pages.misplaced(root, self._written)])
        self.cases = [name for name in named if not gathers(name, root)]

    @cached_property
    def shared(self) -> Files:
        """What every task carries."""
        return {**_read(self.root, self._shared), **self._elsewhere}

    @cached_property
    def _shared(self) -> list[Path]:
        """The files that are neither of one case nor code of this package, which a worker has itself."""
        listed = [glob for glob in stamp.SOURCES if not glob.startswith("analysis/") and "qmd" not in glob]
        found = stamp.sources(self.root, [glob for glob in listed if not glob.endswith(".yml")])
        found |= {self.root / "_quarto.yml"}
        seeds = self.root / "seeds"
        return sorted(path for path in found if path.parent == seeds or seeds not in path.parents)

    def own(self, case: str) -> Files:
        """What a task on ``case`` carries besides."""
        return _read(self.root, self._own(case))

    def _own(self, case: str) -> set[Path]:
        found = stamp.sources(self.root, [f"seeds/{case}/*.csv", f"seeds/{case}/*.toml"])
        mine = {self.root / page.name for page in self._written if page.case == case}
        beside = {path for page in mine for path in page.parent.glob("*.yml") if page.parent != self.root}
        return found | mine | beside

    @cached_property
    def _elsewhere(self) -> Files:
        return elsewhere(self.root)

    @cached_property
    def key(self) -> str:
        """One hash over what tasks share, and what they are made with."""
        told = {name: content.decode() for name, content in self._elsewhere.items()}
        return stamp.digest(self.root, self._shared, [told, version()])

    def digest(self, edition: Edition, options: Mapping[str, object]) -> str:
        """One hash over all that an edition is made from."""
        settings = [self.key, edition.case, edition.as_of, dict(edition.assumptions), dict(options)]
        return stamp.digest(self.root, self._own(edition.case), settings)


def version() -> list[str]:
    """What a task is made with: the code of this package, what it calls, and Python."""
    return [*kept.machinery(), f"Python {platform.python_version()}"]


def _seeded(root: Path) -> dict[str, Path]:
    """The folder of each case that has seeds."""
    return {path.parent.name: path.parent for path in sorted((root / "seeds").glob("*/case.toml"))}


def elsewhere(root: Path) -> Files:
    """The keys of all cases as those of one more, without their values."""
    seeds = list(_seeded(root).values())
    found = {f"{ELSEWHERE}/case.toml": b""}
    for table, key in COLUMNS.items():
        keys = {row.get(key) or "" for folder in seeds for row in readable(folder / f"{table}.csv")}
        found[f"{ELSEWHERE}/{table}.csv"] = _lines([key, *sorted(keys - {""})])
    formulas = {
        tuple(row.get(column) or "" for column in ("key", "unit", "expression"))
        for folder in seeds
        for row in readable(folder / "quantities.csv")
    }
    rows = (f'{key},{unit},"{text.replace(chr(34), chr(34) * 2)}"' for key, unit, text in sorted(formulas))
    found[f"{ELSEWHERE}/quantities.csv"] = _lines(["key,unit,expression", *rows])
    claims = (folder / "claims.toml" for folder in seeds)
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in claims if path.is_file())
    ids = sorted({name for text in texts for name in IDS.findall(text)})
    found[f"{ELSEWHERE}/claims.toml"] = _lines([f'[[claim]]\nid = "{name}"' for name in ids])
    return found


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _read(root: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths) if path.is_file()}


def packed(edition: Edition, options: build.Options, files: Files) -> bytes:
    """What a task carries of its own."""
    return pickle.dumps((edition, options, dict(files)))


def perform(root: Path, shared: Files, own: bytes) -> Result:
    """Build an edition in a folder of its own, ``root``; a fault of its sources is part of the result."""
    edition, options, files = pickle.loads(own)  # noqa: S301 - a task of our own
    _clear(root)
    write(root, {**shared, **files})
    os.chdir(root)  # what notebooks and tables look up, they look up around here
    try:
        build.build(root, options, lambda _: None)
    except (BuildError, CaseError) as error:
        work = root / build.WORK / edition.case
        return Result(_read(work, work.glob("*.ipynb")), str(error), str(work))
    except Exception as error:  # noqa: BLE001 - a fault of the program is told with this edition
        traceback.print_exc()
        return Result({}, f"{type(error).__name__}: {error}")
    return Result(_read(root / build.SITE, (root / build.SITE).rglob("*")))


def _clear(root: Path) -> None:
    """Take away a project, but for what all have: typefaces, and the script of what-ifs."""
    for path in (*root.glob("*"), *(root / build.WORK).glob("*")):
        if path.name not in {build.WORK.name, "fonts"} and path.suffix != ".js":
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)


def write(folder: Path, files: Files) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
