"""Sweeps that are killed, lose workers or a scheduler, or fill the disk: as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import time

import pytest

from experiments.sweeps import records, session
from experiments.sweeps.plan import plan_of
from sim.scenario.sweeps import read_sweep
from tests.experiments import sweep_toy as toy
from tests.faults.command import ROOT, alive, wait_until
from tests.faults.nursery import Nursery

pytestmark = pytest.mark.slow
in_process = pytest.mark.xdist_group("sweep-kills")
elsewhere = pytest.mark.xdist_group("sweep-clusters")

RUNS = 32 * 3 * 2
KILLS = 20
SLEEP = 0.02  # seconds of a run
STARTUP = 0.8  # seconds in which a process looks through the folder and starts its workers
ASK = ("sweep", "toy.yaml", "--json", "--out", "kept")


@pytest.fixture(scope="module")
def nursery():
    found = Nursery(ROOT)
    yield found
    found.close()


class Place:
    """A folder with a study, a sweep of it in `kept`, and what the runs of the sweep said."""

    def __init__(self, nursery, folder, study=toy.STUDY):
        folder.mkdir(exist_ok=True)
        (folder / "toy.yaml").write_text(study)
        self.nursery, self.folder, self.kept = nursery, folder, folder / "kept"
        self.plan = plan_of(toy.engine(), read_sweep(folder / "toy.yaml"))
        self.size = session.dtype_of(self.plan).itemsize
        self.log = folder / "asked"
        self.log.touch()

    def start(self, *more, kind="sweep", jobs=2, sleep=SLEEP, **rest):
        environment = {"HOTBED_TEST_ASKED": str(self.log), "HOTBED_TEST_SLEEP": str(sleep), **rest}
        words = (*ASK, "--jobs", jobs, *more)
        return self.nursery.start(kind, *words, cwd=self.folder, **environment)

    def asked(self):
        """Return (process, what it ran) in order."""
        lines = self.log.read_text().splitlines()
        return [(int(pid), name) for pid, name in map(str.split, lines)]

    def count(self):
        """Return how many runs are on disk, by the size of the file."""
        return records.count(self.kept, "1", self.size)

    def wait_for(self, runs):
        wait_until(lambda: self.count() >= runs, pause=0.002)

    def held(self):
        """Return the run names on disk as they stand there, with what each holds."""
        (path,) = records.files(self.kept, "1") or (self.kept / "none",)
        found = records.read(path, session.dtype_of(self.plan))
        return list(records.names_of(found)), found

    def names(self):
        """Return what runs call themselves by the name that the sweep gives them."""
        found = {}
        for cell in session.wanted(self.plan):
            scenario = self.plan.task(cell).arm.scenario
            found[cell.run_id] = toy.run_id(scenario, cell.seed, self.plan.sweep.months)
        return found


def numbers(process):
    """Return what a sweep that came to its end says of all its runs."""
    told = json.loads(process.out.read_text())
    assert told["failed"] == 0 and told["stored"] + told["ran"] == told["runs"]
    return told["rows"]


class Truth:
    """The unbroken sweep: its rows, and every run's digest and numbers."""

    def __init__(self, place):
        process = place.start(sleep=0, jobs=1)
        assert process.wait() == 0, process.err.read_text()
        self.rows = numbers(process)
        names, found = place.held()
        self.of = {name: one.tobytes() for name, one in zip(names, found, strict=True)}
        self.files = files(place.kept)
        assert len(names) == len(self.of) == len(set(place.names().values()))

    def check(self, place, process, failures=False):
        """Check that a sweep that has ended is this one: nothing lost, doubled, changed or left."""
        assert process.code == 0, process.err.read_text()
        assert numbers(process) == self.rows
        names, found = place.held()
        assert len(names) == len(set(names)), "a run was kept twice"
        assert dict(zip(names, (one.tobytes() for one in found), strict=True)) == self.of
        (path,) = records.files(place.kept, "1")
        assert path.stat().st_size == len(self.of) * place.size, "something else is in the file"
        more = {f"parts/1-of-1/{session.FAILURES}"} if failures else set()
        assert files(place.kept) - more == self.files
        all_gone(process)


