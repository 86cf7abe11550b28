"""Dask: the same numbers as in process, few batches out, and dead workers cost nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed")

from experiments import cluster
from experiments.cluster import ClusterError, DaskExecutor
from experiments.executors import Executor, open_executor
from experiments.runner import Arm, Failure, Result, make_tasks
from tests.experiments import fake_engine as fake

ROOT = Path(__file__).resolve().parents[2]


def version():
    return "1"


def other_version():
    """Another version in a worker than in the process that asks."""
    return "1" if os.environ.get("HOTBED_TEST_ASKS") else "2"


ENGINE = replace(fake.engine(), model_version=version)


def tasks(count, **more):
    return make_tasks(ENGINE, Arm("gift", fake.Place(gift=3.0, **more)), range(count), 12)


def ran(execute, wanted):
    return {task.seed: result for task, result in execute(wanted, lambda task: None)}


def same(one, two):
    assert one.keys() == two.keys()
    for seed, result in one.items():
        assert isinstance(result, Result) and result.digest == two[seed].digest
        for name in ("series", "fates", "flows", "ground"):
            np.testing.assert_array_equal(getattr(result, name), getattr(two[seed], name))


@pytest.fixture(scope="module")
def local():
    """Two real worker processes, started by us."""
    with open_executor(ENGINE, 2, "dask") as execute:
        yield execute


@pytest.fixture(scope="module")
def truth():
    with Executor(ENGINE, 1) as execute:
        return ran(execute, tasks(300))


def test_numbers_are_those_of_one_process_and_batches_grow_and_stay_few(local, truth):
    sent = []
    drawn = []

    def lazily():
        for task in tasks(300):
            drawn.append(task.seed)
            yield task

    send = local._send
    local._send = lambda client, batch: sent.append(len(batch.tasks)) or send(client, batch)
    try:
        found = {}
        for task, result in local(lazily(), lambda task: None):
            if not found:  # a queue on paper: most tasks are not even read yet
                assert len(drawn) < 100
            assert task.seed not in found
            found[task.seed] = result
    finally:
        del local._send
    same(found, truth)
    assert sent[0] == 1 and max(sent) > 20 and sum(sent) == 300
    assert local.most_out <= cluster.AHEAD * 2


def test_a_running_cluster_is_used_by_its_address(local, truth):
    list(local(tasks(1), lambda task: None))
    with open_executor(ENGINE, 1, f"dask:{local._client.scheduler.address}") as execute:
        same(ran(execute, tasks(5)), {seed: truth[seed] for seed in range(5)})


def test_a_worker_killed_midway_costs_nothing(local, truth, monkeypatch):
    monkeypatch.setattr(cluster, "BATCH_SECONDS", 0.2)
    list(local(tasks(1), lambda task: None))
    local._seconds = 0.05  # batches of four, so that both workers have some when one dies
    before = local._client.run(os.getpid)
    assert len(set(before.values())) == 2
    found = {}
    for task, result in local(tasks(60, sleeps=0.05), lambda task: None):
        assert task.seed not in found
        found[task.seed] = result
        if len(found) == 10:
            os.kill(next(iter(before.values())), signal.SIGKILL)
    same(found, {seed: truth[seed] for seed in range(60)})
    assert set(local._client.nthreads()) != set(before), "the worker that was killed lives"
    local._client.wait_for_workers(2, timeout=60)


def test_an_error_costs_its_own_run_only(local):
    found = ran(local, tasks(30, fails_on=(7,)))
    assert [s for s, r in found.items() if isinstance(r, Failure)] == [7]
    assert "month 7" in found[7].error and found[7].where.startswith("fake_engine.py:")


def test_a_run_that_kills_every_worker_is_named_and_takes_no_other_with_it(local, monkeypatch):
    list(local(tasks(1), lambda task: None))
    # Every death takes seconds: one, instead of two, before a batch is taken apart.
    monkeypatch.setattr(local._cluster.scheduler, "allowed_failures", 0)
    found = ran(local, tasks(12, dies_on=5))
    assert [s for s, r in found.items() if isinstance(r, Failure)] == [5]
    assert "KilledWorker" in found[5].error and len(found) == 12


def test_a_worker_of_another_version_is_refused(local, monkeypatch):
    list(local(tasks(1), lambda task: None))
    # A worker that is still to be started anew would take the word from this process.
    local._client.wait_for_workers(2, timeout=60)
    monkeypatch.setenv("HOTBED_TEST_ASKS", "1")
    foreign = DaskExecutor(
        replace(ENGINE, model_version=other_version), 1, local._client.scheduler.address
    )
    with foreign, pytest.raises(ClusterError, match="2 there, 1 here"):
        ran(foreign, tasks(2))


def test_a_cluster_without_workers_is_told_and_waited_for(truth, monkeypatch):
    from distributed import LocalCluster

    words = []
    monkeypatch.setattr(cluster, "DESERTED", 0.0)
    with LocalCluster(n_workers=0, dashboard_address=None) as empty:

        def warned(*said):
            words.append(said)
            empty.scale(1)

        monkeypatch.setattr(cluster.log, "warning", warned)
        with DaskExecutor(ENGINE, 1, empty.scheduler_address) as execute:
            same(ran(execute, tasks(3)), {seed: truth[seed] for seed in range(3)})
    assert len(words) == 1 and "no worker" in words[0][1] and "没有工作进程" in words[0][2]


def test_one_worker_compiles_for_all(local):
    cold = DaskExecutor(
        replace(ENGINE, is_compiled=lambda: False), 2, local._client.scheduler.address
    )
    out, most = set(), []
    with cold:
        for task, _ in cold(tasks(6), lambda task: out.add(task.seed)):
            most.append(len(out))
            out.discard(task.seed)
    assert most[0] == 1


def test_a_lost_scheduler_ends_the_command_soon_and_says_what_to_do(tmp_path):
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    file = tmp_path / "scheduler.json"
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    words += ["--no-dashboard", "--scheduler-file", str(file)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": surroundings}
    scheduler = subprocess.Popen(words, cwd=tmp_path, **quiet)
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file),
         "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "20"],
        cwd=tmp_path, **quiet,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not file.exists() or not file.read_text():
            assert time.monotonic() < deadline and scheduler.poll() is None
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        kept = []

        def until_it_ends(execute):
            for task, _ in execute(tasks(200, sleeps=0.2), lambda task: None):
                kept.append(task.seed)
                if len(kept) == 1:
                    scheduler.kill()

        with (
            open_executor(ENGINE, 1, f"dask:{address}") as execute,
            pytest.raises(ClusterError, match="kept"),
        ):
            until_it_ends(execute)
        assert 0 < len(kept) < 200
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()


def test_no_scheduler_and_no_such_executor_are_told(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with (
        DaskExecutor(ENGINE, 1, "tcp://127.0.0.1:9") as execute,
        pytest.raises(ClusterError, match=r"127\.0\.0\.1:9"),
    ):
        ran(execute, tasks(1))
    for word in ("dusk", "dask:", "process:x"):
        with pytest.raises(ValueError, match="process, dask"):
            open_executor(ENGINE, 1, word)
