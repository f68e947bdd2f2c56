"""Loading a case, and everything that can be wrong with one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis import CaseError, UnusableError, case_names, load_case
from analysis.quotes import misquoted
from analysis.reading import read_case

ROOT = Path(__file__).parents[1]
QUANTITIES, UNITS, INDICATORS = "quantities.csv", "units.csv", "indicators.csv"
FACTS, ASSUMPTIONS, MEASURES, ABOUT = (
    f"meizhou/{name}" for name in ("facts.csv", "assumptions.csv", "measures.csv", "case.toml")
)
TABLES = (QUANTITIES, UNITS, INDICATORS, FACTS, ASSUMPTIONS, MEASURES)


class TestLoading:
    def test_case_as_it_stands(self, case):
        assert (case.name, case.about["name_zh"]) == ("meizhou", "梅州")
        assert case.sources["id"].to_list() == ["A", "B", "C", "D"]
        assert dict(case.facts.select("id", "value").iter_rows())["province.villages"] == "2.65万"
        assert case.facts["row"].to_list() == list(range(2, case.facts.height + 2))

    def test_cases_there_are(self, project):
        (project.root / "seeds" / "empty").mkdir()
        shutil.copytree(project.path("meizhou"), project.path("another"))
        assert case_names(project.root) == ["across", "another", "luohu", "meizhou"]

    def test_root_is_found_from_a_folder_within(self, project, monkeypatch):
        project.edit(FACTS, "provincial.cases", "note", "changed here")
        monkeypatch.chdir(project.root / "zh")
        notes = dict(load_case("meizhou").facts.select("id", "note").iter_rows())
        assert notes["provincial.cases"] == "changed here"

    def test_sources_after_a_date_are_left_out(self):
        early = load_case("meizhou", as_of="2024-04-12", root=ROOT)
        assert early.late == {"A"}  # dated 2024-08-06; C is of the day itself
        assert "provincial.cases" not in early.reported["id"].to_list()
        assert "pilot.item_permits" in early.reported["id"].to_list()

    @pytest.mark.parametrize(
        "encode",
        [
            lambda text: b"\xef\xbb\xbf" + text.encode(),
            lambda text: text.replace("\n", "\r\n").encode(),
            lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        ],
        ids=["BOM", "CRLF", "both"],
    )
    def test_bom_and_windows_line_ends_simply_work(self, project, case, encode):
        for file in (*TABLES, ABOUT):
            project.rewrite(file, encode)
        found = load_case("meizhou", root=project.root)
        assert found.about == case.about
        for table in ("facts", "assumptions", "measures", "units", "indicators", "quantities", "sources"):
            assert getattr(found, table).equals(getattr(case, table)), table

    def test_blank_lines_are_passed_over_and_rows_counted_as_a_spreadsheet_does(self, project):
        row = project.row(FACTS, "municipal.cases") + 2
        project.replace(FACTS, "\nmunicipal.cases,", "\n\n\nmunicipal.cases,")
        project.replace(FACTS, "municipal,cases,433", "municipal,cases,434")
        assert project.problems()[1][0].startswith(f"seeds/{FACTS}, row {row}, column exact: ")

    def test_comments_are_passed_over_and_rows_counted_as_a_spreadsheet_does(self, project, case):
        row = project.row(FACTS, "municipal.cases") + 2
        comments = '\n"# a comment, quoted"\n# municipal.items,municipal,,,,,,,,,,,,,'
        project.replace(FACTS, "\nmunicipal.cases,", f"{comments}\nmunicipal.cases,")
        found = load_case("meizhou", root=project.root).facts
        assert found["id"].equals(case.facts["id"])
        assert dict(found.select("id", "row").iter_rows())["municipal.cases"] == row

    def test_spaces_around_a_phrase_are_kept_and_others_are_not(self, project):
        line = "The caseload rose to 1458 cases in March."
        project.edit("meizhou/facts.csv", "provincial.cases", "prefix", "rose to ")
        project.edit("meizhou/facts.csv", "provincial.cases", "exact", " 1458 cases ")
        project.edit("meizhou/facts.csv", "provincial.cases", "suffix", " in March")
        case, _ = read_case("meizhou", project.root)
        (row,) = case.facts.filter(id="provincial.cases").to_dicts()
        assert (row["prefix"], row["exact"], row["suffix"]) == ("rose to ", "1458 cases", " in March")
        assert misquoted([line], {**row, "paragraph": "1"}) == ""

    def test_line_end_within_a_cell_is_one_row(self, project):
        project.edit(FACTS, "provincial.granted_on", "note", "Two\nlines.")
        project.edit(FACTS, "municipal.cases", "value", "434")
        row = project.row(FACTS, "municipal.cases")
        assert project.problems()[1][0].startswith(f"seeds/{FACTS}, row {row}, column exact: ")


class TestUnknownCase:
    @pytest.mark.parametrize("name", ["meizhuo", "", "..", "Meizhou", "../seeds/meizhou"])
    def test_names_the_cases_there_are(self, name):
        with pytest.raises(
            UnusableError, match=f"there is no case '{name}'; there are: across, luohu, meizhou"
        ):
            load_case(name, root=ROOT)

    def test_no_cases_at_all(self, project):
        shutil.rmtree(project.path("meizhou"))
        assert project.problems() == (
            2,
            ["seeds/meizhou/case.toml: there is no case 'meizhou'; there are: across, luohu"],
        )


class TestUnreadableFiles:
    """Status 2: no such table can be read."""

    @pytest.mark.parametrize("file", TABLES)
    @pytest.mark.parametrize(
        ("encode", "message"),
        [
            (lambda _: b"", "the file is empty"),
            (lambda _: b"\n \n", "the file is empty"),
        ],
        ids=["empty", "blank"],
    )
    def test_nothing_in_it(self, project, file, encode, message):
        project.rewrite(file, encode)
        assert project.problems() == (2, [f"seeds/{file}: {message}"])

    @pytest.mark.parametrize("file", [FACTS, UNITS, INDICATORS, QUANTITIES])
    @pytest.mark.parametrize("comment", ["", "# id: the key\n"], ids=["header only", "comment"])
    def test_no_rows(self, project, file, comment):
        project.rewrite(file, lambda text: (text.split("\n")[0] + "\n" + comment).encode())
        assert project.problems() == (2, [f"seeds/{file}: the file has a header and no rows"])

    @pytest.mark.parametrize("file", [FACTS, ASSUMPTIONS, QUANTITIES])
    def test_gbk(self, project, file):
        project.rewrite(file, lambda text: text.encode("gb18030"))
        status, found = project.problems()
        assert status == 2
        assert found == [f"seeds/{file}: line 2 is not UTF-8 (GBK, perhaps); save the file as UTF-8"]

    def test_not_there(self, project):
        project.path(FACTS).unlink()
        assert project.problems() == (2, [f"seeds/{FACTS}: there is no such file"])

    def test_folder_in_its_place(self, project):
        project.path(FACTS).unlink()
        project.path(FACTS).mkdir()
        assert project.problems() == (2, [f"seeds/{FACTS}: cannot be read: Is a directory"])

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (",exact,", ",", "has no column exact; expected id, tier, "),
            (",exact,", ",exact,more,", "has an unknown column more; expected id, tier, "),
            (
                ",exact,",
                ",exakt,",
                "has no column exact and has an unknown column exakt; expected id, tier, ",
            ),
            (",exact,", ",exact,exact,", "has twice the column exact; expected id, tier, "),
            (",exact,", ",row,", "has no column exact and has an unknown column row; expected id, tier, "),
        ],
    )
    def test_columns(self, project, old, new, message):
        rows = project.rows(FACTS)
        change = new.count(",") - old.count(",")
        place = rows[0].index("exact")
        body = [
            row[:place] + [""] * change + row[place:] if change > 0 else row[: place + change] + row[place:]
            for row in rows[1:]
        ]
        project.path(FACTS).write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in body))
        head = ",".join(rows[0]).replace(old, new)
        project.rewrite(FACTS, lambda text: f"{head}\n{text}".encode())
        status, found = project.problems()
        assert status == 2
        assert len(found) == 1
        assert found[0].startswith(f"seeds/{FACTS}: {message}")

    def test_ragged_rows_are_all_named(self, project):
        project.replace(FACTS, "\nprovincial.cases,provincial", "\nprovincial.cases,more,provincial")
        project.replace(FACTS, "\nmunicipal.cases,municipal,cases,", "\nmunicipal.cases,")
        assert project.problems() == (
            1,
            [
                f"seeds/{FACTS}, row 7: has 16 cells; expected 15, as in the header",
                f"seeds/{FACTS}, row 15: has 13 cells; expected 15, as in the header",
            ],
        )

    def test_quotation_mark_never_closed(self, project):
        project.replace(FACTS, "The day is not given.", '"The day is not given.')
        status, found = project.problems()
        assert status == 2
        assert len(found) == 1
        assert "is not a table" in found[0]
        assert "a quotation mark too many, perhaps" in found[0]

    def test_all_unreadable_files_are_named_at_once(self, project):
        for file in (UNITS, FACTS):
            project.rewrite(file, lambda _: b"")
        project.replace(ABOUT, "[tiers]", "[tiers")
        status, found = project.problems()
        assert status == 2
        assert found[1:] == [f"seeds/{FACTS}: the file is empty", f"seeds/{UNITS}: the file is empty"]
        assert found[0].startswith(f"seeds/{ABOUT}, line 8: is not TOML: ")


class TestDuplicates:
    def test_within_a_file(self, project):
        project.edit(FACTS, "context.two_100", "id", "municipal.cases")
        status, found = project.problems()
        assert status == 1
        rows = [project.row(FACTS, "municipal.cases"), 15]
        assert found == [
            f"seeds/{FACTS}, row {row}, column id: "
            "'municipal.cases' stands twice in the file; each row needs one of its own"
            for row in rows
        ]

    def test_across_files(self, project):
        row = project.row(MEASURES, "area.education")
        project.edit(MEASURES, "area.education", "id", "municipal.cases")
        message = "'municipal.cases' is taken by another file; each key needs a name of its own"
        assert project.problems() == (1, [f"seeds/{MEASURES}, row {row}, column id: {message}"])


class TestAllAtOnce:
    def test_findings_of_several_files_come_together_and_sorted(self, project):
        project.edit(FACTS, "provincial.cases", "value", "1459")
        project.edit(FACTS, "municipal.decided_on", "value", "2023-02-30")
        project.edit(ASSUMPTIONS, "ratings", "source", "Z")
        project.edit(QUANTITIES, "municipal.months", "expression", "1 +")
        project.edit(QUANTITIES, "municipal.powers", "expression", "municipal.item_permit")
        status, found = project.problems()
        assert status == 1
        assert [line.split(": ")[0] for line in found] == [
            f"seeds/{ASSUMPTIONS}, row {project.row(ASSUMPTIONS, 'ratings')}, column source",
            f"seeds/{FACTS}, row 7, column exact",
            f"seeds/{FACTS}, row 14, column value",
            f"seeds/{QUANTITIES}, row 3, column expression",
            f"seeds/{QUANTITIES}, row {project.row(QUANTITIES, 'municipal.powers')}, column expression",
        ]

    def test_a_malformed_cell_hides_no_other(self, project):
        project.edit(FACTS, "pilot.items", "paragraph", "twelve")
        project.edit(FACTS, "municipal.cases", "value", "434")
        assert [line.split(": ")[0] for line in project.problems()[1]] == [
            f"seeds/{FACTS}, row 15, column exact",
            f"seeds/{FACTS}, row 21, column paragraph",
        ]

    def test_one_cell_wrong_in_two_ways_is_named_once_each(self, project):
        project.edit(FACTS, "provincial.cases", "tier", "county")
        project.edit(FACTS, "provincial.cases", "source", "Z")
        with pytest.raises(CaseError) as caught:
            load_case("meizhou", root=project.root)
        assert [(found.row, found.column) for found in caught.value.findings] == [(7, "source"), (7, "tier")]
        assert caught.value.status == 1
