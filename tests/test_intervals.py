"""Intervals: the vertices, keys that are used more than once, and what cannot be bounded."""

from __future__ import annotations

import itertools
import math
import time

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from analysis import leaves
from analysis.expr import ExpressionError, NotIdentifiedError, parse
from analysis.intervals import CELLS, MOST, Range, bounds, interval, natural, slope

OPEN = Range(None, None, None)
assert leaves.YEAR  # it brings working days into the language


def box(**ends: tuple[float, float]) -> dict[str, Range]:
    """Ranges from low and high, the centre in the middle."""
    return {key: Range(float(low), (low + high) / 2, float(high)) for key, (low, high) in ends.items()}


def choice(name: str) -> Range:
    return Range(name, name, name)


def found(text: str, **ends: tuple[float, float]) -> tuple[float, float]:
    """Low and high of an expression over a box."""
    known = interval(parse(text), box(**ends))
    return known.low, known.high


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
            ("floor(x / 2)", -1, 1),
            ("-x", -3, 2),
        ],
    )
    def test_worked_by_hand(self, text, low, high):
        known = interval(parse(text), box(x=(-2, 3), y=(1, 4)))
        assert (known.low, known.high) == (low, high)

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

    def test_refuses_a_choice_as_a_number(self):
        with pytest.raises(ExpressionError, match="'s' is a choice, not a number"):
            interval(parse("1 + s"), {"s": choice("b")})

    def test_range_without_an_end_is_not_identified(self):
        with pytest.raises(NotIdentifiedError):
            interval(parse("2 * x"), {"x": Range(1.0, 2.0, None)})

    def test_refuses_a_power_of_what_may_be_negative(self):
        # x ** 2 over [-1, 1] goes down to 0, which no vertex shows
        with pytest.raises(ExpressionError, match="takes a power of 'x', which may be negative"):
            interval(parse("x ** 2"), box(x=(-1, 1)))
        assert interval(parse("x ** 2"), box(x=(0, 3))) == Range(0.0, 2.25, 9.0)

    def test_unbounded_key_is_not_identified(self):
        with pytest.raises(NotIdentifiedError) as caught:
            interval(parse("x / y"), {**box(x=(1, 2)), "y": OPEN})
        assert caught.value.key == "y"


class TestKeyUsedMoreThanOnce:
    def test_divisor_that_touches_zero_between_any_points(self):
        with pytest.raises(
            ExpressionError, match=r"divides by '\(x - 0\.37\) \* \(x - 0\.37\)', which may be"
        ):
            found("1 / ((x - .37) * (x - .37))", x=(0, 1))

    def test_divisor_that_stays_off_zero(self):
        # x (1 - x) + 1 is in [1, 1.25]
        assert found("1 / (x * (1 - x) + 1)", x=(0, 1)) == pytest.approx((0.8, 1))
        # s / (s^2 + (1 - s)^2): the divisor is 1/2 at least; largest at s = sqrt(1/2), 1 / (2 sqrt(2) - 2)
        low, high = found("s / (s * s + (1 - s) * (1 - s))", s=(0, 1))
        assert (low, high) == pytest.approx((0, 1 / (2 * math.sqrt(2) - 2)), abs=0.02)
        assert high >= 1 / (2 * math.sqrt(2) - 2)

    def test_turn_between_the_cells_is_enclosed(self):
        low, high = found("min(x, 1 - x)", x=(0.1, 0.93))
        assert low == pytest.approx(0.07)
        assert 0.5 <= high <= 0.5 + 0.83 / CELLS

    def test_linear_in_each_takes_the_ends(self):
        text = "rated * said + (1 - rated) * unrated"
        assert found(text, rated=(0, 1), said=(99.5, 100), unrated=(0, 100)) == (0, 100)
        # at half rated: 49.75 + 0 and 50 + 50
        assert found(text, rated=(0.5, 1), said=(99.5, 100), unrated=(0, 100)) == (49.75, 100)
        assert found("x / 4 - x", x=(-4, 8)) == (-6, 3)

    def test_monotone_takes_the_ends(self):
        assert found("sqrt(c * (100 - c))", c=(50, 100)) == (0, 50)
        assert found("x / (x + 1)", x=(0, 1)) == (0, 0.5)
        assert found("x * x * x", x=(0, 3)) == (0, 27)

    def test_both_halves_turn_at_the_middle(self):
        assert found("sqrt(c * (100 - c))", c=(10, 90)) == pytest.approx((30, 50))

    def test_steps_only_rise(self):
        # 19 January 2024 is a Friday, 22 a Monday; three working days on are 24 and 25 January
        friday, monday = 738904.0, 738907.0
        assert found("workdays(d, 3) - d", d=(friday, friday)) == (5, 5)
        low, high = found("workdays(d, 3) - d", d=(friday, monday))
        assert low <= 3
        assert 5 <= high <= 8  # the 25th less Friday would be 6; the natural enclosure is [2, 6]

    def test_operands_that_share_no_key_are_bounded_apart(self):
        text = " + ".join(f"{key} * (1 - {key})" for key in "abcd")
        begun = time.perf_counter()
        assert found(text, **dict.fromkeys("abcd", (0, 1))) == (0, 1)
        assert time.perf_counter() - begun < 1

    def test_power_from_nought(self):
        # x^2 - x is least at a half, -1/4
        low, high = found("x ** 2 - x", x=(0, 3))
        assert (low, high) == (pytest.approx(-0.25, abs=0.01), 6)
        assert low <= -0.25
        # x^x is least at 1/e
        low, high = found("x ** x", x=(0.1, 3))
        assert (low, high) == (pytest.approx(math.exp(-1 / math.e), abs=0.03), 27)
        assert found("sqrt(x) - x", x=(0, 1))[1] >= 0.25

    def test_too_many_boxes_is_one_clear_error(self):
        text = "min(a * b * c, 1 - a * b * c)"
        message = f"uses a, b, c more than once each: .* {CELLS**3} boxes, more than {MOST}; use some"
        begun = time.perf_counter()
        with pytest.raises(ExpressionError, match=message):
            found(text, **dict.fromkeys("abc", (0, 1)))
        assert time.perf_counter() - begun < 0.5

    def test_exact_keys_do_not_count(self):
        text = "min(a * b * c, 1 - a * b * c)"
        low, high = found(text, a=(0, 1), b=(1, 1), c=(1, 1))
        assert (low, high) == (0, pytest.approx(0.5, abs=1 / CELLS))


