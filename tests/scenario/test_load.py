"""Shipped files load; units, dates, scaling and policies mean what they should."""

from __future__ import annotations

import dataclasses
import math
import pickle
import shlex
from pathlib import Path

import numpy as np
import pytest

from experiments.runner import Arm, Task
from sim.levers import all_levers
from sim.scenario.consistency import total_staff
from sim.scenario.describe import count_sources, describe
from sim.scenario.filters import parse_filter
from sim.scenario.load import load_scenario
from sim.scenario.problems import Problems, ScenarioErrors
from sim.scenario.shipped import shipped_names, shipped_root
from sim.scenario.tree import Value, read
from sim.state.rules import OPEN_END

PLACES = shipped_names("communities")
POLICIES = shipped_names("policies")
FACTORIAL = ("rent-relief", "services", "cash", "space-for-equity", "service-for-equity",
             "cash-for-equity")  # fmt: skip


def policy(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_files_are_the_ones_promised():
    office = {
        "beijing-ai-origin", "beijing-ai-origin-2017", "starter-park", "landlord-park", "subsidy-park",
        "remote-zone", "iot-corridor", "iot-corridor-core", "haidian", "two-track", "built-campus",
        "linked-biotech", "open-scene",
    }  # fmt: skip
    plants = {
        "zhizao", "worker-town", "park-upgrade", "chuangzhidao", "fine-chemicals", "equipment-park",
    }  # fmt: skip
    sites = {
        "front-back", "dongsheng-back", "urban-district", "district-quarter", "city", "city-quarter",
        "micro-city",
    }  # fmt: skip
    assert office | plants | sites <= set(PLACES)
    tapered = {f"{name}-taper" for name in FACTORIAL}
    bundles = {
        "no-policy", "heavy-rent-subsidy", "landlord", "three-part-income", "talent-first",
        "platforms-first", "encounters-first", "governance-first", "nurture", "land-package",
    }  # fmt: skip
    assert set(POLICIES) == {*FACTORIAL, *tapered, *bundles}


CHIEF = ("beijing-ai-origin", "starter-park")
LOADED = [(place, name) for place in CHIEF for name in (None, *POLICIES)]
LOADED += [(place, name) for place in PLACES if place not in CHIEF for name in (None, "services")]


@pytest.mark.parametrize(("place", "name"), LOADED)
def test_every_place_loads_under_every_policy(place, name):
    scenario = load_scenario(place, name)
    assert scenario.policy == (name or "as-is")
    assert scenario.title.zh != scenario.title.en
    assert scenario.policy_title.zh != scenario.policy_title.en
    for language in ("en", "zh"):
        assert scenario.policy_title.in_language(language) in describe(scenario, language)


def test_origin_has_the_numbers_of_its_sources():
    origin = load_scenario("beijing-ai-origin").initial
    assert origin.firms.total == 405
    assert total_staff(origin) == 13_200
    assert origin.people.students == 100_000
    assert origin.floor.office_let_m2 == 12 * origin.people.developers_in_firms
    lab_heads = origin.people.scientists_in_firms + origin.people.workers_in_firms
    assert origin.floor.lab_let_m2 == 40 * lab_heads


def numbers_of(value: Value, path: str) -> dict[str, Value]:
    """Return every leaf number of a tree by the path that its source is noted under."""
    inner = value.get("value")
    if inner is not None:
        value = inner
    if value.entries is not None:
        found: dict[str, Value] = {}
        for key, entry in value.entries.items():
            if key not in ("source", "note", "low", "high"):
                found |= numbers_of(entry.value, f"{path}.{key}")
        return found
    if value.items is not None:
        return {
            name: leaf
            for k, item in enumerate(value.items)
            for name, leaf in numbers_of(item, f"{path}.{k}").items()
        }
    text = str(value.scalar)
    return {path: value} if text[:1].isdigit() else {}


@pytest.mark.parametrize("kind", ["communities", "policies"])
def test_every_leaf_number_of_a_shipped_file_has_a_source(kind):
    counted = 0
    for name in shipped_names(kind):
        problems = Problems()
        root = read(shipped_root() / "scenarios" / kind / f"{name}.yaml", problems)
        place, chosen = (name, None) if kind == "communities" else (PLACES[0], name)
        sources = load_scenario(place, chosen).sources
        for block in ("initial", "levers", "parameters"):
            tree = root.get(block) if root else None
            for path in numbers_of(tree, block) if tree else ():
                # A list of numbers has one source.
                assert path in sources or path.rpartition(".")[0] in sources, (name, path)
                counted += 1
    assert counted > 100


def test_defaults_of_a_place_count_with_the_source_of_their_declaration():
    scenario = load_scenario("starter-park")
    assert scenario.sources["initial.firms.age_shares"] == "A14"
    assert scenario.sources["initial.outside.rival_rent"] == "assumption"
    counted = count_sources(scenario)
    assert counted["sourced"] + counted["assumed"] == len(scenario.sources)


def test_without_a_policy_the_place_is_as_it_is_and_no_policy_is_empty(tmp_path):
    origin = load_scenario("beijing-ai-origin")
    assert {use.lever for use in origin.levers} >= {"free_office", "capital_link"}
    nothing = load_scenario("beijing-ai-origin", "no-policy")
    assert nothing.levers == ()
    for text in ("", "# nothing", "levers: {}", "kind: policy\nname: other\n"):
        other = load_scenario("beijing-ai-origin", policy(tmp_path, text))
        assert other.canonical() == nothing.canonical()
    assert origin.canonical() != nothing.canonical()


def test_a_policy_can_be_changed_after_loading_and_scenarios_travel():
    origin = load_scenario("starter-park", "cash", months=60, overrides=["cash_grant.stake=2%"])
    free = origin.with_policy("services")
    assert free.policy == "services"
    assert free.months == 60
    assert "cash_grant" in {use.lever for use in free.levers}  # the override stays
    assert origin.with_policy(None).policy == "as-is"
    assert pickle.loads(pickle.dumps(origin)).canonical() == origin.canonical()  # noqa: S301 -- own bytes


def test_units_and_bare_numbers_mean_the_same(tmp_path):
    bare = "levers: {settlement_grant: {amount_per_year: 200000, end: 59}, rent_subsidy: {discount: 0.55}}"
    full = "levers: {settlement_grant: {amount_per_year: '200,000 CNY', stop_month: 60}, rent_subsidy: {discount: 55%}}"
    one = load_scenario("starter-park", policy(tmp_path, bare))
    other = load_scenario("starter-park", policy(tmp_path, full))
    assert one.canonical() == other.canonical()


def test_dates_count_from_the_first_month(tmp_path):
    text = "levers: {cash_grant: {cny_month: 1, start: 2026-06, end: 2031-03, ramp_months: 3}}"
    (use,) = load_scenario("starter-park", policy(tmp_path, text)).levers
    assert (use.start, use.end, use.ramp, use.taper) == (2, 59, 3, 0)
    (use,) = load_scenario("starter-park", policy(tmp_path, "levers: {cash_grant: {}}")).levers
    assert (use.start, use.end) == (0, OPEN_END)


def test_extensive_fields_scale_with_the_firms_and_round_half_up(tmp_path):
    text = """reference_firms: {ref}
levers:
  free_office: {{m2_per_team: 50, teams_max: 60}}
  cash_grant: {{cny_month: 10000, firms_max: 5}}
  special_fund: {{budget_cny_year: 80000000}}
"""
    at = {}
    for reference in (40, 80, 405, 100_000):
        levers = load_scenario("starter-park", policy(tmp_path, text.format(ref=reference))).levers
        office, grant, fund = (use.values for use in levers)
        at[reference] = (office["teams_max"], levers[1].firms_max, fund["budget_cny_year"])
        assert (office["m2_per_team"], grant["cny_month"]) == (50, 10_000)
    assert at[40] == (60, 5, 80_000_000)
    assert at[80] == (30, 3, 40_000_000)
    assert at[405] == (6, 1, pytest.approx(80e6 * 40 / 405))
    assert at[100_000] == (1, 1, pytest.approx(32_000))


def test_the_scale_lever_scales_the_firms_served_and_nothing_else():
    base = load_scenario("beijing-ai-origin", "service-for-equity")
    more = base.scaled(2.5)
    assert more.levers[0].firms_max == 300
    assert dataclasses.replace(more.levers[0], firms_max=120) == base.levers[0]
    assert base.levers[0].firms_max == 120
    assert base.scaled(1e9).levers[0].firms_max == 100_000
    heavy = load_scenario("beijing-ai-origin", "heavy-rent-subsidy").scaled(0.5)
    assert [use.firms_max for use in heavy.levers[:2]] == [405, 203]
    with pytest.raises(ValueError, match="no scale_lever"):
        load_scenario("beijing-ai-origin", "no-policy").scaled(2)


@pytest.mark.parametrize("name", FACTORIAL)
def test_the_factorial_differs_only_in_form_and_stake(name):
    cliff = load_scenario("beijing-ai-origin", name)
    taper = load_scenario("beijing-ai-origin", f"{name}-taper")
    award, weights, fund = cliff.levers
    assert (award.start, award.end, award.firms_max) == (0, 59, 120)
    assert str(award.eligible) == "(tenure < 36 and staff < 50)"
    assert (award.values["months_max"], award.values["public_share"]) == (24, 1)
    assert award.values["stake"] == (0.06 if name.endswith("-for-equity") else 0)
    assert weights.values == {"rent": 0.35, "service": 0.35, "equity": 0.2, "mission": 0.1}
    assert (fund.values["budget_cny_year"], fund.values["stop_month"]) == (80_000_000, None)
    assert (award.taper, taper.levers[0].taper) == (0, 24)
    assert taper.levers[0].values == award.values


def test_a_scenario_file_extends_a_place_and_a_policy(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        """schema: hotbed/1
kind: scenario
name: {en: Mine, zh: 我的}
extends: {community: starter-park, policy: cash}
horizon: {start: 2027-01, months: 24}
uncertain: {cash_grant.cny_month: "uniform(0, 20000)"}
""",
        encoding="utf-8",
    )
    mine = load_scenario(path)
    assert (mine.name, mine.policy, mine.start, mine.months) == ("mine", "cash", "2027-01", 24)
    assert mine.uncertain == {"cash_grant.cny_month": ("uniform", (0.0, 20_000.0))}
    assert mine.levers[0].values == load_scenario("starter-park", "cash").levers[0].values
    assert load_scenario(path, "landlord").policy == "landlord"
    assert mine.with_policy(None).policy == "as-is"


def test_policies_beside_the_places_folder_are_found_by_name(tmp_path):
    (tmp_path / "communities").mkdir()
    (tmp_path / "policies").mkdir()
    place = tmp_path / "communities" / "here.yaml"
    source = shipped_root() / "scenarios" / "communities" / "starter-park.yaml"
    place.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "policies" / "ours.yaml").write_text("levers: {dual_identity: {allowed: 0}}")
    assert load_scenario(place, "ours").levers[0].values["allowed"] == 0
    assert load_scenario(place, "cash").policy == "cash"


