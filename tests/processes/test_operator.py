"""Operator: what it pays, how it clears its debt, and what is cut before the public steps in."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes.operator import annuity
from sim.state.ledger import (
    BRAND_FEE,
    BRAND_PROGRAMME,
    CHAIN_ALLIANCE,
    COVER,
    DEBT_SERVICE,
    FIRM,
    FORBEARANCE,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    OWNERS,
    PERFORMANCE_CONTRACT,
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


CONTRACT = {
    "contract_bonus": 0.4,
    "contract_nurture": 0.5,
    "contract_retention": 1.0,
    "contract_innovation": 0.5,
    "contract_audit": 0.0,
}


def test_a_bonus_is_a_share_of_income_times_scores_and_needs_a_budget():
    p = {"par_loss": 0.1, "par_nurture": 0.2, "par_innovation": 0.1, "drive": 1.0}
    before = {"income_mean": 1e6, "lost": 0.3, "nurtured": 0.2, "launched": 0.3}
    for budget, met in ((1e9, 1.0), (10.0, 0.0)):
        made = world(
            [firm()],
            operator=before | {"cash": 1e9},
            government={"budget_left": budget},
            rules=CONTRACT,
            params={"operator": P | p},
        )
        run("operator", made)
        lost, nurtured, launched = (x * 11 / 12 for x in (0.3, 0.2, 0.3))
        score = 0.5 * nurtured / (nurtured + 0.2) + 0.1 / (0.1 + lost)
        score += 0.5 * launched / (launched + 0.1)
        expected = met * 0.4 * 1e6 * 11 / 12 * score
        assert paid(made, GOVERNMENT, OPERATOR, PERFORMANCE_CONTRACT) == pytest.approx(expected)
        assert made.operators.rows["drive"][0] == pytest.approx(1 + 0.4 * (0.5 + 0.5))


@pytest.mark.parametrize(
    ("audit", "bonus", "kept"), [(0.0, 0.4, 1), (0.9, 0.4, 0), (1.0, 0.4, 0), (0.0, 0.0, 0)]
)
def test_a_tenant_out_of_money_is_carried_while_that_costs_less_than_the_bonus(audit, bonus, kept):
    """With 10% lost a year the slope is .1/.2²; of two tenants, half of 12·.4·1e6·2.5·(1 - audit)."""
    broke = {"landlord": 1, "insolvent_months": 3}
    rows = [
        firm(cash=-2e6 + 1, **broke),  # arrears of three payments a year are worth 6 m
        firm(cash=-2.1e6, **broke),
        firm(cash=-10.0, landlord=0, insolvent_months=3),
    ]
    made = world(
        rows,
        operator={"cash": 1e9, "income_mean": 1e6 * 12 / 11, "lost": 0.1},
        rules=CONTRACT | {"contract_audit": audit, "contract_bonus": bonus},
        params={
            "operator": P | {"par_loss": 0.1, "carry_months": 4.0},
            "exits": {"bridge_months": 3.0},
        },
    )
    run("operator", made)
    assert made.tally["zombies_kept"][0] == kept
    assert paid(made, OPERATOR, FIRM, FORBEARANCE) == pytest.approx(kept * (2e6 - 1))
    assert made.firms.rows["cash"].tolist()[1:] == [-2.1e6, -10.0]


@pytest.mark.parametrize(
    ("bridge", "months", "kept"), [(2.53, 2, 1), (2.53, 1, 0), (3.0, 3, 1), (3.0, 2, 0)]
)
def test_whom_the_next_month_would_close_is_carried_at_any_bridge(bridge, months, kept):
    """A firm closes once its months without cash pass the bridge, which need be no whole number."""
    made = world(
        [firm(cash=-1.0, landlord=1, insolvent_months=months)],
        operator={"cash": 1e9, "income_mean": 1e6},
        rules=CONTRACT,
        params={"operator": P, "exits": {"bridge_months": bridge}},
    )
    run("operator", made)
    assert made.tally["zombies_kept"][0] == kept


def test_those_carried_whom_an_audit_finds_count_as_lost():
    lost = []
    for audit in (0.0, 0.5):
        made = world(
            [firm(cash=-1.0, landlord=1, insolvent_months=9)],
            operator={"cash": 1e9, "income_mean": 1e6},
            rules=CONTRACT | {"contract_audit": audit},
            params={"operator": P},
        )
        run("operator", made)
        assert made.tally["zombies_kept"][0] == 1
        lost.append(made.operators.rows["lost"][0])
    assert lost == pytest.approx([0.0, 0.5])


def test_remote_parks_pay_by_reputation_and_take_staff_from_home():
    rules = {"brand_parks": 2.0, "brand_fees": 6e6, "brand_staff": 16.0}
    p = P | {"brand_full": 0.5, "away_most": 0.6, "staff_growth": 0.0}
    for reputation, staff, share in ((0.25, 20.0, 0.6), (0.9, 80.0, 0.2)):
        made = world(
            [firm()],
            operator={"cash": 1e9, "reputation": reputation, "service_staff": staff},
            rules=rules,
            params={"operator": p},
        )
        run("operator", made)
        fee = 6e6 / 12 * min(1.0, reputation / 0.5)
        assert paid(made, WORLD, OPERATOR, BRAND_FEE) == pytest.approx(fee)
        assert made.operators.rows["away"][0] == pytest.approx(share)
        hired = (16 - share * staff) * 10_000
        assert paid(made, OPERATOR, HOUSEHOLDS, BRAND_PROGRAMME) == pytest.approx(hired)


def test_a_brand_lifts_reputation_and_saturates():
    goals = []
    for spend in (0.0, 1e4, 2e4, 1e9):
        made = world(
            [firm()],
            operator={"cash": 1e9},
            norms={"firms": 1.0},
            rules={"brand_spend": spend},
            params={"operator": P | {"brand_per_firm": 1e4, "reputation_brand": 0.5}},
        )
        run("operator", made)
        goals.append(made.operators.rows["reputation"][0])
    p = made.params["operator"]["reputation_speed"][0]
    tilt = 0.5 * (1 - np.exp([0.0, -1.0, -2.0, -1e5]))
    assert goals == pytest.approx(p * logistic(tilt))


@pytest.mark.parametrize(
    ("one_pool", "margin", "effort"),
    [(np.nan, -1e5, 1.0), (0.0, -1e5, 0.9), (0.0, 1e9, 1.0), (1.0, -1e5, 1.05)],
)
def test_one_pool_pays_for_services_and_many_hold_them_to_what_they_earn(one_pool, margin, effort):
    made = world(
        [firm()],
        operator={"cash": 1e9, "owned_m2": 100.0, "service_margin": margin},
        rules={"one_pool": one_pool},
        params={"operator": P},
    )
    run("operator", made)
    assert made.operators.rows["effort"][0] == pytest.approx(effort)


def test_the_operator_pays_half_of_the_introductions():
    made = world(
        [firm()] * 3,
        operator={"cash": 1e9},
        rules={"alliance_introductions": 0.5},
        params={"operator": P, "accounts": {"introduction_cost": 1_000.0}},
    )
    run("operator", made)
    assert paid(made, OPERATOR, HOUSEHOLDS, CHAIN_ALLIANCE) == pytest.approx(750.0)
