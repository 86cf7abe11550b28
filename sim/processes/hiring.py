"""Firms open and fill vacancies; people change jobs (model 6.11).

Wanted staff is what income, and for venture firms cash over thirty months, pays for at today's cost a
head, within the founder's ambition and what the floor holds. Vacancies meet seekers in keyed order:
each samples a few, who accept with

    P(accept) = e^(-commute/reach)·(pay offered / pay now)^response, at most 1

and takes the most skilled of those who do. Other posts go to people from outside, who come as posts
are open, as wages here stand to the city's and as homes here stand to what they cost at the start. A firm whose posts
stay open longer than others' pays more than the market, one that finds people easily less.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import mix, newborn, purpose, round_keyed, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.awards import afford
from sim.state.columns import (
    HERE,
    NOBODY,
    SCIENTIST,
    STUDENT,
    VENTURE,
    WORKER,
)  # fmt: skip
from sim.state.costs import full_cost, is_lean, space_per_head
from sim.state.desks import TALENT, station_gain
from sim.state.ledger import GOVERNMENT, HOUSEHOLDS, RETURNEE_PROGRAMME, pay
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

READS = ("firms", "people", "cells", "market", "norms", "rule", "institutions", "governments")
WRITES = (
    "firms.wanted", "firms.vacancies", "firms.staff", "firms.developers", "firms.scientists",
    "firms.workers", "firms.locals", "firms.skill", "firms.knowledge", "firms.pay", "people",
    "cells.let_housing", "market.openings", "market.openings_per_worker", "market.seekers",
    "tally", "governments.returnees", "governments.budget_left", "governments.spent_year",
    "governments.family_spent", "governments.refused", "purse", "flows",
)  # fmt: skip

PARAMETERS = Parameters(
    "hiring",
    cash_months=param(33.04, "months", 18, 48, "assumption", "months over which cash pays staff", "现金摊用月数"),
    change_most=param(0.15, "1/month", 0.05, 0.3, "assumption", "most change of staff", "员工月变动上限"),
    lean_hiring=param(0.957, "share", 0, 1, "A22", "of a lean team's income that pays for staff", "精益团队收入用于人员占比"),
    funded_growth=param(0.2, "1/year", 0.2, 1.5, "assumption", "most growth out of funding", "融资扩张年上限"),
    patience_months=param(26.7, "months", 12, 36, "assumption", "months without a round before cuts", "无新轮融资容忍期"),
    fill_here=param(0.15, "1/month", 0.05, 0.6, "assumption", "open posts that meet seekers of the place", "本地填补月率"),
    fill_outside=param(0.33, "1/month", 0.1, 0.7, "assumption", "open posts filled from outside", "外部填补月率"),
    job_moves=param(0.22, "1/year", 0.15, 0.3, "H03", "job-to-job moves", "跳槽年率"),
    job_moves_openings=param(0.05, "share", 0.02, 0.1, "assumption", "openings per worker it is measured at", "对应空缺率"),
    moves_here=param(0.3, "share", 0.05, 0.7, "assumption", "moves that look for a post on the site", "站内流动占比"),
    keeps_home=param(0.2, "share", 0.0, 0.7, "assumption", "residents who stay for a post elsewhere", "外出就业仍居本地占比"),
    search_width=param(4, "people", 1, 12, "assumption", "seekers a vacancy looks at", "比选人数"),
    commute_km=param(5, "km", 2, 15, "assumption", "commute at which acceptance falls to 37%", "通勤衰减距离"),
    outside_km=param(3, "km", 1, 10, "assumption", "mean commute of seekers who live elsewhere", "外住求职者平均通勤"),
    pay_response=param(2, "elasticity", 0.5, 4, "assumption", "acceptance and quits by pay", "薪酬弹性"),
    pay_step=param(0.5, "share per open post a head", 0, 1, "assumption", "pay raised for posts that stay open", "空缺推升薪酬"),
    pay_return=param(0.5, "1/year", 0, 2, "assumption", "return of pay to the market's", "薪酬回归速度"),
    pay_most=param(0.2, "share", 0, 0.4, "assumption", "most gap of a firm's pay to the market's", "薪酬偏离上限"),
    sector_match=param(0.5, "sd", 0, 2, "assumption", "worth of the same sector", "同业匹配价值"),
    experience=param(0.5, "sd", 0, 1.5, "assumption", "worth of long experience", "经验价值"),
    experience_months=param(24, "months", 6, 60, "assumption", "experience that is worth half of it", "经验半值月数"),
    knowhow=param(0.1, "share", 0, 0.3, "assumption", "know-how carried by a mover", "跳槽带走的诀窍"),
    crowding=param(0.8, "ratio", 0.5, 1, "assumption", "least floor a head over the norm", "最低人均面积比"),
    search_months=param(8, "months", 4, 15, "assumption", "months of search before leaving", "求职期"),
    pull_wage=param(1, "elasticity", 0, 3, "assumption", "people from outside by wages here", "外来者对工资的弹性"),
    pull_home=param(0.3, "elasticity", 0, 1, "H05", "people from outside kept away by home rent", "外来者对房租的弹性"),
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
_START = purpose("hiring.start")
_COMMUTE = purpose("hiring.commute")
_ACCEPT = purpose("hiring.accept")
_RETURNEE = purpose("hiring.returnee")
LOOKS = 60  # people in the queue that a post goes past at most


SKILL_UNIT = 1048576.0  # parts of a standard deviation in which skill is added up


@inlined
def wanted_staff(firm, acc, norm, wage_level, p, month):
    """Return the staff that income and, for venture firms, cash pay for."""
    if firm.staff < 1:
        return 0.0
    if is_lean(firm):
        # A lean team keeps its people while it can pay them, and its founders to the end.
        if firm.cash < 2 * max(firm.cost - firm.income, 0.0):
            return max(2.0, 0.7 * firm.staff) if firm.staff > 2 else float(firm.staff)
        # Work in hand beyond what they live on takes more hands.
        work = p.lean_hiring * firm.income / max(firm.cost, 1.0)
        return firm.staff * max(1.0, work)
    head = full_cost(firm, acc, norm, wage_level) / firm.staff
    means = firm.revenue * (1 - acc.tax_revenue - norm.input_share) + firm.contract_income
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
        floor_holds = (firm.area + firm.shared_m2) / (p.crowding * space_per_head(firm.use, acc))
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
    found = 0
    # Shares of the staff before anybody leaves, so that it does not matter who comes first.
    share = np.zeros(firms.size)
    hazard = np.empty(firms.size)
    for e in range(firms.size):
        share[e] = cut[e] / max(firms[e].staff, 1)
        hazard[e] = p.job_moves / 12 * tight * firms[e].pay ** -p.pay_response
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
        if people.founder_of[i] != 0 and people.founder_of[i] == firm.uid:
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
        less = 1.0
        if people.kind[i] == WORKER and firm.wage_supplement > 0:
            less = (1 + firm.wage_supplement / people.wage[i]) ** -p.pay_response
        if uniform(move_key, uid) >= hazard[e] * less:
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
        stays = uniform2(where_key, uid, 1) < p.keeps_home
        leave_or_commute(people, i, cells, stays, count)
    for e in range(firms.size):
        if firms[e].staff > 0:
            firms[e].skill = skill[e] / SKILL_UNIT / firms[e].staff
    count.talent_veterans = veterans
    market[0].seekers = without
    return found, without


@inlined
def commute_km(uid, home, institution, firm, cells, institutions, norm, p, key):
    """Return the way from where a seeker lives to a firm, km.

    Graduates live at their school, which may lie off the site, others without a home here as far away as keyed luck says.
    """
    way = 0.0
    if home < 0 and institution >= 0:
        home = institutions[institution].cell
        if institutions[institution].opened < 0:
            way = norm.campus_km
    if home < 0:
        return -p.outside_km * math.log(uniform(key, uid))
    dx = cells[home].column - cells[firm.cell].column
    dy = cells[home].line - cells[firm.cell].line
    return way + math.hypot(dx, dy) * norm.cell_m / 1000


@inlined
def worker_pay(firm, wage):
    """Return what a worker gets at a firm over the market's wage: its pay, and any supplement."""
    return firm.pay + firm.wage_supplement / wage


