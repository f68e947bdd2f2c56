"""Evidence grades: the levels of the scale, what rates certainty down, and what is wrong in a design."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import load_case
from analysis.grade import ANSWERS, CERTAINTY, DOMAINS, Grade, grade, grades, level, told

OWN = "meizhou/design.csv"
NAMES = sorted({*DOMAINS, "before_after", "controls", "assigned", "as_assigned"})
ALL = dict.fromkeys(("measured", *NAMES), "yes")
EVERY = ("bias", "indirectness", "imprecision", "publication")
DESIGNS = [
    # the designs that the guide to the scale names for each level
    (5, {"comparison", "before_after", "assigned"}),  # a randomised trial
    (5, {"comparison", "assigned"}),  # the same without values before
    (4, {"comparison", "as_assigned"}),  # an instrument, a discontinuity
    (3, {"comparison", "before_after"}),  # a difference in differences
    (3, {"comparison", "before_after", "controls"}),
    (2, {"comparison", "controls"}),  # a cross-section with controls
    (2, {"before_after", "controls"}),
    (1, {"comparison"}),  # a cross-section
    (1, {"before_after"}),  # before and after, the treated only
    (0, {"controls"}),
    (0, {"assigned"}),  # chance decided, and nobody looked
    (0, set()),
]


class TestLevel:
    @pytest.mark.parametrize(("found", "met"), DESIGNS)
    def test_of_designs(self, found, met):
        assert level(met) == found

    @given(st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES))
    def test_meeting_more_never_lowers_it(self, met, more):
        assert level(met | {more}) >= level(met)


class TestGrade:
    def test_nothing_declared_is_the_lowest(self):
        assert grade({}) == Grade("unknown")
        assert grade({"measured": "yes"}) == Grade("yes", 0, 0, "very low", EVERY)

    def test_unknown_is_not_met_but_at_best(self):
        found = grade({"measured": "yes", "before_after": "unknown"})
        assert (found.level, found.at_best) == (0, 1)

    def test_a_flawless_trial(self):
        assert grade(ALL) == Grade("yes", 5, 5, "high", ())

    def test_an_observational_study_starts_at_low(self):
        assert grade({**ALL, "assigned": "no", "as_assigned": "no"}) == Grade("yes", 3, 3, "low", ())

    def test_several_faults_of_one_domain_count_once(self):
        # bias alone, from high
        assert grade({**ALL, "alone": "no", "unselected": "unknown"}).certainty == "moderate"

    def test_a_count_is_not_on_the_scale(self):
        count = {"measured": "yes", "effect": "no", "independent": "yes", "coverage": "yes"}
        found = grade({**count, "denominators": "yes", "confirmed": "no"})
        assert found == Grade("yes", None, None, "moderate", ("publication",))
        assert grade(count).reasons == ("imprecision", "publication")

    def test_what_was_not_measured_has_none(self):
        assert grade({**ALL, "measured": "no"}) == Grade("no")

    @given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ANSWERS)), st.sampled_from(NAMES))
    def test_declaring_more_never_lowers_it(self, answers, name):
        effect = {"measured": "yes", **answers}
        before, after = grade(effect), grade({**effect, name: "yes"})
        assert after.level >= before.level
        assert after.at_best >= before.at_best
        assert CERTAINTY.index(after.certainty) >= CERTAINTY.index(before.certainty)


class TestCase:
    def test_meizhou(self, case):
        found = grades(case)
        assert (found["effect"].level, found["effect"].at_best) == (0, 1)
        assert {found[name].certainty for name in ("use", "tiers", "satisfaction", "effect")} == {"very low"}
        assert found["pilot"] == Grade("no")

    def test_said(self, case):
        assert told(case)["effect"]["en"] == (
            "Evidence on any effect: Maryland level 1 at best; certainty very low "
            "(risk of bias, indirectness, imprecision, publication bias)."
        )
        assert told(case)["use"]["zh"] == (
            "证据：描述性结论，不涉及效果；可信度极低（偏倚风险、间接性、发表偏倚）。"
        )
        assert told(case)["pilot"]["zh"] == "证据：无（没有任何测量）。"

    def test_without_a_design_nothing_is_graded(self, project):
        project.path(OWN).unlink()
        assert grades(load_case("meizhou", root=project.root)) == {}

    @pytest.mark.parametrize(
        ("column", "cell", "message"),
        [
            (
                "basis",
                "pilot.outcome_dayz",
                "there is no key or source 'pilot.outcome_dayz'; nearest: pilot.out",
            ),
            ("bears_on", "pilots", "no conclusion is called 'pilots'; seeds/words.csv names effect, pilot, "),
            ("answer", "maybe", "'maybe' expected one of yes, no, unknown"),
            ("design", "measurd", "'measurd' expected one of effect, measured, "),
            ("why_zh", "截止于3月。", "does not hold the numbers of"),
        ],
    )
    def test_what_is_wrong(self, project, column, cell, message):
        text = project.path(OWN).read_text(encoding="utf-8").splitlines()
        header, first = text[0].split(","), text[1].split(",")
        first[header.index(column)] = cell
        project.path(OWN).write_text(
            "\n".join([text[0], ",".join(first), *text[2:]]) + "\n", encoding="utf-8"
        )
        _, found = project.problems()
        assert any(f"{OWN}, row 2" in line and message in line for line in found), found
