"""Insolvent firms close; some are acquired or listed; stakes are paid out; rows leave (model 6.15).

Besides money there is team failure: a Weibull hazard of shape .63 and scale 9.05 years (evidence A04)
with weight at most .4, times `e^(-.5·quality - .125)`. Rows of every table are removed here only.
Money recycles: of those who sold a firm some become angels with a part of what they got, seated where
the firm was and at home in its sector; others found again.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import exponential, newborn, normal, purpose, stream, uniform, uniform2
from sim.kernel import inlined, kernel
from sim.state.awards import clawback
from sim.state.columns import (
    ACQUIRED,
    ANGEL,
    BRANCH,
    CLOSED,
    ENDED,
    GROW,
    HERE,
    MOVED_AWAY,
    MOVED_REGION,
    MOVED_SITE,
    NEVER,
    NOBODY,
    OUTSIDE,
    RELOCATED,
)  # fmt: skip
from sim.state.ledger import (
    CLAWBACK,
    CLOSING,
    DISTRIBUTION,
    EXIT,
    FIRM,
    FUND,
    GOVERNMENT,
    HOUSEHOLDS,
    LIVING,
    MARKET,
    OPERATOR,
    TEAM,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.persons import remove_person
from sim.state.records import AGES, FATE
from sim.state.space import let
from sim.state.world import World

READS = ("firms", "founders", "funds", "people", "stakes", "ties", "market", "norms")
WRITES = (
    "firms", "founders", "people", "stakes", "ties", "funds",
    "operators.cash", "cells", "purse", "flows", "tally", "history", "fates",
)  # fmt: skip

PARAMETERS = Parameters(
    "exits",
    shape=param(0.63, "shape", 0.4, 1.0, "A04", "shape of the age hazard", "年龄风险形状"),
    scale_years=param(9.05, "years", 5, 15, "A04", "scale of the age hazard", "年龄风险尺度"),
    failure_weight=param(0.4, "share", 0.0, 0.4, "A04", "weight of team failure", "团队失败权重"),
    failure_quality=param(0.478, "log per sd", 0, 1, "assumption", "its fall with quality", "质量对失败"),
    failure_short=param(1.91, "ratio", 1, 3, "assumption", "its rise below 6 months of runway", "跑道不足倍数"),
    failure_floor=param(0, "1/year", 0, 0.05, "assumption", "failure at any age", "基础失败率"),
    dependence=param(0.5, "share", 0, 1.5, "B16", "rise of the hazard after a long stay", "孵化依赖"),
    bridge_months=param(2.53, "months", 0, 12, "assumption", "months without cash before closing", "断现金容忍"),
    deregistration_months=param(40, "months", 6, 72, "A12", "lag to deregistration, mean", "注销滞后均值"),
    acquired=param(0.0187, "1/year", 0, 0.03, "G01", "acquisitions", "并购年率"),
    acquired_round=param(0.0036, "1/year/round", 0, 0.03, "G01", "acquisitions by round", "并购随轮次"),
    acquired_sd=param(0.794, "log", 0.2, 1.2, "G01", "spread of the price", "并购价格离散度"),
    acquired_away=param(0.04, "share", 0, 1, "assumption", "acquired firms that are moved away", "并购后迁出占比"),
    listed=param(0.2, "1/year", 0, 0.5, "J06", "listings above the threshold", "上市年率"),
    listed_value=param(2e9, "CNY", 5e8, 1e10, "J06", "value from which firms list", "上市门槛估值"),
    stake_away=param(0.5, "share", 0, 1, "assumption", "value at which stakes of leavers are sold", "迁出股权折价"),
    public_haircut=param(0.14, "share", 0, 0.35, "assumption", "cut of public stakes: 10%, 9 months at 6%", "国有股权退出折让"),
    angels=param(0.2, "share", 0, 1, "assumption", "sellers of a firm who become angels", "套现创始人成为天使的比例"),
    angel_money=param(0.2, "share", 0, 1, "assumption", "of what they got that they put into firms", "天使投入占套现比"),
    angel_least=param(1e6, "CNY", 1e5, 1e7, "assumption", "least money that makes an angel", "天使最低资金"),
    found_again=param(0.05, "share", 0, 0.5, "assumption", "founders who found again", "再次创业占比"),
    search_months=param(8, "months", 4, 15, "H09", "months of search after a closure", "求职期"),
)  # fmt: skip

_FAIL = purpose("exits.fail")
_SELL = purpose("exits.sell")
_PRICE = purpose("exits.price")
_AWAY = purpose("exits.away")
_LIST = purpose("exits.list")
_LAG = purpose("exits.deregister")
_AGAIN = purpose("exits.found_again")
_STAFF = purpose("exits.staff")
_ANGEL = purpose("exits.angel")


@inlined
def failure_hazard(firm, age_years, p, month):
    """Return the monthly hazard of team failure."""
    age = max(age_years, 1.0 / 24)
    hazard = p.shape / p.scale_years * (age / p.scale_years) ** (p.shape - 1)
    hazard *= p.failure_weight * math.exp(-p.failure_quality * firm.quality - 0.125)
    if firm.cash < 6 * max(firm.cost - firm.income, 0.0):
        hazard *= p.failure_short
    if month < firm.dependence_until:
        hazard *= 1 + p.dependence
    return (hazard + p.failure_floor) / 12


@inlined
def firm_value(firm):
    """Return what a firm is worth: its last valuation, or a year's revenue."""
    return firm.valuation if firm.rounds > 0 else 12 * (firm.revenue + firm.contract_income)


