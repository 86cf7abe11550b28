"""Proposals stay in range and are keyed; the ensemble loads and lies in its ranges."""

from __future__ import annotations

import numpy as np
import pytest

from calibration import accept, space
from calibration import ensemble as kept
from calibration.ensemble import Member, members, page, ridges
from calibration.seeds import JUDGED, TUNED
from sim.processes import all_parameters
from sim.scenario import load_scenario


def test_proposals_are_keyed_and_stay_in_their_ranges():
    start = space.defaults()
    a, b = space.propose(start, (1, 2), 1.0, 0.8), space.propose(start, (1, 2), 1.0, 0.8)
    assert a == b != space.propose(start, (1, 3), 1.0, 0.8)
    for name, p in space.declared().items():
        assert p.low <= a[name] <= p.high
    few = space.propose(start, (1, 2), 0.1, 0.1)
    assert 0 < sum(few[n] != start[n] for n in start) < len(start) / 3


def test_no_parameter_that_decides_how_policy_works_is_tuned():
    assert not {
        "location.cost_sensitivity",
        "sales.mentor_growth",
        "incubation.stake_dislike",
    } & set(space.MOVED)
    assert {"location.cost_sensitivity", "sales.mentor_growth"} <= set(accept.FREE)


def test_a_planted_ridge_is_found_and_nothing_else():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=300), rng.normal(size=300)
    table = {"a.x": x, "a.y": y, "a.z": -x + 0.2 * rng.normal(size=300)}
    found = ridges(tuple(Member(k, {n: v[k] for n, v in table.items()}, 0, ()) for k in range(300)))
    assert [{a, b} for a, b, _ in found] == [{"a.x", "a.z"}]
    assert found[0][2] < -0.9


def test_the_ensemble_loads_and_lies_in_the_declared_ranges():
    found = members()
    assert len(found) >= 200
    processes = all_parameters()
    for member in found:
        for name, value in member.values.items():
            process, _, key = name.partition(".")
            p = processes[process].declared[key]
            assert p.low <= value <= p.high, (member.number, name)
    told = kept.about()
    assert told["accepted"] == len(found) <= told["tried"] + 1
    assert all(m.distance <= told["distance_limit"] + 0.001 for m in found)
    assert len({tuple(m.values.values()) for m in found}) == len(found)
    assert kept.MEMBERS.stat().st_size < 300_000


def test_ridges_in_the_file_are_those_of_its_members():
    told = [(a, b) for a, b, _ in kept.about()["ridges"]]
    assert told == [(a, b) for a, b, _ in ridges(members())]
    assert len(kept.about()["named_ridges"]) == len(accept.NAMED)


def test_members_work_as_overrides_and_are_spread_over_the_file():
    few = members(3)
    assert [m.number for m in few] == [0, len(members()) // 3, 2 * len(members()) // 3]
    made = load_scenario("starter-park", "no-policy", overrides=few[1].overrides)
    for name, value in few[1].values.items():
        process, _, key = name.partition(".")
        assert made.parameters[process][key] == value
    with pytest.raises(ValueError, match="members of"):
        members(10_000)


def test_the_page_of_the_ensemble_is_in_step():
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def test_members_are_held_against_seeds_that_none_was_chosen_on():
    told = kept.about()["judged"]
    assert not set(told["seeds"]) & ({*JUDGED[:500]} | {*TUNED})
    assert all(0 <= one["holds"] <= 1 for one in told["clauses"])
    assert set(told["groups"]) == {one["group"] for one in told["clauses"]}
    survival = next(one for one in told["clauses"] if one["name"] == "survival_1y")
    low, middle, high = survival["quantiles"]
    assert low < middle < high
