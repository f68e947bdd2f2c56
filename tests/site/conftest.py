"""The site as a reader gets it, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FURTHER = tuple(sorted({path.parent.name for path in ROOT.glob("*/index.qmd")} - {"zh"}))
"""The folders of further cases."""

COPIED = (
    *FURTHER,
    "seeds",
    "notebooks",
    "zh",
    "_extensions",
    "_quarto.yml",
    "index.qmd",
    "robustness.qmd",
    "evaluation.qmd",
    "whatif.qmd",
    "slides.qmd",
    "summary.qmd",
    "references.bib",
    "pyproject.toml",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
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
    """A real browser; the tests without one are skipped, or fail where BRIEF_BROWSER=required."""
    without = pytest.fail if os.environ.get("BRIEF_BROWSER") == "required" else pytest.skip
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        without("no chromium on PATH")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may not be there
    except ImportError:
        without("no playwright: 'make browser' installs it")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
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


@pytest.fixture
def violations():
    """What axe finds wrong on a page at a width and in a scheme, but in what is left out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="'make browser' installs it")

    def found(page: object, width: int, scheme: str, without: tuple[str, ...] = ()) -> list[str]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.evaluate(axe.Axe().axe_script)
        asked = [{"exclude": [[each] for each in without]}, {"resultTypes": ["violations"], "preload": False}]
        told = page.evaluate("([context, options]) => axe.run(context, options)", asked)
        return [
            f"{width} {scheme} {each['id']}: {node['target'][0]}"
            for each in told["violations"]
            for node in each["nodes"]
        ]

    return found