@inlined
def pay_stakes(books, stakes, i, value, ranked, all_sell, p, tally):
    """Pay a firm's stakes out of `value` CNY, in a ranked sale preferences first.

    `all_sell` is off where founders and staff keep their shares. Returns what is left for them.
    """
    firm = books.firms[i]
    # A holder takes its preference where that is more than its share of the price; the others
    # share what is left. `ranked` is off where everyone sells ordinary shares.
    first = 0.0
    preferring = 0.0
    for s in range(stakes.size):
        if stakes[s].firm == firm.uid and ranked and stakes[s].preference > stakes[s].share * value:
            first += stakes[s].preference
            preferring += stakes[s].share
    scale = min(1.0, value / max(first, 1.0))
    rest = max(value - first, 0.0) / max(1.0 - preferring, 1e-12)
    left = value
    for s in range(stakes.size):
        stake = stakes[s]
        if stake.firm != firm.uid:
            continue
        prefers = ranked and stake.preference > stake.share * value
        amount = scale * stake.preference if prefers else stake.share * rest
        left -= amount
        if stake.holder_kind == OPERATOR:
            amount *= 1 - p.public_haircut
            pay(books, WORLD, 0, OPERATOR, 0, EXIT, amount)
            tally.equity_received += amount
        elif stake.holder_kind == FUND:
            for f in range(books.funds.size):
                if books.funds[f].uid == stake.holder:
                    pay(books, WORLD, 0, FUND, f, EXIT, amount)
                    part = books.funds[f].operator_share * amount
                    public = books.funds[f].government_share * amount
                    pay(books, FUND, f, OPERATOR, 0, DISTRIBUTION, part)
                    pay(books, FUND, f, GOVERNMENT, 0, DISTRIBUTION, public)
                    partner = HOUSEHOLDS if books.funds[f].kind == ANGEL else WORLD
                    pay(books, FUND, f, partner, 0, DISTRIBUTION, max(amount - part - public, 0.0))
                    books.funds[f].distributed += amount
                    tally.fund_received += part
    if left > 0 and all_sell:
        pay(books, WORLD, 0, HOUSEHOLDS, 0, EXIT, left)
    return max(left, 0.0)


@inlined
def become_angel(record, firm, got, p, seed, month):
    """Write the fund of a seller who becomes an angel; return whether one does."""
    money = p.angel_money * got
    if money < p.angel_least or uniform(stream(seed, _ANGEL, month), firm.uid) >= p.angels:
        return False
    record.uid = newborn(firm.uid, month, 0, _ANGEL)
    record.kind = ANGEL
    record.stage_from, record.stage_to = 0, 1
    record.cell = firm.cell
    record.sectors = 1 << firm.sector
    record.capital = money
    record.dry_powder = money
    record.vintage = month
    record.successor = 1
    return True


@kernel
def decide_fates(books, stakes, angels, p, tally, history, seed, month):
    """Let firms fail, run out of money, be acquired or list; return (stakes that stay, angels).

    `angels`, shape (firms,), takes the funds of sellers who become angels.
    """
    p, count, past = p[0], tally[0], history[0]
    firms = books.firms
    keys = stream(seed, _FAIL, month)
    stays = np.ones(stakes.size, np.bool_)
    made = 0
    for i in range(firms.size):
        firm = firms[i]
        age = (month - firm.born) / 12.0
        year = int(age)
        counted = firm.ambition != BRANCH and firm.origin != RELOCATED
        if counted and year < AGES:
            past.at_risk[year] += 1
        if firm.fate == HERE and firm.ambition != BRANCH:
            firm.insolvent_months = firm.insolvent_months + 1 if firm.cash < 0 else 0
            fails = uniform(keys, firm.uid) < failure_hazard(firm, age, p, month)
            fails = fails or firm.proven == ENDED  # the proof-of-concept centre ended its project
            if firm.insolvent_months > p.bridge_months or fails or firm.staff < 1:
                firm.fate = CLOSED
                count.closures += 1
                count.ideas_ended += counted and firm.born >= 0 and firm.maturity < 4
                past.deaths_or_ten += 1
                if firm.rounds == 1:
                    past.seed_due += 1
                if counted and year < AGES:
                    past.closed[year] += 1
        if firm.fate == HERE and counted and month - firm.born == 120:
            past.deaths_or_ten += 1
        if firm.fate == HERE and firm.rounds == 1 and month - firm.last_round == 48:
            past.seed_due += 1
        if firm.fate == HERE and firm.maturity >= 3 and firm.ambition != BRANCH:
            rate = (p.acquired + p.acquired_round * firm.rounds) / 12
            if uniform(stream(seed, _SELL, month), firm.uid) < rate:
                price = firm_value(firm) * math.exp(
                    p.acquired_sd * normal(stream(seed, _PRICE, month), firm.uid)
                )
                got = pay_stakes(books, stakes, i, price, True, True, p, count)
                made += become_angel(angels[made], firm, got, p, seed, month)
                count.acquisitions += 1
                count.exit_value += price
                _forget_stakes(firm, stakes, stays)
                if uniform(stream(seed, _AWAY, month), firm.uid) < p.acquired_away:
                    firm.fate = ACQUIRED
                firm.ambition = GROW
                firm.sought_since = NEVER
                firm.rounds = 0
            elif firm.maturity >= 4 and firm.valuation >= p.listed_value and firm.rounds > 0:
                if uniform(stream(seed, _LIST, month), firm.uid) < p.listed / 12:
                    got = pay_stakes(books, stakes, i, firm.valuation, False, True, p, count)
                    made += become_angel(angels[made], firm, got, p, seed, month)
                    count.listings += 1
                    count.exit_value += firm.valuation
                    _forget_stakes(firm, stakes, stays)
                    firm.ambition = GROW
                    firm.sought_since = NEVER
                    firm.rounds = 0
    return np.flatnonzero(stays), made


@inlined
def _forget_stakes(firm, stakes, stays):
    """Take a sold firm's stakes out of the table: its shares are its new owners'."""
    for s in range(stakes.size):
        if stakes[s].firm == firm.uid:
            stays[s] = False
    firm.sold = 1
    firm.share_founders = 1.0
    firm.share_operator = 0.0
    firm.share_funds = 0.0
    firm.share_staff = 0.0


@inlined
def lag(uid, seed):
    """Return the lag from closing to deregistration, Gamma of shape 1.5 and scale 1 (A12)."""
    half = normal(stream(seed, _LAG, 1), uid)
    return exponential(stream(seed, _LAG, 0), uid) + 0.5 * half * half


@inlined
def top_decile(firms):
    """Return the staff from which an independent firm is among the tenth of the largest here."""
    staff = np.sort(firms["staff"][firms["ambition"] != BRANCH])
    return staff[int(0.9 * staff.size)] if staff.size else 0


@kernel
def clear_out(books, people, adults, cells, programmes, stakes, p, tally, seed, month):
    """Settle the accounts, staff and space of firms that leave; return stakes that stay."""
    p, count = p[0], tally[0]
    firms = books.firms
    stays = np.ones(stakes.size, np.bool_)
    key = stream(seed, _STAFF, month)
    leaving = False
    large = 0
    for i in range(firms.size):
        firm = firms[i]
        if firm.fate == HERE:
            continue
        if not leaving:
            large = top_decile(firms)
        leaving = True
        if firm.fate != CLOSED and firm.ambition != BRANCH:
            count.top_left += firm.staff >= large
        count.tenants_lost += firm.landlord
        if firm.fate == MOVED_REGION or firm.fate == MOVED_AWAY:
            for k in range(programmes.size):
                owed = clawback(firm, k, programmes[k], month)
                pay(books, FIRM, i, GOVERNMENT, 0, CLAWBACK, owed)
        if firm.fate == MOVED_REGION or firm.fate == MOVED_AWAY or firm.fate == MOVED_SITE:
            # Who moves to another site keeps its founders; its investors' shares are sold.
            if firm.share_operator > 0 or firm.share_funds > 0:
                value = p.stake_away * firm_value(firm)
                pay_stakes(books, stakes, i, value, False, firm.fate != MOVED_SITE, p, count)
        for s in range(stakes.size):
            if stakes[s].firm == firm.uid:
                stays[s] = False
        if firm.cash > 0:
            taker = HOUSEHOLDS if firm.fate == CLOSED else WORLD
            pay(books, FIRM, i, taker, 0, CLOSING, firm.cash)
        else:
            pay(books, MARKET, 0, FIRM, i, CLOSING, -firm.cash)
        let(cells[firm.cell], firm.use, -firm.area)
        firm.registered_exit = month + int(p.deregistration_months / 1.5 * lag(firm.uid, seed))
    if not leaving:
        return np.arange(stakes.size)
    for j in adults:
        e = people.employer[j]
        if e < 0 or firms[e].fate == HERE:
            continue
        people.tenure[j] = 0
        people.founder_of[j] = 0
        if firms[e].fate == CLOSED:
            people.employer[j] = NOBODY
            people.graduates[j] = month + int(p.search_months)
        elif (
            firms[e].fate != MOVED_SITE
            and people.home_cell[j] >= 0
            and uniform(key, people.uid[j]) < 0.2
        ):
            people.employer[j] = OUTSIDE
        else:
            if people.kind[j] != 3:
                count.talent_left += 1
            remove_person(people, j, cells, count)
    return np.flatnonzero(stays)


