"""The evidence bundle: what it holds, what the verifier in it finds, and that it needs nothing else."""

from __future__ import annotations

import ast
import csv
import hashlib
import importlib.util
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path

import chinese_calendar
import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import chinese, load_case
from analysis import ledger as compute
from analysis.publish import bundle as bundling
from analysis.publish import crate
from analysis.publish.bundle import assemble, bundle_files, write_bundle
from analysis.publish.errors import BuildError
from analysis.workdays import add_workdays

ROOT = Path(__file__).parents[2]
CODED = ("facts.csv", "measures.csv", "assumptions.csv", "quantities.csv", "units.csv", "indicators.csv")
MUTABLE = ("ledger.json", *CODED, "calendar.csv", "case.toml", "manifest.json", "ro-crate-metadata.json")
ENDS = ("low", "value", "high")
DESCRIBED = tuple(name for name in crate.CONTENTS if name != "manifest.json")


@pytest.fixture(scope="module")
def files(case, ledger):
    return bundle_files(ROOT, case, ledger)


@pytest.fixture(scope="module")
def verify(tmp_path_factory):
    """The verifier as it is handed out, imported from its one file."""
    path = tmp_path_factory.mktemp("verify") / "handed_out.py"
    path.write_text(assemble(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[path.stem]


@pytest.fixture
def unpacked(tmp_path, case, ledger):
    path = write_bundle(ROOT, case, ledger, tmp_path / "data" / "evidence.zip")
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(tmp_path / "out")
    return tmp_path / "out"


def run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Start the verifier of a folder as anyone would, with nothing installed."""
    command = [sys.executable, "-I", "-S", "-W", "error", "verify.py", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")
    return done.returncode, (done.stdout + done.stderr).splitlines()


def forged(verify, files, name: str, content: str) -> dict[str, bytes]:
    """The bundle with another content of a file, and every hash and size of it made to agree."""
    changed = {**files, name: content.encode()}
    if name != crate.METADATA:
        described = json.loads(files[crate.METADATA])
        for part in described["@graph"]:
            if part["@id"] == name:
                part |= {"contentSize": str(len(changed[name])), "sha256": verify.sha256(changed[name])}
        changed[crate.METADATA] = json.dumps(described).encode()
    return relisted(verify, changed)


def relisted(verify, files) -> dict[str, bytes]:
    """The bundle with a manifest of its files as they are."""
    listed = {name: content for name, content in files.items() if name != "manifest.json"}
    return {**listed, "manifest.json": json.dumps(verify.manifest(listed)).encode()}


def with_cell(files, name: str, key: str, column: str, value: str) -> str:
    """The text of a table with one cell changed."""
    header, *rows = csv.reader(io.StringIO(files[name].decode(), newline=""))
    for row in rows:
        if row[0] == key:
            row[header.index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def with_entry(files, entry: str, **fields: object) -> str:
    """The ledger with some fields of an entry changed."""
    ledger = json.loads(files["ledger.json"])
    ledger["entries"][entry] |= fields
    return dumped(ledger)


def dumped(ledger) -> str:
    """A ledger as it is written."""
    return json.dumps(ledger, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def with_text(files, key: str, lang: str, form: str, text: str) -> str:
    texts = json.loads(files["ledger.json"])["entries"][key]["text"]
    return with_entry(files, key, text={**texts, lang: {**texts[lang], form: text}})


class TestBundle:
    def test_passes_in_an_empty_environment(self, unpacked):
        status, lines = run(unpacked)
        assert (status, lines[-1]) == (0, "Everything agrees.")
        assert "40 figures stand in their phrases." in lines

    def test_as_it_was_downloaded(self, unpacked):
        status, lines = run(unpacked, "../data/evidence.zip")
        assert (status, lines[-1]) == (0, "Everything agrees.")

    def test_same_evidence_gives_the_same_bytes(self, tmp_path, case, ledger):
        first = write_bundle(ROOT, case, ledger, tmp_path / "a.zip").read_bytes()
        assert write_bundle(ROOT, case, ledger, tmp_path / "b.zip").read_bytes() == first

    def test_rows_are_those_of_the_seeds(self, files):
        for name in (*CODED, "checks.csv"):
            paths = [path for path in (ROOT / "seeds" / name, ROOT / "seeds/meizhou" / name) if path.exists()]
            seeds = [list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines())) for path in paths]
            rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
            assert rows == seeds[0] + [row for seed in seeds[1:] for row in seed[1:]]

    @pytest.mark.parametrize(
        "read_as",
        [
            {"as_of": "2024-04-12"},  # without source A, most is not identified
            {"as_of": "2023-01-01"},  # before every source
            {"assumptions": {"provincial_scope": "all_items"}},
            {"assumptions": {"municipal_start": "2023-11-30", "unstated_year": 2024}},
            {"assumptions": {"provincial_items": 120}},
        ],
    )
    def test_passes_under_any_reading(self, verify, read_as):
        case = load_case("meizhou", root=ROOT, **read_as)
        assert verify.check(bundle_files(ROOT, case, compute(case)), {}).problems == []

    def test_passes_with_an_open_key_in_a_branch_not_taken(self, verify, project):
        text = 'municipal.cases / 36 if provincial_scope == "september_batch" else provincial.cases_per_item'
        project.edit("quantities.csv", "municipal.cases_per_item", "expression", text)
        project.edit("indicators.csv", "cases", "label_en", "GDP by case")
        case = load_case("meizhou", root=project.root)
        files = bundle_files(project.root, case, compute(case))
        assert verify.check(files, {}).problems == []
        changed = with_entry(files, "municipal.cases_per_item", status="not identified")
        problems = verify.check(forged(verify, files, "ledger.json", changed), {}).problems
        message = "municipal.cases_per_item: status is 'not identified', recomputed 'bounded'"
        assert f"ledger.json, {message}" in problems

    def test_that_would_not_pass_is_not_written(self, tmp_path, case, ledger, monkeypatch):
        monkeypatch.setattr(bundling, "calendar", lambda _: bundling.pl.DataFrame({"date": ["2024-01-01"]}))
        with pytest.raises(BuildError, match=r"e\.zip would not pass its own check: .*there is no 'source'"):
            write_bundle(ROOT, case, ledger, tmp_path / "e.zip")
        assert not (tmp_path / "e.zip").exists()


class TestAssemble:
    def test_needs_the_standard_library_only(self):
        nodes = [
            node for node in ast.walk(ast.parse(assemble())) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == set()

    def test_core_is_unchanged(self):
        for module, first, last in (
            ("expr.py", "class Function", "def with_numbers"),
            ("intervals.py", "class Range", "def _log"),
        ):
            core = (ROOT / "analysis" / module).read_text(encoding="utf-8")
            assert core[core.index(first) : core.index(last)] in assemble()

    def test_refuses_a_library(self, tmp_path, monkeypatch):
        (tmp_path / "a.py").write_text('"""A."""\nimport polars as pl\n')
        monkeypatch.setattr(bundling, "PACKAGE", tmp_path)
        monkeypatch.setattr(bundling, "PARTS", ("a.py",))
        with pytest.raises(BuildError, match=r"analysis/a\.py, line 2: the verifier cannot import polars"):
            assemble()

    def test_refuses_two_meanings_of_a_name(self, tmp_path, monkeypatch):
        (tmp_path / "a.py").write_text('"""A."""\nSAME = 1\ndef other(): return 1\n')
        (tmp_path / "b.py").write_text('"""B."""\nSAME = 1\ndef other(): return 2\n')
        monkeypatch.setattr(bundling, "PACKAGE", tmp_path)
        monkeypatch.setattr(bundling, "PARTS", ("a.py", "b.py"))
        with pytest.raises(BuildError, match=r"one 'other'; analysis/a\.py and analysis/b\.py differ"):
            assemble()


class TestStandins:
    @given(st.integers(0, 99_999_999))
    def test_whole_numerals_are_those_of_the_library(self, verify, number):
        assert verify.with_digits(f"共{cn2an.an2cn(number)}件") == f"共{number}件"

    @pytest.mark.parametrize(
        ("phrase", "found"),
        [
            ("二〇二三年十一月三十日", "2023年11月30日"),
            ("二万六千五百个", "26500个"),
            ("两个部门", "2个部门"),
            ("三成", "3成"),
            ("二点六零", "2.60"),
            ("2.65万个", "2.65万个"),
            ("百千万工程", "百千万工程"),
        ],
    )
    def test_numerals(self, verify, phrase, found):
        assert verify.with_digits(phrase) == found

    def test_figures_in_the_phrases_of_the_case(self, verify, case):
        for phrase in case.facts["exact"]:
            figures = [
                {found.group() for found in verify.NUMBER.finditer(read(phrase))}
                for read in (chinese.with_digits, verify.with_digits)
            ]
            assert figures[0] == figures[1]

    @settings(max_examples=40)
    @given(st.dates(date(2023, 1, 1), date(2025, 6, 30)), st.integers(0, 60))
    def test_working_days_are_those_of_the_library(self, verify, files, start, days):
        verify.check(files, {})
        assert verify.add_workdays(start, days) == add_workdays(start, days)

    def test_calendar_is_every_exception_from_the_week(self, files):
        rows = {
            row["date"]: row["working"] for row in csv.DictReader(io.StringIO(files["calendar.csv"].decode()))
        }
        day = date(2024, 1, 1)
        while day.year == 2024:
            working = rows.get(day.isoformat(), "yes" if day.weekday() < 5 else "no")
            assert (working == "yes") is chinese_calendar.is_workday(day)
            day += timedelta(days=1)

    def test_beyond_the_calendar(self, verify, files):
        verify.check(files, {})
        with pytest.raises(ValueError, match=r"calendar\.csv does not reach 2030-01-02"):
            verify.add_workdays(date(2030, 1, 1), 1)


@st.composite
def changes(draw, files, names):
    """A file, one of its digits, and another digit in its place."""
    name = draw(st.sampled_from(names))
    text = files[name].decode()
    place = draw(st.sampled_from([place for place, sign in enumerate(text) if sign in "0123456789"]))
    digit = draw(st.sampled_from([digit for digit in "0123456789" if digit != text[place]]))
    return name, text[:place] + digit + text[place + 1 :]


def moved_between(verify, name: str, before: bytes, after: bytes) -> set[str]:
    """The rows, entries or sources that differ; none where the file cannot be read any more."""
    try:
        parts = [verify.parts_of(name, content) for content in (before, after)]
    except ValueError:  # 09.5 is no number of JSON, and a name may be no name of TOML
        return set()
    return {key for part in parts for key in part if parts[0].get(key) != parts[1].get(key)}


class TestChangedDigit:
    @settings(max_examples=300)
    @given(data=st.data())
    def test_anywhere_is_found_and_named(self, verify, files, data):
        name, text = data.draw(changes(files, MUTABLE))
        problems = list(verify.integrity({**files, name: text.encode()}))
        moved = moved_between(verify, name, files[name], text.encode())
        assert all(any(problem.startswith(f"{name}, {key}: ") for problem in problems) for key in moved)
        assert problems


class TestForged:
    """Changes that the manifest was made to agree with."""

    @pytest.mark.parametrize(
        ("cell", "problem"),
        [
            (
                ("facts.csv", "provincial.cases", "value", "1459"),
                "facts.csv, provincial.cases: '业务办理量为1458件' does not hold the figure 1459",
            ),
            (
                ("facts.csv", "provincial.cases", "exact", "业务办理量为1468件"),
                "facts.csv, provincial.cases: '业务办理量为1468件' does not hold the figure 1458",
            ),
            (
                ("facts.csv", "provincial.requested_on", "value", "2023-02-30"),
                "facts.csv, provincial.requested_on: '2023-02-30' is not a date of the calendar",
            ),
            (
                ("assumptions.csv", "speed_difference", "low", "25"),
                "ledger.json, speed_difference: low is 20.0, recomputed 25.0",
            ),
            (
                ("assumptions.csv", "cut_unit", "central", "differs"),
                "ledger.json, gap.time_cut: status is 'bounded', recomputed 'not identified'",
            ),
            (
                # 100 * 25 / 36 is 69.4; 100 * 25 / 37 is not
                ("quantities.csv", "municipal.permit_share", "expression", "101 * municipal.item_permits"),
                "ledger.json, municipal.permit_share: value is 69.44444444444444, recomputed 2525.0",
            ),
            (
                ("indicators.csv", "satisfaction", "upper", "101"),
                "ledger.json, provincial.satisfaction: high is 100.0, recomputed 100.5",
            ),
            (
                ("calendar.csv", "2024-01-01", "date", "2024-01-30"),
                "ledger.json, municipal_start: value is 738897.0, recomputed 738896.0",
            ),
            (
                ("calendar.csv", "2024-01-01", "working", "yes"),
                "calendar.csv, 2024-01-01: is no exception from the week",
            ),
        ],
    )
    def test_table(self, verify, files, cell, problem):
        changed = forged(verify, files, cell[0], with_cell(files, *cell))
        assert problem in verify.check(changed, {}).problems

    def test_fact_together_with_its_phrase(self, verify, files):
        text = with_cell(files, "facts.csv", "municipal.cases", "value", "434")
        text = with_cell(
            {"facts.csv": text.encode()}, "facts.csv", "municipal.cases", "exact", "业务办理量为434件"
        )
        problems = verify.check(forged(verify, files, "facts.csv", text), {}).problems
        assert "ledger.json, municipal.cases: value is 433.0, recomputed 434.0" in problems
        assert any(problem.startswith("ledger.json, gap.caseload_ratio: value is") for problem in problems)

    @pytest.mark.parametrize(
        ("key", "fields", "problem"),
        [
            ("gap.time_cut", {"status": "derived"}, "status is 'derived', recomputed 'bounded'"),
            ("municipal.permit_share", {"status": "reported"}, "status is 'reported', recomputed 'derived'"),
            ("pilot.decided_on", {"status": "reported"}, "status is 'reported', recomputed 'derived'"),
            ("provincial_items", {"status": "bounded"}, "status is 'bounded', recomputed 'not identified'"),
            ("provincial.cases_per_item", {"open_key": ""}, "open_key is '', recomputed 'provincial_items'"),
            ("cut_unit", {"value": "differs"}, "value is 'differs', recomputed 'same'"),
            ("area.education", {"value": 0.0}, "value is 0.0, recomputed 1.0"),
            ("municipal.powers", {"formula": "municipal.items"}, "formula is 'municipal.items', recomputed"),
            ("municipal.powers", {"inputs": []}, "inputs is [], recomputed ['municipal.item_permits',"),
            ("municipal.powers", {"unit": "case"}, "unit is 'case', recomputed 'item'"),
            ("provincial.cases", {"label": {"en": "x", "zh": "x"}}, "label is {'en': 'x', 'zh': 'x'}"),
            ("provincial.cases", {"key": "municipal.cases"}, "key is 'municipal.cases', recomputed"),
        ],
    )
    def test_entry(self, verify, files, key, fields, problem):
        changed = forged(verify, files, "ledger.json", with_entry(files, key, **fields))
        assert any(
            found.startswith(f"ledger.json, {key}: {problem}") for found in verify.check(changed, {}).problems
        )

    def test_status_is_never_stronger_than_the_weakest_input(self, verify, files):
        ledger = json.loads(files["ledger.json"])
        ledger["entries"]["provincial.cases"]["status"] = "bounded"
        problems = verify.check(forged(verify, files, "ledger.json", dumped(ledger)), {}).problems
        assert "ledger.json, gap.caseload_ratio: status is 'derived', recomputed 'bounded'" in problems

    @pytest.mark.parametrize(
        "shown",
        [
            ("provincial.cases", "en", "value", "1,459 cases"),
            ("provincial.cases", "en", "value", "1,458 trips"),
            ("provincial.cases", "zh", "bare", "1457"),
            ("province.villages", "zh", "value", "2.66万个"),
            ("province.villages", "en", "interval", "26,450 to 26,560"),
            ("gap.time_cut", "en", "value", "3.16 percentage points"),
            ("gap.time_cut", "zh", "interval", "3.05至3.08个百分点"),
            ("pilot.insurance_levels", "en", "words", "five"),
            ("pilot.insurance_levels", "zh", "words", "五"),
            ("provincial.granted_on", "en", "value", "October 2023"),
            ("provincial.granted_on", "zh", "interval", "2023年9月1日至2023年9月31日"),
            ("municipal.decided_on", "en", "bare", "30 November 2024"),
            ("unstated_year", "zh", "value", "2025年"),
            ("provincial.cases_per_item", "en", "value", "12 cases an item"),
            ("cut_unit", "en", "value", "different"),
            ("area.education", "zh", "value", "无"),
        ],
    )
    def test_text(self, verify, files, shown):
        changed = forged(verify, files, "ledger.json", with_text(files, *shown))
        problems = verify.check(changed, {}).problems
        assert any(found.startswith(f"ledger.json, {shown[0]}: text.{shown[1]}.") for found in problems)

    def test_entry_left_out_or_made_up(self, verify, files):
        ledger = json.loads(files["ledger.json"])
        ledger["entries"]["made.up"] = ledger["entries"].pop("gap.caseload_ratio")
        problems = verify.check(forged(verify, files, "ledger.json", dumped(ledger)), {}).problems
        assert problems == [
            "ledger.json, gap.caseload_ratio: is missing",
            "ledger.json, made.up: rests on nothing",
        ]

    def test_row_that_stands_twice(self, verify, files):
        text = files["facts.csv"].decode()
        twice = text + text.splitlines()[1] + "\n"
        problems = verify.check(forged(verify, files, "facts.csv", twice), {}).problems
        assert problems == ["facts.csv, provincial.items_requested: stands twice"]

    def test_circle(self, verify, files):
        text = with_cell(files, "quantities.csv", "municipal.powers", "expression", "municipal.powers + 1")
        (problem,) = verify.check(forged(verify, files, "quantities.csv", text), {}).problems
        assert "municipal.powers" in problem

    def test_expression_is_never_run(self, verify, files):
        text = with_cell(
            files, "quantities.csv", "municipal.powers", "expression", "__import__('os').getpid()"
        )
        (problem,) = verify.check(forged(verify, files, "quantities.csv", text), {}).problems
        assert "is not part of the expression language" in problem


SELECTORS = (("facts.csv", "id"), ("measures.csv", "id"))


@pytest.fixture(scope="module")
def archived(verify, files, tmp_path_factory):
    """A bundle whose source A is a text made of its phrases, and the text's path."""
    lines = [f"第{place}段。" for place in range(1, 23)]
    for name, _ in SELECTORS:
        for row in verify.rows_of(files[name]):
            selector = row["prefix"] + row["exact"] + row["suffix"]
            if row["source"] == "A" and selector not in lines[int(row["paragraph"]) - 1]:
                line = lines[int(row["paragraph"]) - 1]
                lines[int(row["paragraph"]) - 1] = (
                    f"{line}／{selector}" if row["prefix"] else f"{selector}／{line}"
                )
    text = "\n\n".join(lines)
    path = tmp_path_factory.mktemp("archive") / "a.txt"
    path.write_bytes(text.encode())
    digests = ",\n".join(f'"{hashlib.sha256(line.encode()).hexdigest()}"' for line in lines)
    about = files["case.toml"].decode()
    about = re.sub(
        r'sha256 = "\w+"', f'sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"', about, count=1
    )
    about = re.sub(r"paragraphs = \[[^\]]*\]", f"paragraphs = [{digests}]", about, count=1)
    files = {**files, "case.toml": about.encode()}
    described = crate.describe(tomllib.loads(about), "", {name: files[name] for name in DESCRIBED})
    return relisted(verify, {**files, crate.METADATA: json.dumps(described).encode()}), path


class TestRedone:
    """What only other files of the bundle, or both languages of a row, give away."""

    @pytest.mark.parametrize(
        ("cell", "problem"),
        [
            (
                ("facts.csv", "municipal.cases", "translation", "a caseload of 434 cases"),
                (
                    "facts.csv, municipal.cases: translation "
                    "'a caseload of 434 cases' does not hold the numbers of '业务办理量为433件'"
                ),
            ),
            (
                ("facts.csv", "municipal.items_announced", "translation", "thirty-seven powers"),
                (
                    "facts.csv, municipal.items_announced: translation "
                    "'thirty-seven powers' does not hold the numbers of '36项市级行政职权下放或者委托'"
                ),
            ),
            (
                ("measures.csv", "area.education", "translation", "2 fields of education"),
                (
                    "measures.csv, area.education: translation "
                    "'2 fields of education' does not hold the numbers of '教育'"
                ),
            ),
            (
                ("assumptions.csv", "ratings", "why_en", "Of 30 ratings."),
                (
                    "assumptions.csv, ratings: why_zh "
                    "'示例：各来源均未公布评价数。' does not hold the numbers of 'Of 30 ratings.'"
                ),
            ),
            (
                ("facts.csv", "municipal.departments", "prefix", "向5个"),
                "case.toml, source B: its phrases are not those recorded",
            ),
            (("units.csv", "case", "digits", "1"), "units.csv, case: digits expected 0 for a count"),
            (
                ("indicators.csv", "cases", "lower", "1"),
                "indicators.csv, cases: lower, upper expected the bounds of case: 0 to none",
            ),
            (
                ("units.csv", "percent", "digits", "2"),
                "ledger.json, municipal.permit_share: text.en.bare is '69.4', expected 2 decimals",
            ),
            (
                ("calendar.csv", "2023-01-02", "date", "2023-04-20"),
                "calendar.csv: is not in the order of its days",
            ),
            (
                ("calendar.csv", "2024-01-01", "source", "x 1.0"),
                "calendar.csv, 2024-01-01: has another source than the rest",
            ),
        ],
    )
    def test_row(self, verify, files, cell, problem):
        changed = forged(verify, files, cell[0], with_cell(files, *cell))
        assert problem in verify.check(changed, {}).problems

    def test_file_whose_manifest_alone_was_redone(self, verify, files):
        text = with_cell(files, "facts.csv", "municipal.cases", "note", "Another note.")
        problems = verify.check(relisted(verify, {**files, "facts.csv": text.encode()}), {}).problems
        assert any(
            problem.startswith("ro-crate-metadata.json, facts.csv: contentSize is ") for problem in problems
        )
        assert any(
            problem.startswith("ro-crate-metadata.json, facts.csv: sha256 is ") for problem in problems
        )

    @pytest.mark.parametrize("name", ["contentSize", "sha256"])
    def test_description(self, verify, files, name):
        described = json.loads(files[crate.METADATA])
        (part,) = [part for part in described["@graph"] if part["@id"] == "units.csv"]
        old, part[name] = part[name], part[name][:-1] + str((int(part[name][-1], 16) + 1) % 10)
        (problem,) = verify.check(forged(verify, files, crate.METADATA, json.dumps(described)), {}).problems
        assert problem == f"ro-crate-metadata.json, units.csv: {name} is {part[name]!r}, not {old!r}"

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ('"facts.csv",\n   "@type"', '"fact.csv",\n   "@type"', "is not of these files and sources"),
            ("Sources are read up to 2024", "Sources are read up to 2025", "./: description is "),
            ("crate/1.2/context", "crate/1.3/context", "is not of these files and sources"),
            ('"datePublished": "2023-12-10"', '"datePublished": "2023-12-11"', "#source-B: datePublished is"),
        ],
    )
    def test_description_of_what_is_not_there(self, verify, files, old, new, problem):
        text = files[crate.METADATA].decode()
        assert text.count(old) == 1
        changed = forged(verify, files, crate.METADATA, text.replace(old, new))
        assert any(problem in found for found in verify.check(changed, {}).problems)

    def test_number_written_in_another_way(self, verify, files):
        text = files["ledger.json"].decode().replace('"value": 1458.0', '"value": 1458.00', 1)
        changed = forged(verify, files, "ledger.json", text)
        assert verify.check(changed, {}).problems == ["ledger.json: is not written as its numbers are"]

    def test_another_verifier(self, verify, files):
        changed = forged(verify, files, "verify.py", files["verify.py"].decode() + "\n# 2\n")
        assert verify.check(changed, {}).problems == []
        found = verify.check(changed, {}, files["verify.py"]).problems
        assert found == ["verify.py: is not the verifier that checks it"]

    def test_another_verifier_is_found_by_a_copy(self, verify, files, unpacked):
        changed = forged(verify, files, "verify.py", files["verify.py"].decode() + "\n# 2\n")
        with zipfile.ZipFile(unpacked / "other.zip", "w") as bundle:
            for name, content in changed.items():
                bundle.writestr(name, content)
        assert run(unpacked, "other.zip") == (
            1,
            ["verify.py: is not the verifier that checks it", "Problems: 1."],
        )


