"""Firms whose lease, support or round gives occasion stay, move or leave; outsiders come in (model 6.14).

    P(leave) = logit⁻¹(a0 + ln4·(occasion - mean) + a1·x - a2·(E - mean) - a3·ln neighbours
                       - a4·ln tenure - a5·[operator equity] - a6·[local lead] - a7·(2·satisfaction - 1)
                       - a8·(2·belonging - 1))

x is what the place costs after support over what it costs elsewhere, in units of market occupancy cost,
losses weighted by λ; E is embeddedness (evidence F01-F18, B18). Outside candidates compare the same
way, so support draws exactly those whom only it brings.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import newborn, normal, of_site, poisson, purpose, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.awards import award_months, begin_award, runs
from sim.state.catalogue import SECTORS
from sim.state.chain import CHAIN_SD, chain_fit, link_counts, start_beside
from sim.state.columns import (
    BRANCH,
    GROW,
    HERE,
    LAB,
    MOVED_AWAY,
    MOVED_REGION,
    NEVER,
    OFFICE,
    PRODUCTION,
    RELOCATED,
    STAY_SMALL,
    VENTURE,
)  # fmt: skip
from sim.state.costs import (
    asking_rent,
    full_cost,
    landlord_rent,
    plant_use,
    rent_in,
    space_per_head,
)
from sim.state.desks import SPACE, station_gain
from sim.state.eligibility import eligible
from sim.state.focus import in_focus
from sim.state.ledger import FIRM, OPENING, WORLD, pay
from sim.state.persons import join, pick_kind, wage_of, write_person
from sim.state.rules import PROGRAMME_KINDS
from sim.state.space import (
    find_floor,
    fits_upstairs,
    free_floor,
    let,
    owned_floor,
    place_in_building,
)
from sim.state.table import reordered
from sim.state.world import World

READS = ("firms", "cells", "market", "norms", "rule", "programmes", "operators", "people")
WRITES = ("firms", "people", "cells.let_office", "cells.let_lab", "cells.let_production", "purse",
          "flows", "tally", "programme_state")  # fmt: skip

PARAMETERS = Parameters(
    "location",
    leave=param(0.033, "1/year", 0.01, 0.08, "F05", "leaving at equal cost", "同等成本下年迁出率"),
    occasion=param(1.386, "logit", 0.5, 2.2, "F05", "weight of an occasion", "时机权重"),
    cost_sensitivity=param(3, "logit", 1, 6, "F16", "weight of the cost gap", "成本敏感度"),
    loss_aversion=param(1.5, "ratio", 1, 2.5, "assumption", "losses weigh more", "损失厌恶"),
    embeddedness=param(2.5, "logit", 1, 5, "assumption", "weight of embeddedness", "嵌入度权重"),
    neighbours=param(0.25, "logit per log", 0, 0.8, "assumption", "weight of neighbours of the sector", "同业集聚权重"),
    tenure=param(0.3, "logit per log", 0, 0.8, "assumption", "weight of tenure", "入驻时长权重"),
    operator_equity=param(0, "logit", 0, 1.2, "assumption", "hold of operator equity, 0 in headline runs", "运营商持股的黏性"),
    local_lead=param(0.6, "logit", 0, 1.5, "assumption", "hold of a local lead investor", "本地领投的黏性"),
    satisfaction=param(0.3, "logit", 0, 1, "assumption", "weight of satisfaction", "满意度权重"),
    belonging=param(0.3, "logit", 0, 1, "assumption", "weight of belonging", "归属感权重"),
    occasion_months=param(12, "months", 3, 18, "assumption", "an occasion stays open", "时机持续月数"),
    moving_months=param(36, "months", 12, 60, "assumption", "months over which moving costs are spread", "搬迁成本摊销"),
    rent_link=param(0.6, "elasticity", 0, 1, "assumption", "rents elsewhere follow those here", "外部租金联动"),
    commute=param(0.3, "logit", 0, 1, "assumption", "weight of the way to work for who comes", "通勤对迁入的权重"),
    service_pull=param(0.5, "logit per log", 0, 1.5, "assumption", "entry of service firms by local demand", "本地需求的吸引"),
    branch_rate=param(0.1, "1/year", 0, 0.5, "assumption", "branches where space or rent binds", "空间租金受限外设分支"),
    branch_staff=param(20, "people", 5, 100, "assumption", "least staff of a firm that opens one", "外设分支最低员工"),
    rival_match=param(0, "share", 0, 1, "assumption", "share of a subsidy that rivals match", "竞争园区跟进比例"),
    rival_lag=param(12, "months", 0, 60, "assumption", "months until rivals match a subsidy", "竞争园区跟进滞后"),
    embed_ties=param(0.35, "share", 0, 1, "assumption", "weight of ties in embeddedness", "联系占嵌入度"),
    embed_supply=param(0.25, "share", 0, 1, "assumption", "weight of local supply", "本地供应占嵌入度"),
    embed_homes=param(0.25, "share", 0, 1, "assumption", "weight of staff living here", "就地居住占嵌入度"),
    embed_owned=param(0.15, "share", 0, 1, "assumption", "weight of owned space", "自有空间占嵌入度"),
    ties_full=param(6, "ties", 2, 15, "assumption", "ties that count in full", "联系饱和数"),
    within_region=param(0.75, "share", 0.4, 0.95, "assumption", "leavers who stay in the region", "迁出后留域占比"),
    entry_rate=param(163.2, "1/year at 405 firms", 0, 300, "assumption", "outside firms that might move in", "潜在迁入企业"),
    entry_exponent=param(0.18, "exponent", 0, 1, "assumption", "their growth with firms", "随企业数弹性"),
    entry_chance=param(0.236, "share", 0.05, 0.7, "assumption", "chance to come at equal cost", "同等成本下迁入概率"),
    entry_brand=param(0.3, "logit", 0, 1.5, "assumption", "pull of a brand at its best on outside firms", "品牌对迁入的吸引力"),
    entry_staff=param(10.8, "people", 3, 20, "assumption", "median staff of an outside firm", "迁入企业员工中位数"),
    entry_staff_sd=param(1.3, "log", 0.4, 1.3, "assumption", "spread of their staff", "迁入员工离散度"),
    registered_only=param(0.2, "share", 0, 0.6, "assumption", "footloose arrivals that only register", "仅注册占比"),
    recruit_gain=param(1.2, "logit", 0, 3, "assumption", "arrivals gained by recruitment at best", "精准招商对迁入的作用"),
    recruit_scale=param(3_000_000, "CNY/year", 500_000, 20_000_000, "assumption", "spending at 63% of it", "招商投入尺度"),
    recruit_staff=param(100, "people", 20, 1000, "assumption", "staff from which on a firm counts as large", "招商大企业员工数"),
    lease_months=param(36, "months", 12, 60, "assumption", "length of a lease", "租期"),
    pass_through=param(0.3, "share", 0, 0.6, "F18", "discount passed into rent when space is short", "补贴资本化"),
    short_vacancy=param(0.12, "share", 0.05, 0.2, "D09", "vacancy below which it is", "紧缺空置率"),
)  # fmt: skip

_LEAVE = purpose("location.leave")
_WHERE = purpose("location.where")
_ENTRY = purpose("location.entry")
_ENTER = purpose("location.enter")
_TRAIT = purpose("location.trait")
_SPOT = purpose("location.spot")
_STAFF = purpose("location.staff")
_KIND = purpose("location.kind")
_TAX_RELIEF = PROGRAMME_KINDS.index("tax_relief")
_SIGNAL = purpose("location.signal")
_BESIDE = purpose("location.beside")
_BRANCH = purpose("location.branch")
_SERVICES = SECTORS.index("services")
_STREAM = np.int64(7_700_002)
MISSING_LINK, LARGEST = 0, 1  # whom chain recruitment looks for, else anybody


@inlined
def embeddedness(firm, p):
    """Return embeddedness of a firm, 0..1."""
    homes = firm.locals / firm.staff if firm.staff > 0 else 0.0
    return (
        p.embed_ties * min(1.0, firm.ties / p.ties_full)
        + p.embed_supply * firm.local_supply
        + p.embed_homes * homes
        + p.embed_owned * firm.owns_space
    )


@inlined
def rent_elsewhere(rent_now, rent_start, norm, p):
    """Return the rent of rivals after their welcome support, CNY/m²/month."""
    rent = norm.rival_rent * rent_start * (rent_now / rent_start) ** p.rent_link
    return rent * (1 - norm.rival_subsidy * min(1.0, norm.rival_months / p.moving_months))


@inlined
def start_rent(norm, use):
    """Return the asking rent of a use at the start."""
    if use == OFFICE:
        return norm.rent_office
    return norm.rent_lab if use == LAB else norm.rent_production


@inlined
def cost_gap(firm, cell, market, norm, matched, p):
    """Return x: what the place costs over elsewhere, in units of market occupancy cost.

    Who bought its unit pays instalments; an old building costs more to run. `matched` tells whether
    rivals have had the time to match the support that the firm receives.
    """
    asking = asking_rent(market, firm.use)
    area = max(firm.area, 1.0)
    here = firm.rent * (1 - firm.owns_space) - firm.support / area
    here += firm.loan / area + norm.old_running * cell.old * asking
    elsewhere = rent_elsewhere(asking, start_rent(norm, firm.use), norm, p)
    match = p.rival_match if matched else 0.0
    elsewhere -= max(match, market.rival_match) * firm.support / area
    x = (here - elsewhere - firm.mobility_cost * asking / p.moving_months) / max(asking, 1.0)
    if x > 0:
        x *= p.loss_aversion
    return min(max(x, -1.0), 1.2)


@inlined
def leave_logit(firm, x, occasion, e, norm, p):
    """Return the logit of leaving without its intercept."""
    return (
        p.occasion * (occasion - norm.occasion_mean)
        + p.cost_sensitivity * x
        - p.embeddedness * (e - norm.embed_mean)
        - p.neighbours * math.log((1 + firm.neighbours) / (1 + norm.neighbours_mean))
        - p.tenure * math.log((1 + firm.tenure / 12) / (1 + norm.tenure_mean / 12))
        - p.operator_equity * (firm.share_operator > 0)
        - p.local_lead * firm.lead_investor_local
        - p.satisfaction * (2 * firm.satisfaction - 1)
        - p.belonging * (2 * firm.belonging - 1)
    )


@inlined
def wished_area(firm, acc):
    """Return the floor a firm would lease now, m²: its people, and some room for those it wants.

    Those who work on the sites of others lease none.
    """
    if firm.work_until < NEVER:
        return firm.area
    people = max(float(firm.staff + firm.vacancies), min(firm.wanted, 1.25 * firm.staff))
    own = people * space_per_head(firm.use, acc)
    # Floor used in shared manufacturing need not be leased; some of its own a firm always keeps.
    return max(own - firm.shared_m2, 0.2 * own) if firm.shared_m2 > 0 else own


@kernel
def decide(
    firms, cells, market, norms, operators, programmes, p, acc, stop_month, tally, seed, month
):  # fmt: skip
    """Let every firm renew its lease, adjust its space, and stay or leave."""
    p, norm, m, acc, count = p[0], norms[0], market[0], acc[0], tally[0]
    key = stream(seed, _LEAVE, month)
    where = stream(seed, _WHERE, month)
    branch = stream(seed, _BRANCH, month)
    for i in range(firms.size):
        firm = firms[i]
        if firm.fate != HERE:
            continue
        firm.tenure += 1
        firm.embeddedness = embeddedness(firm, p)
        supported = matched = False
        for k in range(firm.award_end.size):
            if runs(firm, k, month):
                supported = True
                if k < programmes.size and month >= programmes[k].start + p.rival_lag:
                    matched = True
            if firm.award_end[k] == month:
                firm.occasion_until = month + int(p.occasion_months)
        if month == stop_month - 1:
            firm.supported_at_stop = 1 if supported else 0
        cell = cells[firm.cell]
        if month >= firm.lease_end:
            asking = asking_rent(m, firm.use)
            if firm.landlord:
                asking = landlord_rent(operators[0], m, firm.use)
            asking = rent_in(cell, asking, norm)
            vacancy = m.vacancy_office if firm.use == OFFICE else m.vacancy_lab
            if firm.use == PRODUCTION:
                vacancy = m.vacancy_production
            if vacancy < p.short_vacancy and firm.rent_support > 0 and firm.area > 0:
                asking *= 1 + p.pass_through * min(1.0, firm.rent_support / (firm.area * firm.rent))
            firm.rent = asking
            firm.lease_end = month + int(p.lease_months)
            firm.occasion_until = month + int(p.occasion_months)
        wished = wished_area(firm, acc)
        binds = False
        if wished > firm.area:
            more = min(wished - firm.area, max(free_floor(cell, firm.use), 0.0))
            firm.area += more
            let(cell, firm.use, more)
            short = wished - firm.area
            if short > 0.15 * wished:
                count.unmet_space += short
                binds = True
            if binds and not firm.branch_outside:
                firm.occasion_until = max(firm.occasion_until, month + int(p.occasion_months))
        elif wished < 0.8 * firm.area and firm.staff > 0:
            let(cell, firm.use, wished - firm.area)
            firm.area = wished
        if month >= firm.work_until:
            firm.fate = MOVED_AWAY
            count.leavers += 1
            count.leavers_region += 1
        if firm.ambition == BRANCH:
            continue
        occasion = 1.0 if firm.occasion_until >= month else 0.0
        x = cost_gap(firm, cell, m, norm, matched, p)
        # A branch elsewhere takes what does not fit or is too dear here; the firm itself stays.
        if (binds or x > 0) and not firm.branch_outside and firm.staff >= p.branch_staff:
            firm.branch_outside = 1 if uniform(branch, firm.uid) < p.branch_rate / 12 else 0
        logit = norm.leave_intercept + leave_logit(firm, x, occasion, firm.embeddedness, norm, p)
        if uniform(key, firm.uid) < 1 / (1 + math.exp(-logit)):
            stays = uniform(where, firm.uid) < p.within_region
            firm.fate = MOVED_REGION if stays else MOVED_AWAY
            count.leavers += 1
            count.owners_left += firm.owns_space
            if not stays:
                count.leavers_region += 1


@kernel
def move_within(firms, cells, buildings, market, norms, rule, operators, p, acc, seed, month):
    """Let firms short of space move to a building here that holds them, in keyed order.

    Those whom the station served look at more floors: they come earlier.
    """
    p, acc = p[0], acc[0]
    key = stream(seed, _SPOT, month)
    luck = np.full(firms.size, 2.0)
    count = 0
    for i in range(firms.size):
        firm = firms[i]
        wished = wished_area(firm, acc)
        if firm.fate == HERE and firm.occasion_until >= month and firm.area < 0.85 * wished:
            luck[i] = uniform(key, firm.uid) / (1 + station_gain(firm, SPACE, rule[0]))
            count += 1
    order = np.argsort(luck)
    for a in range(count):
        firm = firms[order[a]]
        wished = wished_area(firm, acc)
        start = int(luck[order[a]] * buildings.size)
        start = start_beside(
            firms, buildings, firm.sector, firm.layer, rule[0].alliance_building,
            stream(seed, _BESIDE, month), firm.uid, start,
        )  # fmt: skip
        fits = fits_upstairs(firm.uid, firm.use, rule[0].upstairs_fit, seed)
        row = find_floor(cells, buildings, firm.use, wished, start, fits)
        if row < 0 or row == firm.cell:
            continue
        let(cells[firm.cell], firm.use, -firm.area)
        let(cells[row], firm.use, wished)
        firm.cell = row
        firm.area = wished
        firm.landlord = 1 if owned_floor(cells[row], firm.use) > 0 else 0
        if firm.loan > 0:  # the unit it bought goes back with what is owed on it
            firm.loan, firm.owns_space = 0.0, 0
        firm.lease_end = month + int(p.lease_months)
        firm.rent = asking_rent(market[0], firm.use)
        if firm.landlord:
            firm.rent = landlord_rent(operators[0], market[0], firm.use)
        firm.rent = rent_in(cells[row], firm.rent, norms[0])
        place_in_building(
            firm, cells[row], norms[0].cell_m, uniform2(key, firm.uid, 0), uniform2(key, firm.uid, 1),
            uniform2(key, firm.uid, 2),
        )  # fmt: skip


@inlined
def expected_award(g, state, firm, asking, strength, acc, wage_level, month):
    """Return what an arriving firm may expect of a programme, CNY a month.

    What cannot be had any more this year is not expected; of a programme with a queue a firm expects
    the share of applicants that were served of late.
    """
    if strength <= 0 or month < g.start or month > g.end or state.begun_year >= g.firms_max:
        return 0.0
    months = award_months(g, month) - month + 1
    spread = min(1.0, months / 36.0)
    if g.kind == 0:
        chance = min(1.0, state.granted / state.asked) if state.asked > 0 else 1.0
        return chance * firm.area * min(asking * min(1.0, g.share), g.cap) * spread
    if g.kind == 2:
        return (g.cny_month + g.cny_head * firm.staff / 36.0) * spread
    if g.kind == _TAX_RELIEF:
        chance = min(1.0, state.granted / state.asked) if state.asked > 0 else 1.0
        wages = firm.staff * acc.wage_developer * wage_level
        cost = wages * (1 + acc.other_share)
        relief = g.share * acc.tax_revenue * cost + g.payroll_share * acc.tax_payroll * wages
        return chance * relief * strength * spread
    return 0.0


@kernel
def draw_candidates(firms, operators, market, norms, mix, p, acc, seed, month, records):
    """Write this month's outside firms that might move in, under any policy; return how many."""
    p, norm, m, acc = p[0], norms[0], market[0], acc[0]
    size = (firms.size / 405.0) ** p.entry_exponent * (0.5 + operators[0].reputation)
    number = poisson(stream(seed, _ENTRY, month), _STREAM, p.entry_rate / 12 * size)
    number = min(number, records.size)
    trait = stream(seed, _TRAIT, month)
    for c in range(number):
        uid = newborn(of_site(_STREAM, seed), month, c, _ENTRY)
        firm = records[c]
        firm.uid = uid
        firm.footloose = 1 if uniform2(trait, uid, 0) < norm.footloose_share else 0
        heads = p.entry_staff * math.exp(p.entry_staff_sd * _normal2(trait, uid, 1))
        if firm.footloose and uniform2(trait, uid, 2) < p.registered_only:
            heads = 2.0
        staff = int(min(max(heads, 2.0), 200.0))
        sector = 0
        u = uniform2(trait, uid, 3)
        while sector < mix.shape[1] - 1 and u >= mix[0, sector]:
            sector += 1
        firm.sector = sector
        firm.layer = -1
        if norm.layers_of_all > 0:
            u = uniform2(trait, uid, 17)
            firm.layer = 0
            while firm.layer < mix.shape[1] - 1 and u >= mix[1, firm.layer]:
                firm.layer += 1
        firm.use = OFFICE
        if plant_use(sector, uniform2(trait, uid, 16), norm):
            firm.use = PRODUCTION
        firm.staff = staff
        firm.wanted = staff
        firm.area = staff * space_per_head(firm.use, acc)
        median = norm.mobility_footloose if firm.footloose else norm.mobility_median
        firm.mobility_cost = median * math.exp(norm.mobility_sd * _normal2(trait, uid, 4))
        firm.born = month - 12 - int(uniform2(trait, uid, 6) * 84)
        firm.arrived = month
        firm.origin = RELOCATED
        firm.quality = _normal2(trait, uid, 7)
        firm.knowledge = m.frontier * math.exp(0.5 * _normal2(trait, uid, 8))
        firm.maturity = 4 if uniform2(trait, uid, 9) < 0.7 or staff > 50 else 2
        firm.first_order = firm.born if firm.maturity == 4 else NEVER
        firm.growth_due = month + 1 + int(uniform2(trait, uid, 10) * 11)
        firm.share_founders = 1.0
        firm.last_round = firm.born
        firm.sought_since = NEVER
        firm.satisfaction = 0.5
        u = uniform2(trait, uid, 11)
        firm.ambition = STAY_SMALL if u < 0.5 and staff < 10 else (VENTURE if u > 0.8 else GROW)
        firm.staff_ceiling = float(max(staff, 9)) if firm.ambition == STAY_SMALL else 1e5
        firm.subsidy_end = -1
        firm.registered_exit = -1
        firm.incubated_until = -1
        firm.dependence_until = -1
        firm.mentor_until = -1
        firm.occasion_until = -1
        firm.runway_at_birth = 3 + 15 * uniform2(trait, uid, 12)
    return number


