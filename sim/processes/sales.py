"""Orders come in; revenue follows each firm's growth; suppliers are chosen (model 6.8).

    g = μ0 + μ1·e^(-age/3) + μf·[funded < 18 months] + mentoring
        + Laplace(0, b10·(staff/10)^-β·(1 + 1.2·e^(-age/3)))

drawn once a year at the anniversary, so that annual growth is Laplace (evidence A15, A18, A23). Before the
market contract work comes and goes by the year too, or young teams would stand still.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import laplace, purpose, stream, uniform
from sim.kernel import inlined, kernel
from sim.state.awards import SERVICES, afford
from sim.state.columns import HERE, NEVER, SUPPLY
from sim.state.costs import space_per_head, wage_bill
from sim.state.desks import SCENES, station_gain
from sim.state.ledger import FIRM, GOVERNMENT, MARKET, MARKET_LAUNCH, OPERATOR, pay
from sim.state.world import World

READS = ("firms", "ties", "market", "norms", "rule")
WRITES = (
    "firms.revenue", "firms.growth", "firms.growth_last", "firms.growth_due", "firms.first_order",
    "firms.contract_income", "firms.local_supply", "firms.cash", "ties.kind", "ties.layers",
    "governments",
    "operators.cash", "purse", "flows", "tally",
)  # fmt: skip

PARAMETERS = Parameters(
    "sales",
    first_order=param(0.15, "1/month", 0.05, 0.4, "assumption", "first order once on the market", "首单月率"),
    first_order_quality=param(0.4, "log per sd", 0, 0.8, "assumption", "its gain from quality", "首单质量弹性"),
    partner_gain=param(0.05, "share per tie", 0, 0.2, "assumption", "its gain from a supply tie", "伙伴增益"),
    scene_gain=param(0.5, "share", 0, 2, "assumption", "its gain from the scenes desk or a scene", "场景增益"),
    service_gain=param(0.1, "share", -0.05, 0.3, "assumption", "its gain from services that fit the stage", "阶段服务增益"),
    buyer_elasticity=param(1.0, "elasticity", 0.3, 3, "assumption", "first orders gained by a lower price", "首购价格弹性"),
    promotion_cost=param(20_000, "CNY/month", 2_000, 200_000, "assumption", "full promotion of a product", "单品推广月成本"),
    showroom_gain=param(0.3, "share", 0, 1, "assumption", "its gain from a showroom at the door", "展厅增益"),
    chain_gain=param(0.2, "share", -0.2, 1, "assumption", "its gain from a complete chain within 1 km", "链条完整度增益"),
    contract_fading=param(0.08, "1/month", 0, 0.3, "assumption", "contract work that fades once on the market", "合同收入消退"),
    contract_spread=param(0.15, "log/year", 0, 0.6, "A22", "spread of contract work before the market", "上市前合同收入离散度"),
    growth_base=param(-0.042, "log/year", -0.15, 0.1, "A23", "growth of grown firms", "成熟企业增速"),
    growth_young=param(0.04, "log/year", 0, 0.3, "A23", "extra growth of newborn firms", "新企业额外增速"),
    growth_age=param(3, "years", 1, 6, "A23", "age at which it has faded", "年龄衰减"),
    growth_funded=param(0.07, "log/year", 0, 0.2, "assumption", "extra growth after a round", "融资后额外增速"),
    mentor_growth=param(0.05, "log/year", -0.02, 0.10, "B24", "extra growth by mentoring", "辅导额外增速"),
    spread=param(0.05, "log/year", 0.05, 0.3, "A15", "Laplace scale at 10 staff", "增速离散度"),
    spread_size=param(0.209, "exponent", 0.1, 0.3, "A16", "its fall with size", "离散度规模指数"),
    spread_young=param(2.15, "ratio", 0, 2.5, "A15", "extra spread of newborn firms", "新企业离散度"),
    jump=param(0.1, "1/year", 0, 0.1, "A18", "chance of a jump", "跳跃概率"),
    jump_least=param(0.481, "log", 0.1, 0.5, "A18", "least jump", "最小跳跃"),
    demand_share=param(0.32, "share", 0.2, 0.8, "assumption", "share of demand growth that firms get", "需求传导"),
    capacity=param(500_000, "CNY/head/year", 200_000, 1_000_000, "assumption", "revenue a head can serve", "人均产能"),
    capacity_slack=param(1.42, "ratio", 1, 2, "assumption", "revenue over capacity before it fades", "产能余量"),
    capacity_fading=param(0.08, "1/year", 0, 1.5, "assumption", "speed at which the excess fades", "超额消退"),
    quality=param(0.3, "log per sd", 0, 0.6, "assumption", "productivity of quality", "质量对生产率"),
    density=param(0.04, "elasticity", 0.02, 0.08, "E01", "productivity of density", "密度弹性"),
    knowledge=param(0.02, "share", 0, 0.06, "assumption", "productivity of knowledge", "知识对生产率"),
    export_gain=param(0.3, "share", 0, 1, "assumption", "demand that markets abroad add for a grown firm", "出海带来的需求增量"),
    export_staff=param(20, "people", 5, 200, "assumption", "staff from which a firm sells abroad", "出海企业最低员工数"),
    supply_rate=param(0.02, "1/month", 0, 0.1, "assumption", "known neighbours who become suppliers", "转为供应商月率"),
    supply_scale=param(10, "ties", 2, 15, "assumption", "supply ties at 63% of what is local", "本地供应尺度"),
    next_door=param(4, "ratio", 0, 20, "assumption", "faster supply between recruits and neighbours", "隔墙供应提速"),
    supply_base=param(0.10, "share", 0, 0.3, "assumption", "local supply without ties", "基础本地供应"),
)  # fmt: skip

_ORDER = purpose("sales.first_order")
_GROWTH = purpose("sales.growth")
_WORK = purpose("sales.contract")
_JUMP = purpose("sales.jump")
_SIZE = purpose("sales.jump_size")
_SUPPLY = purpose("sales.supply")
_BUYER = purpose("sales.buyer")


@inlined
def productivity(firm, market, norm, p):
    """Return revenue per head over the standard, a level that enters once."""
    level = min(max(math.log(firm.knowledge / market.frontier), -1.5), 1.5)
    near = (firm.density + 10) / (norm.density_mean + 10)
    return math.exp(p.quality * firm.quality) * near**p.density * (1 + p.knowledge * level)


@inlined
def wage_mix(firm, acc, norm, wage_level):
    """Return a firm's wages a head over those of the place's usual staff."""
    usual = norm.worker_share * acc.wage_worker + norm.developer_share * acc.wage_developer
    usual += (1 - norm.worker_share - norm.developer_share) * acc.wage_scientist
    return wage_bill(firm, acc, wage_level) / max(firm.staff * usual * wage_level, 1.0)


@inlined
def draw_growth(firm, staff, age_years, funded, mentored, p, seed, month):
    """Return a year's log growth of a firm (equation above)."""
    young = math.exp(-age_years / p.growth_age)
    mean = p.growth_base + p.growth_young * young + p.growth_funded * funded + mentored
    scale = p.spread * (max(staff, 1.0) / 10) ** -p.spread_size * (1 + p.spread_young * young)
    growth = mean + scale * laplace(stream(seed, _GROWTH, month), firm.uid)
    u = uniform(stream(seed, _JUMP, month), firm.uid)
    if u < p.jump:
        size = min(p.jump_least / math.sqrt(uniform(stream(seed, _SIZE, month), firm.uid)), 2.0)
        growth += size if u < p.jump / 2 else -size
    return min(max(growth, -2.5), 2.5)


