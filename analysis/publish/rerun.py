"""Run again only those notebooks that read something that has changed.

Each run leaves a verifying trace: the parts of the case and the entries of the ledger that it read, with
a hash of each (Mokhov, Mitchell and Peyton Jones 2018, Build systems à la carte).  All else that a notebook
is made from goes into the hash under which the trace is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import nbformat

from analysis.publish import execute
from analysis.publish.kept import Kept
from analysis.publish.notebook import Study
from analysis.publish.reads import FILES, hashes

ELSEWHERE = re.compile(
    r"\b(open|read\w*|scan_\w+|load_case|glob|random|now|today|getenv)\(|\benviron\b|\bdefault_rng\(\)"
)
"""In a notebook's code: it may go by more than its case, and runs every time."""


def execute_changed(
    root: Path, study: Study, parameters: Mapping[str, Any], engine: str, paths: Sequence[Path]
) -> Iterator[tuple[Path, Any, bool]]:
    """As `execute.execute`, but a notebook whose last run read nothing that has changed is not run again.

    Yields with each notebook whether it was run.
    """
    out = root / ".brief" / study.case.name
    traces = {path: _Trace(root, study, {**parameters, "engine": engine}, path) for path in paths}
    found = {path: notebook for path in paths if (notebook := traces[path].notebook())}
    for path, notebook in found.items():
        out.mkdir(parents=True, exist_ok=True)
        cast("Any", nbformat).write(notebook, out / path.name)
        yield path, notebook, False
    left = [path for path in paths if path not in found]
    for path, notebook in execute.execute(root, out, parameters, engine, left):
        traces[path].keep(notebook)
        yield path, notebook, True


class _Trace:
    """The last run of a notebook for a case."""

    def __init__(self, root: Path, study: Study, settings: Mapping[str, Any], path: Path) -> None:
        self._kept, self._study, name = Kept(root), study, study.case.name
        seeds = (root / "seeds").glob("*.*"), (root / "seeds" / name).glob("*.*")
        files = [file for folder in seeds for file in folder if file.name not in FILES]
        needed = [path, *files, root / "requirements" / "brief.txt"]
        self._place = f"notebooks/{name}/{path.stem}", dict(settings), needed

    def notebook(self) -> Any:  # noqa: ANN401 - a NotebookNode, or None
        """The executed notebook, where all that it read is as it was."""
        content = self._kept.get(*self._place)
        if content is None:
            return None
        told = json.loads(content)
        same = hashes(self._study.case, self._study.ledger, told["read"]) == told["read"]
        return cast("Any", nbformat).from_dict(told["notebook"]) if same else None

    def keep(self, notebook: Any) -> None:  # noqa: ANN401
        """Keep a run, unless it may have read something else."""
        read = notebook.metadata.get("read")
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        if read is not None and not ELSEWHERE.search(code):
            told = {"read": hashes(self._study.case, self._study.ledger, read), "notebook": notebook}
            self._kept.put(*self._place, json.dumps(told).encode())