@inlined
def acceptance(e, kind, firm, firms, distance, market_wage, acc, p):
    """Return the chance that a seeker takes a post, 0..1: near and well paid ones first.

    Those without work compare with the market's pay, others with what their firm pays them.
    """
    now = 1.0
    if e >= 0:
        now = firms[e].pay * (acc.lean_share if is_lean(firms[e]) else 1.0)
    offer = firm.pay * (acc.lean_share if is_lean(firm) else 1.0)
    if kind == WORKER:
        offer *= worker_pay(firm, market_wage) / firm.pay
        now *= worker_pay(firms[e], market_wage) / firms[e].pay if e >= 0 else 1.0
    return min(1.0, math.exp(-distance / p.commute_km) * (offer / now) ** p.pay_response)


@inlined
def best_seeker(
    people, seekers, ranked, taken, firm, e, kind, post, firms, cells, institutions, norm, market_wage,
    acc, p, keys,
):  # fmt: skip
    """Return the place in the queue of the most skilled of those who accept a post, or -1.

    The post goes round the queue from a place of its own (`keys`: start, commute, accept).
    """
    total = seekers.size
    best = -1
    best_score = -1e9
    looked = 0
    start = int(uniform(keys[0], post) * total)
    for step_ in range(min(total, LOOKS)):
        s = ranked[(start + step_) % total]
        i = seekers[s]
        if taken[s] or people.kind[i] != kind or people.employer[i] == e:
            continue
        looked += 1
        distance = commute_km(
            people.uid[i], people.home_cell[i], people.institution[i], firm, cells, institutions,
            norm, p, keys[1],
        )  # fmt: skip
        chance = acceptance(people.employer[i], kind, firm, firms, distance, market_wage, acc, p)
        if uniform(mix(keys[2] ^ np.uint64(post)), people.uid[i]) < chance:
            score = people.skill[i] + p.sector_match * (people.sector[i] == firm.sector)
            known = people.field_experience[i]
            score += p.experience * known / (known + p.experience_months)
            if score > best_score:
                best_score = score
                best = s
        if looked >= p.search_width:
            break
    return best


