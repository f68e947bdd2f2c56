"""Check the what-ifs of a case: names, axes, words, and whether a browser can compute them."""

from __future__ import annotations

from collections.abc import Iterator

from analysis import leaves
from analysis.case import Case
from analysis.claims import Space, space_of
from analysis.expr import ExpressionError
from analysis.findings import Finding, Problem
from analysis.keys import nearest
from analysis.whatif import FIGURE, Row, WhatIf, listed, whatifs

KINDS = {"quantities": "quantity", "claims": "claim", "assumptions": "assumption"}
Told = Iterator[tuple[str, Problem]]
"""Columns, and what is wrong in them."""


def misassumed(case: Case) -> Iterator[Finding]:
    """What-ifs that name what is not there, have no one axis, or cannot be computed in a browser."""
    rows = list(case.whatif.iter_rows(named=True))
    if not rows:
        return
    space = space_of(case)
    found = {row["id"]: list(_unknown(case, row)) for row in rows}
    for row in rows:
        if not found[row["id"]]:
            problems = [*_unmoved(case, row, space), *_unlike(case, row)]
            found[row["id"]] = problems or list(_unworded(case, row))
    sound = {} if any(found.values()) else whatifs(case, space)
    for row in rows:
        told = _uncomputed(sound[row["id"]]) if sound else found[row["id"]]
        yield from (problem.at(case.file("whatif"), row["row"], column) for column, problem in told)


def _unknown(case: Case, row: Row) -> Told:
    """Names of what is not there."""
    known = {
        "quantities": set(case.quantities["key"]),
        "claims": {claim.id for claim in case.claims},
        "assumptions": set(case.assumptions["name"]),
    }
    for part, kind in KINDS.items():
        for name in listed(row, part):
            if name not in known[part]:
                rule = "unknown-claim" if part == "claims" else "unknown-key"
                message = f"there is no {kind} '{name}'{nearest(name, known[part])}"
                yield part, Problem(rule, message, name)


def _unmoved(case: Case, row: Row, space: Space) -> Told:
    """Assumptions that have nowhere to move, or whose move would change what else is open."""
    rows = {each["name"]: each for each in case.assumptions.iter_rows(named=True)}
    for name in listed(row, "assumptions"):
        given = [key for key, each in rows.items() if name in leaves.bound_inputs(each)]
        if space.ranges[name].central is None:
            message = f"'{name}' cannot be moved; expected a choice, or a range between two ends"
            yield "assumptions", Problem("immovable", message, name)
        elif given or name == leaves.YEAR:
            what = f"the range of '{given[0]}'" if given else "the year of dates"
            message = f"'{name}' cannot be moved, because it gives {what}"
            yield "assumptions", Problem("immovable", message, name)


def _unlike(case: Case, row: Row) -> Told:
    """Quantities that do not go on one axis of numbers."""
    units = dict(case.quantities.select("key", "unit").iter_rows())
    kinds = dict(case.units.select("unit", "kind").iter_rows())
    found = sorted({units[key] for key in listed(row, "quantities")})
    if len(found) > 1:
        message = f"stand in {', '.join(found)}; expected one unit, for one axis"
        yield "quantities", Problem("one-axis", message)
    elif kinds[found[0]] not in {"count", "measured"}:
        message = f"stand in '{found[0]}'; expected a unit of numbers"
        yield "quantities", Problem("one-axis", message)


def _unworded(case: Case, row: Row) -> Told:
    """A chart whose rows are not named, each by a name of its own."""
    count, key = len(listed(row, "quantities")), f"chart.{FIGURE.format(row['id'])}.rows"
    for lang, words in case.wording.items():
        named = len(set(words[key].split("|"))) if key in words else 0
        if named != count:
            message = f"the words '{key}' name {named} rows in '{lang}'; expected {count}"
            yield "id", Problem("row-names", message, key)


def _uncomputed(whatif: WhatIf) -> Told:
    """Expressions that Vega cannot compute, assumptions on which nothing rests, and what would grow stale."""
    for key in (*whatif.shown, *whatif.said):
        try:
            whatif.ends(key)
        except ExpressionError as error:
            part = "quantities" if key in whatif.shown else "claims"
            yield part, Problem("not-in-browser", f"{key}: {error}", key)
    for claim in whatif.claims:
        try:
            whatif.verdict(claim)
        except ExpressionError as error:
            yield "claims", Problem("not-in-browser", f"{claim.id}: {error}", claim.id)
    yield from _idle(whatif)
    for claim in whatif.claims:
        for kind, _, key, form in dict.fromkeys(claim.spoken):
            if form.strip() != "interval" and whatif.moves(key):
                message = f"{claim.id}, {kind}: says {key}, which moves; expected as=interval"
                yield "claims", Problem("stale-sentence", message, key)


def _idle(whatif: WhatIf) -> Told:
    """Assumptions that change nothing of what is shown or tested."""
    keys = [*whatif.shown, *(key for claim in whatif.claims for key in claim.names)]
    resting = {leaf for key in keys for leaf in whatif.leaves(key)}
    for name in whatif.moved:
        if name not in resting:
            message = f"nothing that is shown or tested rests on '{name}'"
            yield "assumptions", Problem("idle", message, name)
