"""The ledger's expressions as Vega expressions, which the browser computes while a reader moves assumptions.

What is emitted are the ends of an expression, and the verdict on a comparison, as functions of the
assumptions that move: all else that is open is put at whichever end makes the expression least or greatest.
Where that end lies is read from the intervals of its slopes over the whole declared range (`intervals`), so
that what holds there holds in any part of it.  What cannot be told this way is refused.

The signals of a number that moves are its ends, ``name__low`` and ``name__high``; of a choice its setting,
``name__set``, and whether it is left open, ``name__open``.  This module needs the standard library only.
"""

from __future__ import annotations

import ast
import itertools
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis import expr, intervals, predicates
from analysis.expr import Expression, ExpressionError, NotIdentifiedError
from analysis.intervals import Box, Ends, Range

Texts = tuple[str, str]
"""The texts of both ends."""

Settings = Mapping[str, str]
Reading = tuple[Settings, tuple[Expression, Box] | None]

NULL = "null"
FUNCTIONS = frozenset({"min", "max", "sqrt", "floor"})
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
BEYOND: Mapping[Callable[[float, float], bool], tuple[int, str]] = {
    operator.gt: (1, f">= {predicates.SLACK}"),
    operator.ge: (1, f"> -{predicates.SLACK}"),
    operator.lt: (0, f"<= -{predicates.SLACK}"),
    operator.le: (0, f"< {predicates.SLACK}"),
}
"""For each sign the end of a difference that meets it first, and what that end must be."""


@dataclass(frozen=True)
class Scope:
    """What is left open: the range of each leaf and the settings of each choice; and what of it moves."""

    ranges: Mapping[str, Range]
    choices: Mapping[str, tuple[str, ...]]
    moved: frozenset[str]

    @property
    def central(self) -> Mapping[str, float | str | None]:
        """The central value of each leaf."""
        return {key: known.central for key, known in self.ranges.items()}

    def readings(self, expression: Expression, choices: Iterable[str]) -> Iterator[Reading]:
        """The settings of some ``choices`` that the expression asks about, with what it is under each.

        The others are at their central setting; it is None where it is not identified.
        """
        asked = sorted(dict(expression.settings).keys() & set(choices))
        for chosen in itertools.product(*(self.choices[name] for name in asked)):
            settings = dict(zip(asked, chosen, strict=True))
            try:
                taken = expr.resolve(expression, {**self.central, **settings})
                yield settings, (taken, self._box(taken))
            except NotIdentifiedError:
                yield settings, None

    def reach(self, expression: Expression) -> list[Ends]:
        """The ends of an expression under each setting of what moves."""
        found = (taken for _, taken in self.readings(expression, self.moved & self.choices.keys()))
        return [intervals.bounds(taken[0].tree, taken[1]) for taken in found if taken]

    def texts(self, expression: Expression, choices: Iterable[str]) -> list[tuple[Settings, Texts]]:
        """As `readings`, with the texts of the ends; `NULL` where it is not identified."""
        return [
            (settings, ends(taken[0].tree, taken[1], self._signals) if taken else (NULL, NULL))
            for settings, taken in self.readings(expression, choices)
        ]

    @property
    def _signals(self) -> dict[str, Texts]:
        return {name: (f"{name}__low", f"{name}__high") for name in self.moved - self.choices.keys()}

    def _box(self, taken: Expression) -> Box:
        return {key: intervals.ends_of(key, self.ranges.get(key)) for key in taken.names}


def quantity(expression: Expression, scope: Scope) -> Texts:
    """The ends of an expression over leaves, `NULL` under settings that leave it not identified.

    Raises ExpressionError for what cannot be computed, or not in a browser.
    """
    found: dict[Texts, list[str]] = {}
    for settings, texts in scope.texts(expression, scope.choices.keys() & scope.moved):
        found.setdefault(texts, []).append(_all(_is(*pair) for pair in settings.items()))
    found.pop((NULL, NULL), None)
    low, high = (_first((_any(when), texts[side]) for texts, when in found.items()) for side in (0, 1))
    return low, high


def verdict(
    claim: str, predicate: str, scope: Scope, definitions: Mapping[str, Expression]
) -> dict[str, str]:
    """The signals that give the verdict on a claim, ``claim__verdict`` after those that it uses.

    Raises ExpressionError for a predicate of several comparisons, which an enclosure of each does not decide,
    and for what cannot be computed in a browser.
    """
    comparisons = predicates.parse(predicate).comparisons
    if len(comparisons) > 1:
        raise ExpressionError(f"'{predicate}' joins {len(comparisons)} comparisons; expected one")
    (comparison,) = comparisons
    difference = expr.substitute(comparison.difference, definitions)
    found = scope.texts(difference, scope.choices)
    known = [(settings, texts) for settings, texts in found if texts != (NULL, NULL)]
    side, meets = BEYOND[comparison.holds]
    truths = {
        "true": (_all((_may(settings, scope), f"{texts[side]} {meets}")) for settings, texts in known),
        "false": (
            _all((_may(settings, scope), f"!({texts[1 - side]} {meets})")) for settings, texts in known
        ),
        "none": (_may(settings, scope) for settings, texts in found if texts == (NULL, NULL)),
        "known": (_central(settings, scope) for settings, _ in known),
    }
    signals = {f"{claim}__{name}": _any(texts) for name, texts in truths.items()}
    can, cannot, none, central = signals
    kinds = (
        (f"!{central}", "'not_identified'"),
        (f"!({cannot} || {none})", "'holds'"),
        (f"!({can} || {none})", "'fails'"),
        ("true", "'depends'"),
    )
    return {**signals, f"{claim}__verdict": _first(kinds)}


