"""Distribution functions against printed tables, exact arithmetic and scipy."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.distributions import (
    binomial_cdf,
    bisect,
    hypergeometric_cdf,
    student_t_cdf,
    student_t_quantile,
)


class TestBinomial:
    @given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 20))
    def test_against_fractions(self, most, draws, twentieths):
        p = Fraction(twentieths, 20)
        exact = sum(math.comb(draws, k) * p**k * (1 - p) ** (draws - k) for k in range(min(most, draws) + 1))
        assert binomial_cdf(most, draws, float(p)) == pytest.approx(float(exact), abs=1e-12)

    def test_many_draws(self):
        assert binomial_cdf(0, 1458, 0.01) == pytest.approx(0.99**1458, rel=1e-11)

    def test_against_scipy(self, stats):
        for most, draws, share in itertools.product((0, 7, 300), (7, 433, 1458), (0.001, 0.2, 0.9)):
            assert binomial_cdf(most, draws, share) == pytest.approx(
                stats.binom.cdf(most, draws, share), rel=1e-9
            )


class TestHypergeometric:
    @given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))))
    def test_by_enumeration(self, sizes):
        population, marked, draws = sizes
        samples = list(itertools.combinations(range(population), draws))
        for most in range(draws + 1):
            few = sum(sum(one < marked for one in sample) <= most for sample in samples)
            assert hypergeometric_cdf(most, population, marked, draws) == few / len(samples)

    def test_against_scipy(self, stats):
        for most, marked, draws in itertools.product((0, 2, 5), (3, 40, 400), (30, 433)):
            expected = stats.hypergeom.cdf(most, 1458, marked, draws)
            assert hypergeometric_cdf(most, 1458, marked, draws) == pytest.approx(expected, rel=1e-8)


class TestStudent:
    @pytest.mark.parametrize(
        ("chance", "freedom", "printed"),
        [
            # Fisher & Yates (1963), Statistical Tables, table III
            (0.975, 1, 12.706),
            (0.975, 2, 4.303),
            (0.975, 6, 2.447),
            (0.95, 6, 1.943),
            (0.995, 7, 3.499),
            (0.975, 30, 2.042),
            (0.975, 120, 1.980),
        ],
    )
    def test_printed_table(self, chance, freedom, printed):
        assert student_t_quantile(chance, freedom) == pytest.approx(printed, abs=5e-4)

    def test_one_and_two_degrees_in_closed_form(self):
        for value in (-7.5, -0.3, 0.0, 1.0, 40.0):
            assert student_t_cdf(value, 1) == pytest.approx(0.5 + math.atan(value) / math.pi)
            assert student_t_cdf(value, 2) == pytest.approx(0.5 + value / (2 * math.sqrt(2 + value**2)))

    @given(st.floats(0.001, 0.999), st.integers(1, 200))
    def test_quantile_inverts_and_is_symmetric(self, chance, freedom):
        value = student_t_quantile(chance, freedom)
        assert student_t_cdf(value, freedom) == pytest.approx(chance, abs=1e-12)
        assert student_t_quantile(1 - chance, freedom) == pytest.approx(-value, rel=1e-6, abs=1e-9)

    def test_against_scipy(self, stats):
        for freedom, chance in itertools.product((1, 2, 5, 6, 97, 1607), (0.005, 0.3, 0.95, 0.9995)):
            assert student_t_quantile(chance, freedom) == pytest.approx(
                stats.t.ppf(chance, freedom), rel=1e-9
            )

    def test_bad_input(self):
        with pytest.raises(ValueError, match="at least one degree"):
            student_t_cdf(1, 0)
        with pytest.raises(ValueError, match="between 0 and 1"):
            student_t_quantile(1, 6)


def test_bisection_finds_a_rise_and_a_fall():
    assert bisect(lambda x: x * x - 2, 0, 2) == pytest.approx(math.sqrt(2), rel=1e-15)
    assert bisect(lambda x: 2 - x * x, 0, 2) == pytest.approx(math.sqrt(2), rel=1e-15)
