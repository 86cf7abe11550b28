"""Channels of the levers of money, encounters, operator and layout (see `channels`)."""

from __future__ import annotations

from sim.processes import (
    accounts,
    development,
    encounters,
    finance,
    governance,
    hiring,
    housing,
    incubation,
    location,
    market,
    operator,
    sales,
    services,
)
from sim.state.world import World
from tests.engine.channels import (
    ASK,
    AWARD,
    DOWN,
    MANY,
    ORIGIN,
    Case,
    _leads,
    _logits,
    on_market,
    paid,
    tallied,
    total,
)


def _ties(world: World) -> float:
    return float(len(world.ties))


def _focal_moves(world: World) -> float:
    """Return how far demand of the focal sector moved this month, either way."""
    return abs(float(world.market["demand_change"][0, int(world.norms["focal"][0])]))


def _focal_demand(world: World) -> float:
    return float(world.market["demand"][0, int(world.norms["focal"][0])])


def _arrivals_on_own_floor(world: World) -> float:
    """Return how many arrivals of the month the operator houses."""
    firms = world.firms.rows
    new = (firms["arrived"] == world.month) & (firms["born"] < world.month)
    return float(firms["landlord"][new].sum())


def _own_arrivals_off_track(world: World) -> float:
    """Return how many arrivals of other sectors the operator houses."""
    firms = world.firms.rows
    new = (firms["arrived"] == world.month) & (firms["landlord"] == 1)
    return float((new & (firms["sector"] != world.norms["focal"][0])).sum())


def _commute(world: World) -> float:
    return float(world.norms["layout_commute"][0])


def _capacity(world: World) -> float:
    """Return the effort of desks and menu, once the operator has closed its books."""
    return float(world.market["service_effort"][0])


FUNDS = ("operator_funds.funds={dose}",)
PARKS = ("brand_programme.export_parks={dose}",)
HOSTS = ("event_series.per_year=52", "event_series.host_firms={dose}")
TASKS = ("virtual_platform.platforms={dose}", "virtual_platform.task_market=1")
CLARITY = "regulatory_clarity."

