"""What claims turn on: margins by hand, every verdict asked again, and the ends by trying many points."""

from __future__ import annotations

import itertools
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import claims, expr, load_case, predicates
from analysis import ledger as compute
from analysis.claims import DEPENDS, FAILS, HOLDS, NOT_IDENTIFIED
from analysis.robustness import (
    NEVER,
    REVERSES,
    ROUNDING,
    TOGETHER,
    UNDECIDES,
    Swing,
    decisive,
    losses,
    margin,
    only,
    robustness,
)
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def found(case):
    return robustness(case)


@pytest.fixture(scope="module")
def space(case):
    return claims.space_of(case)


def swing(found, claim: str, *keys: str) -> Swing:
    (one,) = [each for each in found.swings if each.claim == claim and each.keys == keys]
    return one


class TestMargins:
    def test_rounding_moves_the_gap_in_time_by_a_hundredth_either_way(self, found):
        # 77.54 - 74.48 = 3.06; each is half a hundredth wide either way
        one = swing(found, "printed_time_cut", *ROUNDING)
        assert one.ends == pytest.approx((3.05, 3.06, 3.07))
        assert one.shares == pytest.approx((3.05 / 3.06, 3.07 / 3.06))

    def test_start_of_the_provincial_count(self, found):
        # 1,458 cases over 212 days (from 1 September) or 137 (from 15 November), less 433 over 79 (from
        # 12 January, 30 working days after 30 November); a month is 365.25/12 days
        month = 365.25 / 12
        one = swing(found, "caseload_rate", "provincial_start")
        assert one.ends[0] == pytest.approx(1458 * month / 212 - 433 * month / 79)
        assert one.ends[2] == pytest.approx(1458 * month / 137 - 433 * month / 79)

    def test_a_share_is_above_nought_on_either_side_of_a_sign(self, found):
        # needed mix less published mix: 3.06/30 is 10.2 points, less 25/36 - 21/50 of 27.4, is below nought
        one = swing(found, "mix_explains_gap", "speed_difference")
        needed = [100 * 3.06 / apart for apart in (60, 30, 20)]
        gap = 100 * (25 / 36 - 21 / 50)
        assert one.ends == pytest.approx([each - gap for each in needed])
        assert one.shares == pytest.approx(((needed[2] - gap) / (needed[1] - gap),
                                            (needed[0] - gap) / (needed[1] - gap)))  # fmt: skip

    def test_alone_nothing_together_everything(self, found):
        # all rated, or all others satisfied, leaves all satisfied: 50 points above a half; none of both, none
        for key in ("municipal_rated_share", "unrated_satisfied"):
            alone = swing(found, "most_satisfied", key)
            assert (alone.ends, alone.alone) == ((50, 50, 50), HOLDS)
        both = swing(found, "most_satisfied", "municipal_rated_share", "unrated_satisfied")
        assert (both.ends, both.alone, both.fixed) == ((-50, 50, 50), DEPENDS, HOLDS)
        assert both.shares == (-1, 1)

    def test_each_end_by_trying_many_points(self, case, found, space):
        """An outside reference: the difference evaluated point by point, without intervals."""
        parsed = {claim.id: predicates.parse(claim.predicate) for claim in case.claims}
        single = [one for one in found.swings if len(parsed[one.claim].comparisons) == 1 and one.shares]
        assert len(single) > 20
        for one in single:
            difference = expr.substitute(parsed[one.claim].comparisons[0].difference, space.definitions)
            values = {key: known.central for key, known in space.ranges.items()}
            moved = case.facts["id"] if one.keys == ROUNDING else one.keys
            moved = [key for key in moved if key in difference.numbers]
            ends = [
                (space.ranges[key].low, space.ranges[key].central, space.ranges[key].high) for key in moved
            ]
            tried = [
                expr.evaluate(difference, {**values, **dict(zip(moved, point, strict=True))})
                for point in itertools.product(*ends)
            ]
            assert (min(tried), max(tried)) == pytest.approx(one.ends[::2]), one

    def test_what_is_not_identified_has_none(self, found):
        one = swing(found, "caseload_per_item", "provincial_items")
        assert (one.ends, one.shares) == (None, None)
        assert (one.alone, one.fixed) == (NOT_IDENTIFIED, NOT_IDENTIFIED)

    def test_level_at_the_centre_has_no_share(self):
        assert Swing("x", ("a",), "a > 0", (-1.0, 0.0, 1.0), DEPENDS, FAILS, {}).shares is None