@inlined
def queue_up(people, idle, movers, most, key):
    """Return the rows of those in the queue, about `most` without work, and their keyed order.

    Who moves on from a job here looks this month only, and stands in the queue for certain.
    """
    seekers = np.empty(idle.size + movers.size, np.int64)
    luck = np.empty(seekers.size)
    front = most / max(idle.size, 1)
    total = 0
    for k in range(seekers.size):
        i = idle[k] if k < idle.size else movers[k - idle.size]
        u = uniform(key, people.uid[i])
        if (u < front or k >= idle.size) and people.kind[i] > STUDENT:
            seekers[total] = i
            luck[total] = u
            total += 1
    return seekers[:total], np.argsort(luck[:total])


@inlined
def posts_in_order(firms, openings, key):
    """Return the row of the firm and the ordinal of every open post, in keyed order."""
    posts = np.empty(openings, np.int64)
    ordinal = np.empty(openings, np.int64)
    luck = np.empty(openings)
    at = 0
    for i in range(firms.size):
        for v in range(firms[i].vacancies):
            posts[at] = i
            ordinal[at] = v
            luck[at] = uniform2(key, firms[i].uid, v)
            at += 1
    order = np.argsort(luck)
    return posts[order], ordinal[order]


@inlined
def take_on(people, i, e, kind, wage, firms, p, count):
    """Move a seeker to firm `e`, with the know-how learnt at the last one."""
    firm = firms[e]
    old = people.employer[i]
    if old >= 0:
        quit_firm(firms[old], people.kind[i], people.home_cell[i] >= 0)
        gap = math.log(firms[old].knowledge / firm.knowledge)
        firm.knowledge *= math.exp(p.knowhow * max(gap, 0.0) / max(firm.staff, 1))
        count.talent_moved += 1
        count.job_local += 1
    else:
        count.students_retained += people.institution[i] >= 0
        count.job_world += 1
    people.employer[i] = e
    people.tenure[i] = 0
    people.graduates[i] = -1
    people.wage[i] = wage
    people.sector[i] = firm.sector
    join(firm, kind)
    firm.locals += people.home_cell[i] >= 0


@inlined
def pull_from_outside(market, norm, p):
    """Return how many people come for a post here, over the start: by wages and by home rent."""
    dearer = market.rent_home / norm.rent_home if norm.rent_home > 0 else 1.0
    return market.wage**p.pull_wage * dearer**-p.pull_home