def all_gone(process):
    """Wait until no process of a sweep that has ended is left."""
    wait_until(lambda: not alive(process.pid), seconds=10, pause=0.02)


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def truth(nursery, tmp_path_factory):
    found = Truth(Place(nursery, tmp_path_factory.mktemp("unbroken")))
    assert len(found.of) == RUNS
    return found


@pytest.fixture
def place(nursery, tmp_path):
    return Place(nursery, tmp_path)


class Progress:
    """What was on disk after each fault; nothing of it may go, or be run again."""

    def __init__(self, place):
        self.place, self.steps = place, [(0, set())]

    def look(self):
        names = set(self.place.held()[0])
        assert self.steps[-1][1] <= names, "a finished run was lost"
        self.steps.append((len(self.place.asked()), names))

    def check(self, faults):
        assert len(self.steps) - 1 == faults
        underway = [names for _, names in self.steps if 0 < len(names) < RUNS]
        assert len(underway) >= faults // 2, "too few faults came while runs were under way"
        self.check_nothing_again()

    def check_nothing_again(self):
        asked, name_of = [name for _, name in self.place.asked()], self.place.names()
        for logged, names in self.steps:
            again = {name_of[name] for name in names} & set(asked[logged:])
            assert not again, "a finished run was run again"


# kill -9 of the main process


@in_process
def test_twenty_kills_of_the_main_process_change_nothing(place, truth):
    progress = Progress(place)
    for seed in range(KILLS):
        draw = random.Random(seed)
        early, more, delay = draw.random() < 0.25, draw.randint(1, 8), draw.random()
        least = 0 if early else place.count() + more
        process = place.start()
        place.wait_for(least)
        time.sleep(delay * (STARTUP if early else 2 * SLEEP))
        assert process.kill() == -9
        all_gone(process)
        progress.look()
    process = place.start()
    process.wait()
    truth.check(place, process)
    progress.check(KILLS)


@in_process
def test_twenty_kills_in_the_middle_of_a_write_change_nothing(place, truth):
    progress = Progress(place)
    for seed in range(KILLS):
        at = random.Random(seed).randint(1, 12)  # the lock and the index are among the first
        process = place.start(jobs=1, sleep=0, HOTBED_TEST_TORN=str(at))
        assert process.wait() == -9
        progress.look()
    process = place.start(jobs=1, sleep=0)
    process.wait()
    truth.check(place, process)
    progress.check(KILLS)


# kill -9 of a worker


@in_process
def test_twenty_kills_of_workers_cost_the_runs_they_had_and_these_are_made_again(place, truth):
    """All in one sweep: it goes on with new workers, tells what failed, and how to make it again."""
    process = place.start()
    killed = set()
    for seed in range(KILLS):
        draw = random.Random(seed)
        more, delay = len(place.asked()) + draw.randint(2, 6), draw.random()
        wait_until(lambda more=more: len(place.asked()) >= more, pause=0.002)
        time.sleep(delay * SLEEP)
        worker = next(pid for pid, _ in reversed(place.asked()) if pid not in killed)
        assert worker != process.pid
        os.kill(worker, signal.SIGKILL)
        killed.add(worker)
    assert process.wait() == 3
    progress = Progress(place)
    progress.look()
    told, said = json.loads(process.out.read_text()), process.err.read_text()
    assert told["failed"] + told["ran"] == RUNS and 0 < told["failed"] <= KILLS
    assert "--retry-failed" in said and "Traceback" not in said
    process = place.start("--resume", "--retry-failed")
    process.wait()
    truth.check(place, process, failures=True)
    assert len(progress.steps[-1][1]) == told["ran"]
    progress.check_nothing_again()


# Dask


