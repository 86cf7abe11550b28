"""What levers of encounters and money do in processes that other levers share."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import founding, hiring
from sim.state.costs import programme_resources
from tests.processes.rows import (
    AI,
    MANY,
    NEVER,
    WORKER,
    close_to_share,
    firm,
    programme,
    run,
    world,
)


def test_a_showroom_at_the_door_brings_first_orders():
    p = {"first_order": 0.1, "first_order_quality": 0.0, "showroom_gain": 0.4}
    for near in (0.0, 0.5):
        rows = [firm(first_order=NEVER, growth_due=NEVER, showroom=near)] * MANY
        made = run("sales", world(rows, params={"sales": p}))
        ordered = (made.firms.rows["first_order"] == 0).sum()
        assert close_to_share(ordered, MANY, 0.1 * (1 + 0.4 * near))


@pytest.mark.parametrize(("bought", "factor"), [(0.0, 1.0), (12.0, 4**0.5), (-2.0, 1.0)])
def test_bought_labour_speeds_products_up(bought, factor):
    p = {"median_0": 10.0, "staff_exponent": 0.5}
    rows = [firm(maturity=0, staff=4, cash=1e9, task_heads=bought)] * MANY
    made = run("development", world(rows, params={"development": p}))
    chance = 1 - np.exp(-np.log(2) / 10 * factor)
    assert close_to_share(made.firms.rows["maturity"].sum(), MANY, chance)


def test_open_data_speed_ai_up_and_nobody_else():
    p = {"median_0": 10.0}
    for sector, gain in ((AI, 0.5), (AI + 1, 0.0)):
        rows = [firm(maturity=0, staff=4, cash=1e9, sector=sector)] * MANY
        made = run(
            "development", world(rows, params={"development": p}, rules={"regulation_data": 0.5})
        )
        chance = 1 - np.exp(-np.log(2) / 10 * (1 + gain))
        assert close_to_share(made.firms.rows["maturity"].sum(), MANY, chance)


def test_hosts_and_their_workers_gain_belonging():
    p = {"belonging_wear": 0.0, "joint_gain": 0.2, "firm_issues": 0.0, "worker_issues": 0.0}
    rows = [firm(workers=30, hosts_event=1), firm(workers=10)]
    made = run("governance", world(rows, params={"governance": p}))
    assert made.firms.rows["belonging"].tolist() == pytest.approx([0.6, 0.5])
    before = world(rows).governments.rows["worker_belonging"][0]
    after = made.governments.rows["worker_belonging"][0]
    assert after == pytest.approx(before + 0.2 * 0.75 * (1 - before))


def _logits(youth):
    schools = [{"faculty": 20_000.0, "graduates_per_year": 20_000.0}]
    made = world([firm()], institutions=schools, rules={"event_youth": youth})
    log = np.zeros(500)
    _, seen = founding.candidates(made, made.founders.make(500), log)
    return log[:seen]


def test_youth_events_move_graduates_and_not_scholars():
    moved = _logits(2.0) - _logits(0.0)
    gain = 0.5 * 1.0 * (1 - np.exp(-2.0))
    assert 0 < np.isclose(moved, gain).sum() < moved.size
    assert (np.isclose(moved, gain) | np.isclose(moved, 0)).all()


def test_a_team_that_lives_on_a_stipend_waits_on():
    terms = programme("cash_grant", cny_month=5_000.0, recipient=2)
    held = {"award_start": np.zeros(8, int), "award_end": np.full(8, 99)}
    made = world(
        teams=[{"waiting": 12, "cofounder": 0, **held}, {"waiting": 12, "cofounder": 0}],
        programmes=[terms],
        params={"incubation": {"setup_months": 1e6, "give_up_months": 12.0, "match_rate": 0.0}},
        month=3,
    )
    made.eligible_teams[:] = False
    run("incubation", made)
    assert made.founders.rows["waiting"].tolist() == [12, 13]
    assert made.founders.rows["gone"].tolist() == [0, 1]


@pytest.mark.parametrize(("recipient", "times"), [(0, 1), (1, 1), (2, 2), (3, 0)])
def test_what_a_team_may_expect_of_cash_is_what_comes_to_it(recipient, times):
    made = world(programmes=[programme("cash_grant", cny_month=10.0, recipient=recipient)])
    worth = programme_resources(
        made.rules.programmes[0], made.params["accounts"][0], 36.0, 100.0, 12
    )
    assert worth == times * 120


def test_a_supplement_raises_what_a_worker_gets():
    made = world([firm(workers=4, wage_supplement=2_000.0)])
    made.firms.rows["pay"] = 1.1
    assert hiring.worker_pay(made.firms.rows[0], 8_000.0) == pytest.approx(1.35)


def test_workers_stay_longer_with_a_supplement():
    p = {"leave": 0.25, "leave_exponent": 1.0, "settled_relief": 0.0}
    left = []
    for extra in (0.0, 8_000.0):
        made = world(
            [firm(workers=20_000, wage_supplement=extra)],
            params={"housing": p},
            market={"rent_home": 60.0},
            norms={"rent_home": 60.0},
            staffed=True,
        )
        made.people.data.wage[: made.people.n] = 8_000.0
        made.people.data.kind[: made.people.n] = WORKER
        run("housing", made)
        left.append(int(made.tally["people_left"][0]))
    assert left[1] < left[0]
    assert left[1] == pytest.approx(left[0] / 2, rel=0.2)
