"""Students graduate, people find homes, stay or leave (model 6.12).

    yearly chance to leave = .12·(rent burden/.3)^.6·(1 - amenity relief)·(1 - belonging)

Graduates stay in the region with .45 and search for a while; the place takes those it has posts for.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import newborn, purpose, stream, uniform, uniform2
from sim.kernel import kernel
from sim.state.columns import DEVELOPER, GONE, NOBODY, SCIENTIST, WORKER
from sim.state.persons import home_m2, quit_firm, remove_person, write_person
from sim.state.world import World

READS = ("people", "firms", "cells", "market", "norms", "rule", "institutions")
WRITES = (
    "people", "firms.staff", "firms.developers", "firms.scientists", "firms.workers",
    "firms.locals", "cells.let_housing", "market.living_access", "market.living_points", "tally",
    "firms.vacancies",
)  # fmt: skip

PARAMETERS = Parameters(
    "housing",
    leave=param(0.12, "1/year", 0.05, 0.25, "assumption", "leaving at a rent burden of .3", "基准离开年率"),
    leave_exponent=param(0.6, "elasticity", 0.2, 1.2, "assumption", "its response to the rent burden", "租负弹性"),
    amenity_relief=param(0.25, "share", 0, 0.6, "assumption", "leaving prevented by full amenities", "配套缓解"),
    leisure_relief=param(0.05, "share", 0, 0.2, "assumption", "leaving prevented by schools and leisure", "休闲与学校缓解"),
    belonging_relief=param(0.2, "share", 0, 0.5, "assumption", "leaving prevented by belonging", "归属感缓解"),
    take_home=param(0.78, "of gross", 0.6, 0.9, "assumption", "take-home share of gross wages", "到手比例"),
    outside_rent=param(0.55, "of rent here", 0.3, 1.0, "assumption", "home rent of commuters", "通勤者房租比"),
    graduates_stay=param(0.45, "share", 0.35, 0.6, "H12", "graduates who stay in the region", "毕业生留域率"),
    graduates_look=param(0.3, "share", 0.05, 1.0, "assumption", "of them who look for a post here", "在本社区求职占比"),
    search_months=param(8, "months", 6, 9, "H12", "months that graduates search", "毕业生求职月数"),
    study_months=param(48, "months", 36, 60, "assumption", "length of a course", "学制"),
    walk_m_per_minute=param(65, "m/minute", 50, 85, "assumption", "walking speed along streets", "步行速度"),
)  # fmt: skip

_STAY = purpose("housing.stay")
_INTAKE = purpose("housing.intake")
_SEEKER = purpose("housing.seeker")
_LEAVE = purpose("housing.leave")
_HOME = purpose("housing.home")
_SECTOR = purpose("housing.sector")
FUNCTIONS = 6


@kernel
def graduate(people, cohort, n, market, norms, mixture, p, wage, tally, seed, month):
    """Replace graduates by new students; those who stay in the region search from new rows.

    The number of rows grows by those who stay; returns the rows afterwards.
    """
    p, norm, count = p[0], norms[0], tally[0]
    key = stream(seed, _STAY, month)
    sector_key = stream(seed, _SECTOR, month)
    end = n
    for i in cohort:
        old = people.uid[i]
        count.students_graduated += 1
        if uniform(key, old) < p.graduates_stay * p.graduates_look:
            uid = newborn(old, month, 0, _SEEKER)
            sector = 0
            u = uniform(sector_key, old)
            while sector < mixture.shape[1] - 1 and u >= mixture[0, sector]:
                sector += 1
            write_person(
                people,
                end,
                uid,
                DEVELOPER,
                NOBODY,
                min(sector, 120),
                wage,
                norm.migrant_share,
                seed,
            )
            people.institution[end] = people.institution[i]
            people.graduates[end] = month + int(p.search_months)
            end += 1
        else:
            count.people_left += 1
        people.uid[i] = newborn(old, month, 0, _INTAKE)
        people.graduates[i] = month + int(p.study_months)
        people.skill[i] = 0.0
        count.people_born += 1
    return end


@kernel
def stay_or_leave(people, adults, firms, cells, market, norms, p, acc, leisure, tally, seed, month):
    """Let people leave by rent burden, amenities and belonging; seekers give up in time."""
    p, acc, norm, m, count = p[0], acc[0], norms[0], market[0], tally[0]
    wage_level = norm.city_factor * m.wage
    key = stream(seed, _LEAVE, month)
    belonging = 0.5
    if firms.size:
        belonging = 0.0
        for e in range(firms.size):
            belonging += firms[e].satisfaction
        belonging /= firms.size
    relief = (1 - p.amenity_relief * m.living_access) * (1 - p.leisure_relief * leisure)
    relief *= 1 - p.belonging_relief * (2 * belonging - 1)
    # Burdens by kind, inside with and without a flat, and outside: `pow` once each, not per person.
    chance = np.empty((4, 3))
    for kind in range(1, 4):
        loaded = acc.wage_developer
        if kind == SCIENTIST:
            loaded = acc.wage_scientist
        elif kind == WORKER:
            loaded = acc.wage_worker
        income = loaded * wage_level / 1.3 * p.take_home
        for place in range(3):
            rent = m.rent_home * home_m2(kind)
            if place == 1:
                rent *= 1 - norm.apartments_discount
            elif place == 2:
                rent *= p.outside_rent
            yearly = p.leave * (rent / income / 0.3) ** p.leave_exponent * relief
            chance[kind, place] = 1 - (1 - min(yearly, 0.9)) ** (1.0 / 12)
    most = chance[1:].max()
    for i in adults:
        kind = people.kind[i]
        e = people.employer[i]
        if e == NOBODY:
            # Adults who left earlier in the month keep their row until `exits`.
            if kind != GONE and people.graduates[i] <= month:
                remove_person(people, i, cells, count)
            continue
        u = uniform(key, people.uid[i])
        if u >= most:
            continue
        place = 2
        if people.home_cell[i] >= 0:
            place = 1 if people.apartment[i] else 0
        if u >= chance[kind, place]:
            continue
        if e >= 0:
            if people.founder_of[i] == firms[e].uid:
                continue
            quit_firm(firms[e], kind, people.home_cell[i] >= 0)
            if kind != WORKER:
                count.talent_left += 1
        remove_person(people, i, cells, count)


@kernel
def settle(people, adults, firms, cells, homes, norms, flats, tally, seed):
    """Let newcomers who want to live here find a home; flats go to core people of small firms first.

    A newcomer is one whose job began this month or last. Cells are tried from a keyed start.
    """
    norm = norms[0]
    key = stream(seed, _HOME, 0)
    if homes.size == 0:
        return
    # Newcomers in keyed order, so that the last homes go by luck and not by row.
    rows = np.empty(1024, np.int64)
    found = 0
    held = 0
    here = 0
    for i in adults:
        here += people.home_cell[i] >= 0
        held += people.apartment[i]
    for i in adults:
        if people.tenure[i] > 1 or people.employer[i] < 0 or people.home_cell[i] >= 0:
            continue
        if uniform2(key, people.uid[i], 1) < norm.living_inside_share:
            if found == rows.size:
                more = np.empty(2 * found, np.int64)
                more[:found] = rows
                rows = more
            rows[found] = i
            found += 1
    tally[0].residents += here
    luck = np.empty(found)
    for k in range(found):
        luck[k] = uniform(key, people.uid[rows[k]])
    order = np.argsort(luck)
    for k in range(found):
        i = rows[order[k]]
        area = home_m2(people.kind[i])
        start = int(luck[order[k]] * homes.size)
        for step_ in range(homes.size):
            cell = homes[(start + step_) % homes.size]
            if (
                cells[cell].floor_housing - cells[cell].let_housing - cells[cell].housing_outside
                >= area
            ):
                cells[cell].let_housing += area
                people.home_cell[i] = cell
                tally[0].residents += 1
                firm = firms[people.employer[i]]
                firm.locals += 1
                if held < flats and firm.staff < 50:
                    people.apartment[i] = 1
                    held += 1
                break


def living_circle(world: World) -> None:
    """Set amenity access and the points that run for it (levers of the living circle)."""
    rule, market, norms = world.rule, world.market, world.norms
    coverage = float(rule["living_coverage"][0])
    base = float(norms["living_access"][0])
    market["living_access"] = max(base, coverage)
    minutes = float(rule["living_minutes"][0])
    points = 0.0
    if coverage > 0:
        radius_km = (15.0 if math.isnan(minutes) else minutes) * float(
            world.params["housing"]["walk_m_per_minute"][0]
        ) / 1000  # fmt: skip
        catchments = float(norms["area_active_km2"][0]) / (math.pi * radius_km**2)
        points = math.ceil(catchments) * FUNCTIONS * coverage
    market["living_points"] = points


def step(world: World) -> None:
    """Graduation, leaving, settling."""
    p, acc = world.params["housing"], world.params["accounts"]
    firms, cells = world.firms.rows, world.cells.rows
    seed, month = world.seed, world.month
    living_circle(world)
    wage = float(acc["wage_developer"][0] * world.norms["city_factor"][0] * world.market["wage"][0])
    cohort = world.people.cohort(month, int(p["study_months"][0]))
    people = world.people.reserve(cohort.size)
    world.people.n = graduate(
        people,
        cohort,
        world.people.n,
        world.market,
        world.norms,
        world.mix,
        p,
        wage,
        world.tally,
        seed,
        month,
    )
    adults = world.people.adults()
    stay_or_leave(
        people, adults, firms, cells, world.market, world.norms, p, acc,
        float(world.rule["living_leisure"][0]), world.tally, seed, month,
    )  # fmt: skip
    settle(
        people, adults, firms, cells, world.homes, world.norms,
        int(world.norms["apartments"][0]), world.tally, seed,
    )  # fmt: skip
