"""Workers: started once, one compiles for all, an error costs one run."""

import errno
import os
import re
import signal
import struct
import threading
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from experiments.executors import Executor, interrupts_held
from experiments.runner import Arm, Failure, Result, make_tasks, real_engine
from sim import kernel, recorder
from tests.experiments import fake_engine as fake

TASKS = make_tasks(fake.engine(), Arm("no-policy", fake.Place()), range(6), 12)


def test_one_worker_compiles_before_the_others_start():
    order = []
    engine = replace(fake.engine(), is_compiled=lambda: False)
    with Executor(engine, 2) as execute:
        for task, _ in execute(TASKS, lambda task: order.append(("started", task.seed))):
            order.append(("finished", task.seed))
    assert order[:2] == [("started", 0), ("finished", 0)]
    assert sorted(order[2:]) == sorted(
        (what, seed) for what in ("started", "finished") for seed in range(1, 6)
    )


def test_workers_stay_for_the_next_batch_and_end_with_the_session():
    with Executor(fake.engine(), 2) as execute:
        assert len(list(execute(TASKS[:4], lambda task: None))) == 4
        workers = [worker.pid for worker in execute._crew.workers.values()]
        assert len(list(execute(TASKS[4:], lambda task: None))) == 2
        crew = list(execute._crew.workers.values())
        assert [worker.pid for worker in crew] == workers and len(workers) == 2
    assert not any(worker.is_alive() for worker in crew)


def test_a_batch_given_up_half_way_leaves_no_worker_behind():
    slow = Arm("no-policy", fake.Place(sleeps=5))
    with Executor(fake.engine(), 2) as execute:
        running = execute(
            [*TASKS[:1], *make_tasks(fake.engine(), slow, range(3), 12)], lambda t: None
        )
        next(running)
        crew = list(execute._crew.workers.values())
    assert not any(worker.is_alive() for worker in crew)


def test_an_error_says_what_and_where_and_takes_no_other_run_with_it():
    broken = make_tasks(fake.engine(), Arm("x", fake.Place(fails_on=(2,))), range(4), 12)
    for jobs in (1, 2):
        with Executor(fake.engine(), jobs) as execute:
            found = {task.seed: result for task, result in execute(broken, lambda task: None)}
        assert isinstance(found[2], Failure) and "month 7" in found[2].error
        assert found[2].where.startswith("fake_engine.py:")
        assert all(isinstance(found[seed], Result) for seed in (0, 1, 3))


def dies_in_its_answer(scenario, seed, months=None, strict=False):
    """Run; on seed 2 the worker ends when half of its answer is in the pipe."""
    if seed == 2:
        Connection._send_bytes = _send_half
    return fake.simulate(scenario, seed, months, strict)


def _send_half(pipe, content):
    os.write(pipe.fileno(), struct.pack("!i", len(content)) + bytes(content[: len(content) // 2]))
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_in_the_middle_of_its_answer_costs_this_run_only():
    with Executor(fake.engine(dies_in_its_answer), 2) as execute:
        found = {task.seed: result for task, result in execute(TASKS, lambda task: None)}
    assert [seed for seed, one in found.items() if isinstance(one, Failure)] == [2]
    assert found[2].error == "worker ended with code -9" and len(found) == len(TASKS)


def test_kernels_that_cannot_be_kept_are_told_as_such(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder, "simulate", full)
    engine = replace(fake.engine(), simulate=real_engine().simulate)
    with Executor(engine, 1) as execute:
        [(_, failure)] = execute(TASKS[:1], lambda task: None)
    assert "HOTBED_CACHE" in failure.error and "No space left" in failure.error


def test_a_mark_that_cannot_be_left_costs_no_run(monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder, "simulate", fake.simulate)
    monkeypatch.setattr(kernel, "is_compiled", lambda: False)
    monkeypatch.setattr(kernel, "mark_compiled", full)
    engine = replace(fake.engine(), simulate=real_engine().simulate)
    with Executor(engine, 1) as execute:
        [(_, result)] = execute(TASKS[:1], lambda task: None)
    assert isinstance(result, Result)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux tells")
def test_ctrl_c_that_another_thread_takes_waits_until_a_process_is_started():
    def take():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    started = []

    def start():
        with interrupts_held():
            other = threading.Thread(target=take)
            other.start()
            other.join()
            started.append(other)

    with pytest.raises(KeyboardInterrupt):
        start()
    assert started
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_reaches_neither_workers_nor_what_starts_them():
    """From their first moment: they have it blocked, and so need no time to come to ignore it."""
    with Executor(fake.engine(), 2) as execute:
        list(execute(TASKS[:2], lambda task: None))
        for worker in execute._crew.workers.values():
            told = Path(f"/proc/{worker.pid}/status").read_text()
            server = re.search(r"PPid:\s+(\d+)", told)[1]
            for status in (told, Path(f"/proc/{server}/status").read_text()):
                blocked = int(re.search(r"SigBlk:\s+(\w+)", status)[1], 16)
                assert blocked & 1 << (signal.SIGINT - 1)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
