"""A sweep's table says what its records say, and verifying tells what is not as it was written."""

import json
import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import durable, runner
from experiments.durable import StoreError
from experiments.sweeps import recheck, records, session, table
from experiments.sweeps.plan import plan_of
from experiments.sweeps.session import Where, run_sweep, write_table
from sim.scenario import ScenarioErrors
from sim.scenario.sweeps import read_sweep
from tests.experiments import sweep_toy as toy

ROWS = 8
CHOICES = toy.SMALL.replace(
    "  service_for_equity.firms_max: {low: 40, high: 240}",
    "  service_for_equity.firms_max: {low: 40, high: 240}\n"
    "  rent_subsidy.discount: [20%, 50%]\n  operator_budget.one_pool: [true, false]",
)
RUNS = ROWS * 3 * 2


def swept(study, folder, where=None):
    plan = plan_of(toy.engine(), read_sweep(study))
    run_sweep(toy.engine(), plan, folder, where or Where())
    write_table([plan], folder)
    return plan


def opened(folder):
    return recheck.open_kept(folder, session.read_index(folder))


def verified(folder, runs=None, engine=None):
    kept, files = opened(folder)
    assert not files.faults
    chosen = recheck.sample(kept, runs)
    return recheck.run_again(engine or toy.engine(), kept, chosen, Where())


def test_a_row_per_run_and_month_with_world_policy_and_seed(study, tmp_path):
    plan = swept(study, tmp_path / "out")
    found = pd.read_parquet(tmp_path / "out" / table.FILE)
    assert len(found) == RUNS * 3 and list(found["month"].unique()) == [12, 24, 30]
    one = found[(found.world == 5) & (found.policy == "service-for-equity") & (found.seed == 1)]
    world = plan.values(5)
    for name in world:
        assert (one[name] == world[name]).all()
    scenario = plan.sweep.at("service-for-equity", world)
    run = toy.simulate(scenario, 1, 30)
    jobs = [run.series[month - 1, 0] for month in (12, 24, 30)]
    assert one["jobs"].tolist() == jobs and one["digest"].unique().tolist() == [run.digest]
    assert not found.duplicated(["world", "policy", "seed", "month"]).any()


def test_choices_come_back_as_what_they_are(study, tmp_path):
    study.write_text(CHOICES)
    plan = swept(study, tmp_path / "out")
    found = pd.read_parquet(tmp_path / "out" / table.FILE)
    assert found["rent_subsidy.discount"].dtype == float
    told = found.drop_duplicates("world").set_index("world")
    for row in range(ROWS):
        own = plan.values(row)
        assert told["rent_subsidy.discount"][row] == own["rent_subsidy.discount"]
        assert told["operator_budget.one_pool"][row] == str(own["operator_budget.one_pool"])
    assert verified(tmp_path / "out").exact == len(opened(tmp_path / "out")[0].made)


def test_it_is_written_where_nothing_is_left_and_again_only_where_more_is_there(study, tmp_path):
    out, path = tmp_path / "out", tmp_path / "out" / table.FILE
    swept(study, out, Where(shard=(1, 2)))
    assert not path.exists()
    swept(study, out, Where(shard=(2, 2)))
    first = path.stat()
    swept(study, out)
    assert path.stat().st_ino == first.st_ino and len(pd.read_parquet(path)) == RUNS * 3
    study.write_text(study.read_text().replace(f"rows: {ROWS}", f"rows: {2 * ROWS}"))
    swept(study, out)
    assert len(pd.read_parquet(path)) == 2 * RUNS * 3


