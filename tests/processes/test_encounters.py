"""Encounters: how often pairs meet at which distance, and that a pair has one tie at most."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sim.processes import encounters
from tests.processes.rows import (
    AI,
    BRANCH,
    close_to_share,
    firm,
    luck,
    next_month,
    run,
    world,
)

CELL = 50.0
_PARTNERS_DESK = 16


def street(columns, **norms):
    """Return a world with one firm of ten in the middle of each of the given columns of cells."""
    cells = [{"column": c} for c in sorted(set(columns))]
    rows = [
        firm(cell=sorted(set(columns)).index(c), x=(c + 0.5) * CELL, y=0.5 * CELL) for c in columns
    ]
    return world(rows, cells=cells, norms=norms)


def weight(d, same_building, p):
    """Return W(d) as the specification has it."""
    w = p["weight_near"] * np.exp(-d / p["reach_near_m"]) + p["weight_far"] * np.exp(
        -d / p["reach_far_m"]
    )
    return w + same_building * p["weight_building"] * np.exp(-d / p["reach_building_m"])


def weights_of(made):
    firms, p = made.firms.rows, made.params["encounters"][0]
    found = {}
    for a, b in combinations(range(len(firms)), 2):
        d = np.hypot(firms["x"][a] - firms["x"][b], firms["y"][a] - firms["y"][b])
        d += 10.0 * abs(firms["floor"][a] - firms["floor"][b])
        found[a, b] = weight(d, firms["cell"][a] == firms["cell"][b], p)
    return found


def met(made, month=0, person_days=0.0, indoor=0.0, virtual=0.0):
    first, second = encounters.meeting_pairs(
        made.firms.rows, made.cells.rows, made.norms, made.rule, made.params["encounters"],
        person_days, indoor, virtual, made.seed, month,
    )  # fmt: skip
    pairs = [(min(a, b), max(a, b)) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    assert len(set(pairs)) == len(pairs)
    assert all(a != b for a, b in pairs)
    return set(pairs)


def frequencies(made, months, person_days=0.0, virtual=0.0):
    counts = dict.fromkeys(combinations(range(len(made.firms)), 2), 0)
    for month in range(months):
        for pair in met(made, month, person_days, virtual=virtual):
            counts[pair] += 1
    return counts


def test_people_of_one_building_meet_three_to_five_times_as_often_as_200_m_apart():
    made = street([0, 0, 4])
    made.firms.rows["x"][1] = made.firms.rows["x"][0] + 10.0
    w = weights_of(made)
    assert 2.5 <= w[0, 1] / w[0, 2] <= 5


def test_every_pair_meets_at_its_own_rate():
    made = street([0, 0, 1, 4, 30], tie_rate=0.6)
    made.firms.rows["x"][1] += 8.0
    months = 30_000
    for pair, count in frequencies(made, months).items():
        assert close_to_share(count, months, 0.6 / 12 * weights_of(made)[pair]), pair


def test_a_floor_counts_as_ten_metres():
    made = street([0, 0, 0], tie_rate=0.6)
    made.firms.rows["floor"][2] = 5
    months = 20_000
    counts = frequencies(made, months)
    p = made.params["encounters"][0]
    assert close_to_share(counts[0, 1], months, 0.05 * weight(0.0, 1, p))
    assert close_to_share(counts[0, 2], months, 0.05 * weight(50.0, 1, p))


@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_the_pairs_that_looking_at_every_pair_finds(seed):
    place = np.random.default_rng(seed)
    made = street(place.integers(0, 12, 60).tolist(), tie_rate=3.0)
    made.seed = seed
    made.firms.rows["x"] += place.uniform(-20, 20, 60)
    made.firms.rows["floor"] = place.integers(0, 6, 60)
    made.cells.rows["third_place"] = place.uniform(0, 1, len(made.cells))
    third = made.cells.rows["third_place"][made.firms.rows["cell"]]
    for month in range(20):
        h = luck(made, "encounters.meet", made.firms.rows["uid"], month)
        expected = {
            (a, b)
            for (a, b), w in weights_of(made).items()
            if (h[a] + h[b]) % 1.0 < 3.0 / 12 * w * (1 + 0.5 * (third[a] + third[b]))
        }
        assert expected
        assert met(made, month) == expected


def test_events_bring_together_those_who_both_attend():
    made = street([0, 3, 6, 9, 12], tie_rate=1.0)
    made.params["encounters"]["event_match"] = 0.8
    months = 20_000
    rate = 1.0 / 12 * weights_of(made)[0, 1]
    away = frequencies(made, months)[0, 1]
    there = frequencies(made, months, person_days=1e9)[0, 1]
    assert close_to_share(away, months, rate)
    assert close_to_share(there, months, rate * 1.8)


def test_the_partners_desk_speeds_up_the_pairs_it_served():
    made = street([0, 3, 6], tie_rate=1.0, desk_gain=0.5)
    made.firms.rows["served"][0] = _PARTNERS_DESK
    months = 20_000
    counts, w = frequencies(made, months), weights_of(made)
    assert close_to_share(counts[0, 1], months, 1.5 / 12 * w[0, 1])
    assert close_to_share(counts[1, 2], months, 1.0 / 12 * w[1, 2])


def test_a_pair_that_meets_again_keeps_its_one_tie():
    made = street([0, 0, 0, 1, 1], tie_rate=20.0)
    made.params["encounters"]["fading"] = 0.0
    for _ in range(30):
        run("encounters", made)
        next_month(made)
    ties = made.ties.rows
    pairs = {
        (min(a, b), max(a, b)) for a, b in zip(ties["a"].tolist(), ties["b"].tolist(), strict=True)
    }
    assert len(pairs) == len(ties) == 10
    assert np.unique(ties["uid"]).size == 10
    assert (ties["since"] < 15).any()  # a renewed tie remembers when it formed


def test_ties_of_those_who_do_not_meet_fade():
    count = 5000
    pairs = list(combinations(range(110), 2))[:count]
    made = world(
        [firm()] * 110,
        ties=[{"a": a, "b": b, "strength": 1.0, "since": -1} for a, b in pairs],
        norms={"tie_rate": 0.0},
        params={"encounters": {"fading": 0.24}},
    )
    run("encounters", made)
    assert close_to_share(len(made.ties), count, 1 - 0.02)


def test_firms_count_their_ties_and_those_of_supply():
    kinds = {(0, 1): 0, (1, 2): 2, (1, 3): 2, (3, 4): 0}
    made = world(
        [firm()] * 5,
        ties=[{"a": a, "b": b, "kind": kind, "since": -1} for (a, b), kind in kinds.items()],
        norms={"tie_rate": 0.0},
        params={"encounters": {"fading": 0.0}},
    )
    run("encounters", made)
    assert made.firms.rows["ties"].tolist() == [1, 3, 1, 2, 1]
    assert made.firms.rows["supply_ties"].tolist() == [0, 2, 1, 1, 0]


def test_service_points_inside_buildings_bring_people_together():
    """Half of the buildings have a point; where there is none, nothing changes."""
    cells = [{"column": k} for k in range(40)]
    rows = [firm(cell=k // 2, x=50.0 * (k // 2), floor=0) for k in range(80)]
    p = {"weight_near": 1e-6, "weight_far": 1e-6, "indoor_draw": 0.5}
    made = world(rows, cells=cells, norms={"tie_rate": 4.0}, params={"encounters": p})
    none, half = [sum(len(met(made, m, indoor=i)) for m in range(60)) for i in (0.0, 0.5)]
    everywhere = sum(len(met(made, m, indoor=1.0)) for m in range(60))
    assert none < half < everywhere
    assert everywhere / none == pytest.approx(1.5, abs=0.2)


def test_members_of_a_committee_come_to_know_each_other():
    rows = [firm(cell=k, committee=2 if k < 10 else 1) for k in range(20)]
    p = {"committee_ties": 1.2, "fading": 0.0}
    made = world(
        rows, cells=[{"column": 40 * k} for k in range(20)], params={"encounters": p},
        norms={"tie_rate": 0.0}, rules={"committee_participation": 0.5},
    )  # fmt: skip
    for _ in range(12):
        run("encounters", made)
        next_month(made)
    ties = made.ties.rows
    assert (ties["a"] < 10).all() and (ties["b"] < 10).all()
    pairs = {(min(a, b), max(a, b)) for a, b in zip(ties["a"], ties["b"], strict=True)}
    assert len(pairs) == len(ties)  # who knows another makes no second tie
    assert close_to_share(len(ties), 45, 1 - 0.95**12)


def test_a_platform_adds_the_same_chance_to_every_pair_at_any_distance():
    made = street([0, 0, 90], tie_rate=0.0)
    months = 20_000
    for count in frequencies(made, months, virtual=0.01).values():
        assert close_to_share(count, months, 0.01)
    made = street([0, 0, 90], tie_rate=1.0)
    counts, w = frequencies(made, months, virtual=0.01), weights_of(made)
    for pair, count in counts.items():
        assert close_to_share(count, months, w[pair] / 12 + 0.01)


def test_hosts_are_there_and_meet_more():
    made = street([0, 3, 6], tie_rate=1.0)
    made.params["encounters"]["event_match"] = 0.8
    made.params["encounters"]["host_gain"] = 0.5
    made.firms.rows["hosts_event"][0] = 1
    months = 20_000
    counts, w = frequencies(made, months, person_days=1e9), weights_of(made)
    assert close_to_share(counts[0, 1], months, w[0, 1] / 12 * 1.8 * 1.5)
    assert close_to_share(counts[1, 2], months, w[1, 2] / 12 * 1.8)


def test_hosts_are_drawn_anew_every_month_among_those_who_can_pay():
    made = world(
        [firm(cash=1e6)] * 300 + [firm(cash=10.0)] * 50 + [firm(ambition=BRANCH, cash=1e9)] * 5,
        rules={"event_hosts": 30.0, "event_host_fee": 1_000.0},
        norms={"tie_rate": 0.0},
    )
    months = []
    for _ in range(20):
        run("encounters", made)
        months.append(made.firms.rows["hosts_event"].copy())
        next_month(made)
    hosts = np.array(months)
    assert not hosts[:, 300:].any()
    assert close_to_share(hosts.sum(), 20 * 300, 0.1)
    assert (hosts[0] != hosts[1]).any()


def third(made):
    return made.cells.rows["third_added"]


def test_the_first_third_place_counts_in_full_and_the_next_one_little():
    cells = [{"column": c, "third_place": 0.4 * (c >= 20)} for c in range(0, 40, 2)]
    made = world([firm()], cells=cells, rules={"third_cafe": 1.0, "third_draw": 0.5})
    made.buildings = np.array([0])  # the one ground floor there is
    run("encounters", made)
    d = np.arange(0, 40, 2) * CELL
    expected = np.where(d <= 300, 0.5 * np.exp(-d / 300), 0.0)
    assert third(made) == pytest.approx(expected)
    assert made.market["third_access"][0] == 1
    made = world([firm()], cells=cells, rules={"third_cafe": 1.0, "third_draw": 0.5})
    made.buildings = np.array([15])
    run("encounters", made)
    assert third(made)[15] == pytest.approx(0.2 * 0.5 * (1 - 0.4))


def test_third_places_close_with_their_lever():
    made = world([firm()], rules={"third_culture": 3.0, "third_draw": 0.5})
    run("encounters", made)
    assert third(made).max() > 0
    next_month(made)
    made.rules.rows["third_culture"] = 0.0
    run("encounters", made)
    assert third(made).max() == 0
    assert made.market["third_access"][0] == 0


def test_a_showroom_is_near_the_firms_around_it():
    cells = [{"column": c} for c in (0, 4, 40)]
    made = world(
        [firm(cell=c) for c in range(3)],
        cells=cells,
        rules={"third_showroom": 1.0, "third_draw": 0.6},
    )
    made.buildings = np.array([0])
    run("encounters", made)
    expected = [0.6, 0.6 * np.exp(-200 / 300), 0.0]
    assert made.firms.rows["showroom"] == pytest.approx(expected)


def test_giants_that_open_their_grounds_are_third_places():
    rows = [firm(ambition=BRANCH, cell=c) for c in range(40)] + [firm(cell=40)]
    made = world(rows, cells=[{"column": 20 * c} for c in range(41)], rules={"campus_open": 0.5})
    run("encounters", made)
    open_ = made.firms.rows["campus_open"][:40] == 1
    assert 8 < open_.sum() < 32
    assert (third(made)[:40] > 0).tolist() == open_.tolist()
    assert made.firms.rows["campus_open"][40] == 0


def test_introductions_make_ties_of_supply_within_the_chain_only():
    rows = [firm(sector=AI, layer=k % 3) for k in range(300)]
    made = world(
        rows,
        rules={"alliance_introductions": 0.5},
        norms={"tie_rate": 0.0},
        params={"encounters": {"fading": 0.0, "introduced": 0.2}},
    )
    run("encounters", made)
    ties, layer = made.ties.rows, made.firms.rows["layer"]
    assert (ties["kind"] == 2).all()
    assert (layer[ties["a"]] != layer[ties["b"]]).all()
    # One look in three meets one of the own kind, and the organiser looks twice.
    assert close_to_share(len(ties), 150, 0.2 * (1 - 1 / 9), 5)
    assert made.firms.rows["supply_ties"].sum() == 2 * len(ties)


def test_an_introduction_of_two_who_know_each_other_makes_them_supply():
    made = world(
        [firm(sector=AI), firm()],
        ties=[{"a": 0, "b": 1, "kind": 0, "strength": 1.0, "since": -1}],
        rules={"alliance_introductions": 5.0},
        norms={"tie_rate": 0.0},
        params={"encounters": {"fading": 0.0, "introduced": 0.6}},
    )
    run("encounters", made)
    assert len(made.ties) == 1
    assert made.ties.rows["kind"][0] == 2


def test_spare_hands_are_sold_to_those_whose_products_mature():
    rows = [
        firm(staff=10, wanted=6.0),
        firm(staff=4, wanted=2.0),
        firm(staff=8, wanted=8.0, maturity=2, cash=1e9),
        firm(staff=8, wanted=8.0, maturity=2, cash=1.0, cost=1e6),
    ]
    made = world(rows, rules={"virtual_tasks": 1.0}, params={"encounters": {"task_share": 0.25}})
    run("encounters", made)
    # Six hands are spare, one team with cash asks for a quarter of its eight.
    assert made.firms.rows["task_heads"] == pytest.approx([-2 * 4 / 6, -2 * 2 / 6, 2, 0])
    made.rules.rows["virtual_tasks"] = 0.0
    run("encounters", made)
    assert not made.firms.rows["task_heads"].any()
