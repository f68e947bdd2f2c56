"""What a mutation test of the case changes: one cell at a time, never into what says the same.

Prose (labels, reasons, notes, names of settings) is not changed: no number rests on it.  A mutant that
would say the same, such as a quotation whose context is merely shorter, is not made.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from analysis import Ledger, expr, leaves, printed

Row = Mapping[str, str]
FINGERPRINTS = ("file", "sha256", "paragraphs", "phrases")


@dataclass(frozen=True)
class Mutant:
    """One changed cell: its kind, its table and row, and what it holds instead."""

    kind: str
    table: str
    row: str
    column: str
    new: Any

    def __str__(self) -> str:
        """Name the cell and what stands in it."""
        return f"{self.table}, {self.row}, {self.column}: {self.new}"


@dataclass(frozen=True)
class Names:
    """What may stand in place of another name, nearest in value first."""

    units: Mapping[str, str]
    of_unit: Mapping[str, str]
    ledger: Ledger
    settings: Mapping[str, list[str]] = field(default_factory=dict)

    def near(self, key: str, most: int = 2) -> list[str]:
        """Other keys of the same unit."""

        def distance(other: str) -> float:
            here, there = (self.ledger[name].value for name in (key, other))
            known = isinstance(here, float) and isinstance(there, float)
            return abs(here - there) if known else float("inf")

        others = [name for name, unit in self.of_unit.items() if unit == self.of_unit[key] and name != key]
        return sorted(others, key=distance)[:most]

    def units_near(self, unit: str) -> list[str]:
        """The next unit of the same kind and the next of another kind."""
        names = list(self.units)
        turned = names[names.index(unit) + 1 :] + names[: names.index(unit)]
        alike = [name for name in turned if self.units[name] == self.units[unit]]
        return alike[:1] + [name for name in turned if name not in alike][:1]


def number(text: str) -> list[str]:
    """A figure with its last digit changed, and with a nought added."""
    last = max(place for place, sign in enumerate(text) if sign.isdigit())
    changed = str((int(text[last]) + 1) % 10)
    more = text[: last + 1] + "0" + text[last + 1 :]
    return [text[:last] + changed + text[last + 1 :], *([more] if text.strip("0") else [])]


def dated(text: str) -> bool:
    """Whether a text is a date; four digits alone are rather a number."""
    return "-" in text and bool(printed.EDTF.fullmatch(text))


def day(text: str) -> list[str]:
    """A date a day, a month and a year later, as far as each is given."""
    year, month, *rest = text.split("-")
    later = [f"{year}-{int(month) % 12 + 1:02}", f"{int(year) + 1}-{month}" if year.isdigit() else ""]
    found = ["-".join((part, *rest)) for part in later if part]
    if rest:
        moved = date(int(year) if year.isdigit() else 2024, int(month), int(rest[0])) + timedelta(days=1)
        found.append(f"{year}-{moved:%m-%d}")
    return found


def quoted(column: str, text: str) -> list[str]:
    """A quotation with a character changed, shortened at the end that its neighbour joins, or gone."""
    if column == "exact":
        middle = len(text) // 2
        return [f"{text[:middle]}甲{text[middle + 1 :]}", text[1:], text[:-1]]
    if not text:
        return ["甲"]
    found = ["", text[:-1], f"甲{text[1:]}"] if column == "prefix" else ["", text[1:], f"{text[:-1]}甲"]
    return list(dict.fromkeys(found))


def other(name: str, among: list[str], most: int = 2) -> list[str]:
    """The names that come next."""
    place = among.index(name) if name in among else -1
    return [found for found in among[place + 1 :] + among[: max(place, 0)] if found != name][:most]


def digits(text: str) -> list[str]:
    """A text with each figure changed."""
    return [
        text[: found.start()] + str((int(found.group()) + 1) % 10) + text[found.end() :]
        for found in re.finditer(r"\d(?!\d)", text)
    ]


def paragraph(text: str) -> list[str]:
    """The next paragraph and none; some paragraph where none is named."""
    return [str(int(text) + 1), ""] if text else ["1"]


def bound(text: str, names: Names) -> list[str]:
    """The bound of an assumption, or of an indicator, moved."""
    if not text:
        return []
    if dated(text):
        return day(text)
    if not leaves.is_literal(text):
        return expressions(text, names)
    return number(text)[: 1 if "." in text else 2]  # a nought after decimals says the same


def expressions(text: str, names: Names) -> list[str]:
    """An expression with an operator swapped, a term dropped, a constant, key or setting changed."""
    tree = ast.parse(text, mode="eval").body
    found = (
        ast.unparse(_replaced(tree, node, new)) for node in ast.walk(tree) for new in _instead(node, names)
    )
    return list(dict.fromkeys(new for new in found if new != ast.unparse(tree)))


SWAPPED: Mapping[type, ast.operator] = {
    ast.Add: ast.Sub(), ast.Sub: ast.Add(), ast.Mult: ast.Div(), ast.Div: ast.Mult(), ast.Pow: ast.Mult(),
}  # fmt: skip


def _instead(node: ast.AST, names: Names) -> Iterator[ast.expr]:
    key = expr.key_of(node)
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.BinOp(left, SWAPPED[type(op)], right)
            yield from (left, right)
        case ast.BoolOp(op=op, values=parts):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), parts)
            yield from (ast.BoolOp(op, [part for part in parts if part is not gone]) for gone in parts)
        case ast.Compare(left=left, ops=ops, comparators=[ast.Constant(value=setting)]):
            for new in other(setting, names.settings[expr.key_of(left) or ""]):
                yield ast.Compare(left, ops, [ast.Constant(new)])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield from (body, ast.IfExp(test, orelse, body))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args):
            yield ast.Call(ast.Name("max" if name == "min" else "min"), args, [])
        case ast.Constant(value=int() | float() as value):
            yield from (ast.Constant(ast.literal_eval(new)) for new in number(repr(value))[:1])
        case _ if key in names.of_unit and key not in names.settings:
            yield from (ast.parse(name, mode="eval").body for name in names.near(key))


def _replaced(tree: ast.expr, old: ast.AST, new: ast.expr) -> ast.expr:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else super().generic_visit(_shallow(node))

    return Replace().visit(tree)


def _shallow(node: ast.AST) -> ast.AST:
    """A copy that shares its parts, so that replacing one leaves the tree as it was."""
    parts = {name: list(value) if isinstance(value, list) else value for name, value in ast.iter_fields(node)}
    return type(node)(**parts)


def figure(text: str) -> list[str]:
    """A reported figure or date moved."""
    return day(text) if dated(text) else number(text)


def end_of_period(text: str, names: Names) -> list[str]:
    """The end of a period: none, or another date; some date where there is none."""
    days = [name for name, unit in names.of_unit.items() if unit == "date"]
    return ["", *names.near(text)] if text else days[:1]


def limit(text: str) -> list[str]:
    """A bound of the codebook moved or dropped; nought where there is none."""
    return [number(text)[0], ""] if text else ["0"]


def fewer(text: str) -> list[str]:
    """Fewer digits; they are the most that a value is written with, so that more may say the same."""
    return [str(abs(int(text) - 1))] if text else []


def end_of_range(column: str) -> Operator:
    """The operator of an assumption's bound or central setting."""

    def moved(row: Row, names: Names) -> list[str]:
        text = row[column]
        if row["kind"] == "choice":
            return other(text, row["choices"].split("|")) if text else []
        return [*bound(text, names), ""] if text else []

    return moved


