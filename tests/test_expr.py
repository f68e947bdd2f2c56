"""The expression language: what is of it and what it computes."""

from __future__ import annotations

import ast

import pytest

from analysis import leaves
from analysis.expr import (
    CircleError,
    ExpressionError,
    NotIdentifiedError,
    bearing,
    evaluate,
    ordered,
    parse,
    resolve,
    substitute,
    with_numbers,
)

assert leaves.YEAR  # it brings working days into the language


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

    def test_key_is_one_name_however_many_dots(self):
        tree = parse("a.b.c + d").tree
        assert [part.id for part in ast.walk(tree) if isinstance(part, ast.Name)] == ["a.b.c", "d"]

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
            ("floor(2.75)", 2),
            ("floor(-2.25)", -3),
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


class TestRewriting:
    def test_substitute_leaves_only_leaves(self):
        definitions = {"rate": parse("cases / months"), "months": parse("(end - start) / 30")}
        found = substitute(parse("rate * 2"), definitions)
        assert found.names == ("cases", "end", "start")
        assert evaluate(found, {"cases": 60.0, "end": 90.0, "start": 0.0}) == 40  # 60 / 3 * 2

    def test_substitute_keeps_precedence(self):
        found = substitute(parse("a * b"), {"b": parse("c + d")})
        assert evaluate(found, {"a": 2.0, "c": 3.0, "d": 4.0}) == 14

    def test_substitute_leaves_the_definitions_alone(self):
        definitions = {"rate": parse("c.cases / c.months")}
        substitute(parse("rate * 2"), definitions)
        assert definitions["rate"].names == ("c.cases", "c.months")

    def test_resolve_takes_the_branch(self):
        expression = parse('1 + (a if s == "x" else (b if t == "y" else unknown))')
        assert resolve(expression, {"s": "x"}).text == "1 + a"
        assert resolve(expression, {"s": "z", "t": "y"}).text == "1 + b"

    def test_resolve_asks_nothing_in_the_branch_not_taken(self):
        expression = parse('a if s == "x" else (b if gone == "y" else unknown)')
        assert resolve(expression, {"s": "x"}).text == "a"

    def test_bearing_is_what_the_branch_taken_rests_on(self):
        expression = parse('a + (b if s == "x" else c / d)')
        assert bearing(expression, {"s": "x"}) == ("a", "b", "s")
        assert bearing(expression, {"s": "y"}) == ("a", "c", "d", "s")
        assert bearing(parse("a * b + a"), {}) == ("a", "b")
        with pytest.raises(NotIdentifiedError):
            bearing(parse('a if s == "x" else unknown'), {"s": "y"})

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
