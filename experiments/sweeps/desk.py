"""A desk for questions that ask as they go: runs are made where they are missing, and kept.

Each question runs arms on seeds, looks, and runs more where it has to. What an arm comes to at the end
of a run is kept in a folder under the run's own name, so a question that was broken off, or is asked
again with more runs, goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments import durable, folders, runner
from experiments.circumstances import now
from experiments.executors import open_executor
from experiments.runner import Arm, Engine, Failure, Task
from experiments.sweeps import records
from experiments.sweeps.session import FAILURES, FORM, Thin, Where, other, read_index

Progress = Callable[[str, int, int, int], None]


@dataclass
class Desk:
    """Runs arms on seeds; `ran` counts runs made here, `stored` those that were there."""

    engine: Engine
    names: tuple[str, ...]
    months: int
    book: records.Book
    execute: Any
    progress: Progress
    known: dict[str, np.ndarray] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    ran: int = 0

    def ends(self, arms: list[Arm], seeds: list[int]) -> np.ndarray:
        """Return all kept indicators at the end, shape (arms, seeds, names); NaN where a run failed.

        Raises:
            StoreError: if a result cannot be kept.
        """
        tasks = [[self._task(arm, seed) for seed in seeds] for arm in arms]
        unique = {task.run_id: task for row in tasks for task in row}
        missing = [task for run_id, task in unique.items() if run_id not in self.known]
        self._run(missing, len(unique))
        nothing = np.full(len(self.names), math.nan)
        found = [[self.known.get(task.run_id, nothing) for task in row] for row in tasks]
        return np.array(found).reshape(len(arms), len(seeds), len(self.names))

    def _task(self, arm: Arm, seed: int) -> Task:
        own = self.engine.run_id(arm.scenario, seed, self.months)
        run_id = hashlib.sha256(f"{own}|{self.names}".encode()).hexdigest()
        return Task(run_id, arm, seed, self.months)

    def _run(self, missing: list[Task], total: int) -> None:
        done = total - len(missing)
        self.progress("ask", done, total, 0)
        for task, result in self.execute(missing, lambda task: None):
            if isinstance(result, Failure):
                self.failures.append(result)
                told = {"error": result.error, "where": result.where, "command": task.command()}
                durable.append(self.book.folder / FAILURES, now() | task.labels() | told)
            else:
                self.book.append(task.run_id, result.digest, result.series)
                self.known[task.run_id] = result.series[-1]
                self.ran += 1
            done += 1
            self.progress("ask", done, total, 0)


@contextmanager
def open_desk(
    engine: Engine, names: tuple[str, ...], months: int, folder: Path, where: Where,
    progress: Progress = lambda what, done, total, stored: None,
    told: dict[str, Any] | None = None,
) -> Iterator[Desk]:  # fmt: skip
    """Open a folder to ask questions in; `told` says which, and is the same for all that share it.

    Raises:
        StoreError: if the folder cannot be used, or is that of another question.
    """
    dtype = records.form(1, len(names))
    _claim(folder, told or {}, dtype.itemsize, engine.model_version())
    thin = replace(engine, simulate=Thin(runner.real_engine, names, (months,)))
    with (
        records.Book(folder / "parts" / "1-of-1", dtype, engine.model_version()) as book,
        open_executor(thin, where.jobs, where.executor) as execute,
    ):
        held = records.read(book.path, dtype)
        known = dict(zip(records.names_of(held), held["values"][:, -1], strict=True))
        yield Desk(engine, names, months, book, execute, progress, known)


def _claim(folder: Path, told: dict[str, Any], size: int, version: str) -> None:
    """Write down whose a folder is."""
    folders.refuse_others(folder, folders.DESK)
    held = read_index(folder, folders.DESK)
    asked = {"command": "", "place": "", **told}
    if held is not None and held["specification"] != asked:
        raise other(
            folder,
            sorted(n for n, is_now in asked.items() if held["specification"].get(n) != is_now),
        )
    durable.make_folder(folder)
    index = {
        "form": FORM, "specification": asked, "place": asked["place"], "model_version": version,
        "record_bytes": size,
    }  # fmt: skip
    content = json.dumps(index | now(), ensure_ascii=False, indent=1) + "\n"
    durable.write(folder / folders.DESK, content.encode(), shared=True)
