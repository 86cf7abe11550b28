"""The operator's desks and platforms serve firms until capacity is full (model 6.6).

    effect = gain·(1 - e^(-hours/40)), hours = resources of the last 12 months / 1,000 CNY

Base services are free and paid by government; the menu has a price, and demand falls with it
(evidence M096, M097). Services bought for a firm by a programme come on top of what is in stock.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import purpose, stream, uniform
from sim.kernel import inlined, kernel
from sim.state.awards import (
    FINANCE,
    SERVICES,
    afford,
    firm_weights,
    paying_order,
    runs,
    team_weights,
)
from sim.state.catalogue import DESKS, MENU
from sim.state.columns import BRANCH, OFFICE
from sim.state.costs import is_lean, space_per_head, wage_bill
from sim.state.desks import PARTNERS, POLICY, in_reach, needs, team_needs
from sim.state.ledger import (
    AWARD_SERVICES,
    BASE_SERVICES,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    MENTORING,
    ONE_STOP_STATION,
    OPERATOR,
    SERVICE_FEE,
    SERVICE_STAFF,
    SERVICE_TEAM,
    SERVICE_VOUCHER,
    SHARED_LAB,
    SHARED_MANUFACTURING,
    pay,
)  # fmt: skip
from sim.state.prices import can_pay, share_at
from sim.state.rules import PROGRAMME_KINDS
from sim.state.world import World

READS = ("firms", "founders", "operators", "governments", "rule", "norms", "programmes", "cells")
WRITES = (
    "firms.served", "firms.station", "firms.service_hours", "firms.mentor_hours",
    "firms.mentor_until", "firms.mentor_gain", "firms.lab_member", "firms.shared_m2",
    "firms.quality", "firms.cash", "firms.cost", "firms.support", "firms.support_total",
    "firms.rent_support", "founders.station", "founders.service_hours", "founders.mentor_hours",
    "founders.support_total", "operators.cash", "governments", "purse", "flows", "tally",
    "programme_state", "market.service_effort", "market.desk_capacity", "market.stage_develop",
    "market.stage_sell", "market.stage_finance", "market.ip",
)  # fmt: skip

PARAMETERS = Parameters(
    "services",
    ask_share=param(0.5, "1/month", 0.1, 1.0, "assumption", "firms in need that come to a desk", "有需求企业月到访率"),
    price_elasticity=param(1.0, "elasticity", 0.3, 2.0, "assumption", "demand for priced services", "增值服务价格弹性"),
    short_of_cash=param(0.5, "ratio", 0.0, 1.0, "assumption", "spending of firms short of cash", "现金紧张企业消费比"),
    staff_wage=param(20_000, "CNY/month", 8_000, 50_000, "assumption", "wage of service staff", "服务人员月薪"),
    hours_scale=param(40, "hours", 10, 100, "assumption", "hours at which 63% of a gain is reached", "服务剂量尺度"),
    cny_per_hour=param(1000, "CNY/hour", 300, 3000, "assumption", "resources of an hour of service", "每小时服务资源"),
    mentor_months=param(24, "months", 6, 48, "B24", "months that mentoring raises growth", "辅导效用期"),
    mentor_worth=param(600, "CNY/hour", 200, 3000, "assumption", "fee at which half of mentoring is taken", "辅导半数需求价"),
    unaccountable=param(0.25, "share", 0, 1, "B24", "gain of mentoring without accountability", "无问责辅导效用比"),
    reserve_months=param(3, "months", 0, 12, "assumption", "net cost kept when paying for a slot", "付费时保留现金月数"),
    cases_per_staff=param(0.67, "cases/desk/month", 0.1, 3, "assumption", "cases of a member of staff", "人均窗口受理数"),
    partner_reach=param(0.5, "share", 0, 2, "assumption", "more services sold where partners take all income", "合伙人拓展增益"),
    incubator_hours=param(8, "hours/month", 0, 40, "assumption", "mentoring of a tenant at full level", "在孵企业满额辅导"),
    lab_m2_member=param(60, "m2", 10, 300, "assumption", "lab floor of a member", "会员人均实验面积"),
    lab_worth=param(6_000, "CNY/month", 1_000, 50_000, "assumption", "price at which half join the lab", "实验室半数需求价"),
    plant_effort=param(0.1, "share of saving", 0, 0.5, "assumption", "saving lost to working elsewhere", "外协损耗"),
)  # fmt: skip

_ASK = purpose("services.ask")
_QUEUE = purpose("services.queue")
_ORDER = purpose("services.order")
_LAB = purpose("services.lab")
_PLANT = purpose("services.plant")
_SERVICES = PROGRAMME_KINDS.index("service_for_equity")
_MENTORING = PROGRAMME_KINDS.index("mentoring")
# Which service of the menu helps at which stage: product work, selling, raising money.
STAGES = {"stage_develop": "science_venture", "stage_sell": "law", "stage_finance": "finance"}


@kernel
def serve_desks(firms, operators, p, capacity, tally, seed, month):
    """Let firms queue at the eight desks in keyed order; note who was served in `served`."""
    p = p[0]
    for i in range(firms.size):
        firms[i].served = 0
        firms[i].station = 0
    rows = np.empty(firms.size, np.int64)
    luck = np.empty(firms.size)
    for desk in range(len(DESKS)):
        ask = stream(seed, _ASK, month * len(DESKS) + desk)
        count = 0
        queue = stream(seed, _QUEUE, month * len(DESKS) + desk)
        for i in range(firms.size):
            if firms[i].ambition == BRANCH or not needs(firms[i], desk, month):
                continue
            if uniform(ask, firms[i].uid) < p.ask_share:
                rows[count] = i
                luck[count] = uniform(queue, firms[i].uid)
                count += 1
        last = 1.5
        if count > capacity:
            last = np.sort(luck[:count])[int(capacity) - 1] if capacity >= 1 else -1.0
        for k in range(count):
            if luck[k] <= last:
                firms[rows[k]].served |= 1 << desk
                tally[0].cases_served += 1
        tally[0].cases_asked += count


@kernel
def serve_station(books, governments, cells, norms, rule, p, column, line, tally, seed, month):
    """Serve at the one-stop station whom the operator's desks left waiting, and nascent teams.

    It stands at (`column`, `line`) and serves within its radius; a case costs the government money.
    """
    p, norm, rule = p[0], norms[0], rule[0]
    firms, teams = books.firms, books.teams
    mask = int(rule.station_desks)
    rows = np.empty(firms.size + teams.size, np.int64)
    luck = np.empty(firms.size + teams.size)
    for desk in range(len(DESKS)):
        if not (mask >> desk) & 1:
            continue
        ask = stream(seed, _ASK, month * len(DESKS) + desk)
        queue = stream(seed, _QUEUE, month * len(DESKS) + desk)
        count = 0
        for i in range(firms.size):
            firm = firms[i]
            if firm.ambition == BRANCH or firm.fate != 0 or (firm.served >> desk) & 1:
                continue
            if not needs(firm, desk, month) or uniform(ask, firm.uid) >= p.ask_share:
                continue
            if in_reach(firm, cells, norm, column, line, rule.station_radius):
                rows[count], luck[count] = i, uniform(queue, firm.uid)
                count += 1
        for t in range(teams.size if desk in (POLICY, PARTNERS) else 0):
            team = teams[t]
            if team.venture != 0 or team.gone or not team_needs(team, desk):
                continue
            if uniform(ask, team.uid) < p.ask_share:
                rows[count], luck[count] = firms.size + t, uniform(queue, team.uid)
                count += 1
                tally[0].cases_asked += 1
        order = np.argsort(luck[:count])
        for at in range(min(count, int(rule.station_capacity))):
            if not afford(governments[0], rule.station_cost, SERVICES):
                break
            pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, ONE_STOP_STATION, rule.station_cost)
            row = rows[order[at]]
            if row < firms.size:
                firms[row].station |= 1 << desk
            else:
                teams[row - firms.size].station |= 1 << desk
            tally[0].cases_served += 1


@kernel
def sell_services(
    books, governments, norms, p, base_month, menu_share, price, voucher, cap, skill, partners
):
    """Give base services and sell the menu; every firm's hours fade over twelve months.

    `skill` multiplies what an hour brings; `partners` is their share of the fees.
    """
    p, norm = p[0], norms[0]
    firms = books.firms
    per_firm = base_month
    sold = 0.0
    cost_sum = 0.0
    for i in range(firms.size):
        firm = firms[i]
        firm.service_hours *= 11.0 / 12
        firm.mentor_hours *= 11.0 / 12
        firm.support = 0.0
        firm.rent_support = 0.0
        if firm.ambition == BRANCH or firm.fate != 0:
            continue
        if per_firm > 0:
            pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, BASE_SERVICES, per_firm)
            firm.service_hours += skill * per_firm / p.cny_per_hour
        fee = norm.fee_per_head * firm.staff * menu_share
        fee *= (price / 1.2) ** (1 - p.price_elasticity)
        if firm.cash < 6 * max(firm.cost - firm.income, 0.0):
            fee *= p.short_of_cash
        if fee <= 0 or firm.cash < fee:
            continue
        pay(books, FIRM, i, OPERATOR, 0, SERVICE_FEE, fee)
        back = min(voucher * fee, cap)
        if back > 0 and afford(governments[0], back, SERVICES):
            pay(books, GOVERNMENT, 0, FIRM, i, SERVICE_VOUCHER, back)
        resources = fee / max(price, 0.1)
        pay(books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_STAFF, resources)
        pay(books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_TEAM, partners * fee)
        firm.service_hours += skill * resources / p.cny_per_hour
        sold += fee
        cost_sum += resources
    return sold, cost_sum


@kernel
def bought_services(books, governments, programmes, state, intensity, rule, p, skill, seed, month):
    """Serve firms and teams whose services a programme buys; hours go on top of the stock's."""
    p = p[0]
    weights = firm_weights(books.firms, rule, seed)
    for k in range(programmes.size):
        g = programmes[k]
        if g.kind != _SERVICES or intensity[k] <= 0:
            continue
        amount = g.cny_month * intensity[k]
        public = amount * g.public_share
        most = (books.firms.size + books.teams.size) * public
        left = governments[0].family_cap[FINANCE] - governments[0].family_spent[FINANCE]
        tight = most > min(governments[0].budget_left, left)
        key = stream(seed, _ORDER, month * 64 + k)
        order = paying_order(books.firms, key, tight, weights)
        for at in range(order.size):
            i = order[at]
            firm = books.firms[i]
            if firm.fate != 0 or not runs(firm, k, month):
                continue
            if public > 0 and not afford(governments[0], public, FINANCE):
                continue
            _serve(books, state, k, amount, public)
            firm.service_hours += skill * amount / p.cny_per_hour
            firm.mentor_hours += skill * amount * g.mentor_share / p.cny_per_hour
            if firm.mentor_until < 0 and g.mentor_share > 0:
                firm.mentor_until = month + int(p.mentor_months)
            firm.support += amount
            firm.support_total += amount
        order = paying_order(books.teams, key, tight, team_weights(books.teams, rule, seed))
        for at in range(order.size):
            team = books.teams[order[at]]
            if team.venture != 0 or team.gone or not runs(team, k, month):
                continue
            if public > 0 and not afford(governments[0], public, FINANCE):
                continue
            _serve(books, state, k, amount, public)
            team.service_hours += skill * amount / p.cny_per_hour
            team.mentor_hours += skill * amount * g.mentor_share / p.cny_per_hour
            team.support_total += amount


