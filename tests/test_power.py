"""Simulated power against closed forms, what must cancel, and what must only rise."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from analysis import power_results
from analysis.few_treated import Test as Rule  # not a test, whatever it is called
from analysis.power import Panel, Power, Prior, Study, cells, exemplar, simulate
from analysis.power_results import kept, key, results, table, write
from analysis.triple_difference import changes, estimate
from tests.closed_form import change_sd, noncentral_t_power, standard_error

PRIOR = Prior(effect=-2.0, cell_sd=4.0)
PANEL = Panel(exemplar=6, other=18, before=12, after=6)
STUDY = Study(PRIOR, PANEL, Rule("t"))


def expect(study: Study, expected: float) -> None:
    """Within four Monte Carlo standard errors."""
    error = math.sqrt(expected * (1 - expected) / study.draws)
    assert simulate(study).power == pytest.approx(expected, abs=4 * error)


class TestClosedForm:
    @pytest.mark.parametrize("effect", [-1.0, -2.0, -3.0, 0.0])
    @pytest.mark.parametrize("panel", [PANEL, Panel(2, 6, 12, 12), Panel(1, 7, 24, 6), Panel(10, 40, 3, 1)])
    def test_without_clustering(self, effect, panel):
        prior = replace(PRIOR, effect=effect)
        by_hand = 4.0 * math.sqrt(2 / panel.before + 2 / panel.after)
        assert change_sd(prior, panel) == pytest.approx(by_hand)
        study = replace(STUDY, prior=prior, panel=panel, draws=4000)
        expect(study, noncentral_t_power(effect / standard_error(prior, panel), panel.units - 2))

    @pytest.mark.parametrize(("icc", "serial"), [(0.1, 0.0), (0.0, 0.6), (0.05, 0.4), (0.3, -0.3)])
    def test_with_lasting_shocks_and_serial_correlation(self, icc, serial):
        prior = replace(PRIOR, icc=icc, serial=serial)
        study = replace(STUDY, prior=prior, draws=4000)
        expect(study, noncentral_t_power(-2 / standard_error(prior, PANEL), PANEL.units - 2))

    def test_many_units_reach_the_power_of_a_z_test(self):
        panel = Panel(60, 240, 12, 6)
        prior = replace(PRIOR, effect=-0.6)
        z = 0.6 / standard_error(prior, panel)
        normal = NormalDist()
        expected = normal.cdf(z - normal.inv_cdf(0.975)) + normal.cdf(-z - normal.inv_cdf(0.975))
        study = replace(STUDY, prior=prior, panel=panel)
        error = math.sqrt(expected * (1 - expected) / study.draws)
        assert simulate(study).power == pytest.approx(expected, abs=4 * error + 0.005)

    def test_randomisation_inference_loses_little_to_t(self):
        """Both are exact here; the drawn assignments cost a little power (Hope, 1968)."""
        t, randomised = (
            simulate(replace(STUDY, test=Rule(method))).power for method in ("t", "randomisation")
        )
        assert randomised == pytest.approx(t, abs=0.04)

    def test_noncentral_t_against_scipy(self, stats):
        for shift, freedom in ((0.0, 6), (1.0, 6), (2.5, 22), (4.0, 48)):
            critical = stats.t.ppf(0.975, freedom)
            expected = stats.nct.sf(critical, freedom, shift) + stats.nct.cdf(-critical, freedom, shift)
            assert noncentral_t_power(shift, freedom) == pytest.approx(expected, abs=1e-6)

    def test_estimate_is_unbiased_with_the_closed_form_spread(self):
        study = replace(STUDY, prior=replace(PRIOR, icc=0.1, serial=0.5))
        generators = [np.random.default_rng(seed) for seed in range(4)]
        found = estimate(changes(cells(study, 4000, generators), 12), exemplar(PANEL)).effect
        error = standard_error(study.prior, PANEL)
        assert found.mean() == pytest.approx(-2, abs=4 * error / math.sqrt(4000))
        assert found.std() == pytest.approx(error, rel=4 / math.sqrt(2 * 4000))


class TestOneEstimateAgainstPyfixest:
    @pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest's own, under pandas 3.1
    def test_first_data_set(self, pyfixest):
        import pandas as pd  # noqa: PLC0415 - comes with pyfixest

        study = replace(STUDY, prior=replace(PRIOR, icc=0.1, unit_sd=5, unit_month_sd=3))
        drawn = cells(study, 1, [np.random.default_rng(seed) for seed in range(4)])[0]
        unit, item, month = (axis.ravel() for axis in np.indices(drawn.shape))
        long = pd.DataFrame({"y": drawn.ravel(), "unit": unit, "item": item, "month": month})
        long["treated"] = ((unit < 6) & (item == 0) & (month >= 12)).astype(float)
        fit = pyfixest.feols("y ~ treated | unit^month + unit^item + item^month", long)
        own = estimate(changes(drawn, 12), exemplar(PANEL)).effect
        assert fit.coef()["treated"] == pytest.approx(float(own), rel=1e-6)


class TestMonotone:
    @staticmethod
    def with_panel(**changed: int) -> Study:
        return replace(STUDY, panel=replace(PANEL, **changed))

    def test_in_towns(self):
        found = [simulate(self.with_panel(exemplar=towns)).power for towns in (2, 4, 8, 16)]
        assert found == sorted(found)
        assert found[-1] - found[0] > 0.2

    def test_in_months(self):
        found = [simulate(self.with_panel(after=months)).power for months in (1, 3, 6, 12)]
        assert found == sorted(found)
        assert found[-1] - found[0] > 0.2

    def test_in_effect(self):
        found = [
            simulate(replace(STUDY, prior=replace(PRIOR, effect=effect))).power for effect in (0, -1, -2, -4)
        ]
        assert found == sorted(found)

    def test_no_number_of_months_makes_up_for_lasting_shocks(self):
        lasting = replace(PRIOR, icc=0.2)
        many = replace(STUDY, prior=lasting, panel=replace(PANEL, before=120, after=120))
        limit = 2 * math.sqrt(0.2) * 4 * math.sqrt(1 / 6 + 1 / 18)
        assert standard_error(lasting, many.panel) > limit
        assert simulate(many).power <= noncentral_t_power(2 / limit, 22) + 4 * 0.0112


class TestWhatCancels:
    def test_levels_and_months_of_units(self):
        shaken = replace(STUDY, prior=replace(PRIOR, unit_sd=20, unit_month_sd=10))
        assert simulate(shaken).rejections == simulate(STUDY).rejections


class TestReproducible:
    def test_same_seed_same_count(self):
        assert simulate(STUDY) == simulate(STUDY)
        assert simulate(replace(STUDY, seed=2)).rejections != simulate(STUDY).rejections

    def test_blocks_do_not_matter(self, monkeypatch):
        whole = simulate(replace(STUDY, draws=500))
        monkeypatch.setattr("analysis.power.BLOCK", 1)
        assert simulate(replace(STUDY, draws=500)) == whole

    def test_two_of_eight_counties_have_no_power_in_both_directions(self):
        counties = Study(Prior(effect=-50, cell_sd=1), Panel(2, 6, 12, 12), draws=200)
        assert simulate(counties).power == 0
        assert simulate(replace(counties, test=Rule(alternative="less"))).power == 1

    def test_monte_carlo_error(self):
        assert Power(replace(STUDY, draws=400), 100).monte_carlo_error == pytest.approx(
            math.sqrt(0.25 * 0.75 / 400)
        )


class TestKept:
    SMALL = replace(STUDY, draws=50)

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "power.csv"
        write(path, results([self.SMALL], {}))
        return path

    def test_is_simulated_once(self, file, monkeypatch):
        right = simulate(self.SMALL)
        monkeypatch.setattr(power_results, "simulate", None)
        assert results([self.SMALL], kept(file)) == [right]

    def test_says_which_study_it_is(self, file):
        head, row = file.read_text(encoding="utf-8").splitlines()
        assert head == "study,exemplar,after,effect,draws,rejections"
        assert row == f"{key(self.SMALL)},6,6,-2.0,50,{simulate(self.SMALL).rejections}"

    @pytest.mark.parametrize(
        "other",
        [
            replace(SMALL, seed=2),
            replace(SMALL, draws=51),
            replace(SMALL, prior=replace(PRIOR, icc=0.01)),
            replace(SMALL, panel=replace(PANEL, after=7)),
            replace(SMALL, test=Rule("t", level=0.1)),
        ],
    )
    def test_stale_result_is_never_used(self, file, other):
        """Whatever the study differs in, what the file says of another is not taken for it."""
        file.write_text(file.read_text(encoding="utf-8").rpartition(",")[0] + ",50\n", encoding="utf-8")
        assert results([self.SMALL], kept(file))[0].power == 1
        assert results([other], kept(file)) == [simulate(other)]

    def test_result_of_another_method_is_never_used(self, file, monkeypatch):
        file.write_text(file.read_text(encoding="utf-8").rpartition(",")[0] + ",50\n", encoding="utf-8")
        monkeypatch.setattr(power_results, "_method", lambda: "another")
        assert results([self.SMALL], kept(file)) == [simulate(self.SMALL)]

    @pytest.mark.parametrize("count", ["51", "-1", "2.5", "", "three"])
    def test_count_that_cannot_be_is_simulated_again(self, file, count):
        file.write_text(file.read_text(encoding="utf-8").rpartition(",")[0] + f",{count}\n", encoding="utf-8")
        assert results([self.SMALL], kept(file)) == [simulate(self.SMALL)]

    @pytest.mark.parametrize("text", ["", "study\n", "study,rejections\nabc", "a,b\n1,2\n", "null"])
    def test_file_without_results(self, tmp_path, text):
        (tmp_path / "power.csv").write_text(text, encoding="utf-8")
        assert kept(tmp_path / "power.csv") == {}
        assert kept(tmp_path / "none.csv") == {}

    def test_rows_of_a_table(self):
        (row,) = table([Power(self.SMALL, 20)]).iter_rows(named=True)
        assert row == {
            "exemplar": 6,
            "other": 18,
            "before": 12,
            "after": 6,
            "effect": -2.0,
            "cell_sd": 4.0,
            "icc": 0.0,
            "power": 0.4,
            "monte_carlo_error": pytest.approx(math.sqrt(0.4 * 0.6 / 50)),
        }


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (Prior, (math.nan, 1), "finite effect"),
        (Prior, (1, 0), "above zero"),
        (Prior, (1, math.inf), "finite"),
        (Prior, (1, 1, 1.0), "icc in"),
        (Prior, (1, 1, -0.1), "icc in"),
        (Prior, (1, 1, 0, 1.0), "serial correlation"),
        (Prior, (1, 1, 0, 0, -1), "no negative spread"),
        (Prior, (1, 1, 0, 0, 0, math.nan), "finite"),
        (Panel, (0, 6, 12, 12), "on either side"),
        (Panel, (2, 6, 0, 12), "on either side"),
        (Panel, (1, 1, 12, 12), "three units"),
        (Study, (PRIOR, PANEL, Rule(), 0), "one at least"),
        (Study, (PRIOR, PANEL, Rule(), 10, -1), "no negative seed"),
    ],
)
def test_bad_input(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(*arguments)
