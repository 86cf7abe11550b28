"""A scenario comes back from its canonical form, as manifests keep it."""

import json

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.restore import restore
from sim.scenario.shipped import shipped_names


@pytest.mark.parametrize("place", shipped_names("communities"))
@pytest.mark.parametrize("policy", [None, *shipped_names("policies")])
def test_what_comes_back_is_what_went_in(place, policy):
    scenario = load_scenario(place, policy)
    content = json.loads(scenario.canonical())
    back = restore(content, scenario.name, scenario.policy, scenario.months)
    assert back.canonical() == scenario.canonical()
    assert repr(back.initial) == repr(scenario.initial)  # the order of names too
    for one, other in zip(back.levers, scenario.levers, strict=True):
        assert one.values == other.values and str(one.eligible) == str(other.eligible)


def test_triggers_and_filters_come_back():
    asked = ("rent_subsidy.when=vacancy > 15% for 6 latch", "rent_subsidy.eligible=staff < 50",
             "rent_subsidy.discount=20%", "location.cost_sensitivity=3")  # fmt: skip
    scenario = load_scenario("starter-park", "no-policy", overrides=asked)
    back = restore(json.loads(scenario.canonical()), "x", "y", 12)
    assert back.levers[0].when == scenario.levers[0].when
    assert back.levers[0].eligible == scenario.levers[0].eligible
    assert back.parameters == scenario.parameters


@pytest.mark.parametrize("spoil", ["initial", "levers", "start"])
def test_what_is_no_canonical_form_is_refused(spoil):
    content = json.loads(load_scenario("starter-park", "cash").canonical())
    content[spoil] = None
    if spoil == "start":
        del content["start"]
    with pytest.raises(ValueError, match=r"."):
        restore(content, "x", "y", 12)
