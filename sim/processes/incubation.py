"""Teams complete themselves, apply, are admitted, take offers and graduate (model 6.5).

    P(take an offer for a stake) = logit⁻¹(x0 + value - value elsewhere - x1·stake·e^(.5·quality))

with x0 solved so that half of the teams of quality 0 take 240,000 CNY for 6% (evidence B11, B12).
Applications are a queue in keyed order, so that row order decides nothing.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import newborn, normal, poisson, purpose, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.awards import begin_award, council_weight, first_in_line, runs, stage_weight
from sim.state.catalogue import LAYERS, SECTORS
from sim.state.chain import CHAIN_SD, chain_fit, link_counts, start_beside
from sim.state.columns import (
    DEVELOPER,
    GIANT_LEAVER,
    GROW,
    LAB,
    NEVER,
    OFFICE,
    PRODUCTION,
    SCIENTIST,
    SPIN_OUT,
    STAY_SMALL,
)  # fmt: skip
from sim.state.costs import (
    FOUNDERS,
    WORKERS,
    asking_rent,
    is_lean,
    offer_value,
    plant_use,
    programme_resources,
    rent_in,
    space_per_head,
    team_cost,
)
from sim.state.desks import PARTNERS, POLICY, station_gain
from sim.state.focus import in_focus
from sim.state.ledger import FIRM, OPENING, OPERATOR, TEAM, pay
from sim.state.persons import join, pick_kind, quit_firm, wage_of, write_person
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

READS = (
    "firms", "founders", "people", "cells", "operators", "market", "norms", "rule",
    "programme_state", "eligible_firms", "eligible_teams",
)  # fmt: skip
WRITES = (
    "founders", "firms", "people", "cells.let_office", "cells.let_lab", "cells.let_production",
    "stakes", "flows", "tally", "programme_state",
)  # fmt: skip

PARAMETERS = Parameters(
    "incubation",
    match_rate=param(0.25, "1/month", 0.05, 0.6, "assumption", "cofounder found at best", "找到合伙人的最高月率"),
    match_half=param(2000, "people", 200, 20000, "assumption", "people at which half of it is reached", "半饱和人数"),
    solo_rate=param(0.03, "1/month", 0.0, 0.2, "G20", "start without a cofounder", "独自创业月率"),
    give_up_months=param(12, "months", 6, 24, "assumption", "months until a team gives up", "放弃等待月数"),
    setup_months=param(1, "months", 0, 3, "assumption", "months to register", "注册筹备月数"),
    apply_share=param(0.5, "share", 0.0, 1.0, "assumption", "teams that apply for an incubator place", "申请入孵占比"),
    signal_noise=param(0.7, "sd", 0.2, 1.5, "assumption", "noise of the quality signal", "质量信号噪声"),
    incubator_months=param(24, "months", 6, 48, "B05", "longest stay in an incubator", "最长孵化期"),
    incubator_search=param(0.5, "share", 0, 2, "assumption", "faster search with a place in view", "预孵化搜寻增益"),
    dependence_months=param(36, "months", 12, 60, "B17", "months of raised hazard after a stay", "依赖期"),
    team_size_extra=param(0.06, "people", 0, 3, "assumption", "mean first employees", "首批雇员均值"),
    takeup=param(0.15, "1/month", 0.02, 1.0, "assumption", "eligible firms that apply in a month", "月申请率"),
    matching_takeup=param(0.1, "share per event", 0.0, 0.5, "assumption", "applications gained by an event", "对接会申请增幅"),
    stake_dislike=param(15, "logit per share", 5, 30, "assumption", "dislike of giving a stake", "对让渡股权的抵触"),
    staff_pool=param(0.10, "share", 0.0, 0.2, "assumption", "staff pool at the start", "员工持股池"),
    crowded_m2=param(9.6, "m2/head", 6, 12, "assumption", "least office floor a head", "最低人均面积"),
    lease_months=param(36, "months", 12, 60, "assumption", "length of a lease", "租期"),
    mobility_median=param(8, "months of rent", 2, 24, "assumption", "median cost of moving", "搬迁成本中位数"),
    hardware_lag=param(2, "ratio", 1, 3, "assumption", "hardware takes longer to mature", "硬件成熟倍数"),
)  # fmt: skip

_MATCH = purpose("incubation.match")
_SOLO = purpose("incubation.solo")
_APPLY = purpose("incubation.apply")
_SIGNAL = purpose("incubation.signal")
_QUEUE = purpose("incubation.queue")
_ACCEPT = purpose("incubation.accept")
_TAKEUP = purpose("incubation.takeup")
_SIZE = purpose("incubation.size")
_FIRM = purpose("incubation.firm")
_STAFF = purpose("incubation.staff")
_MOVER = purpose("incubation.mover")
_SPOT = purpose("incubation.spot")
_BESIDE = purpose("incubation.beside")
_TRAIT = purpose("incubation.trait")
_STAKE = purpose("incubation.stake")
_MENTORING = PROGRAMME_KINDS.index("mentoring")
_TAX_RELIEF = PROGRAMME_KINDS.index("tax_relief")
_HARD_SECTORS = tuple(SECTORS.index(s) for s in ("hardware", "biotech", "nano", "electronics"))
_HARD_LAYERS = tuple(LAYERS.index(s) for s in ("chips", "embodied", "hardware"))


@inlined
def use_of(sector, layer):
    """Return the use of floor of a firm: makers of things need a lab."""
    for s in _HARD_SECTORS:
        if sector == s:
            return LAB
    for k in _HARD_LAYERS:
        if layer == k:
            return LAB
    return OFFICE


@kernel
def advance_teams(
    teams, programmes, rule, p, people_near, served_gain, free_places, tally, seed, month
):
    """Let nascent teams wait, find a cofounder, or give up.

    An incubator with `free_places` helps those search that it would take. A month that a founder's
    stipend pays for does not wear their patience down.
    """
    p, rule = p[0], rule[0]
    trait_key, signal_key = stream(seed, _TRAIT, 0), stream(seed, _SIGNAL, 0)
    match_key = stream(seed, _MATCH, month)
    chance = p.match_rate * people_near / (people_near + p.match_half) * (1 + served_gain)
    for i in range(teams.size):
        team = teams[i]
        if team.venture != 0 or team.gone:
            continue
        lives_on = 0
        for k in range(programmes.size):
            if programmes[k].kind == 4 and programmes[k].recipient == FOUNDERS:
                lives_on |= runs(team, k, month)
        team.waiting += 1 - lives_on
        if team.cofounder == 0:
            tally[0].partner_search += 1
            speed = 1 + station_gain(team, PARTNERS, rule)
            if free_places > 0 and uniform2(trait_key, team.uid, 1) < p.apply_share:
                signal = team.quality + p.signal_noise * normal(signal_key, team.uid)
                speed *= 1 + p.incubator_search * (signal >= rule.incubator_bar)
            if uniform(match_key, team.uid) < chance * speed:
                team.cofounder = 1
                tally[0].partner_found += 1
        if team.waiting > p.give_up_months:
            team.gone = 1
            tally[0].teams_gave_up += 1


@inlined
def acceptance(value, elsewhere, stake, quality, norm, p):
    """Return the chance that an offer is taken; a free one that is worth anything always is."""
    if value <= 0:
        return 0.0
    if stake <= 0:
        return 1.0
    cost = p.stake_dislike * stake * math.exp(0.5 * quality)
    return 1 / (1 + math.exp(-(norm.accept_intercept + value - elsewhere - cost)))


@inlined
def worth_elsewhere(cost, runway, rent, area, norm):
    """Return what rivals offer a firm: their share of rent for their months."""
    resources = norm.rival_subsidy * norm.rival_rent * rent * area * norm.rival_months
    return offer_value(resources, cost, runway)


@kernel
def award(
    firms, teams, stakes, programmes, state, intensity, eligible_firms, eligible_teams, market,
    norms, rule, p, acc, tally, seed, month,
):  # fmt: skip
    """Begin this month's awards, programme by programme; return how many stake records were written."""
    p, acc, norm, m, rule = p[0], acc[0], norms[0], market[0], rule[0]
    wage_level = norm.city_factor * m.wage
    written = 0
    applies = min(1.0, p.takeup * (1 + p.matching_takeup * rule.event_matching))
    for k in range(programmes.size):
        g = programmes[k]
        if (month - g.start) % 12 == 0:
            state[k].begun_year = 0
        state[k].asked *= 11.0 / 12
        state[k].granted *= 11.0 / 12
        if month < g.start or month > g.end or intensity[k] <= 0 or g.kind == 2:
            continue
        nascent_only = g.kind == 1 or (g.kind == 4 and g.recipient == 0)
        takeup = stream(seed, _TAKEUP, month * 64 + k)
        # Row numbers of applicants: firms first, then teams behind them.
        applicants = np.empty(firms.size + teams.size, np.int64)
        rank = np.empty(firms.size + teams.size)
        queue = stream(seed, _QUEUE, month * 64 + k)
        count = 0
        running = 0
        for i in range(firms.size):
            if runs(firms[i], k, month):
                running += 1
            if nascent_only or not eligible_firms[k, i] or firms[i].fate != 0:
                continue
            if runs(firms[i], k, month) or firms[i].award_count[k] >= g.max_per_firm:
                continue
            if firms[i].rounds > g.rounds_max or firms[i].maturity < g.milestone:
                continue
            if firms[i].origin == 6 and firms[i].ambition == 3:
                continue
            if g.kind == 4 and g.recipient == FOUNDERS and not is_lean(firms[i]):
                continue
            if uniform(takeup, firms[i].uid) >= applies * (
                1 + station_gain(firms[i], POLICY, rule)
            ):
                continue
            applicants[count] = i
            weight = stage_weight(rule, firms[i].maturity)
            weight *= council_weight(rule, firms[i].uid, firms[i].quality, seed)
            place = first_in_line(uniform(queue, firms[i].uid), weight)
            rank[count] = _rank(g.pick, place, firms[i].quality, firms[i].cash)
            count += 1
        takes_teams = g.kind == 1 or g.kind == 4 or g.kind == 5 or g.kind == 6
        takes_teams = takes_teams and not (g.kind == 4 and g.recipient == WORKERS)
        for i in range(teams.size):
            if runs(teams[i], k, month) and teams[i].venture == 0:
                running += 1
            if not takes_teams or teams[i].venture != 0 or teams[i].gone:
                continue
            if not eligible_teams[k, i] or runs(teams[i], k, month):
                continue
            if teams[i].award_count[k] >= g.max_per_firm or g.milestone > 0:
                continue
            if uniform(takeup, teams[i].uid) >= applies * (
                1 + station_gain(teams[i], POLICY, rule)
            ):
                continue
            applicants[count] = firms.size + i
            weight = rule.stage_weight_0
            weight *= council_weight(rule, teams[i].uid, teams[i].quality, seed)
            place = first_in_line(uniform(queue, teams[i].uid), weight)
            rank[count] = _rank(g.pick, place, teams[i].quality, teams[i].cash)
            count += 1
        state[k].running = running
        order = np.argsort(rank[:count])
        for at in range(count):
            row = applicants[order[at]]
            state[k].asked += 1
            if state[k].begun_year >= g.firms_max or running >= g.places:
                state[k].refused += 1
                tally[0].refused += 1
                continue
            is_firm = row < firms.size
            if is_firm:
                firm = firms[row]
                uid, quality = firm.uid, firm.quality
                cost = max(firm.cost, 1.0)
                net = max(cost - firm.income, 1.0)
                runway = max(firm.cash, 0.0) / net
                area = firm.area
                rent = firm.rent * (1 - firm.owns_space)
            else:
                team = teams[row - firms.size]
                uid, quality = team.uid, team.quality
                cost = team_cost(acc, wage_level, 1)
                runway = team.runway
                area = 3 * acc.office_m2_head
                rent = m.rent_office
            if not math.isnan(g.quality_bar):
                noise = p.signal_noise * normal(stream(seed, _SIGNAL, 0), uid)
                if quality + noise < g.quality_bar:
                    continue
            months = min(g.months_max, g.end + g.taper - month + 1)
            resources = programme_resources(g, acc, area, rent, months)
            if g.kind == 1:
                resources = g.m2 * m.rent_office * months
            to_workers = g.kind == 4 and g.recipient == WORKERS
            if g.kind == 3 or g.kind == _MENTORING or g.kind == _TAX_RELIEF or to_workers:
                # Worth having; taken by the hour, the bill or the head.
                resources = 1.0
            value = offer_value(resources, cost, runway) if resources > 0 else 0.0
            if g.pick == 1 and quality + p.signal_noise * normal(stream(seed, _SIGNAL, 1), uid) < 0:
                continue
            elsewhere = worth_elsewhere(cost, runway, asking_rent(m, OFFICE), area, norm)
            chance = acceptance(value, elsewhere, g.stake, quality, norm, p)
            if uniform(stream(seed, _ACCEPT, month * 64 + k), uid) >= chance:
                tally[0].declined += 1
                continue
            tally[0].accepted += 1
            state[k].begun_year += 1
            state[k].granted += 1
            running += 1
            if is_firm:
                begin_award(firms[row], k, g, month)
                firms[row].subsidy_end = max(firms[row].subsidy_end, firms[row].award_end[k])
                if g.stake > 0:
                    take_stake(firms[row], stakes[written], g.stake, k, month)
                    written += 1
            else:
                begin_award(teams[row - firms.size], k, g, month)
    return written


