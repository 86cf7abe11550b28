"""What is measured, each in the way a user meets it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 5
MONTHS = 120
FULL, SMALL = "beijing-ai-origin", "starter-park"
SWEEP_POLICIES = ("no-policy", "heavy-rent-subsidy", "service-for-equity")
SWEEP_SEEDS, SWEEP_JOBS = 64, 2
TEN = 10
CITY, CITY_PART, CITY_MONTHS = "city", "city-quarter", 12
EXTENSIVE = {
    "firms": ("sectors", "layers", "classes", "giants"),
    "people": (
        "students", "developers", "developers_in_firms", "scientists", "scientists_in_firms",
        "workers", "workers_in_firms",
    ),
    "institutions": (
        "universities", "institutes", "faculty", "graduates_per_year", "incubators",
        "incubator_places", "poc_slots_month", "pilot_slots_month", "scene_owners",
        "scene_slots_month",
    ),
    "floor": (
        "office_m2", "office_let_m2", "lab_m2", "lab_let_m2", "production_m2",
        "production_let_m2", "housing_m2", "housing_let_m2", "housing_units", "amenity_m2",
    ),
    "apartments": ("units",),
    "amenities": ("third_place_cells",),
    "founders": ("teams",),
    "funds": ("tied", "other"),
    "operator": (
        "owned_office_m2", "service_staff", "cases_month", "cash_cny", "stakes", "issue_staff",
    ),
    "government": ("budget_cny_year",),
}  # fmt: skip


def machine() -> dict[str, Any]:
    """Return what the numbers were measured on."""
    from importlib.metadata import version

    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "mesa": version("mesa"),
        "load": os.getloadavg()[0],
    }


def commit() -> str | None:
    """Return the short name of the commit that is measured, with a + where files differ from it."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*words: str) -> str:
    command = ("git", *words)
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "")


def scale(scenario: Any) -> dict[str, Any]:
    """Measure runs of a scenario: CPU with building, burn-in, run and record; kernels cached."""
    from sim.build import build
    from sim.recorder import simulate

    run = simulate(scenario, 0, MONTHS)
    last = dict(zip(run.names, run.series[-1].tolist(), strict=True))
    cpu = statistics.median(_cpu(lambda: simulate(scenario, 0, MONTHS)) for _ in range(REPEATS))
    world = build(scenario, 0, MONTHS)
    people, firms = len(world.people), len(world.firms)
    return {
        "people": people,
        "firms": firms,
        "firms_end": last["firms"],
        "months": MONTHS,
        "cpu_s": cpu,
        "ns_per_person_month": 1e9 * cpu / people / MONTHS,
        "by_process": by_process(scenario),
    }


