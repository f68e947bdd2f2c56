"""What records are made of, and the page that lists them: kinds, rows, links."""

from __future__ import annotations

import re

KINDS = ("claim", "quantity", "fact", "measure", "assumption")
"""In the order of the page."""


def row(term: str, *lines: str) -> str:
    """A term of a definition list and what is said of it; empty where that is nothing."""
    told = [line for line in lines if line]
    return "\n".join([term, *(f":   {line}" for line in told)]) + "\n" if told else ""


def link(text: str, target: str) -> str:
    """A link; the brackets in its text are no markup."""
    safe = re.sub(r"[\[\]]", r"\\\g<0>", text)
    return f"[{safe}]({target})"
