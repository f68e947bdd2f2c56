"""The evaluation as declared: floors by enumeration, powers by a closed form, the file that keeps them."""

from __future__ import annotations

import csv
import itertools
import math
from dataclasses import replace
from fractions import Fraction

import pytest

from analysis import UnusableError, evaluation, ledger, load_case, power_results
from analysis.power import Panel, Prior, Study, simulate
from analysis.randomisation import Stratum, assignments, floor, least_floor
from tests.closed_form import noncentral_t_power, standard_error
from tests.conftest import ROOT

FILE = ROOT / "seeds" / "meizhou" / "power.csv"


@pytest.fixture(scope="module")
def entries():
    return ledger(load_case("meizhou", root=ROOT))


@pytest.fixture(scope="module")
def powers(entries):
    return evaluation.powers(entries, "meizhou", ROOT)


class TestFloors:
    """The ledger's formulas against an enumeration of every set that could have been chosen."""

    def test_two_of_eight_counties(self, entries):
        pairs = list(itertools.combinations(range(8), 2))
        assert len(list(assignments(evaluation.counties(entries)))) == len(pairs) == 28
        assert entries["design.county_draws"].value == 28
        found = floor(evaluation.counties(entries))
        assert (found.one_sided, found.doubled) == (Fraction(1, 28), Fraction(1, 14))
        assert entries["design.county_floor"].value == pytest.approx(float(found.one_sided))
        assert entries["design.county_floor_either"].value == pytest.approx(float(found.doubled))
        texts = [entries.text(f"design.county_floor{end}", "en") for end in ("", "_either")]
        assert texts == ["0.036", "0.071"]

    @pytest.mark.parametrize("counties", [3, 5, 7, 8, 11])
    def test_of_any_number_of_counties(self, project, counties):
        for end in ("low", "central", "high"):
            project.edit("meizhou/assumptions.csv", "city_counties", end, str(counties))
        changed = ledger(load_case("meizhou", root=project.root))
        every = len(list(itertools.combinations(range(counties), 2)))
        assert evaluation.counties(changed) == [Stratum(counties, 2)]
        assert changed["design.county_draws"].value == every
        divided = [
            len(list(assignments([Stratum(first, 1), Stratum(counties - first, 1)])))
            for first in range(1, counties)
        ]
        assert changed["design.class_draws"].value == max(divided)

    def test_one_in_each_assessment_class(self, entries):
        assert entries["design.class_draws"].value == 16
        assert least_floor(8, [1, 1]).one_sided == Fraction(1, 16)
        assert entries["design.class_floor"].value == float(Fraction(1, 16))
        assert entries.text("design.class_floor", "en") == "0.0625"

    def test_further_classes_do_not_lower_the_floor(self):
        """A class without an exemplar takes counties away from the others."""
        for rest in range(1, 7):
            divided = [
                floor([Stratum(first, 1), Stratum(8 - rest - first, 1), Stratum(rest, 0)]).one_sided
                for first in range(1, 8 - rest)
            ]
            assert min(divided) > Fraction(1, 16)


class TestDeclared:
    def test_central_study_is_that_of_the_ledger(self, entries):
        study = evaluation.centre(entries)
        assert study.prior == Prior(effect=2, cell_sd=3, icc=0.2)
        assert study.panel == Panel(exemplar=10, other=40, before=20, after=10)
        assert (study.test.method, study.test.alternative, study.test.level) == (
            "randomisation",
            "two-sided",
            0.05,
        )

    def test_a_reading_changes_the_studies(self, entries):
        read = ledger(load_case("meizhou", root=ROOT, assumptions={"design_cell_sd": "5"}))
        assert {study.prior.cell_sd for study in evaluation.studies(read)} == {5}
        keys = [power_results.key(study) for study in evaluation.studies(entries)]
        assert not {*map(power_results.key, evaluation.studies(read))} & {*keys}

    def test_fixed_assumption_has_one_line(self):
        settings = {"design_effect": "2", "design_towns": "7", "design_months_after": "10"}
        read = ledger(load_case("meizhou", root=ROOT, assumptions=settings))
        (study,) = evaluation.studies(read)
        assert (study.prior.effect, study.panel.exemplar, study.panel.after) == (2, 7, 10)

    def test_grid(self, entries):
        found = [
            (study.prior.effect, study.panel.after, study.panel.exemplar)
            for study in evaluation.studies(entries)
        ]
        towns = list(range(2, 21, 2))
        assert found == list(itertools.product([1, 2, 4], [5, 10, 20], towns))

    @pytest.mark.parametrize("key", ["provincial_items", "provincial_scope"])
    def test_what_is_no_number_cannot_be_simulated(self, entries, key):
        with pytest.raises(UnusableError, match="needs a number"):
            evaluation.declared(entries, key)


