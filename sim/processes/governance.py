"""Issues arise, are noticed and solved; satisfaction and belonging follow (model 6.13).

Issues arise Poisson per firm and per 100 workers. One must be noticed before anybody can solve it;
staff solve a number of cases a month, more where departments work at once and firms have files. A
committee of people from firms notices and settles issues in the firms it knows. Satisfaction moves a
tenth of the way towards a logistic in a firm's backlog that is .5 at the place's start; each issue
solved adds to belonging, which wears off.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import keys, poisson, purpose, round_keyed, stream, uniform
from sim.kernel import inlined, kernel
from sim.state.awards import afford
from sim.state.columns import HERE
from sim.state.ledger import (
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    RESIDENT_COMMITTEE,
    WHISTLE_REPORT,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("firms", "ties", "governments", "market", "norms", "rule")
WRITES = (
    "firms.open_issues", "firms.hidden_issues", "firms.satisfaction", "firms.belonging",
    "firms.committee", "firms.cash", "governments.worker_issues", "governments.worker_hidden",
    "governments.worker_belonging", "governments.budget_left", "governments.spent_year",
    "governments.family_spent", "governments.refused", "purse", "flows", "tally",
)  # fmt: skip

PARAMETERS = Parameters(
    "governance",
    firm_issues=param(0.1, "1/month", 0.02, 0.5, "assumption", "issues a firm raises", "企业月诉求"),
    worker_issues=param(2, "1/month per 100", 0.5, 6, "assumption", "issues of 100 workers", "百名工人月诉求"),
    noticed=param(0.35, "1/month", 0.2, 1, "assumption", "issues of firms that are noticed", "企业诉求月发现率"),
    noticed_workers=param(0.3, "1/month", 0.1, 1, "assumption", "issues of workers that are noticed", "工人诉求月发现率"),
    migrant_gap=param(0.5, "share", 0, 0.9, "assumption", "issues of migrants that are overlooked", "外来工人诉求遗漏"),
    cases_staff=param(12, "1/month", 4, 30, "A-DRV-19", "cases a member of staff solves", "人均月办结"),
    lapse=param(0.15, "1/month", 0.0, 0.5, "assumption", "issues that are given up", "诉求自行撤回月率"),
    adjust=param(0.1, "1/month", 0.02, 0.3, "assumption", "speed of satisfaction", "满意度调整速度"),
    slope=param(3, "per issue", 0.5, 10, "assumption", "fall of satisfaction with backlog", "积压敏感度"),
    solved_gain=param(0.1, "share", 0, 0.3, "assumption", "belonging gained by a solved issue", "办结增进归属感"),
    worker_gain=param(0.5, "share", 0, 2, "assumption", "belonging of workers by issues solved a head", "工人办结增进归属感"),
    whistle_finds=param(0.5, "share", 0, 1, "assumption", "unnoticed issues called out by whistle", "吹哨发现率"),
    visit_finds=param(0.8, "share", 0, 1, "assumption", "unnoticed issues found by a visit", "走访发现率"),
    visit_cases=param(0.25, "cases", 0, 1, "assumption", "time of a visit", "走访耗时"),
    parallel_gain=param(0.5, "share", 0, 2, "assumption", "cases more when departments work at once", "并联增益"),
    files_gain=param(0.3, "share", 0, 1, "assumption", "cases more where firms have files", "建档增益"),
    staff_wage=param(12_000, "CNY/month", 6_000, 25_000, "assumption", "staff that solve issues", "办理人员月薪"),
    case_cost=param(300, "CNY/case", 0, 2_000, "assumption", "departments' time for a case", "部门办件成本"),
    file_cost=param(300, "CNY/year", 0, 3_000, "assumption", "keeping a firm's file", "企业档案年成本"),
    committee_finds=param(0.5, "share", 0, 1, "assumption", "unnoticed issues that members hear of", "委员发现率"),
    committee_cases=param(2, "1/month", 0, 6, "assumption", "cases a member settles", "委员月调处"),
    committee_belonging=param(0.2, "share", 0, 0.5, "assumption", "belonging where the committee is known", "参与增进归属感"),
    committee_cost=param(2_000, "CNY/month", 0, 10_000, "assumption", "public cost of a member", "委员公共成本"),
    committee_hours=param(8, "hours/month", 0, 40, "assumption", "time a firm gives for a member", "委员投入工时"),
    micro_relief=param(0.3, "share", 0, 0.7, "assumption", "workers' issues prevented by small services", "便民服务减少诉求"),
    micro_points=param(10, "1/year", 2, 40, "assumption", "small services that do most of it", "便民服务饱和数"),
    vendor_order=param(0.05, "share", 0, 0.3, "assumption", "firms' issues that vendors cause", "摊贩引发企业诉求"),
    vendor_need=param(0.1, "share", 0, 0.4, "assumption", "workers' issues that vendors spare", "摊贩便民作用"),
    joint_gain=param(0.1, "share", 0, 0.3, "assumption", "belonging gained by a joint event, at its hosts", "联办活动增进归属感"),
    belonging_wear=param(0.05, "1/month", 0.01, 0.2, "assumption", "return of belonging to the usual", "归属感消退"),
)  # fmt: skip

_RAISE = purpose("governance.raise")
_NOTICE = purpose("governance.notice")
_LAPSE = purpose("governance.lapse")
_LAPSE_HIDDEN = purpose("governance.lapse_hidden")
_SOLVE = purpose("governance.solve")
_WORKERS = purpose("governance.workers")
_START = purpose("governance.start")
_VISIT = purpose("governance.visit")
_SEAT = purpose("governance.seat")
BRIDGING, BRANCH_HEADS, RANDOM = 0, 1, 2  # how the committee is chosen
KNOWN, MEMBER = 1, 2  # what a firm is to the committee
LEVELS = 3  # levels of a committee that can take a case all the way
WORK_HOURS = 168.0  # of a month
_SETTLING = 120  # months in which the mean backlog of a place settles


@inlined
def give_up(firm, p, key, hidden_key):
    """Let issues of a firm lapse, noticed or not."""
    if firm.open_issues > 0:
        lost = poisson(key, firm.uid, p.lapse * firm.open_issues)
        firm.open_issues -= min(lost, firm.open_issues)
    if firm.hidden_issues > 0:
        lost = poisson(hidden_key, firm.uid, p.lapse * firm.hidden_issues)
        firm.hidden_issues -= min(lost, firm.hidden_issues)


@inlined
def notice_more(share, more):
    """Return the share noticed where `more` of what would be missed is found as well."""
    return 1 - (1 - share) * (1 - more)


@kernel
def pay_whistle(books, governments, rule, p):
    """Pay staff beyond the place's own, files and departments; return (staff, parallel, visits, files).

    What the budget refuses is not done this month; the place's own staff stay.
    """
    rule, p, government = rule[0], p[0], governments[0]
    own = government.issue_staff
    staff = own if math.isnan(rule.whistle_staff) else rule.whistle_staff
    cost = max(0.0, staff - own) * p.staff_wage
    cost += books.firms.size * rule.whistle_files * p.file_cost / 12
    cost += rule.whistle_parallel * staff * p.cases_staff * p.case_cost
    if cost > 0 and not afford(government, cost):
        return own, 0.0, 0.0, 0.0
    pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, WHISTLE_REPORT, cost)
    return staff, rule.whistle_parallel, rule.whistle_visits, rule.whistle_files


@kernel
def pay_committee(books, governments, market, norms, rule, p, acc):
    """Pay for the committee, firms for their members' time; return the members who take part."""
    rule, p, firms = rule[0], p[0], books.firms
    members = min(rule.committee_members, firms.size)
    if members <= 0 or not afford(governments[0], members * p.committee_cost):
        return 0.0
    pay(books, GOVERNMENT, 0, WORLD, 0, RESIDENT_COMMITTEE, members * p.committee_cost)
    hour = acc[0].wage_developer * norms[0].city_factor * market[0].wage / WORK_HOURS
    time = p.committee_hours * rule.committee_participation * hour
    for i in range(firms.size):
        if firms[i].committee == MEMBER:
            pay(books, FIRM, i, HOUSEHOLDS, 0, RESIDENT_COMMITTEE, time)
    return members * rule.committee_participation


