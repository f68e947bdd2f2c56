"""Where the project is: paths resolve from its root, not from the working directory."""

from __future__ import annotations

from pathlib import Path


def project_root(start: Path | None = None) -> Path:
    """The project around ``start`` (default: the working directory), else the one this code lies in."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").exists() and (folder / "seeds").is_dir():
            return folder
    return Path(__file__).resolve().parents[1]
