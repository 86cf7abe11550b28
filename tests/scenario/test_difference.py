"""What differs between two files is told field by field, with units, and nothing else is."""

import pytest

from sim.scenario.difference import differences
from sim.scenario.facts import facts
from sim.scenario.load import load_scenario
from sim.scenario.shipped import shipped_names

PLACE = "starter-park"


def between(a, b):
    return {one.path: one for one in differences(a, b)}


@pytest.mark.parametrize("policy", [None, *shipped_names("policies")])
def test_a_scenario_differs_from_itself_in_nothing(policy):
    assert differences(load_scenario(PLACE, policy), load_scenario(PLACE, policy)) == []


@pytest.mark.parametrize(
    ("change", "path", "a", "b", "unit"),
    [
        ("rent_subsidy.discount=0.4", "levers.rent_subsidy.discount", 0.6, 0.4, "share"),
        ("rent_subsidy.end=71", "levers.rent_subsidy.end", 59, 71, "month"),
        ("rent_subsidy.ramp_months=6", "levers.rent_subsidy.ramp_months", 0, 6, "months"),
        ("rent_subsidy.firms_max=7", "levers.rent_subsidy.firms_max", 80, 7, "firms/year"),
        (
            "rent_subsidy.eligible=staff < 9",
            "levers.rent_subsidy.eligible",
            "staff < 200",
            "staff < 9",
            "",
        ),
        (
            "rent_subsidy.when=vacancy > 0.2",
            "levers.rent_subsidy.when",
            None,
            "vacancy > 0.2 for 1",
            "",
        ),
    ],
)
def test_one_change_is_one_difference(change, path, a, b, unit):
    found = between(
        load_scenario(PLACE, "heavy-rent-subsidy"),
        load_scenario(PLACE, "heavy-rent-subsidy", overrides=(change,)),
    )
    assert list(found) == [path]
    one = found[path]
    assert (one.a, one.b, one.unit) == (a, b, unit) and one.text.en and one.text.zh


def test_a_parameter_stands_against_its_default():
    change = ("location.cost_sensitivity=3.25",)
    found = between(load_scenario(PLACE), load_scenario(PLACE, overrides=change))
    (one,) = found.values()
    from sim.scenario.names import parameters

    declared = parameters()["location.cost_sensitivity"]
    assert (one.a, one.b, one.unit) == (declared.default, 3.25, declared.unit)


def test_the_differences_tell_apart_what_two_canonical_forms_tell_apart():
    import json

    a, b = load_scenario(PLACE, "no-policy"), load_scenario("beijing-ai-origin", "no-policy")
    flat = {"initial." + path for path in _flat(json.loads(a.canonical())["initial"])}
    found = {path for path in between(a, b) if path.startswith("initial.")}
    told = {path for path in facts(a) if path.startswith("initial.")}
    assert flat <= {p for path in told for p in (path, *_parts(facts(a)[path]))}
    assert {"initial.firms.giants.0.staff", "initial.rents.office"} & found == {
        "initial.firms.giants.0.staff"
    }
    assert "initial.people.students" in found and found <= told | set(facts(b))


def _flat(data, path=""):
    if isinstance(data, dict):
        return {p for k, v in data.items() for p in _flat(v, f"{path}.{k}" if path else k)}
    if isinstance(data, list):
        return {p for k, v in enumerate(data) for p in _flat(v, f"{path}.{k}")}
    return {path}


def _parts(fact):
    value = fact.value if isinstance(fact.value, tuple) else ()
    return [f"{fact.path}.{k}" for k in range(len(value))]


def test_what_only_one_has_stands_against_nothing_and_together():
    found = between(load_scenario(PLACE, "cash"), load_scenario(PLACE, "no-policy"))
    assert found["levers.cash_grant"].a == 1 and found["levers.cash_grant"].b is None
    assert found["levers.cash_grant.cny_month"].b is None
    heads = [path.split(".")[1] for path in found if path.startswith("levers.")]
    assert heads == sorted(heads, key=heads.index)
    assert "levers.cash_grant.ramp_months" not in found


def test_repeated_levers_are_told_apart():
    paths = [path for path in facts(load_scenario(PLACE)) if "event_series" in path]
    assert "levers.event_series.social.days" in paths
    assert "levers.event_series.matching.per_year" in paths
