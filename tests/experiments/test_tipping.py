"""A planted tipping point lies in the band; where there is none, none is found."""

import numpy as np
import pytest

from experiments.tipping import Search, find, tell
from sim.declare import Text

QUICK = Search(seeds_most=96, runs=900)


def toy(mean, noise=0.5, shared=0.5, trial=0):
    """Return a paired difference: a mean by value, luck by seed, and luck by seed and value."""

    def difference(at, seeds):
        common = [np.random.default_rng([trial, seed]).normal() for seed in seeds]
        own = [np.random.default_rng([trial, seed, int(abs(at) * 1e6)]).normal() for seed in seeds]
        return mean(at) + shared * np.array(common) + noise * np.array(own)

    return difference


@pytest.mark.parametrize(
    ("mean", "truth"),
    [
        (lambda x: 10 * (x - 0.37), 0.37),
        (lambda x: np.exp(3 * 0.6) - np.exp(3 * x), 0.6),
        (lambda x: 3.0 if x > 0.413 else -2.0, 0.413),
    ],
)
def test_the_band_holds_the_planted_point_and_is_narrow(mean, truth):
    held = 0
    for trial in range(8):
        found = find(toy(mean, trial=trial), 0, 1, range(400), QUICK)
        [flip] = found.flips
        held += flip.low <= truth <= flip.high
        assert flip.high - flip.low < 0.15 and abs(flip.at - truth) < 0.08
        assert flip.rising == (mean(1) > 0) and found.runs <= QUICK.runs
        chances = [chance for _, chance in flip.within]
        assert chances == sorted(chances) and len({at for at, _ in flip.within}) == len(chances)
    assert held >= 7


def test_a_sign_that_does_not_flip_is_an_answer_and_told_from_not_knowing():
    never = find(toy(lambda x: 2 + x), 0, 1, range(400), QUICK)
    assert (never.answer, never.sign, never.flips) == ("does not flip", 1, ())
    unknown = find(toy(lambda x: 0.0), 0, 1, range(400), QUICK)
    assert (unknown.answer, unknown.sign) == ("not told", 0)
    equal = find(lambda at, seeds: np.zeros(len(seeds)), 0, 1, range(40), QUICK)
    assert equal.answer == "not told"


def test_two_flips_are_both_found():
    found = find(toy(lambda x: 12 * (x - 0.2) * (x - 0.8), 0.2, 0.2), 0, 1, range(400),
                 Search(first=6, runs=900))  # fmt: skip
    first, second = found.flips
    assert (first.rising, second.rising) == (False, True)
    assert first.low <= 0.2 <= first.high and second.low <= 0.8 <= second.high


def test_whole_numbers_stay_whole_and_failed_runs_cost_their_pair():
    def difference(at, seeds):
        assert at == int(at)
        values = toy(lambda x: x - 7.5)(at, seeds)
        return np.where(np.arange(len(seeds)) == 3, np.nan, values)

    [flip] = find(difference, 1, 20, range(400), QUICK, whole=True).flips
    assert (flip.low, flip.high) == (7, 8)


def test_more_seeds_go_where_they_are_needed_only():
    found = find(toy(lambda x: 40 * (x - 0.5), 3, 3), 0, 1, range(400), QUICK)
    counts = {point.at: point.n for point in found.points}
    assert counts[0] == counts[1] == QUICK.seeds_first < max(counts.values())


def test_the_sentence_says_who_where_and_how_surely():
    [flip] = (found := find(toy(lambda x: x - 0.4), 0, 1, range(400), QUICK)).flips
    told = tell(found, "rent", "services", Text("stake", "持股"))
    for text in (told.en, told.zh):
        assert "services" in text and f"{flip.low:.4g}..{flip.high:.4g}" in text and "95%" in text
    never = tell(
        find(toy(lambda x: -2.0), 0, 1, range(99), QUICK), "rent", "services", Text("x", "y")
    )
    assert "rent is better than services" in never.en and "rent 均优于 services" in never.zh
