"""Levers in force set this month's rules; programme budgets are released (model 4, semantics 2).

The rules were compiled before the first month; what remains is to look the month's row up, to open a
new year of budget, and to check who is eligible, which is done at award and never after.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.state.world import World

READS = ("firms", "founders", "rule", "norms")
WRITES = ("eligible_firms", "eligible_teams", "governments", "programme_state", "tally", "flows")


class FirmColumns(Mapping[str, np.ndarray]):
    """The columns that a filter may name, read from the table when asked for."""

    def __init__(self, rows: np.ndarray, month: int) -> None:
        self._rows = rows
        self._month = month

    def __getitem__(self, name: str) -> np.ndarray:
        if name == "age_months":
            return self._month - self._rows["born"]
        if name in ("staff", "tenure", "revenue", "rounds", "maturity") and (
            name not in (self._rows.dtype.names or ())
        ):
            return np.zeros(self._rows.size)  # a nascent team has none of these yet
        return self._rows[name]

    def __iter__(self):  # pragma: no cover - filters read by name only
        return iter(self._rows.dtype.names or ())

    def __len__(self) -> int:
        return self._rows.size


def _eligible(world: World, rows: np.ndarray) -> np.ndarray:
    programmes = world.rules.programmes
    result = np.zeros((programmes.size, rows.size), np.bool_)
    for k in range(programmes.size):
        if programmes["start"][k] <= world.month <= programmes["end"][k]:
            wanted = world.rules.eligible[k]
            columns = FirmColumns(rows, world.month)
            result[k] = True if wanted is None else wanted.evaluate(columns)
    return result


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
    world.eligible_firms = _eligible(world, world.firms.rows)
    world.eligible_teams = _eligible(world, world.founders.rows)
