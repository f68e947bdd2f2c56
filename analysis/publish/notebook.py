"""What a notebook uses to open its case and to hand over figures and tables.

A notebook hands over through its own outputs: each figure or table is an output of a MIME type of
ours beside what Jupyter shows.  So the executed notebook is the whole record, wherever it ran.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis import Case, Ledger, UnusableError, ledger, load_case
from analysis.chart_style import NARROW, WIDTH
from analysis.claim_texts import said
from analysis.display import LANGUAGES
from analysis.keys import KEY
from analysis.publish import reads
from analysis.whatif import whatifs

MIME = "application/vnd.evidence-brief+json"
VEGALITE = ("application/vnd.vegalite.v6+json", "application/vnd.vegalite.v5+json")
"""Altair's own type, and the last one that JupyterLab draws."""

PARAMETERS = ("case", "as_of", "assumptions")
SPAN = re.compile(r"\[([^\[\]]*)\]\{[#.][^{}]*\}")
"""A text marked for what it is."""


@dataclass(frozen=True)
class Study:
    """A case opened by a notebook, and its ledger."""

    case: Case
    ledger: Ledger


def open_study(namespace: Mapping[str, Any], *, needs: Sequence[str] = ()) -> Study:
    """Open the case that a notebook's parameters name; call it with ``globals()``.

    ``needs`` are keys without which the notebook has nothing to say, written out as a list: the build runs it
    for the cases that have them.  Frames shown after it are whole.

    Raises UnusableError where papermill has set a parameter that does not exist: papermill only warns
    of a misspelt one, and the default case would be published in its place; or where the case lacks what the
    notebook needs.
    """
    unknown = injected(namespace) - set(PARAMETERS)
    if unknown:
        message = f"there is no parameter {', '.join(sorted(unknown))}; there are: {', '.join(PARAMETERS)}"
        raise UnusableError("parameters", message)
    case = load_case(
        namespace["case"],
        as_of=str(namespace.get("as_of") or ""),
        assumptions=namespace.get("assumptions") or {},
    )
    pl.Config.set_tbl_rows(60).set_fmt_str_lengths(90)
    study = Study(*reads.watched(case, ledger(case)))
    if lacking := [key for key in needs if key not in study.ledger.entries]:
        raise UnusableError("case", f"this notebook needs {', '.join(lacking)}, which {case.name} lacks")
    return study


