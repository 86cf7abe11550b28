"""The Pareto front of an analytic toy is found, with its knee, and noise does not pass for gain."""

import numpy as np
import pytest

from experiments.design import Dimension
from experiments.mixes import (
    Budget,
    Goal,
    knee_of,
    neighbours,
    search,
    surely_undominated,
    undominated,
)

DIMENSIONS = (
    Dimension("grant", -2, 4),
    Dimension("waste", 0, 1),
    Dimension("form", choices=("good", "bad")),
)
GOALS = (Goal("near"), Goal("far", up=False))
BUDGET = Budget(300, 20, 3, 8)


def schaffer(mixes, seeds):
    """Two goals whose front is `grant` from 0 to 2, with no waste and the good form."""
    loss = 2 * mixes["waste"] + 3 * (mixes["form"] == "bad")
    near = -(mixes["grant"] ** 2) - loss
    far = (mixes["grant"] - 2) ** 2 + loss
    luck = np.array([np.random.default_rng(seed).normal(0, 0.3, 2) for seed in seeds]).T
    return np.stack([near, far], axis=1).astype(float)[:, :, None] + luck


@pytest.fixture(scope="module")
def front():
    asked = []

    def evaluate(mixes, seeds):
        asked.append((len(mixes), tuple(seeds)))
        return schaffer(mixes, seeds)

    found = search(evaluate, DIMENSIONS, GOALS, range(100), BUDGET, seed=1)
    return found, asked


def test_the_front_is_the_analytic_one(front):
    table = front[0].table
    assert len(table) >= 6 and (table["form"] == "good").all()
    assert table["grant"].between(-0.1, 2.1).all() and np.ptp(table["grant"]) > 1.5
    assert table["waste"].max() < 0.25
    # On the front sqrt(-near) + sqrt(far) = 2; waste and luck move it a little.
    edge = np.sqrt(np.maximum(-table["near"], 0)) + np.sqrt(np.maximum(table["far"], 0))
    assert edge.between(1.6, 2.6).all()
    assert (table["near low"] <= table["near"]).all() and (
        table["near"] <= table["near high"]
    ).all()
    assert table["near"].is_monotonic_increasing and table["far"].is_monotonic_increasing


def test_the_knee_is_where_the_front_bends_and_is_in_the_table(front):
    found = front[0]
    assert table_knee(found) == found.knee
    assert 0.6 < found.table["grant"][found.knee] < 1.4
    assert found.table["neighbours"].between(0.3, 1.2).all()  # the bad form is a neighbour: 3 of 4


def table_knee(found):
    [knee] = np.flatnonzero(found.table["knee"])
    return knee


def test_the_final_word_is_on_new_seeds_and_all_runs_are_counted(front):
    found, asked = front
    early, late = set(range(3)), set(range(3, 11))
    assert {frozenset(seeds) for _, seeds in asked} == {frozenset(early), frozenset(late)}
    assert found.runs == sum(count * len(seeds) for count, seeds in asked)
    assert len(found.tried) == sum(count for count, seeds in asked if set(seeds) == early)
    assert not found.tried[["grant", "waste", "form"]].duplicated().any()


def test_the_same_key_searches_the_same_way(front):
    again = search(schaffer, DIMENSIONS, GOALS, range(100), BUDGET, seed=1)
    assert again.table.equals(front[0].table)


def test_domination_needs_as_good_in_all_and_better_in_one():
    gains = np.array([[1, 1], [1, 2], [2, 1], [0, 3], [1, 2]])
    assert undominated(gains).tolist() == [False, True, True, True, True]
    noisy = np.array([[[0.0, 2.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
    chance = surely_undominated(noisy)
    assert 0.5 < chance[0] < 0.95 and 0.5 < chance[1] < 0.95


def test_a_straight_front_has_no_knee_and_a_bent_one_has():
    x = np.linspace(0, 1, 9)
    assert knee_of(np.column_stack([x, 1 - x])) is None
    assert knee_of(np.column_stack([np.sqrt(x), np.sqrt(1 - x)])) == 4


def test_neighbours_are_a_step_away_inside_the_ranges():
    whole = (Dimension("n", 1, 6, whole=True), Dimension("form", choices=("a", "b", "c")))
    mix = search_row(n=1, form="a")
    found = neighbours(whole, mix)
    assert sorted(found.itertuples(index=False, name=None)) == [(1, "b"), (1, "c"), (2, "a")]


def search_row(**values):
    import pandas as pd

    return pd.DataFrame({name: [value] for name, value in values.items()})


def test_mixes_that_fail_are_left_out_and_one_goal_is_no_search():
    def evaluate(mixes, seeds):
        found = schaffer(mixes, seeds)
        found[(mixes["form"] == "bad").to_numpy()] = np.nan
        return found

    found = search(evaluate, DIMENSIONS, GOALS, range(40), Budget(40, 10, 2, 4))
    assert (found.tried["form"] == "good").all() and len(found.table)
    with pytest.raises(ValueError, match="two goals"):
        search(schaffer, DIMENSIONS, GOALS[:1], range(40))


def test_a_set_of_one_mix_has_no_range_to_lose_a_share_of():
    def evaluate(mixes, seeds):
        loss = (mixes["waste"].round(1) + (mixes["form"] == "bad")).to_numpy(dtype=float)
        return np.tile(np.stack([-loss, loss], axis=1)[:, :, None], len(seeds))

    one = (Dimension("waste", 0, 1, whole=True), DIMENSIONS[2])
    found = search(evaluate, one, GOALS, range(40), Budget(20, 10, 2, 4))
    assert len(found.table) == 1 and found.table["neighbours"].isna().all() and found.knee is None
