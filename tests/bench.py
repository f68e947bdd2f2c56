"""What `make bench` measures: whole processes in one run, medians, and their ratios.

The baseline is the same through stock tools, one after another: the notebooks of each case through the
papermill command, their charts as pictures, then a Pandoc or Typst run a page and format.
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
GENERATED = ("evidence", "revisions", "figures", "data")
LEFT_OUT = (*GENERATED, ".git", ".venv*", ".brief", "_site", "*_cache", "__pycache__")
RUNS = 3
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
letters, word = fonts.copy_to(drawing.FONTS), drawing.for_word(Path.cwd())
for path in sorted(Path(".brief/stock").glob("*/*.ipynb")):
    for record in handover.records(nbformat.read(path, as_version=4), path.stem):
        for lang in ("en", "zh") if record["kind"] == "figure" else ():
            pictures.picture(record["specs"][lang], letters, word=record["name"] in word[path.parent.name])
            pictures.picture(record["narrow"][lang], letters, word=False)
render.render(Path.cwd(), Path.cwd() / ".brief" / "rendered")
"""
"""What follows the notebooks in the baseline, where a build has prepared all that pages refer to."""

FIRST = "meizhou"
ASSUMPTION = "provincial_rated_share,bounds,0,", "provincial_rated_share,bounds,0.1,"
"""A row of assumptions, as it is and with another lower end."""


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


def baseline(prepared: Path) -> Callable[[], None]:
    """The notebooks that a build of a project runs, their charts and its pages, one after another."""
    executed = prepared / ".brief" / "stock"
    paths = sorted((prepared / ".brief").glob("*/*.ipynb"))

    def stock() -> None:
        without(prepared, ".brief/kept", ".brief/rendered", ".brief/stock")()
        for path in paths:
            out = executed / path.parent.name / path.name
            out.parent.mkdir(parents=True, exist_ok=True)
            run(prepared, "papermill", f"notebooks/{path.name}", str(out), "-p", "case", path.parent.name)
        run(prepared, "python", "-c", ONE_AFTER_ANOTHER)

    return stock


def command(project: Path, *program: str) -> Callable[[], None]:
    """A program of this environment, to be run in a project."""
    return lambda: run(project, *program)


def measure(project: Path, prepared: Path) -> dict[str, float]:
    """Seconds of each thing measured, in one copy of the project and another that has been built."""
    build = command(project, "brief", "build", "--renderer", "embedded")
    served = command(project, "brief", "build", "--renderer", "embedded", "--format", "html")

    def edit() -> None:
        with (project / "index.qmd").open("a", encoding="utf-8") as page:
            page.write("\nA sentence is added.\n")

    def assume() -> None:
        path = project / "seeds" / FIRST / "assumptions.csv"
        text = path.read_text(encoding="utf-8")
        old, new = ASSUMPTION if ASSUMPTION[0] in text else reversed(ASSUMPTION)
        path.write_text(text.replace(old, new), encoding="utf-8")

    whole = {STOCK: baseline(prepared), LESS: command(project, "python", "-c", BARE), FULL: build}
    renderers = {"embedded": "render"} | ({"Quarto": "quarto"} if shutil.which("quarto") else {})
    rendering = {
        f"rendering all formats with {name}": command(project, "python", "-c", RENDER.format(module))
        for name, module in renderers.items()
    }
    found = medians(whole, without(project, ".brief", "_site", "evidence", "zh/evidence"))
    found |= medians(rendering, without(project, ".brief/kept", ".brief/rendered"))
    build()
    found |= medians({"build after a change of prose": build}, edit)
    found |= medians({"build after a change of an assumption": build}, assume)
    served()
    found |= medians({"web pages after a change of an assumption, as served": served}, assume)
    return found | medians({"build with nothing changed": served})


def further(whole: Path, alone: Path, prepared: Path) -> dict[str, float]:
    """Seconds that the further cases add to a full build and to the baseline."""
    forget = without(whole, ".brief", "_site"), without(alone, ".brief", "_site")
    builds = {
        "all": command(whole, "brief", "build", "--renderer", "embedded"),
        "one": command(alone, "brief", "build", "--renderer", "embedded"),
    }
    taken = medians(builds, lambda: [clear() for clear in forget] and None)
    taken |= medians({"stock": baseline(prepared), "stock one": baseline(alone)})
    return {"build": taken["all"] - taken["one"], "baseline": taken["stock"] - taken["stock one"]}


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        project, prepared, alone = (Path(folder) / name for name in ("project", "prepared", "alone"))
        for copy in (project, prepared, alone):
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for case in {path.parent.name for path in alone.glob("*/index.qmd")} - {"zh"}:
            shutil.rmtree(alone / case)
            shutil.rmtree(alone / "seeds" / case)
        run(prepared, "brief", "build", "--renderer", "embedded")
        tell(measure(project, prepared))
        added = further(project, alone, prepared)
    ratio = added["baseline"] / added["build"]
    print(f"Further cases: {added['build']:.1f} s, is {ratio:.1f} times as fast as for the baseline.")


def tell(found: Mapping[str, float]) -> None:
    """Print what was measured, beside the baseline."""
    stock = found[STOCK]
    table = Table("", "seconds", "of the baseline")
    for name, seconds in found.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / stock:.2f}")
    say = Console().print
    say(table)
    say(f"A full build is {stock / found[FULL]:.1f} times as fast as the baseline.")
    say(f"Records, evidence pages and checks add {found[FULL] / found[LESS] - 1:.0%} to a full build.")


if __name__ == "__main__":
    main()