@inlined
def _serve(books, state, k, amount, public):
    pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, AWARD_SERVICES, public)
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, AWARD_SERVICES, amount - public)
    state[k].spent += amount


@kernel
def mentor(books, programmes, state, intensity, p, skill, month):
    """Mentor the firms that hold an award of mentoring, for as many hours as they take at the fee.

    Without accountability an hour brings a part of the growth only (evidence B24).
    """
    p = p[0]
    for k in range(programmes.size):
        g = programmes[k]
        if g.kind != _MENTORING or intensity[k] <= 0:
            continue
        hours = g.hours * intensity[k] * share_at(g.price, p.mentor_worth, p.price_elasticity)
        for i in range(books.firms.size):
            firm = books.firms[i]
            if firm.fate != 0 or not runs(firm, k, month):
                continue
            if not can_pay(firm, hours * g.price, p.reserve_months):
                continue
            pay(books, FIRM, i, OPERATOR, 0, MENTORING, hours * g.price)
            pay(books, OPERATOR, 0, HOUSEHOLDS, 0, MENTORING, hours * g.cost)
            firm.mentor_hours += skill * hours
            firm.mentor_gain = g.gain if g.accountable else p.unaccountable * g.gain
            if firm.mentor_until < 0:
                firm.mentor_until = month + int(p.mentor_months)
            firm.support_total += hours * max(g.cost - g.price, 0.0)
            state[k].spent += hours * g.cost


