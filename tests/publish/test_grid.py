"""Which editions a request is for, and what their folders are called."""

from __future__ import annotations

import click
import pytest

from analysis.publish.errors import BuildError
from analysis.publish.grid import LONGEST, Edition, editions, points
from analysis.publish.progress import grid

CASES = ["luohu", "meizhou"]


class TestGrid:
    def test_values_are_parted_by_commas(self):
        assert grid({"a": "1", "b": "x,y"}) == {"a": ["1"], "b": ["x", "y"]}

    @pytest.mark.parametrize("value", ["x,", ",x", "x,,y", ","])
    def test_an_empty_value_is_refused(self, value):
        with pytest.raises(click.UsageError, match=f"^'b={value}' has an empty value$"):
            grid({"a": "1", "b": value})

    def test_points_are_each_combination_in_order(self):
        assert list(points({"a": ["1", "2"], "b": ["x", "y", "z"]})) == [
            {"a": a, "b": b} for a in "12" for b in "xyz"
        ]

    def test_a_value_given_twice_is_one(self):
        assert list(points({"a": ["1", "2", "1"]})) == [{"a": "1"}, {"a": "2"}]


class TestEditions:
    def test_every_case_as_coded(self, project):
        found = editions(project.root, CASES, {}, "", every=True)
        assert found == [Edition("luohu"), Edition("meizhou")]

    def test_a_grid_is_for_the_cases_that_have_its_assumptions(self, project):
        found = editions(project.root, CASES, {"cut_unit": ["same", "differs"]}, "2024-04-12", every=False)
        assert found == [Edition("meizhou", "2024-04-12", {"cut_unit": each}) for each in ("same", "differs")]

    def test_an_assumption_that_several_cases_have(self, project):
        found = editions(project.root, CASES, {"unstated_year": ["2015"]}, "", every=False)
        assert [each.case for each in found] == CASES

    def test_all_beside_a_grid(self, project):
        found = editions(project.root, CASES, {"same_time": ["same", "differs"]}, "", every=True)
        assert [each.name for each in found] == [
            "luohu/as-coded",
            "meizhou/as-coded",
            "luohu/same_time=same",
            "luohu/same_time=differs",
        ]

    def test_an_unknown_assumption(self, project):
        message = "^no case with pages has the assumption 'cut_units'; nearest: cut_unit"
        with pytest.raises(BuildError, match=message):
            editions(project.root, CASES, {"cut_unit": ["same"], "cut_units": ["same"]}, "", every=True)

    def test_assumptions_that_no_case_has_together(self, project):
        message = "^no case with pages has all of the assumptions cut_unit, same_time$"
        with pytest.raises(BuildError, match=message):
            editions(project.root, CASES, {"cut_unit": ["same"], "same_time": ["same"]}, "", every=True)

    def test_a_file_that_cannot_be_read_has_none(self, project):
        project.path("luohu/assumptions.csv").write_bytes(b"\xff\xfe\0")
        found = editions(project.root, CASES, {"unstated_year": ["2015"]}, "", every=False)
        assert [each.case for each in found] == ["meizhou"]

    def test_no_pages(self, project):
        with pytest.raises(BuildError, match=r"^no case has pages$"):
            editions(project.root, [], {}, "", every=True)


class TestNames:
    @pytest.mark.parametrize(
        ("edition", "name"),
        [
            (Edition("a"), "a/as-coded"),
            (Edition("a", "2024-04-12"), "a/as-of=2024-04-12"),
            (Edition("a", "2024-04-12", {"b": "1", "c": "x"}), "a/as-of=2024-04-12,b=1,c=x"),
            (Edition("a", "", {"b": "../../c"}), "a/b=..%2F..%2Fc"),
        ],
    )
    def test_say_how_the_case_is_read(self, edition, name):
        assert edition.name == name

    def test_long_ones_are_cut_and_stay_apart(self):
        settings = {f"assumption_{number}": "a_choice" for number in range(20)}
        names = [
            Edition("a", "", settings | {"assumption_19": last}).name for last in ("a_choice", "another")
        ]
        assert len(set(names)) == 2
        assert {len(name.removeprefix("a/")) for name in names} == {LONGEST}
