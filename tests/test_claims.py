"""Claims: each verdict by hand, what flips it, and the claims of the case against brute force."""

from __future__ import annotations

import ast
import functools
import itertools
import time
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import expr, load_case
from analysis.claim_texts import explain_claim
from analysis.claims import Flip, Space, space_of, verdict, verdicts
from analysis.display import LANGUAGES
from analysis.expr import ExpressionError
from analysis.intervals import Range
from tests.conftest import ROOT

OPEN = Range(None, None, None)
DRAWS = 100_000


def space(whole=(), made=None, choices=None, **ranges: tuple[float, ...] | None) -> Space:
    """Ranges from low, centre and high, or None where open; a choice names its central setting first."""
    choices = choices or {}
    known = {key: Range(*map(float, ends)) if ends else OPEN for key, ends in ranges.items()}
    known |= {key: Range(settings[0], settings[0], settings[0]) for key, settings in choices.items()}
    parsed = {key: expr.parse(text) for key, text in (made or {}).items()}
    return Space(known, choices, parsed, frozenset(whole))


def kind(predicate: str, over: Space) -> str:
    return verdict("c", predicate, over).kind


def flips(predicate: str, over: Space) -> list[tuple[dict[str, object], object]]:
    return [(dict(flip.at), flip.to) for flip in verdict("c", predicate, over).flips]


X = space(x=(0, 2, 4), y=(5, 6, 7))
AB = {"s": ("a", "b")}


class TestVerdict:
    @pytest.mark.parametrize(
        ("predicate", "expected"),
        [
            ("x < y", "holds"),  # 4 < 5
            ("x > y", "fails"),
            ("y - x >= 1", "holds"),  # 5 - 4
            ("y - x > 1", "depends"),
            ("x < 3", "depends"),
            ("x > 3", "depends"),
            ("0 <= x <= 4 < y", "holds"),
            ("0 <= x < 4", "depends"),
            ("not x > y", "holds"),
            ("x < 1 or y > 4", "holds"),
            ("x < 1 and y > 4", "depends"),
            ("x - x >= 0", "holds"),  # one quantity, used twice
        ],
    )
    def test_worked_by_hand(self, predicate, expected):
        assert kind(predicate, X) == expected

    def test_what_is_open_is_not_identified(self):
        found = verdict("c", "x < z", replace(X, ranges={**X.ranges, "z": OPEN}))
        assert (found.kind, found.central, found.open_keys) == ("not_identified", None, ("z",))

    def test_known_part_may_decide(self):
        over = replace(X, ranges={**X.ranges, "z": OPEN})
        assert kind("x < y or x < z", over) == "holds"
        assert kind("x > y and x < z", over) == "fails"
        assert kind("x < y and x < z", over) == "not_identified"

    def test_known_under_the_central_choice_only(self):
        over = space(choices=AB, made={"q": 'x if s == "a" else unknown'}, x=(1, 1, 1))
        assert kind("q > 0", over) == "depends"
        assert flips("q > 0", over) == [({"s": "b"}, None)]

    def test_known_under_another_choice_only(self):
        over = space(choices=AB, made={"q": 'x if s == "b" else unknown'}, x=(1, 1, 1))
        assert kind("q > 0", over) == "not_identified"

    def test_choice_that_is_settled_is_no_longer_open(self):
        over = space(choices=AB, made={"q": 'x if s == "a" else unknown'}, x=(1, 1, 1))
        assert kind("q > 0", replace(over, choices={})) == "holds"

    def test_sides_that_differ_by_the_noise_of_binary_arithmetic_are_level(self):
        over = space(a=(0.1, 0.1, 0.1), b=(0.2, 0.2, 0.2))
        assert 0.1 + 0.2 > 0.3
        assert kind("a + b <= 0.3", over) == "holds"
        assert kind("a + b > 0.3", over) == "fails"

    def test_turn_inside_the_range(self):
        over = space(x=(0, 0.5, 1))  # x (1 - x) is a quarter at most
        assert kind("x * (1 - x) > 0.26", over) == "fails"
        assert kind("x * (1 - x) > 0.2", over) == "depends"

    def test_touching_turn_is_settled_by_a_grid_and_says_so(self):
        found = verdict("c", "9 * x * (2 - 3 * x) <= 3", space(x=(0, 0.4, 1)))  # 3 at a third
        assert (found.kind, found.exact) == ("holds", False)
        assert verdict("c", "9 * x * (2 - 3 * x) <= 3.1", space(x=(0, 0.4, 1))).exact

    def test_divisor_that_may_be_zero_under_another_choice(self):
        over = space(choices=AB, made={"q": 'x if s == "a" else 1 / (x - 1)'}, x=(0, 1, 2))
        with pytest.raises(ExpressionError, match=r"divides by 'x - 1', which may be zero"):
            verdict("c", "q > -1", over)


