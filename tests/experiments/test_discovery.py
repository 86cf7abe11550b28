"""A planted box is found by both ways, told in words, and stands on worlds it was not found on."""

import numpy as np
import pandas as pd
import pytest

from experiments import discovery
from experiments.design import Dimension, latin
from experiments.discovery import beats, discover, tell

DIMENSIONS = [Dimension(n, 0, 1) for n in ("growth", "rent", "idle")]
DIMENSIONS.append(Dimension("form", choices=("space", "services", "cash")))


@pytest.fixture(scope="module")
def worlds():
    return latin(DIMENSIONS, 320, 1)


def planted(worlds, inside=0.95, outside=0.04, seeds=8):
    truth = (worlds["growth"] < 0.4) & (worlds["rent"] > 0.3) & (worlds["form"] != "cash")
    chance = np.where(truth, inside, outside)
    luck = np.random.default_rng(2).random((len(worlds), seeds))
    return truth.to_numpy(), (luck < chance[:, None]).mean(axis=1)


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_the_planted_box_is_found_and_stands(worlds, method, monkeypatch):
    monkeypatch.setattr(discovery, "HALVINGS", 6)
    truth, wins = planted(worlds)
    box = discover(worlds, wins, method, dense=0.9)
    assert {limit.name for limit in box.limits} == {"growth", "rent", "form"}
    limits = {limit.name: limit for limit in box.limits}
    assert limits["growth"].high == pytest.approx(0.4, abs=0.05)
    assert limits["rent"].low == pytest.approx(0.3, abs=0.05)
    assert set(limits["form"].among) == {"space", "services"}
    inside = box.holds(worlds)
    assert (inside & truth).sum() / truth.sum() > 0.85 and (
        inside & truth
    ).sum() / inside.sum() > 0.85
    assert box.n == inside.sum()
    assert box.density == pytest.approx(wins[inside].mean())
    assert box.coverage == pytest.approx(wins[inside].sum() / wins.sum())
    assert box.stands and box.held_out[0] > 0.7 and min(box.again) > 0.7
    told = tell(box, "services", "rent relief")
    for text in (told.en, told.zh):
        for fact in (f"{box.density:.0%}", f"{box.coverage:.0%}", str(box.n), "growth <= "):
            assert fact in text
    assert "当" in told.zh and "beats" in told.en


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_box_in_noise_does_not_stand(worlds, method, monkeypatch):
    monkeypatch.setattr(discovery, "HALVINGS", 8)
    wins = (np.random.default_rng(3).random(len(worlds)) < 0.3).astype(float)
    box = discover(worlds, wins, method)
    assert not box.stands
    if box.limits:
        assert "NOT more than chance" in tell(box, "a", "b").en


def test_worlds_where_a_always_or_never_wins_have_no_box(worlds):
    for wins in (np.zeros(len(worlds)), np.ones(len(worlds))):
        box = discover(worlds, wins)
        assert not box.limits and "no range" in tell(box, "a", "b").en
    with pytest.raises(ValueError, match="too few"):
        discover(worlds.iloc[:10], np.zeros(10))


def test_beating_counts_pairs_ties_half_and_undefined_not():
    a = np.array([[1.0, 2.0, np.nan, 4.0], [np.nan] * 4])
    b = np.array([[0.0, 2.0, 1.0, 9.0], [1.0] * 4])
    np.testing.assert_allclose(beats(a, b), [0.5, np.nan])
    np.testing.assert_allclose(beats(a[:1], b[:1], higher_is_better=False), [0.5])


def test_peeling_only_ever_shrinks_a_box(worlds):
    _, wins = planted(worlds)
    boxes = discovery.prim(worlds, wins)
    sizes = [box.n for box in boxes]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] >= discovery.LEAST * len(worlds)
    assert isinstance(worlds, pd.DataFrame) and boxes[0].limits == ()
