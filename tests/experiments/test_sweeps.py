"""Sweeps: files that are checked, runs that are kept once, and the same numbers wherever they run."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from experiments import runner
from experiments.durable import StoreError
from experiments.sweeps import records, session
from experiments.sweeps.plan import count_forms, plan_of
from experiments.sweeps.questions import doubts
from experiments.sweeps.session import FAILURES, Where, run_sweep
from sim.scenario import ScenarioErrors
from sim.scenario.sweeps import read_sweep
from tests.experiments import sweep_toy as toy

STUDY = toy.SMALL
SHIPPED = ("worlds-starter", "worlds-origin")


def sweep(study, folder, where=None, **changes):
    plan = plan_of(toy.engine(), read_sweep(study))
    return plan, run_sweep(toy.engine(), plan, folder, where or Where())


def held(plan, folder):
    found = records.Held(folder, session.dtype_of(plan), "1")
    values = found.take(np.array(list(found.place.values())))["values"]
    return dict(zip(found.place, values, strict=True))


# The files


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_study_is_whole(name):
    from experiments.claims.library import STUDIES

    found = read_sweep(STUDIES / f"{name}.yaml")
    assert set(found.versus) < set(found.policies)
    assert found.applies("service_for_equity.firms_max", "service-for-equity")
    assert not found.applies("service_for_equity.firms_max", "heavy-rent-subsidy")


@pytest.mark.parametrize("name", ["forms-starter", "forms-origin"])
def test_a_shipped_study_of_forms_lays_out_all_three_sources(name):
    from experiments.claims.library import STUDIES

    found = read_sweep(STUDIES / f"{name}.yaml")
    assert count_forms(found) == 8 and found.replicates > 1
    assert len(plan_of(toy.engine(), found).points) == 8 * found.layout.rows


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("market.growth:", "market.grwth:", "did you mean 'market.growth'?"),
        ("high: 0.2}", "high: 2}", "out of range"),
        ("low: 0, high: 0.2", "low: 0.2, high: 0.1", "low < high"),
        ("firms_max: {low: 40", "firm_max: {low: 40", "service_for_equity.firm_max"),
        ("[no-policy, heavy-rent-subsidy,", "[no-policy, hevy-rent-subsidy,", "heavy-rent-subsidy"),
        ("indicator: jobs", "indicator: jbos", "did you mean 'jobs'?"),
        ("kind: latin", "kind: latvian", "did you mean 'latin'?"),
        ("at_least: 100", "at_least: 100, at_most: 50", ">= at_least"),
        ("replicates:", "replicate:", "did you mean 'replicates'?"),
        ("scale: log", "scale: logg", "did you mean 'log'?"),
        ("versus: [service-for-equity", "versus: [services", "versus"),
    ],
)
def test_a_mistake_is_told_with_its_place(study, old, new, told):
    study.write_text(STUDY.replace(old, new))
    with pytest.raises(ScenarioErrors) as caught:
        read_sweep(study)
    assert told in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_all_mistakes_are_told_at_once(study):
    text = STUDY.replace("indicator: jobs", "indicator: jbos").replace("latin", "latvian")
    study.write_text(text)
    with pytest.raises(ScenarioErrors) as caught:
        read_sweep(study)
    assert len(caught.value.problems) == 2


def test_a_world_is_what_its_row_says(study):
    plan = plan_of(toy.engine(), read_sweep(study))
    values = plan.values(5)
    scenario = plan.sweep.at("service-for-equity", values)
    assert scenario.parameters["market"]["growth"] == values["market.growth"]
    (use,) = (use for use in scenario.levers if use.lever == "service_for_equity")
    # As a policy's file has it: for 405 firms, of which the place has forty.
    assert use.firms_max == pytest.approx(
        values["service_for_equity.firms_max"] * 40 / 405, abs=0.51
    )
    assert plan.sweep.at("no-policy", values).levers == plan.sweep.scenarios["no-policy"].levers


# Running


def test_every_run_is_kept_once_and_found_again(study, tmp_path):
    plan, ran = sweep(study, tmp_path / "out")
    assert (ran.total, ran.ran, ran.stored, ran.failed) == (8 * 3 * 2, 48, 0, 0)
    again = sweep(study, tmp_path / "out")[1]
    assert (again.ran, again.stored) == (0, 48)
    values = session.read_values(plan, tmp_path / "out")
    growth = plan.points["market.growth"].to_numpy()
    jobs = values.of("service-for-equity", "jobs") - values.of("no-policy", "jobs")
    np.testing.assert_allclose(jobs, np.tile(toy.GROWTH * (growth - toy.TIP), (2, 1)).T)


def test_months_are_reported_as_indicators_declare(study, tmp_path):
    plan, _ = sweep(study, tmp_path / "out")
    assert plan.months == (12, 24, 30)
    cell = next(iter(plan.cells()))
    kept = held(plan, tmp_path / "out")[cell.run_id]
    run = toy.simulate(plan.task(cell).arm.scenario, cell.seed, 30)
    job_years = run.series[:, toy.NAMES.index("job_years")]
    column = plan.names.index("job_years")
    np.testing.assert_allclose(kept[:, column], [job_years[:m].sum() for m in plan.months])


def test_more_worlds_and_seeds_go_on_from_what_is_there(study, tmp_path):
    sweep(study, tmp_path / "out")
    study.write_text(STUDY.replace("rows: 8", "rows: 16").replace("replicates: 2", "replicates: 3"))
    ran = sweep(study, tmp_path / "out")[1]
    assert (ran.total, ran.stored) == (16 * 3 * 3, 48)


def test_another_sweep_is_refused_the_folder(study, tmp_path):
    sweep(study, tmp_path / "out")
    study.write_text(STUDY.replace("months: 30", "months: 24"))
    with pytest.raises(StoreError, match="kept, months"):
        sweep(study, tmp_path / "out")


def test_shards_are_the_whole_and_share_nothing(study, tmp_path):
    plan, _ = sweep(study, tmp_path / "whole")
    parts = [sweep(study, tmp_path / "out", Where(shard=(i, 3)))[1] for i in (1, 2, 3)]
    assert sum(part.ran for part in parts) == 48 and all(part.ran for part in parts)
    one, two = held(plan, tmp_path / "whole"), held(plan, tmp_path / "out")
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def test_numbers_are_the_same_in_workers(study, tmp_path):
    study.write_text(STUDY.replace("rows: 8", "rows: 4"))
    plan, _ = sweep(study, tmp_path / "one")
    sweep(study, tmp_path / "two", Where(jobs=2))
    one, two = held(plan, tmp_path / "one"), held(plan, tmp_path / "two")
    assert one.keys() == two.keys() and len(one) == 24
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def test_a_crash_at_any_byte_loses_no_whole_run(study, tmp_path):
    plan, _ = sweep(study, tmp_path / "out")
    (path,) = records.files(tmp_path / "out", "1")
    whole, size = path.read_bytes(), session.dtype_of(plan).itemsize
    for cut in (1, size - 1, size, 10 * size + 7):
        path.write_bytes(whole[:-cut])
        ran = sweep(study, tmp_path / "out")[1]
        assert ran.ran == -(-cut // size) and ran.stored == 48 - ran.ran
        assert len(held(plan, tmp_path / "out")) == 48 == len(path.read_bytes()) // size


def test_a_changed_byte_is_not_believed(study, tmp_path):
    plan, _ = sweep(study, tmp_path / "out")
    (path,) = records.files(tmp_path / "out", "1")
    body = bytearray(path.read_bytes())
    body[3 * session.dtype_of(plan).itemsize + 80] ^= 1
    path.write_bytes(body)
    assert sweep(study, tmp_path / "out")[1].ran == 1


def test_a_failure_is_kept_with_its_command_and_tried_again_only_where_asked(
    study, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOTBED_TEST_FAILS", "1")
    ran = sweep(study, tmp_path / "out")[1]
    assert ran.failed == 8 and ran.ran == 40
    (path,) = (tmp_path / "out").glob(f"parts/*/{FAILURES}")
    told = json.loads(path.read_text().splitlines()[0])
    assert told["seed"] == 1 and "month 7" in told["error"]
    assert told["command"].startswith("hotbed run starter-park --policy no-policy --seed 1")
    assert "--set market.growth=" in told["command"]
    monkeypatch.delenv("HOTBED_TEST_FAILS")
    assert sweep(study, tmp_path / "out")[1].ran == 0
    assert sweep(study, tmp_path / "out", Where(retry=True))[1].ran == 8
    assert sweep(study, tmp_path / "out")[1].failed == 0


def test_a_full_disk_leaves_whole_runs_only(study, tmp_path, monkeypatch):
    plan = plan_of(toy.engine(), read_sweep(study))
    real, count = session.records.durable.put, [0]

    def full(descriptor, content):
        count[0] += 1
        if count[0] == 20 and len(content) > 100:
            real(descriptor, content[:50])
            raise OSError(28, "No space left on device")
        real(descriptor, content)

    monkeypatch.setattr(session.records.durable, "put", full)
    with pytest.raises(StoreError, match="disk is full"):
        run_sweep(toy.engine(), plan, tmp_path / "out", Where())
    monkeypatch.undo()
    monkeypatch.setattr(runner, "real_engine", toy.engine)
    (path,) = records.files(tmp_path / "out", "1")
    assert os.path.getsize(path) % session.dtype_of(plan).itemsize == 0
    ran = run_sweep(toy.engine(), plan, tmp_path / "out", Where())
    assert ran.stored + ran.ran == 48 and ran.stored


def test_worlds_that_contradict_themselves_are_failures_and_no_end(study, tmp_path, monkeypatch):
    plan = plan_of(toy.engine(), read_sweep(study))
    real = type(plan).task

    def task(self, cell):
        if cell.row == 3:
            raise ScenarioErrors([])
        return real(self, cell)

    monkeypatch.setattr(type(plan), "task", task)
    ran = run_sweep(toy.engine(), plan, tmp_path / "out", Where())
    assert ran.failed == 6 and ran.ran == 42


def test_a_hundred_thousand_runs_are_named_in_seconds(study):
    study.write_text(STUDY.replace("rows: 8", "rows: 4000"))
    plan = plan_of(toy.engine(), read_sweep(study))
    assert sum(1 for _ in session.wanted(plan)) == 24_000


def test_designs_other_than_latin(study):
    for text, rows in (("kind: sobol, rows: 16", 16), ("kind: factorial, levels: 3", 27)):
        study.write_text(STUDY.replace("kind: latin, rows: 8", text))
        assert len(plan_of(toy.engine(), read_sweep(study)).points) == rows


FORMS = STUDY.replace(
    "location.leave: {low: 0.01, high: 0.08, scale: log}", "location.leave: [0.02, 0.05]"
)


def test_every_world_is_run_under_every_form(study):
    study.write_text(FORMS.replace("firms_max: {low: 40, high: 240}", "firms_max: [40, 80, 160]"))
    plan = plan_of(toy.engine(), read_sweep(study))
    assert list(plan.points.columns) == [one.name for one in plan.sweep.ranges]
    forms = plan.points["location.leave"].to_numpy().reshape(-1, 2)
    assert (forms == [0.02, 0.05]).all() and len(forms) == 8 and count_forms(plan.sweep) == 2
    for name in ("market.growth", "service_for_equity.firms_max"):  # a lever's choices are drawn
        first, second = plan.points[name].to_numpy().reshape(-1, 2).T
        assert (first == second).all() and len(set(first)) > 2
    study.write_text(FORMS.replace("rows: 8", "rows: 16"))
    more = plan_of(toy.engine(), read_sweep(study))
    study.write_text(FORMS)
    fewer = plan_of(toy.engine(), read_sweep(study))
    assert {cell.run_id for cell in fewer.cells()} < {cell.run_id for cell in more.cells()}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (STUDY, "parameters"),
        (
            STUDY.replace("market.growth: {low: 0, high: 0.2}", "market.growth: [0.05, 0.15]"),
            "structure",
        ),
        (FORMS, "parameters"),
    ],
)
def test_doubt_is_laid_to_what_makes_it(study, tmp_path, text, source):
    """The toy's gap comes from growth alone: a number where it has a range, a form where it is listed."""
    study.write_text(text)
    plan, _ = sweep(study, tmp_path / "out")
    found = doubts(session.read_values(plan, tmp_path / "out"), "jobs")
    gap = {one.source: one.share for one in found["service-for-equity", "heavy-rent-subsidy"]}
    assert gap[source] > 0.99
    (alone,) = (one for one in found["no-policy",] if one.source == "sampling")
    assert alone.share > 0.99  # without a policy only luck is left
    told = {one.source for one in found["no-policy",] if one.share == one.share}
    assert ("structure" in told) == (
        "[" in text.partition("uncertainties")[2].partition("levers")[0]
    )


def test_runs_of_another_version_of_the_model_count_as_not_there(study, tmp_path):
    plan, _ = sweep(study, tmp_path / "out")
    newer = replace(plan, version="2")
    with pytest.raises(StoreError, match="by this version of the model"):
        session.read_values(newer, tmp_path / "out")
    ran = run_sweep(
        replace(toy.engine(), model_version=lambda: "2"), newer, tmp_path / "out", Where()
    )
    assert ran.stored == 0 and ran.ran == 48
    assert records.count(tmp_path / "out", "2", session.dtype_of(plan).itemsize) == 48
