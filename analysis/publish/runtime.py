"""The one script that draws and computes all what-ifs of a site: made by the build, once, and kept."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import vl_convert

from analysis.publish.pictures import VERSION

BUNDLE = ".brief/vega-{}-{}.js"
RUNTIME = Path("assets") / "vega.js"
MARK = 'data-whatif="'
"""What is on every page with a what-if, and on no other."""


def write(root: Path, site: Path) -> None:
    """Put the one runtime of all what-ifs into a rendered site that shows any; it is made once and kept."""
    if not any(MARK in page.read_text(encoding="utf-8") for page in site.rglob("*.html")):
        return
    target = site / RUNTIME
    target.parent.mkdir(parents=True, exist_ok=True)
    schemas = (VERSION.search(path.read_text(encoding="utf-8")) for path in root.glob(".brief/*/whatif.json"))
    made = bundle(root, next(found[1] for found in schemas if found))
    target.write_bytes(made.read_bytes())


def bundle(root: Path, vegalite: str) -> Path:
    """Vega-Embed with a version of Vega-Lite and its Vega, as one classic script in a file of its own."""
    kept = root / BUNDLE.format(version("vl-convert-python"), vegalite)
    if not kept.is_file():
        script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=vegalite)
        part = kept.with_suffix(f".{os.getpid()}.part")  # another process may be making it too
        part.write_text(f'(function () {{\n"use strict";\n{script}\n}})();\n', encoding="utf-8", newline="\n")
        part.replace(kept)
    return kept
