"""Studies and folders at the edge: what cannot be told is said so, and no folder is taken by another."""

import json
import os
import time
import weakref

import numpy as np
import pytest

from experiments import durable, runner
from experiments.sweeps import pairs
from experiments.sweeps.plan import plan_of
from experiments.sweeps.questions import doubts
from experiments.sweeps.session import read_values
from hotbed.cli.app import call, hearing
from sim.scenario.sweeps import read_sweep
from tests.experiments import sweep_toy as toy
from tests.hotbed.test_sites_cli import TWO

OUTCOMES = "outcomes: [{indicator: jobs, at_least: 100}, firms]"
ASK = ("--jobs", "1", "--out", "here")


@pytest.fixture
def toy_engine(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "real_engine", toy.engine)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def study(toy_engine, tmp_path):
    def write(*changes):
        text = toy.STUDY.replace("rows: 32", "rows: 8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "toy.yaml").write_text(text)

    write()
    return write


def told(capsys, *words):
    capsys.readouterr()
    code = call([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


# What cannot be told


def test_an_outcome_without_a_direction_is_left_out_and_named(study, capsys, monkeypatch):
    from dataclasses import replace

    engine = toy.engine()
    plain = replace(engine.indicators["firms"], direction="none")
    aimless = replace(engine, indicators=engine.indicators | {"firms": plain})
    monkeypatch.setattr(runner, "real_engine", lambda: aimless)
    study(("rows: 8", "rows: 32"))
    assert call(["sweep", "toy.yaml", *ASK]) == 0
    for command in ("robust", "discover"):
        capsys.readouterr()
        code = call([command, "toy.yaml", "--out", "here", "--json"])
        out, err = capsys.readouterr()
        assert code == 0 and list(json.loads(out)["outcomes"]) == ["jobs"]
        assert "neither more nor less" in err
    words = ("starter-park", "heavy-rent-subsidy", "service-for-equity")
    assert call(["tipping", *words, "--over", "market.growth", "--on", "firms"]) == 2
    assert "--on" in capsys.readouterr().err


def test_an_outcome_without_values_does_not_take_the_others_along(study, capsys, monkeypatch):
    real = toy.simulate

    def simulate(*words, **more):
        run = real(*words, **more)
        run.series[:, 1] = np.nan  # firms
        return run

    monkeypatch.setattr(toy, "simulate", simulate)
    study(("rows: 8", "rows: 32"))
    assert call(["sweep", "toy.yaml", *ASK]) == 0
    for words in (
        ("discover", "toy.yaml", "--out", "here"),
        ("sensitivity", "toy.yaml", "--jobs", "1"),
    ):
        capsys.readouterr()
        assert call([*words, "--json", "--lang", "zh"]) == 0
        out, err = capsys.readouterr()
        assert list(json.loads(out)["outcomes"]) == ["jobs"] and "企业数" in err and "从略" in err


def test_with_one_seed_no_share_of_doubt_is_told(study, tmp_path, capsys):
    study(("replicates: 2", "replicates: 1"))
    assert call(["sweep", "toy.yaml", *ASK]) == 0
    values = read_values(
        plan_of(toy.engine(), read_sweep(tmp_path / "toy.yaml")), tmp_path / "here"
    )
    found = doubts(values, "jobs")
    assert all(np.isnan(one.share) for own in found.values() for one in own)
    capsys.readouterr()
    assert call(["robust", "toy.yaml", "--out", "here"]) == 0
    assert "set replicates to 2 or more" in capsys.readouterr().out


def test_a_shard_with_nothing_in_it_is_done(study, capsys):
    study(
        ("rows: 8", "rows: 1"), ("replicates: 2", "replicates: 1"), (OUTCOMES, "outcomes: [jobs]")
    )
    for i in range(1, 9):  # three runs in eight shards
        assert call(["sweep", "toy.yaml", *ASK, "--shard", f"{i}/8"]) == 0
    assert told(capsys, "status", "here")[1]["results"][0]["done"] == 3


def test_a_sweep_whose_runs_all_fail_names_them(study, capsys, monkeypatch):
    def simulate(*words, **more):
        raise ArithmeticError("staff below zero")

    monkeypatch.setattr(toy, "simulate", simulate)
    assert call(["sweep", "toy.yaml", *ASK]) == 3
    assert "staff below zero" in capsys.readouterr().err


def test_worlds_that_are_listed_alone_come_once(study, tmp_path):
    study(
        ("market.growth: {low: 0, high: 0.2}", "market.growth: [0, 0.2]"),
        ("location.leave: {low: 0.01, high: 0.08, scale: log}", "location.leave: [0.02, 0.05]"),
        ("firms_max: {low: 40, high: 240}", "firms_max: [40, 80]"),
    )
    plan = plan_of(toy.engine(), read_sweep(tmp_path / "toy.yaml"))
    assert len(plan.points) == 8 and not plan.points.duplicated().any()


def test_a_policy_without_runs_has_no_costs_in_json(study, capsys):
    study(("rows: 8", "rows: 1"), ("replicates: 2", "replicates: 1"))
    for i in range(1, 40):
        if told(capsys, "sweep", "toy.yaml", *ASK, "--shard", f"{i}/40")[1]["ran"]:
            break  # not all policies have a run yet
    code, found = told(capsys, "robust", "toy.yaml", "--out", "here")
    assert code == 0 and 0 < sum(cost is None for cost in found["costs"].values()) < 3


def test_a_figure_of_worlds_needs_something_that_goes_from_low_to_high(study, capsys):
    study(
        ("rows: 8", "rows: 32"),
        ("market.growth: {low: 0, high: 0.2}", f"market.growth: {[k / 50 for k in range(11)]}"),
        ("location.leave: {low: 0.01, high: 0.08, scale: log}", "location.leave: [0.02, 0.05]"),
        ("firms_max: {low: 40, high: 240}", "firms_max: [40, 80]"),
    )
    assert call(["sweep", "toy.yaml", *ASK]) == 0
    assert call(["discover", "toy.yaml", "--out", "here", "--figure", "w.svg"]) == 2
    assert "from low to high" in capsys.readouterr().err


def test_a_seed_beyond_all_bounds_is_told(toy_engine, capsys):
    for words in (("run", "starter-park"), ("compare", "starter-park", "--policy", "cash")):
        assert call([*words, "--seed", "100000000000000000000"]) == 2
        assert "at most" in capsys.readouterr().err


# Whose a folder is

TIPPING = (
    "tipping", "starter-park", "heavy-rent-subsidy", "service-for-equity", "--over", "market.growth",
    "--months", "6",
)  # fmt: skip


def test_no_result_takes_the_folder_of_another_kind(study, tmp_path, capsys):
    sweep, compare = (
        ("sweep", "toy.yaml"),
        ("compare", "starter-park", "--policy", "cash", "--reps", "2"),
    )
    for first, others in ((sweep, (TIPPING, compare)), (TIPPING, (sweep, compare))):
        folder = f"of-{first[0]}"
        assert call([*first, "--jobs", "1", "--out", folder]) == 0
        before = {p: p.read_bytes() for p in (tmp_path / folder).rglob("*") if p.is_file()}
        for words in others:
            capsys.readouterr()
            assert call([*words, "--jobs", "1", "--out", folder]) == 2
            assert "choose another folder with --out" in capsys.readouterr().err
        after = {p: p.read_bytes() for p in (tmp_path / folder).rglob("*") if p.is_file()}
        assert before == after


def test_a_question_is_counted_and_another_one_is_refused(study, capsys):
    assert call([*TIPPING, *ASK]) == 0
    (row,) = told(capsys, "status", "here")[1]["results"]
    assert row["command"] == "tipping" and row["done"] > 100 and row["failed"] == 0
    assert call([*TIPPING[:2], "no-policy", *TIPPING[3:], *ASK]) == 2
    assert "arms" in capsys.readouterr().err
    assert call(["verify", "here"]) == 2  # it holds answers; the command checks its own runs


def test_what_somebody_broke_is_no_traceback(study, tmp_path, capsys):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "sweep.json").write_text('{"form": 1}')
    assert call(["status", "here"]) == 2 and call(["verify", "here"]) == 2
    assert call(["sweep", "toy.yaml", *ASK]) == 0
    (tmp_path / "here" / "parts" / "1-of-1" / "failures.jsonl").write_bytes(b"\xff\xfe{}\n[1]\n")
    assert call(["status", "here"]) == 0 and call(["sweep", "toy.yaml", *ASK]) == 0


def test_shards_that_write_one_file_at_the_same_time_all_end_well(tmp_path):
    path = tmp_path / "sweep.json"
    with durable.writing(path, shared=True) as first, durable.writing(path, shared=True) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"  # its block ended last
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_of_a_shared_file_is_swept_up(tmp_path):
    import multiprocessing
    import platform

    gone = multiprocessing.get_context("spawn").Process(target=int)
    gone.start()
    gone.join()
    path = tmp_path / "sweep.json"
    left, ours = (
        tmp_path / f"sweep.json.{platform.node()}-{number}-0a{durable.TEMPORARY}"
        for number in (gone.pid, os.getpid())
    )
    for one in (left, ours, tmp_path / f"sweep.json.elsewhere-{gone.pid}-0a{durable.TEMPORARY}"):
        one.touch()
    durable.write(path, b"whole", shared=True)
    names = {one.name for one in tmp_path.iterdir()}
    assert left.name not in names and {ours.name, "sweep.json"} < names and len(names) == 3


def test_an_interrupt_in_a_callback_is_heard(capsys):
    class Held:
        pass

    def interrupted(_):
        raise KeyboardInterrupt

    held = [Held()]
    seen = weakref.ref(held[0], interrupted)

    def let_go():
        held.clear()
        time.sleep(5)

    with pytest.raises(KeyboardInterrupt), hearing():
        let_go()
    assert seen() is None and not capsys.readouterr().err


# Places of several sites


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(TWO)
    return tmp_path


SITES = """schema: hotbed/1
kind: study
name: Two parks
place: two.yaml
horizon: {months: 4 months}
policies: [no-policy, cash]
uncertainties:
  founding.rate: [0, 4]
outcomes: [firms]
replicates: 1
design: {kind: latin, rows: 1}
"""


def test_uncertainties_reach_every_site(two):
    (two / "study.yaml").write_text(SITES)
    sweep = read_sweep(two / "study.yaml")
    scenarios = [sweep.at("no-policy", {"founding.rate": rate}) for rate in (0.0, 4.0)]
    assert all(
        site.scenario.parameters["founding"]["rate"] == rate
        for scenario, rate in zip(scenarios, (0.0, 4.0), strict=True)
        for site in scenario.sites
    )
    engine = runner.real_engine()
    digests = {engine.simulate(scenario, 0, 4).digest for scenario in scenarios}
    assert len(digests) == 2


def test_the_stock_of_several_sites_is_none_to_vary(two, capsys):
    text = SITES.replace(
        "founding.rate: [0, 4]", "initial.firms.footloose_share: {low: 0, high: 50%}"
    )
    (two / "study.yaml").write_text(text)
    assert call(["sweep", "study.yaml", "--dry-run"]) == 2
    assert "several sites" in capsys.readouterr().err


def test_a_gap_over_several_sites_is_shared_out_whole(two):
    from experiments.runner import Arm
    from sim.scenario import load_scenario

    both = [load_scenario("two.yaml", policy, months=4) for policy in ("no-policy", "cash")]
    arms = [Arm(one.policy, one, place="two.yaml", asked=one.policy) for one in both]
    pair = pairs.Pair("two.yaml", ("no-policy", "cash"), (arms[0], arms[1]))
    players = pairs.players_of(pair)
    engine = runner.real_engine()

    def run(scenario):
        return engine.simulate(scenario, 0, 4).digest

    nothing, everything = (
        pairs.mixed(pair, frozenset(some), ())[1].scenario for some in ((), players)
    )
    assert run(nothing) == run(both[0]) and run(everything) == run(both[1]) != run(both[0])
    switch = pairs.Switch("founding.rate", 0.0)
    for arm in pairs.mixed(pair, frozenset(), (switch,)):
        assert all(site.scenario.parameters["founding"]["rate"] == 0 for site in arm.scenario.sites)


# What a scenario expects

EXPECTING = """schema: hotbed/1
kind: scenario
name: Cash at a park
extends: {{community: starter-park, policy: cash}}
horizon: {{start: 2026-04, months: 8}}
expect:
  - {{indicator: public_cost_pv, vs: no-policy, diff: "{diff}", p: 0.9}}
"""


@pytest.mark.parametrize(
    ("diff", "code", "chance", "met"), [("> 0", 0, 1.0, True), ("> 1e12", 1, 0.0, False)]
)
def test_what_a_scenario_expects_is_judged_on_pairs(
    diff, code, chance, met, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "park.yaml").write_text(EXPECTING.format(diff=diff))
    words = (
        "compare",
        "park.yaml",
        "--policy",
        "cash",
        "--policy",
        "services",
        "--reps",
        "3",
        "--jobs",
        "1",
    )
    found = told(capsys, *words)
    (one,) = found[1]["expected"]  # of the scenario's own policy alone
    assert (found[0], one["policy"], one["chance"], one["met"], one["n"]) == (
        code,
        "cash",
        chance,
        met,
        3,
    )
    assert one["lo"] <= chance <= one["hi"]
    assert call([*words, "--lang", "zh"]) == code
    assert ("达到" if met else "未达到") in capsys.readouterr().out


def test_what_no_run_can_tell_is_not_met(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = EXPECTING.format(diff="> 0").replace("no-policy", "services")
    (tmp_path / "park.yaml").write_text(text)
    words = ("compare", "park.yaml", "--policy", "cash", "--reps", "2", "--jobs", "1")
    code, found = told(capsys, *words)
    assert code == 1 and found["expected"][0]["chance"] is None and not found["expected"][0]["met"]


def test_who_is_kept_after_support_is_held_against_the_same_firms_without_it():
    from types import SimpleNamespace

    from experiments import support, targets
    from sim.scenario.scenario import Expectation
    from tests.experiments.fake_engine import FATES

    def fates(left):
        table = np.zeros(3, FATES)
        table["uid"], table["left"], table["supported_at_stop"] = (1, 2, 3), left, 1
        return SimpleNamespace(fates=table)

    given, without = fates((-1, -1, 5)), fates((5, -1, -1))
    shares = support.retention(given, without, 2, 12)
    name = "retention_after_support_12m"
    nothing = {("x", "end"): np.zeros(2), (name, "end"): np.full(2, np.nan)}
    comparison = SimpleNamespace(
        values={"none": nothing, "some": nothing}, seeds=(0, 1), months=24, stops={"some": 2},
        baseline=SimpleNamespace(label="none"),
        runs={"none": [without, None], "some": [given, given]},
    )  # fmt: skip
    gaps = targets.differences(comparison, "some", Expectation(name, "none", "<", 0.0, 0.9))
    assert gaps[0] == shares["both"] - shares["baseline"] and np.isnan(gaps[1])
    assert np.isnan(
        targets.differences(comparison, "some", Expectation(name, "elsewhere", "<", 0.0, 0.9))
    ).all()
