"""A new case laid out to be filled in."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from analysis import CaseError, UnusableError, load_case
from analysis.case import OWN, REGISTERS
from analysis.keys import CLAIM, KEY
from analysis.publish import new, pages
from analysis.publish.known import rows
from analysis.publish.new import SKELETON, lay_out
from analysis.publish.prose import Names, problems

ROOT = Path(__file__).parents[2]


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


class TestLayout:
    def test_files_of_the_case_and_nothing_else(self, project):
        before = files(project.root)
        told = lay_out(project.root, "small")
        after = files(project.root)
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == set(told)
        assert told == [
            "seeds/small/case.toml",
            *(f"seeds/small/{name}.csv" for name in ("facts", "assumptions", "measures", "checks", "design")),
            *("small/index.qmd", "small/zh/index.qmd", "small/zh/_formats.yml"),
        ]

    def test_overwrites_nothing(self, project):
        lay_out(project.root, "small")
        before = files(project.root)
        with pytest.raises(UnusableError, match=r"^seeds/small: is there already, and so are its pages"):
            lay_out(project.root, "small")
        assert files(project.root) == before

    @pytest.mark.parametrize(("there", "made"), [("seeds/small", "small/"), ("small", "seeds/small/")])
    def test_what_is_there_stays_and_the_rest_is_laid_out(self, project, there, made):
        (project.root / there).mkdir()
        (project.root / there / "mine.txt").touch()
        assert {name.startswith(made) for name in lay_out(project.root, "small")} == {True}
        assert [path.name for path in (project.root / there).iterdir()] == ["mine.txt"]

    @pytest.mark.parametrize("name", ["zh", "evidence", "data", "Small", "../small", "1st", ""])
    def test_names_that_cannot_be(self, project, name):
        with pytest.raises(UnusableError, match="is no name for a case"):
            lay_out(project.root, name)

    def test_the_case_at_the_root_has_its_pages(self, project):
        with pytest.raises(UnusableError, match="seeds/meizhou: is there already"):
            lay_out(project.root, "meizhou")


class TestSeeds:
    def test_every_column_is_explained(self):
        told = tomllib.loads((SKELETON / "columns.toml").read_text(encoding="utf-8"))
        for table, columns in told.items():
            schema = {**OWN, **REGISTERS}[table]
            assert set(columns) == {name for name in schema.column_names() if name != "row"}, table

    def test_every_indicator_has_a_row(self, project):
        lay_out(project.root, "small")
        text = project.path("small/facts.csv").read_text(encoding="utf-8")
        header, *lines = csv.reader(text.splitlines())
        ready = [dict(zip(header, line, strict=True)) for line in lines if len(line) == len(header)]
        codebook = {row["indicator"]: row["unit"] for row in rows(ROOT / "seeds/indicators.csv")}
        assert {row["indicator"]: row["unit"] for row in ready} == codebook
        assert all(row["id"] == f"# municipal.{row['indicator']}" for row in ready)

    def test_what_is_to_be_filled_in_is_all_that_is_found(self, project):
        lay_out(project.root, "small")
        with pytest.raises(CaseError) as caught:
            load_case("small", root=project.root)
        about, facts = "seeds/small/case.toml", "seeds/small/facts.csv"
        assert [(found.file, found.column, found.rule) for found in caught.value.findings] == [
            (about, "name_en, name_zh", "missing-entry"),
            *((about, column, "empty-cell") for column in ("title", "title_en", "publisher", "publisher_zh")),
            *((about, "date", "date-form"), (about, "language", "not-listed")),
            *((about, column, "empty-cell") for column in ("found", "found_zh")),
            *((about, "kind", "not-listed"), (facts, "", "empty-file")),
        ]

    def test_other_cases_stay_what_they_are(self, project, case):
        lay_out(project.root, "small")
        assert load_case("meizhou", root=project.root).quantities.equals(case.quantities)


class TestPages:
    def test_are_those_of_the_case(self, project):
        lay_out(project.root, "small")
        mine = [page for page in pages.written_pages(project.root) if page.case == "small"]
        assert [page.name for page in mine] == ["small/index.qmd", "small/zh/index.qmd"]
        assert [page.language for page in mine] == ["en", "zh"]
        assert "@" + "name" not in "".join(page.text for page in mine)

    def test_of_a_case_with_nothing_say_nothing_that_is_not_there(self, project):
        lay_out(project.root, "small")
        mine = [page for page in pages.written_pages(project.root) if page.case == "small"]
        nothing = Names([], [], [])
        assert problems(project.root, mine, nothing) == []
        for page in nothing.applied(mine):
            assert not KEY.findall(page.text) + CLAIM.findall(page.text)

    def test_of_a_case_with_all_are_in_order(self, project, case, ledger):
        lay_out(project.root, "small")
        mine = [page for page in pages.written_pages(project.root) if page.case == "small"]
        names = Names.of(case, ledger)
        assert problems(project.root, mine, names) == []
        english, chinese = (KEY.findall(page.text) for page in names.applied(mine))
        assert english == chinese
        assert ("municipal.satisfaction", "interval") in english

    def test_say_all_indicators_of_results(self):
        text = (SKELETON / "brief-en.md").read_text(encoding="utf-8")
        said = {key for key, _ in KEY.findall(text)}
        assert {f"{new.TIER}.{name}" for name in ("cases", "time_cut", "trips_cut", "satisfaction")} <= said
