"""Two editions of the site: which published numbers changed, from what to what, and what moved them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from html.parser import HTMLParser
from operator import itemgetter
from pathlib import Path
from typing import Any

from analysis.display import LANGUAGES, STATUS
from analysis.findings import UnusableError
from analysis.words import words_of

Record = Mapping[str, str]
SILENT = {"script", "style"}
ENTRY = ("kind", "label", "low", "value", "high", "status", "inputs", "text")
FIELDS = {
    "facts": ("value", "exact", "source"),
    "measures": ("value", "exact", "source"),
    "assumptions": ("low", "central", "high", "choices_en", "choices_zh"),
    "quantities": ("expression",),
}
"""What a root is, of the columns of its table: whatever may move a number."""

ROOT = ("value", "low", "central", "high", "expression")
"""What is told of a root that only one edition has."""


@dataclass(frozen=True)
class Cause:
    """A root whose own record changed, with what it was and is; an empty text stands for none."""

    kind: str
    key: str
    label: Mapping[str, str]
    fields: Mapping[str, tuple[str, str]]

    def said(self, lang: str) -> str:
        """In words."""
        words = words_of(lang, "edition")
        ends = {name: [text or words["none"] for text in pair] for name, pair in self.fields.items()}
        parts = [f"{words[f'field.{name}']} {old} → {new}" for name, (old, new) in ends.items()]
        named = words["brackets"].format(self.key, self.label[lang])
        return words.join("part", (f"{words[f'field.{self.kind}']} {named}", *parts))


@dataclass(frozen=True)
class Change:
    """A published number that changed, appeared or vanished: how it read, how it reads, and why."""

    what: str
    key: str
    label: Mapping[str, str]
    old: Mapping[str, str]
    new: Mapping[str, str]
    causes: tuple[Cause, ...]

    def why(self, lang: str) -> str:
        """The causes in words, in the order in which the formula uses them."""
        words = words_of(lang, "edition")
        return words.join("and", (cause.said(lang) for cause in self.causes)) or words[self.what]


@dataclass(frozen=True)
class Built:
    """A case on a site: its ledger and tables, and the keys that pages show."""

    ledger: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, Record]]
    shown: frozenset[str]

    @property
    def entries(self) -> Mapping[str, Any]:
        """The entries of the ledger."""
        found: Mapping[str, Any] = self.ledger["entries"]
        return found

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """What each root is by itself: its row, the setting or correction that replaces it, its unit."""
        found: dict[str, Record] = {}
        for table, fields in FIELDS.items():
            for key, row in self.tables[table].items():
                unit = self.tables["units"].get(row.get("unit", ""), {})
                bounds = self.tables["indicators"].get(row.get("indicator", ""), {})
                found[key] = (
                    {name: row[name] for name in fields}
                    | {name: unit[name] for name in ("kind", "digits", "form_en", "form_zh") if name in unit}
                    | {name: bounds[name] for name in ("lower", "upper") if name in bounds}
                    | ({"digits": row["digits"]} if row.get("digits") else {})
                    | {"correction": self.tables["corrections"].get(key, {}).get("value", "")}
                    | {"setting": self.ledger["settings"].get(key, "")}
                )
        return found


@dataclass(frozen=True)
class Edition:
    """A built site: its cases, and the text of its pages."""

    cases: Mapping[str, Built]
    pages: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """What lies between two editions: changes by case, cases of one only, pages that read otherwise."""

    changes: Mapping[str, tuple[Change, ...]]
    gone: tuple[str, ...]
    come: tuple[str, ...]
    pages: tuple[str, ...]

    @property
    def numbers(self) -> bool:
        """Whether any published number changed."""
        return bool(self.gone or self.come or any(self.changes.values()))

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        found = asdict(self)
        for name, changes in self.changes.items():
            for each, change in zip(found["changes"][name], changes, strict=True):
                each["why"] = {lang: change.why(lang) for lang in LANGUAGES}
        return {**found, "numbers": self.numbers}


class _Page(HTMLParser):
    """The keys that a page shows, each with how it reads, and its whole text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: list[list[str]] = []
        self.text: list[str] = []
        self._silent = self._opened = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in SILENT
        if key := dict(attrs).get("data-key"):
            self.values.append([key, ""])
            self._opened = True

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag not in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data.split()
            if self._opened and data.strip():
                self.values[-1][1], self._opened = data.strip(), False


def read_edition(site: Path) -> Edition:
    """Read a built site; raises UnusableError where it is none."""
    folders = sorted(path.parent for path in site.glob("data/*/ledger.json"))
    files = sorted(site.rglob("*.html"))
    if not folders or not files:
        message = "is not a built site; expected a folder such as _site, with index.html and data/meizhou/"
        raise UnusableError(str(site), message)
    try:
        pages = {path.relative_to(site).as_posix(): _Page(path.read_text(encoding="utf-8")) for path in files}
        ledgers = {
            folder.name: json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
            for folder in folders
        }
        shown = _shown(list(pages.values()), ledgers)
        cases = {
            folder.name: Built(ledgers[folder.name], _tables(folder), frozenset(shown[folder.name]))
            for folder in folders
        }
        _ = [(case.records, *map(itemgetter(*ENTRY), case.entries.values())) for case in cases.values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise UnusableError(str(site), f"is not a site that can be read: {said}") from error
    return Edition(cases, {name: " ".join(page.text) for name, page in pages.items()})


def _tables(folder: Path) -> dict[str, dict[str, Record]]:
    """The tables of a case by the key of each row; one that an older site lacks has no rows."""
    found: dict[str, dict[str, Record]] = {}
    for name in (*FIELDS, "corrections", "units", "indicators"):
        path = folder / f"{name}.csv"
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True) if path.is_file() else []
        rows = list(csv.DictReader(lines, strict=True))
        found[name] = {next(iter(row.values())): row for row in rows}
    return found