def choices(text: str) -> list[str]:
    """The settings of a choice turned round, and without the first."""
    parts = text.split("|")
    return ["|".join(parts[::-1]), "|".join(parts[1:])] if text else []


def of_cell(column: str, operator: Callable[[str], list[str]]) -> Operator:
    """An operator that needs the cell only."""
    return lambda row, _: operator(row[column])


Operator = Callable[[Row, Names], list[str]]
KINDS = ["count", "measured", "year", "date", "choice"]
CHECKS = ["subtotals", "count against named list", "two sources agree", "order of dates", "GRIM"]
COLUMNS: dict[tuple[str, str], tuple[str, Operator]] = {
    ("facts", "value"): ("value", of_cell("value", figure)),
    ("facts", "period_start"): ("date", lambda row, names: end_of_period(row["period_start"], names)),
    ("facts", "period_end"): ("date", lambda row, names: end_of_period(row["period_end"], names)),
    ("measures", "value"): ("value", of_cell("value", lambda text: other(text, ["present", "absent"]))),
    ("units", "kind"): ("unit", of_cell("kind", lambda text: other(text, KINDS, 4))),
    ("units", "digits"): ("unit", of_cell("digits", fewer)),
    ("quantities", "digits"): ("unit", of_cell("digits", fewer)),
    ("indicators", "lower"): ("value", of_cell("lower", limit)),
    ("indicators", "upper"): ("value", of_cell("upper", limit)),
    ("quantities", "expression"): ("expression", lambda row, names: expressions(row["expression"], names)),
    ("assumptions", "kind"): ("assumption", of_cell("kind", lambda text: other(text, ["range", "choice"]))),
    ("assumptions", "choices"): ("assumption", of_cell("choices", choices)),
    ("checks", "check"): ("check", of_cell("check", lambda text: other(text, CHECKS, 4))),
    ("checks", "about"): ("check", lambda row, names: names.near(row["about"])),
    ("checks", "against"): ("check", lambda row, names: expressions(row["against"], names)),
    ("corrections", "fact"): ("correction", lambda row, names: names.near(row["fact"])),
    ("corrections", "expect"): ("correction", of_cell("expect", figure)),
    ("corrections", "value"): ("correction", of_cell("value", figure)),
    ("corrections", "since"): ("correction", of_cell("since", day)),
    ("revisions", "edition"): ("revision", of_cell("edition", day)),
    ("revisions", "key"): ("revision", lambda row, names: names.near(row["key"])),
}
"""The columns that are changed, each by its operator; not prose, names of rows, or what reads in prose."""

