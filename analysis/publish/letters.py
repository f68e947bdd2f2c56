"""Fonts cut down to the letters in use, so that a page or a picture brings its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path, PurePath

import uharfbuzz

from analysis.publish import fonts
from analysis.publish.kept import Kept
from analysis.publish.reader import Reader

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

_SANS = (
    "h1 h2 h3 h4 aside figcaption table em strong code pre script details"
    " .bar .to-contents .subtitle .author .date .callout-title .verdict .grade .record .whatif"
)
SANS = frozenset(_SANS.split())
"""Tags and classes that the style sheets set in the sans-serif face; no letter is lost if they err."""

LATIN_FACES = (fonts.LATIN_SERIF, fonts.LATIN_SANS)
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


def write_web_fonts(site: Path, folder: Path, kept: Kept) -> None:
    """Write the website's fonts, with the letters of its pages, and the style sheet that names them.

    A Chinese face comes in slices, of which a page loads those that it needs.
    """
    pages = {
        page: faces(site, page, kept) for page in (path.relative_to(site) for path in site.rglob("*.html"))
    }
    styles, scripts = (
        {letter for path in site.glob(f"assets/*.{kind}") for letter in path.read_text("utf-8")}
        for kind in ("css", "js")
    )
    every = set[str]().union(styles, scripts, *(page.every for page in pages.values()))
    home = site / "assets" / "fonts"
    home.mkdir(parents=True, exist_ok=True)
    rules = []
    for file, (family, *_) in WEB.items():
        if family in LATIN_FACES:
            (home / file).write_bytes(_kept(kept, folder / file, file, every))
            rules.append(_rules(file))
            continue
        sans = family == fonts.CHINESE_SANS
        set_in = {name: {*page.sans, *styles} if sans else set(page.serif) for name, page in pages.items()}
        for number, letters in enumerate(_slices(set_in, every)):
            part = Path(file).with_suffix(f".{number}.otf").name
            (home / part).write_bytes(_kept(kept, folder / file, part, letters))
            rules.append(_rules(file, part, _ranges(letters)))
    (home / "fonts.css").write_text("".join(rules), encoding="utf-8")


@dataclass(frozen=True)
class Faces:
    """The letters of a page: all there are, and those that the style sheets set in either face."""

    every: str
    sans: str
    serif: str


def faces(site: Path, page: PurePath, kept: Kept) -> Faces:
    """The letters of a page of the site."""
    path = site / page
    return Faces(*json.loads(kept.made(f"letters/{page.as_posix()}", None, [path], partial(_read, path))))


def _read(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    found = _Faces().read(text)
    return json.dumps(["".join(sorted(letters)) for letters in (set(text), found.sans, found.serif)]).encode()


def _kept(kept: Kept, font: Path, part: str, letters: Iterable[str]) -> bytes:
    """A subset, made where it was not before; which fonts there are goes with the versions of packages."""
    wanted = "".join(sorted(letters))
    return kept.made(f"letters/{part}", [font.name, wanted], [], lambda: subset(font, wanted))


def _slices(pages: Mapping[Path, set[str]], every: set[str]) -> Iterator[set[str]]:
    """The letters that pages set in a face, apart by who needs them; the last slice is for whatever else.

    Those of every page (the name of the other edition), of English pages (phrases in the original), of
    the Chinese pages of the first case and of each further one, of the lists of records; and those that
    only a panel or a search result may show.
    """
    lists = {path for path in pages if path.parent.name in {"evidence", "notebooks"}}
    chinese = {path for path in pages if "zh" in path.parts}
    folders = sorted({path.parts[0] for path in chinese - lists}, key=lambda name: (name != "zh", name))
    of_folders = ({path for path in chinese - lists if path.parts[0] == name} for name in folders)
    readers = (set(pages) - chinese - lists, *of_folders, set(pages))
    needed = [set[str]().union(*(pages[path] for path in some)) for some in readers]
    common = {letter for letter in needed[0] if all(letter in letters for letters in pages.values())}
    taken = set(map(chr, range(0x250)))
    for letters in (common, *needed, every):
        if letters - taken:
            yield letters - taken
        taken |= letters


class _Faces(Reader):
    """Tells the letters of a page that are set in the sans-serif face from those that are not."""

    def __init__(self) -> None:
        super().__init__()
        self.sans: set[str] = set()
        self.serif: set[str] = set()

    def text(self, data: str) -> None:
        quoted = self.within({".phrase"}) and self.within({".record"})
        (self.sans if self.within(SANS) and not quoted else self.serif).update(data)


def _ranges(letters: Iterable[str]) -> str:
    """The letters as a style sheet lists them."""
    return ",".join(f"U+{ord(letter):X}" for letter in sorted(letters))


def _rules(file: str, part: str = "", ranges: str = "") -> str:
    """How a style sheet names a face, or a part of it for the letters in ``ranges``."""
    family, weight, style = WEB[file]
    face = f"font-weight:{weight};font-style:{style};font-display:swap;src:url({part or file})"
    only = f"unicode-range:{ranges};" if ranges else ""
    rules = f"@font-face{{font-family:'{family}';{only}{face}}}\n"
    if family in LATIN_FACES:
        rules += f"@font-face{{font-family:'Latin {family}';unicode-range:{LATIN};{face}}}\n"
    return rules