@kernel
def seat_committee(firms, ties, members, selection, key):
    """Choose `members` firms and mark them, and those they are tied to, in `firms.committee`.

    The best known by ties, the largest, or any; luck decides between equals. A term is a year.
    """
    rank = np.empty(firms.size)
    for i in range(firms.size):
        firm = firms[i]
        firm.committee = 0
        rank[i] = uniform(key, firm.uid)
        if selection == BRIDGING:
            rank[i] -= firm.ties
        elif selection == BRANCH_HEADS:
            rank[i] -= firm.staff
    if members <= 0:
        return
    for i in np.argsort(rank)[:members]:
        firms[i].committee = MEMBER
    for t in range(ties.size):
        a, b = ties[t].a, ties[t].b
        if firms[a].committee == MEMBER and firms[b].committee == 0:
            firms[b].committee = KNOWN
        elif firms[b].committee == MEMBER and firms[a].committee == 0:
            firms[a].committee = KNOWN


@kernel
def issue_rates(rule, p):
    """Return the issues of a firm and of 100 workers a month: small services and vendors move them.

    Vendors are a nuisance to firms and cheap for workers; a place of their own serves both.
    """
    rule, p = rule[0], p[0]
    of_firms = p.firm_issues * (1 - p.vendor_order * max(rule.vendor_evict, rule.vendor_relief))
    of_workers = p.worker_issues * (1 + p.vendor_need * (rule.vendor_evict - rule.vendor_relief))
    of_workers *= 1 - p.micro_relief * (1 - math.exp(-rule.worker_micro / p.micro_points))
    return of_firms, of_workers


