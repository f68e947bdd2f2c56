"""What a step was made from, so that a step with nothing changed does no work."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.publish import GENERATED

ANALYSIS = (
    "seeds/**/*.csv",
    "seeds/**/*.toml",
    "notebooks/*.ipynb",
    "analysis/**/*.py",
    "requirements/brief.txt",
)
WRITTEN = (
    *("*.qmd", "*/*.qmd", "*/zh/*.qmd", "zh/*.yml", "*/zh/*.yml"),
    *("references.bib", "_quarto.yml", "_extensions/**/*"),
)
SOURCES = (*ANALYSIS, *WRITTEN)
"""All that a site is made from."""


def fingerprint(root: Path, globs: Iterable[str], settings: Mapping[str, Any]) -> str:
    """One hash over the files that ``globs`` name, the settings and the version of Python."""
    return digest(root, sources(root, globs), settings)


def sources(root: Path, globs: Iterable[str]) -> set[Path]:
    """The files that ``globs`` name, without the pages that the build writes."""
    found = {path for glob in globs for path in root.glob(glob)}
    return {path for path in found if path.suffix != ".qmd" or path.parent.name not in GENERATED}


def digest(root: Path, paths: Iterable[Path], settings: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """One hash over those of ``paths`` that are files, named from ``root``, settings and Python's version."""
    digest = hashlib.sha256(json.dumps([settings, platform.python_version()], sort_keys=True).encode())
    for path in sorted({path for path in paths if path.is_file()}):
        digest.update(f"\0{os.path.relpath(path, root)}\0".replace(os.sep, "/").encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sizes(root: Path, places: Iterable[Path]) -> dict[str, int]:
    """Every file among and below ``places`` with its size."""
    files = (path for place in places for path in (place, *place.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.stat().st_size for path in sorted(files)}


def outputs(stamp: Path) -> dict[str, int]:
    """The files that ``stamp`` lists, with their sizes; none where it cannot be read."""
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8"))["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def void(stamp: Path) -> None:
    """Let ``stamp`` be current no more; what it lists is kept, for whoever clears it away."""
    if listed := outputs(stamp):
        write(stamp, "", listed)
    else:
        stamp.unlink(missing_ok=True)


def is_current(root: Path, stamp: Path, inputs: str) -> bool:
    """Whether ``stamp`` was made from ``inputs`` and everything it lists is still there."""
    try:
        made = json.loads(stamp.read_text(encoding="utf-8"))
        same = made["inputs"] == inputs
        return same and all((root / name).stat().st_size == size for name, size in made["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def write(stamp: Path, inputs: str, outputs: Mapping[str, int], **told: Any) -> None:  # noqa: ANN401
    """Record that ``outputs`` were made from ``inputs``, and what else is ``told`` of them."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    made = {"inputs": inputs, "outputs": dict(outputs), **told}
    stamp.write_text(json.dumps(made, indent=1), encoding="utf-8")
