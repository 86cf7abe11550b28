"""Grow the ensemble: a keyed walk from the tuned point that keeps what reproduces facts and patterns.

    python -m calibration.accept --members 220 --jobs 2 --minutes 15
    python -m calibration.accept --judge 4 --jobs 2    # hold the members against seeds they were not chosen on

A candidate is proposed near an accepted set and run without policy, `VENTURE` months of Beijing AI Origin on
`SEEDS` tuning seeds. It is accepted where at most `FACTS_MISSED` of the facts and none of the survival
clauses of PAT01 lie outside their bands, and its distance over all clauses of one run without policy is at most
the tuned point's plus `MARGIN`. Patterns that need pairs of runs or 300 months are not judged here.
Two seeds let luck choose too, so `--judge` runs every member on other seeds and writes how it does there.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from calibration import space, studies
from calibration.arms import VENTURE
from calibration.distance import distance
from calibration.ensemble import ABOUT, MEMBERS, Member, about, members, ridges
from calibration.judge import judge
from calibration.search import PLACE, observe
from calibration.seeds import judged, tuned
from calibration.targets import groups

SEEDS = tuned(2, 500)
FIRST_JUDGED = 500  # the seeds before it are those of `hotbed patterns`
MARGIN = 6.0
FACTS_MISSED = 1
SHARE, WIDTH = 0.35, 0.05  # of the parameters that a step moves, and by how much of their range
FREE_WIDTH = 0.25  # steps of parameters that no run without policy can tell apart
BATCH = 16

# The ridges that the model's page names; all of them but the ones that the search moves are free here.
NAMED = (
    ("founding.chance", "founding.outsiders_per_year"),
    ("exits.failure_weight", "founding.runway_sd", "founding.contract_median"),
    ("sales.growth_young", "sales.growth_funded", "sales.mentor_growth"),
    ("sales.density", "sales.knowledge", "development.knowledge"),
    ("encounters.ties_per_year", "spillovers.absorb"),
    ("location.cost_sensitivity", "location.loss_aversion", "location.moving_months"),
    ("location.embeddedness", "location.tenure", "location.satisfaction"),
    ("finance.bar_0", "finance.bar_1", "finance.noise", "founding.venture_share"),
    ("rents.speed", "rents.supply_most"),
)  # fmt: skip
FREE = tuple(sorted({name for ridge in NAMED for name in ridge} - set(space.MOVED)))


def candidate(around: space.Point, key: tuple[int, ...]) -> space.Point:
    """Return a proposal near an accepted set."""
    near = space.propose(around, (*key, 0), SHARE, WIDTH, space.MOVED)
    return space.propose(near, (*key, 1), 0.5, FREE_WIDTH, FREE)


def looked_at(
    points: list[space.Point], run: Any, seeds: list[int] = SEEDS
) -> list[dict[str, np.ndarray]]:
    """Return what is measured on each point, over the seeds."""
    tasks = [(PLACE, seed, point) for point in points for seed in seeds]
    results = list(run(tasks))
    n = len(seeds)
    return [studies.collect(results[k * n : (k + 1) * n]) for k in range(len(points))]


def held(values: dict[str, np.ndarray]) -> tuple[list[str], int, bool]:
    """Return the patterns that hold as far as seen, the facts missed, and whether PAT01 survives."""
    patterns = judge(groups("patterns"), values)
    seen = [v for v in patterns if any(f.seeds for f in v.found)]
    holding = [v.group.name for v in seen if all(f.holds is not False for f in v.found if f.seeds)]
    facts = sum(f.holds is False for v in judge(groups("facts"), values) for f in v.found)
    survival = [f for f in patterns[0].found if f.clause.name.startswith("survival")]
    return holding, facts, all(f.holds for f in survival)


def grow(
    start: space.Point, wanted: int, jobs: int, seconds: float, key: int
) -> tuple[list[Member], dict[str, Any]]:
    """Return accepted members and what was tried."""
    begun, tried = time.monotonic(), 0
    with ProcessPoolExecutor(jobs, get_context("forkserver")) as pool:

        def run(tasks: Iterable[Any]) -> Iterable[Any]:
            return pool.map(observe, tasks) if jobs > 1 else map(observe, tasks)

        (values,) = looked_at([start], run)
        best = distance(values)[0]
        limit = best + MARGIN
        accepted = [Member(0, start, best, tuple(held(values)[0]))]
        batch = 0
        while len(accepted) < wanted and time.monotonic() - begun < seconds:
            parents = np.random.default_rng((key, batch)).integers(0, len(accepted), BATCH)
            points = [candidate(accepted[p].values, (key, batch, i)) for i, p in enumerate(parents)]
            for point, values in zip(points, looked_at(points, run), strict=True):
                tried += 1
                far = distance(values)[0]
                holding, missed, survives = held(values)
                if far <= limit and missed <= FACTS_MISSED and survives:
                    accepted.append(Member(len(accepted), point, far, tuple(holding)))
            batch += 1
            sys.stderr.write(f"{tried} tried, {len(accepted)} accepted, limit {limit:.2f}\n")
    told = {
        "scenario": PLACE, "policy": "no-policy", "months": VENTURE, "seeds": SEEDS, "key": key,
        "tried": tried, "accepted": len(accepted), "tuned_distance": round(best, 3),
        "distance_limit": round(limit, 3), "facts_missed_at_most": FACTS_MISSED,
        "survival_clauses_missed_at_most": 0,
        "not_judged": ["PAT09", "PAT11", "PAT12", "the new place of PAT10", "signs of policies"],
    }  # fmt: skip
    return accepted, told


def hold_against(seeds: list[int], jobs: int) -> dict[str, Any]:
    """Return how all members do on seeds: each clause's values, and how often patterns hold.

    The first member is the tuned point, whose patterns are counted apart.
    """
    with ProcessPoolExecutor(jobs, get_context("forkserver")) as pool:
        points = [m.values for m in members()]
        found = looked_at(points, lambda tasks: pool.map(observe, tasks, chunksize=8), seeds)
    verdicts = [
        [v for kind in ("facts", "patterns") for v in judge(groups(kind), values)]
        for values in found
    ]
    clauses, held_by = [], {}
    for k, group in enumerate(v.group for v in verdicts[0]):
        seen = [[f for f in one[k].found if f.seeds] for one in verdicts]
        if not all(seen):
            continue  # needs pairs of runs
        held_by[group.name] = float(
            np.mean([all(f.holds is not False for f in one) for one in seen])
        )
        for j, first in enumerate(f.clause for f in verdicts[0][k].found):
            values = np.array([one[k].found[j].value for one in verdicts])
            values = values[np.isfinite(values)]
            if first.told or not values.size:
                continue
            clauses.append({
                "group": group.name, "name": first.name, "en": first.text.en, "zh": first.text.zh,
                "required": [first.low, first.high],
                "quantiles": [round(float(q), 5) for q in np.quantile(values, (0.05, 0.5, 0.95))],
                "holds": round(float(np.mean([first.within(float(x)) for x in values])), 3),
            })  # fmt: skip
    tuned_point = [v for v in verdicts[0] if v.group.name in held_by and v.group.name != "FACTS"]
    held_there = sum(all(f.holds is not False for f in v.found if f.seeds) for v in tuned_point)
    return {"seeds": seeds, "groups": held_by, "tuned_holds": held_there, "clauses": clauses}


def write(accepted: list[Member], told: dict[str, Any]) -> None:
    """Write the members and what they were judged on, with the ridges found and named."""
    names = sorted(accepted[0].values)
    with MEMBERS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["number", "distance", "holds", *names])
        for m in accepted:
            values = [f"{m.values[name]:.5g}" for name in names]
            writer.writerow([m.number, f"{m.distance:.3f}", " ".join(m.holds), *values])
    # As written, so that the file and its ridges stay in step where two lie close.
    found = ridges(members())
    told["ridges"] = [[a, b, round(r, 2)] for a, b, r in found]
    told["named_ridges"] = [
        {"parameters": list(names), "found": any({a, b} <= set(names) for a, b, _ in found)}
        for names in NAMED
    ]
    ABOUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Grow the ensemble from the defaults, or from the last line of an earlier search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=220)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--key", type=int, default=1)
    parser.add_argument("--judge", type=int, default=0, metavar="SEEDS")
    asked = parser.parse_args(arguments)
    if asked.judge:
        told = about() | {"judged": hold_against(judged(asked.judge, FIRST_JUDGED), asked.jobs)}
        ABOUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    start = space.defaults((*space.MOVED, *FREE))
    write(*grow(start, asked.members, asked.jobs, 60 * asked.minutes, asked.key))


if __name__ == "__main__":
    main(sys.argv[1:])
