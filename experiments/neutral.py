"""Equal cost: every policy is scaled until it lays out what the first one does.

What is matched is the consolidated cost, public plus operator's, in present value and beyond the
baseline's, as a mean over pilot seeds that the main runs do not use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.compare import COSTS, Run
from experiments.runner import Arm, Engine, make_tasks
from sim.declare import Text

PILOTS = 8
FIRST_PILOT = 1_000_000_000
CLOSE = 0.01  # of the sum to match
MOST_DOUBLINGS = 6
MOST_HALVINGS = 10


@dataclass(frozen=True)
class Point:
    """A factor tried and what the policy then costs beyond the baseline, CNY."""

    factor: float
    cost: float


def pilot_seeds(seeds: list[int]) -> list[int]:
    """Return seeds that the main runs do not use."""
    free = (s for s in range(FIRST_PILOT, FIRST_PILOT + PILOTS + len(seeds)) if s not in set(seeds))
    return [next(free) for _ in range(PILOTS)]


def equal_cost(
    engine: Engine, baseline: Arm, policies: list[Arm], seeds: list[int], months: int, run: Run
) -> tuple[list[Arm], list[dict[str, Any]]]:
    """Scale all policies but the first to the first one's cost.

    Returns:
        The arms to compare, and for each a record of factor, cost, target, residual and a word
        where the sum cannot be spent.

    Raises:
        StoreError: if results cannot be kept.
    """
    pilots = pilot_seeds(seeds)

    def cost(arm: Arm) -> float:
        tasks = make_tasks(engine, arm, pilots, months)
        results = run(tasks, f"pilot {arm.label}").results
        sums = [
            sum(
                engine.reported(engine.indicators[name], r.column(name), months - 1)
                for name in COSTS
            )
            for task in tasks
            if (r := results.get(task.run_id))
        ]
        return float(np.mean(sums)) if sums else float("nan")

    nothing = cost(baseline)
    target = cost(policies[0]) - nothing
    arms, records = [policies[0]], [_record(policies[0], 1.0, target, target, None)]
    for arm in policies[1:]:
        scaled, record = _match(arm, target, lambda a: cost(a) - nothing)
        arms.append(scaled)
        records.append(record)
    return arms, records


def _match(arm: Arm, target: float, cost: Callable[[Arm], float]) -> tuple[Arm, dict[str, Any]]:
    if arm.scenario.scale_lever is None:
        word = Text("names no scale_lever and was not scaled", "未声明 scale_lever，未作缩放")
        return arm, _record(arm, 1.0, cost(arm), target, word)

    def spend(factor: float) -> Point:
        return Point(factor, cost(arm.scaled(factor)))

    def same(x: float, y: float) -> bool:
        return arm.scaled(x).scenario.canonical() == arm.scaled(y).scenario.canonical()

    best = search(target, spend, same)
    close = abs(best.cost - target) <= 0.05 * abs(target)
    short = None if close else Text("cannot spend the sum", "无法花出这笔资金")
    return arm.scaled(best.factor), _record(arm, best.factor, best.cost, target, short)


def search(
    target: float, spend: Callable[[float], Point], same: Callable[[float, float], bool]
) -> Point:
    """Return the factor whose cost comes closest to `target`, by bisection between a bracket.

    Args:
        target: cost to match, CNY.
        spend: runs the pilots at a factor.
        same: whether two factors give the same policy (its field is whole or at a bound).
    """
    tried = [spend(1.0)]
    low, high = _bracket(target, tried, spend, same)
    while low and high and not _close(tried, target):
        middle = (low.factor + high.factor) / 2
        if same(middle, low.factor) or same(middle, high.factor) or len(tried) > 24:
            break
        tried.append(spend(middle))
        low, high = (tried[-1], high) if tried[-1].cost < target else (low, tried[-1])
    return min(tried, key=lambda point: abs(point.cost - target))


def _bracket(
    target: float,
    tried: list[Point],
    spend: Callable[[float], Point],
    same: Callable[[float, float], bool],
) -> tuple[Point | None, Point | None]:
    """Double or halve until the target lies between two points; None where it never does."""
    last = tried[0]
    upwards = last.cost < target
    for _ in range(MOST_DOUBLINGS if upwards else MOST_HALVINGS):
        factor = last.factor * (2.0 if upwards else 0.5)
        if _close(tried, target) or same(factor, last.factor):
            return None, None
        tried.append(spend(factor))
        if (tried[-1].cost < target) != upwards:
            return (last, tried[-1]) if upwards else (tried[-1], last)
        last = tried[-1]
    return None, None


def _close(tried: list[Point], target: float) -> bool:
    return abs(tried[-1].cost - target) <= CLOSE * abs(target)


def _record(
    arm: Arm, factor: float, cost: float, target: float, word: Text | None
) -> dict[str, Any]:
    """Return what is told of one policy; `residual` is a share of the target."""
    return {
        "policy": arm.label,
        "scale_lever": arm.scenario.scale_lever,
        "factor": factor,
        "cost": cost,
        "target": target,
        "residual": (cost - target) / abs(target) if target else None,
        "note": word.en if word else None,
        "note_zh": word.zh if word else None,
    }