def test_overrides_change_every_use_and_add_what_is_missing():
    origin = load_scenario("beijing-ai-origin", overrides=["event_series.days=2"])
    assert [u.values["days"] for u in origin.levers if u.lever == "event_series"] == [2, 2]
    bare = load_scenario("starter-park", "no-policy", overrides=["cash_grant.cny_month=5000 CNY"])
    assert [use.values["cny_month"] for use in bare.levers] == [5000]
    dated = load_scenario("starter-park", "cash", overrides=["cash_grant.end=11"])
    assert dated.levers[0].end == 11


def test_filters_read_as_they_are_written():
    columns = {
        "staff": np.array([3, 60, 10]),
        "sector": np.array([0, 0, 2]),
        "rounds": np.array([0, 1, 2]),
    }
    cases = {
        "staff < 50": [True, False, True],
        "not staff < 50": [False, True, False],
        "sector == ai and staff >= 60": [False, True, False],
        "sector != ai or staff < 5 and rounds == 0": [True, False, True],
        "(sector != ai or staff < 5) and rounds == 0": [True, False, False],
    }
    for text, expected in cases.items():
        found = parse_filter(text)
        assert found.evaluate(columns).tolist() == expected
        assert parse_filter(str(found)) == found


def test_every_lever_field_has_texts_and_a_default_within_bounds():
    for lever in all_levers().values():
        for name, field in lever.fields.items():
            assert field.text.en
            assert field.text.zh, (lever.name, name)
            if isinstance(field.default, int | float) and field.low is not None:
                assert field.low <= field.default <= (field.high or math.inf), (lever.name, name)