class Cluster:
    """A scheduler and two workers, real processes, at an address of their own."""

    def __init__(self, nursery, folder, log):
        self.parts, folder = [], folder / f"cluster-{time.monotonic_ns()}"
        folder.mkdir()
        environment = {"HOTBED_TEST_ASKED": str(log), "HOTBED_TEST_SLEEP": str(SLEEP)}

        def start(*words):
            self.parts.append(nursery.start("dask", *words, cwd=folder, **environment))
            return self.parts[-1]

        file = folder / "scheduler.json"
        shared = ("--scheduler-file", file, "--no-dashboard")
        self.scheduler = start("scheduler", "--host", "127.0.0.1", "--port", 0, *shared)
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        alone = ("--nthreads", 1, "--no-nanny", "--death-timeout", 20)
        self.workers = [start("worker", *alone, *shared) for _ in range(2)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in reversed(self.parts):
            part.kill()


@pytest.fixture
def on_dask(nursery, place):
    """Return a function that starts a sweep on a cluster."""
    pytest.importorskip("distributed")
    nursery.ask("dask", words=[])
    short = {"HOTBED_TEST_BATCH": "0.05", "HOTBED_TEST_PATIENCE": "3"}

    def start(cluster, *more):
        return place.start(
            "--executor", f"dask:{cluster.address}", *more, kind="dask_sweep", **short
        )

    return start


@elsewhere
def test_a_dask_worker_killed_midway_costs_nothing(nursery, place, truth, on_dask):
    with Cluster(nursery, place.folder, place.log) as cluster:
        process = on_dask(cluster)
        place.wait_for(RUNS // 3)
        one, two = cluster.workers
        assert {pid for pid, _ in place.asked()} == {one.pid, two.pid}
        logged = len(place.asked())
        assert one.kill() == -9 and place.count() < RUNS
        process.wait()
        truth.check(place, process)
        assert {pid for pid, _ in place.asked()[logged + 1 :]} == {two.pid}


@elsewhere
def test_a_dask_scheduler_killed_twenty_times_costs_what_was_out(nursery, place, truth, on_dask):
    progress = Progress(place)
    for seed in range(KILLS):
        draw = random.Random(seed)
        more, delay = draw.randint(1, 8), draw.random()
        with Cluster(nursery, place.folder, place.log) as cluster:
            least = place.count() + more
            process = on_dask(cluster)
            place.wait_for(least)
            time.sleep(delay * 2 * SLEEP)
            cluster.scheduler.kill()
            assert process.wait() == 3
        said = process.err.read_text()
        assert "the Dask scheduler was lost" in said and "goes on from there" in said
        assert "Traceback" not in said and not process.out.read_text()
        progress.look()
    with Cluster(nursery, place.folder, place.log) as cluster:
        process = on_dask(cluster, "--resume")
        process.wait()
        truth.check(place, process)
    progress.check(KILLS)


# A full disk


@elsewhere
def test_twenty_writes_that_meet_a_full_disk_lose_nothing(nursery, tmp_path):
    """Drawn from all writes of a sweep of which some runs fail, since failures are written too."""
    small = toy.STUDY.replace("rows: 32", "rows: 4")
    place = Place(nursery, tmp_path, small)
    truth = Truth(place)
    shutil.rmtree(place.kept)
    environment = {"HOTBED_TEST_ASKED": str(place.log), "HOTBED_TEST_FAILS": "1"}
    words = (*ASK[:-2], "--jobs", 1)

    def fill(points):
        ask = (tmp_path, json.dumps(points), *words)
        process = nursery.start("fill", *ask, cwd=tmp_path, **environment)
        assert process.wait() == 0, process.err.read_text()
        told = [json.loads((tmp_path / f"{number}.json").read_text()) for number in points]
        return list(zip(told, process.err.read_text().split("\0"), strict=False))

    ((whole, _),) = fill([10**6])
    assert whole["refused"] is None and whole["code"] == 3 and whole["calls"] > 2 * KILLS
    points = sorted(random.Random(0).sample(range(1, whole["calls"] + 1), KILLS))
    kept_of = {}
    for told, said in fill(points):
        assert told["code"] == 3 and told["refused"] is not None, told
        assert "the disk is full: could not write" in said, (told, said)
        assert "free some space and give the same command again" in said and "Traceback" not in said
        place.kept = tmp_path / str(told["number"])
        names, found = place.held()
        held = dict(zip(names, (one.tobytes() for one in found), strict=True))
        assert held.items() <= truth.of.items()
        kept_of[told["number"]] = len(held)
        again = (*words, "--retry-failed", "--out", place.kept)
        process = nursery.start("sweep", *again, cwd=tmp_path, HOTBED_TEST_ASKED=str(place.log))
        process.wait()
        failures = (place.kept / "parts" / "1-of-1" / session.FAILURES).exists()
        truth.check(place, process, failures)
        assert json.loads(process.out.read_text())["stored"] == len(held)
    kept = [kept_of[number] for number in points]
    assert kept == sorted(kept) and len(set(kept)) > KILLS // 3
