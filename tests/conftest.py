"""What most tests start from: the case as it is, and a copy of the project to break."""

from __future__ import annotations

import csv
import importlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from analysis import CaseError, load_case
from analysis import ledger as compute

ROOT = Path(__file__).parents[1]
FURTHER = tuple(sorted({path.parent.name for path in ROOT.glob("*/index.qmd")} - {"zh"}))
"""The folders of further cases."""

COPIED = (
    *FURTHER,
    *("seeds", "zh", "_quarto.yml", "references.bib"),
    *("index.qmd", "robustness.qmd", "evaluation.qmd", "whatif.qmd", "slides.qmd", "summary.qmd"),
)

hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("suite")


@dataclass(frozen=True)
class Project:
    """A copy of the project; files are named from its ``seeds/``."""

    root: Path

    def path(self, file: str) -> Path:
        return self.root / "seeds" / file

    def rows(self, file: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.path(file).read_text(encoding="utf-8"), newline="")))

    def row(self, file: str, key: str) -> int:
        """Where the row of ``key`` stands, counted as a spreadsheet does."""
        return [row[0] for row in self.rows(file)].index(key) + 1

    def edit(self, file: str, key: str, column: str, value: str) -> None:
        """Change one cell: the row of ``key``, the named column."""
        rows = self.rows(file)
        rows[self.row(file, key) - 1][rows[0].index(column)] = value
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        self.path(file).write_text(out.getvalue(), encoding="utf-8")

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        text = self.path(file).read_text(encoding="utf-8")
        assert old in text
        self.path(file).write_text(text.replace(old, new, count), encoding="utf-8")

    def rewrite(self, file: str, encode) -> None:
        """Put other bytes in place of a file's: ``encode`` is given its text."""
        self.path(file).write_bytes(encode(self.path(file).read_text(encoding="utf-8")))

    def problems(self, **settings: object) -> tuple[int, list[str]]:
        """The exit status and the messages that reading the case gives."""
        try:
            compute(load_case("meizhou", root=self.root, **settings))
        except CaseError as error:
            return error.status, [str(finding) for finding in error.findings]
        return 0, []


@pytest.fixture(scope="session")
def case():
    return load_case("meizhou", root=ROOT)


@pytest.fixture(scope="session")
def ledger(case):
    return compute(case)


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        else:
            shutil.copy(ROOT / name, root / name)
    monkeypatch.chdir(root)
    return Project(root)


@pytest.fixture(scope="session")
def stats():
    """scipy.stats, which the project does not need but is held against."""
    return _reference("scipy.stats")


@pytest.fixture(scope="session")
def pyfixest():
    return _reference("pyfixest")


def _reference(module: str) -> ModuleType:
    """The module; where BRIEF_REFERENCE is set, as in continuous integration, it has to be there."""
    if os.environ.get("BRIEF_REFERENCE"):
        return importlib.import_module(module)
    return pytest.importorskip(module, reason=f"{module} is not installed; 'make reference' installs it")


@pytest.fixture(scope="session")
def archive():
    """The folder of archived source texts, which is not part of the repository."""
    folder = Path(os.environ.get("BRIEF_SOURCES", ROOT.parent / "shared" / "sources"))
    if not (folder / "meizhou-a.txt").is_file():
        pytest.skip(f"no archived source text in {folder}; BRIEF_SOURCES names another folder")
    return folder
