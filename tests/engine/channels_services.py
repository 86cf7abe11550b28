"""The channels of the levers of services and platforms; see `channels`."""

from __future__ import annotations

from sim.processes import (
    accounts,
    development,
    encounters,
    exits,
    founding,
    government,
    hiring,
    incubation,
    location,
    operator,
    sales,
    services,
    spillovers,
)
from sim.state.world import World
from tests.engine.channels import (
    ASK,
    DOWN,
    ORIGIN,
    Case,
    _leads,
    _logits,
    paid,
    tallied,
    total,
)


def _first_orders(world: World) -> float:
    """Return how many firms got their first order this month."""
    return float((world.firms.rows["first_order"] == world.month).sum())


def _ties(world: World) -> float:
    return float(len(world.ties))


def _institutions(world: World) -> float:
    return float(len(world.institutions))


def _students(world: World) -> float:
    return float(world.institutions.rows["students"].sum())


def _months_left(world: World) -> float:
    """Return the months that tenants of added places may still stay."""
    firms = world.firms.rows
    mine = firms["extra_place"] == 1
    return float((firms["incubated_until"][mine] - world.month).sum())


def _own_floor(world: World) -> float:
    """Return the laboratory floor that firms lease, m²."""
    firms = world.firms.rows
    return float(firms["area"][firms["use"] != 0].sum())


MANY_TEAMS = (
    "founding.rate=4", "founding.outsiders_per_year=300", "founding.local_start=0.15",
    "incubation.apply_share=1",
)  # fmt: skip
SEEKING = ("finance.runway_months=18", "finance.bar_0=-1", "finance.meeting=0.1")
STATION = ("one_stop_station.capacity_month=200", "one_stop_station.search_gain={dose}")
MENTOR = ("mentoring.hours_month=8",)
GROWN = (services, development, sales)
RICH = ("special_fund.budget_cny_year=10000000000",)
PLANT = ("shared_manufacturing.capacity_m2={dose}",)
PILOT = ("pilot_platform.slots_month={dose}", "pilot_platform.capex_cny=1000000")
PLACED = (
    "institution_placement.universities={dose}",
    "institution_placement.capex_cny_each=1000000",
)