@kernel
def arise(firms, p, rate, parallel, visited, took_part, tally, seed, month):
    """Let issues of firms lapse, arise and be noticed; return (workers, issues known, all issues).

    `rate` issues arise in a firm; `visited` is the share of firms visited this month, `took_part` that
    of members who take part.
    """
    p, count = p[0], tally[0]
    key = stream(seed, _RAISE, month)
    notice = stream(seed, _NOTICE, month)
    visit = stream(seed, _VISIT, month)
    lapse, lapse_hidden = stream(seed, _LAPSE, month), stream(seed, _LAPSE_HIDDEN, month)
    usual = notice_more(p.noticed, p.whistle_finds * parallel)
    workers = 0
    known = 0
    total = 0
    for i in range(firms.size):
        firm = firms[i]
        give_up(firm, p, lapse, lapse_hidden)
        new = poisson(key, firm.uid, rate)
        count.issues_new += new
        waiting = firm.hidden_issues + new
        share = usual
        if visited > 0 and uniform(visit, firm.uid) < visited:
            share = notice_more(share, p.visit_finds)
        if firm.committee > 0:
            share = notice_more(share, p.committee_finds * took_part)
        found = round_keyed(notice, firm.uid, share * waiting) if waiting > 0 else 0
        firm.hidden_issues = waiting - found
        firm.open_issues += found
        workers += firm.workers
        known += firm.open_issues
        total += firm.open_issues + firm.hidden_issues
    return workers, known, total


@inlined
def workers_raise(government, workers, rate, noticed, p, count, key):
    """Let issues of workers lapse, arise and be noticed."""
    government.worker_issues -= math.floor(p.lapse * government.worker_issues)
    government.worker_hidden -= math.floor(p.lapse * government.worker_hidden)
    new = poisson(key, 0, rate * workers / 100)
    count.worker_issues_new += new
    waiting = government.worker_hidden + new
    found = round_keyed(key, 1, noticed * waiting)
    government.worker_hidden = waiting - found
    government.worker_issues += found


@inlined
def workers_notice(norm, coverage, p):
    """Return the share of workers' issues that is noticed: less of migrants' nobody speaks for."""
    return p.noticed_workers * (1 - p.migrant_gap * norm.migrant_share * (1 - coverage))


