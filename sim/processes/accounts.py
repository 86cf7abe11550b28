"""Firms earn and pay: wages, rent, compute, supplies, taxes and what programmes pay (model 6.9).

Rent is a few percent of what a funded AI firm burns and a fifth for a lean team, so whether cheap
space matters comes out of the books. The public part of a rent is booked apart (semantics 4).
"""

from __future__ import annotations

import numpy as np

from sim.declare import Parameters, param
from sim.draw import purpose, stream
from sim.kernel import inlined, kernel
from sim.state.awards import (
    afford,
    family_of,
    firm_weights,
    paying_order,
    runs,
    team_weights,
)
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, OFFICE, VENTURE
from sim.state.costs import (
    FOUNDERS,
    WORKERS,
    asking_rent,
    is_lean,
    space_per_head,
    team_cost,
    wage_bill,
)
from sim.state.focus import in_focus
from sim.state.ledger import (
    CASH_GRANT,
    CHAIN_ALLIANCE,
    COMPUTE,
    COMPUTE_VOUCHER,
    CONTRACT_WORK,
    DIVIDEND,
    EVENTS,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    INPUTS,
    MARKET,
    OPEN_CAMPUS,
    OPERATOR,
    OWNERS,
    REGULATORY_CLARITY,
    RENT,
    RENT_SUBSIDY,
    RENT_WAIVED,
    SALES,
    SETTLEMENT_GRANT,
    SOCIAL,
    SOCIAL_CHARGES,
    SPLIT_SALE,
    SUPPLIES,
    TASK_MARKET,
    TAX_PAYROLL,
    TAX_RELIEF,
    TAX_REVENUE,
    TEAM,
    WAGES,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.rules import PROGRAMME_KINDS
from sim.state.world import World

READS = ("firms", "founders", "cells", "market", "norms", "rule", "programmes", "people")
WRITES = (
    "firms.cash", "firms.cost", "firms.income", "firms.burn", "firms.support", "firms.rent_support",
    "firms.support_total", "firms.wage_supplement", "founders.cash", "founders.runway",
    "founders.support_total", "operators.cash",
    "governments", "purse", "flows", "tally", "programme_state",
)  # fmt: skip

PARAMETERS = Parameters(
    "accounts",
    wage_developer=param(30_000, "CNY/month loaded", 15_000, 50_000, "assumption", "developer", "开发者用工成本"),
    wage_scientist=param(45_000, "CNY/month loaded", 20_000, 80_000, "assumption", "scientist", "科学家用工成本"),
    wage_worker=param(8_000, "CNY/month loaded", 5_000, 15_000, "assumption", "worker", "工人用工成本"),
    lean_share=param(0.36, "share", 0.2, 0.8, "assumption", "pay of lean teams", "精益团队薪酬比例"),
    on_cost=param(0.3, "of gross", 0.2, 0.5, "assumption", "employer's charges on gross wages", "单位社保比例"),
    office_m2_head=param(12, "m2/head", 6, 20, "assumption", "office a head", "人均办公面积"),
    lab_m2_head=param(40, "m2/head", 20, 80, "assumption", "lab a head", "人均实验面积"),
    production_m2_head=param(60, "m2/head", 30, 120, "assumption", "production floor a head", "人均生产面积"),
    compute_share=param(0.2, "of wages", 0.05, 0.6, "assumption", "compute of AI firms", "人工智能企业算力支出"),
    compute_other=param(0.03, "of wages", 0, 0.2, "assumption", "compute of others", "其他企业算力支出"),
    model_share=param(0.2, "of compute", 0, 0.6, "assumption", "use of models within compute", "模型调用占算力"),
    other_share=param(0.15, "of wages", 0.05, 0.5, "assumption", "other operating cost", "其他运营支出"),
    local_saving=param(0.15, "share", 0, 0.3, "A-WC-07", "other cost saved by local supply", "本地供应节省"),
    tax_revenue=param(0.012, "of revenue", 0.006, 0.02, "assumption", "local tax on revenue", "地方收入税比例"),
    tax_payroll=param(0.02, "of wages", 0.01, 0.03, "assumption", "local tax on wages", "地方工资税比例"),
    dividend_share=param(0.2, "of profit", 0, 0.6, "assumption", "dividends of firms without venture money", "分红比例"),
    introduction_cost=param(2_000, "CNY", 0, 20_000, "assumption", "an introduction, half by the firm", "单次链上引荐成本"),
    campus_cost=param(30, "CNY/head/month", 0, 200, "assumption", "an open campus, per head of staff", "园区开放人均成本"),
)  # fmt: skip

_ORDER = purpose("accounts.order")
_TAX_RELIEF = PROGRAMME_KINDS.index("tax_relief")
_AI = SECTORS.index("ai")


@inlined
def rent_award(g, area, rent, strength):
    """Return what a programme pays of a rent, CNY a month."""
    if g.kind == 0:
        return area * min(rent * min(1.0, g.share * strength), g.cap)
    if g.kind == 1:
        return min(area, g.m2 * strength) * rent
    if g.kind == 6:
        return min(area * rent * min(1.0, g.share * strength), g.cap * strength)
    return 0.0


@inlined
def compute_bill(firm, wages, acc, goods_speed):
    """Return what a firm pays for computing before vouchers, CNY a month."""
    share = acc.compute_share if firm.sector == _AI else acc.compute_other
    return wages * share * (1 - min(0.5, goods_speed) * (firm.sector == _AI))


@inlined
def taxes(revenue, wages, revenue_share, payroll_share, acc):
    """Return shares of the local taxes on revenue and on wages, CNY a month."""
    return revenue_share * acc.tax_revenue * revenue + payroll_share * acc.tax_payroll * wages


@kernel
def pay_awards(
    books, governments, programmes, state, intensity, rule, market, acc, norms, seed, month
):
    """Pay what programmes owe this month; return rent paid for each firm and by whom.

    Where the budget may not do, who is paid first follows luck and the weights of the fund.

    Returns:
        public, private: shape (firms,), CNY of this month's rent paid by government and operator.
    """
    firms = books.firms
    public = np.zeros(firms.size)
    private = np.zeros(firms.size)
    acc, norm = acc[0], norms[0]
    wage_level = norm.city_factor * market[0].wage
    for i in range(firms.size):
        firms[i].wage_supplement = 0.0
    weights = firm_weights(firms, rule, seed)
    for k in range(programmes.size):
        g = programmes[k]
        if intensity[k] <= 0 or g.kind == 5:
            continue
        family = family_of(g.kind)
        each = (g.cny_month + g.cny_once) * (2 if g.recipient == FOUNDERS else 1)
        most = books.teams.size * each
        for i in range(firms.size):
            if runs(firms[i], k, month):
                heads = firms[i].workers if g.recipient == WORKERS else 1
                most += firms[i].area * firms[i].rent + firms[i].cost + each * heads
        left = governments[0].family_cap[family] - governments[0].family_spent[family]
        tight = most > min(governments[0].budget_left, left)
        key = stream(seed, _ORDER, month * 64 + k)
        order = paying_order(firms, key, tight, weights)
        for at in range(firms.size):
            i = order[at]
            firm = firms[i]
            if firm.fate != 0 or not runs(firm, k, month):
                continue
            if g.kind == 0 or g.kind == 1 or g.kind == 6:
                left = firm.area * firm.rent * (1 - firm.owns_space) - public[i] - private[i]
                amount = min(left, rent_award(g, firm.area, firm.rent, intensity[k]))
                share = amount * g.public_share
                if amount <= 0 or (share > 0 and not afford(governments[0], share, family)):
                    continue
                public[i] += share
                private[i] += amount - share
                firm.rent_support += amount
            else:
                amount = 0.0
                purpose_of = CASH_GRANT
                payee = FIRM
                if g.kind == 4 and firm.maturity >= g.milestone:
                    once = g.cny_once if month == firm.award_start[k] else 0.0
                    amount = g.cny_month * intensity[k] + once
                    if g.recipient == FOUNDERS:  # what founders need not draw stays in the firm
                        amount *= min(2, firm.staff) * is_lean(firm)
                    elif g.recipient == WORKERS:
                        amount *= firm.workers
                        payee = HOUSEHOLDS
                elif g.kind == 2:
                    once = g.cny_head * firm.staff if month == firm.award_start[k] else 0.0
                    amount = g.cny_month * intensity[k] + once
                    purpose_of = SETTLEMENT_GRANT
                elif g.kind == 3:
                    wages = wage_bill(firm, acc, wage_level)
                    wages *= acc.lean_share if is_lean(firm) else 1.0
                    bill = compute_bill(firm, wages, acc, 0.0)
                    model = bill * acc.model_share
                    amount = min((bill - model) * g.share, g.cap)
                    amount += min(model * g.model_share, g.model_cap / 12)
                    amount *= intensity[k]
                    purpose_of = COMPUTE_VOUCHER
                elif g.kind == _TAX_RELIEF:
                    wages = wage_bill(firm, acc, wage_level)
                    wages *= acc.lean_share if is_lean(firm) else 1.0
                    amount = intensity[k] * taxes(
                        firm.revenue, wages, g.share, g.payroll_share, acc
                    )
                    purpose_of = TAX_RELIEF
                if amount <= 0:
                    continue
                share = amount * g.public_share
                if share > 0 and not afford(governments[0], share, family):
                    continue
                pay(books, GOVERNMENT, 0, payee, i, purpose_of, share)
                pay(books, OPERATOR, 0, payee, i, purpose_of, amount - share)
                if payee == HOUSEHOLDS:
                    state[k].spent += amount
                    firm.wage_supplement += amount / firm.workers
                    continue
            firm.support += amount
            firm.support_total += amount
            state[k].spent += amount
        if g.kind != 4 or g.recipient == WORKERS:
            continue
        order = paying_order(books.teams, key, tight, team_weights(books.teams, rule, seed))
        for at in range(books.teams.size):
            t = order[at]
            team = books.teams[t]
            if team.venture != 0 or team.gone or not runs(team, k, month):
                continue
            once = g.cny_once if month == team.award_start[k] else 0.0
            amount = g.cny_month * intensity[k] + once
            if g.recipient == FOUNDERS:
                amount *= 1 + team.cofounder
            share = amount * g.public_share
            if amount <= 0 or (share > 0 and not afford(governments[0], share, family)):
                continue
            if g.recipient == FOUNDERS:
                team.runway += amount / team_cost(acc, wage_level, team.cofounder)
            pay(books, GOVERNMENT, 0, TEAM, t, CASH_GRANT, share)
            pay(books, OPERATOR, 0, TEAM, t, CASH_GRANT, amount - share)
            team.support_total += amount
            state[k].spent += amount
    return public, private


@inlined
def pay_levies(books, i, rule, norm, acc):
    """Pay what levers ask of a firm: compliance, introductions, hosting, an open campus; CNY."""
    firm = books.firms[i]
    total = 0.0
    if in_focus(firm.sector, norm):
        pay(books, FIRM, i, WORLD, 0, REGULATORY_CLARITY, rule.regulation_compliance)
        total += rule.regulation_compliance
    if firm.ambition != BRANCH:
        fee = 0.5 * acc.introduction_cost * rule.alliance_introductions
        pay(books, FIRM, i, HOUSEHOLDS, 0, CHAIN_ALLIANCE, fee)
        total += fee
    if firm.hosts_event:
        pay(books, FIRM, i, WORLD, 0, EVENTS, rule.event_host_fee)
        total += rule.event_host_fee
    if firm.campus_open:
        cost = acc.campus_cost * firm.staff
        pay(books, FIRM, i, WORLD, 0, OPEN_CAMPUS, cost * (1 - rule.campus_operator))
        pay(books, OPERATOR, 0, WORLD, 0, OPEN_CAMPUS, cost * rule.campus_operator)
        total += cost * (1 - rule.campus_operator)
    return total


@inlined
def saved_share(firm, market, rule, acc):
    """Return the share of other operating cost that suppliers next door and solar power save.

    Together they save no more than `local_saving` (evidence A-WC-07).
    """
    solar = rule.pv_saving * market.pv_share * (firm.use != OFFICE)
    return min(acc.local_saving, acc.local_saving * firm.local_supply + solar)


@inlined
def other_cost(firm, cell, wages, market, norm, rule, acc):
    """Return other operating cost of a firm, CNY a month; old buildings cost more to run."""
    other = wages * acc.other_share
    other *= 1 - saved_share(firm, market, rule, acc)
    other *= 1 - rule.pooling_saving * market.support_reach
    if firm.shared_m2 > 0:  # shared manufacturing takes the place of fixed cost
        need = rule.plant_cut * firm.staff * space_per_head(firm.use, acc)
        other *= 1 - rule.plant_cut * min(1.0, firm.shared_m2 / max(need, 1.0))
    return other + norm.old_running * cell.old * firm.area * asking_rent(market, firm.use)


@kernel
def keep_books(books, cells, public, private, market, norms, rule, acc, tally):
    """Let every firm earn and pay for a month."""
    firms = books.firms
    acc, norm, m, rule, count = acc[0], norms[0], market[0], rule[0], tally[0]
    wage_level = norm.city_factor * m.wage
    for i in range(firms.size):
        firm = firms[i]
        if firm.fate != 0:
            continue
        before = firm.cash
        pay(books, MARKET, 0, FIRM, i, SALES, firm.revenue)
        pay(books, MARKET, 0, FIRM, i, CONTRACT_WORK, firm.contract_income)
        full = wage_bill(firm, acc, wage_level)
        wages = full * (acc.lean_share if is_lean(firm) else 1.0)
        social = wages * acc.on_cost / (1 + acc.on_cost)
        pay(books, FIRM, i, HOUSEHOLDS, 0, WAGES, wages - social)
        pay(books, FIRM, i, SOCIAL, 0, SOCIAL_CHARGES, social)
        if firm.ambition != BRANCH and firm.staff > 0:
            count.founder_pay += 2 * (wages - social) / max(firm.staff, 2)
        rent = firm.area * firm.rent * (1 - firm.owns_space)
        landlord = OPERATOR if firm.landlord else OWNERS
        pay(books, FIRM, i, landlord, 0, RENT, max(0.0, rent - public[i] - private[i]))
        pay(books, GOVERNMENT, 0, landlord, 0, RENT_SUBSIDY, public[i])
        if firm.landlord:
            count.rent_forgone += private[i]
        else:
            pay(books, OPERATOR, 0, OWNERS, 0, RENT_WAIVED, private[i])
        compute = compute_bill(firm, wages, acc, rule.goods_speed)
        pay(books, FIRM, i, WORLD, 0, COMPUTE, compute)
        other = other_cost(firm, cells[firm.cell], wages, m, norm, rule, acc)
        pay(books, FIRM, i, WORLD, 0, SUPPLIES, other)
        inputs = norm.input_share * firm.revenue
        pay(books, FIRM, i, WORLD, 0, INPUTS, inputs)
        pay(books, FIRM, i, OWNERS, 0, SPLIT_SALE, firm.loan)
        levies = pay_levies(books, i, rule, norm, acc)
        tasks = firm.task_heads * acc.wage_developer * wage_level
        pay(books, FIRM, i, MARKET, 0, TASK_MARKET, max(tasks, 0.0))
        pay(books, MARKET, 0, FIRM, i, TASK_MARKET, max(-tasks, 0.0))
        pay(books, FIRM, i, GOVERNMENT, 0, TAX_REVENUE, acc.tax_revenue * firm.revenue)
        pay(books, FIRM, i, GOVERNMENT, 0, TAX_PAYROLL, acc.tax_payroll * wages)
        firm.income = firm.revenue + firm.contract_income + max(-tasks, 0.0)
        firm.cost = wages * (1 + acc.tax_payroll) + rent + compute + other
        firm.cost += levies + max(tasks, 0.0)
        firm.cost += acc.tax_revenue * firm.revenue + (inputs + firm.loan)
        firm.cost += norm.fee_per_head * firm.staff * (firm.ambition != BRANCH)
        firm.cost += rule.plant_price * firm.shared_m2 + rule.lab_price * firm.lab_member
        profit = firm.cash - before
        firm.burn = -profit
        pays_out = firm.ambition != VENTURE or firm.ambition == BRANCH
        if pays_out and profit > 0 and firm.cash > 3 * (firm.cost - inputs):
            dividend = acc.dividend_share * profit
            part = dividend * firm.share_operator
            pay(books, FIRM, i, HOUSEHOLDS, 0, DIVIDEND, dividend - part)
            pay(books, FIRM, i, OPERATOR, 0, DIVIDEND, part)


def step(world: World) -> None:
    """Pay awards, then keep every firm's books."""
    acc = world.params["accounts"]
    books = world.books
    public, private = pay_awards(
        books, world.governments.rows, world.rules.programmes, world.programme_state,
        world.intensity, world.rule, world.market, acc, world.norms, world.seed, world.month,
    )  # fmt: skip
    keep_books(
        books, world.cells.rows, public, private, world.market, world.norms, world.rule, acc,
        world.tally,
    )  # fmt: skip
