"""What files and names mean, in words of both languages."""

import re

import pytest

from sim.levers import all_levers
from sim.scenario.evidence import UNKNOWN, entries, told
from sim.scenario.explain import explain, payer_of
from sim.scenario.glossary import UnknownNameError, meaning
from sim.scenario.load import load_scenario
from sim.scenario.names import parameters

PARK = load_scenario("starter-park")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_place_is_explained_with_its_numbers_levers_payers_and_sources(language):
    text = explain(PARK, language)
    assert "4,787" in text and "186" in text and "316" in text and "7,901,235" in text
    for use in PARK.levers:
        assert all_levers()[use.lever].text.in_language(language) in text
    wanted = {"en": ("paid by: government", "assumptions", "M016 Rent subsidy", "scaled to 40"),
              "zh": ("出资方：政府", "为假设", "M016 房租补贴", "换算为40家")}  # fmt: skip
    assert all(part in text for part in wanted[language])


def test_dates_scaled_values_and_filters_of_a_policy_are_told():
    text = explain(load_scenario("starter-park", "heavy-rent-subsidy"))
    assert "months 0 (2026-04) to 59 (2031-03); for firms with staff < 200" in text
    assert "at most 80 awards a year" in text and "(discount) = 0.6 share" in text


def test_no_policy_has_no_levers():
    assert "No levers" in explain(load_scenario("starter-park", "no-policy"))


@pytest.mark.parametrize("name", sorted(all_levers()))
def test_every_payer_is_said_in_chinese(name):
    said = payer_of(all_levers()[name])
    assert not re.search(r"[A-Za-z]", said.zh), f"add to PAYERS what is English here: {said.zh}"


@pytest.mark.parametrize("name", sorted(all_levers()))
def test_every_field_has_its_declaration(name):
    lever = all_levers()[name]
    whole = meaning(name, PARK)
    assert whole.kind == "lever" and set(lever.fields) <= set(whole.holds)
    for field, declared in lever.fields.items():
        found = meaning(f"{name}.{field}", PARK)
        assert (found.unit, found.low, found.high) == (declared.unit, declared.low, declared.high)
        assert found.source_text != UNKNOWN, f"{name}.{field} cites {found.source}"


def test_every_parameter_has_its_declaration_and_value():
    changed = load_scenario("starter-park", overrides=("location.cost_sensitivity=3",))
    for name, declared in parameters().items():
        found = meaning(name, changed)
        assert (found.low, found.high, found.default) == (
            declared.low,
            declared.high,
            declared.default,
        )
        assert found.source_text != UNKNOWN, f"{name} cites {found.source}"
        value = 3 if name == "location.cost_sensitivity" else declared.default
        assert found.values == ((name, value),)


def test_a_number_of_the_place_tells_value_bounds_and_source():
    origin = load_scenario("beijing-ai-origin")
    found = meaning("initial.people.students", origin)
    assert found.values == (("initial.people.students", 100_000),) and found.source == "A-AIO-06"
    assert found == meaning("people.students", origin) and found.unit == "people"


def test_repeated_levers_tell_each_value():
    values = dict(meaning("event_series.per_year", PARK).values)
    assert values == {"event_series.social.per_year": 1, "event_series.matching.per_year": 12}
    assert meaning("settlement_grant.amount_per_year", PARK).values == ()


@pytest.mark.parametrize(
    ("typo", "nearest"),
    [
        ("rent_subsidy.discuont", "rent_subsidy.discount"),
        ("rent_subsidi", "rent_subsidy"),
        ("location.cost_sensitivty", "location.cost_sensitivity"),
        ("initial.people.studnets", "initial.people.students"),
        ("xyzzy", ""),
    ],
)
def test_a_typo_names_the_nearest(typo, nearest):
    with pytest.raises(UnknownNameError) as error:
        meaning(typo, PARK)
    assert error.value.nearest == nearest


def test_evidence_is_found_by_id():
    assert {"A01", "M016", "A-AIO-02", "A-DRV-08"} <= entries().keys()
    assert "300" in told("A-AIO-02").en and told("M016").zh == "房租补贴"
    assert told("ZZ99") == UNKNOWN
