"""The operator closes its books and decides how much service it can afford (model 6.17).

Cost: running all owned floor, let or not, service staff, platforms, its share of support, and the
annuity of its debt. Below zero cash it cuts services first; then the government covers the gap, which
is booked as public cost.

A performance contract pays a share of income times scores for nurture, retention and innovation, each
x/(x + par) so that more is always worth more. It calls forth effort, and tempts: an operator carries a
tenant that is out of money where that costs less than the bonus that losing it would, as far as audit
does not see through it (evidence M104).
"""

from __future__ import annotations

import math

from sim.declare import Parameters, param
from sim.kernel import inlined, kernel
from sim.state.awards import OTHER, afford
from sim.state.columns import BRANCH, HERE
from sim.state.ledger import (
    BRAND_FEE,
    BRAND_PROGRAMME,
    CHAIN_ALLIANCE,
    COVER,
    DEBT_SERVICE,
    FIRM,
    FORBEARANCE,
    GOVERNMENT,
    HOUSEHOLDS,
    MANAGEMENT_FEE,
    OPERATOR,
    OWNERS,
    PERFORMANCE_CONTRACT,
    PLATFORMS,
    SERVICE_FEE,
    SERVICE_STAFF,
    SPACE_RUNNING,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("operators", "firms", "market", "norms", "rule", "tally")
WRITES = ("operators", "governments", "firms.cash", "purse", "flows", "tally")

PARAMETERS = Parameters(
    "operator",
    running_cost=param(45, "CNY/m2/month", 35, 60, "PAT11", "running owned floor", "自持空间运营成本"),
    plant_running=param(0.15, "ratio", 0.05, 1, "assumption", "running plants over offices", "厂房相对办公运营成本"),
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
    reputation_brand=param(0.6, "logit", 0, 2, "assumption", "reputation from the brand at best", "品牌对声誉的最大影响"),
    brand_per_firm=param(12_000, "CNY/year per firm", 1_000, 100_000, "assumption", "spending at 63% of it", "品牌投入尺度"),
    brand_full=param(0.5, "0..1", 0.1, 1, "assumption", "reputation at which remote parks pay in full", "足额付费的声誉"),
    away_most=param(0.75, "share", 0, 1, "assumption", "most of the staff sent to remote parks", "外派人员上限"),
    drive=param(1, "ratio", 0, 3, "assumption", "effort called forth by a share of income at stake", "绩效奖金激励强度"),
    par_nurture=param(0.25, "1/year per firm", 0.05, 1, "assumption", "births and graduates that score one half", "育成得分基准"),
    par_loss=param(0.12, "1/year per tenant", 0.03, 0.5, "assumption", "tenants lost that score one half", "流失得分基准"),
    par_innovation=param(0.10, "1/year per firm", 0.02, 0.5, "assumption", "products that score one half", "创新得分基准"),
    carry_months=param(4, "months", 1, 12, "assumption", "months that a payment of arrears carries a tenant", "垫付可维持月数"),
    pool_reserve=param(6, "months", 1, 36, "assumption", "months of cost held before a pool spends more", "资金池储备月数"),
    pool_effort=param(1.25, "ratio", 1, 1.5, "assumption", "most effort that a pool pays for", "资金池最高投入"),
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


@inlined
def carry_tenants(books, rule, p, bridge, tally):
    """Pay the arrears of tenants about to close where their loss would cost more of the bonus.

    One tenant less in N lowers the score of retention by its slope over N for a year, as far as an
    audit does not count those who are carried as lost.
    """
    operator = books.operators[0]
    tenants = 0
    for i in range(books.firms.size):
        tenants += books.firms[i].landlord
    at_stake = rule.contract_bonus * rule.contract_retention * (1 - rule.contract_audit)
    slope = p.par_loss / (p.par_loss + operator.lost) ** 2
    worth = 12 * at_stake * operator.income_mean * slope / max(tenants, 1)
    for i in range(books.firms.size):
        firm = books.firms[i]
        if firm.landlord == 0 or firm.fate != HERE or firm.ambition == BRANCH:
            continue
        if firm.insolvent_months + 1 <= bridge or firm.cash >= 0:  # it lives on another month
            continue
        arrears = -firm.cash
        # Carried for some months only, a tenant has to be paid for again before the year is over.
        if arrears * 12 / p.carry_months < worth and arrears < operator.cash:
            pay(books, OPERATOR, 0, FIRM, i, FORBEARANCE, arrears)
            tally.zombies_kept += 1
    return tenants


@kernel
def settle_contract(books, governments, rule, p, bridge, tally):
    """Follow the contract's measures, carry tenants for it, and pay the month's bonus."""
    rule, p, count = rule[0], p[0], tally[0]
    operator = books.operators[0]
    income = books.flows[:, OPERATOR].sum()
    income -= books.flows[GOVERNMENT, OPERATOR, COVER] + books.flows[OPERATOR, OPERATOR].sum()
    operator.income_mean += (max(income, 0.0) - operator.income_mean) / 12
    firms = max(books.firms.size, 1)
    tenants = 0
    for i in range(books.firms.size):
        tenants += books.firms[i].landlord
    if rule.contract_bonus > 0:
        tenants = carry_tenants(books, rule, p, bridge, count)
    lost = count.tenants_lost + rule.contract_audit * count.zombies_kept
    operator.nurtured += (
        count.born / firms + (count.graduates_incubator / firms) - operator.nurtured / 12
    )
    operator.launched += count.products_launched / firms - operator.launched / 12
    operator.lost += lost / max(tenants, 1) - operator.lost / 12
    score = rule.contract_nurture * operator.nurtured / (operator.nurtured + p.par_nurture)
    score += rule.contract_retention * p.par_loss / (p.par_loss + operator.lost)
    score += rule.contract_innovation * operator.launched / (operator.launched + p.par_innovation)
    bonus = rule.contract_bonus * operator.income_mean * score
    if bonus > 0 and afford(governments[0], bonus, OTHER):
        pay(books, GOVERNMENT, 0, OPERATOR, 0, PERFORMANCE_CONTRACT, bonus)
    stake = rule.contract_nurture + rule.contract_innovation
    operator.drive = 1 + p.drive * rule.contract_bonus * stake


@inlined
def run_brand(books, rule, p, staff, wage):
    """Earn the fees of remote parks, send staff there, hire what is missing; return who is away."""
    operator = books.operators[0]
    if rule.brand_parks <= 0:
        return 0.0
    fees = rule.brand_fees / 12 * min(1.0, operator.reputation / p.brand_full)
    pay(books, WORLD, 0, OPERATOR, 0, BRAND_FEE, fees)
    away = min(rule.brand_staff, p.away_most * staff)
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, BRAND_PROGRAMME, (rule.brand_staff - away) * wage)
    return away / max(staff, 1e-9)


@inlined
def next_effort(operator, rule, p, running, short):
    """Return next month's effort of services: cut where money is short, restored where there is some.

    Held apart (`one_pool` 0), services live on what they earn themselves; in one pool what rent and
    equity leave beyond a reserve pays for more of them; without the rule neither.
    """
    least, most = p.least_effort, 1.0
    if rule.one_pool == 0 and operator.service_margin < 0:
        return max(least, operator.effort * 0.9)
    if rule.one_pool == 1 and operator.cash > p.pool_reserve * running:
        most = p.pool_effort
    if short > 0:
        return max(least, operator.effort * 0.9)
    if operator.effort < most and operator.cash > running:
        return min(most, operator.effort * 1.05)
    return max(most, operator.effort * 0.95) if operator.effort > most else operator.effort


@kernel
def close_books(books, norms, rule, p, introduction_cost, run, reputation_goal):
    """Pay the operator's own costs, cut or restore services, and cover what is missing."""
    p, norm, rule = p[0], norms[0], rule[0]
    operator = books.operators[0]
    scale = (max(books.firms.size, 1) / max(norm.firms, 1.0)) ** p.staff_growth
    staff = operator.service_staff * scale * operator.effort * operator.drive
    wage = p.staff_wage * norm.city_factor
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, SERVICE_STAFF, staff * wage)
    operator.away = run_brand(books, rule, p, staff, wage)
    introductions = 0.5 * introduction_cost * rule.alliance_introductions * books.firms.size
    pay(books, OPERATOR, 0, HOUSEHOLDS, 0, CHAIN_ALLIANCE, introductions)
    floor = operator.owned_m2 - (1 - p.plant_running) * operator.owned_plants
    running = p.running_cost * norm.city_factor * floor
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
    margin = books.flows[FIRM, OPERATOR, SERVICE_FEE] + books.flows[FIRM, OPERATOR, MANAGEMENT_FEE]
    margin -= books.flows[OPERATOR, HOUSEHOLDS, SERVICE_STAFF]
    operator.service_margin += (margin - operator.service_margin) / 12
    short = max(-operator.cash, 0.0)
    if short > 0 and operator.effort <= p.least_effort:
        pay(books, GOVERNMENT, 0, OPERATOR, 0, COVER, short)
        operator.cover += short
    operator.effort = next_effort(operator, rule, p, running, short)
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
    per_firm = float(rule["brand_spend"][0]) / max(float(world.norms["firms"][0]), 1.0)
    known = 1 - math.exp(-per_firm / float(p["brand_per_firm"][0]))
    tilt += float(p["reputation_brand"][0]) * known
    goal = 1 / (1 + math.exp(-tilt))
    settle_contract(
        world.books, world.governments.rows, rule, p,
        float(world.params["exits"]["bridge_months"][0]), world.tally,
    )  # fmt: skip
    introduction = float(world.params["accounts"]["introduction_cost"][0])
    close_books(world.books, world.norms, rule, p, introduction, run, goal)
