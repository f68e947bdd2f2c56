"""The rules that findings go by: why each matters, and what is right, from ``rules.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """Why a rule matters, and what is right where it is broken, as it would be typed."""

    why: str
    right: str


@cache
def rules() -> Mapping[str, Rule]:
    """The rules by the name that findings give."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: Rule(**rule) for name, rule in told.items()}
