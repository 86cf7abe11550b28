"""The runs of a sweep: rows of a design, policies and seeds, each with a name made of its content.

A run's name is a hash of what it is made of, and is known without building its scenario: a
hundred thousand of them are named in a second, and a larger design finds the runs of a smaller one.
A range that changes nothing under a policy is no part of that policy's runs, so they are run once.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments import design
from experiments.compare import COSTS
from experiments.design import Dimension
from experiments.runner import Arm, Engine, Task
from sim.scenario.sweeps import Range, Sweep


@dataclass(frozen=True)
class Cell:
    """One run: its row of the design, its policy, its seed and its name."""

    row: int
    policy: str
    seed: int
    run_id: str


@dataclass(frozen=True)
class Plan:
    """What to run.

    `points` has a row per world and a column per range; `seeds` has shape (worlds, replicates).
    `kind` names the design, and with it whose folder it is.
    """

    sweep: Sweep
    version: str
    names: tuple[str, ...]
    kind: str
    points: pd.DataFrame = field(repr=False)
    seeds: np.ndarray = field(repr=False)

    @property
    def command(self) -> str:
        """The command that runs it."""
        return self.kind.split()[0]

    @cached_property
    def months(self) -> tuple[int, ...]:
        """The months after which indicators are kept, the last one always."""
        sweep = self.sweep
        return tuple(
            dict.fromkeys([*range(sweep.every, sweep.months + 1, sweep.every), sweep.months])
        )

    @cached_property
    def bases(self) -> dict[str, str]:
        """What each policy is made of without a world, as a hash."""
        return {
            policy: hashlib.sha256(scenario.canonical()).hexdigest()
            for policy, scenario in self.sweep.scenarios.items()
        }

    def values(self, row: int) -> dict[str, Any]:
        """Return the world of a row, as plain values."""
        return {name: _plain(self.points[name].iat[row]) for name in self.points.columns}

    def cells(self) -> Iterator[Cell]:
        """Yield all runs; world by world, so that what is broken off holds whole worlds."""
        used = {
            policy: [n for n in self.points.columns if self.sweep.applies(n, policy)]
            for policy in self.sweep.policies
        }
        columns = {name: [_plain(v) for v in self.points[name]] for name in self.points.columns}
        for row in range(len(self.points)):
            for policy in self.sweep.policies:
                world = {name: columns[name][row] for name in used[policy]}
                told = [self.version, self.bases[policy], self.sweep.months, world]
                head = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
                for seed in self.seeds[row].tolist():
                    whole = head.copy()
                    whole.update(f"/{seed}".encode())
                    yield Cell(row, policy, seed, whole.hexdigest())

    def task(self, cell: Cell) -> Task:
        """Return the run of a cell with its scenario.

        Raises:
            ScenarioErrors: if the values of its world contradict each other.
        """
        sweep = self.sweep
        scenario = sweep.at(cell.policy, self.values(cell.row))
        arm = Arm(cell.policy, scenario, place=sweep.place, asked=sweep.asked[cell.policy])
        return Task(cell.run_id, arm, cell.seed, sweep.months)

    def specification(self) -> dict[str, Any]:
        """Return what tells this sweep from others; more rows or seeds are the same one."""
        sweep, layout = self.sweep, self.sweep.layout
        told: dict[str, Any] = {
            "command": self.command,
            "months": sweep.months,
            "kept": [list(self.names), list(self.months)],
            "policies": self.bases,
            "ranges": [_told(one) for one in sweep.ranges],
            "design": [self.kind, layout.seed],
        }
        return dict(json.loads(json.dumps(told)))


def _told(one: Range) -> list[Any]:
    return [one.name, list(one.choices) or [one.low, one.high, one.log, one.whole]]


def _plain(value: Any) -> Any:
    """Return a value as files and JSON have it."""
    return value.item() if isinstance(value, np.generic) else value


def dimensions(sweep: Sweep) -> list[Dimension]:
    """Return the ranges as dimensions of a design."""
    return [Dimension(r.name, r.low, r.high, r.whole, r.log, r.choices) for r in sweep.ranges]


def kept_names(engine: Engine, sweep: Sweep) -> tuple[str, ...]:
    """Return the indicators that are kept: headline, costs, outcomes and what is asked for."""
    wanted = {goal.indicator for goal in sweep.outcomes} | {*sweep.indicators, *COSTS}
    return tuple(n for n, one in engine.indicators.items() if one.headline or n in wanted)


def plan_of(engine: Engine, sweep: Sweep) -> Plan:
    """Return the runs of a sweep as its file lays them out.

    Uncertainties that list their values are forms of the model: every world is run under each of them,
    one after the other, so that what the forms do is told apart from what the worlds do.
    """
    layout = sweep.layout
    found = [one for one in dimensions(sweep) if one.name not in _forms(sweep)]
    if not found:
        points = pd.DataFrame(index=range(1))
    elif layout.kind == "factorial":
        points = design.factorial(found, layout.levels)
    elif layout.kind == "sobol":
        points = design.sobol(found, layout.rows, layout.seed)
    else:
        points = design.latin(found, layout.rows, layout.seed)
    points = points.drop_duplicates(ignore_index=True)  # values that are listed alone come again
    points = design.crossed(points, _forms(sweep))[[one.name for one in sweep.ranges]]
    seeds = np.tile(np.arange(sweep.replicates), (len(points), 1))
    kind = f"sweep {layout.kind}"
    return Plan(sweep, engine.model_version(), kept_names(engine, sweep), kind, points, seeds)


def _forms(sweep: Sweep) -> dict[str, tuple[Any, ...]]:
    """Return the uncertainties that list their values."""
    return {r.name: r.choices for r in sweep.ranges if r.choices and not r.lever}


def count_forms(sweep: Sweep) -> int:
    """Return how many forms of the model a sweep lays out."""
    return math.prod(len(choices) for choices in _forms(sweep).values())
