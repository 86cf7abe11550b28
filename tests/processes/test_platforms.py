"""Platforms that levers add: who gets a slot at what price, what it brings, what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.filters import parse_filter
from sim.state.columns import ENDED, LAB, PROVEN, SCREENED, STUDENT
from sim.state.ledger import (
    FIRM,
    GOVERNMENT,
    INSTITUTION_PLACEMENT,
    MARKET_LAUNCH,
    OPERATOR,
    OWNERS,
    PILOT_PLATFORM,
    POC_CENTRE,
    SCENE_OPENING,
    SHARED_LAB,
    SHARED_MANUFACTURING,
    SUPPLIES,
    WORLD,
)
from tests.processes.rows import (
    AI,
    BRANCH,
    MANY,
    NEVER,
    SOFTWARE,
    VENTURE,
    close_to_share,
    firm,
    next_month,
    paid,
    run,
    use,
    world,
)

NEW = {"maturity": 0, "staff": 4, "cash": 1e9}
NEVER_ALONE = {f"median_{k}": 1e7 for k in range(4)} | {"screen_bar": -2.0, "slot_elasticity": 1.0}
POC = {"poc_extra": 7.0, "poc_gain": 1e9}


def developed(rows, rules, p=None, norms=None, **rest):
    made = world(
        rows, rules=rules, norms=norms, params={"development": NEVER_ALONE | (p or {})}, **rest
    )
    return run("development", made)


def test_added_slots_come_on_top_of_the_places_own():
    made = developed([firm(**NEW)] * 50, POC, {"platform_gain": 1e9}, {"poc_slots": 5.0})
    assert made.firms.rows["maturity"].sum() == 12


@pytest.mark.parametrize(
    ("rules", "levels"),
    [
        ({"poc_extra": 99.0, "poc_gain": 1e9}, (0, 1)),
        ({"scene_extra": 99.0, "scene_gain": 1e9}, (3,)),
    ],
)
def test_slots_are_for_their_own_levels(rules, levels):
    rows = [firm(**NEW | {"maturity": level}) for level in range(4)]
    rows.append(firm(**NEW | {"maturity": levels[0], "ambition": BRANCH}))
    moved = developed(rows, rules).firms.rows["maturity"] - [0, 1, 2, 3, levels[0]]
    assert moved.tolist() == [int(level in levels) for level in range(4)] + [0]


def test_demand_for_slots_falls_with_their_price():
    made = developed([firm(**NEW)] * MANY, {"poc_extra": 1e6, "poc_price": 50_000.0},
                     {"poc_worth": 50_000.0})  # fmt: skip
    bought = (made.firms.rows["proven"] > 0).sum()
    assert close_to_share(bought, MANY, 0.5)
    assert paid(made, FIRM, OPERATOR, POC_CENTRE) == pytest.approx(bought * 50_000)


def test_nobody_buys_a_slot_with_the_money_that_pays_the_next_months():
    rows = [firm(**NEW | {"cash": cash, "cost": 1_000.0}) for cash in (4_000.0, 3_999.0)] * 200
    made = developed(rows, {"poc_extra": 1e6, "poc_price": 1_000.0}, {"poc_worth": 500_000.0})
    proven = made.firms.rows["proven"] > 0
    assert proven[::2].sum() > 180
    assert not proven[1::2].any()


def test_the_centre_ends_a_share_of_the_weak_projects_once():
    p = {"signal_noise": 0.2, "screen_bar": 0.0}
    rows = [firm(**NEW | {"quality": q}) for q in (-5.0, 5.0)] * MANY
    made = developed(rows, {"poc_extra": 1e6, "poc_screen": 0.3}, p)
    proven = made.firms.rows["proven"]
    assert close_to_share((proven[::2] == ENDED).sum(), MANY, 0.3)
    assert (proven[1::2] == SCREENED).all()
    assert made.tally["projects_screened"][0] == (proven == ENDED).sum()
    before = proven.copy()
    next_month(made)
    run("development", made)
    assert (made.firms.rows["proven"] == before).all()


def test_a_project_that_was_ended_closes_its_firm():
    made = world([firm(proven=ENDED, cash=1e9), firm(proven=PROVEN, cash=1e9)],
                 params={"exits": {"failure_weight": 0.0, "failure_floor": 0.0}}, staffed=True)  # fmt: skip
    run("exits", made)
    assert made.firms.rows["proven"].tolist() == [PROVEN]
    assert made.tally["closures"][0] == 1


def test_a_level_reached_at_the_centre_is_proof_that_funds_believe():
    made = developed([firm(**NEW)], POC)
    assert made.firms.rows["proven"][0] == PROVEN
    rows = [firm(ambition=VENTURE, maturity=0, sought_since=0, proven=p) for p in (0, PROVEN)]
    p = {"meeting": 1e9, "bar_0": -2.0, "first_grant": 1.0, "noise": 0.2, "maturity_weight": 0.0}
    made = world(rows * MANY, funds=[{"dry_powder": 1e18}], params={"finance": p})
    run("finance", made)
    rounds = made.firms.rows["rounds"]
    odds = [share / (1 - share) for share in (rounds[::2].mean(), rounds[1::2].mean())]
    assert odds[1] / odds[0] == pytest.approx(np.e, rel=0.15)


def test_scenes_go_by_quality_where_the_rule_says_so():
    rows = [firm(**NEW | {"maturity": 3, "quality": q}) for q in np.linspace(-9, 9, 40)]
    made = developed(rows, {"scene_extra": 10.0, "scene_quality": 1.0}, {"signal_noise": 0.2})
    chosen = made.firms.rows["scene_until"] >= 0
    assert chosen.sum() == 10
    assert chosen[-8:].all()


def test_a_scene_costs_a_fee_and_vouches_for_the_product_afterwards():
    made = developed([firm(**NEW | {"maturity": 3})] * 3,
                     {"scene_extra": 2.0, "scene_fee": 1.0}, {"scene_months": 12.0})  # fmt: skip
    assert paid(made, FIRM, OPERATOR, SCENE_OPENING) == pytest.approx(2)
    assert sorted(made.firms.rows["scene_until"].tolist()) == [-1, 12, 12]
    new = {"maturity": 4, "first_order": NEVER}
    made = world([firm(scene_until=5, **new), firm(scene_until=4, **new)] * MANY, month=5,
                 params={"sales": {"first_order": 0.1, "scene_gain": 1.0}})  # fmt: skip
    run("sales", made)
    got = made.firms.rows["first_order"] == 5
    assert close_to_share(got[::2].sum(), MANY, 0.2)
    assert close_to_share(got[1::2].sum(), MANY, 0.1)


def piloted(rows, built=2.0, chosen=None, **fields):
    made = world(
        rows,
        levers=(use("pilot_platform", slots_month=4, speed_gain=2, **fields),),
        norms={"budget_cny_year": 1e12},
        params={"development": NEVER_ALONE},
    )
    if chosen:
        from dataclasses import replace

        spoken = replace(made.rules.spoken[0], eligible=parse_filter(chosen))
        made.rules = replace(made.rules, spoken=(spoken,))
    run("policy", made)
    made.built[:] = built
    run("policy", made)
    return run("development", made)


def test_a_pilot_base_is_built_as_money_allows_and_stands_in_the_rules():
    made = world(levers=(use("pilot_platform", slots_month=4, capex_cny=8e6, public_share=0.25),),
                 norms={"budget_cny_year": 12e6})  # fmt: skip
    made.months = made.rules.rows.size
    run("policy", made)
    run("government", made)  # a twelfth of the year's budget has come due
    assert made.built.tolist() == [2]
    assert paid(made, GOVERNMENT, WORLD, PILOT_PLATFORM) == pytest.approx(1e6)
    assert paid(made, OWNERS, WORLD, PILOT_PLATFORM) == pytest.approx(3e6)
    assert made.operators.rows["debt"][0] == pytest.approx(3e6)
    run("policy", made)
    assert made.rule["pilot_extra"][0] == 2


def test_of_a_base_of_others_only_the_public_part_is_in_the_books():
    made = world(levers=(use("pilot_platform", slots_month=1, capex_cny=8e6, owner="institute"),),
                 norms={"budget_cny_year": 1e12})  # fmt: skip
    made.months = made.rules.rows.size
    run("policy", made)
    run("government", made)
    assert paid(made, GOVERNMENT, WORLD, PILOT_PLATFORM) == pytest.approx(4e6)
    assert made.operators.rows["debt"][0] == 0


def test_its_slots_are_sold_by_its_owner_who_runs_it():
    rows = [firm(**NEW | {"maturity": 2})] * 9
    made = piloted(rows, price_cny=0.0, cost_cny_slot=1_000.0)
    assert paid(made, OPERATOR, WORLD, PILOT_PLATFORM) == pytest.approx(2_000)
    made = piloted(rows * 20, built=1e3, price_cny=200_000.0, owner="institute")
    assert paid(made, OPERATOR, WORLD, PILOT_PLATFORM) == 0
    assert paid(made, FIRM, WORLD, PILOT_PLATFORM) > 0
    assert paid(made, FIRM, OPERATOR, PILOT_PLATFORM) == 0


def test_it_serves_the_firms_that_are_eligible():
    rows = [firm(**NEW | {"maturity": 2, "sector": s}) for s in (AI, SOFTWARE)] * 50
    made = piloted(rows, built=1e3, price_cny=1_000.0, chosen="sector == ai")
    cash = made.firms.rows["cash"]
    assert (cash[::2] < 1e9).sum() > 40
    assert (cash[1::2] == 1e9).all()


LAB_RULES = {"lab_m2": 600.0, "lab_price": 0.0, "lab_quality": 0.12, "lab_speed": 1.0}


def opened(rows, rules, **rest):
    made = world(rows, rules=rules, operator={"capacity": 0.0, "weight_rent": 0.5},
                 params={"services": {"lab_m2_member": 60.0, "plant_effort": 0.0}}, **rest)  # fmt: skip
    return run("services", made)


def test_the_lab_takes_members_until_it_is_full_and_keeps_them():
    rows = [firm(maturity=m % 5, cash=1e9) for m in range(100)]
    made = opened(rows, LAB_RULES)
    members = made.firms.rows["lab_member"].copy()
    assert members.sum() == 10
    assert set((np.flatnonzero(members) % 5).tolist()) <= {1, 2, 3}
    assert made.firms.rows["quality"][members == 1].tolist() == pytest.approx([0.01] * 10)
    next_month(made)
    run("services", made)
    assert (made.firms.rows["lab_member"] == members).all()
    made.rules.rows["lab_m2"] = 0.0
    run("services", made)
    assert not made.firms.rows["lab_member"].any()


def test_fewer_join_the_lab_at_a_price():
    made = opened([firm(maturity=2, cash=1e9)] * MANY,
                  LAB_RULES | {"lab_m2": 1e9, "lab_price": 6_000.0})  # fmt: skip
    members = made.firms.rows["lab_member"].sum()
    assert close_to_share(members, MANY, 0.5)
    assert paid(made, FIRM, OPERATOR, SHARED_LAB) == pytest.approx(members * 6_000)


def test_members_get_on_faster_on_the_way_to_the_field():
    rows = [firm(**NEW | {"maturity": level, "lab_member": 1}) for level in range(4)]
    made = developed(rows, LAB_RULES | {"lab_speed": 1e9})
    assert (made.firms.rows["maturity"] - [0, 1, 2, 3]).tolist() == [0, 1, 1, 0]


def test_members_of_the_lab_meet_more():
    def ties(member):
        rows = [firm(cell=i % 2, x=100.0 * (i % 2), lab_member=member) for i in range(60)]
        made = world(rows, cells=[{}, {}], norms={"tie_rate": 2.0}, rules={"lab_draw": 1.0})
        run("encounters", made)
        return len(made.ties)

    assert ties(1) > 1.3 * ties(0) > 0


PLANT = {"plant_m2": 1e6, "plant_cut": 0.5, "plant_price": 10.0}
MAKER = {"use": LAB, "staff": 10, "area": 400.0, "cash": 1e9}


def test_makers_move_to_shared_floor_where_it_saves_them_money():
    made = opened(
        [firm(**MAKER), firm(**MAKER | {"use": 0}), firm(ambition=BRANCH, **MAKER)], PLANT
    )
    assert made.firms.rows["shared_m2"].tolist() == [200, 0, 0]
    assert paid(made, FIRM, OPERATOR, SHARED_MANUFACTURING) == pytest.approx(2_000)
    # Half of 100 CNY/m2 of rent and of other cost is saved: a price above both is not paid.
    wages = 10 * 30_000 * 0.15 * 0.5
    least = (200 * 100 + wages) / 200
    for price, joins in ((least - 1, True), (least + 1, False)):
        made = opened([firm(**MAKER)], PLANT | {"plant_price": price})
        assert bool(made.firms.rows["shared_m2"][0] > 0) is joins


def test_shared_floor_is_given_out_until_it_is_full():
    made = opened([firm(**MAKER)] * 9, PLANT | {"plant_m2": 700.0})
    shared = made.firms.rows["shared_m2"]
    assert shared.sum() == pytest.approx(700)
    assert sorted(shared.tolist())[-3:] == [200, 200, 200]


def test_users_save_fixed_cost_and_give_up_floor():
    rows = [firm(shared_m2=m2, **MAKER) for m2 in (0.0, 200.0)]
    made = world(rows, rules=PLANT)
    run("accounts", made)
    cost = made.firms.rows["cost"]
    other = 10 * 30_000 * 0.15
    assert cost[0] - cost[1] == pytest.approx(0.5 * other - 2_000)
    assert paid(made, FIRM, WORLD, SUPPLIES) == pytest.approx(1.5 * other)
    made = world(rows, rules=PLANT, norms={"leave_intercept": -99.0})
    made.firms.rows["wanted"] = 10.0
    run("location", made)
    assert made.firms.rows["area"].tolist() == [400, 200]
    assert made.cells.rows["let_lab"][0] == pytest.approx(600)


def test_shared_manufacturing_is_a_platform_for_what_is_in_the_making():
    rows = [firm(**MAKER | {"maturity": k, "shared_m2": 200.0}) for k in range(4)]
    made = developed(rows, PLANT, {"platform_gain": 1e9})
    assert (made.firms.rows["maturity"] - [0, 1, 2, 3]).tolist() == [0, 1, 1, 0]


def placed(months, **fields):
    made = world(
        levers=(use("institution_placement", capex_cny_each=1e6, **fields),),
        operator={"reputation": 0.0},
        norms={"firms": 1.0, "runway_mean": 12.0, "budget_cny_year": 1e12},
        params={"founding": {"alumni_years": 3.0}},
        month=months,
    )
    made.months = made.rules.rows.size
    for month in range(months + 1):
        made.month = month
        for process in ("policy", "founding", "government"):
            run(process, made)
    return made


def test_institutions_brought_in_teach_and_their_graduates_come_later():
    made = placed(1, universities=1, institutes=1, students_each=480, faculty_each=50)
    rows = made.institutions.rows
    assert sorted(rows["kind"].tolist()) == [0, 1]
    university = rows[rows["kind"] == 0][0]
    assert (university["faculty"], university["students"]) == (50, 120)
    assert university["graduates_per_year"] == 0
    assert rows["frontier"][rows["kind"] == 1][0] == 3
    people = made.people.rows
    assert (people.kind == STUDENT).sum() == 120
    assert made.people.adults().size == len(made.people) - 120
    assert made.people.cohort(49, 48).size == 120


def test_their_graduates_found_years_after_the_first_intake():
    made = placed(1 + 48 + 18, universities=1, students_each=480)
    row = made.institutions.rows[0]
    assert row["students"] == 480
    assert row["graduates_per_year"] == pytest.approx(60)


def test_the_government_pays_for_institutions_as_it_can():
    made = placed(0, universities=3)
    assert paid(made, GOVERNMENT, WORLD, INSTITUTION_PLACEMENT) == pytest.approx(3e6)
    assert made.built.tolist() == [3]
    assert paid(made, GOVERNMENT, FIRM, MARKET_LAUNCH) == 0
