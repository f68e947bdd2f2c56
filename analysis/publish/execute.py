"""Run the notebooks through papermill, each in a process of its own."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import partial
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.publish.errors import BuildError, refuse
from analysis.publish.jobs import at_a_time
from analysis.publish.processes import detach, end, unheard

WARM, STOCK = "warm", "stock"
"""How a notebook is run: in a fork of a process that has its imports, or in a kernel of its own."""

IMPORTED = (
    "altair",
    "babel.dates",
    "analysis.chart_power",
    "analysis.charts",
    "analysis.validate",
    "analysis.publish.engine",
    "analysis.publish.results",
)
"""What the notebooks import, and papermill: the warm process has it when it forks.

None of it may call polars on import: a fork of a process whose threads have started can hang.
"""

QUIET = ["--IPKernelApp.log_level=CRITICAL"]
"""A kernel warns of its local ports at every start."""

UNBORN = ("Kernel died before replying", "Kernel didn't respond")
"""A kernel's ports are chosen before it binds them: where another program was faster, it never starts."""


def notebooks(root: Path, keys: Collection[str] | None = None) -> list[Path]:
    """The notebooks of the project, in order; of a case, those that need none but its ``keys``."""
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    return [path for path in paths if keys is None or all(key in keys for key in needs_of(path))]


def needs_of(path: Path) -> list[str]:
    """The keys that a notebook says it needs where it opens its case; raises BuildError for no notebook."""
    calls = (node for node in ast.walk(_code(path, "open_study(")) if isinstance(node, ast.Call))
    given = [each.value for call in calls for each in call.keywords if each.arg == "needs"]
    return [key for value in given for key in ast.literal_eval(value)]


def refuse_unknown(paths: Iterable[Path], parameters: Mapping[str, Any]) -> None:
    """Raise BuildError for parameters that a notebook does not have; papermill would only warn."""
    refuse(
        f"notebooks/{path.name}: there is no parameter {', '.join(unknown)}; there are: {', '.join(known)}"
        for path in paths
        for known in [parameters_of(path)]
        if (unknown := [name for name in parameters if name not in known])
    )


def parameters_of(path: Path) -> list[str]:
    """The names that a notebook's cell of parameters gives; raises BuildError for what is no notebook."""
    body = _code(path, tag="parameters").body
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _code(path: Path, holding: str = "", tag: str = "") -> ast.Module:
    """The code of the cells that hold a text and have a tag; raises BuildError for what is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if _fits(cell, tag)]
        return ast.parse("\n".join(text for text in texts if holding in text))
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise BuildError(f"notebooks/{path.name}: is not a notebook: {error}") from error


def _fits(cell: Mapping[str, Any], tag: str) -> bool:
    return cell["cell_type"] == "code" and (not tag or tag in cell["metadata"].get("tags", ()))


def warm() -> None:
    """Start the process that notebooks are forked from; it imports while the caller goes on."""
    if "forkserver" in get_all_start_methods():
        get_context("forkserver").set_forkserver_preload(list(IMPORTED))
        unheard(forkserver.ensure_running)


def execute(
    root: Path,
    out: Path,
    parameters: Mapping[str, Any],
    engine: str = WARM,
    paths: Sequence[Path] | None = None,
) -> Iterator[tuple[Path, Any]]:
    """Run notebooks (default: all) with ``parameters``; yields each executed notebook as it is done.

    Executed notebooks are kept in ``out``, a failed one with the error in its place.
    Raises BuildError naming notebook, cell and message.
    """
    paths = notebooks(root) if paths is None else paths
    refuse_unknown(paths, parameters)
    out.mkdir(parents=True, exist_ok=True)
    running: set[BaseProcess] = set()
    with ThreadPoolExecutor(2 * at_a_time()) as pool:
        jobs = {
            pool.submit(_apart, running, path, out.absolute() / path.name, root, parameters, engine): path
            for path in paths
        }
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(job.done() for job in jobs):  # one may be starting only now
                for process in tuple(running):
                    end(process)
                time.sleep(0.01)


def _apart(running: set[BaseProcess], path: Path, out: Path, *given: object) -> Any:  # noqa: ANN401
    """Run a notebook in a process of its own, forked from the warm one where processes can fork.

    What the notebook leaves at work, such as a thread or a process, ends with it and holds nobody up.
    """
    out.unlink(missing_ok=True)
    warm()
    forking = "forkserver" in get_all_start_methods()
    context = get_context("forkserver") if forking else get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(there, path, out, *given))
    process.start()
    there.close()
    running.add(process)
    try:
        told = _heard(here, process)
    finally:
        end(process)
        process.join()
        running.discard(process)
    if isinstance(told, BuildError):
        raise told
    if told is None:
        raise _unfinished(path, out, "its process ended before it was done")
    return told


def _heard(here: Connection, process: BaseProcess) -> Any:  # noqa: ANN401
    """What a process tells, or None where it ends without a word; another may still hold its pipe."""
    wait([here, process.sentinel])
    with suppress(EOFError, OSError):
        return here.recv() if here.poll() else None
    return None


def _tell(there: Connection, *given: Any) -> None:  # noqa: ANN401
    detach()
    try:
        there.send(_run(*given))
    except BuildError as error:
        there.send(error)


def _run(path: Path, out: Path, root: Path, parameters: Mapping[str, Any], engine: str) -> Any:  # noqa: ANN401 - a NotebookNode
    import papermill  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    from analysis.publish import reads  # noqa: PLC0415
    from analysis.publish.engine import NAME  # noqa: PLC0415

    stock = {"extra_arguments": QUIET}
    chosen = stock if engine == STOCK else {"engine_name": NAME, "request_save_on_cell_execute": False}
    try:
        run = partial(papermill.execute_notebook, path, out, dict(parameters), cwd=root, progress_bar=False)
        try:
            done = run(**chosen)
        except RuntimeError as error:
            if not str(error).startswith(UNBORN):
                raise
            done = run(**chosen)
    except PapermillExecutionError as error:
        raise _failure(path, out, error.cell_index, f"{error.ename}: {error.evalue}") from error
    except Exception as error:  # whatever nbformat finds wrong, or no kernel, or a dead one
        raise _unfinished(path, out, str(error).partition("\n")[0]) from error
    done.metadata["read"] = None if engine == STOCK else reads.taken()
    return done


def _unfinished(path: Path, out: Path, reason: str) -> BuildError:
    """The error for a notebook that no cell has failed in: it names the last that was begun, if any was."""
    try:
        cells = json.loads(out.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):  # not there, or cut short
        cells = []
    begun = [index for index, cell in enumerate(cells) if cell["metadata"]["papermill"]["start_time"]]
    return _failure(path, out, begun[-1], reason) if begun else BuildError(f"notebooks/{path.name}: {reason}")


def _failure(path: Path, out: Path, cell: int, reason: str) -> BuildError:
    return BuildError(f"notebooks/{path.name}, cell {cell}: {reason}; what ran until then is in {out}")
