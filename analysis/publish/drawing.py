"""The figures that notebooks handed over, drawn as files beside the pages of each language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from analysis.publish import NARROW, folders, fonts, origins, render, runtime
from analysis.publish.errors import BuildError
from analysis.publish.kept import Kept
from analysis.publish.pictures import VERSION, picture
from analysis.publish.processes import Workers

FONTS = Path(".brief") / "fonts"
OFFICE = {"docx", "pptx"}
Record = Mapping[str, Any]


class Drawing:
    """Has the figures of a case drawn while its notebooks still run.

    What was drawn from the same before is kept.
    """

    def __init__(self, root: Path, case: str, workers: Workers, word: Collection[str] = ()) -> None:
        """Nothing is drawn before it is added; figures named in ``word`` are drawn for Office files too."""
        self.case = case
        self._root, self._kept = root, Kept(root)
        self._folders = {lang: root / pages / "figures" for lang, pages in folders(root, case).items()}
        self._workers, self._word = workers, word
        self._jobs: dict[Path, Mapping[str, Callable[[], bytes]]] = {}
        self._vegalite = ""

    @cached_property
    def _letters(self) -> Path:
        return fonts.copy_to(self._root / FONTS)

    def add(self, handed: Iterable[Record]) -> None:
        """Begin to draw the figures among what a notebook handed over, for both editions, wide and narrow."""
        for record in handed:
            if "live" in record:
                self._vegalite = VERSION.findall(record["specs"]["en"]["$schema"])[0]
            for lang, folder in self._folders.items() if record["kind"] == "figure" else ():
                name = record["name"]
                formats = ("svg", "png") if name in self._word else ("svg",)
                self._draw(folder / name, record["specs"][lang], formats)
                self._draw(folder / f"{name}{NARROW}", record["narrow"][lang], ("svg",))

    def _draw(self, path: Path, spec: Mapping[str, Any], formats: Sequence[str]) -> None:
        places = {name: f"{path.relative_to(self._root).as_posix()}.{name}" for name in formats}
        new = any(self._kept.get(place, spec) is None for place in places.values())
        job = self._workers.submit(picture, spec, self._letters, word="png" in formats) if new else None
        self._jobs[path] = {
            name: partial(self._kept.made, place, spec, (), partial(_drawn, job, name))
            for name, place in places.items()
        }

    def write(self) -> None:
        """Write every figure beside the pages of its language, and clear away what is none any more.

        What-ifs are drawn in the browser as well: what it needs is made while the build goes on.
        Raises BuildError for a figure that cannot be drawn.
        """
        if self._vegalite:
            self._workers.submit(runtime.bundle, self._root, self._vegalite)
        files = {
            path.with_suffix(f".{extension}"): content
            for path, formats in self._jobs.items()
            for extension, content in _made(path.relative_to(self._root), formats).items()
        }
        for old in (path for folder in self._folders.values() for path in folder.glob("*")):
            if old not in files:
                old.unlink()
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def for_word(root: Path) -> dict[str, list[str]]:
    """The figures on pages for Word or PowerPoint, which take pictures made of dots alone, by case."""
    found: dict[str, set[str]] = {}
    for page in render.discover(root):
        text = (root / page.path).read_text(encoding="utf-8-sig") if OFFICE & {*page.formats} else ""
        found.setdefault(page.case, set()).update(Path(name).name for name in origins.FIGURE.findall(text))
    return {case: sorted(names) for case, names in found.items()}


def _made(path: Path, formats: Mapping[str, Callable[[], bytes]]) -> dict[str, bytes]:
    try:
        return {extension: content() for extension, content in formats.items()}
    except ValueError as error:
        reason = str(error).partition("\n    at ")[0].replace("\n", " ")
        raise BuildError(f"{path}: {reason}") from error


def _drawn(job: Future[dict[str, bytes]] | None, name: str) -> bytes:
    if job is None:
        raise BuildError("what was kept of a figure is gone: build again")
    return job.result()[name]
