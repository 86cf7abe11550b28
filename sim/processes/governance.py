"""Issues arise, are noticed and solved; satisfaction and belonging follow (model 6.13).

Issues arise Poisson per firm and per 100 workers. One must be noticed before anybody can solve it;
staff solve a number of cases a month. Satisfaction moves a tenth of the way towards a logistic in a
firm's backlog that is .5 at the place's start; each issue solved adds to belonging, which wears off.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import poisson, purpose, round_keyed, stream, uniform
from sim.kernel import inlined, kernel
from sim.state.columns import HERE
from sim.state.world import World

READS = ("firms", "governments", "norms")
WRITES = (
    "firms.open_issues", "firms.hidden_issues", "firms.satisfaction", "firms.belonging",
    "governments.worker_issues", "governments.worker_hidden", "governments.worker_belonging", "tally",
)  # fmt: skip

PARAMETERS = Parameters(
    "governance",
    firm_issues=param(0.1, "1/month", 0.02, 0.5, "assumption", "issues a firm raises", "企业月诉求"),
    worker_issues=param(2, "1/month per 100", 0.5, 6, "assumption", "issues of 100 workers", "百名工人月诉求"),
    noticed=param(0.6, "1/month", 0.2, 1, "assumption", "issues of firms that are noticed", "企业诉求月发现率"),
    noticed_workers=param(0.5, "1/month", 0.1, 1, "assumption", "issues of workers that are noticed", "工人诉求月发现率"),
    migrant_gap=param(0.5, "share", 0, 0.9, "assumption", "issues of migrants that are overlooked", "外来工人诉求遗漏"),
    cases_staff=param(12, "1/month", 4, 30, "A-DRV-19", "cases a member of staff solves", "人均月办结"),
    lapse=param(0.15, "1/month", 0.0, 0.5, "assumption", "issues that are given up", "诉求自行撤回月率"),
    adjust=param(0.1, "1/month", 0.02, 0.3, "assumption", "speed of satisfaction", "满意度调整速度"),
    slope=param(3, "per issue", 0.5, 10, "assumption", "fall of satisfaction with backlog", "积压敏感度"),
    solved_gain=param(0.1, "share", 0, 0.3, "assumption", "belonging gained by a solved issue", "办结增进归属感"),
    worker_gain=param(0.5, "share", 0, 2, "assumption", "belonging of workers by issues solved a head", "工人办结增进归属感"),
    belonging_wear=param(0.05, "1/month", 0.01, 0.2, "assumption", "return of belonging to the usual", "归属感消退"),
)  # fmt: skip

_RAISE = purpose("governance.raise")
_NOTICE = purpose("governance.notice")
_LAPSE = purpose("governance.lapse")
_LAPSE_HIDDEN = purpose("governance.lapse_hidden")
_SOLVE = purpose("governance.solve")
_WORKERS = purpose("governance.workers")
_START = purpose("governance.start")
_SETTLING = 120  # months in which the mean backlog of a place settles


@inlined
def give_up(firm, p, key, hidden_key):
    """Let issues of a firm lapse, noticed or not."""
    lost = poisson(key, firm.uid, p.lapse * firm.open_issues)
    firm.open_issues -= min(lost, firm.open_issues)
    lost = poisson(hidden_key, firm.uid, p.lapse * firm.hidden_issues)
    firm.hidden_issues -= min(lost, firm.hidden_issues)


@kernel
def arise(firms, p, tally, seed, month):
    """Let issues of firms lapse, arise and be noticed; return (workers, issues known, all issues)."""
    p, count = p[0], tally[0]
    key = stream(seed, _RAISE, month)
    notice = stream(seed, _NOTICE, month)
    lapse, lapse_hidden = stream(seed, _LAPSE, month), stream(seed, _LAPSE_HIDDEN, month)
    workers = 0
    known = 0
    total = 0
    for i in range(firms.size):
        firm = firms[i]
        give_up(firm, p, lapse, lapse_hidden)
        new = poisson(key, firm.uid, p.firm_issues)
        count.issues_new += new
        waiting = firm.hidden_issues + new
        found = round_keyed(notice, firm.uid, p.noticed * waiting)
        firm.hidden_issues = waiting - found
        firm.open_issues += found
        workers += firm.workers
        known += firm.open_issues
        total += firm.open_issues + firm.hidden_issues
    return workers, known, total


@inlined
def workers_raise(government, workers, noticed, p, count, key):
    """Let issues of workers lapse, arise and be noticed."""
    government.worker_issues -= math.floor(p.lapse * government.worker_issues)
    government.worker_hidden -= math.floor(p.lapse * government.worker_hidden)
    new = poisson(key, 0, p.worker_issues * workers / 100)
    count.worker_issues_new += new
    waiting = government.worker_hidden + new
    found = round_keyed(key, 1, noticed * waiting)
    government.worker_hidden = waiting - found
    government.worker_issues += found


@inlined
def workers_notice(norm, p):
    """Return the share of workers' issues that is noticed: less of migrants'."""
    return p.noticed_workers * (1 - p.migrant_gap * norm.migrant_share)


@kernel
def solve(firms, governments, norms, workers, known, total, p, tally, seed, month):
    """Solve what staff can, of firms and workers alike; move satisfaction and belonging."""
    p, norm, count = p[0], norms[0], tally[0]
    government = governments[0]
    workers_raise(
        government, workers, workers_notice(norm, p), p, count, stream(seed, _WORKERS, month)
    )
    capacity = government.issue_staff * p.cases_staff
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
    gained = min(1.0, p.worker_gain * solved / max(workers, 1))
    government.worker_belonging = mood + wear * (norm.worker_rest - mood) + gained * (1 - mood)
    left = int(capacity - solved)
    luck = np.empty(firms.size)
    key = stream(seed, _SOLVE, month)
    for i in range(firms.size):
        luck[i] = uniform(key, firms[i].uid)
    order = np.argsort(luck)
    for k in range(firms.size):
        firm = firms[order[k]]
        done = min(firm.open_issues, left)
        firm.open_issues -= done
        left -= done
        count.issues_solved += done
        if firm.fate != HERE:
            continue
        backlog = firm.open_issues + firm.hidden_issues
        goal = 1 / (1 + math.exp(p.slope * (backlog - norm.backlog_per_firm)))
        firm.satisfaction += p.adjust * (goal - firm.satisfaction)
        mood = firm.belonging
        gained = 1 - (1 - p.solved_gain) ** done
        firm.belonging = mood + wear * (norm.firm_rest - mood) + gained * (1 - mood)


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
            workers_notice(norm[0], p),
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


def step(world: World) -> None:
    """Raise, notice and solve this month's issues."""
    p, firms, seed, month = world.params["governance"], world.firms.rows, world.seed, world.month
    workers, known, total = arise(firms, p, world.tally, seed, month)
    solve(
        firms, world.governments.rows, world.norms, workers, known, total, p, world.tally, seed,
        month,
    )  # fmt: skip
