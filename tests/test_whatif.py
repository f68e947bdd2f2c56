"""What-ifs: what is wrong in their file is one message with file, row and column; what still moves moves."""

from __future__ import annotations

import altair as alt
import pytest
import vl_convert

from analysis import chart_whatif, load_case
from analysis import ledger as compute
from analysis.publish import live, runtime
from analysis.publish.notebook import Study, whatif
from analysis.whatif import whatifs

FILE = "meizhou/whatif.csv"
BAD = [
    ("quantities", "municipal.case_per_month", "there is no quantity 'municipal.case_per_month'; nearest:"),
    ("quantities", "municipal.cases", "there is no quantity 'municipal.cases'"),
    ("quantities", "", "expected keys in lower case with dots, joined by |"),
    (
        "quantities",
        "gap.rate_ratio|municipal.cases_per_month",
        "stand in case_per_month, times; expected one unit, for one axis",
    ),
    ("claims", "caseload_rat", "there is no claim 'caseload_rat'; nearest: caseload_rate"),
    ("claims", "no_tier_leads", "no_tier_leads: 'provincial.time_cut"),
    (
        "claims",
        "caseload_rate|",
        "expected names of lower-case letters, digits and _, joined by |, or nothing",
    ),
    ("assumptions", "provincial_scop", "there is no assumption 'provincial_scop'; nearest: provincial_scope"),
    (
        "assumptions",
        "provincial_items",
        "'provincial_items' cannot be moved; expected a choice, or a range between two ends",
    ),
    ("assumptions", "unstated_year", "'unstated_year' cannot be moved"),
    (
        "assumptions",
        "municipal_published",
        "'municipal_published' cannot be moved, because it gives the range of 'municipal_start'",
    ),
    ("assumptions", "provincial_start|ratings", "nothing that is shown or tested rests on 'ratings'"),
]


def problem(project):
    """The one message that the file gives, from its column on."""
    status, found = project.problems()
    assert (status, len(found)) == (1, 1), found
    start = f"seeds/{FILE}, row 2, column "
    assert found[0].startswith(start)
    return found[0].removeprefix(start)


@pytest.mark.parametrize(("column", "value", "message"), BAD)
def test_what_is_wrong_is_said_once(project, column, value, message):
    project.edit(FILE, "caseload", column, value)
    found = problem(project)
    assert found.startswith(column)
    assert message in found


def test_dates_have_no_axis_of_numbers(project):
    project.edit(FILE, "caseload", "quantities", "gap.breakeven_start")
    project.replace(FILE, "caseload_rate|caseload_rate_other", "")
    assert problem(project) == "quantities: stand in 'date'; expected a unit of numbers"


def test_each_row_of_the_chart_has_a_name(project):
    key = "chart.whatif-rated.rows"
    project.replace("meizhou/words.csv", f"{key},Provincial items|Municipal items", f"{key},Provincial items")
    message = f"the words '{key}' name 1 rows in 'en'; expected 2"
    assert project.problems() == (1, [f"seeds/{FILE}, row 3, column id: {message}"])


def test_a_sentence_may_not_grow_stale(project):
    old = "more cases a month (`provincial.cases_per_month`{.value as=interval}) than municipal items (`m"
    project.replace("claims.toml", old, old.replace(" as=interval", ""))
    said = "claims: caseload_rate, holds: says provincial.cases_per_month, which moves; expected as=interval"
    assert problem(project) == said


def test_what_a_browser_cannot_compute_is_refused(project):
    turning = "(provincial.cases + permits_counted * (2 - permits_counted) / 982)"
    expression = f"{turning} / provincial.months"
    project.edit("meizhou/quantities.csv", "provincial.cases_other_per_month", "expression", expression)
    status, found = project.problems()
    assert status == 1
    refused = "'permits_counted * (2 - permits_counted)' uses permits_counted more than once"
    about = ("claims: caseload_rate_other", "quantities: provincial.cases_other_per_month")
    for message, start in zip(found, about, strict=True):
        assert message.startswith(f"seeds/{FILE}, row 2, column {start}: {refused}")


def test_a_case_may_do_without(project):
    project.path(FILE).unlink()
    assert project.problems() == (0, [])
    assert whatifs(load_case("meizhou", root=project.root)) == {}


