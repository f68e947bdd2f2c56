"""From the ledger to what is read: notebooks, pages, formats, the command line.

The pages of one case lie at the root of the site; those of a further case lie in a folder of its name, laid
out as the root is.
"""

from pathlib import Path

EDITIONS = {"en": Path(), "zh": Path("zh")}
"""Where the pages of each language lie, from where those of the case do."""

GENERATED = ("notebooks", "evidence", "revisions")
"""Folders of pages that the build writes."""

NARROW = "-narrow"
"""What the name of a figure ends with where it is drawn for a phone."""

START = "index.qmd"
"""The brief of a case, with which its pages open."""


def home(root: Path, case: str) -> Path:
    """The folder of a case's pages, from the project's root."""
    return Path(case) if (root / case / START).is_file() else Path()


def folders(root: Path, case: str) -> dict[str, Path]:
    """Where the pages of a case lie in each language, and with them its figures."""
    return {lang: home(root, case) / folder for lang, folder in EDITIONS.items()}