class TestKept:
    def test_file_holds_every_study_and_no_other(self, entries):
        with FILE.open(encoding="utf-8", newline="") as lines:
            rows = [row["study"] for row in csv.DictReader(lines)]
        assert rows == [power_results.key(study) for study in evaluation.studies(entries)], (
            "the priors or the method have changed: 'make power' simulates anew"
        )

    @pytest.mark.parametrize("place", [0, 53])
    def test_one_power_again(self, powers, place):
        assert simulate(powers[place].study) == powers[place]

    def test_every_power_against_the_closed_form(self, powers):
        """Randomising the estimate loses little to t, and nothing of it is by chance: a share of 2000."""
        for found in powers:
            prior, panel = found.study.prior, found.study.panel
            exact = noncentral_t_power(prior.effect / standard_error(prior, panel), panel.units - 2)
            error = math.sqrt(exact * (1 - exact) / found.study.draws)
            assert found.power == pytest.approx(exact, abs=4 * error + 0.02), found.study

    def test_main_writes_it(self, monkeypatch, tmp_path, powers):
        monkeypatch.setattr(evaluation, "powers", lambda *_: powers)
        monkeypatch.setattr(evaluation, "file_of", lambda case: tmp_path / f"{case}.csv")
        monkeypatch.setattr("sys.argv", ["evaluation", "meizhou"])
        evaluation.main()
        assert (tmp_path / "meizhou.csv").read_bytes() == FILE.read_bytes()


class TestWhatTheChartSays:
    """Its headline: towns and the size of the effect count, months beyond the central number little."""

    @staticmethod
    def by(powers, after, effect) -> list[float]:
        chosen = (
            each for each in powers if (each.study.panel.after, each.study.prior.effect) == (after, effect)
        )
        return [each.power for each in chosen]

    def test_towns_count(self, powers):
        for effect in (1, 2, 4):
            line = self.by(powers, 10, effect)
            assert line[-1] > 2 * line[0]

    def test_size_counts(self, powers):
        small, middle, large = (self.by(powers, 10, effect) for effect in (1, 2, 4))
        assert all(low < mid < high for low, mid, high in zip(small, middle, large, strict=True))

    def test_further_months_add_little(self, powers):
        for effect in (1, 2, 4):
            pairs = zip(self.by(powers, 10, effect), self.by(powers, 20, effect), strict=True)
            assert all(abs(later - sooner) < 0.07 for sooner, later in pairs)


class TestDetectable:
    """The closed form in the ledger: Bloom (1995), with the normal quantiles of 5% and 80%."""

    def test_by_hand(self, entries):
        # a town's change: 3 √(2 (2 · 0.2 + 0.8 (1/20 + 1/10))) = 3 √1.04; over towns: √(1/10 + 1/40)
        assert entries["design.detectable"].value == pytest.approx(2.8 * 3 * math.sqrt(1.04 * 0.125))
        assert entries["design.detectable"].value == pytest.approx(3.0286, abs=1e-4)

    def test_quantiles(self, stats):
        assert stats.norm.ppf(0.975) + stats.norm.ppf(0.8) == pytest.approx(2.8, abs=0.002)

    def test_is_found_with_a_power_of_eighty_per_cent(self, entries):
        """Simulated, in a design with towns enough for the approximation."""
        study = evaluation.centre(entries)
        panel = replace(study.panel, exemplar=100, other=400)
        least = 2.8 * standard_error(study.prior, panel)
        many = Study(replace(study.prior, effect=least), panel, replace(study.test, method="t"), 4000, 3)
        assert simulate(many).power == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 4000) + 0.005)

    def test_few_towns_cost_some_of_it(self, entries):
        study = evaluation.centre(entries)
        least = entries["design.detectable"].value
        assert least == pytest.approx(2.8 * standard_error(study.prior, study.panel))
        assert 0.75 < noncentral_t_power(2.8, study.panel.units - 2) < 0.8
