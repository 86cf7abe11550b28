"""The search: keyed proposals around the best points, judged on few seeds first, then on more.

    python -m calibration.search --generations 20 --width 0.1 --out FILE

Each generation proposes points near the elite, runs all on one tuning seed, the better third on two
more, the best few on three more again. Everything is decided by the key and the tuning seeds; no policy
is run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from calibration import space, studies
from calibration.arms import BY_NAME
from calibration.distance import distance
from calibration.panel import watch
from calibration.seeds import tuned

PLACE = "beijing-ai-origin"
STAGES = ((1, 1.0), (2, 0.34), (3, 0.12))  # seeds added, share of the points that get there


def observe(task: tuple[str, int, dict[str, float]]) -> dict[str, Any]:
    """Return what is measured on a point's run without policy, and on its year without entry."""
    place, seed, point = task
    changes = space.overrides(point)
    found = studies.baseline(watch(BY_NAME["base"].scenario(place, changes), seed))
    return studies.plain(found | studies.jobs_without_entry(place, seed, changes))


def halve(
    points: list[space.Point], seeds: list[int], run: Callable[[Iterable[Any]], Iterable[Any]]
) -> list[tuple[float, space.Point, dict[str, float]]]:
    """Judge points on more and more seeds, fewer of them each time; return the last, best first."""
    seen: list[list[Any]] = [[] for _ in points]
    left = list(range(len(points)))
    at = 0
    scores: dict[int, tuple[float, dict[str, float]]] = {}
    for added, share in STAGES:
        left = left[: max(2, round(share * len(points)))]
        tasks = [(PLACE, seed, points[k]) for k in left for seed in seeds[at : at + added]]
        results = list(run(tasks))
        for n, k in enumerate(left):
            seen[k] += results[n * added : (n + 1) * added]
            scores[k] = distance(studies.collect(seen[k]))
        at += added
        left.sort(key=lambda k: scores[k][0])
    return [(scores[k][0], points[k], scores[k][1]) for k in left]


def search(
    start: list[space.Point], generations: int, size: int, width: float, key: int, jobs: int,
    tell: Callable[[dict[str, Any]], None],
) -> list[tuple[float, space.Point, dict[str, float]]]:  # fmt: skip
    """Return the best points found, best first."""
    with ProcessPoolExecutor(jobs, get_context("forkserver")) as pool:

        def run(tasks: Iterable[Any]) -> Iterable[Any]:
            return pool.map(observe, tasks) if jobs > 1 else map(observe, tasks)

        elite = [(float("inf"), point, {}) for point in start]
        for g in range(generations):
            fresh = [
                space.propose(elite[i % len(elite)][1], (key, g, i), (0.15, 0.3, 0.6)[i % 3], width)
                for i in range(size - len(elite))
            ]
            # Other seeds each generation, so that the elite has to prove itself again.
            seeds = tuned(sum(s for s, _ in STAGES), 6 * (g % 40))
            elite = halve([p for _, p, _ in elite] + fresh, seeds, run)[:4]
            best = elite[0]
            tell({"generation": g, "distance": best[0], "parts": best[2], "point": best[1]})
    return elite


def main(arguments: list[str]) -> None:
    """Search from the command line; every generation's best is a line of JSON in the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=10)
    parser.add_argument("--size", type=int, default=24)
    parser.add_argument("--width", type=float, default=0.1)
    parser.add_argument("--key", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--start", type=Path, help="a file of an earlier search")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    start = [space.defaults()]
    if asked.start:
        lines = asked.start.read_text(encoding="utf-8").splitlines()
        start = [space.defaults() | json.loads(line)["point"] for line in lines[-3:]]
    with asked.out.open("a", encoding="utf-8") as file:

        def tell(line: dict[str, Any]) -> None:
            file.write(json.dumps(line) + "\n")
            file.flush()
            far = {k: round(v, 2) for k, v in line["parts"].items() if v > 0.3}
            sys.stderr.write(f"{line['generation']}: {line['distance']:.3f} {far}\n")

        search(start, asked.generations, asked.size, asked.width, asked.key, asked.jobs, tell)


if __name__ == "__main__":
    main(sys.argv[1:])