@kernel
def mentor_tenants(firms, rule, p, skill, month):
    """Mentor the tenants of the incubator places added; the place's cost covers it."""
    p = p[0]
    hours = rule[0].incubator_mentor * p.incubator_hours
    for i in range(firms.size):
        firm = firms[i]
        if firm.extra_place == 0 or firm.incubated_until < month or firm.fate != 0:
            continue
        firm.mentor_hours += skill * hours
        if firm.mentor_until < 0:
            firm.mentor_until = month + int(p.mentor_months)


@kernel
def open_lab(books, rule, p, seed, month):
    """Let firms with a product in the making join the shared lab while it has room.

    Members pay by the month and gain in quality. The order is keyed without the month, so that
    members stay members.
    """
    p, rule = p[0], rule[0]
    firms = books.firms
    room = int(rule.lab_m2 / p.lab_m2_member)
    share = share_at(rule.lab_price, p.lab_worth, p.price_elasticity)
    key = stream(seed, _LAB, 0)
    rows, luck = np.empty(firms.size, np.int64), np.empty(firms.size)
    count = 0
    for i in range(firms.size):
        firm = firms[i]
        firm.lab_member = 0
        if firm.fate != 0 or firm.ambition == BRANCH or not 1 <= firm.maturity <= 3:
            continue
        u = uniform(key, firm.uid)
        if u < share and can_pay(firm, rule.lab_price, p.reserve_months):
            rows[count], luck[count] = i, u
            count += 1
    order = np.argsort(luck[:count])
    for at in range(min(count, room)):
        i = rows[order[at]]
        pay(books, FIRM, i, OPERATOR, 0, SHARED_LAB, rule.lab_price)
        firms[i].lab_member = 1
        firms[i].quality += rule.lab_quality / 12


