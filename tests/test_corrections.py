"""Corrections of what a source prints wrongly: from the register to the ledger, its readers, the bundle."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import astuple

import pytest

from analysis import ledger as compute
from analysis import load_case
from analysis.explain import explain
from analysis.forensics import checks
from analysis.publish import appendix, crate
from analysis.publish.bundle import bundle_files, write_bundle
from analysis.publish.notebook import Study
from analysis.publish.open_formats import write_formats
from analysis.publish.verifier import check, manifest

CORRECTIONS, FACTS = "meizhou/corrections.csv", "meizhou/facts.csv"
HEADER = "fact,expect,value,why_en,why_zh,since,reported_to_en,reported_to_zh,basis_en,basis_zh"
CASES = {
    "fact": "municipal.cases",
    "expect": "433",
    "value": "435",
    "why_en": "The annex counts two more.",
    "why_zh": "附件多计两件。",
    "since": "2024-09-01",
    "reported_to_en": "the city",
    "reported_to_zh": "市政府",
    "basis_en": "A",
    "basis_zh": "A",
}


@pytest.fixture
def correct(project):
    """Write the register: a row for each correction, given by what differs from that of the cases."""

    def write(*corrections: dict[str, str]) -> None:
        out = io.StringIO()
        writer = csv.DictWriter(out, HEADER.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**CASES, **each} for each in corrections)
        project.path(CORRECTIONS).write_text(out.getvalue(), encoding="utf-8")

    return write


@pytest.fixture
def corrected(project, correct):
    """The case with the cases corrected, as read by some settings, and its ledger."""

    def read(correction: dict[str, str] | None = None, **read_as: object):  # noqa: ANN202
        correct(correction or {})
        case = load_case("meizhou", root=project.root, **read_as)
        return case, compute(case)

    return read


class TestRegister:
    def test_of_the_case_is_empty(self, case, ledger):
        assert case.corrections.is_empty()
        assert {entry.key for entry in ledger.entries.values() if entry.corrected} == set()

    @pytest.mark.parametrize("content", [None, HEADER, f"{HEADER}\n", f"\ufeff{HEADER}\r\n"])
    def test_may_be_absent_or_a_header(self, project, ledger, content):
        project.path(CORRECTIONS).unlink()
        if content:
            project.path(CORRECTIONS).write_text(content, encoding="utf-8", newline="")
        assert compute(load_case("meizhou", root=project.root)).entries == ledger.entries

    @pytest.mark.parametrize(
        ("correction", "column", "message"),
        [
            (
                {"fact": "municipal.case"},
                "fact",
                "there is no fact 'municipal.case'; nearest: municipal.cases",
            ),
            ({"fact": "instrument.callbacks"}, "fact", "there is no fact 'instrument.callbacks'"),
            ({"expect": "434"}, "expect", "the source now says 433: remove this correction"),
            ({"expect": "4,33"}, "expect", "the source now says 433: remove this correction"),
            ({"value": "433"}, "value", "'433' is what the source prints; expected another value"),
            ({"value": "many"}, "value", "'many' is not a figure such as 1458, 77.54, 2.65万, over 400"),
            ({"value": "435.5"}, "value", "'435.5' is not a whole number, which its unit 'case' asks for"),
            (
                {"fact": "provincial.time_cut", "expect": "77.54", "value": "177.54"},
                "value",
                "'177.54' lies outside the indicator's bounds 0 to 100",
            ),
            (
                {"fact": "municipal.decided_on", "expect": "2023-11-30", "value": "2023-11-31"},
                "value",
                "'2023-11-31' is not a date of the calendar",
            ),
            ({"since": "2024-02-30"}, "since", "'2024-02-30' is not a date of the calendar"),
            ({"since": "1 September"}, "since", "'1 September' expected a date such as 2024-08-06"),
            ({"why_zh": ""}, "why_zh", "is empty; expected a value"),
            ({"why_en": " "}, "why_en", "is empty; expected a value"),
            ({"reported_to_zh": ""}, "reported_to_zh", "is empty; expected a value"),
            (
                {"why_zh": "附件多计3件。"},
                "why_zh",
                "'附件多计3件。' does not hold the numbers of 'The annex",
            ),
            ({"basis_en": "Z", "basis_zh": "Z"}, "basis_en, basis_zh", "there is no source 'Z'"),
            ({"basis_zh": "附件"}, "basis_en, basis_zh", "expected the same source in both"),
        ],
    )
    def test_wrong_entry_is_named(self, project, correct, correction, column, message):
        correct(correction)
        status, found = project.problems()
        assert status == 1
        assert found[0].startswith(f"seeds/{CORRECTIONS}, row 2, column {column}: {message}")
        assert len(found) == 1

    def test_fails_once_the_source_is_fixed(self, project, correct):
        correct({})
        project.edit(FACTS, "municipal.cases", "value", "435")
        project.edit(FACTS, "municipal.cases", "exact", "业务办理量为435件")
        project.edit(FACTS, "municipal.cases", "translation", "a caseload of 435 cases")
        message = "the source now says 435: remove this correction"
        assert project.problems() == (1, [f"seeds/{CORRECTIONS}, row 2, column expect: {message}"])

    def test_one_correction_a_fact(self, project, correct):
        correct({}, {"value": "436"})
        assert {found.split(": ", 1)[1] for found in project.problems()[1]} == {
            "'municipal.cases' stands twice in the file; each row needs one of its own"
        }

    def test_fact_with_a_finding_of_its_own_is_not_said_to_be_missing(self, project, correct):
        correct({})
        project.edit(FACTS, "municipal.cases", "paragraph", "ten")
        (found,) = project.problems()[1]
        assert found.startswith(f"seeds/{FACTS}, ")

    def test_value_that_a_formula_cannot_take(self, project, correct):
        correct({"value": "0"})
        assert any("seeds/quantities.csv" in found for found in project.problems()[1])

    def test_unknown_column(self, project):
        project.path(CORRECTIONS).write_text(f"{HEADER},page\n", encoding="utf-8")
        assert project.problems()[0] == 2


class TestLedger:
    def test_computes_with_the_corrected_value(self, corrected):
        _, ledger = corrected()
        entry = ledger["municipal.cases"]
        assert (entry.low, entry.value, entry.high) == (435.0, 435.0, 435.0)
        assert entry.text["zh"]["value"] == "435件"
        # over 122 to 69 days of 30.4375 a month
        found = ledger["municipal.cases_per_month"]
        assert (found.low, found.high) == (pytest.approx(108.53, abs=0.01), pytest.approx(191.89, abs=0.01))

    def test_no_source_says_it(self, corrected):
        _, ledger = corrected()
        entry = ledger["municipal.cases"]
        assert entry.status == "derived"
        assert entry.corrected == {
            "expect": "433",
            "value": "435",
            "since": "2024-09-01",
            "reported_to": {"en": "the city", "zh": "市政府"},
            "basis": {"en": "A", "zh": "A"},
            "why": {"en": "The annex counts two more.", "zh": "附件多计两件。"},
        }

    def test_reader_still_sees_the_phrase(self, corrected):
        case, ledger = corrected()
        found = explain(case, ledger, "municipal.cases")
        assert (found["value"], found["phrase"]) == ("435 cases", "业务办理量为433件")
        assert found["corrected"] == (
            "the source prints 433; corrected to 435 since 2024-09-01, because: The annex counts two more. "
            "Basis: A. Reported to: the city."
        )
        assert explain(case, ledger, "municipal.cases", "zh")["corrected"] == (
            "原文所载为433；自2024-09-01起更正为435，理由：附件多计两件。依据：A。已告知：市政府。"
        )
        assert "corrected" not in explain(case, ledger, "provincial.cases")

    def test_other_digits_are_another_interval(self, corrected):
        _, ledger = corrected({"fact": "provincial.trips_cut", "expect": "1.3", "value": "1.30"})
        entry = ledger["provincial.trips_cut"]
        assert (entry.low, entry.high, entry.text["en"]["bare"]) == (1.295, 1.305, "1.30")

    def test_date_and_its_year(self, corrected):
        _, ledger = corrected({"fact": "pilot.decided_on", "expect": "XXXX-04-08", "value": "2024-04-09"})
        entry = ledger["pilot.decided_on"]
        assert (entry.text["en"]["value"], entry.inputs, entry.status) == ("9 April 2024", (), "derived")

    def test_checks_of_printed_figures_take_it_too(self, corrected):
        # 77.5 to one digit: some k of 1458 rounds to it, where none does to 77.54
        before = {"check": "GRIM", "about": "provincial.time_cut"}
        case, ledger = corrected({"fact": "provincial.time_cut", "expect": "77.54", "value": "77.5"})
        assert checks(case, ledger).filter(**before)["result"].to_list() == ["consistent"]

    @pytest.mark.parametrize(("as_of", "value"), [("2024-08-31", 433.0), ("2024-09-01", 435.0)])
    def test_is_not_known_before_it_was_made(self, corrected, as_of, value):
        _, ledger = corrected(as_of=as_of)
        assert ledger["municipal.cases"].value == value
        assert bool(ledger["municipal.cases"].corrected) == (value == 435)

    def test_of_a_fact_that_no_source_tells_yet(self, corrected):
        _, ledger = corrected({"since": "2024-01-01"}, as_of="2024-04-12")
        entry = ledger["municipal.cases"]
        assert (entry.status, entry.corrected) == ("not identified", {})


class TestAppendix:
    """The tables of the brief's own evidence appendix."""

    def rows(self, frames, lang: str, name: str) -> list[tuple[str, ...]]:
        return [row for row in frames[lang].rows() if any(name in cell for cell in row)]

    @pytest.mark.parametrize(
        ("lang", "value"),
        [
            ("en", "`municipal.cases`{.value} (corrected; printed: [433]{.revision})"),
            ("zh", "`municipal.cases`{.value}（已更正；原文所载：[433]{.revision}）"),
        ],
    )
    def test_corrected_value_with_the_printed_one(self, corrected, lang, value):
        (row,) = self.rows(appendix.facts(Study(*corrected())), lang, "#e-municipal.cases}")
        assert row[1] == value
        assert "[业务办理量为433件]{.phrase" in row[2]

    @pytest.mark.parametrize("since", ["2024-09-01", "2024-09-02"])
    def test_value_that_is_not_corrected_yet(self, corrected, since):
        study = Study(*corrected({"since": since}, as_of="2024-09-01"))
        (row,) = self.rows(appendix.facts(study), "en", "#e-municipal.cases}")
        assert ("{.revision}" in row[1]) is (since == "2024-09-01")

    @pytest.mark.parametrize(
        ("correction", "words"),
        [
            # 77.54 of 1458: no k/1458 rounds to it
            (
                {},
                (
                    "excluded: cannot be a share of `provincial.cases`{.value}",
                    "已排除：不可能是`provincial.cases`{.value}中的占比",
                ),
            ),
            # 77.5 of 1458: with one decimal any figure is near enough to some k/1458, as 1458 > 1000
            (
                {"fact": "provincial.time_cut", "expect": "77.54", "value": "77.5"},
                (
                    "possible, but no figure with these decimals could fail",
                    "可能，但此精度下任何数值都能通过",
                ),
            ),
            # 77.57 of 1458: 1131/1458 is 77.572
            (
                {"fact": "provincial.time_cut", "expect": "77.54", "value": "77.57"},
                ("possible", "可能"),
            ),
            # 77.54 of 1069: 828/1069 is 77.456, 829/1069 is 77.549
            (
                {"fact": "provincial.cases", "expect": "1458", "value": "1069"},
                (
                    "excluded: cannot be a share of `provincial.cases`{.value}",
                    "已排除：不可能是`provincial.cases`{.value}中的占比",
                ),
            ),
        ],
    )
    def test_power_of_grim_is_that_of_the_value_taken(self, corrected, correction, words):
        frames = appendix.checks(Study(*corrected(correction)))
        for lang, said in zip(("en", "zh"), words, strict=True):
            found = self.rows(frames, lang, "`provincial.time_cut`")
            (row,) = [row for row in found if "GRIM" in row[0] or "粒度" in row[0]]
            assert row[3] == said


