"""The data request: what a field must say, and that it asks for what the case leaves open."""

from __future__ import annotations

import itertools
from pathlib import Path

import polars as pl
import pytest

from analysis import CaseError
from analysis.data_request import ESTIMANDS, FILE, data_request, unasked, unsettling
from analysis.numerals import numerals
from analysis.publish import notebook, results

ROOT = Path(__file__).parents[1]
NAME = "data_request.csv"


@pytest.fixture(scope="module")
def request_():
    return data_request(ROOT)


@pytest.fixture(scope="module")
def shown():
    """The table that the page shows, in either language."""
    return results.request(notebook.open_study({"case": "meizhou"}))


def findings(project) -> list[str]:
    with pytest.raises(CaseError) as caught:
        data_request(project.root)
    return [str(finding) for finding in caught.value.findings]


class TestRegister:
    def test_every_name_it_settles_is_known(self, request_, case):
        assert not list(unsettling(request_, case))

    def test_asks_for_every_estimand(self, request_):
        assert set(request_["settles"].str.split("|").explode()) >= ESTIMANDS

    def test_asks_for_what_the_sources_leave_open(self, request_, case):
        # but for the year, which the order of dates fixes, and for what whoever evaluates has to choose
        assert unasked(request_, case) == ["unstated_year", "design_effect"]

    @pytest.mark.parametrize("column", ["level", "period", "holder"])
    def test_one_wording_in_each_language(self, request_, column):
        pairs = request_.select(f"{column}_en", f"{column}_zh").unique()
        assert pairs[f"{column}_en"].is_unique().all()
        assert pairs[f"{column}_zh"].is_unique().all()

    def test_says_no_number(self, request_):
        """A page that shows the register may hold no numeral that is not a ledger value."""
        texts = request_.select(pl.selectors.ends_with("_en", "_zh"))
        found = [(text, match[0]) for column in texts for text in column for match in numerals(text)]
        assert not found

    def test_both_languages_in_their_script(self, request_):
        for name in (column for column in request_.columns if column[-3:] in {"_en", "_zh"}):
            chinese = request_[name].str.contains(r"\p{Han}")
            assert chinese.all() if name.endswith("_zh") else not chinese.any()


class TestTable:
    """As the page shows it."""

    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_every_field_once_and_each_holder_together(self, shown, request_, lang):
        labels, holders = (shown[lang].to_series(place).to_list() for place in (0, 3))
        assert sorted(labels) == sorted(request_[f"label_{lang}"])
        together = [holder for holder, _ in itertools.groupby(holders)]
        assert len(together) == len(set(together)) == request_[f"holder_{lang}"].n_unique()

    def test_a_row_by_hand(self, shown):
        row = (
            "Day of handover",
            "Day of handover and of the first case, each",
            "By item by recipient; each decision that moved items, and each change since",
            "Municipal department in charge of the item",
            "Sets the start of exposure, which no source gives.",
        )
        assert row in shown["en"].rows()
        zh = ("逐件；自有记录之月起，至复函之月止", "政务服务和数据管理部门")
        assert shown["zh"].row(0)[2:4] == zh


class TestChecked:
    @pytest.mark.parametrize(
        ("column", "value", "message"),
        [
            ("type", "number", "'number' expected one of identifier, date, duration, count"),
            ("priority", "", "expected one of core, supporting"),
            ("why_zh", "", "is empty; expected a value"),
            ("settles", "", "expected keys in lower case with dots"),
            ("settles", "ratings, trips", "expected keys in lower case with dots"),
        ],
    )
    def test_cell(self, project, column, value, message):
        project.edit(NAME, "trips", column, value)
        (found,) = findings(project)
        assert found.startswith(f"{FILE}, row {project.row(NAME, 'trips')}, column {column}: ")
        assert message in found

    def test_field_stands_twice(self, project):
        project.edit(NAME, "trips", "field", "channel")
        assert any("stands twice in the file" in found for found in findings(project))

    def test_name_that_is_not_there(self, project, case):
        project.edit(NAME, "trips", "settles", "trip_kinds|estimand.trips")
        (found,) = unsettling(data_request(project.root), case)
        assert str(found).startswith(f"{FILE}, row {project.row(NAME, 'trips')}, column settles: ")
        assert "there is no 'trip_kinds'" in str(found)
        assert "trip_kind" in str(found).split("'trip_kinds'")[1]

    def test_no_file(self, project):
        project.path(NAME).unlink()
        assert findings(project) == [f"{FILE}: there is no such file"]
