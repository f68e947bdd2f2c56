"""An explanation as a tree on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

LINES = (
    "formula",
    "formula_with_numbers",
    "open",
    "phrase",
    "translation",
    "source",
    "note",
    "why",
    "bounded_by",
)


def show(found: Mapping[str, Any]) -> None:
    """Print an explanation: each key with its value, and below it what it rests on."""
    Console().print(_branch(found))


def _branch(found: Mapping[str, Any]) -> Tree:
    tree = Tree(
        f"[bold]{escape(found['key'])}[/bold]  {escape(_value(found))}  [dim]({found['status']})[/dim]"
    )
    tree.add(escape(found["label"]))
    for line in LINES:
        if found.get(line):
            tree.add(f"[dim]{line.replace('_', ' ')}:[/dim] {escape(str(found[line]))}")
    for part in found["inputs"]:
        tree.add(_branch(part))
    return tree


def _value(found: Mapping[str, Any]) -> str:
    value, interval = found["value"], found["interval"]
    return str(value) if value == interval else f"{value}, {interval}"
