"""docs/history.md is printed from its record, and the record is of the scenario that ships."""

from __future__ import annotations

import json

from sim.scenario import load_scenario
from tools import history


def test_the_page_is_printed_from_its_record():
    found = json.loads(history.RECORD.read_text(encoding="utf-8"))
    assert history.PAGE.read_text(encoding="utf-8") == history.page(found)
    scenario = load_scenario(history.SCENARIO)
    assert (found["start"], found["months"]) == (scenario.start, scenario.months)
    assert found["seeds"] >= 30
    assert found["at"][-1] == found["months"] - 1
    for name in history.kept():
        assert [len(run) for run in found["values"][name]] == [len(found["at"])] * found["seeds"]


def test_the_interval_is_of_the_mean():
    mean, low, high = history.interval([1.0, 2.0, 3.0, 4.0])
    assert mean == 2.5
    assert (round(low, 3), round(high, 3)) == (0.446, 4.554)  # t of 3 degrees: 3.182


def test_near_is_told_from_the_range_of_the_runs():
    runs = {name: [[fact.said] for _ in range(3)] for fact in history.FACTS for name in [fact.name]}
    runs |= {name: [[1.0]] * 3 for name in history.SHOWN if name not in runs}
    found = {
        "scenario": "x",
        "start": "2017-01",
        "months": 1,
        "seeds": 3,
        "at": [0],
        "values": runs,
    }
    assert history.page(found).count("| yes |") == len(history.FACTS)
    found["values"]["firms"] = [[100.0]] * 3
    assert "| 100 to 100 | no |" in history.page(found)


def test_nothing_but_building_goes_on_before_month_60():
    levers = load_scenario(history.SCENARIO).levers
    assert {use.lever for use in levers if use.start < 60} == {"space_programme"}
    assert len({use.lever for use in levers}) > 10
