"""The files that a page is made from in each of its formats, so that it is made anew when one changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from analysis.publish import NARROW

EXTENSION = PurePosixPath("_extensions/brief")
ASSETS = ("brief.css", "panel.css", "whatif.css", "brief.js", "page.js", "whatif.js")
OWN = {
    "html": ("page.html",),
    "typst": ("brief.typ", "typst-template.typ", "typst-show.typ", "typst.lua"),
    "docx": ("styles.xml",),
    "": (*ASSETS, "quarto.lua", "quarto-callouts.lua"),
}
"""Files of the extension that only one format is made with, or none; all others go into every format."""

FIGURE = re.compile(r"\]\(((?:\.\./)?figures/[\w-]+)\)")


def files(root: Path, page: PurePosixPath, case: str, format_: str) -> Iterator[Path]:
    """All that whichever filter or program may read for a page of a case; some need not be there."""
    others = {name for other, names in OWN.items() if other != format_ for name in names}
    yield from (path for path in (root / EXTENSION).rglob("*") if path.name not in others)
    source, folder = root / page, root / page.parent
    yield from (source, *folder.glob("*.yml"), *(root / ".brief" / case).glob("*.json"))
    yield root / "references.bib"
    pictures = {"html": (".svg", f"{NARROW}.svg"), "typst": (".svg",)}.get(format_, (".png",))
    for figure in FIGURE.findall(source.read_text(encoding="utf-8-sig")):
        yield from (folder / f"{figure}{picture}" for picture in pictures)