RUN = re.compile(r"\d+")
HASH = re.compile(r"\b[0-9a-f]{64}\b")
ENTRY = re.compile(r'^  "([^"]+)": \{$', re.MULTILINE)
POWER = re.compile(r'"formula": "[^"]*\*\*[^"]*",.*?"value": [\d.]+$', re.DOTALL | re.MULTILINE)
DAYS = "which days are off is the State Council's word; a count that ends on another day is found"
UNKNOWN = {
    "case.toml": (re.compile(r"^#.*$", re.MULTILINE), "comments"),
    "calendar.csv": (re.compile(r"^\d{4}-\d\d-\d\d", re.MULTILINE), DAYS),
    "units.csv": (
        re.compile(r"(?<=measured,)\d|(?<=^share,measured,2,0,)\d", re.MULTILINE),
        "the most decimals that a value may have, or the end of a unit, where none comes near it",
    ),
    "quantities.csv": (
        re.compile(r"(?<=,)\d(?=,)"),
        "the most decimals that a quantity may have, where its interval bears fewer",
    ),
    "ledger.json": (
        re.compile(r"(?<=\.\d{11})\d+(?=,?$)", re.MULTILINE),
        "in powers only: the last decimals may differ between machines",
    ),
}
"""The digits of which some may change without anyone being able to tell, and why; there are no others."""