@inlined
def _rank(how, luck, quality, cash):
    """Return the place in the queue: keyed luck, or quality or poverty first."""
    if how == 1:
        return -quality
    if how == 2:
        return cash
    return luck


@inlined
def take_stake(firm, record, stake, k, month):
    """Move a stake from founders to the operator and write its record."""
    given = min(stake, firm.share_founders)
    firm.share_founders -= given
    firm.share_operator += given
    record.uid = newborn(firm.uid, month, k, _STAKE)
    record.holder_kind = OPERATOR
    record.holder = 0
    record.firm = firm.uid
    record.share = given
    record.cost = 0.0
    record.month = month
    record.round = -1
    record.preference = 0.0


@kernel
def start_firms(
    teams, cells, buildings, operators, programmes, market, norms, rule, mix, p, acc, incubated,
    extra_places, standing, focal_share, seed, month, firms, team_of,
):  # fmt: skip
    """Turn ready teams into firms; fill `firms` and `team_of` and return (count, unmet m²).

    `incubated` of the place's own incubator places are taken; `extra_places` added ones are free.
    `standing` are the firms that are here, which make up the chain.
    """
    p, acc, norm, m, rule = p[0], acc[0], norms[0], market[0], rule[0]
    solo_key = stream(seed, _SOLO, month)
    signal_key = stream(seed, _SIGNAL, 0)
    bar = operators[0].weight_equity - 0.2
    if not math.isnan(rule.weight_equity):
        bar = rule.weight_equity - 0.2
    if not math.isnan(rule.admission_bar):
        bar = rule.admission_bar
    links = link_counts(standing)
    most = links.max()
    count = 0
    unmet = 0.0
    places = norm.incubator_places - incubated
    trait_key = stream(seed, _TRAIT, 0)
    size_key = stream(seed, _SIZE, 0)
    order = np.argsort(_hashes(teams, stream(seed, _QUEUE, month)))
    for at in range(teams.size):
        i = order[at]
        team = teams[i]
        if team.venture != 0 or team.gone or count >= firms.size:
            continue
        saved = 0.0
        free_m2 = 0.0
        for k in range(programmes.size):
            if programmes[k].kind == 1 and runs(team, k, month):
                saved = max(saved, programmes[k].setup_months)
                free_m2 = max(free_m2, programmes[k].m2)
        if month - team.born < max(0.0, p.setup_months - saved):
            continue
        if team.cofounder == 0 and uniform(solo_key, team.uid) >= p.solo_rate:
            continue
        staff = 1 + team.cofounder + poisson(size_key, team.uid, p.team_size_extra)
        layer = -1
        chained = team.sector == int(norm.focal) or norm.layers_of_all > 0
        if chained and mix[1, mix.shape[1] - 1] > 0:
            u = uniform2(trait_key, team.uid, 0)
            layer = 0
            while layer < mix.shape[1] - 1 and u >= mix[1, layer]:
                layer += 1
        use = use_of(team.sector, layer)
        if use == LAB and uniform2(trait_key, team.uid, 4) >= norm.lab_share:
            use = OFFICE
        if plant_use(team.sector, uniform2(trait_key, team.uid, 5), norm):
            use = PRODUCTION
        fits_above = fits_upstairs(team.uid, use, rule.upstairs_fit, seed)
        area = staff * space_per_head(use, acc)
        signal = team.quality + p.signal_noise * normal(signal_key, team.uid)
        if rule.admission_chain > 0:
            signal += CHAIN_SD * rule.admission_chain * chain_fit(links, most, team.sector, layer)
        focal_fit = in_focus(team.sector, norm) or focal_share >= rule.admission_focal
        wants_place = uniform2(trait_key, team.uid, 1) < p.apply_share
        fits = wants_place and focal_fit and use == OFFICE
        admitted = places > 0 and signal >= bar and fits
        extra = not admitted and extra_places > 0 and signal >= rule.incubator_bar and fits
        start = int(uniform(stream(seed, _SPOT, month), team.uid) * buildings.size)
        start = start_beside(
            standing, buildings, team.sector, layer, rule.alliance_building,
            stream(seed, _BESIDE, month), team.uid, start,
        )  # fmt: skip
        # Incubator places and the operator's floor are its to allot; the rest is the market's.
        cell = -1
        if admitted or extra or (signal >= bar and focal_fit):
            cell = _own_floor(cells, buildings, use, area, start)
        if cell < 0:
            cell = find_floor(cells, buildings, use, area, start, fits_above)
        if cell < 0:
            area = staff * p.crowded_m2 if use == OFFICE else area * 0.8
            cell = find_floor(cells, buildings, use, area, start, fits_above)
        if cell < 0:
            unmet += area
            continue
        firm = firms[count]
        firm.uid = newborn(team.uid, 0, team.previous_ventures, _FIRM)
        firm.born = month
        firm.arrived = month
        firm.origin = team.origin
        firm.parent = team.parent
        firm.generation = team.generation
        firm.institution = team.institution
        firm.cell = cell
        firm.sector = team.sector
        firm.layer = layer
        firm.use = use
        firm.quality = team.quality
        firm.knowledge = team.knowledge
        firm.wanted = staff
        firm.area = area
        firm.rent = rent_in(cells[cell], asking_rent(m, use), norm)
        firm.landlord = 1 if owned_floor(cells[cell], use) > 0 else 0
        firm.lease_end = month + int(p.lease_months)
        firm.growth_due = month + 12
        firm.share_founders = 1 - p.staff_pool
        firm.share_staff = p.staff_pool
        firm.last_round = month
        firm.sought_since = NEVER
        firm.subsidy_end = -1
        firm.registered_exit = -1
        firm.satisfaction = 0.5
        firm.ambition = team.ambition
        firm.mobility_cost = norm.mobility_median * math.exp(
            norm.mobility_sd * _normal2(trait_key, team.uid, 2)
        )
        firm.staff_ceiling = 1e6
        if team.ambition == STAY_SMALL:
            ceiling = small_ceiling(_normal2(trait_key, team.uid, 3))
            firm.staff_ceiling = max(float(staff), ceiling)
        elif team.ambition == GROW:
            firm.staff_ceiling = 1e5
        firm.runway_at_birth = team.runway
        firm.occasion_until = -1
        firm.dependence_until = -1
        firm.mentor_until = -1
        firm.incubated_until = -1
        firm.service_hours = team.service_hours
        firm.mentor_hours = team.mentor_hours
        if admitted:
            firm.incubated_until = month + int(p.incubator_months)
            places -= 1
        elif extra:
            firm.incubated_until = month + int(rule.incubator_months)
            firm.extra_place = 1
            extra_places -= 1
        full = staff * acc.wage_developer * norm.city_factor * m.wage
        firm.cost = full * acc.lean_share + area * firm.rent
        firm.contract_income = firm.cost * team.contract_factor
        firm.supported_by = team.supported_by
        firm.support_total = team.support_total
        firm.transfer_fee = team.transfer_fee
        for k in range(programmes.size):
            firm.award_start[k] = team.award_start[k]
            firm.award_end[k] = team.award_end[k]
            firm.award_count[k] = team.award_count[k]
            firm.award_stake[k] = team.award_stake[k]
            firm.subsidy_end = max(firm.subsidy_end, team.award_end[k])
        let(cells[cell], use, area)
        draw = stream(seed, _SPOT, 0)
        place_in_building(
            firm, cells[cell], norm.cell_m, uniform2(draw, firm.uid, 0),
            uniform2(draw, firm.uid, 1), uniform2(draw, firm.uid, 2),
        )  # fmt: skip
        team.venture = firm.uid
        team_of[count] = i
        count += 1
    return count, unmet