@inlined
def admits(firm, rule, norm, focal_share, bar, links, most, noise, seed):
    """Return whether an arrival passes the rule of admission to the operator's own floor.

    Without a rule nobody is kept off it.
    """
    silent = math.isnan(rule.admission_bar)
    if silent and rule.admission_focal <= 0 and rule.admission_chain <= 0:
        return True
    if not in_focus(firm.sector, norm) and focal_share < rule.admission_focal:
        return False
    if silent and rule.admission_chain <= 0:
        return True
    signal = firm.quality + noise * normal(stream(seed, _SIGNAL, 0), firm.uid)
    signal += CHAIN_SD * rule.admission_chain * chain_fit(links, most, firm.sector, firm.layer)
    return signal >= bar


@inlined
def find_market_floor(cells, buildings, use, area, start, fits):
    """Return the first building of other owners with `area` m² of a use free, or -1."""
    for k in range(buildings.size):
        row = buildings[(start + k) % buildings.size]
        if owned_floor(cells[row], use) > 0 or not (fits or cells[row].upstairs == 0):
            continue
        if free_floor(cells[row], use) >= area:
            return row
    return -1


@inlined
def recruited(firm, links, most, rule, p):
    """Return what chain recruitment adds to a candidate's logit of coming: whom it looks for most."""
    if rule.recruit_effort <= 0:
        return 0.0
    fit = 0.5
    if rule.recruit_rule == MISSING_LINK:
        fit = max(0.0, chain_fit(links, most, firm.sector, firm.layer))
    elif rule.recruit_rule == LARGEST:
        fit = min(1.0, firm.staff / p.recruit_staff)
    return p.recruit_gain * (1 - math.exp(-rule.recruit_effort / p.recruit_scale)) * fit


