"""The notebooks as a user runs them: through the stock papermill command."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis import ledger, load_case
from analysis.publish import execute
from analysis.publish.notebook import KEY, MIME, PARAMETERS
from analysis.words import PLACES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NAMES = ("01-evidence", "02-tiers", "03-pilot", "04-robustness", "05-across")
CASES = dict.fromkeys(NAMES, "meizhou") | {"05-across": "across"}
"""The case that each notebook opens where none is given."""

HANDED_OVER = {
    "01-evidence": {
        *("facts", "sources", "assumptions", "quantities", "checks", "instruments", "statements", "design"),
        "claims",
    },
    "02-tiers": {"tiers", "timeline", "caseload", "cuts"},
    "03-pilot": {"pilot", "mix", "estimands", "designs", "power", "request"},
    "04-robustness": {
        *("whatif-caseload", "whatif-rated", "whatif-mix"),
        "breakdown",
        "printing",
        "matrix",
        "tornado",
        "permits",
        "tipping",
        "spread",
        "satisfaction",
        "response",
    },
    "05-across": {"shared", "apart", "across"},
}
READINGS = {
    "override": ["-y", "assumptions: {municipal_start: '2024-01-22'}"],
    "earlier": ["-p", "as_of", "2023-12-31"],
}
NAMING_CLAIMS = {"matrix", "tornado"}
"""Figures whose headline names claims, and no value."""

CJK = re.compile(r"[\u4e00-\u9fff]")


TAKEN = "Address already in use"
"""A kernel binds ports that were free when papermill chose them: another program may have been faster."""


def papermill(name: str, out: Path, *options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(FOLDER / f"{name}.ipynb"),
        str(out),
        "--no-progress-bar",
    ]
    run = partial(subprocess.run, [*command, *options], cwd=cwd, capture_output=True, text=True, check=False)
    done = run()
    return run() if TAKEN in done.stderr else done


RUNS = [(name, reading) for name in NAMES for reading in ("default", "earlier")] + [("02-tiers", "override")]


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> dict[tuple[str, str], nbformat.NotebookNode]:
    """Notebooks and readings, executed in parallel."""
    folder = tmp_path_factory.mktemp("runs")

    def run(job: tuple[str, str]) -> tuple[tuple[str, str], nbformat.NotebookNode]:
        name, reading = job
        out = folder / f"{name}-{reading}.ipynb"
        done = papermill(name, out, *READINGS.get(reading, ["-p", "case", CASES[name]]))
        assert done.returncode == 0, done.stderr
        return job, nbformat.read(out, as_version=4)

    with ThreadPoolExecutor() as pool:
        return dict(pool.map(run, RUNS))


def records(executed: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    handed = (output["data"][MIME] for output in outputs if MIME in output.get("data", {}))
    return {record["name"]: record for record in handed}


def stored() -> list[Any]:
    return [pytest.param(nbformat.read(FOLDER / f"{name}.ipynb", as_version=4), id=name) for name in NAMES]


# As stored


def test_these_are_all_the_notebooks():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == list(NAMES)


@pytest.mark.parametrize("source", stored())
def test_stored_without_outputs_and_valid(source):
    nbformat.validate(source)
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    assert source.metadata.kernelspec.name == "python3"
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count is not None]


@pytest.mark.parametrize("source", stored())
def test_parameters_are_documented_and_come_first(source):
    first, second = [cell for cell in source.cells if cell.cell_type == "code"][:2]
    assert first.metadata.tags == ["parameters"]
    lines = first.source.splitlines()
    assert [line.partition(" = ")[0] for line in lines] == list(PARAMETERS)
    assert all("  # " in line for line in lines)
    assert re.search(r"\nstudy = notebook\.open_study\(\s*globals\(\)[^()]*\)$", second.source)


@pytest.mark.parametrize("source", stored())
def test_prose_types_no_number_and_names_only_keys_there_are(source):
    (case,) = re.findall(r'^case = "(\w+)"', "\n".join(cell.source for cell in source.cells), re.MULTILINE)
    keys = ledger(load_case(case)).entries
    for cell in source.cells:
        if cell.cell_type == "markdown":
            assert {found[0] for found in KEY.findall(cell.source)} <= set(keys)
            assert not re.findall(r"\d", KEY.sub("", cell.source)), cell.id


@pytest.mark.parametrize("source", stored())
def test_every_code_cell_but_the_first_two_is_introduced(source):
    kinds = [cell.cell_type for cell in source.cells]
    assert kinds[:4] == ["markdown", "markdown", "code", "code"]
    assert "code code code" not in " ".join(kinds)


# As run


@pytest.mark.parametrize("name", NAMES)
def test_each_hands_over_what_the_pages_need(runs, name):
    assert set(records(runs[name, "default"])) == HANDED_OVER[name]


@pytest.mark.parametrize(("name", "reading"), RUNS)
def test_both_languages_in_every_reading(runs, name, reading):
    for record in records(runs[name, reading]).values():
        parts = record["specs"] if record["kind"] == "figure" else record["markdown"]
        assert set(parts) == {"en", "zh"}
        if record["kind"] == "figure":
            assert CJK.search(record["alt"]["zh"])
            assert not CJK.search(record["alt"]["en"])
            assert "`" not in record["alt"]["en"] + record["alt"]["zh"]


@pytest.mark.parametrize("name", NAMES)
def test_tables_have_as_many_rows_in_both_languages(runs, name):
    for record in records(runs[name, "default"]).values():
        if record["kind"] == "table":
            english, chinese = (record["markdown"][lang].splitlines() for lang in ("en", "zh"))
            assert len(english) == len(chinese) > 3


def test_chinese_tables_hold_no_english_prose(runs):
    kept = re.compile(
        r"`[^`]*`(\{[^}]*\})?|\{[^}]*\}|meizhou\.gov\.cn|gd\.\w+\.(?:com|cn)|post_\d+|[ML]?[A-G]\b|Manski"
    )
    for name in NAMES:
        for record in records(runs[name, "default"]).values():
            text = kept.sub("", record.get("markdown", {}).get("zh", ""))
            assert not re.findall(r"[A-Za-z]{2,}", text), record["name"]


def test_the_tiers_table_keeps_what_is_not_identified_in_view(runs):
    markdown = records(runs["02-tiers", "default"])["tiers"]["markdown"]["en"]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in markdown.splitlines()]
    by_item = next(row for row in rows if row[0] == "Cases an item")
    assert by_item[1:] == ["`provincial.cases_per_item`{.value}", "`municipal.cases_per_item`{.value}"]
    shown = shown_in(runs["02-tiers", "default"], "tiers")
    assert "| Cases an item | not identified | 12.0 cases an item |" in shown
    assert "| Cases a month | 209 to 324 cases a month | 108 to 191 cases a month |" in shown
    assert "| Time left | 22.46% (22.455% to 22.465%) |" in shown


def shown_in(executed: nbformat.NotebookNode, name: str) -> str:
    """What Jupyter shows of a table."""
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    return next(
        output["data"]["text/markdown"]
        for output in outputs
        if output.get("data", {}).get(MIME, {}).get("name") == name
    )


def test_checks_name_what_grim_excludes_and_where_it_has_no_power(runs):
    lines = shown_in(runs["01-evidence", "default"], "checks").splitlines()
    grim = [line for line in lines if "GRIM" in line]
    assert [line.rpartition("|")[0].rpartition("|")[2].strip() for line in grim] == [
        "excluded: cannot be a share of 1,458 cases",  # 77.54%, though 113,047/1,458 is 77.54
        "excluded: cannot be a share of 433 cases",  # 74.48% of 433
        "excluded: cannot be a mean of whole numbers over so many",  # 1.57 over 36 items
        "possible, but no figure with these decimals could fail",  # 1.57 over 433: more than a hundred cases
    ]


def test_an_override_reaches_the_values(runs):
    # 22 January to 31 March 2024 is 69 days: 433 * 30.4375 / 69 = 191.01 and no other value
    low, value, high = records(runs["02-tiers", "override"])["tiers"]["values"]["municipal.cases_per_month"]
    assert low == value == high == pytest.approx(191.006, abs=0.001)


def test_later_sources_drop_out(runs):
    values = records(runs["02-tiers", "earlier"])["tiers"]["values"]
    assert values["provincial.cases"] == [None, None, None]
    assert "not identified" in shown_in(runs["02-tiers", "earlier"], "tiers")


def test_published_values_are_those_of_the_ledger(runs):
    entries = {case: ledger(load_case(case)) for case in set(CASES.values())}
    for name in NAMES:
        for record in records(runs[name, "default"]).values():
            for key, seen in record["values"].items():
                entry = entries[CASES[name]][key]
                assert seen == [entry.low, entry.value, entry.high]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_names_what_its_headline_shows(runs, name):
    for record in records(runs[name, "default"]).values():
        if record["kind"] == "figure":
            said = [words[f"chart.{record['name']}"] for words in load_case(CASES[name]).wording.values()]
            found = {key for text in said for key, _ in PLACES.findall(text)}
            assert bool(found) == (record["name"] not in NAMING_CLAIMS)
            assert found <= set(record["values"])


def test_they_run_from_their_own_folder_as_jupyterlab_starts_them(tmp_path):
    done = papermill("03-pilot", tmp_path / "out.ipynb", "--cwd", str(FOLDER), cwd=FOLDER)
    assert done.returncode == 0, done.stderr


def test_an_unknown_parameter_stops_before_anything_else_runs(tmp_path):
    done = papermill("02-tiers", tmp_path / "out.ipynb", "-p", "caes", "x")
    assert done.returncode != 0
    assert "there is no parameter caes; there are: case, as_of, assumptions" in done.stderr
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    ran = [cell.id for cell in code if cell.get("outputs") and cell.outputs[0].output_type != "error"]
    assert not ran or not records(executed)
    after = code[[cell.id for cell in code].index("open") + 1 :]
    assert after
    assert not [cell.id for cell in after if cell.execution_count is not None]


def test_the_engine_of_the_build_gives_the_same_outputs(runs, tmp_path):
    for case in set(CASES.values()):
        paths = [path for path in execute.notebooks(ROOT) if CASES[path.stem] == case]
        for path, executed in execute.execute(ROOT, tmp_path, {"case": case}, paths=paths):
            stock = runs[path.stem, "default"]
            assert [cell.get("outputs") for cell in executed.cells] == [
                cell.get("outputs") for cell in stock.cells
            ]


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("meizhou", {"01-evidence", "02-tiers", "03-pilot", "04-robustness"}),
        ("luohu", {"01-evidence"}),
        ("across", {"01-evidence", "05-across"}),
    ],
)
def test_each_runs_for_the_cases_that_have_what_it_needs(case, names):
    found = execute.notebooks(ROOT, ledger(load_case(case)).entries)
    assert {path.stem for path in found} == names


def test_one_of_gathered_cases_refuses_another(tmp_path):
    done = papermill("05-across", tmp_path / "out.ipynb", "-p", "case", "luohu")
    assert done.returncode != 0
    assert "this notebook needs across.time_cut_gap, which luohu lacks" in done.stderr


def test_what_a_case_does_not_report_is_shown_as_such(runs):
    lines = shown_in(runs["05-across", "default"], "apart").splitlines()
    trips = next(line for line in lines if line.startswith("| Cut in trips |"))
    assert trips.split(" | ")[2] == "not reported"
