"""Studies from files to findings: one queue of unique runs, each judged once all are there."""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.claims.judge import Judged, judge
from experiments.claims.measures import TWO, value_of
from experiments.claims.shelf import Shelf
from experiments.executors import PROCESS, Executor
from experiments.neutral import equal_cost
from experiments.runner import Arm, Engine, Failure, Outcome, Result, Task, make_tasks
from sim.scenario.expressions import Reference
from sim.scenario.studies import MID, Study

PILOTS = 4  # of each equal cost; its residual is told beside the verdict
ROUNDS = 5  # of pilots that a search takes, about
# CPU seconds of a run, measured: a share that every month costs, and one for each firm at the start.
SECONDS_MONTH, SECONDS_MONTH_FIRM = 0.0005, 0.0000085

Progress = Callable[[str, int, int, int], None]


@dataclass(frozen=True)
class Options:
    """How thoroughly, replicates (None as each study says), and where: jobs, executor's word."""

    reps: int | None = None
    jobs: int = 1
    executor: str = PROCESS


@dataclass
class Finding:
    """What came of a study."""

    study: Study
    reps: dict[str, int] = field(default_factory=dict)  # by level
    levels: dict[str, tuple[Judged, ...]] = field(default_factory=dict)  # an entry per outcome
    scaling: tuple[dict[str, Any], ...] = ()
    costs: dict[str, dict[str, float]] = field(
        default_factory=dict
    )  # level, arm: over baseline, CNY

    @property
    def middle(self) -> str:
        """The level whose verdict is the study's."""
        return MID if MID in self.levels else next(iter(self.levels), MID)

    @property
    def verdict(self) -> str:
        """The verdict of the deciding outcome at the middle level; "" where nothing ran."""
        found = self.levels.get(self.middle)
        return found[0].verdict if found else ""


@dataclass
class Bench:
    """What all studies of a session share."""

    engine: Engine
    shelf: Shelf
    execute: Executor
    progress: Progress
    failures: list[Failure] = field(default_factory=list)
    ran: int = 0

    def fill(self, tasks: Iterable[Task], what: str) -> None:
        """Run what the shelf does not hold yet; tasks with the same run_id are run once.

        Raises:
            StoreError: if a result cannot be kept.
        """
        unique = {task.run_id: task for task in tasks}
        missing = [task for run_id, task in unique.items() if run_id not in self.shelf]
        stored = done = len(unique) - len(missing)
        self.progress(what, done, len(unique), stored)
        for task, result in self.execute(missing, self.shelf.begin):
            if isinstance(result, Failure):
                self.failures.append(result)
                self.shelf.fail(result)
            else:
                self.shelf.keep(task, result)
                self.ran += 1
            done += 1
            self.progress(what, done, len(unique), stored)

    def run(self, tasks: list[Task], what: str) -> Outcome:
        """Run a few tasks and return their results, as equal cost asks for them."""
        self.fill(tasks, what)
        found = {task.run_id: self.shelf.get(task.run_id) for task in tasks}
        return Outcome({run_id: result for run_id, result in found.items() if result})


def seeds_of(study: Study, level: str, options: Options) -> list[int]:
    """Return the seeds of a level: more at the middle one."""
    if _is_middle(study, level):
        return list(range(options.reps or study.reps))
    return list(range(min(options.reps or study.edge_reps, study.edge_reps)))


def _is_middle(study: Study, level: str) -> bool:
    return level == MID or MID not in study.levels


def arms_of(study: Study, level: str, factors: dict[str, float]) -> dict[str, Arm]:
    """Return the arms of a level, scaled."""
    again = shlex.join(["hotbed", "claims", study.claim or str(study.path)])
    return {
        name: Arm(
            f"{study.name}-{name}-{level}", scenario, place=scenario.name, again=again
        ).scaled(factors.get(name, 1.0))
        for name, scenario in study.scenarios[level].items()
    }


def tasks_of(
    engine: Engine, study: Study, options: Options, factors: dict[str, float]
) -> list[Task]:
    """Return all runs of a study but its pilots."""
    found: list[Task] = []
    for level in study.levels:
        seeds = seeds_of(study, level, options)
        for arm in arms_of(study, level, factors).values():
            found += make_tasks(engine, arm, seeds, study.months)
    return found


@dataclass(frozen=True)
class Estimate:
    """What is to be done, before anything is: runs without pilots, pilots, CPU seconds of both."""

    runs: int
    stored: int
    pilots: int
    seconds: float