@kernel
def choose_to_enter(
    candidates, firms, cells, buildings, operators, programmes, intensity, eligible, market, norms,
    rule, p, acc, noise, known, state, tally, seed, month,
):  # fmt: skip
    """Let candidates compare this place with elsewhere; return the rows of those who lease here.

    `eligible`, shape (programmes, candidates), tells who may expect which programme, `known`, 0..1,
    how well the brand is known. Those whom the rule of admission turns away find room with other
    owners, or none.
    """
    p, norm, m, count, rule, acc = p[0], norms[0], market[0], tally[0], rule[0], acc[0]
    wage_level = norm.city_factor * m.wage
    links = link_counts(firms)
    most = links.max()
    focal = services = 0
    for i in range(firms.size):
        focal += in_focus(firms[i].sector, norm)
        services += firms[i].sector == _SERVICES
    focal_share = focal / max(firms.size, 1)
    bar = operators[0].weight_equity - 0.2
    if not math.isnan(rule.weight_equity):
        bar = rule.weight_equity - 0.2
    if not math.isnan(rule.admission_bar):
        bar = rule.admission_bar
    beside = stream(seed, _BESIDE, month)
    enter_key = stream(seed, _ENTER, month)
    trait = stream(seed, _TRAIT, month)
    enters = np.zeros(candidates.size, np.bool_)
    # At equal cost, under today's terms of rivals and a median cost of moving, x is 0.
    base = norm.rival_rent * (
        1 - norm.rival_subsidy * min(1.0, norm.rival_months / p.moving_months)
    )
    base -= 1 + norm.mobility_median / p.moving_months
    for c in range(candidates.size):
        firm = candidates[c]
        asking = asking_rent(m, firm.use)
        support = old = 0.0
        for k in range(programmes.size):
            if eligible[k, c]:
                expected = expected_award(
                    programmes[k], state[k], firm, asking, intensity[k], acc, wage_level, month
                )
                support += expected
                if month >= programmes[k].start + p.rival_lag:
                    old += expected
        here = asking - support / firm.area
        elsewhere = rent_elsewhere(asking, start_rent(norm, firm.use), norm, p)
        elsewhere -= p.rival_match * old / firm.area  # what rivals have had the time to match
        x = (elsewhere - here - firm.mobility_cost * asking / p.moving_months) / asking
        x = min(max(x - base, -1.2), 1.2)
        chance = math.log(p.entry_chance / (1 - p.entry_chance)) + p.cost_sensitivity * x
        if norm.commute > 0 and m.commute > 0:
            chance -= p.commute * (m.commute / norm.commute - 1)
        if firm.sector == _SERVICES and norm.services_each > 0:
            each = firms.size / max(services, 1)
            chance += p.service_pull * math.log(each / norm.services_each)
        chance += p.entry_brand * known + recruited(firm, links, most, rule, p)
        count.entry_candidates += 1
        if uniform(enter_key, firm.uid) >= 1 / (1 + math.exp(-chance)):
            continue
        start = int(uniform2(trait, firm.uid, 5) * buildings.size)
        start = start_beside(
            firms, buildings, firm.sector, firm.layer,
            max(rule.alliance_building, rule.recruit_next_door), beside, firm.uid, start,
        )  # fmt: skip
        fits = fits_upstairs(firm.uid, firm.use, rule.upstairs_fit, seed)
        if admits(firm, rule, norm, focal_share, bar, links, most, noise, seed):
            row = find_floor(cells, buildings, firm.use, firm.area, start, fits)
        else:
            row = find_market_floor(cells, buildings, firm.use, firm.area, start, fits)
        if row < 0:
            count.unmet_space += firm.area
            continue
        enters[c] = True
        firm.cell = row
        firm.rent = rent_in(cells[row], asking, norm)
        firm.landlord = 1 if owned_floor(cells[row], firm.use) > 0 else 0
        firm.lease_end = month + int(p.lease_months)
        let(cells[row], firm.use, firm.area)
        place_in_building(
            firm, cells[row], norm.cell_m, uniform2(trait, firm.uid, 13),
            uniform2(trait, firm.uid, 14), uniform2(trait, firm.uid, 15),
        )  # fmt: skip
        for k in range(programmes.size):
            if programmes[k].kind != 2 or not eligible[k, c] or intensity[k] <= 0:
                continue
            if state[k].begun_year < programmes[k].firms_max:
                # This month's books are closed: the first payment is next month's.
                begin_award(firm, k, programmes[k], month + 1)
                firm.subsidy_end = max(firm.subsidy_end, firm.award_end[k])
                state[k].begun_year += 1
                state[k].granted += 1
            else:
                state[k].refused += 1
                count.refused += 1
    return np.flatnonzero(enters)