def other_digit(text: str, place: int) -> str:
    """The text with the next digit at a place."""
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def sampled(name: str, text: str) -> list[int]:
    """The last digit of every run of digits and of every hash, but for those that nobody can know."""
    hashes = [found.span() for found in HASH.finditer(text)]
    runs = [found.span() for found in RUN.finditer(text)]
    outside = [run for run in runs if not any(first <= run[0] < last for first, last in hashes)]
    within = [max(run for run in runs if first <= run[0] < last) for first, last in hashes]
    unknown = exempt(name, text)
    places = ([place for place in range(*run) if place not in unknown][-1:] for run in outside + within)
    return sorted(place for found in places for place in found)


def exempt(name: str, text: str) -> set[int]:
    """Where a digit may change unnoticed."""
    if name not in UNKNOWN:
        return set()
    found = {place for found in UNKNOWN[name][0].finditer(text) for place in range(*found.span())}
    powers = {place for entry in POWER.finditer(text) for place in range(*entry.span())}
    return found & powers if name == "ledger.json" else found


@pytest.fixture(scope="module")
def refused(verify, archived):
    """Whether the verifier refuses a file with another text; the text of source A is at hand."""
    files, path = archived

    def judge(name: str, text: str) -> list[str]:
        return verify.check(forged(verify, files, name, text), {"A": path}, files["verify.py"]).problems

    return files, judge