@inlined
def change_of_work(firm, p, seed, month):
    """Return the factor by which contract work changes in a year before the market; its mean is 1."""
    scale = p.contract_spread
    luck = math.exp(scale * laplace(stream(seed, _WORK, month), firm.uid))
    return luck * (1 - scale * scale)


@inlined
def is_promoted(firm, rule, month):
    """Return whether the product of a firm that grew up here is being promoted (`market_lag` tells)."""
    if rule.launch_lift <= 0 or firm.maturity < 4 or firm.market_lag <= 0:
        return False
    return month - (firm.born + firm.market_lag - 1) < rule.launch_months


@inlined
def open_sales(firm, acc, norm, wage_level, month):
    """Give a firm its first order: revenue begins at about what its staff costs."""
    firm.first_order = month
    per_full = wage_bill(firm, acc, wage_level) * (1 + acc.other_share)
    firm.revenue = per_full + firm.staff * space_per_head(firm.use, acc) * firm.rent
    firm.revenue /= 1 - norm.input_share
    firm.growth_due = month


@inlined
def waits_for_order(firm):
    """Return whether a firm's product is on the market without a first order."""
    return firm.fate == HERE and firm.maturity >= 4 and firm.first_order == NEVER


@kernel
def buy_first(books, governments, rule, market, norms, acc, tally, seed, month):
    """Let the public place its first orders, and offer rebates on those of others.

    Both go in keyed order as far as the budget reaches; returns who may offer a rebate, shape
    (firms,).
    """
    rule, acc, government = rule[0], acc[0], governments[0]
    wage_level = norms[0].city_factor * market[0].wage
    firms = books.firms
    key = stream(seed, _BUYER, month)
    offered = np.zeros(firms.size, np.bool_)
    luck = np.full(firms.size, 2.0)
    count = 0
    for i in range(firms.size):
        if waits_for_order(firms[i]):
            luck[i] = uniform(key, firms[i].uid)
            count += 1
    order = np.argsort(luck)
    # Orders of a year spread over its months, whole ones only.
    orders = math.floor(rule.launch_orders * (month + 1) + 1e-9)
    orders -= math.floor(rule.launch_orders * month + 1e-9)
    reserved = 0.0
    for at in range(count):
        firm = firms[order[at]]
        if at < orders and afford(government, rule.launch_order_cny, SERVICES):
            pay(books, GOVERNMENT, 0, FIRM, order[at], MARKET_LAUNCH, rule.launch_order_cny)
            open_sales(firm, acc, norms[0], wage_level, month)
            tally[0].public_orders += 1
            continue
        reserved += rule.launch_rebate * rule.launch_order_cny
        offered[order[at]] = rule.launch_rebate > 0 and reserved <= government.budget_left
    return offered


