"""The stock of a new place adds up, whatever layers the place it is made from has."""

from __future__ import annotations

import pytest

from calibration import arms
from sim.build import build


@pytest.mark.parametrize("place", ["two-track", "beijing-ai-origin", "linked-biotech"])
def test_a_new_place_can_be_built_and_its_layers_are_those_of_some_firms(place):
    scenario = arms.BY_NAME["greenfield"].scenario(place)
    firms = build(scenario, 1, 12).firms.rows
    layers = sum(scenario.initial.firms.layers.values())
    assert (firms["layer"] >= 0).sum() == layers
    assert layers == 0 or 0 < layers <= firms.size
