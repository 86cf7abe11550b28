"""Market: demand grows as told, the funding climate is an AR(1), wages follow open posts."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import market
from tests.processes.rows import AI, SOFTWARE, next_month, run, world

CALM = {"demand_sd": 0.0, "climate_sd": 0.0, "wage_response": 0.0, "frontier_growth": 0.0}


def test_demand_grows_by_a_twelfth_and_ai_fades_to_its_long_run():
    p = CALM | {
        "growth": 0.06,
        "growth_ai": 0.3,
        "growth_ai_late": 0.02,
        "growth_ai_months": 20.0,
    }
    made = world(params={"market": p}, month=10)
    run("market", made)
    assert np.log(made.market["demand"][0][SOFTWARE]) == pytest.approx(0.06 / 12)
    fading = 0.02 + 0.28 * np.exp(-10 / 20)
    assert np.log(made.market["demand"][0][AI]) == pytest.approx(fading / 12)
    np.testing.assert_allclose(np.log(made.market["demand"]), made.market["demand_change"])


def test_the_spread_of_demand_over_a_year_is_the_yearly_one():
    made = world(params={"market": CALM | {"demand_sd": 0.2, "growth": 0.0}})
    changes = []
    for month in range(2400):
        made.month = month
        market.step(made)
        changes.append(made.market["demand_change"][0][1:].copy())
    changes = np.array(changes)
    assert changes.std() == pytest.approx(0.2 / np.sqrt(12), rel=0.03)
    # Sectors are hit apart from each other.
    assert abs(np.corrcoef(changes[:, 0], changes[:, 1])[0, 1]) < 0.1


def test_the_climate_falls_back_by_its_persistence():
    made = world(params={"market": CALM | {"climate_persistence": 0.9}}, market={"climate": 1.5})
    for _ in range(3):
        run("market", made)
        next_month(made)
    assert np.log(made.market["climate"][0]) == pytest.approx(0.9**3 * np.log(1.5))


def test_the_climate_has_the_long_run_spread_and_memory_asked_for():
    made = world(params={"market": CALM | {"climate_persistence": 0.8, "climate_sd": 0.25}})
    logs = np.empty(20_000)
    for month in range(logs.size):
        made.month = month
        market.step(made)
        logs[month] = np.log(made.market["climate"][0])
    assert logs.std() == pytest.approx(0.25, rel=0.05)
    assert logs.mean() == pytest.approx(0, abs=0.02)
    assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("openings", "sign"), [(0.01, -1), (0.05, 0), (0.2, 1), (0.9, 1)])
def test_wages_rise_where_posts_stay_open(openings, sign):
    p = CALM | {"wage_response": 0.3}
    made = world(params={"market": p}, market={"openings_per_worker": openings})
    run("market", made)
    change = np.log(made.market["wage"][0])
    assert np.sign(np.round(change, 12)) == sign
    assert abs(change) <= 0.3 / 12  # a tight year lifts wages by at most the response


def test_the_outside_frontier_grows_by_its_yearly_rate():
    made = world(params={"market": CALM | {"frontier_growth": 0.05}})
    for _ in range(12):
        run("market", made)
        next_month(made)
    assert np.log(made.market["frontier"][0]) == pytest.approx(0.05)


def test_clear_rules_narrow_the_spread_of_focal_demand_only():
    quiet, plain = (
        world(
            params={"market": CALM | {"demand_sd": 0.2}},
            norms={"focal": float(AI)},
            rules={"regulation_demand": cut},
        )
        for cut in (0.4, 0.0)
    )
    changes = []
    for made in (quiet, plain):
        growth = world(params={"market": CALM}, norms={"focal": float(AI)})
        market.step(growth)
        market.step(made)
        changes.append(made.market["demand_change"][0] - growth.market["demand_change"][0])
    assert changes[0][AI] == pytest.approx(0.6 * changes[1][AI])
    assert changes[0][SOFTWARE] == changes[1][SOFTWARE]


def test_a_dated_bust_takes_its_size_and_rules_cut_it():
    p = CALM | {"growth": 0.0, "bust_month": 2.0, "bust_size": 0.6, "bust_length": 3.0}
    for cut in (0.0, 0.5):
        made = world(
            params={"market": p}, norms={"focal": float(SOFTWARE)}, rules={"regulation_tail": cut}
        )
        for month in range(8):
            made.month = 0
            made.rules.rows["regulation_tail"] = cut
            market.move_market(made.market, made.norms, made.rule, made.params["market"], 7, month)
        assert np.log(made.market["demand"][0][SOFTWARE]) == pytest.approx(-0.6 * (1 - cut))
        assert made.market["demand"][0][3] == 1


def test_bad_luck_is_cut_beyond_its_bound_and_good_luck_is_not():
    moves = []
    for cut in (0.0, 0.5):
        made = world(
            params={"market": CALM | {"demand_sd": 0.2, "growth": 0.0, "bust_luck": 1.0}},
            norms={"focal": float(SOFTWARE)},
        )
        made.rules.rows["regulation_tail"] = cut
        found = []
        for month in range(400):
            market.move_market(made.market, made.norms, made.rule, made.params["market"], 7, month)
            found.append(made.market["demand_change"][0][SOFTWARE])
        moves.append(np.array(found) / (0.2 / np.sqrt(12)))
    plain, cut_back = moves
    assert cut_back == pytest.approx(np.where(plain < -1, plain + 0.5 * (-1 - plain), plain))
