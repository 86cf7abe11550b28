"""Files of places with several sites: what they may say, and what is made of it."""

from __future__ import annotations

import json

import pytest

from sim.scenario import ScenarioErrors, load_scenario
from sim.scenario.describe import describe
from sim.scenario.difference import differences
from sim.scenario.explain import explain
from sim.scenario.restore import restore

HEAD = "schema: hotbed/1\nkind: community\nname: Two parks\n"
EAST = "  - {name: east, community: starter-park, at: [0 m, 0 m]}\n"
WEST = (
    "  - {name: west, community: starter-park, at: [3000 m, 0 m], initial: {rents: {office: 90}}}\n"
)
LINKS = "levers:\n  community_links: {link_strength: 50%}\n"
TWO = HEAD + "sites:\n" + EAST + WEST + LINKS


def load(tmp_path, text, policy=None, *changes):
    path = tmp_path / "two.yaml"
    path.write_text(text)
    return load_scenario(path, policy, overrides=changes)


def levers(scenario):
    return [[use.lever for use in site.scenario.levers] for site in scenario.sites]


def test_sites_are_their_communities_with_what_they_say_differently(tmp_path):
    place = load(tmp_path, TWO)
    park = load_scenario("starter-park")
    east, west = place.sites
    assert (east.name, east.at, west.at) == ("east", (0, 0), (3000, 0))
    assert east.scenario.initial == park.initial
    assert (west.scenario.initial.rents.office, west.scenario.initial.rents.housing) == (90, 110)
    assert place.initial.firms.total == 2 * park.initial.firms.total
    assert place.initial.rents.office == (186 + 90) / 2
    own = [use.lever for use in park.levers]
    assert levers(place) == [[*own, "community_links"]] * 2
    assert {use.lever for use in place.levers} == {*own, "community_links"}


def test_a_policy_replaces_all_levers_and_is_scaled_to_each_site(tmp_path):
    place = load(tmp_path, TWO, "service-for-equity", "rents.normal_vacancy=0.2")
    limits = [use.firms_max for site in place.sites for use in site.scenario.levers[:1]]
    assert limits == [12, 12]  # 120 for 405 firms
    assert "community_links" not in {use.lever for use in place.levers}
    assert [site.scenario.parameters["rents"] for site in place.sites] == [
        {"normal_vacancy": 0.2}
    ] * 2
    assert [use.firms_max for use in place.scaled(2).sites[0].scenario.levers[:1]] == [24]
    assert place.with_policy("no-policy").sites[0].scenario.levers == ()


def test_the_canonical_form_knows_sites_positions_and_one_account_and_comes_back(tmp_path):
    texts = (
        TWO,
        TWO.replace("3000 m", "2000 m"),
        TWO.replace("west", "south"),
        TWO.replace("sites:", "one_operator: true\nsites:"),
        TWO.replace("50%", "60%"),
    )
    forms = [load(tmp_path, text).canonical() for text in texts]
    assert len(set(forms)) == len(forms)
    turned = HEAD + "sites:\n" + WEST + EAST + LINKS
    assert load(tmp_path, turned).canonical() == forms[0]
    for form in forms:
        back = restore(json.loads(form), "two", "as-is", 12)
        assert back.canonical() == form
        assert back.initial.firms.total == 80


def test_a_place_of_sites_is_told_in_words(tmp_path):
    place = load(tmp_path, TWO.replace("sites:", "one_operator: true\nsites:"))
    for language, words in (("en", "Site west (Starter park)"), ("zh", "社区west（入门园区）")):
        assert words in describe(place, language)
        assert words in explain(place, language)
    (one,) = differences(place, load(tmp_path, TWO))
    assert (one.path, one.a, one.b) == ("one_operator", 1, 0)
    paths = [one.path for one in differences(place, load_scenario("starter-park"))]
    assert "sites.west.initial.rents.office" in paths


WRONG = {
    HEAD + "sites: []\n": "wrong_type",
    HEAD + "sites:\n  - east\n": "wrong_type",
    HEAD + "sites:\n" + EAST + EAST: "repeated_key",
    HEAD + "sites:\n" + EAST.replace("starter-park", "starter-pork"): "missing_file",
    HEAD + "sites:\n" + EAST.replace("community", "comunity"): "missing_key",
    HEAD + "sites:\n" + EAST.replace("0 m, 0 m", "0 m"): "wrong_type",
    HEAD + "sites:\n" + EAST.replace("0 m, 0 m", "0 CNY, 0 m"): "wrong_unit",
    HEAD + "sites:\n" + EAST.replace("starter-park", "two.yaml"): "contradiction",
    HEAD + "sites:\n" + WEST.replace("rents", "rent"): "unknown_key",
    HEAD + "initial: {}\nsites:\n" + EAST: "contradiction",
    TWO + "one_operator: maybe\n": "wrong_type",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_told_with_its_place(tmp_path, text):
    with pytest.raises(ScenarioErrors) as caught:
        load(tmp_path, text)
    found = {problem.code: problem for problem in caught.value.problems}
    assert WRONG[text] in found
    assert found[WRONG[text]].line > 0
