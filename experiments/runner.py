"""Runs that are still missing, run and kept; runs that are stored, never run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Engine:
    """What experiments need of the engine; tests put a fake in its place."""

    simulate: Callable[..., Any]
    run_id: Callable[..., str]
    model_version: Callable[[], str]
    indicators: dict[str, Any]
    reported: Callable[..., float]
    is_compiled: Callable[[], bool]


@cache
def real_engine() -> Engine:
    """Return the engine; loads numba and so takes half a second."""
    from sim import indicators, kernel, recorder

    return Engine(
        simulate=recorder.simulate,
        run_id=recorder.run_id,
        model_version=recorder.model_version,
        indicators=indicators.INDICATORS,
        reported=indicators.reported,
        is_compiled=kernel.is_compiled,
    )


@dataclass(frozen=True)
class Task:
    """One run to do: `scale` is the factor on the policy's scale lever, 1 as the file states it."""

    run_id: str
    scenario: Any
    seed: int
    months: int
    scale: float = 1.0

    @property
    def policy(self) -> str:
        """Name of the policy."""
        return self.scenario.policy

    def labels(self) -> dict[str, Any]:
        """Return what the log and the failures say about the run."""
        return {
            "run_id": self.run_id,
            "scenario": self.scenario.name,
            "policy": self.policy,
            "scale": self.scale,
            "seed": self.seed,
            "months": self.months,
        }

    def command(self) -> str:
        """Return the command that repeats the run alone."""
        import shlex

        words = ["hotbed", "run", self.scenario.name, "--policy", self.policy]
        words += ["--seed", str(self.seed), "--months", str(self.months)]
        if self.scale != 1.0 and self.scenario.scale_lever:
            words += ["--set", f"{self.scenario.scale_lever}={self._scaled_value()}"]
        return shlex.join(words)

    def _scaled_value(self) -> Any:
        lever, _, name = self.scenario.scale_lever.partition(".")
        used = [use for use in self.scenario.levers if use.lever == lever]
        return used[0].firms_max if name == "firms_max" else used[0].values[name]


@dataclass(frozen=True)
class Result:
    """A finished run as arrays.

    `series` has shape (months, indicators), float64, NaN = undefined; `fates` is a structured
    array with one row per firm that was ever on the site.
    """

    digest: str
    names: tuple[str, ...]
    series: np.ndarray
    fates: np.ndarray

    def column(self, name: str) -> np.ndarray:
        """Return one indicator by month, shape (months,); NaN where it was not recorded."""
        if name not in self.names:
            return np.full(len(self.series), np.nan)
        return self.series[:, self.names.index(name)]


@dataclass(frozen=True)
class Failure:
    """A run that raised: the kind and words of the error, and where it was raised."""

    task: Task
    error: str
    where: str


@dataclass
class Outcome:
    """What a batch of tasks came to: results by run_id, failures, and how many were stored."""

    results: dict[str, Result] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    stored: int = 0


class Keeper(Protocol):
    """What the runner asks of a store."""

    def load(self, wanted: Iterable[str]) -> dict[str, Result]: ...  # noqa: D102
    def begin(self, task: Task) -> None: ...  # noqa: D102
    def keep(self, task: Task, result: Result) -> None: ...  # noqa: D102
    def fail(self, failure: Failure) -> None: ...  # noqa: D102


def make_tasks(
    engine: Engine, scenario: Any, seeds: Iterable[int], months: int, scale: float = 1.0
) -> list[Task]:
    """Return one task per seed of `scenario`."""
    return [
        Task(engine.run_id(scenario, seed, months), scenario, seed, months, scale)
        for seed in seeds
    ]


def run_tasks(
    tasks: list[Task],
    execute: Callable[..., Iterable[tuple[Task, Any]]],
    store: Keeper | None = None,
    advance: Callable[[int, int, int], None] = lambda done, total, stored: None,
) -> Outcome:
    """Run the tasks that `store` does not hold, keeping each as soon as it is finished.

    Args:
        tasks: what is wanted; tasks with the same run_id are run once.
        execute: an executor: called with (tasks, started), yields (task, Result or Failure).
        store: where finished runs are kept, or None to keep them in memory only.
        advance: told (done, total, stored) after each run and once before the first.

    Raises:
        StoreError: if a result cannot be kept; the runs kept before stay.
    """
    unique = {task.run_id: task for task in tasks}
    outcome = Outcome(results=store.load(unique) if store else {})
    outcome.stored = len(outcome.results)
    missing = [task for run_id, task in unique.items() if run_id not in outcome.results]
    advance(outcome.stored, len(unique), outcome.stored)
    begin = store.begin if store else lambda task: None
    for task, result in execute(missing, begin):
        if isinstance(result, Failure):
            outcome.failures.append(result)
            if store:
                store.fail(result)
        else:
            if store:
                store.keep(task, result)
            outcome.results[task.run_id] = result
        advance(len(outcome.results) + len(outcome.failures), len(unique), outcome.stored)
    return outcome


def finals(engine: Engine, run: Any) -> dict[str, float]:
    """Return every indicator of a run as one number for all its months; NaN where undefined."""
    return {
        name: engine.reported(engine.indicators[name], run.series[:, i], run.months - 1)
        for i, name in enumerate(run.names)
    }