MONEY = (
    Case("tax_relief", "tax on revenue given back", ("tax_relief.rate={dose}",), (0, 0.5, 1),
         AWARD, paid("tax_relief"), always=ASK),
    Case("tax_relief", "tax on wages given back", ("tax_relief.payroll_rate={dose}",),
         (0, 0.5, 1), AWARD, paid("tax_relief"), always=ASK),
    Case("tax_relief", "arrivals", ("tax_relief.rate={dose}", "tax_relief.payroll_rate={dose}"),
         (0, 0.5, 1), (location,), tallied("entries_relocated"), place=ORIGIN, months=24,
         always=(*MANY, "location.entry_chance=0.12")),
    Case("regulatory_clarity", "moves of focal demand", (CLARITY + "demand_sd_cut={dose}",),
         (0, 0.25, 0.5), (market,), _focal_moves, DOWN, months=12),
    Case("regulatory_clarity", "demand after a bust", (CLARITY + "tail_risk_cut={dose}",),
         (0, 0.25, 0.5), (market,), _focal_demand, months=12,
         always=("market.bust_month=0", "market.bust_size=1")),
    Case("regulatory_clarity", "levels of maturity", (CLARITY + "data_gain={dose}",),
         (0, 0.25, 0.5), (development,), total("firms", "maturity"), place=ORIGIN, months=12),
    Case("regulatory_clarity", "compliance", (CLARITY + "compliance_cny_year={dose}",),
         (0, 50_000, 100_000), (accounts,), paid("regulatory_clarity", "firm")),
    Case("cash_grant", "stipends of founders", ("cash_grant.cny_month={dose}",
         "cash_grant.recipient=founder"), (0, 5_000, 10_000), AWARD,
         paid("cash_grant", payee="team"), always=ASK, place=ORIGIN),
    Case("cash_grant", "runway of teams", ("cash_grant.cny_month={dose}",
         "cash_grant.recipient=founder"), (0, 5_000, 10_000), AWARD, total("founders", "runway"),
         always=ASK, place=ORIGIN, months=3),
    Case("cash_grant", "wages of workers", ("cash_grant.cny_month={dose}",
         "cash_grant.recipient=worker"), (0, 1_000, 2_000), AWARD,
         paid("cash_grant", payee="households"), always=ASK, place=ORIGIN),
    Case("special_fund", "money for one family", ("special_fund.shares={dose}",),
         ("{support: 0.002, other: 0.998}", "{support: 0.01, other: 0.99}", None), AWARD,
         paid("rent_subsidy"), first_is_off=False, always=(*ASK, "rent_subsidy.discount=1")),
    Case("operator_funds", "money to invest", FUNDS, (0, 5, 20), (finance,),
         total("funds", "dry_powder")),
    Case("operator_funds", "rounds", FUNDS, (0, 10, 40), (finance,), tallied("rounds_closed"),
         place=ORIGIN, months=24),
    Case("operator_funds", "called from government", ("operator_funds.funds=20",
         "operator_funds.government_share={dose}"), (0, 0.1, 0.2), (finance,),
         paid("operator_funds"), place=ORIGIN, months=12, first_is_off=False),
    Case("operator_funds", "called from the operator", ("operator_funds.funds=20",
         "operator_funds.operator_share={dose}"), (0, 0.1, 0.2), (finance,),
         paid("operator_funds", "operator"), place=ORIGIN, months=12, first_is_off=False),
    Case("performance_contract", "bonus", ("performance_contract.bonus_share={dose}",),
         (0, 0.25, 0.5), (accounts, operator), paid("performance_contract"), months=3),
    Case("performance_contract", "effort of services",
         ("performance_contract.bonus_share={dose}",), (0, 0.25, 0.5), (operator, services),
         _capacity),
    Case("brand_programme", "reputation", ("brand_programme.spend_cny_year={dose}",),
         (0, 200_000, 1_000_000), (operator,), total("operators", "reputation")),
    Case("brand_programme", "spending", ("brand_programme.spend_cny_year={dose}",),
         (0, 200_000, 1_000_000), (), paid("brand_programme", "operator")),
    Case("brand_programme", "arrivals", ("brand_programme.spend_cny_year={dose}",),
         (0, 2_000_000, 20_000_000), (operator, location), tallied("entry_candidates"),
         place=ORIGIN, months=24, always=MANY),
    Case("brand_programme", "fees of remote parks", PARKS, (0, 2, 5), (operator,),
         paid("brand_fee", "world", "operator")),
    Case("brand_programme", "effort left at home", PARKS, (0, 2, 5), (operator, services),
         _capacity, DOWN, place=ORIGIN),
    Case("operator_budget", "effort of services that live on their own",
         ("operator_budget.one_pool={dose}",), (0, None, 1), (operator, services), _capacity,
         months=12, always=("operator.staff_wage=50000", "operator.pool_reserve=1"),
         first_is_off=False, strict=False),
    Case("admission_rule", "arrivals the operator houses", ("admission_rule.quality_bar={dose}",),
         (-2, 0.5, 2), (location,), _arrivals_on_own_floor, DOWN, place=ORIGIN, months=12,
         always=MANY, first_is_off=False),
    Case("admission_rule", "arrivals off the track that the operator houses",
         ("admission_rule.focal_share_target={dose}",), (0, 0.5, 1), (location,),
         _own_arrivals_off_track, DOWN, place=ORIGIN, months=12, always=MANY, strict=False),
    Case("zone_layout", "home to work", ("zone_layout.use_mix={dose}",), (0, 0.2, 1), (),
         _commute, DOWN, place=ORIGIN, always=("zone_layout.interleave=0",), first_is_off=False),
    Case("zone_layout", "amenity access", ("zone_layout.use_mix={dose}",), (0, 0.4, 1),
         (housing,), on_market("living_access"), place=ORIGIN, first_is_off=False),
    Case("zone_layout", "ties", ("zone_layout.radius_km={dose}",), (0.5, 1, 3), (encounters,),
         _ties, DOWN, place=ORIGIN, months=3, first_is_off=False),
)  # fmt: skip

