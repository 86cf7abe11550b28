"""People of neighbouring firms meet; ties form and fade (model 6.2).

A pair forms a contact tie at rate `tie_rate·W(d)·(1+third place)·(1+event match)·(1+desk)` a year with
`W(d) = .55·e^(-d/12 m) [same building] + .30·e^(-d/200 m) + .07·e^(-d/1500 m)` (evidence D01-D14).

The number of a pair is (h_a + h_b) modulo 1, with one keyed uniform h per firm and month: over pairs
these are uniform and pairwise independent, and the few pairs below a bound are found by search in
the sorted h, so that no pair that does not meet is ever looked at.

Levers add third places, joint events with hosts, introductions within the chain, contacts at any
distance on a platform, and a market on which firms buy spare labour of others for research tasks.
A pair has one tie, which remembers every kind of link it has had (`ties.layers`). Founders of the
same university or institute may know each other from there: that is settled once, when a firm is new.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import keys, mix, poisson, purpose, stream, uniform, uniform2, uniforms
from sim.kernel import inlined, kernel
from sim.state.chain import linked
from sim.state.columns import ALUMNI, BRANCH, CONTACT, HERE, RELOCATED, SUPPLY
from sim.state.desks import PARTNERS, search_gain
from sim.state.space import distance
from sim.state.third_places import reopen
from sim.state.world import World

READS = ("firms", "ties", "cells", "rule", "market", "norms")
WRITES = (
    "ties", "firms.ties", "firms.supply_ties", "firms.cross_ties", "firms.peers", "firms.hosts_event", "firms.campus_open",
    "firms.showroom", "firms.task_heads", "cells.third_added", "cells.showroom",
    "market.third_access",
)  # fmt: skip

PARAMETERS = Parameters(
    "encounters",
    weight_building=param(0.55, "share", 0.2, 0.8, "D01", "weight of the same building", "同楼权重"),
    reach_building_m=param(12, "m", 5, 30, "D01", "reach inside a building", "楼内衰减距离"),
    weight_near=param(0.5, "share", 0.1, 0.5, "D04", "weight of the neighbourhood", "近邻权重"),
    reach_near_m=param(145, "m", 100, 400, "D04", "reach of the neighbourhood", "近邻衰减距离"),
    weight_far=param(0.03, "share", 0.03, 0.10, "assumption", "weight of the district", "远距权重"),
    reach_far_m=param(800, "m", 800, 3000, "assumption", "reach of the district", "远距衰减距离"),
    ties_per_year=param(2, "1/year", 1, 3, "assumption", "ties a tenant gains a year", "企业年新增联系"),
    event_match=param(0.75, "share", 0.4, 1.1, "D07", "gain of a pair at the same event", "同场活动增益"),
    indoor_draw=param(0.3, "0..1", 0, 0.7, "A-IOT-19", "draw of a service point inside a building", "楼内服务点吸引力"),
    committee_ties=param(0.5, "1/year", 0, 2, "assumption", "ties of two members of a committee", "委员间年新增联系"),
    host_gain=param(0.5, "share", 0, 1.5, "assumption", "gain of a pair with a host of the event", "联办企业的联系增益"),
    third_reach_m=param(300, "m", 100, 600, "D08", "reach of a third place", "第三空间半径"),
    third_more=param(0.2, "share", 0, 1, "D08", "what a further third place within reach counts", "重叠第三空间的折扣"),
    showroom_draw=param(0.5, "ratio", 0, 1, "assumption", "draw of a showroom over a cafe", "展厅相对咖啡厅"),
    culture_draw=param(0.7, "ratio", 0, 1, "assumption", "draw of a culture space over a cafe", "文化空间相对咖啡厅"),
    campus_draw=param(0.5, "0..1", 0, 1, "assumption", "draw of an open campus", "开放园区吸引力"),
    introduced=param(0.15, "share", 0, 0.6, "assumption", "introductions that lead to supply", "引荐成交率"),
    task_share=param(0.25, "share", 0, 1, "assumption", "labour a team buys for tasks, over its own", "任务外包占自有人力"),
    alumni=param(0.05, "share", 0, 0.3, "assumption", "founders of one school who know each other", "校友创始人相识比例"),
    peer_months=param(36, "months", 12, 60, "assumption", "age up to which a firm is a young one", "新创企业年限"),
    fading=param(0.2, "1/year", 0.05, 0.25, "assumption", "share of ties that fade", "联系消退率"),
)  # fmt: skip

_MEET = purpose("encounters.meet")
_ATTEND = purpose("encounters.attend")
_FADE = purpose("encounters.fade")
_INDOOR = purpose("encounters.indoor")
_COMMITTEE = purpose("encounters.committee")
_HOST = purpose("encounters.host")
_INTRODUCE = purpose("encounters.introduce")
_ALUMNI = purpose("encounters.alumni")
MEMBER = 2  # of the committee, as `firms.committee` has it


@inlined
def tie_weight(a, b, p):
    """Return W(d) of a pair."""
    d = distance(a, b)
    near = p.weight_near * math.exp(-d / p.reach_near_m)
    far = p.weight_far * math.exp(-d / p.reach_far_m)
    if a.cell == b.cell:
        return p.weight_building * math.exp(-d / p.reach_building_m) + near + far
    return near + far


@inlined
def pair_uid(a, b, month):
    """Return the uid of the tie of two firms formed in `month`, the same in both directions."""
    low, high = min(a, b), max(a, b)
    key = mix(np.uint64(low) + mix(np.uint64(high)))
    return np.int64(mix(key + np.uint64(month)) >> np.uint64(1)) | np.int64(1)


@inlined
def _meets(a, b, u, attends_a, attends_b, thirds, p, rate, norm, rule, match, virtual):
    most = rate * (1 + thirds)
    if attends_a and attends_b:
        most *= 1 + match
        if a.hosts_event or b.hosts_event:
            most *= 1 + p.host_gain
    most *= 1 + max(search_gain(a, PARTNERS, norm, rule), search_gain(b, PARTNERS, norm, rule))
    # No weight exceeds the sum of its shares, so most pairs need no distance.
    limit = p.weight_near + p.weight_far
    if a.cell == b.cell:
        limit += p.weight_building
    return u < most * limit + virtual and u < most * tie_weight(a, b, p) + virtual


@kernel
def meeting_pairs(firms, cells, norms, rule, p, person_days, indoor, virtual, seed, month):
    """Return the rows of the pairs that meet this month, two arrays of shape (pairs,).

    `indoor` is the share of buildings with a service point inside, `virtual` the chance that a pair
    meets at any distance, a month.
    """
    p, norm, rule = p[0], norms[0], rule[0]
    n = firms.size
    key = stream(seed, _MEET, month)
    attend_key = stream(seed, _ATTEND, month)
    indoor_key = stream(seed, _INDOOR, 0)
    h = np.empty(n)
    attends = np.zeros(n, np.bool_)
    staff = 0.0
    thirds = np.empty(n)
    most_third = 0.0
    hosted = 0
    for i in range(n):
        h[i] = uniform(key, firms[i].uid)
        staff += firms[i].staff
        # Members of a shared lab meet there as in a third place.
        place = cells[firms[i].cell].third_place + cells[firms[i].cell].third_added
        thirds[i] = max(place, rule.lab_draw * firms[i].lab_member)
        if indoor > 0 and uniform(indoor_key, cells[firms[i].cell].uid) < indoor:
            thirds[i] = max(thirds[i], p.indoor_draw)
        hosted |= firms[i].hosts_event
        most_third = max(most_third, thirds[i])
    if person_days > 0 and staff > 0:
        absent = math.log(max(1e-9, 1 - min(0.999, person_days / staff)))
        for i in range(n):
            chance = 1 - math.exp(absent * firms[i].staff)
            attends[i] = uniform(attend_key, firms[i].uid) < chance or firms[i].hosts_event
    rate = norm.tie_rate / 12
    first = np.empty(64, np.int64)
    second = np.empty(64, np.int64)
    found = 0
    # Pairs of different buildings: only those whose number lies below the highest possible rate.
    desk = max(norm.desk_gain, rule.station_gain)
    bound = rate * (p.weight_near + p.weight_far) * (1 + most_third) * (1 + desk)
    if person_days > 0:
        bound *= 1 + p.event_match
    if hosted:
        bound *= 1 + p.host_gain
    at_home = bound / (p.weight_near + p.weight_far)
    at_home *= p.weight_building + p.weight_near + p.weight_far
    at_home += virtual
    bound += virtual
    order = np.argsort(h)
    ranked = h[order]
    for i in range(n):
        for part in range(2):
            # h_a + h_b lies in [0, bound) or in [1, 1 + bound).
            low = 0.0 if part == 0 else 1.0 - ranked[i]
            high = bound - ranked[i] if part == 0 else 1.0 - ranked[i] + bound
            if high <= ranked[i]:
                continue
            j = max(i + 1, np.searchsorted(ranked, low))
            while j < n and ranked[j] < high:
                a, b = order[i], order[j]
                u = ranked[i] + ranked[j] - part
                if firms[a].cell != firms[b].cell and _meets(
                    firms[a],
                    firms[b],
                    u,
                    attends[a],
                    attends[b],
                    0.5 * (thirds[a] + thirds[b]),
                    p,
                    rate,
                    norm,
                    rule,
                    p.event_match,
                    virtual,
                ):
                    first, second, found = _note(first, second, found, a, b)
                j += 1
    # Pairs of one building, all of them.
    by_cell = rows_by_cell(firms, cells.size)
    begin = 0
    while begin < n:
        end = begin
        while end < n and firms[by_cell[end]].cell == firms[by_cell[begin]].cell:
            end += 1
        for i in range(begin, end):
            for j in range(i + 1, end):
                a, b = by_cell[i], by_cell[j]
                u = h[a] + h[b]
                if u >= 1.0:
                    u -= 1.0
                if u < at_home and _meets(
                    firms[a],
                    firms[b],
                    u,
                    attends[a],
                    attends[b],
                    0.5 * (thirds[a] + thirds[b]),
                    p,
                    rate,
                    norm,
                    rule,
                    p.event_match,
                    virtual,
                ):
                    first, second, found = _note(first, second, found, a, b)
        begin = end
    return first[:found], second[:found]


@kernel
def committee_pairs(firms, first, second, took_part, p, seed, month):
    """Return the pairs of committee members who come to know each other, beyond those who meet."""
    rate = p[0].committee_ties * took_part / 12
    key = stream(seed, _COMMITTEE, month)
    members = np.flatnonzero(firms["committee"] == MEMBER)
    more, other = np.empty(0, np.int64), np.empty(0, np.int64)
    for x in range(members.size):
        for y in range(x + 1, members.size):
            a, b = members[x], members[y]
            if uniform(key, pair_uid(firms[a].uid, firms[b].uid, 0)) >= rate:
                continue
            met = (first == a) & (second == b) | (first == b) & (second == a)
            if not met.any():
                more, other = np.append(more, a), np.append(other, b)
    return more, other


@inlined
def rows_by_cell(firms, cells):
    """Return the rows of firms ordered by cell, by counting."""
    begin = np.zeros(cells + 1, np.int64)
    for i in range(firms.size):
        begin[firms[i].cell + 1] += 1
    for c in range(cells):
        begin[c + 1] += begin[c]
    rows = np.empty(firms.size, np.int64)
    for i in range(firms.size):
        rows[begin[firms[i].cell]] = i
        begin[firms[i].cell] += 1
    return rows


@inlined
def _note(first, second, found, a, b):
    if found == first.size:
        more = np.empty(2 * found, np.int64)
        more[:found] = first
        first = more
        more = np.empty(2 * found, np.int64)
        more[:found] = second
        second = more
    first[found] = a
    second[found] = b
    return first, second, found + 1


@kernel
def fade_and_join(firms, ties, first, second, p, seed, month):
    """Return (rows of ties that stay, rows of meeting pairs that are new).

    A pair that is tied already makes no second tie; a meeting renews it, so it does not fade.
    """
    p = p[0]
    n = firms.size
    code = np.empty(first.size, np.int64)
    for k in range(first.size):
        code[k] = min(first[k], second[k]) * n + max(first[k], second[k])
    order = np.argsort(code)
    ranked = code[order]
    known = np.zeros(first.size, np.bool_)
    key = stream(seed, _FADE, month)
    stays = np.zeros(ties.size, np.bool_)
    for t in range(ties.size):
        tie = ties[t]
        c = min(tie.a, tie.b) * n + max(tie.a, tie.b)
        at = np.searchsorted(ranked, c)
        met = at < ranked.size and ranked[at] == c
        if met:
            known[order[at]] = True
            tie.layers |= 1 << CONTACT
        stays[t] = met or uniform(key, tie.uid) >= p.fading / 12
    return np.flatnonzero(stays), np.flatnonzero(~known)


@inlined
def is_young(firm, p, month):
    """Return whether a firm was founded here of late, so that its founders are an example."""
    if firm.ambition == BRANCH or firm.origin == RELOCATED:
        return False
    return month - firm.born < p.peer_months


@kernel
def count_ties(firms, ties, p, month):
    """Count each firm's ties and, among them, those of supply, across sectors, and to young firms."""
    for i in range(firms.size):
        firms[i].ties = 0
        firms[i].supply_ties = 0
        firms[i].cross_ties = 0
        firms[i].peers = 0
    for t in range(ties.size):
        a, b = ties[t].a, ties[t].b
        firms[a].ties += 1
        firms[b].ties += 1
        if ties[t].kind == SUPPLY:
            firms[a].supply_ties += 1
            firms[b].supply_ties += 1
        if firms[a].sector != firms[b].sector:
            firms[a].cross_ties += 1
            firms[b].cross_ties += 1
        firms[a].peers += is_young(firms[b], p[0], month)
        firms[b].peers += is_young(firms[a], p[0], month)


