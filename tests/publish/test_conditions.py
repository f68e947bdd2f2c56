"""What a page says only where its case has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.publish import conditions, pages
from analysis.publish.pages import Source
from analysis.publish.prose import Names, problems

ROOT = Path(__file__).parents[2]
ONE = ('::: {.if keys="a.b c"}', "said", ":::")
NESTED = (
    *('::: {.if keys="a.b"}', "outer", '::: {.unless keys="c"}', "inner", ":::"),
    *("::: {#tbl-t .published}", "Caption.", ":::", "last", ":::"),
)
PUBLISHED = {"tables": {"facts": {}}, "figures": {"cuts": {}}}


def applied(lines: tuple[str, ...], *names: str) -> list[str]:
    return conditions.applied("\n".join(lines), set(names).__contains__).split("\n")


class TestBlocks:
    def test_if_stays_where_the_case_has_all_names(self):
        assert applied(ONE, "a.b", "c") == ["", "said", ""]

    @pytest.mark.parametrize("names", [(), ("a.b",), ("c",)])
    def test_if_goes_where_it_lacks_one(self, names):
        assert applied(ONE, *names) == ["", "", ""]

    @pytest.mark.parametrize(("names", "line"), [((), "said"), (("c",), "said"), (("a.b", "c"), "")])
    def test_unless_is_the_opposite(self, names, line):
        assert applied(("::: {.unless " + ONE[0][9:], *ONE[1:]), *names) == ["", line, ""]

    def test_inner_blocks_go_with_the_outer(self):
        assert applied(NESTED) == [""] * 10
        assert applied(NESTED, "c") == [""] * 10

    def test_blocks_of_another_kind_keep_their_marks(self):
        table = ["::: {#tbl-t .published}", "Caption.", ":::", "last", ""]
        assert applied(NESTED, "a.b") == ["", "outer", "", "inner", "", *table]
        assert applied(NESTED, "a.b", "c") == ["", "outer", "", "", "", *table]

    def test_text_around_stays_on_its_lines(self):
        assert applied(("before", *ONE, "after")) == ["before", "", "", "", "after"]


class TestNames:
    def test_before_notebooks_ran_any_table_may_be_there(self):
        has = conditions.among({"a"})
        assert [has(name) for name in ("a", "b", "tbl-facts", "fig-any")] == [True, False, True, True]

    def test_afterwards_those_that_were_published_are(self):
        has = conditions.among({"a"}, PUBLISHED)
        found = [has(name) for name in ("a", "tbl-facts", "fig-cuts", "tbl-cuts", "fig-any")]
        assert found == [True, True, True, False, False]


def page(*lines: str) -> Source:
    return Source("index.qmd", "small", "\n".join(lines))


def said(*lines: str, published: dict | None = None) -> list[str]:
    found = problems(ROOT, [page(*lines)], Names(["a.cases"], ["told"], ["use"]), published)
    return [str(each) for each in found]


class TestPages:
    def test_what_the_case_lacks_is_no_unknown_key(self):
        lines = (
            '::: {.if keys="municipal.cases"}',
            "`municipal.cases`{.value} `time_cut_gap`{.claim}",
            ":::",
        )
        assert said(*lines) == []

    def test_what_stays_is_read_as_ever(self):
        (found,) = said('::: {.unless keys="municipal.cases"}', "", "`a.case`{.value}", ":::")
        assert found == "index.qmd, line 3: there is no key 'a.case'; nearest: a.cases"

    @pytest.mark.parametrize(
        "name",
        ["municipal.cases", "upper.satisfaction", "cut_unit", "gap.time_cut", "time_cut_gap", "use", "tbl-x"],
        ids=["fact", "indicator", "assumption", "quantity", "claim", "grade", "table"],
    )
    def test_conditions_may_name_whatever_a_case_can_have(self, name):
        assert said(f'::: {{.if keys="{name}"}}', "Text.", ":::") == []

    def test_a_misspelt_name_is_said_with_its_line(self):
        (found,) = said("Text.", "", '::: {.if keys="municipal.casez"}', "Text.", ":::")
        assert found.startswith("index.qmd, line 3: no case has 'municipal.casez'; nearest: municipal.cases")

    def test_a_block_of_another_form_is_refused(self):
        assert "the mark-up '{.if}' is not for pages" in said("::: {.if}", "Text.", ":::")[0]

    def test_a_reference_to_a_table_that_is_left_out(self):
        lines = ("See @tbl-x.", '::: {.if keys="tbl-x"}', "::: {#tbl-x .published}", "C.", ":::", ":::")
        assert said(*lines) == []
        (found,) = said(*lines, published={"tables": {}, "figures": {}})
        assert found.startswith("index.qmd, line 1: there is no '@tbl-x'")


class TestPlaces:
    """Pages of several cases in one project."""

    def test_root_and_folders(self, tmp_path):
        (tmp_path / "small").mkdir()
        (tmp_path / "small/index.qmd").touch()
        written = [Source(name, "big", "") for name in ("index.qmd", "zh/index.qmd")]
        written += [Source(name, "small", "") for name in ("small/index.qmd", "small/zh/index.qmd")]
        assert [each.folder for each in written] == ["", "", "small", "small"]
        assert list(pages.misplaced(tmp_path, written)) == []

    def test_two_cases_at_the_root(self, tmp_path):
        written = [Source("index.qmd", "big", ""), Source("zh/index.qmd", "small", "")]
        (found,) = pages.misplaced(tmp_path, written)
        assert found.startswith(
            "the pages at the root of the site are about one case; these name big, small."
        )

    def test_a_page_among_those_of_another_case(self, tmp_path):
        (tmp_path / "small").mkdir()
        (tmp_path / "small/index.qmd").touch()
        (found,) = pages.misplaced(tmp_path, [Source("small/index.qmd", "big", "")])
        assert found == "small/index.qmd: is about the case 'big'; the pages in small/ are about 'small'"

    def test_a_case_that_lies_in_both(self, tmp_path):
        (tmp_path / "big").mkdir()
        (tmp_path / "big/index.qmd").touch()
        written = [Source("index.qmd", "big", ""), Source("big/index.qmd", "big", "")]
        assert list(pages.misplaced(tmp_path, written)) == ["big/: the pages of 'big' lie at the root"]

    def test_a_folder_without_a_brief(self, tmp_path):
        (found,) = pages.misplaced(tmp_path, [Source("small/more.qmd", "small", "")])
        assert found == "small/ has no index.qmd"
