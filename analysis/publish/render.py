"""The embedded back-end: pages to HTML, PDF and DOCX with Pandoc and Typst from their wheels."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

import yaml

from analysis.publish import EDITIONS, START, docx_reference, fonts, letters, origins, pptx_reference, search
from analysis.publish.errors import BuildError
from analysis.publish.jobs import at_a_time
from analysis.publish.kept import Kept
from analysis.publish.navigation import FILES, navigation
from analysis.publish.origins import ASSETS, EXTENSION
from analysis.publish.pages import listed_pages, settings

if TYPE_CHECKING:
    import typst

FILTER = "embedded.lua"
MEMORY = ("+RTS", "-A64m", "-O512m", "-RTS")
"""For Pandoc's runtime: room for a page, so that it tidies up little; more takes long to be given to it."""

COMMENT = re.compile(rb"/\*.*?\*/\s*", re.DOTALL)


class RenderError(BuildError):
    """A page could not be rendered; the message names it and gives the renderer's own words."""


@dataclass(frozen=True)
class Page:
    """A page of the site, as its front matter describes it.

    Attributes:
        path: The source, relative to the project's root.
        title: The title as written.
        lang: The language tag.
        case: The case that the page is about, or nothing.
        formats: `html`, `typst`, `docx` and `pptx`, or some of them.
        date: The date of publication; files carry it as their own.
    """

    path: PurePosixPath
    title: str
    lang: str
    case: str
    formats: tuple[str, ...]
    date: dt.date | None

    @property
    def language(self) -> str:
        """The edition: `en` or `zh`."""
        return "zh" if self.lang.startswith("zh") else "en"

    @property
    def epoch(self) -> int:
        """The date in seconds, so that the same page gives the same bytes."""
        day = self.date or dt.date(1980, 1, 1)
        return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())

    @property
    def name(self) -> str:
        """The path, the same for every edition."""
        return "/".join(part for part in self.path.parts if part != EDITIONS["zh"].name)

    def output(self, extension: str) -> PurePosixPath:
        """Where a format of the page goes, relative to the site."""
        return self.path.with_suffix(f".{extension}")


@dataclass(frozen=True)
class Site:
    """What every job needs: the project, the output, all pages, a place for passing files, what to make."""

    root: Path
    out: Path
    pages: tuple[Page, ...]
    scratch: Path
    files: tuple[str, ...] = FILES


