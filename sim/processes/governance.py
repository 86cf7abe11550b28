"""Issues arise and are solved; satisfaction follows the backlog (model 6.13).

Issues arise Poisson per firm and per 100 workers; staff solve a number of cases a month, oldest pile
first; satisfaction moves a tenth of the way towards a logistic in the backlog that is .5 at the start.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import poisson, purpose, stream, uniform
from sim.kernel import kernel
from sim.state.columns import HERE
from sim.state.world import World

READS = ("firms", "governments", "norms")
WRITES = ("firms.open_issues", "firms.satisfaction", "governments.worker_issues", "tally")

PARAMETERS = Parameters(
    "governance",
    firm_issues=param(0.1, "1/month", 0.02, 0.5, "assumption", "issues a firm raises", "企业月诉求"),
    worker_issues=param(2, "1/month per 100", 0.5, 6, "assumption", "issues of 100 workers", "百名工人月诉求"),
    cases_staff=param(12, "1/month", 4, 30, "A-DRV-19", "cases a member of staff solves", "人均月办结"),
    lapse=param(0.15, "1/month", 0.0, 0.5, "assumption", "open issues that are given up", "诉求自行撤回月率"),
    adjust=param(0.1, "1/month", 0.02, 0.3, "assumption", "speed of satisfaction", "满意度调整速度"),
    slope=param(3, "per issue", 0.5, 10, "assumption", "fall of satisfaction with backlog", "积压敏感度"),
)  # fmt: skip

_RAISE = purpose("governance.raise")
_LAPSE = purpose("governance.lapse")
_SOLVE = purpose("governance.solve")
_WORKERS = purpose("governance.workers")


@kernel
def govern(firms, governments, norms, p, tally, seed, month):
    """Raise and solve issues; move satisfaction."""
    p, norm, count = p[0], norms[0], tally[0]
    government = governments[0]
    key = stream(seed, _RAISE, month)
    lapse_key = stream(seed, _LAPSE, month)
    workers = 0
    pile = 0
    for i in range(firms.size):
        given_up = poisson(lapse_key, firms[i].uid, p.lapse * firms[i].open_issues)
        firms[i].open_issues -= min(given_up, firms[i].open_issues)
        new = poisson(key, firms[i].uid, p.firm_issues)
        firms[i].open_issues += new
        count.issues_new += new
        workers += firms[i].workers
        pile += firms[i].open_issues
    government.worker_issues -= math.floor(p.lapse * government.worker_issues)
    new = poisson(stream(seed, _WORKERS, month), 0, p.worker_issues * workers / 100)
    government.worker_issues += new
    count.worker_issues_new += new
    capacity = government.issue_staff * p.cases_staff
    total = pile + government.worker_issues
    count.issue_days += 30 * total / max(min(capacity, total), 1.0) if total > 0 else 0.0
    solved_share = min(1.0, capacity / total) if total > 0 else 1.0
    solved = math.floor(government.worker_issues * solved_share)
    government.worker_issues -= solved
    count.issues_solved += solved
    left = int(capacity - solved)
    luck = np.empty(firms.size)
    solve_key = stream(seed, _SOLVE, month)
    for i in range(firms.size):
        luck[i] = uniform(solve_key, firms[i].uid)
    order = np.argsort(luck)
    for k in range(firms.size):
        firm = firms[order[k]]
        done = min(firm.open_issues, left)
        firm.open_issues -= done
        left -= done
        count.issues_solved += done
        goal = 1 / (1 + math.exp(p.slope * (firm.open_issues - norm.backlog_per_firm)))
        if firm.fate == HERE:
            firm.satisfaction += p.adjust * (goal - firm.satisfaction)


def step(world: World) -> None:
    """Raise and solve this month's issues."""
    govern(
        world.firms.rows, world.governments.rows, world.norms, world.params["governance"],
        world.tally, world.seed, world.month,
    )  # fmt: skip
