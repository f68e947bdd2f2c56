"""Vega expressions: computed by Vega itself, they are what the ledger computes."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import expr, intervals
from analysis.claims import Space, verdict
from analysis.expr import ExpressionError, NotIdentifiedError
from analysis.intervals import Range
from analysis.vega import Scope, quantity
from analysis.vega import verdict as signals_of

SIGNAL = re.compile(r"\b\w+__(?:low|high|set|open)\b")
TEXT = "{http://www.w3.org/2000/svg}text"
RANGES = {
    "a": Range(1.0, 2.0, 4.0),
    "b": Range(-3.0, 0.5, 2.0),
    "c": Range(0.25, 0.5, 0.75),
    "d": Range(5.0, 5.0, 5.0),
    "open": Range(None, None, None),
    "way": Range("this", "this", "this"),
    "kind": Range("one", "one", "one"),
}
CHOICES = {"way": ("this", "that"), "kind": ("one", "two", "three")}
GRID = {"a": (None, 1.0, 3.3, 4.0), "b": (None, -3.0, 0.0, 2.0), "c": (None, 0.25, 0.6)}
EXPRESSIONS = (
    "a + b",
    "a - b * c",
    "d - a",
    "a * a",
    "a * b / c",
    "(a + c) * a",
    "c * a + (1 - c) * b",
    "-a ** c",
    "0.05 ** (1 / a)",
    "min(a, b) + max(b, c, 0)",
    "sqrt(a) * floor(b)",
    "(a - 1) / (a + d)",
    "a if way == 'this' else b",
    "a if way == 'this' else unknown",
    "a / c if way == 'this' and kind == 'two' else (b if kind == 'one' else unknown)",
    "a if way == 'that' or kind == 'three' else open",
)


def scope(moved, ranges=None):
    return Scope(ranges or RANGES, CHOICES, frozenset(moved))


def by_vega(texts, points):
    """What Vega makes of some expressions at each of some points, which give the signals their values."""
    spec = {
        "data": [
            {
                "name": "points",
                "values": [{"place": place, **point} for place, point in enumerate(points)],
                "transform": [
                    {"type": "formula", "as": f"out{n}", "expr": SIGNAL.sub(r"datum.\g<0>", text)}
                    for n, text in enumerate(texts)
                ],
            }
        ],
        "marks": [
            {
                "type": "text",
                "from": {"data": "points"},
                "encode": {
                    "enter": {
                        "text": {
                            "signal": "'' + ["
                            + ", ".join(f"'' + datum.out{n}" for n in range(len(texts)))
                            + "]"
                        }
                    }
                },
            }
        ],
    }
    svg = ET.fromstring(vl_convert.vega_to_svg(json.dumps(spec)))  # noqa: S314 - our own
    return [[read(part) for part in (each.text or "").split(",")] for each in svg.iter(TEXT)]


def read(text):
    return {"null": None, "true": True, "false": False}.get(text, text if text[:1].isalpha() else float(text))


def point(moved):
    """The signals of assumptions that are left open (None) or put at a setting."""
    found = {}
    for name, value in moved.items():
        if name in CHOICES:
            found |= {f"{name}__set": value or RANGES[name].central, f"{name}__open": value is None}
        else:
            low, high = (RANGES[name].low, RANGES[name].high) if value is None else (value, value)
            found |= {f"{name}__low": low, f"{name}__high": high}
    return found


def under(moved):
    """The ranges under settings, as the ledger has them."""
    return RANGES | {name: Range(value, value, value) for name, value in moved.items() if value is not None}


def by_ledger(text, moved):
    try:
        known = intervals.interval(expr.parse(text), under(moved))
    except NotIdentifiedError:
        return [None, None]
    return [known.low, known.high]


def grid(text):
    """Every combination of settings of what an expression uses, open and fixed."""
    names = [name for name in expr.parse(text).names if name in {*GRID, *CHOICES}]
    options = [GRID[name] if name in GRID else (None, *CHOICES[name]) for name in names]
    return [dict(zip(names, each, strict=True)) for each in itertools.product(*options)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_ends_are_those_of_the_ledger(text):
    settings = grid(text)
    texts = quantity(expr.parse(text), scope(settings[0]))
    found = by_vega(texts, [point(each) for each in settings])
    for each, ends in zip(settings, found, strict=True):
        assert ends == pytest.approx(by_ledger(text, each), nan_ok=False), each


@settings(max_examples=25)
@given(
    st.sampled_from(EXPRESSIONS[:12]),
    st.fixed_dictionaries({name: st.none() | st.floats(0, 1) for name in GRID}),
    st.sets(st.sampled_from(sorted(GRID)), min_size=1),
)
def test_ends_are_those_of_the_ledger_anywhere(text, shares, moved):
    """What does not move stays open; what moves is anywhere in its range."""
    wide = {name: (RANGES[name].low, RANGES[name].high - RANGES[name].low) for name in GRID}
    at = {
        name: None if shares[name] is None else wide[name][0] + shares[name] * wide[name][1] for name in moved
    }
    ((low, high),) = by_vega(quantity(expr.parse(text), scope(moved)), [point(at)])
    assert [low, high] == pytest.approx(by_ledger(text, at), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a - b", ("(a__low - b__high)", "(a__high - b__low)")),
        ("b * c", ("min((b__low * 0.25), (b__low * 0.75))", "max((b__high * 0.25), (b__high * 0.75))")),
        ("d * c", ("1.25", "3.75")),
        ("b - -2", ("(b__low - (-2))", "(b__high - (-2))")),
    ],
)
def test_by_hand(text, ends):
    assert quantity(expr.parse(text), scope({"a", "b"})) == ends


def test_a_shared_key_that_does_not_move_is_put_at_its_ends():
    assert quantity(expr.parse("(a + c) * a"), scope({"c"})) == ("((1 + c__low) * 1)", "((4 + c__high) * 4)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("b * b", "uses b more than once and neither only rises nor only falls"),
        ("a / b", "divides by 'b', which may be zero"),
        ("b ** a", "takes a power of 'b', which may be negative"),
        ("way + a", "'way' is a choice, not a number"),
        ("workdays(a, 30)", "'workdays(a, 30)' cannot be computed in a browser"),
    ],
)
def test_what_a_browser_cannot_tell_is_refused(text, message, monkeypatch):
    monkeypatch.setitem(expr.FUNCTIONS, "workdays", expr.Function(lambda start, days: start + days, 2, 2))
    with pytest.raises(ExpressionError, match=re.escape(message)):
        quantity(expr.parse(text), scope({"a", "b"}))


CLAIMS = (
    "a > b",
    "a >= d - 1",
    "b < c",
    "c <= b + 0.25",
    "(a if way == 'this' else unknown) > c",
    "(a if way == 'this' else b) > c",
    "(a if way == 'this' and kind == 'one' else open) >= 2",
    "(a if kind == 'two' else unknown) < c + b",
)


@pytest.mark.parametrize("predicate", CLAIMS)
@pytest.mark.parametrize("still", [(), ("way",), ("a", "kind")])
def test_verdicts_are_those_of_the_build(predicate, still):
    """Over every combination of settings; what is among ``still`` does not move, and stays open."""
    names = expr.parse(
        f"({predicate.replace('<=', '+').replace('>=', '+').replace('<', '+').replace('>', '+')})"
    )
    settings = [
        {name: value for name, value in each.items() if name not in still} for each in grid(names.text)
    ]
    signals = signals_of("it", predicate, scope(settings[0]), {})
    texts = [inlined(signals)]
    found = by_vega(texts, [point(each) for each in settings])
    for each, (kind,) in zip(settings, found, strict=True):
        left = {name: choices for name, choices in CHOICES.items() if each.get(name) is None}
        assert kind == verdict("it", predicate, Space(under(each), left, {}), flips=False).kind, each


def inlined(signals):
    """The last of some signals, with those that it uses put in their places."""
    *others, last = signals.items()
    return re.sub("|".join(name for name, _ in others), lambda found: f"({signals[found[0]]})", last[1])


def test_sides_this_near_are_level():
    signals = signals_of("it", "a > 1", scope({"a"}), {})
    at = [{"a__low": low, "a__high": low} for low in (1 - 1e-10, 1 + 1e-10, 1 + 1e-8)]
    assert by_vega([inlined(signals)], at) == [["fails"], ["fails"], ["holds"]]


def test_a_predicate_of_several_comparisons_is_refused():
    with pytest.raises(ExpressionError, match="joins 2 comparisons; expected one"):
        signals_of("it", "c < b < a", scope({"a"}), {})


def test_a_choice_that_does_not_move_is_at_its_central_setting_for_ends_and_open_for_verdicts():
    made = scope({"a"})
    assert quantity(expr.parse("a if way == 'this' else unknown"), made) == ("a__low", "a__high")
    signals = signals_of("it", "(a if way == 'this' else unknown) > 0", made, {})
    assert by_vega([inlined(signals)], [point({"a": 3.0})]) == [["depends"]]
    other = replace(made, ranges=RANGES | {"way": Range("that", "that", "that")})
    assert quantity(expr.parse("a if way == 'this' else unknown"), other) == ("null", "null")
