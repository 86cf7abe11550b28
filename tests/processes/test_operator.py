"""Operator: what it pays, how it clears its debt, and what is cut before the public steps in."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes.operator import annuity
from sim.state.ledger import (
    COVER,
    DEBT_SERVICE,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    OWNERS,
    PLATFORMS,
    SERVICE_STAFF,
    SPACE_RUNNING,
    WORLD,
)
from tests.processes.rows import firm, logistic, next_month, paid, run, world

P = {
    "running_cost": 40.0,
    "staff_wage": 10_000.0,
    "staff_growth": 0.5,
    "place_cost": 1_000.0,
    "slot_cost": 20_000.0,
    "debt_rate": 0.03,
    "debt_years": 20.0,
    "least_effort": 0.25,
}


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.06])
def test_the_annuity_clears_the_debt_in_its_years(rate):
    payment = annuity(1e8, rate, 25.0)
    debt = 1e8
    for _ in range(300):
        debt = debt * (1 + rate / 12) - payment
    assert debt == pytest.approx(0, abs=1.0)
    assert payment >= 1e8 / 300 - 1e-6


def test_no_debt_costs_nothing():
    assert annuity(0.0, 0.03, 25.0) == 0.0


def test_it_pays_for_floor_let_or_not_for_staff_platforms_and_debt():
    made = world(
        [firm()] * 4,
        operator={"cash": 1e9, "owned_m2": 30_000.0, "service_staff": 6.0, "debt": 1e8},
        norms={
            "city_factor": 1.5,
            "firms": 1.0,
            "incubator_places": 30.0,
            "poc_slots": 2.0,
            "scene_slots": 1.0,
        },
        params={"operator": P},
    )
    run("operator", made)
    assert paid(made, OPERATOR, WORLD, SPACE_RUNNING) == pytest.approx(40 * 1.5 * 30_000)
    # Four times the tenants of the start need twice the staff.
    assert paid(made, OPERATOR, HOUSEHOLDS, SERVICE_STAFF) == pytest.approx(2 * 6 * 10_000 * 1.5)
    assert paid(made, OPERATOR, WORLD, PLATFORMS) == pytest.approx(30 * 1_000 + 3 * 20_000)
    r = 0.03 / 12
    closed = 1e8 * r / (1 - (1 + r) ** -240)
    assert paid(made, OPERATOR, OWNERS, DEBT_SERVICE) == pytest.approx(closed)


def test_below_zero_it_cuts_services_first_and_then_the_public_covers_the_gap():
    made = world([firm()], operator={"cash": -1e6, "owned_m2": 1_000.0}, params={"operator": P})
    operator = made.operators.rows
    months = 0
    while operator["effort"][0] > 0.25:
        before = operator["effort"][0]
        run("operator", made)
        assert operator["effort"][0] == pytest.approx(max(0.25, 0.9 * before))
        assert made.flows[:, :, COVER].sum() == 0
        months += 1
        next_month(made)
    assert months == int(np.ceil(np.log(0.25) / np.log(0.9)))
    owed = -operator["cash"][0]
    assert owed == pytest.approx(1e6 + months * 40_000)
    run("operator", made)
    assert operator["cash"][0] == pytest.approx(0)
    assert paid(made, GOVERNMENT, OPERATOR, COVER) == pytest.approx(owed + 40_000)
    assert operator["cover"][0] == pytest.approx(owed + 40_000)


def test_with_cash_it_restores_services():
    made = world([firm()], operator={"cash": 1e9, "effort": 0.5}, params={"operator": P})
    for _ in range(40):
        before = made.operators.rows["effort"][0]
        run("operator", made)
        assert made.operators.rows["effort"][0] == pytest.approx(min(1.0, before * 1.05))
        next_month(made)
    assert made.operators.rows["effort"][0] == 1.0


def test_effort_that_is_cut_saves_staff():
    costs = []
    for effort in (1.0, 0.5):
        made = world(
            [firm()],
            operator={"cash": 1e9, "effort": effort, "service_staff": 10.0},
            norms={"firms": 1.0},
            params={"operator": P},
        )
        run("operator", made)
        costs.append(paid(made, OPERATOR, HOUSEHOLDS, SERVICE_STAFF))
    assert costs[1] == pytest.approx(costs[0] / 2)


@pytest.mark.parametrize(("count", "satisfaction"), [(1, 0.5), (5, 0.5), (5, 0.9), (5, 0.1)])
def test_reputation_moves_towards_what_firms_and_their_satisfaction_make_it(count, satisfaction):
    p = P | {"reputation_speed": 0.1, "reputation_satisfaction": 2.0, "reputation_size": 1.0}
    made = world(
        [firm(satisfaction=satisfaction)] * count,
        operator={"reputation": 0.4},
        norms={"firms": 2.0},
        params={"operator": p},
    )
    run("operator", made)
    goal = logistic(np.log((1 + count) / 3) + 2.0 * (satisfaction - 0.5))
    assert made.operators.rows["reputation"][0] == pytest.approx(0.4 + 0.1 * (goal - 0.4))