@kernel
def fates_of(firms, records, month):
    """Write what became of the firms that leave; return how many."""
    at = 0
    for i in range(firms.size):
        if firms[i].fate != HERE:
            write_fate(records[at], firms[i], month)
            at += 1
    return at


@kernel
def _write_all(firms, records):
    for i in range(firms.size):
        write_fate(records[i], firms[i], -1)


def write_fates(firms: np.ndarray) -> np.ndarray:
    """Return the records of firms that are here."""
    records = np.zeros(firms.size, FATE)
    _write_all(firms, records)
    return records


@inlined
def write_fate(record, firm, left):
    """Write one firm's fate."""
    record.uid = firm.uid
    record.arrived = firm.arrived
    record.left = left
    record.how = firm.fate
    record.supported = firm.supported_by
    record.supported_at_stop = firm.supported_at_stop
    record.origin = firm.origin
    record.sector = firm.sector
    record.staff_end = firm.staff
    record.registered = firm.registered_exit


@kernel
def close_teams(books, gone_firms, norms, p, seed, month):
    """Let founders of closed firms found again or leave; return rows of teams that stay.

    `gone_firms` holds the sorted uids of firms that leave this month.
    """
    p = p[0]
    key = stream(seed, _AGAIN, month)
    teams = books.teams
    stays = np.ones(teams.size, np.bool_)
    for t in range(teams.size):
        team = teams[t]
        if team.venture != 0:
            at = np.searchsorted(gone_firms, team.venture)
            if at < gone_firms.size and gone_firms[at] == team.venture:
                if uniform(key, team.uid) < p.found_again:
                    team.venture = 0
                    team.born = month
                    team.waiting = 0
                    team.previous_ventures += 1
                    team.gone = 0
                    team.supported_by = 0
                    team.support_total = 0.0
                    team.service_hours = 0.0
                    team.mentor_hours = 0.0
                    team.idea = uniform2(key, team.uid, 1)
                    team.cofounder = 0
                    for k in range(team.award_end.size):
                        team.award_start[k] = -1
                        team.award_end[k] = -1
                        team.award_count[k] = 0
                        team.award_stake[k] = 0.0
                    pay(books, HOUSEHOLDS, 0, TEAM, t, LIVING, team.runway * 20_000.0)
                else:
                    stays[t] = False
        elif team.gone:
            stays[t] = False
        if not stays[t] and team.cash != 0:
            pay(books, TEAM, t, HOUSEHOLDS, 0, CLOSING, team.cash)
    return np.flatnonzero(stays)


def step(world: World) -> None:
    """Decide fates, settle accounts, and remove rows."""
    p = world.params["exits"]
    seed, month = world.seed, world.month
    angels = world.funds.make(len(world.firms))
    stays, made = decide_fates(
        world.books, world.stakes.rows, angels, p, world.tally, world.history, seed, month
    )
    _keep_stakes(world, stays)
    if made:
        world.funds.append(angels[:made])
    stays = clear_out(
        world.books, world.people.data, world.people.adults(), world.cells.rows,
        world.rules.programmes,
        world.stakes.rows, p, world.tally, seed, month,
    )  # fmt: skip
    _keep_stakes(world, stays)
    firms = world.firms.rows
    alive = firms["fate"] == HERE
    gone = np.sort(firms["uid"][~alive])
    if gone.size:
        records = np.zeros(gone.size, FATE)
        fates_of(firms, records, month)
        world.fates.append(records)
    teams = close_teams(world.books, gone, world.norms, p, seed, month)
    if teams.size < len(world.founders):
        world.take("founders", teams)
    if gone.size:
        world.take("firms", np.flatnonzero(alive))
        tied = (world.ties.rows["a"] >= 0) & (world.ties.rows["b"] >= 0)
        if not tied.all():
            world.take("ties", np.flatnonzero(tied))
    world.people.remove_gone()


def _keep_stakes(world: World, stays: np.ndarray) -> None:
    if stays.size < len(world.stakes):
        world.take("stakes", stays)