class TestReadings:
    """What a build fixes does not move any more."""

    def test_what_is_fixed_does_not_move(self):
        case = load_case(
            "meizhou", assumptions={"provincial_start": "2023-10-01", "municipal_scope": "all_items"}
        )
        found = whatifs(case)["caseload"]
        assert found.moved == ("provincial_scope", "permits_counted", "municipal_start")
        assert found.signals["municipal__cases_per_month__low"] == "null"

    def test_what_leaves_nothing_to_move_is_a_figure(self):
        fixed = {"provincial_rated_share": "1", "municipal_rated_share": "1", "unrated_satisfied": "0"}
        case = load_case("meizhou", assumptions=fixed)
        study = Study(case, compute(case))
        assert "live" not in whatif(study, "rated").record
        assert "live" in whatif(study, "mix").record

    def test_without_a_source_there_is_nothing_to_show(self):
        case = load_case("meizhou", as_of="2023-12-31")
        study = Study(case, compute(case))
        for name, found in whatifs(case).items():
            spec = chart_whatif.chart(study, found, "en")
            assert vl_convert.vegalite_to_svg(spec, vl_version="6.4"), name


@pytest.mark.parametrize("name", ["caseload", "rated", "mix"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_charts_are_vega_lite(case, ledger, name, lang):
    """Altair holds them against the schema; their parameters begin with everything left open."""
    spec = chart_whatif.chart(Study(case, ledger), whatifs(case)[name], lang)
    assert alt.Chart.from_dict(spec, validate=True)
    values = {param["name"]: param.get("value") for param in spec["params"]}
    assert all(values[f"{each}__open"] for each in case.assumptions["name"] if f"{each}__set" in values)


def test_what_is_handed_over(case, ledger):
    record = whatif(Study(case, ledger), "caseload").record
    assert record["name"] == "whatif-caseload"
    assert record["alt"]["en"].startswith("As far as the numbers are left open, the caseload is ")
    assert "每月209至324件" in record["alt"]["zh"]
    data = live.data_of([record, {"name": "other"}])
    assert list(data) == ["whatif-caseload"]
    assert "<" not in data["whatif-caseload"]["en"]


def test_a_sentence_in_parts(case, ledger):
    told = live.told(case, ledger, whatifs(case)["caseload"], "en")
    (rate, _) = told["claims"]
    assert rate["verdicts"]["holds"]["parts"] == [
        "With every case counted as reported, provincial items brought more cases a month (",
        {"signal": "provincial__cases_per_month"},
        ") than municipal items (",
        {"signal": "municipal__cases_per_month"},
        "); this is demand, not performance.",
    ]
    assert rate["verdicts"]["fails"] == {"parts": ["Cases a month, as counted"], "badge": "false"}
    start = next(each for each in told["controls"] if each["name"] == "provincial_start")
    assert (start["step"], start["kind"], start["whole"]) == (
        1.0,
        "date",
        "1 September 2023 to 15 November 2023",
    )


@pytest.mark.parametrize(
    ("width", "digits", "step"),
    [
        (1, 2, 0.01),
        (100, 1, 1.0),
        (40, 2, 0.5),
        (27.4, 2, 0.5),
        (0.05, 2, 0.01),
        (20_000, 0, 200.0),
        (10, 0, 1.0),
    ],
)
def test_steps_are_round_and_no_finer_than_digits(width, digits, step):
    assert live.step_of(width, digits) == step


class TestRuntime:
    """One file, made once, and only for a site that shows a what-if."""

    def test_it_is_kept(self, tmp_path, monkeypatch):
        site = tmp_path / "site"
        made = []
        monkeypatch.setattr(
            vl_convert, "javascript_bundle", lambda *_, **given: made.append(given) or "bundle"
        )
        for folder in (site, tmp_path / ".brief/meizhou"):
            folder.mkdir(parents=True)
        schema = '{"whatif-a": {"en": "{\\"$schema\\": \\"https://vega.github.io/schema/vega-lite/v6.4.1.json\\"}"}}'
        (tmp_path / ".brief/meizhou/whatif.json").write_text(schema, encoding="utf-8")
        (site / "index.html").write_text("<p>No what-if.</p>", encoding="utf-8")
        runtime.write(tmp_path, site)
        assert not (site / "assets").exists()
        (site / "whatif.html").write_text('<div data-whatif="whatif-a"></div>', encoding="utf-8")
        for _ in range(2):
            runtime.write(tmp_path, site)
            assert (site / "assets/vega.js").read_text(
                encoding="utf-8"
            ) == '(function () {\n"use strict";\nbundle\n})();\n'
        assert made == [{"vl_version": "6.4"}]
