"""What the sites of one place exchange once their months are over: firms, people, knowledge (model 6.20).

    P(site b takes a leaver of a) = w_b / (1 + Σ w),   w_b = sister·link·e^(-d/decay)·e^(utility)
    utility = cost·x + vacancy·(vacant share - .12) + neighbours·ln((1+n_b)/(1+n_a))
              + third·(third places b - a) + reputation·(reputation of b - .5)

The 1 stands for the rest of the region; x is what the rest of the region costs over what b costs, in
units of the rent at a. The nineteen processes know one site only; this one is not of the month. It is
called by `sim.region`, which knows all sites, and draws with the seed of the site that is left.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import purpose, stream, uniform, uniform2
from sim.kernel import kernel
from sim.state.awards import clawback
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, HERE, MOVED_AWAY, MOVED_REGION, NEVER, NOBODY, STUDENT
from sim.state.costs import asking_rent, landlord_rent, rent_in, space_per_head
from sim.state.learning import absorption
from sim.state.ledger import CLAWBACK, FIRM, GOVERNMENT, SITE_TRANSFER, WORLD, pay
from sim.state.persons import join, remove_person
from sim.state.space import (
    find_floor,
    fits_upstairs,
    free_floor,
    let,
    owned_floor,
    place_in_building,
)

READS = ("firms", "cells", "people", "market", "norms", "rule", "operators")
WRITES = ("firms", "people", "stakes", "founders", "cells", "operators", "market.desk_pool", "purse",
          "flows", "governments", "tally")  # fmt: skip

PARAMETERS = Parameters(
    "region",
    sister=param(0.5, "ratio", 0, 3, "assumption", "pull of a linked site next door", "姊妹社区吸引力"),
    decay_km=param(10, "km", 2, 50, "assumption", "distance at which its pull has fallen to 37%", "吸引力距离衰减"),
    cost=param(3, "logit", 1, 6, "F16", "weight of the cost gap", "成本敏感度"),
    least_floor=param(0.5, "share", 0.2, 1, "assumption", "floor with which a firm makes do on arrival", "迁入时最低面积占比"),
    vacancy=param(1, "logit", 0, 4, "assumption", "weight of vacant floor", "空置权重"),
    neighbours=param(0.25, "logit per log", 0, 0.8, "assumption", "weight of firms of the sector", "同业权重"),
    third=param(0.5, "logit", 0, 2, "assumption", "weight of third places", "第三空间权重"),
    reputation=param(1, "logit", 0, 3, "assumption", "weight of the site's name", "声誉权重"),
    seeker_rate=param(0.25, "1/month", 0, 1, "assumption", "seekers who go where posts are easier", "求职者跨社区流动率"),
    name_speed=param(0.02, "1/month", 0, 0.1, "assumption", "speed at which a linked site's name spreads", "声誉扩散速度"),
    contact_rate=param(0.5, "1/year", 0, 3, "assumption", "contacts of a firm with a linked site", "跨社区年接触次数"),
    contact_gain=param(0.05, "share", 0, 0.2, "assumption", "gap that a contact closes at best", "单次接触弥合差距"),
)  # fmt: skip

# A site as firms of other sites see it, taken once a month. Arrays are by use of floor.
SITE = np.dtype(
    [
        ("x", np.float64),  # m, on the map of the place
        ("y", np.float64),
        ("strength", np.float64),  # of its links, 0..1
        ("rent", np.float64, 3),  # asking, CNY/m2/month
        ("room", np.float64, 3),  # largest vacant floor in one building, m2
        ("vacant", np.float64, 3),  # share of the floor
        ("sectors", np.float64, len(SECTORS)),  # firms by sector
        ("third", np.float64),  # mean draw of third places over its buildings
        ("reputation", np.float64),
        ("openings", np.float64),  # open posts per worker
    ]
)

_WHERE = purpose("region.where")
_REFER = purpose("region.refer")
_ORDER = purpose("region.order")
_SPOT = purpose("region.spot")
_SEEK = purpose("region.seek")
_MEET = purpose("region.meet")


@kernel
def pulls(firm, here, sites, norm, p, weights):
    """Write the weight of each site for a leaver of site `here`, its link left out; 0 without room."""
    a = sites[here]
    use = firm.use
    elsewhere = norm.rival_rent * a.rent[use]
    for b in range(sites.size):
        other = sites[b]
        weights[b] = 0.0
        if b == here or other.room[use] <= p.least_floor * firm.area or other.rent[use] <= 0:
            continue
        x = (elsewhere - other.rent[use]) / max(a.rent[use], 1.0)
        value = p.cost * min(max(x, -1.2), 1.2)
        value += p.vacancy * (other.vacant[use] - 0.12)
        value += p.neighbours * math.log(
            (1 + other.sectors[firm.sector]) / (1 + a.sectors[firm.sector])
        )
        value += p.third * (other.third - a.third) + p.reputation * (other.reputation - 0.5)
        away = math.hypot(a.x - other.x, a.y - other.y)
        weights[b] = p.sister * math.exp(value - away / (1000 * p.decay_km))


@kernel
def choose_sites(firms, here, sites, rule, norms, p, acc, seed, month):
    """Return the site that each leaver of site `here` would move to, shape (firms,), -1 for none.

    Large leavers are referred first, to sites where floor costs less than here, wherever else they
    meant to go, and so are large firms that have outgrown their floor and found no other here, a
    twelfth of the share a month; then those who stay in the region choose between its sites and the
    rest of it.
    """
    rule, norm, p, acc = rule[0], norms[0], p[0], acc[0]
    where, refer = stream(seed, _WHERE, month), stream(seed, _REFER, month)
    chosen = np.full(firms.size, -1)
    weights = np.empty(sites.size)
    for i in range(firms.size):
        firm = firms[i]
        leaves = firm.fate == MOVED_REGION or firm.fate == MOVED_AWAY
        outgrown = firm.fate == HERE and firm.occasion_until >= month
        outgrown = outgrown and firm.area < 0.85 * firm.staff * space_per_head(firm.use, acc)
        if not leaves and (not outgrown or rule.front_referral <= 0):
            continue
        # Nobody lets floor to a firm that is out of money.
        if firm.cash <= 0 or firm.staff < 1 or firm.ambition == BRANCH:
            continue
        if firm.work_until < NEVER:  # builders go where the next site is
            continue
        pulls(firm, here, sites, norm, p, weights)
        share = rule.front_referral if leaves else rule.front_referral / 12
        referred = firm.staff >= rule.front_staff_min and rule.front_referral > 0
        referred = referred and uniform(refer, firm.uid) < share
        if not referred and firm.fate != MOVED_REGION:
            continue
        rest = 0.0 if referred else 1.0
        for b in range(sites.size):
            if referred:
                weights[b] *= sites[b].rent[firm.use] < sites[here].rent[firm.use]
            else:
                weights[b] *= min(sites[here].strength, sites[b].strength)
        u = uniform(where, firm.uid) * (weights.sum() + rest)
        for b in range(sites.size):
            if u < weights[b]:
                chosen[i] = b
                break
            u -= weights[b]
    return chosen


@kernel
def order_of(uids, seed, month):
    """Return firms that move this month in keyed order, whatever site they leave."""
    key = stream(seed, _ORDER, month)
    luck = np.empty(uids.size)
    for i in range(uids.size):
        luck[i] = uniform(key, uids[i])
    return np.argsort(luck)


@kernel
def take_lease(cells, buildings, use, area, least, uid, rule, seed, month):
    """Let `area` m² in the first building that has it, from a keyed start; return its row and the area.

    Where none has, the largest vacant floor serves if it is at least a share `least` of it; else the row
    is -1.
    """
    start = int(uniform(stream(seed, _SPOT, month), uid) * buildings.size)
    fits = fits_upstairs(uid, use, rule[0].upstairs_fit, seed)
    row = find_floor(cells, buildings, use, area, start, fits)
    if row < 0:
        most = least * area
        for k in range(buildings.size):
            cell = cells[buildings[(start + k) % buildings.size]]
            if free_floor(cell, use) > most and (fits or cell.upstairs == 0):
                row, most = buildings[(start + k) % buildings.size], free_floor(cell, use)
        area = most
    if row >= 0:
        let(cells[row], use, area)
    return row, area


@kernel
def close_account(books, i, programmes, help_cny, purpose, month):
    """Settle what a firm that moves to another site owes and gets here; return what it takes along."""
    firm = books.firms[i]
    pay(books, GOVERNMENT, 0, FIRM, i, purpose, help_cny)
    for k in range(programmes.size):
        owed = clawback(firm, k, programmes[k], month)
        pay(books, FIRM, i, GOVERNMENT, 0, CLAWBACK, min(owed, max(firm.cash, 0.0)))
    cash = max(firm.cash, 0.0)
    pay(books, FIRM, i, WORLD, 0, SITE_TRANSFER, cash)
    return cash


@kernel
def staff_of(people, adults, mover):
    """Return the rows of the staff of movers, and whose they are; `mover`, shape (firms,), else -1."""
    rows = np.empty(adults.size, np.int64)
    whose = np.empty(adults.size, np.int64)
    count = 0
    for j in adults:
        e = people.employer[j]
        if e >= 0 and mover[e] >= 0:
            rows[count], whose[count] = j, mover[e]
            count += 1
    return rows[:count].copy(), whose[:count].copy()


@kernel
def move_in(
    books, first, people, begin, end, cells, market, norms, lease_months, cash, tally, seed, month
):
    """Give firms from row `first` on their lease, their people (rows `begin` to `end`) and their cash."""
    m, norm, count = market[0], norms[0], tally[0]
    spot = stream(seed, _SPOT, month)
    for i in range(first, books.firms.size):
        firm = books.firms[i]
        cell = cells[firm.cell]
        firm.landlord = 1 if owned_floor(cell, firm.use) > 0 else 0
        asking = asking_rent(m, firm.use)
        if firm.landlord:
            asking = landlord_rent(books.operators[0], m, firm.use)
        firm.rent = rent_in(cell, asking, norm)
        firm.lease_end = month + int(lease_months)
        place_in_building(
            firm, cells[firm.cell], norm.cell_m, uniform2(spot, firm.uid, 0),
            uniform2(spot, firm.uid, 1), uniform2(spot, firm.uid, 2),
        )  # fmt: skip
        pay(books, WORLD, 0, FIRM, i, SITE_TRANSFER, cash[i - first])
        count.entries += 1
        count.entries_relocated += 1
        count.sites_in += 1
    for j in range(begin, end):
        firm = books.firms[people.employer[j]]
        join(firm, people.kind[j])
        count.displaced_jobs += 1
    count.people_born += end - begin
    count.sites_people_in += end - begin


@kernel
def find_seekers(people, adults, chances, seed, month):
    """Return the rows of people without work who leave for another site, and for which one.

    `chances`, shape (sites,): monthly, of each site.
    """
    key = stream(seed, _SEEK, month)
    total = chances.sum()
    rows = np.empty(adults.size, np.int64)
    where = np.empty(adults.size, np.int64)
    count = 0
    for j in adults:
        if people.employer[j] != NOBODY or people.kind[j] <= STUDENT:
            continue
        u = uniform(key, people.uid[j])
        if u >= total:
            continue
        b = 0
        while b < chances.size - 1 and u >= chances[b]:
            u -= chances[b]
            b += 1
        rows[count], where[count] = j, b
        count += 1
    return rows[:count].copy(), where[:count].copy()


@kernel
def let_go(people, rows, cells, tally):
    """Take people who move to another site out of this one."""
    for j in rows:
        remove_person(people, j, cells, tally[0])
        tally[0].sites_people_out += 1


@kernel
def learn_between(firms, levels, sectors, chance, p, spill, tally, seed, month, ordinal):
    """Let firms meet one of another site (its log knowledge `levels` and `sectors`) and learn of it."""
    p, spill = p[0], spill[0]
    if levels.size == 0:
        return
    key = stream(seed, _MEET, month)
    for i in range(firms.size):
        firm = firms[i]
        if uniform2(key, firm.uid, 2 * ordinal) >= chance:
            continue
        j = int(uniform2(key, firm.uid, 2 * ordinal + 1) * levels.size)
        tally[0].sites_contacts += 1
        gap = levels[j] - math.log(firm.knowledge)
        if gap > 0:
            firm.knowledge *= math.exp(
                p.contact_gain * absorption(gap, sectors[j] == firm.sector, spill) * gap
            )
