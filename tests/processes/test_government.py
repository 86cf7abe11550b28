"""Government: public goods and amenities out of the budget, and what added residents cost."""

from __future__ import annotations

import pytest

from sim.state.ledger import AMENITIES, GOVERNMENT, PUBLIC_GOODS, RESIDENTS, WORLD
from tests.processes.rows import paid, run, world


def place(budget, *, residents=0):
    made = world(
        government={"budget_left": budget},
        rules={"goods_cost": 30_000.0, "living_cost_point": 120_000.0},
        market={"living_points": 4.0},
        params={"government": {"resident_cost": 6_000.0}},
    )
    made.tally["residents"] = residents
    made.notes["residents_start"] = 100
    return run("government", made)


def test_goods_and_amenities_are_paid_out_of_the_budget():
    made = place(100_000.0)
    assert paid(made, GOVERNMENT, WORLD, PUBLIC_GOODS) == 30_000
    assert paid(made, GOVERNMENT, WORLD, AMENITIES) == pytest.approx(4 * 10_000)
    assert made.governments.rows["budget_left"][0] == pytest.approx(30_000)
    assert made.governments.rows["spent_year"][0] == pytest.approx(70_000)


def test_what_the_budget_does_not_hold_is_refused_and_counted():
    made = place(50_000.0)
    assert paid(made, GOVERNMENT, WORLD, PUBLIC_GOODS) == 30_000
    assert paid(made, GOVERNMENT, WORLD, AMENITIES) == 0
    assert made.governments.rows["budget_left"][0] == pytest.approx(20_000)
    assert made.governments.rows["refused"][0] == 1


@pytest.mark.parametrize(("residents", "added"), [(0, 0), (100, 0), (160, 60)])
def test_only_added_residents_cost(residents, added):
    made = place(1e6, residents=residents)
    assert paid(made, GOVERNMENT, WORLD, RESIDENTS) == pytest.approx(added * 6_000 / 12)
