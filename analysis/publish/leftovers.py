"""What the build wrote for a case that no page names any more: it goes, and nothing else does."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from analysis.publish import EDITIONS, stamp

LISTS = ("evidence", "revisions")
"""Folders of each edition that hold a page a case."""


def clear(root: Path, cases: Collection[str], made: Path) -> None:
    """Delete what earlier builds wrote for other ``cases``; ``made`` is the stamp of the last of them."""
    work = made.parent
    gone = {path.parent.name for path in work.glob("*/ledger.json")}.difference(cases)
    for name in sorted(gone):
        for path in _written(root, name, made):
            path.unlink(missing_ok=True)
        shutil.rmtree(work / name)
        folder = root / "data" / name
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _written(root: Path, name: str, made: Path) -> Iterator[Path]:
    """The pages of a case, and what the last build listed of it: people may have put files beside."""
    for edition in EDITIONS.values():
        yield from (root / edition / folder / f"{name}.qmd" for folder in LISTS)
    own = (f"data/{name}/", f"{name}/")
    yield from (root / file for file in stamp.outputs(made) if file.startswith(own))
