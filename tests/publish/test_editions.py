"""Two editions of the site: what changed between them, and why, by hand on small sites."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest

from analysis import UnusableError, load_case
from analysis import ledger as compute
from analysis.publish import cli
from analysis.publish.data import write_data
from analysis.publish.editions import Change, difference, read_edition
from analysis.publish.handover import write_pages
from analysis.publish.masks import Known
from analysis.publish.pages import written_pages
from analysis.publish.revisions import record, revisions_page

FACTS, ASSUMPTIONS, QUANTITIES = "meizhou/facts.csv", "meizhou/assumptions.csv", "quantities.csv"
REVISIONS = "meizhou/revisions.csv"
SHOWN = ("municipal.cases_per_month", "municipal.permit_share")


@pytest.fixture
def site(project, tmp_path):
    """Write a site from the project as it stands: the data of a case, and a page that shows some keys."""

    def write(name: str, keys=SHOWN, prose: str = "", case: str = "meizhou", **read_as: object) -> Path:
        loaded = load_case(case, root=project.root, **read_as)
        entries = compute(loaded)
        folder = tmp_path / name
        write_data(loaded, entries, folder / "data" / case)
        (folder / "zh").mkdir(exist_ok=True)
        for page, lang in (("index.html", "en"), ("zh/index.html", "zh")):
            spans = [f'<span data-key="{key}">{entries.text(key, lang)}</span>' for key in keys]
            (folder / page).write_text(f"<p>{prose} {' '.join(spans)}</p>", encoding="utf-8")
        return folder

    return write


@pytest.fixture
def changes(site):
    """The changes by key from an edition to one that is written now."""

    def compare(old: Path, **read_as: object) -> dict[str, Change]:
        found = difference(read_edition(old), read_edition(site("new", **read_as)))
        return {change.key: change for change in found.changes["meizhou"]}

    return compare


def roots(change) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    return {(cause.kind, cause.key): dict(cause.fields) for cause in change.causes}


def misprint(project) -> None:
    """The source now prints 439 cases, in its phrase too."""
    project.edit(FACTS, "municipal.cases", "value", "439")
    project.edit(FACTS, "municipal.cases", "exact", "业务办理量为439件")
    project.edit(FACTS, "municipal.cases", "translation", "a caseload of 439 cases")


class TestChanges:
    def test_nothing(self, site, changes):
        assert changes(site("old")) == {}

    def test_fact(self, project, site, changes):
        old = site("old")
        misprint(project)
        found = changes(old)
        assert list(found) == ["municipal.cases_per_month"]  # the share of items does not rest on cases
        change = found["municipal.cases_per_month"]
        assert roots(change) == {
            ("fact", "municipal.cases"): {
                "value": ("433", "439"),
                "exact": ("业务办理量为433件", "业务办理量为439件"),
            }
        }
        # 439 cases over 122 to 69 days of 30.4375 a month: 109.5 to 193.7
        assert change.old["en"] == "170 cases a month (108 to 191 cases a month)"
        assert change.new["en"] == "170 cases a month (110 to 194 cases a month)"
        assert change.why("en") == (
            "fact municipal.cases (Municipal items: caseload), value 433 → 439, "
            "phrase 业务办理量为433件 → 业务办理量为439件"
        )
        assert change.why("zh").startswith("数据 municipal.cases（")
        assert "，数值 433 → 439，原文 " in change.why("zh")

    def test_phrase_alone_moves_nothing(self, project, site, changes):
        old = site("old")
        project.edit(FACTS, "municipal.cases", "exact", "433件")
        assert changes(old) == {}

    def test_phrase_alone_is_no_cause_of_what_another_root_moved(self, project, site, changes):
        old = site("old")
        project.edit(FACTS, "municipal.cases", "exact", "433件")
        project.edit(ASSUMPTIONS, "municipal_start", "low", "2023-12-15")
        assert list(roots(changes(old)["municipal.cases_per_month"])) == [("assumption", "municipal_start")]

    def test_two_roots_are_named_both(self, project, site, changes):
        old = site("old")
        misprint(project)
        project.edit(ASSUMPTIONS, "municipal_start", "low", "2023-12-15")
        found = roots(changes(old)["municipal.cases_per_month"])
        assert list(found) == [("fact", "municipal.cases"), ("assumption", "municipal_start")]
        assert found["assumption", "municipal_start"] == {"low": ("municipal.decided_on", "2023-12-15")}

    def test_fact_below_a_computed_bound(self, project, site, changes):
        old = site("old", keys=("municipal_start",))
        for column, text in (("value", "2023-11-29"), ("exact", "2023年11月29日"), ("translation", "29")):
            project.edit(FACTS, "municipal.decided_on", column, text)
        project.edit(FACTS, "municipal.decided_on", "translation", "29 November 2023")
        change = changes(old, keys=("municipal_start",))["municipal_start"]
        assert list(roots(change)) == [("fact", "municipal.decided_on")]

    def test_setting_and_status(self, site, changes):
        keys = ("provincial.cases_per_month",)
        old = site("old", keys=keys)
        settings = {"provincial_scope": "all_items"}
        change = changes(old, keys=keys, assumptions=settings)["provincial.cases_per_month"]
        assert roots(change) == {("assumption", "provincial_scope"): {"setting": ("", "all_items")}}
        assert change.old["en"].endswith(", bounded")
        assert change.new["en"] == "not identified, not identified"

    def test_formula(self, project, site, changes):
        project.path("meizhou/whatif.csv").unlink()  # it moves what the formula would no longer rest on
        old = site("old")
        days = "municipal.counted_to - municipal_start"
        months = f'({days}) / 31 if municipal_scope == "these_items" else unknown'
        project.edit(QUANTITIES, "municipal.months", "expression", months)
        change = changes(old)["municipal.cases_per_month"]
        ((where, fields),) = roots(change).items()
        assert where == ("quantity", "municipal.months")
        assert fields["expression"][1] == months

    def test_correction(self, project, site, changes):
        old = site("old")
        with project.path("meizhou/corrections.csv").open("a", encoding="utf-8") as file:
            file.write("municipal.cases,433,439,Miscounted.,误计。,2024-09-01,the city,市政府,A,A\n")
        found = roots(changes(old)["municipal.cases_per_month"])
        assert found == {("fact", "municipal.cases"): {"correction": ("", "439")}}

    def test_writing_of_a_unit(self, project, site, changes):
        old = site("old")
        project.edit("units.csv", "case_per_month", "form_zh", "月均{}件")
        change = changes(old)["municipal.cases_per_month"]
        assert change.old["en"] == change.new["en"]
        assert change.new["zh"].startswith("月均")
        assert list(*roots(change).values()) == ["form_zh"]

    def test_later_source_left_out(self, site, changes):
        change = changes(site("old"), as_of="2024-04-12")["municipal.cases_per_month"]
        assert roots(change)["fact", "municipal.cases"] == {"as_of": ("", "2024-04-12")}

    def test_key_that_appears_and_one_that_vanishes(self, project, site, changes):
        old = site("old")
        with project.path(QUANTITIES).open("a", encoding="utf-8") as file:
            file.write("municipal.double,2 * municipal.cases,case,,Twice,两倍\n")
        found = changes(old, keys=(SHOWN[0], "municipal.double"))
        appeared, vanished = found["municipal.double"], found["municipal.permit_share"]
        assert (appeared.what, appeared.old["en"], appeared.new["en"]) == ("appeared", "", "866 cases")
        assert roots(appeared)["quantity", "municipal.double"] == {"expression": ("", "2 * municipal.cases")}
        assert (vanished.what, vanished.new["zh"], vanished.causes) == ("vanished", "", ())
        assert vanished.why("en") == "the pages no longer show it"

    def test_program_alone(self, site, changes):
        old = site("old")
        path = old / "data/meizhou/ledger.json"
        path.write_text(path.read_text(encoding="utf-8").replace("170 cases", "171 cases"), encoding="utf-8")
        change = changes(old)["municipal.cases_per_month"]
        assert change.causes == ()
        assert change.why("en").startswith("no fact, assumption or formula changed, but the program ")

    def test_site_without_some_tables(self, project, site, changes):
        old = site("old")
        for name in ("units", "indicators", "corrections"):
            (old / f"data/meizhou/{name}.csv").unlink()
        misprint(project)
        assert list(roots(changes(old)["municipal.cases_per_month"])) == [("fact", "municipal.cases")]


class TestCases:
    def test_pages_go_to_the_case_whose_values_they_show(self, project, site):
        shutil.copytree(project.path("meizhou"), project.path("another"))
        project.edit("another/facts.csv", "municipal.cases", "value", "439")
        project.edit("another/facts.csv", "municipal.cases", "exact", "439件")
        project.edit("another/facts.csv", "municipal.cases", "translation", "439 cases")
        folder = site("old", keys=("municipal.permit_share", "municipal.cases"), case="another")
        site("old", keys=("municipal.cases",))
        (folder / "other.html").write_text('<b data-key="municipal.cases">439 cases</b>', encoding="utf-8")
        found = read_edition(folder)
        assert found.cases["another"].shown == {"municipal.cases"}
        assert found.cases["meizhou"].shown == {"municipal.cases"}

    def test_of_one_edition_only(self, project, site):
        old = site("old")
        shutil.copytree(project.path("meizhou"), project.path("another"))
        new = site("new", case="another")
        found = difference(read_edition(old), read_edition(new))
        assert (found.gone, found.come, found.changes) == (("meizhou",), ("another",), {})
        assert found.numbers


@pytest.fixture
def brief(project, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args: object) -> tuple[int, str, str]:
        assert Path.cwd() == project.root
        monkeypatch.setattr(sys, "argv", ["brief", "diff", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    return run


class TestCommand:
    def test_same(self, brief, site):
        assert brief(site("old"), site("new")) == (
            0,
            "meizhou: no published numbers changed\nNothing changed.\n",
            "",
        )

    def test_prose_only(self, brief, site):
        status, out, _ = brief(site("old", prose="Before."), site("new", prose="After, 3 of 4."))
        assert status == 0
        assert out.endswith("\nOnly prose changed: index.html, zh/index.html\n")

    def test_number(self, brief, project, site):
        old = site("old")
        misprint(project)
        status, out, err = brief(old, site("new"))
        assert (status, err) == (1, "")
        assert "meizhou: 1 published number changed" in out
        first = "170 cases a month (108 to 191 cases a month) → 170 cases a month (110 to 194 cases a month)"
        assert f"municipal.cases_per_month  {first}" in out
        assert "because: fact municipal.cases (Municipal items: caseload), value 433 → 439, " in out

    def test_json(self, brief, project, site):
        old = site("old")
        misprint(project)
        status, out, _ = brief(old, site("new"), "--json")
        (change,) = json.loads(out)["changes"]["meizhou"]
        assert (status, change["key"], change["what"]) == (1, "municipal.cases_per_month", "changed")
        assert change["causes"][0]["fields"]["value"] == ["433", "439"]
        assert set(change["why"]) == {"en", "zh"}

    @pytest.mark.parametrize("damage", ["gone", "no data", "no pages", "no json", "no entries", "no status"])
    def test_bad_folder(self, brief, site, damage):
        old, new = site("old"), site("new")
        ledger = old / "data/meizhou/ledger.json"
        text = ledger.read_text(encoding="utf-8")
        match damage:
            case "gone":
                shutil.rmtree(old)
            case "no data":
                shutil.rmtree(old / "data")
            case "no pages":
                (old / "index.html").unlink()
                shutil.rmtree(old / "zh")
            case "no json":
                ledger.write_text(text[:-20], encoding="utf-8")
            case "no entries":
                ledger.write_text(text.replace('"entries"', '"others"'), encoding="utf-8")
            case _:
                ledger.write_text(text.replace('"status"', '"standing"', 1), encoding="utf-8")
        status, out, err = brief(old, new)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"{old}: is not a ")

    def test_record(self, brief, project, site):
        old = site("old")
        misprint(project)
        args = (old, site("new"), "--record", "--edition", "2026-12-01")
        assert brief(*args)[2] == f"seeds/{REVISIONS}: 1 row added\n"
        (row,) = csv.DictReader(project.path(REVISIONS).read_text(encoding="utf-8").splitlines())
        assert (row["edition"], row["key"]) == ("2026-12-01", "municipal.cases_per_month")
        assert row["before_zh"] == "每月170件（每月108至191件）"
        assert "value 433 → 439" in row["why_en"]
        assert "数值 433 → 439" in row["why_zh"]
        assert brief(*args)[2] == f"seeds/{REVISIONS}: 0 rows added\n"
        assert project.problems() == (0, [])

    @pytest.mark.parametrize(
        "read_as", [{"as_of": "2024-08-06"}, {"assumptions": {"municipal_start": "2023-11-30"}}]
    )
    def test_a_reading_revises_nothing(self, brief, project, site, read_as):
        status, _, err = brief(site("old"), site("new", **read_as), "--record")
        assert (status, err) == (
            2,
            "--record: an edition of meizhou is one reading (-p or --as-of), which revises nothing\n",
        )
        assert not project.path(REVISIONS).exists()

    @pytest.mark.parametrize("day", ["2026-13-01", "today"])
    def test_record_of_no_day(self, brief, project, site, day):
        status, _, err = brief(site("old"), site("new"), "--record", "--edition", day)
        assert (status, err) == (2, f"--edition: '{day}' is not a date such as 2024-08-06\n")
        assert not project.path(REVISIONS).exists()


class TestRecord:
    def test_keeps_what_an_editor_wrote(self, project, site):
        old = site("old")
        misprint(project)
        found = difference(read_edition(old), read_edition(site("new")))
        record(project.root, found, "2026-12-01")
        project.replace(REVISIONS, "value 433 → 439", "the city recounted")
        record(project.root, found, "2026-12-01")
        record(project.root, found, "2026-12-02")
        rows = project.rows(REVISIONS)
        assert [row[0] for row in rows] == ["edition", "2026-12-01", "2026-12-02"]
        assert "the city recounted" in rows[1][6]

    def test_case_that_is_not_here(self, project, site):
        old = site("old")
        misprint(project)
        found = difference(read_edition(old), read_edition(site("new")))
        with pytest.raises(UnusableError, match="seeds/meizhou: there is no such case here"):
            record(project.root / "zh", found, "2026-12-01")

    def test_number_that_only_appears_is_no_revision(self, project, site):
        old = site("old", keys=SHOWN[:1])
        found = difference(read_edition(old), read_edition(site("new")))
        assert record(project.root, found, "2026-12-01") == [f"seeds/{REVISIONS}: 0 rows added"]

    def test_register_of_no_table(self, project, site):
        old = site("old")
        project.path(REVISIONS).write_text("edition,key\n", encoding="utf-8")
        shutil.copytree(old, old.with_name("new"))
        found = difference(read_edition(old), read_edition(old.with_name("new")))
        with pytest.raises(UnusableError, match="has no column before_en, "):
            record(project.root, found, "2026-12-01")


WHY = "fact b (B) value 1 → 2"
"""A reason as the recorder writes it."""


class TestPage:
    def page(self, project, lang: str = "en") -> str:
        case = load_case("meizhou", root=project.root)
        return revisions_page(case, compute(case), lang)

    def test_first_edition(self, project):
        assert self.page(project).count("This is the first edition, and nothing has been corrected.") == 1
        assert self.page(project, "zh").count("这是首版，没有任何更正。") == 1
        assert "#" not in self.page(project).split("---")[2]

    def test_correction_and_revision(self, project):
        with project.path("meizhou/corrections.csv").open("a", encoding="utf-8") as file:
            file.write("municipal.cases,433,439,Miscount [by 2].,误计2件。,2024-09-01,a city,市政府,A,A\n")
        project.path(REVISIONS).write_text(
            "edition,key,before_en,before_zh,after_en,after_zh,why_en,why_zh\n"
            "2026-12-01,municipal.cases,433 cases,433件,439 cases,439件,Recounted.,重新统计。\n"
            "2027-01-01,gone.key,5 items,5项,,,Withdrawn.,撤回。\n",
            encoding="utf-8",
        )
        page = self.page(project)
        phrase = "[业务办理量为433件]{.phrase data-fact=municipal.cases}"
        assert f"- The source prints: [433]{{.revision}} ({phrase})" in page
        assert "- Corrected to: `municipal.cases`{.value} ([439]{.revision})" in page
        assert r"- Why: Miscount \[by 2\]\." in page
        assert r"## [2026\-12\-01]{.revision}" in page
        assert page.index("2027") < page.index("2026")
        assert "- Municipal items: caseload: [433 cases]{.revision} → [439 cases]{.revision}. " in page
        assert r"[gone\.key]{.revision}: [5 items]{.revision} → not published. " in page
        assert "- 原文所载：[433]{.revision}（" in self.page(project, "zh")

    def test_is_written_in_both_editions_and_is_no_page_of_ours(self, project, case, ledger):
        write_pages(project.root, case, ledger)
        pages = [path.relative_to(project.root).as_posix() for path in project.root.rglob("*.qmd")]
        assert {"revisions/meizhou.qmd", "zh/revisions/meizhou.qmd"} <= set(pages)
        assert not [page for page in written_pages(project.root) if "revisions" in page.name]

    def test_lint_knows_the_registers(self, project):
        with project.path("meizhou/corrections.csv").open("a", encoding="utf-8") as file:
            file.write("municipal.cases,433,439,Miscounted by 6.,误计6件。,2024-09-01,the city,市政府,A,A\n")
        project.path(REVISIONS).write_text(
            "edition,key,before_en,before_zh,after_en,after_zh,why_en,why_zh\n"
            f"2026-12-01,a,1,1,2,2,Recounted: 6 more.,重新统计。\n2026-12-01,b,1,1,2,2,{WHY},数值1 → 2\n",
            encoding="utf-8",
        )
        work = project.root / ".brief/meizhou"
        work.mkdir(parents=True)
        (work / "ledger.json").write_text('{"entries": {}}', encoding="utf-8")
        for name in ("published", "claims", "grades"):
            (work / f"{name}.json").write_text("{}", encoding="utf-8")
        known = Known.of(project.root, "meizhou")
        texts = ("439", "the city", "436", "Miscounted by 6.", "Recounted: 6 more.", WHY)
        complaints = [known.complaint("revision", {}, text, "en") for text in texts]
        assert complaints == ["", "", *["is not in a register of the case"] * 3, ""]
