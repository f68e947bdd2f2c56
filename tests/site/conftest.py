"""The site as a reader gets it, built once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = (
    "seeds",
    "notebooks",
    "zh",
    "_extensions",
    "_quarto.yml",
    "index.qmd",
    "evaluation.qmd",
    "references.bib",
    "pyproject.toml",
)
BRIEF = Path(sys.executable).with_name("brief")


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("site") / "project"
    root.mkdir()
    unwritten = shutil.ignore_patterns(
        "figures", "evidence", "revisions", "*_notebooks", ".ipynb_checkpoints"
    )
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=unwritten)
        else:
            shutil.copy(ROOT / name, root / name)
    command = [BRIEF, "build", "--renderer", "embedded"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return root
