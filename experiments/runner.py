"""Runs that are still missing, run and kept; runs that are stored, never run again."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
    last_supported: Callable[[Any, int], int | None]  # see _last_supported
    preload: tuple[str, ...] = ()  # modules that every worker needs


@cache
def real_engine() -> Engine:
    """Return the engine; loads numba and so takes half a second."""
    from sim import indicators, kernel, recorder

    return Engine(
        simulate=_simulate,
        run_id=recorder.run_id,
        model_version=recorder.model_version,
        indicators=indicators.INDICATORS,
        reported=indicators.reported,
        is_compiled=kernel.is_compiled,
        last_supported=_last_supported,
        preload=("sim.recorder", "sim.scenario.scenario"),
    )


def _simulate(scenario: Any, seed: int, months: int | None = None, strict: bool = False) -> Any:
    """Run a scenario, and remember once that all kernels are compiled."""
    from sim import kernel, recorder

    try:
        run = recorder.simulate(scenario, seed, months, strict)
    except OSError as error:  # a run itself writes nothing but compiled kernels
        raise OSError(f"keeping compiled kernels (HOTBED_CACHE moves them): {error}") from error
    if not kernel.is_compiled():
        with suppress(OSError):  # then they are looked through again next time
            kernel.mark_compiled()
    return run


def _last_supported(scenario: Any, months: int) -> int | None:
    """Return the last month, counted from 0, before a policy's support to firms stops.

    None where it makes no awards to firms, or they go on to the end of a run of `months`.
    """
    from sim.levers import all_levers
    from sim.state.rules import compile_rules, stop_month

    sites = [site.scenario for site in scenario.sites] or [scenario]
    rules = [compile_rules(one.levers, all_levers(), months) for one in sites]
    stop = min(stop_month(one, months) for one in rules)  # -1 where it goes on
    return stop - 1 if stop > 0 else None


@dataclass(frozen=True)
class Arm:
    """One policy of a comparison.

    `scale` is the factor on its scale lever (1 as its file states it); `place` and `asked` are the
    words that a user gave for the scenario and the policy; `again` is the command that makes its runs
    again where these words do not, as for the arms of a study.
    """

    label: str
    scenario: Any
    scale: float = 1.0
    place: str = ""
    asked: str = ""
    again: str = ""

    def scaled(self, factor: float) -> Arm:
        """Return the arm with its policy scaled."""
        if factor == 1.0:
            return self
        return replace(self, scenario=self.scenario.scaled(factor), scale=factor)

    def words(self) -> list[str]:
        """Return what names scenario and policy on a command line."""
        place, policy = self.place or self.scenario.name, self.asked or self.label
        return [place, "--policy", policy]


@dataclass(frozen=True)
class Task:
    """One run to do."""

    run_id: str
    arm: Arm
    seed: int
    months: int

    def labels(self) -> dict[str, Any]:
        """Return what the log and the failures say about the run."""
        return {
            "run_id": self.run_id,
            "scenario": self.arm.scenario.name,
            "policy": self.arm.label,
            "scale": self.arm.scale,
            "seed": self.seed,
            "months": self.months,
        }

    def command(self) -> str:
        """Return the command that repeats the run, alone where a command can."""
        if self.arm.again:
            return self.arm.again
        words = ["hotbed", "run", *self.arm.words()]
        words += ["--seed", str(self.seed), "--months", str(self.months)]
        for change in getattr(self.arm.scenario, "overrides", ()):
            words += ["--set", change]
        if self.arm.scale != 1.0:
            for path in self.arm.scenario.scale_lever.split(","):
                words += self._stated(path.strip())
        return shlex.join(words)

    def _stated(self, path: str) -> list[str]:
        """Return what sets a scaled field, use by use where its lever stands several times."""
        lever, _, name = path.partition(".")
        uses = [use for use in self.arm.scenario.levers if use.lever == lever]
        words: list[str] = []
        for k, use in enumerate(uses, start=1):
            value = use.firms_max if name == "firms_max" else use.values[name]
            if value is None or math.isinf(value):
                continue  # without a limit there was nothing to scale
            which = lever if len(uses) == 1 else f"{lever}[{k}]"
            words += ["--set", f"{which}.{name}={value:.17g}"]
        return words


@dataclass(frozen=True)
class Result:
    """A finished run as arrays.

    `series` has shape (months, indicators), float64, NaN = undefined. The others are structured
    arrays (see `sim.kept`): `fates` with one row per firm that was ever on the site, `flows` per
    kind of payment and year, `ground` per cell and year.
    """

    digest: str
    names: tuple[str, ...]
    series: np.ndarray
    fates: np.ndarray
    flows: np.ndarray
    ground: np.ndarray

    @classmethod
    def of(cls, run: Any) -> Result:
        """Return what is kept of an engine's run."""
        return cls(run.digest, tuple(run.names), run.series, run.fates, run.flows, run.ground)

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


def make_tasks(engine: Engine, arm: Arm, seeds: Iterable[int], months: int) -> list[Task]:
    """Return one task per seed of an arm."""
    return [Task(engine.run_id(arm.scenario, seed, months), arm, seed, months) for seed in seeds]


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