def _is(choice: str, setting: str) -> str:
    return f"{choice}__set == '{setting}'"


def _may(settings: Settings, scope: Scope) -> str:
    """Whether a reader leaves some settings possible."""
    return _all(f"({name}__open || {_is(name, to)})" for name, to in settings.items() if name in scope.moved)


def _central(settings: Settings, scope: Scope) -> str:
    """Whether some settings are the central ones, as far as a reader has not moved them."""
    if any(to != scope.central[name] for name, to in settings.items() if name not in scope.moved):
        return "false"
    return _all(_is(*pair) for pair in settings.items() if pair[0] in scope.moved)


def _all(texts: Iterable[str]) -> str:
    return " && ".join(text for text in texts if text != "true") or "true"


def _any(texts: Iterable[str]) -> str:
    listed = list(dict.fromkeys(text for text in texts if text != "false"))
    if "true" in listed:
        return "true"
    return " || ".join(f"({text})" if len(listed) > 1 else text for text in listed) or "false"


def _first(options: Iterable[tuple[str, str]]) -> str:
    """The text of the first condition that is met; `NULL` where none is."""
    found = NULL
    for when, text in reversed(list(options)):
        found = text if when == "true" else f"({when}) ? {text} : {found}"
    return found


def ends(node: ast.expr, box: Box, moving: Mapping[str, Texts]) -> Texts:
    """The least and the greatest of ``node``, a tree without choices, in the signals of what is ``moving``.

    ``box`` holds the declared range of every key.  As `intervals.bounds`, it goes by operations until one of
    them shares a key between its parts.
    """
    uses = set(Expression("", node).uses)
    if not uses & moving.keys():
        low, high = intervals.bounds(node, box)
        return _number(low), _number(high)
    if isinstance(node, ast.Name):
        return moving[node.id]
    counted = Counter(key for part in expr.parts(node) for key in set(Expression("", part).uses))
    shared = [key for key, count in counted.items() if count > 1 and _is_wide(key, box, moving)]
    if shared:
        return _turned(node, box, moving)
    return _operation(node, box, [ends(part, box, moving) for part in expr.parts(node)])


def _is_wide(key: str, box: Box, moving: Mapping[str, Texts]) -> bool:
    low, high = moving.get(key, box[key])
    return low != high


def _turned(node: ast.expr, box: Box, moving: Mapping[str, Texts]) -> Texts:
    """The ends of what uses some keys more than once, with each of these put at the end that makes it so.

    One in which it is linear, but may rise or fall, is tried at both ends.
    """
    counted = Counter(Expression("", node).uses)
    shared = [key for key, count in counted.items() if count > 1 and _is_wide(key, box, moving)]
    slopes = {key: intervals.slope(node, key, box)[1] for key in shared}
    turning = [key for key in shared if not intervals.is_steady(slopes[key])]
    for key in turning:
        if not intervals.is_linear(node, key):
            raise ExpressionError(
                f"'{ast.unparse(node)}' uses {key} more than once and neither only rises nor only falls "
                "in it, so that a browser cannot tell where it is least and greatest"
            )
    found = []
    for side in (0, 1):
        steady = {key: side if slopes[key][0] >= 0 else 1 - side for key in shared if key not in turning}
        corners = itertools.product((0, 1), repeat=len(turning))
        tried = [
            _pinned(node, box, moving, {**steady, **dict(zip(turning, at, strict=True))}) for at in corners
        ]
        found.append(_most(side, [texts[side] for texts in tried]))
    return found[0], found[1]


def _pinned(node: ast.expr, box: Box, moving: Mapping[str, Texts], at: Mapping[str, int]) -> Texts:
    """The ends of ``node`` with some keys ``at`` one of their ends."""
    still = {key: (box[key][side],) * 2 for key, side in at.items() if key not in moving}
    pinned = {key: (moving[key][side],) * 2 for key, side in at.items() if key in moving}
    return ends(node, {**box, **still}, {**moving, **pinned})


def _operation(node: ast.expr, box: Box, found: Sequence[Texts]) -> Texts:
    """An operation on the ends of its arguments; one in which it may rise or fall is tried at both."""
    values = [intervals.bounds(part, box) for part in expr.parts(node)]
    rates = intervals.rates(node, values, intervals.bounds(node, box))
    both = []
    for side in (0, 1):
        options = [
            (texts[side],) if rate[0] >= 0 else (texts[1 - side],) if rate[1] <= 0 else dict.fromkeys(texts)
            for texts, rate in zip(found, rates, strict=True)
        ]
        both.append(_most(side, [_written(node, args) for args in itertools.product(*options)]))
    return both[0], both[1]


def _most(side: int, texts: Sequence[str]) -> str:
    """The least (0) or the greatest (1) of some texts."""
    listed = list(dict.fromkeys(texts))
    return listed[0] if len(listed) == 1 else f"{('min', 'max')[side]}({', '.join(listed)})"


def _written(node: ast.expr, args: Sequence[str]) -> str:
    """An operation on texts; raises ExpressionError for one that Vega lacks."""
    match node:
        case ast.BinOp(op=ast.Pow()):
            return f"pow({', '.join(args)})"
        case ast.BinOp(op=op):
            return f"({args[0]} {SIGNS[type(op)]} {args[1]})"
        case ast.UnaryOp():
            return f"(-{args[0]})"
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return f"{name}({', '.join(args)})"
    raise ExpressionError(f"'{ast.unparse(node)}' cannot be computed in a browser")


def _number(value: float) -> str:
    text = repr(value).removesuffix(".0")
    return f"({text})" if value < 0 else text
