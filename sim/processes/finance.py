"""Funds look at firms and invest; funds return money to their partners (model 6.10).

A firm in search meets each fund at rate `meeting·e^(-d/3 km)·(1+desk)·(1+meet_gain)`; a fund invests with

    logit⁻¹(c_r + quality + .5·(maturity - m_r) + growth + u - pressure + ln F)

Rounds: angel, pre-A, A, B, C, D. Post-money 15 m CNY, then a lognormal step-up of median 2 shifted by
realised growth; money raised is dilution times post-money (evidence G01-G12).
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import keys, newborn, newborns, normal, purpose, stream, uniform, uniforms
from sim.kernel import inlined, kernel
from sim.state.awards import FINANCE, afford
from sim.state.columns import ALL_SECTORS, ANGEL, HERE, NEVER, PROVEN, VENTURE
from sim.state.costs import FOUNDERS
from sim.state.desks import MONEY, search_gain
from sim.state.ledger import (
    CAPITAL_CALL,
    FIRM,
    FUND,
    GOVERNMENT,
    HOUSEHOLDS,
    INVESTMENT,
    OPERATOR,
    OPERATOR_FUNDS,
    REDEMPTION,
    RENT,
    RENT_SUBSIDY,
    TECH_TRANSFER,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("firms", "funds", "cells", "market", "norms", "rule", "programmes", "stakes")
WRITES = (
    "firms.cash", "firms.rounds", "firms.valuation", "firms.last_round", "firms.round_value",
    "firms.raised", "firms.sought_since", "firms.share_founders", "firms.share_operator",
    "firms.share_funds", "firms.share_staff", "firms.lead_investor_local", "firms.transfer_fee",
    "firms.occasion_until", "funds", "stakes", "operators.cash", "operators.funds_raised",
    "governments", "purse", "flows", "tally", "history",
)  # fmt: skip

PARAMETERS = Parameters(
    "finance",
    post_money=param(15e6, "CNY", 5e6, 40e6, "G19", "post-money value of the first round", "首轮投后估值"),
    step_up=param(2.71, "ratio", 1.3, 3.0, "assumption", "median step-up of later rounds", "后轮估值倍数"),
    step_up_sd=param(0.65, "log", 0.4, 1.2, "G01", "spread of the step-up", "估值倍数离散度"),
    dilution_0=param(0.20, "share", 0.1, 0.3, "G10", "dilution, angel", "天使轮稀释"),
    dilution_1=param(0.195, "share", 0.1, 0.3, "G10", "dilution, pre-A", "Pre-A轮稀释"),
    dilution_2=param(0.17, "share", 0.1, 0.3, "G10", "dilution, A", "A轮稀释"),
    dilution_3=param(0.13, "share", 0.05, 0.25, "G10", "dilution, B", "B轮稀释"),
    dilution_4=param(0.10, "share", 0.05, 0.2, "G10", "dilution, C", "C轮稀释"),
    dilution_5=param(0.10, "share", 0.05, 0.2, "G10", "dilution, D", "D轮稀释"),
    bar_0=param(0.27, "logit", -6, 2, "assumption", "intercept, angel", "天使轮门槛"),
    bar_1=param(-5.46, "logit", -6, 2, "assumption", "intercept, pre-A", "Pre-A轮门槛"),
    bar_2=param(-1.49, "logit", -6, 2, "assumption", "intercept, A", "A轮门槛"),
    bar_3=param(-1.6, "logit", -6, 2, "assumption", "intercept, B", "B轮门槛"),
    bar_4=param(0.33, "logit", -6, 2, "assumption", "intercept, C", "C轮门槛"),
    bar_5=param(0.51, "logit", -6, 2, "assumption", "intercept, D", "D轮门槛"),
    meeting=param(0.1, "1/month", 0.005, 0.1, "assumption", "meetings with a fund next door", "与邻近基金会面月率"),
    reach_km=param(3, "km", 1, 10, "assumption", "reach of meetings", "会面衰减距离"),
    outside_km=param(10, "km", 3, 30, "assumption", "distance of outside funds", "外部基金距离"),
    tie_gain=param(0.03, "share per tie", 0, 0.1, "assumption", "meetings through ties", "联系带来的会面"),
    service_gain=param(0.1, "share", -0.05, 0.3, "assumption", "meetings gained by services that fit the stage", "阶段服务增益"),
    maturity_weight=param(0.5, "logit", 0, 1, "assumption", "weight of maturity", "成熟度权重"),
    noise=param(1.11, "sd", 0.2, 1.5, "assumption", "noise of a fund's judgement", "判断噪声"),
    known_noise=param(0.5, "sd", 0.1, 1.5, "assumption", "noise where the operator knows the firm", "运营商知情后的噪声"),
    first_grant=param(0.69, "logit", 0, 1.2, "F19", "a first grant doubles the odds", "首笔资助增益"),
    stake_burden=param(0.03, "logit per 1%", 0, 1, "assumption", "stake of an operator before A", "运营商早期持股负担"),
    runway_months=param(9, "months", 3, 18, "assumption", "runway at which money is sought", "启动融资的跑道"),
    round_months=param(12, "months", 12, 36, "G12", "months after a round at which the next is sought", "轮次间隔"),
    pace_months=param(17.92, "months", 12, 48, "assumption", "dry powder lasts at least", "可投资金最短月数"),
    syndicate=param(4, "ratio", 1, 10, "assumption", "money of partners per money of the lead", "联合投资倍数"),
    operator_follows=param(0, "share of gross rent", 0, 0.6, "I09", "that the operator puts into rounds", "运营商租金再投资比"),
    follow_from=param(2, "round", 0, 5, "assumption", "first round that the operator joins", "运营商跟投起始轮次"),
    follow_most=param(0.8, "share of a round", 0, 0.9, "assumption", "most of a round that it takes", "运营商单轮跟投上限"),
    fund_life=param(120, "months", 84, 144, "assumption", "life of a fund", "基金存续期"),
    fund_invests=param(60, "months", 36, 84, "assumption", "months in which a fund invests", "投资期"),
    redemption=param(1.5, "of value received", 1.0, 3.0, "assumption", "price of a redeemed stake", "回购倍数"),
    redemption_rate=param(0.02, "1/month", 0, 0.1, "assumption", "redemption once affordable", "回购月率"),
)  # fmt: skip

_MEET = purpose("finance.meet")
_INVEST = purpose("finance.invest")
_NOISE = purpose("finance.noise")
_STEP = purpose("finance.step_up")
_STAKE = purpose("finance.stake")
_REDEEM = purpose("finance.redeem")
_FUND = purpose("finance.fund")
_SEAT = purpose("finance.seat")
_TIED = 7_700_003  # the stream of funds that a policy raises with the operator
BY_POLICY = 2  # kind of such a fund
LAST_ROUND = 6
PURSE_MONTHS = 36  # of rent that the operator saves up at most until it joins a round


@inlined
def by_round(r, x0, x1, x2, x3, x4, x5):
    """Return the value of round `r`."""
    if r == 0:
        return x0
    if r == 1:
        return x1
    if r == 2:
        return x2
    if r == 3:
        return x3
    return x4 if r == 4 else x5


@inlined
def maturity_of_round(r):
    """Return the maturity that funds expect at round `r`."""
    return min(r, 4)


@inlined
def post_money(firm, p, seed):
    """Return what a firm would be worth after its next round, CNY."""
    if firm.rounds == 0:
        return p.post_money
    step = p.step_up * math.exp(
        p.step_up_sd * normal(stream(seed, _STEP, firm.rounds), firm.uid)
        + 0.5 * min(max(firm.growth, -0.5), 1.0)
    )
    return firm.valuation * step


@kernel
def seek(firms, p, month):
    """Let venture firms begin to look for money."""
    p = p[0]
    for i in range(firms.size):
        firm = firms[i]
        if firm.ambition != VENTURE or firm.fate != HERE or firm.rounds >= LAST_ROUND:
            continue
        if firm.sought_since < NEVER or firm.maturity < maturity_of_round(firm.rounds) - 1:
            continue
        burn = firm.cost - firm.income
        short = burn > 0 and firm.cash < p.runway_months * burn
        due = firm.rounds > 0 and month - firm.last_round >= p.round_months
        if short or due:
            firm.sought_since = month


@inlined
def invests(fund, rule, p, month):
    """Return whether a fund makes new investments.

    Funds raised by policy stop when their sponsors' programme does: a call is a new outlay.
    """
    if month - fund.vintage >= p.fund_invests:
        return False
    return fund.kind != BY_POLICY or rule.fund_count > 0


@kernel
def choose_investors(
    firms, funds, cells, programmes, market, norms, rule, p, hours_scale, seed, month
):
    """Return the row of the fund that leads each firm's round this month, -1 for none."""
    p, norm, rule, m = p[0], norms[0], rule[0], market[0]
    lead = np.full(firms.size, -1, np.int64)
    wanted = 0.0
    powder = 0.0
    for f in range(funds.size):
        if invests(funds[f], rule, p, month):
            powder += funds[f].dry_powder
    for i in range(firms.size):
        if firms[i].sought_since <= month:
            wanted += 0.05 * 0.15 * post_money(firms[i], p, seed)
    allowed = powder / p.pace_months * (1 + p.syndicate)
    pressure = max(0.0, math.log(max(wanted, 1.0) / max(allowed, 1.0)))
    for i in range(firms.size):
        firm = firms[i]
        if firm.sought_since > month or firm.fate != HERE:
            continue
        r = firm.rounds
        noise = p.known_noise if firm.landlord or firm.share_operator > 0 else p.noise
        noise *= 1 - 0.5 * rule.capital_signal
        logit = by_round(r, p.bar_0, p.bar_1, p.bar_2, p.bar_3, p.bar_4, p.bar_5)
        logit += firm.quality + p.maturity_weight * (firm.maturity - maturity_of_round(r))
        logit += min(max(firm.growth, -0.5), 1.0) + math.log(m.climate) - pressure
        logit += noise * normal(stream(seed, _NOISE, r), firm.uid)
        if r == 0:
            first_grant = firm.proven == PROVEN  # a proof of concept tells as much (evidence F19)
            for k in range(programmes.size):
                # Money to live on is no proof of concept.
                is_grant = programmes[k].kind == 4 and programmes[k].recipient < FOUNDERS
                if is_grant and firm.award_count[k] > 0:
                    first_grant = True
            if first_grant:
                logit += p.first_grant
        if r <= 2:
            logit -= p.stake_burden * 100 * firm.share_operator
        chance = 1 / (1 + math.exp(-logit))
        gain = (1 + search_gain(firm, MONEY, norm, rule)) * (1 + p.tie_gain * min(firm.ties, 20))
        dose = 1 - math.exp(-firm.service_hours / hours_scale)
        gain *= 1 + p.service_gain * m.stage_finance * dose
        gain *= 1 + rule.virtual_search
        if r <= rule.capital_stage_to:
            gain *= 1 + rule.capital_meet_gain
        meet_key = stream(seed, _MEET, month)
        best = 2.0
        for f in range(funds.size):
            fund = funds[f]
            if r < fund.stage_from or r > fund.stage_to or fund.dry_powder <= 0:
                continue
            if not invests(fund, rule, p, month) or not (fund.sectors >> firm.sector) & 1:
                continue
            km = p.outside_km
            if fund.cell >= 0:
                dx = cells[fund.cell].column - cells[firm.cell].column
                dy = cells[fund.cell].line - cells[firm.cell].line
                km = math.hypot(dx, dy) * norm.cell_m / 1000
            pair = np.uint64(firm.uid) ^ (np.uint64(fund.uid) << np.uint64(1))
            u = uniform(meet_key, pair)
            if u >= p.meeting * gain:
                continue
            if u < p.meeting * gain * math.exp(-km / p.reach_km):
                v = uniform(stream(seed, _INVEST, month), pair)
                if v < chance and v < best:
                    best = v
                    lead[i] = f
    return lead


@inlined
def operator_purse(books, stakes, p, month):
    """Return what the operator may put into rounds, CNY: part of its rent since it last did."""
    if p.operator_follows <= 0:
        return 0.0
    since = -1
    for s in range(stakes.size):
        if stakes[s].holder_kind == OPERATOR and stakes[s].round >= 0:
            since = max(since, stakes[s].month)
    rent = books.flows[FIRM, OPERATOR, RENT] + books.flows[GOVERNMENT, OPERATOR, RENT_SUBSIDY]
    purse = p.operator_follows * rent * min(month - since, PURSE_MONTHS)
    return min(purse, max(books.operators[0].cash, 0.0))


@kernel
def close_rounds(books, governments, lead, stakes, records, cells, p, tally, history, seed, month):
    """Close the rounds: dilute, pay and write stakes; return how many records were written.

    A round waits where the government cannot pay its part of a fund's call out of the budget.
    """
    p, count, past = p[0], tally[0], history[0]
    firms, funds = books.firms, books.funds
    written = 0
    left = np.empty(funds.size)
    for f in range(funds.size):
        # An angel has one pocket and no plan for it.
        left[f] = funds[f].dry_powder / (1.0 if funds[f].kind == ANGEL else p.pace_months)
    purse = operator_purse(books, stakes, p, month)
    for i in range(firms.size):
        if lead[i] < 0:
            continue
        firm = firms[i]
        f = lead[i]
        r = firm.rounds
        dilution = by_round(
            r, p.dilution_0, p.dilution_1, p.dilution_2, p.dilution_3, p.dilution_4, p.dilution_5
        )
        post = post_money(firm, p, seed)
        amount = dilution * post
        theirs = min(purse, p.follow_most * amount) if r >= p.follow_from else 0.0
        mine = min(amount - theirs, min(left[f], funds[f].dry_powder))
        if mine < 0.1 * amount:
            continue
        public = funds[f].government_share * mine
        if public > 0 and not afford(governments[0], public, FINANCE):
            continue
        left[f] -= mine
        purse -= theirs
        for s in range(stakes.size):
            if stakes[s].firm == firm.uid:
                stakes[s].share *= 1 - dilution
        for s in range(written):
            if records[s].firm == firm.uid:
                records[s].share *= 1 - dilution
        firm.share_founders *= 1 - dilution
        firm.share_operator *= 1 - dilution
        firm.share_staff *= 1 - dilution
        followed = dilution * theirs / amount
        firm.share_operator += followed
        firm.share_funds = firm.share_funds * (1 - dilution) + dilution - followed
        part = funds[f].operator_share * mine
        called_as = OPERATOR_FUNDS if funds[f].kind == BY_POLICY else CAPITAL_CALL
        pay(books, OPERATOR, 0, FUND, f, called_as, part)
        pay(books, GOVERNMENT, 0, FUND, f, called_as, public)
        partner = HOUSEHOLDS if funds[f].kind == ANGEL else WORLD
        pay(books, partner, 0, FUND, f, called_as, max(mine - part - public, 0.0))
        count.recycled += mine * (funds[f].kind == ANGEL)
        pay(books, FUND, f, FIRM, i, INVESTMENT, mine)
        pay(books, OPERATOR, 0, FIRM, i, INVESTMENT, theirs)
        pay(books, WORLD, 0, FIRM, i, INVESTMENT, max(amount - mine - theirs, 0.0))
        pay(books, FIRM, i, WORLD, 0, TECH_TRANSFER, firm.transfer_fee * amount)
        firm.transfer_fee = 0.0
        funds[f].called += mine
        funds[f].dry_powder -= mine
        written = _write_stake(
            records, written, firm, FUND, funds[f].uid, dilution, mine / amount, amount, r, month
        )
        if theirs > 0:
            written = _write_stake(
                records, written, firm, OPERATOR, 0, dilution, theirs / amount, amount, r, month
            )
        if amount > mine + theirs:
            part = 1 - (mine + theirs) / amount
            written = _write_stake(
                records, written, firm, WORLD, 0, dilution, part, amount, r, month
            )
        if r == 1:
            past.seed_again += 1
            past.seed_due += 1
        if post > 7e9 and firm.valuation <= 7e9:
            past.unicorns += 1
        firm.rounds = r + 1
        firm.valuation = post
        firm.last_round = month
        firm.round_value = amount
        firm.raised += amount
        firm.sought_since = NEVER
        firm.occasion_until = max(firm.occasion_until, month + 12)
        firm.lead_investor_local = 1 if funds[f].cell >= 0 else 0
        count.rounds_closed += 1
        count.funding_raised += amount
    return written