@kernel
def fill_ties(records, firms, first, second, new, kind, month):
    """Write the new ties of a kind into blank records."""
    for k in range(new.size):
        a, b = first[new[k]], second[new[k]]
        records[k].uid = pair_uid(firms[a].uid, firms[b].uid, month)
        records[k].a = a
        records[k].b = b
        records[k].kind = kind
        records[k].layers = 1 << kind
        records[k].strength = 1.0
        records[k].since = month


def meet(world: World, month: int) -> None:
    """Let firms meet in `month` (below 0 during burn-in)."""
    p = world.params["encounters"]
    firms = world.firms.rows
    person_days = indoor = virtual = 0.0
    if month >= 0:
        person_days = float(world.rule["event_person_days"][0])
        indoor = float(world.market["living_indoor"][0])
        virtual = float(world.rule["virtual_contact"][0]) / 12
    key_month = month + 1200  # months of the burn-in lie below 0
    first, second = meeting_pairs(
        firms,
        world.cells.rows,
        world.norms,
        world.rule,
        p,
        person_days,
        indoor,
        virtual,
        world.seed,
        key_month,
    )
    took_part = float(world.rule["committee_participation"][0]) if month >= 0 else math.nan
    if took_part > 0:
        more = committee_pairs(firms, first, second, took_part, p, world.seed, key_month)
        first, second = np.append(first, more[0]), np.append(second, more[1])
    stay, new = fade_and_join(firms, world.ties.rows, first, second, p, world.seed, key_month)
    if stay.size < len(world.ties):
        world.take("ties", stay)
    if new.size:
        records = world.ties.make(new.size)
        fill_ties(records, firms, first, second, new, CONTACT, month)
        world.ties.append(records[np.argsort(records["uid"], kind="stable")])
    if month >= 0:
        join_the_chain(world)
    if month >= -1:
        know_from_school(world, month)
    count_ties(firms, world.ties.rows, p, month)


