"""The parameters that the search moves, each inside its declared range; keyed proposals.

What is set by outside data alone is not here: `location.cost_sensitivity` (F16), dilution (G10), tax
shares, wages, and the kernel of encounters, whose ratios D01, D04 and D06 give. Nor is anything that
decides how a policy works.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.declare import Parameter
from sim.processes import all_parameters

MOVED = (
    "encounters.fading",
    "founding.local_start", "founding.outsiders_per_year", "founding.outsiders_exponent", "founding.staff_rate",
    "founding.venture_backed", "founding.inherited_quality", "founding.head_start",
    "founding.stay_small", "founding.venture_share", "founding.contract_median",
    "founding.contract_sd", "founding.runway_median", "founding.runway_sd",
    "sales.contract_spread", "sales.growth_base", "sales.growth_young", "sales.growth_funded", "sales.spread",
    "sales.spread_size", "sales.spread_young", "sales.jump", "sales.jump_least",
    "sales.demand_share", "market.growth_ai", "market.growth_ai_late", "sales.capacity_slack", "sales.capacity_fading",
    "incubation.team_size_extra", "hiring.lean_hiring", "hiring.funded_growth", "hiring.cash_months", "hiring.patience_months",
    "finance.bar_0", "finance.bar_1", "finance.bar_2", "finance.bar_3", "finance.bar_4",
    "finance.bar_5", "finance.meeting", "finance.round_months", "finance.pace_months", "finance.step_up",
    "finance.step_up_sd", "finance.noise",
    "exits.failure_weight", "exits.failure_quality", "exits.failure_short", "exits.failure_floor",
    "exits.bridge_months", "exits.acquired", "exits.acquired_round", "exits.acquired_sd", "exits.acquired_away",
    "location.leave", "location.entry_rate", "location.entry_exponent", "location.entry_chance",
    "location.entry_staff", "location.entry_staff_sd",
    "rents.speed", "rents.normal_vacancy", "rents.level_pull", "rents.home_demand", "rents.supply_most",
)  # fmt: skip

Point = dict[str, float]


def declared(names: tuple[str, ...] = MOVED) -> dict[str, Parameter]:
    """Return the declarations of parameters, by dotted name."""
    processes = all_parameters()
    found = {}
    for name in names:
        process, _, key = name.partition(".")
        found[name] = processes[process].declared[key]
    return found


def defaults(names: tuple[str, ...] = MOVED) -> Point:
    """Return the defaults of parameters, by dotted name."""
    return {name: p.default for name, p in declared(names).items()}


def overrides(point: Mapping[str, float]) -> tuple[str, ...]:
    """Return a point as `--set` texts."""
    return tuple(f"{name}={value!r}" for name, value in sorted(point.items()))


def propose(
    around: Point, key: tuple[int, ...], share: float, width: float, names: tuple[str, ...] = MOVED
) -> Point:
    """Return a point near another: some parameters moved, none out of its range.

    Args:
        around: the point to start from.
        key: decides the proposal, with nothing else.
        share: of the parameters that move.
        width: standard deviation of a move, as a share of the declared range.
        names: the parameters that may move.
    """
    generator = np.random.default_rng(key)
    point = dict(around)
    for name, p in declared(names).items():
        moves, step = generator.random() < share, generator.normal()
        if moves:
            point[name] = reflected(point[name] + width * (p.high - p.low) * step, p.low, p.high)
    return point


def reflected(value: float, low: float, high: float) -> float:
    """Return a value inside its range; what oversteps a bound is thrown back by as much."""
    value = low + abs(value - low)
    value = high - abs(high - value)
    return min(max(float(f"{value:.4g}"), low), high)