@inlined
def small_ceiling(z):
    """Return the staff ceiling of a founder who stays small: median 4, 95th percentile 9."""
    return 4.0 * math.exp(0.493 * z)


@inlined
def _normal2(key, uid, ordinal):
    return normal(stream(key, np.uint64(ordinal), 1), uid)


@kernel
def _hashes(rows, key):
    values = np.empty(rows.size)
    for i in range(rows.size):
        values[i] = uniform(key, rows[i].uid)
    return values


@inlined
def _own_floor(cells, buildings, use, area, start):
    """Return a building of the operator with `area` m² free, or -1."""
    for k in range(buildings.size):
        row = buildings[(start + k) % buildings.size]
        if cells[row].owned_office > 0 and use == OFFICE and free_floor(cells[row], use) >= area:
            return row
    return -1


@kernel
def staff_firms(
    firms, first, teams, team_of, people, n, adults, norms, market, p, acc, stakes, programmes, tally,
    seed, month,
):  # fmt: skip
    """Give new firms their people and promised stakes; return (people, stakes written)."""
    norm, acc = norms[0], acc[0]
    wage_level = norm.city_factor * market[0].wage
    written = 0
    wanted_from = np.zeros(firms.size, np.int64)
    best = np.full(firms.size, 2.0)
    mover = np.full(firms.size, -1, np.int64)
    parent_row = np.full(firms.size - first, -1, np.int64)
    searching = False
    by_uid = np.argsort(firms["uid"][:first])
    for i in range(first, firms.size):
        if firms[i].origin == SPIN_OUT or firms[i].origin == GIANT_LEAVER:
            row = find_uid(firms, by_uid, firms[i].parent)
            tally[0].spin_outs_peers += row >= 0 and firms[row].peers > 0
            if row >= 0 and firms[row].staff > 1 and wanted_from[row] == 0:
                parent_row[i - first] = row
                wanted_from[row] = 1
                searching = True
    if searching:
        key = stream(seed, _MOVER, month)
        for j in adults:
            e = people.employer[j]
            if e >= 0 and e < first and wanted_from[e] > 0:
                u = uniform(key, people.uid[j])
                if u < best[e]:
                    best[e] = u
                    mover[e] = j
    kind_key = stream(seed, _STAFF, 0)
    for i in range(first, firms.size):
        firm = firms[i]
        size = int(firm.wanted)
        row = parent_row[i - first]
        ordinal = 0
        if row >= 0 and mover[row] >= 0:
            j = mover[row]
            quit_firm(firms[row], people.kind[j], people.home_cell[j] >= 0)
            people.employer[j] = i
            people.tenure[j] = 0
            people.founder_of[j] = firm.uid
            join(firm, people.kind[j])
            firm.locals += 1 if people.home_cell[j] >= 0 else 0
            teams[team_of[i - first]].person = people.uid[j]
            ordinal = 1
            tally[0].spin_outs += 1
        elif firm.origin == SPIN_OUT or firm.origin == GIANT_LEAVER:
            tally[0].spin_outs += 1
        while ordinal < size:
            uid = newborn(firm.uid, month, ordinal, _STAFF)
            kind = DEVELOPER
            if ordinal == 0 and firm.origin == 0:
                kind = SCIENTIST
            elif ordinal > 1:
                kind = pick_kind(uniform(kind_key, uid), norm)
            wage = wage_of(kind, acc, wage_level)
            write_person(people, n, uid, kind, i, firm.sector, wage, norm.migrant_share, seed)
            if ordinal <= teams[team_of[i - first]].cofounder:
                people.founder_of[n] = firm.uid
            if ordinal == 0:
                teams[team_of[i - first]].person = uid
            join(firm, kind)
            tally[0].people_born += 1
            n += 1
            ordinal += 1
        tally[0].born += 1
        tally[0].born_institution += firm.institution >= 0
        tally[0].entries += 1
        if firm.parent != 0 and (firm.origin == SPIN_OUT or firm.origin == GIANT_LEAVER):
            tally[0].births_local_parent += 1
        for k in range(programmes.size):
            if firm.award_stake[k] > 0:
                take_stake(firm, stakes[written], firm.award_stake[k], k, month)
                written += 1
    return n, written


