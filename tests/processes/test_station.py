"""The one-stop station: whom it serves, what a case costs, and what its help speeds up."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.columns import OUTSIDE
from sim.state.ledger import GOVERNMENT, HOUSEHOLDS, ONE_STOP_STATION
from tests.processes.rows import (
    AI,
    MANY,
    VENTURE,
    add_people,
    close_to_share,
    firm,
    paid,
    run,
    world,
)

CONTENT = {"supported_by": 1, "tenure": 60, "ties": 9}
ALL = 255.0
TALENT, PARTNERS = 8, 16
OPEN = {
    "station_capacity": 99.0,
    "station_gain": 1.0,
    "station_desks": ALL,
    "station_radius": 20.0,
    "station_cost": 1_000.0,
}


def served(firms, capacity=0.0, teams=(), government=None, cells=None, **rules):
    made = world(
        firms,
        teams=teams,
        cells=cells,
        operator={"capacity": capacity, "weight_rent": 0.5},
        rules=OPEN | rules,
        government=government,
        params={"services": {"ask_share": 1.0}},
    )
    return run("services", made)


def test_it_serves_those_whom_the_operators_desks_leave_waiting():
    made = served([firm(vacancies=1, **CONTENT)] * 9, capacity=4.0, station_capacity=3.0)
    firms = made.firms.rows
    assert (firms["served"] == TALENT).sum() == 4
    assert (firms["station"] == TALENT).sum() == 3
    assert (firms["served"] & firms["station"] == 0).all()
    assert made.tally["cases_asked"][0] == 9
    assert made.tally["cases_served"][0] == 7


def test_a_case_costs_the_government_until_its_budget_ends():
    made = served([firm(vacancies=1, **CONTENT)] * 9, government={"budget_left": 5_500.0})
    assert paid(made, GOVERNMENT, HOUSEHOLDS, ONE_STOP_STATION) == 5_000
    assert (made.firms.rows["station"] > 0).sum() == 5
    assert made.governments.rows["refused"][0] == 1


def test_it_reaches_the_operators_tenants_and_all_within_its_radius():
    cells = [
        {"owned_office": 100.0, "column": 0, "line": 0},
        {"column": 30, "line": 40},  # 2.5 km away
    ]
    rows = [
        firm(vacancies=1, **CONTENT),
        firm(vacancies=1, cell=1, **CONTENT),
        firm(vacancies=1, cell=1, landlord=1, **CONTENT),
    ]
    for radius, reached in ((0.0, [1, 0, 1]), (2.4, [1, 0, 1]), (2.6, [1, 1, 1])):
        made = served(rows, cells=cells, station_radius=radius)
        assert (made.firms.rows["station"] > 0).tolist() == [bool(r) for r in reached]


def test_desks_can_stay_shut():
    rows = [firm(vacancies=1, **CONTENT | {"ties": 0})]
    assert served(rows).firms.rows["station"][0] == TALENT + PARTNERS
    assert served(rows, station_desks=float(PARTNERS)).firms.rows["station"][0] == PARTNERS


def test_nascent_teams_come_for_support_and_for_a_cofounder():
    teams = [
        {"cofounder": 0, "supported_by": 1},
        {"cofounder": 1, "supported_by": 0},
        {"cofounder": 0, "supported_by": 0, "venture": 9},
    ]
    made = served([], teams=teams)
    assert made.founders.rows["station"].tolist() == [PARTNERS, 1, 0]
    # What it did last month is forgotten when it closes.
    made.rules.rows["station_capacity"] = 0.0
    run("services", made)
    assert made.founders.rows["station"].tolist() == [0, 0, 0]


def test_a_team_that_was_served_finds_a_cofounder_faster():
    def found(station):
        made = world(
            teams=[{"cofounder": 0, "station": station}] * MANY,
            rules={"station_gain": 1.5},
            market={"seekers": 100.0},
            params={"incubation": {"match_rate": 0.2, "match_half": 100.0, "solo_rate": 0.0}},
        )
        run("incubation", made)
        return made.founders.rows["cofounder"].sum()

    assert close_to_share(found(0), MANY, 0.1)
    assert close_to_share(found(PARTNERS), MANY, 0.25)


def test_a_firm_that_was_served_fills_its_posts_faster():
    def hired(station):
        rows = [firm(staff=10, revenue=1e6, station=station, area=400.0, rent=0.0)] * 400
        made = world(
            rows,
            rules={"station_gain": 1.0},
            params={
                "hiring": {"fill_here": 0.0, "fill_outside": 0.2, "job_moves": 0.0,
                           "funded_growth": 1.5},
            },
            staffed=True,
        )  # fmt: skip
        run("hiring", made)
        return made.tally["hires"][0] / made.market["openings"][0]

    assert hired(0) == pytest.approx(0.2, abs=0.06)
    assert hired(TALENT) == pytest.approx(0.4, abs=0.07)


@pytest.mark.parametrize(("desk", "gain"), [(4, "compute_gain"), (32, "expertise_gain")])
def test_compute_and_experts_found_speed_up_products(desk, gain):
    base = {"sector": AI, "maturity": 0, "staff": 4, "cash": 1e9}
    made = world(
        [firm(**base), firm(station=desk, **base)] * MANY,
        rules={"station_gain": 2.0},
        params={"development": {"median_0": 10.0, gain: 0.3}},
    )
    run("development", made)
    grown = made.firms.rows["maturity"]
    assert close_to_share(grown[1::2].sum(), MANY, 1 - np.exp(-np.log(2) / 10 * 1.6))
    assert close_to_share(grown[::2].sum(), MANY, 1 - np.exp(-np.log(2) / 10))


def test_a_firm_that_was_served_meets_funds_more_often():
    rows = [firm(ambition=VENTURE, maturity=0, sought_since=0, station=s) for s in (0, 2)] * MANY
    made = world(
        rows,
        funds=[{}],
        rules={"station_gain": 1.0},
        params={
            "finance": {"meeting": 0.05, "bar_0": 2.0, "noise": 0.2, "reach_km": 10.0},
        },
    )
    made.funds.rows["dry_powder"] = 1e18
    run("finance", made)
    rounds = made.firms.rows["rounds"]
    assert rounds[1::2].sum() / max(rounds[::2].sum(), 1) == pytest.approx(2, rel=0.25)


def test_people_outside_are_not_touched():
    made = world([firm()], rules=OPEN, operator={"capacity": 0.0, "weight_rent": 0.5})
    rows = add_people(made, employer=np.full(3, OUTSIDE))
    run("services", made)
    assert (made.people.data.employer[rows] == OUTSIDE).all()
