"""What `make bench-many` measures: two hundred generated cases, and two Dask workers against the local pool.

Sizes to build up to can be given as arguments, as in ``python -m tests.bench_many 10 20``.
"""

from __future__ import annotations

import importlib.util
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import psutil
from rich.console import Console
from rich.table import Table

from tests.dask_cluster import dask_cluster
from tests.small_cases import add, project

BRIEF = Path(sys.executable).with_name("brief")
SIZES = (50, 100, 200)
COMPARED = 20
"""Cases that are built here and on Dask."""

RUNS = 3
PAUSE = 0.2
"""Seconds between two looks at the memory in use."""


def names() -> Iterator[str]:
    """Names of cases, which hold no numeral."""
    return (f"town{''.join(letters)}" for letters in itertools.product(ascii_lowercase, repeat=2))


def build(root: Path, *args: str) -> tuple[float, float, float]:
    """Build all editions: seconds, and the peak MB of the command and of all that it started."""
    start, peaks = time.perf_counter(), (0.0, 0.0)
    command = [BRIEF, "build", "--all", *args]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            own = _memory(process.pid)
            peaks = max(peaks[0], own[0]), max(peaks[1], sum(own[1:]))
            time.sleep(PAUSE)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return time.perf_counter() - start, *peaks


def _memory(pid: int) -> list[float]:
    """MB in use by a process, and by each that it started: such as share pages count them more than once."""
    found = []
    try:
        for process in (each := psutil.Process(pid), *each.children(recursive=True)):
            found.append(process.memory_info().rss / 1e6)
    except psutil.Error:
        return found or [0.0]
    return found


def growing(root: Path, sizes: list[int]) -> Table:
    """Build up to each size, what is there being kept; linear is the same seconds an edition."""
    table = Table(
        "editions", "new", "seconds", "seconds an edition", "MB, command", "MB, its processes", "no-op"
    )
    known = names()
    project(root, [])
    for before, size in itertools.pairwise([0, *sizes]):
        for number, name in enumerate(itertools.islice(known, size - before), before):
            add(root, name, number)
        seconds, own, started = build(root)
        idle = statistics.median(build(root)[0] for _ in range(RUNS))
        new = size - before
        cells = (f"{seconds:.1f}", f"{seconds / new:.2f}", f"{own:.0f}", f"{started:.0f}", f"{idle:.2f}")
        table.add_row(str(size), str(new), *cells)
    return table


def on_dask(root: Path) -> str:
    """Two Dask workers against the local pool, a new cluster each time, as the pool is."""
    if not importlib.util.find_spec("distributed"):
        return "Dask is not installed: 'make cluster' installs it."
    project(root, itertools.islice(names(), COMPARED))
    taken: dict[str, list[float]] = {"here": [], "on Dask": []}
    for _ in range(RUNS):
        taken["here"].append(_anew(root))
        with dask_cluster() as (address, _):
            taken["on Dask"].append(_anew(root, "--cluster", address))
    here, dask = (statistics.median(seconds) for seconds in taken.values())
    return (
        f"{COMPARED} editions: {here:.1f} s here, {dask:.1f} s on two Dask workers, {dask / here:.2f} times."
    )


def _anew(root: Path, *args: str) -> float:
    for folder in ("_sites", ".brief"):
        shutil.rmtree(root / folder, ignore_errors=True)
    return build(root, *args)[0]


def main() -> None:
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        Console().print(growing(Path(folder) / "growing", sizes))
        Console().print(on_dask(Path(folder) / "compared"))


if __name__ == "__main__":
    main()
