"""The channel of every lever: which quantity it moves, through which processes, and which way.

A case freezes everything downstream: the world is built, the dose's rules are set, only the named
processes run, and one quantity is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.build import build
from sim.processes import (
    accounts,
    development,
    encounters,
    finance,
    founding,
    governance,
    government,
    hiring,
    housing,
    incubation,
    location,
    operator,
    policy,
    services,
)
from sim.state import ledger
from sim.state.rules import LeverUse
from sim.state.world import World
from tests.engine.runs import scenario

UP, DOWN = 1, -1
ORIGIN = "beijing-ai-origin"


@dataclass(frozen=True)
class Case:
    """One channel of a lever.

    `set_` are `--set` texts in which {dose} stands for the dose; `always` hold at every dose, also
    where the lever is off. `doses` are three in rising order, None the lever left out; where
    `first_is_off`, the first of them must equal that bit for bit.
    """

    lever: str
    name: str
    set_: tuple[str, ...]
    doses: tuple[float | str | None, float | str | None, float | str | None]
    run: tuple
    read: Callable[[World], float]
    way: int = UP
    place: str = "starter-park"
    months: int = 1
    always: tuple[str, ...] = ()
    first_is_off: bool = True
    strict: bool = True  # whether half must differ from zero and full

    def world(self, dose: float | str | None) -> World:
        """Return the world after the processes; None is the lever left out."""
        said = () if dose is None else tuple(text.format(dose=dose) for text in self.set_)
        world = build(scenario(self.place, "no-policy", *self.always, *said), 11, 24)
        world.notes["total"] = 0.0
        for month in range(self.months):
            world.month = month
            world.put_in_order()
            for process in (policy, *self.run):
                process.step(world)
            world.notes["total"] += self.read(world)
        return world

    def quantity(self, dose: float | str | None) -> float:
        """Return what the dose does, summed over the months that ran."""
        return self.world(dose).notes["total"]


def paid(purpose: str, payer: str | None = "government", payee: str | None = None):
    """Return a reader of what one kind of account paid another for a purpose this month."""
    giver = slice(None) if payer is None else ledger.KINDS.index(payer)
    taker = slice(None) if payee is None else ledger.KINDS.index(payee)
    at = ledger.PURPOSES.index(purpose)
    return lambda world: float(world.flows[giver, taker, at].sum())


def total(table: str, name: str):
    """Return a reader of the sum of a column."""
    return lambda world: float(world.table(table).rows[name].sum())


def tallied(name: str):
    """Return a reader of a count of the month."""
    return lambda world: float(world.tally[name][0])


def on_market(name: str):
    """Return a reader of a quantity of the market."""
    return lambda world: float(world.market[name][0])


def _logits(world: World) -> float:
    """Return the mean logit of founding of the month's candidates."""
    log = np.zeros(4000)
    _, seen = founding.candidates(world, world.founders.make(4000), log)
    return float(log[: min(seen, log.size)].mean())


def _leads(world: World) -> float:
    """Return how many firms find a fund to lead their round."""
    p = world.params["finance"]
    finance.seek(world.firms.rows, p, world.month)
    lead = finance.choose_investors(
        world.firms.rows, world.funds.rows, world.cells.rows, world.rules.programmes, world.market,
        world.norms, world.rule, p, 40.0, world.seed, world.month,
    )  # fmt: skip
    return float((lead >= 0).sum())


def _admitted(world: World) -> float:
    """Return how many firms that opened this month have an incubator place."""
    firms = world.firms.rows
    return float(((firms["born"] == world.month) & (firms["incubated_until"] >= 0)).sum())


def _off_track(world: World) -> float:
    """Return how many firms of other sectors that opened this month have an incubator place."""
    firms = world.firms.rows
    new = (firms["born"] == world.month) & (firms["incubated_until"] >= 0)
    return float((new & (firms["sector"] != world.norms["focal"][0])).sum())


def _dual(world: World) -> float:
    return float(world.founders.rows["dual_identity"].sum())


