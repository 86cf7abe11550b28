"""Strict runs: every identity and every declared write, in every month, for all places and policies.

The second half breaks each identity on purpose, since a check that cannot fail proves nothing.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim import schedule
from sim.recorder import simulate
from sim.state.checks import BrokenIdentityError
from sim.state.columns import DEVELOPER, OUTSIDE
from tests.engine.runs import AS_IS, PLACES, POLICIES, finished, scenario

MONTHS = 120
PAST_SUPPORT = 72  # awards end after 60 months, and a year of taper
QUICK = {"no-policy", "heavy-rent-subsidy", "service-for-equity-taper"}


def _arm(place, policy):
    small, chief = place == "starter-park", policy in QUICK
    months = MONTHS if small or chief else PAST_SUPPORT
    marks = () if small and chief else pytest.mark.slow
    return pytest.param(place, policy, months, marks=marks, id=f"{place}-{policy}")


ARMS = [_arm(place, policy) for place in PLACES for policy in (AS_IS, *POLICIES)]


@pytest.mark.parametrize(("place", "policy", "months"), ARMS)
def test_a_strict_run_keeps_every_identity_and_equals_a_plain_one(place, policy, months):
    seed = 1 + (AS_IS, *POLICIES).index(policy)  # not the same luck for all
    strict = simulate(scenario(place, policy), seed, months, strict=True)
    assert strict.digest == finished(place, policy, seed, months).digest


def test_every_shipped_policy_is_run():
    assert len(POLICIES) == 22
    assert set(POLICIES) > QUICK


@pytest.mark.parametrize("policy", ["no-policy", "cash", "service-for-equity-taper"])
def test_a_uid_is_never_used_again(policy):
    uids = finished("starter-park", policy, 1, MONTHS).fates["uid"]
    assert np.unique(uids).size == uids.size


def _cash(world):
    world.firms.rows["cash"][0] += 1.0


def _purse(world):
    world.purse[-1] += 1e6


def _staff(world):
    world.firms.rows["staff"][0] += 1


def _locals(world):
    world.firms.rows["locals"][0] += 1


def _unseen_birth(world):
    people, row = world.people.reserve(1), world.people.n
    people.uid[row], people.kind[row] = 5, DEVELOPER
    people.employer[row], people.home_cell[row] = OUTSIDE, -1
    world.people.n += 1


def _two_of_one(world):
    world.people.rows.uid[0] = world.people.rows.uid[1]


def _let(world):
    world.cells.rows["let_office"][world.buildings[0]] += 10.0


def _homes(world):
    world.cells.rows["let_housing"][world.homes[0]] += 30.0


def _shares(world):
    world.firms.rows["share_staff"][0] += 0.01


def _stake(world):
    world.firms.rows["share_funds"][0] += 0.01
    world.firms.rows["share_founders"][0] -= 0.01


def _orphan_stake(world):
    world.stakes.rows["firm"][0] = 1


def _tie(world):
    world.ties.rows["a"][0] = len(world.firms)


def _founder(world):
    world.founders.rows["venture"][0] = 1


def _nan(world):
    world.firms.rows["knowledge"][0] = np.nan


def _nan_market(world):
    world.market["climate"][0] = np.nan


def _nan_norm(world):
    world.norms["rent_office"][0] = np.nan


def _negative(world):
    world.firms.rows["area"][0] *= -1


def _overspent(world):
    world.governments.rows["budget_left"][0] = -1.0


SPOILT = {
    "accounts": (_cash, _purse),
    "staff": (_staff,),
    "locals": (_locals,),
    "people": (_unseen_birth, _two_of_one),
    "floor": (_let,),
    "homes": (_homes,),
    "shares": (_shares,),
    "stakes": (_stake, _orphan_stake),
    "removed rows": (_tie, _founder),
    "numbers": (_nan, _nan_market, _nan_norm),
    "numbers: governments.budget_left is -1.0": (_overspent,),
}


@pytest.mark.parametrize(
    ("identity", "spoil"),
    [
        pytest.param(identity, spoil, id=f"{identity}-{spoil.__name__[1:]}")
        for identity, spoils in SPOILT.items()
        for spoil in spoils
    ],
)
def test_a_broken_identity_stops_a_strict_run(monkeypatch, identity, spoil):
    _add(monkeypatch, spoil, writes=("firms", "people", "cells", "stakes", "ties", "founders",
                                     "governments", "purse", "market", "norms.rent_office"))  # fmt: skip
    with pytest.raises(BrokenIdentityError, match=f"month 0: {identity}"):
        simulate(scenario("starter-park"), 1, 2, strict=True)


def test_a_negative_stock_stops_a_strict_run(monkeypatch):
    _add(monkeypatch, _negative, writes=("firms",))
    with pytest.raises(BrokenIdentityError, match="month 0"):
        simulate(scenario("starter-park"), 1, 2, strict=True)


def test_an_undeclared_write_stops_a_strict_run(monkeypatch):
    _add(monkeypatch, _locals, writes=("firms.staff",))
    with pytest.raises(
        schedule.UndeclaredWriteError, match=r"month 0: spoiler wrote .*firms\.locals"
    ):
        simulate(scenario("starter-park"), 1, 2, strict=True)


def _add(monkeypatch, step, writes):
    """Let a further process end the month."""
    spoiler = SimpleNamespace(step=step, WRITES=writes, __name__="spoiler")
    monkeypatch.setattr(schedule, "MONTH", (*schedule.MONTH, (spoiler, "It spoils the month.")))
