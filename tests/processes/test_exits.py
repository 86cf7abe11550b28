"""Exits: who fails, what stakes are paid, and that nothing of a firm stays behind."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.columns import ACQUIRED, CLOSED, MOVED_AWAY, MOVED_REGION
from sim.state.ledger import (
    CLAWBACK,
    CLOSING,
    DISTRIBUTION,
    EXIT,
    FIRM,
    FUND,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    WORLD,
)
from tests.processes.rows import (
    BRANCH,
    MANY,
    VENTURE,
    close_to_share,
    firm,
    next_month,
    paid,
    paid_in_all,
    programme,
    run,
    running,
    world,
)

# Nobody fails, is bought or lists unless a test says so.
QUIET = {
    "failure_weight": 0.0,
    "failure_floor": 0.0,
    "acquired": 0.0,
    "acquired_round": 0.0,
    "listed": 0.0,
}
WEIBULL = {
    "shape": 0.6,
    "scale_years": 9.0,
    "failure_weight": 0.4,
    "failure_quality": 0.5,
    "failure_short": 1.5,
    "failure_floor": 0.01,
    "dependence": 0.6,
    "acquired": 0.0,
    "acquired_round": 0.0,
    "listed": 0.0,
}
SAFE = {"cash": 1e9, "staff": 3}


def place(firms, p=None, **rest):
    return world(list(firms), params={"exits": QUIET | (p or {})}, **rest)


HAZARDS = {
    "a year old": ({"born": -12}, 1.0, 1.0),
    "ten years old": ({"born": -120}, 10.0, 1.0),
    "good": ({"born": -12, "quality": 1.0}, 1.0, np.exp(-0.5)),
    "short of cash": ({"born": -12, "cash": 5.9, "cost": 1.0}, 1.0, 1.5),
    "dependent": ({"born": -12, "dependence_until": 1}, 1.0, 1.6),
    "no more dependent": ({"born": -12, "dependence_until": 0}, 1.0, 1.0),
}


@pytest.mark.parametrize("name", HAZARDS)
def test_teams_fail_by_the_weibull_hazard(name):
    columns, age, factor = HAZARDS[name]
    n = 10 * MANY // 4
    made = place([firm(**SAFE | columns)] * n, WEIBULL)
    run("exits", made)
    weibull = 0.6 / 9.0 * (age / 9.0) ** (0.6 - 1)
    yearly = 0.4 * weibull * np.exp(-0.125) * factor + 0.01
    assert close_to_share(n - len(made.firms), n, yearly / 12)
    assert made.tally["closures"][0] == n - len(made.firms)


def test_branches_of_giants_neither_fail_nor_close():
    made = place(
        [firm(ambition=BRANCH, cash=-1e9, staff=5)] * 50, WEIBULL | {"failure_floor": 12.0}
    )
    run("exits", made)
    assert len(made.firms) == 50


@pytest.mark.parametrize("bridge", [0, 3])
def test_a_firm_without_cash_closes_after_the_bridge(bridge):
    made = place([firm(cash=-1.0), firm(cash=0.0)], {"bridge_months": float(bridge)})
    months = 0
    while len(made.firms) == 2:
        run("exits", made)
        next_month(made)
        months += 1
    assert months == bridge + 1
    assert made.firms.rows["uid"].tolist() == [1_001]
    # Debts that are left fall on the market.
    assert paid_in_all(made, CLOSING) == pytest.approx(1.0)


def test_cash_in_time_saves_a_firm():
    made = place([firm(cash=-1.0)], {"bridge_months": 2.0})
    for cash in (-1.0, -1.0, 5.0, -1.0, -1.0):
        made.firms.rows["cash"] = cash
        run("exits", made)
        next_month(made)
    assert len(made.firms) == 1


def sold(stakes, columns=None, funds=(), p=None, **rest):
    """Sell a firm worth 10 million at exactly its value."""
    row = {"maturity": 3, "rounds": 1, "valuation": 1e7, "cash": 1e6, "ambition": VENTURE}
    made = place(
        [firm(**row | (columns or {})), firm(cash=1e6)],
        {"acquired_round": 12.0, "acquired_sd": 0.0, "acquired_away": 0.0, "public_haircut": 0.1}
        | (p or {}),
        stakes=[{"firm": 1_000} | s for s in stakes],
        funds=funds,
        **rest,
    )
    run("exits", made)
    return made


def test_owners_are_paid_their_share():
    made = sold(
        [
            {"holder_kind": OPERATOR, "share": 0.06},
            {"holder_kind": FUND, "holder": 900_000, "share": 0.2, "preference": 1e6},
        ],
        funds=[{"operator_share": 0.25}],
    )
    assert made.tally["acquisitions"][0] == 1
    assert made.tally["exit_value"][0] == pytest.approx(1e7)
    # Stakes that the public holds sell later and lower.
    assert paid(made, WORLD, OPERATOR, EXIT) == pytest.approx(0.9 * 6e5)
    assert paid(made, WORLD, FUND, EXIT) == pytest.approx(2e6)
    assert paid(made, FUND, OPERATOR, DISTRIBUTION) == pytest.approx(5e5)
    assert paid(made, FUND, WORLD, DISTRIBUTION) == pytest.approx(15e5)
    assert paid(made, WORLD, HOUSEHOLDS, EXIT) == pytest.approx(7.4e6)
    assert made.funds.rows["distributed"][0] == pytest.approx(2e6)
    assert len(made.stakes) == 0
    row = made.firms.rows[0]
    assert (row["sold"], row["share_founders"], row["share_funds"]) == (1, 1, 0)


def test_preferences_come_before_ordinary_shares():
    # Worth 10 million, but 15 went in: those who hold preferences share what there is.
    made = sold(
        [
            {"holder_kind": FUND, "holder": 900_000, "share": 0.2, "preference": 12e6},
            {"holder_kind": FUND, "holder": 900_001, "share": 0.1, "preference": 3e6},
        ],
        funds=[{}, {}],
    )
    assert made.funds.rows["distributed"].tolist() == pytest.approx([8e6, 2e6])
    assert paid(made, WORLD, HOUSEHOLDS, EXIT) == pytest.approx(0, abs=1e-3)


def test_a_preference_above_the_share_takes_from_founders():
    made = sold(
        [{"holder_kind": FUND, "holder": 900_000, "share": 0.2, "preference": 5e6}], funds=[{}]
    )
    assert made.funds.rows["distributed"][0] == pytest.approx(5e6)
    assert paid(made, WORLD, HOUSEHOLDS, EXIT) == pytest.approx(5e6)


def test_a_listing_turns_preferences_into_shares():
    made = sold(
        [{"holder_kind": FUND, "holder": 900_000, "share": 0.2, "preference": 5e9}],
        {"maturity": 4, "valuation": 3e9},
        funds=[{}],
        p={"acquired_round": 0.0, "listed": 12.0, "listed_value": 2e9},
    )
    assert made.tally["listings"][0] == 1
    assert made.funds.rows["distributed"][0] == pytest.approx(6e8)
    assert paid(made, WORLD, HOUSEHOLDS, EXIT) == pytest.approx(24e8)


@pytest.mark.parametrize(
    "columns", [{"maturity": 2}, {"maturity": 4, "valuation": 1.9e9}, {"ambition": BRANCH}]
)
def test_some_are_neither_bought_nor_listed(columns):
    p = {"listed": 12.0, "listed_value": 2e9}
    if columns.get("maturity") == 4:
        p["acquired_round"] = 0.0
    made = sold([], columns, p=p)
    assert made.tally["listings"][0] + made.tally["acquisitions"][0] == 0


def test_an_unfunded_firm_is_worth_a_year_of_revenue():
    p = {"acquired": 12.0}
    made = sold([], {"rounds": 0, "revenue": 4e5, "contract_income": 1e5}, p=p)
    assert made.tally["exit_value"][0] == pytest.approx(6e6)


def test_some_that_are_bought_are_moved_away():
    made = sold([], p={"acquired_away": 1.0})
    assert made.firms.rows["uid"].tolist() == [1_001]
    assert made.fates[0]["how"].tolist() == [ACQUIRED]


def test_nothing_of_a_firm_stays_behind():
    rows = [
        firm(fate=fate, staff=40, cash=1e4) for fate in (0, CLOSED, 0, MOVED_REGION, MOVED_AWAY)
    ]
    pairs = [(0, 1), (0, 2), (1, 3), (2, 4), (2, 0)]
    made = place(
        rows,
        ties=[{"a": a, "b": b, "strength": 1.0} for a, b in pairs],
        stakes=[{"holder_kind": OPERATOR, "firm": 1_000 + k, "share": 0.1} for k in range(5)],
        staffed=True,
    )
    made.firms.rows["share_operator"], made.firms.rows["share_founders"] = 0.1, 0.9
    people = made.people.rows
    people.home_cell[::2] = 0
    made.cells.rows["let_housing"] = 100 * 30.0
    before, uids = len(made.people), people.uid[people.employer == 2].copy()
    run("exits", made)
    firms, people = made.firms.rows, made.people.rows
    assert firms["uid"].tolist() == [1_000, 1_002]
    assert made.cells.rows["let_office"][0] == pytest.approx(2 * 480)
    assert made.stakes.rows["firm"].tolist() == [1_000, 1_002]
    assert [(int(t["a"]), int(t["b"])) for t in made.ties.rows] == [(0, 1), (1, 0)]
    # The staff of those that stay are found at the new row.
    assert sorted(people.uid[people.employer == 1].tolist()) == sorted(uids.tolist())
    assert np.bincount(people.employer[people.employer >= 0]).tolist() == [40, 40]
    assert before - len(made.people) == made.tally["people_left"][0] > 0
    # Those whose firm closed seek work; those whose firm moved may live on here or go.
    assert (people.employer == -1).sum() == 40
    homes = (people.home_cell >= 0).sum()
    assert made.cells.rows["let_housing"][0] == pytest.approx(30 * homes)
    (fates,) = made.fates
    assert dict(zip(fates["uid"].tolist(), fates["how"].tolist(), strict=True)) == {
        1_001: CLOSED,
        1_003: MOVED_REGION,
        1_004: MOVED_AWAY,
    }


def test_stakes_in_those_who_leave_are_sold_below_their_worth():
    made = place(
        [firm(fate=MOVED_REGION, rounds=1, valuation=1e7, share_operator=0.1, share_founders=0.9)],
        {"stake_away": 0.5, "public_haircut": 0.2},
        stakes=[{"holder_kind": OPERATOR, "firm": 1_000, "share": 0.1}],
    )
    run("exits", made)
    assert paid(made, WORLD, OPERATOR, EXIT) == pytest.approx(0.1 * 0.5 * 1e7 * 0.8)
    assert paid(made, WORLD, HOUSEHOLDS, EXIT) == pytest.approx(0.9 * 0.5 * 1e7)


def test_those_who_take_the_money_and_run_pay_back():
    terms = programme("settlement_grant", cny_month=2_000.0, clawback_months=12)
    rows = [
        firm(fate=MOVED_AWAY, cash=1e6, **running(0, 4)),
        firm(fate=CLOSED, cash=1e6, **running(0, 4)),
        firm(fate=0, **running(0, 4)),
    ]
    made = place(rows, programmes=[terms], month=10)
    run("exits", made)
    # Seven months were paid, this one among them.
    assert paid(made, FIRM, GOVERNMENT, CLAWBACK) == pytest.approx(7 * 2_000)
    late = place([firm(fate=MOVED_AWAY, cash=1e6, **running(0, 4))], programmes=[terms], month=16)
    run("exits", late)
    assert paid(late, FIRM, GOVERNMENT, CLAWBACK) == 0


def test_founders_of_closed_firms_found_again_or_go():
    count = 2_000
    made = place(
        [firm(fate=CLOSED, staff=1)] * count + [firm()],
        {"found_again": 0.3},
        teams=[{"venture": 1_000 + k, "cash": 0.0, "cofounder": 1} for k in range(count + 1)]
        + [{"gone": 1, "cash": 5.0}],
    )
    run("exits", made)
    teams = made.founders.rows
    again = teams["venture"] == 0
    assert close_to_share(again.sum(), count, 0.3)
    assert (teams["previous_ventures"][again] == 1).all()
    assert (teams["cofounder"][again] == 0).all()
    assert teams["venture"][~again].tolist() == [1_000 + count]
