"""What `make bench` measures: whole processes in one run, medians, and their ratios.

The baseline is the same notebooks through the stock papermill command, one after another.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from analysis import ledger, load_case
from analysis.publish import render
from analysis.publish.build import refuse
from analysis.publish.evidence import write_pages, write_records
from analysis.publish.pages import written_pages
from analysis.publish.records import case_records

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEFT_OUT = (".git", ".venv*", ".brief", "_site", "figures", "data", "*_cache", "__pycache__")
RUNS = 3


def run(project: Path, *command: str) -> None:
    """Run a program of this environment in ``project``."""
    subprocess.run([BIN / command[0], *command[1:]], cwd=project, check=True, capture_output=True)


def median(runs: int, act: Callable[[], None], before: Callable[[], None] = lambda: None) -> float:
    """Median seconds of ``act``, each run after ``before``, which is not counted."""
    taken = []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def measure(project: Path) -> dict[str, float]:
    """Seconds of each thing measured, in a copy of the project."""
    notebooks = sorted((project / "notebooks").glob("*.ipynb"))

    def stock() -> None:
        for path in notebooks:
            run(project, "papermill", str(path), str(project / ".brief" / path.name), "-p", "case", "meizhou")

    def build() -> None:
        run(project, "brief", "build", "--renderer", "embedded")

    def clear() -> None:
        for folder in (".brief", "_site"):
            shutil.rmtree(project / folder, ignore_errors=True)

    def edit() -> None:
        with (project / "index.qmd").open("a", encoding="utf-8") as page:
            page.write("\nOne more sentence.\n")

    (project / ".brief").mkdir()
    return {
        "stock papermill, one notebook after another": median(RUNS, stock),
        "full build, embedded": median(RUNS, build, clear),
        "- of it ledger, evidence pages and checks": median(RUNS, lambda: evidence(project)),
        "build after a change of prose": median(RUNS, build, edit),
        "build with nothing changed": median(RUNS, build),
    }


def evidence(project: Path) -> None:
    """What a build does so that every number resolves: once more, on a built site."""
    case = load_case("meizhou", root=project)
    case_records(case, ledger(case))
    write_pages(project, case.name, written_pages(project))
    site = render.Site(project, project / "_site", render.discover(project), project)
    for page in site.pages:
        if page.path.parent.name == "evidence":
            render.write(site, page, "html")
    write_records(site.out)
    refuse(project, site.out)


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
        found = measure(project)
    baseline = next(iter(found.values()))
    table = Table("", "seconds", "of the baseline")
    for name, seconds in found.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / baseline:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
