"""Indicators over time end at the numbers of the table; turns of the ranking are found."""

import numpy as np
import pytest

from experiments import flips, paths
from experiments.facts import FACTS, check
from experiments.verdict import leader
from sim.indicators import INDICATORS
from tests.experiments import fake_engine as fake
from tests.experiments.test_money import compared


@pytest.mark.parametrize("name", fake.INDICATORS)
def test_the_last_month_is_what_the_table_reports(name):
    comparison = compared()
    declared = fake.INDICATORS[name]
    values = {label: paths.paths(comparison, declared, label) for label in ("no-policy", "gift")}
    last = comparison.values["gift"][(name, "end")]
    assert np.allclose(values["gift"][:, -1], last, equal_nan=True)
    row = comparison.row("gift", name)
    gap = paths.gap(values["no-policy"], values["gift"])
    for key, found in (("diff", gap.middle), ("lo", gap.low), ("hi", gap.high)):
        assert row[key] == pytest.approx(found[-1], nan_ok=True)


def test_a_fan_holds_its_band_and_leaves_out_what_is_undefined():
    values = np.column_stack([np.arange(11.0), np.full(11, np.nan)])
    found = paths.fan(values)
    assert (found.low[0], found.middle[0], found.high[0]) == (1, 5, 9)
    assert np.isnan(found.middle[1])


def test_the_month_at_which_the_ranking_turns_is_found():
    # A gift brings ten firms for a year and costs five ever after.
    found = flips.turns(compared(), fake.INDICATORS["firms"])
    assert [(turn.month, turn.who) for turn in found] == [(1, "gift"), (13, "no-policy")]


def test_rankings_put_the_cheapest_first_where_less_is_better():
    found = {r.indicator: r for r in flips.rankings(compared(), fake.INDICATORS)}
    assert found["public_cost_pv"].order == ("no-policy", "gift")
    assert found["public_cost_pv"].certain == "no-policy"
    assert leader(compared(), "public_cost_pv", "end") == "gift"  # the highest, unless asked else


def test_intervals_with_zero_are_told():
    comparison = compared(gift=0.0)
    named = {row["indicator"] for row in flips.undecided(comparison, fake.INDICATORS)}
    assert named == {"firms", "jobs", "public_cost_pv"}


def test_facts_name_indicators_and_are_about_their_place_only():
    assert {fact.indicator for fact in FACTS} <= set(INDICATORS)
    comparison = compared()
    assert check(comparison) == []  # the fake engine has none of these indicators
