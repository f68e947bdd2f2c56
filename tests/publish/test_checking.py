"""Everything that is wrong in a case and its pages, at once, each where it stands."""

from __future__ import annotations

import pytest

from analysis import ledger as compute
from analysis import load_case
from analysis.publish import report
from analysis.publish.checking import checked
from analysis.publish.prose import Names

FACTS, MEASURES, ASSUMPTIONS, ABOUT, OWN = (
    f"meizhou/{name}" for name in ("facts.csv", "measures.csv", "assumptions.csv", "case.toml", "claims.toml")
)
QUANTITIES = "quantities.csv"
CELLS = [
    (FACTS, "provincial.cases", "value", "1459", "exact", "figure-in-phrase"),
    (FACTS, "provincial.requested_on", "unit", "days", "unit", "unknown-unit"),
    (FACTS, "municipal.items", "paragraph", "nine", "paragraph", "number-form"),
    (FACTS, "municipal.items", "translation", "", "translation", "empty-cell"),
    (FACTS, "pilot.items", "source", "Z", "source", "unknown-source"),
    (FACTS, "pilot.departments", "period_start", "2024-02-31", "period_start", "period-end"),
    (FACTS, "exemplar.towns", "paragraph", "4", "paragraph", "paragraph"),
    (FACTS, "exemplar.towns", "translation", "110 villages, 22 towns", "translation", "same-numbers"),
    (MEASURES, "area.education", "value", "yes", "value", "not-listed"),
    (MEASURES, "area.education", "measure", "Area", "measure", "name-form"),
    (ASSUMPTIONS, "ratings", "high", "50", "low, central, high", "bounds"),
    (ASSUMPTIONS, "design_months_after", "unit", "moon", "unit", "unknown-unit"),
    (QUANTITIES, "municipal.months", "expression", "1 +", "expression", "expression-form"),
    (
        "quantities.csv",
        "exemplar.town_share",
        "expression",
        "exemplar.towns / 0",
        "expression",
        "not-computable",
    ),
    (QUANTITIES, "exemplar.county_share", "expression", "exemplar.county", "expression", "unknown-key"),
    ("units.csv", "level", "digits", "1", "digits", "unit-limits"),
    ("indicators.csv", "steps_after", "direction", "down", "direction", "not-listed"),
    ("meizhou/checks.csv", "counted_pilot", "about", "municipal.counted", "about", "unknown-key"),
    ("meizhou/whatif.csv", "rated", "assumptions", "unrated", "assumptions", "unknown-key"),
    ("meizhou/design.csv", "values", "basis", "Z", "basis", "unknown-basis"),
    ("data_request.csv", "trips", "type", "number", "type", "not-listed"),
    ("words.csv", "table.facts", "zh", "", "zh", "empty-cell"),
]
CLAIM = """
[[claim]]
id = "new"
label = { en = "New", zh = "新" }
predicate = "municipal.cases > municipal.casez"
holds = { en = "14 of `municipal.cases`{.value}." }
"""


def places(project, *names: str) -> list[tuple[str, int, str, str]]:
    found, _ = checked(project.root, names)
    return [(each.file, each.row, each.column, each.rule) for each in found]


@pytest.fixture
def planted(project):
    """The places and rules of what has been made wrong in several files."""
    wanted = []
    for file, key, column, bad, at, rule in CELLS:
        wanted.append((f"seeds/{file}", project.row(file, key), at, rule))
        project.edit(file, key, column, bad)
    project.replace(ABOUT, 'date = "2024-04-12"', 'date = "12 April"')
    wanted.append((f"seeds/{ABOUT}", 100, "date", "date-form"))
    text = project.path(OWN).read_text(encoding="utf-8")
    project.path(OWN).write_text(text + CLAIM, encoding="utf-8")
    wanted.append((f"seeds/{OWN}", text.count("\n") + 6, "holds", "both-languages"))
    page = project.root / "zh" / "index.qmd"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}`municipal.casez`{{.value}}\n", encoding="utf-8")
    wanted.append(("zh/index.qmd", text.count("\n") + 1, "", "unknown-key"))
    return wanted


