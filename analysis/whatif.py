"""What-ifs: charts on which a reader moves assumptions and sees intervals and verdicts move.

``seeds/<case>/whatif.csv`` names for each the quantities that it shows, the claims that it tests and the
assumptions that move.  A reader leaves each of these open, or puts it at a setting within its declared range,
as ``brief build -p`` does; the browser then computes what the ledger computes under those settings, from
expressions that `vega` makes of the ledger's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis import expr, vega
from analysis.case import Case
from analysis.claim_files import Claim
from analysis.claims import Space, space_of
from analysis.expr import Expression
from analysis.intervals import Ends, Range
from analysis.vega import Scope

Row = Mapping[str, Any]
FIGURE = "whatif-{}"
"""What the figure of a what-if is called."""


@dataclass(frozen=True)
class WhatIf:
    """A what-if of a case under its settings: what it shows, what it tests, and what still moves."""

    name: str
    shown: tuple[str, ...]
    claims: tuple[Claim, ...]
    moved: tuple[str, ...]
    space: Space

    @property
    def figure(self) -> str:
        """The name of its figure."""
        return FIGURE.format(self.name)

    @cached_property
    def scope(self) -> Scope:
        """What is open, and what of it moves."""
        return Scope(self.space.ranges, self.space.choices, frozenset(self.moved))

    def moves(self, key: str) -> bool:
        """Whether a key rests on what moves."""
        return not self.scope.moved.isdisjoint(self.leaves(key))

    def leaves(self, key: str) -> tuple[str, ...]:
        """What the value of a key is computed from and asks about."""
        return self._down_to_leaves(key).names

    @property
    def said(self) -> tuple[str, ...]:
        """The quantities that move in the sentences of its claims, without those shown."""
        keys = (key for claim in self.claims for _, _, key, _ in claim.spoken if self.moves(key))
        return tuple(dict.fromkeys(key for key in keys if key not in self.shown))

    def reach(self, key: str) -> list[Ends]:
        """The ends of a key under each setting of what moves."""
        return self.scope.reach(self._down_to_leaves(key))

    def ends(self, key: str) -> dict[str, str]:
        """The signals of both ends of a key; raises ExpressionError."""
        low, high = vega.quantity(self._down_to_leaves(key), self.scope)
        return {f"{signal(key)}__low": low, f"{signal(key)}__high": high}

    def verdict(self, claim: Claim) -> dict[str, str]:
        """The signals of the verdict on a claim; raises ExpressionError."""
        return vega.verdict(claim.id, claim.predicate, self.scope, self.space.definitions)

    @property
    def signals(self) -> dict[str, str]:
        """The expressions of all that follows from the settings, by name; raises ExpressionError."""
        found = [self.ends(key) for key in (*self.shown, *self.said)]
        found += [self.verdict(claim) for claim in self.claims]
        return {name: text for signals in found for name, text in signals.items()}

    @property
    def defaults(self) -> dict[str, float | str | bool]:
        """The signals of what moves, while everything is left open."""
        found: dict[str, float | str | bool] = {}
        for name in self.moved:
            known = self.space.ranges[name]
            if name in self.space.choices:
                found |= {f"{name}__set": str(known.central), f"{name}__open": True}
            else:
                found |= {f"{name}__low": float(known.low or 0), f"{name}__high": float(known.high or 0)}
        return found

    def _down_to_leaves(self, key: str) -> Expression:
        return expr.substitute(expr.parse(key), self.space.definitions)


def signal(key: str) -> str:
    """How the signals of a quantity begin."""
    return key.replace(".", "__")


def listed(row: Row, part: str) -> tuple[str, ...]:
    """The names in a cell."""
    return tuple(name for name in row[part].split("|") if name)


def whatifs(case: Case, space: Space | None = None) -> dict[str, WhatIf]:
    """The what-ifs of a checked case by name, with what still moves under its settings.

    ``space`` is what the case leaves open, where known.
    """
    space = space or space_of(case)
    claims = {claim.id: claim for claim in case.claims}
    found = {}
    for row in case.whatif.iter_rows(named=True):
        moved = listed(row, "assumptions")
        moving = tuple(name for name in moved if name in space.choices or _has_width(space.ranges[name]))
        tested = tuple(claims[name] for name in listed(row, "claims"))
        found[row["id"]] = WhatIf(row["id"], listed(row, "quantities"), tested, moving, space)
    return found


def _has_width(known: Range) -> bool:
    """Whether there is room to move between two ends."""
    match known:
        case Range(float() as low, _, float() as high):
            return low < high
    return False
