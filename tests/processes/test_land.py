"""Land: floor is built in time and paid for, the rule on its use holds, units and plants change hands."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import all_parameters, location
from sim.state.catalogue import OPEN_GROUND, SECTORS, ZONES
from sim.state.columns import LAB, MOVED_AWAY, NEVER, PRODUCTION, WORKER
from sim.state.ledger import (
    ANCHOR_PROJECT,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    LAND,
    OPERATOR,
    OWNERS,
    SPACE_PROGRAMME,
    SPLIT_SALE,
    WORLD,
)  # fmt: skip
from sim.state.space import find_floor, fits_upstairs
from tests.processes.rows import firm, paid, run, use, world

PLANT_ZONE, PARK = ZONES.index("production"), ZONES.index("park")
EQUIPMENT = SECTORS.index("equipment")
BARE = {"floor_office": 0.0, "floor_lab": 0.0, "floor_housing": 0.0, "far": 1.0}
PLANT = BARE | {"zone": PLANT_ZONE, "floor_production": 10_000.0}
EMPTY = BARE | {"zone": OPEN_GROUND}
OFFICES = BARE | {"zone": PARK, "floor_office": 10_000.0}
NORMS = {"price_land": 1_000.0, "industrial_m2": 1e6, "worker_share": 1.0, "developer_share": 0.0}
MARKET = {"rent_production": 30.0, "vacancy_production": 0.5, "vacancy_home": 0.5}
PROGRAMME = {"new_production_m2": 6_000, "cost_cny_m2": 2_000, "build_months": 6}
OWN_COST = all_parameters()["land"].declared["plant_cost"].default


def maker(**columns):
    """Return a maker of 50 workers in a plant of 3,000 m², with cash for what it needs."""
    plain = {"use": PRODUCTION, "sector": EQUIPMENT, "area": 3_000.0, "rent": 30.0, "workers": 50}
    return firm(**{**plain, "cash": 1e9, **columns})


def place(firms=(), cells=None, levers=(), market=None, **rest):
    """Return a world of plants, offices and open ground for 24 months."""
    made = world(
        list(firms), cells=cells or [PLANT, OFFICES, EMPTY, EMPTY], levers=levers, norms=NORMS,
        market=MARKET | (market or {}), month=24, **rest,
    )  # fmt: skip
    made.month = 0
    made.months = made.rules.rows.size
    made.buildings = np.array([0, 1])
    return made


def floor(made, name):
    return float(made.cells.rows[f"floor_{name}"].sum())


def months(made, count):
    for _ in range(count):
        run("land", made)
        made.month += 1
    return made


def test_a_plant_is_paid_for_at_once_and_there_when_it_opens():
    made = place(levers=(use("space_programme", **PROGRAMME),))
    run("land", made)
    land = 6_000 / 1.0 * 1_000
    assert paid(made, OWNERS, WORLD, SPACE_PROGRAMME) == pytest.approx(6_000 * 2_000)
    assert paid(made, OWNERS, GOVERNMENT, LAND) == pytest.approx(land)
    assert made.operators.rows["debt"][0] == pytest.approx(6_000 * 2_000 + land)
    assert floor(made, "production") == 10_000
    months(made, 6)
    assert floor(made, "production") == 10_000
    made.flows[:] = 0
    run("land", made)
    assert floor(made, "production") == 16_000
    assert made.operators.rows["owned_plants"][0] == made.operators.rows["owned_m2"][0] == 6_000
    assert made.cells.rows["owned_production"].sum() == 6_000
    assert made.buildings.size == 3
    assert not made.flows.any()  # what is asked for once is built once


def test_the_government_builds_as_its_budget_comes_due_and_owners_at_once():
    levers = (use("space_programme", **PROGRAMME, payer="government"),)
    made = run("land", place(levers=levers, government={"budget_left": 2_400_000.0}))
    begun = made.projects.rows["m2"].sum()
    assert paid(made, GOVERNMENT, WORLD, SPACE_PROGRAMME) == pytest.approx(begun * 2_000)
    assert begun == pytest.approx(2_400_000 / 12 / 2_000)
    assert made.operators.rows["debt"][0] == 0
    made = run("land", place(levers=(use("space_programme", **PROGRAMME, payer="firm"),)))
    assert made.projects.rows["m2"].sum() == 6_000
    assert made.operators.rows["debt"][0] == 0


def test_old_stock_is_shut_where_it_is_vacant_and_comes_back_as_new():
    old = PLANT | {"old": 1.0}
    made = place([maker()], cells=[old, OFFICES], levers=(
        use("space_programme", renew_share_year=0.5, cost_cny_m2=2_000),))  # fmt: skip
    months(made, 13)  # a building is renewed whole, once a half of it is due
    assert floor(made, "production") == 3_000  # what is let stays
    assert made.cells.rows["old"][0] == 1
    months(made, 6)
    assert floor(made, "production") == 10_000
    assert made.cells.rows["old"][0] == 0
    assert paid(made, OWNERS, WORLD, SPACE_PROGRAMME) == pytest.approx(10_000 * 2_000 * 0.5)


def test_only_vacant_floor_is_converted_and_plants_keep_their_share():
    asked = {"convert_m2": 9_000, "convert_from": "production", "convert_to": "office"}
    made = run("land", place([maker()], levers=(use("space_programme", **asked),)))
    assert floor(made, "production") == 3_000
    assert made.projects.rows["m2"].sum() == 7_000
    rule = use("land_use_rule", production_share_min=0.4)
    made = run("land", place([maker()], levers=(use("space_programme", **asked), rule)))
    assert floor(made, "production") == pytest.approx(0.4 * 20_000)
    made.month = 6
    run("land", made)
    assert floor(made, "office") == pytest.approx(12_000)


@pytest.mark.parametrize(("vacancy", "factor", "builds"), [
    (0.05, 1.0, True), (0.079, 1.0, True), (0.081, 1.0, False), (0.081, 0.5, True), (0.3, 0.5, False),
])  # fmt: skip
def test_owners_build_where_plants_are_short_and_sooner_on_cheaper_land(vacancy, factor, builds):
    lever = use("land_price", price_factor=factor)
    made = run("land", place(levers=(lever,), market={"vacancy_production": vacancy}))
    assert (made.projects.rows.size > 0) == builds
    if builds:
        ratio = (OWN_COST + 1_000) / (OWN_COST + 1_000 * factor)
        area = 10_000 * 0.04 / 12 * ratio**1.5
        assert made.projects.rows["m2"].sum() == pytest.approx(area)
        assert paid(made, OWNERS, GOVERNMENT, LAND) == pytest.approx(area * 1_000 * factor)
        assert made.tally["land_forgone"][0] == pytest.approx(area * 1_000 * (1 - factor))


def test_owners_turn_vacant_plants_into_dearer_offices_that_are_short():
    short = {"rent_office": 60.0, "vacancy_office": 0.05}
    made = run("land", place([maker()], market=short))
    assert made.projects.rows["m2"].sum() == pytest.approx(7_000 * 0.2 / 12)
    made = run("land", place([maker()], market=short | {"rent_office": 35.0}))
    assert made.projects.rows.size == 0


def test_who_can_pay_buys_its_unit_and_owes_the_rest():
    poor, rich, small = maker(cash=5e5), maker(landlord=1), maker(area=1_000.0)
    made = place([poor, rich, small], levers=(use("split_sale", allowed=1, price_cny_m2=1_000),),
                 params={"land": {"buy_rate": 1.0}}, operator={"owned_m2": 3_000.0,
                 "owned_plants": 3_000.0}, cells=[PLANT | {"owned_production": 3_000.0}, OFFICES])  # fmt: skip
    run("land", made)
    rows = made.firms.rows
    assert rows["owns_space"].tolist() == [0, 1, 0]
    assert paid(made, FIRM, OPERATOR, SPLIT_SALE) == pytest.approx(0.2 * 3_000 * 1_000)
    assert paid(made, OWNERS, OPERATOR, SPLIT_SALE) == pytest.approx(0.8 * 3_000 * 1_000)
    monthly = 0.04 / 12
    part = 0.8 * monthly / (1 - (1 + monthly) ** -180)
    assert rows["loan"][1] == pytest.approx(part * 3_000 * 1_000)
    assert made.operators.rows["owned_plants"][0] == made.cells.rows["owned_production"][0] == 0
    run("accounts", made)
    assert paid(made, FIRM, OWNERS, SPLIT_SALE) == pytest.approx(rows["loan"][1])
    rows["loan_until"] = made.month
    run("land", made)
    assert rows["loan"][1] == 0


def test_owners_leave_less_than_tenants_and_instalments_weigh_like_rent():
    p, acc = all_parameters()["location"].record(), all_parameters()["accounts"].record()
    shares = []
    for extra in ({}, {"owns_space": 1, "loan": 90_000.0}, {"owns_space": 1}):
        made = place([maker(area=3_000.0, occasion_until=99, **extra) for _ in range(3_000)],
                     cells=[PLANT | {"floor_production": 1e8}])  # fmt: skip
        made.norms["leave_intercept"] = -2.0
        location.decide(
            made.firms.rows, made.cells.rows, made.market, made.norms, made.operators.rows,
            made.rules.programmes, p, acc, -1, made.tally, 3, 1,
        )  # fmt: skip
        shares.append((made.firms.rows["fate"] > 0).mean())
    assert shares[2] < 0.5 * shares[1]
    assert shares[1] < shares[0]  # who owns is embedded besides


def test_builders_need_no_floor_and_leave_when_their_work_is_done():
    made = place([maker(work_until=1, area=0.0, ambition=3)], staffed=True)
    run("location", made)
    assert made.firms.rows["fate"][0] == 0
    assert made.firms.rows["area"][0] == 0
    made.month = 1
    run("location", made)
    assert made.firms.rows["fate"][0] == MOVED_AWAY


def test_makers_that_do_not_fit_pass_over_stacked_plants():
    made = place(cells=[PLANT | {"upstairs": 1}, PLANT])
    cells, buildings = made.cells.rows, made.buildings
    assert find_floor(cells, buildings, PRODUCTION, 100.0, 0, True) == 0
    assert find_floor(cells, buildings, PRODUCTION, 100.0, 0, False) == 1
    fits = [fits_upstairs(uid, PRODUCTION, 0.3, 7) for uid in range(4_000)]
    assert np.mean(fits) == pytest.approx(0.3, abs=0.03)
    assert all(fits_upstairs(uid, LAB, 0.0, 7) for uid in range(20))


def test_an_anchor_firm_opens_its_own_plant_with_people_and_orders():
    lever = use("anchor_project", staff=200, build_months=6, local_purchase_share=0.2,
                capex_cny=5e6, task_force=1)  # fmt: skip
    made = place([maker(), firm()], levers=(lever,))
    run("land", made)
    assert paid(made, GOVERNMENT, HOUSEHOLDS, ANCHOR_PROJECT) > 0
    before = made.firms.rows["revenue"].copy()
    assert made.market["task_force"][0] > 0
    months(made, int(made.projects.rows["opens"][0]) + 1)
    rows = made.firms.rows
    assert made.projects.rows["opens"][0] < 6
    assert rows.size == 3
    assert (rows["staff"][-1], rows["workers"][-1]) == (100, 100)
    assert made.people.n == 100
    assert (made.people.rows.kind == WORKER).all()
    assert made.cells.rows["let_production"][rows["cell"][-1]] >= 200 * 60
    assert rows["revenue"][0] > before[0]
    assert rows["revenue"][1] == before[1]  # offices supply nothing to it
    assert rows["lease_end"][-1] == NEVER
    assert made.market["task_force"][0] == 0


def test_pooled_facilities_and_solar_roofs_save_with_neighbours_no_more_than_together():
    one = maker(local_supply=0.9, developers=0)
    rules = {"pv_saving": 0.1}
    plain = run("accounts", place([one])).firms.rows["cost"][0]
    both = run("accounts", place([one], rules=rules, market={"pv_share": 1.0})).firms.rows["cost"][
        0
    ]
    alone = run("accounts", place([maker(local_supply=0.0)])).firms.rows["cost"][0]
    other = alone - plain  # .9 of the most that neighbours save
    assert alone - both == pytest.approx(other / 0.9)
