"""An explanation as a tree on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from analysis.publish.editions import Change, Difference

LINES = (
    "predicate",
    "flips",
    "formula",
    "formula_with_numbers",
    "open",
    "phrase",
    "translation",
    "corrected",
    "source",
    "period",
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
        told = found.get(line) or []
        for each in told if isinstance(told, list) else [told]:
            tree.add(f"[dim]{line.replace('_', ' ')}:[/dim] {escape(str(each))}")
    for part in found["inputs"]:
        tree.add(_branch(part))
    return tree


def _value(found: Mapping[str, Any]) -> str:
    value, interval = found["value"], found["interval"]
    return str(value) if value == interval else f"{value}, {interval}"


def show_difference(found: Difference) -> None:
    """Print what changed between two editions: each number with what it was and is, and why below it."""
    console = Console()
    for name, changes in found.changes.items():
        counted = "number" if len(changes) == 1 else "numbers"
        tree = Tree(f"[bold]{escape(name)}[/bold]: {len(changes) or 'no'} published {counted} changed")
        for change in changes:
            _add_change(tree, change)
        console.print(tree)
    for line in _about_the_rest(found):
        console.print(escape(line))


def _add_change(tree: Tree, change: Change) -> None:
    lang = "en" if change.old["en"] != change.new["en"] else "zh"
    said = {
        "changed": f"{change.old[lang]} → {change.new[lang]}",
        "appeared": f"new: {change.new[lang]}",
        "vanished": f"gone: {change.old[lang]}",
    }
    branch = tree.add(f"[bold]{escape(change.key)}[/bold]  {escape(said[change.what])}")
    branch.add(escape(change.label["en"]))
    for cause in change.causes:
        branch.add(f"[dim]because:[/dim] {escape(cause.said('en'))}")
    if not change.causes:
        branch.add(f"[dim]because:[/dim] {escape(change.why('en'))}")


def _about_the_rest(found: Difference) -> Iterator[str]:
    yield from (f"{name}: only in the old edition" for name in found.gone)
    yield from (f"{name}: only in the new edition" for name in found.come)
    if not found.pages and not found.numbers:
        yield "Nothing changed."
    elif found.pages and not found.numbers:
        yield f"Only prose changed: {', '.join(found.pages)}"
