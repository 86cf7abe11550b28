"""Ctrl-C at every stage of a comparison: 130, how to go on, no process left behind."""

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.faults.command import (
    REAL,
    alive,
    call,
    call_here,
    finished,
    rows,
    run_after_finished,
    start,
    wait_until,
)

ASK = ("compare", "toy", "--policy", "gift", "--policy", "big", "--reps", "4", "--out", "kept")
RUNS = 3 * 4

# Where the command is held up, and what it can say by then: nothing of a run, or what is kept.
BEFORE, UNDERWAY = "give the same command again to go on", "the same command goes on from there"
STAGES = {
    "loading": ("sim.scenario:load_scenario", UNDERWAY),
    "opening the folder": ("experiments.results:Results._scan", BEFORE),
    "starting workers": ("experiments.executors:_Crew.hire", BEFORE),
    "before the first run": ("experiments.results:Results.begin", BEFORE),
    "pilots": ("experiments.search:_bracket", UNDERWAY),
    "after the pilots": ("experiments.session:compare", UNDERWAY),
    "keeping a run": ("experiments.results:Results.keep", BEFORE),
    "statistics": ("experiments.compare:_rows", UNDERWAY),
    "the comparison's file": ("experiments.session:as_json", UNDERWAY),
    "compacting": ("experiments.store:join", UNDERWAY),
    "small files go": ("experiments.durable:remove", UNDERWAY),
    "verdict": ("experiments.verdict:verdict", UNDERWAY),
    "the table": ("hotbed.cli.tables:comparison_table", UNDERWAY),
}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    code, out, err = call_here(*ASK, "--equal-cost", "--json", "--jobs", "1", cwd=folder)
    assert code == 0, err
    return rows(out)


def interrupt(process, seconds=60):
    """Do as a terminal does, to every process of the command at once; return what it said."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=seconds)
    wait_until(lambda: not alive(process.pid), seconds=10, pause=0.05)
    assert "Traceback" not in out + err and "KeyboardInterrupt" not in out + err, err
    return process.returncode, out, err


def goes_on(folder, unbroken):
    code, out, err = call_here(*ASK, "--equal-cost", "--json", "--jobs", "1", cwd=folder)
    assert code == 0, err
    assert rows(out) == unbroken
    assert run_after_finished(folder / "kept") == []
    assert not list((folder / "kept").rglob("*.writing"))


WITH_WORKERS = [(stage, "2") for stage in STAGES]
ALONE = [(stage, "1") for stage in ("before the first run", "pilots", "keeping a run")]


@pytest.mark.parametrize(("stage", "jobs"), WITH_WORKERS + ALONE)
def test_a_stage_that_is_interrupted_ends_with_130_and_goes_on(tmp_path, unbroken, stage, jobs):
    place, says = STAGES[stage]
    words = (*ASK, "--equal-cost", "--jobs", jobs)
    process = start(*words, cwd=tmp_path, HOTBED_TEST_PAUSE=place)
    wait_until((tmp_path / "reached").exists)
    code, out, err = interrupt(process)
    assert code == 130, err
    assert "Interrupted" in err and says in err
    assert says == BEFORE or stage == "loading" or "kept in kept" in err
    assert not out or stage in ("verdict", "the table")
    goes_on(tmp_path, unbroken)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_moment_may_be_interrupted(tmp_path, unbroken, jobs):
    """Ten moments by the clock, from the first line of the command on; none may go unheard.

    The runs of one command take some four seconds, so that few of the ten come to their end.
    """
    ends = []
    for seed in range(10):
        (tmp_path / "begun").unlink(missing_ok=True)
        words = (*ASK, "--equal-cost", "--jobs", jobs)
        process = start(*words, cwd=tmp_path, HOTBED_TEST_SLEEP="0.2", HOTBED_TEST_BEGUN="1")
        wait_until((tmp_path / "begun").exists)
        time.sleep(random.Random(seed).random())
        code, _, err = interrupt(process)
        ends.append(code)
        assert code in (0, 130), err
        assert code == 0 or "the same command" in err
    assert ends.count(130) >= 6
    goes_on(tmp_path, unbroken)


def test_many_ctrl_c_in_a_row_are_one(tmp_path, unbroken):
    process = start(*ASK, "--equal-cost", "--jobs", "2", cwd=tmp_path, HOTBED_TEST_SLEEP="0.05")
    wait_until(lambda: finished(tmp_path / "kept") > 2)
    for _ in range(5):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.002)
    code, _, err = interrupt(process)
    assert code == 130 and "Interrupted" in err
    goes_on(tmp_path, unbroken)


@pytest.mark.slow
@pytest.mark.xdist_group("kills")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_compiling_may_be_interrupted(tmp_path, jobs):
    """The real engine with nothing compiled yet; afterwards it goes on with what is compiled."""
    words = ("compare", "starter-park", "--policy", "cash", "--reps", "2", "--months", "2")
    ask = (*words, "--jobs", jobs, "--out", "kept")
    process = start(*ask, cwd=tmp_path, engine=REAL, HOTBED_CACHE=str(tmp_path / "cache"))
    cache = tmp_path / "cache"
    wait_until(lambda: any(cache.rglob("*.nbc")), seconds=120, pause=0.05)
    code, out, err = interrupt(process)
    assert code == 130 and "compiling" in err and BEFORE in err and not out
    assert not any(cache.rglob("complete"))
    code, out, err = call(*ask, "--json", cwd=tmp_path, engine=REAL, timeout=300)
    assert code == 0, err
    apart = ("--jobs", "1", "--out", "apart", "--json")
    assert rows(out) == rows(call(*words, *apart, cwd=tmp_path, engine=REAL)[1])


def test_an_interruption_is_told_in_chinese_too(tmp_path):
    for place, says in (
        ("sim.scenario:load_scenario", "再次执行同一命令即可继续"),
        ("experiments.results:Results.begin", "本次尚无运行完成；再次执行同一命令即可继续"),
        ("hotbed.cli.tables:comparison_table", "已保存在 kept；再次执行同一命令即可继续"),
    ):
        Path(tmp_path / "reached").unlink(missing_ok=True)
        process = start(*ASK, "--lang", "zh", cwd=tmp_path, HOTBED_TEST_PAUSE=place)
        wait_until((tmp_path / "reached").exists)
        code, _, err = interrupt(process)
        assert code == 130 and re.search(rf"已中断.*{says}", err)