def injected(namespace: Mapping[str, Any]) -> set[str]:
    """The names that papermill has set, in the cell that it puts after the parameters."""
    cells = [ast.parse(cell) for cell in namespace.get("In", ()) if cell.startswith("# Parameters\n")]
    targets = [node.targets[0] for cell in cells for node in cell.body if isinstance(node, ast.Assign)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


@dataclass(frozen=True)
class Published:
    """A figure or table as handed over; Jupyter shows the English edition.

    Without a record nothing is handed over, and Jupyter shows why.
    """

    record: Mapping[str, Any]
    shown: Mapping[str, Any]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {**({MIME: dict(self.record)} if self.record else {}), **self.shown}


def figure(  # noqa: PLR0913 - each says something else of the figure
    study: Study,
    name: str,
    draw: Callable[[Study, str, int], Any],
    *,
    keys: Sequence[str],
    alt: Mapping[str, str],
    points: Callable[[Study, str], pl.DataFrame] | None = None,
) -> Published:
    """Hand over an Altair chart in each language, as wide as a page and as narrow as a phone.

    Args:
        study: the open study.
        name: the file name of the figure, without extension.
        draw: makes the chart of a study in a language, in a width.
        keys: the ledger entries that the chart shows.
        alt: a text alternative in each language; ledger values are written as in prose.
        points: what the chart draws besides ledger values, a row a point, in a language.
    """
    specs = {lang: draw(study, lang, WIDTH).to_dict() for lang in LANGUAGES}
    narrow = {lang: draw(study, lang, NARROW).to_dict(validate=False) for lang in LANGUAGES}
    spoken = {lang: spelled(study.ledger, alt[lang], lang) for lang in LANGUAGES}
    record = {"kind": "figure", "name": name, "specs": specs, "narrow": narrow, "alt": spoken}
    record |= {"values": _held(study, keys)}
    if points:
        record["points"] = {lang: pipe_table(points(study, lang)) for lang in LANGUAGES}
    return Published(record, dict.fromkeys(VEGALITE, specs["en"]) | {"text/plain": spoken["en"]})


def whatif(study: Study, name: str) -> Published:
    """Hand over a what-if: its chart with everything left open, and what the site needs to move it.

    Its text alternative gives each row as the ledger does.  A reading of the case that leaves nothing to move
    makes it a figure like any other.
    """
    from analysis import chart_whatif  # noqa: PLC0415 - few notebooks need it
    from analysis.publish import live  # noqa: PLC0415

    found = whatifs(study.case)[name]
    specs, narrow = (
        {lang: chart_whatif.chart(study, found, lang, width) for lang in LANGUAGES}
        for width in (WIDTH, NARROW)
    )
    told = {lang: live.told(study.case, study.ledger, found, lang) for lang in LANGUAGES}
    alt = {lang: live.alternative(study.case, study.ledger, found, lang) for lang in LANGUAGES}
    values = _held(study, (*found.shown, *found.moved))
    record = {"kind": "figure", "name": found.figure, "specs": specs, "narrow": narrow, "alt": alt}
    record |= {"values": values}
    shown = dict.fromkeys(VEGALITE, specs["en"]) | {"text/plain": alt["en"]}
    return Published(record | ({"live": told} if found.moved else {}), shown)


def table(
    study: Study,
    name: str,
    frames: Mapping[str, pl.DataFrame],
    *,
    widths: Mapping[str, Sequence[int]] | None = None,
) -> Published:
    """Hand over a table of text cells in each language; ledger values are written as in prose.

    ``widths`` are the relative widths of the columns in each language; without them columns are as
    wide as they need.  A table without rows is not handed over, and a column in which no row says anything is
    left out.  Raises ValueError where widths are not one a column.
    """
    if all(frame.is_empty() for frame in frames.values()):
        return Published({}, {"text/plain": f"The case has nothing for the table {name}."})
    said = {lang: [each for each in frame.columns if any(frame[each])] for lang, frame in frames.items()}
    shares = {lang: _shares(name, frames[lang], said[lang], given) for lang, given in (widths or {}).items()}
    markdown = {lang: pipe_table(frame[said[lang]], shares.get(lang, ())) for lang, frame in frames.items()}
    keys = [found[0] for text in markdown.values() for found in KEY.findall(text)]
    record = {
        "kind": "table",
        "name": name,
        "markdown": markdown,
        "widths": shares,
        "values": _held(study, keys),
    }
    shown = spelled(study.ledger, markdown["en"], "en")
    return Published(record, {"text/markdown": shown, "text/plain": shown})


def _shares(name: str, frame: pl.DataFrame, said: Sequence[str], widths: Sequence[int]) -> list[float]:
    """The part of the width that each column of which something is said takes."""
    if len(widths) != frame.width:
        raise ValueError(f"table {name}: {len(widths)} widths for {frame.width} columns")
    taken = [width for width, column in zip(widths, frame.columns, strict=True) if column in said]
    return [width / sum(taken) for width in taken]


def spelled(ledger: Ledger, text: str, lang: str) -> str:
    """``text`` unmarked, with each ledger value written out; raises KeyError for an unknown key."""
    return SPAN.sub(r"\1", said(ledger, text, lang))


def pipe_table(frame: pl.DataFrame, shares: Sequence[float] = ()) -> str:
    """A frame as a Pandoc pipe table, aligned left, its columns as wide as their ``shares`` say."""
    rows = [[_escaped(cell) for cell in row] for row in frame.iter_rows()]
    dashes = [":" + "-" * max(3, round(99 * share)) for share in shares or [0.0] * frame.width]
    lines = [frame.columns, dashes, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _escaped(cell: object) -> str:
    return "" if cell is None else str(cell).replace("|", "\\|").replace("\n", " ")


def _held(study: Study, keys: Iterable[str]) -> dict[str, list[float | str | None]]:
    """The values that the notebook saw, which the build holds against its own ledger."""
    entries = (study.ledger[key] for key in dict.fromkeys(keys))
    return {entry.key: [entry.low, entry.value, entry.high] for entry in entries}
