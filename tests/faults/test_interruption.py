"""Killed, interrupted or crowded: nothing finished is lost, nothing is done twice."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.command import call, finished, log, run_after_finished, start

ASK = ("compare", "toy", "--policy", "gift", "--policy", "big", "--reps", "8", "--out", "kept")
SLOW = {"HOTBED_TEST_SLEEP": "0.05"}


def rows(out):
    told = json.loads(out)
    return told["rows"], told["digests"]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    code, out, err = call(*ASK, "--json", "--jobs", "1", cwd=tmp_path_factory.mktemp("unbroken"))
    assert code == 0, err
    return rows(out)


def wait_for(folder, runs):
    ends = time.monotonic() + 30
    while finished(folder) < runs:
        assert time.monotonic() < ends
        time.sleep(0.005)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_at_three_random_moments_the_same_command_gives_the_same_rows(
    tmp_path, unbroken, jobs
):
    moments = sorted(random.Random(int(jobs)).sample(range(1, 22), 3))
    for moment in moments:
        process = start(*ASK, "--json", "--jobs", jobs, cwd=tmp_path, **SLOW)
        wait_for(tmp_path / "kept", moment)
        process.kill()
        process.communicate()
    code, out, err = call(*ASK, "--json", "--jobs", jobs, cwd=tmp_path)
    assert code == 0, err
    assert rows(out) == unbroken
    assert "were finished before" in err
    assert finished(tmp_path / "kept") in (23, 24)  # a kill may fall between keeping and logging
    assert run_after_finished(tmp_path / "kept") == []


def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    process = start(*ASK, "--jobs", "2", cwd=tmp_path, **SLOW)
    wait_for(tmp_path / "kept", 2)
    process.kill()
    process.communicate(timeout=10)  # the pipes close only when the last of them has ended
    time.sleep(0.3)
    states = subprocess.run(["ps", "-o", "stat=", "-g", str(process.pid)], capture_output=True)
    assert set(states.stdout.decode().split()) <= {"Z", "Zs"}  # ended, if not yet reaped


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path, unbroken, jobs):
    process = start(*ASK, "--jobs", jobs, cwd=tmp_path, **SLOW)
    wait_for(tmp_path / "kept", 5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process at once
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted" in err and "the same command goes on" in err and "kept" in err
    assert "Traceback" not in out + err
    code, out, _ = call(*ASK, "--json", cwd=tmp_path)
    assert code == 0 and rows(out) == unbroken
    assert run_after_finished(tmp_path / "kept") == []


def test_ctrl_c_is_answered_in_chinese(tmp_path):
    process = start(*ASK, "--lang", "zh", cwd=tmp_path, **SLOW)
    wait_for(tmp_path / "kept", 2)
    os.killpg(process.pid, signal.SIGINT)
    assert "已中断" in process.communicate(timeout=20)[1]


def test_two_processes_on_one_folder_the_second_is_refused(tmp_path):
    first = start(*ASK, cwd=tmp_path, **SLOW)
    wait_for(tmp_path / "kept", 1)
    code, out, err = call(*ASK, cwd=tmp_path)
    assert code == 2 and str(first.pid) in err and not out
    first.communicate(timeout=30)
    assert first.returncode == 0


def test_a_failing_run_is_kept_as_failure_and_the_rest_goes_on(tmp_path):
    code, out, err = call(*ASK, "--json", cwd=tmp_path, HOTBED_TEST_FAILS="3")
    told = json.loads(out)
    assert code == 3 and told["failed"] == 1
    assert "staff below zero in month 7" in err and "--seed 3" in err
    assert "Traceback" not in err
    assert json.loads((tmp_path / "kept" / "failures.jsonl").read_text())["policy"] == "gift"
    assert {
        r["n"] for r in told["rows"] if r["policy"] == "gift" and r["indicator"] == "firms"
    } == {7}
    code, out, _ = call(*ASK, "--json", cwd=tmp_path)
    assert code == 0
    assert sum(line["event"] == "started" for line in log(tmp_path / "kept")) == 25


def test_an_unwritable_folder_is_bad_input(tmp_path):
    (tmp_path / "kept").write_text("a file, not a folder")
    code, out, err = call(*ASK, cwd=tmp_path)
    assert code == 2 and "kept" in err and "--out" in err and not out
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_and_what_is_finished_stays(tmp_path):
    call(*ASK[:-1], "kept", "--reps", "2", cwd=tmp_path)
    (tmp_path / "kept" / "log.jsonl").unlink()
    (tmp_path / "kept" / "log.jsonl").symlink_to("/dev/full")
    code, _, err = call(*ASK, cwd=tmp_path)
    assert code == 3 and "disk is full" in err and "Traceback" not in err
    (tmp_path / "kept" / "log.jsonl").unlink()
    code, _, err = call(*ASK, cwd=tmp_path)
    assert code == 0 and "6 of 24 runs were finished before" in err


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    process = start(*ASK, "--json", cwd=tmp_path)
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=20) == 0