SERVICE_CASES = (
    Case("one_stop_station", "cases paid", ("one_stop_station.capacity_month={dose}",),
         (0, 10, 40), (services,), paid("one_stop_station"), place=ORIGIN),
    Case("one_stop_station", "reach beyond the tenants", ("one_stop_station.capacity_month=500",
         "one_stop_station.radius_km={dose}"), (0, 0.4, 20), (services,),
         paid("one_stop_station"), place=ORIGIN, first_is_off=False),
    Case("one_stop_station", "hires", STATION, (0, 1, 2), (services, hiring), tallied("hires"),
         place=ORIGIN, months=3, first_is_off=False),
    Case("one_stop_station", "ties", STATION, (0, 1, 3), (services, encounters), _ties,
         place=ORIGIN, months=4, first_is_off=False),
    Case("one_stop_station", "rounds led", STATION, (0, 1.5, 3), (services,), _leads,
         place=ORIGIN, months=24, first_is_off=False, always=(*SEEKING, "operator_budget.nurture_share=0"),
         strict=False),
    Case("one_stop_station", "cofounders found", STATION, (0, 1, 3), (services, founding,
         incubation), tallied("partner_found"), place=ORIGIN, months=6, first_is_off=False),
    Case("one_stop_station", "offers taken", STATION, (0, 1, 3), (services, incubation),
         tallied("accepted"), place=ORIGIN, months=2, first_is_off=False,
         always=("rent_subsidy.discount=0.5",)),
    Case("one_stop_station", "levels of maturity", STATION, (0, 1.5, 3), (services, development),
         total("firms", "maturity"), place=ORIGIN, months=12, first_is_off=False),
    Case("mentoring", "paid by the operator", ("mentoring.hours_month={dose}",), (0, 4, 8),
         (incubation, services), paid("mentoring", "operator"), always=ASK),
    Case("mentoring", "growth of firms", (*MENTOR, "mentoring.growth_gain={dose}"),
         (0, 0.05, 0.1), (incubation, services, sales), total("firms", "growth"), always=ASK,
         months=12, first_is_off=False),
    Case("mentoring", "quality with a level", ("mentoring.hours_month={dose}",), (0, 4, 20),
         (incubation, services, development), total("firms", "quality"), always=ASK, months=12),
    Case("mentoring", "hours at a fee", (*MENTOR, "mentoring.fee_cny_hour={dose}"),
         (0, 300, 1_500), (incubation, services), total("firms", "mentor_hours"), DOWN,
         always=ASK, first_is_off=False),
    Case("market_launch", "first orders by promotion", ("market_launch.promotion_lift={dose}",),
         (0, 0.5, 1), GROWN, _first_orders, place=ORIGIN, months=18, strict=False),
    Case("market_launch", "promotion paid", ("market_launch.promotion_lift={dose}",), (0, 0.5, 1),
         GROWN, paid("market_launch", "operator"), place=ORIGIN, months=6),
    Case("market_launch", "reputation", ("market_launch.promotion_lift={dose}",), (0, 0.5, 1),
         (*GROWN, operator), total("operators", "reputation"), place=ORIGIN, months=6),
    Case("market_launch", "first orders of the public",
         ("market_launch.first_orders_year={dose}",), (0, 24, 96), GROWN,
         paid("market_launch", payee="firm"), place=ORIGIN, months=6),
    Case("market_launch", "first orders by a rebate", ("market_launch.buyer_rebate={dose}",),
         (0, 0.25, 0.5), GROWN, _first_orders, place=ORIGIN, months=18, strict=False),
    Case("service_menu", "levels by fit to the stage", ("service_menu.stage_fit={dose}",),
         (0, 0.5, 1), (services, development), total("firms", "maturity"), place=ORIGIN,
         months=24, always=("service_menu.base_level=1", "development.service_gain=0.3"),
         first_is_off=False, strict=False),
    Case("service_menu", "rounds led by fit to the stage", ("service_menu.stage_fit={dose}",),
         (0, 0.5, 1), (services,), _leads, place=ORIGIN, months=24,
         always=("service_menu.base_level=1", "finance.service_gain=0.3"), first_is_off=False,
         strict=False),
    Case("tech_transfer", "founding", ("tech_transfer.results_year={dose}",), (0, 20, 100), (),
         _logits, place=ORIGIN),
    Case("tech_transfer", "knowledge", ("tech_transfer.results_year={dose}",), (0, 100, 500),
         (spillovers,), total("firms", "knowledge"), place=ORIGIN, months=3),
    Case("tech_transfer", "results taken at a fee", ("tech_transfer.results_year=500",
         "tech_transfer.fee_share={dose}"), (0, 0.03, 0.1), (founding,), tallied("results_taken"),
         DOWN, place=ORIGIN, months=12, first_is_off=False, strict=False),
    Case("service_team", "paid by the operator", ("service_team.staff_per_100_firms={dose}",),
         (0, 5, 10), (services,), paid("service_team", "operator")),
    Case("service_team", "cases served", ("service_team.staff_per_100_firms={dose}",), (0, 5, 20),
         (services,), tallied("cases_served"), place=ORIGIN),
    Case("service_team", "hours by skill", ("service_team.staff_per_100_firms=10",
         "service_team.skill={dose}"), (0.5, 1, 2), (services,), total("firms", "service_hours"),
         first_is_off=False),
    Case("service_team", "services sold by partners", ("service_team.partner_share={dose}",),
         (0, 0.5, 1), (services,), paid("service_fee", "firm")),
    Case("incubator", "places taken", ("incubator.places={dose}",), (0, 5, 50),
         (founding, incubation), total("firms", "extra_place"), place=ORIGIN, months=6,
         always=MANY_TEAMS),
    Case("incubator", "cost", ("incubator.places={dose}",), (0, 30, 60), (), paid("incubator", None),
         place=ORIGIN),
    Case("incubator", "cofounders found", ("incubator.places={dose}",), (0, None, 500),
         (founding, incubation), tallied("partner_found"), place=ORIGIN, months=6,
         always=MANY_TEAMS, strict=False),
    Case("incubator", "tenants by the bar", ("incubator.places=200", "incubator.quality_bar={dose}"),
         (-2, 0, 2), (founding, incubation), total("firms", "extra_place"), DOWN, place=ORIGIN,
         months=6, always=MANY_TEAMS, first_is_off=False),
    Case("incubator", "hours of mentoring", ("incubator.places=200", "incubator.mentor={dose}"),
         (0, 0.5, 1), (founding, incubation, services), total("firms", "mentor_hours"),
         place=ORIGIN, months=6, always=MANY_TEAMS, first_is_off=False),
    Case("incubator", "length of stay", ("incubator.places=200", "incubator.months_max={dose}"),
         (6, 24, 48), (founding, incubation), _months_left, place=ORIGIN, months=6,
         always=MANY_TEAMS, first_is_off=False),
    Case("poc_centre", "levels of maturity", ("poc_centre.slots_month={dose}",
         "poc_centre.screen=0"), (0, 20, 50), (development,), total("firms", "maturity"),
         place=ORIGIN, months=12),
    Case("poc_centre", "weak projects ended", ("poc_centre.slots_month=20",
         "poc_centre.screen={dose}"), (0, 0.3, 1), (development, exits), tallied("closures"),
         place=ORIGIN, months=3, first_is_off=False),
    Case("poc_centre", "slots at a price", ("poc_centre.slots_month=50",
         "poc_centre.price_cny={dose}"), (0, 300_000, 500_000), (development,),
         total("firms", "proven"), DOWN, place=ORIGIN, months=3, first_is_off=False),
    Case("poc_centre", "cost", ("poc_centre.slots_month={dose}",), (0, 2, 4), (),
         paid("poc_centre", None), place=ORIGIN),
    Case("pilot_platform", "levels of maturity", PILOT, (0, 10, 50), (government, development),
         total("firms", "maturity"), place=ORIGIN, months=12, always=RICH),
    Case("pilot_platform", "debt of the operator", PILOT, (0, 10, 50), (government,),
         total("operators", "debt"), place=ORIGIN, always=RICH, strict=False),
    Case("pilot_platform", "slots at a price", (*(t.format(dose=50) for t in PILOT),
         "pilot_platform.price_cny={dose}"), (0, 200_000, 2_000_000), (government, development),
         total("firms", "maturity"), DOWN, place=ORIGIN, months=12, always=RICH,
         first_is_off=False),
    Case("shared_manufacturing", "fees of makers", PLANT, (0, 100, 400), (services,),
         paid("shared_manufacturing", "firm")),
    Case("shared_manufacturing", "floor of their own", PLANT, (0, 100, 400), (services, location),
         _own_floor, DOWN),
    Case("shared_manufacturing", "other cost", PLANT, (0, 100, 400), (services, accounts),
         paid("supplies", "firm"), DOWN),
    Case("shared_manufacturing", "users at a price", (PLANT[0].format(dose=100_000),
         "shared_manufacturing.price_cny_m2_month={dose}"), (10, 100, 200), (services,),
         total("firms", "shared_m2"), DOWN, first_is_off=False, strict=False, place=ORIGIN),
    Case("shared_lab", "levels of maturity", ("shared_lab.area_m2={dose}", "shared_lab.speed_gain=1"),
         (0, 3_000, 10_000), (services, development), total("firms", "maturity"), place=ORIGIN,
         months=12),
    Case("shared_lab", "quality", ("shared_lab.area_m2={dose}",), (0, 3_000, 10_000), (services,),
         total("firms", "quality"), place=ORIGIN),
    Case("shared_lab", "ties", ("shared_lab.area_m2=10000", "shared_lab.draw={dose}"), (0, 0.5, 1),
         (services, encounters), _ties, place=ORIGIN, months=4, first_is_off=False),
    Case("shared_lab", "members at a price", ("shared_lab.area_m2=50000",
         "shared_lab.price_cny_month={dose}"), (0, 5_000, 20_000), (services,),
         total("firms", "lab_member"), DOWN, place=ORIGIN, first_is_off=False),
    Case("scene_opening", "levels of maturity", ("scene_opening.slots_month={dose}",), (0, 5, 50),
         (development,), total("firms", "maturity"), place=ORIGIN, months=12),
    Case("scene_opening", "first orders", ("scene_opening.slots_month={dose}",
         "scene_opening.speed_gain=0"), (0, 10, 100), (development, sales), _first_orders,
         place=ORIGIN, months=12, strict=False),
    Case("scene_opening", "fees", ("scene_opening.slots_month={dose}",
         "scene_opening.match_fee_cny=5000"), (0, 5, 20), (development,),
         paid("scene_opening", "firm"), place=ORIGIN),
    Case("scene_opening", "cost to government", ("scene_opening.slots_month={dose}",), (0, 5, 10),
         (), paid("scene_opening"), place=ORIGIN),
    Case("institution_placement", "institutions", PLACED, (0, 1, 3), (government, founding),
         _institutions, place=ORIGIN, months=3, always=RICH),
    Case("institution_placement", "students", PLACED, (0, 1, 3), (government, founding), _students,
         place=ORIGIN, months=3, always=RICH),
    Case("institution_placement", "candidates", PLACED, (0, 10, 20), (government, founding),
         tallied("candidates"), place=ORIGIN, months=12, always=RICH),
    Case("institution_placement", "investment", PLACED, (0, 1, 3), (government,),
         paid("institution_placement"), place=ORIGIN, always=RICH),
)  # fmt: skip
