"""Charts as pictures that look the same everywhere: SVG that carries its letters, and PNG."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
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
TEXT = re.compile(r">([^<]+)</t")


def picture(spec: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """A Vega-Lite chart as ``svg`` and ``png``, set in the fonts of ``folder``.

    The SVG holds the letters it uses, so that a reader without the fonts sees the same picture.
    """
    version = alt.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]
    _register(folder)
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version)
    png = vl_convert.svg_to_png(svg, ppi=RESOLUTION, scale=1)
    return {"svg": with_letters(svg, folder).encode(), "png": png}


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