@inlined
def find_uid(firms, by_uid, uid):
    """Return the row of `uid` among the rows `by_uid`, which are in order of uid, or -1."""
    low, high = 0, by_uid.size
    while low < high:
        middle = (low + high) // 2
        if firms[by_uid[middle]].uid < uid:
            low = middle + 1
        else:
            high = middle
    return by_uid[low] if low < by_uid.size and firms[by_uid[low]].uid == uid else -1


@kernel
def open_accounts(books, first, team_of):
    """Move each team's cash into the firm it has become."""
    for i in range(first, books.firms.size):
        t = team_of[i - first]
        pay(books, TEAM, t, FIRM, i, OPENING, books.teams[t].cash)


@kernel
def graduate(firms, rule, p, tally, month):
    """Let tenants leave the incubator at the market, with a round, or at the time limit.

    Those in added places leave when these close, and depend the more the longer they stayed (B17).
    """
    p = p[0]
    closed = rule[0].incubator_extra < 1
    for i in range(firms.size):
        firm = firms[i]
        if firm.incubated_until < 0 or firm.fate != 0:
            continue
        stay = month - firm.born
        due = month >= firm.incubated_until or (firm.extra_place == 1 and closed)
        if firm.maturity >= 4 or firm.rounds > 1 or due:
            most = 2.0 if firm.extra_place else 1.0
            firm.incubated_until = -1
            firm.extra_place = 0
            firm.graduated = 1
            firm.dependence_until = month + int(
                p.dependence_months * min(most, stay / p.incubator_months)
            )
            firm.occasion_until = max(firm.occasion_until, month + 12)
            tally[0].graduates_incubator += 1