class TestVerdicts:
    def test_the_claim_that_one_choice_leaves_open_holds_with_it_fixed(self, found):
        for claim, key in (("trips_saved", "case_weighting"), ("permits_most_cases", "permits_within")):
            one = swing(found, claim, key)
            assert (one.alone, one.fixed) == (DEPENDS, HOLDS)

    def test_fixing_the_baseline_leaves_the_end_point_open(self, found):
        assert swing(found, "time_cut_gap", "cut_baseline").fixed == DEPENDS

    def test_breakdown_of_the_permits_is_the_whole_number_beyond_the_level(self, found, ledger):
        one = swing(found, "caseload_rate_other", "permits_counted")
        level = ledger["permits.level"].value / 100 * 982
        assert one.breakdown == {"permits_counted": 635}
        assert 635 < level < 636

    def test_breakdown_of_a_choice_is_its_other_setting(self, found):
        assert swing(found, "time_cut_gap", "cut_unit").breakdown == {"cut_unit": "differs"}

    def test_what_does_not_turn_a_claim_has_no_breakdown(self, found):
        assert swing(found, "caseload_rate", "provincial_start").breakdown == {}


class TestMatrix:
    @pytest.mark.parametrize(
        ("claim", "assumption", "bears"),
        [
            ("caseload_rate_other", "permits_counted", REVERSES),
            ("caseload_rate", "provincial_scope", UNDECIDES),
            ("caseload_per_item", "provincial_items", UNDECIDES),
            ("most_satisfied", "unrated_satisfied", TOGETHER),
            ("caseload_rate", "municipal_start", NEVER),
            ("caseload_rate", "permits_counted", ""),
            ("caseload_per_item", "municipal_scope", ""),  # makes no difference while the items are unknown
        ],
    )
    def test_by_hand(self, found, claim, assumption, bears):
        assert found.cell(claim, assumption) == bears

    def test_alone_means_that_nothing_else_has_to_move(self, case, found, space):
        predicate = {claim.id: claim.predicate for claim in case.claims}
        for claim, assumption, bears in found.matrix.iter_rows():
            alone = claims.verdict(claim, predicate[claim], only(space, [assumption]), flips=False)
            assert (alone.kind in {DEPENDS, NOT_IDENTIFIED}) == (bears in {REVERSES, UNDECIDES}), claim

    def test_no_place_stands_empty(self, found):
        assert set(found.matrix["bears"]) == {REVERSES, UNDECIDES, TOGETHER, NEVER}
        assert set(found.assumptions) == set(found.matrix["assumption"])

    def test_claims_that_hold_rest_on_no_assumption(self, found):
        settled = {name for name, each in found.verdicts.items() if each.kind in {HOLDS, FAILS}}
        assert settled.isdisjoint(found.matrix["claim"])


class TestFrame:
    def test_a_row_a_swing(self, found):
        assert found.frame.height == len(found.swings)
        assert found.frame.columns[:2] == ["claim", "moves"]
        row = found.frame.row(by_predicate=pl.col("moves").str.contains("+", literal=True), named=True)
        assert row["moves"] == "municipal_rated_share + unrated_satisfied"
        assert row["share_low"] == -1

    def test_a_case_without_claims(self, case):
        none = robustness(replace(case, claims=()))
        assert none.frame.is_empty()
        assert none.matrix.is_empty()
        assert none.assumptions == ()

    def test_before_the_figures_were_published(self):
        early = robustness(load_case("meizhou", root=ROOT, as_of="2023-12-31"))
        assert {each.kind for name, each in early.verdicts.items() if name.startswith("caseload")} == {
            NOT_IDENTIFIED
        }
        assert set(early.matrix["claim"]) == {"mix_leaves_gap"}  # of illustrations alone
        assert not [one for one in early.swings if one.keys == ROUNDING and one.claim == "time_cut_gap"]


class TestJoined:
    """Comparisons in unlike units: the one of which least is left, for each assumption anew."""

    def test_rounding_leaves_less_of_the_trips_than_of_the_time(self, found):
        one = swing(found, "no_tier_leads", *ROUNDING)  # 0.27 trips to a half of 0.1 and of 0.01 off
        assert one.compares == "municipal.trips_cut > provincial.trips_cut"
        assert one.ends == pytest.approx((0.215, 0.27, 0.325))

    def test_each_start_leaves_least_of_another_comparison(self, found):
        net, whole = (swing(found, "caseload_order_turns_on_permits", f"{tier}_start").compares
                      for tier in ("municipal", "provincial"))  # fmt: skip
        assert net == "provincial.cases_net_per_month < municipal.cases_per_month"
        assert whole == "municipal.cases_per_month < provincial.cases_per_month"


