"""The search for equal cost: close, quick, and never the same policy twice."""

import math

import pytest

from experiments.search import CLOSE, MOST_ROUNDS, search


class Rounds:
    """A known cost function that remembers what it was asked."""

    def __init__(self, cost, count=lambda factor: factor):
        self.cost, self.count, self.tried = cost, count, []

    def spend(self, factor):
        self.tried.append(self.count(factor))
        return self.cost(self.count(factor))

    def same(self, x, y):
        return self.count(x) == self.count(y)

    def search(self, target):
        found = search(target, self.spend, self.same)
        assert len(self.tried) == len(set(self.tried)), "the same policy was run twice"
        return found


def whole(of):
    """Return how a count of `of` firms is scaled."""
    return lambda factor: max(1, math.floor(of * factor + 0.5))


@pytest.mark.parametrize(
    ("cost", "most"),
    [
        (lambda f: 200 * f, 3),
        (lambda f: 5000 * f / (1 + 12 * f), 4),
        (lambda f: 382 * (1 - math.exp(-20 * f)), 7),
        (lambda f: 200 * f**1.5, 7),
        (lambda f: 100 * f**0.5, 8),
        (lambda f: 200 * f - 10, 8),
    ],
)
@pytest.mark.parametrize("target", [3.0, 40.0, 72.0, 190.0])
def test_a_rising_cost_is_met_within_a_hundredth_in_few_rounds(cost, most, target):
    rounds = Rounds(cost)
    found = rounds.search(target)
    assert found.cost == cost(found.factor)
    assert found.cost == pytest.approx(target, rel=CLOSE)
    assert len(rounds.tried) <= most


@pytest.mark.parametrize("target", [20, 72, 150, 300])
def test_places_that_nobody_takes_are_left_behind_soon(target):
    """810 places are offered and 240 taken: what changes anything lies below a factor of 0.3."""
    rounds = Rounds(lambda n: 5.0 * n / (1 + n / 80) if n < 240 else 300.0, whole(810))
    found = rounds.search(target)
    nearest = min((rounds.cost(n) for n in range(1, 241)), key=lambda cost: abs(cost - target))
    assert abs(found.cost - target) <= max(CLOSE * target, abs(nearest - target))
    assert len(rounds.tried) <= 6


def test_counts_that_cannot_meet_the_sum_end_at_neighbours_of_it():
    rounds = Rounds(lambda n: 100.0 * n, whole(3))
    found = rounds.search(450)
    assert found.cost in (400, 500)
    assert {4, 5} <= set(rounds.tried) and len(rounds.tried) <= 4


def test_a_step_in_the_cost_ends_at_its_edge():
    rounds = Rounds(lambda n: 10.0 if n < 37 else 1000.0, whole(120))
    assert rounds.search(300).cost == 10
    assert len(rounds.tried) <= MOST_ROUNDS


def test_more_places_that_stay_empty_are_not_offered_again():
    rounds = Rounds(lambda n: min(n, 90) * 1.0, whole(100))
    assert rounds.search(500).cost == 90
    assert len(rounds.tried) == 2


def test_a_bound_ends_the_search_upwards_and_the_least_count_downwards():
    bounded = Rounds(lambda n: 1.0 * n, lambda factor: min(whole(10)(factor), 25))
    assert bounded.search(100).cost == 25
    least = Rounds(lambda n: 1.0 * n, whole(10))
    assert least.search(0.2).cost == 1
    assert max(len(bounded.tried), len(least.tried)) <= 4


@pytest.mark.parametrize("target", [-5.0, 0.0, math.nan])
def test_a_sum_that_no_factor_costs_ends_with_the_nearest_tried(target):
    rounds = Rounds(lambda f: 100.0 * f + 1)
    assert rounds.search(target).cost in {rounds.cost(f) for f in rounds.tried}
    assert len(rounds.tried) <= MOST_ROUNDS


def test_a_cost_that_is_not_known_is_never_the_answer():
    rounds = Rounds(lambda f: math.nan if f < 0.5 else 100.0 * f)
    assert rounds.search(30).cost == 100
    nothing = Rounds(lambda f: math.nan)
    assert nothing.search(30).factor == 1 and len(nothing.tried) == 1
