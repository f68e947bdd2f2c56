"""The site as a reader gets it, built once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COPIED = (
    "seeds",
    "notebooks",
    "zh",
    "_extensions",
    "_quarto.yml",
    "index.qmd",
    "whatif.qmd",
    "references.bib",
    "pyproject.toml",
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: 'make browser' installs it"
    )
    if CHROMIUM is None:
        pytest.skip("no chromium on PATH")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, project):
    """Open a page of the site in a context of its own; whatever it asks for is kept, faults fail.

    A fault is also what its content-security policy refuses.
    """
    contexts, faults = [], []

    def opened(name: str, base: str = "", **options: object) -> object:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto((base or (project / "_site").as_uri() + "/") + name)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
