"""A sweep from its plan to numbers: run what is missing, keep it at once, read it back."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments import durable, folders, runner
from experiments.circumstances import circumstances, now
from experiments.claims.session import seconds_of
from experiments.durable import StoreError
from experiments.executors import PROCESS, open_executor
from experiments.results import default_folder
from experiments.runner import Engine, Failure, Result, Task
from experiments.sweeps import records, table
from experiments.sweeps.plan import Cell, Plan
from experiments.sweeps.records import Held
from sim.declare import Text
from sim.scenario.problems import ScenarioErrors

FORM = 1
INDEX = folders.SWEEP
FAILURES = "failures.jsonl"
MOST_SHOWN = 1000  # failures that are held to be shown; the file has all

Advance = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Thin:
    """Runs a scenario where it is called, and brings back only what a sweep keeps.

    Every number is reported for all months up to one of `months`, as its indicator declares.
    """

    engine: Callable[[], Engine]
    names: tuple[str, ...]
    months: tuple[int, ...]

    def __call__(
        self, scenario: Any, seed: int, months: int | None = None, strict: bool = False
    ) -> Result:
        """Return a run whose series has shape (kept months, kept indicators)."""
        engine = self.engine()
        run = engine.simulate(scenario, seed, months, strict)
        at = {name: i for i, name in enumerate(run.names)}
        kept = np.full((len(self.months), len(self.names)), math.nan)
        for k, name in enumerate(self.names):
            if name in at:
                column = run.series[:, at[name]]
                one = engine.indicators[name]
                kept[:, k] = [engine.reported(one, column, month - 1) for month in self.months]
        return Result(run.digest, self.names, kept, run.fates[:0], run.flows[:0], run.ground[:0])


@dataclass(frozen=True)
class Where:
    """How to run: jobs, the executor's word, the shard (i of n), whether failed runs are tried again."""

    jobs: int = 1
    executor: str = PROCESS
    shard: tuple[int, int] = (1, 1)
    retry: bool = False


@dataclass
class Ran:
    """What became of the runs asked for."""

    total: int
    stored: int
    ran: int = 0
    failures: list[Failure] | None = None
    failed: int = 0  # with those of before that were not tried again


@dataclass(frozen=True)
class Estimate:
    """What is to be done, before anything is: runs, CPU seconds, bytes on disk."""

    runs: int
    stored: int
    failed: int
    seconds: float
    size: int


def folder_of(plan: Plan) -> Path:
    """Return the folder of a sweep where none is named."""
    return default_folder(plan.command, plan.sweep.name, plan.specification())


def dtype_of(plan: Plan) -> np.dtype:
    """Return the form of a plan's records."""
    return records.form(len(plan.months), len(plan.names))


def mine(run_id: str, shard: tuple[int, int]) -> bool:
    """Return whether a run belongs to a shard; by its name, so the same everywhere."""
    i, n = shard
    return int(run_id[:12], 16) % n == i - 1


def wanted(plan: Plan, shard: tuple[int, int] = (1, 1)) -> Iterator[Cell]:
    """Yield the runs of a shard, each once."""
    seen: set[bytes] = set()
    for cell in plan.cells():
        name = bytes.fromhex(cell.run_id)
        if name not in seen and mine(cell.run_id, shard):
            seen.add(name)
            yield cell


