"""Sector demand, the funding climate, wages and the outside frontier move (model 6.1, 6.3).

ln D_s' = ln D_s + g_s(t)/12 + sd_s·ε/√12,   ln F' = persistence·ln F + noise
"""

from __future__ import annotations

import math

from sim.declare import Parameters, param
from sim.draw import normal, purpose, stream
from sim.kernel import kernel
from sim.state.catalogue import SECTORS
from sim.state.world import World

READS = ("market", "norms", "rule")
WRITES = ("market",)

PARAMETERS = Parameters(
    "market",
    growth=param(0.08, "1/year", 0.0, 0.3, "assumption", "demand growth", "需求增速"),
    growth_ai=param(0.25, "1/year", 0.0, 0.5, "assumption", "AI demand growth at the start", "人工智能需求初始增速"),
    growth_ai_late=param(0.035, "1/year", 0.0, 0.2, "assumption", "AI demand growth in the long run", "人工智能需求长期增速"),
    growth_ai_months=param(30, "months", 6, 120, "assumption", "time constant of its fall", "增速回落时间常数"),
    demand_sd=param(0.15, "1/√year", 0.0, 0.5, "assumption", "yearly spread of demand", "需求年波动"),
    bust_luck=param(1.5, "sd", 0.5, 3, "assumption", "luck worse than this is a bust of focal demand", "需求萧条的月度门槛"),
    bust_month=param(-1, "month", -1, 1200, "assumption", "first month of a dated bust, -1 = none", "定期萧条起始月"),
    bust_size=param(0, "log", 0, 2, "assumption", "demand lost in it", "定期萧条需求跌幅"),
    bust_length=param(12, "months", 1, 60, "assumption", "months over which it is lost", "定期萧条持续月数"),
    climate_persistence=param(0.95, "1/month", 0.5, 0.99, "assumption", "persistence of the funding climate", "融资环境持续性"),
    climate_sd=param(0.3, "log", 0.2, 0.45, "assumption", "long-run spread of the funding climate", "融资环境长期波动"),
    wage_response=param(0.3, "1/year", 0.0, 1.0, "assumption", "wage response to openings", "工资对空缺的弹性"),
    wage_anchor=param(0.5, "1/year", 0.0, 2.0, "assumption", "pull of the city's wages", "全市工资牵引"),
    frontier_growth=param(0.03, "1/year", 0.0, 0.1, "assumption", "growth of the outside frontier", "外部前沿增速"),
)  # fmt: skip

_DEMAND = purpose("market.demand")
_CLIMATE = purpose("market.climate")
_AI = SECTORS.index("ai")


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
        if s == int(n.focal):
            spread *= 1 - rule.regulation_demand
            # What lies beyond a bad month's luck is a bust.
            luck += rule.regulation_tail * max(-p.bust_luck - luck, 0.0)
        change = growth / 12 + spread * luck / math.sqrt(12.0)
        if s == int(n.focal) and 0 <= p.bust_month <= month < p.bust_month + p.bust_length:
            change -= p.bust_size * (1 - rule.regulation_tail) / p.bust_length
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
    """Move the market by one month."""
    move_market(
        world.market, world.norms, world.rule, world.params["market"], world.seed, world.month
    )
