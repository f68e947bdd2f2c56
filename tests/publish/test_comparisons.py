"""Comparative and causal words outside claims: which are refused, where they stand, what is let be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from analysis.comparing import FILE, read_words
from analysis.publish import comparisons, pages
from analysis.publish.known import rows

ROOT = Path(__file__).parents[2]
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>{}</text></svg>'
COMPARED = [
    ("en", "The cut was higher for provincial items.", ["higher"]),
    ("en", "More than before.", ["More"]),
    ("en", "It did *better* here.", ["better"]),
    ("en", "It did bet*ter* here.", ["better"]),
    ("en", "The move led  to shorter waits.", ["led to", "shorter"]),
    ("en", "The move led\nto shorter waits.", ["led to", "shorter"]),
    ("en", "It outpaced it, and contributed to it.", ["outpaced", "contributed to"]),
    ("en", "Service improved because of it.", ["improved", "because of"]),
    ("en", "`provincial.cases`{.value} exceeds `municipal.cases`{.value}.", ["exceeds"]),
    ("en", "The municipal tier is ahead of it.", ["ahead of"]),
    ("zh", "省级高于市级。", ["高于"]),
    ("zh", "省级**优于**市级，办理更快。", ["优于", "更快"]),
    ("zh", "改革使得时长缩短，带来便利。", ["使得", "带来"]),
    ("zh", "省级超过`municipal.cases`{.value}。", ["超过"]),
    ("zh", "评价越少，上限越高。评价越好。", ["越"]),
    (
        "en",
        "The reform cut handling time and saved applicants trips.",
        ["reform cut handling time and saved"],
    ),
    ("en", "It saved applicants trips.", ["saved applicants"]),
    ("en", "A rise of 77.54% in nearly all cases.", ["A rise of", "nearly all"]),
    ("en", "The move of powers has cut the wait.", ["move of powers has cut"]),
    ("zh", "改革将办理时长压缩了，省级比市级快。", ["改革将办理时长压缩了", "比市级"]),
    ("zh", "绝大多数办件无一不满意，上升明显。", ["绝大多数", "无一", "上升"]),
]
LEFT = [
    ("en", "`time_cut_gap`{.claim} None of these is stated."),
    ("en", "`gap.more_than`{.value} and [@better2020] and [the text](more.html) and @tbl-more."),
    ("en", "Moreover, the lessor is a betterment."),
    ("en", "They are worst-case bounds, and no longer open."),
    ("en", "Both are reported. Neither is known."),
    ("zh", "`time_cut_gap`{.claim}两级都没有说明。"),
    ("zh", "在不低于百分之九十五的置信度下。"),
    ("zh", "下移的职权已经在用。"),
    ("en", "The reform is new. The cut is as printed; a pilot, which printed none, cut nothing."),
    ("zh", "改革已经推开。时长压缩了多少，另见附录。"),
]


class TestWords:
    @pytest.mark.parametrize(("lang", "text", "found"), COMPARED)
    def test_that_compare(self, lang, text, found):
        assert [word for _, word in read_words(ROOT)[lang].found(text)] == found

    @pytest.mark.parametrize(("lang", "text"), LEFT)
    def test_that_do_not(self, lang, text):
        assert read_words(ROOT)[lang].found(text) == []

    def test_say_their_kind_whatever_stands_between(self):
        words = read_words(ROOT)
        assert words["en"].kind("The reform had cut".removeprefix("The ")) == "causes"
        assert words["zh"].kind("比市级") == "compares"

    def test_each_passage_that_is_allowed_holds_one(self):
        listed = rows(ROOT / FILE)
        for lang in ("en", "zh"):
            words = read_words(ROOT)[lang]
            mine = [row["words"] for row in listed if row["language"] == lang and row["reason"]]
            assert [text for text in mine if not words.listed.search(text)] == []


@pytest.fixture
def project(tmp_path):
    (tmp_path / "seeds").mkdir()
    shutil.copy(ROOT / FILE, tmp_path / "seeds")
    for name in ("index.qmd", "zh/index.qmd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        lang = "zh-Hans" if name.startswith("zh") else "en"
        (tmp_path / name).write_text(f"---\nlang: {lang}\ncase: meizhou\n---\n\nText.\n", encoding="utf-8")
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def refused(project: Path, published: dict | None = None) -> list[str]:
    """What is refused, a line each, up to the advice."""
    found = (
        *comparisons.in_prose(project, pages.written_pages(project)),
        *comparisons.in_published(project, "meizhou", published or {"figures": {}, "tables": {}}),
    )
    return [str(each).partition(" compares outside a claim;")[0] for each in found]


class TestPlaces:
    def test_nothing(self, project):
        assert refused(project) == []

    def test_page_and_line(self, project):
        text = "---\nlang: zh-Hans\ntitle: 更快\ncase: meizhou\n---\n\n第一行。\n\n省级高于市级。\n"
        (project / "zh/index.qmd").write_text(text, encoding="utf-8")
        assert refused(project) == ["zh/index.qmd, line 3: ‘更快’", "zh/index.qmd, line 9: ‘高于’"]

    def test_message_says_what_to_do(self, project):
        (project / "index.qmd").write_text(
            "---\nlang: en\ncase: meizhou\n---\nIt is better.\n", encoding="utf-8"
        )
        (found,) = comparisons.in_prose(project, pages.written_pages(project))
        assert str(found) == (
            "index.qmd, line 5: ‘better’ compares outside a claim; say it by `id`{.claim}, "
            "or allow it in seeds/comparisons.csv: It is better."
        )

    def test_prose_of_notebooks_but_not_their_code(self, project):
        cells = [
            {"cell_type": "code", "source": ["more = 1"]},
            {"cell_type": "markdown", "source": ["Fine.\n", "It is better."]},
        ]
        (project / "notebooks/02-tiers.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        assert refused(project) == ["notebooks/02-tiers.ipynb, cell 2: ‘better’"]

    def test_figures_in_their_alternative_text_and_in_themselves(self, project):
        figure = {"notebook": "02-tiers", "alt": {"en": "It is better.", "zh": "图。"}}
        for folder, text in (("figures", "Cases"), ("zh/figures", "省级高于市级")):
            (project / folder).mkdir()
            (project / folder / "cuts.svg").write_text(SVG.format(text), encoding="utf-8")
        assert refused(project, {"figures": {"cuts": figure}, "tables": {}}) == [
            "notebooks/02-tiers.ipynb, figure cuts (en): ‘better’",
            "notebooks/02-tiers.ipynb, figure cuts (zh): ‘高于’",
        ]

    def test_tables_but_not_those_that_quote(self, project):
        table = {"notebook": "02-tiers", "markdown": {"en": "| a |\n| more |\n", "zh": "| 甲 |\n"}}
        found = refused(project, {"figures": {}, "tables": {"tiers": table, "facts": table, "claims": table}})
        assert found == ["notebooks/02-tiers.ipynb, table tiers (en): ‘more’"]
