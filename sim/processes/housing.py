"""Students graduate, people find homes, stay or leave (model 6.12).

    yearly chance to leave = .12·(rent burden/.3)^.6·(1 - amenity relief)·(1 - satisfaction)
                             ·(1 - belonging)·(1 - years in the place)

Graduates stay in the region with .45 and search for 6 to 9 months; the place takes those it has posts
for. Newcomers look for a home here the more of them, the cheaper homes are and the more of daily life
lies within the walk. Where homes run out, the odds of one grow with income to the power `outbid`.
Talent apartments go to those who queue, core members of start-ups first.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import newborn, purpose, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.awards import afford
from sim.state.columns import DEVELOPER, GONE, NOBODY, SCIENTIST, WORKER
from sim.state.ledger import AMENITIES, GOVERNMENT, OWNERS, TALENT_APARTMENTS, WORLD, pay
from sim.state.persons import BED_M2, HOME_M2, home_m2, quit_firm, remove_person, write_person
from sim.state.world import World

READS = ("people", "firms", "cells", "market", "norms", "rule", "institutions", "governments")
WRITES = (
    "people", "firms.staff", "firms.developers", "firms.scientists", "firms.workers",
    "firms.locals", "cells.let_housing", "market.living_access", "market.living_points",
    "market.living_indoor", "market.commute", "market.beds_stock", "market.beds_held",
    "market.flats_held", "market.flats_built", "market.flats_taken",
    "market.flats_stock", "market.flats_discount", "market.home_relief", "market.rent_home",
    "cells.floor_housing", "tally", "firms.vacancies", "governments.budget_left",
    "governments.spent_year", "governments.family_spent", "governments.refused", "purse", "flows",
)  # fmt: skip

PARAMETERS = Parameters(
    "housing",
    leave=param(0.12, "1/year", 0.05, 0.25, "assumption", "leaving at a rent burden of .3", "基准离开年率"),
    leave_exponent=param(0.6, "elasticity", 0.2, 1.2, "assumption", "its response to the rent burden", "租负弹性"),
    amenity_relief=param(0.25, "share", 0, 0.6, "assumption", "leaving prevented by full amenities", "配套缓解"),
    leisure_relief=param(0.05, "share", 0, 0.2, "assumption", "leaving prevented by schools and leisure", "休闲与学校缓解"),
    satisfaction_relief=param(0.1, "share", 0, 0.4, "assumption", "leaving prevented by a firm's satisfaction", "满意度缓解"),
    belonging_relief=param(0.2, "share", 0, 0.5, "assumption", "leaving prevented by belonging", "归属感缓解"),
    commute=param(0.05, "share per km", 0, 0.2, "assumption", "leaving for a km more to work", "职住距离对离开的影响"),
    settled_relief=param(0.2, "share", 0, 0.5, "assumption", "leaving prevented by years in the place", "扎根缓解"),
    settled_months=param(24, "months", 6, 60, "assumption", "months at which ties to the place are average", "扎根平均月数"),
    take_home=param(0.78, "of gross", 0.6, 0.9, "assumption", "take-home share of gross wages", "到手比例"),
    outside_rent=param(0.55, "of rent here", 0.3, 1.0, "assumption", "home rent of commuters", "通勤者房租比"),
    move_in_rent=param(0.5, "elasticity", 0, 1.5, "assumption", "homes looked for here by their rent", "入住对房租的弹性"),
    outbid=param(2, "elasticity", 0, 4, "H07", "odds of a scarce home by income", "稀缺住房归属对收入的弹性"),
    move_in_access=param(0.5, "share", 0, 1, "assumption", "homes looked for here by amenity access", "入住对配套的响应"),
    centre_relief=param(0.15, "share", 0, 0.4, "assumption", "leaving of workers prevented by a centre", "邻里中心缓解"),
    centre_m2_worker=param(2, "m2", 0.5, 10, "assumption", "centre a worker that does most of it", "人均邻里中心面积"),
    startup_staff=param(50, "people", 10, 200, "A-HD-15", "staff below which a firm is a start-up", "初创企业员工上限"),
    graduates_stay=param(0.45, "share", 0.35, 0.6, "H11", "graduates who stay in the region", "毕业生留域率"),
    graduates_look=param(0.3, "share", 0.05, 1.0, "assumption", "of them who look for a post here", "在本社区求职占比"),
    search_least=param(6, "months", 3, 9, "assumption", "shortest search of graduates", "毕业生最短求职月数"),
    search_most=param(9, "months", 6, 12, "assumption", "longest search of graduates", "毕业生最长求职月数"),
    study_months=param(48, "months", 36, 60, "assumption", "length of a course", "学制"),
    near_work=param(0.5, "share", 0, 1, "assumption", "newcomers who look for a home nearest to work", "就近择居比例"),
    near_tries=param(8, "homes", 1, 32, "assumption", "places they look at", "比选住处数"),
    commute_outside=param(45, "minutes", 20, 90, "assumption", "way to work of staff who live elsewhere", "外住员工单程通勤"),
    support_access=param(0.5, "share", 0, 1, "assumption", "access gained by amenities beside plants", "厂区配套增进可达"),
    walk_m_per_minute=param(65, "m/minute", 50, 85, "assumption", "walking speed along streets", "步行速度"),
)  # fmt: skip

_STAY = purpose("housing.stay")
_INTAKE = purpose("housing.intake")
_SEEKER = purpose("housing.seeker")
_SEARCH = purpose("housing.search")
_LEAVE = purpose("housing.leave")
_HOME = purpose("housing.home")
_NEAR = purpose("housing.near")
_FLAT = purpose("housing.flat")
_BED = purpose("housing.bed")
_SECTOR = purpose("housing.sector")
FUNCTIONS = 6
CORE_STARTUP, LOTTERY, LONGEST = 0, 1, 2  # who comes first for a talent apartment
LONGEST_MONTHS = 600
FLAT, BED = 1, 2  # what `people.apartment` holds; 0 is a home on the market
ELSEWHERE = 3


@kernel
def graduate(people, cohort, n, market, norms, mixture, p, wage, tally, seed, month):
    """Replace graduates by new students; those who stay in the region search from new rows.

    The number of rows grows by those who stay; returns the rows afterwards.
    """
    p, norm, count = p[0], norms[0], tally[0]
    key = stream(seed, _STAY, month)
    sector_key = stream(seed, _SECTOR, month)
    search_key = stream(seed, _SEARCH, month)
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
            span = p.search_most - p.search_least + 1
            people.graduates[end] = month + int(p.search_least + span * uniform(search_key, old))
            end += 1
        else:
            count.people_left += 1
        people.uid[i] = newborn(old, month, 0, _INTAKE)
        people.graduates[i] = month + int(p.study_months)
        people.skill[i] = 0.0
        count.people_born += 1
    return end


@inlined
def monthly_chances(market, norm, p, acc, relief, discount, bed_rent):
    """Return monthly chances to leave, shape (4 kinds, 4 places).

    Places are a home on the market, a talent apartment, a bed in a dormitory, and elsewhere. `pow`
    once each, not per person.
    """
    wage_level = norm.city_factor * market.wage
    chance = np.zeros((4, 4))
    for kind in range(1, 4):
        loaded = acc.wage_developer
        if kind == SCIENTIST:
            loaded = acc.wage_scientist
        elif kind == WORKER:
            loaded = acc.wage_worker
        income = loaded * wage_level / 1.3 * p.take_home
        for place in range(4):
            rent = market.rent_home * home_m2(kind)
            if place == FLAT:
                rent *= 1 - discount
            elif place == BED:
                rent = bed_rent
            elif place == ELSEWHERE:
                rent *= p.outside_rent
            yearly = p.leave * (rent / income / 0.3) ** p.leave_exponent * relief
            chance[kind, place] = 1 - (1 - min(yearly, 0.9)) ** (1.0 / 12)
    return chance


@inlined
def attachment(firms, p):
    """Return what satisfaction and belonging do to leaving, by firm and, last, in the mean."""
    factor = np.ones(firms.size + 1)
    total = 0.0
    for e in range(firms.size):
        factor[e] = 1 - p.satisfaction_relief * (2 * firms[e].satisfaction - 1)
        factor[e] *= 1 - p.belonging_relief * (2 * firms[e].belonging - 1)
        total += factor[e]
    if firms.size:
        factor[firms.size] = total / firms.size
    return factor


@inlined
def centre_reach(firms, area, p):
    """Return how far a neighbourhood centre of `area` m² serves the workers there are, 0..1."""
    workers = 0
    for e in range(firms.size):
        workers += firms[e].workers
    return 1 - math.exp(-area / (p.centre_m2_worker * max(workers, 1)))


@kernel
def stay_or_leave(
    people, adults, firms, governments, cells, market, norms, rule, p, acc, tally, seed, month
):
    """Let people leave by rent burden, amenities and attachment; seekers give up in time."""
    p, acc, norm, m, rule, count = p[0], acc[0], norms[0], market[0], rule[0], tally[0]
    key = stream(seed, _LEAVE, month)
    relief = 1 - p.amenity_relief * m.living_access
    relief *= 1 - p.leisure_relief * rule.living_leisure
    relief *= max(0.0, 1 + p.commute * norm.layout_commute)
    bed_rent = 0.0 if math.isnan(rule.dorm_rent) else rule.dorm_rent
    chance = monthly_chances(m, norm, p, acc, relief, m.flats_discount, bed_rent)
    factor = attachment(firms, p)
    # Workers feel how the issues of workers fare, wherever they work.
    workers = 1 - p.belonging_relief * (2 * governments[0].worker_belonging - 1)
    if rule.worker_centre > 0:
        workers *= 1 - p.centre_relief * centre_reach(firms, rule.worker_centre, p)
    most = chance.max() * max(factor.max(), workers) * (1 + p.settled_relief)
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
        place = people.apartment[i] if people.home_cell[i] >= 0 else ELSEWHERE
        settled = people.tenure[i] / (people.tenure[i] + p.settled_months)
        tied = factor[e if e >= 0 else firms.size] if kind != WORKER else workers
        tied *= 1 + p.settled_relief * (1 - 2 * settled)
        if kind == WORKER and e >= 0 and firms[e].wage_supplement > 0:
            tied *= (1 + firms[e].wage_supplement / people.wage[i]) ** -p.leave_exponent
        if u >= chance[kind, place] * tied:
            continue
        if e >= 0:
            if people.founder_of[i] == firms[e].uid:
                continue
            quit_firm(firms[e], kind, people.home_cell[i] >= 0)
            if kind != WORKER:
                count.talent_left += 1
        remove_person(people, i, cells, count)


@inlined
def wish_to_live_here(market, norm, p):
    """Return the share of newcomers who look for a home here: by rent over wages and by amenities."""
    share = norm.living_inside_share
    if norm.rent_home > 0:
        share *= (market.rent_home / norm.rent_home / market.wage) ** -p.move_in_rent
    return min(1.0, share * (1 + p.move_in_access * (market.living_access - norm.living_access)))


@inlined
def free_home(cells, homes, area, start):
    """Return the first cell from a keyed start with `area` m² of homes free, or -1."""
    for k in range(homes.size):
        at = start + k
        cell = homes[at if at < homes.size else at - homes.size]
        free = cells[cell].floor_housing - cells[cell].let_housing - cells[cell].housing_outside
        if free >= area:
            return cell
    return -1


@inlined
def nearest_home(cells, homes, area, work, tries, key, uid):
    """Return the cell nearest to `work` among a few with `area` m² of homes free, or -1."""
    best = -1
    shortest = 1e18
    for t in range(tries):
        cell = free_home(cells, homes, area, int(uniform2(key, uid, 2 + t) * homes.size))
        if cell < 0:
            return -1
        away = metres(cells[cell], cells[work], 1.0)
        if away < shortest:
            best, shortest = cell, away
    return best


@inlined
def metres(home, work, cell_m):
    """Return the way between two cells, m."""
    return cell_m * math.hypot(home.column - work.column, home.line - work.line)


@kernel
def walks(people, adults, firms, cells, norms):
    """Return (metres, people): the ways to work, whole metres, of those who live and work here."""
    total, number = 0, 0
    for i in adults:
        home, e = people.home_cell[i], people.employer[i]
        if home >= 0 and e >= 0:
            total += int(metres(cells[home], cells[firms[e].cell], norms[0].cell_m))
            number += 1
    return total, number


@inlined
def minutes_to_work(way, walkers, staff, p):
    """Return the mean way to work, minutes, of `staff` of whom `walkers` walk `way` m in all."""
    return (way / p.walk_m_per_minute + (staff - walkers) * p.commute_outside) / max(staff, 1)


def mean_commute(world: World) -> float:
    """Return the mean way to work of the staff of firms, minutes; of who lives elsewhere as assumed."""
    firms, p = world.firms.rows, world.params["housing"][0]
    staff = int(firms["staff"].sum())
    way, walkers = walks(
        world.people.data, world.people.adults(), firms, world.cells.rows, world.norms
    )
    return minutes_to_work(way, walkers, staff, p)


@inlined
def move_in(people, i, cells, cell, firms, count):
    """Give a person a home."""
    cells[cell].let_housing += home_m2(people.kind[i])
    people.home_cell[i] = cell
    firms[people.employer[i]].locals += 1
    count.residents += 1


@inlined
def _more(rows, found):
    """Return `rows` with room for one more than `found`."""
    if found < rows.size:
        return rows
    more = np.empty(2 * found, rows.dtype)
    more[:found] = rows
    return more


@inlined
def may_queue(employer, apartment, kind):
    """Return whether a person may queue for an apartment: talent of firms here without one.

    It takes values and not `people`: handing over all its columns for every person costs more than
    all the rest of a pass.
    """
    return employer >= 0 and not apartment and kind != WORKER


@inlined
def oldest_tenure(people, adults, free):
    """Return the tenure from which on no more than about `free` people queue."""
    counts = np.zeros(LONGEST_MONTHS + 1)
    for i in adults:
        if may_queue(people.employer[i], people.apartment[i], people.kind[i]):
            counts[min(people.tenure[i], LONGEST_MONTHS)] += 1
    waiting = 0.0
    for months in range(LONGEST_MONTHS, 0, -1):
        waiting += counts[months]
        if waiting >= free:
            return months
    return 0


@inlined
def give_places(people, rows, rank, place, free, firms, cells, homes, count, key):
    """Give `free` places to the first by rank; who lives elsewhere moves in. Return how many."""
    order = np.argsort(rank)
    taken = 0
    for k in range(rows.size):
        if taken >= free:
            break
        i = rows[order[k]]
        if people.home_cell[i] < 0:
            start = int(uniform2(key, people.uid[i], 1) * homes.size)
            cell = free_home(cells, homes, home_m2(people.kind[i]), start)
            if cell < 0:
                continue
            move_in(people, i, cells, cell, firms, count)
        people.apartment[i] = place
        taken += 1
    return taken


@kernel
def allot_flats(
    people,
    adults,
    firms,
    cells,
    homes,
    free,
    waiting,
    late,
    flat_share,
    priority,
    tally,
    seed,
    month,
):
    """Give `free` apartments to those who queue; return how many were taken.

    The queue is drawn anew each month by keyed luck; only its front is sorted. `late`, shape (firms,),
    is 1 where people come second, `waiting`, shape (2,), says about how many queue in each class.
    """
    # Chances at which a class sends a little more to the front than there are flats for it.
    front = np.zeros(2)
    front[0] = (1.5 * free + 20) / max(waiting[0], 1.0)
    if waiting[0] < 1.2 * free:
        front[1] = (1.5 * max(free - waiting[0], 0.0) + 20) / max(waiting[1], 1.0)
    since = 0
    if priority == LONGEST:
        front[0] = 1.0
        since = oldest_tenure(people, adults, free)
    key, wish = stream(seed, _FLAT, month), stream(seed, _HOME, 0)
    rows = np.empty(256, np.int64)
    rank = np.empty(256)
    found = 0
    for i in adults:
        if not may_queue(people.employer[i], people.apartment[i], people.kind[i]):
            continue
        second = late[people.employer[i]]
        if front[second] <= 0 or people.tenure[i] < since:
            continue
        u = uniform(key, people.uid[i])
        if u >= front[second]:
            continue
        if people.home_cell[i] < 0 and uniform2(wish, people.uid[i], 1) >= flat_share:
            continue
        rows, rank = _more(rows, found), _more(rank, found)
        rows[found] = i
        rank[found] = u + second - (people.tenure[i] if priority == LONGEST else 0)
        found += 1
    return give_places(
        people, rows[:found], rank[:found], FLAT, free, firms, cells, homes, tally[0], key
    )


@inlined
def wants_bed(kind, employer, apartment, home, market, bed_rent, p):
    """Return whether a worker of a firm here would pay less for a bed in a dormitory."""
    if kind != WORKER or employer < 0 or apartment:
        return False
    share = 1.0 if home >= 0 else p.outside_rent
    return bed_rent < market.rent_home * home_m2(WORKER) * share


@kernel
def allot_beds(people, adults, firms, cells, homes, market, bed_rent, free, p, tally, seed, month):
    """Give `free` beds to workers who would pay less there, by keyed luck; return how many."""
    p, m = p[0], market[0]
    waiting = 0
    for i in adults:
        waiting += wants_bed(
            people.kind[i],
            people.employer[i],
            people.apartment[i],
            people.home_cell[i],
            m,
            bed_rent,
            p,
        )
    chance = (1.5 * free + 20) / max(waiting, 1)
    key = stream(seed, _BED, month)
    rows = np.empty(256, np.int64)
    rank = np.empty(256)
    found = 0
    for i in adults:
        if not wants_bed(
            people.kind[i],
            people.employer[i],
            people.apartment[i],
            people.home_cell[i],
            m,
            bed_rent,
            p,
        ):
            continue
        u = uniform(key, people.uid[i])
        if u < chance:
            rows, rank = _more(rows, found), _more(rank, found)
            rows[found] = i
            rank[found] = u
            found += 1
    return give_places(
        people, rows[:found], rank[:found], BED, free, firms, cells, homes, tally[0], key
    )


@kernel
def settle(
    people, adults, firms, cells, homes, market, norms, priority, bed_rent, p, tally, seed, month
):
    """Fill the apartments that are free, then let newcomers who want to live here find a home.

    A newcomer is one whose job began this month or last. Cells are tried from a keyed start; the
    floor of apartments that are free is kept for those who queue.
    """
    norm, m, par = norms[0], market[0], p[0]
    m.commute = par.commute_outside
    if homes.size == 0:
        return
    key = stream(seed, _HOME, 0)
    near = stream(seed, _NEAR, 0)
    share = wish_to_live_here(m, norm, par)
    rows = np.empty(1024, np.int64)
    found = 0
    held = 0
    beds = 0
    here = 0
    waiting = np.zeros(2)
    # Who lives elsewhere may want an apartment here, if it is cheap.
    flat_share = min(1.0, share * (1 - m.flats_discount) ** -par.move_in_rent)
    late = np.zeros(firms.size, np.int8)
    if priority == CORE_STARTUP:
        for e in range(firms.size):
            late[e] = firms[e].staff >= par.startup_staff
    way, walkers = 0, 0
    for i in adults:
        if people.home_cell[i] >= 0:
            here += 1
            e = people.employer[i]
            if e >= 0:
                way += int(metres(cells[people.home_cell[i]], cells[firms[e].cell], norm.cell_m))
                walkers += 1
        held += people.apartment[i] == FLAT
        beds += people.apartment[i] == BED
        if m.flats_stock > 0 and may_queue(people.employer[i], people.apartment[i], people.kind[i]):
            waiting[late[people.employer[i]]] += 1.0 if people.home_cell[i] >= 0 else flat_share
        if people.tenure[i] > 1 or people.employer[i] < 0 or people.home_cell[i] >= 0:
            continue
        if uniform2(key, people.uid[i], 1) < share:
            rows = _more(rows, found)
            rows[found] = i
            found += 1
    tally[0].residents += here
    m.commute = minutes_to_work(way, walkers, firms["staff"].sum(), par)
    if m.flats_stock > held:
        held += allot_flats(
            people, adults, firms, cells, homes, m.flats_stock - held, waiting, late, flat_share,
            priority, tally, seed, month,
        )  # fmt: skip
    m.flats_held = held
    if m.beds_stock > beds:
        beds += allot_beds(
            people, adults, firms, cells, homes, market, bed_rent, m.beds_stock - beds, p, tally,
            seed, month,
        )  # fmt: skip
    m.beds_held = beds
    free = -max(m.flats_stock - held, 0.0) * HOME_M2 - max(m.beds_stock - beds, 0.0) * BED_M2
    for cell in homes:
        free += cells[cell].floor_housing - cells[cell].let_housing - cells[cell].housing_outside
    # An exponential race: where homes run out, the odds of one grow with what a newcomer earns.
    luck = np.empty(found)
    turn = np.empty(found)
    for k in range(found):
        luck[k] = uniform(key, people.uid[rows[k]])
        turn[k] = -math.log(luck[k]) * max(people.wage[rows[k]], 1.0) ** -par.outbid
    order = np.argsort(turn)
    for k in range(found):
        i = rows[order[k]]
        area = home_m2(people.kind[i])
        if people.home_cell[i] >= 0 or free < area:
            continue
        if uniform2(near, people.uid[i], 0) < par.near_work:
            work = firms[people.employer[i]].cell
            cell = nearest_home(cells, homes, area, work, int(par.near_tries), near, people.uid[i])
        else:
            cell = free_home(cells, homes, area, int(luck[order[k]] * homes.size))
        if cell >= 0:
            move_in(people, i, cells, cell, firms, tally[0])
            free -= area
        else:  # no home of that size is left this month
            free = min(free, area - 1e-9)


@kernel
def pay_points(books, governments, cost):
    """Pay a month of the living circle out of the budget; return whether the budget bears it."""
    if not afford(governments[0], cost):
        return False
    pay(books, GOVERNMENT, 0, WORLD, 0, AMENITIES, cost)
    return True


def living_circle(world: World) -> None:
    """Set amenity access and the points that run for it; without money for them there is no access."""
    rule, market, norms = world.rule, world.market, world.norms
    coverage = float(rule["living_coverage"][0])
    base = float(norms["living_access"][0] + norms["layout_access"][0])
    minutes = float(rule["living_minutes"][0])
    points = 0.0
    if coverage > 0:
        radius_km = (15.0 if math.isnan(minutes) else minutes) * float(
            world.params["housing"]["walk_m_per_minute"][0]
        ) / 1000  # fmt: skip
        catchments = float(norms["area_active_km2"][0]) / (math.pi * radius_km**2)
        points = math.ceil(catchments) * FUNCTIONS * coverage
    cost = points * float(rule["living_cost_point"][0]) / 12
    if cost > 0 and not pay_points(world.books, world.governments.rows, cost):
        points = coverage = 0.0
    # Third places that levers opened are one of the functions of daily life.
    access = min(max(base, coverage), 1.0)
    beside = float(world.params["housing"]["support_access"][0]) * float(market["support_reach"][0])
    access += (1 - access) * beside
    market["living_access"] = access + (1 - access) * float(market["third_access"][0]) / FUNCTIONS
    market["living_points"] = points
    indoor = points * float(rule["living_in_building"][0])
    market["living_indoor"] = min(1.0, indoor / max(world.buildings.size, 1))


@kernel
def pay_leases(books, governments, cost):
    """Pay the owners of homes taken from the market the discount; return whether the budget bears it."""
    if not afford(governments[0], cost):
        return False
    pay(books, GOVERNMENT, 0, OWNERS, 0, TALENT_APARTMENTS, cost)
    return True


def apartments(world: World) -> None:
    """Set the stock of talent apartments and its mean discount; what is new is built or taken.

    Homes taken lift the market's rent; where the budget refuses their discount, none is given.
    """
    rule, m, norms = world.rule, world.market[0], world.norms[0]
    own, built, taken = norms["apartments"], rule["flats_built"][0], rule["flats_market"][0]
    add_homes(world, (built - m["flats_built"]) * HOME_M2)
    lift = float(world.params["rents"]["flat_crowding"][0])
    before = 1 + lift * m["flats_taken"] / max(norms["home_units"], 1)
    m["rent_home"] *= (1 + lift * taken / max(norms["home_units"], 1)) / before
    added = rule["flats_discount"][0] if built + taken > 0 else 0.0
    leased = min(taken, max(m["flats_held"] - own - built, 0.0))
    cost = leased * HOME_M2 * m["rent_home"] * added
    if cost > 0 and not pay_leases(world.books, world.governments.rows, float(cost)):
        taken = 0.0
    saved = own * norms["apartments_discount"] + (built + taken) * added
    m["flats_built"], m["flats_taken"] = built, rule["flats_market"][0]
    m["flats_stock"] = own + built + taken
    m["flats_discount"] = saved / max(m["flats_stock"], 1)
    m["home_relief"] = saved / max(norms["home_units"] + built, 1)


def add_homes(world: World, area: float) -> None:
    """Spread `area` m² of new homes over the cells with housing."""
    if area > 0 and world.homes.size:
        world.cells.rows["floor_housing"][world.homes] += area / world.homes.size


def dormitories(world: World) -> None:
    """Set the beds there are in dormitories; new ones add floor. A lever without money adds none."""
    rule, m = world.rule, world.market[0]
    if math.isnan(rule["dorm_beds"][0]):
        return
    beds = rule["dorm_units"][0] * rule["dorm_beds"][0] if rule["dorm_units"][0] > 0 else 0.0
    add_homes(world, (beds - m["beds_stock"]) * BED_M2)
    m["beds_stock"] = beds


def step(world: World) -> None:
    """Graduation, leaving, settling."""
    p, acc = world.params["housing"], world.params["accounts"]
    firms, cells = world.firms.rows, world.cells.rows
    seed, month = world.seed, world.month
    living_circle(world)
    apartments(world)
    dormitories(world)
    bed_rent = float(world.rule["dorm_rent"][0])
    first = world.rule["flats_priority"][0]
    priority = CORE_STARTUP if math.isnan(first) else int(first)
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
        people, adults, firms, world.governments.rows, cells, world.market, world.norms,
        world.rule, p, acc, world.tally, seed, month,
    )  # fmt: skip
    settle(
        people, adults, firms, cells, world.homes, world.market, world.norms, priority,
        0.0 if math.isnan(bed_rent) else bed_rent, p,
        world.tally, seed, month,
    )  # fmt: skip
