"""The expression language: what is of it, what it computes, and its intervals."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import leaves
from analysis.expr import (
    CircleError,
    ExpressionError,
    NotIdentifiedError,
    Range,
    evaluate,
    interval,
    ordered,
    parse,
    resolve,
    substitute,
    with_numbers,
)

OPEN = Range(None, None, None)
assert leaves.YEAR  # it brings working days into the language


def box(**ends: tuple[float, float]) -> dict[str, Range]:
    """Ranges from low and high, the centre in the middle."""
    return {key: Range(float(low), (low + high) / 2, float(high)) for key, (low, high) in ends.items()}


def choice(name: str) -> Range:
    return Range(name, name, name)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("municipal.cases / municipal.months", ("municipal.cases", "municipal.months")),
            ("a + b * a", ("a", "b")),
            ("max(0, -x) ** 2", ("x",)),
            ("1 / 3", ()),
            ('a if scope == "batch" else unknown', ("a", "scope")),
            ('a if s == "x" and t == "y" or u == "z" else b', ("a", "s", "t", "u", "b")),
        ],
    )
    def test_inputs_are_the_keys_in_it(self, text, names):
        assert parse(text).names == names

    def test_text_is_kept_as_written(self):
        assert parse("  a+b ").text == "a+b"

    def test_keys_asked_about_are_told_from_those_computed_with(self):
        expression = parse('a if s == "x" else s + b')
        assert expression.settings == (("s", "x"),)
        assert expression.numbers == {"a", "b", "s"}
        assert parse('a if s == "x" else b').numbers == {"a", "b"}

    @pytest.mark.parametrize(
        "text",
        [
            "lambda x: x",
            "open('x')",
            "__import__('os').system('ls')",
            "(1).real",
            "a().b",
            "max(**a)",
            "max(*a)",
            "max(1, key=2)",
            "a[0]",
            "[1, 2]",
            "{1: 2}",
            "f'{a}'",
            "(a := 1)",
            "a < b",
            "a == 1",
            "1 == 1",
            '"x" == "x"',
            "a % b",
            "a // b",
            "a and b",
            "not a",
            "+a",
            "True",
            "None",
            "1j",
            '"text"',
            "a if b else c",
            "a if 1 else c",
            "abs(a)",
            "sqrt()",
            "sqrt(1, 2)",
            "min(1)",
            "workdays(1)",
            "1e999",
            "9" * 400,
        ],
    )
    def test_refuses_what_is_not_of_the_language(self, text):
        with pytest.raises(ExpressionError, match="is not part of the expression language"):
            parse(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1 +",
            "a b",
            "import os",
            "a; b",
            "a = 1",
            "a\0",
            "(" * 300 + "1" + ")" * 300,
            "-" * 5000 + "1",
        ],
    )
    def test_refuses_what_is_no_expression(self, text):
        with pytest.raises(ExpressionError, match="is not an expression") as caught:
            parse(text)
        assert len(str(caught.value)) < 120

    @pytest.mark.parametrize("text", ["unknown", "1 + unknown", 'a if s == "x" else unknown + 1'])
    def test_unknown_is_only_what_a_choice_leads_to(self, text):
        with pytest.raises(ExpressionError, match="'unknown' stands only as what a choice leads to"):
            parse(text)


class TestEvaluate:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2 + 3 * 4", 14),
            ("(2 + 3) * 4", 20),
            ("2 ** 3 ** 2", 512),
            ("-2 + 1", -1),
            ("7 / 2", 3.5),
            ("min(3, 1, 2) + max(3, 1)", 4),
            ("sqrt(9)", 3),
            ("a - b", 1),
            ('a if s == "x" else b', 5),
            ('a if s == "y" else b', 4),
            ('a if s == "y" or t == "z" else b', 5),
            ('a if s == "x" and t == "y" else b', 4),
            ('10 * (a if s == "y" else b)', 40),
            # 19 January 2024 is a Friday; one working day on is Monday 22 January: ordinal 738907
            ("workdays(738904, 1)", 738907),
        ],
    )
    def test_known_values(self, text, value):
        assert evaluate(parse(text), {"a": 5.0, "b": 4.0, "s": "x", "t": "z"}) == value

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("a + gone", "gone"),
            ('a if s == "y" else unknown', "s"),
            ('unknown if s == "x" else a', "s"),
            ('a if s == "x" and t == "y" else unknown', "t"),
            ('a if gone == "x" else 1', "gone"),
        ],
    )
    def test_names_what_leaves_it_open(self, text, key):
        with pytest.raises(NotIdentifiedError) as caught:
            evaluate(parse(text), {"a": 5.0, "s": "x", "t": "z"})
        assert caught.value.key == key

    def test_branch_not_taken_may_be_open(self):
        assert evaluate(parse('a if s == "x" else gone'), {"a": 5.0, "s": "x"}) == 5

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("1 / 0", "division by zero"),
            ("sqrt(0 - 1)", "math domain error"),
            ("10 ** 400", "math range error"),
            ("1e308 * 10", "too large"),
            ("0 ** (0 - 1)", "math domain error"),
            ("workdays(738904, 9999)", "Chinese public holidays are known up to 2026"),
        ],
    )
    def test_says_what_cannot_be_computed(self, text, reason):
        with pytest.raises(ExpressionError, match=rf"cannot be computed: .*{reason}"):
            evaluate(parse(text), {})

    def test_refuses_a_choice_as_a_number(self):
        with pytest.raises(ExpressionError, match="'s' is a choice, not a number"):
            evaluate(parse("s + 1"), {"s": "x"})


class TestInterval:
    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("x + y", -1, 7),  # -2 + 1, 3 + 4
            ("x - y", -6, 2),  # -2 - 4, 3 - 1
            ("x * y", -8, 12),  # -2 * 4, 3 * 4
            ("x / y", -2, 3),  # -2 / 1, 3 / 1
            ("y ** x", 1 / 16, 64),  # 4 ** -2, 4 ** 3
            ("max(0, x)", 0, 3),
            ("min(x, y)", -2, 3),
            ("sqrt(y)", 1, 2),
            ("-x", -3, 2),
        ],
    )
    def test_worked_by_hand(self, text, low, high):
        found = interval(parse(text), box(x=(-2, 3), y=(1, 4)))
        assert (found.low, found.high) == (low, high)

    def test_centre_is_that_of_the_inputs(self):
        assert interval(parse("x * y"), box(x=(0, 4), y=(1, 2))).central == 3  # 2 * 1.5

    def test_exact_inputs_give_an_exact_value(self):
        assert interval(parse("x / y"), box(x=(6, 6), y=(3, 3))) == Range(2.0, 2.0, 2.0)

    def test_key_used_twice_is_one_quantity(self):
        assert interval(parse("x - x"), box(x=(0, 1))) == Range(0.0, 0.0, 0.0)
        # x (1 - x) is largest inside its interval, at a half
        assert interval(parse("x * (1 - x)"), box(x=(0, 1))) == Range(0.0, 0.25, 0.25)

    def test_choice_decides_what_is_needed(self):
        expression = parse('x / y if s == "a" else 5')
        ranges = {**box(x=(1, 2)), "y": OPEN, "s": choice("b")}
        assert interval(expression, ranges) == Range(5.0, 5.0, 5.0)
        with pytest.raises(NotIdentifiedError) as caught:
            interval(expression, {**ranges, "s": choice("a")})
        assert caught.value.key == "y"

    def test_division_by_zero_in_a_branch_not_taken_does_no_harm(self):
        ranges = {**box(x=(-1, 1)), "s": choice("b")}
        assert interval(parse('1 / x if s == "a" else x'), ranges) == Range(-1.0, 0.0, 1.0)

    @pytest.mark.parametrize("ends", [(-1, 1), (0, 1), (-1, 0), (0, 0)])
    def test_refuses_a_divisor_that_may_be_zero(self, ends):
        with pytest.raises(ExpressionError, match=r"'1 / \(x \+ 0\)' divides by 'x \+ 0', which may be zero"):
            interval(parse("1 / (x + 0)"), box(x=ends))

    def test_refuses_a_power_of_what_may_be_negative(self):
        # x ** 2 over [-1, 1] goes down to 0, which no vertex shows
        with pytest.raises(ExpressionError, match="takes a power of 'x', which may be negative"):
            interval(parse("x ** 2"), box(x=(-1, 1)))
        assert interval(parse("x ** 2"), box(x=(0, 3))) == Range(0.0, 2.25, 9.0)

    def test_unbounded_key_is_not_identified(self):
        with pytest.raises(NotIdentifiedError) as caught:
            interval(parse("x / y"), {**box(x=(1, 2)), "y": OPEN})
        assert caught.value.key == "y"


SIGNED = st.tuples(st.floats(-5, 5), st.floats(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))
POSITIVE = st.tuples(st.floats(0.1, 5), st.floats(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


KINDS = ("+", "-", "*", "/", "**", "max", "minus", "sqrt", "key")


@st.composite
def expressions(draw, depth=3):
    """A random expression that uses each key once, and the ends of its keys."""
    ends: dict[str, tuple[float, float]] = {}

    def key(of) -> str:
        ends[f"x{len(ends)}"] = draw(of)
        return f"x{len(ends) - 1}"

    def part(left) -> str:
        match draw(st.sampled_from(KINDS)) if left else "key":
            case "key":
                return key(SIGNED)
            case "minus":
                return f"(-{part(left - 1)})"
            case "sqrt":
                return f"sqrt({key(POSITIVE)})"
            case "max":
                return f"max({part(left - 1)}, {part(left - 1)})"
            case "/":
                return f"({part(left - 1)} / {key(POSITIVE)})"
            case "**":
                return f"({key(POSITIVE)} ** {key(SIGNED)})"
            case sign:
                return f"({part(left - 1)} {sign} {part(left - 1)})"

    return part(depth), ends


def by_python(text: str, point: dict[str, float]) -> float:
    """The outside reference: the same text as Python computes it."""
    return eval(text, {"max": max, "sqrt": math.sqrt}, point)  # noqa: S307 - text of our own making


class TestIntervalAgainstBruteForce:
    @given(
        expressions(), st.lists(st.lists(st.floats(0, 1), min_size=20, max_size=20), min_size=5, max_size=5)
    )
    def test_holds_every_pointwise_result(self, drawn, shares):
        text, ends = drawn
        found = interval(parse(text), box(**ends))
        slack = 1e-9 * max(1, abs(found.low), abs(found.high))
        for share in shares:
            point = {
                key: min(low + part * (high - low), high)
                for (key, (low, high)), part in zip(ends.items(), itertools.cycle(share), strict=False)
            }
            assert found.low - slack <= by_python(text, point) <= found.high + slack

    @given(expressions(depth=2))
    def test_both_ends_are_attained(self, drawn):
        text, ends = drawn
        found = interval(parse(text), box(**ends))
        corners = [dict(zip(ends, corner, strict=True)) for corner in itertools.product(*ends.values())]
        values = [by_python(text, corner) for corner in corners]
        assert found.low == pytest.approx(min(values), rel=1e-12, abs=1e-12)
        assert found.high == pytest.approx(max(values), rel=1e-12, abs=1e-12)

    @given(SIGNED, SIGNED)
    def test_key_used_twice_stays_within_its_true_range(self, first, second):
        # x * y - x = x (y - 1): monotone in each, so the vertices are exact and the grid adds nothing
        found = interval(parse("x * y - x"), box(x=first, y=second))
        corners = [x * (y - 1) for x in first for y in second]
        assert found.low == pytest.approx(min(corners), abs=1e-9)
        assert found.high == pytest.approx(max(corners), abs=1e-9)

    @given(expressions(depth=2), st.floats(0, 1))
    def test_wider_inputs_never_narrow_it(self, drawn, more):
        text, ends = drawn
        wider = {key: (low, high + more) for key, (low, high) in ends.items()}
        narrow, wide = (interval(parse(text), box(**of)) for of in (ends, wider))
        slack = 1e-9 * max(1, abs(wide.low), abs(wide.high))
        assert wide.low <= narrow.low + slack
        assert narrow.high <= wide.high + slack


class TestRewriting:
    def test_substitute_leaves_only_leaves(self):
        definitions = {"rate": parse("cases / months"), "months": parse("(end - start) / 30")}
        found = substitute(parse("rate * 2"), definitions)
        assert found.names == ("cases", "end", "start")
        assert evaluate(found, {"cases": 60.0, "end": 90.0, "start": 0.0}) == 40  # 60 / 3 * 2

    def test_substitute_keeps_precedence(self):
        found = substitute(parse("a * b"), {"b": parse("c + d")})
        assert evaluate(found, {"a": 2.0, "c": 3.0, "d": 4.0}) == 14

    def test_resolve_takes_the_branch(self):
        expression = parse('1 + (a if s == "x" else (b if t == "y" else unknown))')
        assert resolve(expression, {"s": "x"}).text == "1 + a"
        assert resolve(expression, {"s": "z", "t": "y"}).text == "1 + b"

    def test_with_numbers_puts_texts_in_place_of_keys(self):
        texts = {"m.cases": "433 cases", "m.months": "[2 to 4 months]"}
        assert with_numbers(parse("m.cases/m.months"), texts.__getitem__) == "433 cases / [2 to 4 months]"
        assert with_numbers(parse("max(0, m.cases)"), texts.__getitem__) == "max(0, 433 cases)"


class TestOrdered:
    def test_each_key_comes_after_its_inputs(self):
        found = ordered({"c": ("b",), "b": ("a",), "d": ("c", "a")})
        assert [found.index(key) for key in "abcd"] == [0, 1, 2, 3]

    def test_names_the_circle(self):
        with pytest.raises(CircleError, match="is part of a circle") as caught:
            ordered({"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",)})
        assert set(caught.value.keys) == {"a", "b", "c"}
        assert caught.value.keys[0] == caught.value.keys[-1]
