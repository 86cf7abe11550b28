"""A community that extends another: listed parts change, the rest and its sources stay."""

from __future__ import annotations

import pytest

from sim.scenario import load_scenario
from sim.scenario.problems import ScenarioErrors

HEAD = "schema: hotbed/1\nkind: community\nextends: {}\n"


def write(folder, text, name="here"):
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_listed_is_the_place_itself(tmp_path):
    path = write(tmp_path, HEAD.format("starter-park"))
    assert load_scenario(path).canonical() == load_scenario("starter-park").canonical()


def test_listed_parts_change_and_lists_and_counts_by_name_are_taken_whole(tmp_path):
    text = HEAD.format("starter-park") + (
        "initial:\n"
        "  rents: {office: {value: 90, source: I07}}\n"
        "  firms:\n"
        "    source: own-data\n"
        "    sectors: {ai: 40}\n"
        "    layers: {models: 40}\n"
        "    classes: [{firms: 38, staff: 6}, {firms: 2, staff: 75.5}]\n"
    )
    here, there = load_scenario(write(tmp_path, text)), load_scenario("starter-park")
    assert here.initial.firms.sectors == {"ai": 40}
    assert [one.staff for one in here.initial.firms.classes] == [6, 75.5]
    assert here.initial.rents.office == 90
    assert here.initial.rents.housing == there.initial.rents.housing
    assert here.initial.firms.focal == there.initial.firms.focal
    assert here.levers == there.levers
    # Sources stand with the numbers: the block's own for what is listed, the other's for the rest.
    assert here.sources["initial.rents.office"] == "I07"
    assert here.sources["initial.rents.housing"] == "assumption"
    assert here.sources["initial.firms.sectors.ai"] == "own-data"
    assert here.sources["initial.firms.classes.1.staff"] == "own-data"


def test_levers_replace_those_of_the_other_place_unless_they_are_added(tmp_path):
    one = "levers: {{mentoring: {{hours_month: 2, source: assumption}}}}\n".format()
    alone = load_scenario(write(tmp_path, HEAD.format("starter-park") + one))
    assert {use.lever for use in alone.levers} == {"mentoring"}
    asked = "{community: starter-park, levers: add}"
    added = load_scenario(write(tmp_path, HEAD.format(asked) + one))
    there = {use.lever for use in load_scenario("starter-park").levers}
    assert {use.lever for use in added.levers} == there | {"mentoring"}
    none = load_scenario(write(tmp_path, HEAD.format("starter-park") + "levers: {}\n"))
    assert none.levers == ()


def test_a_place_may_extend_one_that_extends(tmp_path):
    write(tmp_path, HEAD.format("starter-park") + "initial: {rents: {office: 90}}\n", "middle")
    last = write(tmp_path, HEAD.format("middle") + "initial: {rents: {housing: 55}}\n", "last")
    rents = load_scenario(last).initial.rents
    assert (rents.office, rents.housing) == (90, 55)


@pytest.mark.parametrize(
    ("extends", "code"),
    [
        ("starter-pork", "missing_file"),
        ("{community: starter-park, levers: both}", "unknown_name"),
        ("{place: starter-park}", "unknown_key"),
        ("here", "wrong_type"),  # itself, round and round
        ("cash", "missing_file"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path, extends, code):
    path = write(tmp_path, HEAD.format(extends))
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    assert code in {one.code for one in caught.value.problems}
    assert all(one.file.endswith("here.yaml") for one in caught.value.problems)


def test_what_results_is_checked_like_any_place(tmp_path):
    text = HEAD.format("starter-park") + "initial: {people: {developers_in_firms: 300}}\n"
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(write(tmp_path, text))
    assert "does_not_add_up" in {one.code for one in caught.value.problems}
