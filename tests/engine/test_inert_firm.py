"""Luck is keyed by agent: a firm that does nothing leaves every other firm's month as it was.

What counts firms by design is left out: who might meet whom, role models, and who might move in.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim import schedule
from sim.build import build
from sim.processes import (
    accounts,
    development,
    exits,
    finance,
    governance,
    government,
    hiring,
    housing,
    incubation,
    market,
    operator,
    policy,
    rents,
    sales,
    services,
    spillovers,
)
from sim.state.columns import BRANCH, NEVER, TABLES
from sim.state.world import World
from tests.engine.runs import scenario

MONTH = 6
GUEST = 4_611_686_018_427_387_905  # in the middle of the uids, so that rows shift
QUIET = (
    policy, market, spillovers, incubation, services, development, sales, accounts, finance,
    hiring, housing, governance, exits, rents, operator, government,
)  # fmt: skip
# What counts firms: neighbours of a sector, and the operator's staff and name.
COUNTED = {
    "spillovers": {"firms.neighbours"},
    "operator": {"operators.reputation", "operators.cash", "operators.service_margin"},
}


def _world(process, with_guest: bool) -> World:
    """Return the world after `process` of month 6, with or without a guest who arrived before."""
    world = build(scenario("starter-park", "cash-for-equity"), 8, 12)
    for month in range(MONTH):
        world.month = month
        schedule.step(world)
    world.month = MONTH
    if with_guest:
        guest = world.firms.make(1)
        guest["uid"] = GUEST
        guest["ambition"] = BRANCH
        guest["knowledge"] = world.firms.rows["knowledge"].mean()
        guest["satisfaction"] = world.firms.rows["satisfaction"].mean()
        guest["share_founders"] = 1.0
        guest["owns_space"] = 1
        for never in ("lease_end", "sought_since", "growth_due"):
            guest[never] = NEVER
        world.firms.append(guest)
    world.put_in_order()
    policy.step(world)
    if process is not policy:
        process.step(world)
    return world


def _others(world: World) -> dict[str, np.ndarray]:
    """Return every column but references, of all agents but the guest."""
    found = {}
    for name, columns in TABLES.items():
        rows = world.table(name).rows
        uid = rows.uid if name == "people" else rows["uid"]
        for c in columns:
            values = getattr(rows, c.name) if name == "people" else rows[c.name]
            if c.refers != "firms":
                found[f"{name}.{c.name}"] = values[uid != GUEST].copy()
    return found


@pytest.mark.parametrize("process", QUIET, ids=[p.__name__.rsplit(".", 1)[-1] for p in QUIET])
def test_a_firm_that_does_nothing_changes_nobody_else(process):
    without, beside = _others(_world(process, False)), _others(_world(process, True))
    moved = {
        name
        for name, values in without.items()
        if values.shape != beside[name].shape
        or not np.array_equal(values, beside[name], equal_nan=values.dtype.kind == "f")
    }
    assert moved <= COUNTED.get(process.__name__.rsplit(".", 1)[-1], set())
