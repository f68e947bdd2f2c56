"""From the ledger to what is read: notebooks, pages, formats, the command line."""

from pathlib import Path

EDITIONS = {"en": Path(), "zh": Path("zh")}
"""Where the pages of each language lie, and with them their figures."""

NARROW = "-narrow"
"""What the name of a figure ends with where it is drawn for a phone."""
