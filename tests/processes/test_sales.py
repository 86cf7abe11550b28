"""Sales: growth is Laplace and drawn once a year, demand passes through, capacity binds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import (
    AI,
    MANY,
    NEVER,
    SOFTWARE,
    close_to_share,
    firm,
    next_month,
    run,
    world,
)

# Grown firms that sell, with room to serve it all.
P = {
    "growth_base": -0.02,
    "growth_young": 0.0,
    "growth_funded": 0.0,
    "spread": 0.1,
    "spread_size": 0.2,
    "spread_young": 0.0,
    "jump": 0.0,
    "demand_share": 0.5,
    "capacity": 1e12,
    "contract_fading": 0.0,
}
SELLS = {"first_order": -100, "revenue": 1e5, "growth_due": 0}


def growth_of(columns=None, p=None, n=MANY, **rest):
    made = world([firm(**SELLS | (columns or {}))] * n, params={"sales": P | (p or {})}, **rest)
    run("sales", made)
    return made.firms.rows["growth"]


def test_annual_growth_is_laplace():
    g = growth_of() + 0.02
    assert np.median(g) == pytest.approx(0, abs=0.004)
    assert np.abs(g).mean() == pytest.approx(0.1, rel=0.03)
    # Half of a Laplace lies within ln 2 scales, and its tails are exponential.
    assert close_to_share((np.abs(g) < 0.1 * np.log(2)).sum(), MANY, 0.5)
    assert close_to_share((np.abs(g) > 0.4).sum(), MANY, np.exp(-4))


def test_large_firms_grow_more_evenly_but_no_slower():
    small, large = growth_of({"staff": 10}), growth_of({"staff": 320})
    assert np.abs(large + 0.02).mean() / np.abs(small + 0.02).mean() == pytest.approx(32**-0.2)
    assert large.mean() == pytest.approx(small.mean(), abs=0.005)


def test_young_firms_grow_faster_and_less_evenly():
    p = {"growth_young": 0.3, "growth_age": 3.0, "spread_young": 1.5}
    g = growth_of({"born": -24}, p)
    young = np.exp(-2 / 3)
    assert np.median(g) == pytest.approx(-0.02 + 0.3 * young, abs=0.006)
    scale = np.abs(g - np.median(g)).mean()
    assert scale == pytest.approx(0.1 * (1 + 1.5 * young), rel=0.03)


def test_rounds_and_mentoring_lift_growth_while_they_last():
    p = {"spread": 1e-12, "growth_funded": 0.08, "mentor_growth": 0.1}
    firms = [
        {},
        {"rounds": 1, "last_round": 3},
        {"rounds": 1, "last_round": 2},
        {"mentor_until": 20, "mentor_hours": 40.0},
        {"mentor_until": 19, "mentor_hours": 40.0},
    ]
    made = world(
        [firm(**SELLS | columns) for columns in firms],
        month=20,
        params={"sales": P | p, "services": {"hours_scale": 40.0}},
    )
    run("sales", made)
    lifted = made.firms.rows["growth"] + 0.02
    np.testing.assert_allclose(lifted, [0, 0.08, 0, 0.1 * (1 - np.exp(-1)), 0], atol=1e-9)


def test_jumps_go_both_ways_and_are_of_at_least_their_size():
    p = {"spread": 1e-12, "jump": 0.3, "jump_least": 0.25}
    g = growth_of(p=p) + 0.02
    jumped = np.abs(g) > 0.01
    assert close_to_share(jumped.sum(), MANY, 0.3)
    assert np.abs(g[jumped]).min() >= 0.25 - 1e-6
    assert close_to_share((g[jumped] > 0).sum(), int(jumped.sum()), 0.5)
    # Density exponent 3: a quarter of the jumps is twice the least or more.
    assert close_to_share((np.abs(g[jumped]) > 0.5).sum(), int(jumped.sum()), 0.25)


def test_growth_is_drawn_once_a_year_and_spread_over_it():
    made = world([firm(**SELLS | {"growth_due": 3})] * 5, params={"sales": P})
    drawn = []
    for _ in range(16):
        run("sales", made)
        drawn.append(made.firms.rows["growth"].copy())
        next_month(made)
    drawn = np.array(drawn)
    assert (drawn[:3] == 0).all()
    assert (drawn[3:15] == drawn[3]).all()
    assert (drawn[15] != drawn[3]).all()
    np.testing.assert_array_equal(made.firms.rows["growth_last"], drawn[3])
    expected = 1e5 * np.exp(drawn.sum(0) / 12)
    np.testing.assert_allclose(made.firms.rows["revenue"], expected)


def test_part_of_the_demand_of_a_sector_reaches_its_firms():
    made = world(
        [firm(**SELLS | {"growth_due": NEVER, "sector": s}) for s in (AI, SOFTWARE)],
        params={"sales": P},
    )
    made.market["demand_change"][0, AI] = 0.04
    run("sales", made)
    np.testing.assert_allclose(made.firms.rows["revenue"], [1e5 * np.exp(0.02), 1e5])


def test_what_staff_cannot_serve_fades():
    p = {"capacity": 120_000.0, "capacity_slack": 1.5, "capacity_fading": 0.6, "quality": 0.2}
    rows = [
        firm(**SELLS | {"growth_due": NEVER, "revenue": r, "quality": q})
        for r, q in ((1e5, 0.0), (1.49e5, 0.0), (4e5, 0.0), (4e5, 1.0), (4e5, 30.0))
    ]
    made = world(rows, params={"sales": P | p}, norms={"density_mean": 0.0})
    run("sales", made)
    change = np.log(made.firms.rows["revenue"] / [r["revenue"] for r in rows])
    served = 10 * 120_000 / 12 * np.exp(0.2 * np.array([0, 0, 0, 1, 30]))
    over = np.maximum(0, np.log([r["revenue"] for r in rows] / (1.5 * served)))
    np.testing.assert_allclose(change, -0.05 * over, atol=1e-12)
    assert (over[2:4] > 0).all()


def test_first_orders_wait_for_the_market_and_come_with_quality():
    p = {"first_order": 0.15, "first_order_quality": 0.4, "partner_gain": 0.05}
    for columns, share in (
        ({"maturity": 3}, 0.0),
        ({"maturity": 4}, 0.15),
        ({"maturity": 4, "quality": 1.0}, 0.15 * np.exp(0.4)),
        ({"maturity": 4, "supply_ties": 4}, 0.15 * 1.2),
    ):
        made = world([firm(**columns)] * MANY, params={"sales": P | p})
        run("sales", made)
        ordered = made.firms.rows["first_order"] == 0
        assert close_to_share(ordered.sum(), MANY, share), columns
        assert ((made.firms.rows["revenue"] > 0) == ordered).all()


def test_contract_work_fades_once_there_are_orders():
    rows = [
        firm(**SELLS | {"contract_income": 1e4}),
        firm(maturity=3, contract_income=1e4),
    ]
    made = world(rows, params={"sales": P | {"contract_fading": 0.1}})
    run("sales", made)
    np.testing.assert_allclose(made.firms.rows["contract_income"], [9e3, 1e4])


def test_known_neighbours_in_the_chain_become_suppliers():
    count = 4000
    rows = [firm(sector=AI), firm(sector=AI), firm(sector=SOFTWARE), firm(sector=AI, layer=3)]
    ties = [{"a": 0, "b": b, "strength": 1.0} for b in (1, 2, 3) for _ in range(count)]
    made = world(rows, ties=ties, params={"sales": P | {"supply_rate": 0.05}})
    run("sales", made)
    supply = (made.ties.rows["kind"] == 2).reshape(3, count).sum(1)
    assert supply[0] == 0  # the same place in the chain has nothing to buy
    assert close_to_share(supply[1], count, 0.05)
    assert close_to_share(supply[2], count, 0.05)


def test_local_supply_rises_with_supply_ties_and_saturates():
    p = P | {"supply_base": 0.1, "supply_scale": 6.0, "supply_rate": 0.0}
    made = world([firm(supply_ties=k) for k in (0, 1, 6, 60)], params={"sales": p})
    run("sales", made)
    expected = 1 - 0.9 * np.exp(-np.array([0, 1, 6, 60]) / 6)
    np.testing.assert_allclose(made.firms.rows["local_supply"], expected)


def work(spread, **columns):
    """Return contract work after the anniversary of teams before the market, as a ratio."""
    team = {"maturity": 1, "first_order": NEVER, "contract_income": 1e4, "growth_due": 0}
    made = world([firm(**team | columns)] * MANY, params={"sales": P | {"contract_spread": spread}})
    run("sales", made)
    return made.firms.rows["contract_income"] / 1e4


def test_work_before_the_market_comes_and_goes_around_its_mean():
    ratio = work(0.3)
    assert ratio.mean() == pytest.approx(1, abs=0.02)
    assert np.abs(np.log(ratio / (1 - 0.09))).mean() == pytest.approx(0.3, rel=0.05)
    assert (work(0.0) == 1).all()
    assert (work(0.3, growth_due=5) == 1).all()  # once a year
    assert (work(0.3, rounds=1) == 1).all()  # who has investors does not live on it
