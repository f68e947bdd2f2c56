"""Every rule: something that breaks it is found where it stands, and what the rule calls right is right."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis import UnusableError, load_case
from analysis.findings import UNUSABLE, Finding
from analysis.publish import pages
from analysis.publish.checking import checked
from analysis.rules import rules
from analysis.schemas import RULES

ROOT = Path(__file__).parents[1]
FACTS, MEASURES, ASSUMPTIONS, ABOUT, CHECKS, WHATIF, DESIGN, CORRECTIONS, OWN = (
    f"meizhou/{name}"
    for name in (
        *("facts.csv", "measures.csv", "assumptions.csv", "case.toml", "checks.csv", "whatif.csv"),
        *("design.csv", "corrections.csv", "claims.toml"),
    )
)
UNITS, INDICATORS, QUANTITIES, WORDS, COMPARISONS = (
    f"{name}.csv" for name in ("units", "indicators", "quantities", "words", "comparisons")
)
CASES = "`municipal.cases`{.value}"
HASH = "6cdef8289687950ca295c396a23ad1e06a4e7ff421556dce541392b2760e9d45"
CORRECTED = "municipal.cases,433,435,Miscounted.,误计。,2024-09-01,the city,市政府,B,B"


@dataclass(frozen=True)
class Cell:
    """A cell with a bad value; ``at`` are the columns in which that is found, where they are others."""

    file: str
    key: str
    column: str
    bad: str
    at: str = ""
    rows: Sequence[str] = ()
    """Rows that a register is first given."""

    def plant(self, project) -> tuple[Callable[[str], None], str, int, str]:
        """How to put a value there, and where a bad one is found."""
        if self.rows:
            text = project.path(self.file).read_text(encoding="utf-8")
            project.path(self.file).write_text(text + "\n".join([*self.rows, ""]), encoding="utf-8")
        row = project.row(self.file, self.key)

        def put(value: str) -> None:
            project.edit(self.file, project.rows(self.file)[row - 1][0], self.column, value)

        return put, f"seeds/{self.file}", row, self.at or self.column


@dataclass(frozen=True)
class Line:
    """The first line that is ``old``, or one after all others, with a bad one in its place."""

    file: str
    old: str
    bad: str
    column: str = ""
    row: int | None = None
    """Where it is found, where that is another line."""

    def plant(self, project) -> tuple[Callable[[str], None], str, int, str]:
        """How to put a line there, and where a bad one is found."""
        path = project.root / self.file
        lines = path.read_text(encoding="utf-8").splitlines()
        place = lines.index(self.old) if self.old else len(lines)

        def put(text: str) -> None:
            path.write_text("\n".join([*lines[:place], text, *lines[place + 1 :], ""]), encoding="utf-8")

        return put, self.file, place + 1 if self.row is None else self.row, self.column


@dataclass(frozen=True)
class Claim:
    """A claim of a file of its own: its predicate and what it says, of which one is bad."""

    bad: str
    column: str = "holds"
    predicate: str = "municipal.cases > 0"
    row: int = 5

    def plant(self, project) -> tuple[Callable[[str], None], str, int, str]:
        """How to put a predicate or a sentence there, and where a bad one is found."""
        sentences = f"holds = {{ en = '{CASES}', zh = '{CASES}' }}"

        def put(text: str) -> None:
            predicate, said = (text, sentences) if self.column == "predicate" else (self.predicate, text)
            text = f"{HEAD}predicate = '{predicate}'\n{said}\n"
            project.path(OWN).write_text(text, encoding="utf-8")

        return put, f"seeds/{OWN}", self.row, self.column


def page(bad: str) -> Line:
    return Line("index.qmd", "", bad)


def about(old: str, bad: str, column: str) -> Line:
    return Line(f"seeds/{ABOUT}", old, bad, column)


HEAD = "[[claim]]\nid = 'new'\nlabel = { en = 'New', zh = '新' }\n"
CASES = "`municipal.cases`{.value}"
BOTH = "`municipal.cases`{.value}, `provincial.cases`{.value}"
HASH = "6cdef8289687950ca295c396a23ad1e06a4e7ff421556dce541392b2760e9d45"
CORRECTED = "municipal.cases,433,435,Miscounted.,误计。,2024-09-01,the city,市政府,B,B"

PLANTED = {
    "not-toml": Line(f"seeds/{ABOUT}", "[tiers]", "[tiers"),
    "empty-cell": Cell(QUANTITIES, "municipal.months", "expression", ""),
    "not-listed": Cell(MEASURES, "area.education", "value", "yes"),
    "key-form": Cell(FACTS, "context.two_100", "id", "Two Hundred"),
    "name-form": Cell(ASSUMPTIONS, "ratings", "name", "how many"),
    "list-form": Cell(WHATIF, "rated", "assumptions", "ratings, unrated_satisfied"),
    "number-form": Cell(UNITS, "percent", "digits", "one"),
    "unit-form": Cell(UNITS, "case", "form_en", "cases"),
    "date-form": about('date = "2024-04-12"', 'date = "12 April"', "date"),
    "hash-form": about(f'sha256 = "{HASH}"', 'sha256 = "6cdef"', "sha256"),
    "source-form": about('id = "B"', 'id = "b"', "id"),
    "missing-entry": Line(f"seeds/{ABOUT}", 'name_zh = "梅州"', "", "name_zh", 0),
    "unknown-entry": about('publisher = "Meizhou Daily"', 'paper = "Meizhou Daily"', "paper"),
    "entry-type": about('id = "B"', "id = 2", "id"),
    "both-languages": about('pilot = { en = "Pilot", zh = "试点" }', 'pilot = { en = "Pilot" }', "pilot"),
    "twice": Cell(FACTS, "context.two_100", "id", "municipal.cases"),
    "taken-key": Cell(MEASURES, "area.education", "id", "municipal.cases"),
    "reserved-word": Cell(FACTS, "context.two_100", "id", "context.if"),
    "choices": Cell(ASSUMPTIONS, "six_in_87", "central", "within", "name"),
    "reason": Cell(COMPARISONS, "the results in a handful", "reason", "", "words"),
    "unknown-key": Cell(QUANTITIES, "provincial.cases_per_month", "expression", "municipal.casez"),
    "unknown-unit": Cell(FACTS, "provincial.cases", "unit", "cases"),
    "unknown-indicator": Cell(FACTS, "provincial.cases", "indicator", "caseload"),
    "unknown-tier": Cell(FACTS, "provincial.cases", "tier", "county"),
    "unknown-source": Cell(FACTS, "provincial.cases", "source", "Z"),
    "unknown-basis": Cell(DESIGN, "values", "basis", "Z"),
    "unknown-conclusion": Cell(DESIGN, "values", "bears_on", "effekt"),
    "unknown-claim": page("`time_cut_gab`{.claim}"),
    "unknown-grade": page("`effekt`{.grade}"),
    "unknown-form": page("`municipal.cases`{.value as=digits}"),
    "unknown-condition": page('::: {.if keys="municipal.casez"}'),
    "unknown-reference": page("[@nobody1979]"),
    "dead-link": page("[the evaluation](evaluashun.qmd)"),
    "value-of-unit": Cell(FACTS, "provincial.cases", "value", "many"),
    "unit-of-indicator": Cell(FACTS, "provincial.cases", "unit", "project"),
    "figure-in-phrase": Cell(FACTS, "provincial.cases", "exact", "业务办理量为1459件"),
    "paragraph": Cell(FACTS, "provincial.cases", "paragraph", ""),
    "phrase-hash": Cell(FACTS, "pilot.departments", "exact", "7个市属单位"),
    "same-numbers": Cell(FACTS, "provincial.cases", "translation", "a caseload of 1,459 cases"),
    "period-end": Cell(FACTS, "provincial.cases", "period_end", "2024-02-31"),
    "period": Cell(FACTS, "provincial.cases", "period_start", "", "period_end"),
    "one-year": Cell(ASSUMPTIONS, "unstated_year", "high", "2025", "low, central, high"),
    "key-names-tier": Cell(FACTS, "provincial.cases", "tier", "municipal"),
    "key-names-what": Cell(FACTS, "municipal.item_permits", "indicator", "item_other"),
    "one-sided": Line(
        f"seeds/{ABOUT}",
        'not_independent_of = ["C"]',
        "not_independent_of = []",
        "not_independent_of",
        107,
    ),
    "archived-text": Line(f"seeds/{ABOUT}", 'file = "meizhou-a.txt"', "# no file", "sha256", 32),
    "stale-correction": Cell(CORRECTIONS, "municipal.cases", "value", "433", rows=(CORRECTED,)),
    "same-basis": Cell(
        CORRECTIONS, "municipal.cases", "basis_zh", "A", "basis_en, basis_zh", rows=(CORRECTED,)
    ),
    "unit-limits": Cell(UNITS, "month", "lower", "", "lower, upper"),
    "unit-of-choice": Cell(ASSUMPTIONS, "six_in_87", "unit", "share"),
    "counted": Cell(QUANTITIES, "gap.caseload_ratio", "unit", "case"),
    "bounds": Cell(ASSUMPTIONS, "ratings", "high", "50", "low, central, high"),
    "expression-form": Cell(QUANTITIES, "provincial.cases_per_month", "expression", "1 +"),
    "circle": Cell(QUANTITIES, "municipal.cases_per_month", "expression", "municipal.cases_per_item_month"),
    "asked-of-choice": Cell(
        QUANTITIES,
        "provincial.cases_per_month",
        "expression",
        '1 if permits_within == "none" else unknown',
    ),
    "not-computable": Cell(QUANTITIES, "provincial.cases_per_month", "expression", "provincial.cases / 0"),
    "date-arithmetic": Cell(QUANTITIES, "municipal.months", "expression", "municipal.counted_to * 2"),
    "check-of-figures": Cell(CHECKS, "municipal_items_twice", "about", "municipal.items + 1"),
    "predicate-form": Claim("municipal.cases", "predicate", row=4),
    "unlike-units": Claim("municipal.cases > municipal.items", "predicate", row=4),
    "missing-sentence": Claim(f"fails = {{ en = '{CASES}', zh = '{CASES}' }}", "", row=1),
    "claim-values": Claim("holds = { en = 'Yes.', zh = '是。' }"),
    "claim-words": Claim(f"holds = {{ en = 'It led to {CASES}.', zh = '{CASES}' }}"),
    "typed-number": Claim(f"holds = {{ en = '14 of {CASES}.', zh = '{CASES}' }}"),
    "same-places": Claim(f"holds = {{ en = '{CASES}', zh = '很多。' }}"),
    "reversed": Claim(
        "holds = { en = '`provincial.cases`{.value} is smaller than `municipal.cases`{.value}.',"
        f" zh = '{BOTH}' }}",
        predicate="provincial.cases > municipal.cases",
    ),
    "immovable": Cell(WHATIF, "caseload", "assumptions", "provincial_items"),
    "one-axis": Cell(WHATIF, "caseload", "quantities", "provincial.cases_per_month|gap.time_cut"),
    "row-names": Cell(WHATIF, "caseload", "id", "unnamed"),
    "idle": Cell(WHATIF, "caseload", "assumptions", "ratings"),
    "markup": page("<b>bold</b>"),
    "comparison": page("It was much faster."),
    "cause": page("It led to it."),
}
"""What breaks a rule where what the rule calls right can be put in its place."""


def found_in(project) -> list[Finding]:
    return checked(project.root, ["meizhou"])[0]


class TestRules:
    @pytest.mark.parametrize("rule", PLANTED)
    def test_is_found_and_what_is_right_is_not(self, project, rule):
        put, *place = PLANTED[rule].plant(project)
        before = project.root / place[0]
        put(PLANTED[rule].bad)
        told = [(found.file, found.row, found.column) for found in found_in(project) if found.rule == rule]
        assert tuple(place) in told
        put(rules()[rule].right)
        assert before.exists()
        assert rule not in [found.rule for found in found_in(project) if found.file == place[0]]


def without(file: str, old: str, new: str = "") -> Callable[..., list[Finding]]:
    def find(project, _) -> list[Finding]:
        project.replace(file, old, new)
        return found_in(project)

    return find


def holding(content: bytes, file: str = FACTS) -> Callable[..., list[Finding]]:
    def find(project, _) -> list[Finding]:
        project.path(file).write_bytes(content)
        return found_in(project)

    return find


def not_there(project, _) -> list[Finding]:
    project.path(FACTS).unlink()
    return found_in(project)


def archived(text: str) -> Callable[..., list[Finding]]:
    def find(project, folder) -> list[Finding]:
        (folder / "meizhou-a.txt").write_text(text, encoding="utf-8")
        return checked(project.root, ["meizhou"], folder)[0]

    return find


def measured_by_nobody(project, _) -> list[Finding]:
    project.replace(ABOUT, 'outcomes_measured_by = "the reforming government"', 'outcomes_measured_by = ""')
    project.replace(
        ABOUT, 'outcomes_measured_by_zh = "推行改革的政府自行统计"', 'outcomes_measured_by_zh = ""'
    )
    return found_in(project)


def twice_moved(project) -> list[Finding]:
    expression = "(provincial.cases + permits_counted * (2 - permits_counted) / 982) / provincial.months"
    project.edit("meizhou/quantities.csv", "provincial.cases_other_per_month", "expression", expression)
    return found_in(project)


def of_no_case(project) -> list[Finding]:
    page = project.root / "index.qmd"
    page.write_text(page.read_text(encoding="utf-8").replace("case: meizhou\n", ""), encoding="utf-8")
    return found_in(project)


def without_pages(project, text: str) -> list[Finding]:
    (project.root / "_quarto.yml").write_text(text, encoding="utf-8")
    return found_in(project)


def gathering(case: str, old: str, new: str) -> Callable[..., list[Finding]]:
    def find(project, _) -> list[Finding]:
        project.replace(f"{case}/case.toml", old, new)
        return checked(project.root, ["across"])[0]

    return find


def asked_for(project, _) -> list[Finding]:
    with pytest.raises(UnusableError) as caught:
        load_case("meizhou", assumptions={"ratings": "many"}, root=project.root)
    return list(caught.value.findings)


def on_a_page(check: Callable[..., Iterable[Finding]], *given: object) -> Callable[..., list[Finding]]:
    written = pages.Source("index.qmd", "meizhou", "`a.b`{.value}\n![A.](figures/a){#fig-a}")
    return lambda *_: list(check(written, *given))


OTHERS = {
    "no-file": (not_there, f"seeds/{FACTS}", 0, ""),
    "not-utf8": (holding("id,tier\n数,据".encode("gbk")), f"seeds/{FACTS}", 0, ""),
    "empty-file": (holding(b"\n"), f"seeds/{FACTS}", 0, ""),
    "not-a-table": (holding(b'id,tier\n"a,b\n'), f"seeds/{FACTS}", 0, ""),
    "wrong-columns": (holding(b"id,tier\na,b\n"), f"seeds/{FACTS}", 0, ""),
    "misshapen-file": (without(ABOUT, "[tiers]", "[tears]"), f"seeds/{ABOUT}", 0, ""),
    "ragged-row": (without(FACTS, "\nmunicipal.cases,", "\nmunicipal.cases,,"), f"seeds/{FACTS}", 15, ""),
    "unknown-case": (
        lambda project, _: checked(project.root, ["meizhuo"])[0],
        "seeds/meizhuo/case.toml",
        0,
        "",
    ),
    "misnamed-cases": (
        gathering("across", 'meizhou = "M"', 'meizhuo = "M"'),
        "seeds/across/case.toml",
        0,
        "",
    ),
    "stale-file": (
        gathering("meizhou", 'name_en = "Meizhou"', 'name_en = "Mei"'),
        "seeds/across/case.toml",
        0,
        "",
    ),
    "request": (asked_for, "assumptions", 0, ""),
    "unstated-year": (without(ASSUMPTIONS, "\nunstated_year,", "\na_year,"), f"seeds/{FACTS}", 8, "value"),
    "measured-by": (measured_by_nobody, f"seeds/{ABOUT}", 16, "outcomes_measured_by"),
    "no-archive": (lambda project, folder: checked(project.root, [], folder)[0], f"seeds/{ABOUT}", 16, ""),
    "other-text": (archived("甲\n"), f"seeds/{ABOUT}", 16, "sha256"),
    "misquoted": (archived("甲\n"), f"seeds/{FACTS}", 7, "exact"),
    "stale-sentence": (
        without(
            "claims.toml",
            "(`provincial.cases_per_month`{.value as=interval}) than municipal items (`m",
            "(`provincial.cases_per_month`{.value}) than municipal items (`m",
        ),
        f"seeds/{WHATIF}",
        2,
        "claims",
    ),
    "not-in-browser": (
        lambda project, _: twice_moved(project),
        f"seeds/{WHATIF}",
        2,
        "quantities",
    ),
    "site-settings": (lambda project, _: without_pages(project, "project: [a"), "_quarto.yml", 0, ""),
    "page-case": (lambda project, _: of_no_case(project), "index.qmd", 0, ""),
    "lost-value": (on_a_page(pages.lost, {"a.b"}), "index.qmd", 1, ""),
    "unpublished": (on_a_page(pages.unpublished, {"figures": {}, "tables": {}}), "index.qmd", 2, ""),
}
"""What breaks the other rules, whose remedy is more than a cell or a line, and where it is found."""


class TestOtherRules:
    @pytest.mark.parametrize("rule", OTHERS)
    def test_is_found(self, project, tmp_path, rule):
        find, *place = OTHERS[rule]
        found = find(project, tmp_path)
        assert tuple(place) in [(each.file, each.row, each.column) for each in found if each.rule == rule]


class TestTable:
    def test_every_rule_is_broken_by_a_test(self):
        assert {*PLANTED, *OTHERS} == {*rules()}

    def test_every_rule_says_why_and_what_is_right(self):
        assert [name for name, rule in rules().items() if not (rule.why.endswith(".") and rule.right)] == []

    def test_every_finding_that_is_raised_has_a_rule(self):
        raised = {rule for path in (ROOT / "analysis").rglob("*.py") for rule in raised_in(path)}
        assert raised <= {*rules()}
        assert len(raised) > 60

    def test_rules_of_patterns_and_of_what_cannot_be_used_are_among_them(self):
        assert {*RULES.values(), *UNUSABLE} <= {*rules()}


def raised_in(path: Path) -> set[str]:
    """The rules that a module gives where it makes a finding, as far as they are written out."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return {rule for call in calls for rule in given(call)}


def given(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "rule"] if name == "Finding" else []
    given += call.args[:1] if name == "Problem" else call.args[2:3] if name == "UnusableError" else []
    yield from (
        each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )
