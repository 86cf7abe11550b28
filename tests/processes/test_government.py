"""Government: works out of the budget, and what added residents cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.declare import Works
from sim.state.ledger import GOVERNMENT, OWNERS, PURPOSES, RESIDENTS, WORLD
from sim.state.rules import Spoken
from tests.processes.rows import paid, run, world

AMENITY = PURPOSES.index("amenities")


def place(residents):
    made = world(params={"government": {"resident_cost": 6_000.0}})
    made.tally["residents"] = residents
    made.notes["residents_start"] = 100
    return run("government", made)


@pytest.mark.parametrize(("residents", "added"), [(0, 0), (100, 0), (160, 60)])
def test_only_added_residents_cost(residents, added):
    made = place(residents)
    assert paid(made, GOVERNMENT, WORLD, RESIDENTS) == pytest.approx(added * 6_000 / 12)


def building(units, public_share=1.0, *, month=0, spent=0.0, built=0.0):
    """Return a world whose year's budget is 12,000 and whose one lever builds at 300 a unit."""
    made = world(government={"budget_left": 12_000 - spent, "spent_year": spent}, month=month)
    works = Works("amenities", "living_leisure", units, 300.0, public_share)
    made.rules = replace(made.rules, spoken=(Spoken({}, works=works),))
    made.built = np.array([built])
    return run("government", made)


def test_works_are_built_whole_with_the_money_that_has_come_due():
    made = building(100)  # a twelfth of the year: 1,000 for three units of 300
    assert made.built.tolist() == [3]
    assert paid(made, GOVERNMENT, WORLD, AMENITY) == 900
    assert made.governments.rows["refused"][0] == 1
    later = building(100, month=5, spent=4_000.0, built=3)  # 6,000 due, 4,000 spent on awards
    assert later.built.tolist() == [3 + 6]


def test_works_end_when_all_units_stand():
    made = building(5, month=11, built=4)
    assert made.built.tolist() == [5]
    assert made.governments.rows["refused"][0] == 0
    assert building(5, month=11, built=5).built.tolist() == [5]


def test_the_operator_borrows_its_part_of_the_works():
    made = building(4, public_share=0.25)
    assert made.built.tolist() == [4]
    assert paid(made, GOVERNMENT, WORLD, AMENITY) == 4 * 75
    assert paid(made, OWNERS, WORLD, AMENITY) == 4 * 225
    assert made.operators.rows["debt"][0] == 4 * 225
