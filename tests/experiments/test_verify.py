"""A result is verified file by file and run by run, and what is wrong is named."""

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments import verify
from experiments.durable import StoreError
from experiments.executors import Executor
from experiments.results import Results
from experiments.runner import Arm, Result, make_tasks, run_tasks
from tests.experiments import fake_engine as fake

ENGINE = fake.engine()


def restore(content, name, policy, months):
    return fake.Place(policy, content["gift"], months=months)


@pytest.fixture
def folder(tmp_path):
    with Results(tmp_path / "r", ENGINE.model_version()) as results:
        for policy, gift in (("no-policy", 0.0), ("gift", 10.0)):
            arm = Arm(policy, fake.Place(policy, gift))
            tasks = make_tasks(ENGINE, arm, range(4), 24)
            results.describe(tasks)
            run_tasks(tasks, Executor(ENGINE, 1), results)
        results.write_json("comparison.json", {"a": 1})
        results.finish({"command": "compare"})
    return tmp_path / "r"


def faults(folder):
    manifest = verify.read_manifest(folder)
    files = verify.check_files(folder, manifest)
    return {(fault.path, fault.what) for fault in files.faults}, files


def again(folder, engine=ENGINE, runs=None, change=lambda manifest: None):
    manifest = verify.read_manifest(folder)
    change(manifest)
    stored, wrong = verify.stored_runs(folder, manifest)
    assert not wrong
    chosen = verify.sample(manifest, stored, runs)
    return verify.run_again(engine, manifest, stored, chosen, restore)


def test_an_untouched_result_holds_bit_for_bit(folder):
    found, files = faults(folder)
    assert found == set() and files.checked >= 4 and files.finished
    verdict = again(folder)
    assert (verdict.exact, verdict.close, verdict.known) == (8, 0, 8) and verdict.holds
    assert verdict.circumstances == []


def shard(folder):
    return next(p for p in (folder / "runs").glob("shard-*.parquet") if ".fates" not in p.name)


def test_changed_missing_and_foreign_files_are_named(folder):
    (folder / "comparison.json").write_text("{}")
    name = shard(folder).name
    shard(folder).unlink()
    (folder / "runs" / "theirs.parquet").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    assert faults(folder)[0] == {
        ("comparison.json", "changed"),
        (f"runs/{name}", "missing"),
        ("runs/theirs.parquet", "foreign"),
        ("notes.txt", "foreign"),
    }


def test_a_changed_byte_of_a_shard_is_found(folder):
    path = shard(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert faults(folder)[0] == {(f"runs/{path.name}", "changed")}


@pytest.mark.parametrize("kind", ["", ".fates", ".flows", ".ground"])
def test_a_changed_file_of_a_shard_is_named_alone(folder, kind):
    path = shard(folder)
    path = path.with_name(f"{path.name.partition('.')[0]}{kind}.parquet")
    path.write_bytes(b"x" + path.read_bytes()[1:])
    manifest = verify.read_manifest(folder)
    files = verify.check_files(folder, manifest)
    files.add(verify.stored_runs(folder, manifest)[1])
    assert [(f.path, f.what) for f in files.faults] == [(f"runs/{path.name}", "changed")]


@pytest.mark.parametrize("kind", ["scenario", "digest"])
def test_a_changed_manifest_is_found(folder, kind):
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    if kind == "scenario":
        next(iter(told["scenarios"].values()))["gift"] = 11.0
    else:
        next(iter(told["runs"].values()))["digest"] = "0" * 64
    path.write_text(json.dumps(told))
    found, _ = faults(folder)
    found |= {(f.path, f.what) for f in verify.stored_runs(folder, verify.read_manifest(folder))[1]}
    assert found == {("manifest.json", "changed")}


def test_a_log_that_grew_means_unfinished_and_a_changed_one_is_changed(folder):
    log = folder / "log.jsonl"
    log.write_text(log.read_text() + '{"event": "started"}\n')
    found, files = faults(folder)
    assert not found and not files.finished
    log.write_text("{}\n")
    assert faults(folder)[0] == {("log.jsonl", "changed")}


def test_runs_of_an_interrupted_comparison_are_no_foreign_files(tmp_path):
    with Results(tmp_path / "r", "1") as results:
        tasks = make_tasks(ENGINE, Arm("gift", fake.Place("gift", 10.0)), [0, 1], 24)
        results.describe(tasks)
        results.save_manifest()
        run_tasks(tasks[:1], Executor(ENGINE, 1), results)
    found, files = faults(tmp_path / "r")
    assert not found and not files.finished


def nudged(factor):
    def simulate(scenario, seed, months=None, strict=False):
        run = fake.simulate(scenario, seed, months)
        series = run.series * (1 + (factor if seed == 2 else 0))
        digest = run.digest if seed != 2 else "other"
        return replace(run, series=series, digest=digest)

    return fake.engine(simulate)


def test_a_run_that_differs_on_the_same_platform_is_told_with_its_size(folder):
    verdict = again(folder, nudged(1e-12))
    assert not verdict.holds and verdict.exact == 6
    (one, other) = verdict.differences
    assert {one.policy, other.policy} == {"no-policy", "gift"} and one.seed == 2
    assert one.relative == pytest.approx(1e-12, rel=0.01) and one.reason == "series"


def elsewhere(manifest):
    manifest["versions"]["numpy"] = "1.0"


def test_on_other_versions_a_billionth_is_close_and_more_is_not(folder):
    verdict = again(folder, nudged(1e-10), change=elsewhere)
    assert verdict.holds and (verdict.exact, verdict.close) == (6, 2)
    assert any("numpy 1.0 ->" in told for told in verdict.circumstances)
    verdict = again(folder, nudged(1e-8), change=elsewhere)
    assert not verdict.holds and len(verdict.differences) == 2


def test_a_run_that_fails_now_is_not_verified(folder):
    def simulate(scenario, seed, months=None, strict=False):
        if seed == 3:
            raise ArithmeticError("no")
        return fake.simulate(scenario, seed, months)

    verdict = again(folder, fake.engine(simulate))
    assert not verdict.holds and len(verdict.failures) == 2 and verdict.exact == 6


def test_a_sample_is_the_same_each_time_and_takes_every_policy(folder):
    manifest = verify.read_manifest(folder)
    stored, _ = verify.stored_runs(folder, manifest)
    chosen = verify.sample(manifest, stored, 2)
    assert {manifest["runs"][run]["policy"] for run in chosen} == {"no-policy", "gift"}
    assert chosen == verify.sample(manifest, stored, 2)
    assert set(chosen) <= set(verify.sample(manifest, stored, 5))
    assert again(folder, runs=3).checked == 3


def test_undefined_on_one_side_only_differs_infinitely():
    one = Result("a", ("x",), np.array([[1.0], [np.nan]]), *[np.zeros(0)] * 3)
    other = Result("b", ("x",), np.array([[1.0], [2.0]]), *[np.zeros(0)] * 3)
    assert verify.worst(one, other) == ("x", 2, float("inf"))
    assert verify.worst(one, one)[2] == 0.0


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"form": 99}'])
def test_what_is_no_result_is_told_in_both_languages(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StoreError) as error:
        verify.read_manifest(tmp_path)
    assert error.value.code == 2 and str(tmp_path) in error.value.text.zh