def _shown(pages: list[_Page], ledgers: Mapping[str, Any]) -> dict[str, set[str]]:
    """The keys that pages show of each case; a page is of the case whose ledger writes most of its values."""
    found: dict[str, set[str]] = {name: set() for name in ledgers}
    texts = {
        name: {
            (key, text)
            for key, entry in ledger["entries"].items()
            for forms in entry["text"].values()
            for text in forms.values()
        }
        for name, ledger in ledgers.items()
    }
    for page in pages:
        counts = {name: sum(tuple(value) in known for value in page.values) for name, known in texts.items()}
        name = max(counts, key=counts.__getitem__)
        found[name] |= {key for key, _ in page.values if key in ledgers[name]["entries"]}
    return found


def difference(old: Edition, new: Edition) -> Difference:
    """What changed from one edition to the next; nothing is ranked."""
    both = [name for name in new.cases if name in old.cases]
    names = sorted({*old.pages, *new.pages})
    return Difference(
        {name: tuple(_changes(old.cases[name], new.cases[name])) for name in both},
        tuple(name for name in old.cases if name not in new.cases),
        tuple(name for name in new.cases if name not in old.cases),
        tuple(name for name in names if old.pages.get(name) != new.pages.get(name)),
    )


def _changes(old: Built, new: Built) -> Iterator[Change]:
    for key in sorted(old.shown | new.shown):
        sides = [side.entries[key] if key in side.shown else None for side in (old, new)]
        if (reads := _reads(*sides)) is not None:
            what = "changed" if all(sides) else "vanished" if sides[0] else "appeared"
            label = (sides[1] or sides[0] or {})["label"]
            yield Change(what, key, label, *reads, tuple(_causes(old, new, key)))


def _reads(old: Any, new: Any) -> tuple[dict[str, str], dict[str, str]] | None:  # noqa: ANN401 - a ledger's
    """How a number read and reads, by language; the status is told where it changed.  None: no change."""
    told = bool(old and new and old["status"] != new["status"])
    found = tuple({lang: _text(side, lang, told=told) for lang in LANGUAGES} for side in (old, new))
    return None if found[0] == found[1] else (found[0], found[1])


def _text(entry: Any, lang: str, *, told: bool) -> str:  # noqa: ANN401
    if entry is None:
        return ""
    words, forms = words_of(lang, "edition"), entry["text"][lang]
    text: str = forms["value"]
    if forms["interval"] != text:
        text = words["brackets"].format(text, forms["interval"])
    return words.join("part", (text, STATUS[entry["status"]][lang])) if told else text


def _causes(old: Built, new: Built, key: str) -> Iterator[Cause]:
    """The roots of a key whose own record changed, in order of use.

    A fact or an assumption counts where its value changed with it, so that a phrase quoted at more length
    moves nothing; a formula always does.
    """
    for name in _below(old, new, key, {}):
        entry = new.entries.get(name) or old.entries[name]
        moved = name == key or entry["kind"] == "quantity" or _extent(old, name) != _extent(new, name)
        fields = _fields(old, new, name) if moved else {}
        if entry["kind"] == "quantity" and name != key:  # how it is written moves nothing that rests on it
            fields = {field: pair for field, pair in fields.items() if field == "expression"}
        if fields:
            yield Cause(entry["kind"], name, entry["label"], fields)


def _below(old: Built, new: Built, key: str, found: dict[str, None]) -> dict[str, None]:
    """A key and all that it rests on in either edition."""
    if key not in found:
        found[key] = None
        for side in (new, old):
            for name in side.entries.get(key, {"inputs": ()})["inputs"]:
                _below(old, new, name, found)
    return found


def _extent(side: Built, key: str) -> tuple[object, ...]:
    entry = side.entries.get(key)
    return tuple(entry[name] for name in ("low", "value", "high", "status")) if entry else ()


def _fields(old: Built, new: Built, key: str) -> dict[str, tuple[str, str]]:
    """The fields of a root that changed; those that one edition does not publish cannot be compared."""
    before, after = old.records.get(key, {}), new.records.get(key, {})
    if before and after:
        names = [name for name in after if name in before]
    elif key in old.entries and key in new.entries:  # the source of one is of a later date
        before, after, names = {"as_of": old.ledger["as_of"]}, {"as_of": new.ledger["as_of"]}, ["as_of"]
    else:
        names = [name for name in ROOT if name in before or name in after]
    pairs = {name: (before.get(name, ""), after.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
