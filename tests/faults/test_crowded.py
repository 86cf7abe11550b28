"""Several processes on one folder: one has it, the others say who; nothing doubled, nothing stale."""

import os
import signal
import subprocess
import sys

import pytest

from experiments.durable import StoreError
from experiments.results import Results
from tests.faults.command import (
    alive,
    call_here,
    finished,
    on_disk,
    rows,
    run_after_finished,
    start,
    started,
    wait_until,
)

ASK = ("compare", "toy", "--policy", "gift", "--reps", "6", "--jobs", "1", "--out", "kept")
RUNS = 2 * 6
SLOW = {"HOTBED_TEST_SLEEP": "0.05"}
SAYS = {"en": "another process ({}) is writing to kept", "zh": "另一个进程（{}）正在写入 kept"}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    code, out, err = call_here(*ASK, "--json", cwd=tmp_path_factory.mktemp("unbroken"))
    assert code == 0, err
    return rows(out)


def held(folder):
    return finished(folder / "kept") > 0


def test_of_four_at_once_one_works_and_the_others_name_it(tmp_path, unbroken):
    crowd = [start(*ASK, "--json", cwd=tmp_path, **SLOW) for _ in range(4)]
    ends = [(p.pid, p.returncode, *said) for p in crowd for said in [p.communicate(timeout=60)]]
    worked = [end for end in ends if end[1] == 0]
    assert len(worked) >= 1 and {code for _, code, *_ in ends} <= {0, 2}
    for _, code, out, err in ends:
        if code == 0:
            assert rows(out) == unbroken
        else:
            assert any(SAYS["en"].format(pid) in err for pid, *_ in worked) and not out
    assert len(started(tmp_path / "kept")) == RUNS and len(on_disk(tmp_path / "kept")) == RUNS
    assert run_after_finished(tmp_path / "kept") == []


@pytest.mark.parametrize("language", SAYS)
def test_who_holds_it_is_said_also_while_it_is_stopped(tmp_path, unbroken, language):
    holder = start(*ASK, "--json", cwd=tmp_path, **SLOW)
    wait_until(lambda: held(tmp_path))
    os.kill(holder.pid, signal.SIGSTOP)
    before = len(started(tmp_path / "kept"))
    code, out, err = call_here(*ASK, "--lang", language, cwd=tmp_path)
    assert code == 2 and SAYS[language].format(holder.pid) in err and "--out" in err and not out
    assert len(started(tmp_path / "kept")) == before
    os.kill(holder.pid, signal.SIGCONT)
    out, _ = holder.communicate(timeout=60)
    assert holder.returncode == 0 and rows(out) == unbroken


def test_the_lock_of_a_killed_process_is_taken_over_at_once(tmp_path, unbroken):
    holder = start(*ASK, "--jobs", "2", cwd=tmp_path, **SLOW)
    wait_until(lambda: held(tmp_path))
    holder.kill()
    holder.wait()  # its workers may still be at their last run
    assert (tmp_path / "kept" / "lock").read_text() == str(holder.pid)
    code, out, err = call_here(*ASK, "--json", cwd=tmp_path)
    assert code == 0 and rows(out) == unbroken, err
    assert run_after_finished(tmp_path / "kept") == []
    holder.communicate(timeout=20)
    wait_until(lambda: not alive(holder.pid), seconds=10, pause=0.05)


@pytest.mark.parametrize("left", ["", "4194303", "no number", "1"])
def test_a_lock_file_that_nobody_holds_is_no_hindrance(tmp_path, unbroken, left):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "lock").write_text(left)
    code, out, err = call_here(*ASK, "--json", cwd=tmp_path)
    assert code == 0 and rows(out) == unbroken, err


def test_a_process_started_meanwhile_does_not_keep_the_lock(tmp_path):
    with Results(tmp_path / "kept"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        Results(tmp_path / "kept").close()
    finally:
        child.communicate(b"\n")


def test_a_folder_that_could_not_be_opened_is_not_held(tmp_path, monkeypatch):
    def fail(self):
        raise MemoryError

    monkeypatch.setattr(Results, "_scan", fail)
    with pytest.raises(MemoryError):
        Results(tmp_path / "kept")
    monkeypatch.undo()
    Results(tmp_path / "kept").close()


def test_a_number_that_cannot_be_read_yet_is_waited_for(tmp_path):
    """Between taking the lock and writing its number a holder is nameless for a moment."""
    with Results(tmp_path / "kept"):
        (tmp_path / "kept" / "lock").write_text("")
        with pytest.raises(StoreError) as caught:
            Results(tmp_path / "kept")
    assert "another process (?)" in caught.value.text.en
