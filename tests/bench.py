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
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEFT_OUT = (".git", ".venv*", ".brief", "_site", "figures", "data", "evidence", "*_cache", "__pycache__")
RUNS = 5
STOCK = "stock papermill, one notebook after another"
LESS, FULL = "build without what makes numbers resolve", "full build"
BARE = """
from pathlib import Path
from analysis.publish import build, comparisons, evidence, handover, unused

def nothing(*_): return {}

if __name__ == "__main__":
    build.refuse_pages = handover.case_records = unused.refuse_unused = nothing
    comparisons.in_prose = comparisons.in_published = nothing
    evidence.write_pages = evidence.write_records = nothing
    build.build(Path.cwd(), build.Options(renderer="embedded"), print)
"""
"""A build without records, evidence pages and checks: what these add is what they cost."""

RENDER = """
from pathlib import Path
from analysis.publish import {0}

{0}.render(Path.cwd(), Path.cwd() / ".brief" / "rendered")
"""


def run(project: Path, *command: str) -> None:
    """Run a program of this environment in ``project``; ends the bench with what it says where it fails."""
    program = [BIN / command[0], *command[1:]]
    done = subprocess.run(program, check=False, cwd=project, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def medians(
    acts: Mapping[str, Callable[[], None]], before: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Median seconds of each act; they take turns, so that a slower minute is slower for all of them.

    ``before`` is called before each and not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        for name, act in acts.items():
            before()
            start = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def without(project: Path, *folders: str) -> Callable[[], None]:
    """What deletes folders of a project, so that what they hold is made again."""

    def clear() -> None:
        for folder in folders:
            shutil.rmtree(project / folder, ignore_errors=True)
        (project / ".brief").mkdir(exist_ok=True)

    return clear


def measure(project: Path) -> dict[str, float]:
    """Seconds of each thing measured, in a copy of the project."""
    notebooks = sorted((project / "notebooks").glob("*.ipynb"))

    def stock() -> None:
        for path in notebooks:
            run(project, "papermill", str(path), str(project / ".brief" / path.name), "-p", "case", "meizhou")

    def build() -> None:
        run(project, "brief", "build", "--renderer", "embedded")

    def bare() -> None:
        run(project, "python", "-c", BARE)

    def render(renderer: str) -> Callable[[], None]:
        return lambda: run(project, "python", "-c", RENDER.format(renderer))

    def edit() -> None:
        with (project / "index.qmd").open("a", encoding="utf-8") as page:
            page.write("\nA sentence is added.\n")

    whole = {STOCK: stock, LESS: bare, FULL: build}
    renderers = {"embedded": "render"} | ({"Quarto": "quarto"} if shutil.which("quarto") else {})
    rendering = {f"rendering all formats with {name}": render(module) for name, module in renderers.items()}
    return {
        **medians(whole, without(project, ".brief", "_site", "evidence", "zh/evidence")),
        **medians(rendering, without(project, ".brief/kept", ".brief/rendered")),
        **medians({"build after a change of prose": build}, edit),
        **medians({"build with nothing changed": build}),
    }


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
        found = measure(project)
    baseline = found[STOCK]
    table = Table("", "seconds", "of the baseline")
    for name, seconds in found.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / baseline:.2f}")
    Console().print(table)
    Console().print(
        f"Records, evidence pages and checks add {found[FULL] / found[LESS] - 1:.0%} to a full build."
    )


if __name__ == "__main__":
    main()
