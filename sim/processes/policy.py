"""Levers in force set this month's rules; programme budgets are released (model 4, semantics 2).

The rules were compiled before the first month; what remains is to see which triggers hold, to pay the
bills that are known in advance, to open a new year of budget, and to check who is eligible, which is
done at award and never after. A lever whose bill the budget refuses does not speak this month.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernel import kernel
from sim.state.awards import afford
from sim.state.columns import NO_CAP
from sim.state.eligibility import eligible
from sim.state.ledger import GOVERNMENT, OPERATOR, WORLD, pay
from sim.state.world import World

READS = ("firms", "founders", "rule", "norms", "built")
WRITES = (
    "eligible_firms", "eligible_teams", "governments", "operators.cash", "programme_state", "purse",
    "tally", "flows",
)  # fmt: skip


@kernel
def pay_bills(books, governments, purposes, families, public, operator, silent):
    """Pay each lever's bill in file order; `silent`, shape (levers,), gains those refused."""
    for k in range(purposes.size):
        if silent[k]:
            continue
        if public[k] > 0 and not afford(governments[0], public[k], families[k]):
            silent[k] = True
            continue
        pay(books, GOVERNMENT, 0, WORLD, 0, purposes[k], public[k])
        pay(books, OPERATOR, 0, WORLD, 0, purposes[k], operator[k])


# In the order of `awards.FAMILIES`.
_SHARES = ("share_support", "share_services", "share_finance", "share_other")


def family_caps(rule: np.ndarray, budget: float) -> np.ndarray:
    """Return the most that each family of levers may spend of a year's budget, CNY, shape (4,)."""
    shares = np.array([rule[name][0] for name in _SHARES])
    return np.where(np.isnan(shares), NO_CAP, shares * budget)


def step(world: World) -> None:
    """Open the month: budgets, counters, what each lever says, and who is eligible."""
    world.tally.view(np.float64).fill(0.0)
    world.flows[:] = 0.0
    rules, government = world.rules, world.governments.rows
    holds = world.watch.hold() if rules.triggers else np.zeros(0, np.bool_)
    asleep = {
        k for k, one in enumerate(rules.spoken) if one.trigger >= 0 and not holds[one.trigger]
    }
    if world.month % 12 == 0:
        said = rules.without(frozenset(asleep))[world.month : world.month + 1]
        budget = float(said["budget_cny_year"][0])
        if math.isnan(budget):
            budget = float(world.norms["budget_cny_year"][0])
        government["budget_left"] = budget
        government["spent_year"] = 0.0
        government["family_spent"] = 0.0
        government["family_cap"] = family_caps(said, budget)
    government["refused"] = 0.0
    world.programme_state["spent"] = 0.0
    world.awake = None
    if any(waits >= 0 for waits in rules.waits):
        world.awake = np.array([waits < 0 or holds[waits] for waits in rules.waits], np.float64)
    _speak(world, asleep)
    world.eligible_firms = eligible(world, world.firms.rows)
    world.eligible_teams = eligible(world, world.founders.rows)


def _speak(world: World, asleep: set[int]) -> None:
    """Pay the bills of the month and set its rules."""
    rules, month = world.rules, world.month
    if not rules.spoken:
        world.heard = None
        return
    public, operator = rules.bills[0][:, month], rules.bills[1][:, month]
    if public.any() or operator.any():
        silent = np.zeros(len(rules.spoken), np.bool_)
        silent[list(asleep)] = True
        pay_bills(
            world.books, world.governments.rows, rules.purposes, rules.families,
            np.ascontiguousarray(public), np.ascontiguousarray(operator), silent,
        )  # fmt: skip
        asleep = set(np.flatnonzero(silent).tolist())
    row = rules.without(frozenset(asleep))[month : month + 1]
    if world.built.any():
        row = row.copy()
        for k, one in enumerate(rules.spoken):
            if one.works is not None:
                row[one.works.column] += world.built[k]
    world.heard = row