@kernel
def settle_launch(books, governments, offered, rule, p, tally, month):
    """Pay for promotion, and rebates on the first orders that came with one."""
    rule, p = rule[0], p[0]
    firms = books.firms
    for i in range(firms.size):
        firm = firms[i]
        if firm.fate != HERE:
            continue
        if is_promoted(firm, rule, month):
            cost = p.promotion_cost * rule.launch_lift
            pay(books, OPERATOR, 0, MARKET, 0, MARKET_LAUNCH, cost)
            tally[0].promoted += 1
        if offered[i] and firm.first_order == month:
            rebate = rule.launch_rebate * min(rule.launch_order_cny, 12 * firm.revenue)
            if afford(governments[0], rebate, SERVICES):
                pay(books, GOVERNMENT, 0, MARKET, 0, MARKET_LAUNCH, rebate)


@kernel
def sell(firms, offered, market, norms, rule, p, acc, hours_scale, tally, seed, month):
    """Bring first orders, draw growth at anniversaries, and move revenue by a month.

    `offered`, shape (firms,), tells whose first buyers get a rebate.
    """
    m, norm, p, acc, rule = market[0], norms[0], p[0], acc[0], rule[0]
    order_key = stream(seed, _ORDER, month)
    wage_level = norm.city_factor * m.wage
    for i in range(firms.size):
        firm = firms[i]
        if firm.fate != 0:
            continue
        if firm.maturity >= 4 and firm.first_order == NEVER:
            chance = p.first_order * math.exp(p.first_order_quality * firm.quality)
            chance *= 1 + p.partner_gain * min(firm.supply_ties, 10)
            scene = float((firm.served >> SCENES) & 1 or firm.scene_until >= month)
            chance *= 1 + p.scene_gain * max(scene, station_gain(firm, SCENES, rule))
            dose = 1 - math.exp(-firm.service_hours / hours_scale)
            chance *= 1 + p.service_gain * m.stage_sell * dose
            lift = rule.launch_lift if is_promoted(firm, rule, month) else 0.0
            chance *= 1 + lift
            if offered[i]:
                chance *= (1 - rule.launch_rebate) ** -p.buyer_elasticity
            chance *= 1 + p.showroom_gain * firm.showroom
            if firm.layer >= 0:
                chance *= max(0.0, 1 + p.chain_gain * (firm.chain - norm.chain_mean))
            if uniform(order_key, firm.uid) < chance:
                open_sales(firm, acc, norm, wage_level, month)
                tally[0].first_orders += 1
                tally[0].first_orders_partner += firm.supply_ties > 0
                firm.revenue *= (1 + lift) ** p.demand_share
        if firm.first_order == NEVER:
            if month >= firm.growth_due and firm.rounds == 0:
                firm.contract_income *= change_of_work(firm, p, seed, month)
                firm.growth_due = month + 12
            continue
        firm.contract_income *= 1 - p.contract_fading
        if month >= firm.growth_due:
            age = (month - firm.born) / 12.0
            funded = 1.0 if firm.rounds > 0 and month - firm.last_round < 18 else 0.0
            mentored = 0.0
            if month <= firm.mentor_until:
                gain = p.mentor_growth if firm.mentor_gain < 0 else firm.mentor_gain
                mentored = gain * (1 - math.exp(-firm.mentor_hours / hours_scale))
            firm.growth_last = firm.growth
            firm.growth = draw_growth(firm, firm.staff, age, funded, mentored, p, seed, month)
            firm.growth_due = month + 12
        change = firm.growth / 12 + p.demand_share * m.demand_change[firm.sector]
        served = firm.staff * p.capacity / 12 * productivity(firm, m, norm, p)
        served *= norm.city_factor * m.demand[firm.sector] ** p.demand_share
        if rule.world_export > 0 and firm.maturity >= 4 and firm.staff >= p.export_staff:
            served *= 1 + p.export_gain * rule.world_export
        if (
            norm.revenue_more != 0
        ):  # a place of makers, where revenue a head follows who works there
            served *= (1 + norm.revenue_more) * wage_mix(firm, acc, norm, wage_level)
        if firm.revenue > p.capacity_slack * served:
            excess = math.log(firm.revenue / max(p.capacity_slack * served, 1.0))
            change -= p.capacity_fading / 12 * excess
        firm.revenue *= math.exp(change)


