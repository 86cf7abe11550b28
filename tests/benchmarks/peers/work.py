"""What a program of the people processes reports, and the engine's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from sim.processes import hiring, housing
from sim.state.world import World

COUNTS = ("hires", "quits", "moves", "layoffs", "left", "stayed", "residents")


@dataclass(frozen=True)
class Work:
    """What a program did: counts over all months, agent-steps, and CPU seconds of stepping.

    An agent-step is one adult looked at in one month, who lives through hiring and housing; idle
    students are no agent-steps, in any of the programs. `residents` are those of the last month.
    """

    counts: dict[str, float]
    agent_steps: int
    cpu_s: float

    @property
    def ns_per_agent_step(self) -> float:
        """CPU nanoseconds for one adult's month."""
        return 1e9 * self.cpu_s / self.agent_steps


Program = Callable[[World, int, int], Work]


def scalars(record: np.ndarray) -> SimpleNamespace:
    """Return the numbers of a one-row record as plain Python floats, by name."""
    row = record[0]
    return SimpleNamespace(
        **{name: float(row[name]) for name in record.dtype.names if row[name].ndim == 0}
    )


def ours(world: World, months: int, seed: int) -> Work:
    """Run the engine's own hiring and housing; `world` is used up, its own seed is the luck."""
    assert seed == world.seed, "draws of the engine are keyed by the seed of the world"
    counts = dict.fromkeys(COUNTS, 0.0)
    steps, cpu = 0, 0.0
    for month in range(months):
        world.month = month
        world.tally.view(np.float64).fill(0.0)
        steps += world.people.adults().size
        start = time.process_time()
        hiring.step(world)
        housing.step(world)
        world.people.remove_gone()
        cpu += time.process_time() - start
        for name, column in _TALLIED.items():
            counts[name] += float(world.tally[column][0])
    counts["residents"] = float(world.tally["residents"][0])
    return Work(counts, steps, cpu)


_TALLIED = {
    "hires": "hires", "quits": "quits", "moves": "talent_moved", "layoffs": "layoffs",
    "left": "people_left", "stayed": "students_retained",
}  # fmt: skip
