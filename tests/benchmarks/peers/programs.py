"""The three programs side by side: whether they agree, and how long each takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.build import build
from tests.benchmarks.peers import mesa_model, numpy_model
from tests.benchmarks.peers.work import COUNTS, Program, Work, ours

PORTS: dict[str, Program] = {"mesa": mesa_model.run, "numpy": numpy_model.run}
COMPARED = ("hires", "quits", "moves")  # what has to agree; the other counts are shown
MOST_ERRORS = 2.0
SEEDS = 20

Gaps = dict[str, dict[str, dict[str, float]]]


def agreement(scenario: Any, months: int, seeds: Iterable[int], ports: Any = None) -> Gaps:
    """Compare the ports with the engine, from the same built place for each seed.

    Returns:
        For each port and count the means over seeds, `ours` and `port`, and their gap in standard
        errors of its mean, `errors`.
    """
    ports = PORTS if ports is None else ports
    found: dict[str, list[Work]] = {name: [] for name in (*ports, "ours")}
    for seed in seeds:
        world = build(scenario, seed, months)
        for name, port in ports.items():
            found[name].append(port(world, months, seed))
        found["ours"].append(ours(world, months, seed))  # last, for it uses the world up
    return {
        port: {count: _gap(found["ours"], found[port], count) for count in COUNTS} for port in ports
    }


def _gap(own: list[Work], other: list[Work], count: str) -> dict[str, float]:
    values = np.array([[work.counts[count] for work in works] for works in (own, other)])
    gap = values[1] - values[0]
    error = float(gap.std(ddof=1)) / math.sqrt(gap.size)
    # Where every seed has the same gap there is no error to count in: none at all, or a plain fault.
    errors = float(gap.mean()) / error if error > 0 else (0.0 if not gap.any() else math.inf)
    return {"ours": float(values[0].mean()), "port": float(values[1].mean()), "errors": errors}


def checked(scenario: Any, months: int, ports: Any = None) -> tuple[Gaps, list[tuple[str, str]]]:
    """Return the gaps over the first seeds, and the (port, count) that do not agree.

    With six comparisons one in four sets of seeds shows a gap by chance, so a gap counts only where
    as many other seeds show it again, and in the same direction.
    """
    gaps = agreement(scenario, months, range(SEEDS), ports)
    far = disagreeing(gaps)
    if not far:
        return gaps, []
    again = agreement(scenario, months, range(SEEDS, 2 * SEEDS), ports)
    both = far & disagreeing(again)
    return gaps, sorted(
        (port, count)
        for port, count in both
        if gaps[port][count]["errors"] * again[port][count]["errors"] > 0
    )


def disagreeing(gaps: Gaps) -> set[tuple[str, str]]:
    """Return the (port, count) that lie more than two standard errors apart."""
    return {
        (port, count)
        for port, counts in gaps.items()
        for count in COMPARED
        if abs(counts[count]["errors"]) > MOST_ERRORS
    }


def timings(scenario: Any, months: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return the best of `rounds` of each program, which take turns so that all meet the same hour."""
    programs = {"ours": ours, **PORTS}
    ours(build(scenario, 0, months), months, 0)  # kernels compiled
    best: dict[str, Work] = {}
    for _ in range(rounds):
        for name, program in programs.items():
            work = program(build(scenario, 0, months), months, 0)
            if name not in best or work.ns_per_agent_step < best[name].ns_per_agent_step:
                best[name] = work
    return {
        name: {
            "agent_steps": work.agent_steps,
            "cpu_s": work.cpu_s,
            "ns_per_agent_step": work.ns_per_agent_step,
        }
        for name, work in best.items()
    }
