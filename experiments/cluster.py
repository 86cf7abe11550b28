"""Runs on Dask: a cluster started here, or one that is running elsewhere.

Tasks are read one by one and sent in batches, sized by what runs were measured to take, and only a
few batches are out at any time: neither this process nor the scheduler ever holds the whole of a
sweep. Results come back as arrays and are the same as in process, since luck is keyed.

A worker that dies costs nothing: Dask gives its batch to another. A batch that keeps killing workers
is run task by task, so that only the run to blame is reported as failed. If the scheduler is lost,
what was kept stays kept, and the same command goes on from there.
"""

from __future__ import annotations

import logging
import math
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from experiments.executors import Started, attempt, interrupts_held
from experiments.runner import Engine, Failure, Result, Task
from sim.declare import Text

BATCH_SECONDS = 2.0  # long beside the milliseconds that a batch costs, short beside a lost worker
MOST_IN_BATCH = 200
AHEAD = 2  # batches out per worker: one running, one waiting, so that no worker idles
PATIENCE = 30.0  # seconds to reach a scheduler
DEATHS = 1  # of workers here, by one batch, before it is taken apart; elsewhere Dask says (3)
POLL = 1.0  # seconds between looks at whether it is still there
DESERTED = 10.0  # seconds without an answer after which it is told that no worker is there

log = logging.getLogger(__name__)

Answer = Result | tuple[str, str]


class ClusterError(Exception):
    """The cluster cannot be used, or was lost; `text` says so in both languages.

    `code` is the exit code: 2 where nothing could begin, 3 where what finished is kept.
    """

    def __init__(self, text: Text, code: int = 2) -> None:
        super().__init__(text.en)
        self.text = text
        self.code = code


@dataclass(frozen=True)
class _Batch:
    """Tasks that are out together; `alone` once they are suspected of killing workers."""

    tasks: tuple[Task, ...]
    alone: bool = False


@dataclass(frozen=True)
class _Foreign:
    """A worker's answer when its engine is another version."""

    version: str


def run_batch(
    simulate: Callable[..., Any],
    version_of: Callable[[], str],
    version: str,
    jobs: list[tuple[Any, int, int]],
) -> tuple[list[Answer], float] | _Foreign:
    """Run jobs, each (scenario, seed, months), on a worker; return their answers and the seconds."""
    if version_of() != version:
        return _Foreign(version_of())
    begun = time.perf_counter()
    answers = [attempt(simulate, *job) for job in jobs]
    return answers, time.perf_counter() - begun


