"""Housing: who leaves the place, who graduates, and who finds a home."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import (
    DEVELOPER,
    MANY,
    SCIENTIST,
    WORKER,
    add_people,
    close_to_share,
    firm,
    run,
    world,
)

OUTSIDE, NOBODY, STUDENT, GONE = -2, -1, 0, -1
P = {
    "leave": 0.12,
    "leave_exponent": 0.6,
    "amenity_relief": 0.25,
    "leisure_relief": 0.05,
    "belonging_relief": 0.2,
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


@pytest.mark.parametrize(
    ("access", "leisure", "satisfaction", "relief"),
    [
        (0.8, 0.0, 0.5, 1 - 0.25 * 0.8),
        (0.0, 1.0, 0.5, 0.95),
        (0.0, 0.0, 1.0, 0.8),
        (0.0, 0.0, 0.0, 1.2),
    ],
)
def test_amenities_leisure_and_belonging_hold_people(access, leisure, satisfaction, relief):
    made = place(
        firms=[firm(satisfaction=satisfaction, staff=0)] * 2,
        norms={"living_access": access},
        rules={"living_leisure": leisure},
        p={"leave": 0.3},
    )
    add_people(made, kind=np.full(MANY, DEVELOPER), employer=OUTSIDE, home_cell=0)
    made.cells.rows["let_housing"] = MANY * 30
    run("housing", made)
    gone = (made.people.rows.kind == GONE).sum()
    burden = 120 * 30 / (30_000 / 1.3 * 0.8)
    yearly = 0.3 * (burden / 0.3) ** 0.6 * relief
    assert close_to_share(gone, MANY, 1 - (1 - yearly) ** (1 / 12))


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
        norms={"students_total": 20.0 * MANY}, p={"search_months": 8.0, "study_months": 40.0}
    )
    add_people(made, kind=STUDENT, employer=NOBODY, graduates=np.full(MANY, 0), institution=3)
    run("housing", made)
    people = made.people.rows
    students = people.kind == STUDENT
    assert students.sum() == MANY
    assert (people.graduates[students] == 40).all()
    seekers = people.kind == DEVELOPER
    assert close_to_share(seekers.sum(), MANY, 0.45)
    assert (people.graduates[seekers] == 8).all()
    assert (people.institution[seekers] == 3).all()
    assert np.unique(people.uid).size == len(made.people)
    count = made.tally[0]
    assert count["students_graduated"] == MANY
    assert count["people_born"] - count["people_left"] == len(made.people) - MANY


def settled(floor, flats=0, share=1.0, staff=20):
    made = place(
        firms=[firm(staff=staff)] * 5,
        staffed=True,
        cells=[{"floor_housing": floor, "housing_outside": 0.0}] * 2,
        norms={"living_inside_share": share, "apartments": float(flats)},
        p={"leave": 0.0},
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


def test_as_many_look_for_a_home_here_as_live_inside():
    made = settled(floor=1e9, share=0.3, staff=1000)
    assert close_to_share((made.people.rows.home_cell >= 0).sum(), 5000, 0.3)


def test_flats_go_to_small_firms_until_they_are_taken():
    assert settled(1e9, flats=7).people.rows.apartment.sum() == 7
    assert settled(1e9, flats=7, staff=50).people.rows.apartment.sum() == 0


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
