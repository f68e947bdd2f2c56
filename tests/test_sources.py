"""Phrases against the archived text: here, or wherever BRIEF_SOURCES says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from analysis import load_case
from analysis.sources import check_sources, misquoted, not_reverifiable, paragraphs

FACTS, ABOUT = "meizhou/facts.csv", "seeds/meizhou/case.toml"
LINES = ["甲办件1件,乙办件1件。", "共2件。"]


def quotation(exact: str, paragraph: str = "1", prefix: str = "", suffix: str = "") -> dict[str, str]:
    return {"exact": exact, "paragraph": paragraph, "prefix": prefix, "suffix": suffix}


def archived(case, text: str, quotations: dict[str, str]):
    """The case as if ``text`` were its only archived source and each fact quoted a paragraph of it."""
    lines = paragraphs(text)
    source = case.sources.filter(id="A").with_columns(
        sha256=pl.lit(hashlib.sha256(text.encode()).hexdigest()),
        file=pl.lit("a.txt"),
        paragraphs=pl.lit([hashlib.sha256(line.encode()).hexdigest() for line in lines]),
    )
    facts = case.facts.head(len(quotations)).with_columns(
        source=pl.lit("A"),
        prefix=pl.lit(""),
        suffix=pl.lit("。"),
        exact=pl.Series(list(quotations)),
        paragraph=pl.Series(list(quotations.values())),
    )
    return replace(case, sources=source, facts=facts, measures=case.measures.clear())


class TestParagraphs:
    def test_are_the_lines_that_hold_something(self):
        assert paragraphs(" 一 \n\n\t\n二\r\n　三　") == ["一", "二", "三"]


class TestMisquoted:
    @pytest.mark.parametrize(
        "row",
        [
            quotation("共2件", "2", suffix="。"),
            quotation("1件", prefix="甲办件", suffix=","),
            quotation("1件。", prefix="乙办件"),
            quotation(LINES[0]),
        ],
    )
    def test_phrase_that_stands_once(self, row):
        assert misquoted(LINES, row) == ""

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            (quotation("1件"), "'[1件]' stands 2 times in paragraph 1, expected once"),
            (quotation("2件"), "'[2件]' stands 0 times in paragraph 1, expected once"),
            (quotation("1件", prefix="丙"), "'丙[1件]' stands 0 times in paragraph 1, expected once"),
            (quotation("1件", "3"), "there is no paragraph 3; the text has 2"),
            (quotation("1件", "0"), "there is no paragraph 0; the text has 2"),
            (quotation("1件", ""), "the phrase '1件' names no paragraph"),
            (quotation("2件。", "2"), "'[2件。]' stands within paragraph 2: expected what stands before and"),
            (quotation("共2件", "2"), "'[共2件]' stands within paragraph 2: expected what stands before and"),
        ],
    )
    def test_says_what_is_wrong(self, row, message):
        assert misquoted(LINES, row).startswith(message)


class TestCheckSources:
    """On a text of our own, so that it runs without the archive."""

    TEXT = "题目\n\n业务办理量为1458件。\n截至3月底。\n"

    @pytest.fixture
    def small(self, case):
        return archived(case, self.TEXT, {"业务办理量为1458件": "2", "截至3月底": "3"})

    def check(self, case, folder, text: str | None = None) -> list[str]:
        if text is not None:
            (folder / "a.txt").write_bytes(text.encode())
        return [str(finding) for finding in check_sources(case, folder)]

    def test_text_as_archived(self, small, tmp_path):
        assert self.check(small, tmp_path, self.TEXT) == []

    def test_changed_digit_is_found_thrice(self, small, tmp_path):
        found = self.check(small, tmp_path, self.TEXT.replace("1458", "1459"))
        gone = "'[业务办理量为1458件]。' stands 0 times in paragraph 2, expected once"
        assert found == [
            f"{ABOUT}, line 16, entry sha256: source A: a.txt is not the text that was archived",
            f"{ABOUT}, line 16, entry paragraphs: source A: paragraph 2 has changed",
            f"seeds/{FACTS}, row 2, column exact: {gone}",
        ]

    def test_white_space_changes_the_file_only(self, small, tmp_path):
        found = self.check(small, tmp_path, self.TEXT + "\n")
        assert found == [f"{ABOUT}, line 16, entry sha256: source A: a.txt is not the text that was archived"]

    def test_paragraph_that_is_gone(self, small, tmp_path):
        found = self.check(small, tmp_path, self.TEXT.replace("截至3月底。\n", ""))
        assert f"{ABOUT}, line 16, entry paragraphs: source A: 2 paragraphs, expected 3" in found
        assert found[-1].endswith("there is no paragraph 3; the text has 2")

    def test_text_that_is_not_there(self, small, tmp_path):
        assert self.check(small, tmp_path) == [
            f"{ABOUT}, line 16: source A: {tmp_path / 'a.txt'} is not there"
        ]

    def test_text_that_is_not_utf_8(self, small, tmp_path):
        (tmp_path / "a.txt").write_bytes(self.TEXT.encode("gb18030"))
        found = self.check(small, tmp_path)
        assert (
            found[0] == f"{ABOUT}, line 16, entry sha256: source A: a.txt is not the text that was archived"
        )
        assert len(found) == 6  # and three paragraphs, two phrases


class TestArchive:
    """On the text itself."""

    @pytest.fixture
    def changed(self, archive, tmp_path):
        def change(old: str, new: str) -> Path:
            text = (archive / "meizhou-a.txt").read_text(encoding="utf-8")
            assert old in text
            (tmp_path / "meizhou-a.txt").write_text(text.replace(old, new), encoding="utf-8")
            return tmp_path

        return change

    def test_holds_every_phrase_of_the_case(self, case, archive):
        assert check_sources(case, archive) == []
        assert case.facts.filter(source="A").height + case.measures.filter(source="A").height == 45

    @pytest.mark.parametrize(
        ("old", "new", "key"),
        [("1458件", "1459件", "provincial.cases"), ("77.54%", "77.45%", "provincial.time_cut")],
    )
    def test_changed_digit_is_found(self, case, changed, old, new, key):
        found = [str(finding) for finding in check_sources(case, changed(old, new))]
        row = case.facts.filter(id=key)["row"][0]
        assert found[0].endswith("meizhou-a.txt is not the text that was archived")
        assert found[1].endswith("source A: paragraph 7 has changed")
        assert any(line.startswith(f"seeds/{FACTS}, row {row}, column exact: ") for line in found[2:])

    def test_wrong_paragraph_is_found(self, project, archive):
        project.edit(FACTS, "provincial.cases", "paragraph", "10")
        found = check_sources(load_case("meizhou", root=project.root), archive)
        assert [(finding.row, finding.column) for finding in found] == [(7, "exact")]
        assert found[0].message.endswith("stands 0 times in paragraph 10, expected once")

    def test_phrase_without_its_context_is_ambiguous(self, project, archive):
        row = project.row(FACTS, "pilot.online_accepted")
        cells = {"exact": "100%网上", "prefix": "", "suffix": "", "translation": "100% online"}
        for column, value in cells.items():
            project.edit(FACTS, "pilot.online_accepted", column, value)
        found = check_sources(load_case("meizhou", root=project.root), archive)
        assert [(finding.row, finding.message) for finding in found] == [
            (row, "'[100%网上]' stands 2 times in paragraph 12, expected once")
        ]


def test_phrases_of_sources_that_are_not_archived_are_counted(case):
    # B: 6 facts, 5 departments; C: 5 facts, 7 departments; D: 6 facts, 2 counties
    assert not_reverifiable(case) == {"B": 11, "C": 12, "D": 8}