class TestNatural:
    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("x - x", (-1, 1)),  # it does not see that both are one
            ("x * (1 - x)", (0, 1)),
            ("x / (x + 1)", (0, 1)),
            ("max(x, 2)", (2, 2)),
        ],
    )
    def test_worked_by_hand(self, text, ends):
        assert natural(parse(text).tree, {"x": (0.0, 1.0)}) == ends

    def test_bounds_lie_within(self):
        tree = parse("x - x + y").tree
        assert bounds(tree, {"x": (0.0, 1.0), "y": (2.0, 3.0)}) == (2, 3)


class TestSlope:
    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("x", (1, 1)),
            ("3", (0, 0)),
            ("y", (0, 0)),
            ("y - 2 * x", (-2, -2)),
            ("-x", (-1, -1)),
            ("x * y", (4, 5)),
            ("y / x", (-5, -1)),  # -y / x^2: from -5 / 1 to -4 / 4, by the product of y / x and 1 / x
            ("x ** 2", (2, 4)),
            ("2 ** x", (2 * math.log(2), 4 * math.log(2))),
            ("sqrt(x)", (1 / math.sqrt(8), 0.5)),
            ("max(x, y)", (0, 0)),  # y is larger throughout
            ("min(x, y)", (1, 1)),
            ("max(x, 1.5)", (0, 1)),
            ("workdays(738900 + x, 1)", (0, math.inf)),
            ("workdays(738900 + y, 1)", (0, 0)),
        ],
    )
    def test_worked_by_hand(self, text, ends):
        point = {"x": (1.0, 2.0), "y": (4.0, 5.0)}
        assert slope(parse(text).tree, "x", point)[1] == pytest.approx(ends)

    @pytest.mark.parametrize("text", ["x ** .5", "sqrt(x)", "2 * x ** .5"])
    def test_is_unbounded_at_the_foot_of_a_root(self, text):
        assert slope(parse(text).tree, "x", {"x": (0.0, 1.0)})[1][1] == math.inf

    def test_unbounded_slopes_that_cancel_say_nothing(self):
        tree = parse("sqrt(x) - sqrt(x)").tree
        assert slope(tree, "x", {"x": (0.0, 1.0)})[1] == (-math.inf, math.inf)
        assert bounds(tree, {"x": (0.0, 1.0)})[0] <= 0 <= bounds(tree, {"x": (0.0, 1.0)})[1]


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
        known = interval(parse(text), box(**ends))
        slack = 1e-9 * max(1, abs(known.low), abs(known.high))
        for share in shares:
            point = {
                key: min(low + part * (high - low), high)
                for (key, (low, high)), part in zip(ends.items(), itertools.cycle(share), strict=False)
            }
            assert known.low - slack <= by_python(text, point) <= known.high + slack

    @given(expressions(depth=2))
    def test_both_ends_are_attained(self, drawn):
        text, ends = drawn
        known = interval(parse(text), box(**ends))
        corners = [dict(zip(ends, corner, strict=True)) for corner in itertools.product(*ends.values())]
        values = [by_python(text, corner) for corner in corners]
        assert known.low == pytest.approx(min(values), rel=1e-12, abs=1e-12)
        assert known.high == pytest.approx(max(values), rel=1e-12, abs=1e-12)

    @given(SIGNED, SIGNED)
    def test_key_used_twice_stays_within_its_true_range(self, first, second):
        # x * y - x = x (y - 1): linear in x, so the ends are exact
        known = interval(parse("x * y - x"), box(x=first, y=second))
        corners = [x * (y - 1) for x in first for y in second]
        assert known.low == pytest.approx(min(corners), abs=1e-9)
        assert known.high == pytest.approx(max(corners), abs=1e-9)

    @given(expressions(depth=2), st.floats(0, 1))
    def test_wider_inputs_never_narrow_it(self, drawn, more):
        text, ends = drawn
        wider = {key: (low, high + more) for key, (low, high) in ends.items()}
        narrow, wide = (interval(parse(text), box(**of)) for of in (ends, wider))
        slack = 1e-9 * max(1, abs(wide.low), abs(wide.high))
        assert wide.low <= narrow.low + slack
        assert narrow.high <= wide.high + slack


