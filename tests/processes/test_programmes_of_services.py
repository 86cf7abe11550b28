"""Mentoring, launches, transfer, the service team and the incubator: terms, doses and money."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.ledger import (
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    MARKET,
    MARKET_LAUNCH,
    MENTORING,
    OPERATOR,
    SERVICE_FEE,
    SERVICE_TEAM,
    TECH_TRANSFER,
    WORLD,
)
from tests.processes.rows import (
    MANY,
    NEVER,
    VENTURE,
    close_to_share,
    firm,
    paid,
    programme,
    run,
    running,
    world,
)

OFFER = {"hours": 4.0, "gain": 0.08, "cost": 400.0, "accountable": 1, "public_share": 0.0}
P = {"mentor_worth": 600.0, "price_elasticity": 1.0, "unaccountable": 0.25, "reserve_months": 3.0}


def mentored(columns=None, **terms):
    made = world(
        [firm(**running() | (columns or {})), firm()],
        programmes=[programme("mentoring", **OFFER | terms)],
        operator={"capacity": 0.0, "weight_rent": 0.5},
        params={"services": P | {"mentor_months": 24.0}},
        month=6,
    )
    return run("services", made)


def test_mentoring_gives_its_hours_and_costs_the_operator():
    made = mentored()
    firms = made.firms.rows
    assert firms["mentor_hours"].tolist() == [4, 0]
    assert firms["mentor_gain"].tolist() == [0.08, -1]
    assert firms["mentor_until"].tolist() == [30, -1]
    assert paid(made, OPERATOR, HOUSEHOLDS, MENTORING) == pytest.approx(1_600)
    assert paid(made, FIRM, OPERATOR, MENTORING) == 0


def test_hours_fall_with_the_fee_and_with_an_empty_purse():
    made = mentored({"cash": 1e6}, price=600.0)
    assert made.firms.rows["mentor_hours"][0] == pytest.approx(2)
    assert paid(made, FIRM, OPERATOR, MENTORING) == pytest.approx(1_200)
    poor = mentored({"cash": 1_200.0, "cost": 10.0}, price=600.0)
    assert poor.firms.rows["mentor_hours"][0] == 0


def test_without_accountability_an_hour_brings_less():
    assert mentored(accountable=0).firms.rows["mentor_gain"][0] == pytest.approx(0.02)


def test_mentoring_raises_growth_by_its_own_gain_while_it_counts():
    def grown(**columns):
        made = world(
            [firm(growth_due=0, first_order=-60, revenue=1e5, mentor_hours=1e9, **columns)],
            params={"sales": {"mentor_growth": 0.03, "jump": 0.0}},
        )
        return run("sales", made).firms.rows["growth"][0]

    plain = grown()
    assert grown(mentor_until=5) - plain == pytest.approx(0.03)
    assert grown(mentor_until=5, mentor_gain=0.08) - plain == pytest.approx(0.08)
    assert grown(mentor_until=-1, mentor_gain=0.08) == plain


def test_mentored_firms_gain_quality_with_a_level():
    rows = [firm(maturity=0, staff=4, cash=1e9, mentor_hours=1e9, **c) for c in (
        {}, {"mentor_gain": 0.05, "mentor_until": 9}, {"mentor_gain": 0.05, "mentor_until": -1},
    )]  # fmt: skip
    made = world(rows, params={"development": {"median_0": 1e-3, "mentor_quality": 0.1}})
    run("development", made)
    assert made.firms.rows["maturity"].tolist() == [1, 1, 1]
    assert made.firms.rows["quality"].tolist() == pytest.approx([0, 0.1, 0])


NEW = {"maturity": 4, "first_order": NEVER, "born": -10, "market_lag": 9.0, "revenue": 0.0}
LAUNCH = {"first_order": 0.1, "first_order_quality": 0.0, "buyer_elasticity": 1.0}


def launched(rows, rules, government=None, **p):
    made = world(rows, rules=rules, government=government, params={"sales": LAUNCH | p})
    return run("sales", made)


def test_promotion_brings_orders_to_new_products_and_is_paid_by_the_operator():
    rules = {"launch_lift": 1.0, "launch_months": 12.0}
    made = launched([firm(**NEW), firm(**NEW | {"market_lag": 0.0})] * MANY, rules)
    got = made.firms.rows["first_order"] == 0
    assert close_to_share(got[::2].sum(), MANY, 0.2)
    assert close_to_share(got[1::2].sum(), MANY, 0.1)
    cost = made.params["sales"]["promotion_cost"][0]
    assert paid(made, OPERATOR, MARKET, MARKET_LAUNCH) == pytest.approx(MANY * cost)


def test_promotion_raises_demand_at_launch_and_ends():
    rules = {"launch_lift": 0.5, "launch_months": 12.0}
    p = {"first_order": 1.0, "demand_share": 0.5, "capacity_fading": 0.0, "growth_base": 0.0,
         "growth_young": 0.0, "spread": 1e-12, "jump": 0.0, "spread_young": 0.0}  # fmt: skip
    revenue = [
        launched([firm(**NEW | {"born": born})], rules, **p).firms.rows["revenue"][0]
        for born in (-10, -100)
    ]
    assert revenue[0] / revenue[1] == pytest.approx(1.5**0.5)


def test_public_first_orders_go_to_as_many_as_there_are_and_the_budget_allows():
    for budget, orders in ((1e9, 3), (250_000.0, 2)):
        made = launched(
            [firm(**NEW)] * 8, {"launch_orders": 3.0, "launch_order_cny": 100_000.0},
            {"budget_left": budget}, first_order=0.0,
        )  # fmt: skip
        assert (made.firms.rows["first_order"] == 0).sum() == orders
        assert paid(made, GOVERNMENT, FIRM, MARKET_LAUNCH) == orders * 100_000
        assert made.tally["public_orders"][0] == orders
        assert (made.firms.rows["revenue"] > 0).sum() == orders


def test_rebates_bring_orders_and_are_paid_on_those_that_come():
    rules = {"launch_rebate": 0.5, "launch_order_cny": 10_000.0}
    made = launched([firm(**NEW)] * MANY, rules)
    got = (made.firms.rows["first_order"] == 0).sum()
    assert close_to_share(got, MANY, 0.2)
    assert paid(made, GOVERNMENT, MARKET, MARKET_LAUNCH) == pytest.approx(got * 5_000)


def test_rebates_are_offered_as_far_as_the_budget_reaches():
    rules = {"launch_rebate": 0.5, "launch_order_cny": 10_000.0}
    made = launched([firm(**NEW)] * MANY, rules, {"budget_left": 5_000.0 * MANY / 2})
    got = (made.firms.rows["first_order"] == 0).sum()
    assert close_to_share(got, MANY, 0.15)


def test_services_that_fit_the_stage_count_more_there_only():
    hours = {"service_hours": 1e9}
    base = {"maturity": 0, "staff": 4, "cash": 1e9}
    for stage, factor in (("stage_develop", 2.0), ("stage_sell", 1.0)):
        made = world(
            [firm(**base | hours)] * MANY, market={stage: 1.0},
            params={"development": {"median_0": 10.0, "service_gain": 0.3}},
        )  # fmt: skip
        run("development", made)
        chance = 1 - np.exp(-np.log(2) / 10 * (1 + 0.3 * factor))
        assert close_to_share(made.firms.rows["maturity"].sum(), MANY, chance)
    made = world(
        [firm(**NEW | hours)] * MANY, market={"stage_sell": 1.0},
        params={"sales": LAUNCH | {"service_gain": 0.3}},
    )  # fmt: skip
    run("sales", made)
    assert close_to_share((made.firms.rows["first_order"] == 0).sum(), MANY, 0.13)


def test_stage_fit_holds_for_the_services_on_the_menu():
    for mask, fits in ((15.0, [0.4, 0.4, 0.4]), (2.0, [0, 0, 0.4]), (0.0, [0, 0, 0])):
        made = world(
            [firm()], rules={"menu_stage_fit": 0.4, "menu_mask": mask},
            operator={"capacity": 0.0, "weight_rent": 0.5},
        )  # fmt: skip
        run("services", made)
        names = ("stage_develop", "stage_sell", "stage_finance")
        assert [made.market[name][0] for name in names] == fits


def test_results_go_to_candidates_of_institutions_who_think_them_worth_the_fee():
    def taken(fee, results=1e6):
        made = world(
            institutions=[{"faculty": 400_000.0}],
            norms={"firms": 0.0, "runway_mean": 12.0, "found_intercept": -1.0},
            operator={"reputation": 0.5},
            rules={"transfer_results": results, "transfer_gain": 0.2, "transfer_fee": fee},
            params={"founding": {"outsiders_per_year": 40.0, "fee_dislike": 3.0, "idea": 1.0}},
        )
        run("founding", made)
        teams = made.founders.rows
        return made.tally["results_taken"][0], teams["transfer_fee"]

    everyone, fees = taken(0.03)
    assert everyone > 10
    assert (fees == 0.03).any()
    assert taken(0.1)[0] == 0  # a fee above its worth is not paid
    assert taken(0.03, 1.0)[0] < everyone / 4


def test_the_fee_on_a_result_is_paid_once_out_of_the_first_round():
    rows = [firm(ambition=VENTURE, maturity=0, sought_since=0, transfer_fee=f) for f in (0, 0.03)]
    made = world(
        rows, funds=[{"dry_powder": 1e18}],
        params={"finance": {"meeting": 1e9, "bar_0": 2.0, "noise": 0.2}},
    )  # fmt: skip
    made.firms.rows["quality"] = 99.0
    run("finance", made)
    assert made.firms.rows["rounds"].tolist() == [1, 1]
    value = made.firms.rows["round_value"][1]
    assert paid(made, FIRM, WORLD, TECH_TRANSFER) == pytest.approx(0.03 * value)
    assert made.firms.rows["transfer_fee"].tolist() == [0, 0]


def test_results_tighten_the_link_to_institutions():
    p = {"decay": 0.0, "own_research": 0.0, "link": 0.1}
    gains = []
    for results in (0.0, 1.0, 1e6):
        made = world(
            [firm(knowledge=1.0)] * 10, institutions=[{"frontier": np.e}],
            rules={"transfer_results": results, "transfer_gain": 0.5}, params={"spillovers": p},
        )  # fmt: skip
        run("spillovers", made)
        gains.append(np.log(made.firms.rows["knowledge"][0]) * 12)
    share = 1 - np.exp(-12 / 10)
    assert gains == pytest.approx([0.1, 0.1 * (1 + 0.5 * share), 0.15])


def team(staff=0.0, own=4.0, firms=10, **rules):
    made = world(
        [firm(cash=1e6, tenure=0, supported_by=1, ties=9)] * firms,
        operator={"capacity": 1.0, "weight_rent": 0.5, "service_staff": own, "menu": 3,
                  "price_factor": 1.0},
        norms={"fee_per_head": 100.0},
        rules={"team_staff": staff, "team_wage": 10_000.0} | rules,
        params={"services": {"ask_share": 1.0, "cases_per_staff": 0.5, "partner_reach": 0.5}},
    )  # fmt: skip
    return run("services", made)


def test_staff_added_is_paid_and_widens_every_desk():
    made = team(staff=0.4)
    assert paid(made, OPERATOR, HOUSEHOLDS, SERVICE_TEAM) == pytest.approx(40_000)
    assert (made.firms.rows["served"] > 0).sum() == 3
    assert (team().firms.rows["served"] > 0).sum() == 1


def test_skill_counts_by_the_share_of_those_who_have_it():
    plain, able = team(staff=0.4), team(staff=0.4, team_skill=2.0)
    ratio = able.firms.rows["service_hours"] / plain.firms.rows["service_hours"]
    assert ratio.tolist() == pytest.approx([1.5] * 10)


def test_partners_sell_more_and_keep_their_share():
    made = team(team_partners=0.4)
    sold = paid(made, FIRM, OPERATOR, SERVICE_FEE)
    assert sold == pytest.approx(1.2 * paid(team(), FIRM, OPERATOR, SERVICE_FEE))
    assert paid(made, OPERATOR, HOUSEHOLDS, SERVICE_TEAM) == pytest.approx(0.4 * sold)


PLACES = {"incubator_extra": 3.0, "incubator_months": 30.0, "incubator_bar": 0.0}
OPEN = {"incubation": {"apply_share": 1.0, "setup_months": 0.0, "signal_noise": 0.2}}


def incubated(qualities, **rules):
    made = world(
        teams=[{"quality": q, "born": -9} for q in qualities],
        norms={"incubator_places": 1.0},
        rules=PLACES | {"admission_bar": 50.0} | rules,
        params=OPEN,
    )
    return run("incubation", made)


def test_added_places_have_terms_of_their_own():
    made = incubated([9.0] * 5 + [-9.0] * 2)
    firms = made.firms.rows
    mine = firms["extra_place"] == 1
    assert mine.sum() == 3
    assert (firms["quality"][mine] > 0).all()
    assert (firms["incubated_until"][mine] == 30).all()


def test_the_places_own_come_first():
    made = incubated([9.0] * 5, admission_bar=-50.0)
    firms = made.firms.rows
    assert (firms["extra_place"] == 1).sum() == 3
    assert ((firms["incubated_until"] == 24) & (firms["extra_place"] == 0)).sum() == 1


def test_tenants_of_added_places_leave_when_these_close():
    for places, stays in ((3.0, True), (0.0, False)):
        made = world(
            [firm(born=-12, maturity=1, incubated_until=20, extra_place=1)],
            rules=PLACES | {"incubator_extra": places}, month=12,
        )  # fmt: skip
        run("incubation", made)
        assert bool(made.firms.rows["incubated_until"][0] == 20) is stays


def test_longer_stays_in_added_places_breed_longer_dependence():
    p = {"incubation": {"incubator_months": 24.0, "dependence_months": 36.0}}
    until = []
    for stay in (12, 24, 48):
        made = world(
            [firm(born=60 - stay, maturity=1, incubated_until=60, extra_place=1)],
            rules=PLACES, month=60, params=p,
        )  # fmt: skip
        run("incubation", made)
        until.append(made.firms.rows["dependence_until"][0] - 60)
    assert until == [18, 36, 72]


def test_places_in_view_help_the_search_for_a_cofounder():
    def found(**rules):
        made = world(
            teams=[{"cofounder": 0, "quality": 9.0}] * MANY, rules=rules,
            market={"seekers": 100.0},
            params={"incubation": OPEN["incubation"] | {"match_rate": 0.2, "match_half": 100.0,
                    "solo_rate": 0.0, "incubator_search": 1.0, "setup_months": 3.0}},
        )  # fmt: skip
        return run("incubation", made).founders.rows["cofounder"].sum()

    assert close_to_share(found(), MANY, 0.1)
    assert close_to_share(found(**PLACES), MANY, 0.2)


def test_tenants_of_added_places_are_mentored():
    made = world(
        [firm(incubated_until=9, extra_place=1), firm(incubated_until=9), firm()],
        rules={"incubator_mentor": 0.5}, operator={"capacity": 0.0, "weight_rent": 0.5},
        params={"services": {"incubator_hours": 8.0}},
    )  # fmt: skip
    run("services", made)
    assert made.firms.rows["mentor_hours"].tolist() == [4, 0, 0]