@inlined
def _write_stake(records, at, firm, kind, holder, dilution, part, amount, r, month):
    record = records[at]
    ordinal = 100 + 2 * r + (kind == WORLD)
    if kind == OPERATOR:
        ordinal = 200 + r
    record.uid = newborn(firm.uid, month, ordinal, _STAKE)
    record.holder_kind = kind
    record.holder = holder
    record.firm = firm.uid
    record.share = dilution * part
    record.cost = amount * part
    record.month = month
    record.round = r
    record.preference = amount * part
    return at + 1


@kernel
def redeem(books, stakes, p, tally, seed, month):
    """Let firms without venture money buy the operator's stake back; return stakes that stay."""
    p = p[0]
    key = stream(seed, _REDEEM, month)
    stays = np.ones(stakes.size, np.bool_)
    firms = books.firms
    for i in range(firms.size):
        firm = firms[i]
        if firm.share_operator <= 0 or firm.ambition == VENTURE or firm.fate != HERE:
            continue
        price = p.redemption * max(firm.support_total, 1.0)
        if firm.cash < price + 6 * firm.cost or uniform(key, firm.uid) >= p.redemption_rate:
            continue
        pay(books, FIRM, i, OPERATOR, 0, REDEMPTION, price)
        tally[0].equity_received += price
        for s in range(stakes.size):
            if stakes[s].firm == firm.uid and stakes[s].holder_kind == OPERATOR:
                stays[s] = False
        firm.share_founders += firm.share_operator
        firm.share_operator = 0.0
    return np.flatnonzero(stays)


