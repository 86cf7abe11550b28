"""Copying another place's best mix loses what the own best mix would have added, and a screen finds parts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.copying import copied_mix_regret, regrets
from experiments.screening import ARMS, MOST_PARTS, design, main_effects

PLACES = {
    "campus": {"services": 10.0, "land": 4.0, "rent": 6.0},
    "plant": {"services": 3.0, "land": 8.0, "rent": 7.0},
}


def test_who_copies_loses_the_gap_to_its_own_best():
    assert regrets(PLACES) == {("campus", "plant"): 5.0, ("plant", "campus"): 6.0}
    assert copied_mix_regret(PLACES) == pytest.approx(5.5)


def test_nothing_is_lost_where_one_mix_is_best_everywhere():
    same = {place: {"services": 5.0, "land": 1.0} for place in "abc"}
    assert copied_mix_regret(same) == 0
    assert math.isnan(copied_mix_regret({"alone": {"services": 1.0}}))
    with pytest.raises(ValueError, match="same policies"):
        regrets({"a": {"services": 1.0}, "b": {"land": 1.0}})


def test_a_screen_of_twelve_arms_tells_eleven_parts_apart():
    parts = [f"part{k}" for k in range(MOST_PARTS)]
    on = np.array([[arm[part] for part in parts] for arm in design(parts)])
    assert on.shape == (ARMS, MOST_PARTS)
    assert (on.sum(0) == ARMS / 2).all()
    signs = 2.0 * on - 1
    np.testing.assert_array_equal(
        signs.T @ signs, ARMS * np.eye(MOST_PARTS)
    )  # none mixed with another
    worth = np.arange(MOST_PARTS) - 3.0
    found = main_effects(parts, 100 + on @ worth)
    assert list(found.values()) == pytest.approx(worth)
    with pytest.raises(ValueError, match="at most"):
        design([*parts, "one more"])
