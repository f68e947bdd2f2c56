"""A phrase in its paragraph, and its fingerprint where no text is archived.

This module needs the standard library only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of a text, white space at their ends removed."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sha256(content: bytes) -> str:
    """The fingerprint of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def recorded(row: Mapping[str, Any]) -> str:
    """The fingerprint of a quotation whose text is not archived."""
    return sha256("|".join((row["prefix"], row["exact"], row["suffix"])).encode())


def changed(lines: Sequence[str], hashes: Sequence[str]) -> list[int]:
    """The places, counted from one, of paragraphs that do not have their archived hash."""
    found = [sha256(line.encode()) for line in lines]
    return [
        place for place, pair in enumerate(zip(found, hashes, strict=False), start=1) if pair[0] != pair[1]
    ]


def misquoted(lines: Sequence[str], row: Mapping[str, Any]) -> str:
    """What is wrong with a quotation (a W3C TextQuoteSelector), or nothing."""
    if not row["paragraph"]:
        return f"the phrase '{row['exact']}' names no paragraph"
    place = int(row["paragraph"])
    if not 1 <= place <= len(lines):
        return f"there is no paragraph {place}; the text has {len(lines)}"
    line, quoted = lines[place - 1], row["prefix"] + row["exact"] + row["suffix"]
    phrase = f"{row['prefix']}[{row['exact']}]{row['suffix']}"
    found = line.count(quoted)
    if found == 1 and not all(
        (row["prefix"] or line.startswith(quoted), row["suffix"] or line.endswith(quoted))
    ):
        return f"'{phrase}' stands within paragraph {place}: expected what stands before and after it"
    return "" if found == 1 else f"'{phrase}' stands {found} times in paragraph {place}, expected once"