class TestSpaces:
    def test_only_keeps_what_moves(self, space):
        kept = only(space, ["provincial_start", "cut_unit"])
        wide = {key for key, known in kept.ranges.items() if known.low != known.high}
        assert wide == {"provincial_start"}
        assert set(kept.choices) == {"cut_unit"}
        assert only(kept, ()).choices == {}

    def test_a_margin_under_every_setting_of_an_open_choice(self, space):
        asked = expr.parse('1 if cut_unit == "same" else 4')
        assert margin(asked, space) == (1, 1, 4)
        assert margin(asked, only(space, ())) == (1, 1, 1)

    def test_a_margin_that_is_not_identified_at_the_centre(self, space):
        assert margin(expr.parse('unknown if cut_unit == "same" else 4'), space) is None
        assert margin(expr.parse("provincial_items"), space) is None


SHARES = st.lists(st.none() | st.tuples(st.booleans(), st.floats(-9, 1)), min_size=4, max_size=4)
NODES = st.recursive(
    st.integers(0, 3),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        inner.map(lambda part: ("not", (part,))),
    ),
    max_leaves=8,
)


class TestDecisive:
    @given(NODES, SHARES)
    def test_it_comes_to_what_kleenes_logic_does(self, node, found):
        truths = [one and one[0] for one in found]
        asked = predicates.Predicate("", (), node)
        (wanted,) = asked.truths([frozenset({truth}) for truth in truths])
        truth, place = decisive(node, truths, [one[1] if one else 0 for one in found])
        assert truth is wanted
        assert (place is None) == (wanted is None)

    @given(NODES, SHARES)
    def test_something_is_left_exactly_where_it_comes_out_the_same(self, node, found):
        """Against turning over each comparison of which nothing is left."""
        truths, left = [one and one[0] for one in found], [one[1] if one else 0 for one in found]
        truth, place = decisive(node, truths, left)
        turned = [one if one is None else one is (share > 0) for one, share in zip(truths, left, strict=True)]
        (after,) = predicates.Predicate("", (), node).truths([frozenset({one}) for one in turned])
        if truth is not None and None not in truths:
            assert (after is truth) == (left[place] > 0)

    def test_one_of_all_that_have_to_stand(self):
        assert decisive(("and", (0, 1)), [True, True], [0.3, 0.2]) == (True, 1)
        assert decisive(("or", (0, 1)), [False, False], [0.3, 0.2]) == (False, 1)

    def test_the_last_of_those_of_which_one_suffices(self):
        assert decisive(("or", (0, 1)), [True, True], [0.3, 0.2]) == (True, 0)
        assert decisive(("and", (0, 1)), [False, False], [0.3, 0.2]) == (False, 0)
        assert decisive(("and", (0, 1)), [True, False], [-0.3, 0.2]) == (False, 1)
        assert decisive(("not", (0,)), [True], [0.3]) == (False, 0)

    def test_an_unknown_one_matters_unless_another_settles_it(self):
        assert decisive(("and", (0, 1)), [None, False], [0, 0.1]) == (False, 1)
        assert decisive(("and", (0, 1)), [None, True], [0, 0.1]) == (None, None)
        assert decisive(("or", (0, 1)), [None, True], [0, 0.1]) == (True, 1)


class TestLosses:
    def test_against_a_ledger_of_each_other_reading(self, case, ledger):
        frame = losses(case)
        asked = {(name, setting) for name, setting, _ in frame.iter_rows()}
        offered = case.assumptions.filter(kind="choice")["choices"].str.count_matches("|", literal=True)
        assert len(asked) == offered.sum()
        for name, setting in asked:
            other = compute(replace(case, settings={**case.settings, name: setting}))
            wanted = [key for key in case.quantities["key"] if ledger[key].value is not None
                      and other[key].value is None]  # fmt: skip
            told = frame.filter(assumption=name, setting=setting)["lost"].drop_nulls()
            assert sorted(told) == sorted(wanted)

    def test_a_choice_that_is_set_is_no_longer_asked(self):
        read = load_case("meizhou", root=ROOT, assumptions={"cut_unit": "differs"})
        assert "cut_unit" not in set(losses(read)["assumption"])
