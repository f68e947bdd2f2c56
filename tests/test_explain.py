"""From a number to its phrases and assumptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis import ledger as compute
from analysis import load_case
from analysis.explain import as_shown, explain, is_within_bounds, rests_on

ROOT = Path(__file__).parents[1]


@pytest.fixture
def explained(case, ledger):
    return lambda key: explain(case, ledger, key)


def below(found: dict) -> dict[str, dict]:
    """An explanation and all that it rests on, by key."""
    result = {found["key"]: found}
    for part in found["inputs"]:
        result |= below(part)
    return result


def within_bounds(case, ledger) -> set[str]:
    return {key for key in ledger.entries if is_within_bounds(case, ledger, key)}


class TestBounds:
    """What rests on the whole of what is unknown has no central value (Manski, 1989)."""

    def test_are_those_of_ratings_and_permits(self, case, ledger):
        assert within_bounds(case, ledger) == {
            "provincial.satisfied_of_all",
            "municipal.satisfied_of_all",
            "provincial.cases_other_per_month",
        }

    @pytest.mark.parametrize(("lang", "text"), [("en", "0% to 100%"), ("zh", "0%至100%")])
    def test_are_shown_alone(self, case, ledger, lang, text):
        found = explain(case, ledger, "municipal.satisfied_of_all", lang)
        assert (found["value"], found["interval"]) == (text, text)
        shown = as_shown(case, ledger)["municipal.satisfied_of_all"].text[lang]
        assert set(shown.values()) == {text}

    def test_all_else_is_shown_as_it_is(self, case, ledger):
        within, shown = within_bounds(case, ledger), as_shown(case, ledger)
        assert all(shown[key] == entry for key, entry in ledger.entries.items() if key not in within)

    def test_a_setting_leaves_a_value(self):
        settings = {"permits_counted": 635}
        case = load_case("meizhou", assumptions=settings, root=ROOT)
        assert "provincial.cases_other_per_month" not in within_bounds(case, compute(case))


class TestQuantity:
    def test_leads_to_phrases_and_assumption(self, explained):
        parts = below(explained("municipal.cases_per_month"))
        assert parts["municipal.cases"]["phrase"] == "业务办理量为433件"
        assert parts["municipal.cases"]["translation"] == "a caseload of 433 cases"
        assert parts["municipal.cases"]["source"].startswith("A: Deepening the reform")
        assert parts["municipal.cases"]["source"].endswith("2024-08-06, paragraph 10")
        assert parts["municipal.decided_on"]["phrase"] == "2023年11月30日"
        assert parts["municipal_start"]["why"].startswith("From the day of the decision")
        assert parts["municipal_start"]["bounded_by"].startswith("B: [Report on the municipal")
        assert parts["unstated_year"]["bounded_by"].endswith("Guangzhou Daily, 2024-04-12")

    def test_says_value_interval_and_status(self, explained):
        found = explained("municipal.cases_per_month")
        assert found["value"] == "170 cases a month"
        assert found["interval"] == "108 to 191 cases a month"
        assert (found["kind"], found["status"]) == ("quantity", "bounded")
        assert found["formula"] == "municipal.cases / municipal.months"

    @pytest.mark.parametrize(
        ("key", "formula", "result"),
        [
            (
                "municipal.cases_per_month",
                "433 cases / [2.27 to 4.01 months]",
                "[108 to 191 cases a month]",
            ),
            (
                "municipal.months",
                "(31 March 2024 - [30 November 2023 to 22 January 2024]) / (365.25 / 12)",
                "[2.27 to 4.01 months]",
            ),
            (
                "gap.time_cut",
                "[77.535% to 77.545%] - [74.475% to 74.485%]",
                "[3.05 to 3.07 percentage points]",
            ),
            (
                "pilot.outcome_days",
                "max(0, 31 March 2024 - 8 April 2024, 31 March 2024 - 8 April 2024)",
                "0 days",
            ),
            ("municipal.permit_share", "100 * 25 items / 36 items", "69.4%"),
        ],
    )
    def test_puts_the_numbers_in_with_intervals_in_brackets(self, explained, key, formula, result):
        assert explained(key)["formula_with_numbers"] == f"{formula} = {result}"

    def test_names_what_leaves_it_open(self, explained):
        found = explained("provincial.cases_per_item")
        assert found["open"] == "provincial_items: Provincial items taken over"
        assert found["formula_with_numbers"] == "1,458 cases / not identified = not identified"

    def test_in_chinese(self, case, ledger):
        found = below(explain(case, ledger, "municipal.cases_per_month", "zh"))
        quantity, fact = found["municipal.cases_per_month"], found["municipal.cases"]
        assert quantity["label"] == "市级事项月均办理量"
        assert quantity["formula_with_numbers"] == "433件 / [2.27至4.01个月] = [每月108至191件]"
        assert fact["source"].startswith("A：深化扩权强县改革")
        assert fact["source"].endswith("2024-08-06，第10段")
        assert fact["translation"] == ""
        assert fact["note"] == "资料只说各县承接；而决定是将事项调整由各县和高新区实施。"
        assert found["municipal_start"]["why"].startswith("自决定之日起")

    def test_choice_that_leads_to_the_unknown_has_no_numbers(self):
        case = load_case("meizhou", assumptions={"provincial_scope": "all_items"}, root=ROOT)
        found = explain(case, compute(case), "provincial.months")
        assert found["open"] == "provincial_scope: What the provincial cases cover"
        assert found["formula_with_numbers"] == ""
        assert found["value"] == "not identified"


class TestLeaves:
    def test_fact(self, explained):
        found = explained("provincial.trips_cut")
        assert found["phrase"] == "平均跑动次数减少1.3次"
        assert found["note"] == "One decimal where the other tier has more."
        assert "formula" not in found
        assert found["inputs"] == []

    def test_fact_without_paragraph(self, explained):
        assert explained("municipal.departments")["source"].endswith("Meizhou Daily, 2023-12-10")

    def test_period(self, explained):
        start = "provincial_start (1 September 2023 to 15 November 2023)"
        assert explained("provincial.cases")["period"] == f"{start} … provincial.counted_to (31 March 2024)"
        assert explained("municipal.items")["period"] == ""

    def test_measure(self, explained):
        found = explained("instrument.callbacks")
        assert (found["value"], found["phrase"]) == ("present", "满意度回访")

    def test_assumption(self, explained):
        found = explained("municipal_start")
        assert found["formula"].startswith("municipal.decided_on … workdays(municipal.decided_on, ")
        assert [part["key"] for part in found["inputs"]] == [
            "municipal.decided_on",
            "municipal.handover_days",
            "municipal_published",
        ]


def test_every_key_is_explained_in_plain_data_down_to_leaves(case, ledger):
    for key in ledger.entries:
        found = json.loads(json.dumps(explain(case, ledger, key)))
        ends = {part["key"] for part in below(found).values() if not part["inputs"]}
        assert ends == set(ledger.leaves(key))


def test_what_a_key_rests_on_is_named_once(ledger):
    found = rests_on(ledger, "gap.rate_ratio")
    assert len(found) == len(set(found))
    assert {"provincial.months", "provincial_scope", "municipal.counted_to", "unstated_year"} <= set(found)
    assert rests_on(ledger, "provincial.cases") == ()


def test_unknown_key(explained):
    with pytest.raises(KeyError, match=r"municipal\.case"):
        explained("municipal.case")
