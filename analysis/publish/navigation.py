"""The links around a page: its editions, its downloads, the other pages of its case."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from analysis.gather import gathers
from analysis.publish import START, search

if TYPE_CHECKING:
    from analysis.publish.render import Page

NAMES = {"en": "English", "zh": "中文"}
DOWNLOADS = {"typst": ("pdf", "PDF"), "docx": ("docx", "Word"), "pptx": ("pptx", "PowerPoint")}
FILES = tuple(extension for extension, _ in DOWNLOADS.values())
"""What pages are made into beside the web, by extension."""

DATA = {
    "tables.xlsx": {"en": "Tables (Excel)", "zh": "数据表（Excel）"},
    "evidence.zip": {"en": "Data (ZIP)", "zh": "数据包（ZIP）"},
}
"""The data of a case to download, and what they are called."""


def navigation(
    root: Path, pages: Sequence[Page], page: Page, files: Sequence[str], *, whole: bool = True
) -> dict[str, Any]:
    """The links around a page, as the template of the web pages takes them.

    Args:
        root: The project.
        pages: All pages of the site.
        page: The one at hand.
        files: What is made beside the web pages, by extension.
        whole: Whether a build adds what it reads from the pages, such as the index of the search; where it
            does not, a renderer of its own adds scripts, to which the policy of the pages is a bar.
    """
    related = [other for other in pages if other.case == page.case]
    briefs = [other for other in related if other.path.name == START]
    others = [other for other in related if other not in briefs]
    notebooks = [other for other in others if other.path.parent.name == "notebooks"]
    own = [
        other for other in (*briefs, *others) if other not in notebooks and other.language == page.language
    ]
    editions = [other for other in related if other.name == page.name]

    def entry(other: Page, name: str) -> dict[str, Any]:
        href, same = _href(page, other.output("html")), other.name == page.name
        return {"href": href, "name": name, "lang": other.lang, "current": other == page, "same": same}

    return {
        "whole": whole,
        "root": "../" * (len(page.path.parts) - 1),
        "editions": [
            entry(other, NAMES[other.language]) for other in (briefs if page in notebooks else editions)
        ],
        "cases": _cases(root, pages, page),
        "own": [entry(other, other.title) | {"brief": other in briefs} for other in own],
        "downloads": _downloads(root, page, files),
        "index": search.INDEX.format(page.language),
        "notebooks": [entry(other, other.title) for other in notebooks],
    }


def _cases(root: Path, pages: Sequence[Page], page: Page) -> list[dict[str, Any]]:
    """The briefs of all cases in the language of a page, where there are several.

    That at the root is first; what is gathered from cases is last.
    """
    briefs = [each for each in pages if each.path.name == START and each.language == page.language]
    briefs.sort(key=lambda brief: (gathers(brief.case, root), len(brief.path.parts)))
    return [
        {
            "href": _href(page, brief.output("html")),
            "name": _called(root, brief),
            "current": brief.case == page.case,
        }
        for brief in briefs
        if len(briefs) > 1
    ]


def _called(root: Path, brief: Page) -> str:
    """What the case of a brief is called."""
    about = tomllib.loads((root / "seeds" / brief.case / "case.toml").read_text(encoding="utf-8-sig"))
    return str(about[f"name_{brief.language}"])


def _href(page: Page, target: PurePosixPath) -> str:
    return os.path.relpath(target, page.path.parent).replace(os.sep, "/")


def _downloads(root: Path, page: Page, files: Sequence[str]) -> list[dict[str, str]]:
    """The page in its other formats, and the data of its case."""
    made = [DOWNLOADS[name] for name in page.formats if name in DOWNLOADS]
    own = [{"href": page.output(end).name, "name": name} for end, name in made if end in files]
    folder = PurePosixPath("data", page.case)
    there = [name for name in DATA if page.case and (root / folder / name).is_file()]
    return own + [{"href": _href(page, folder / name), "name": DATA[name][page.language]} for name in there]
