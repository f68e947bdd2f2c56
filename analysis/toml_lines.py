"""Where the entries of a TOML file stand, which its parser does not say."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.findings import Finding, UnusableError

HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*(?:\.\s*([\w-]+)\s*)?\]")
ENTRY = re.compile(r"\s*([\w-]+)\s*=")
AT = re.compile(r"at line (\d+)")


@dataclass(frozen=True)
class Lines:
    """The lines of entries by table, its place among those of its name (0 for a single one) and key."""

    at: Mapping[tuple[str, int, str], int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """The lines of a text; an entry of a table in a table has the key of that one."""
        at: dict[tuple[str, int, str], int] = {}
        table, below, counts = "", "", Counter[str]()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := HEADER.match(line):
                table, below = header[2], header[3] or ""
                counts[table] += len(header[1]) - 1
                at.setdefault((table, counts[table], below), number)
            elif entry := ENTRY.match(line):
                at.setdefault((table, counts[table], below or entry[1]), number)
        return cls(at)

    def line(self, table: str, place: int = 0, key: str = "") -> int:
        """The line of an entry, or else of its table; 0 where neither is written out."""
        return self.at.get((table, place, key)) or self.at.get((table, place, ""), 0)


def parsed(text: str, name: str) -> dict[str, Any]:
    """What a TOML file holds; raises UnusableError with the line where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = AT.search(str(error))
        row = int(line[1]) if line else 0
        found = Finding(name, row, "", f"is not TOML: {error}", rule="not-toml")
        raise UnusableError.of([found]) from error
