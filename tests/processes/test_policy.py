"""Policy: the year's budget is released once, counters begin at zero, and eligibility is checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.scenario.filters import FILTER_COLUMNS
from tests.processes.rows import firm, next_month, programme, run, world


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