@kernel
def reach(firms, norms, rule, p, staff, parallel, visits, files, visited, took_part, workers):
    """Return the cases that can be solved this month and the share of workers' issues noticed."""
    rule, p = rule[0], p[0]
    capacity = staff * max(0.0, p.cases_staff - visits * p.visit_cases)
    capacity *= 1 + p.parallel_gain * parallel + p.files_gain * files
    coverage = 0.0
    heard = 0.0
    if took_part > 0:
        levels = rule.committee_levels / LEVELS
        capacity += rule.committee_members * took_part * p.committee_cases * levels
        heard = p.committee_finds * took_part * workers_known(firms, workers)
        if not math.isnan(rule.committee_coverage):
            coverage = rule.committee_coverage
    noticed = notice_more(workers_notice(norms[0], coverage, p), heard)
    return capacity, notice_more(noticed, p.visit_finds * visited)


@inlined
def workers_known(firms, workers):
    """Return the share of workers in firms that the committee knows."""
    known = 0
    for i in range(firms.size):
        if firms[i].committee > 0:
            known += firms[i].workers
    return known / max(workers, 1)


@kernel
def solve(
    firms, governments, norms, rate, noticed, capacity, took_part, workers, known, total, p, tally,
    seed, month,
):  # fmt: skip
    """Solve what `capacity` cases allow, of firms and workers alike; move satisfaction and belonging.

    100 workers raise `rate` issues a month, of which the share `noticed` is noticed this month.
    """
    p, norm, count = p[0], norms[0], tally[0]
    government = governments[0]
    workers_raise(government, workers, rate, noticed, p, count, stream(seed, _WORKERS, month))
    known += government.worker_issues
    total += government.worker_issues + government.worker_hidden
    share = min(1.0, capacity / known) if known > 0 else 1.0
    if total > 0:
        count.issue_days += 30 * total / max(min(capacity, known), 1.0)
    solved = math.floor(government.worker_issues * share)
    government.worker_issues -= solved
    count.issues_solved += solved
    wear = p.belonging_wear
    mood = government.worker_belonging
    hosted = 0
    for i in range(firms.size):
        hosted += firms[i].workers * firms[i].hosts_event
    gained = (p.worker_gain * solved + p.joint_gain * hosted) / max(workers, 1)
    gained = min(1.0, gained)
    government.worker_belonging = mood + wear * (norm.worker_rest - mood) + gained * (1 - mood)
    left = int(capacity - solved)
    luck = np.empty(firms.size)
    key = stream(seed, _SOLVE, month)
    for i in range(firms.size):
        luck[i] = uniform(key, firms[i].uid)
    order = np.argsort(luck)
    content = 1 / (1 + math.exp(-p.slope * norm.backlog_per_firm))  # with nothing open
    for k in range(firms.size):
        firm = firms[order[k]]
        done = min(firm.open_issues, left)
        firm.open_issues -= done
        left -= done
        count.issues_solved += done
        if firm.fate != HERE:
            continue
        backlog = firm.open_issues + firm.hidden_issues
        goal = content
        if backlog > 0:
            goal = 1 / (1 + math.exp(p.slope * (backlog - norm.backlog_per_firm)))
        firm.satisfaction += p.adjust * (goal - firm.satisfaction)
        mood = firm.belonging
        rest = norm.firm_rest
        if firm.committee > 0:
            rest += p.committee_belonging * took_part
        kept = (1 - p.solved_gain) ** done if done > 0 else 1.0
        gained = 1 - kept * (1 - p.joint_gain * firm.hosts_event)
        firm.belonging = mood + wear * (rest - mood) + gained * (1 - mood)


@inlined
def _settle_pile(hidden, known, new, noticed, lapse):
    """Return (hidden, known) of a pile a month later, before anything is solved, in the mean."""
    waiting = hidden * (1 - lapse) + new
    return waiting * (1 - noticed), known * (1 - lapse) + waiting * noticed