class TestFlips:
    def test_one_number(self):
        assert flips("x < 3", X) == [({"x": pytest.approx(3)}, False)]
        assert flips("x > 3", X) == [({"x": pytest.approx(3)}, True)]

    def test_one_number_either_way(self):
        assert flips("1 < x < 3", X) == [({"x": pytest.approx(1)}, False), ({"x": pytest.approx(3)}, False)]

    def test_inside_the_range_only(self):
        # 0.21 at the centre; above 0.24 from 0.4 to 0.6
        assert flips("x * (1 - x) < 0.24", space(x=(0, 0.3, 1))) == [({"x": pytest.approx(0.4)}, False)]

    def test_two_numbers_together(self):
        over = space(x=(0, 0.5, 1), y=(0, 0.5, 1))  # 1 at the centre; one alone takes it to 0.5 at least
        both = {"x": pytest.approx(0.2), "y": pytest.approx(0.2)}
        assert flips("x + y > 0.4", over) == [(both, False)]

    def test_number_and_choice_together(self):
        over = space(choices=AB, made={"q": 'x if s == "a" else 2 * x'}, x=(0, 1, 2))
        assert flips("q < 3", over) == [({"s": "b", "x": pytest.approx(1.5)}, False)]  # 2 * 1.5

    def test_each_choice_by_what_it_leads_to(self):
        settings = {"s": ("a", "b", "c"), "t": ("a", "b")}
        made = {"q": '1 if s == "a" and t == "a" else (unknown if s == "b" else 0)'}
        assert flips("q > 0", space(choices=settings, made=made)) == [
            ({"s": "c"}, False),
            ({"s": "b"}, None),
            ({"t": "b"}, False),
        ]

    def test_whole_numbers_are_rounded_away_from_the_centre(self):
        over = space(whole=["x"], x=(0, 4, 8))
        assert flips("x < 6.2", over) == [({"x": 7}, False)]
        assert flips("x > 2.7", over) == [({"x": 2}, False)]

    def test_none_where_it_does_not_depend(self):
        assert flips("x < y", X) == []

    def test_sets_are_the_smallest(self):
        over = space(x=(0, 2, 4), y=(0, 2, 4), z=(0, 2, 4))
        found = [flip.keys for flip in verdict("c", "x + y + 3 * z < 13", over).flips]
        # 10 at the centre; 12 by x or y alone, 16 by z, 14 by x and y
        assert found == [("z",), ("x", "y")]


def by_numpy(text: str) -> str:
    """A predicate or formula as numpy computes it on arrays: the outside reference."""

    class Arrays(ast.NodeTransformer):
        def visit_Attribute(self, node) -> ast.expr:
            return ast.Name(ast.unparse(node).replace(".", "__"))

        def visit_Name(self, node) -> ast.expr:
            return ast.Name(node.id.replace(".", "__"))

        def visit_IfExp(self, node) -> ast.expr:
            return ast.IfExp(node.test, self.visit(node.body), self.visit(node.orelse))

        def visit_BoolOp(self, node) -> ast.expr:
            word = "all_of" if isinstance(node.op, ast.And) else "any_of"
            return ast.Call(ast.Name(word), [self.visit(value) for value in node.values], [])

        def visit_Compare(self, node) -> ast.expr:
            sides = [self.visit(side) for side in (node.left, *node.comparators)]
            pairs = zip(node.ops, itertools.pairwise(sides), strict=True)
            found = [ast.Compare(left, [op], [right]) for op, (left, right) in pairs]
            return ast.Call(ast.Name("all_of"), found, [])

    return ast.unparse(Arrays().visit(ast.parse(text, mode="eval").body))


NUMPY = {
    "floor": np.floor,
    "sqrt": np.sqrt,
    "min": lambda *parts: functools.reduce(np.minimum, parts),
    "max": lambda *parts: functools.reduce(np.maximum, parts),
    "unknown": np.nan,
    "all_of": lambda *parts: np.logical_and.reduce(np.broadcast_arrays(*parts)),
    "any_of": lambda *parts: np.logical_or.reduce(np.broadcast_arrays(*parts)),
}


