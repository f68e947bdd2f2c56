"""Notebooks in forks of a warm process, and in kernels of their own: the same outputs, the same failures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis import UnusableError
from analysis.publish import execute, notebook
from analysis.publish.errors import BuildError

PARAMETERS = 'case = "none"'
EVERYTHING = (
    "print('one'); import sys; print('two', file=sys.stderr); print('three')",
    "!echo from a shell",
    "from IPython.display import *\nh = display(HTML('first'), display_id='h')\n1 + 1",
    "h.update(HTML('second'))",
    "print('cleared'); clear_output(); print('kept')",
    "import asyncio\nlater = asyncio.ensure_future(asyncio.sleep(0.01, 'waited'))",
    "await later",
    "import warnings; warnings.warn('careful')",
    "import polars as pl\npl.DataFrame({'a': [1, None]})",
    "case, __name__, sorted(name for name in globals() if name[0] != '_'), In[1], Out[5]",
    "import pathlib; pathlib.Path.cwd().name, sys.modules['__main__'].__dict__ is globals()",
    "'unshown';",
    " ",
    "'after an empty cell'",
)
FAILURES = {
    "an error": "def fail(): raise ValueError('so')\nfail()",
    "a failing display": "class Odd:\n    def _repr_html_(self): raise KeyError('odd')\nOdd()",
    "a question": "input('?')",
    "a syntax error": "1 +",
}
posix = pytest.mark.skipif(sys.platform == "win32", reason="ends processes as POSIX systems do")
PROCESS = re.compile(r"ipykernel_\d+/\d+\.py|0x[0-9a-f]+")


def project(folder: Path, **notebooks: tuple[str, ...]) -> Path:
    """A project with nothing but notebooks, their cells given as text."""
    (folder / "notebooks").mkdir(parents=True)
    for name, cells in notebooks.items():
        first = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        notebook = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)])
        notebook.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python"}
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    return folder


def run(root: Path, engine: str = execute.WARM, **parameters: str) -> dict[str, nbformat.NotebookNode]:
    found = execute.execute(root, root / "out", {"case": "some", **parameters}, engine)
    return {path.stem: notebook for path, notebook in found}


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """What each code cell gave, without what differs from process to process."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [PROCESS.sub("", json.dumps([cell.execution_count, cell.outputs])) for cell in cells]


class TestNeeds:
    OPEN = "from analysis.publish import notebook\nstudy = notebook.open_study(globals(), needs={})"

    def test_are_read_where_the_case_is_opened(self, tmp_path):
        root = project(tmp_path, a=(self.OPEN.format(["a.cases", "b.cases"]),), b=("1 + 1",))
        found = [execute.needs_of(path) for path in execute.notebooks(root)]
        assert found == [["a.cases", "b.cases"], []]

    @pytest.mark.parametrize(
        ("keys", "run"), [(["a.cases", "b.cases", "c"], ["a", "b"]), (["a.cases"], ["b"]), ([], ["b"])]
    )
    def test_say_for_which_cases_a_notebook_runs(self, tmp_path, keys, run):
        root = project(tmp_path, a=(self.OPEN.format(["a.cases", "b.cases"]),), b=("1 + 1",))
        assert [path.stem for path in execute.notebooks(root, keys)] == run

    def test_of_a_notebook_hold_under_papermill_too(self):
        given = {"case": "meizhou"}
        assert notebook.open_study(given, needs=["municipal.cases"]).case.name == "meizhou"
        with pytest.raises(UnusableError, match=r"needs upper\.cases, lower\.cases, which meizhou lacks"):
            notebook.open_study(given, needs=["upper.cases", "municipal.cases", "lower.cases"])


@pytest.mark.parametrize("cell", FAILURES.values(), ids=FAILURES)
def test_failures_look_alike(tmp_path, cell):
    root = project(tmp_path, all=(*EVERYTHING[:2], cell))
    told = []
    for engine in (execute.STOCK, execute.WARM):
        try:
            told.append(said(run(root, engine)["all"]))
        except BuildError as error:
            told.append([str(error), *said(nbformat.read(root / "out/all.ipynb", as_version=4))])
    assert told[0] == told[1]


def test_both_engines_give_the_same(tmp_path):
    root = project(tmp_path, all=EVERYTHING)
    stock, warm = run(root, execute.STOCK)["all"], run(root)["all"]
    for there, here in zip(said(stock), said(warm), strict=True):
        assert there == here
    assert stock.metadata.language_info == warm.metadata.language_info
    assert "second" in said(warm)[4]
    assert "waited" in said(warm)[8]


PRINTED = """
from pathlib import Path
from analysis.publish import execute
for _, notebook in execute.execute(Path(), Path("out"), {"case": "some"}):
    print(notebook.cells[-1].outputs)
"""


def test_what_child_processes_print_is_the_notebook_s(tmp_path):
    cell = "import subprocess, time; subprocess.run(['echo', 'from a child']); time.sleep(0.3)"
    root = project(tmp_path, a=(cell,))
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-c", PRINTED], cwd=root, env=variables, capture_output=True, text=True, check=True
    )
    assert "'text': 'from a child\\n'" in done.stdout


def test_notebooks_do_not_see_each_other(tmp_path):
    leave = "import builtins, os, sys, polars\nbuiltins.left = os.environ['LEFT'] = 'here'; polars.left = 1"
    look = "import builtins, os, polars\n'left' in dir(builtins), 'left' in dir(polars), 'LEFT' in os.environ"
    root = project(tmp_path, a=(leave,), b=(look,), c=(leave,), d=(look,))
    ran = run(root)
    assert {name: ran[name].cells[-1].outputs[0].data["text/plain"] for name in "bd"} == {
        "b": "(False, False, False)",
        "d": "(False, False, False)",
    }