ENCOUNTERS = (
    Case("third_places", "ties", ("third_places.cells={dose}", "third_places.draw=1"),
         (0, 20, 200), (encounters,), _ties, place=ORIGIN, months=6),
    Case("third_places", "amenity access", ("third_places.cells={dose}",), (0, 1, 40),
         (encounters, housing), on_market("living_access"), place=ORIGIN),
    Case("third_places", "showrooms near firms", ("third_places.cells={dose}",
         "third_places.kind=showroom"), (0, 2, 20), (encounters,), total("firms", "showroom"),
         place=ORIGIN),
    Case("third_places", "cost", ("third_places.cells={dose}",), (0, 4, 20), (),
         paid("third_places", "operator")),
    Case("event_series", "paid by hosts", HOSTS, (0, 5, 20), (encounters, accounts),
         paid("events", "firm"), place=ORIGIN, months=3, first_is_off=False),
    Case("event_series", "belonging", ("event_series.per_year={dose}",
         "event_series.host_firms=5"), (0, 6, 52), (encounters, governance),
         total("firms", "belonging"),
         place=ORIGIN),
    Case("event_series", "founding by graduates", ("event_series.per_year={dose}",
         "event_series.format=youth"), (0, 6, 52), (), _logits, place=ORIGIN),
    Case("open_campus", "ties", ("open_campus.open_share={dose}",), (0, 0.5, 1), (encounters,),
         _ties, place=ORIGIN, months=12, always=("encounters.campus_draw=1",), strict=False),
    Case("open_campus", "cost to giants", ("open_campus.open_share=1",
         "open_campus.operator_share={dose}"), (0, 0.5, 1), (encounters, accounts),
         paid("open_campus", "firm"), DOWN, place=ORIGIN, first_is_off=False),
    Case("open_campus", "cost to the operator", ("open_campus.open_share=1",
         "open_campus.operator_share={dose}"), (0, 0.5, 1), (encounters, accounts),
         paid("open_campus", "operator"), place=ORIGIN, first_is_off=False),
    Case("chain_alliance", "ties of supply", ("chain_alliance.introductions_year={dose}",),
         (0, 6, 24), (encounters,), total("firms", "supply_ties"), place=ORIGIN, months=3),
    Case("chain_alliance", "cost to members", ("chain_alliance.introductions_year={dose}",),
         (0, 6, 24), (accounts,), paid("chain_alliance", "firm")),
    Case("chain_alliance", "cost to the operator", ("chain_alliance.introductions_year={dose}",),
         (0, 6, 24), (operator,), paid("chain_alliance", "operator")),
    Case("virtual_platform", "ties", ("virtual_platform.platforms={dose}",
         "virtual_platform.contact_rate=0.0005"), (0, 2, 4), (encounters,), _ties, place=ORIGIN,
         months=6),
    Case("virtual_platform", "rounds led", ("virtual_platform.platforms={dose}",
         "virtual_platform.search_gain=1"), (0, 1, 4), (), _leads, place=ORIGIN, months=24),
    Case("virtual_platform", "cofounders found", ("virtual_platform.platforms={dose}",
         "virtual_platform.search_gain=1"), (0, 1, 4), (incubation,), tallied("partner_found"),
         place=ORIGIN, months=4, strict=False),
    Case("virtual_platform", "paid for tasks", TASKS, (0, None, 1),
         (encounters, sales, accounts, hiring), paid("task_market", "firm"), place=ORIGIN,
         months=4, first_is_off=False, strict=False),
    Case("virtual_platform", "cost to government", ("virtual_platform.platforms={dose}",),
         (0, 2, 4), (), paid("virtual_platform")),
)  # fmt: skip