def computed(predicate: str, over: Space, values: dict[str, object]) -> tuple[np.ndarray, np.ndarray]:
    """Whether a predicate is true at each of many points, and whether it is known there."""
    found = {key.replace(".", "__"): value for key, value in values.items()}
    inputs = {key: of.names for key, of in over.definitions.items()}
    for key in expr.ordered(inputs):
        if key in over.definitions:
            code = by_numpy(over.definitions[key].text)
            found[key.replace(".", "__")] = eval(code, NUMPY, found)  # noqa: S307 - of our own making
    true = eval(by_numpy(predicate), NUMPY, found)  # noqa: S307
    sides = [
        part
        for node in ast.walk(ast.parse(predicate))
        if isinstance(node, ast.Compare)
        for part in (node.left, *node.comparators)
    ]
    numbers = [eval(by_numpy(ast.unparse(side)), NUMPY, found) for side in sides]  # noqa: S307
    known = np.logical_and.reduce([~np.isnan(each) for each in np.broadcast_arrays(*numbers)])
    return np.atleast_1d(true), np.atleast_1d(known)


def points(over: Space, draws: int, chosen: dict[str, str], seed: int = 1) -> dict[str, object]:
    """Each key somewhere in its range, half of the time at an end; what is open is nan."""
    random = np.random.default_rng(seed)
    found: dict[str, object] = {}
    for key, known in sorted(over.ranges.items()):
        if isinstance(known.central, str):
            found[key] = chosen.get(key, known.central)
        elif known.central is None:
            found[key] = np.nan
        else:
            shares = np.clip(random.uniform(-0.5, 1.5, draws), 0, 1)
            found[key] = known.low + shares * (known.high - known.low)
    return found


def beyond(flip: Flip, over: Space) -> dict[str, object]:
    """A little further from the centre than where the claim flips, its sides being level there."""
    return {
        key: value if isinstance(value, str) else value + 1e-6 * (value - over.ranges[key].central)
        for key, value in flip.at.items()
    }


def centre(over: Space) -> dict[str, object]:
    return {key: np.nan if known.central is None else known.central for key, known in over.ranges.items()}


@pytest.fixture(scope="module")
def found(case):
    return verdicts(case)


@pytest.fixture(scope="module")
def over(case):
    return space_of(case)


EXPECTED = {
    "printed_time_cut": "holds",
    "time_cut_gap": "depends",
    "no_tier_leads": "holds",
    "mix_explains_gap": "depends",
    "mix_leaves_gap": "depends",
    "trips_saved": "depends",
    "caseload_count": "holds",
    "caseload_rate": "depends",
    "caseload_per_item": "not_identified",
    "satisfaction_close": "holds",
    "most_satisfied": "depends",
    "licences_of_items": "holds",
    "licences_of_powers": "holds",
    "pilot_unmeasured": "holds",
    "time_cut_no_share_of_cases": "holds",
    "trips_cut_no_mean_of_items": "holds",
    "caseload_rate_net": "depends",
    "caseload_rate_other": "depends",
    "caseload_order_turns_on_permits": "depends",
    "permits_most_cases": "depends",
}