class TestAllAtOnce:
    def test_each_where_it_stands_and_nothing_else(self, project, planted):
        assert sorted(places(project, "meizhou")) == sorted(planted)

    def test_in_the_order_of_files_and_rows_with_pages_last(self, project, planted):
        found = places(project, "meizhou")
        assert [file for file, *_ in found if not file.startswith("seeds/")] == ["zh/index.qmd"]
        assert found[:-1] == sorted(found[:-1])
        assert len(found) == len(planted)

    def test_what_is_shared_is_told_once_over_all_cases(self, project):
        project.edit("units.csv", "case", "form_en", "cases")
        row = project.row("units.csv", "case")
        assert places(project) == [("seeds/units.csv", row, "form_en", "unit-form")]


class TestUnreadable:
    def test_file_hides_no_other(self, project):
        project.edit(ASSUMPTIONS, "ratings", "unit", "vote")
        project.edit(QUANTITIES, "municipal.months", "unit", "moon")
        project.rewrite(FACTS, lambda text: text.encode("gb18030"))
        project.rewrite("words.csv", lambda _: b"")
        page = project.root / "whatif.qmd"
        page.write_bytes("数".encode("gbk"))
        assert sorted(places(project, "meizhou")) == sorted(
            [
                (f"seeds/{FACTS}", 0, "", "not-utf8"),
                ("seeds/words.csv", 0, "", "empty-file"),
                (f"seeds/{ASSUMPTIONS}", project.row(ASSUMPTIONS, "ratings"), "unit", "unknown-unit"),
                (
                    "seeds/quantities.csv",
                    project.row(QUANTITIES, "municipal.months"),
                    "unit",
                    "unknown-unit",
                ),
                ("whatif.qmd", 0, "", "not-utf8"),
            ]
        )

    @pytest.mark.parametrize(
        "file",
        [
            *("meizhou/facts.csv", "meizhou/measures.csv", "meizhou/assumptions.csv", "meizhou/design.csv"),
            *(QUANTITIES, "units.csv", "indicators.csv", "words.csv", "comparisons.csv"),
            *("claims.toml", "meizhou/claims.toml", "meizhou/case.toml"),
        ],
    )
    @pytest.mark.parametrize("content", [b'"', b"\xff\xfe\x00"], ids=["open quotation mark", "UTF-16"])
    def test_alone_is_all_that_is_found(self, project, file, content):
        project.path(file).write_bytes(content)
        found = places(project, "meizhou")
        assert [(at, row) for at, row, *_ in found] in ([(f"seeds/{file}", 0)], [(f"seeds/{file}", 1)])

    def test_name_in_a_row_that_is_itself_wrong_is_not_missing(self, project):
        project.edit(FACTS, "municipal.cases", "paragraph", "ten")
        row = project.row(FACTS, "municipal.cases")
        assert places(project) == [(f"seeds/{FACTS}", row, "paragraph", "number-form")]


class TestNames:
    def test_written_are_those_of_the_ledger(self, project):
        case = load_case("meizhou", root=project.root)
        of, written = Names.of(case, compute(case)), Names.written(case)
        assert {*of.values} == {*written.values}
        assert {*of.claims} == {*written.claims}
        assert {*of.grades} == {*written.grades}


class TestReport:
    def test_value_is_shown_where_the_message_does_not_hold_it(self, project):
        project.edit("units.csv", "month", "lower", "")
        project.edit("units.csv", "point", "upper", "101")
        found, _ = checked(project.root, ["meizhou"])
        values = {each.row: report.value_of(project.root, each) for each in found}
        assert values[project.row("units.csv", "month")] == ", "
        assert values[project.row("units.csv", "point")] == "-100, 101"
        assert any("lower, upper '-100, 101': " in line for line in report.lines(project.root, found))
