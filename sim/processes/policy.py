"""Levers in force set this month's rules; programme budgets are released (model 4, semantics 2).

The rules were compiled before the first month; what remains is to look the month's row up, to open a
new year of budget, and to check who is eligible, which is done at award and never after.
"""

from __future__ import annotations

import math

import numpy as np

from sim.state.eligibility import eligible
from sim.state.world import World

READS = ("firms", "founders", "rule", "norms")
WRITES = ("eligible_firms", "eligible_teams", "governments", "programme_state", "tally", "flows")


def step(world: World) -> None:
    """Open the month: budgets, counters, and who is eligible."""
    world.tally.view(np.float64).fill(0.0)
    world.flows[:] = 0.0
    government = world.governments.rows
    if world.month % 12 == 0:
        budget = world.rule["budget_cny_year"][0]
        if math.isnan(budget):
            budget = world.norms["budget_cny_year"][0]
        government["budget_left"] = budget
        government["spent_year"] = 0.0
    government["refused"] = 0.0
    world.programme_state["spent"] = 0.0
    world.eligible_firms = eligible(world, world.firms.rows)
    world.eligible_teams = eligible(world, world.founders.rows)