class TestOfTheCase:
    def test_verdicts(self, found):
        assert {claim: of.kind for claim, of in found.items()} == EXPECTED
        assert all(of.exact for of in found.values())

    def test_gap_in_cuts_turns_on_each_of_four_choices(self, found):
        turning = ("cut_aggregation", "cut_baseline", "cut_endpoint", "cut_unit")
        assert found["time_cut_gap"].flips == tuple(Flip({key: "differs"}, None) for key in turning)

    def test_most_satisfied_takes_both_ratings_and_unrated_cases(self, found):
        (flip,) = found["most_satisfied"].flips
        # rated share r and satisfaction elsewhere 100 r: 100 r + (1 - r) 100 r = 50 at r = 1 - sqrt(1/2)
        assert flip.at == {
            "municipal_rated_share": pytest.approx(1 - 0.5**0.5),
            "unrated_satisfied": pytest.approx(100 * (1 - 0.5**0.5)),
        }

    def test_order_by_month_turns_on_how_many_permits_are_counted(self, found):
        # 433 cases in 79 days are 822.2 in 150; 1458 - 635 are 823, 1458 - 636 are 822
        assert Flip({"permits_counted": 635}, to=True) in found["caseload_rate_other"].flips

    def test_caseload_per_item_names_what_is_open(self, found):
        assert found["caseload_per_item"].open_keys == ("provincial_items",)

    def test_centre_is_as_computed_by_numpy(self, case, over, found):
        for claim in case.claims:
            true, known = computed(claim.predicate, over, centre(over))
            assert found[claim.id].central == (bool(true[0]) if known[0] else None)

    def test_each_flip_makes_it_come_out_otherwise(self, case, over, found):
        texts = {claim.id: claim.predicate for claim in case.claims}
        dependent = [of for of in found.values() if of.kind == "depends"]
        assert all(of.flips for of in dependent)
        for of in dependent:
            for flip in of.flips:
                true, known = computed(texts[of.claim], over, {**centre(over), **beyond(flip, over)})
                assert (bool(true[0]) if known[0] else None) == flip.to != of.central

    def test_each_flip_needs_all_its_keys(self, case, over, found):
        texts = {claim.id: claim.predicate for claim in case.claims}
        for of in found.values():
            for moved, less in ((flip.at, key) for flip in of.flips for key in flip.at):
                at = {key: value for key, value in moved.items() if key != less}
                true, known = computed(texts[of.claim], over, {**centre(over), **at})
                assert (bool(true[0]) if known[0] else None) == of.central

    def test_none_that_holds_or_fails_is_otherwise_among_random_draws(self, case, over, found):
        begun = time.perf_counter()
        for claim in case.claims:
            if found[claim.id].kind in {"holds", "fails"}:
                asked = [name for name in over.choices if name in by_names(claim.predicate, over)]
                combinations = list(itertools.product(*(over.choices[name] for name in asked)))
                for place, chosen in enumerate(combinations):
                    at = points(
                        over, DRAWS // len(combinations) + 1, dict(zip(asked, chosen, strict=True)), place
                    )
                    true, known = computed(claim.predicate, over, at)
                    assert known.all()
                    assert (true == found[claim.id].central).all()
        assert time.perf_counter() - begun < 10

    def test_settings_settle_it(self):
        same = dict.fromkeys(("cut_aggregation", "cut_baseline", "cut_endpoint", "cut_unit"), "same")
        settled = load_case("meizhou", root=ROOT, assumptions=same)
        assert verdicts(settled)["time_cut_gap"].kind == "holds"
        differing = load_case("meizhou", root=ROOT, assumptions={"cut_unit": "differs"})
        assert verdicts(differing)["time_cut_gap"].kind == "not_identified"

    def test_each_reading_has_its_sentence(self, case):
        settings = [
            {name: setting}
            for name, choices in case.assumptions.filter(kind="choice").select("name", "choices").iter_rows()
            for setting in choices.split("|")
        ]
        settings += [{"municipal_rated_share": 1}, {"municipal_rated_share": 0, "unrated_satisfied": 0}]
        settings += [{"provincial_items": 10}, {"provincial_items": 1000}]
        for setting in settings:
            load_case("meizhou", root=ROOT, assumptions=setting)
        for day in ("2023-01-01", "2023-12-10", "2024-04-12", "2024-08-06"):
            assert load_case("meizhou", root=ROOT, as_of=day).claims

    def test_do_not_depend_on_the_order_of_anything(self, case, found):
        tables = ("facts", "assumptions", "quantities", "measures", "units")
        turned = replace(
            case,
            claims=case.claims[::-1],
            **{table: getattr(case, table).select(pl.all().reverse()) for table in tables},
        )
        assert list(verdicts(turned)) == list(found)[::-1]
        assert verdicts(turned) == found


def by_names(predicate: str, over: Space) -> set[str]:
    """Every key that a predicate finally asks about."""
    left = {node.id for node in ast.walk(ast.parse(by_numpy(predicate))) if isinstance(node, ast.Name)}
    made = {key.replace(".", "__"): of for key, of in over.definitions.items()}
    found: set[str] = set()
    while left:
        key = left.pop()
        found.add(key)
        left |= {name.replace(".", "__") for name in made[key].names} - found if key in made else set()
    return found


ENDS = st.tuples(st.floats(-4, 4), st.floats(0, 1), st.floats(0, 3)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1] * drawn[2], drawn[0] + drawn[2])
)
SIDES = ("x", "y", "x + y", "x * y", "x - y * z", "x * x", "max(x, y)", "x * (1 - x)", "z")
JOINS = ("{} < {}", "{} >= {} + 1", "not {} > {}", "0 < {} < {}", "{} < {} or x > 1", "{} < {} and z < 2")
PREDICATES = st.tuples(st.sampled_from(JOINS), st.sampled_from(SIDES), st.sampled_from(SIDES)).map(
    lambda drawn: drawn[0].format(drawn[1], drawn[2])
)