@kernel
def alumni_pairs(firms, chance, newer_than, seed):
    """Return the rows of pairs of one institution who know each other from there, shape (pairs,).

    Only pairs of which one firm was born after month `newer_than` are looked at.
    """
    key = stream(seed, _ALUMNI, 0)
    schooled = np.flatnonzero(firms["institution"] >= 0)
    first, second = np.empty(64, np.int64), np.empty(64, np.int64)
    found = 0
    for x in range(schooled.size):
        a = schooled[x]
        if firms[a].born <= newer_than:
            continue
        for y in range(schooled.size):
            b = schooled[y]
            if firms[a].institution != firms[b].institution or a == b:
                continue
            if firms[b].born > newer_than and b < a:
                continue  # a pair of two new firms is looked at once
            if uniform(key, pair_uid(firms[a].uid, firms[b].uid, 0)) < chance:
                first, second, found = _note(first, second, found, a, b)
    return first[:found], second[:found]


@kernel
def mark_known(firms, ties, first, second):
    """Note in the tie of each pair that has one that they are alumni; return the pairs without."""
    n = firms.size
    code = np.empty(ties.size, np.int64)
    for t in range(ties.size):
        code[t] = min(ties[t].a, ties[t].b) * n + max(ties[t].a, ties[t].b)
    order = np.argsort(code)
    ranked = code[order]
    new = np.ones(first.size, np.bool_)
    for k in range(first.size):
        c = min(first[k], second[k]) * n + max(first[k], second[k])
        at = np.searchsorted(ranked, c)
        if at < ranked.size and ranked[at] == c:
            ties[order[at]].layers |= 1 << ALUMNI
            new[k] = False
    return np.flatnonzero(new)