def step(world: World) -> None:
    """Advance teams, make awards, open firms, graduate tenants."""
    p, acc = world.params["incubation"], world.params["accounts"]
    firms = world.firms.rows
    programmes = world.rules.programmes
    month, seed = world.month, world.seed
    near = float(world.market["seekers"][0] + firms["developers"].sum())
    desk = world.norms["desk_gain"][0] * 0.5
    desk += float(world.rule["virtual_search"][0])
    advance_teams(
        world.founders.rows, programmes, world.rule, p, near, desk, _extra_places(world),
        world.tally, seed, month,
    )  # fmt: skip
    if programmes.size:
        # Each programme may take a stake of each firm.
        stakes = world.stakes.make(programmes.size * len(world.firms))
        written = award(
            firms, world.founders.rows, stakes, programmes, world.programme_state,
            world.intensity, world.eligible_firms, _teams_eligible(world), world.market,
            world.norms, world.rule, p, acc, world.tally, seed, month,
        )  # fmt: skip
        world.stakes.append(stakes[:written])
    _open_firms(world, p, acc)
    graduate(world.firms.rows, world.rule, p, world.tally, month)


def _extra_places(world: World) -> int:
    """Return the free places among those added to the place's own."""
    offered = int(world.rule["incubator_extra"][0])
    return max(0, offered - int(world.firms.rows["extra_place"].sum())) if offered else 0


