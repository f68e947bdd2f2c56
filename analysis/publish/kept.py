"""What builds made, kept under a hash of all that it was made from: a build makes only what changed.

Everything goes into the hash by its content: files, settings, the code of this package, and the versions of
the programs and typefaces that it uses.  So whatever has another origin has another place, and what is found
is what would be made.  What a build did not ask for goes when it is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import analysis
from analysis.publish import stamp

T = TypeVar("T")
FOLDER = Path(".brief") / "kept"
STARTED = "started"
"""A file of the time at which the build that is at work began."""

PACKAGES = (
    "pypandoc_binary",
    "typst",
    "vl-convert-python",
    "uharfbuzz",
    "pypdf",
    "pypdfium2",
    "pyyaml",
    "font-source-sans-pro",
    "font-source-serif-pro",
    "pylopdf-fonts-zh-cn",
)
"""What draws, renders and reads, besides this package."""


class Kept:
    """What is kept in a project: a folder for each thing, in it a file named by the hash of its origin."""

    def __init__(self, root: Path) -> None:
        """Nothing is read or written before it is asked for."""
        self._root = root
        self._folder = root / FOLDER

    def get(self, what: str, origin: object, paths: Iterable[Path] = ()) -> bytes | None:
        """The content of ``what``, made from nothing but ``origin`` and ``paths``, if it is kept."""
        return self._read(self._place(what, origin, paths))

    def put(self, what: str, origin: object, paths: Iterable[Path], content: bytes) -> None:
        """Keep the content of ``what``, made from nothing but ``origin`` and ``paths``."""
        self._write(self._place(what, origin, paths), content)

    def made(self, what: str, origin: object, paths: Iterable[Path], make: Callable[[], bytes]) -> bytes:
        """The content of ``what``, kept or as ``make`` makes it."""
        path = self._place(what, origin, paths := list(paths))
        if (content := self._read(path)) is None:
            content = make()
            if self._place(what, origin, paths) == path:
                self._write(path, content)
        return content

    def found(
        self, what: str, origin: object, paths: Iterable[Path], find: Callable[[], Iterable[T]]
    ) -> list[T]:
        """What a check finds in nothing but ``origin`` and ``paths``; that it found nothing is kept."""
        path = self._place(what, origin, paths := list(paths))
        if self._read(path) is not None:
            return []
        found = list(find())
        if not found and self._place(what, origin, paths) == path:
            self._write(path, b"")
        return found

    @contextmanager
    def building(self, *, whole: bool = True) -> Iterator[None]:
        """While a build is at work; what it did not ask for goes when it comes to a good end.

        After a build that is not ``whole``, a thing that it never asked for stays as it last was.  Nothing
        stays where the sources changed meanwhile, as old code may have read new files, or where the build
        was killed, as nobody looked.
        """
        begun, before = self._folder / STARTED, self._sources()
        if begun.exists():
            shutil.rmtree(self._folder)
        machinery()
        self._folder.mkdir(parents=True, exist_ok=True)
        begun.touch()
        try:
            yield
            self._sweep(begun.stat().st_mtime_ns, whole=whole)
        finally:
            if self._sources() == before:
                begun.unlink(missing_ok=True)
            else:
                shutil.rmtree(self._folder)

    def _sweep(self, since: int, *, whole: bool) -> None:
        for folder in {path.parent for path in self._folder.rglob("*") if path.is_file()}:
            asked = {path: path.stat().st_mtime_ns >= since for path in folder.iterdir() if path.is_file()}
            for path in (path for path in asked if not asked[path] and (whole or any(asked.values()))):
                path.unlink()

    def _sources(self) -> str:
        return stamp.fingerprint(self._root, stamp.SOURCES, {})

    @staticmethod
    def _read(path: Path) -> bytes | None:
        if not path.is_file():
            return None
        path.touch()
        return path.read_bytes()

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        """Write a file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)

    def _place(self, what: str, origin: object, paths: Iterable[Path]) -> Path:
        return self._folder / what / stamp.digest(self._root, paths, [machinery(), origin])


@cache
def machinery() -> list[str]:
    """What makes things of anything: the code of this package, and the versions of what it calls."""
    home = Path(analysis.__file__).parent
    return [stamp.digest(home, home.rglob("*.py"), None), *(f"{name} {version(name)}" for name in PACKAGES)]
