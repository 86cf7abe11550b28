"""What is asked of a sweep: which policy is safe, where one beats another, which number moves it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from experiments import discovery, robustness, sensitivity, uncertainty
from experiments.compare import COSTS, UNEQUAL
from experiments.runner import Engine
from experiments.sweeps.plan import Plan, count_forms, dimensions, kept_names
from experiments.sweeps.session import Values
from experiments.uncertainty import Doubt
from sim.declare import Indicator
from sim.scenario.sweeps import Goal, Sweep

DIFFERENCE = "difference"
SIZES = {
    "morris": 16,
    "sobol": 64,
    "pawn": 256,
}  # by default; what they mean see `sensitivity.plan`


def has_direction(declared: Indicator) -> bool:
    """Return whether more or less of an indicator is better."""
    return declared.direction in ("up", "down")


def higher_is_better(declared: Indicator) -> bool:
    """Return the direction of an indicator; one without a direction counts as better when high."""
    return declared.direction != "down"


def robust(engine: Engine, values: Values) -> dict[str, pd.DataFrame]:
    """Return the table of `robustness.compare` by outcome that has a direction."""
    sweep = values.plan.sweep
    return {
        goal.indicator: robustness.compare(
            sweep.policies, values.by[goal.indicator],
            higher_is_better(engine.indicators[goal.indicator]),
        )
        for goal in sweep.outcomes
        if has_direction(engine.indicators[goal.indicator])
    }  # fmt: skip


def satisfice(values: Values) -> pd.DataFrame | None:
    """Return the probabilities of reaching the declared targets; None where there is none."""
    targets = [
        robustness.Target(goal.indicator, goal.at_least, goal.at_most)
        for goal in values.plan.sweep.outcomes
        if goal.has_target
    ]
    if not targets:
        return None
    return robustness.satisfice(values.plan.sweep.policies, values.by, targets)


def doubts(values: Values, name: str) -> dict[tuple[str, ...], list[Doubt]]:
    """Return where the variance of an outcome comes from, by policy, and of the gain of one over another.

    A key of two policies stands for the first less the second.
    """
    sweep = values.plan.sweep
    forms = count_forms(sweep)

    def split(runs: np.ndarray) -> list[Doubt]:
        worlds = runs.reshape(-1, forms, runs.shape[1]).transpose(1, 0, 2)
        return uncertainty.decompose(worlds)

    found: dict[tuple[str, ...], list[Doubt]] = {
        (policy,): split(values.of(policy, name)) for policy in sweep.policies
    }
    a, b = sweep.versus
    if a and a != b:
        found[a, b] = split(values.of(a, name) - values.of(b, name))
    return found


def costs(values: Values) -> dict[str, float]:
    """Return what each policy lays out, public and operator's, mean over all runs, CNY; NaN without one."""
    total = np.sum([values.by[name] for name in COSTS], axis=0)
    found = {}
    for policy, own in zip(values.plan.sweep.policies, total, strict=True):
        known = own[~np.isnan(own)]
        found[policy] = float(known.mean()) if known.size else math.nan
    return found


def at_equal_cost(spent: dict[str, float], a: str, b: str) -> bool:
    """Return whether two policies lay out the same, within the share that a comparison allows."""
    one, two = spent[a], spent[b]
    return abs(one - two) <= UNEQUAL * max(abs(one), abs(two))


def first_better(engine: Engine, values: Values, name: str) -> np.ndarray:
    """Return in which share of seeds the first of the two policies is better, shape (worlds,)."""
    a, b = values.plan.sweep.versus
    higher = higher_is_better(engine.indicators[name])
    return discovery.beats(values.of(a, name), values.of(b, name), higher)


def where_better(engine: Engine, values: Values, goal: Goal, method: str) -> discovery.Box:
    """Return the worlds in which the first of the two policies set against each other is better.

    Raises:
        ValueError: if there are too few worlds.
    """
    wins = first_better(engine, values, goal.indicator)
    return discovery.discover(values.plan.points, wins, method)


def sensitivity_plan(
    engine: Engine, sweep: Sweep, method: str, size: int, policies: tuple[str, ...]
) -> tuple[sensitivity.Plan, Plan]:
    """Return the rows of a method, and the runs of some policies that they come to.

    Raises:
        ValueError: if there is no such method.
    """
    rows = sensitivity.plan(method, dimensions(sweep), size, sweep.layout.seed)
    only = replace(
        sweep,
        arms={name: sweep.arms[name] for name in policies},
        scenarios={name: sweep.scenarios[name] for name in policies},
    )
    names, kind = kept_names(engine, sweep), f"sensitivity {method}"
    seeds = np.asarray(rows.seeds)[:, None]
    return rows, Plan(only, engine.model_version(), names, kind, rows.points, seeds)


def moved_by(
    engine: Engine, rows: sensitivity.Plan, values: Values, goal: Goal
) -> sensitivity.Sensitivities:
    """Return what moves an outcome of the one policy, or the gain of the first over the second.

    Raises:
        ValueError: if too few runs came through.
    """
    policies = values.plan.sweep.policies
    first = values.of(policies[0], goal.indicator)[:, 0]
    if len(policies) == 1:
        return sensitivity.analyse(rows, first)
    sign = 1 if higher_is_better(engine.indicators[goal.indicator]) else -1
    second = values.of(policies[1], goal.indicator)[:, 0]
    return sensitivity.analyse(rows, sensitivity.difference(second, first, sign))


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON has them; undefined is null."""
    return [{str(k): known(v) for k, v in row.items()} for row in table.to_dict("records")]


def known(value: Any) -> Any:
    """Return a value as JSON has it; what is not finite is null."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
