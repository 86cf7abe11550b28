"""The channels of the levers of space and land, on places with plants; see `channels`."""

from __future__ import annotations

from sim.processes import accounts, governance, land, location
from sim.state.columns import CONVERSION
from sim.state.world import World
from tests.engine.channels import DOWN, MANY, Case, paid, tallied, total

PLANTS, OLD = "zhizao", "park-upgrade"
NEW = "space_programme.new_production_m2=20000"
QUICK = "space_programme.build_months=6"
ANCHOR = ("anchor_project.build_months=6",)
SUPPORT = "land_use_rule.support_share_max=0.4"
STACKED = "industrial_upstairs.far=2.5"
EAGER = ("land.buy_rate=1",)


def _converted(world: World) -> float:
    rows = world.projects.rows
    return float(rows["m2"][rows["kind"] == CONVERSION].sum())


LAND_CASES = (
    Case("space_programme", "plants begun", ("space_programme.new_production_m2={dose}",),
         (0, 20_000, 60_000), (land,), total("projects", "m2"), place=PLANTS),
    Case("space_programme", "debt of the operator", ("space_programme.new_production_m2={dose}",),
         (0, 20_000, 60_000), (land,), total("operators", "debt"), place=PLANTS),
    Case("space_programme", "paid by the government", ("space_programme.new_office_m2={dose}",
         "space_programme.payer=government"), (0, 50, 200), (land,), paid("space_programme"),
         place=PLANTS),
    Case("space_programme", "plants opened", (QUICK, "space_programme.new_production_m2={dose}"),
         (0, 20_000, 60_000), (land,), total("cells", "floor_production"), place=PLANTS, months=8),
    Case("space_programme", "laboratories of a year", ("space_programme.new_lab_m2={dose}",
         "space_programme.every_year=1"), (0, 1_200, 6_000), (land,), total("projects", "m2"),
         place=PLANTS, months=3),
    Case("space_programme", "old stock renewed", ("space_programme.renew_share_year={dose}",),
         (0, 0.1, 0.5), (land,), total("cells", "old"), DOWN, place=OLD, months=12),
    Case("space_programme", "plants converted", ("space_programme.convert_m2={dose}",),
         (0, 2_000, 8_000), (land,), _converted, place=PLANTS),
    Case("land_use_rule", "offices beside plants", ("land_use_rule.production_share_min={dose}",),
         (0, 0.6, 0.7), (land,), total("projects", "m2"), DOWN, place=PLANTS,
         always=("space_programme.new_office_m2=80000",)),
    Case("land_use_rule", "amenities beside plants", ("land_use_rule.support_share_max={dose}",),
         (0.2, 0.22, 0.4), (land,), total("cells", "floor_amenity"), place=PLANTS, months=12,
         first_is_off=False),
    Case("land_use_rule", "other cost saved by pooling", (SUPPORT,
         "land_use_rule.pooling_saving={dose}"), (0, 0.15, 0.3), (land, accounts),
         paid("supplies", "firm"), DOWN, place=PLANTS, months=6, first_is_off=False),
    Case("land_price", "land revenue forgone", ("land_price.price_factor={dose}",),
         (0.5, 0.75, 1), (land,), tallied("land_forgone"), DOWN, place=PLANTS, always=(NEW,),
         first_is_off=False),
    Case("land_price", "months to the opening", ("land_price.approval_months_saved={dose}",),
         (0, 3, 9), (land,), total("projects", "opens"), DOWN, place=PLANTS, always=(NEW,)),
    Case("land_price", "opening of plants with a plan", ("land_price.conditions={dose}",),
         (0, 1, 1), (land,), total("projects", "opens"), DOWN, place=PLANTS, always=(NEW,),
         strict=False),
    Case("split_sale", "units sold", ("split_sale.allowed={dose}",), (0, 1, 1), (land,),
         tallied("units_sold_m2"), place=PLANTS, months=12, always=EAGER, strict=False),
    Case("split_sale", "units sold by their price", ("split_sale.allowed=1",
         "split_sale.price_cny_m2={dose}"), (2_500, 5_000, 10_000), (land,),
         tallied("units_sold_m2"), DOWN, place=PLANTS, months=12, always=EAGER, first_is_off=False),
    Case("split_sale", "units sold by their size", ("split_sale.allowed=1",
         "split_sale.min_unit_m2={dose}"), (500, 5_000, 15_000), (land,), tallied("units_sold_m2"),
         DOWN, place=PLANTS, months=12, always=EAGER, first_is_off=False),
    Case("split_sale", "units sold under a lock", ("split_sale.allowed=1",
         "split_sale.price_cny_m2=3000",
         "split_sale.resale_lock_months={dose}"), (0, 60, 120), (land,), tallied("units_sold_m2"),
         DOWN, place=PLANTS, months=12, always=(*EAGER, "land.lock_discount=0.8"),
         first_is_off=False),
    Case("industrial_upstairs", "land for plants", ("industrial_upstairs.far={dose}",),
         (1.2, 2.5, 3.5), (land,), paid("land", "owners"), DOWN, place=PLANTS, always=(NEW,),
         first_is_off=False),
    Case("industrial_upstairs", "cost of stacked plants", (STACKED,
         "industrial_upstairs.cost_premium_per_floor={dose}"), (0, 0.05, 0.2), (land,),
         total("operators", "debt"), place=PLANTS, always=(NEW,), first_is_off=False),
    Case("rooftop_pv", "other operating cost", ("rooftop_pv.roof_share={dose}",), (0, 0.5, 1),
         (land, accounts), paid("supplies", "firm"), DOWN, place=PLANTS),
    Case("rooftop_pv", "debt of the operator", ("rooftop_pv.roof_share={dose}",), (0, 0.5, 1),
         (land,), total("operators", "debt"), place=PLANTS),
    Case("chain_recruitment", "arrivals", ("chain_recruitment.effort_cny_year={dose}",
         "chain_recruitment.rule=random"), (0, 1_500_000, 20_000_000), (location,),
         tallied("entries_relocated"), place=PLANTS, months=8,
         always=(*MANY, "location.recruit_gain=3")),
    Case("chain_recruitment", "cost to the operator",
         ("chain_recruitment.effort_cny_year={dose}",), (0, 1_000_000, 2_000_000), (),
         paid("chain_recruitment", "operator"), place=PLANTS),
    Case("anchor_project", "jobs", (*ANCHOR, "anchor_project.staff={dose}"), (0, 200, 1_000),
         (land,), total("firms", "staff"), place=PLANTS, months=8),
    Case("anchor_project", "issues of workers", (*ANCHOR, "anchor_project.staff={dose}"),
         (0, 500, 2_000), (land, governance), tallied("worker_issues_new"), place=PLANTS, months=9),
    Case("anchor_project", "orders for firms here", (*ANCHOR, "anchor_project.staff=500",
         "anchor_project.local_purchase_share={dose}"), (0, 0.1, 0.5), (land,),
         total("firms", "revenue"), place=PLANTS, months=7, first_is_off=False),
    Case("anchor_project", "months of building", ("anchor_project.staff=500",
         "anchor_project.task_force={dose}"), (0, 0.5, 1), (land,), total("projects", "opens"), DOWN,
         place=PLANTS, first_is_off=False),
    Case("anchor_project", "staff time of the task force", ("anchor_project.staff=500",
         "anchor_project.task_force={dose}"), (0, 0.5, 1), (land,),
         lambda world: float(world.market["task_force"][0]), place=PLANTS, first_is_off=False),
    Case("anchor_project", "cost to the government", ("anchor_project.staff=500",
         "anchor_project.task_force={dose}"), (0, 0.5, 1), (land,), paid("anchor_project"),
         place=PLANTS, first_is_off=False),
)  # fmt: skip
