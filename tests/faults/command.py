"""Start the command line as a process of its own, on the fake engine or the real one."""

import ctypes
import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import PIPE

import pytest

import sim.scenario
from experiments import runner, store
from hotbed.cli import app
from tests.experiments import fake_engine as fake
from tests.faults import driver

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("driver.py")
FAKE = (sys.executable, str(DRIVER))
REAL = (sys.executable, "-m", "hotbed")
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


def start(*words, cwd, engine=FAKE, out=PIPE, err=PIPE, before=None, **environment):
    """Start a command in a group of its own; `before` is called in the new process."""

    def set_up():
        # Whoever starts the tests in the background has them ignore Ctrl-C, and so would the command.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if before is not None:
            before()

    return subprocess.Popen(
        [*engine, *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | environment,
        stdout=out,
        stderr=err,
        text=True,
        start_new_session=True,
        preexec_fn=set_up,
    )


def call(*words, cwd, timeout=120, **rest):
    """Run a command to its end; return (exit code, standard output, standard error)."""
    process = start(*words, cwd=cwd, **rest)
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def call_here(*words, cwd):
    """Run a command on the fake engine in this process, which is much faster; returns the same.

    What is not caught, and would be a traceback, comes out as an exception.
    """
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(runner, "real_engine", fake.engine)
        patch.setattr(sim.scenario, "load_scenario", driver.load_scenario)
        patch.setenv("LANG", "C.UTF-8")
        patch.chdir(cwd)
        code = app.call([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


def bound_by_permissions():
    """Take from a process about to start what lets root read and write everything."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def rows(out):
    """Return what a comparison came to: its rows and digests."""
    told = json.loads(out)
    return told["rows"], told["digests"]


def log(folder):
    """Return the lines of a folder's log; a line that was cut off is left out."""
    path = Path(folder) / "log.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def finished(folder):
    """Return how many runs the log says are finished."""
    return sum(line["event"] == "finished" for line in log(folder))


def started(folder):
    """Return the runs that the log says were started, in order."""
    return [line["run_id"] for line in log(folder) if line["event"] == "started"]


def run_after_finished(folder):
    """Return the runs that were started although they were finished."""
    done, again = set(), []
    for line in log(folder):
        if line["event"] == "finished":
            done.add(line["run_id"])
        elif line["event"] == "started" and line["run_id"] in done:
            again.append(line["run_id"])
    return again


def tables(folder):
    """Return the files of months that have their final names."""
    found = (Path(folder) / "runs").glob("*.parquet")
    return sorted(path for path in found if path.name.count(".") == 1)


def on_disk(folder):
    """Return the runs that are on disk, whatever log and manifest say; all must be whole."""
    found = set()
    for path in tables(folder):
        store.read_table(path, "series")
        found |= {run["run_id"] for run in store.footer_of(path)["runs"]}
    return found


def wait_until(what, seconds=60, pause=0.005):
    """Wait until `what()` is true."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(pause)


def alive(group):
    """Return the processes of a group that have not ended (zombies have)."""
    told = subprocess.run(
        ["ps", "-e", "-o", "pgid=,pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 3) for line in told.stdout.splitlines()]
    return [line for line in lines if int(line[0]) == group and not line[2].startswith("Z")]
