"""What records are made of, in HTML, and the page that lists them: kinds, rows, links, values."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from analysis.keys import KEY

KINDS = ("claim", "quantity", "fact", "measure", "assumption")
"""In the order of the page."""


def plain(text: str) -> str:
    """Words with nothing in them that HTML would read as more, and the apostrophes of print."""
    return escape(text, quote=False).replace("'", "’")


def row(term: str, *lines: str) -> str:
    """A term of a definition list and what is said of it; empty where that is nothing."""
    told = "".join(f"<dd>{line}</dd>\n" for line in lines if line)
    return f"<div>\n<dt>{term}</dt>\n{told}</div>\n" if told else ""


def link(text: str, target: str) -> str:
    """A link round plain text."""
    return f'<a href="{escape(target)}">{plain(text)}</a>'


def span(text: str, kind: str, **attributes: str) -> str:
    """Plain text marked for what it is; ``data_fact`` is written `data-fact`."""
    told = "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return f'<span class="{kind}"{told}>{plain(text)}</span>'


def code(text: str, kind: str) -> str:
    """A formula or a key, or nothing."""
    return f'<code class="{kind}">{escape(text, quote=False)}</code>' if text else ""


def filled(html: str, entries: Mapping[str, Any], lang: str) -> str:
    """``html`` with each value, which stands in it as its key, written out and marked as on every page."""

    def value(key: str, form: str) -> str:
        found = entries[key]
        text = found["text"][lang][form.strip() or "value"]
        return span(text, "value", data_key=key, data_status=found["status"])

    return KEY.sub(lambda found: value(found[1], found[2]), html)
