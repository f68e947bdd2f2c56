"""Fonts cut down to the letters in use, so that a page or a picture brings its own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import uharfbuzz

from analysis.publish import fonts

WEB = {
    "SourceSerifPro-Regular.otf": (fonts.LATIN_SERIF, "normal", "normal"),
    "SourceSerifPro-It.otf": (fonts.LATIN_SERIF, "normal", "italic"),
    "SourceSerifPro-Semibold.otf": (fonts.LATIN_SERIF, "bold", "normal"),
    "SourceSansPro-Regular.otf": (fonts.LATIN_SANS, "normal", "normal"),
    "SourceSansPro-Semibold.otf": (fonts.LATIN_SANS, "bold", "normal"),
    "NotoSerifSC-Regular.otf": (fonts.CHINESE_SERIF, "normal", "normal"),
    "NotoSansSC-Regular.otf": (fonts.CHINESE_SANS, "normal", "normal"),
}
"""The faces of the website: file, family, weight and style."""

LATIN = "U+20-7E,U+A0-24F"
"""Letters and figures: in Chinese text a Latin face sets these, and quotation marks stay Chinese."""


def subset(path: Path, letters: Iterable[str]) -> bytes:
    """The font at ``path`` with the glyphs of ``letters`` and no others."""
    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    wanted.unicode_set.update(ord(letter) for letter in letters)
    return bytes(uharfbuzz.subset(_face(path), wanted).blob.data)


@cache
def _face(path: Path) -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))


def write_web_fonts(site: Path, folder: Path) -> None:
    """Write the website's fonts, with the letters of its pages, and the style sheet that names them."""
    letters = {letter for page in site.rglob("*.html") for letter in page.read_text(encoding="utf-8")}
    home = site / "assets" / "fonts"
    home.mkdir(parents=True, exist_ok=True)
    for file in WEB:
        (home / file).write_bytes(subset(folder / file, letters))
    (home / "fonts.css").write_text("".join(map(_rules, WEB)), encoding="utf-8")


def _rules(file: str) -> str:
    family, weight, style = WEB[file]
    face = f"font-weight:{weight};font-style:{style};font-display:swap;src:url({file})"
    rules = f"@font-face{{font-family:'{family}';{face}}}\n"
    if family in (fonts.LATIN_SERIF, fonts.LATIN_SANS):
        rules += f"@font-face{{font-family:'Latin {family}';unicode-range:{LATIN};{face}}}\n"
    return rules