class TestAnyDigit:
    """A digit is changed wherever there is one, and every hash and size is made to agree with it."""

    def survivors(self, refused, name: str) -> list[str]:
        files, judge = refused
        text = files[name].decode()
        places = sampled(name, text)[:: 5 if name == "calendar.csv" else 1]
        assert places
        left = [place for place in places if not judge(name, other_digit(text, place))]
        return [f"{name}: …{text[max(0, place - 40) : place + 10]}…" for place in left]

    @pytest.mark.parametrize(
        "name", [name for name in crate.CONTENTS if name.endswith((".csv", ".toml", ".md"))]
    )
    def test_of_a_table(self, refused, name):
        if name in {"checks.csv", "corrections.csv"}:
            assert not RUN.search(refused[0][name].decode())  # corrections: tests/test_corrections.py
        else:
            assert self.survivors(refused, name) == []

    def test_of_the_ledger(self, refused):
        """A digit in each entry at a time: entries are judged one by one."""
        files, judge = refused
        text = files["ledger.json"].decode()
        starts = {found.start(): found[1] for found in ENTRY.finditer(text)}
        entries = defaultdict(list)
        for place in sampled("ledger.json", text):
            entries[max((start for start in starts if start < place), default=0)].append(place)
        left = []
        for places in zip_longest(*entries.values()):
            changed = text
            for place in filter(None, places):
                changed = other_digit(changed, place)
            problems = judge("ledger.json", changed)
            for start, place in zip(entries, places, strict=True):
                named = any(problem.startswith(f"ledger.json, {starts.get(start)}: ") for problem in problems)
                if place and not named and not judge("ledger.json", other_digit(text, place)):
                    left.append(f"{starts[start]}: …{text[place - 40 : place + 10]}…")
        assert left == []

    def test_of_the_description(self, verify, refused):
        files, _ = refused
        text, content = files[crate.METADATA].decode(), verify.content_of(files)
        for place in sampled(crate.METADATA, text):
            changed = {**files, crate.METADATA: other_digit(text, place).encode()}
            assert [*verify.described(changed, content, b"")], text[place - 40 : place + 10]

    def test_of_the_verifier(self, refused):
        files, judge = refused
        text = files["verify.py"].decode()  # compared as a whole, so that one digit stands for all
        assert judge("verify.py", other_digit(text, RUN.search(text).start()))

    def test_exempt_are_only_a_few(self, files):
        counted = {name: len(exempt(name, files[name].decode())) for name in files}
        assert counted["quantities.csv"] == 13
        assert counted["units.csv"] == 11 + 2
        assert counted["calendar.csv"] == 10 * (files["calendar.csv"].count(b"\n") - 1)
        assert 0 < counted["ledger.json"] < 20
        assert {name for name, count in counted.items() if count} == {*UNKNOWN}