def test_failed_runs_have_no_rows(study, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTBED_TEST_FAILS", "1")
    swept(study, tmp_path / "out")
    found = pd.read_parquet(tmp_path / "out" / table.FILE)
    failed = (found.policy == "no-policy") & (found.seed == 1)
    assert len(found) == (RUNS - ROWS) * 3 and not failed.any()


def test_a_full_disk_leaves_no_part_of_a_table_and_all_runs(study, tmp_path, monkeypatch):
    plan = plan_of(toy.engine(), read_sweep(study))
    run_sweep(toy.engine(), plan, tmp_path / "out", Where())

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(StoreError, match="disk is full"):
        write_table([plan], tmp_path / "out")
    monkeypatch.undo()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["parts", "sweep.json"]
    write_table([plan], tmp_path / "out")
    assert len(pd.read_parquet(tmp_path / "out" / table.FILE)) == RUNS * 3


def test_an_untouched_sweep_holds_bit_for_bit(study, tmp_path):
    swept(study, tmp_path / "out")
    verdict = verified(tmp_path / "out")
    assert verdict.holds and (verdict.exact, verdict.known, verdict.close) == (RUNS, RUNS, 0)
    some = verified(tmp_path / "out", 6)
    assert some.exact == 6
    kept, files = opened(tmp_path / "out")
    chosen = [kept.made[run_id].policy for run_id in recheck.sample(kept, 6)]
    assert files.finished and all(chosen.count(policy) == 2 for policy in kept.plan.sweep.policies)


@pytest.mark.parametrize(
    ("factor", "elsewhere", "how"),
    [
        (1 + 1e-12, True, "close"),  # another platform may round otherwise
        (1 + 1e-12, False, "differences"),
        (1 + 1e-6, True, "differences"),
    ],
)
def test_a_rounding_is_forgiven_only_where_platform_or_versions_differ(
    study, tmp_path, monkeypatch, factor, elsewhere, how
):
    swept(study, tmp_path / "out")
    if elsewhere:
        path = tmp_path / "out" / session.INDEX
        path.write_text(json.dumps(json.loads(path.read_text()) | {"platform": "another"}))

    def simulate(scenario, seed, months=None, strict=False):
        run = toy.simulate(scenario, seed, months, strict)
        run.series[11] *= factor
        run.digest = "f" * 64
        return run

    changed = replace(toy.engine(), simulate=simulate)
    monkeypatch.setattr(runner, "real_engine", lambda: changed)
    verdict = verified(tmp_path / "out", engine=changed)
    found = getattr(verdict, how)
    assert (found if how == "close" else len(found)) == RUNS
    assert verdict.holds == (how == "close")
    if how == "differences":
        assert {one.month for one in found} == {12} and found[0].relative < 2 * (factor - 1)


def test_a_changed_record_and_a_changed_table_are_named(study, tmp_path):
    plan = swept(study, tmp_path / "out")
    (path,) = records.files(tmp_path / "out", "1")
    body = path.read_bytes()
    spoiled = bytearray(body)
    spoiled[3 * session.dtype_of(plan).itemsize + 80] ^= 1
    path.write_bytes(spoiled)
    _, files = opened(tmp_path / "out")
    assert {fault.path for fault in files.faults} == {f"parts/1-of-1/{path.name}", table.FILE}
    path.write_bytes(body)
    told = tmp_path / "out" / table.FILE
    found = pd.read_parquet(told)
    found.loc[7, "jobs"] += 1e-9
    found.to_parquet(told)
    _, files = opened(tmp_path / "out")
    assert [fault.path for fault in files.faults] == [table.FILE]
    told.unlink()
    kept, files = opened(tmp_path / "out")
    assert not files.faults and not files.finished and not kept.made


def test_a_study_that_was_changed_since_is_told(study, tmp_path):
    swept(study, tmp_path / "out")
    before = study.read_text()
    study.write_text(before.replace("months: 30", "months: 36"))
    with pytest.raises(StoreError, match="lays out other runs"):
        opened(tmp_path / "out")
    study.write_text(before.replace("place: starter-park", "place: landlord-park"))
    with pytest.raises(StoreError, match="lays out other runs"):
        verified(tmp_path / "out")
    study.unlink()
    with pytest.raises(ScenarioErrors):
        opened(tmp_path / "out")


def test_looking_through_runs_takes_no_memory_for_their_numbers(tmp_path):
    wide = records.form(12, 40)
    many = np.zeros(20_000, wide)
    many["run_id"] = np.arange(len(many)).astype("<u8").view("V8").astype("V32")
    many["values"][:, -1, 0] = np.arange(len(many))
    path = tmp_path / "parts" / "1-of-1" / records.file_of("1")
    path.parent.mkdir(parents=True)
    with open(path, "wb") as file:
        for record in many:
            body = record.tobytes()[:-4]
            file.write(body + np.uint32(zlib.crc32(body)).tobytes())
    tracemalloc.start()
    held = records.Held(tmp_path, wide, "1")
    last = held.last()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held.place) == len(many) and (last[:, 0] == np.arange(len(many))).all()
    assert peak < many.nbytes / 2
