"""The judged run: all patterns and sign tests of a place, on seeds that nothing was tuned on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

from calibration import studies
from calibration.judge import (
    ENOUGH,
    MUST_HOLD,
    Found,
    Verdict,
    judge,
    passes,
    plain,
)
from calibration.seeds import JUDGED, TUNED, judged
from calibration.targets import groups

KINDS = ("patterns", "signs", "facts")
EVERY = 3  # one seed in so many is also run under the policies of the signs
Task = tuple[str, str, int, tuple[str, ...]]


def tasks(place: str, reps: int, overrides: tuple[str, ...] = ()) -> list[Task]:
    """Return what there is to run, the long ones first."""
    seeds = judged(reps)
    rare = [("signs", place, seed, overrides) for seed in seeds[::EVERY]]
    kinds = ("long", "short")
    return rare + [(kind, place, seed, overrides) for kind in kinds for seed in seeds]


def run(
    todo: list[Task], jobs: int, advance: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, Any]:
    """Run all tasks and return each quantity over seeds, in the order of the seeds."""
    advance(0, len(todo))
    done: dict[tuple[str, int], studies.Values] = {}
    for kind, seed, found in _results(todo, jobs):
        done[kind, seed] = found
        advance(len(done), len(todo))
    return studies.collect(done[key] for key in sorted(done))


def _results(todo: list[Task], jobs: int) -> Iterator[tuple[str, int, studies.Values]]:
    if jobs == 1 or len(todo) == 1:
        yield from map(studies.study, todo)
        return
    # forkserver: no threads of the parent are copied, and the engine is loaded once for all workers.
    context = get_context("forkserver")
    context.set_forkserver_preload(["calibration.studies"])
    with ProcessPoolExecutor(jobs, context) as pool:
        waiting = [pool.submit(studies.study, task) for task in todo]
        try:
            for answer in as_completed(waiting):
                yield answer.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def record(place: str, reps: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return the verdicts as plain data, with what they were judged on."""
    from sim.recorder import model_version

    verdicts = {kind: judge(groups(kind), values) for kind in KINDS}
    return {
        "scenario": place,
        "reps": reps,
        "sign_reps": len(judged(reps)[::EVERY]),
        "seeds": {
            "judged": [JUDGED.start, JUDGED.start + reps - 1],
            "tuned": [TUNED.start, TUNED.stop - 1],
        },
        "model_version": model_version(),
        "enough": ENOUGH,
        "must_hold": list(MUST_HOLD),
        "passes": passes(verdicts["patterns"]),
        **{kind: [_group(v) for v in verdicts[kind]] for kind in KINDS},
    }


def _group(verdict: Verdict) -> dict[str, Any]:
    text = verdict.group.text
    return {
        "name": verdict.group.name,
        "en": text.en,
        "zh": text.zh,
        "holds": verdict.holds,
        "clauses": [_clause(found) for found in verdict.found],
    }


def _clause(found: Found) -> dict[str, Any]:
    clause = found.clause
    return {
        "name": clause.name,
        "en": clause.text.en,
        "zh": clause.text.zh,
        "unit": clause.unit,
        "source": clause.source,
        "value": plain(found.value),
        "interval": [plain(found.low), plain(found.high)],
        "required": [clause.low, clause.high],
        "seeds": found.seeds,
        "holds": found.holds,
    }