class TestText:
    """What the digits of a text may be, worked by hand."""

    @pytest.mark.parametrize(
        ("text", "ends", "says"),
        [
            ("1,900", (1822.0, 1896.3, 1968.0), True),  # wide by 146: hundreds are the last digit
            ("1,900", (1896.3, 1896.3, 1896.3), False),  # exact: it would have to be 1,896
            ("1,896", (1896.3, 1896.3, 1896.3), True),
            ("2,000", (1822.0, 1896.3, 1968.0), False),
            ("1,800", (1822.0, 1896.3, 1968.0), False),
            ("3.06", (3.05, 3.06, 3.07), True),
            ("3.1", (3.05, 3.06, 3.07), True),
            ("3.05", (3.05, 3.06, 3.07), False),
            ("-3.06", (3.05, 3.06, 3.07), False),
            ("-3.06", (-3.07, -3.06, -3.05), True),
            ("2.65万", (26450.0, 26500.0, 26550.0), True),
            ("2.66万", (26450.0, 26500.0, 26550.0), False),
            ("0", (0.0, 0.0, 0.0), True),
            ("zero", (0.0, 0.0, 0.0), True),
            ("one", (0.0, 0.0, 0.0), False),
            ("12 or 13", (12.0, 12.0, 12.0), False),
            ("", (12.0, 12.0, 12.0), False),
        ],
    )
    def test_value(self, verify, text, ends, says):
        entry = {"kind": "quantity", **dict(zip(ENDS, ends, strict=True))}
        entry["text"] = {"en": {"bare": text, "value": text}}
        assert (list(verify.misshown(entry, "measured", {"en": "{}"})) == []) is says

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("209 to 324", True),
            ("209.4 to 323.9", True),
            ("209 to 325", False),
            ("210 to 324", False),  # inward
            ("209 to 323", False),
            ("208 to 324", False),
            ("209", False),
            ("324 to 209", False),
            ("200 to 324", False),
        ],
    )
    def test_interval(self, verify, text, says):
        entry = {"kind": "quantity", "low": 209.4, "value": 224.0, "high": 323.9}
        entry["text"] = {"en": {"interval": text, "bare": "224", "value": "224"}}
        assert (list(verify.misshown(entry, "measured", {"en": "{}"})) == []) is says


