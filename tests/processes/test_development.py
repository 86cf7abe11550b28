"""Development: the hazard of the next level, and what may and may not speed it up."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import (
    AI,
    BRANCH,
    MANY,
    NEVER,
    close_to_share,
    firm,
    programme,
    run,
    running,
    world,
)

PLAIN = {"maturity": 0, "staff": 4, "cash": 1e9}
LAB = 1


def matured(columns=None, *, n=MANY, p=None, **rest):
    """Return which of `n` firms that differ by luck alone reach the next level this month."""
    rows = [firm(**PLAIN | (columns or {}))] * n
    made = world(rows, params={"development": p or {}}, **rest)
    run("development", made)
    return made.firms.rows["maturity"] > rows[0]["maturity"]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_half_of_plain_firms_take_the_median_time(level):
    got = matured({"maturity": level}, p={f"median_{level}": 5.0})
    assert close_to_share(got.sum(), MANY, 1 - 0.5 ** (1 / 5.0))


def test_staff_skill_and_labs_change_the_hazard_as_told():
    p = {"median_0": 10.0, "staff_exponent": 0.4, "skill": 0.5, "hardware_factor": 2.0}
    base = np.log(2) / 10
    for columns, factor in (
        ({"staff": 64}, 16**0.4),
        ({"skill": 0.8}, np.exp(0.4)),
        ({"use": LAB}, 0.5),
    ):
        got = matured(columns, p=p)
        assert close_to_share(got.sum(), MANY, 1 - np.exp(-base * factor)), columns


def test_a_lever_speeds_up_ai_before_the_field_only():
    p = {"median_0": 10.0, "median_3": 10.0}
    fast = matured({"sector": AI}, p=p, rules={"goods_speed": 0.4})
    assert close_to_share(fast.sum(), MANY, 1 - np.exp(-np.log(2) / 10 * 1.4))
    for other in ({}, {"sector": AI, "maturity": 3}):
        assert (matured(other, p=p, rules={"goods_speed": 0.4}) == matured(other, p=p)).all()


HELPS = {
    "staff": ({"staff": 4}, {"staff": 9}),
    "skill": ({"skill": 0.0}, {"skill": 1.0}),
    "knowledge": ({"knowledge": 1.0}, {"knowledge": 3.0}),
    "services": ({"service_hours": 0.0}, {"service_hours": 60.0}),
    "runway": ({"cash": 0.0, "cost": 10.0}, {"cash": 60.0, "cost": 10.0}),
    "compute desk": ({"sector": AI}, {"sector": AI, "served": 4}),
    "compute voucher": ({"sector": AI}, {"sector": AI, **running()}),
    "no operator's stake": ({"share_operator": 0.3}, {"share_operator": 0.0}),
}
GAINS = {
    "median_0": 4.0,
    "knowledge": 0.2,
    "service_gain": 0.3,
    "compute_gain": 0.3,
    "short_effort": 0.6,
    "stake_effort": 0.01,
}


@pytest.mark.parametrize("name", HELPS)
def test_what_helps_brings_more_and_nobody_fewer(name):
    without, with_it = (
        matured(columns, n=4000, p=GAINS, programmes=[programme("compute_voucher")])
        for columns in HELPS[name]
    )
    assert (with_it >= without).all()
    assert with_it.sum() > without.sum()


def test_a_scholar_who_keeps_a_post_gives_less_effort():
    teams = [{"dual_identity": 1, "venture": 1_000}, {"dual_identity": 0, "venture": 1_001}]
    for rule, effort in ((np.nan, 0.0), (1e3, 1e3)):
        made = world(
            [firm(**PLAIN)] * 2,
            teams=teams,
            rules={"dual_effort": rule},
            params={"development": {"median_0": 1e-3 if effort == 0 else 1.0, "dual_effort": 0.0}},
        )
        run("development", made)
        # No effort, no progress, however short the median; the rule replaces the default.
        assert made.firms.rows["maturity"][0] == (1 if effort else 0)


def test_slots_go_to_as_many_as_there_are():
    p = {"median_0": 1e7, "platform_gain": 1e9}
    made = world([firm(**PLAIN)] * 50, norms={"poc_slots": 12.0}, params={"development": p})
    run("development", made)
    assert made.firms.rows["maturity"].sum() == 12


@pytest.mark.parametrize(
    ("slots", "levels", "gain"),
    [
        ("poc_slots", (0, 1), "platform_gain"),
        ("pilot_slots", (2,), "platform_gain"),
        ("scene_slots", (3,), "scene_gain"),
    ],
)
def test_slots_help_the_levels_they_are_for(slots, levels, gain):
    p = {f"median_{k}": 1e7 for k in range(4)} | {gain: 1e9}
    rows = [firm(**PLAIN | {"maturity": level}) for level in range(4)]
    made = world(rows, norms={slots: 100.0}, params={"development": p})
    run("development", made)
    moved = made.firms.rows["maturity"] - np.arange(4)
    assert moved.tolist() == [int(level in levels) for level in range(4)]


def test_reaching_the_market_is_noted_once_and_is_the_end():
    p = {f"median_{k}": 1e-3 for k in range(4)}
    rows = [
        firm(**PLAIN | {"maturity": 3, "born": -20}),
        firm(**PLAIN | {"maturity": 4, "born": -20, "first_order": NEVER}),
        firm(**PLAIN | {"maturity": 3, "fate": 1}),
        firm(**PLAIN | {"maturity": 2, "ambition": BRANCH}),
    ]
    made = world(rows, month=5, params={"development": p})
    run("development", made)
    assert made.firms.rows["maturity"].tolist() == [4, 4, 3, 3]
    assert made.firms.rows["market_lag"].tolist() == [26, 0, 0, 0]
    assert made.tally["products_launched"][0] == 1
