"""The key `peers` of the benchmark: times, ratios and agreement of the other ways to write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.build import build
from sim.scenario import load_scenario
from tests.benchmarks.peers import starsim_sir
from tests.benchmarks.peers.programs import SEEDS, checked, timings

MONTHS, ROUNDS = 12, 5


def measure(place: str, note: Callable[[str], None]) -> dict[str, Any]:
    """Measure the programs against each other on a place without policy."""
    scenario = load_scenario(place, "no-policy")
    note("peers: times")
    programs = timings(scenario, MONTHS, ROUNDS)
    note(f"peers: agreement over {SEEDS} seeds")
    gaps, disagree = checked(scenario, MONTHS)
    note("peers: Starsim")
    starsim = starsim_sir.measure()
    own = programs["ours"]["ns_per_agent_step"]
    adults = programs["ours"]["agent_steps"] / MONTHS
    people = len(build(scenario, 0, MONTHS).people)
    ratios = {name: p["ns_per_agent_step"] / own for name, p in programs.items() if name != "ours"}
    if "skipped" not in starsim:
        ratios["starsim"] = starsim["ns_per_agent_step"] / own
        ratios["starsim_everybody"] = ratios["starsim"] * people / adults
    return {
        "place": place,
        "months": MONTHS,
        "rounds": ROUNDS,
        "seeds": SEEDS,
        "adults": adults,
        "programs": programs,
        "ratios": ratios,
        "agreement": gaps,
        "disagree": disagree,
        "starsim": starsim,
    }
