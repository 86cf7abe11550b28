"""Results on disk: whole or absent, found again, set aside when damaged, never lost."""

import errno
import hashlib
import json
import os
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments import durable
from experiments.durable import StoreError
from experiments.executors import Executor
from experiments.results import Results, default_folder
from experiments.runner import Arm, Result, make_tasks, run_tasks
from experiments.store import RECORDS
from tests.experiments import fake_engine as fake

ENGINE = fake.engine()
GIFT = Arm("gift", fake.Place("gift", 10.0).with_support())
TASKS = make_tasks(ENGINE, GIFT, range(4), 24)


def run(folder, tasks=TASKS, finish=True, engine=ENGINE):
    with Results(folder, "1") as store:
        outcome = run_tasks(tasks, Executor(engine, 1), store)
        store.describe(tasks)
        if finish:
            store.finish({"command": "test"})
        return outcome, store.notices


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def same(one, two):
    assert one.keys() == two.keys()
    for run_id, result in one.items():
        other = two[run_id]
        assert result.names == other.names and result.digest == other.digest
        assert result.series.tobytes() == other.series.tobytes()
        for kind in RECORDS:
            records, others = getattr(result, kind), getattr(other, kind)
            assert records.dtype == others.dtype
            assert records.tobytes() == others.tobytes()


def series_files(folder):
    return sorted(p for p in (folder / "runs").glob("*.parquet") if p.name.count(".") == 1)


@pytest.mark.parametrize("finish", [True, False])
def test_what_is_stored_comes_back_bit_for_bit_and_is_not_run_again(tmp_path, finish):
    first, _ = run(tmp_path, finish=finish)
    again, notices = run(tmp_path)
    assert again.stored == 4 and not notices
    same(first.results, again.results)
    assert sum(line["event"] == "started" for line in log(tmp_path)) == 4


