"""Do shaped draws (normal, Laplace, exponential, Poisson, rounding) follow their distributions?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim import draw
from sim.kernel import inlined
from tests.draw import samples

COUNT = 1_000_000
ALPHA = 1e-4
KEY = np.uint64(draw.stream(2026, samples.PURPOSES[10], 4))


@inlined
def normals(key, count):
    return np.array([draw.normal(key, uid) for uid in range(count)])


@inlined
def laplaces(key, count):
    return np.array([draw.laplace(key, uid) for uid in range(count)])


@inlined
def exponentials(key, count):
    return np.array([draw.exponential(key, uid) for uid in range(count)])


@inlined
def poissons(key, count, mean):
    return np.array([draw.poisson(key, uid, mean) for uid in range(count)])


@inlined
def rounded(key, count, x):
    return np.array([draw.round_keyed(key, uid, x) for uid in range(count)])


@inlined
def quantiles(p):
    out = np.empty(p.size)
    for i in range(p.size):
        out[i] = draw.normal_quantile(p[i])
    return out


SHAPES = {
    "normal": (normals, stats.norm),
    "laplace": (laplaces, stats.laplace),
    "exponential": (exponentials, stats.expon),
}


def moment(name, power):
    """Return the exact raw moment: factorials, double factorials for the normal."""
    if name == "exponential":
        return math.factorial(power)
    if power % 2:
        return 0
    return math.factorial(power) if name == "laplace" else math.prod(range(1, power, 2))


@pytest.mark.parametrize("name", SHAPES)
def test_shape_follows_its_distribution(name):
    drawn, expected = SHAPES[name]
    sample = drawn(KEY, COUNT)
    assert np.isfinite(sample).all()
    assert stats.kstest(sample, expected.cdf).pvalue > ALPHA


@pytest.mark.parametrize("name", SHAPES)
def test_moments_are_right(name):
    sample = SHAPES[name][0](KEY, COUNT)
    for power in (1, 2, 3, 4):
        spread = math.sqrt((moment(name, 2 * power) - moment(name, power) ** 2) / COUNT)
        assert abs((sample**power).mean() - moment(name, power)) < 4.5 * spread


@pytest.mark.parametrize("name", SHAPES)
def test_quantiles_are_right_far_into_the_tails(name):
    drawn, expected = SHAPES[name]
    sample = drawn(KEY, COUNT)
    for p in (1e-4, 1e-3, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 0.9999):
        below = (sample < expected.ppf(p)).sum()
        assert stats.binomtest(int(below), COUNT, p).pvalue > ALPHA


def test_normal_quantile_is_precise():
    tails = np.logspace(-16, -1, 20_000)
    p = np.concatenate(
        [np.linspace(1e-6, 1 - 1e-6, 200_001), tails, 0.5 - tails, [0.02425, 0.97575]]
    )
    exact = stats.norm.ppf(p)
    error = np.abs(quantiles(p) - exact) / np.maximum(np.abs(exact), 1e-3)
    assert error.max() < 2e-9


def test_normal_quantile_is_finite_at_the_ends_of_a_draw():
    ends = quantiles(np.array([2.0**-53, 1 - 2.0**-53]))
    assert np.isfinite(ends).all()
    assert ends[0] == pytest.approx(stats.norm.ppf(2.0**-53), rel=1e-8)
    assert ends[1] == pytest.approx(-ends[0], rel=1e-8)


def test_normal_quantile_rises():
    assert (np.diff(quantiles(np.linspace(1e-9, 1 - 1e-9, 400_001))) > 0).all()


@pytest.mark.parametrize("mean", [0.003, 0.3, 1.0, 6.5, 40.0, 650.0])
def test_poisson_follows_its_distribution(mean):
    sample = poissons(KEY, 300_000, mean)
    expected = stats.poisson(mean)
    assert abs(sample.mean() - mean) < 4.5 * math.sqrt(mean / sample.size)
    low, high = int(expected.ppf(1e-3)), int(expected.ppf(1 - 1e-3))
    inner = np.bincount(np.clip(sample, low, high + 1) - low, minlength=high - low + 2)
    shares = expected.pmf(np.arange(low, high + 2))
    shares[0], shares[-1] = expected.cdf(low), expected.sf(high)
    assert stats.chisquare(inner, shares * sample.size).pvalue > ALPHA


def test_poisson_of_nothing_is_nothing():
    assert (poissons(KEY, 10_000, 0.0) == 0).all()


@pytest.mark.parametrize("x", [0.0, 0.2, 3.0, 17.9, -0.4, 1e6 + 0.125])
def test_rounding_keeps_the_mean(x):
    sample = rounded(KEY, 200_000, x)
    share = x - math.floor(x)
    assert set(np.unique(sample)) <= {math.floor(x), math.floor(x) + 1}
    up = int((sample > math.floor(x)).sum())
    assert stats.binomtest(up, sample.size, share).pvalue > ALPHA


def test_whole_numbers_are_left_alone():
    assert (rounded(KEY, 10_000, 5.0) == 5).all()
