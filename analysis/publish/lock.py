"""One build at a time in a project."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from analysis.publish.errors import BuildError

FILE = Path(".brief") / "lock"
PAUSE = 0.2
"""Seconds between one try and the next where a build waits for another."""


@contextmanager
def alone(root: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the project while a build works in it; the system lets go of it with the process.

    Where another build holds it, ``waiting`` is told so, and it is held once that is free; without
    ``waiting`` raises BuildError.
    """
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if not _held(file):
            if waiting is None:
                raise BuildError(f"another build is at work in {root}")
            waiting()
            while not _held(file):
                time.sleep(PAUSE)
        yield


def _held(file: IO[str]) -> bool:
    """Whether the lock is had, now if not before."""
    try:
        _lock(file)
    except OSError:
        return False
    return True


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