def _front_matter(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."}), len(lines))
    try:
        found = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        message = f"{path}: the front matter is not YAML: {error}"
        raise RenderError(message) from error
    return found if isinstance(found, dict) else {}


def _formats(declared: object, project: Mapping[str, Any]) -> tuple[str, ...]:
    if declared is None:
        declared = project.get("format", {})
    return (declared,) if isinstance(declared, str) else tuple(declared)  # type: ignore[arg-type]


def discover(root: Path) -> tuple[Page, ...]:
    """Read the pages that `_quarto.yml` lists, so that both back-ends render the same ones."""
    project = settings(root)
    pages = []
    for path in listed_pages(root, project):
        meta = _front_matter(path)
        date = meta.get("date")
        page = Page(
            path=PurePosixPath(path.relative_to(root).as_posix()),
            title=str(meta.get("title", path.stem)),
            lang=str(meta.get("lang", "en")),
            case=str(meta.get("case", "")),
            formats=_formats(meta.get("format"), project),
            date=date if isinstance(date, dt.date) else None,
        )
        pages.append(page)
    return tuple(pages)


@cache
def _program() -> Path:
    import pypandoc  # noqa: PLC0415 - only where pages are rendered

    return Path(shutil.which(pypandoc.get_pandoc_path()) or "")


def _pandoc(root: Path, *arguments: str, epoch: int = 0) -> bytes:
    command = [str(_program()), *arguments, *MEMORY]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    if done.returncode:
        words = " ".join(done.stderr.decode(errors="replace").split("stack traceback")[0].split())
        raise RenderError(re.sub(r"^Error running filter .*?\.lua:\d+: ", "", words))
    return done.stdout


def _convert(site: Site, page: Page, to: str, *options: str) -> bytes:
    """Run one page through Pandoc; its warnings are errors, so that nothing is left out in silence.

    Only notebooks show code; looking for it takes Pandoc half a second a page.
    """
    extension = site.root / EXTENSION
    arguments = [str(page.path), "--standalone", "--from=markdown", f"--to={to}", "--fail-if-warnings"]
    arguments += [f"--data-dir={extension}", "--wrap=none", f"--resource-path={page.path.parent}"]
    arguments += [f"--lua-filter={extension / FILTER}", "--metadata=link-citations"]
    if page.path.parent.name != "notebooks":
        arguments.append("--syntax-highlighting=none")
    if (site.root / "references.bib").exists():
        arguments.append("--bibliography=references.bib")
    return _pandoc(site.root, *arguments, *options, epoch=page.epoch)


def _around(site: Site, page: Page) -> dict[str, Any]:
    return navigation(site.root, site.pages, page, site.files)


def _html(site: Site, page: Page) -> bytes:
    return _convert(
        site,
        page,
        "html",
        f"--template={site.root / EXTENSION / 'page.html'}",
        f"--variable-json=site:{json.dumps(_around(site, page))}",
        "--default-image-extension=svg",
        "--toc",
        "--toc-depth=2",
        "--section-divs",
    )


def _docx(site: Site, page: Page) -> bytes:
    options = (f"--reference-doc={reference(site.root, site.scratch, page.language)}", "--output=-")
    written = _convert(site, page, "docx", *options, "--default-image-extension=png")
    return docx_reference.finished(written, page.language)


def _pptx(site: Site, page: Page) -> bytes:
    options = (f"--reference-doc={slide_reference(site.scratch, page.language)}", "--output=-")
    written = _convert(site, page, "pptx", *options, "--default-image-extension=png", "--slide-level=1")
    return pptx_reference.finished(written)


@cache
def _default_reference(extension: str) -> bytes:
    return _pandoc(Path.cwd(), "--print-default-data-file", f"reference.{extension}")


def reference(root: Path, directory: Path, language: str) -> Path:
    """Write the Word reference document of an edition, for either back-end.

    Args:
        root: The project.
        directory: Where to write it.
        language: The edition, `en` or `zh`.

    Returns:
        The document's path.
    """
    path = directory / f"reference-{language}.docx"
    styles = (root / EXTENSION / "styles.xml").read_text(encoding="utf-8")
    path.write_bytes(docx_reference.build(_default_reference("docx"), styles, language))
    return path


def slide_reference(directory: Path, language: str) -> Path:
    """Write the PowerPoint reference document of an edition, for either back-end; returns its path."""
    path = directory / f"reference-{language}.pptx"
    path.write_bytes(pptx_reference.build(_default_reference("pptx"), language))
    return path


@cache
def _fonts(directory: Path) -> typst.Fonts:
    import typst  # noqa: PLC0415 - only where PDFs are made

    # Typst's own hold the one for formulas; the template lets no other stand in for a missing letter.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(directory)])


def _pdf(site: Site, page: Page) -> bytes:
    """Typeset one page, for every reader (PDF/UA-1) and for the archive (PDF/A-2a), as `_quarto.yml` has it.

    PDF/UA refuses a missing glyph or alternative text, and a warning is an error.
    """
    import typst  # noqa: PLC0415 - only where PDFs are made

    template = f"--template={site.root / EXTENSION / 'brief.typ'}"
    source = _convert(site, page, "typst-citations", template, "--default-image-extension=svg")
    folder = site.root / page.path.parent
    compiler = typst.Compiler(root=str(folder), font_paths=_fonts(site.root / ".brief" / "fonts"))
    try:
        pdf, warnings = compiler.compile_with_warnings(
            source, timestamp=page.epoch, pdf_standards=["ua-1", "a-2a"]
        )
    except typst.TypstError as error:
        raise RenderError(str(error)) from error
    if warnings:
        raise RenderError("; ".join(str(warning) for warning in warnings))
    return cast("bytes", pdf)


_WRITERS = {"html": ("html", _html), "typst": ("pdf", _pdf), "docx": ("docx", _docx), "pptx": ("pptx", _pptx)}


def write(site: Site, page: Page, name: str) -> None:
    """Put one page in one of its formats into the site, rendered where it was not from the same before.

    A web page is read at once for what `finish` takes from all of them, while the others are rendered.
    """
    extension, writer = _WRITERS[name]
    kept, target, program = Kept(site.root), site.out / page.output(extension), _program().stat()
    origin = [program.st_size, program.st_mtime_ns, _around(site, page) if name == "html" else None]
    what = f"{extension}/{page.path}"
    try:
        content = kept.made(
            what, origin, origins.files(site.root, page.path, page.case, name), lambda: writer(site, page)
        )
    except RenderError as error:
        message = f"{page.path} to {extension}: {error}"
        raise RenderError(message) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if name == "html":
        search.listed(site.out, page.output(extension), kept)
        letters.faces(site.out, page.output(extension), kept)


def copy_assets(root: Path, out: Path) -> None:
    """Put the styles, without their comments, and the scripts of all pages into a folder of assets."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ASSETS:
        text = (root / EXTENSION / name).read_bytes()
        (out / name).write_bytes(COMMENT.sub(b"", text) if name.endswith(".css") else text)


def _copy_figures(site: Site) -> None:
    for folder in {page.path.parent for page in site.pages}:
        source = site.root / folder / "figures"
        if source.is_dir():
            shutil.copytree(source, site.out / folder / "figures", dirs_exist_ok=True)


def render(root: Path, out: Path, files: tuple[str, ...] = FILES) -> None:
    """Render every page in each of its formats, with what the pages show.

    Args:
        root: The project, with everything generated in place.
        out: The site's directory; made if missing.
        files: What to make beside the web pages, by extension.

    Raises:
        RenderError: A page could not be rendered; `out` may then hold some of the others.
    """
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(at_a_time()) as pool:
        fonts.copy_to(root / ".brief" / "fonts")
        site = Site(root.resolve(), out.resolve(), discover(root.resolve()), Path(scratch), files)
        order = [name for name in ("typst", "docx", "pptx", "html") if _WRITERS[name][0] in (*files, "html")]
        jobs = [(page, name) for name in order for page in site.pages if name in page.formats]
        done = [pool.submit(write, site, page, name) for page, name in jobs]
        try:
            copy_assets(site.root, site.out / "assets")
            _copy_figures(site)
            for job in done:
                job.result()
        finally:
            pool.shutdown(cancel_futures=True)
    finish(root, out, site.pages)


def finish(root: Path, out: Path, pages: tuple[Page, ...]) -> None:
    """Add to a rendered site what is read from its pages: the index of the search, and typefaces."""
    kept = Kept(root)
    start_first = sorted(pages, key=lambda page: page.path.name != START)
    search.write(out, [page for page in start_first if "html" in page.formats], kept)
    letters.write_web_fonts(out, fonts.copy_to(root / ".brief" / "fonts"), kept)
