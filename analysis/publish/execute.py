"""Run the notebooks through papermill, each in a process of its own."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.publish.errors import BuildError, refuse

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


def notebooks(root: Path) -> list[Path]:
    """The notebooks of the project, in order."""
    return sorted((root / "notebooks").glob("*.ipynb"))


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
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
        body = ast.parse("".join(line for cell in tagged for line in cell["source"])).body
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise BuildError(f"notebooks/{path.name}: is not a notebook: {error}") from error
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def warm() -> None:
    """Start the process that notebooks are forked from; it imports while the caller goes on."""
    if "forkserver" in get_all_start_methods():
        get_context("forkserver").set_forkserver_preload(list(IMPORTED))
        forkserver.ensure_running()


def execute(
    root: Path, out: Path, parameters: Mapping[str, Any], engine: str = WARM
) -> Iterator[tuple[Path, Any]]:
    """Run every notebook with ``parameters``; yields each executed notebook as it is done.

    Executed notebooks are kept in ``out``, a failed one with the error in its place.
    Raises BuildError naming notebook, cell and message.
    """
    paths = notebooks(root)
    refuse_unknown(paths, parameters)
    out.mkdir(parents=True, exist_ok=True)
    running: set[BaseProcess] = set()
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        jobs = {pool.submit(_apart, running, root, path, out, parameters, engine): path for path in paths}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in tuple(running):
                process.kill()


def _apart(running: set[BaseProcess], root: Path, path: Path, *given: object) -> Any:  # noqa: ANN401
    """Run a notebook in a process of its own, forked from the warm one where processes can fork.

    What the notebook leaves at work in it, such as a thread, holds nobody up.
    """
    warm()
    forking = "forkserver" in get_all_start_methods()
    context = get_context("forkserver") if forking else get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(there, root, path, *given))
    process.start()
    there.close()
    running.add(process)
    try:
        told = here.recv()
    except EOFError as error:
        raise BuildError(f"notebooks/{path.name}: its process ended before it was done") from error
    finally:
        process.kill()
        process.join()
        running.discard(process)
    if isinstance(told, BuildError):
        raise told
    return told


def _tell(there: Connection, *given: Any) -> None:  # noqa: ANN401
    try:
        there.send(_run(*given))
    except BuildError as error:
        there.send(error)


def _run(root: Path, path: Path, folder: Path, parameters: Mapping[str, Any], engine: str) -> Any:  # noqa: ANN401 - a NotebookNode
    import papermill  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    from analysis.publish.engine import NAME  # noqa: PLC0415

    chosen = {"extra_arguments": QUIET} if engine == STOCK else {"engine_name": NAME}
    out = folder / path.name
    try:
        return papermill.execute_notebook(path, out, dict(parameters), cwd=root, progress_bar=False, **chosen)
    except PapermillExecutionError as error:
        message = f"notebooks/{path.name}, cell {error.cell_index}: {error.ename}: {error.evalue}"
        raise BuildError(f"{message}; what ran until then is in {out}") from error
    except Exception as error:  # whatever nbformat finds wrong, or no kernel, or a dead one
        reason = str(error).partition("\n")[0]
        raise BuildError(f"notebooks/{path.name}: {reason}") from error
