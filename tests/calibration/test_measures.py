"""Measures find the truth that is planted, and tell it from another one."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.measures import cliff, ground, growth, sizes, stakes, survival, venture
from calibration.measures.place import early_operator, mature_equity, mature_services
from calibration.panel import Panel
from sim.state.columns import BRANCH, CLOSED, MOVED_AWAY, RELOCATED
from sim.state.ledger import FIRM, KINDS, OPERATOR, PURPOSES
from tests.calibration.planted import fates_of, panel, rows_of

RNG = np.random.default_rng


def test_a_planted_survival_curve_is_read_right():
    hazard, n = 0.015, 20_000
    life = RNG(1).geometric(hazard, n)
    enter = RNG(2).integers(
        0, 60, n
    )  # who stood at the start enters at its age, if it lived so long
    seen = life > enter
    stop = enter + RNG(3).integers(1, 121, n)  # and is lost from sight some time later
    leave = np.minimum(life, stop)
    alive = survival.life_table(enter[seen], leave[seen], (life <= stop)[seen], 120)
    wanted = (1 - hazard) ** np.arange(121)
    assert alive[[12, 60, 120]] == pytest.approx(wanted[[12, 60, 120]], abs=0.03)
    as_if_all_born = survival.life_table(0 * enter[seen], leave[seen], (life <= stop)[seen], 120)
    assert as_if_all_born[60] > wanted[60] + 0.05  # forgetting the age at entry is an error


def test_who_moves_away_is_no_death_and_branches_and_movers_in_are_no_start_ups():
    firms = [{"uid": u, "born": 0, "from_": 0} for u in range(1, 9)]
    for firm in firms[:2]:
        firm |= {"until": 6, "how": MOVED_AWAY}
    for firm in firms[2:5]:
        firm |= {"until": 9, "how": CLOSED, "registered": 200}
    for u in range(9, 12):
        firms.append({"uid": u, "until": 3, "how": CLOSED, "ambition": BRANCH})
        firms.append({"uid": 10 + u, "until": 3, "how": CLOSED, "origin": RELOCATED})
    found = survival.measure(panel(firms))
    assert found["survival_1y"] == pytest.approx(0.5)  # 3 of the 6 that were in sight
    assert found["registered_1y"] == 1.0  # they are struck off much later


@pytest.mark.parametrize("laplace", [True, False])
def test_a_laplace_sample_is_found_laplace_and_a_normal_one_is_not(laplace):
    x = RNG(4).laplace(size=4000) if laplace else RNG(4).normal(size=4000)
    assert (growth.laplace_gain(x) > 0) == laplace


@pytest.mark.parametrize("beta", [0.0, 0.18, 0.4])
def test_how_spread_falls_with_size_is_found(beta):
    size = np.exp(RNG(5).uniform(0, 6, 20_000))
    noise = RNG(6).laplace(size=size.size) * size**-beta
    assert growth.spread_exponent(noise, size) == pytest.approx(beta, abs=0.03)


def test_a_size_effect_is_not_taken_for_one_of_age():
    age = RNG(7).integers(0, 10, 5000)
    size = 0.2 * age + RNG(8).normal(size=5000)  # the old are larger
    by_age = -0.05 * age + 0.01 * RNG(9).normal(size=5000)
    assert growth.size_slope(by_age, size, age) == pytest.approx(0, abs=0.002)
    assert growth.size_slope(by_age + 0.1 * size, size, age) == pytest.approx(0.1, abs=0.002)


def test_high_growth_firms_and_their_jobs_are_counted():
    def grown(start, end):
        return lambda month: start if month < 35 else end

    firms = [{"uid": u, "staff": grown(20, 22)} for u in range(1, 10)]
    firms.append({"uid": 10, "staff": grown(20, 40)})  # 26% a year
    firms.append({"uid": 11, "staff": grown(5, 50)})  # too small at the start
    firms.append({"uid": 12, "staff": grown(100, 900), "ambition": BRANCH})
    found = growth.fast_growers(panel(firms, months=36))
    assert found["fast_share"] == pytest.approx(0.1)
    assert found["fast_jobs_of"].tolist() == [20, 38]


@pytest.mark.parametrize("slope", [0.8, 1.06, 1.6])
def test_the_tail_of_sizes_is_found(slope):
    sizes_ = 20 * RNG(10).random(3000) ** (-1 / slope)
    assert sizes.tail_slope(np.concatenate([sizes_, np.full(5000, 3.0)]), 20) == pytest.approx(
        slope, rel=0.12
    )


def test_ties_and_the_cluster_they_make():
    firms = np.zeros(5, [("x", float), ("y", float), ("floor", int)])
    firms["x"] = [0, 30, 60, 2000, 0]
    firms["floor"] = [0, 0, 0, 0, 3]
    ties = np.zeros(4, [("a", int), ("b", int), ("since", int)])
    ties["a"], ties["b"] = [0, 1, 0, 3], [1, 2, 4, 3]
    ties["since"] = [0, 5, 9, -3]
    assert ground.tie_lengths(firms, ties).tolist() == [30, 30, 30]  # three floors are 30 m
    away = [0, 30, 60, 0]
    assert ground.cluster_radius(firms, ties[:3]) == pytest.approx(np.std(away))


def test_sales_pay_preferences_first_and_open_firms_are_marked_down_once_money_stops():
    shares, first = np.array([0.2, 0.1]), np.array([10.0, 10.0])
    assert stakes.payouts(30, shares, first, True).tolist() == [10, 10]
    assert stakes.payouts(1000, shares, first, True) == pytest.approx([200, 100])
    assert stakes.payouts(10, shares, first, True) == pytest.approx([5, 5])
    assert stakes.payouts(30, shares, first, False) == pytest.approx([6, 3])
    params = {
        "exits": np.array([(0.05, 0.0)], [("acquired", float), ("acquired_round", float)]),
        "government": np.array([(0.2,)], [("stake_discount", float)]),
    }
    assert stakes.mark(100.0, 40.0, 24, 1, params) == 100
    assert stakes.mark(100.0, 40.0, 25, 1, params) == pytest.approx(40 / 6)


@pytest.mark.parametrize("exponent", [1.0, 1.35, 2.5])
def test_the_tail_of_returns_is_found(exponent):
    multiples = RNG(11).random(20_000) ** (-1 / exponent)
    n, logs = venture.tail_parts(multiples)
    assert n / logs == pytest.approx(exponent, rel=0.06)


def test_a_funnel_counts_who_raises_again_and_drops_who_moved():
    def rounds(*months):
        return lambda month: sum(month >= m for m in months)

    firms = [{"uid": u, "rounds": rounds(10)} for u in (1, 2, 3)]
    firms += [{"uid": u, "rounds": rounds(10, 30)} for u in (4, 5)]
    firms += [{"uid": 6, "rounds": rounds(10, 30, 50, 70)}]
    firms += [{"uid": 7, "rounds": rounds(10), "until": 20, "how": MOVED_AWAY}]
    for firm in firms:
        firm |= {"valuation": 100.0, "round_value": 20.0, "last_round": 10, "sold": 0}
    # A sold firm's shares are its new owner's, and its rounds begin anew.
    firms.append(
        firms[0]
        | {
            "uid": 8,
            "rounds": lambda month: int(10 <= month < 40),
            "sold": lambda month: int(month >= 40),
        }
    )
    made = panel(firms)
    made.params = {
        "exits": np.array([(0.05, 0.0)], [("acquired", float), ("acquired_round", float)]),
        "government": np.array([(0.2,)], [("stake_discount", float)]),
    }
    found = venture.funnel(made, stakes.deals(made))
    assert found["again_of"].tolist() == [3, 7]
    assert found["fourth_of"].tolist() == [1, 7]
    # Neither the one that raised in month 70 nor the sold one has stalled.
    assert found["stalled_of"].tolist() == [5, 7]
    assert found["exited_of"].tolist() == [1, 7]


def test_leaving_after_support_is_told_by_embeddedness():
    def group(first, count, leaves, e):
        return [
            {"uid": first + k, "supported_at_stop": 1, "embeddedness": e, "staff": 3}
            | ({"until": 70, "how": MOVED_AWAY} if k < leaves else {})
            for k in range(count)
        ]

    calm = panel(group(1, 10, 1, 0.5))
    made = panel(group(1, 10, 8, 0.1) + group(101, 10, 2, 0.8))
    found = cliff.measure(calm, made, 60)
    assert (found["leave_weak"], found["leave_strong"]) == (0.8, 0.2)
    assert found["bump"] == pytest.approx(0.5 / 0.1)


def operator_panel(income, months=300):
    """Return a panel whose operator earns and pays: (year, kind, purpose, CNY)."""
    flows = np.zeros(
        len(income), [("year", int), ("payer", int), ("payee", int), ("purpose", int), ("amount", float)]
    )  # fmt: skip
    world = KINDS.index("world")
    for flow, (year, earns, what, amount) in zip(flows, income, strict=True):
        payer, payee = (FIRM, OPERATOR) if earns else (OPERATOR, world)
        flow["year"], flow["payer"], flow["payee"] = year, payer, payee
        flow["purpose"], flow["amount"] = PURPOSES.index(what), amount
    firms = [{"uid": 1}]
    made = Panel(rows_of(firms, range(-1, 1)), months, fates_of(firms), ("vacancy",))
    made.series, made.flows = np.full((months, 1), 0.3), flows
    made.yearly = {"operator_value": [0.0] * 26, "owned_m2": [1000.0] * 26, "debt": [0.0] * 26}
    made.params = {
        "operator": np.array([(0.02,)], [("debt_rate", float)]),
        "exits": np.array([(0.5, 0.1)], [("stake_away", float), ("public_haircut", float)]),
    }
    return made


def test_an_operator_that_pays_its_debt_late_breaks_even_late():
    rent = [(y, True, "rent", 10.0 if y < 6 else 40.0) for y in range(25)]
    costs = [(y, False, "space_running", 25.0) for y in range(25)]
    found = early_operator(operator_panel(rent + costs))
    assert found["years_negative"] == 11  # 6 years at -15 are made good by 15 a year in the twelfth
    assert found["early_rent_share"] == 1.0


def test_services_of_an_operator_without_rent_are_undefined_beside_rent():
    services = [(y, True, "service_fee", 4.0) for y in range(25)]
    rent = [(y, True, "rent", 8.0) for y in range(25)]
    assert np.isnan(list(mature_services(operator_panel(services)).values())).all()
    assert mature_services(operator_panel(services + rent))["service_own_rent"] == 0.5


def test_equity_dominates_profit_in_the_year_of_an_exit_only():
    rent = [(y, True, "rent", 10e6) for y in range(25)]
    exit_ = [(20, True, "exit", 50e6)]
    found = mature_equity(operator_panel(rent + exit_), 15_000)
    assert found["realised_none_of"].tolist() == [9, 10]
    assert found["equity_years_of"].tolist() == [1, 10]
