"""Find the factor at which a policy lays out a sum, in as few rounds of pilot runs as possible.

Every cost asked for is eight runs of ten years, so the search draws on the form of the answer.
Money grows with the places offered and levels off at those who ask for them, cost = a f / (1 + b f),
and so 1/cost is nearly a straight line in 1/f, also far above the last place that anybody takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

# A fifth of the 5% from which a comparison counts as not at equal cost, and well within the
# standard error of eight pilots (6% for the rent subsidies of the presets): closer would be luck.
CLOSE = 0.01
MOST_ROUNDS = 12  # a bound for odd cost functions; the presets need about five
MOST_STRIDES = 6  # of the bracketing: the factor changes 300 times at least, where nothing stops it
FARTHEST = 16.0  # one stride changes the factor at most so many times

Spend = Callable[[float], float]
Same = Callable[[float, float], bool]


@dataclass(frozen=True)
class Point:
    """A factor tried and what the policy then costs beyond the baseline, CNY."""

    factor: float
    cost: float


def search(target: float, spend: Spend, same: Same) -> Point:
    """Return the point tried whose cost is closest to `target`.

    It ends within `CLOSE` of the target, or where no other policy lies between two that were
    tried, or where more places change nothing any more.

    Args:
        target: cost to match, CNY.
        spend: runs the pilots at a factor, returns the cost in CNY; NaN where none came through.
        same: whether two factors give the same policy (its counts are whole and have bounds).
    """
    tried = [Point(1.0, spend(1.0))]

    def done() -> bool:
        return _close(tried[-1], target) or len(tried) == MOST_ROUNDS

    def visit(factor: float) -> Point:
        tried.append(Point(factor, spend(factor)))
        return tried[-1]

    bracket = _bracket(target, tried[0], visit, same, done)
    if bracket and not done():
        _narrow(target, *bracket, visit, same, done)
    return min((p for p in tried if math.isfinite(p.cost)),
               key=lambda point: abs(point.cost - target), default=tried[0])  # fmt: skip


def _close(point: Point, target: float) -> bool:
    return abs(point.cost - target) <= CLOSE * abs(target)


def _bracket(
    target: float,
    last: Point,
    visit: Callable[[float], Point],
    same: Same,
    done: Callable[[], bool],
) -> tuple[Point, Point] | None:
    """Return two neighbouring points around the target; None where one is close or none is beyond.

    Strides follow the line in reciprocals through the last two points. Each is at least the square
    of the least one before, so that a level stretch is crossed soon.
    """
    upwards = last.cost < target
    before, least = Point(math.inf, math.inf), 1.1  # at first: cost in proportion to the factor
    for _ in range(MOST_STRIDES):
        if done() or not math.isfinite(last.cost):
            return None
        size = min(max(_stride(target, before, last, upwards), least), FARTHEST)
        least = min(least * least, FARTHEST)
        sizes = (size, 2.0, 4.0, FARTHEST)
        factors = (last.factor * (by if upwards else 1 / by) for by in sizes)
        factor = next((f for f in factors if not same(f, last.factor)), None)
        if factor is None:
            return None
        before, last = last, visit(factor)
        if (last.cost < target) != upwards:
            return (before, last) if upwards else (last, before)
        if upwards and last.cost == before.cost:  # to the last digit: the added places stay empty
            return None
    return None


def _stride(target: float, a: Point, b: Point, upwards: bool) -> float:
    """Return how many times to change b's factor to be on target by the line through a and b."""
    if min(a.cost, b.cost, target) <= 0 or a.cost == b.cost:
        return math.inf
    slope = (1 / b.cost - 1 / a.cost) / (1 / b.factor - 1 / a.factor)
    ratio = 1 + (1 / target - 1 / b.cost) / slope * b.factor if slope > 0 else 0.0
    if ratio <= 0:
        return math.inf
    return 1 / ratio if upwards else ratio


def _narrow(
    target: float, low: Point, high: Point, visit: Callable[[float], Point], same: Same,
    done: Callable[[], bool],
) -> None:  # fmt: skip
    """Close in on the target by regula falsi, in the Illinois form: an end that stays counts half."""
    weights, moved = [1.0, 1.0], -1
    while not done():
        factor = _untried(_meet(target, low, high, weights), low.factor, high.factor, same)
        if factor is None:
            return
        point = visit(factor)
        if not math.isfinite(point.cost):
            return
        end = 0 if point.cost < target else 1
        low, high = (point, high) if end == 0 else (low, point)
        weights[end] = 1.0
        weights[1 - end] /= 2 if end == moved else 1
        moved = end


def _meet(target: float, low: Point, high: Point, weights: list[float]) -> float:
    """Return a factor between two points by the line in reciprocals; the middle where it has none."""
    if min(low.cost, high.cost, target) <= 0:
        return (low.factor + high.factor) / 2
    below = weights[0] * (1 / low.cost - 1 / target)
    above = weights[1] * (1 / target - 1 / high.cost)
    share = below / (below + above)
    return 1 / (1 / low.factor + share * (1 / high.factor - 1 / low.factor))


def _untried(guess: float, low: float, high: float, same: Same) -> float | None:
    """Return `guess`, or where that is the policy of one end, the nearest that is another's.

    None where no other policy lies between the ends. Only policies are compared here, nothing runs.
    """
    for end, other in ((low, high), (high, low)):
        if not same(guess, end):
            continue
        while abs(other - end) > 1e-12 * abs(guess):
            middle = (end + other) / 2
            end, other = (middle, other) if same(middle, end) else (end, middle)
        guess = other
    return None if same(guess, low) or same(guess, high) else guess