@kernel
def open_plant(books, rule, acc, norms, market, p, seed):
    """Let makers of things use shared floor where it saves more than it costs, while there is room.

    A maker can move the share `plant_cut` of its floor and of its other operating cost there; what
    it saves is their cost, less what is lost by working elsewhere.
    """
    p, rule, acc = p[0], rule[0], acc[0]
    firms = books.firms
    wage_level = norms[0].city_factor * market[0].wage
    key = stream(seed, _PLANT, 0)
    rows, luck = np.empty(firms.size, np.int64), np.empty(firms.size)
    need = np.zeros(firms.size)
    count = 0
    for i in range(firms.size):
        firm = firms[i]
        firm.shared_m2 = 0.0
        if firm.fate != 0 or firm.ambition == BRANCH or firm.use == OFFICE or firm.staff < 1:
            continue
        need[i] = rule.plant_cut * firm.staff * space_per_head(firm.use, acc)
        wages = wage_bill(firm, acc, wage_level) * (acc.lean_share if is_lean(firm) else 1.0)
        saving = need[i] * firm.rent * (1 - firm.owns_space)
        saving += rule.plant_cut * acc.other_share * wages
        if (1 - p.plant_effort) * saving > need[i] * rule.plant_price:
            rows[count], luck[count] = i, uniform(key, firm.uid)
            count += 1
    order = np.argsort(luck[:count])
    left = rule.plant_m2
    for at in range(count):
        i = rows[order[at]]
        fee = min(need[i], left) * rule.plant_price
        if not can_pay(firms[i], fee, p.reserve_months):
            continue
        firms[i].shared_m2 = min(need[i], left)
        left -= firms[i].shared_m2
        pay(books, FIRM, i, OPERATOR, 0, SHARED_MANUFACTURING, fee)


def menu_bits(value: float) -> int:
    """Return how many services a bit mask names."""
    return int(value).bit_count()


