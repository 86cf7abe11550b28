"""Sweeps, schedulers and workers as processes of their own that need not load everything first.

`python nursery.py` loads the command line once and then splits off a process whenever a line of JSON
asks for one; only where it is asked for Dask does it load that. What is split off is a whole process:
it has a group of its own, starts its own workers, and ends by `kill -9` as any other.

Runs are those of the toy, slowed down by HOTBED_TEST_SLEEP; each says in the file HOTBED_TEST_ASKED
which process does it, before it does. HOTBED_TEST_BATCH and HOTBED_TEST_PATIENCE shorten what is long
beside the toy. HOTBED_TEST_TORN ends the process as by `kill -9` in the middle of a certain write.
"""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from experiments import durable, runner
from tests.experiments import sweep_toy as toy

real_simulate, real_put = toy.simulate, durable.put


def simulate(scenario, seed, months=None, strict=False):
    line = f"{os.getpid()} {toy.run_id(scenario, seed, months or scenario.months)}\n"
    with open(os.environ["HOTBED_TEST_ASKED"], "a", buffering=1) as asked:
        asked.write(line)
    time.sleep(float(os.environ.get("HOTBED_TEST_SLEEP", 0)))
    return real_simulate(scenario, seed, months, strict)


def engine():
    needed = (__name__, "experiments.sweeps.session")
    return replace(toy.engine(), simulate=simulate, preload=needed)


def sweep(words):
    """Give the command, with the toy for an engine."""
    from hotbed.cli import app  # not at the head: workers need none of it

    runner.real_engine = engine
    torn = int(os.environ.get("HOTBED_TEST_TORN", 0))
    if torn:
        durable.put = _torn_at(torn)
    return app.call(words)


def _torn_at(number):
    count = 0

    def put(descriptor, content):
        nonlocal count
        count += 1
        if count == number:
            os.write(descriptor, content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        real_put(descriptor, content)

    return put


def dask(words):
    """Be a scheduler or a worker, as Dask's own commands are; without words, only load them."""
    from distributed.cli import dask_scheduler, dask_worker

    if words:
        kind, *rest = words
        {"scheduler": dask_scheduler, "worker": dask_worker}[kind].main(rest, standalone_mode=False)
    return 0


def dask_sweep(words):
    from experiments import cluster

    cluster.BATCH_SECONDS = float(os.environ["HOTBED_TEST_BATCH"])
    cluster.PATIENCE = float(os.environ["HOTBED_TEST_PATIENCE"])
    return sweep(words)


def fill(words):
    """Meet a full disk before the writes of given numbers; a line of JSON tells what came of each."""
    from tests.faults.full_disk import Disk

    root, numbers, *rest = words
    disk, folder = Disk(), Path(root).resolve()
    for number in json.loads(numbers):
        one = folder / str(number)
        disk.watch(one, number)
        code = sweep([*rest, "--out", str(one)])
        disk.folder = None
        told = {"number": number, "code": code, "refused": disk.refused, "calls": len(disk.calls)}
        (folder / f"{number}.json").write_text(json.dumps(told))
        sys.stderr.write("\0")  # what was said of one from what was said of the next
    return 0


KINDS = {one.__name__: one for one in (sweep, dask, dask_sweep, fill)}


def _be(asked):
    """Be the process that was asked for, from its first breath to its end."""
    code = 70
    try:
        os.setsid()
        os.chdir(asked["cwd"])
        os.environ.update(asked["env"])
        for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
            flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if number else 0)
            descriptor = os.open(path, flags, 0o644)
            os.dup2(descriptor, number)
            os.close(descriptor)
        code = KINDS[asked["kind"]](asked["words"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _load():
    """Load all that a sweep needs, and what it looks up once."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        study = Path(folder) / "toy.yaml"
        study.write_text(toy.STUDY)
        sweep(["sweep", str(study), "--dry-run", "--out", folder])


def serve():
    """Answer each line: a process that was split off, or how one has ended (None while it lives)."""
    _load()
    lines, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in lines:
        asked = json.loads(line)
        if asked["kind"] == "ended":
            pid, status = os.waitpid(asked["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif asked["kind"] == "dask" and not asked["words"]:
            answer = dask([])
        else:
            answer = os.fork()
            if not answer:
                _be(asked)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


class Nursery:
    """The test's side of it."""

    def __init__(self, root):
        self.served = subprocess.Popen(
            [sys.executable, "-c", "from tests.faults import nursery; nursery.serve()"],
            env=os.environ | {"PYTHONPATH": str(root), "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, kind, **more):
        self.served.stdin.write(json.dumps({"kind": kind} | more) + "\n")
        self.served.stdin.flush()
        return json.loads(self.served.stdout.readline())

    def start(self, kind, *words, cwd, **environment):
        return Child(self, kind, [str(word) for word in words], Path(cwd), environment)

    def close(self):
        self.served.stdin.close()
        self.served.wait()
        self.served.stdout.close()


class Child:
    """A process that was split off; it leads a group of its own."""

    count = 0

    def __init__(self, nursery, kind, words, cwd, environment):
        Child.count += 1
        self.nursery, self.code = nursery, None
        self.out, self.err = (cwd / f"{kind}-{Child.count}.{end}" for end in ("out", "err"))
        self.pid = nursery.ask(
            kind, words=words, cwd=str(cwd), env=environment, out=str(self.out), err=str(self.err)
        )

    def poll(self):
        if self.code is None:
            self.code = self.nursery.ask("ended", pid=self.pid)
        return self.code

    def kill(self):
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self, seconds=60):
        ends = time.monotonic() + seconds
        while self.poll() is None:
            assert time.monotonic() < ends, "waited too long"
            time.sleep(0.005)
        return self.code
