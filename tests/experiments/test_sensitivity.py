"""Planted influences are found: the dominant, the inert, luck, and what only moves a difference."""

import numpy as np
import pytest

from experiments import sensitivity
from experiments.design import Dimension
from experiments.sensitivity import LUCK, analyse, difference, plan

DIMENSIONS = (
    Dimension("inert", 0, 10),
    Dimension("minor", 1, 4, whole=True),
    Dimension("major", -1, 1),
    Dimension("shared", 0, 1),
)
SIZES = {"morris": 24, "sobol": 256, "pawn": 700}


def luck(made):
    return np.array([np.random.default_rng(seed).normal() for seed in made.seeds])


def level(made, noise=1.0):
    points = made.points
    values = 6 * points["major"] + 0.4 * points["minor"] + 9 * points["shared"] + noise * luck(made)
    return values.to_numpy(copy=True)


@pytest.mark.parametrize("method", sensitivity.METHODS)
def test_the_dominant_number_comes_first_and_the_inert_one_is_not_above_luck(method):
    made = plan(method, DIMENSIONS, SIZES[method], 3)
    # The rival policy differs by what `major` does only: what both share cancels.
    rival = level(made) + 3 * made.points["major"].to_numpy() + 0.1 * luck(made)
    levels, gap = analyse(made, level(made)), analyse(made, difference(level(made), rival))
    assert set(levels.ranking()[:2]) == {"major", "shared"}
    assert gap.ranking()[0] == "major"
    told = gap.table.set_index(["measure", "name"])["above_luck"]
    main = sensitivity.MAIN[method]
    assert told[main, "major"] and not told[main, "inert"] and not told[main, "shared"]


def test_sobol_shares_are_the_analytic_ones_and_luck_has_its_own():
    made = plan("sobol", DIMENSIONS, 1024, 1)
    found = analyse(made, level(made, noise=2.0))
    variances = {"major": 36 / 3, "minor": 0.16 * 15 / 12, "shared": 81 / 12, LUCK: 4.0, "inert": 0}
    whole = sum(variances.values())
    for name, variance in variances.items():
        table = found.table[found.table["measure"] == "total"]
        row = table[table["name"] == name].iloc[0]
        assert row["value"] == pytest.approx(variance / whole, abs=0.05)
        assert row["low"] - 0.02 <= variance / whole <= row["high"] + 0.02
    assert found.value("inert", "total") == 0  # common luck: not even noise


def test_morris_tells_the_size_the_sign_and_the_interaction():
    made = plan("morris", DIMENSIONS, 30, 2)
    points = made.points
    values = (-5 * points["shared"] + 2 * points["major"] * points["inert"]).to_numpy()
    found = analyse(made, values)
    assert found.value("shared", "mu") == pytest.approx(-5)
    assert found.value("shared", "sigma") == pytest.approx(0, abs=1e-9)
    assert found.value("major", "sigma") > 3
    assert found.value(LUCK, "mu_star") == 0


@pytest.mark.parametrize("method", sensitivity.METHODS)
def test_a_swing_goes_from_the_low_end_to_the_high_one(method):
    made = plan(method, DIMENSIONS, SIZES[method], 3)
    found = analyse(made, 10 - 6 * made.points["major"].to_numpy() + 0.1 * luck(made))
    assert found.middle == pytest.approx(10, abs=1)
    assert found.swings["name"].tolist()[0] == "major"
    swings = found.swings.set_index("name")
    # From 10 + 6 to 10 - 6; the means of the outer thirds are two thirds of the way.
    way = 6.0 if method == "morris" else 4.0
    assert swings.loc["major", "at_low"] == pytest.approx(found.middle + way, abs=0.4)
    assert swings.loc["major", "at_high"] == pytest.approx(found.middle - way, abs=0.4)
    assert abs(swings.loc["inert", "at_high"] - swings.loc["inert", "at_low"]) < 1.5
    assert swings.loc["major", "index"] == found.value("major", sensitivity.MAIN[method])
    assert swings.loc["major", "above_luck"] and not swings.loc["inert", "above_luck"]


@pytest.mark.parametrize("method", sensitivity.METHODS)
def test_a_larger_plan_begins_with_the_smaller(method):
    small, large = plan(method, DIMENSIONS, 8, 3), plan(method, DIMENSIONS, 32, 3)
    n = len(small.seeds)
    np.testing.assert_array_equal(small.unit, large.unit[:n])
    np.testing.assert_array_equal(small.seeds, large.seeds[:n])


def test_undefined_outcomes_cost_their_block_and_are_counted():
    made = plan("sobol", DIMENSIONS, 256, 1)
    values = level(made)
    values[[0, 1, 500]] = np.nan
    found = analyse(made, values)
    assert found.dropped == 2 * made.block and found.rows == len(values) - found.dropped
    assert found.ranking()[0] == "major"
    with pytest.raises(ValueError, match="whole"):
        analyse(made, np.full(len(values), np.nan))


def test_an_outcome_that_nothing_moves_has_no_influences():
    made = plan("sobol", DIMENSIONS, 8)
    assert (analyse(made, np.ones(len(made.seeds))).table["value"] == 0).all()
    with pytest.raises(ValueError, match="morris, sobol, pawn"):
        plan("guess", DIMENSIONS, 8)