@kernel
def fill_posts(
    people, n, idle, firms, cells, institutions, movers, market, norms, rule, p, acc, tally, seed,
    month,
):  # fmt: skip
    """Fill vacancies from seekers and from outside; return the number of people afterwards."""
    p, acc, norm, m, count, rule = p[0], acc[0], norms[0], market[0], tally[0], rule[0]
    wage_level = norm.city_factor * m.wage
    openings = 0
    for i in range(firms.size):
        openings += firms[i].vacancies
    # Only as many stand in the queue as the posts can look at.
    most = 2 * p.search_width * p.fill_here * (1 + rule.station_gain) * openings + 40
    seekers, ranked = queue_up(people, idle, movers, most, stream(seed, _QUEUE, month))
    taken = np.zeros(seekers.size, np.bool_)
    posts, ordinal = posts_in_order(firms, openings, stream(seed, _POST, month))
    keys = (stream(seed, _START, month), stream(seed, _COMMUTE, 0), stream(seed, _ACCEPT, month))
    fill_key = stream(seed, _FILL, month)
    kind_key = stream(seed, _KIND, month)
    outside = p.fill_outside * pull_from_outside(m, norm, p)
    for a in range(openings):
        e, v = posts[a], ordinal[a]
        firm = firms[e]
        kind = pick_kind(uniform2(kind_key, firm.uid, v), norm)
        wage = wage_of(kind, acc, wage_level) * firm.pay
        meets = uniform2(fill_key, firm.uid, v) / (1 + rule.virtual_search)
        pays = worker_pay(firm, wage / firm.pay) if kind == WORKER else firm.pay
        best = -1
        speed = 1 + station_gain(firm, TALENT, rule)
        here = speed * p.fill_here
        if meets < here:
            best = best_seeker(
                people, seekers, ranked, taken, firm, e, kind, newborn(firm.uid, month, v, _POST),
                firms, cells, institutions, norm, wage / firm.pay, acc, p, keys,
            )  # fmt: skip
        if best >= 0:
            taken[best] = True
            take_on(people, seekers[best], e, kind, wage, firms, p, count)
        elif meets >= here and meets < here + speed * outside * pays**p.pull_wage:
            uid = newborn(firm.uid, month, v, _HIRE)
            write_person(people, n, uid, kind, e, firm.sector, wage, norm.migrant_share, seed)
            n += 1
            count.people_born += 1
            count.job_local += 1
            join(firm, kind)
        else:
            continue
        firm.vacancies -= 1
        count.hires += 1
    return n


@kernel
def place_returnees(books, people, n, governments, market, norms, rule, p, acc, tally, seed, month):
    """Let returning scientists take posts still open, in keyed order; return the number of people.

    A twelfth of the year's places comes up each month; founders who returned have taken theirs.
    """
    rule, p, acc, norm, m, count = rule[0], p[0], acc[0], norms[0], market[0], tally[0]
    government, firms = governments[0], books.firms
    key = stream(seed, _RETURNEE, month)
    places = round_keyed(key, 0, rule.returnee_places / 12)
    wage = wage_of(SCIENTIST, acc, norm.city_factor * m.wage)
    luck = np.empty(firms.size)
    for i in range(firms.size):
        luck[i] = uniform(key, firms[i].uid)
    for e in np.argsort(luck):
        firm = firms[e]
        if places <= 0 or government.returnees + 1 > rule.returnee_places:
            break
        if firm.vacancies <= 0 or not afford(government, rule.returnee_settle):
            continue
        pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, RETURNEE_PROGRAMME, rule.returnee_settle)
        uid = newborn(firm.uid, month, 0, _RETURNEE)
        sector, paid = firm.sector, wage * firm.pay
        write_person(people, n, uid, SCIENTIST, e, sector, paid, norm.migrant_share, seed)
        gap = math.log(rule.returnee_frontier * m.frontier / firm.knowledge)
        firm.knowledge *= math.exp(p.knowhow * max(gap, 0.0) / max(firm.staff, 1))
        join(firm, SCIENTIST)
        firm.vacancies -= 1
        n += 1
        places -= 1
        government.returnees += 1
        count.people_born += 1
        count.hires += 1
        count.job_world += 1
    return n


@kernel
def set_pay(firms, posts, p):
    """Let firms whose posts stay open longer than others' pay more, and easy ones less.

    `posts`, shape (firms,), are the posts open before anybody was hired.
    """
    p = p[0]
    wanted = 0.0
    still = 0.0
    for i in range(firms.size):
        wanted += posts[i]
        still += firms[i].vacancies
    usual = still / max(wanted, 1.0)
    for i in range(firms.size):
        firm = firms[i]
        more = p.pay_step * (firm.vacancies - usual * posts[i]) / max(firm.staff, 1)
        gap = (firm.pay - 1) * (1 - p.pay_return / 12) + more
        firm.pay = 1 + min(max(gap, -p.pay_most), p.pay_most)


def step(world: World) -> None:
    """Open posts, part ways, fill posts."""
    p, acc = world.params["hiring"], world.params["accounts"]
    firms, cells = world.firms.rows, world.cells.rows
    seed, month = world.seed, world.month
    cut = open_posts(firms, world.market, world.norms, p, acc, seed, month)
    posts = firms["vacancies"].copy()
    openings = int(posts.sum())
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
        people, first_new, idle[:without], firms, cells, world.institutions.rows, room[:found],
        world.market, world.norms, world.rule, p, acc, world.tally, seed, month,
    )  # fmt: skip
    if world.rule["returnee_places"][0] > 0:
        world.people.n = place_returnees(
            world.books, people, world.people.n, world.governments.rows, world.market, world.norms,
            world.rule, p, acc, world.tally, seed, month,
        )  # fmt: skip
    if month % 12 == 11:
        world.governments.rows["returnees"] = 0
    set_pay(firms, posts, p)
