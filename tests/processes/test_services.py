"""Services: desks serve until they are full, the menu is bought, programmes buy on top."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.ledger import (
    AWARD_SERVICES,
    BASE_SERVICES,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    SERVICE_FEE,
    SERVICE_STAFF,
    SERVICE_VOUCHER,
)
from tests.processes.rows import BRANCH, firm, paid, programme, run, running, world

TALENT_DESK = 8
# Firms that need nothing: policy known, settled, well connected.
CONTENT = {"supported_by": 1, "tenure": 60, "ties": 9}
P = {"ask_share": 1.0, "price_elasticity": 1.0, "short_of_cash": 0.5, "cny_per_hour": 1_000.0}


def desks(capacity, firms, **rest):
    made = world(
        firms,
        operator={"capacity": capacity, "weight_rent": 0.5, "price_factor": 1.2, "menu": 3},
        params={"services": P},
        **rest,
    )
    run("services", made)
    return made


@pytest.mark.parametrize("capacity", [0, 1, 3, 5, 9])
def test_a_desk_serves_as_many_as_it_can(capacity):
    made = desks(capacity, [firm(vacancies=1, **CONTENT)] * 5)
    served = made.firms.rows["served"]
    assert (served == TALENT_DESK).sum() == min(capacity, 5)
    assert set(served.tolist()) <= {0, TALENT_DESK}
    assert made.tally["cases_asked"][0] == 5
    assert made.tally["cases_served"][0] == min(capacity, 5)


def test_the_queue_is_keyed_and_not_by_row():
    def served(order):
        made = world(
            [firm(vacancies=1, **CONTENT)] * 5,
            operator={"capacity": 2.0, "weight_rent": 0.5},
            params={"services": P},
        )
        made.firms.rows["uid"] = made.firms.rows["uid"][order]
        run("services", made)
        return set(made.firms.rows["uid"][made.firms.rows["served"] > 0].tolist())

    assert served([0, 1, 2, 3, 4]) == served([4, 2, 0, 1, 3])


def test_only_those_with_business_come():
    needs = [
        {"supported_by": 0},
        {"sought_since": 0},
        {"sector": 0, "maturity": 3},
        {"vacancies": 2},
        {"ties": 0},
        {"tenure": 3},
        {"occasion_until": 5},
        {"maturity": 3},
        {},
        {"vacancies": 2, "ambition": BRANCH},
    ]
    made = desks(99, [firm(**CONTENT | columns) for columns in needs])
    desks_of = [[d for d in range(8) if row["served"] >> d & 1] for row in made.firms.rows]
    assert desks_of == [[0], [1], [2, 4, 7], [3], [4], [5], [6], [4, 7], [], []]


@pytest.mark.parametrize(
    ("rules", "effort", "capacity"),
    [
        ({}, 1.0, 10),
        ({"weight_rent": 0.75}, 1.0, 5),  # half the care that the place had
        ({"weight_rent": 0.0}, 1.0, 15),  # never more than half as much again
        ({"nurture_share": 0.25}, 1.0, 5),
        ({}, 0.5, 5),
    ],
)
def test_capacity_follows_the_operators_weights_budget_and_cuts(rules, effort, capacity):
    made = world(
        [firm(vacancies=1, **CONTENT)] * 30,
        operator={"capacity": 10.0, "weight_rent": 0.5, "effort": effort},
        rules=rules,
        params={"services": P},
    )
    run("services", made)
    assert (made.firms.rows["served"] > 0).sum() == capacity


def test_base_services_are_free_for_firms_and_paid_by_government():
    made = desks(
        0,
        [firm(cash=0.0), firm(cash=0.0, ambition=BRANCH)],
        rules={"base_level": 0.5, "base_cost_firm_year": 24_000.0},
    )
    assert paid(made, GOVERNMENT, HOUSEHOLDS, BASE_SERVICES) == pytest.approx(1_000)
    assert made.firms.rows["service_hours"].tolist() == pytest.approx([1.0, 0.0])
    assert made.firms.rows["cash"].tolist() == [0, 0]


def test_hours_of_old_fade():
    made = desks(0, [firm(service_hours=24.0, mentor_hours=12.0)])
    assert made.firms.rows["service_hours"][0] == pytest.approx(22)
    assert made.firms.rows["mentor_hours"][0] == pytest.approx(11)


def sold(firms, elasticity=1.0, rules=None):
    made = world(
        firms,
        operator={"capacity": 0.0, "weight_rent": 0.5, "price_factor": 1.2, "menu": 3},
        norms={"fee_per_head": 100.0},
        rules=rules,
        params={"services": P | {"price_elasticity": elasticity}},
    )
    return run("services", made)


def test_firms_buy_the_menu_with_their_own_money():
    made = sold([firm(staff=10, cash=1e6)])
    assert paid(made, FIRM, OPERATOR, SERVICE_FEE) == pytest.approx(1_000)
    assert paid(made, OPERATOR, HOUSEHOLDS, SERVICE_STAFF) == pytest.approx(1_000 / 1.2)
    assert made.firms.rows["service_hours"][0] == pytest.approx(1 / 1.2)
    assert made.tally["menu_spend"][0] == pytest.approx(1_000)


def test_the_short_of_cash_buy_less_and_the_broke_nothing():
    rows = [firm(cost=1_000.0, cash=c) for c in (6_000.0, 5_999.0, 400.0, -5.0)]
    made = sold(rows)
    spent = np.array([r["cash"] for r in rows]) - made.firms.rows["cash"]
    assert spent.tolist() == pytest.approx([1_000, 500, 0, 0])


def test_dearer_services_are_asked_for_less():
    hours = []
    for price in (1.2, 2.4):
        made = sold([firm(cash=1e6)], elasticity=1.5, rules={"menu_price": price})
        hours.append(made.firms.rows["service_hours"][0])
    assert hours[1] / hours[0] == pytest.approx(2**-1.5)


def test_a_shorter_menu_sells_less():
    made = sold([firm(cash=1e6)], rules={"menu_mask": 1.0})
    assert paid(made, FIRM, OPERATOR, SERVICE_FEE) == pytest.approx(500)


def test_vouchers_pay_back_a_share_up_to_their_cap():
    for cap, back in ((1e9, 300.0), (2_400.0, 200.0)):
        made = sold([firm(cash=1e6)], rules={"menu_voucher_rate": 0.3, "menu_voucher_cap": cap})
        assert paid(made, GOVERNMENT, FIRM, SERVICE_VOUCHER) == pytest.approx(back)
        assert made.firms.rows["cash"][0] == pytest.approx(1e6 - 1_000 + back)


def test_programmes_buy_services_for_firms_and_teams():
    terms = programme("service_for_equity", cny_month=8_000.0, public_share=0.25, mentor_share=0.5)
    made = world(
        [firm(**running()), firm()],
        teams=[running(), running() | {"venture": 9}],
        programmes=[terms],
        operator={"capacity": 0.0, "weight_rent": 0.5},
        params={"services": P | {"mentor_months": 24.0}},
        month=4,
    )
    run("services", made)
    assert paid(made, GOVERNMENT, HOUSEHOLDS, AWARD_SERVICES) == pytest.approx(2 * 2_000)
    assert paid(made, OPERATOR, HOUSEHOLDS, AWARD_SERVICES) == pytest.approx(2 * 6_000)
    firms, teams = made.firms.rows, made.founders.rows
    assert firms["service_hours"].tolist() == [8, 0]
    assert firms["mentor_hours"].tolist() == [4, 0]
    assert firms["mentor_until"].tolist() == [28, -1]
    assert firms["support"].tolist() == [8_000, 0]
    assert teams["service_hours"].tolist() == [8, 0]
    assert teams["support_total"].tolist() == [8_000, 0]


def test_programmes_stop_where_the_budget_ends():
    made = world(
        [firm(**running())] * 5,
        programmes=[programme("service_for_equity", cny_month=8_000.0)],
        government={"budget_left": 20_000.0},
        operator={"capacity": 0.0, "weight_rent": 0.5},
        params={"services": P},
    )
    run("services", made)
    assert sorted(made.firms.rows["support"].tolist()) == [0, 0, 0, 8_000, 8_000]
    assert made.governments.rows["budget_left"][0] == pytest.approx(4_000)