class TestSources:
    def test_every_phrase_stands_in_its_paragraph(self, verify, archived):
        files, path = archived
        checked = verify.check(files, {"A": path})
        assert checked.problems == []
        assert "Source A: 45 phrases stand once in their paragraphs." in checked.summary
        assert "Source B: 11 phrases not held against a text." in checked.summary

    def test_changed_text_is_named_by_its_paragraph(self, verify, archived, tmp_path):
        files, path = archived
        changed = tmp_path / "a.txt"
        text = path.read_text(encoding="utf-8")
        changed.write_text(text.replace("量为1458件", "量为1459件", 1), encoding="utf-8")
        problems = verify.check(files, {"A": changed}).problems
        assert problems[:2] == [
            "source A: this is not the text that was archived",
            "source A: paragraph 7 has changed",
        ]
        assert any(problem.startswith("facts.csv, provincial.cases: '") for problem in problems)

    def test_changed_place_is_named_by_its_fact(self, verify, archived):
        files, path = archived
        changed = forged(
            verify, files, "facts.csv", with_cell(files, "facts.csv", "municipal.cases", "paragraph", "7")
        )
        (problem,) = verify.check(changed, {"A": path}).problems
        assert problem.startswith("facts.csv, municipal.cases: '")
        assert problem.endswith("stands 0 times in paragraph 7, expected once")

    def test_changed_phrase_of_a_measure(self, verify, archived):
        files, path = archived
        text = with_cell(files, "measures.csv", "area.education", "exact", "教学")
        (problem,) = verify.check(forged(verify, files, "measures.csv", text), {"A": path}).problems
        assert problem.startswith("measures.csv, area.education: ")

    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("B", "source B: cannot be checked; its text was not archived"),
            ("Z", "source Z: cannot be checked; there are A, B, C, D"),
        ],
    )
    def test_that_cannot_be_checked(self, verify, files, tmp_path, name, problem):
        assert verify.check(files, {name: tmp_path / "a.txt"}).problems == [problem]

    def test_text_that_is_not_there(self, verify, files, tmp_path):
        (problem,) = verify.check(files, {"A": tmp_path / "none.txt"}).problems
        assert problem.startswith("source A: ")
        assert "cannot be read" in problem

    def test_real_text(self, unpacked, archive):
        status, lines = run(unpacked, "--source", f"A={archive / 'meizhou-a.txt'}")
        assert status == 0
        assert "Source A: 45 phrases stand once in their paragraphs." in lines


