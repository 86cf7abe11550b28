"""Where runs happen: in this process, in worker processes that are started once, or on Dask.

A worker holds the engine with its kernels loaded, receives tasks over a pipe and sends arrays back.
Workers ignore Ctrl-C (the parent answers it) and end by themselves when the parent is gone, however
it went; a worker that dies costs the one run it had, which is reported as failed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from experiments.runner import Engine, Failure, Result, Task

Started = Callable[[Task], None]

PROCESS, DASK = "process", "dask"


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Executor:
    """Runs tasks, `jobs` at a time; its workers start when first needed and then stay."""

    def __init__(self, engine: Engine, jobs: int) -> None:
        self.engine = engine
        self.jobs = jobs
        self._crew: _Crew | None = None

    def __call__(self, tasks: Iterable[Task], started: Started) -> Iterator[tuple[Task, Any]]:
        """Yield (task, Result or Failure) as they come; `started` is told before each run.

        Tasks are read as they are needed, so that a sweep never stands in memory whole.
        """
        waiting = iter(tasks)
        first = list(islice(waiting, max(self.jobs, 2)))
        if self._crew is None and (self.jobs == 1 or len(first) < 2):
            return _in_process(self.engine.simulate, chain(first, waiting), started)
        return self._in_workers(first, waiting, started)

    def close(self) -> None:
        """End the workers; one in the middle of a run is stopped."""
        if self._crew is not None:
            self._crew.dismiss()
            self._crew = None

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _in_workers(
        self, first: list[Task], rest: Iterator[Task], started: Started
    ) -> Iterator[tuple[Task, Any]]:
        if self._crew is None:
            self._crew = _Crew(self.engine)
            self._crew.hire()
            if not self.engine.is_compiled():
                # One worker compiles for all others.
                yield from _dispatch(self._crew, iter([first.pop(0)]), started)
                first += islice(rest, 1)
        while len(self._crew.workers) < min(self.jobs, len(first)):
            self._crew.hire()
        yield from _dispatch(self._crew, chain(first, rest), started)


def open_executor(engine: Engine, jobs: int, where: str = PROCESS) -> Any:
    """Return an executor by its word: `process`, `dask` (a cluster here), or `dask:ADDRESS`.

    `process` runs in this process with one job, and in worker processes with more.

    Raises:
        ValueError: if there is no such executor.
    """
    if where == PROCESS:
        return Executor(engine, jobs)
    kind, _, address = where.partition(":")
    if kind != DASK or (where != DASK and not address):
        raise ValueError(f"no executor {where}; there are {PROCESS}, {DASK}, {DASK}:ADDRESS")
    from experiments.cluster import DaskExecutor

    return DaskExecutor(engine, jobs, address)


def attempt(
    simulate: Callable[..., Any], scenario: Any, seed: int, months: int
) -> Result | tuple[str, str]:
    """Run once; an error comes back as (error, where it was raised), never as an exception."""
    try:
        return Result.of(simulate(scenario, seed, months))
    except Exception as error:  # whatever one run raises must not take the others with it
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(last.filename)}:{last.lineno} {last.name}"
        return f"{type(error).__name__}: {error}", where


def _in_process(
    simulate: Callable[..., Any], tasks: Iterable[Task], started: Started
) -> Iterator[tuple[Task, Any]]:
    for task in tasks:
        started(task)
        result = attempt(simulate, task.arm.scenario, task.seed, task.months)
        yield task, result if isinstance(result, Result) else Failure(task, *result)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait until a process is started, and never reach that process.

    A new process would answer it with a traceback until it has come to ignore it, and one whose parent
    broke off in the middle of starting it would too.
    """
    resource_tracker.ensure_running()  # it would lift the mask, were it started within
    # What the mask keeps from this thread another may take, and Python would still answer it in this one.
    heard: list[int] = []
    in_main = threading.current_thread() is threading.main_thread()
    answer = signal.getsignal(signal.SIGINT)
    if in_main:
        signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if in_main:
            signal.signal(signal.SIGINT, answer)
        if heard:
            signal.raise_signal(signal.SIGINT)


def _work(simulate: Callable[..., Any], pipe: Connection) -> None:
    """Serve tasks from `pipe` until it closes or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    watched: list[Any] = [pipe, *([parent.sentinel] if parent else [])]
    # Where the parent is gone, whatever was not kept is run again.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while pipe in wait(watched):
            task = pipe.recv()
            pipe.send(attempt(simulate, task.arm.scenario, task.seed, task.months))


class _Crew:
    """Worker processes, the pipe to each, and what each is running."""

    def __init__(self, engine: Engine) -> None:
        # forkserver: no threads of the parent are copied, as with fork, and the engine is loaded
        # once for all workers, unlike with spawn.
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([__name__, *engine.preload])
        self.simulate = engine.simulate
        self.workers: dict[Connection, Any] = {}
        self.busy: dict[Connection, Task] = {}

    def hire(self) -> None:
        """Start one worker."""
        here, there = self.context.Pipe()
        worker = self.context.Process(target=_work, args=(self.simulate, there), daemon=True)
        with interrupts_held():
            worker.start()
        there.close()
        self.workers[here] = worker

    def give(self, pipe: Connection, task: Task) -> None:
        """Hand a task to an idle worker."""
        self.busy[pipe] = task
        # If the worker is dead, collecting from it says so.
        with suppress(BrokenPipeError, ConnectionResetError):
            pipe.send(task)

    def collect(self, pipe: Connection) -> tuple[Task, Any]:
        """Take one answer; a dead worker is replaced and its task reported as failed."""
        task = self.busy.pop(pipe)
        try:
            result = pipe.recv()
        except (EOFError, OSError):  # OSError: it died in the middle of its answer
            worker = self.workers.pop(pipe)
            worker.join()
            pipe.close()
            self.hire()
            return task, Failure(task, f"worker ended with code {worker.exitcode}", "worker")
        return task, result if isinstance(result, Result) else Failure(task, *result)

    def idle(self) -> list[Connection]:
        """Return the pipes of workers without a task."""
        return [pipe for pipe in self.workers if pipe not in self.busy]

    def dismiss(self) -> None:
        """End all workers; one in the middle of a run is stopped."""
        for pipe, worker in self.workers.items():
            if pipe in self.busy:
                worker.terminate()
            pipe.close()
        for worker in self.workers.values():
            worker.join()


def _dispatch(crew: _Crew, waiting: Iterator[Task], started: Started) -> Iterator[tuple[Task, Any]]:
    while True:
        for pipe in crew.idle():
            task = next(waiting, None)
            if task is None:
                break
            started(task)
            crew.give(pipe, task)
        if not crew.busy:
            return
        answered: list[Any] = wait(list(crew.busy))
        for pipe in answered:
            yield crew.collect(pipe)