def estimate(
    engine: Engine, studies: list[Study], options: Options, stored: Callable[[str], bool]
) -> Estimate:
    """Return how many runs are missing and how long they take, roughly."""
    tasks = {t.run_id: t for s in studies for t in tasks_of(engine, s, options, {})}
    missing = [task for run_id, task in tasks.items() if not stored(run_id)]
    pilots, seconds = 0, sum(map(_seconds, missing))
    for study in studies:
        if study.equal_cost is not None:
            count = PILOTS * (2 + ROUNDS * len(study.equal_cost.arms))
            pilots += count
            scenario = next(iter(study.scenarios[study.levels[0]].values()))
            seconds += count * seconds_of(scenario, study.months)
    return Estimate(len(tasks), len(tasks) - len(missing), pilots, seconds)


def _seconds(task: Task) -> float:
    return seconds_of(task.arm.scenario, task.months)


def seconds_of(scenario: Any, months: int) -> float:
    """Return about how many CPU seconds a run takes."""
    firms = getattr(getattr(scenario.initial, "firms", None), "total", 0)
    return months * (SECONDS_MONTH + SECONDS_MONTH_FIRM * firms)


def run_studies(bench: Bench, studies: list[Study], options: Options) -> list[Finding]:
    """Run all studies and judge them.

    Raises:
        StoreError: if a result cannot be kept; the runs kept before stay.
    """
    findings = [Finding(study) for study in studies]
    factors = {f.study.name: _level_costs(bench, f, options) for f in findings}
    queue = [
        task for f in findings
        for task in tasks_of(bench.engine, f.study, options, factors[f.study.name])
    ]  # fmt: skip
    bench.fill(queue, "claims")
    for finding in findings:
        for level in finding.study.levels:
            _judge_level(bench, finding, level, options, factors[finding.study.name])
    return findings


def _level_costs(bench: Bench, finding: Finding, options: Options) -> dict[str, float]:
    """Return the factors that bring the arms to equal cost, found once at the middle level."""
    study = finding.study
    equal = study.equal_cost
    if equal is None:
        return {}
    level = MID if MID in study.levels else study.levels[0]
    arms = arms_of(study, level, {})
    scaled, records = equal_cost(
        bench.engine, arms[equal.baseline], [arms[name] for name in (equal.to, *equal.arms)],
        seeds_of(study, level, options), study.months, bench.run, PILOTS,
    )  # fmt: skip
    names = (equal.to, *equal.arms)
    finding.scaling = tuple(
        {**record, "policy": name} for name, record in zip(names, records, strict=True)
    )
    return {name: arm.scale for name, arm in zip(names, scaled, strict=True)}


def _judge_level(
    bench: Bench, finding: Finding, level: str, options: Options, factors: dict[str, float]
) -> None:
    study = finding.study
    seeds = seeds_of(study, level, options)
    arms = arms_of(study, level, factors)
    runs = Runs(bench, arms, seeds, study.months)
    finding.reps[level] = len(seeds)
    finding.levels[level] = tuple(judge(o, runs.look, len(seeds)) for o in study.outcomes)
    if study.equal_cost is not None:
        base = runs.look(Reference("cost_pv", (study.equal_cost.baseline,), None, (0, 0)))
        finding.costs[level] = {
            name: _mean(runs.look(Reference("cost_pv", (name,), None, (0, 0))) - base)
            for name in arms
        }


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


class Runs:
    """The runs of one level of a study, read when they are first looked at."""

    def __init__(self, bench: Bench, arms: dict[str, Arm], seeds: list[int], months: int) -> None:
        self.bench = bench
        self.arms = arms
        self.seeds = seeds
        self.months = months
        self._read: dict[str, list[Result | None]] = {}
        self._known: dict[tuple[Any, ...], np.ndarray] = {}

    def look(self, reference: Reference) -> np.ndarray:
        """Return a quantity in every replicate, NaN where a run of it failed."""
        key = (reference.name, reference.arms, reference.span)
        if key not in self._known:
            stop = self._stop(reference)
            groups = zip(*(self._runs(arm) for arm in reference.arms), strict=True)
            self._known[key] = np.array(
                [
                    value_of(self.bench.engine, reference, tuple(r for r in group if r), self.months, stop)
                    if all(group) else math.nan
                    for group in groups
                ]
            )  # fmt: skip
        return self._known[key]

    def _stop(self, reference: Reference) -> int | None:
        if reference.name not in TWO:
            return None
        scenario = self.arms[reference.arms[0]].scenario
        return self.bench.engine.last_supported(scenario, self.months)

    def _runs(self, name: str) -> list[Result | None]:
        if name not in self._read:
            tasks = make_tasks(self.bench.engine, self.arms[name], self.seeds, self.months)
            self._read[name] = [self.bench.shelf.get(task.run_id) for task in tasks]
        return self._read[name]


def stopwatch() -> Callable[[], float]:
    """Return a function that tells the seconds since now."""
    begun = time.monotonic()
    return lambda: time.monotonic() - begun
