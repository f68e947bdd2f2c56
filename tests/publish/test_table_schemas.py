"""Schemas for editors: what is kept is what the code gives, and they take the seeds as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from analysis.publish.table_schemas import FOLDER, SEEDS, all_schemas, text, write_schemas

ROOT = Path(__file__).parents[2]
CASES = ("meizhou", "luohu")


@pytest.fixture
def seeds(tmp_path):
    """The seeds and a data package in which each CSV file has its schema."""
    folder = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", folder)
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("**/*.csv"))]
    described = [
        {
            "name": path.removesuffix(".csv").replace("/", "-"),
            "path": path,
            "schema": f"schemas/{Path(path).stem}.json",
        }
        for path in paths
        if Path(path).stem in SEEDS
    ]
    (folder / "datapackage.json").write_text(json.dumps({"resources": described}), encoding="utf-8")
    return folder


def validate(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    """What ``frictionless validate`` says: file, row, column and kind of each error."""
    # in a process of its own: its import warns, and warnings are errors here
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    report = json.loads(done.stdout)
    assert report["errors"] == []
    assert {task["name"] for task in report["tasks"]} >= {"units", "meizhou-facts", "luohu-facts"}
    return [
        (task["place"], error.get("rowNumber"), error.get("fieldName"), error["type"])
        for task in report["tasks"]
        for error in task["errors"]
    ]


class TestKept:
    def test_are_what_the_code_gives(self):
        given = {name: text(schema) for name, schema in all_schemas(ROOT).items()}
        kept = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / FOLDER).glob("*.json")}
        assert kept == given, "brief schema renews them"

    def test_every_seed_file_has_one(self):
        of_others = {"literals", "power"}  # read without a schema of their own
        files = {path.stem for path in (ROOT / "seeds").glob("**/*.csv")}
        assert files - of_others <= {*SEEDS}

    def test_name_units_and_indicators_of_the_codebook(self, project):
        with project.path("units.csv").open("a", encoding="utf-8") as units:
            units.write("seat,count,0,0,,{} seat|{} seats,{}个席位\n")
        assert f"{FOLDER}/facts.json" in write_schemas(project.root)
        schema = json.loads(project.path("schemas/facts.json").read_text(encoding="utf-8"))
        fields = {field["name"]: field["constraints"] for field in schema["fields"]}
        assert fields["unit"]["enum"][-1] == "seat"
        assert "cases" in fields["indicator"]["enum"]
        assert fields["id"]["pattern"].startswith("^[a-z]")

    def test_every_column_of_a_case_says_what_it_holds(self):
        for table in ("facts", "measures", "assumptions", "checks", "design"):
            fields = all_schemas(ROOT)[table]["fields"]
            assert [field["name"] for field in fields if not field.get("description")] == []


class TestTables:
    def test_seeds_are_valid(self, seeds):
        assert validate(seeds) == []

    def test_cells_that_are_not_are_found(self, seeds, project):
        for file, key, column, bad in (
            ("meizhou/facts.csv", "provincial.cases", "unit", "cases"),
            ("meizhou/facts.csv", "context.two_100", "id", "Two Hundred"),
            ("units.csv", "case", "kind", "counted"),
        ):
            project.edit(file, key, column, bad)
            shutil.copy(project.path(file), seeds / file)
        assert {(place, column) for place, _, column, _ in validate(seeds)} == {
            ("meizhou/facts.csv", "unit"),
            ("meizhou/facts.csv", "id"),
            ("units.csv", "kind"),
        }


def problems(schema: str, described: dict) -> list[str]:
    found = jsonschema.Draft4Validator(all_schemas(ROOT)[schema]).iter_errors(described)
    return sorted("/".join(map(str, error.path)) for error in found)


def read(file: str) -> dict:
    return tomllib.loads((ROOT / "seeds" / file).read_text(encoding="utf-8"))


class TestToml:
    @pytest.mark.parametrize("case", CASES)
    def test_cases_are_valid(self, case):
        assert problems("case", read(f"{case}/case.toml")) == []

    @pytest.mark.parametrize("file", ["claims.toml", *(f"{case}/claims.toml" for case in CASES)])
    def test_claims_are_valid(self, file):
        assert problems("claims", read(file)) == []

    def test_entries_that_are_not_are_found(self):
        about = read("meizhou/case.toml")
        about["source"][0] |= {"kind": "rumour", "date": "12 April", "paper": "x"}
        about["tiers"]["pilot"] = {"en": "Pilot"}
        assert problems("case", about) == ["source/0", "source/0/date", "source/0/kind", "tiers/pilot"]
        claims = read("claims.toml")
        claims["claim"][0] |= {"id": "Printed", "hold": "x"}
        del claims["claim"][1]["predicate"]
        assert problems("claims", claims) == ["claim/0", "claim/0/id", "claim/1"]

    @pytest.mark.parametrize(
        "path",
        [
            *sorted((ROOT / "seeds").glob("**/*.toml")),
            ROOT / "analysis" / "publish" / "skeleton" / "case.toml",
        ],
    )
    def test_files_name_their_schema_for_editors(self, path):
        first, _, named = path.read_text(encoding="utf-8").splitlines()[0].partition(" ")
        folder = path.parent if path.is_relative_to(ROOT / "seeds") else ROOT / "seeds" / "small"
        assert (first, (folder / named).resolve()) == ("#:schema", ROOT / FOLDER / f"{path.stem}.json")
