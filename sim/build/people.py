"""The people of month 0: staff, faculty, those who work outside, students, and their homes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.draw import newborn, normal, of_site, purpose, stream, uniform, uniform2
from sim.kernel import kernel
from sim.state.columns import DEVELOPER, INSTITUTION, OUTSIDE, SCIENTIST, STUDENT, WORKER
from sim.state.persons import home_m2, wage_of
from sim.state.world import World

_PERSON = purpose("build.person")
_TRAIT = purpose("build.person_trait")
_HOME = purpose("build.home")
_STREAM = np.int64(8_800_002)


@kernel
def populate(
    people, firms, kinds, outside, students, schools, sectors, acc, wage_level, migrants, tenure_years,
    seed,
):  # fmt: skip
    """Write all people and return how many.

    Students (`schools`: cumulative shares) stand first, so that the adults who come and go never
    move them; then staff firm by firm with the shuffled `kinds`, then people who work outside or in
    institutions (`outside`: kind, employer, count).
    """
    at = 0
    key = stream(seed, _TRAIT, 0)
    parent = of_site(_STREAM, seed)
    for _ in range(students):
        uid = newborn(parent, 0, at, _PERSON)
        people.uid[at] = uid
        people.kind[at] = STUDENT
        u = uniform(key, uid)
        # Even over the months of the course, a cohort's rows side by side.
        people.graduates[at] = at * 48 // students
        school = 0
        while school < schools.size - 1 and u >= schools[school]:
            school += 1
        people.institution[at] = school
        at += 1
    for i in range(firms.size):
        firm = firms[i]
        for k in range(firm.staff):
            kind = kinds[at - students]
            people.kind[at] = kind
            people.employer[at] = i
            people.sector[at] = firm.sector
            if k < 2 and firm.ambition != 3:
                people.founder_of[at] = firm.uid
            if kind == SCIENTIST:
                firm.scientists += 1
            elif kind == WORKER:
                firm.workers += 1
            else:
                firm.developers += 1
            at += 1
    for g in range(outside.shape[0]):
        for _ in range(outside[g, 2]):
            people.kind[at] = outside[g, 0]
            people.employer[at] = outside[g, 1]
            people.sector[at] = sectors
            at += 1
    # Here and not in a helper: to hand over all columns for each person takes longer than the rest.
    for i in range(students, at):
        uid = newborn(parent, 0, i, _PERSON)
        people.uid[i] = uid
        people.wage[i] = wage_of(people.kind[i], acc[0], wage_level)
        people.skill[i] = normal(key, uid)
        tenure = -np.log(uniform2(key, uid, 1)) * 12 * tenure_years
        people.tenure[i] = min(int(tenure) + 2, 600)
        people.field_experience[i] = people.tenure[i]
        people.migrant[i] = 1 if uniform2(key, uid, 2) < migrants else 0
    return at


@kernel
def house(people, n, firms, cells, homes, share, seed):
    """Give `share` of the employed a home on the site.

    Return the m² they live on, their rows, and their keyed luck for a flat: the least are first, and
    staff of firms under 50 come before all others.
    """
    key = stream(seed, _HOME, 1)
    total = 0.0
    start = 0
    for i in range(n):
        if people.kind[i] <= STUDENT or homes.size == 0:
            continue
        if uniform(key, people.uid[i]) >= share:
            continue
        area = home_m2(people.kind[i])
        cell = homes[start % homes.size]
        if cells[cell].floor_housing - cells[cell].let_housing < area:
            start += 1
            cell = homes[start % homes.size]
            if cells[cell].floor_housing - cells[cell].let_housing < area:
                continue
        cells[cell].let_housing += area
        people.home_cell[i] = cell
        if people.employer[i] >= 0:
            firms[people.employer[i]].locals += 1
        total += area
        start += 1
    rows = np.empty(n, np.int32)
    luck = np.empty(n)
    found = 0
    for i in range(n):
        if people.kind[i] > STUDENT and people.home_cell[i] >= 0:
            e = people.employer[i]
            first = e >= 0 and firms[e].staff < 50
            rows[found] = i
            luck[found] = uniform2(key, people.uid[i], 2) + (0.0 if first else 1.0)
            found += 1
    return total, rows[:found].copy(), luck[:found].copy()


def settle_people(world: World, firms: np.ndarray, initial: Any, schools: np.ndarray) -> None:
    """Fill `people` and `cells.let_housing`; counts equal the preset's exactly."""
    spec = initial.people
    acc = world.params["accounts"]
    counts = (
        (DEVELOPER, spec.developers_in_firms),
        (SCIENTIST, spec.scientists_in_firms),
        (WORKER, spec.workers_in_firms),
    )
    staff = int(firms["staff"].sum())
    kinds = np.concatenate([np.full(count, kind, np.int8) for kind, count in counts])
    assert kinds.size == staff
    kinds = kinds[_shuffle(staff, world.seed)]
    outside = np.array(
        [
            (DEVELOPER, OUTSIDE, spec.developers - spec.developers_in_firms),
            (SCIENTIST, INSTITUTION, spec.scientists - spec.scientists_in_firms),
            (WORKER, OUTSIDE, spec.workers - spec.workers_in_firms),
        ]
    )
    total = staff + int(outside[:, 2].sum()) + spec.students
    people = world.people.reserve(total + total // 16 + 64)
    level = float(initial.government.city_factor)
    world.people.n = populate(
        people, firms, kinds, outside, spec.students, schools, 0, acc, level, spec.migrant_share,
        spec.tenure_mean_years, world.seed,
    )  # fmt: skip
    cells = world.cells.rows
    lived, rows, luck = house(
        people, world.people.n, firms, cells, world.homes, spec.living_inside_share, world.seed
    )
    flats = int(initial.apartments.units)
    chosen = rows[np.argpartition(luck, flats)[:flats]] if flats < rows.size else rows
    people.apartment[chosen] = 1
    others = max(initial.floor.housing_let_m2 - lived, 0.0)
    room = cells["floor_housing"][world.homes] - cells["let_housing"][world.homes]
    if room.sum() > 0:
        cells["housing_outside"][world.homes] = others * room / room.sum()


def _shuffle(n: int, seed: int) -> np.ndarray:
    return np.argsort(_luck(n, seed), kind="stable")


@kernel
def _luck(n, seed):
    key = stream(seed, _TRAIT, 9)
    result = np.empty(n)
    for i in range(n):
        result[i] = uniform(key, i)
    return result