def test_finished_runs_become_one_shard_that_the_manifest_names_with_its_hash(tmp_path):
    run(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    names = sorted(p.name for p in (tmp_path / "runs").iterdir())
    assert len(names) == 4 and all(name.startswith("shard-") for name in names)
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    assert {f"runs/{name}" for name in names} <= set(manifest["files"])
    assert len(manifest["runs"]) == 4 and manifest["versions"]["numpy"] == np.__version__
    resolved = {r["resolved"] for r in manifest["runs"].values()}
    assert resolved == set(manifest["scenarios"])


def test_storage_is_wide_a_row_per_run_and_month(tmp_path):
    run(tmp_path)
    table = pq.read_table(series_files(tmp_path)[0])
    assert table.num_rows == 4 * 24
    assert {"run_id", "policy", "seed", "month", *fake.INDICATORS} <= set(table.column_names)
    assert table["month"].to_pylist()[:24] == list(range(1, 25))


@pytest.mark.parametrize("kept", [0, 10, 400])
def test_a_truncated_run_is_told_once_set_aside_and_repeated(tmp_path, kept):
    first, _ = run(tmp_path, finish=False)
    damaged = series_files(tmp_path)[1]
    damaged.write_bytes(damaged.read_bytes()[:kept])
    again, notices = run(tmp_path)
    assert again.stored == 3 and len(notices) == 1
    run_id = damaged.name.partition(".")[0]
    assert run_id in notices[0].en and run_id in notices[0].zh
    assert any(".set-aside-1" in p.name for p in (tmp_path / "runs").iterdir())
    same(first.results, again.results)


def test_a_changed_byte_in_a_shard_is_noticed(tmp_path):
    first, _ = run(tmp_path)
    shard = series_files(tmp_path)[0]
    content = bytearray(shard.read_bytes())
    content[len(content) // 3] ^= 0xFF
    shard.write_bytes(content)
    again, notices = run(tmp_path)
    assert again.stored == 0 and len(notices) == 1
    same(first.results, again.results)


def test_unusable_files_are_set_aside_and_foreign_ones_left_alone(tmp_path):
    run(tmp_path, finish=False)
    mine, other = series_files(tmp_path)[:2]
    other.write_bytes(mine.read_bytes())  # a run under the name of another
    (tmp_path / "runs" / "stray.parquet").write_text("not ours")
    (tmp_path / "manifest.json").write_text('{"form"')
    again, notices = run(tmp_path)
    assert again.stored == 3
    assert len(notices) == 1 and "5 result file(s)" in notices[0].en
    assert (tmp_path / "runs" / "stray.parquet").read_text() == "not ours"
    assert (tmp_path / "manifest.json.set-aside-1").exists()


@pytest.mark.parametrize("kind", RECORDS)
def test_a_lost_file_of_records_makes_its_run_missing(tmp_path, kind):
    run(tmp_path, finish=False)
    next((tmp_path / "runs").glob(f"*.{kind}.parquet")).unlink()
    assert run(tmp_path)[0].stored == 3


def test_a_lost_manifest_loses_no_run(tmp_path):
    run(tmp_path)
    (tmp_path / "manifest.json").unlink()
    assert run(tmp_path)[0].stored == 4


def test_a_crash_between_shard_and_manifest_loses_and_doubles_nothing(tmp_path, monkeypatch):
    first, _ = run(tmp_path, finish=False)
    monkeypatch.setattr(Results, "save_manifest", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path)
    monkeypatch.undo()
    assert len(list((tmp_path / "runs").iterdir())) == 20
    again, notices = run(tmp_path)
    assert again.stored == 4 and not notices
    assert len(list((tmp_path / "runs").iterdir())) == 4
    same(first.results, again.results)


def test_more_runs_later_make_a_second_shard(tmp_path):
    run(tmp_path)
    more = make_tasks(ENGINE, GIFT, range(6), 24)
    assert run(tmp_path, more)[0].stored == 4
    assert len(series_files(tmp_path)) == 2
    assert run(tmp_path, more)[0].stored == 6


def test_a_run_without_firms_is_stored_too(tmp_path):
    flows, ground = fake.flows(GIFT.scenario, 24), fake.ground(np.zeros(24))
    none = np.empty(0, fake.FATES), flows[:0], ground[:0]
    empty = Result("d", ("firms",), np.array([[np.nan], [1.0]]), *none)
    some = fake.fates(GIFT.scenario), flows, ground
    full = Result("e", ("firms",), np.array([[2.0], [1.0]]), *some)
    with Results(tmp_path) as store:
        store.keep(TASKS[0], empty)
        store.keep(TASKS[1], full)
        store.finish({})
        found = store.load([TASKS[0].run_id, TASKS[1].run_id])
    same(found, {TASKS[0].run_id: empty, TASKS[1].run_id: full})


def test_a_full_disk_stops_with_a_clear_message_and_keeps_every_finished_run(tmp_path, monkeypatch):
    written, real = [], os.fsync

    def fsync(descriptor):
        written.append(descriptor)
        if len(written) > 17:  # four files and four folders a run
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(durable.os, "fsync", fsync)
    with pytest.raises(StoreError) as caught:
        run(tmp_path)
    monkeypatch.undo()
    assert caught.value.code == 3
    assert "disk is full" in caught.value.text.en and "磁盘已满" in caught.value.text.zh
    assert not list((tmp_path / "runs").glob("*" + durable.TEMPORARY))
    assert run(tmp_path)[0].stored == 2


def test_a_disk_that_fills_up_while_shards_are_made_keeps_the_small_files(tmp_path, monkeypatch):
    run(tmp_path, finish=False)
    real = durable.write

    def write(path, content):
        if path.name.startswith("shard-"):
            raise durable.explain(OSError(errno.ENOSPC, ""), path)
        return real(path, content)

    monkeypatch.setattr(durable, "write", write)
    with pytest.raises(StoreError):
        run(tmp_path)
    monkeypatch.undo()
    assert run(tmp_path)[0].stored == 4


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        Results(tmp_path / "file" / "results")
    assert caught.value.code == 2 and "--out" in caught.value.text.en


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_bad_input(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError) as caught:
        Results(tmp_path / "results")
    assert caught.value.code == 2


def test_a_second_process_is_refused_with_the_first_ones_number(tmp_path):
    with Results(tmp_path):
        with pytest.raises(StoreError) as caught:
            Results(tmp_path)
        assert caught.value.code == 2 and str(os.getpid()) in caught.value.text.en
    Results(tmp_path).close()


def test_failures_are_kept_with_the_command_that_repeats_them(tmp_path):
    place = replace(GIFT.scenario, fails_on=(2,))
    broken = Arm("gift", place, scale=0.5, place="./toy.yaml")
    outcome, _ = run(tmp_path, make_tasks(ENGINE, broken, range(4), 24))
    assert len(outcome.results) == 3 and len(outcome.failures) == 1
    line = json.loads((tmp_path / "failures.jsonl").read_text())
    assert line["seed"] == 2 and "staff below zero" in line["error"]
    assert line["command"] == (
        "hotbed run ./toy.yaml --policy gift --seed 2 --months 24 --set grant.cny=10"
    )
    assert run(tmp_path)[0].stored == 3


def test_a_log_line_that_a_crash_cut_off_does_not_swallow_the_next(tmp_path):
    run(tmp_path)
    with open(tmp_path / "log.jsonl", "ab") as file:
        file.write(b'{"event": "sta')
    with Results(tmp_path) as store:
        store.note("after")
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["event"] == "after"


def test_the_folder_is_named_after_what_is_asked():
    one = default_folder("compare", "toy", {"a": 1, "b": [2]})
    assert one == default_folder("compare", "toy", {"b": [2], "a": 1})
    assert one != default_folder("compare", "toy", {"a": 2, "b": [2]})
    assert one.name.startswith("compare-toy-") and len(one.name) == len("compare-toy-") + 8


def test_equal_scenarios_under_two_names_are_run_once(tmp_path):
    twin = make_tasks(ENGINE, replace(GIFT, label="twin"), range(4), 24)
    outcome, _ = run(tmp_path, [*TASKS, *twin])
    assert len(outcome.results) == 4
    assert sum(line["event"] == "started" for line in log(tmp_path)) == 4


def test_nothing_is_pickled_on_disk(tmp_path):
    run(tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.stat().st_size:
            assert path.read_bytes()[:1] != b"\x80", path