@kernel
def steady_backlog(firms, workers, staff, norm, p):
    """Return where a place's backlog settles, in the mean, and how much is solved a month.

    (hidden and known issues and issues solved of a firm, the same of all workers together.)
    """
    p = p[0]
    hidden = known = solved = of_hidden = of_known = of_solved = 0.0
    for _ in range(_SETTLING):
        hidden, known = _settle_pile(hidden, known, p.firm_issues, p.noticed, p.lapse)
        of_hidden, of_known = _settle_pile(
            of_hidden,
            of_known,
            p.worker_issues * workers / 100,
            workers_notice(norm[0], 0.0, p),
            p.lapse,
        )
        pile = known * firms + of_known
        share = min(1.0, staff * p.cases_staff / pile) if pile > 0 else 1.0
        solved, of_solved = known * share, of_known * share
        known, of_known = known - solved, of_known - of_solved
    return hidden, known, solved, of_hidden, of_known, of_solved


@kernel
def _share_out(firms, hidden, known, seed):
    key, hidden_key = stream(seed, _START, 0), stream(seed, _START, 1)
    for i in range(firms.size):
        firms[i].hidden_issues = poisson(hidden_key, firms[i].uid, hidden)
        firms[i].open_issues = poisson(key, firms[i].uid, known)


def open_issues(world: World, firms: np.ndarray) -> None:
    """Give a place of month 0 the backlog at which it stands still, and take it as the usual one.

    Belonging rests where the issues usually solved bring it to .5.
    """
    p, norms, government = world.params["governance"], world.norms, world.governments.rows
    workers = int(firms["workers"].sum())
    hidden, known, solved, of_hidden, of_known, of_solved = steady_backlog(
        max(firms.size, 1), workers, float(government["issue_staff"][0]), norms, p
    )
    _share_out(firms, hidden, known, world.seed)
    government["worker_hidden"], government["worker_issues"] = round(of_hidden), round(of_known)
    norms["backlog_per_firm"] = hidden + known
    wear = float(p["belonging_wear"][0])
    norms["firm_rest"] = 0.5 - 0.5 * float(p["solved_gain"][0]) * solved / wear
    each = of_solved / max(workers, 1)
    norms["worker_rest"] = 0.5 - 0.5 * float(p["worker_gain"][0]) * each / wear


def _committee(world: World) -> float:
    """Seat and pay the committee; return the share of its members who take part, 0 without one."""
    rule, firms = world.rule, world.firms.rows
    wanted = int(rule["committee_members"][0])
    if wanted <= 0:
        if firms.size and firms["committee"].any():
            firms["committee"] = 0
        return 0.0
    key = keys(world.seed, _SEAT, world.month // 12 + 1)[-1]
    selection = int(rule["committee_selection"][0])
    seat_committee(firms, world.ties.rows, min(wanted, firms.size), selection, key)
    active = pay_committee(
        world.books, world.governments.rows, world.market, world.norms, rule,
        world.params["governance"], world.params["accounts"],
    )  # fmt: skip
    if active <= 0:
        firms["committee"] = 0
        return 0.0
    return float(rule["committee_participation"][0])


def step(world: World) -> None:
    """Raise, notice and solve this month's issues."""
    p, firms, seed, month = world.params["governance"], world.firms.rows, world.seed, world.month
    rule = world.rule
    took_part = _committee(world)
    staff, parallel, visits, files = pay_whistle(world.books, world.governments.rows, rule, p)
    staff = max(0.0, staff - float(world.market["task_force"][0]))  # away with an anchor project
    visited = min(1.0, staff * visits / max(firms.size, 1))
    of_firms, of_workers = issue_rates(rule, p)
    workers, known, total = arise(
        firms, p, of_firms, parallel, visited, took_part, world.tally, seed, month
    )
    capacity, noticed = reach(
        firms, world.norms, rule, p, staff, parallel, visits, files, visited, took_part, workers
    )
    solve(
        firms, world.governments.rows, world.norms, of_workers, noticed, capacity, took_part,
        workers, known, total, p, world.tally, seed, month,
    )  # fmt: skip
