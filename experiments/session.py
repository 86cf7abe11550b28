"""A comparison from names to rows: where it runs, where it is kept, what it is told about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from experiments.compare import Comparison, Run, compare, measure
from experiments.executors import PROCESS, open_executor
from experiments.neutral import equal_cost
from experiments.runner import Arm, Engine, Failure, Outcome, Result, Task, make_tasks, run_tasks
from experiments.sequential import Precision, Stopped, until_narrow
from experiments.statistics import LEVEL
from sim.declare import Text

Progress = Callable[[str, int, int, int], None]  # (what for, done, of how many, stored before)
Writer = Callable[[Comparison, dict[str, Any]], dict[str, bytes]]  # (…, manifest) to files by name


@dataclass(frozen=True)
class Request:
    """What is asked: arms, replicates and how to run them.

    With `precision` replicates are run until every headline interval is narrow enough, and `seeds`
    are those that there may be at the most.
    """

    baseline: Arm
    policies: tuple[Arm, ...]
    seeds: tuple[int, ...]
    months: int
    jobs: int = 1
    equal_cost: bool = False
    executor: str = PROCESS
    precision: Precision | None = None

    def specification(self) -> dict[str, Any]:
        """Return what tells this request from others; more replicates are the same request."""
        import hashlib

        return {
            "command": "compare",
            "months": self.months,
            "equal_cost": self.equal_cost,
            "arms": [
                [arm.label, hashlib.sha256(arm.scenario.canonical()).hexdigest()]
                for arm in (self.baseline, *self.policies)
            ],
        }


@dataclass
class Report:
    """A comparison, the runs that failed, and what happened to the folder's files.

    `stopped` says how adaptive replicates ended, None where their number was given.
    """

    comparison: Comparison
    failures: list[Failure] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    stopped: Stopped | None = None


def compare_policies(
    engine: Engine,
    request: Request,
    folder: Path | None = None,
    progress: Progress = lambda what, done, total, stored: None,
    also: Writer = lambda comparison, manifest: {},
) -> Report:
    """Run a comparison; with `folder` it is durable and resumes where it was broken off.

    Args:
        engine: the engine.
        request: what to compare.
        folder: results folder, None to keep nothing.
        progress: told after each run.
        also: makes further files of the folder, such as a page.

    Raises:
        StoreError: if the folder cannot be used or the disk is full.
    """
    failures: list[Failure] = []
    specification = request.specification() | {"seeds": list(request.seeds)}
    with (
        open_executor(engine, request.jobs, request.executor) as execute,
        _open(folder, engine) as store,
    ):
        if store:
            store.claim(specification)

        def run(tasks: list[Task], what: str) -> Outcome:
            if store:
                store.describe(tasks)
                store.save_manifest()
            outcome = run_tasks(tasks, execute, store, lambda *counts: progress(what, *counts))
            failures.extend(outcome.failures)
            return outcome

        arms, scaling = list(request.policies), None
        if request.equal_cost:
            arms, scaling = equal_cost(
                engine, request.baseline, arms, list(request.seeds), request.months, run
            )
        ask: Run = run
        seeds, level, stopped = list(request.seeds), LEVEL, None
        if request.precision is not None:
            ask = _remembering(run)
            stopped = _until_narrow(engine, request, arms, ask)
            seeds, level = seeds[: stopped.n], stopped.level
            specification["seeds"] = seeds
        comparison = compare(
            engine, request.baseline, arms, seeds, request.months, ask, scaling, level
        )
        if store:
            store.write_json("comparison.json", as_json(comparison))
            store.save_manifest()
            for name, content in also(comparison, store.manifest).items():
                store.write_file(name, content)
            store.finish(specification)
        return Report(comparison, failures, store.notices if store else [], stopped)


def _remembering(run: Run) -> Run:
    """Return what runs tasks once, for replicates are looked at several times."""
    known: dict[str, Result] = {}

    def again(tasks: list[Task], what: str) -> Outcome:
        missing = [task for task in tasks if task.run_id not in known]
        outcome = run(missing, what) if missing else Outcome()
        known.update(outcome.results)
        found = {task.run_id: known[task.run_id] for task in tasks if task.run_id in known}
        return Outcome(found, outcome.failures, outcome.stored)

    return again


def _until_narrow(engine: Engine, request: Request, arms: list[Arm], run: Run) -> Stopped:
    """Run replicates until the intervals of all policies' headline differences are narrow enough."""
    headline = [name for name, declared in engine.indicators.items() if declared.headline]
    names = [f"{arm.label} {name}" for arm in arms for name in headline]
    asked, months = (request.baseline, *arms), request.months

    def draw(seeds: list[int]) -> tuple[np.ndarray, np.ndarray]:
        tasks = [make_tasks(engine, arm, seeds, months) for arm in asked]
        together = [task for group in zip(*tasks, strict=True) for task in group]
        results = run(together, "compare").results
        ends = []
        for group in tasks:
            values = measure(engine, [results.get(task.run_id) for task in group], months)
            ends.append(np.column_stack([values[name, "end"] for name in headline]))
        return np.hstack([ends[0]] * len(arms)), np.hstack(ends[1:])

    return until_narrow(draw, names, list(request.seeds), request.precision)


def _open(folder: Path | None, engine: Engine) -> Any:
    if folder is None:
        return nullcontext()
    from experiments.results import Results  # pyarrow takes a quarter of a second to load

    return Results(folder, engine.model_version())


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the machine-readable form of a comparison."""
    return {
        "scenario": comparison.scenario,
        "baseline": comparison.baseline.label,
        "policies": [arm.label for arm in comparison.policies],
        "reps": len(comparison.seeds),
        "seeds": list(comparison.seeds),
        "months": comparison.months,
        "model_version": comparison.model_version,
        "equal_cost": None if comparison.scaling is None else list(comparison.scaling),
        "at_equal_cost": comparison.at_equal_cost,
        "digests": comparison.digests,
        "rows": list(comparison.rows),
    }