def step(world: World) -> None:
    """Serve at the desks, sell the menu, provide what programmes buy, open what is shared."""
    rule, operator = world.rule, world.operators.rows
    p, norms = world.params["services"], world.norms
    weights = (1 - _rule(rule, "weight_rent", operator["weight_rent"][0])) / max(
        float(norms["weights_preset"][0]), 0.01
    )
    nurture = _rule(rule, "nurture_share", 0.5) / 0.5
    effort = min(1.5, weights) * min(1.5, nurture) * float(operator["effort"][0])
    effort *= float(operator["drive"][0]) * (1 - float(operator["away"][0]))
    staff, skill, reach = _team(world)
    capacity = float(operator["capacity"][0]) + staff * float(p["cases_per_staff"][0])
    world.market["service_effort"] = effort
    own = capacity * effort * reach
    world.market["desk_capacity"] = own
    serve_desks(
        world.firms.rows, operator, p, own + float(world.market["desk_pool"][0]), world.tally,
        world.seed, world.month,
    )  # fmt: skip
    _station(world)
    base = max(float(rule["base_level"][0]), float(world.governments.rows["base_level"][0]))
    full = float(rule["base_cost_firm_year"][0])
    stock = max(menu_bits(operator["menu"][0]), 1)
    mask = int(_rule(rule, "menu_mask", operator["menu"][0]))
    menu = menu_bits(mask) / stock * min(1.0, effort) * reach
    price = _rule(rule, "menu_price", operator["price_factor"][0])
    spend, cost = sell_services(
        world.books, world.governments.rows, norms, p, base * full / 12, menu, price,
        float(rule["menu_voucher_rate"][0]), float(rule["menu_voucher_cap"][0]) / 12,
        skill, float(rule["team_partners"][0]),
    )  # fmt: skip
    world.tally["menu_spend"] += spend
    world.tally["menu_cost"] += cost
    for stage, service in STAGES.items():
        has = (mask >> MENU.index(service)) & 1
        world.market[stage] = float(rule["menu_stage_fit"][0]) * has
    world.market["ip"] = (mask >> MENU.index("ip")) & 1
    programmes = world.rules.programmes
    if programmes.size:
        bought_services(
            world.books, world.governments.rows, programmes, world.programme_state,
            world.intensity, rule, p, skill, world.seed, world.month,
        )  # fmt: skip
    if (programmes["kind"] == _MENTORING).any():
        mentor(
            world.books, programmes, world.programme_state, world.intensity, p, skill, world.month
        )
    _shared(world, skill)


def _team(world: World) -> tuple[float, float, float]:
    """Pay the staff added; return their number, the skill of all staff, and partners' reach."""
    rule, p = world.rule, world.params["services"]
    reach = 1 + float(p["partner_reach"][0]) * float(rule["team_partners"][0])
    staff = float(rule["team_staff"][0]) * len(world.firms)
    if staff <= 0:
        return 0.0, 1.0, reach
    wages = staff * float(rule["team_wage"][0]) * float(world.norms["city_factor"][0])
    pay(world.books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_TEAM, wages)
    own = float(world.operators.rows["service_staff"][0])
    skill = (own + staff * float(rule["team_skill"][0])) / (own + staff)
    return staff, skill, reach


def _station(world: World) -> None:
    """Open the one-stop station, in the middle of the operator's floor or else of the place."""
    world.founders.rows["station"] = 0
    if world.rule["station_capacity"][0] < 1:
        return
    cells = world.cells.rows
    near = cells[cells["owned_office"] > 0] if (cells["owned_office"] > 0).any() else cells
    serve_station(
        world.books, world.governments.rows, cells, world.norms, world.rule,
        world.params["services"], float(near["column"].mean()), float(near["line"].mean()),
        world.tally, world.seed, world.month,
    )  # fmt: skip


def _shared(world: World, skill: float) -> None:
    """Open the shared lab and plant and mentor tenants; what closes is given up at once."""
    rule, p, firms = world.rule, world.params["services"], world.firms.rows
    if rule["incubator_mentor"][0] > 0:
        mentor_tenants(firms, rule, p, skill, world.month)
    if rule["lab_m2"][0] > 0:
        open_lab(world.books, rule, p, world.seed, world.month)
    else:
        firms["lab_member"] = 0
    if rule["plant_m2"][0] > 0:
        open_plant(
            world.books, rule, world.params["accounts"], world.norms, world.market, p, world.seed
        )
    else:
        firms["shared_m2"] = 0.0


def _rule(rule: np.ndarray, name: str, stock: float) -> float:
    value = float(rule[name][0])
    return float(stock) if math.isnan(value) else value
