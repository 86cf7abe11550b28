"""Taxes and subsidies are booked; public goods and amenities are paid; accounts close (model 6.18)."""

from __future__ import annotations

from sim.declare import Parameters, param
from sim.kernel import kernel
from sim.state.awards import afford
from sim.state.ledger import (
    AMENITIES,
    GOVERNMENT,
    PUBLIC_GOODS,
    RESIDENTS,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.world import World

READS = ("tally", "market", "rule", "norms")
WRITES = ("governments", "purse", "flows", "tally", "market.public_goods")

PARAMETERS = Parameters(
    "government",
    resident_cost=param(8_000, "CNY/year", 4_000, 15_000, "assumption", "cost of an added resident", "新增居民公共成本"),
    discount=param(0.035, "1/year real", 0.01, 0.08, "assumption", "public discount rate", "公共折现率"),
    operator_discount=param(0.06, "1/year real", 0.04, 0.10, "assumption", "operator's discount rate", "运营商折现率"),
    stake_discount=param(0.20, "1/year", 0.12, 0.30, "assumption", "discount of unrealised stakes", "未实现股权折现率"),
    displacement=param(0.7, "share", 0.4, 0.95, "assumption", "share of a local hire that displaces", "本地挤出系数"),
)  # fmt: skip


@kernel
def close_month(books, governments, goods_cost, amenity_cost, residents_added, p):
    """Pay public goods and amenities out of the budget, and what added residents cost."""
    government = governments[0]
    if goods_cost > 0 and afford(government, goods_cost):
        pay(books, GOVERNMENT, 0, WORLD, 0, PUBLIC_GOODS, goods_cost)
    if amenity_cost > 0 and afford(government, amenity_cost):
        pay(books, GOVERNMENT, 0, WORLD, 0, AMENITIES, amenity_cost)
    if residents_added > 0:
        cost = residents_added * p[0].resident_cost / 12
        pay(books, GOVERNMENT, 0, WORLD, 0, RESIDENTS, cost)


def step(world: World) -> None:
    """Close the public accounts of the month."""
    rule, market = world.rule, world.market
    amenity = float(market["living_points"][0]) * float(rule["living_cost_point"][0]) / 12
    living_here = float(world.tally["residents"][0])
    close_month(
        world.books, world.governments.rows, float(rule["goods_cost"][0]), amenity,
        float(living_here - world.notes["residents_start"]), world.params["government"],
    )  # fmt: skip
