"""The tables for downloading: a valid data package, and a workbook in which text is text."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from analysis import ledger as compute
from analysis import load_case
from analysis.publish.data import tables, values, write_data
from analysis.publish.open_formats import write_formats
from analysis.publish.workbook import SHEETS, write_workbook

ROOT = Path(__file__).parents[2]
TABLES = {
    *("facts", "corrections", "measures", "assumptions", "sources", "units", "indicators"),
    *("quantities", "values", "tiers", "item_mix", "checks", "claims", "design", "data_request"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory, case, ledger):
    folder = tmp_path_factory.mktemp("formats")
    write_formats(case, ledger, folder)
    return folder


@pytest.fixture(scope="module")
def package(written):
    return json.loads((written / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written / "tables.xlsx")


@pytest.fixture
def copied(tmp_path, case, ledger):
    """Formats to break; the sizes and hashes are left out, so that only what a cell holds is judged."""
    write_formats(case, ledger, tmp_path)
    path = tmp_path / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        del resource["bytes"], resource["hash"]
    path.write_text(json.dumps(described), encoding="utf-8")
    return tmp_path


def validate(folder: Path) -> tuple[bool, set[str]]:
    """What ``frictionless validate`` says: whether it is valid, and the kinds of error."""
    # in a process of its own: its import warns, and warnings are errors here
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    report = json.loads(done.stdout)
    errors = [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]
    return report["valid"], {error["type"] for error in errors}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestPackage:
    def field(self, package, table: str, column: str) -> dict:
        (resource,) = [resource for resource in package["resources"] if resource["name"] == table]
        (field,) = [field for field in resource["schema"]["fields"] if field["name"] == column]
        return field

    def test_is_valid(self, written):
        assert validate(written) == (True, set())

    @pytest.mark.parametrize("read_as", [{"as_of": "2024-04-12"}, {"assumptions": {"ratings": 300}}])
    def test_is_valid_under_any_reading(self, tmp_path, read_as):
        case = load_case("meizhou", root=ROOT, **read_as)
        write_formats(case, compute(case), tmp_path)
        assert validate(tmp_path) == (True, set())

    @pytest.mark.parametrize(
        ("file", "old", "new", "error"),
        [
            ("facts.csv", "provincial,cases,1458,case,", "provincial,cases,1458,cases,", "foreign-key"),
            ("facts.csv", "municipal_start,municipal.counted_to,A,", "a,b,Z,", "foreign-key"),
            ("facts.csv", "provincial.cases,provincial", "provincial.cases,county", "constraint-error"),
            ("facts.csv", "provincial.cases,", "Provincial.cases,", "constraint-error"),
            ("measures.csv", "area.education,", "area.urban_construction,", "unique-error"),
            ("measures.csv", ",present,A,13,", ",perhaps,A,13,", "constraint-error"),
            ("measures.csv", ",present,A,13,", ",present,A,thirteen,", "type-error"),
            ("values.csv", "1458.0", "many", "type-error"),
            ("values.csv", "2023-11-30", "2023-11-31", "type-error"),
            ("units.csv", "item,count,0", "item,count,0,0", "extra-cell"),
            ("indicators.csv", "percent,higher,0,100", "percent,,0,100", "constraint-error"),
        ],
    )
    def test_wrong_cell_is_found(self, copied, file, old, new, error):
        edit(copied / file, old, new)
        valid, errors = validate(copied)
        assert not valid
        assert error in errors

    def test_changed_file_is_found(self, written, tmp_path):
        for path in written.iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        edit(tmp_path / "checks.csv", "subtotals", "subtotaIs")
        assert validate(tmp_path) == (False, {"hash-count"})

    def test_has_a_resource_a_table(self, package, written):
        assert {resource["name"] for resource in package["resources"]} == TABLES
        assert {resource["path"] for resource in package["resources"]} == {
            path.name for path in written.glob("*.csv")
        }

    def test_licence_and_sources(self, package):
        assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-4.0"]
        assert "remain their publishers'" in package["description"]
        assert [source["title"][:2] for source in package["sources"]] == ["A:", "B:", "C:", "D:"]

    @pytest.mark.parametrize(
        ("table", "column", "kind"),
        [
            ("facts", "value", "string"),
            ("facts", "paragraph", "integer"),
            ("indicators", "upper", "number"),
            ("units", "digits", "integer"),
            ("units", "lower", "number"),
            ("units", "upper", "number"),
            ("sources", "date", "date"),
            ("values", "low", "number"),
            ("values", "earliest", "date"),
        ],
    )
    def test_types(self, package, table, column, kind):
        assert self.field(package, table, column)["type"] == kind

    def test_units(self, package):
        assert self.field(package, "item_mix", "share")["unit"] == "percent"

    def test_constraints_are_those_of_the_seeds(self, package):
        key = self.field(package, "units", "unit")["constraints"]
        assert key == {"required": True, "unique": True, "pattern": "^[a-z][a-z0-9_]*$"}
        kinds = self.field(package, "sources", "kind")["constraints"]
        assert kinds == {"required": True, "enum": ["decision", "official release", "press", "repost"]}
        assert self.field(package, "facts", "note")["constraints"] == {}


class TestCsv:
    def test_chinese_opens_in_a_spreadsheet(self, written):
        content = (written / "facts.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")  # byte-order mark
        assert b"\r" not in content
        assert "梅州" in content.decode("utf-8-sig")

    def test_facts_are_those_of_the_seeds(self, written):
        found = (written / "facts.csv").read_text(encoding="utf-8-sig")
        seed = (ROOT / "seeds/meizhou/facts.csv").read_text(encoding="utf-8-sig")
        rows = [list(csv.reader(io.StringIO(text, newline=""))) for text in (found, seed)]
        assert rows[0] == rows[1]

    def test_later_sources_are_left_out(self, tmp_path):
        case = load_case("meizhou", root=ROOT, as_of="2024-04-12")
        frames = write_data(case, compute(case), tmp_path)
        for table in ("facts", "measures"):
            assert set(frames[table]["source"]) <= {"B", "C", "D"}


class TestValues:
    @pytest.mark.parametrize(
        ("key", "found"),
        [
            ("provincial.cases", {"low": 1458.0, "value": 1458.0, "high": 1458.0, "unit": "case"}),
            ("provincial.satisfaction", {"low": 99.5, "value": 100.0, "high": 100.0, "unit": "percent"}),
            ("province.villages", {"low": 26450.0, "value": 26500.0, "high": 26550.0, "date": None}),
            ("cut_unit", {"low": None, "value": None, "setting": "same"}),
            ("provincial_items", {"low": None, "value": None, "date": None, "setting": None}),
        ],
    )
    def test_number_choice_or_nothing(self, ledger, key, found):
        (row,) = values(ledger).filter(key=key).to_dicts()
        assert {name: row[name] for name in found} == found

    @pytest.mark.parametrize("table", ["values", "tiers"])
    def test_what_is_known_within_bounds_has_no_value(self, case, ledger, table):
        (row,) = tables(case, ledger)[table].filter(key="municipal.satisfied_of_all").to_dicts()
        assert (row["low"], row["value"], row["high"]) == (0.0, None, 100.0)

    def test_date_is_a_date(self, ledger):
        (row,) = values(ledger).filter(key="municipal_start").to_dicts()
        found = {name: str(row[name]) for name in ("earliest", "date", "latest", "value")}
        assert found == {
            "earliest": "2023-11-30",
            "date": "2024-01-12",
            "latest": "2024-01-22",
            "value": "None",
        }


TRAPS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "{=1+1}",
    "=cmd|' /C calc'!A0",
    "http://example.org",
    "007",
    "\t=1",
]


class TestWorkbook:
    def column(self, sheet, name: str) -> list:
        (header,) = [cell for cell in sheet[1] if cell.value == name]
        return [row[header.column - 1] for row in sheet.iter_rows(min_row=2)]

    def cells(self, sheet, key: str) -> dict:
        (row,) = [row for row in sheet.iter_rows(min_row=2) if row[0].value == key]
        return {name.value: cell for name, cell in zip(sheet[1], row, strict=True)}

    def test_sheets(self, book):
        assert tuple(book.sheetnames) == SHEETS

    def test_headers_are_frozen_and_columns_of_sensible_width(self, book):
        for sheet in book:
            assert sheet.freeze_panes == "B2"
            widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
            assert all(7 <= width <= 50 for width in widths)

    def test_rows_are_those_of_the_tables(self, book, written):
        for sheet in book:
            text = (written / f"{sheet.title}.csv").read_text(encoding="utf-8-sig")
            assert sheet.max_row == len(list(csv.reader(io.StringIO(text, newline=""))))

    def test_no_cell_is_a_formula(self, book):
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert kinds == {"n", "s", "d"}

    def test_numbers_are_numbers(self, book):
        for name in ("values", "tiers"):
            for column in ("low", "value", "high"):
                assert {cell.data_type for cell in self.column(book[name], column)} == {"n"}
        row = self.cells(book["values"], "gap.time_cut")
        assert (row["value"].value, row["unit"].value) == (pytest.approx(3.06), "point")

    @pytest.mark.parametrize(
        ("key", "value", "shown"),
        [
            ("provincial.cases", 1458, "0"),
            ("provincial.time_cut", 77.54, "0.00"),
            ("provincial.trips_cut", 1.3, "0.0"),
            ("province.villages", "2.65万", "General"),
            ("provincial.counted_to", "XXXX-03-31", "General"),
        ],
    )
    def test_facts_are_shown_as_printed(self, book, key, value, shown):
        cell = self.cells(book["facts"], key)["value"]
        assert (cell.value, cell.number_format) == (value, shown)

    def test_bound_is_a_number_or_an_expression(self, book):
        assert self.cells(book["assumptions"], "ratings")["high"].value == 300
        start = self.cells(book["assumptions"], "provincial_start")["high"]
        assert (start.data_type, start.value) == (
            "s",
            "workdays(provincial.granted_on, municipal.handover_days)",
        )

    def test_bounds_of_units_are_numbers(self, book):
        found = {key: self.cells(book["units"], key) for key in ("percent", "point", "month", "trip")}
        bounds = {key: (row["lower"].value, row["upper"].value) for key, row in found.items()}
        assert bounds == {"percent": (0, 100), "point": (-100, 100), "month": (0, None), "trip": (None, None)}

    def test_dates_are_dates(self, book):
        cell = self.cells(book["values"], "municipal_start")["latest"]
        assert (cell.value, cell.number_format) == (datetime(2024, 1, 22), "yyyy-mm-dd")  # noqa: DTZ001

    @pytest.mark.parametrize("trap", TRAPS)
    def test_text_is_text_whatever_it_begins_with(self, tmp_path, case, ledger, trap):
        frames = tables(case, ledger)
        facts = frames["facts"].with_columns(exact=pl.lit(trap), value=pl.lit(trap), note=pl.lit(trap))
        book = openpyxl.load_workbook(write_workbook({**frames, "facts": facts}, tmp_path / "tables.xlsx"))
        for column in ("exact", "value", "note"):
            cell = self.column(book["facts"], column)[0]
            assert (cell.data_type, cell.value, cell.hyperlink) == ("s", trap, None)

    def test_same_tables_give_the_same_bytes(self, tmp_path, case, ledger, written):
        write_formats(case, ledger, tmp_path)
        for path in written.iterdir():
            assert (tmp_path / path.name).read_bytes() == path.read_bytes()

    def test_empty_table(self, tmp_path):
        empty = pl.DataFrame(schema={"key": pl.String, "low": pl.Float64})
        path = write_workbook(dict.fromkeys(SHEETS, empty), tmp_path / "empty.xlsx")
        assert [cell.value for cell in openpyxl.load_workbook(path)["facts"][1]] == ["key", "low"]
