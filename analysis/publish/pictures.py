"""Charts as pictures that look the same everywhere: SVG that carries its letters, and PNG."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert

from analysis.publish import fonts
from analysis.publish.letters import subset

RESOLUTION = 216
"""Pixels per inch of the PNG: three for each pixel of the chart."""

FACES = {
    (fonts.LATIN_SANS, "normal"): "SourceSansPro-Regular.otf",
    (fonts.LATIN_SANS, "bold"): "SourceSansPro-Bold.otf",
    (fonts.CHINESE_SANS, "normal"): "NotoSansSC-Regular.otf",
}
VERSION = re.compile(r"/v(\d+\.\d+)")
CLIP = re.compile(r"\bclip\d+\b")
TEXT = re.compile(r">([^<]+)</t")


def picture(spec: Mapping[str, Any], folder: Path, *, word: bool = True) -> dict[str, bytes]:
    """A Vega-Lite chart as ``svg`` and, for ``word`` files, ``png``, set in the fonts of ``folder``.

    The SVG holds the letters it uses, so that a reader without the fonts sees the same picture.
    """
    version = VERSION.findall(spec["$schema"])[0]
    _register(folder)
    svg = renumbered(vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version))
    drawn = {"svg": with_letters(svg, folder).encode()}
    return drawn | ({"png": vl_convert.svg_to_png(svg, ppi=RESOLUTION, scale=1)} if word else {})


def renumbered(svg: str) -> str:
    """The SVG with its clip paths counted from 0, not from where the process had come to."""
    numbers = {name: f"clip{place}" for place, name in enumerate(dict.fromkeys(CLIP.findall(svg)))}
    return CLIP.sub(lambda found: numbers[found[0]], svg)


@cache
def _register(folder: Path) -> None:
    vl_convert.register_font_directory(str(fonts.copy_to(folder)))


def with_letters(svg: str, folder: Path) -> str:
    """The SVG with the glyphs of its text as embedded fonts."""
    letters = {letter for text in TEXT.findall(svg) for letter in text}
    rules = "".join(
        _font_face(family, weight, subset(folder / file, letters))
        for (family, weight), file in FACES.items()
        if family in svg and (weight == "normal" or f'font-weight="{weight}"' in svg)
    )
    return svg.replace(">", f"><style>{rules}</style>", 1)


def _font_face(family: str, weight: str, font: bytes) -> str:
    data = base64.b64encode(font).decode()
    source = f"url(data:font/otf;base64,{data})"
    return f"@font-face{{font-family:'{family}';font-weight:{weight};src:{source}}}"
