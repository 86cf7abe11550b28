"""Sector demand, the funding climate, wages and the outside frontier move (model 6.1, 6.3).

ln D_s' = ln D_s + g_s(t)/12 + sd_s·ε/√12,   ln F' = persistence·ln F + noise

Dated shocks, none by default: a bust or a boom of a sector; a technology shift that moves demand from
one sector to another, and founders with it. Outside the grid, cities copy the policy on a Bass curve,
off by default: A' = A + (own + copy·A/M)·(M - A)/12, and rivals match subsidies the more have done so.
"""

from __future__ import annotations

import math

from sim.declare import Parameters, param
from sim.draw import normal, purpose, run_of, stream
from sim.kernel import inlined, kernel
from sim.state.catalogue import SECTORS
from sim.state.focus import in_focus
from sim.state.world import World

READS = ("market", "norms", "rule")
WRITES = ("market",)

PARAMETERS = Parameters(
    "market",
    growth=param(0.08, "1/year", 0.0, 0.3, "assumption", "demand growth", "需求增速"),
    growth_ai=param(0.22, "1/year", 0.0, 0.5, "assumption", "AI demand growth at the start", "人工智能需求初始增速"),
    growth_ai_late=param(0.03315, "1/year", 0.0, 0.2, "assumption", "AI demand growth in the long run", "人工智能需求长期增速"),
    growth_ai_months=param(30, "months", 6, 120, "assumption", "time constant of its fall", "增速回落时间常数"),
    demand_sd=param(0.15, "1/√year", 0.0, 0.5, "assumption", "yearly spread of demand", "需求年波动"),
    bust_luck=param(1.5, "sd", 0.5, 3, "assumption", "luck worse than this is a bust of focal demand", "需求萧条的月度门槛"),
    bust_month=param(-1, "month", -1, 1200, "assumption", "first month of a dated bust, -1 = none", "定期萧条起始月"),
    bust_size=param(0, "log", 0, 2, "assumption", "demand lost in it", "定期萧条需求跌幅"),
    bust_length=param(12, "months", 1, 60, "assumption", "months over which it is lost", "定期萧条持续月数"),
    bust_sector=param(-1, "sector", -1, len(SECTORS) - 1, "assumption", "sector hit, -1 = focal", "萧条行业"),
    boom_month=param(-1, "month", -1, 1200, "assumption", "first month of a dated boom, -1 = none", "定期繁荣起始月"),
    boom_size=param(0, "log", 0, 2, "assumption", "demand gained in it", "定期繁荣需求涨幅"),
    boom_length=param(12, "months", 1, 60, "assumption", "months over which it is gained", "定期繁荣持续月数"),
    boom_sector=param(-1, "sector", -1, len(SECTORS) - 1, "assumption", "sector lifted, -1 = focal", "繁荣行业"),
    shift_month=param(-1, "month", -1, 1200, "assumption", "first month of a technology shift, -1 = none", "技术变轨起始月"),
    shift_size=param(0, "log", 0, 2, "assumption", "demand that one sector loses and another gains", "技术变轨需求变化"),
    shift_length=param(36, "months", 1, 120, "assumption", "months that it takes", "技术变轨持续月数"),
    shift_from=param(-1, "sector", -1, len(SECTORS) - 1, "assumption", "sector that falls, -1 = focal", "衰退行业"),
    shift_to=param(SECTORS.index("hardware"), "sector", 0, len(SECTORS) - 1, "assumption", "sector that rises", "兴起行业"),
    shift_founders=param(1, "share", 0, 1, "assumption", "founders who follow the demand that moved", "随需求转轨的创业者"),
    adoption_cities=param(0, "cities", 0, 300, "assumption", "cities that may copy the policy, 0 = off", "可能效仿的城市数"),
    adoption_own=param(0.02, "1/year", 0, 0.1, "assumption", "cities that begin on their own", "自发采纳年率"),
    adoption_copy=param(0.4, "1/year", 0, 1, "assumption", "cities that copy those that have begun", "效仿采纳年率"),
    adoption_match=param(0.5, "share", 0, 1, "assumption", "subsidy matched once all have copied it", "全面效仿后跟进比例"),
    climate_persistence=param(0.95, "1/month", 0.5, 0.99, "assumption", "persistence of the funding climate", "融资环境持续性"),
    climate_sd=param(0.3, "log", 0.2, 0.45, "assumption", "long-run spread of the funding climate", "融资环境长期波动"),
    wage_response=param(0.3, "1/year", 0.0, 1.0, "assumption", "wage response to openings", "工资对空缺的弹性"),
    wage_anchor=param(0.5, "1/year", 0.0, 2.0, "assumption", "pull of the city's wages", "全市工资牵引"),
    frontier_growth=param(0.03, "1/year", 0.0, 0.1, "assumption", "growth of the outside frontier", "外部前沿增速"),
)  # fmt: skip