def test_what_ran_before_a_failure_is_kept(tmp_path):
    root = project(tmp_path, a=("1 + 1", "1 / 0", "print('never')"))
    with pytest.raises(BuildError, match=r"a\.ipynb, cell \d+: ZeroDivisionError: division by zero; "):
        run(root)
    kept = nbformat.read(root / "out/a.ipynb", as_version=4)
    assert "2" in said(kept)[2]
    assert "ZeroDivisionError" in said(kept)[3]
    assert "never" not in said(kept)[4]


@pytest.mark.parametrize(
    "cell",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
        "import multiprocessing, time\nmultiprocessing.Process(target=time.sleep, args=(9,)).start()",
    ],
    ids=["a thread", "a process"],
)
def test_what_a_notebook_leaves_at_work_holds_nobody_up(tmp_path, cell):
    assert said(run(project(tmp_path, a=(cell, "6 * 7")))["a"])[-1].count("42") == 1


def test_a_failure_does_not_wait_for_the_others(tmp_path):
    root = project(tmp_path, a=("1 / 0",), b=("import time; time.sleep(600)",))
    with pytest.raises(BuildError, match="ZeroDivisionError"):
        run(root)


DEATHS = {
    "an exit": "os._exit(3)",
    "a kill": "os.kill(os.getpid(), 9)",
    "a fault": "import ctypes; ctypes.string_at(0)",
    "a process left": "os.fork() or time.sleep(600); os._exit(3)",
}


@posix
@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_a_process_that_dies_is_named_with_its_cell(tmp_path, death):
    root = project(tmp_path, a=("6 * 7", f"import os, time; {death}", "print('never')"))
    with pytest.raises(BuildError) as died:
        run(root)
    # cell 0 holds the parameters as written, cell 1 those given, cell 2 the product
    kept = root / "out/a.ipynb"
    ended = f"its process ended before it was done; what ran until then is in {kept}"
    assert str(died.value) == f"notebooks/a.ipynb, cell 3: {ended}"
    ran = said(nbformat.read(kept, as_version=4))
    assert "42" in ran[2]
    assert ran[3:] == [json.dumps([None, []])] * 2


def test_a_kernel_that_dies_is_named_with_its_cell(tmp_path):
    root = project(tmp_path, a=("6 * 7", "import os; os._exit(3)", "print('never')"))
    with pytest.raises(
        BuildError, match=r"^notebooks/a\.ipynb, cell 3: .*[Dd]ied.*; what ran until then is in "
    ):
        run(root, execute.STOCK)
    assert "42" in said(nbformat.read(root / "out/a.ipynb", as_version=4))[2]


def test_a_notebook_runs_in_the_folder_of_the_project(tmp_path):
    root = project(tmp_path, a=("import pathlib; print(pathlib.Path.cwd())",))
    assert Path.cwd() != root
    assert run(root)["a"].cells[-1].outputs[0].text == f"{root}\n"


def test_parameters_are_refused_before_anything_runs(tmp_path):
    root = project(tmp_path, a=("1",), b=("2",))
    with pytest.raises(BuildError) as refused:
        run(root, caes="meizhou")
    assert str(refused.value).splitlines() == [
        "notebooks/a.ipynb: there is no parameter caes; there are: case",
        "notebooks/b.ipynb: there is no parameter caes; there are: case",
    ]
    assert not (root / "out").exists()


@pytest.mark.parametrize("text", ["", "{}", '{"cells": [{}]}', "[]", '{"cells": 1}'])
def test_what_is_no_notebook_is_named(tmp_path, text):
    root = project(tmp_path)
    (root / "notebooks/a.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=r"^notebooks/a\.ipynb: is not a notebook: "):
        run(root)


def test_a_notebook_in_another_language_needs_its_own_kernel(tmp_path):
    root = project(tmp_path, a=("1",))
    run(root)  # what it leaves does not name a cell in the next
    path = root / "notebooks/a.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"language": "python"', '"language": "R"'), encoding="utf-8"
    )
    with pytest.raises(
        BuildError, match=r"^notebooks/a\.ipynb: needs a kernel of its own for R: '--engine stock'$"
    ):
        run(root)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_warm_process_has_started_no_threads_of_polars(tmp_path):
    cell = "import glob, os\n[open(name).read() for name in glob.glob(f'/proc/{os.getppid()}/task/*/comm')]"
    root = project(tmp_path, a=(cell,))
    seen = run(root)["a"].cells[-1].outputs[0].data["text/plain"]
    assert "python" in seen
    assert not re.search(r"polars-\d", seen)


class TestKernelsThatNeverStart:
    """A kernel whose port another program took meanwhile."""

    def run(self, monkeypatch, tmp_path, *outcomes: object) -> object:
        told = iter(outcomes)

        def execute_notebook(*_: object, **__: object) -> object:
            outcome = next(told)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr("papermill.execute_notebook", execute_notebook)
        return execute._run(Path("a.ipynb"), tmp_path / "a.ipynb", tmp_path, {}, execute.STOCK)  # noqa: SLF001

    def test_are_started_once_more(self, monkeypatch, tmp_path):
        done = nbformat.v4.new_notebook()
        unborn = RuntimeError("Kernel died before replying to kernel_info")
        assert self.run(monkeypatch, tmp_path, unborn, done) is done
        with pytest.raises(BuildError, match=r"^notebooks/a\.ipynb: Kernel died before replying"):
            self.run(monkeypatch, tmp_path, unborn, unborn, done)

    def test_other_failures_are_told_at_once(self, monkeypatch, tmp_path):
        with pytest.raises(BuildError, match=r"^notebooks/a\.ipynb: Kernel crashed$"):
            self.run(monkeypatch, tmp_path, RuntimeError("Kernel crashed"), nbformat.v4.new_notebook())
