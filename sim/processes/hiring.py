"""Firms open and fill vacancies; people change jobs (model 6.11).

Wanted staff is what income, and for venture firms cash over thirty months, pays for at today's cost a
head, within the founder's ambition and what the floor holds. Vacancies meet seekers in keyed order;
each looks at a few and takes the best by skill, sector and distance.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import newborn, purpose, round_keyed, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.columns import (
    HERE,
    NOBODY,
    STUDENT,
    VENTURE,
    WORKER,
)  # fmt: skip
from sim.state.costs import full_cost, is_lean, space_per_head
from sim.state.persons import (
    join,
    leave_or_commute,
    pick_kind,
    quit_firm,
    release,
    wage_of,
    write_person,
)  # fmt: skip
from sim.state.world import World

READS = ("firms", "people", "cells", "market", "norms")
WRITES = (
    "firms.wanted", "firms.vacancies", "firms.staff", "firms.developers", "firms.scientists",
    "firms.workers", "firms.locals", "firms.skill", "firms.knowledge", "people",
    "cells.let_housing", "market.openings", "market.openings_per_worker", "market.seekers",
    "tally",
)  # fmt: skip

PARAMETERS = Parameters(
    "hiring",
    cash_months=param(30, "months", 18, 48, "assumption", "months over which cash pays staff", "现金摊用月数"),
    change_most=param(0.15, "1/month", 0.05, 0.3, "assumption", "most change of staff", "员工月变动上限"),
    funded_growth=param(0.60, "1/year", 0.2, 1.5, "assumption", "most growth out of funding", "融资扩张年上限"),
    patience_months=param(24, "months", 12, 36, "assumption", "months without a round before cuts", "无新轮融资容忍期"),
    fill_here=param(0.15, "1/month", 0.05, 0.6, "assumption", "open posts that meet seekers of the place", "本地填补月率"),
    fill_outside=param(0.33, "1/month", 0.1, 0.7, "assumption", "open posts filled from outside", "外部填补月率"),
    job_moves=param(0.22, "1/year", 0.15, 0.3, "H03", "job-to-job moves", "跳槽年率"),
    job_moves_openings=param(0.05, "share", 0.02, 0.1, "assumption", "openings per worker it is measured at", "对应空缺率"),
    moves_here=param(0.3, "share", 0.05, 0.7, "H05", "moves that look for a post on the site", "站内流动占比"),
    search_width=param(4, "people", 1, 12, "assumption", "seekers a vacancy looks at", "比选人数"),
    distance_km=param(2, "km", 0.5, 10, "H05", "distance worth one sd of skill", "一个标准差对应的距离"),
    sector_match=param(0.5, "sd", 0, 2, "assumption", "worth of the same sector", "同业匹配价值"),
    knowhow=param(0.1, "share", 0, 0.3, "assumption", "know-how carried by a mover", "跳槽带走的诀窍"),
    crowding=param(0.8, "ratio", 0.5, 1, "assumption", "least floor a head over the norm", "最低人均面积比"),
    search_months=param(8, "months", 4, 15, "H09", "months of search before leaving", "求职期"),
)  # fmt: skip

_ROUND = purpose("hiring.round")
_LAYOFF = purpose("hiring.layoff")
_MOVE = purpose("hiring.move")
_WHERE = purpose("hiring.where")
_QUEUE = purpose("hiring.queue")
_POST = purpose("hiring.post")
_FILL = purpose("hiring.fill")
_HIRE = purpose("hiring.hire")
_KIND = purpose("hiring.kind")


SKILL_UNIT = 1048576.0  # parts of a standard deviation in which skill is added up


@inlined
def wanted_staff(firm, acc, norm, wage_level, p, month):
    """Return the staff that income and, for venture firms, cash pay for."""
    if firm.staff < 1:
        return 0.0
    if is_lean(firm):
        # A lean team keeps its people while it can pay them, and its founders to the end.
        short = firm.cash < 2 * max(firm.cost - firm.income, 0.0)
        return max(2.0, 0.7 * firm.staff) if short and firm.staff > 2 else float(firm.staff)
    head = full_cost(firm, acc, norm, wage_level) / firm.staff
    means = firm.revenue * (1 - acc.tax_revenue) + firm.contract_income
    if firm.ambition == VENTURE and firm.rounds > 0:
        if month - firm.last_round <= p.patience_months:
            means += max(firm.cash, 0.0) / p.cash_months
    return means / max(head, 1.0)


@kernel
def open_posts(firms, market, norms, p, acc, seed, month):
    """Set wanted staff and vacancies; return how many each firm must let go."""
    p, acc = p[0], acc[0]
    wage_level = norms[0].city_factor * market[0].wage
    key = stream(seed, _ROUND, month)
    cut = np.zeros(firms.size)
    for i in range(firms.size):
        firm = firms[i]
        firm.vacancies = 0
        if firm.fate != HERE:
            continue
        target = min(wanted_staff(firm, acc, norms[0], wage_level, p, month), firm.staff_ceiling)
        target = max(target, 1.0)
        firm.wanted = target
        floor_holds = firm.area / (p.crowding * space_per_head(firm.use, acc))
        target = min(target, max(floor_holds, float(firm.staff)))
        up = p.change_most
        if firm.rounds > 0 and firm.revenue < firm.cost:
            up = min(up, p.funded_growth / 12)
        most = up * firm.staff + 0.5
        change = min(max(target - firm.staff, -p.change_most * firm.staff), most)
        whole = round_keyed(key, firm.uid, abs(change))
        if change >= 0:
            firm.vacancies = whole
        else:
            cut[i] = min(whole, firm.staff - 1)
    return cut


@kernel
def part_ways(
    people, adults, firms, cells, cut, market, norms, p, tally, seed, month, movers, idle
):
    """Lay off and let people move on; return how many look for a post here, employed and idle.

    `movers` and `idle` take their rows. One pass over all adults; a person's draws decide alone.
    """
    p, count = p[0], tally[0]
    lay_key = stream(seed, _LAYOFF, month)
    move_key = stream(seed, _MOVE, month)
    where_key = stream(seed, _WHERE, month)
    tight = min(3.0, market[0].openings_per_worker / p.job_moves_openings)
    hazard = p.job_moves / 12 * tight
    found = 0
    # Shares of the staff before anybody leaves, so that it does not matter who comes first.
    share = np.zeros(firms.size)
    for e in range(firms.size):
        share[e] = cut[e] / max(firms[e].staff, 1)
    without = 0
    veterans = 0
    # Whole numbers add up the same in any order.
    skill = np.zeros(firms.size, np.int64)
    for i in adults:
        e = people.employer[i]
        if e < 0:
            if e == NOBODY:
                idle[without] = i
                without += 1
            continue
        firm = firms[e]
        if people.tenure[i] < 32_000:
            people.tenure[i] += 1
            people.field_experience[i] = min(people.field_experience[i] + 1, 32_000)
        uid = people.uid[i]
        points = int(people.skill[i] * SKILL_UNIT)
        skill[e] += points
        veteran = people.field_experience[i] >= 12 and people.kind[i] != WORKER
        veterans += veteran
        if people.founder_of[i] == firm.uid:
            continue
        if share[e] > 0 and uniform(lay_key, uid) < share[e]:
            quit_firm(firm, people.kind[i], people.home_cell[i] >= 0)
            release(people, i)
            idle[without] = i
            without += 1
            people.graduates[i] = month + int(p.search_months)
            count.layoffs += 1
            skill[e] -= points
            veterans -= veteran
            continue
        if uniform(move_key, uid) >= hazard:
            continue
        if uniform(where_key, uid) < p.moves_here:
            if found < movers.size:
                movers[found] = i
                found += 1
            continue
        count.quits += 1
        skill[e] -= points
        veterans -= veteran
        if people.kind[i] != WORKER:
            count.talent_left += 1
        quit_firm(firm, people.kind[i], people.home_cell[i] >= 0)
        leave_or_commute(people, i, cells, uniform2(where_key, uid, 1), count)
    for e in range(firms.size):
        if firms[e].staff > 0:
            firms[e].skill = skill[e] / SKILL_UNIT / firms[e].staff
    count.talent_veterans = veterans
    market[0].seekers = without
    return found, without


@kernel
def fill_posts(people, n, idle, firms, cells, movers, market, norms, p, acc, tally, seed, month):
    """Fill vacancies from seekers and from outside; return the number of people afterwards."""
    p, acc, norm, m, count = p[0], acc[0], norms[0], market[0], tally[0]
    wage_level = norm.city_factor * m.wage
    openings = 0
    for i in range(firms.size):
        openings += firms[i].vacancies
    seekers = np.empty(idle.size + movers.size, np.int64)
    luck = np.empty(idle.size + movers.size)
    queue = stream(seed, _QUEUE, month)
    # Only as many stand in the queue as the posts can look at: the front of it by keyed luck.
    front = (2 * p.search_width * p.fill_here * openings + 40) / max(seekers.size, 1)
    total = 0
    for k in range(seekers.size):
        i = idle[k] if k < idle.size else movers[k - idle.size]
        u = uniform(queue, people.uid[i])
        if u < front and people.kind[i] > STUDENT:
            seekers[total] = i
            luck[total] = u
            total += 1
    seekers, luck = seekers[:total], luck[:total]
    ranked = np.argsort(luck)
    taken = np.zeros(total, np.bool_)
    posts = np.empty(openings, np.int64)
    ordinal = np.empty(openings, np.int64)
    post_luck = np.empty(openings)
    at = 0
    post_key = stream(seed, _POST, month)
    for i in range(firms.size):
        for v in range(firms[i].vacancies):
            posts[at] = i
            ordinal[at] = v
            post_luck[at] = uniform2(post_key, firms[i].uid, v)
            at += 1
    order = np.argsort(post_luck)
    fill_key = stream(seed, _FILL, month)
    kind_key = stream(seed, _KIND, month)
    next_seeker = 0
    for a in range(openings):
        e = posts[order[a]]
        v = ordinal[order[a]]
        firm = firms[e]
        kind = pick_kind(uniform2(kind_key, firm.uid, v), norm)
        best = -1
        best_score = -1e9
        looked = 0
        k = next_seeker
        meets = uniform2(fill_key, firm.uid, v)
        while meets < p.fill_here and k < total and looked < p.search_width:
            s = ranked[k]
            i = seekers[s]
            if not taken[s] and people.kind[i] == kind and people.employer[i] != e:
                score = people.skill[i] + p.sector_match * (people.sector[i] == firm.sector)
                if people.home_cell[i] >= 0:
                    dx = cells[people.home_cell[i]].column - cells[firm.cell].column
                    dy = cells[people.home_cell[i]].line - cells[firm.cell].line
                    score -= math.hypot(dx, dy) * norm.cell_m / 1000 / p.distance_km
                else:
                    score -= 1.0
                looked += 1
                if score > best_score:
                    best_score = score
                    best = k
            k += 1
            if k - next_seeker > 60:
                break
        while next_seeker < total and taken[ranked[next_seeker]]:
            next_seeker += 1
        if best >= 0:
            s = ranked[best]
            i = seekers[s]
            taken[s] = True
            old = people.employer[i]
            if old >= 0:
                quit_firm(firms[old], people.kind[i], people.home_cell[i] >= 0)
                gap = math.log(firms[old].knowledge / firm.knowledge)
                firm.knowledge *= math.exp(p.knowhow * max(gap, 0.0) / max(firm.staff, 1))
                count.talent_moved += 1
                count.job_local += 1
            elif people.institution[i] >= 0:
                count.students_retained += 1
                count.job_world += 1
            else:
                count.job_world += 1
            people.employer[i] = e
            people.tenure[i] = 0
            people.graduates[i] = -1
            people.wage[i] = wage_of(kind, acc, wage_level)
            people.sector[i] = firm.sector
        elif meets >= p.fill_here and meets < p.fill_here + p.fill_outside:
            uid = newborn(firm.uid, month, v, _HIRE)
            wage = wage_of(kind, acc, wage_level)
            write_person(people, n, uid, kind, e, firm.sector, wage, norm.migrant_share, seed)
            n += 1
            count.people_born += 1
            count.job_local += 1
        else:
            continue
        firm.vacancies -= 1
        join(firm, kind)
        if best >= 0 and people.home_cell[seekers[ranked[best]]] >= 0:
            firm.locals += 1
        count.hires += 1
    return n


def step(world: World) -> None:
    """Open posts, part ways, fill posts."""
    p, acc = world.params["hiring"], world.params["accounts"]
    firms, cells = world.firms.rows, world.cells.rows
    seed, month = world.seed, world.month
    cut = open_posts(firms, world.market, world.norms, p, acc, seed, month)
    openings = int(firms["vacancies"].sum())
    staff = int(firms["staff"].sum())
    people = world.people.reserve(openings)
    room = np.empty(64 + staff // 4, np.int64)
    first_new = world.people.n
    adults = world.people.adults()
    idle = np.empty(adults.size, np.int64)
    found, without = part_ways(
        people, adults, firms, cells, cut, world.market, world.norms, p, world.tally,
        seed, month, room, idle,
    )  # fmt: skip
    world.market["openings"] = float(openings)
    world.market["openings_per_worker"] = openings / max(staff, 1)
    world.people.n = fill_posts(
        people, first_new, idle[:without], firms, cells, room[:found], world.market, world.norms, p, acc,
        world.tally, seed, month,
    )  # fmt: skip
