"""Which notebooks run again: those that read what has changed, and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from analysis import ledger, load_case
from analysis.publish import execute, reads
from analysis.publish.notebook import Study
from analysis.publish.rerun import execute_changed

ROOT = Path(__file__).parents[2]
ALL = {"01-evidence", "02-tiers", "03-pilot", "04-robustness"}
PARAMETERS = {"case": "meizhou", "as_of": "", "assumptions": {}}
ASSUMPTIONS = "seeds/meizhou/assumptions.csv"


def ran(root: Path, engine: str = execute.WARM) -> set[str]:
    case = load_case("meizhou", root=root)
    entries = ledger(case)
    paths = execute.notebooks(root, entries.entries)
    found = execute_changed(root, Study(case, entries), PARAMETERS, engine, paths)
    told = {path.stem: again for path, _, again in found}
    assert set(told) == ALL
    return {stem for stem, again in told.items() if again}


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> Path:
    """A project whose notebooks have been run."""
    root = tmp_path_factory.mktemp("rerun") / "project"
    for name in ("seeds", "notebooks", "requirements", "analysis"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("*.qmd", "__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    assert ran(root) == ALL
    return root


@pytest.fixture
def project(executed, tmp_path) -> Path:
    return Path(shutil.copytree(executed, tmp_path / "project"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestNotebooksRunAgain:
    def test_none_where_nothing_changed(self, project):
        def cells() -> list[object]:
            paths = sorted((project / ".brief/meizhou").glob("*.ipynb"))
            return [nbformat.read(path, as_version=4).cells for path in paths]

        before = cells()
        assert ran(project) == set()
        assert cells() == before

    @pytest.mark.parametrize(
        ("file", "old", "new", "expected"),
        [
            # on the satisfied share of provincial cases, in the table of tiers
            (
                ASSUMPTIONS,
                "provincial_rated_share,bounds,0,",
                "provincial_rated_share,bounds,0.1,",
                ALL - {"03-pilot"},
            ),
            # on the power of the evaluation alone; all assumptions are listed and stand in the tornado
            (ASSUMPTIONS, "design_towns,range,2,", "design_towns,range,3,", ALL - {"02-tiers"}),
            # the words of tables and charts are not watched one by one
            ("seeds/words.csv", "\n", "\n\n", ALL),
        ],
        ids=["ratings", "towns", "words"],
    )
    def test_that_read_what_changed(self, project, file, old, new, expected):
        edit(project / file, old, new)
        assert ran(project) == expected

    def test_that_was_edited(self, project):
        edit(project / "notebooks/02-tiers.ipynb", "compare.tiers(", "compare.tiers( ")
        assert ran(project) == {"02-tiers"}
        assert ran(project) == set()

    def test_that_may_read_something_else(self, project):
        edit(
            project / "notebooks/02-tiers.ipynb",
            "compare.tiers(",
            "open('seeds/units.csv').close(); compare.tiers(",
        )
        assert ran(project) == {"02-tiers"}
        assert ran(project) == {"02-tiers"}

    def test_in_kernels_of_their_own_always(self, project):
        assert ran(project, execute.STOCK) == ALL
        assert ran(project, execute.STOCK) == ALL


class TestReads:
    @pytest.fixture
    def study(self, case):
        return reads.watched(case, ledger(case))

    def test_an_entry_by_its_key(self, study):
        _ = study[1]["municipal.cases"].value, study[1].entries.get("none"), "pilot.items" in study[1].entries
        assert reads.taken() == [f"the ledger: {key}" for key in ("municipal.cases", "none", "pilot.items")]

    @pytest.mark.parametrize("through", ["__iter__", "items", "values", "keys"])
    def test_all_entries_where_all_are_gone_through(self, study, through):
        assert list(getattr(study[1].entries, through)())
        assert "the ledger" in reads.taken()

    def test_all_entries_where_they_are_copied(self, study):
        assert {**study[1].entries} == dict(study[1].entries)
        assert "the ledger" in reads.taken()

    def test_a_part_of_the_case_however_it_is_reached(self, study):
        assert study[0].name == "meizhou"
        assert reads.taken() == []
        assert study[0].reported.height
        assert reads.taken() == ["facts"]

    def test_is_the_same_case(self, study, case):
        assert study[0].facts.equals(case.facts)
        assert study[1].entries == ledger(case).entries

    def test_the_hash_of_what_is_not_there_is_one_too(self, study):
        assert reads.hashes(*study, ["the ledger: none"]) != reads.hashes(*study, ["the ledger: pilot.items"])
