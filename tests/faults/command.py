"""Start the driver as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("driver.py")


def start(*words, cwd, **environment):
    """Start a command; its streams are pipes."""
    return subprocess.Popen(
        [sys.executable, str(DRIVER), *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def call(*words, cwd, **environment):
    """Run a command to its end; return (exit code, standard output, standard error)."""
    process = start(*words, cwd=cwd, **environment)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def log(folder):
    """Return the lines of a folder's log; a last line that was cut off is left out."""
    path = Path(folder) / "log.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def finished(folder):
    """Return how many runs the log says are finished."""
    return sum(line["event"] == "finished" for line in log(folder))


def run_after_finished(folder):
    """Return the runs that were started although they were finished."""
    done, again = set(), []
    for line in log(folder):
        if line["event"] == "finished":
            done.add(line["run_id"])
        elif line["event"] == "started" and line["run_id"] in done:
            again.append(line["run_id"])
    return again