@st.composite
def repeating(draw):
    """A random expression over two keys, each used as often as it comes, and the ends of the keys."""

    def part(left) -> str:
        match draw(
            st.sampled_from(("+", "-", "*", "/", "max", "min", "sqrt", "**", "minus", "key", "number"))
        ):
            case "+" | "-" | "*" as sign if left:
                return f"({part(left - 1)} {sign} {part(left - 1)})"
            case "/" if left:
                return f"({part(left - 1)} / (1 + {part(left - 1)}))"
            case "max" | "min" as name if left:
                return f"{name}({part(left - 1)}, {part(left - 1)})"
            case "sqrt" if left:
                return f"sqrt(max(0, {part(left - 1)}))"
            case "**" if left:
                return f"(max(0, {part(left - 1)}) ** {draw(st.sampled_from(('2', '0.5', '1.5')))})"
            case "minus" if left:
                return f"(-{part(left - 1)})"
            case "number":
                return str(draw(st.integers(1, 9)) / 4)
        return draw(st.sampled_from("xy"))

    return f"{part(3)} - {part(2)}", {key: draw(SIGNED) for key in "xy"}


class TestRepeatedKeysAgainstDenseSampling:
    @given(repeating())
    def test_holds_every_sampled_value(self, drawn):
        text, ends = drawn
        try:
            known = interval(parse(text), box(**ends))
        except ExpressionError:
            reject()  # a divisor that may be zero, or too large a number
        slack = 1e-9 * max(1, abs(known.low), abs(known.high))
        steps = [place / 24 for place in range(25)]
        axes = [[low + step * (high - low) for step in steps] for low, high in ends.values()]
        code = compile(text, "test", "eval")
        values = [by_python(code, dict(zip(ends, point, strict=True))) for point in itertools.product(*axes)]
        assert known.low - slack <= min(values)
        assert max(values) <= known.high + slack

    @given(repeating())
    def test_lies_within_the_natural_enclosure(self, drawn):
        text, ends = drawn
        tree = parse(text).tree
        try:
            widest = natural(tree, ends)
        except ExpressionError:
            reject()
        low, high = bounds(tree, {key: ends[key] for key in "xy"})
        slack = 1e-9 * max(1, abs(widest[0]), abs(widest[1]))
        assert widest[0] - slack <= low <= high <= widest[1] + slack

    @given(repeating(), st.floats(0, 1), st.floats(0, 1))
    def test_slope_encloses_every_quotient_of_differences(self, drawn, first, second):
        text, ends = drawn
        low, high = ends["x"]
        here, there = low + first * (high - low), low + second * (high - low)
        assume(abs(here - there) > 1e-3)
        try:
            least, most = slope(parse(text).tree, "x", ends)[1]
        except ExpressionError:
            reject()
        values = [by_python(text, {"x": x, "y": ends["y"][0]}) for x in (here, there)]
        quotient = (values[0] - values[1]) / (here - there)
        slack = 1e-6 * max(1, *map(abs, values))
        assert least - slack <= quotient <= most + slack
