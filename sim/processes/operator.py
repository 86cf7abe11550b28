"""The operator closes its books and decides how much service it can afford (model 6.17).

Cost: running all owned floor, let or not, service staff, platforms, its share of support, and the
annuity of its debt. Below zero cash it cuts services first; then the government covers the gap, which
is booked as public cost.
"""

from __future__ import annotations

import math

from sim.declare import Parameters, param
from sim.kernel import kernel
from sim.state.ledger import (
    COVER,
    DEBT_SERVICE,
    GOVERNMENT,
    HOUSEHOLDS,
    OPERATOR,
    OWNERS,
    PLATFORMS,
    SERVICE_STAFF,
    SPACE_RUNNING,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("operators", "firms", "market", "norms", "rule")
WRITES = ("operators", "purse", "flows", "tally")

PARAMETERS = Parameters(
    "operator",
    running_cost=param(45, "CNY/m2/month", 35, 60, "PAT11", "running owned floor", "自持空间运营成本"),
    staff_wage=param(20_000, "CNY/month", 8_000, 50_000, "assumption", "wage of service staff", "服务人员月薪"),
    staff_growth=param(0.5, "elasticity", 0, 1, "assumption", "service staff with tenants", "服务人员随企业弹性"),
    place_cost=param(2_000, "CNY/month", 0, 10_000, "assumption", "an incubator place", "孵化工位月成本"),
    slot_cost=param(50_000, "CNY/month", 0, 300_000, "assumption", "a platform slot", "平台档期月成本"),
    debt_rate=param(0.023, "1/year real", 0, 0.06, "I09", "interest after inflation", "实际利率"),
    debt_years=param(25, "years", 10, 35, "assumption", "years of the debt", "贷款年限"),
    least_effort=param(0.25, "share", 0, 0.8, "assumption", "services that are never cut", "最低服务投入"),
    reputation_speed=param(0.02, "1/month", 0, 0.1, "assumption", "speed of reputation", "声誉调整速度"),
    reputation_size=param(0.3, "logit per log", 0, 1, "assumption", "reputation from the number of firms", "规模对声誉"),
    reputation_satisfaction=param(2, "logit", 0, 5, "assumption", "reputation from satisfaction", "满意度对声誉"),
    reputation_launch=param(0.05, "logit", 0, 0.3, "assumption", "reputation from products promoted", "新品推广对声誉"),
    reputation_festival=param(0.05, "logit per day", 0, 0.3, "assumption", "reputation from festivals", "节庆对声誉"),
)  # fmt: skip


@kernel
def annuity(debt, rate, years):
    """Return the monthly payment that clears `debt` CNY over `years` at a real yearly `rate`."""
    if debt <= 0:
        return 0.0
    monthly = rate / 12
    if monthly <= 0:
        return debt / (12 * years)
    return debt * monthly / (1 - (1 + monthly) ** (-12 * years))


@kernel
def close_books(books, norms, market, p, run, reputation_goal):
    """Pay the operator's own costs, cut or restore services, and cover what is missing."""
    p, norm = p[0], norms[0]
    operator = books.operators[0]
    scale = (max(books.firms.size, 1) / max(norm.firms, 1.0)) ** p.staff_growth
    staff = operator.service_staff * scale * operator.effort
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_STAFF, staff * p.staff_wage * norm.city_factor)
    running = p.running_cost * norm.city_factor * operator.owned_m2
    pay(books, OPERATOR, 0, WORLD, 0, SPACE_RUNNING, running)
    slots = norm.poc_slots + norm.pilot_slots + norm.scene_slots
    platforms = (norm.incubator_places * p.place_cost + slots * p.slot_cost) * run
    pay(books, OPERATOR, 0, WORLD, 0, PLATFORMS, platforms)
    pay(
        books,
        OPERATOR,
        0,
        OWNERS,
        0,
        DEBT_SERVICE,
        annuity(operator.debt, p.debt_rate, p.debt_years),
    )
    if operator.cash < 0:
        if operator.effort <= p.least_effort:
            gap = -operator.cash
            pay(books, GOVERNMENT, 0, OPERATOR, 0, COVER, gap)
            operator.cover += gap
        operator.effort = max(p.least_effort, operator.effort * 0.9)
    elif operator.effort < 1 and operator.cash > running:
        operator.effort = min(1.0, operator.effort * 1.05)
    operator.reputation += p.reputation_speed * (reputation_goal - operator.reputation)


def step(world: World) -> None:
    """Close the operator's month."""
    p, rule = world.params["operator"], world.rule
    firms = world.firms.rows
    run = float(rule["run_share"][0])
    run = 1.0 if math.isnan(run) else min(2.0, run / 0.5)
    satisfaction = float(firms["satisfaction"].mean()) if firms.size else 0.5
    tilt = float(p["reputation_size"][0]) * math.log(
        (1 + len(firms)) / (1 + float(world.norms["firms"][0]))
    )
    tilt += float(p["reputation_satisfaction"][0]) * (satisfaction - 0.5)
    tilt += float(p["reputation_festival"][0]) * float(rule["event_festival"][0])
    tilt += (
        float(p["reputation_launch"][0]) * float(rule["launch_lift"][0])
        * math.log1p(float(world.tally["promoted"][0]))
    )  # fmt: skip
    goal = 1 / (1 + math.exp(-tilt))
    close_books(world.books, world.norms, world.market, p, run, goal)
