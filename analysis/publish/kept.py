"""What builds made, kept under a hash of all that it was made from: a build makes only what changed.

Everything goes into the hash by its content: files, settings, the code of this package, and the versions of
the programs and typefaces that it uses.  So whatever has another origin has another place, and what is found
is what would be made.  What a build did not ask for goes when it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import analysis
from analysis.publish import stamp

T = TypeVar("T")
FOLDER = Path(".brief") / "kept"
STARTED = "started"
"""A file of the time at which the last build began."""

PACKAGES = (
    "pypandoc_binary",
    "typst",
    "uharfbuzz",
    "pypdf",
    "pypdfium2",
    "pyyaml",
    "font-source-sans-pro",
    "font-source-serif-pro",
    "pylopdf-fonts-zh-cn",
)
"""What renders and reads pages, besides this package."""


class Kept:
    """What is kept in a project: a folder for each thing, in it a file named by the hash of its origin."""

    def __init__(self, root: Path) -> None:
        """Nothing is read or written before it is asked for."""
        self._root = root
        self._folder = root / FOLDER

    def made(self, what: str, origin: object, paths: Iterable[Path], make: Callable[[], bytes]) -> bytes:
        """The content of ``what``, which ``make`` makes from nothing but ``origin`` and ``paths``."""
        path = self._place(what, origin, paths)
        if path.is_file():
            path.touch()
            return path.read_bytes()
        content = make()
        self._put(path, content)
        return content

    def found(
        self, what: str, origin: object, paths: Iterable[Path], find: Callable[[], Iterable[T]]
    ) -> list[T]:
        """What a check finds in nothing but ``origin`` and ``paths``; that it found nothing is kept."""
        path = self._place(what, origin, paths)
        if path.is_file():
            path.touch()
            return []
        found = list(find())
        if not found:
            self._put(path, b"")
        return found

    def begin(self) -> None:
        """Note that a build begins."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / STARTED).touch()

    def sweep(self, *, whole: bool) -> None:
        """Delete what the build that began has not asked for, since the next would not either.

        After a build that is not ``whole``, a thing that it never asked for stays as it last was.
        """
        since = (self._folder / STARTED).stat().st_mtime_ns
        for folder in {path.parent for path in self._folder.rglob("*") if path.is_file()}:
            asked = {path: path.stat().st_mtime_ns >= since for path in folder.iterdir() if path.is_file()}
            for path in (path for path in asked if not asked[path] and (whole or any(asked.values()))):
                path.unlink()

    def _place(self, what: str, origin: object, paths: Iterable[Path]) -> Path:
        return self._folder / what / stamp.digest(self._root, paths, [_machinery(), origin])

    @staticmethod
    def _put(path: Path, content: bytes) -> None:
        """Write a file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)


@cache
def _machinery() -> list[str]:
    """What makes things of anything: the code of this package, and the versions of what it calls."""
    home = Path(analysis.__file__).parent
    return [stamp.digest(home, home.rglob("*.py"), None), *(f"{name} {version(name)}" for name in PACKAGES)]
