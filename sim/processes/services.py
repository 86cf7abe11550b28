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
from sim.state.awards import afford, paying_order, runs
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, NEVER
from sim.state.ledger import (
    AWARD_SERVICES,
    BASE_SERVICES,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    SERVICE_FEE,
    SERVICE_STAFF,
    SERVICE_VOUCHER,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("firms", "founders", "operators", "governments", "rule", "norms", "programmes")
WRITES = (
    "firms.served", "firms.service_hours", "firms.mentor_hours", "firms.mentor_until",
    "firms.cash", "firms.cost", "firms.support", "firms.support_total", "firms.rent_support",
    "founders.service_hours", "founders.mentor_hours", "founders.support_total",
    "operators.cash", "governments", "purse", "flows", "tally", "programme_state",
    "market.service_effort",
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
)  # fmt: skip

_ASK = purpose("services.ask")
_QUEUE = purpose("services.queue")
_ORDER = purpose("services.order")
_AI = SECTORS.index("ai")
DESKS = 8


@inlined
def needs(firm, desk, month):
    """Return whether a firm has business at a desk.

    Desks are policy, money, compute, talent, partners, expertise, space and scenes.
    """
    if desk == 0:
        return firm.supported_by == 0
    if desk == 1:
        return firm.sought_since < NEVER and firm.sought_since <= month
    if desk == 2:
        return firm.sector == _AI and firm.maturity < 4
    if desk == 3:
        return firm.vacancies > 0
    if desk == 4:
        return firm.ties < 3 or firm.maturity == 3
    if desk == 5:
        return firm.tenure < 36
    if desk == 6:
        return firm.occasion_until >= month
    return firm.maturity == 3


@kernel
def serve_desks(firms, operators, p, capacity, tally, seed, month):
    """Let firms queue at the eight desks in keyed order; note who was served in `served`."""
    p = p[0]
    for i in range(firms.size):
        firms[i].served = 0
    rows = np.empty(firms.size, np.int64)
    luck = np.empty(firms.size)
    for desk in range(DESKS):
        ask = stream(seed, _ASK, month * DESKS + desk)
        count = 0
        queue = stream(seed, _QUEUE, month * DESKS + desk)
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
def sell_services(books, governments, norms, p, base_month, menu_share, price, voucher, cap):
    """Give base services and sell the menu; every firm's hours fade over twelve months."""
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
            firm.service_hours += per_firm / p.cny_per_hour
        fee = norm.fee_per_head * firm.staff * menu_share
        fee *= (price / 1.2) ** (1 - p.price_elasticity)
        if firm.cash < 6 * max(firm.cost - firm.income, 0.0):
            fee *= p.short_of_cash
        if fee <= 0 or firm.cash < fee:
            continue
        pay(books, FIRM, i, OPERATOR, 0, SERVICE_FEE, fee)
        back = min(voucher * fee, cap)
        if back > 0 and afford(governments[0], back):
            pay(books, GOVERNMENT, 0, FIRM, i, SERVICE_VOUCHER, back)
        resources = fee / max(price, 0.1)
        pay(books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_STAFF, resources)
        firm.service_hours += resources / p.cny_per_hour
        sold += fee
        cost_sum += resources
    return sold, cost_sum


@kernel
def bought_services(books, governments, programmes, state, intensity, p, seed, month):
    """Serve firms and teams whose services a programme buys; hours go on top of the stock's."""
    p = p[0]
    for k in range(programmes.size):
        g = programmes[k]
        if g.kind != 5 or intensity[k] <= 0:
            continue
        amount = g.cny_month * intensity[k]
        public = amount * g.public_share
        most = (books.firms.size + books.teams.size) * public
        tight = most > governments[0].budget_left
        key = stream(seed, _ORDER, month * 64 + k)
        order = paying_order(books.firms, key, tight)
        for at in range(order.size):
            i = order[at]
            firm = books.firms[i]
            if firm.fate != 0 or not runs(firm, k, month):
                continue
            if public > 0 and not afford(governments[0], public):
                continue
            _serve(books, state, k, amount, public)
            firm.service_hours += amount / p.cny_per_hour
            firm.mentor_hours += amount * g.mentor_share / p.cny_per_hour
            if firm.mentor_until < 0 and g.mentor_share > 0:
                firm.mentor_until = month + int(p.mentor_months)
            firm.support += amount
            firm.support_total += amount
        order = paying_order(books.teams, key, tight)
        for at in range(order.size):
            team = books.teams[order[at]]
            if team.venture != 0 or team.gone or not runs(team, k, month):
                continue
            if public > 0 and not afford(governments[0], public):
                continue
            _serve(books, state, k, amount, public)
            team.service_hours += amount / p.cny_per_hour
            team.mentor_hours += amount * g.mentor_share / p.cny_per_hour
            team.support_total += amount


@inlined
def _serve(books, state, k, amount, public):
    pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, AWARD_SERVICES, public)
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, AWARD_SERVICES, amount - public)
    state[k].spent += amount


def menu_bits(value: float) -> int:
    """Return how many services a bit mask names."""
    return int(value).bit_count()


def step(world: World) -> None:
    """Serve at the desks, sell the menu, and provide what programmes buy."""
    rule, operator = world.rule, world.operators.rows
    p, norms = world.params["services"], world.norms
    weights = (1 - _rule(rule, "weight_rent", operator["weight_rent"][0])) / max(
        float(norms["weights_preset"][0]), 0.01
    )
    nurture = _rule(rule, "nurture_share", 0.5) / 0.5
    effort = min(1.5, weights) * min(1.5, nurture) * float(operator["effort"][0])
    capacity = float(operator["capacity"][0]) * effort
    world.market["service_effort"] = effort
    serve_desks(
        world.firms.rows, operator, p, capacity, world.tally, world.seed, world.month
    )  # fmt: skip
    base = max(float(rule["base_level"][0]), float(world.governments.rows["base_level"][0]))
    full = float(rule["base_cost_firm_year"][0])
    stock = max(menu_bits(operator["menu"][0]), 1)
    menu = menu_bits(_rule(rule, "menu_mask", operator["menu"][0])) / stock
    price = _rule(rule, "menu_price", operator["price_factor"][0])
    spend, cost = sell_services(
        world.books, world.governments.rows, norms, p, base * full / 12, menu * min(1.0, effort), price,
        float(rule["menu_voucher_rate"][0]), float(rule["menu_voucher_cap"][0]) / 12,
    )  # fmt: skip
    world.tally["menu_spend"] += spend
    world.tally["menu_cost"] += cost
    if world.rules.programmes.size:
        bought_services(
            world.books, world.governments.rows, world.rules.programmes, world.programme_state,
            world.intensity, p, world.seed, world.month,
        )  # fmt: skip


def _rule(rule: np.ndarray, name: str, stock: float) -> float:
    value = float(rule[name][0])
    return float(stock) if math.isnan(value) else value
