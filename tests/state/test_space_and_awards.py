"""Space, awards and rules: counting discs, finding floor, meeting claims and dating levers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernel import kernel
from sim.state.awards import afford, award_months, begin_award, paying_order, runs
from sim.state.rules import PROGRAMME, intensity
from sim.state.space import disc_counts, find_floor
from tests.processes.rows import close_to_share, firm, luck, programme, world

POINTS = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 17), st.floats(0, 100)), min_size=1, max_size=40
)


@given(POINTS, st.integers(0, 30))
@settings(max_examples=60)
def test_discs_hold_what_looking_at_every_pair_finds(points, radius):
    x, y, weight = (np.array(v) for v in zip(*points, strict=True))
    found = disc_counts(x, y, weight.astype(float), 25, 18, radius)
    near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 <= radius**2
    np.testing.assert_allclose(found, near @ weight, rtol=1e-9, atol=1e-6)


@kernel
def first_floor(cells, buildings, use, area, start):
    return find_floor(cells, buildings, use, area, start)


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=12), st.integers(0, 20), st.integers(0, 11)
)
def test_the_first_building_with_room_is_found_going_round(free, area, start):
    made = world(cells=[{"floor_office": 20.0}] * len(free))
    made.cells.rows["let_office"] = 20.0 - np.array(free)
    start %= len(free)
    found = first_floor(made.cells.rows, made.buildings, 0, float(area), start)
    ring = [(start + k) % len(free) for k in range(len(free))]
    assert found == next((k for k in ring if free[k] >= area), -1)


@kernel
def spend(governments, claims):
    met = np.zeros(claims.size, np.bool_)
    for k in range(claims.size):
        met[k] = afford(governments[0], claims[k])
    return met


@given(st.lists(st.floats(0, 1e6), max_size=30), st.floats(0, 5e6))
def test_budgets_are_never_overspent_and_refusals_are_counted(claims, budget):
    made = world(government={"budget_left": budget})
    claims = np.array(claims, float)
    met = spend(made.governments.rows, claims)
    left = budget
    for claim, paid in zip(claims, met, strict=True):
        assert paid == (claim <= left)
        left -= claim * paid
    row = made.governments.rows[0]
    assert row["budget_left"] == left >= 0
    assert row["spent_year"] == pytest.approx(claims[met].sum())
    assert row["refused"] == (~met).sum()


def test_claims_are_met_by_row_where_the_budget_does_and_by_luck_where_not():
    made = world([firm()] * 50)
    made.firms.rows["uid"] = np.random.default_rng(3).permutation(50) + 1
    rows = made.firms.rows
    key = np.uint64(12345)
    alike = np.ones(50)
    assert paying_order(rows, key, False, alike).tolist() == list(range(50))
    by_luck = rows["uid"][paying_order(rows, key, True, alike)]
    assert sorted(by_luck.tolist()) == list(range(1, 51))
    shuffled = rows[np.random.default_rng(4).permutation(50)].copy()
    assert shuffled["uid"][paying_order(shuffled, key, True, alike)].tolist() == by_luck.tolist()
    other = rows["uid"][paying_order(rows, np.uint64(54321), True, alike)]
    assert other.tolist() != by_luck.tolist()


def test_weights_say_who_is_served_first_and_weight_zero_comes_last():
    made = world([firm()] * 3000)
    rows = made.firms.rows
    weights = np.repeat([0.0, 1.0, 3.0], 1000)
    order = paying_order(rows, np.uint64(12345), True, weights)
    assert (order[-1000:] < 1000).all()
    # Of a random pair the one with thrice the weight comes first in three cases out of four.
    place = np.empty(3000, int)
    place[order] = np.arange(3000)
    first = (place[2000:] < place[1000:2000]).sum()
    assert close_to_share(first, 1000, 0.75)


def test_a_family_of_levers_may_not_spend_more_than_its_part():
    made = world(government={"budget_left": 100.0})
    governments = made.governments.rows
    governments["family_cap"] = [30.0, 50.0, 20.0, 0.0]
    asked = ((0, 20.0), (0, 20.0), (0, 10.0), (1, 50.0), (2, 25.0), (3, 1.0))
    met = [claim(governments, family, amount) for family, amount in asked]
    assert met == [True, False, True, True, False, False]
    assert governments["budget_left"][0] == 20
    assert governments["refused"][0] == 3
    assert governments["family_spent"][0].tolist() == [30, 50, 0, 0]


@kernel
def claim(governments, family, amount):
    return afford(governments[0], amount, family)


@kernel
def begin_one(rows, programmes, month):
    begin_award(rows[0], 1, programmes[0], month)
    return award_months(programmes[0], month)


@kernel
def running_in(rows, k, months):
    found = np.zeros(months, np.bool_)
    for m in range(months):
        found[m] = runs(rows[0], k, m)
    return found


@given(st.integers(0, 30), st.integers(1, 40), st.integers(0, 30), st.integers(0, 12))
def test_an_award_runs_for_its_months_within_its_lever(month, length, more, taper):
    end = month + more
    made = world([firm()], programmes=[programme("cash_grant", stake=0.05)])
    terms = made.rules.programmes
    assert terms.dtype == PROGRAMME
    terms["months_max"], terms["end"], terms["taper"] = length, end, taper
    last = begin_one(made.firms.rows, terms, month)
    assert last == min(month + length - 1, end + taper)
    row = made.firms.rows[0]
    assert row["award_count"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert row["award_stake"][1] == 0.05
    assert row["supported_by"] == 2
    on = running_in(made.firms.rows, 1, 90)
    assert np.flatnonzero(on).tolist() == [m for m in range(90) if month <= m <= last]
    assert not running_in(made.firms.rows, 0, 90).any()


DATES = st.tuples(st.integers(-5, 40), st.integers(0, 40), st.integers(0, 12), st.integers(0, 12))


@given(DATES)
def test_a_lever_rises_holds_and_falls(dates):
    start, length, ramp, taper = dates
    end = start + length
    on = intensity(start, end, ramp, taper, 120)
    assert on.shape == (120,)
    assert ((on >= 0) & (on <= 1)).all()
    for m in range(120):
        if m < start or m > end + taper:
            assert on[m] == 0
        elif m <= end:
            assert on[m] == pytest.approx(min(1.0, (m - start + 1) / (ramp + 1)))
        else:
            at_end = min(1.0, (length + 1) / (ramp + 1))
            assert on[m] == pytest.approx(at_end * (1 - (m - end) / (taper + 1)))
    during = on[max(start, 0) : max(end, 0) + 1]
    assert (np.diff(during) >= 0).all()
    assert (np.diff(on[max(end, 0) :]) <= 0).all()


def test_luck_is_the_same_for_the_same_agent_purpose_and_month():
    made = world([firm()] * 5)
    uids = made.firms.rows["uid"]
    first = luck(made, "services.ask", uids, 3)
    assert (first == luck(made, "services.ask", uids[::-1].copy(), 3)[::-1]).all()
    assert (first != luck(made, "services.ask", uids, 4)).all()
    assert (first != luck(made, "services.queue", uids, 3)).all()
