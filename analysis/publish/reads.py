"""What a notebook reads of its case: parts of the case, and entries of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

import polars as pl

from analysis import Case, Ledger

PARTS = ("facts", "assumptions", "measures", "quantities", "own", "elsewhere")
"""What is watched of a case, which comes from `FILES`."""

FILES = ("facts.csv", "assumptions.csv", "measures.csv", "quantities.csv")
ALL = "the ledger"

_read: set[str] = set()


class _Case(Case):
    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        if name in PARTS:
            _read.add(name)
        return super().__getattribute__(name)


class _Entries(dict[str, Any]):
    """The entries of a ledger, which notes each key asked for, or that all of them were."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        _read.add(f"{ALL}: {key}")
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        _read.add(f"{ALL}: {key}")
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        return self[key] if key in self else default  # noqa: SIM401 - that is this very method

    def __iter__(self) -> Iterator[str]:
        _read.add(ALL)
        return super().__iter__()

    def keys(self) -> Any:  # noqa: ANN401
        _read.add(ALL)
        return super().keys()

    def values(self) -> Any:  # noqa: ANN401
        _read.add(ALL)
        return super().values()

    def items(self) -> Any:  # noqa: ANN401
        _read.add(ALL)
        return super().items()


def watched(case: Case, ledger: Ledger) -> tuple[Case, Ledger]:
    """The same case and ledger, which note what is read of them in this process from here on."""
    _read.clear()
    parts = {part.name: getattr(case, part.name) for part in fields(Case)}
    return _Case(**parts), replace(ledger, entries=_Entries(ledger.entries))


def taken() -> list[str]:
    """What was read in this process."""
    return sorted(_read)


def hashes(case: Case, ledger: Ledger, names: Iterable[str]) -> dict[str, str]:
    """A hash of each thing read, as it is in a case and its ledger."""
    return {name: hashlib.sha256(repr(_part(case, ledger, name)).encode()).hexdigest() for name in names}


def _part(case: Case, ledger: Ledger, name: str) -> object:
    if name == ALL:
        return sorted(ledger.entries.items())
    if name.startswith(ALL):
        return ledger.entries.get(name.removeprefix(f"{ALL}: "))
    part = getattr(case, name)
    if isinstance(part, pl.DataFrame):
        return part.columns, part.rows()
    return sorted((table, sorted(keys)) for table, keys in part.items()) if name == "own" else part