class TestBadInput:
    def test_missing_file(self, unpacked):
        (unpacked / "facts.csv").unlink()
        status, lines = run(unpacked)
        assert status == 1
        assert lines[0] == "facts.csv: is missing"
        assert "the ledger cannot be recomputed: there is no 'facts.csv'" in lines

    def test_extra_file(self, unpacked):
        (unpacked / "more.csv").write_text("a\n1\n")
        assert run(unpacked) == (1, ["more.csv: is not in the manifest", "Problems: 1."])

    def test_text_of_a_source_may_lie_beside(self, unpacked):
        (unpacked / "b.txt").write_text("text")
        _, lines = run(unpacked, "--source", "B=b.txt")
        assert lines[0] == "source B: cannot be checked; its text was not archived"

    def test_broken_zip(self, unpacked):
        broken = unpacked.parent / "data" / "evidence.zip"
        broken.write_bytes(broken.read_bytes()[:5000])
        status, lines = run(unpacked, str(broken))
        assert (status, len(lines)) == (1, 1)
        assert lines[0].endswith("evidence.zip is not a bundle: File is not a zip file")

    def test_damaged_zip(self, unpacked):
        path = unpacked.parent / "data" / "evidence.zip"
        content = bytearray(path.read_bytes())
        content[4000:4040] = bytes(40)
        path.write_bytes(bytes(content))
        status, lines = run(unpacked, str(path))
        assert (status, len(lines)) == (1, 1)
        assert "is not a bundle: " in lines[0]

    def test_zip_with_two_files_of_a_name(self, unpacked):
        path = unpacked.parent / "data" / "evidence.zip"
        with zipfile.ZipFile(path, "a") as bundle, pytest.warns(UserWarning, match="Duplicate name"):
            bundle.writestr("ledger.json", b"{}")
        status, lines = run(unpacked, str(path))
        assert status == 1
        assert lines == [f"{path} is not a bundle: it holds more than one ledger.json"]

    def test_no_such_place(self, unpacked):
        status, lines = run(unpacked, "nowhere.zip")
        assert (status, len(lines)) == (1, 1)

    @pytest.mark.parametrize("name", ["ledger.json", "facts.csv", "case.toml", "manifest.json", "verify.py"])
    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"1', b"[]"])
    def test_other_content(self, verify, files, name, content):
        problems = verify.check({**files, name: content}, {}).problems
        assert any(name in problem for problem in problems)

    def test_missing_manifest(self, verify, files):
        without = {name: content for name, content in files.items() if name != "manifest.json"}
        assert verify.check(without, {}).problems == ["manifest.json: is missing"]

    def test_usage(self, unpacked):
        status, lines = run(unpacked, "--source", "A")
        assert status == 2
        assert lines[-1].endswith("'A' is not of the form A=article.txt")