def test_fields_of_one_lever_set_together_are_read_together():
    texts = [f"operator_weights.{name}={share}" for name, share in
             (("rent", 0.2), ("service", 0.4), ("equity", 0.3), ("mission", 0.1))]  # fmt: skip
    scenario = load_scenario("starter-park", "no-policy", overrides=tuple(texts))
    values = next(use.values for use in scenario.levers if use.lever == "operator_weights")
    assert [values[name] for name in ("rent", "service", "equity", "mission")] == [
        0.2,
        0.4,
        0.3,
        0.1,
    ]
    with pytest.raises(ScenarioErrors):
        load_scenario("starter-park", "no-policy", overrides=tuple(texts[:3]))


def test_a_platform_may_be_for_some_firms_though_it_makes_no_awards():
    given = ("pilot_platform.slots_month=1", "pilot_platform.eligible=sector == biotech")
    (use,) = load_scenario("starter-park", "no-policy", overrides=given).levers
    assert str(use.eligible) == "sector == biotech"
    with pytest.raises(ScenarioErrors, match="eligible"):
        load_scenario("starter-park", "no-policy", overrides=("poc_centre.eligible=staff < 50",))
    with pytest.raises(ScenarioErrors, match="firms_max"):
        load_scenario("starter-park", "no-policy", overrides=("pilot_platform.firms_max=3",))


