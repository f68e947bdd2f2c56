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
        "build after a change of prose": median(RUNS, build, edit),
        "build with nothing changed": median(RUNS, build),
    }


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
