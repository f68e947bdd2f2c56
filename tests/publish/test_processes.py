"""A build that is stopped: one message, an exit status, and no process left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals as POSIX systems do")
BUILD = [Path(sys.executable).with_name("brief"), "build", "--renderer", "embedded"]
PARAMETERS = 'case = ""\nas_of = ""\nassumptions = {}'
BUSY = """
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("begun").touch()
time.sleep(600)
"""
FAILING = """
import pathlib, time
while not pathlib.Path("begun").exists():
    time.sleep(0.01)
1 / 0
"""


def notebook(project, name: str, cell: str) -> None:
    cells = [
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(cell),
    ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python"}
    (project.root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(made, project.root / "notebooks" / f"{name}.ipynb")


@pytest.fixture
def start(project):
    """Start a build with a published site in place, as a terminal does: in a process group of its own."""
    (project.root / "_site").mkdir()
    (project.root / "_site/index.html").write_text("old")
    begun = []

    def starting() -> subprocess.Popen[str]:
        begun.append(
            subprocess.Popen(
                BUILD, cwd=project.root, stderr=subprocess.PIPE, text=True, start_new_session=True
            )
        )
        return begun[-1]

    yield starting
    for each in begun:
        each.kill()
        each.wait()
        each.stderr.close()
    assert (project.root / "_site/index.html").read_text() == "old"


def under(build: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process under a build; there are some."""
    found = psutil.Process(build.pid).children(recursive=True)
    assert found
    return found


def left(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run some seconds later; one that nobody has waited for does not."""
    for _ in range(100):
        running = [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        if not running:
            break
        time.sleep(0.05)
    return running


def wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path} does not come")


@pytest.mark.parametrize(
    ("number", "send", "status"),
    [(signal.SIGTERM, os.kill, 143), (signal.SIGINT, os.killpg, 130)],
    ids=["the build is told to end", "Ctrl-C"],
)
def test_amid_a_notebook(project, start, number, send, status):
    notebook(project, "01-busy", BUSY)
    build = start()
    wait_for(project.root / "begun")
    processes = under(build)
    assert "sleep" in [each.name() for each in processes]
    send(build.pid, number)
    said = build.communicate(timeout=60)[1].splitlines()
    assert (build.returncode, said) == (
        status,
        ["checking meizhou ...", "running the notebooks ...", "stopped"],
    )
    assert not left(processes)


@pytest.mark.parametrize("step", ["checking meizhou ...\n", "running the notebooks ...\n"])
def test_while_processes_start(project, start, step):
    notebook(project, "01-busy", BUSY)
    build = start()
    while build.stderr.readline() != step:
        assert build.poll() is None
    time.sleep(0.2)
    processes = under(build)
    os.killpg(build.pid, signal.SIGINT)
    said = build.communicate(timeout=60)[1].splitlines()
    assert (build.returncode, said[-1]) == (130, "stopped")
    assert {*said[:-1]} <= {"running the notebooks ..."}
    assert not left(processes)


def test_a_failure_ends_what_other_notebooks_started(project, start):
    notebook(project, "01-busy", BUSY)
    notebook(project, "02-failing", FAILING)
    build = start()
    wait_for(project.root / "begun")
    processes = under(build)
    assert "notebooks/02-failing.ipynb, cell 2: ZeroDivisionError" in build.communicate(timeout=60)[1]
    assert build.returncode == 1
    assert not left(processes)


def test_a_notebook_that_dies_leaves_the_site(project, start):
    notebook(project, "01-dying", "import os; os._exit(3)")
    build = start()
    assert "notebooks/01-dying.ipynb, cell 2: its process ended before" in build.communicate(timeout=60)[1]
    assert build.returncode == 1
    assert (project.root / ".brief/meizhou/01-dying.ipynb").exists()
