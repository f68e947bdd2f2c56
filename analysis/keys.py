"""Keys as people write them: how they stand in prose, and what a misspelt one is nearest to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

KEY = re.compile(r"`([^`]+)`\{\.value(?:\s+as=)?([^}]*)\}")
"""A ledger value in prose or in a table cell, and its form, where one is named."""

COMMENT = "#"
"""How a row of a seed file begins that is for whoever fills it in."""

FORMS = ("value", "interval", "bare", "words")
"""The forms in which a value may be asked for."""

CLAIM = re.compile(r"`([^`]+)`\{\.claim\}")
"""A claim in prose, in place of which its sentence is read."""


GRADE = re.compile(r"`([^`]+)`\{\.grade\}")
"""The evidence grade of a conclusion in prose."""


def nearest(name: str, known: Collection[str]) -> str:
    """The known names most like ``name``, or else some of them, for a message."""
    found = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; nearest: {', '.join(found)}" if found else f"; there are: {', '.join(sorted(known)[:12])}"
