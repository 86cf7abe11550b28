"""The factorial: planted effects are found, planted conditions too, and the page is in step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.claims import library
from experiments.factorial.effects import Contrast, contrasts, effect, orders, screen
from experiments.factorial.page import page
from experiments.factorial.session import Plan
from experiments.members import NoEnsembleError, read_members
from sim.scenario import ScenarioErrors, shipped_root

FACTORS = {
    f"{form}_{equity}": {"form": form, "equity": equity}
    for form in ("space", "services", "cash")
    for equity in ("free", "stake")
}
FORM = {"space": 1.0, "services": 5.0, "cash": 3.0}
UNITS = 60


def planted(interaction: float = 0.0) -> dict[str, np.ndarray]:
    """Return values with effects of form, -2 of a stake, and what services add to it."""
    luck = np.random.default_rng(3)
    common = luck.normal(size=UNITS) * 10  # what all arms of a unit share cancels
    return {
        arm: common
        + FORM[f["form"]]
        - 2 * (f["equity"] == "stake")
        + interaction * (f["form"] == "services" and f["equity"] == "stake")
        + 0.2 * luck.normal(size=UNITS)
        for arm, f in FACTORS.items()
    }


@pytest.mark.parametrize(
    ("factor", "high", "low", "truth"),
    [
        ("form", "services", "space", 4),
        ("form", "cash", "services", -2),
        ("equity", "stake", "free", -2),
    ],
)
def test_planted_main_effects_are_found(factor, high, low, truth):
    contrast = Contrast(factor, high, low)
    found = effect(contrast, contrast.of(planted(), FACTORS), margin=0.5)
    assert found.estimate == pytest.approx(truth, abs=0.15)
    assert 0 < found.high - found.low < 0.3
    assert found.verdict == ("supported" if truth > 0 else "opposite")


def test_a_planted_interaction_shows_within_its_level_alone():
    values = planted(interaction=6.0)
    within = {
        form: Contrast("equity", "stake", "free", form).of(values, FACTORS).mean() for form in FORM
    }
    assert within["services"] == pytest.approx(4, abs=0.2)
    assert within["cash"] == pytest.approx(-2, abs=0.2)


def test_every_pair_of_levels_is_a_contrast_over_all_and_within_the_others():
    found = contrasts(FACTORS)
    assert [(c.high, c.low) for c in found if not c.within] == [
        ("services", "space"), ("cash", "space"), ("cash", "services"), ("stake", "free"),
    ]  # fmt: skip
    assert len(found) == 3 + 3 * 2 + 1 + 3


def test_the_parameter_that_turns_a_ranking_is_found_and_no_other():
    luck = np.random.default_rng(8)
    parameters = {f"p.x{k}": luck.uniform(size=200) for k in range(40)}
    values = parameters["p.x7"] - 0.6 + 0.05 * luck.normal(size=200)
    found = screen(parameters, values)
    assert [c.parameter for c in found] == ["p.x7"]
    assert found[0].cut == pytest.approx(0.6, abs=0.05)
    assert found[0].wins_below < 0.1 < 0.9 < found[0].wins_above
    assert found[0].turns


def test_noise_alone_has_no_condition():
    luck = np.random.default_rng(9)
    parameters = {f"p.x{k}": luck.uniform(size=200) for k in range(40)}
    assert screen(parameters, luck.normal(size=200)) == []
    assert screen(parameters, np.ones(200)) == []


def test_orders_count_which_level_leads():
    assert next(iter(orders(planted(), FACTORS, "form"))) == "services > cash > space"


# The shipped studies and ensembles


@pytest.mark.parametrize("path", library.FACTORIALS, ids=lambda path: path.stem)
def test_the_shipped_factorial_is_whole(path):
    study = library.load(path)
    assert not study.missing
    assert sorted((f["form"], f["equity"]) for f in study.factors.values()) == sorted(
        (f["form"], f["equity"]) for f in FACTORS.values()
    )
    shares = [s["nothing"].initial.firms.footloose_share for s in study.scenarios.values()]
    assert shares == [0, 0.25, 0.5]
    for arms in study.scenarios.values():
        assert all(arms[name].scale_lever for name in study.factors)


FILES = {
    "a.json": json.dumps(
        [{"location.leave": 0.02, "id": 3}, {"parameters": {"location.leave": 0.03}}]
    ),
    "b.yaml": "members:\n  - {location.leave: 0.02}\n  - {location.leave: 0.03}\n",
    "c.csv": "id,location.leave\n1,0.02\n2,0.03\n",
}


@pytest.mark.parametrize("name", FILES)
def test_an_ensemble_is_read_from_any_list(tmp_path, name):
    (tmp_path / name).write_text(FILES[name])
    assert read_members(tmp_path) == [{"location.leave": 0.02}, {"location.leave": 0.03}]
    assert read_members(tmp_path / name, most=1) == [{"location.leave": 0.02}]


def test_no_ensemble_is_said(tmp_path):
    with pytest.raises(NoEnsembleError):
        read_members(tmp_path / "none")


def test_members_change_parameters_within_their_ranges(tmp_path):
    study = replace(library.load(library.FACTORIALS[0]), path=Path("f.yaml"))
    arms = Plan.of(study, [{"location.leave": 0.02}]).arms("half", 0, {"cash_free": 0.5})
    assert all(arm.scenario.parameters["location"]["leave"] == 0.02 for arm in arms.values())
    assert arms["cash_free"].scale == 0.5
    with pytest.raises(ScenarioErrors, match="out of range"):
        Plan.of(study, [{"location.leave": 2.0}]).arms("half", 0, {})


def test_the_page_is_in_step_with_its_record():
    docs = shipped_root() / "docs"
    told = json.loads((docs / "findings.json").read_text("utf-8"))
    assert (docs / "findings.md").read_text("utf-8") == page(told)


def test_a_condition_whose_arms_cost_more_than_others_is_headed_so():
    docs = shipped_root() / "docs"
    told = json.loads((docs / "findings.json").read_text("utf-8"))
    conditions = [one for factorial in told["factorials"] for one in factorial["conditions"]]
    for one in conditions:
        for share in one["cost_over_target"].values():
            share["median"] = 1.0
    assert "NOT AT EQUAL COST" not in page(told)
    conditions[0]["cost_over_target"]["cash_free"]["median"] = 1.06
    assert page(told).count("NOT AT EQUAL COST") == 1
