"""Simulated power against closed forms, what must cancel, and what must only rise."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from analysis import power_results
from analysis.distributions import student_t_quantile
from analysis.few_treated import Test as Rule  # not a test, whatever it is called
from analysis.power import Panel, Power, Prior, Study, cells, exemplar, simulate
from analysis.power_results import by_towns_and_months, cached, grid, key
from analysis.triple_difference import changes, estimate

PRIOR = Prior(effect=-2.0, cell_sd=4.0)
PANEL = Panel(exemplar=6, other=18, before=12, after=6)
STUDY = Study(PRIOR, PANEL, Rule("t"))


def change_sd(prior: Prior, panel: Panel) -> float:
    """The standard deviation of a unit's change: weights of months times their correlations."""
    weights = np.repeat([-1 / panel.before, 1 / panel.after], [panel.before, panel.after])
    apart = np.abs(np.subtract.outer(np.arange(panel.months), np.arange(panel.months)))
    noise = weights @ (float(prior.serial) ** apart) @ weights
    return prior.cell_sd * math.sqrt(2 * (1 - prior.icc) * noise + 4 * prior.icc)


def standard_error(prior: Prior, panel: Panel) -> float:
    return change_sd(prior, panel) * math.sqrt(1 / panel.exemplar + 1 / panel.other)


def noncentral_t_power(noncentrality: float, freedom: int, level: float = 0.05) -> float:
    """Both tails of a noncentral t: a normal over a chi, integrated over the latter's density."""
    critical = student_t_quantile(1 - level / 2, freedom)
    chi = np.linspace(1e-9, math.sqrt(freedom) + 12, 20_001)
    log = (
        (freedom - 1) * np.log(chi) - chi**2 / 2 - math.lgamma(freedom / 2) - (freedom / 2 - 1) * math.log(2)
    )
    reach = critical * chi / math.sqrt(freedom)
    normal = NormalDist().cdf
    tails = [normal(noncentrality - r) + normal(-noncentrality - r) for r in reach]
    return float(np.trapezoid(tails * np.exp(log), chi))


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
    def test_in_towns(self):
        found = [simulate(study).power for study in grid(STUDY, [2, 4, 8, 16], [6])]
        assert found == sorted(found)
        assert found[-1] - found[0] > 0.2

    def test_in_months(self):
        found = [simulate(study).power for study in grid(STUDY, [6], [1, 3, 6, 12])]
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


class TestCache:
    SMALL = replace(STUDY, draws=50)

    def test_is_computed_once(self, tmp_path, monkeypatch):
        first = cached(self.SMALL, tmp_path / "kept")
        monkeypatch.setattr(power_results, "simulate", None)
        assert cached(self.SMALL, tmp_path / "kept") == first
        assert [path.name for path in (tmp_path / "kept").iterdir()] == [f"power-{key(self.SMALL)}.json"]

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
    def test_other_parameters_have_another_key(self, other):
        assert key(other) != key(self.SMALL)

    def test_other_method_has_another_key(self, monkeypatch):
        before = key(self.SMALL)
        monkeypatch.setattr(power_results, "_method", lambda: "another")
        assert key(self.SMALL) != before

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"rejections": 3}', "\ufffd", "null", "12"])
    def test_broken_file_is_replaced(self, tmp_path, text):
        path = tmp_path / f"power-{key(self.SMALL)}.json"
        path.write_text(text, encoding="utf-8")
        assert cached(self.SMALL, tmp_path) == simulate(self.SMALL)
        assert json.loads(path.read_text(encoding="utf-8"))["rejections"] == simulate(self.SMALL).rejections

    @pytest.mark.parametrize("count", [51, -1, 2.5, True, None, "3"])
    def test_count_that_cannot_be_is_replaced(self, tmp_path, count):
        right = cached(self.SMALL, tmp_path)
        path = tmp_path / f"power-{key(self.SMALL)}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "rejections": count}))
        assert cached(self.SMALL, tmp_path) == right

    def test_by_towns_and_months(self, tmp_path):
        found = by_towns_and_months(self.SMALL, [2, 6], [3, 6], tmp_path)
        assert found.select("exemplar", "after").rows() == [(2, 3), (2, 6), (6, 3), (6, 6)]
        assert found["power"].is_between(0, 1).all()
        assert found["power"][3] == simulate(self.SMALL).power
        assert found["other"].unique().to_list() == [18]


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