def by_python(predicate: str, point: dict[str, float]) -> bool:
    return eval(predicate, {"max": max}, point)  # noqa: S307 - text of our own making


class TestProperties:
    @given(PREDICATES, ENDS, ENDS, ENDS, st.lists(st.floats(0, 1), min_size=30, max_size=30))
    def test_settled_verdict_is_that_of_every_point(self, predicate, x, y, z, shares):
        of = verdict("c", predicate, space(x=x, y=y, z=z), flips=False)
        if of.kind == "depends" or not of.exact:
            return
        corners = itertools.product(*((ends[0], ends[2]) for ends in (x, y, z)))
        inner = [
            tuple(ends[0] + share * (ends[2] - ends[0]) for ends, share in zip((x, y, z), drawn, strict=True))
            for drawn in zip(shares[::3], shares[1::3], shares[2::3], strict=True)
        ]
        for point in (*corners, *inner):
            named = dict(zip("xyz", point, strict=True))
            if all(abs(gap) > 1e-8 for gap in gaps(predicate, named)):
                assert by_python(predicate, named) == (of.kind == "holds")

    @given(PREDICATES, ENDS, ENDS, ENDS)
    def test_dependent_verdict_has_a_flip_that_shows_it(self, predicate, x, y, z):
        over = space(x=x, y=y, z=z)
        of = verdict("c", predicate, over)
        central = {"x": x[1], "y": y[1], "z": z[1]}
        assert bool(of.flips) == (of.kind == "depends")
        for flip in of.flips:
            point = {**central, **flip.at}
            if all(abs(gap) > 1e-8 for at in (central, point) for gap in gaps(predicate, at)):
                assert by_python(predicate, central) == of.central
                assert by_python(predicate, point) == flip.to

    @given(PREDICATES, ENDS, ENDS, ENDS, st.sampled_from("xyz"), st.floats(0, 2), st.floats(0, 2))
    def test_widening_never_settles_what_depends(self, predicate, x, y, z, key, down, up):  # noqa: PLR0913, PLR0917
        ends = {"x": x, "y": y, "z": z}
        low, central, high = ends[key]
        wider = {**ends, key: (low - down, central, high + up)}
        if verdict("c", predicate, space(**ends), flips=False).kind == "depends":
            assert verdict("c", predicate, space(**wider), flips=False).kind == "depends"

    @given(PREDICATES, ENDS, ENDS, ENDS, st.permutations("xyz"))
    def test_order_of_keys_does_not_matter(self, predicate, x, y, z, order):
        ends = {"x": x, "y": y, "z": z}
        turned = {key: ends[key] for key in order}
        assert verdict("c", predicate, space(**ends)) == verdict("c", predicate, space(**turned))


def gaps(predicate: str, point: dict[str, float]) -> list[float]:
    """How far apart the sides of each comparison are."""
    compares = [node for node in ast.walk(ast.parse(predicate)) if isinstance(node, ast.Compare)]
    sides = [pair for node in compares for pair in itertools.pairwise((node.left, *node.comparators))]
    return [by_python(f"({ast.unparse(left)}) - ({ast.unparse(right)})", point) for left, right in sides]


class TestTexts:
    def test_what_flips_a_claim_in_both_languages(self, case, ledger):
        found = explain_claim(case, ledger, "most_satisfied", "zh")
        # from 1 and 100%, both on their way to 0: 0.293 * 0.995 + 0.707 * 0.293 = 0.499
        assert found["value"] == "depends"
        assert found["flips"] == [
            "例如：市级事项办件的评价率：0.29且未评价办件的满意度：29.3% → 不成立（其余取中间值）"
        ]

    def test_a_setting_is_named_as_readers_know_it(self, case, ledger):
        found = explain_claim(case, ledger, "permits_most_cases")
        (flip,) = found["flips"]
        assert flip == (
            "Whether all construction permits lie within the provincial cases: not all → not identified "
            "(all else at its central setting)"
        )

    def test_every_claim_can_be_told(self, case, ledger):
        for claim in case.claims:
            for lang in LANGUAGES:
                found = explain_claim(case, ledger, claim.id, lang)
                assert "`" not in found["label"]
                assert (found["value"] == "depends") == bool(found["flips"])
