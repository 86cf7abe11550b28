"""The Pareto set of a study: mixes of its levers that are run and kept as the worlds of a sweep are.

Each batch of mixes is a part of one sweep in one folder. So a search that was broken off, or is asked
again for more mixes, finds its runs there and goes the same way as before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments import mixes, statistics
from experiments.claims.session import seconds_of
from experiments.mixes import Budget, Front, NoMixError
from experiments.runner import Engine
from experiments.sweeps import records, session
from experiments.sweeps.plan import Plan, dimensions, kept_names
from experiments.sweeps.session import Estimate, Ran, Where
from sim.scenario.search import Search
from sim.scenario.sweeps import Goal, Sweep

KIND = "search"
LAST_WORD = "last_word"  # the second stage: the set and its neighbours, on other seeds

Progress = Callable[[str, int, int, int], None]


@dataclass(frozen=True)
class Step:
    """What going from one row of the front to another brings.

    `changes` are paired differences: by goal the mean, and its interval from `low` to `high`.
    """

    start: int
    end: int
    changes: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Found:
    """What a search came to; `front` is None where no mix came through."""

    front: Front | None
    steps: tuple[Step, ...]
    ran: Ran


def search_of(plan: Plan) -> Search:
    """Return what a plan of a search is after."""
    assert plan.sweep.search is not None
    return plan.sweep.search


def budget_of(plan: Plan) -> Budget:
    """Return how much a search runs."""
    search = search_of(plan)
    return Budget(search.mixes, search.batch, plan.sweep.replicates, search.final_replicates)


def plan_of(engine: Engine, sweep: Sweep, count: int | None = None) -> Plan:
    """Return the plan of a search before any mix is known: one policy, its levers, the goals.

    What is uncertain in the study stays as its files have it. `count` stands for the number of mixes.
    """
    assert sweep.search is not None
    search = replace(sweep.search, mixes=count or sweep.search.mixes)
    policy = search.policy
    levers = tuple(r for r in sweep.ranges if r.lever and sweep.applies(r.name, policy))
    only = replace(
        sweep,
        arms={policy: sweep.arms[policy]},
        scenarios={policy: sweep.scenarios[policy]},
        ranges=levers,
        outcomes=tuple(Goal(one.indicator) for one in search.objectives),
        search=search,
    )
    points, seeds = pd.DataFrame(columns=[r.name for r in levers]), np.empty((0, sweep.replicates))
    return Plan(only, engine.model_version(), kept_names(engine, only), KIND, points, seeds)


def estimate(plan: Plan, folder: Path) -> tuple[Estimate, Estimate]:
    """Return what trying the mixes takes at the most, and what each mix of the set then takes more.

    Raises:
        StoreError: if the folder belongs to another search.
    """
    session.estimate(plan, folder, Where())  # asks the folder whose it is; no mix is known yet
    budget = budget_of(plan)
    some = next(iter(plan.sweep.scenarios.values()))
    beside = sum(len(r.choices) - 1 if r.choices else 2 for r in plan.sweep.ranges)
    runs = _rounded(budget) * budget.seeds, (1 + beside) * budget.seeds_last
    stored = min(_kept(plan, folder), runs[0])
    once, size = seconds_of(some, plan.sweep.months), session.dtype_of(plan).itemsize
    left = runs[0] - stored, runs[1]
    first, more = (
        Estimate(n, k, 0, todo * once, todo * size)
        for n, k, todo in zip(runs, (stored, 0), left, strict=True)
    )
    return first, more


def _rounded(budget: Budget) -> int:
    """Return the mixes of whole batches."""
    return math.ceil(budget.mixes / budget.batch) * budget.batch


def _kept(plan: Plan, folder: Path) -> int:
    return records.count(folder, plan.version, session.dtype_of(plan).itemsize)


def run_search(
    engine: Engine, plan: Plan, folder: Path, where: Where,
    progress: Progress = lambda what, done, total, stored: None,
) -> Found:  # fmt: skip
    """Search a study for its Pareto set; only runs that a folder does not hold are made.

    Raises:
        StoreError: if the folder cannot be used or the disk is full; the runs kept before stay.
        ClusterError: if a cluster cannot be used or was lost; the same.
    """
    budget, levers = budget_of(plan), dimensions(plan.sweep)
    goals = [mixes.Goal(one.indicator, one.up) for one in search_of(plan).objectives]
    seeds = range(budget.seeds + budget.seeds_last)
    with session.open_workers(engine, plan, where) as workers:
        bench = _Bench(engine, plan, folder, where, progress, workers, _kept(plan, folder))
        try:
            front = mixes.search(
                bench.evaluate, levers, goals, seeds, budget, plan.sweep.layout.seed
            )
        except NoMixError:
            return Found(None, (), bench.ran)
        steps = _steps(bench, front, list(seeds[budget.seeds :]))
    session.write_table(bench.parts, folder)
    return Found(front, steps, bench.ran)


@dataclass
class _Bench:
    """Runs mixes on seeds, and counts: `asked` holds the names of all runs asked for so far."""

    engine: Engine
    plan: Plan
    folder: Path
    where: Where
    progress: Progress
    workers: Any
    kept: int
    parts: list[Plan] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    explored: int = 0  # of these, by the first stage
    ran: Ran = field(default_factory=lambda: Ran(0, 0, failures=[]))

    def evaluate(self, points: pd.DataFrame, seeds: list[int]) -> np.ndarray:
        """Return what mixes come to, shape (mixes, goals, seeds), NaN where a run failed."""
        plan = replace(self.plan, points=points, seeds=np.tile(seeds, (len(points), 1)))
        self.parts.append(plan)
        names = {cell.run_id for cell in session.wanted(plan)}
        before, budget = len(self.asked - names), budget_of(plan)
        self.asked |= names
        exploring = seeds[0] < budget.seeds
        most = _rounded(budget) * budget.seeds if exploring else 0
        whole = max(len(self.asked), most)
        if exploring:
            stage, ago, kept, self.explored = KIND, 0, min(self.kept, whole), len(self.asked)
        else:
            stage, ago, kept = LAST_WORD, self.explored, 0

        def advance(done: int, total: int, stored: int) -> None:
            self.progress(stage, before + done - ago, whole - ago, kept)

        part = session.run_sweep(
            self.engine, plan, self.folder, self.where, advance, self.workers, whole
        )
        self._count(part)
        if part.stored + part.ran == 0:
            return np.full((len(points), len(plan.sweep.outcomes), len(seeds)), math.nan)
        values = session.read_values(plan, self.folder)
        return np.stack([values.by[one.indicator][0] for one in plan.sweep.outcomes], axis=1)

    def _count(self, part: Ran) -> None:
        ran = self.ran
        ran.total = len(self.asked)
        ran.ran, ran.failed = ran.ran + part.ran, ran.failed + part.failed
        ran.stored = ran.total - ran.ran - ran.failed
        ran.failures = [*(ran.failures or []), *(part.failures or [])][: session.MOST_SHOWN]


def _steps(bench: _Bench, front: Front, seeds: list[int]) -> tuple[Step, ...]:
    """Return the ways from the first row of a front to its knee, and from there to its last row."""
    last = len(front.table) - 1
    stops = sorted({0, last} | ({front.knee} if front.knee is not None else set()))
    names = [r.name for r in bench.plan.sweep.ranges]
    # All of these were run for the last word, so they are only looked up.
    values = bench.evaluate(front.table[names].iloc[stops].reset_index(drop=True), seeds)
    goals = [one.indicator for one in bench.plan.sweep.outcomes]
    steps = []
    for i, (start, end) in enumerate(pairwise(stops)):
        found = statistics.summarise(values[i].T, values[i + 1].T)
        spans = np.column_stack([found.diff, found.low, found.high]).tolist()
        steps.append(Step(start, end, dict(zip(goals, map(tuple, spans), strict=True))))
    return tuple(steps)


def knee_command(plan: Plan, front: Front) -> str | None:
    """Return the command that runs the knee alone, or the first row of a front without one.

    None where no command can: a policy that the study itself writes goes by no name.
    """
    names = [r.name for r in plan.sweep.ranges]
    point = front.table[names].iloc[[front.knee or 0]].reset_index(drop=True)
    one = replace(plan, points=point, seeds=np.array([[plan.sweep.replicates]]))
    (cell,) = one.cells()
    command = session.command_of(one, one.task(cell))
    return command if command.startswith("hotbed run ") else None