class DaskExecutor:
    """Runs tasks on Dask workers; called like `experiments.executors.Executor`.

    Args:
        engine: what runs; its `simulate` has to be importable on the workers.
        jobs: workers of a cluster started here; without meaning elsewhere.
        address: of a running scheduler, such as `tcp://host:8786`; empty to start a cluster here.
    """

    def __init__(self, engine: Engine, jobs: int, address: str = "") -> None:
        self.engine, self.jobs, self.address = engine, jobs, address
        self.most_out = 0  # the most batches that were out at any time
        self._client: Any = None
        self._cluster: Any = None
        self._seconds = math.nan  # per run, a moving mean
        self._compiled = engine.is_compiled()

    def __enter__(self) -> DaskExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take back what is out, leave the cluster, and end it where it was started here."""
        for one in (self._client, self._cluster):
            if one is not None:
                # A scheduler that is gone cannot be told, and need not be.
                with suppress(Exception):
                    one.close(timeout=10)
        self._client = self._cluster = None

    def __call__(self, tasks: Iterable[Task], started: Started) -> Iterator[tuple[Task, Any]]:
        """Yield (task, Result or Failure) as they come; `started` is told as tasks are sent.

        Raises:
            ClusterError: if there is no scheduler, it was lost, or a worker has another version.
        """
        client = self._connect()
        waiting, again = iter(tasks), deque[_Batch]()
        answered: queue.SimpleQueue[Any] = queue.SimpleQueue()
        out: dict[Any, _Batch] = {}
        try:
            while True:
                while len(out) < self._room(client):
                    # A suspect runs while nothing else is out, so that it takes no blame but its own.
                    if again and out:
                        break
                    batch = again.popleft() if again else self._next(waiting, started)
                    if batch is None:
                        break
                    future = self._send(client, batch)
                    out[future.key] = batch
                    future.add_done_callback(answered.put)
                    self.most_out = max(self.most_out, len(out))
                    if batch.alone:
                        break
                if not out:
                    return
                future = self._wait(client, answered)
                batch = out.pop(future.key)
                yield from self._take(future, batch, again)
        finally:
            if out:
                with suppress(Exception):
                    client.cancel(list(out), force=True)

    def _connect(self) -> Any:
        if self._client is not None:
            return self._client
        try:
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise ClusterError(MISSING) from error
        # A lost scheduler is told as a ClusterError; Dask would log pages of tracebacks beside.
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if not self.address:
            import dask

            allowed = {"distributed.scheduler.allowed-failures": DEATHS}
            with interrupts_held(), dask.config.set(allowed):
                self._cluster = LocalCluster(
                    n_workers=self.jobs,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                )
        try:
            self._client = Client(self.address or self._cluster.scheduler_address, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(_unreachable(self.address)) from error
        return self._client

    def _room(self, client: Any) -> int:
        """Return how many batches may be out: one until kernels are compiled, for all workers."""
        if not self._compiled:
            return 1
        with _loss_told(client):
            threads = sum(client.nthreads().values()) if self.address else self.jobs
        return AHEAD * max(threads, 1)

    def _next(self, waiting: Iterator[Task], started: Started) -> _Batch | None:
        """Return a batch of as many tasks as take about two seconds; one until that is known."""
        known = self._seconds > 0
        size = min(max(int(BATCH_SECONDS / self._seconds), 1), MOST_IN_BATCH) if known else 1
        tasks = []
        for task in waiting:
            started(task)
            tasks.append(task)
            if len(tasks) == size:
                break
        return _Batch(tuple(tasks)) if tasks else None

    def _send(self, client: Any, batch: _Batch) -> Any:
        jobs = [(task.arm.scenario, task.seed, task.months) for task in batch.tasks]
        engine = self.engine
        version = engine.model_version()
        with _loss_told(client):
            # pure=False: a key of its own for every sending, so that nothing is taken for done.
            return client.submit(
                run_batch, engine.simulate, engine.model_version, version, jobs, pure=False
            )

    def _wait(self, client: Any, answered: queue.SimpleQueue[Any]) -> Any:
        begun = time.monotonic()
        told = False
        while True:
            try:
                return answered.get(timeout=POLL)
            except queue.Empty:
                if not _alive(client):
                    raise ClusterError(LOST, 3) from None
                # It may be right to wait, for workers that stand in a queue; it has to be known.
                if not told and time.monotonic() - begun > DESERTED:
                    with _loss_told(client):
                        told = not client.nthreads()
                    if told:
                        log.warning("%s\n%s", NO_WORKER.en, NO_WORKER.zh)

    def _take(
        self, future: Any, batch: _Batch, again: deque[_Batch]
    ) -> Iterator[tuple[Task, Result | Failure]]:
        if future.status == "finished":
            with _loss_told(future.client):
                found = future.result()
            if isinstance(found, _Foreign):
                raise ClusterError(_foreign(found.version, self.engine.model_version()))
            answers, seconds = found
            self._measured(seconds / len(batch.tasks))
            self._compiled = True
            for task, answer in zip(batch.tasks, answers, strict=True):
                yield task, answer if isinstance(answer, Result) else Failure(task, *answer)
        elif future.status in ("cancelled", "lost"):
            raise ClusterError(LOST, 3)
        elif not batch.alone:
            again.extend(_Batch((task,), alone=True) for task in batch.tasks)
        else:
            error = future.exception()
            yield (
                batch.tasks[0],
                Failure(batch.tasks[0], f"{type(error).__name__}: {error}", "worker"),
            )

    def _measured(self, seconds: float) -> None:
        before = self._seconds
        self._seconds = seconds if math.isnan(before) else 0.7 * before + 0.3 * seconds


@contextmanager
def _loss_told(client: Any) -> Iterator[None]:
    """Turn what Dask raises when its scheduler goes just when it is asked into a ClusterError."""
    try:
        yield
    except (OSError, CancelledError) as error:  # Dask's errors of connections are OSErrors
        raise ClusterError(LOST, 3) from error
    except Exception as error:
        if _alive(client):
            raise
        raise ClusterError(LOST, 3) from error


def _alive(client: Any) -> bool:
    """Return whether the scheduler still answers; a client waits for it in vain for minutes."""
    if client.status != "running":
        return False
    comm = client.scheduler_comm
    return comm is not None and not comm.comm.closed()


MISSING = Text(
    "Dask is not installed; install it with: pip install 'hotbed[cluster]'",
    "未安装 Dask；请运行：pip install 'hotbed[cluster]'",
)
LOST = Text(
    "the Dask scheduler was lost; what finished is kept, and the same command goes on from there",
    "与 Dask 调度器的连接已中断；已完成的结果均已保存，重新运行同一条命令即可继续",
)
NO_WORKER = Text(
    "the Dask scheduler has no worker; waiting until one comes (Ctrl-C ends, what finished is kept)",
    "Dask 调度器没有工作进程，正在等待其加入（按 Ctrl-C 结束，已完成的结果均已保存）",
)


def _unreachable(address: str) -> Text:
    return Text(
        f"no Dask scheduler answers at {address}; is it running, and can this machine reach it?",
        f"{address} 处没有 Dask 调度器应答；它是否在运行，本机能否访问？",
    )


def _foreign(there: str, here: str) -> Text:
    return Text(
        f"a Dask worker has another version of the engine: {there} there, {here} here; install the "
        "same sources and packages on both",
        f"Dask 工作进程的引擎版本不同：对方 {there}，本机 {here}；请在两端安装相同的源码与软件包",
    )
