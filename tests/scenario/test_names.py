"""Parameters, indicators and distributions that files name are checked against declarations."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import sim.processes
from sim.declare import Parameters, param
from sim.scenario.load import load_scenario
from sim.scenario.problems import ScenarioErrors

LOCATION = Parameters(
    "location",
    cost_sensitivity=param(3, "", 1, 6, "F16", "cost sensitivity", "成本敏感度"),
    footloose_share=param(0.25, "share", 0, 0.5, "assumption", "footloose", "流动企业"),
)


@pytest.fixture(autouse=True)
def _declared(monkeypatch):
    monkeypatch.setattr(
        sim.processes, "all_parameters", lambda: {"location": LOCATION}, raising=False
    )
    indicators = SimpleNamespace(INDICATORS={"firms": None, "retention_after_support_24m": None})
    monkeypatch.setitem(sys.modules, "sim.indicators", indicators)
    monkeypatch.setattr(sim, "indicators", indicators, raising=False)


def scenario(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "s.yaml"
    head = "kind: scenario\nextends: {community: starter-park, policy: cash}\n"
    path.write_text(head + text, encoding="utf-8")
    return path


def test_parameters_come_from_file_and_command_line(tmp_path):
    path = scenario(tmp_path, "parameters: {location.cost_sensitivity: 3.5}\n")
    assert load_scenario(path).parameters == {"location": {"cost_sensitivity": 3.5}}
    changed = load_scenario(path, overrides=["location.footloose_share=40%"]).parameters
    assert changed == {"location": {"cost_sensitivity": 3.5, "footloose_share": 0.4}}
    assert load_scenario(path).with_policy("services").parameters == {
        "location": {"cost_sensitivity": 3.5}
    }


def test_expectations_and_distributions_are_read(tmp_path):
    text = """uncertain: {location.cost_sensitivity: "triangular(1, 3, 6)"}
expect: [{indicator: retention_after_support_24m, vs: no-policy, diff: "< 0", p: 0.8}]
"""
    loaded = load_scenario(scenario(tmp_path, text))
    assert loaded.uncertain == {"location.cost_sensitivity": ("triangular", (1.0, 3.0, 6.0))}
    (one,) = loaded.expect
    assert (one.indicator, one.vs, one.operator) == (
        "retention_after_support_24m",
        "no-policy",
        "<",
    )
    assert (one.number, one.probability, one.at) == (0, 0.8, "end")


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("parameters: {location.cost_sensitivty: 3}", "unknown_parameter",
         "location.cost_sensitivity"),
        ("parameters: {location.cost_sensitivity: 9}", "out_of_range", ""),
        ("parameters: [1]", "wrong_type", ""),
        ("uncertain: {location.cost_sens: uniform(0)}", "unknown_parameter",
         "location.cost_sensitivity"),
        ("uncertain: {location.cost_sensitivity: uniform(0)}", "bad_distribution", ""),
        ("uncertain: [3]", "wrong_type", ""),
        ("expect: [{indicator: firm, vs: no-policy, diff: '< 0'}]", "unknown_indicator", "firms"),
        ("expect: [{indicator: firms, vs: no-policy, diff: less}]", "bad_expectation", ""),
        ("expect: [{indicator: firms, diff: '< 0'}]", "missing_key", ""),
        ("expect: [{indicator: firms, vs: x, diff: '< 0', q: 1}]", "unknown_key", ""),
        ("horizon: {start: 2026, months: 12}", "wrong_date", ""),
    ],
)  # fmt: skip
def test_bad_names_are_refused_where_they_stand(tmp_path, text, code, nearest):
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(scenario(tmp_path, text + "\n"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.nearest, problem.line) == (code, nearest, 3)


def test_an_unknown_override_is_told_the_nearest_field_or_parameter():
    for given, near in (
        ("location.cost_sensitivty=3", "location.cost_sensitivity"),
        ("rent_subsid.discount=3", "rent_subsidy.discount"),
    ):
        with pytest.raises(ScenarioErrors) as caught:
            load_scenario("starter-park", overrides=[given])
        assert [(p.code, p.nearest) for p in caught.value.problems] == [("unknown_parameter", near)]
