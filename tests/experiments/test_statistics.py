"""Intervals cover the truth, pairs are pairs, and too few replicates are told."""

import time

import numpy as np
import pytest
from scipy import stats

from experiments import statistics


def test_paired_t_equals_scipy_on_symmetric_differences():
    generator = np.random.default_rng(1)
    a = generator.normal(size=(40, 3))
    b = a + generator.normal(0.5, 0.3, size=(40, 3))
    found = statistics.summarise(a, b)
    for column in range(3):
        truth = stats.ttest_rel(b[:, column], a[:, column]).confidence_interval(0.95)
        assert found.low[column] == pytest.approx(truth.low)
        assert found.high[column] == pytest.approx(truth.high)
    assert not found.skewed.any()


def test_interval_covers_the_truth_in_about_95_of_100_experiments():
    generator = np.random.default_rng(2)
    shared = generator.normal(size=(24, 2000))
    a = shared + generator.normal(size=(24, 2000))
    b = shared + 0.7 + generator.normal(size=(24, 2000))
    found = statistics.summarise(a, b)
    covered = np.mean((found.low <= 0.7) & (found.high >= 0.7))
    assert 0.935 <= covered <= 0.965


def test_pairs_that_nearly_agree_give_nearly_the_interval_of_pairs_that_agree():
    """A policy that changes one future in sixteen: resamples without it have hardly any spread."""
    same = np.zeros((16, 1))
    same[3] = 1.0
    nearly = same + 1e-6 * np.random.default_rng(8).normal(size=same.shape)
    one, two = (statistics.summarise(np.zeros_like(d), d) for d in (same, nearly))
    assert one.skewed.all() and two.skewed.all()
    assert two.low == pytest.approx(one.low, rel=1e-3) and two.high == pytest.approx(
        one.high, rel=1e-3
    )
    assert -1 < two.low[0] < two.high[0] < 2


def test_bootstrap_covers_better_than_t_where_differences_are_skewed():
    generator = np.random.default_rng(3)
    truth = np.exp(0.5)
    b = generator.lognormal(0, 1, size=(32, 1500))
    found = statistics.summarise(np.zeros_like(b), b)
    plain_low, plain_high = statistics._t_interval(
        found.diff, b.std(axis=0, ddof=1), np.full(1500, 32)
    )
    assert found.skewed.mean() > 0.5
    covered = np.mean((found.low <= truth) & (found.high >= truth))
    plainly = np.mean((plain_low <= truth) & (plain_high >= truth))
    assert plainly < covered - 0.01
    assert covered > 0.88


def test_a_pair_with_an_undefined_side_is_dropped_and_counted():
    a = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan], [4.0, np.nan]])
    b = np.array([[2.0, 1.0], [2.0, 3.0], [9.0, np.nan], [6.0, 5.0]])
    found = statistics.summarise(a, b)
    assert found.n.tolist() == [3, 0]
    assert found.diff[0] == pytest.approx(1.0)
    assert found.mean.tolist() == [pytest.approx(10 / 3), pytest.approx(3.0)]
    assert np.isnan(found.diff[1]) and np.isnan(found.low[1])
    assert found.better_up[0] == pytest.approx((1 + 0.5 + 1) / 3)


def test_common_noise_shows_as_variance_reduction():
    generator = np.random.default_rng(4)
    common = generator.normal(0, 3, size=(4000, 1))
    a = common + generator.normal(size=(4000, 1))
    b = common + generator.normal(size=(4000, 1))
    assert statistics.summarise(a, b).variance_reduction[0] == pytest.approx(10, rel=0.1)


def test_equal_arms_have_a_difference_of_exactly_zero():
    a = np.random.default_rng(5).normal(size=(8, 2))
    found = statistics.summarise(a, a.copy())
    assert found.diff.tolist() == found.low.tolist() == found.high.tolist() == [0, 0]
    assert np.isnan(found.variance_reduction).all()
    assert found.better_up.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("diff", "low", "high", "n", "wanted"),
    [
        (10, 9, 11, 19, 20),
        (10, 9, 11, 20, 0),
        (10, 5, 15, 32, 128),
        (1, -5, 7, 32, 0),
        (-10, -15, -5, 32, 128),
    ],
)
def test_too_few_replicates_are_told_with_how_many_are_needed(diff, low, high, n, wanted):
    assert statistics.needed(diff, low, high, n) == wanted


def test_one_replicate_has_no_interval():
    found = statistics.summarise(np.array([[1.0]]), np.array([[3.0]]))
    assert found.diff[0] == 2 and np.isnan(found.low[0])


def test_a_whole_comparison_is_summarised_quickly():
    generator = np.random.default_rng(6)
    a = generator.lognormal(0, 1.5, size=(64, 1050))
    begun = time.process_time()
    statistics.summarise(a, a * generator.lognormal(0, 1, size=(64, 1050)))
    assert time.process_time() - begun < 2