for _table in ("facts", "measures"):
    for _column in ("exact", "prefix", "suffix"):
        COLUMNS[_table, _column] = "phrase", of_cell(_column, partial(quoted, _column))
    COLUMNS[_table, "paragraph"] = "phrase", of_cell("paragraph", paragraph)
    COLUMNS[_table, "translation"] = "phrase", of_cell("translation", digits)
for _column in ("before_en", "before_zh", "after_en", "after_zh"):
    COLUMNS["revisions", _column] = "revision", of_cell(_column, digits)
for _table in ("facts", "assumptions", "quantities", "indicators"):
    COLUMNS[_table, "unit"] = "unit", lambda row, names: names.units_near(row["unit"])
for _column in ("low", "central", "high"):
    COLUMNS["assumptions", _column] = "assumption", end_of_range(_column)


def of_table(
    table: str, rows: list[dict[str, str]], names: Names, among: Mapping[str, list[str]]
) -> Iterator[Mutant]:
    """Every mutant of a table; the columns in ``among`` hold one of some names."""
    for row in rows:
        key = next(iter(row.values()))
        for column in row:
            kind, operator = COLUMNS.get((table, column), ("", lambda *_: []))
            yield from (Mutant(_kind(kind, row), table, key, column, new) for new in operator(row, names))
            if table != "indicators" and column in among:
                named = other(row[column], among[column])
                kind = "source" if column in {"source", "basis_en", "basis_zh"} else "coding"
                yield from (Mutant(kind, table, key, column, new) for new in named)


def _kind(kind: str, row: Row) -> str:
    """The value of a row that reports a date is a date."""
    return "date" if kind == "value" and dated(row.get("value", "")) else kind


def of_source(place: int, sources: list[Mapping[str, Any]]) -> Iterator[Mutant]:
    """Every mutant of an entry of ``case.toml``; lists of hashes lose or change one."""
    for column in sources[place - 1]:
        for new in _of_entry(column, sources[place - 1], sources):
            kind = "date" if column == "date" else "phrase" if column in FINGERPRINTS else "source"
            yield Mutant(kind, "case.toml", str(place), column, new)


def _of_entry(column: str, source: Mapping[str, Any], sources: list[Mapping[str, Any]]) -> list[Any]:
    value = source[column]
    match column:
        case "date":
            return day(value)
        case "file":
            return ["", f"{value}.bak"] if value else []
        case "sha256":
            return ["", _hash(value)] if value else []
        case "paragraphs" | "phrases":
            parts = [(value[:place], value[place], value[place + 1 :]) for place in range(len(value))]
            return [[*a, *new, *b] for a, part, b in parts for new in ([], [_hash(part)])]
        case "outcomes_measured_by":
            return [""] if value else ["the reforming government"]
        case "not_independent_of":
            ids = [other["id"] for other in sources if other["id"] not in {source["id"], *value}]
            return [[], *([*value, name] for name in ids[:1]), ids[:1]] if value else [ids[:1]]
    return []


def _hash(text: str) -> str:
    return text[:-1] + format((int(text[-1], 16) + 1) % 16, "x")