def _all_dual(world: World) -> float:
    """Mature all firms as if scholars who keep their post led them; return the levels reached."""
    firms = world.firms.rows
    nothing = np.zeros(firms.size)
    development.mature(
        firms, np.ones(firms.size, np.bool_), nothing, nothing, nothing > 0,
        world.rules.programmes, world.intensity, world.market, world.norms, world.rule,
        world.params["development"], 40.0, world.tally, world.seed, world.month,
    )  # fmt: skip
    return float(firms["maturity"].sum())


def _own_rent(world: World) -> float:
    return paid("rent", "firm")(world)


AWARD = (incubation, accounts)
ASK = ("incubation.takeup=1",)
MANY = ("location.entry_rate=300",)
FREE_SPACE = ("space_for_equity.rent_waived_share={dose}", "space_for_equity.public_share=1")
SERVED = ("service_for_equity.service_cny_month={dose}", "service_for_equity.public_share=1")
TAKEN = ("talent_apartments.units={dose}", "talent_apartments.units=4000",
         "talent_apartments.supply=market")  # fmt: skip
GRANT = ("cash_grant.cny_month={dose}", "cash_grant.recipient=firm")

OFFICE_CASES = (
    Case("rent_subsidy", "rent paid by government", ("rent_subsidy.discount={dose}",),
         (0, 0.5, 1), AWARD, paid("rent_subsidy"), always=ASK),
    Case("rent_subsidy", "rent paid by tenants", ("rent_subsidy.discount={dose}",),
         (0, 0.5, 1), AWARD, _own_rent, DOWN, always=ASK),
    Case("rent_subsidy", "rent borne by the operator",
         ("rent_subsidy.discount=0.5", "rent_subsidy.operator_share={dose}"), (0, 0.5, 1), AWARD,
         paid("rent_waived", "operator"), always=ASK, first_is_off=False),
    Case("rent_subsidy", "arrivals", ("rent_subsidy.discount={dose}",), (0, 0.5, 1), (location,),
         tallied("entries_relocated"), place=ORIGIN, months=6, always=MANY),
    Case("free_office", "rent paid for start-ups", ("free_office.m2_per_team={dose}",),
         (0, 12, 24), AWARD, paid("rent_subsidy"), always=(*ASK, "incubation.solo_rate=0.2"),
         place=ORIGIN, months=3),
    Case("free_office", "registration saved", ("free_office.m2_per_team=1",
         "free_office.setup_months_saved={dose}"), (0, 1, 3), (founding, incubation),
         tallied("born"), place=ORIGIN, months=4, always=(*ASK, "incubation.setup_months=3"),
         first_is_off=False),
    Case("settlement_grant", "arrivals", ("settlement_grant.amount_per_year={dose}",),
         (0, 200_000, 1_000_000), (location,), tallied("entries_relocated"), place=ORIGIN,
         months=6, always=MANY),
    Case("settlement_grant", "paid to arrivals", ("settlement_grant.amount_per_year={dose}",),
         (0, 200_000, 400_000), (location, accounts), paid("settlement_grant"), place=ORIGIN,
         months=3, always=MANY),
    Case("settlement_grant", "paid per head", ("settlement_grant.amount_per_head={dose}",),
         (0, 20_000, 100_000), (location, accounts), paid("settlement_grant"), place=ORIGIN,
         months=3, always=MANY),
    Case("compute_voucher", "vouchers paid", ("compute_voucher.rate={dose}",), (0, 0.3, 0.6),
         AWARD, paid("compute_voucher"), always=ASK),
    Case("compute_voucher", "model vouchers paid", ("compute_voucher.model_rate={dose}",),
         (0, 0.3, 0.6), AWARD, paid("compute_voucher"), always=ASK),
    Case("ai_public_goods", "cost to government", ("ai_public_goods.goods={dose}",), (0, 2, 4),
         (government,), paid("public_goods"), place=ORIGIN),
    Case("ai_public_goods", "compute bills", ("ai_public_goods.goods={dose}",), (0, 2, 4),
         (accounts,), paid("compute", "firm"), DOWN),
    Case("ai_public_goods", "levels of maturity", ("ai_public_goods.goods={dose}",), (0, 2, 4),
         (development,), total("firms", "maturity"), place=ORIGIN, months=12),
    Case("cash_grant", "paid to firms", GRANT, (0, 5_000, 10_000), AWARD,
         paid("cash_grant", payee="firm"), always=ASK),
    Case("cash_grant", "paid to teams",
         ("cash_grant.cny_month={dose}", "cash_grant.recipient=team"), (0, 5_000, 10_000), AWARD,
         paid("cash_grant", payee="team"), always=ASK, place=ORIGIN),
    Case("cash_grant", "paid once", ("cash_grant.cny_once={dose}", "cash_grant.recipient=firm"),
         (0, 50_000, 100_000), AWARD, paid("cash_grant"), always=ASK),
    Case("cash_grant", "founding", GRANT, (0, 5_000, 10_000), (), _logits, place=ORIGIN),
    Case("special_fund", "money released", ("special_fund.budget_cny_year={dose}",),
         (0, 1e6, 2e6), (), total("governments", "budget_left"), first_is_off=False),
    Case("special_fund", "support paid", ("special_fund.budget_cny_year={dose}",),
         (0, 4e5, 8e5), AWARD, paid("rent_subsidy"), first_is_off=False,
         always=(*ASK, "rent_subsidy.discount=1")),
    Case("special_fund", "months before the stop",
         ("special_fund.stop_month={dose}",), (0, 3, 6), AWARD, paid("rent_subsidy"), months=6,
         always=(*ASK, "rent_subsidy.discount=1"), first_is_off=False),
    Case("service_menu", "base services paid", ("service_menu.base_level={dose}",), (0, 0.5, 1),
         (services,), paid("base_services")),
    Case("service_menu", "hours of service", ("service_menu.base_level={dose}",), (0, 0.5, 1),
         (services,), total("firms", "service_hours")),
    Case("service_menu", "service vouchers", ("service_menu.voucher_rate={dose}",),
         (0, 0.25, 0.5), (services,), paid("service_voucher")),
    Case("service_menu", "hours bought at a price", ("service_menu.price_factor={dose}",),
         (0.6, 1.2, 2.4), (services,), total("firms", "service_hours"), DOWN, first_is_off=False),
    Case("dual_identity", "scholars who keep a post", ("dual_identity.allowed={dose}",),
         (0, None, 1), (founding,), _dual, place=ORIGIN, months=24,
         always=("founding.rate=4",), first_is_off=False),
    Case("dual_identity", "effort of scholars",
         ("dual_identity.allowed=1", "dual_identity.effort_share={dose}"), (0.2, 0.6, 1), (),
         _all_dual, place=ORIGIN, months=6, first_is_off=False),
    Case("admission_rule", "admitted with a bar", ("admission_rule.quality_bar={dose}",),
         (-2, 0.5, 2), (founding, incubation), _admitted, DOWN, place=ORIGIN, months=3,
         always=("incubation.apply_share=1",), first_is_off=False),
    Case("admission_rule", "outsiders of the track admitted",
         ("admission_rule.focal_share_target={dose}",), (0, 0.5, 1), (founding, incubation),
         _off_track, DOWN, place=ORIGIN, months=3, always=("incubation.apply_share=1",),
         strict=False),
    Case("capital_link", "rounds led", ("capital_link.meet_gain={dose}",), (0, 1.5, 3), (),
         _leads, place=ORIGIN, months=24),
    Case("capital_link", "rounds led up to a round",
         ("capital_link.meet_gain=3", "capital_link.stage_to={dose}"), (0, 1, 5), (), _leads,
         place=ORIGIN, months=24, first_is_off=False),
    Case("living_circle", "amenity access", ("living_circle.coverage_target={dose}",),
         (0, 0.8, 1), (housing,), on_market("living_access")),
    Case("living_circle", "people who leave", ("living_circle.coverage_target={dose}",),
         (0, 0.85, 1), (housing,), tallied("people_left"), DOWN, place=ORIGIN, months=6),
    Case("living_circle", "people who leave schools and leisure", ("living_circle.leisure={dose}",
         "living_circle.school={dose}"), (0, 0.5, 1), (housing,), tallied("people_left"), DOWN,
         place=ORIGIN, months=6),
    Case("living_circle", "cost to government", ("living_circle.coverage_target={dose}",),
         (0, 0.5, 1), (housing,), paid("amenities"), place=ORIGIN),
    Case("living_circle", "points by walking time",
         ("living_circle.coverage_target=1", "living_circle.minutes={dose}"), (5, 10, 30),
         (housing,), on_market("living_points"), DOWN, place=ORIGIN, first_is_off=False),
    Case("living_circle", "ties by points inside buildings",
         ("living_circle.coverage_target=1", "living_circle.minutes=5",
          "living_circle.in_building_share={dose}"), (0, 0.5, 1), (housing, encounters),
         lambda world: float(len(world.ties)), place=ORIGIN, months=6, first_is_off=False),
    Case("talent_apartments", "homes built", ("talent_apartments.units={dose}",), (0, 10, 18),
         (government, housing), on_market("flats_held"), place=ORIGIN, months=3),
    Case("talent_apartments", "cost of building", ("talent_apartments.units={dose}",), (0, 10, 18),
         (government,), paid("talent_apartments"), place=ORIGIN),
    Case("talent_apartments", "talent that leaves", (*TAKEN[1:], "talent_apartments.discount={dose}"),
         (0, 0.3, 0.6), (housing,), tallied("people_left"), DOWN, place=ORIGIN, months=8,
         first_is_off=False),
    Case("talent_apartments", "market rent", (TAKEN[0], TAKEN[2]), (0, 1000, 2000), (housing,),
         on_market("rent_home"), place=ORIGIN),
    Case("talent_apartments", "founding", (TAKEN[0], TAKEN[2]), (0, 1000, 2000), (housing,), _logits,
         place=ORIGIN),
    Case("worker_housing", "beds let", ("worker_housing.units={dose}",), (0, 15, 30),
         (government, housing), on_market("beds_held"), place=ORIGIN, months=3),
    Case("worker_housing", "cost of building", ("worker_housing.units={dose}",), (0, 15, 30),
         (government,), paid("worker_housing"), place=ORIGIN),
    Case("worker_housing", "workers' issues", ("worker_housing.micro_points_year={dose}",),
         (0, 5, 50), (governance,), tallied("worker_issues_new"), DOWN, place=ORIGIN, months=6),
    Case("worker_housing", "workers who stay", ("worker_housing.centre_m2={dose}",),
         (0, 2_000, 20_000), (housing,), total("firms", "workers"), place=ORIGIN, months=12,
         always=("housing.centre_relief=0.4",)),
    Case("worker_housing", "ties by shared places", ("worker_housing.centre_m2=100000",
         "worker_housing.shared_place_share={dose}"), (0, 0.25, 0.5), (encounters,),
         lambda world: float(len(world.ties)), place=ORIGIN, months=3, first_is_off=False),
    Case("worker_housing", "cost to the operator", ("worker_housing.centre_m2={dose}",),
         (0, 2_000, 20_000), (), paid("worker_housing", "operator"), place=ORIGIN),
    Case("returnee_programme", "scientists", ("returnee_programme.places_year={dose}",),
         (0, 60, 200), (hiring,), total("firms", "scientists"), place=ORIGIN),
    Case("returnee_programme", "settling-in money",
         ("returnee_programme.places_year=60", "returnee_programme.settle_cny={dose}"),
         (0, 1e5, 2e5), (hiring,), paid("returnee_programme"), place=ORIGIN, first_is_off=False),
    Case("returnee_programme", "founding",
         ("returnee_programme.places_year=60", "returnee_programme.settle_cny={dose}"),
         (0, 2e5, 4e5), (), _logits, place=ORIGIN, first_is_off=False),
    Case("dual_identity", "leave from the post", ("dual_identity.allowed=1",
         "dual_identity.effort_share=0.2", "dual_identity.leave_months={dose}"), (0, 24, 60), (),
         _all_dual, place=ORIGIN, months=6, first_is_off=False),
    Case("whistle_report", "issues solved", ("whistle_report.parallel={dose}",), (0, 0.5, 1),
         (governance,), tallied("issues_solved"), place=ORIGIN, months=2),
    Case("whistle_report", "satisfaction", ("whistle_report.visits_month={dose}",), (0, 4, 8),
         (governance,), total("firms", "satisfaction"), place=ORIGIN, months=6),
    Case("whistle_report", "cost to government", ("whistle_report.staff={dose}",), (6, 12, 24),
         (governance,), paid("whistle_report"), place=ORIGIN, first_is_off=False),
    Case("resident_committee", "belonging", ("resident_committee.members={dose}",), (0, 12, 50),
         (governance,), total("firms", "belonging"), place=ORIGIN, months=3),
    Case("resident_committee", "ties", ("resident_committee.members={dose}",), (0, 20, 50),
         (governance, encounters), lambda world: float(len(world.ties)), place=ORIGIN, months=6),
    Case("resident_committee", "issues of migrants", ("resident_committee.members=12",
         "resident_committee.migrant_coverage={dose}"), (0, 0.5, 1), (governance,),
         total("governments", "worker_hidden"), DOWN, place=ORIGIN, months=3, first_is_off=False),
    Case("event_series", "ties", ("event_series.per_year={dose}", "event_series.attendees=1000"),
         (0, 26, 52), (encounters,), lambda world: float(len(world.ties)), place=ORIGIN, months=3),
    Case("event_series", "cost to the operator", ("event_series.per_year={dose}",), (0, 26, 52),
         (operator,), paid("events", "operator")),
    Case("event_series", "reputation by festivals", ("event_series.per_year={dose}",
         "event_series.format=festival"), (0, 5, 10), (operator,),
         total("operators", "reputation")),
    Case("service_for_equity", "hours of service", SERVED, (0, 10_000, 20_000),
         (incubation, services), total("firms", "service_hours"), always=ASK),
    Case("service_for_equity", "paid for services", SERVED, (0, 10_000, 20_000),
         (incubation, services), paid("award_services"), always=ASK),
    Case("service_for_equity", "hours of mentoring", (*SERVED[1:],
         "service_for_equity.service_cny_month=10000", "service_for_equity.mentor_share={dose}"),
         (0, 0.5, 1), (incubation, services), total("firms", "mentor_hours"), always=ASK,
         first_is_off=False),
    Case("service_for_equity", "offers taken", ("service_for_equity.service_cny_month=10000",
         "service_for_equity.stake={dose}"), (0, 0.05, 0.1), (incubation,), tallied("accepted"),
         DOWN, always=ASK, first_is_off=False),
    Case("space_for_equity", "rent paid by government", FREE_SPACE, (0, 0.5, 1), AWARD,
         paid("rent_subsidy"), always=ASK),
    Case("space_for_equity", "rent paid by tenants", FREE_SPACE, (0, 0.5, 1), AWARD, _own_rent,
         DOWN, always=ASK),
    Case("space_for_equity", "rent borne by the operator",
         ("space_for_equity.rent_waived_share={dose}",), (0, 0.5, 1), AWARD,
         paid("rent_waived", "operator"), always=ASK),
    Case("operator_budget", "effort of services", ("operator_budget.nurture_share={dose}",),
         (0, 0.25, 0.5), (services,), on_market("service_effort"), first_is_off=False),
    Case("operator_budget", "platforms paid", ("operator_budget.run_share={dose}",), (0, 0.5, 1),
         (operator,), paid("platforms", "operator"), first_is_off=False),
)  # fmt: skip


# The operator's weights on rent, service, equity and mission sum to 1: a dose is a set of them.
LANDLORD, MIXED, PARTNER = (1, 0, 0, 0), (0.5, 0.3, 0.15, 0.05), (0.1, 0.6, 0.2, 0.1)
OWN = (0.35, 0.35, 0.20, 0.10)


def weighted(weights: tuple[float, ...] | None, *processes, place: str = "starter-park") -> World:
    """Return a world after one month of processes under the operator's weights."""
    uses: tuple[LeverUse, ...] = ()
    if weights is not None:
        names = ("rent", "service", "equity", "mission")
        values = dict(zip(names, weights, strict=True))
        uses = (LeverUse("operator_weights", values, 0, 120),)
    world = build(scenario(place).with_levers(uses), 11, 24)
    for process in (policy, *processes):
        process.step(world)
    return world