def know_from_school(world: World, month: int) -> None:
    """Tie new firms to those of founders of the same institution; at the start all of them."""
    chance = float(world.params["encounters"]["alumni"][0])
    firms = world.firms.rows
    newer_than = month - 2 if month >= 0 else -1_000_000
    if chance <= 0 or not (firms["born"] > newer_than).any():
        return
    first, second = alumni_pairs(firms, chance, newer_than, world.seed)
    new = mark_known(firms, world.ties.rows, first, second)
    if new.size:
        records = world.ties.make(new.size)
        fill_ties(records, firms, first, second, new, ALUMNI, month)
        world.ties.append(records[np.argsort(records["uid"], kind="stable")])


@kernel
def introduce(firms, ties, rate, p, seed, month):
    """Introduce firms of one chain to each other; return the pairs that are newly tied.

    Of `rate` introductions a month each firm gets, some lead to supply. A pair that knows each other
    already becomes supplier and customer. Two arrays, shape (pairs,).
    """
    p = p[0]
    key = stream(seed, _INTRODUCE, month)
    n = firms.size
    first = np.empty(n * 8, np.int64)
    second = np.empty(n * 8, np.int64)
    found = 0
    for i in range(n):
        if firms[i].ambition == BRANCH or firms[i].fate != HERE:
            continue
        times = min(poisson(key, firms[i].uid, rate), 8)
        for t in range(times):
            j = int(uniform2(key, firms[i].uid, 3 * t) * n)
            if j == i or not linked(firms[i], firms[j]):
                j = int(uniform2(key, firms[i].uid, 3 * t + 1) * n)  # the organiser looks again
            if j == i or not linked(firms[i], firms[j]) or firms[j].fate != HERE:
                continue
            if uniform2(key, firms[i].uid, 3 * t + 2) >= p.introduced:
                continue
            known = False
            for k in range(ties.size):
                if _joins(ties[k].a, ties[k].b, i, j):
                    ties[k].kind = SUPPLY
                    ties[k].layers |= 1 << SUPPLY
                    known = True
            for k in range(found):
                known = known or _joins(first[k], second[k], i, j)
            if not known:
                first[found] = i
                second[found] = j
                found += 1
    return first[:found], second[:found]