@inlined
def _normal2(key, uid, ordinal):
    return normal(stream(key, np.uint64(ordinal), 2), uid)


@kernel
def settle_in(books, first, people, n, market, norms, p, acc, tally, seed, month):
    """Give arrivals their people, revenue and cash; return the number of people."""
    p, norm, m, acc, count = p[0], norms[0], market[0], acc[0], tally[0]
    wage_level = norm.city_factor * m.wage
    where = stream(seed, _WHERE, 0)
    kind_key = stream(seed, _KIND, 0)
    for i in range(first, books.firms.size):
        firm = books.firms[i]
        size = firm.staff
        firm.staff = 0
        for k in range(size):
            uid = newborn(firm.uid, month, k, _STAFF)
            kind = pick_kind(uniform(kind_key, uid), norm)
            wage = wage_of(kind, acc, wage_level)
            write_person(people, n, uid, kind, i, firm.sector, wage, norm.migrant_share, seed)
            if k == 0:
                people.founder_of[n] = firm.uid
            join(firm, kind)
            count.people_born += 1
            n += 1
        cost = full_cost(firm, acc, norm, wage_level)
        firm.cost = cost
        if firm.maturity == 4:
            kept = 1 - norm.input_share
            firm.revenue = cost * (1 + acc.tax_revenue / kept) / kept
        else:
            firm.contract_income = 0.9 * cost
        pay(books, WORLD, 0, FIRM, i, OPENING, firm.runway_at_birth * cost)
        count.entries += 1
        count.entries_relocated += 1
        if uniform(where, firm.uid) < p.within_region:
            firm.displaced = 1
            count.displaced_jobs += size
    return n


