"""The NumPy port of the people processes, month by month."""

from __future__ import annotations

import time

from sim.state.world import World
from tests.benchmarks.peers import numpy_hiring, numpy_housing
from tests.benchmarks.peers.numpy_state import State
from tests.benchmarks.peers.work import COUNTS, Work


def run(world: World, months: int, seed: int) -> Work:
    """Run the NumPy port; copying the built place is not timed."""
    state = State(world, seed)
    steps = 0
    start = time.process_time()
    for month in range(months):
        state.month = month
        steps += state.adults.n
        numpy_hiring.step(state)
        numpy_housing.step(state)
    cpu = time.process_time() - start
    return Work({name: float(state.counts[name]) for name in COUNTS}, steps, cpu)