def read_index(folder: Path, name: str = INDEX) -> dict[str, Any] | None:
    """Return what a folder says of its sweep, or of what else `name` tells; None where it holds none."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        read = json.loads((folder / name).read_bytes())
        if read["form"] == FORM and isinstance(read["specification"], dict):
            return dict(read)
    return None


def estimate(plan: Plan, folder: Path, where: Where) -> Estimate:
    """Return what a sweep would take; nothing is run or written."""
    held = _held(plan, folder)
    failed = failures_of(folder) if held is not None else {}
    total = stored = bad = 0
    for cell in wanted(plan, where.shard):
        total += 1
        if held and cell.run_id in held.place:
            stored += 1
        elif cell.run_id in failed and not where.retry:
            bad += 1
    some = next(iter(plan.sweep.scenarios.values()))
    missing = total - stored - bad
    seconds = missing * seconds_of(some, plan.sweep.months)
    # The table of all runs is about as large as their records.
    return Estimate(total, stored, bad, seconds, 2 * missing * dtype_of(plan).itemsize)


def _held(plan: Plan, folder: Path) -> Held | None:
    """Return the runs that a folder holds, None where it holds no sweep."""
    index = read_index(folder)
    if index is None:
        return None
    if index["specification"] != plan.specification():
        held, asked = index["specification"], plan.specification()
        raise other(folder, sorted(n for n in asked | held if asked.get(n) != held.get(n)))
    return Held(folder, dtype_of(plan), plan.version)


def failures_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the last failure of every run that failed, by its name."""
    found = {}
    for path in sorted(folder.glob(f"parts/*/{FAILURES}")):
        for line in path.read_text("utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):  # a line that a crash cut off
                told = json.loads(line)
                found[told["run_id"]] = told
    return found


def open_workers(engine: Engine, plan: Plan, where: Where) -> Any:
    """Return an executor whose runs bring back only what a plan keeps."""
    thin = replace(engine, simulate=Thin(runner.real_engine, plan.names, plan.months))
    return open_executor(thin, where.jobs, where.executor)


def run_sweep(
    engine: Engine,
    plan: Plan,
    folder: Path,
    where: Where,
    advance: Advance = lambda done, total, stored: None,
    workers: Any = None,
    whole: int | None = None,
) -> Ran:
    """Run what a folder does not hold yet, and keep every run as it ends.

    A plan that is found out part by part comes with `workers` that stay open between the parts, and
    with the number of runs that the `whole` comes to, for those who ask how far it is.

    Raises:
        StoreError: if the folder cannot be used or the disk is full; the runs kept before stay.
        ClusterError: if a cluster cannot be used or was lost; the same.
    """
    folders.refuse_others(folder, INDEX)
    durable.make_folder(folder)
    held = _held(plan, folder)
    known = set(held.place if held else ())
    bad = {} if where.retry else failures_of(folder)
    names = [cell.run_id for cell in wanted(plan, where.shard)]
    if whole is None:
        whole = len(names) if where.shard == (1, 1) else sum(1 for _ in wanted(plan))
    _write_index(plan, folder, whole)
    stored = sum(name in known for name in names)
    before = sum(name in bad and name not in known for name in names)
    ran = Ran(len(names), stored, failures=[], failed=before)
    del names
    part = folder / "parts" / f"{where.shard[0]}-of-{where.shard[1]}"

    def tell() -> None:
        advance(stored + ran.ran + ran.failed, ran.total, stored)

    if ran.stored + ran.failed == ran.total:  # nothing is left: nobody needs to be started
        tell()
        return ran
    with (
        records.Book(part, dtype_of(plan), plan.version) as book,
        nullcontext(workers) if workers else open_workers(engine, plan, where) as execute,
    ):
        # Again, now that nobody else writes here: a twin may just have ended.
        known |= set(records.names_of(records.read(book.path, dtype_of(plan))))

        def failed(task: Task, failure: Failure) -> None:
            told = {
                "error": failure.error,
                "where": failure.where,
                "command": command_of(plan, task),
            }
            durable.append(part / FAILURES, now() | task.labels() | told)
            ran.failed += 1
            if ran.failures is not None and len(ran.failures) < MOST_SHOWN:
                ran.failures.append(failure)

        def waiting() -> Iterator[Task]:
            for cell in wanted(plan, where.shard):
                if cell.run_id in known or cell.run_id in bad:
                    continue
                try:
                    yield plan.task(cell)
                except ScenarioErrors as errors:
                    arm = runner.Arm(cell.policy, plan.sweep.scenarios[cell.policy])
                    task = Task(cell.run_id, arm, cell.seed, plan.sweep.months)
                    failed(task, Failure(task, f"ScenarioErrors: {errors}", "study"))

        tell()
        for task, result in execute(waiting(), lambda task: None):
            if isinstance(result, Failure):
                failed(task, result)
            else:
                book.append(task.run_id, result.digest, result.series)
                ran.ran += 1
            tell()
    return ran


def command_of(plan: Plan, task: Task) -> str:
    """Return the command that repeats a run alone, or the one of all runs where none can."""
    sweep, base = plan.sweep, plan.sweep.scenarios[task.arm.label]
    scenario = task.arm.scenario
    plain = {"policy"} >= set(sweep.arms[task.arm.label].value.entries or {})
    shared = any(sweep.arms[task.arm.label].shared.get(k) for k in ("initial", "parameters"))
    if not plain or shared or scenario.initial != base.initial:
        return f"hotbed {plan.command} {sweep.path} --retry-failed"
    sets = []
    for process, own in scenario.parameters.items():
        for name, value in own.items():
            if base.parameters.get(process, {}).get(name) != value:
                sets.append(f"{process}.{name}={value:.17g}")
    for use, old in zip(scenario.levers, base.levers, strict=True):
        for name in (*use.values, "firms_max"):
            new, was = _field(use, name), _field(old, name)
            if new != was:
                sets.append(
                    f"{use.lever}.{name}={new if isinstance(new, str) else format(new, '.17g')}"
                )
    return replace(
        task, arm=replace(task.arm, scenario=replace(scenario, overrides=tuple(sets)))
    ).command()


def _field(use: Any, name: str) -> Any:
    return use.firms_max if name == "firms_max" else use.values[name]


def write_table(plans: Sequence[Plan], folder: Path) -> None:
    """Write what a folder holds of some plans as a table, where they have nothing left to run.

    Raises:
        StoreError: if it cannot be written; the runs stay.
    """
    held = _held(plans[0], folder)
    if not held:
        return
    failed = failures_of(folder)
    if all(c.run_id in held.place or c.run_id in failed for plan in plans for c in plan.cells()):
        table.write(plans, held, folder)


def _write_index(plan: Plan, folder: Path, runs: int) -> None:
    sweep = plan.sweep
    told = {
        "form": FORM,
        "specification": plan.specification(),
        "study": sweep.name,
        "title": {"en": sweep.title.en, "zh": sweep.title.zh},
        "path": os.path.relpath(sweep.path),
        "model_version": plan.version,
        "names": list(plan.names),
        "months": list(plan.months),
        "policies": list(sweep.policies),
        "rows": len(plan.points),
        "replicates": int(plan.seeds.shape[1]),
        "runs": runs,
        "record_bytes": dtype_of(plan).itemsize,
    }  # fmt: skip
    whole = told | now() | circumstances()
    content = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    durable.write(folder / INDEX, content.encode(), shared=True)  # shards begin together


@dataclass(frozen=True)
class Values:
    """The numbers of a sweep at its end.

    `by` holds each indicator with shape (policies, worlds, replicates), NaN where a run is missing,
    failed or has no value; `found` of `total` runs are there.
    """

    plan: Plan
    by: dict[str, np.ndarray]
    found: int
    total: int

    def of(self, policy: str, indicator: str) -> np.ndarray:
        """Return one policy's numbers, shape (worlds, replicates)."""
        return self.by[indicator][self.plan.sweep.policies.index(policy)]


def read_values(plan: Plan, folder: Path) -> Values:
    """Return what a folder holds of a sweep.

    Raises:
        StoreError: if it holds nothing of it that this version of the model ran.
    """
    held = _held(plan, folder)
    if not held or not held.place:
        raise _nothing(plan, folder)
    place = {name: i for i, name in enumerate(held.place)}
    last = np.concatenate([held.last(), np.full((1, len(plan.names)), math.nan)])
    cells = [place.get(cell.run_id, -1) for cell in plan.cells()]
    shape = (len(plan.points), len(plan.sweep.policies), plan.seeds.shape[1])
    at = np.array(cells, dtype=np.int64).reshape(shape).transpose(1, 0, 2)
    by = {name: last[at, i] for i, name in enumerate(plan.names)}
    return Values(plan, by, int((at >= 0).sum()), at.size)


def other(folder: Path, names: list[str]) -> StoreError:
    """Return what to tell of a folder that is somebody else's: in what it differs."""
    listed = ", ".join(names)
    return StoreError(
        2,
        Text(
            f"{folder} belongs to another set of runs (it differs in: {listed}). Nothing was changed; "
            "choose another folder with --out",
            f"{folder} 属于另一组运行（不同之处：{listed}）。未作任何改动；请用 --out 指定其他文件夹",
        ),
    )


def _nothing(plan: Plan, folder: Path) -> StoreError:
    return StoreError(
        2,
        Text(
            f"{folder} holds no run of this sweep by this version of the model; run it with: "
            f"hotbed sweep {plan.sweep.path}",
            f"{folder} 中没有当前模型版本对这项扫描的运行；请先执行：hotbed sweep {plan.sweep.path}",
        ),
    )
