"""The typefaces of the printed brief and its charts, from their packages: the same on every machine."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LATIN_SERIF = "Source Serif Pro"
LATIN_SANS = "Source Sans Pro"
CHINESE_SERIF = "Noto Serif SC"
CHINESE_SANS = "Noto Sans SC"

_WEIGHTS = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
_FILES = {
    "font_source_serif_pro": [f"files/SourceSerifPro-{weight}.otf" for weight in _WEIGHTS],
    "font_source_sans_pro": [f"files/SourceSansPro-{weight}.otf" for weight in _WEIGHTS],
    "pylopdf_fonts_zh_cn": ["NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"],
}


def copy_to(directory: Path) -> Path:
    """Put the font files in use, and no others, in a directory, unless they are there already.

    The packages hold each face twice, and a renderer that searched them would take whichever the
    file system lists first; the TrueType serif sets the full stop of "77.54%." on top of its sign.

    Args:
        directory: Where to put them; made if missing.

    Returns:
        The directory.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for package, names in _FILES.items():
        for name in names:
            with as_file(files(package) / name) as source:
                _place(source, directory / source.name)
    return directory


def _place(source: Path, target: Path) -> None:
    """Copy one file, whole or not at all."""
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    partial = target.with_suffix(".part")
    shutil.copyfile(source, partial)
    partial.replace(target)
