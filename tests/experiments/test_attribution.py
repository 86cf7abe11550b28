"""A planted attribution is found, adds up to the gap, and shares interactions fairly."""

import numpy as np
import pytest

from experiments.attribution import EXACT, attribute, tell
from sim.declare import Text


def toy(weights, pairs=(), noise=0.3, seeds=24):
    """Return outcomes of coalitions: weights, an interaction per pair, luck by seed and coalition."""
    asked = []

    def value(coalitions):
        asked.extend(coalitions)
        found = []
        for coalition in coalitions:
            mean = sum(weights[name] for name in coalition)
            mean += sum(size for a, b, size in pairs if a in coalition and b in coalition)
            key = sum(2**i for i, name in enumerate(weights) if name in coalition)
            found.append(
                [
                    mean
                    + 5 * np.random.default_rng(seed).normal()
                    + noise * np.random.default_rng([seed, key]).normal()
                    for seed in range(seeds)
                ]
            )
        return np.array(found)

    value.asked = asked
    return value


SMALL = {"discount": 8.0, "mentors": -3.0, "events": 1.0, "idle": 0.0, "cliff": 0.0}


def test_exact_shares_are_the_planted_ones_and_add_up():
    value = toy(SMALL, pairs=[("discount", "cliff", -4.0)])
    found = attribute(list(SMALL), value)
    assert found.exact and len(value.asked) == len(set(value.asked)) == 2 ** len(SMALL)
    truth = SMALL | {"discount": 6.0, "cliff": -2.0}
    for player, share in truth.items():
        part = found.part(player)
        assert part.value == pytest.approx(share, abs=0.25)
        assert part.low - 0.1 <= share <= part.high + 0.1
        assert part.told == (share != 0)
    assert found.rest == pytest.approx(0, abs=1e-9)
    assert found.low <= 2.0 <= found.high and found.gap == pytest.approx(2.0, abs=0.3)
    assert found.parts[0].player == "discount"


def test_beyond_eight_orders_are_drawn_and_still_add_up():
    weights = {f"lever{i}": float(i % 4) for i in range(EXACT + 4)}
    value = toy(weights, pairs=[("lever0", "lever1", 6.0)], seeds=12)
    found = attribute(list(weights), value, seed=1, orders=24)
    truth = weights | {"lever0": 3.0, "lever1": 4.0}
    assert not found.exact and len(value.asked) < 24 * 12 < 2 ** len(weights)
    held = [part.low <= truth[part.player] <= part.high for part in found.parts]
    assert sum(held) >= len(held) - 1 and found.rest == pytest.approx(0, abs=1e-9)
    # Each order comes with its reverse, so a pair's interaction is shared equally for certain.
    assert found.part("lever0").value == pytest.approx(3.0, abs=0.3)


def test_a_seed_that_failed_anywhere_is_left_out_everywhere():
    whole = toy(SMALL)

    def value(coalitions):
        found = whole(coalitions)
        found[3, 5] = np.nan
        return found

    found = attribute(list(SMALL), value)
    assert found.n == 23 and found.rest == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="no seed"):
        attribute(list(SMALL), lambda c: np.full((len(c), 3), np.nan))
    with pytest.raises(ValueError, match="each once"):
        attribute(["a", "a"], whole)


def test_the_sentence_adds_up_too():
    found = attribute(list(SMALL), toy(SMALL))
    told = tell(found, {"discount": Text("the discount", "折扣")}, "firms")
    discount, mentors = (f"{found.part(name).value:+,.3g}" for name in ("discount", "mentors"))
    assert f"the discount {discount} [" in told.en and f"折扣 {discount} [" in told.zh
    assert f"mentors {mentors} [" in told.en and f"[{found.low:+,.3g}, " in told.en
    nothing = attribute(["a", "b"], toy({"a": 0.0, "b": 0.0}))
    assert "no part" in tell(nothing, {}, "firms").en