def _teams_eligible(world: World) -> np.ndarray:
    """Teams that formed this month, behind the checked ones, apply from next month on."""
    known = world.eligible_teams
    missing = len(world.founders) - known.shape[1]
    return np.pad(known, ((0, 0), (0, missing))) if missing else known


def _open_firms(world: World, p: np.ndarray, acc: np.ndarray) -> None:
    firms = world.firms.rows
    month, seed = world.month, world.seed
    focal = (int(world.norms["focus"][0]) >> firms["sector"].astype(np.int64)) & 1
    nascent = int((world.founders.rows["venture"] == 0).sum())
    if nascent == 0:
        return
    records = world.firms.make(nascent)
    team_of = np.zeros(records.size, np.int64)
    incubated = int(((firms["incubated_until"] >= 0) & (firms["extra_place"] == 0)).sum())
    count, unmet = start_firms(
        world.founders.rows, world.cells.rows, world.buildings, world.operators.rows,
        world.rules.programmes, world.market, world.norms, world.rule, world.mix, p, acc,
        incubated, _extra_places(world), firms, float(focal.mean()) if focal.size else 0.0, seed,
        month, records, team_of,
    )  # fmt: skip
    world.tally["unmet_space"] += unmet
    if count == 0:
        return
    first = len(world.firms)
    order = np.lexsort((records["uid"][:count], records["origin"][:count]))
    team_of = team_of[order]
    world.firms.append(reordered(records, order))
    size = int(records["wanted"][:count].sum())
    people = world.people.reserve(size)
    stakes = world.stakes.make(8 * count)
    adults = world.people.adults()
    world.people.n, written = staff_firms(
        world.firms.rows, first, world.founders.rows, team_of, people, world.people.n, adults,
        world.norms, world.market, p, acc, stakes, world.rules.programmes, world.tally, seed,
        month,
    )  # fmt: skip
    world.stakes.append(stakes[:written])
    open_accounts(world.books, first, team_of)