@kernel
def close_old_funds(funds, p, month):
    """Stop funds at the end of their life; return how many others are due for a successor."""
    p = p[0]
    due = 0
    for f in range(funds.size):
        age = month - funds[f].vintage
        if age >= p.fund_life:
            funds[f].dry_powder = 0.0
        elif age >= p.fund_invests and funds[f].successor == 0:
            due += 1
    return due


@kernel
def found_successors(funds, records, p, month):
    """Fill `records` with a like fund, its capital from outside, for each fund that is due."""
    p = p[0]
    written = 0
    for f in range(funds.size):
        fund = funds[f]
        age = month - fund.vintage
        if age < p.fund_invests or age >= p.fund_life or fund.successor:
            continue
        fund.successor = 1
        record = records[written]
        record.uid = newborn(fund.uid, month, 0, _FUND)
        record.kind = min(fund.kind, 1)  # the sponsors of a policy are not bound to a second fund
        record.stage_from = fund.stage_from
        record.stage_to = fund.stage_to
        record.cell = fund.cell
        record.sectors = fund.sectors
        record.capital = fund.capital
        record.dry_powder = fund.capital
        record.vintage = month
        written += 1


def raise_with_operator(world: World) -> None:
    """Raise the funds that a policy asks for beyond those it has raised, on the policy's mean terms.

    Half of them join the first two rounds, a third the next two, the rest the last two, as in the
    stock; a local seat is a building of the operator.
    """
    rule, operator = world.rule[0], world.operators.rows
    asked, have = float(rule["fund_count"]), int(operator["funds_raised"][0])
    count = int(asked + 1e-9) - have
    if count <= 0:
        return
    capital = float(rule["fund_capital"])
    funds = world.funds.make(count)
    funds["uid"] = newborns(_TIED, have + count, _FUND, world.seed)[have:]
    rank = np.arange(have, have + count) * 0.618034 % 1.0  # spreads any number evenly over 0..1
    funds["stage_from"] = np.select([rank < 0.5, rank < 0.85], [0, 2], 4)
    funds["stage_to"] = funds["stage_from"] + 1
    funds["kind"] = BY_POLICY
    funds["vintage"] = world.month
    funds["capital"] = funds["dry_powder"] = capital / asked
    funds["operator_share"] = float(rule["fund_operator"]) / capital
    funds["government_share"] = float(rule["fund_public"]) / capital
    sectors = float(rule["fund_sectors"])
    funds["sectors"] = ALL_SECTORS if math.isnan(sectors) else int(sectors)
    owned = world.buildings[world.cells.rows["owned_office"][world.buildings] > 0]
    seats = owned if owned.size else world.buildings
    if not seats.size:
        seats = np.full(1, -1)
    u = uniforms(keys(world.seed, _SEAT, 1)[0], funds["uid"])
    local = np.arange(have, have + count) < round(float(rule["fund_local"]))
    funds["cell"] = np.where(local, seats[(u * seats.size).astype(np.int64)], -1)
    operator["funds_raised"] += count
    world.funds.append(funds)


def step(world: World) -> None:
    """Match firms with funds, close rounds, redeem stakes, and renew funds."""
    p = world.params["finance"]
    raise_with_operator(world)
    firms = world.firms.rows
    month, seed = world.month, world.seed
    seek(firms, p, month)
    lead = choose_investors(
        firms, world.funds.rows, world.cells.rows, world.rules.programmes, world.market,
        world.norms, world.rule, p, float(world.params["services"]["hours_scale"][0]), seed, month,
    )  # fmt: skip
    deals = int((lead >= 0).sum())
    books = world.books
    if deals:
        records = world.stakes.make(3 * deals)
        written = close_rounds(
            books, world.governments.rows, lead, world.stakes.rows, records, world.cells.rows, p,
            world.tally, world.history, seed, month,
        )  # fmt: skip
        world.stakes.append(records[:written])
    stays = redeem(books, world.stakes.rows, p, world.tally, seed, month)
    if stays.size < len(world.stakes):
        world.take("stakes", stays)
    due = close_old_funds(world.funds.rows, p, month)
    if due:
        records = world.funds.make(due)
        found_successors(world.funds.rows, records, p, month)
        world.funds.append(records)
