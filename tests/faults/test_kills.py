"""Twenty `kill -9` on one comparison of the real engine: as if nothing had happened."""

import random
import time

import pytest

from tests.faults.command import REAL, call, finished, on_disk, rows, start, started

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

SEEDS = (3, 14, 15, 92, 65, 35, 89, 79, 32, 38, 46, 26, 43, 83, 27, 95, 2, 88, 41, 97)
POLICIES = ("--policy", "service-for-equity", "--policy", "heavy-rent-subsidy")
ASK = ("compare", "starter-park", *POLICIES, "--reps", "64", "--months", "12")
RUNS = 3 * 64
STARTUP = 1.5  # seconds in which a process loads and looks through the folder
UNDERWAY = 0.3  # seconds of runs that a process has at most


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Run the comparison once without a break; where kernels are not compiled yet, this does it."""
    folder = tmp_path_factory.mktemp("unbroken")
    code, out, err = call(
        *ASK, "--json", "--jobs", "1", "--out", "kept", cwd=folder, engine=REAL, timeout=300
    )
    assert code == 0, err
    return rows(out)


def kill_once(folder, seed):
    """Start the comparison and kill it at a moment drawn from `seed`.

    Some moments count from the start of the process, the others from the first run that it
    finishes. A process that came to its end before is started again, and killed in half the time.
    """
    draw = random.Random(seed)
    early, jobs, delay = draw.random() < 0.25, draw.choice("112"), draw.random()
    while True:
        before = finished(folder)
        process = start(*ASK, "--jobs", jobs, "--out", folder, cwd=folder.parent, engine=REAL)
        while not early and process.poll() is None and finished(folder) == before:
            time.sleep(0.01)
        time.sleep(delay * (STARTUP if early else UNDERWAY))
        process.kill()
        code = process.wait()
        process.stdout.close()
        process.stderr.close()
        if code == -9:
            return
        assert code == 0
        early, delay = True, delay / 2


def test_twenty_kills_at_random_moments_change_nothing(tmp_path, unbroken):
    folder = tmp_path / "kept"
    held, progress = set(), []
    for seed in SEEDS:
        kill_once(folder, seed)
        now = on_disk(folder)
        assert held <= now, "a finished run was lost"
        logged = len(started(folder))
        held = now
        progress.append((logged, now))
    underway = [now for _, now in progress if 0 < len(now) < RUNS]
    assert len(underway) >= len(SEEDS) // 2, "too few kills came while runs were under way"

    code, out, err = call(*ASK, "--json", "--out", folder, cwd=tmp_path, engine=REAL)
    assert code == 0, err
    assert rows(out) == unbroken
    assert len(on_disk(folder)) == RUNS
    assert not list(folder.rglob("*.writing"))
    asked = started(folder)
    for logged, now in progress:
        assert not now & set(asked[logged:]), "a finished run was run again"
