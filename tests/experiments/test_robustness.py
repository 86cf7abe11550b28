"""Regret, satisficing and the worst decile of planted worlds."""

import numpy as np
import pytest

from experiments.robustness import Target, compare, regret, satisfice

NAMES = ["bold", "safe", "twin"]


def planted(worlds=60, seeds=8, noise=1.0):
    """Bold is 4 better in three quarters of the worlds and 20 worse in the rest; safe has a twin."""
    generator = np.random.default_rng(1)
    bad = np.arange(worlds) % 4 == 0
    common = generator.normal(size=(worlds, seeds))
    own = generator.normal(0, noise, size=(3, worlds, seeds))
    means = np.array([np.where(bad, -20, 4), np.zeros(worlds), np.zeros(worlds)])
    return 50 + means[:, :, None] + common + own


def of(table, policy, measure):
    column = "measure" if "measure" in table else "target"
    return table[(table["policy"] == policy) & (table[column] == measure)].iloc[0]


def test_regret_and_the_worst_decile_are_the_planted_ones():
    table = compare(NAMES, planted(), True)
    for policy, true in (("bold", 20 / 4), ("safe", 4 * 3 / 4)):
        row = of(table, policy, "regret")
        assert row["value"] == pytest.approx(true, abs=0.4) and row["low"] <= true <= row["high"]
    assert of(table, "bold", "worst_regret")["value"] == pytest.approx(20, abs=1)
    assert of(table, "safe", "worst_regret")["value"] == pytest.approx(4, abs=1)
    assert of(table, "bold", "worst_decile")["value"] == pytest.approx(30 - 1.4, abs=0.6)
    assert of(table, "safe", "worst_decile")["value"] == pytest.approx(50 - 2.5, abs=0.6)
    assert of(table, "bold", "best_in")["value"] == pytest.approx(0.75)


def test_less_is_better_turns_everything_but_the_unit():
    values = planted()
    up, down = compare(NAMES, values, True), compare(NAMES, -values, False)
    turned = down["measure"].isin(["mean", "worst_decile"])
    sign = np.where(turned, -1.0, 1.0)
    np.testing.assert_allclose(sign * down["value"], up["value"])
    assert (down["low"] <= down["value"]).all() and (down["value"] <= down["high"]).all()


def test_equal_policies_have_no_regret_but_luck():
    generator = np.random.default_rng(2)
    found, best = regret(generator.normal(size=(3, 400, 4)))
    assert abs(found.mean()) < 0.06  # against the best of noisy means it would be 0.4
    np.testing.assert_allclose(best.mean(axis=1), 1 / 3, atol=0.06)


def test_satisficing_is_the_probability_of_all_targets_with_worlds_as_cases():
    values = {"jobs": planted(noise=0.1), "cost": np.full((3, 60, 8), 7.0)}
    values["cost"][2, ::2] = 9.0
    targets = [Target("jobs", at_least=45), Target("cost", at_most=8)]
    table = satisfice(NAMES, values, targets)
    for policy, share in (("bold", 0.75), ("safe", 1.0), ("twin", 0.5)):
        row = of(table, policy, "all")
        assert row["value"] == pytest.approx(share) and row["low"] < share <= row["high"]
        assert row["high"] - row["low"] > 0.03  # 60 worlds, however many seeds
    assert of(table, "twin", "jobs")["value"] == 1 and of(table, "twin", "cost")["value"] == 0.5


def test_undefined_runs_and_worlds_are_left_out_for_all_policies():
    values = planted()
    values[0, 0] = np.nan
    values[1, 1, :3] = np.nan
    table = compare(NAMES, values, True)
    assert (table["worlds"] == 59).all() and np.isfinite(table["value"]).all()


def test_the_chance_of_a_target_counts_worlds_not_runs():
    def chance(values, **target):
        found = satisfice(["a"], {"x": values[None]}, [Target("x", **target)])
        return found[found.target == "x"].iloc[0]

    found = chance(np.repeat(np.arange(20.0)[:, None], 50, axis=1), at_least=5)
    assert found.value == 0.75 and found.worlds == 20
    assert found.high - found.low > 0.3
    one = chance(np.arange(100.0)[None], at_least=20, at_most=79)
    assert one.value == 0.6 and one.low == pytest.approx(0.502, abs=0.01)
    assert np.isnan(chance(np.array([[np.nan]]), at_least=0).value)


def test_a_policy_that_is_a_little_better_everywhere_is_not_regretted():
    generator = np.random.default_rng(3)
    gains = np.array([0.0, 1.0])[:, None, None] + generator.normal(0, 3, (2, 400, 2))
    found, best = regret(gains)
    assert found[1].mean() == 0 and 0.4 < best[1].mean() < 0.9
    means = gains.mean(axis=(1, 2))
    assert found[0].mean() == pytest.approx(means[1] - means[0])
