"""Products mature from idea to market (model 6.7).

hazard of the next level = θ_k·(staff/4)^.3·e^(.3·skill)·(1+compute)·(1+platform)·(1+scene)
                           ·(1+services)·(1+kD·knowledge)·(1+chain)·effort, θ_k = ln 2 / median months
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.declare import Parameters, param
from sim.draw import normal, purpose, stream, uniform, uniform2
from sim.kernel import kernel
from sim.state.awards import runs
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, ENDED, HERE, OFFICE, PROVEN, RELOCATED, SCREENED, UNPROVEN
from sim.state.costs import space_per_head
from sim.state.desks import COMPUTE, EXPERTISE, station_gain
from sim.state.eligibility import FilterColumns
from sim.state.ledger import (
    FIRM,
    OPERATOR,
    PILOT_PLATFORM,
    POC_CENTRE,
    SCENE_OPENING,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.prices import can_pay, share_at
from sim.state.world import World

READS = ("firms", "market", "norms", "rule", "programmes", "founders", "built")
WRITES = (
    "firms.maturity", "firms.market_lag", "firms.proven", "firms.scene_until", "firms.quality",
    "firms.cash", "operators.cash", "purse", "flows", "tally",
)  # fmt: skip

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
    chain_gain=param(0.2, "share", -0.2, 1, "assumption", "gain from a complete chain within 1 km", "链条完整度增益"),
    service_gain=param(0.1, "share", -0.05, 0.3, "assumption", "gain from services", "服务增益"),
    compute_gain=param(0.1, "share", 0, 0.3, "assumption", "gain from a compute voucher or desk", "算力增益"),
    platform_gain=param(0.5, "share", 0, 2, "F19", "gain from a platform slot", "平台增益"),
    scene_gain=param(0.5, "share", 0, 2, "assumption", "gain from a scene slot", "场景增益"),
    grant_effort=param(0.0, "share", 0, 0.2, "assumption", "effort from a grant beyond runway", "资助提振"),
    short_effort=param(0.7, "ratio", 0.3, 1, "assumption", "effort below 6 months of runway", "跑道不足时投入"),
    dual_effort=param(0.5, "ratio", 0.2, 1, "assumption", "effort of scholars who keep a post", "双重身份投入"),
    stake_effort=param(0.002, "per 1%", 0, 0.01, "assumption", "effort lost per 1% held by an operator", "运营商持股减损"),
    expertise_gain=param(0.1, "share", 0, 0.3, "assumption", "gain from an expert found", "专家对接增益"),
    mentor_quality=param(0.05, "sd", 0, 0.2, "assumption", "quality gained with a level by mentoring", "辅导带来的质量提升"),
    slot_elasticity=param(1.0, "elasticity", 0.3, 2, "assumption", "demand for slots", "档期价格弹性"),
    poc_worth=param(100_000, "CNY", 20_000, 500_000, "assumption", "price at which half buy a proof slot", "概念验证半数需求价"),
    pilot_worth=param(200_000, "CNY", 50_000, 2_000_000, "assumption", "price at which half buy a pilot slot", "中试半数需求价"),
    scene_worth=param(50_000, "CNY", 10_000, 200_000, "assumption", "fee at which half ask for a scene", "场景半数需求价"),
    signal_noise=param(0.7, "sd", 0.2, 1.5, "assumption", "noise of the signal of quality", "质量信号噪声"),
    screen_bar=param(-0.5, "sd", -2, 1, "assumption", "signal below which a project is weak", "弱项目门槛"),
    scene_months=param(12, "months", 3, 36, "assumption", "months that a scene vouches for a product", "场景背书月数"),
)  # fmt: skip

_NEXT = purpose("development.next")
_SLOT = purpose("development.slot")
_EXTRA = purpose("development.extra_slot")
_SIGNAL = purpose("development.signal")
_SCREEN = purpose("development.screen")
_AI = SECTORS.index("ai")


@dataclass(frozen=True)
class Platform:
    """A kind of slots: the levels it is for, its purpose in the books, its number, its worth."""

    levels: tuple[int, int]
    purpose: int
    ordinal: int
    worth: str


POC = Platform((0, 1), POC_CENTRE, 0, "poc_worth")
PILOT = Platform((2, 2), PILOT_PLATFORM, 1, "pilot_worth")
SCENE = Platform((3, 3), SCENE_OPENING, 2, "scene_worth")


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
def stock_gains(firms, norms, p, seed, month):
    """Return what the place's own platforms and scenes add to each firm's speed, shape (firms,)."""
    p, norm = p[0], norms[0]
    poc = allot_slots(firms, 0, 1, norm.poc_slots, stream(seed, _SLOT, month * 4))
    pilot = allot_slots(firms, 2, 2, norm.pilot_slots, stream(seed, _SLOT, month * 4 + 1))
    scene = allot_slots(firms, 3, 3, norm.scene_slots, stream(seed, _SLOT, month * 4 + 2))
    platform = np.zeros(firms.size)
    field = np.zeros(firms.size)
    for i in range(firms.size):
        if poc[i] or pilot[i]:
            platform[i] = p.platform_gain
        if scene[i]:
            field[i] = p.scene_gain
    return platform, field


@kernel
def sell_slots(
    books, allowed, held, levels, slots, price, worth, by_quality, payee, purpose_, p, fees, seed,
    month, ordinal,
):  # fmt: skip
    """Let firms between two levels that hold no slot yet buy one of `slots`; return who does.

    Demand falls with the price, and only those buy who can spare it. They come in keyed order, or by
    a noisy signal of quality.
    """
    p = p[0]
    firms = books.firms
    has = np.zeros(firms.size, np.bool_)
    key = stream(seed, _EXTRA, month * 4 + ordinal)
    share = share_at(price, worth, p.slot_elasticity)
    rows, rank = np.empty(firms.size, np.int64), np.empty(firms.size)
    count = 0
    for i in range(firms.size):
        firm = firms[i]
        if held[i] > 0 or not allowed[i] or firm.fate != HERE or firm.ambition == BRANCH:
            continue
        if not levels[0] <= firm.maturity <= levels[1] or firm.proven == ENDED:
            continue
        if uniform2(key, firm.uid, 1) >= share or not can_pay(firm, price, fees[0].reserve_months):
            continue
        rows[count] = i
        rank[count] = uniform2(key, firm.uid, 0)
        if by_quality:
            noise = p.signal_noise * normal(stream(seed, _SIGNAL, 0), firm.uid)
            rank[count] = -firm.quality - noise
        count += 1
    order = np.argsort(rank[:count])
    for at in range(min(count, int(slots))):
        i = rows[order[at]]
        has[i] = True
        pay(books, FIRM, i, payee, 0, purpose_, price)
    return has


@kernel
def screen(firms, slot, share, p, tally, seed):
    """End a share of the weak projects that come to the proof-of-concept centre, each looked at once."""
    p = p[0]
    noise_key, end_key = stream(seed, _SIGNAL, 1), stream(seed, _SCREEN, 0)
    for i in range(firms.size):
        firm = firms[i]
        if not slot[i] or firm.proven != UNPROVEN:
            continue
        signal = firm.quality + p.signal_noise * normal(noise_key, firm.uid)
        weak = signal < p.screen_bar and uniform(end_key, firm.uid) < share
        firm.proven = ENDED if weak else SCREENED
        slot[i] = not weak
        tally[0].projects_screened += weak


@kernel
def shared_gains(firms, platform, rule, acc, p):
    """Add what the shared lab and shared manufacturing give to the speed of those who use them."""
    rule, p, acc = rule[0], p[0], acc[0]
    for i in range(firms.size):
        firm = firms[i]
        if firm.lab_member and 1 <= firm.maturity <= 2:
            platform[i] += rule.lab_speed
        if firm.shared_m2 > 0 and 1 <= firm.maturity <= 2:
            need = rule.plant_cut * firm.staff * space_per_head(firm.use, acc)
            platform[i] += p.platform_gain * min(1.0, firm.shared_m2 / max(need, 1.0))


@kernel
def mature(
    firms, dual_firms, platform, scene, proof, programmes, intensity, market, norms, rule, p,
    services_scale, tally, seed, month,
):  # fmt: skip
    """Let each firm reach the next level of maturity by its hazard.

    `platform` and `scene` are gains of shape (firms,), `proof` tells who is at the centre.
    """
    p, rule, m, norm = p[0], rule[0], market[0], norms[0]
    key = stream(seed, _NEXT, month)
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
        if firm.use != OFFICE:
            median *= p.hardware_factor
        hazard = math.log(2.0) / median
        heads = firm.staff + max(firm.task_heads, 0.0)
        hazard *= (heads / 4.0) ** p.staff_exponent * math.exp(p.skill * firm.skill)
        level = min(max(math.log(firm.knowledge / m.frontier), -1.5), 1.5)
        hazard *= 1 + p.knowledge * level
        if firm.layer >= 0:
            hazard *= max(0.0, 1 + p.chain_gain * (firm.chain - norm.chain_mean))
        dose = 1 - math.exp(-firm.service_hours / services_scale)
        hazard *= 1 + p.service_gain * (1 + m.stage_develop) * dose
        if firm.sector == _AI:
            hazard *= 1 + rule.goods_speed * (firm.maturity <= 2)
            hazard *= 1 + rule.regulation_data
            helped = float((firm.served >> COMPUTE) & 1)
            for k in range(programmes.size):
                if programmes[k].kind == 3 and intensity[k] > 0 and runs(firm, k, month):
                    helped = 1.0
            hazard *= 1 + p.compute_gain * max(helped, station_gain(firm, COMPUTE, rule))
        hazard *= 1 + p.expertise_gain * station_gain(firm, EXPERTISE, rule)
        hazard *= 1 + platform[i]
        hazard *= 1 + scene[i]
        if firm.cash < 6 * max(firm.cost - firm.income, 0.0):
            hazard *= p.short_effort
        if dual_firms[i]:
            effort = p.dual_effort if math.isnan(rule.dual_effort) else rule.dual_effort
            # On leave from the post a scholar gives all to the firm.
            hazard *= 1.0 if month - firm.born < rule.dual_leave_months else effort
        hazard *= max(0.0, 1 - p.stake_effort * 100 * firm.share_operator)
        if uniform(key, firm.uid) < 1 - math.exp(-hazard):
            firm.maturity += 1
            if proof[i]:
                firm.proven = PROVEN
            if firm.mentor_gain > 0 and month <= firm.mentor_until:
                mentored = 1 - math.exp(-firm.mentor_hours / services_scale)
                firm.quality += p.mentor_quality * mentored
            if firm.maturity == 4:
                firm.market_lag = month - firm.born + 1
                tally[0].products_launched += 1
                tally[0].ideas_launched += firm.born >= 0 and firm.origin != RELOCATED


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


def _buy(
    world: World, allowed: np.ndarray, held: np.ndarray, slots: float, price: float, at: Platform,
    by_quality: bool = False, payee: int = OPERATOR,
) -> np.ndarray:  # fmt: skip
    p = world.params["development"]
    return sell_slots(
        world.books, allowed, held, at.levels, slots, price, float(p[at.worth][0]), by_quality,
        payee, at.purpose, p, world.params["services"], world.seed, world.month, at.ordinal,
    )  # fmt: skip


def _pilot(world: World, platform: np.ndarray) -> None:
    """Sell the slots of each pilot base to the firms that it is for, and run it."""
    firms, month = world.firms.rows, world.month
    for k, one in enumerate(world.rules.spoken):
        slots = world.built[k]
        if one.works is None or one.works.column != "pilot_extra" or slots < 1:
            continue
        gain, price, own, running = (
            float(np.asarray(one.said[name])[month])
            for name in ("pilot_gain", "pilot_price", "pilot_own", "pilot_running")
        )
        allowed = np.ones(firms.size, np.bool_)
        if one.eligible is not None:
            allowed &= one.eligible.evaluate(FilterColumns(firms, month))
        payee = OPERATOR if own else WORLD
        platform += gain * _buy(world, allowed, platform, slots, price, PILOT, payee=payee)
        if own:
            pay(world.books, OPERATOR, 0, WORLD, 0, PILOT_PLATFORM, slots * running)


def step(world: World) -> None:
    """Give out slots and let products mature."""
    firms, rule, seed, month = world.firms.rows, world.rule, world.seed, world.month
    p = world.params["development"]
    platform, scene = stock_gains(firms, world.norms, p, seed, month)
    proof, everyone = np.zeros(firms.size, np.bool_), np.ones(firms.size, np.bool_)
    if rule["poc_extra"][0] >= 1:
        slots, price = float(rule["poc_extra"][0]), float(rule["poc_price"][0])
        proof = _buy(world, everyone, platform, slots, price, POC)
        screen(firms, proof, float(rule["poc_screen"][0]), p, world.tally, seed)
        platform += rule["poc_gain"][0] * proof
    if rule["pilot_extra"][0] >= 1:
        _pilot(world, platform)
    if rule["lab_m2"][0] > 0 or rule["plant_m2"][0] > 0:
        shared_gains(firms, platform, rule, world.params["accounts"], p)
    if rule["scene_extra"][0] >= 1:
        slots, fee = float(rule["scene_extra"][0]), float(rule["scene_fee"][0])
        by_quality = bool(rule["scene_quality"][0])
        opened = _buy(world, everyone, scene, slots, fee, SCENE, by_quality)
        scene += rule["scene_gain"][0] * opened
        firms["scene_until"][opened] = month + int(p["scene_months"][0])
    mature(
        firms, dual_of(firms, world.founders.rows), platform, scene, proof, world.rules.programmes,
        world.intensity, world.market, world.norms, rule, p,
        float(world.params["services"]["hours_scale"][0]), world.tally, seed, month,
    )  # fmt: skip
