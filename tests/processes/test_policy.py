"""Policy: the year's budget is released once, counters begin at zero, and eligibility is checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.declare import Works
from sim.scenario.filters import FILTER_COLUMNS
from sim.scenario.triggers import parse_trigger
from sim.state.ledger import EVENTS, GOVERNMENT, OPERATOR, PUBLIC_GOODS, WORLD
from tests.processes.rows import firm, next_month, paid, programme, run, use, world


class Below:
    """A filter: one column below a bound."""

    def __init__(self, column, bound):
        self.column, self.bound = column, bound

    def evaluate(self, columns):
        return columns[self.column] < self.bound


def test_a_year_has_one_budget():
    made = world(norms={"budget_cny_year": 5e6}, government={"budget_left": 3.0, "spent_year": 9.0})
    left = []
    for _ in range(14):
        run("policy", made)
        left.append(made.governments.rows["budget_left"][0])
        made.governments.rows["budget_left"] -= 1e5
        made.governments.rows["spent_year"] += 1e5
        next_month(made)
    expected = [5e6 - 1e5 * (m % 12) for m in range(14)]
    assert left == pytest.approx(expected)
    assert made.governments.rows["spent_year"][0] == pytest.approx(2e5)


def test_a_lever_replaces_the_budget_of_the_place():
    made = world(norms={"budget_cny_year": 5e6}, rules={"budget_cny_year": 7e6}, month=24)
    run("policy", made)
    assert made.governments.rows["budget_left"][0] == 7e6


def test_counters_and_flows_of_last_month_are_gone():
    made = world(programmes=[programme("cash_grant")], government={"refused": 4.0})
    made.tally["closures"] = 3
    made.programme_state["spent"] = 5.0
    made.programme_state["asked"] = 6.0
    run("policy", made)
    assert made.tally["closures"][0] == 0
    assert made.programme_state["spent"].sum() == 0
    assert made.programme_state["asked"][0] == 6.0  # a memory of years, not of a month
    assert made.governments.rows["refused"][0] == 0


@pytest.mark.parametrize(("month", "open_"), [(2, False), (3, True), (9, True), (10, False)])
def test_a_programme_is_open_from_its_first_to_its_last_month(month, open_):
    made = world(
        [firm()] * 5, teams=[{}], programmes=[programme("cash_grant", start=3, end=9)], month=month
    )
    run("policy", made)
    assert made.eligible_firms.tolist() == [[open_] * 5]
    assert made.eligible_teams.tolist() == [[open_]]


@pytest.mark.parametrize(
    ("column", "bound", "expected"),
    [
        ("staff", 10, [True, True, False, False, False]),
        ("age_months", 24, [True, False, True, False, False]),
        ("rounds", 1, [True, True, False, True, True]),
    ],
)
def test_filters_see_columns_and_what_follows_from_them(column, bound, expected):
    firms = [
        firm(staff=2, born=0),
        firm(staff=9, born=-40),
        firm(staff=10, born=0, rounds=1),
        firm(staff=30, born=-24),
        firm(staff=99, born=-12 * 20),
    ]
    made = world(firms, teams=[{}] * 2, programmes=[programme("cash_grant")])
    made.rules = replace(made.rules, eligible=(Below(column, bound),))
    run("policy", made)
    assert made.eligible_firms[0].tolist() == expected
    # A nascent team has no staff and no round, and its age counts from the month it formed.
    assert made.eligible_teams[0].tolist() == [True, True]


@pytest.mark.parametrize("column", FILTER_COLUMNS)
def test_every_column_that_a_filter_may_name_is_there_for_firms_and_teams(column):
    made = world([firm()] * 5, teams=[{}] * 2, programmes=[programme("cash_grant")])
    made.rules = replace(made.rules, eligible=(Below(column, -1e12),))
    run("policy", made)
    assert not made.eligible_firms.any()
    assert not made.eligible_teams.any()


def test_eligibility_is_looked_up_anew_every_month():
    made = world([firm(staff=9)] * 5, programmes=[programme("cash_grant")])
    made.rules = replace(made.rules, eligible=(Below("staff", 10),))
    run("policy", made)
    assert made.eligible_firms.all()
    made.firms.rows["staff"][2] = 11
    next_month(made)
    run("policy", made)
    np.testing.assert_array_equal(made.eligible_firms[0], [True, True, False, True, True])


GOODS = use("ai_public_goods", goods=2, speed_gain=0.1, cost_cny_year=120_000)


def test_bills_are_paid_when_the_month_opens_and_the_lever_speaks():
    shows = use("event_series", per_year=12, cost_cny_event=500)
    made = run("policy", world(levers=(GOODS, shows), norms={"budget_cny_year": 1e6}))
    assert paid(made, GOVERNMENT, WORLD, PUBLIC_GOODS) == pytest.approx(20_000)
    assert paid(made, OPERATOR, WORLD, EVENTS) == pytest.approx(500)
    assert made.governments.rows["budget_left"][0] == pytest.approx(980_000)
    assert made.rule["goods_speed"][0] == pytest.approx(0.2)


def test_a_lever_whose_bill_is_refused_does_not_speak_and_others_do():
    shows = use("event_series", per_year=12, days=3)
    made = run("policy", world(levers=(GOODS, shows), norms={"budget_cny_year": 19_999}))
    assert paid(made, GOVERNMENT, WORLD, PUBLIC_GOODS) == 0
    assert made.governments.rows["refused"][0] == 1
    assert made.rule["goods_speed"][0] == 0
    assert made.rule["event_person_days"][0] == 300


def test_a_lever_waits_for_its_trigger_and_a_latch_keeps_it():
    waits = replace(GOODS, when=parse_trigger("vacancy > 15% for 2"))
    latched = replace(waits, when=parse_trigger("vacancy > 0.15 for 2 latch"))
    heard = []
    made = world(levers=(waits, latched), norms={"budget_cny_year": 1e9}, month=6)
    made.month = 0
    for vacancy in (0.2, 0.2, 0.1, float("nan"), 0.3, 0.3):
        made.watch.latest = {"vacancy": vacancy}
        run("policy", made)
        heard.append(round(float(made.rule["goods_speed"][0]), 9))
        made.month += 1
    assert heard == [0, 0.4, 0.2, 0.2, 0.2, 0.4]


def test_a_programme_that_waits_opens_and_pays_only_while_its_trigger_holds():
    made = world([firm()] * 5, programmes=[programme("cash_grant")] * 2, month=3)
    made.rules = replace(made.rules, triggers=(parse_trigger("jobs < 10"),), waits=(-1, 0))
    made.watch = type(made.watch)(made.rules.triggers)
    run("policy", made)
    assert made.eligible_firms.any(axis=1).tolist() == [True, False]
    assert made.intensity.tolist() == [1, 0]
    made.watch.latest = {"jobs": 9.0}
    run("policy", made)
    assert made.eligible_firms.any(axis=1).tolist() == [True, True]
    assert made.intensity.tolist() == [1, 1]


def test_what_is_built_shows_in_the_column_of_its_works():
    made = world(levers=(GOODS,), norms={"budget_cny_year": 1e9})
    spoken = replace(made.rules.spoken[0], works=Works("amenities", "living_leisure", 9, 1.0))
    made.rules = replace(made.rules, spoken=(spoken,))
    made.built = np.array([7.0])
    run("policy", made)
    assert made.rule["living_leisure"][0] == 7
    assert made.rules.rows["living_leisure"][0] == 0


def test_the_split_of_the_fund_is_that_of_the_month_in_which_the_year_opens():
    shares = {"support": 0.5, "services": 0.2, "finance": 0.2, "other": 0.1}
    fund = use("special_fund", budget_cny_year=1e6, shares=shares, start=12)
    made = world(levers=(fund,), norms={"budget_cny_year": 5e6}, month=12)
    made.month = 0
    run("policy", made)
    assert made.governments.rows["budget_left"][0] == 5e6
    assert (made.governments.rows["family_cap"][0] > 5e6).all()
    made.month = 12
    run("policy", made)
    assert made.governments.rows["family_cap"][0] == pytest.approx([5e5, 2e5, 2e5, 1e5])
