"""Loops and bundles in a whole place: more talent makes more jobs, and a bundle of services is heard."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim import schedule
from sim.build import build
from sim.state.columns import DEVELOPER, NOBODY
from tests.engine.runs import scenario
from tests.processes.rows import add_people

MONTHS = 18
SEEDS = range(8)


@cache
def grown(policy="no-policy", shock=0.0):
    """Return (talent, firms' hours of service), means over some months, firms and seeds.

    A share `shock` of the talent comes on top at the start and looks for work.
    """
    found = []
    for seed in SEEDS:
        world = build(scenario("starter-park", policy), seed, MONTHS)
        firms = world.firms.rows
        more = int(shock * (firms["developers"] + firms["scientists"]).sum())
        if more:
            add_people(
                world, kind=np.full(more, DEVELOPER), employer=NOBODY, wage=3e4, graduates=12
            )
            world.people.regroup()
        talent = hours = 0.0
        for month in range(MONTHS):
            world.month = month
            schedule.step(world)
            firms = world.firms.rows
            talent += (firms["developers"] + firms["scientists"]).sum() / MONTHS
            hours += firms["service_hours"].mean() / MONTHS
        found.append((talent, hours))
    return np.mean(found, axis=0)


def test_talent_and_industry_attract_each_other():
    base, more = grown()[0], grown(shock=0.3)[0]
    # Posts that stayed open are filled. It fades: over 48 seeds +3.1 people after half a year, +1.6 after 18
    # months, +2.4 (standard error 0.5) in the mean (see also CL54).
    assert more > base
    assert more - base == pytest.approx(0, abs=0.3 * base)  # and no more than came


def test_a_full_range_of_services_is_more_service():
    assert grown("nurture")[1] > 1.2 * grown()[1]
