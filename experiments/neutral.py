"""Equal cost: every policy is scaled until it lays out what the first one does.

What is matched is the consolidated cost, public plus operator's, in present value and beyond the
baseline's, as a mean over pilot seeds that the main runs do not use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.compare import COSTS, UNEQUAL, Run
from experiments.runner import Arm, Engine, Result, make_tasks
from experiments.search import search
from sim.declare import Text

PILOTS = 8
FIRST_PILOT = 1_000_000_000
NO_LEVER = Text("names no scale_lever and was not scaled", "未声明 scale_lever，未作缩放")
TOO_SMALL = Text("cannot spend the sum", "无法花出这笔资金")
TOO_DEAR = Text("cannot be scaled down to the sum", "无法缩减到这笔资金")
FAILED = Text("no pilot run came through, not scaled", "试运行全部失败，未作缩放")


def pilot_seeds(seeds: list[int], count: int = PILOTS) -> list[int]:
    """Return seeds that the main runs do not use."""
    free = (s for s in range(FIRST_PILOT, FIRST_PILOT + count + len(seeds)) if s not in set(seeds))
    return [next(free) for _ in range(count)]


def equal_cost(
    engine: Engine,
    baseline: Arm,
    policies: list[Arm],
    seeds: list[int],
    months: int,
    run: Run,
    count: int = PILOTS,
) -> tuple[list[Arm], list[dict[str, Any]]]:
    """Scale all policies but the first to the first one's cost, found on `count` pilot seeds.

    Returns:
        The arms to compare, and for each a record of factor, cost, target, residual and a word
        where the sum cannot be spent.

    Raises:
        StoreError: if results cannot be kept.
    """
    pilots = pilot_seeds(seeds, count)

    def costs(arm: Arm) -> np.ndarray:
        tasks = make_tasks(engine, arm, pilots, months)
        results = run(tasks, f"pilot {arm.label}").results
        return np.array([_cost(engine, results.get(task.run_id), months) for task in tasks])

    nothing = costs(baseline)

    def extra(arm: Arm) -> float:
        # Seed by seed, so that a failed run drops its pair and not half of it.
        pairs = costs(arm) - nothing
        pairs = pairs[np.isfinite(pairs)]
        return float(np.mean(pairs)) if len(pairs) else math.nan

    target = extra(policies[0])
    word = None if math.isfinite(target) else FAILED
    arms, records = [policies[0]], [_record(policies[0], 1.0, target, target, word)]
    for arm in policies[1:]:
        scaled, record = _match(arm, target, extra)
        arms.append(scaled)
        records.append(record)
    return arms, records


def _cost(engine: Engine, result: Result | None, months: int) -> float:
    """Return the consolidated cost of a run, CNY; NaN for one that failed."""
    if result is None:
        return math.nan
    parts = [(engine.indicators[name], result.column(name)) for name in COSTS]
    return sum(engine.reported(declared, column, months - 1) for declared, column in parts)


def _match(arm: Arm, target: float, extra: Callable[[Arm], float]) -> tuple[Arm, dict[str, Any]]:
    if not math.isfinite(target):
        return arm, _record(arm, 1.0, math.nan, target, FAILED)
    if arm.scenario.scale_lever is None:
        return arm, _record(arm, 1.0, extra(arm), target, NO_LEVER)

    def same(x: float, y: float) -> bool:
        return arm.scaled(x).scenario.canonical() == arm.scaled(y).scenario.canonical()

    best = search(target, lambda factor: extra(arm.scaled(factor)), same)
    word = None
    if not math.isfinite(best.cost):
        word = FAILED
    elif abs(best.cost - target) > UNEQUAL * abs(target):
        word = TOO_SMALL if best.cost < target else TOO_DEAR
    return arm.scaled(best.factor), _record(arm, best.factor, best.cost, target, word)


def _record(
    arm: Arm, factor: float, cost: float, target: float, word: Text | None
) -> dict[str, Any]:
    """Return what is told of one policy; `residual` is a share of the target."""
    return {
        "policy": arm.label,
        "scale_lever": arm.scenario.scale_lever,
        "factor": factor,
        "cost": _known(cost),
        "target": _known(target),
        "residual": _known((cost - target) / abs(target)) if target else None,
        "note": word.en if word else None,
        "note_zh": word.zh if word else None,
    }


def _known(number: float) -> float | None:
    """Return `number`, None where it is NaN: JSON has no such number."""
    return number if math.isfinite(number) else None
