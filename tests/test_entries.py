"""The ledger: every number that the sources bear, worked by hand, and what it rests on."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import ledger as compute
from analysis import load_case
from analysis.entries import STATUSES, Ledger, weakest
from analysis.keys import FORMS

ROOT = Path(__file__).parents[1]
MONTH = 365.25 / 12  # 30.4375 days


def with_settings(**settings: object):
    return compute(load_case("meizhou", assumptions=settings, root=ROOT))


def days(*found: tuple[int, int, int]) -> list[int]:
    return [date(*day).toordinal() for day in found]


# From 1 September 2023 to 31 March 2024: 30 + 31 + 30 + 31 + 31 + 29 + 30 = 212 days.
# From 15 November: 15 + 31 + 31 + 29 + 31 = 137.
# From 30 November: 31 + 31 + 29 + 31 = 122.  From 22 January: 9 + 29 + 31 = 69.
INTERVALS = [
    ("provincial.months", 137 / MONTH, 212 / MONTH),  # 4.50 to 6.97
    ("municipal.months", 69 / MONTH, 122 / MONTH),  # 2.27 to 4.01
    ("provincial.cases_per_month", 209.33, 323.93),  # 1458 / (212 / 30.4375), 1458 / (137 / 30.4375)
    ("provincial.cases_net_per_month", 68.34, 105.75),  # 1458 - 982 = 476 over the same months
    ("municipal.cases_per_month", 108.03, 191.01),  # 433 / (122 / 30.4375), 433 / (69 / 30.4375)
    ("municipal.cases_per_item_month", 108.028 / 36, 191.006 / 36),
    ("gap.rate_ratio", 209.3296 / 191.0063, 323.9261 / 108.0282),
    ("gap.rate_ratio_net", 68.3408 / 191.0063, 105.7536 / 108.0282),
    ("gap.time_cut", 3.05, 3.07),  # 77.535 - 74.485, 77.545 - 74.475
    ("gap.time_left_ratio", 25.515 / 22.465, 25.525 / 22.455),
    ("gap.trips_cut", 0.215, 0.325),  # 1.565 - 1.35, 1.575 - 1.25
    ("provincial.trips_saved", 1822.5, 1968.3),  # 1458 * 1.25, 1458 * 1.35
    ("municipal.trips_saved", 677.645, 681.975),  # 433 * 1.565, 433 * 1.575
    ("gap.mix_needed", 305 / 60, 307 / 20),  # 5.1 to 15.4 points
    ("provincial.satisfaction", 99.5, 100),
    ("provincial.satisfied_of_all", 0, 100),
    ("satisfaction.dissatisfied_ceiling", 100 * (1 - 0.05 ** (1 / 300)), 100 * (1 - 0.05 ** (1 / 30))),
    ("province.villages", 26450, 26550),
    ("exemplar.village_share", 106200 / 26550, 106200 / 26450),
]

EXACT = [
    ("provincial.permit_case_share", 67.35),  # 982 / 1458
    ("provincial.granted_share", 6.90),  # 6 / 87
    ("gap.caseload_ratio", 3.37),  # 1458 / 433
    ("municipal.cases_per_item", 12.03),  # 433 / 36
    ("municipal.permit_share", 69.44),  # 25 / 36
    ("pilot.permit_share", 42.0),  # 21 / 50
    ("municipal.permit_share_of_powers", 83.33),  # 25 / 30
    ("pilot.permit_share_of_powers", 80.77),  # 21 / 26
    ("mix.permit_gap", 27.44),  # 69.44 - 42
    ("mix.permit_gap_of_powers", 2.56),  # 83.33 - 80.77
    ("exemplar.county_share", 18.03),  # 22 / 122
    ("exemplar.town_share", 6.84),  # 110 / 1609
    ("pilot.outcome_days", 0),  # decided on 8 April, counted to 31 March
    ("pilot.days_after_count", 8),
    ("pilot.exemplar_counties", 2),
    ("support.instruments", 9),
]


class TestNumbers:
    @pytest.mark.parametrize(("key", "low", "high"), INTERVALS)
    def test_interval(self, ledger, key, low, high):
        assert ledger[key].low == pytest.approx(low, rel=5e-5, abs=1e-9)
        assert ledger[key].high == pytest.approx(high, rel=5e-5, abs=1e-9)
        assert ledger[key].low <= ledger[key].value <= ledger[key].high

    @pytest.mark.parametrize(("key", "value"), EXACT)
    def test_exact(self, ledger, key, value):
        assert ledger[key].low == ledger[key].value == ledger[key].high
        assert ledger[key].value == pytest.approx(value, abs=0.005)

    def test_gap_in_time_cut_is_306_hundredths(self, ledger):
        assert ledger["gap.time_cut"].value == pytest.approx(77.54 - 74.48)
        assert ledger.text("gap.time_cut", "en") == "3.06 percentage points"
        assert ledger.text("gap.time_cut", "en", "interval") == "3.05 to 3.07 percentage points"

    def test_value_is_never_written_outside_its_interval(self, ledger):
        assert ledger.text("gap.time_left_ratio", "en") == "1.136 times"
        for entry in ledger.entries.values():
            if isinstance(entry.value, float) and entry.kind == "quantity" and entry.unit != "date":
                written = float(entry.text["zh"]["bare"])
                assert entry.low == entry.high or entry.low <= written <= entry.high, entry.key

    def test_ends_are_rounded_to_the_nearest(self, ledger):
        rate, saved = "municipal.cases_per_month", "provincial.trips_saved"
        assert ledger.text(rate, "en", "interval") == "108 to 191 cases a month"  # 108.03, 191.006
        assert ledger.text(saved, "en", "interval") == "1,822 to 1,968 trips"  # 1822.5, 1968.3
        assert ledger.text("gap.mix_needed", "zh", "interval") == "5.1至15.4个百分点"  # 305 / 60, 307 / 20

    def test_mix_needed_at_thirty_points(self, ledger):
        assert ledger["speed_difference"].value == 30
        assert ledger["gap.mix_needed"].value == pytest.approx(10.2)  # 3.06 / 0.30

    @pytest.mark.parametrize("rated", [30, 100, 300])
    def test_dissatisfaction_that_a_spotless_sample_leaves_open(self, rated):
        found = with_settings(ratings=rated)["satisfaction.dissatisfied_ceiling"]
        # no dissatisfied rating in m: (1 - d) ** m = 0.05 at the bound
        assert (1 - found.value / 100) ** rated == pytest.approx(0.05)
        assert found.value == pytest.approx(100 * -math.log(0.05) / rated, rel=0.06)  # the rule of three

    def test_starts_of_the_counts(self, ledger):
        provincial, municipal = ledger["provincial_start"], ledger["municipal_start"]
        assert [provincial.low, provincial.high] == days((2023, 9, 1), (2023, 11, 15))
        assert [municipal.low, municipal.value, municipal.high] == days(
            (2023, 11, 30), (2024, 1, 12), (2024, 1, 22)
        )

    def test_start_that_would_level_the_tiers_lies_before_the_september_batch(self, ledger):
        found = ledger["gap.breakeven_start"]
        # 31 March 2024 less 1458 / 191.006 and 1458 / 108.028 months: 232.3 and 410.8 days
        assert [int(found.low), int(found.high)] == days((2023, 2, 14), (2023, 8, 11))
        assert found.high < ledger["provincial_start"].low


class TestAssumptions:
    def test_order_of_the_tiers_flips_with_the_nesting(self, ledger):
        assert ledger["gap.rate_ratio"].low > 1 > ledger["gap.rate_ratio_net"].high

    @pytest.mark.parametrize(
        ("name", "value", "keys"),
        [
            (
                "provincial_scope",
                "all_items",
                ["provincial.months", "provincial.cases_per_month", "gap.rate_ratio"],
            ),
            ("cut_baseline", "differs", ["gap.time_cut", "gap.time_left_ratio", "gap.mix_needed"]),
            ("cut_endpoint", "differs", ["gap.time_cut"]),
            ("cut_unit", "differs", ["gap.time_cut"]),
            ("cut_aggregation", "differs", ["gap.time_cut"]),
            ("case_weighting", "items", ["provincial.trips_saved", "municipal.trips_saved", "gap.trips_cut"]),
            ("trip_kind", "differs", ["gap.trips_cut"]),
            ("permits_within", "not_all", ["provincial.permit_case_share", "provincial.cases_net"]),
            ("six_in_87", "separate", ["provincial.granted_share"]),
        ],
    )
    def test_choice_that_leaves_it_open_is_named(self, ledger, name, value, keys):
        found = with_settings(**{name: value})
        for key in keys:
            assert ledger[key].status == "bounded"
            assert (found[key].status, found[key].open_key) == ("not identified", name)
            assert found[key].low is found[key].value is found[key].high is None
            assert found.text(key, "zh") == "无法识别"

    def test_provincial_items_are_not_known(self, ledger):
        entry = ledger["provincial.cases_per_item"]
        assert (entry.status, entry.open_key) == ("not identified", "provincial_items")
        assert with_settings(provincial_items=54)["provincial.cases_per_item"].value == 27  # 1458 / 54

    def test_fixing_an_assumption_narrows_what_rests_on_it(self):
        found = with_settings(municipal_start="2023-11-30")["municipal.cases_per_month"]
        assert found.low == found.high == pytest.approx(433 / (122 / MONTH))
        assert found.status == "bounded"  # a reader's setting is no evidence

    def test_setting_of_a_choice_is_written_in_both_languages(self):
        found = with_settings(provincial_scope="all_items")
        assert found.text("provincial_scope", "en") == "all provincial items ever taken over"
        assert found.text("provincial_scope", "zh") == "历次承接的全部事项"


class TestFacts:
    @pytest.mark.parametrize(
        ("key", "form", "en", "zh"),
        [
            ("provincial.cases", "value", "1,458 cases", "1458件"),
            ("provincial.cases", "bare", "1,458", "1458"),
            ("provincial.trips_cut", "value", "1.3 trips", "1.3次"),
            ("provincial.trips_cut", "interval", "1.25 to 1.35 trips", "1.25至1.35次"),
            ("provincial.time_cut", "interval", "77.535% to 77.545%", "77.535%至77.545%"),
            ("provincial.satisfaction", "value", "100%", "100%"),
            ("provincial.satisfaction", "interval", "99.5% to 100.0%", "99.5%至100.0%"),
            ("province.villages", "value", "26,500", "2.65万个"),
            ("province.villages", "interval", "26,450 to 26,550", "26450至26550个"),
            ("provincial.granted_on", "value", "September 2023", "2023年9月"),
            ("provincial.items_granted_on_request", "words", "six", "六"),
            ("area.education", "value", "present", "有"),
        ],
    )
    def test_are_written_as_printed(self, ledger, key, form, en, zh):
        assert (ledger.text(key, "en", form), ledger.text(key, "zh", form)) == (en, zh)

    def test_rounding_interval_of_a_whole_figure_has_a_decimal(self, project):
        for column, value in (
            ("value", "74"),
            ("exact", "办理时长压缩了74%"),
            ("translation", "handling time was cut by 74%"),
        ):
            project.edit("meizhou/facts.csv", "municipal.time_cut", column, value)
        found = compute(load_case("meizhou", root=project.root))
        assert found.text("municipal.time_cut", "en", "interval") == "73.5% to 74.5%"
        assert found.text("municipal.time_cut", "zh") == "74%"

    def test_date_without_year_rests_on_the_assumed_year(self, ledger):
        assert ledger["municipal.counted_to"].inputs == ("unstated_year",)
        assert ledger["municipal.counted_to"].status == "derived"
        assert ledger["municipal.decided_on"].status == "reported"

    def test_label_names_tier_and_indicator(self, ledger):
        assert ledger["provincial.cases"].label == {
            "en": "Provincial items: caseload",
            "zh": "省级事项：业务办理量",
        }

    def test_label_of_an_abbreviation_keeps_its_capitals(self, project):
        project.edit("indicators.csv", "cases", "label_en", "GDP by case")
        found = compute(load_case("meizhou", root=project.root))
        assert found["provincial.cases"].label["en"] == "Provincial items: GDP by case"

    def test_what_only_a_later_source_says_is_not_identified(self):
        found = compute(load_case("meizhou", as_of="2024-04-12", root=ROOT))
        for key in ("provincial.cases", "area.education", "municipal.counted_to"):
            assert (found[key].status, found[key].open_key) == ("not identified", key)
            assert found.text(key, "en") == "not identified"
        assert found["municipal.cases_per_month"].open_key == "municipal.cases"


class TestStatus:
    def test_weakest_of_some(self):
        assert weakest(iter(["reported", "reported"])) == "derived"
        assert weakest(iter(["reported", "bounded", "derived"])) == "bounded"
        assert weakest(iter([])) == "derived"

    def test_is_never_stronger_than_the_weakest_input(self, ledger):
        for entry in ledger.entries.values():
            for name in entry.inputs:
                if entry.kind == "quantity":
                    assert STATUSES.index(entry.status) >= STATUSES.index(ledger[name].status), (
                        entry.key,
                        name,
                    )

    def test_branch_not_taken_does_not_weaken_it(self, project):
        # provincial.cases_per_item is not identified; the batch is what the case assumes
        text = 'municipal.cases / 36 if provincial_scope == "september_batch" else provincial.cases_per_item'
        project.edit("quantities.csv", "municipal.cases_per_item", "expression", text)
        rests = "municipal.cases_per_item / municipal.months"
        project.edit("quantities.csv", "municipal.cases_per_item_month", "expression", rests)
        keys = ("municipal.cases_per_item", "municipal.cases_per_item_month")
        found = compute(load_case("meizhou", root=project.root))
        assert found[keys[0]].value == 433 / 36
        assert "provincial.cases_per_item" in found[keys[0]].inputs
        assert [found[key].status for key in keys] == ["bounded", "bounded"]  # as the scope is
        other = {"provincial_scope": "all_items"}
        found = compute(load_case("meizhou", root=project.root, assumptions=other))
        for key in keys:
            assert (found[key].status, found[key].open_key) == ("not identified", "provincial_items")

    def test_only_facts_and_measures_are_reported(self, ledger):
        assert {entry.kind for entry in ledger.entries.values() if entry.status == "reported"} == {
            "fact",
            "measure",
        }

    @pytest.mark.parametrize(
        ("key", "status"),
        [
            ("municipal.permit_share", "derived"),
            ("pilot.outcome_days", "derived"),
            ("municipal.cases_per_month", "bounded"),
            ("provincial.permit_case_share", "bounded"),  # exact, but under an assumption
            ("provincial_items", "not identified"),
            ("unstated_year", "derived"),
        ],
    )
    def test_known_ones(self, ledger, key, status):
        assert ledger[key].status == status


class TestLedger:
    def test_leaves_are_what_it_finally_rests_on(self, ledger):
        assert ledger.leaves("municipal.cases_per_month") == (
            "municipal.cases",
            "unstated_year",
            "municipal.decided_on",
            "municipal.handover_days",
            "municipal_scope",
        )

    def test_inputs_are_the_keys_of_the_formula_and_have_entries(self, ledger):
        assert ledger["municipal.cases_per_month"].inputs == ("municipal.cases", "municipal.months")
        assert {name for entry in ledger.entries.values() for name in entry.inputs} <= set(ledger.entries)

    def test_every_entry_is_written_in_every_form(self, ledger):
        for entry in ledger.entries.values():
            for lang in ("en", "zh"):
                assert set(entry.text[lang]) == set(FORMS)
                assert all(entry.text[lang].values()), entry.key
                assert entry.label[lang].strip(), entry.key

    def test_json_is_the_same_for_the_same_case(self, ledger):
        again = compute(load_case("meizhou", root=ROOT))
        assert again.to_json() == ledger.to_json()

    def test_json_holds_what_the_ledger_holds(self, ledger):
        found = json.loads(ledger.to_json())
        assert found["case"] == "meizhou"
        assert found["entries"].keys() == ledger.entries.keys()
        assert found["entries"]["municipal.cases"]["text"]["zh"]["value"] == "433件"

    def test_unknown_key(self, ledger):
        with pytest.raises(KeyError, match=r"municipal\.case"):
            ledger["municipal.case"]


class TestDeclared:
    @pytest.mark.parametrize("name", ["meizhou", "luohu"])
    def test_value_is_shown_as_it_is_declared(self, name):
        case = load_case(name, root=ROOT)
        ledger = compute(case)
        declared = {
            row["name"]: row["central"]
            for row in case.assumptions.iter_rows(named=True)
            if re.fullmatch(r"[\d.]+", row["central"])
        }
        shown = {key: ledger.text(key, "zh", "bare") for key in declared}
        assert {key: float(text.rstrip("年")) for key, text in shown.items()} == {
            key: float(text) for key, text in declared.items()
        }

    def test_count_is_shown_in_full(self, ledger):
        # the permits are 982, and an interval from none to 982 would bear tens only
        assert ledger.text("permits_counted", "en") == "982 cases"
        assert ledger.text("permits_counted", "zh", "interval") == "0至982件"


def read(name: str, taken: frozenset[str]) -> Ledger:
    """The ledger of a case of whose sources only some were read, the rest being dated too late."""
    case = load_case(name, root=ROOT)
    dated = (
        pl.when(pl.col("id").is_in(list(taken))).then(pl.lit("2024-01-01")).otherwise(pl.lit("2999-01-01"))
    )
    return compute(replace(case, sources=case.sources.with_columns(dated.alias("date")), as_of="2024-12-31"))


class TestSources:
    """Which sources are read: any set of them, and another one."""

    @given(data=st.data(), name=st.sampled_from(["meizhou", "luohu"]))
    @settings(max_examples=30)
    def test_adding_a_source_never_weakens_a_status(self, data, name):
        sources = sorted(load_case(name, root=ROOT).sources["id"])
        first = data.draw(st.sets(st.sampled_from(sources)).map(frozenset))
        added = data.draw(st.sampled_from(sources))
        fewer, more = read(name, first), read(name, first | {added})
        weaker = [
            key
            for key, entry in more.entries.items()
            if STATUSES.index(entry.status) > STATUSES.index(fewer[key].status)
        ]
        assert weaker == []

    def test_what_only_one_source_tells_is_known_with_it_alone(self):
        none, one = read("meizhou", frozenset()), read("meizhou", frozenset("A"))
        assert (none["municipal.cases"].status, one["municipal.cases"].status) == (
            "not identified",
            "reported",
        )
