"""Simulated powers kept in files, so that none is computed twice, and laid out by towns and months.

A result is kept under the hash of its study and of the modules that compute it: another prior, panel, test,
seed or method has another file, and a file that is not what its name says is computed again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from analysis import distributions, few_treated, power, triple_difference
from analysis.power import Power, Study, simulate

METHOD = (distributions, few_treated, power, triple_difference)
"""The modules that a result rests on."""


def cached(study: Study, folder: Path) -> Power:
    """The power of a study, from its file in ``folder``; simulated and kept there if it is not."""
    path = folder / f"power-{key(study)}.json"
    head = {"study": asdict(study), "method": _method()}
    count = _kept(path, head)
    if type(count) is int and 0 <= count <= study.draws:
        return Power(study, count)
    result = simulate(study)
    _write(path, json.dumps({**head, "rejections": result.rejections}, indent=1) + "\n")
    return result


def _kept(path: Path, head: Mapping[str, Any]) -> object:
    """The rejections in a file with this ``head``; nothing if it has another, or cannot be read."""
    with suppress(OSError, ValueError):
        match json.loads(path.read_text(encoding="utf-8")):
            case {"rejections": count, **rest} if rest == head:
                return count
    return None


def key(study: Study) -> str:
    """What a result is kept under: the hash of its study and of the method."""
    text = json.dumps([asdict(study), _method()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _method() -> str:
    texts = (Path(str(module.__file__)).read_text(encoding="utf-8") for module in METHOD)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whoever else writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def by_towns_and_months(
    study: Study, towns: Iterable[int], months: Iterable[int], folder: Path
) -> pl.DataFrame:
    """Power by number of exemplar units and of months after the decision, all else as in ``study``.

    Columns: exemplar, other, before, after, effect, cell_sd, icc, serial, method, alternative, level, draws,
    power (a share), monte_carlo_error; a row a study, in the order of ``towns`` and then of ``months``.
    """
    return table(cached(each, folder) for each in grid(study, towns, list(months)))


def grid(study: Study, towns: Iterable[int], months: Iterable[int]) -> Iterator[Study]:
    """The study with each number of exemplar units and of months after the decision."""
    return (
        replace(study, panel=replace(study.panel, exemplar=exemplar, after=after))
        for exemplar in towns
        for after in months
    )


def table(results: Iterable[Power]) -> pl.DataFrame:
    """Results as rows: what they rest on, power and Monte Carlo error."""
    rows = [
        {
            **asdict(found.study.panel),
            **{name: getattr(found.study.prior, name) for name in ("effect", "cell_sd", "icc", "serial")},
            **{name: getattr(found.study.test, name) for name in ("method", "alternative", "level")},
            "draws": found.study.draws,
            "power": found.power,
            "monte_carlo_error": found.monte_carlo_error,
        }
        for found in results
    ]
    return pl.DataFrame(rows)
