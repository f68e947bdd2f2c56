"""The Quarto back-end: the same pages and filters, where `quarto` is on PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from analysis.publish import EDITIONS, docx_reference, fonts, letters, pptx_reference
from analysis.publish.kept import Kept
from analysis.publish.render import FILES, RenderError, reference, slide_reference

PREPARED = "BRIEF_PREPARED"
"""Set while Quarto runs from a build: `brief prepare`, its pre-render step, has nothing left to do."""

LINKS = {"pdf": "{format: typst, text: PDF, icon: file-pdf}", "docx": "docx", "pptx": "pptx"}
"""How a page links to its files, by extension; Quarto would call the PDF by what typesets it."""


def prepare(root: Path) -> None:
    """Put in place what `_quarto.yml` names and Quarto doesn't make: typefaces and styles of Office files.

    Args:
        root: The project.
    """
    fonts.copy_to(root / ".brief" / "fonts")
    for language in EDITIONS:
        reference(root, root / ".brief", language)
        slide_reference(root / ".brief", language)


def render(root: Path, out: Path, files: tuple[str, ...] = FILES) -> None:
    """Render the website project in each format.

    Quarto makes every format that a page names; what is not asked for is not linked, and taken away again.

    Args:
        root: The project, with everything generated in place.
        out: The site's directory; made if missing.
        files: What to keep beside the web pages, by extension.

    Raises:
        RenderError: Quarto failed; `out` may then hold part of the site.
    """
    prepare(root)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": programs, PREPARED: "1", "NO_COLOR": "1"}
    command = [str(shutil.which("quarto")), "render", str(root), "--output-dir", str(out.resolve())]
    links = ", ".join(LINKS[name] for name in FILES if name in files)
    command += ["-M", f"format-links:[{links}]" if links else "format-links:false"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"quarto: {_last_words(done.stderr or done.stdout)}"
        raise RenderError(message)
    for path in (path for name in set(FILES) - set(files) for path in out.rglob(f"*.{name}")):
        path.unlink()
    letters.write_web_fonts(out, root / ".brief" / "fonts", Kept(root))
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
