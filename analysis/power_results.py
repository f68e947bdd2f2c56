"""Simulated powers kept in a file of the case, so that no build simulates them again.

A result is kept under the hash of its study and of the modules that compute it.  With another prior, panel,
test, seed or method it has another hash, so that a stale result is never used: what is not in the file is
simulated.  ``make power`` renews the file.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import polars as pl

from analysis import few_treated, power, triple_difference
from analysis.power import Power, Study, simulate

METHOD = (few_treated, power, triple_difference)
"""The modules that a result of a randomisation test rests on."""

COLUMNS = ("study", "exemplar", "after", "effect", "draws", "rejections")
"""The hash that a result is kept under, what tells a reader which study it is, and the result."""


def kept(path: Path) -> dict[str, int]:
    """The rejections in a file by the hash of their study; rows that hold no number are left out."""
    counts = {}
    with suppress(OSError, csv.Error), path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, restval=""):
            with suppress(KeyError, ValueError):
                counts[row["study"]] = int(row["rejections"])
    return counts


def results(studies: Iterable[Study], known: Mapping[str, int]) -> list[Power]:
    """The power of each study, from what is ``known``; simulated where that is nothing that could be."""
    return [_known(study, known.get(key(study), -1)) or _simulated(study) for study in studies]


def _known(study: Study, rejections: int) -> Power | None:
    return Power(study, rejections) if 0 <= rejections <= study.draws else None


@cache
def _simulated(study: Study) -> Power:
    """Once in a process, whatever number of charts ask for it."""
    return simulate(study)


def write(path: Path, powers: Iterable[Power]) -> None:
    """Keep results in a file, a row each, in their order."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for result in powers:
            study = result.study
            panel = (study.panel.exemplar, study.panel.after)
            writer.writerow((key(study), *panel, study.prior.effect, study.draws, result.rejections))


def key(study: Study) -> str:
    """What a result is kept under: the hash of its study and of the method."""
    text = json.dumps([asdict(study), _method()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _method() -> str:
    texts = (Path(str(module.__file__)).read_text(encoding="utf-8") for module in METHOD)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def table(powers: Iterable[Power]) -> pl.DataFrame:
    """Results as rows: exemplar, other, before, after, effect, cell_sd, icc, power (a share), its error."""
    rows = [
        {
            **asdict(result.study.panel),
            **{name: getattr(result.study.prior, name) for name in ("effect", "cell_sd", "icc")},
            "power": result.power,
            "monte_carlo_error": result.monte_carlo_error,
        }
        for result in powers
    ]
    return pl.DataFrame(rows)