def _cpu(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def by_process(scenario: Any, months: int = MONTHS) -> dict[str, float]:
    """Return CPU seconds of each process over a run, and of building, ordering and recording."""
    from sim import schedule
    from sim.build import build
    from sim.recorder import Recorder, digest

    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = work()
        spent[name] = spent.get(name, 0.0) + time.process_time() - start
        return result

    world = timed("build", lambda: build(scenario, 0, months))
    recorder = Recorder(world)
    for month in range(months):
        world.month = month
        timed("put_in_order", world.put_in_order)
        for process, _ in schedule.MONTH:
            timed(process.__name__.rsplit(".", 1)[-1], lambda p=process: p.step(world))
        timed("record", lambda: recorder.take(world))
    timed("digest", lambda: digest(world, recorder.series(world, months)))
    return spent


def ten_times(scenario: Any) -> Any:
    """Return a place with ten times the people, firms, floor and ground."""
    data = scenario.initial.model_dump()
    for block, names in EXTENSIVE.items():
        for name in names:
            data[block][name] = _times(data[block][name], TEN)
    side = TEN**0.5
    for name, most in (("cells_x", 2000), ("cells_y", 2000)):
        data["grid"][name] = min(round(data["grid"][name] * side), most)
    if data["grid"]["radius_m"] is not None:
        data["grid"]["radius_m"] *= side
    return replace(scenario, initial=type(scenario.initial).model_validate(data))


def _times(value: Any, factor: int) -> Any:
    """Multiply a number, every count of a mapping, or the firms of every size class."""
    if isinstance(value, dict) and "staff" in value:
        heads = int(value["firms"] * value["staff"] + 0.5)  # rounded as the build rounds them
        firms = value["firms"] * factor
        return value | {"firms": firms, "staff": heads * factor / max(firms, 1)}
    if isinstance(value, dict):
        return {name: count * factor for name, count in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_times(each, factor) for each in value)
    return value * factor


def peak_mb(place: str) -> float:
    """Return the peak memory of a fresh process that makes one run."""
    code = (
        "import resource\n"
        "from sim.recorder import simulate\n"
        "from sim.scenario import load_scenario\n"
        f"simulate(load_scenario({place!r}, 'no-policy'), 0, {MONTHS})\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    return float(_python("-c", code).stdout)


# What a fresh process needs beyond interpreter and kernels, which a small run has loaded before.
_CITY_RUN = """
import json, resource, sys, time
from sim.recorder import simulate
from sim.scenario import load_scenario
place, small, months = sys.argv[1], sys.argv[2], int(sys.argv[3])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
simulate(load_scenario(small, "no-policy"), 0, months)
scenario, before, start = load_scenario(place), peak(), time.process_time()
simulate(scenario, 0, months)
print(json.dumps({"cpu_s": time.process_time() - start, "peak_mb": peak(), "before_mb": before}))
"""


def city(place: str = CITY, part: str = CITY_PART, sites: int = 5) -> dict[str, Any]:
    """Measure the city over a year; `by_process` is of one of its equal communities."""
    from sim.build import build
    from sim.scenario import load_scenario

    one = load_scenario(part, "no-policy")
    world = build(one, 0, CITY_MONTHS)
    people, firms = sites * len(world.people), sites * len(world.firms)
    del world
    told = json.loads(_python("-c", _CITY_RUN, place, SMALL, str(CITY_MONTHS)).stdout)
    return {
        "people": people,
        "firms": firms,
        "months": CITY_MONTHS,
        "cpu_s": told["cpu_s"],
        "ns_per_person_month": 1e9 * told["cpu_s"] / people / CITY_MONTHS,
        "bytes_per_person": 2**20 * (told["peak_mb"] - told["before_mb"]) / people,
        "peak_mb": told["peak_mb"],
        "by_process": by_process(one, CITY_MONTHS),
    }


def sweep() -> dict[str, Any]:
    """Measure paired replicates of three policies at full scale, as `compare` makes them."""
    from experiments.executors import Executor
    from experiments.runner import Arm, make_tasks, real_engine, run_tasks
    from sim.scenario import load_scenario

    engine = real_engine()
    arms = [Arm(p, load_scenario(FULL, p)) for p in SWEEP_POLICIES]
    start = time.perf_counter()
    with Executor(engine, SWEEP_JOBS) as execute:
        tasks = [t for arm in arms for t in make_tasks(engine, arm, range(SWEEP_SEEDS), MONTHS)]
        outcome = run_tasks(tasks, execute)
    wall = time.perf_counter() - start
    if outcome.failures:
        raise RuntimeError(f"{len(outcome.failures)} runs failed: {outcome.failures[0].error}")
    return {
        "runs": len(tasks),
        "wall_s": wall,
        "runs_per_minute": 60 * len(tasks) / wall,
        "jobs": SWEEP_JOBS,
    }


def startup() -> dict[str, float]:
    """Measure the command line: help, a run with kernels cached, and one on a new machine."""
    command = (str(Path(sys.executable).parent / "hotbed"),)
    run = (*command, "run", SMALL, "--json")
    _wall(run)
    cold_cache = tempfile.mkdtemp(prefix="hotbed-bench-")
    try:
        cold = _wall(run, HOTBED_CACHE=cold_cache)
    finally:
        shutil.rmtree(cold_cache)
    return {
        "help": min(_wall((*command, "--help")) for _ in range(REPEATS)),
        "warm_run": min(_wall(run) for _ in range(3)),
        "cold_run": cold,
    }


def _wall(command: tuple[str, ...], **environment: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    return time.perf_counter() - start


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )


def keep(found: dict[str, Any]) -> Path:
    """Write the latest measurement and return its path."""
    path = ROOT / "results" / "bench" / "latest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return path