class TestBundle:
    @pytest.fixture
    def files(self, project, corrected):
        return bundle_files(project.root, *corrected())

    def forged(self, files, name: str, old: str, new: str) -> dict[str, bytes]:
        """The bundle with a text changed, and a manifest that says so."""
        text = files[name].decode()
        assert old in text
        changed = {**files, name: text.replace(old, new, 1).encode()}
        del changed["manifest.json"]
        return {**changed, "manifest.json": json.dumps(manifest(changed)).encode()}

    def test_verifies_and_says_so(self, project, corrected, tmp_path):
        path = write_bundle(project.root, *corrected(), tmp_path / "out" / "evidence.zip")
        with zipfile.ZipFile(path) as bundle:
            bundle.extractall(tmp_path / "out")
        command = [sys.executable, "-I", "-S", "-W", "error", "verify.py"]
        done = subprocess.run(
            command, cwd=path.parent, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert done.returncode == 1  # the zip beside it is not in the manifest
        path.unlink()
        done = subprocess.run(
            command, cwd=path.parent, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "Corrected, as corrections.csv says: municipal.cases." in done.stdout
        assert "40 figures stand in their phrases." in done.stdout

    @pytest.mark.parametrize("read_as", [{"as_of": "2024-08-31"}, {"as_of": "2024-04-12"}])
    def test_verifies_under_any_reading(self, project, corrected, read_as):
        assert check(bundle_files(project.root, *corrected(**read_as)), {}).problems == []

    @pytest.mark.parametrize(
        ("name", "old", "new", "problem"),
        [
            ("corrections.csv", ",433,435,", ",433,436,", "ledger.json, municipal.cases: value is 435.0, "),
            ("corrections.csv", ",433,435,", ",434,435,", "corrections.csv, municipal.cases: no such fact "),
            ("corrections.csv", "municipal.cases,", "x.cases,", "corrections.csv, x.cases: no such fact "),
            ("corrections.csv", "The annex", "An annex", "ledger.json, municipal.cases: corrected is "),
            ("corrections.csv", ",the city,", ",nobody,", "ledger.json, municipal.cases: corrected is "),
            ("corrections.csv", ",435,", ",many,", "facts.csv, municipal.cases: 'many' is not a figure"),
            (
                "ledger.json",
                '"expect": "433"',
                '"expect": "431"',
                "ledger.json, municipal.cases: corrected is ",
            ),
            ("facts.csv", ",cases,433,", ",cases,435,", "does not hold the figure 435"),
        ],
    )
    def test_forgery_is_found_even_with_its_manifest(self, files, name, old, new, problem):
        problems = check(self.forged(files, name, old, new), {}).problems
        assert any(problem in found for found in problems)

    def test_any_changed_digit_is_found_even_with_every_hash(self, files):
        text, about = files["corrections.csv"].decode(), tomllib.loads(files["case.toml"].decode())
        places = [place for place, sign in enumerate(text) if sign.isdigit()]
        assert len(places) == 14  # 433, 435, 2024-09-01
        for place in places:
            digit = str((int(text[place]) + 1) % 10)
            changed = {**files, "corrections.csv": f"{text[:place]}{digit}{text[place + 1 :]}".encode()}
            del changed["manifest.json"]
            changed[crate.METADATA] = json.dumps(crate.describe(about, "", changed)).encode()
            changed["manifest.json"] = json.dumps(manifest(changed)).encode()
            problems = check(changed, {}).problems
            assert any("municipal.cases: " in found for found in problems), place

    def test_correction_taken_out_is_found(self, files):
        line = next(line for line in files["corrections.csv"].decode().splitlines() if "433" in line)
        problems = check(self.forged(files, "corrections.csv", f"{line}\n", ""), {}).problems
        assert any(found.startswith("ledger.json, municipal.cases: ") for found in problems)

    def test_change_is_found_by_its_hash(self, files):
        changed = {**files, "corrections.csv": files["corrections.csv"].replace(b"435", b"436")}
        assert (
            "corrections.csv, municipal.cases: is not what the manifest lists" in check(changed, {}).problems
        )


class TestOpenFormats:
    def test_package_is_valid_and_keeps_what_is_printed(self, corrected, tmp_path):
        write_formats(*corrected(), tmp_path)
        command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert json.loads(done.stdout)["valid"]
        rows = {
            name: list(
                csv.DictReader((tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines())
            )
            for name in ("facts", "corrections", "values")
        }
        assert [row["value"] for row in rows["facts"] if row["id"] == "municipal.cases"] == ["433"]
        assert [row["value"] for row in rows["values"] if row["key"] == "municipal.cases"] == ["435.0"]
        assert rows["corrections"] == [CASES]

    def test_correction_made_later_is_left_out(self, corrected, tmp_path):
        write_formats(*corrected(as_of="2024-08-31"), tmp_path)
        lines = (tmp_path / "corrections.csv").read_text(encoding="utf-8-sig").splitlines()
        assert lines == [HEADER]


def test_ledger_of_a_case_without_corrections_has_the_field(ledger):
    assert astuple(ledger["municipal.cases"])[-1] == {}