class TestCrate:
    @pytest.fixture
    def graph(self, files):
        described = json.loads(files[crate.METADATA])
        assert described["@context"] == "https://w3id.org/ro/crate/1.2/context"
        return {entity["@id"]: entity for entity in described["@graph"]}

    def test_descriptor_and_root(self, graph):
        assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
        root = graph["./"]
        assert (root["@type"], root["name"], root["datePublished"]) == (
            "Dataset",
            "Evidence: Meizhou",
            "2024-08-06",
        )
        assert root["license"] == {"@id": crate.DATA_LICENCE}

    def test_every_file_is_described(self, graph, files):
        parts = {part["@id"] for part in graph["./"]["hasPart"]}
        assert parts == set(files) - {"ro-crate-metadata.json"} == {*DESCRIBED, "manifest.json"}
        assert {name: int(graph[name]["contentSize"]) for name in DESCRIBED} == {
            name: len(files[name]) for name in DESCRIBED
        }
        for name in DESCRIBED:
            assert graph[name]["sha256"] == hashlib.sha256(files[name]).hexdigest()

    def test_every_reference_leads_somewhere(self, graph):
        found = re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(list(graph.values())))
        assert set(found) <= {*graph, crate.PROFILE}

    def test_sources_have_their_hashes(self, graph, files):
        about = tomllib.loads(files["case.toml"].decode())
        assert graph["#source-A"]["sha256"] == about["source"][0]["sha256"]
        assert "sha256" not in graph["#source-B"]

    @pytest.mark.parametrize(
        ("about", "as_of", "day"),
        [
            ({}, "", "2024-08-06"),
            ({}, "2024-01-01", "2024-01-01"),
            ({"published": "2025-01-31"}, "", "2025-01-31"),
        ],
    )
    def test_day_of_publication_is_that_of_the_case_or_of_the_reading(self, case, about, as_of, day):
        described = crate.describe({**case.about, **about}, as_of, {})
        assert described["@graph"][1]["datePublished"] == day
