"""The places that ship: each is told of, and held against what is known of it."""

from __future__ import annotations

import pytest
import yaml

from sim.indicators import INDICATORS
from sim.scenario import load_scenario
from sim.scenario.evidence import entries
from sim.scenario.shipped import shipped_names, shipped_root

ROOT = shipped_root()
PLACES = shipped_names("communities")
TARGETS = yaml.safe_load((ROOT / "calibration" / "targets" / "places.yaml").read_text("utf-8"))


def test_the_list_of_places_is_complete():
    text = (ROOT / "scenarios" / "README.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    told = [line.split("`")[1] for line in rows]
    assert sorted(told) == sorted(PLACES)
    assert all(
        line.count("|") == 5 and all(part.strip() for part in line.split("|")[1:-1])
        for line in rows
    )


@pytest.mark.parametrize("place", TARGETS)
def test_targets_name_what_there_is(place):
    assert place in PLACES
    months = load_scenario(place).months
    for target in TARGETS[place]:
        assert target["indicator"] in INDICATORS, target
        assert 0 <= target["month"] < months
        assert target["source"] in entries() or target["source"].startswith(("PL", "CL", "PAT"))
        assert target["use"] in ("calibrate", "validate")
        if "against" in target:
            assert target["against"] in PLACES and target["sign"] in ("lower", "higher")
        else:
            assert target["low"] <= target["high"]


def test_controls_hold_the_firms_and_people_of_origin_so_that_seeds_pair():
    origin = load_scenario("beijing-ai-origin").initial
    for name in ("landlord-park", "subsidy-park", "remote-zone"):
        place = load_scenario(name).initial
        assert place.firms == origin.firms
        assert place.people == origin.people
        assert place.floor == origin.floor
