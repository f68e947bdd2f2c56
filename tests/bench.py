"""What `make bench` measures: whole processes in one run, medians, and their ratios.

The baseline is the same through stock tools, one after another: the notebooks through the papermill command,
their charts as pictures, then a Pandoc or Typst run a page and format.
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
STOCK = "baseline: stock papermill, charts, then a run a page and format"
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

ONE_AFTER_ANOTHER = """
import os
from pathlib import Path
import nbformat
from analysis.publish import drawing, fonts, handover, pictures, render

os.cpu_count = lambda: 1
letters, word = fonts.copy_to(drawing.FONTS), drawing.for_word(Path.cwd(), "meizhou")
for path in sorted(Path(".brief/stock").glob("*.ipynb")):
    for record in handover.records(nbformat.read(path, as_version=4), path.stem):
        for lang in ("en", "zh") if record["kind"] == "figure" else ():
            pictures.picture(record["specs"][lang], letters, word=record["name"] in word)
            pictures.picture(record["narrow"][lang], letters, word=False)
render.render(Path.cwd(), Path.cwd() / ".brief" / "rendered")
"""
"""What follows the notebooks in the baseline, where a build has prepared all that pages refer to."""


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


def measure(project: Path, prepared: Path) -> dict[str, float]:
    """Seconds of each thing measured, in one copy of the project and another that has been built."""
    executed = prepared / ".brief" / "stock"

    def stock() -> None:
        without(prepared, ".brief/kept", ".brief/rendered", ".brief/stock")()
        executed.mkdir()
        for path in sorted((prepared / "notebooks").glob("*.ipynb")):
            run(prepared, "papermill", str(path), str(executed / path.name), "-p", "case", "meizhou")
        run(prepared, "python", "-c", ONE_AFTER_ANOTHER)

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
        project, prepared = Path(folder) / "project", Path(folder) / "prepared"
        for copy in (project, prepared):
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        run(prepared, "brief", "build", "--renderer", "embedded")
        found = measure(project, prepared)
    baseline = found[STOCK]
    table = Table("", "seconds", "of the baseline")
    for name, seconds in found.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / baseline:.2f}")
    Console().print(table)
    Console().print(f"A full build is {baseline / found[FULL]:.1f} times as fast as the baseline.")
    Console().print(
        f"Records, evidence pages and checks add {found[FULL] / found[LESS] - 1:.0%} to a full build."
    )


if __name__ == "__main__":
    main()
