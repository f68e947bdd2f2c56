"""Run the notebooks through papermill, each in a kernel of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from analysis.publish.errors import BuildError

QUIET = ["--IPKernelApp.log_level=CRITICAL"]
"""A kernel warns of its local ports at every start."""


def notebooks(root: Path) -> list[Path]:
    """The notebooks of the project, in order."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def refuse_unknown(paths: list[Path], parameters: Mapping[str, Any]) -> None:
    """Raise BuildError for a parameter that a notebook does not have; papermill would only warn."""
    import papermill  # noqa: PLC0415 - it takes a second

    for path in paths:
        try:
            known = papermill.inspect_notebook(path)
        except Exception as error:  # whatever nbformat finds wrong with a file
            reason = str(error).partition("\n")[0][:200]
            raise BuildError(f"notebooks/{path.name}: is not a notebook: {reason}") from error
        unknown = [name for name in parameters if name not in known]
        if unknown:
            message = f"there is no parameter {', '.join(unknown)}; there are: {', '.join(known)}"
            raise BuildError(f"notebooks/{path.name}: {message}")


def execute(root: Path, out: Path, parameters: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Run every notebook with ``parameters``; yields each executed notebook as it is done.

    Executed notebooks are kept in ``out``, a failed one with the error in its place.
    Raises BuildError naming notebook, cell and message.
    """
    paths = notebooks(root)
    refuse_unknown(paths, parameters)
    out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(_run, root, path, out / path.name, parameters): path for path in paths}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _run(root: Path, path: Path, out: Path, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a NotebookNode
    import papermill  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    try:
        return papermill.execute_notebook(
            path, out, dict(parameters), cwd=root, progress_bar=False, extra_arguments=QUIET
        )
    except PapermillExecutionError as error:
        message = f"notebooks/{path.name}, cell {error.cell_index}: {error.ename}: {error.evalue}"
        raise BuildError(f"{message}; what ran until then is in {out}") from error
    except RuntimeError as error:  # the kernel did not start, or died
        raise BuildError(f"notebooks/{path.name}: {error}") from error
