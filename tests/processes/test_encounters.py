"""Encounters: how often pairs meet at which distance, and that a pair has one tie at most."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sim.processes import encounters
from tests.processes.rows import close_to_share, firm, luck, next_month, run, world

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


def met(made, month=0, person_days=0.0, indoor=0.0):
    first, second = encounters.meeting_pairs(
        made.firms.rows, made.cells.rows, made.norms, made.rule, made.params["encounters"],
        person_days, indoor, made.seed, month,
    )  # fmt: skip
    pairs = [(min(a, b), max(a, b)) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    assert len(set(pairs)) == len(pairs)
    assert all(a != b for a, b in pairs)
    return set(pairs)


def frequencies(made, months, person_days=0.0):
    counts = dict.fromkeys(combinations(range(len(made.firms)), 2), 0)
    for month in range(months):
        for pair in met(made, month, person_days):
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
