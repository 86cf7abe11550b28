"""`hotbed tipping`, `neutral` and `why`: planted truths are found from the command line."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from experiments import runner
from hotbed.cli.app import call
from tests.experiments import sweep_toy as toy
from tests.experiments.drawn import Drawn

AB = ("starter-park", "heavy-rent-subsidy", "service-for-equity")
HERE = ("--jobs", "1", "--months", "6")


def engine():
    """Jobs of the toy; accounts and levers with effects of their own."""
    return replace(toy.engine(), simulate=simulate)


def simulate(scenario, seed, months=None, strict=False):
    run = toy.simulate(scenario, seed, months)
    series = run.series.copy()
    uses = {use.lever: use for use in scenario.levers}
    stake = uses["service_for_equity"].values["stake"] if "service_for_equity" in uses else 0.0
    noise = np.random.default_rng([seed, len(uses)]).normal()
    firms = 50 + 5 * ("service_for_equity" in uses) - 3 * ("rent_subsidy" in uses) + 0.1 * noise
    works = scenario.parameters.get("location", {}).get("leave", 0.5) != 0.02
    firms += 2 * works * ("service_for_equity" in uses)
    series[:, 1] = firms
    series[:, 3] = 1e6 * (10 - 100 * stake * ("rent_subsidy" not in uses)) + 1e4 * noise
    return SimpleNamespace(**{**vars(run), "series": series})


@pytest.fixture(autouse=True)
def _toy(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "real_engine", engine)
    monkeypatch.chdir(tmp_path)


def told(capsys, *words):
    capsys.readouterr()
    code = call([*words, *HERE, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_planted_tipping_point_is_found_with_its_band(capsys):
    ask = ("tipping", *AB, "--over", "market.growth:0:0.2")
    code, found = told(capsys, *ask)
    assert code == 0 and found["answer"] == "flips"
    (flip,) = found["flips"]
    assert flip["lo"] <= toy.TIP <= flip["hi"] and flip["hi"] - flip["lo"] < 0.02
    assert flip["rising"]
    # Broken off or asked again, it goes on from what is kept.
    assert call([*ask, *HERE]) == 0
    assert "service-for-equity becomes the better one at 0." in capsys.readouterr().out


def test_no_flip_is_told_as_such(capsys):
    _, found = told(capsys, "tipping", *AB, "--over", "market.growth:0.12:0.2")
    assert (found["answer"], found["sign"]) == ("does not flip", 1)


def test_the_stake_at_which_accounts_are_equal_is_found_and_compared_on_other_seeds(capsys):
    ask = ("neutral", "starter-park", "no-policy", AB[2], "--on", "public_cost_pv")
    code, found = told(capsys, *ask, "--solve", "service_for_equity.stake:0:0.1")
    assert (
        code == 1 and found["value"] is None
    )  # without a stake both are equal, with one B is cheaper
    ask = ("neutral", AB[0], AB[1], AB[2], "--on", "firms")
    assert call([*ask, "--solve", "service_for_equity.stake"]) == 2
    assert "--on" in capsys.readouterr().err


def crossing(scenario, seed, months=None, strict=False):
    """Public cost falls with the stake, to nothing at 4%; the operator lays out 2 million for it."""
    run = simulate(scenario, seed, months)
    stake = {u.lever: u for u in scenario.levers}.get("service_for_equity")
    share = stake.values["stake"] if stake else 0.04
    series = run.series.copy()
    series[:, 3] = 1e8 * (0.04 - share) + 1e4 * np.random.default_rng(seed).normal()
    series[:, 4] = 2e6 if stake else 0.0  # of the operator
    return SimpleNamespace(**{**vars(run), "series": series})


def test_accounts_of_government_and_operator_are_made_equal_together(monkeypatch, capsys):
    monkeypatch.setattr(runner, "real_engine", lambda: replace(toy.engine(), simulate=crossing))
    ask = ("neutral", *AB, "--solve", "service_for_equity.stake", "--reps", "4")
    for on, equal in (("public_cost_pv", 0.04), ("cost_pv", 0.06)):
        code, found = told(capsys, *ask, "--on", on)
        assert code == 0 and found["value"] == pytest.approx(equal, abs=0.003)
    assert call([*ask, *HERE, "--on", "cost_pv"]) == 0
    out, err = capsys.readouterr()
    assert "public and operator cost together" in out
    assert (
        "Next: hotbed compare starter-park --baseline heavy-rent-subsidy" in err
        and "--months 6" in err
    )


def test_a_solution_is_compared_on_every_headline_indicator(monkeypatch, capsys):
    monkeypatch.setattr(runner, "real_engine", lambda: replace(toy.engine(), simulate=crossing))
    ask = (
        "neutral",
        *AB,
        "--on",
        "public_cost_pv",
        "--solve",
        "service_for_equity.stake",
        "--reps",
        "4",
    )
    code, found = told(capsys, *ask)
    assert code == 0 and found["value"] == pytest.approx(0.04, abs=0.003)
    assert found["lo"] <= 0.04 <= found["hi"]
    rows = {row["indicator"]: row for row in found["rows"]}
    assert abs(rows["public_cost_pv"]["diff"]) < 3e5 and rows["jobs"]["n"] == 4
    assert call([*ask, *HERE, "--lang", "zh"]) == 0
    assert "相等" in capsys.readouterr().out


def test_the_gap_is_shared_as_planted_and_adds_up(capsys):
    switch = ("--without", "location.leave=0.02")
    code, found = told(capsys, "why", *AB, "--on", "firms", "--reps", "8", *switch)
    assert code == 0 and found["exact"]
    parts = {part["player"]: part for part in found["parts"]}
    assert sum(part["value"] for part in found["parts"]) == pytest.approx(found["gap"], abs=1e-9)
    assert found["gap"] == pytest.approx(10, abs=0.2)
    # The mechanism shares its 2 firms evenly with the lever that it works through.
    assert parts["service_for_equity"]["value"] == pytest.approx(6, abs=0.2)
    assert parts["rent_subsidy"]["value"] == pytest.approx(3, abs=0.2)
    assert parts["location.leave"]["value"] == pytest.approx(1, abs=0.2)
    assert abs(parts["settlement_grant"]["value"]) < 0.2
    assert call(["why", *AB, "--on", "firms", "--reps", "8", *HERE]) == 0
    assert "rent_subsidy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("tipping", *AB, "--over", "market.grwth"), "market.growth"),
        (("tipping", *AB, "--over", "market.growth:0.2:0.1"), "low:high"),
        (("tipping", *AB, "--over", "cash_grant.cny_once"), "neither"),
        (("tipping", *AB, "--over", "market.growth", "--on", "jbos"), "jobs"),
        (("tipping", AB[0], AB[1], AB[1], "--over", "market.growth"), "same policy"),
        (("why", *AB, "--without", "location.leave=7"), "location.leave"),
    ],
)
def test_what_cannot_be_asked_is_told(words, text, capsys):
    assert call([*words, *HERE]) == 2
    assert text in capsys.readouterr().err


def test_the_tipping_point_is_drawn_with_its_band_and_both_sides(tmp_path, capsys):
    ask = ("tipping", *AB, "--over", "market.growth:0:0.2", *HERE)
    assert call([*ask, "--figure", "new/tip.svg", "--lang", "zh"]) == 0
    assert "图：new/tip.svg" in capsys.readouterr().err
    drawn = Drawn((tmp_path / "new/tip.svg").read_text(), "zh")
    assert drawn.root.get("lang") == "zh"
    (band, _) = drawn.every("rect", "flip")  # the other is the legend's
    left, wide = float(band.get("x")), float(band.get("width"))
    low, high = drawn.values([left, left + wide], "x")
    assert low <= toy.TIP <= high and high - low < 0.02
    points = drawn.points()
    assert points[0] == pytest.approx([0.0, -2 * toy.GROWTH * toy.TIP], abs=1)
    words = [text for text, _ in drawn.texts("tick")]
    assert "服务换股权较优" in words and "低租金高补贴较优" in words


def test_a_gap_is_drawn_as_steps_to_its_whole(tmp_path, capsys):
    code, found = told(capsys, "why", *AB, "--on", "firms", "--reps", "8", "--figure", "gap.html")
    assert code == 0
    page = (tmp_path / "gap.html").read_text()
    drawn = Drawn(page[page.index("<svg") : page.index("</svg>") + 6])
    bars = drawn.bars()
    assert bars[-1] == pytest.approx([0, found["gap"]], abs=0.05)
    assert bars[0] == pytest.approx([0, found["parts"][0]["value"]], abs=0.05)
    assert len(bars) == len(found["parts"]) + 1


def test_a_figure_that_no_file_can_hold_is_refused_before_anything_runs(tmp_path, capsys):
    assert call(["why", *AB, *HERE, "--figure", "gap.png"]) == 2
    assert ".svg, .html" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