def _room(world: World, p: np.ndarray) -> int:
    """Return room enough for the arrivals of a month: the mean and eight standard deviations."""
    mean = float(p["entry_rate"][0]) / 12 * 1.5 * max(len(world.firms) / 405, 1.0)
    return int(mean + 8 * math.sqrt(mean)) + 4


def _brand(world: World) -> float:
    """Return how well the place's brand is known, 0..1: 0 without a programme for it."""
    per_firm = float(world.rule["brand_spend"][0]) / max(float(world.norms["firms"][0]), 1.0)
    return -math.expm1(-per_firm / float(world.params["operator"]["brand_per_firm"][0]))


def step(world: World) -> None:
    """Stay, move or leave; then let outsiders come in."""
    p, acc = world.params["location"], world.params["accounts"]
    seed, month = world.seed, world.month
    decide(
        world.firms.rows, world.cells.rows, world.market, world.norms, world.operators.rows,
        world.rules.programmes, p, acc, world.stop_month, world.tally, seed, month,
    )  # fmt: skip
    move_within(
        world.firms.rows, world.cells.rows, world.buildings, world.market, world.norms, world.rule,
        world.operators.rows, p, acc, seed, month,
    )  # fmt: skip
    records = world.firms.make(_room(world, p))
    number = draw_candidates(
        world.firms.rows, world.operators.rows, world.market, world.norms, world.mix, p, acc, seed,
        month, records,
    )  # fmt: skip
    candidates = records[:number]
    rows = choose_to_enter(
        candidates, world.firms.rows, world.cells.rows, world.buildings, world.operators.rows,
        world.rules.programmes, world.intensity, eligible(world, candidates), world.market,
        world.norms, world.rule, p, acc, float(world.params["incubation"]["signal_noise"][0]),
        _brand(world), world.programme_state, world.tally, seed, month,
    )  # fmt: skip
    if rows.size == 0:
        return
    arrivals = reordered(candidates, rows)
    first = len(world.firms)
    world.firms.append(arrivals)
    people = world.people.reserve(int(arrivals["staff"].sum()))
    world.people.n = settle_in(
        world.books, first, people, world.people.n, world.market, world.norms, p, acc,
        world.tally, seed, month,
    )  # fmt: skip