@inlined
def _joins(a, b, i, j):
    return (a == i and b == j) or (a == j and b == i)


def join_the_chain(world: World) -> None:
    """Let the alliance introduce firms to each other."""
    rate = float(world.rule["alliance_introductions"][0])
    if rate <= 0 or len(world.firms) < 2:
        return
    firms, month = world.firms.rows, world.month
    first, second = introduce(
        firms, world.ties.rows, rate, world.params["encounters"], world.seed, month
    )
    if first.size:
        records = world.ties.make(first.size)
        fill_ties(records, firms, first, second, np.arange(first.size), SUPPLY, month)
        world.ties.append(records[np.argsort(records["uid"], kind="stable")])


def choose_hosts(world: World) -> None:
    """Draw the firms that host this month's joint events."""
    firms, hosts = world.firms.rows, float(world.rule["event_hosts"][0])
    firms["hosts_event"] = 0
    if hosts > 0 and firms.size:
        key = keys(world.seed, _HOST, world.month + 1)[world.month]
        able = (firms["ambition"] != BRANCH) & (firms["cash"] > world.rule["event_host_fee"][0])
        chance = min(1.0, hosts / max(int(able.sum()), 1))
        firms["hosts_event"] = able & (uniforms(key, firms["uid"]) < chance)


@kernel
def trade_tasks(firms, share, p):
    """Let firms whose products mature buy the spare hands of others for their tasks.

    Spare are people beyond those a firm wants; a buyer takes a part of its own staff and only while
    it has half a year of cash. Both sides are cut to the shorter one.
    """
    spare = 0.0
    asked = 0.0
    for i in range(firms.size):
        firm = firms[i]
        firm.task_heads = 0.0
        if firm.fate != HERE or firm.ambition == BRANCH:
            continue
        over = max(0.0, firm.staff - firm.wanted)
        if over > 0:
            firm.task_heads = -over
            spare += over
        elif firm.maturity < 4 and firm.cash > 6 * max(firm.cost - firm.income, 0.0):
            firm.task_heads = p[0].task_share * firm.staff
            asked += firm.task_heads
    traded = share * min(spare, asked)
    for i in range(firms.size):
        side = asked if firms[i].task_heads > 0 else spare
        if firms[i].task_heads != 0:
            firms[i].task_heads *= traded / side


def step(world: World) -> None:
    """Open third places, choose hosts, let firms meet and ties fade, and trade tasks."""
    firms = world.firms.rows
    reopen(world)
    firms["showroom"] = world.cells.rows["showroom"][firms["cell"]]
    choose_hosts(world)
    meet(world, world.month)
    tasks = float(world.rule["virtual_tasks"][0])
    if tasks > 0 or firms["task_heads"].any():
        trade_tasks(firms, tasks, world.params["encounters"])
