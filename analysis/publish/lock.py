"""One build at a time in a project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from analysis.publish.errors import BuildError

FILE = Path(".brief") / "lock"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the project while a build works in it; the system lets go of it with the process.

    Raises BuildError where another build holds it.
    """
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            _lock(file)
        except OSError as error:
            raise BuildError(f"another build is at work in {root}") from error
        yield


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
