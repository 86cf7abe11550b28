"""Works are built, and the public accounts close (model 6.18).

What a lever builds waits for the end of the month and for the part of the year's budget that has come
due and is not spent: awards that run go before.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.kernel import kernel
from sim.state.ledger import (
    GOVERNMENT,
    OWNERS,
    PURPOSES,
    RESIDENTS,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("tally", "rule", "norms")
WRITES = ("governments", "operators.debt", "purse", "flows", "built")

PARAMETERS = Parameters(
    "government",
    resident_cost=param(8_000, "CNY/year", 4_000, 15_000, "assumption", "cost of an added resident", "新增居民公共成本"),
    discount=param(0.035, "1/year real", 0.01, 0.08, "assumption", "public discount rate", "公共折现率"),
    operator_discount=param(0.06, "1/year real", 0.04, 0.10, "assumption", "operator's discount rate", "运营商折现率"),
    stake_discount=param(0.20, "1/year", 0.12, 0.30, "assumption", "discount of unrealised stakes", "未实现股权折现率"),
    displacement=param(0.7, "share", 0.4, 0.95, "assumption", "share of a local hire that displaces", "本地挤出系数"),
)  # fmt: skip


@kernel
def build_units(books, governments, purpose, family, wanted, cost_unit, public_share, due):
    """Build whole units as the budget allows and return how many.

    `wanted` units are asked for; `due` is the share of the year that has passed. The operator's part
    is borrowed from the owners of capital.
    """
    government = governments[0]
    public = cost_unit * public_share
    possible = wanted
    if public > 0:
        year = government.budget_left + government.spent_year
        left = min(government.budget_left, year * due - government.spent_year)
        left = min(left, government.family_cap[family] - government.family_spent[family])
        possible = min(wanted, max(0.0, math.floor(left / public)))
    if possible < wanted:
        government.refused += 1
    spent = possible * public
    government.budget_left -= spent
    government.spent_year += spent
    government.family_spent[family] += spent
    pay(books, GOVERNMENT, 0, WORLD, 0, purpose, spent)
    borrowed = possible * (cost_unit - public)
    pay(books, OWNERS, 0, WORLD, 0, purpose, borrowed)
    books.operators[0].debt += borrowed
    return possible


@kernel
def close_month(books, residents_added, p):
    """Pay what added residents cost."""
    if residents_added > 0:
        cost = residents_added * p[0].resident_cost / 12
        pay(books, GOVERNMENT, 0, WORLD, 0, RESIDENTS, cost)


def step(world: World) -> None:
    """Build what was asked for and close the public accounts of the month."""
    due = (world.month % 12 + 1) / 12
    for k, one in enumerate(world.rules.spoken):
        if one.works is None or (one.trigger >= 0 and not world.watch.held[one.trigger]):
            continue
        asked = float(np.broadcast_to(one.works.units, world.months)[world.month])
        wanted = math.floor(asked + 1e-9) - world.built[k]
        if wanted > 0:
            world.built[k] += build_units(
                world.books, world.governments.rows, PURPOSES.index(one.works.purpose),
                one.family, wanted, one.works.cost_unit, one.works.public_share, due,
            )  # fmt: skip
    living_here = float(world.tally["residents"][0])
    close_month(
        world.books,
        float(living_here - world.notes["residents_start"]), world.params["government"],
    )  # fmt: skip
