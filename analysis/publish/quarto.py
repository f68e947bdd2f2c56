"""The Quarto back-end: the same pages and filters, where `quarto` is on PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.publish import EDITIONS, docx_reference, fonts, pptx_reference
from analysis.publish.navigation import FILES, navigation
from analysis.publish.render import RenderError, copy_assets, discover, finish, reference, slide_reference

PREPARED = "BRIEF_PREPARED"
"""Set while Quarto runs from a build: `brief prepare`, its pre-render step, has nothing left to do."""


def prepare(root: Path, files: Sequence[str] = FILES, *, whole: bool = False) -> None:
    """Put in place what `_quarto.yml` names and Quarto doesn't make.

    That is styles and scripts of the web pages and the links around each, typefaces, and the styles of Office
    files.

    Args:
        root: The project.
        files: What is made beside the web pages, by extension.
        whole: Whether `render` adds to the pages what is read from them.
    """
    fonts.copy_to(root / ".brief" / "fonts")
    copy_assets(root, root / "assets")
    pages = discover(root)
    around = {
        page.path.as_posix(): navigation(root, pages, page, files, whole=whole)
        for page in pages
        if "html" in page.formats
    }
    (root / ".brief" / "navigation.json").write_text(json.dumps(around, ensure_ascii=False), encoding="utf-8")
    for language in EDITIONS:
        reference(root, root / ".brief", language)
        slide_reference(root / ".brief", language)


def render(root: Path, out: Path, files: tuple[str, ...] = FILES) -> None:
    """Render the website project in each format.

    Quarto makes every format that a page names; what is not asked for is taken away again.

    Args:
        root: The project, with everything generated in place.
        out: The site's directory; made if missing.
        files: What to keep beside the web pages, by extension.

    Raises:
        RenderError: Quarto failed; `out` may then hold part of the site.
    """
    prepare(root, files, whole=True)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": programs, PREPARED: "1", "NO_COLOR": "1"}
    command = [str(shutil.which("quarto")), "render", str(root), "--output-dir", str(out.resolve())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"quarto: {_last_words(done.stderr or done.stdout)}"
        raise RenderError(message)
    for path in (path for name in set(FILES) - set(files) for path in out.rglob(f"*.{name}")):
        path.unlink()
    finish(root, out, discover(root))
    for path in out.rglob("*.pptx"):
        path.write_bytes(pptx_reference.finished(path.read_bytes()))
    for path in out.rglob("*.docx"):
        language = "zh" if EDITIONS["zh"].name in path.relative_to(out).parts else "en"
        path.write_bytes(docx_reference.finished(path.read_bytes(), language))


def _last_words(output: str) -> str:
    """The page that Quarto was at, and what it said from its first error on."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in output.splitlines()]
    lines = [line for line in lines if line]
    at = next((i for i, line in enumerate(lines) if re.match(r"ERROR|Error", line)), max(len(lines) - 5, 0))
    page = next((line for line in reversed(lines[:at]) if re.match(r"\[\d+/\d+\]", line)), "")
    return " ".join([page, *lines[at : at + 5]]).strip()
