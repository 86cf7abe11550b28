"""Products mature from idea to market (model 6.7).

hazard of the next level = θ_k·(staff/4)^.3·e^(.3·skill)·(1+compute)·(1+platform)·(1+scene)
                           ·(1+services)·(1+kD·knowledge)·effort, θ_k = ln 2 / median months
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import purpose, stream, uniform
from sim.kernel import kernel
from sim.state.awards import runs
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, LAB
from sim.state.world import World

READS = ("firms", "market", "norms", "rule", "programmes", "founders")
WRITES = ("firms.maturity", "firms.market_lag", "tally")

PARAMETERS = Parameters(
    "development",
    median_0=param(9, "months", 3, 24, "assumption", "idea to proof of concept", "想法到概念验证"),
    median_1=param(9, "months", 3, 24, "assumption", "proof of concept to pilot", "概念验证到中试"),
    median_2=param(9, "months", 3, 24, "assumption", "pilot to field validation", "中试到场景验证"),
    median_3=param(6, "months", 2, 18, "assumption", "field validation to market", "场景验证到上市"),
    hardware_factor=param(2, "ratio", 1, 3, "assumption", "hardware and biotech take longer", "硬件与生物倍数"),
    staff_exponent=param(0.3, "exponent", 0, 0.7, "assumption", "gain from staff", "人员弹性"),
    skill=param(0.3, "log per sd", 0, 0.7, "assumption", "gain from skill", "技能弹性"),
    knowledge=param(0.1, "share", 0, 0.3, "assumption", "gain from knowledge", "知识增益"),
    service_gain=param(0.1, "share", -0.05, 0.3, "assumption", "gain from services", "服务增益"),
    compute_gain=param(0.1, "share", 0, 0.3, "assumption", "gain from a compute voucher or desk", "算力增益"),
    platform_gain=param(0.5, "share", 0, 2, "F19", "gain from a platform slot", "平台增益"),
    scene_gain=param(0.5, "share", 0, 2, "assumption", "gain from a scene slot", "场景增益"),
    grant_effort=param(0.0, "share", 0, 0.2, "assumption", "effort from a grant beyond runway", "资助提振"),
    short_effort=param(0.7, "ratio", 0.3, 1, "assumption", "effort below 6 months of runway", "跑道不足时投入"),
    dual_effort=param(0.5, "ratio", 0.2, 1, "assumption", "effort of scholars who keep a post", "双重身份投入"),
    stake_effort=param(0.002, "per 1%", 0, 0.01, "assumption", "effort lost per 1% held by an operator", "运营商持股减损"),
)  # fmt: skip

_NEXT = purpose("development.next")
_SLOT = purpose("development.slot")
_AI = SECTORS.index("ai")


@kernel
def allot_slots(firms, first_level, last_level, slots, key):
    """Give `slots` of a platform to firms between two levels, in keyed order; return who has one."""
    has = np.zeros(firms.size, np.bool_)
    luck = np.full(firms.size, 2.0)
    count = 0
    for i in range(firms.size):
        firm = firms[i]
        if first_level <= firm.maturity <= last_level and firm.ambition != BRANCH:
            luck[i] = uniform(key, firm.uid)
            count += 1
    if count == 0 or slots < 1:
        return has
    last = 1.5
    if count > slots:
        last = np.sort(luck)[int(slots) - 1]
    for i in range(firms.size):
        has[i] = luck[i] <= last
    return has


@kernel
def mature(
    firms, dual_firms, programmes, intensity, market, norms, rule, p, services_scale, tally,
    seed, month,
):  # fmt: skip
    """Let each firm reach the next level of maturity by its hazard."""
    p, norm, rule, m = p[0], norms[0], rule[0], market[0]
    key = stream(seed, _NEXT, month)
    poc = allot_slots(firms, 0, 1, norm.poc_slots, stream(seed, _SLOT, month * 4))
    pilot = allot_slots(firms, 2, 2, norm.pilot_slots, stream(seed, _SLOT, month * 4 + 1))
    scene = allot_slots(firms, 3, 3, norm.scene_slots, stream(seed, _SLOT, month * 4 + 2))
    for i in range(firms.size):
        firm = firms[i]
        if firm.maturity >= 4 or firm.fate != 0 or firm.staff < 1:
            continue
        median = p.median_0
        if firm.maturity == 1:
            median = p.median_1
        elif firm.maturity == 2:
            median = p.median_2
        elif firm.maturity == 3:
            median = p.median_3
        if firm.use == LAB:
            median *= p.hardware_factor
        hazard = math.log(2.0) / median
        hazard *= (firm.staff / 4.0) ** p.staff_exponent * math.exp(p.skill * firm.skill)
        level = min(max(math.log(firm.knowledge / m.frontier), -1.5), 1.5)
        hazard *= 1 + p.knowledge * level
        hazard *= 1 + p.service_gain * (1 - math.exp(-firm.service_hours / services_scale))
        if firm.sector == _AI:
            hazard *= 1 + rule.goods_speed * (firm.maturity <= 2)
            helped = (firm.served >> 2) & 1
            for k in range(programmes.size):
                if programmes[k].kind == 3 and intensity[k] > 0 and runs(firm, k, month):
                    helped = 1
            hazard *= 1 + p.compute_gain * helped
        if poc[i] or pilot[i]:
            hazard *= 1 + p.platform_gain
        if scene[i]:
            hazard *= 1 + p.scene_gain
        if firm.cash < 6 * max(firm.cost - firm.income, 0.0):
            hazard *= p.short_effort
        if dual_firms[i]:
            effort = p.dual_effort if math.isnan(rule.dual_effort) else rule.dual_effort
            # On leave from the post a scholar gives all to the firm.
            hazard *= 1.0 if month - firm.born < rule.dual_leave_months else effort
        hazard *= max(0.0, 1 - p.stake_effort * 100 * firm.share_operator)
        if uniform(key, firm.uid) < 1 - math.exp(-hazard):
            firm.maturity += 1
            if firm.maturity == 4:
                firm.market_lag = month - firm.born + 1
                tally[0].products_launched += 1


@kernel
def dual_of(firms, teams):
    """Return which firms are led by scholars who keep a post, shape (firms,)."""
    result = np.zeros(firms.size, np.bool_)
    for t in range(teams.size):
        if teams[t].dual_identity == 0 or teams[t].venture == 0:
            continue
        for i in range(firms.size):
            if firms[i].uid == teams[t].venture:
                result[i] = True
    return result


def step(world: World) -> None:
    """Let products mature."""
    firms = world.firms.rows
    mature(
        firms, dual_of(firms, world.founders.rows), world.rules.programmes, world.intensity,
        world.market, world.norms, world.rule, world.params["development"],
        float(world.params["services"]["hours_scale"][0]), world.tally, world.seed, world.month,
    )  # fmt: skip
