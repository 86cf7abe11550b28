"""What the engine tests share: places, policies, and a run in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from sim import schedule
from sim.build import build
from sim.recorder import Recorder, Run, digest, simulate
from sim.scenario import Scenario, load_scenario, shipped_names
from sim.state.world import World

PLACES = ("starter-park", "beijing-ai-origin")
POLICIES = shipped_names("policies")
AS_IS = "as-is"


@cache
def scenario(place: str, policy: str = "no-policy", *changes: str) -> Scenario:
    """Return a place under a policy, with `--set` changes."""
    return load_scenario(place, None if policy == AS_IS else policy, overrides=changes)


@cache
def finished(place: str, policy: str, seed: int, months: int) -> Run:
    """Return a plain run, made once."""
    return simulate(scenario(place, policy), seed, months)


@dataclass
class Stepped:
    """A run month by month, with something done to the world before chosen months."""

    scenario: Scenario
    seed: int
    months: int
    before: dict[int, Callable[[World], None]] = field(default_factory=dict)

    def digest(self) -> str:
        """Run and return the digest."""
        world = build(self.scenario, self.seed, self.months)
        recorder = Recorder(world)
        for month in range(self.months):
            world.month = month
            if month in self.before:
                self.before[month](world)
            schedule.step(world)
            recorder.take(world)
        return digest(world, recorder.series(world, self.months))


def column(run: Run, name: str) -> np.ndarray:
    """Return an indicator by month."""
    return run.series[:, run.names.index(name)]
