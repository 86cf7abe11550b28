"""Is a sweep what it says: its records whole, its table what they say, its runs the same again?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments import store_table, verify
from experiments.durable import StoreError
from experiments.runner import Engine, Result, Task
from experiments.sweeps import records, session, table
from experiments.sweeps.plan import Plan
from experiments.verify import CHANGED, Fault, Files, Verdict
from sim.declare import Text
from sim.scenario.sweeps import Range, read_sweep


@dataclass(frozen=True)
class Made:
    """A run as the table tells it: its policy, its seed, its world."""

    policy: str
    seed: int
    world: dict[str, Any]


@dataclass
class Kept:
    """A folder's sweep: what its index says, its runs, and the plan of its study without any world."""

    folder: Path
    index: dict[str, Any]
    plan: Plan
    held: records.Held
    made: dict[str, Made]


def open_kept(folder: Path, index: dict[str, Any]) -> tuple[Kept, Files]:
    """Read a folder's sweep and look through its files.

    Raises:
        ScenarioErrors: if its study is not there any more, or is no longer right.
        StoreError: if its study keeps other numbers now.
    """
    sweep = read_sweep(Path(index["path"]))
    version, names = index["model_version"], tuple(index["names"])
    nothing = pd.DataFrame(columns=[one.name for one in sweep.ranges])
    plan = Plan(sweep, version, names, index["study"], nothing, np.empty((0, 1)))
    if list(plan.months) != index["months"]:
        raise _changed(index)
    held = records.Held(folder, session.dtype_of(plan), version)
    kept = Kept(folder, index, plan, held, {})
    files = Files(checked=len(records.files(folder, version)))
    for path in held.damaged:
        files.faults.append(Fault(path.relative_to(folder).as_posix(), CHANGED))
    path = folder / table.FILE
    told = store_table.footer_of(path)
    if told is None and not path.exists():
        files.finished = False
        return kept, files
    files.checked += 1
    if told is None or not _read_table(kept, path):
        files.faults.append(Fault(table.FILE, CHANGED))
    files.finished = len(held.place) == len(kept.made)
    return kept, files


def _read_table(kept: Kept, path: Path) -> bool:
    """Take the runs from the table; return whether it says what the records say."""
    months, names = len(kept.plan.months), kept.plan.names
    try:
        for block in store_table.read(path):
            first = {name: column[::months].tolist() for name, column in block.items()}
            runs = [
                dict(zip(first, values, strict=True))
                for values in zip(*first.values(), strict=True)
            ]
            places = [kept.held.place.get(run["run_id"], -1) for run in runs]
            if min(places) < 0:
                return False
            found = kept.held.take(np.array(places))
            numbers = np.column_stack([block[name] for name in names])
            if not np.array_equal(numbers, found["values"].reshape(numbers.shape), equal_nan=True):
                return False
            for run, record in zip(runs, found, strict=True):
                if run["digest"] != record["digest"].tobytes().hex():
                    return False
                world = {
                    r.name: _value(r, run[r.name]) for r in kept.plan.sweep.ranges if r.name in run
                }
                kept.made[run["run_id"]] = Made(run["policy"], run["seed"], world)
    except (OSError, KeyError, ValueError):
        return False
    return True


def _value(one: Range, told: Any) -> Any:
    """Return a world's value as the study has it: a table has choices all as numbers or as text."""
    return next((choice for choice in one.choices if told in (choice, str(choice))), told)


def sample(kept: Kept, runs: int | None) -> list[str]:
    """Return the run_ids to run again: all, or a keyed choice that takes the policies in turn."""
    arms: dict[Any, list[str]] = {}
    for run_id, made in kept.made.items():
        arms.setdefault(made.policy, []).append(run_id)
    return verify.spread(arms, runs)


def run_again(
    engine: Engine, kept: Kept, chosen: list[str], where: session.Where,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Verdict:  # fmt: skip
    """Run the chosen runs again and compare what is kept of them.

    Raises:
        StoreError: if the study lays out other runs now.
    """
    verdict = Verdict(
        len(kept.made), circumstances=verify.changed_circumstances(engine, kept.index)
    )
    tasks = [_task(kept, run_id) for run_id in chosen]
    with session.open_workers(engine, kept.plan, where) as execute:
        for done, (task, result) in enumerate(execute(tasks, lambda task: None), start=1):
            (record,) = kept.held.take(np.array([kept.held.place[task.run_id]]))
            none = np.empty(0)
            digest, values = record["digest"].tobytes().hex(), record["values"]
            known = Result(digest, kept.plan.names, values, none, none, none)
            verify.judge(task, result, known, verdict, not verdict.circumstances, kept.plan.months)
            advance(done, len(tasks))
    return verdict


def _task(kept: Kept, run_id: str) -> Task:
    """Return a run with its scenario; its name tells whether the study still lays it out."""
    made = kept.made[run_id]
    world = {name: pd.Series([value], dtype=object) for name, value in made.world.items()}
    one = replace(kept.plan, points=pd.DataFrame(world, index=[0]), seeds=np.array([[made.seed]]))
    for cell in one.cells():
        if cell.run_id == run_id:
            return one.task(cell)
    raise _changed(kept.index)


def _changed(index: dict[str, Any]) -> StoreError:
    path, commit = index["path"], index.get("git_commit") or "?"
    return StoreError(
        2,
        Text(
            f"{path} or a file that it names lays out other runs now than when these were made "
            f"(commit {commit}); put it back as it was, then they can be run again",
            f"{path} 或其引用的文件已与这些运行生成时（提交 {commit}）不同；请恢复原文件后再核对",
        ),
    )
