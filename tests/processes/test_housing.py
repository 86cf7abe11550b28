"""Housing: who leaves the place, who graduates, and who finds a home."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import housing
from sim.state.ledger import AMENITIES, GOVERNMENT, OWNERS, TALENT_APARTMENTS, WORLD
from tests.processes.rows import (
    DEVELOPER,
    MANY,
    SCIENTIST,
    WORKER,
    add_people,
    close_to_share,
    firm,
    next_month,
    paid,
    run,
    world,
)

OUTSIDE, NOBODY, STUDENT, GONE = -2, -1, 0, -1
P = {
    "leave": 0.12,
    "leave_exponent": 0.6,
    "amenity_relief": 0.25,
    "leisure_relief": 0.05,
    "satisfaction_relief": 0.1,
    "belonging_relief": 0.2,
    "settled_relief": 0.0,
    "move_in_rent": 0.5,
    "outbid": 0.0,
    "move_in_access": 0.5,
    "take_home": 0.8,
    "outside_rent": 0.5,
    "graduates_stay": 0.45,
    "graduates_look": 1.0,
}
ACC = {"wage_developer": 30_000.0, "wage_scientist": 45_000.0, "wage_worker": 8_000.0}
M2 = {DEVELOPER: 30, SCIENTIST: 30, WORKER: 15}
PAY = {DEVELOPER: 30_000, SCIENTIST: 45_000, WORKER: 8_000}


def place(p=None, **rest):
    rest["norms"] = {"apartments_discount": 0.35, "living_inside_share": 0.0} | rest.get(
        "norms", {}
    )
    rest["norms"] = {"rent_home": 120.0, "apartments": 1.0, "home_units": 1e4} | rest["norms"]
    rest["market"] = {"rent_home": 120.0} | rest.get("market", {})
    return world(params={"housing": P | (p or {}), "accounts": ACC}, **rest)


def monthly(kind, rent=120.0, relief=1.0):
    burden = rent * M2[kind] / (PAY[kind] / 1.3 * 0.8)
    return 1 - (1 - min(0.9, 0.12 * (burden / 0.3) ** 0.6 * relief)) ** (1 / 12)


@pytest.mark.parametrize("kind", [DEVELOPER, SCIENTIST, WORKER])
@pytest.mark.parametrize(
    ("columns", "factor"),
    [({"home_cell": 0}, 1.0), ({"home_cell": 0, "apartment": 1}, 0.65), ({"home_cell": -1}, 0.5)],
)
def test_people_leave_by_their_rent_burden(kind, columns, factor):
    made = place()
    add_people(made, kind=np.full(MANY, kind), employer=OUTSIDE, **columns)
    made.cells.rows["let_housing"] = MANY * M2[kind] * (columns["home_cell"] == 0)
    run("housing", made)
    gone = (made.people.rows.kind == GONE).sum()
    assert close_to_share(gone, MANY, monthly(kind, 120.0 * factor))
    assert made.tally["people_left"][0] == gone
    if columns["home_cell"] == 0:  # homes are given back
        assert made.cells.rows["let_housing"][0] == pytest.approx((MANY - gone) * M2[kind])


def left_of_many(p=None, employer=OUTSIDE, months=60, kind=DEVELOPER, **rest):
    """Return how many of MANY people on full market rent leave in a month."""
    made = place(p={"leave": 0.3} | (p or {}), **rest)
    if employer >= 0:
        made.firms.rows["staff"] = made.firms.rows["developers"] = MANY
        made.firms.rows["locals"] = MANY
    add_people(
        made, kind=np.full(MANY, kind), employer=employer, home_cell=0, tenure=np.full(MANY, months)
    )
    made.cells.rows["let_housing"] = MANY * M2[kind]
    run("housing", made)
    return (made.people.rows.kind == GONE).sum()


def chance(relief):
    burden = 120 * 30 / (30_000 / 1.3 * 0.8)
    return 1 - (1 - 0.3 * (burden / 0.3) ** 0.6 * relief) ** (1 / 12)


@pytest.mark.parametrize(
    ("access", "leisure", "relief"), [(0.8, 0.0, 1 - 0.25 * 0.8), (0.0, 1.0, 0.95)]
)
def test_amenities_and_leisure_hold_people(access, leisure, relief):
    gone = left_of_many(norms={"living_access": access}, rules={"living_leisure": leisure})
    assert close_to_share(gone, MANY, chance(relief))


@pytest.mark.parametrize("employer", [OUTSIDE, 0])
@pytest.mark.parametrize(
    ("satisfaction", "belonging", "factor"),
    [(1.0, 0.5, 0.9), (0.0, 0.5, 1.1), (0.5, 1.0, 0.8), (0.5, 0.0, 1.2)],
)
def test_satisfaction_and_belonging_hold_people(employer, satisfaction, belonging, factor):
    firms = [firm(satisfaction=satisfaction, belonging=belonging, staff=0)] * 2
    gone = left_of_many(firms=firms, employer=employer)
    assert close_to_share(gone, MANY, chance(1.0) * factor)


def test_people_feel_how_their_own_firm_fares():
    firms = [firm(belonging=b, staff=0) for b in (1.0, 0.0)]
    assert close_to_share(left_of_many(firms=firms, employer=0), MANY, chance(1.0) * 0.8)


@pytest.mark.parametrize(("belonging", "factor"), [(1.0, 0.8), (0.5, 1.0), (0.2, 1.12)])
def test_workers_feel_how_issues_of_workers_fare(belonging, factor):
    government = {"worker_belonging": belonging}
    gone = left_of_many(kind=WORKER, government=government, firms=[firm(belonging=0.9, staff=0)])
    assert close_to_share(gone, MANY, monthly(WORKER) * factor * 2.5, width=12)


@pytest.mark.parametrize(("months", "factor"), [(0, 1.2), (24, 1.0), (72, 0.9), (600, 0.808)])
def test_years_in_the_place_hold_people(months, factor):
    gone = left_of_many({"settled_relief": 0.2, "settled_months": 24.0}, months=months)
    assert close_to_share(gone, MANY, chance(1.0) * factor)


def test_leavers_leave_their_firm_and_founders_stay():
    made = place(firms=[firm(staff=400, locals=0)] * 5, p={"leave": 3.0}, staffed=True)
    people = made.people.rows
    people.founder_of[::10] = made.firms.rows["uid"][people.employer[::10]]
    run("housing", made)
    people = made.people.rows
    staying = people.employer[people.employer >= 0]
    np.testing.assert_array_equal(np.bincount(staying, minlength=5), made.firms.rows["staff"])
    assert (people.kind[::10] == DEVELOPER).all()
    assert 0 < (people.kind == GONE).sum() < 1800


def test_those_without_work_give_up_in_time():
    made = place(month=6)
    add_people(made, kind=DEVELOPER, employer=NOBODY, graduates=np.array([-1, 5, 6, 7]))
    run("housing", made)
    assert (made.people.rows.kind == GONE).tolist() == [True, True, True, False]


def test_nobody_leaves_twice():
    made = place()
    add_people(made, kind=np.array([GONE, DEVELOPER]), employer=NOBODY, graduates=-1)
    run("housing", made)
    assert made.tally["people_left"][0] == 1


def test_graduates_make_room_for_new_students_and_some_stay_to_search():
    made = place(
        norms={"students_total": 20.0 * MANY},
        p={"search_least": 6.0, "search_most": 9.0, "study_months": 40.0},
    )
    add_people(made, kind=STUDENT, employer=NOBODY, graduates=np.full(MANY, 0), institution=3)
    run("housing", made)
    people = made.people.rows
    students = people.kind == STUDENT
    assert students.sum() == MANY
    assert (people.graduates[students] == 40).all()
    seekers = people.kind == DEVELOPER
    assert close_to_share(seekers.sum(), MANY, 0.45)
    for months in (6, 7, 8, 9):
        assert close_to_share((people.graduates[seekers] == months).sum(), seekers.sum(), 0.25)
    assert (people.institution[seekers] == 3).all()
    assert np.unique(people.uid).size == len(made.people)
    count = made.tally[0]
    assert count["students_graduated"] == MANY
    assert count["people_born"] - count["people_left"] == len(made.people) - MANY


def settled(floor, flats=0, share=1.0, staff=20, firms=None, market=None, norms=None, p=None):
    made = place(
        firms=firms or [firm(staff=staff)] * 5,
        staffed=True,
        cells=[{"floor_housing": floor, "housing_outside": 0.0}] * 2,
        norms={"living_inside_share": share, "apartments": float(flats)} | (norms or {}),
        market=market or {},
        p={"leave": 0.0} | (p or {}),
    )
    made.people.rows.tenure[:] = 0
    run("housing", made)
    return made


def test_newcomers_find_homes_until_there_are_none():
    made = settled(floor=600.0)
    cells, people = made.cells.rows, made.people.rows
    assert cells["let_housing"].tolist() == [600, 600]
    assert (people.home_cell >= 0).sum() == 40
    local = np.bincount(people.employer[people.home_cell >= 0], minlength=5)
    np.testing.assert_array_equal(local, made.firms.rows["locals"])


@pytest.mark.parametrize(("outbid", "floor"), [(0.0, 18_000.0), (2.0, 18_000.0), (2.0, 1e9)])
def test_scarce_homes_go_by_income_and_plenty_to_all(outbid, floor):
    made = place(
        firms=[firm(staff=1600, developers=800, workers=800)] * 2, staffed=True,
        cells=[{"floor_housing": floor, "housing_outside": 0.0}] * 2,
        norms={"living_inside_share": 1.0, "apartments": 0.0}, p={"leave": 0.0, "outbid": outbid},
    )  # fmt: skip
    people = made.people.rows
    people.tenure[:] = 0
    people.wage[:] = np.where(people.kind == WORKER, PAY[WORKER], PAY[DEVELOPER])
    run("housing", made)
    people = made.people.rows
    housed = people.home_cell >= 0
    workers = (housed & (people.kind == WORKER)).sum()
    talent = (housed & (people.kind == DEVELOPER)).sum()
    if floor == 1e9:
        assert workers == talent == 1600
    elif outbid == 0:
        # Which homes are taken last depends on their size too: workers fill what is left.
        assert 0.9 < workers / talent < 1.25
    else:
        # Odds of (30,000 / 8,000)**2 = 14 of going first: nearly all who got one are talent.
        assert workers / talent < 0.12


def test_as_many_look_for_a_home_here_as_live_inside():
    made = settled(floor=1e9, share=0.3, staff=1000)
    assert close_to_share((made.people.rows.home_cell >= 0).sum(), 5000, 0.3)


@pytest.mark.parametrize(
    ("rent", "access", "share"),
    [(120.0, 0.0, 0.3), (240.0, 0.0, 0.3 / 2**0.5), (120.0, 1.0, 0.45), (30.0, 0.0, 0.6)],
)
def test_more_look_for_a_home_where_it_is_cheap_and_near_to_all(rent, access, share):
    # The preset has an access of 0; a living circle would have to lift it.
    made = place(
        firms=[firm(staff=1000)] * 5, staffed=True, cells=[{"floor_housing": 1e9}],
        norms={"living_inside_share": 0.3}, market={"rent_home": rent}, p={"leave": 0.0},
        rules={"living_coverage": access, "living_minutes": 15.0},
    )  # fmt: skip
    made.people.rows.tenure[:] = 0
    run("housing", made)
    assert close_to_share((made.people.rows.home_cell >= 0).sum(), 5000, share)


def in_flats(made):
    """Return which people hold an apartment, and the staff of their firms."""
    people, firms = made.people.rows, made.firms.rows
    holders = people.apartment == 1
    return holders, firms["staff"][people.employer[holders]]


def test_apartments_go_to_start_ups_first_and_then_to_others():
    firms = [firm(staff=49)] * 2 + [firm(staff=50)] * 2
    assert (in_flats(settled(1e9, flats=60, firms=firms))[1] == 49).all()
    made = settled(1e9, flats=120, firms=firms)
    sizes = in_flats(made)[1]
    assert (np.sum(sizes == 49), np.sum(sizes == 50)) == (98, 22)
    assert made.market["flats_held"][0] == 120


def test_workers_do_not_queue_for_talent_apartments():
    made = settled(1e9, flats=90, firms=[firm(developers=10, workers=30)])
    holders, _ = in_flats(made)
    assert holders.sum() == 10
    assert (made.people.rows.kind[holders] == DEVELOPER).all()


def test_the_longest_here_come_first_in_a_plain_queue():
    made = place(
        firms=[firm(staff=100)] * 2, staffed=True, cells=[{"floor_housing": 1e9}],
        norms={"living_inside_share": 1.0}, market={"flats_stock": 30.0},
        p={"leave": 0.0},
    )  # fmt: skip
    people = made.people.rows
    people.tenure[:] = np.arange(200)
    housing.settle(
        people, made.people.adults(), made.firms.rows, made.cells.rows, made.homes, made.market,
        made.norms, housing.LONGEST, 0.0, made.params["housing"], made.tally, 1, 0,
    )  # fmt: skip
    assert set(people.tenure[people.apartment == 1].tolist()) == set(range(170, 200))


def test_the_floor_of_free_apartments_is_not_let_to_others():
    # 200 homes of floor, half of them apartments; workers find none of those.
    firms = [firm(workers=1000)]
    made = settled(3000.0, flats=100, firms=firms, norms={"worker_share": 1.0})
    assert made.cells.rows["let_housing"].sum() == 3000.0
    assert made.market["flats_held"][0] == 0


def test_a_cheap_apartment_brings_people_to_live_here():
    made = settled(1e9, flats=20_000, share=0.3, firms=[firm(staff=20_000)])
    assert close_to_share((made.people.rows.home_cell >= 0).sum(), 20_000, 0.3 * 0.65**-0.5)


def test_who_finds_the_last_home_does_not_depend_on_rows():
    def housed(order):
        made = place(
            firms=[firm(staff=10)],
            staffed=True,
            cells=[{"floor_housing": 90.0}],
            norms={"living_inside_share": 1.0},
            p={"leave": 0.0},
        )
        people = made.people.rows
        people.tenure[:] = 0
        people.uid[:] = 5_000 + np.array(order)
        run("housing", made)
        return set(made.people.rows.uid[made.people.rows.home_cell >= 0].tolist())

    assert housed(list(range(10))) == housed([7, 2, 9, 0, 1, 5, 4, 8, 3, 6])
    assert len(housed(list(range(10)))) == 3


@pytest.mark.parametrize(
    ("coverage", "access", "points"),
    # Catchments that are begun are whole, and each holds six functions.
    [(0.0, 0.4, 0), (0.3, 0.4, 5 * 6 * 0.3), (0.9, 0.9, 5 * 6 * 0.9)],
)
def test_the_living_circle_lifts_access_and_runs_points_for_it(coverage, access, points):
    made = place(
        norms={"living_access": 0.4, "area_active_km2": 4.5 * np.pi * 0.9**2},
        rules={"living_coverage": coverage, "living_minutes": 15.0},
        p={"walk_m_per_minute": 60.0},
    )
    run("housing", made)
    assert made.market["living_access"][0] == access
    assert made.market["living_points"][0] == pytest.approx(points)


@pytest.mark.parametrize(("budget", "access"), [(1e9, 0.9), (1_000.0, 0.4)])
def test_without_money_for_its_points_the_circle_gives_no_access(budget, access):
    made = place(
        norms={"living_access": 0.4, "area_active_km2": 4.5 * np.pi * 0.9**2},
        rules={"living_coverage": 0.9, "living_minutes": 15.0, "living_cost_point": 120_000.0},
        government={"budget_left": budget},
        p={"walk_m_per_minute": 60.0},
    )
    run("housing", made)
    assert made.market["living_access"][0] == access
    spent = paid(made, GOVERNMENT, WORLD, AMENITIES)
    assert spent == pytest.approx(27 * 10_000 if access == 0.9 else 0)
    assert made.governments.rows["budget_left"][0] == pytest.approx(budget - spent)
    assert made.governments.rows["refused"][0] == (access < 0.9)


def test_the_points_of_the_circle_stand_in_buildings_by_their_share():
    made = place(
        norms={"living_access": 0.0, "area_active_km2": 0.5}, cells=[{}] * 20,
        rules={"living_coverage": 1.0, "living_minutes": 15.0, "living_in_building": 0.5},
    )  # fmt: skip
    run("housing", made)
    assert made.market["living_points"][0] == 6
    assert made.market["living_indoor"][0] == pytest.approx(3 / 20)


def with_flats(built=0.0, taken=0.0, budget=1e9, held=0.0, discount=0.4):
    made = place(
        norms={"apartments": 100.0, "apartments_discount": 0.2, "home_units": 1000.0},
        market={"rent_home": 100.0, "flats_held": held},
        rules={"flats_built": built, "flats_market": taken, "flats_discount": discount},
        government={"budget_left": budget},
        cells=[{"floor_housing": 30_000.0}],
    )
    return run("housing", made)


def test_built_apartments_add_floor_and_keep_their_discount():
    made = with_flats(built=300.0)
    assert made.cells.rows["floor_housing"][0] == pytest.approx(30_000 + 300 * 30)
    assert made.market["flats_stock"][0] == 400
    assert made.market["flats_discount"][0] == pytest.approx((100 * 0.2 + 300 * 0.4) / 400)
    assert made.market["home_relief"][0] == pytest.approx((100 * 0.2 + 300 * 0.4) / 1300)
    assert made.market["rent_home"][0] == 100.0
    next_month(made)
    run("housing", made)  # built once
    assert made.cells.rows["floor_housing"][0] == pytest.approx(30_000 + 300 * 30)


def test_apartments_taken_from_the_market_lift_its_rent_once():
    made = with_flats(taken=200.0)
    assert made.cells.rows["floor_housing"][0] == 30_000
    assert made.market["flats_stock"][0] == 300
    assert made.market["rent_home"][0] == pytest.approx(100 * (1 + 0.3 * 0.2))
    next_month(made)
    run("housing", made)
    assert made.market["rent_home"][0] == pytest.approx(100 * (1 + 0.3 * 0.2))
    made.rules.rows["flats_market"] = 0.0  # given back
    run("housing", made)
    assert made.market["rent_home"][0] == pytest.approx(100)


def test_the_government_pays_the_discount_of_homes_it_leases():
    made = with_flats(taken=200.0, held=250.0)
    cost = 150 * 30 * 106.0 * 0.4  # 100 of those held are the place's own
    assert paid(made, GOVERNMENT, OWNERS, TALENT_APARTMENTS) == pytest.approx(cost)
    assert made.governments.rows["budget_left"][0] == pytest.approx(1e9 - cost)
    poor = with_flats(taken=200.0, held=250.0, budget=1000.0)
    assert paid(poor, GOVERNMENT, OWNERS, TALENT_APARTMENTS) == 0
    assert poor.market["flats_stock"][0] == 100
    assert poor.market["flats_discount"][0] == pytest.approx(0.2)


def with_beds(beds=4.0, units=10.0, rent=300.0, workers=100, **rest):
    made = place(
        firms=[firm(workers=workers, developers=5)], staffed=True, cells=[{"floor_housing": 1.0}],
        rules={"dorm_units": units, "dorm_beds": beds, "dorm_rent": rent},
        norms={"apartments": 0.0}, p={"leave": 0.0}, **rest,
    )  # fmt: skip
    return run("housing", made)


def test_beds_add_floor_and_go_to_workers():
    made = with_beds()
    people = made.people.rows
    assert made.cells.rows["floor_housing"][0] == 1 + 40 * 15
    assert made.cells.rows["let_housing"][0] == 40 * 15
    assert made.market["beds_held"][0] == (people.apartment == 2).sum() == 40
    assert (people.kind[people.apartment == 2] == WORKER).all()
    assert made.firms.rows["locals"][0] == 40
    next_month(made)
    run("housing", made)
    assert made.cells.rows["floor_housing"][0] == 1 + 40 * 15


def test_beds_stay_in_a_month_that_refuses_the_lever_its_money():
    made = with_beds()
    next_month(made)
    for name in ("dorm_beds", "dorm_rent"):
        made.rule[name] = np.nan
    run("housing", made)
    assert made.market["beds_stock"][0] == 40
    assert made.cells.rows["floor_housing"][0] == 1 + 40 * 15


@pytest.mark.parametrize(("rent", "taken"), [(120 * 15 * 0.5 - 1, 40), (120 * 15 * 0.5 + 1, 0)])
def test_a_bed_is_taken_where_it_is_cheaper_than_a_home_elsewhere(rent, taken):
    assert with_beds(rent=rent).market["beds_held"][0] == taken


def test_a_bed_lowers_the_burden_of_workers():
    made = place(rules={"dorm_rent": 300.0})
    add_people(made, kind=np.full(MANY, WORKER), employer=OUTSIDE, home_cell=0, apartment=2)
    made.cells.rows["let_housing"] = MANY * 15
    run("housing", made)
    gone = (made.people.rows.kind == GONE).sum()
    assert close_to_share(gone, MANY, monthly(WORKER, 300.0 / 15))


@pytest.mark.parametrize(("area", "reach"), [(0.0, 0.0), (2e4, 1 - np.exp(-0.5))])
def test_a_neighbourhood_centre_holds_workers_only(area, reach):
    def left(kind):
        made = place(
            firms=[firm(workers=MANY if kind == WORKER else 0, staff=MANY)],
            rules={"worker_centre": area},
            p={"centre_relief": 0.4, "centre_m2_worker": 2.0},
        )
        made.firms.rows["workers"] = MANY
        add_people(made, kind=np.full(MANY, kind), employer=OUTSIDE, home_cell=0)
        made.cells.rows["let_housing"] = MANY * M2[kind]
        run("housing", made)
        return (made.people.rows.kind == GONE).sum()

    assert close_to_share(left(WORKER), MANY, monthly(WORKER) * (1 - 0.4 * reach))
    assert close_to_share(left(DEVELOPER), MANY, monthly(DEVELOPER))