@kernel
def choose_suppliers(firms, ties, rule, p, seed, month):
    """Let known neighbours in the chain become suppliers; move the local share of supply.

    Under chain recruitment those of one building do so sooner: they were placed there for it.
    """
    p = p[0]
    key = stream(seed, _SUPPLY, month)
    beside = 1 + p.next_door * rule[0].recruit_next_door
    for t in range(ties.size):
        if ties[t].kind == SUPPLY:
            continue
        a, b = firms[ties[t].a], firms[ties[t].b]
        sooner = beside if a.cell == b.cell else 1.0
        if uniform(key, ties[t].uid) < p.supply_rate * sooner:
            if a.sector != b.sector or a.layer != b.layer:
                ties[t].kind = SUPPLY
                ties[t].layers |= 1 << SUPPLY
    for i in range(firms.size):
        firm = firms[i]
        firm.local_supply = 1 - (1 - p.supply_base) * math.exp(-firm.supply_ties / p.supply_scale)


def step(world: World) -> None:
    """Sell for a month."""
    p, acc, rule = world.params["sales"], world.params["accounts"], world.rule
    firms, books, governments = world.firms.rows, world.books, world.governments.rows
    offered = np.zeros(firms.size, np.bool_)
    buys = rule["launch_orders"][0] > 0 or rule["launch_rebate"][0] > 0
    if buys:
        offered = buy_first(
            books, governments, rule, world.market, world.norms, acc, world.tally, world.seed,
            world.month,
        )  # fmt: skip
    sell(
        firms, offered, world.market, world.norms, rule, p, acc,
        float(world.params["services"]["hours_scale"][0]), world.tally, world.seed, world.month,
    )  # fmt: skip
    if buys or rule["launch_lift"][0] > 0:
        settle_launch(books, governments, offered, rule, p, world.tally, world.month)
    choose_suppliers(firms, world.ties.rows, rule, p, world.seed, world.month)