_DEMAND = purpose("market.demand")
_CLIMATE = purpose("market.climate")
_AI = SECTORS.index("ai")


@inlined
def sector_of(chosen, focal):
    """Return the index of a sector that a parameter names, -1 being the focal one."""
    return int(focal) if chosen < 0 else int(chosen)


@inlined
def under_way(first, length, month):
    """Return whether a shock that begins in month `first` (-1 = never) is moving demand."""
    return 0 <= first <= month < first + length


@inlined
def dated_shock(s, focal, p, tail_cut, month):
    """Return the log change of a sector's demand this month by bust, boom and technology shift."""
    change = 0.0
    if under_way(p.bust_month, p.bust_length, month) and s == sector_of(p.bust_sector, focal):
        cut = tail_cut if s == int(focal) else 0.0
        change -= p.bust_size * (1 - cut) / p.bust_length
    if under_way(p.boom_month, p.boom_length, month) and s == sector_of(p.boom_sector, focal):
        change += p.boom_size / p.boom_length
    if under_way(p.shift_month, p.shift_length, month):
        if s == sector_of(p.shift_from, focal):
            change -= p.shift_size / p.shift_length
        if s == int(p.shift_to):
            change += p.shift_size / p.shift_length
    return change


@kernel
def shift_and_spread(market, norms, p, month):
    """Tell founders how much of a sector's demand has moved, and let cities copy the policy."""
    m, p = market[0], p[0]
    if p.shift_month >= 0 and month >= p.shift_month:
        done = min(1.0, (month - p.shift_month + 1) / p.shift_length)
        m.shift = p.shift_founders * (1 - math.exp(-p.shift_size * done))
        m.shift_from = sector_of(p.shift_from, norms[0].focal)
        m.shift_to = p.shift_to
    if p.adoption_cities > 0:
        share = m.adopters / p.adoption_cities
        m.adopters += (
            (p.adoption_own + p.adoption_copy * share) * (p.adoption_cities - m.adopters) / 12
        )
        m.rival_match = p.adoption_match * m.adopters / p.adoption_cities


@kernel
def move_market(market, norms, rule, p, seed, month):
    """Move demand by sector, climate, wage index and frontier by one month."""
    m, n, p, rule = market[0], norms[0], p[0], rule[0]
    key = stream(seed, _DEMAND, month)
    for s in range(m.demand.size):
        growth = p.growth
        if s == _AI:
            fading = math.exp(-month / p.growth_ai_months)
            growth = p.growth_ai_late + (p.growth_ai - p.growth_ai_late) * fading
        luck = normal(key, s)
        spread = p.demand_sd
        if in_focus(s, n):
            spread *= 1 - rule.regulation_demand
            # What lies beyond a bad month's luck is a bust.
            luck += rule.regulation_tail * max(-p.bust_luck - luck, 0.0)
        change = growth / 12 + spread * luck / math.sqrt(12.0)
        change += dated_shock(s, n.focal, p, rule.regulation_tail, month)
        m.demand_change[s] = change
        m.demand[s] *= math.exp(change)
    shock = p.climate_sd * math.sqrt(1 - p.climate_persistence**2)
    m.climate = math.exp(
        p.climate_persistence * math.log(m.climate)
        + shock * normal(stream(seed, _CLIMATE, month), 0)
    )
    tightness = math.log((m.openings_per_worker + 0.002) / (n.openings_per_worker + 0.002))
    pull = p.wage_response * min(max(tightness, -0.7), 0.7) - p.wage_anchor * math.log(m.wage)
    m.wage *= math.exp(pull / 12)
    m.frontier *= math.exp(p.frontier_growth / 12)


def step(world: World) -> None:
    """Move the market by one month; its luck is that of all sites of a place."""
    move_market(
        world.market, world.norms, world.rule, world.params["market"], run_of(world.seed),
        world.month,
    )  # fmt: skip
    shift_and_spread(world.market, world.norms, world.params["market"], world.month)