def test_one_use_of_a_lever_that_stands_several_times_can_be_set_alone():
    """Equal cost scales each use apart, and the command that repeats a run says so."""
    changes = ["event_series[2].per_year=30", "event_series.days=3"]
    made = load_scenario("starter-park", "encounters-first", overrides=changes)
    plain = load_scenario("starter-park", "encounters-first")
    found = [use.values for use in made.levers if use.lever == "event_series"]
    before = [use.values for use in plain.levers if use.lever == "event_series"]
    assert [v["per_year"] for v in found] == [
        30 if k == 1 else v["per_year"] for k, v in enumerate(before)
    ]
    assert all(v["days"] == 3 for v in found)
    with pytest.raises(ScenarioErrors, match=r"event_series\[9\].per_year=1.*1\.\.4"):
        load_scenario("starter-park", "encounters-first", overrides=["event_series[9].per_year=1"])


@pytest.mark.parametrize("name", shipped_names("policies"))
def test_a_scaled_policy_is_what_its_command_sets(name):
    policy = load_scenario("beijing-ai-origin", name)
    if not policy.scale_lever:
        return
    task = Task("", Arm(name, policy, place="beijing-ai-origin").scaled(0.37), 1, 12)
    words = shlex.split(task.command())
    changes = [words[k + 1] for k, word in enumerate(words) if word == "--set"]
    again = load_scenario("beijing-ai-origin", name, overrides=changes)
    assert again.canonical() == task.arm.scenario.canonical()
