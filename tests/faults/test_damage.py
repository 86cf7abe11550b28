"""Damaged and foreign files in a results folder: words that name them, equal numbers, no traceback."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from experiments import store
from experiments.executors import Executor
from experiments.results import Results
from experiments.runner import Arm, make_tasks, run_tasks
from tests.experiments import fake_engine as fake
from tests.faults.command import (
    bound_by_permissions,
    call,
    call_here,
    on_disk,
    rows,
    run_after_finished,
    tables,
)

ASK = ("compare", "toy", "--policy", "gift", "--reps", "3", "--months", "12", "--jobs", "1")
RUNS = 2 * 3


@pytest.fixture(scope="module")
def finished_folder(tmp_path_factory):
    """A finished comparison, in shards."""
    folder = tmp_path_factory.mktemp("finished")
    code, out, err = call_here(*ASK, "--json", "--out", "kept", cwd=folder)
    assert code == 0, err
    return folder / "kept", rows(out)


@pytest.fixture(scope="module")
def broken_off_folder(tmp_path_factory, finished_folder):
    """The same comparison before its runs were joined."""
    folder = tmp_path_factory.mktemp("broken")
    call(*ASK, "--out", "kept", cwd=folder, HOTBED_TEST_STOP="experiments.store:join")
    assert len(tables(folder / "kept")) == RUNS
    return folder / "kept"


@pytest.fixture(params=["finished", "broken off"])
def kept(request, tmp_path, finished_folder, broken_off_folder):
    source = finished_folder[0] if request.param == "finished" else broken_off_folder
    return Path(shutil.copytree(source, tmp_path / "kept"))


def again(kept, *words, **rest):
    ask = (*ASK, "--json", "--out", "kept", *words)
    if not rest:
        return call_here(*ask, cwd=kept.parent)
    code, out, err = call(*ask, cwd=kept.parent, **rest)
    assert "Traceback" not in out + err, err
    return code, out, err


def first(kept):
    return tables(kept)[0]


def records_of(path, kind):
    return path.with_name(path.name.replace(".parquet", f".{kind}.parquet"))


def fates_of(path):
    return records_of(path, "fates")


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at(path, content)] ^= 0x04
    path.write_bytes(content)


def in_the_numbers(path, content):
    """Return a place in the values of the last column."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    column = group.column(group.num_columns - 1)
    begins = column.dictionary_page_offset or column.data_page_offset
    return begins + column.total_compressed_size - 3


def in_the_label(path, content):
    """Return a place in the digest that the footer tells."""
    return content.rindex(b'"digest": "') + 15


def cut(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def make_folder_of(path):
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("a file")


DAMAGED = {
    "a number of a run changed": lambda kept: flip(first(kept), in_the_numbers),
    "a digest changed": lambda kept: flip(first(kept), in_the_label),
    "a number of the fates changed": lambda kept: flip(fates_of(first(kept)), in_the_numbers),
    "a run cut off": lambda kept: cut(first(kept), 0.6),
    "an empty run": lambda kept: cut(first(kept), 0),
    "fates cut off": lambda kept: cut(fates_of(first(kept)), 0.6),
    "a folder where a run should be": lambda kept: make_folder_of(first(kept)),
    "a folder where fates should be": lambda kept: make_folder_of(fates_of(first(kept))),
    "fates in the place of a run": lambda kept: shutil.copy(fates_of(first(kept)), first(kept)),
    "a run in the place of fates": lambda kept: shutil.copy(first(kept), fates_of(first(kept))),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_runs_are_named_set_aside_and_run_again(kept, finished_folder, damage):
    path = first(kept)
    lost = len(store.footer_of(path)["runs"])
    DAMAGED[damage](kept)
    code, out, err = again(kept)
    assert code == 0, err
    assert rows(out) == finished_folder[1]
    assert path.name in err and "set aside" in err and "run again" in err
    assert list((kept / "runs").glob("*.set-aside-1"))
    assert f"{RUNS - lost} of {RUNS} runs were finished before" in err or lost == RUNS
    assert len(on_disk(kept)) == RUNS
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1] and "set aside" not in err


MANIFESTS = {
    "empty": b"",
    "cut off": b'{"form": 2, "scen',
    "not text": bytes(range(256)),
    "a list": b"[1, 2]",
    "of another form": b'{"form": 99, "scenarios": {}, "runs": {}, "files": {}}',
    "without tables": b'{"form": 2}',
    "with other tables": b'{"form": 2, "scenarios": {}, "runs": {"a": 1}, "files": []}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", MANIFESTS)
def test_a_manifest_that_cannot_be_used_is_set_aside_and_loses_no_run(
    kept, finished_folder, content
):
    (kept / "manifest.json").write_bytes(MANIFESTS[content])
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1], err
    assert "manifest.json" in err and f"{RUNS} of {RUNS} runs were finished before" in err
    assert (kept / "manifest.json.set-aside-1").read_bytes() == MANIFESTS[content]
    assert len(json.loads((kept / "manifest.json").read_text())["runs"]) == RUNS


def test_a_folder_where_the_manifest_should_be_is_set_aside(kept, finished_folder):
    make_folder_of(kept / "manifest.json")
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1] and "manifest.json" in err
    assert (kept / "manifest.json.set-aside-1" / "inside").exists()


def everything(kept):
    return {
        str(path.relative_to(kept)): path.read_bytes() if path.is_file() else b""
        for path in sorted(kept.rglob("*"))
        if path.name != "lock"
    }


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        (("compare", "toy", "--policy", "big", "--months", "12"), "arms"),
        (("compare", "toy", "--policy", "gift", "--months", "24"), "months"),
        (("compare", "toy", "--policy", "gift", "--months", "12", "--equal-cost"), "equal_cost"),
        (("run", "toy", "--months", "12"), "command"),
    ],
)
def test_a_folder_of_another_request_is_refused_and_left_as_it_is(
    kept, finished_folder, words, differs
):
    before = everything(kept)
    for language, says in (("en", "belongs to another request"), ("zh", "属于另一次请求")):
        code, out, err = call_here(*words, "--out", "kept", "--lang", language, cwd=kept.parent)
        assert code == 2 and says in err and "kept/manifest.json" in err and "--out" in err
        assert differs in err and not out
    assert everything(kept) == before
    code, out, err = again(kept, "--reps", "4")  # more replicates are the same request
    assert code == 0 and f"{RUNS} of {RUNS + 2} runs were finished before" in err


def test_foreign_files_are_left_alone(kept, finished_folder):
    foreign = {
        "notes.txt": b"mine",
        "runs/notes.txt": b"mine, too",
        "runs/joined.parquet": b"no table",
        "runs/joined.fates.parquet": b"no table",
        "runs/joined.parquet.writing": b"somebody else's",
        "runs/folder.parquet/inside": b"deep",
        "manifest.json.set-aside-7": b"older",
    }
    for name, content in foreign.items():
        (kept / name).parent.mkdir(exist_ok=True)
        (kept / name).write_bytes(content)
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1] and "set aside" not in err
    assert {name: (kept / name).read_bytes() for name in foreign} == foreign


REFUSED = {
    "lock": ("kept/lock", "directory"),
    "log.jsonl": ("kept/log.jsonl", "directory"),
    "comparison.json": ("kept/comparison.json", "directory"),
    "manifest.json.writing": ("kept/manifest.json", "directory"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_in_the_place_of_a_file_is_refused_by_name(kept, finished_folder, name):
    (kept / name).unlink(missing_ok=True)
    (kept / name).mkdir()
    code, out, err = again(kept, "--reps", "4")
    assert code == 2 and not out
    assert all(words in err for words in (*REFUSED[name], "--out"))
    (kept / name).rmdir()
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1]


def test_a_file_in_the_place_of_the_runs_is_refused_by_name(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "runs").write_text("a file")
    code, out, err = again(tmp_path / "kept")
    assert code == 2 and "kept/runs" in err and "--out" in err and not out
    assert (tmp_path / "kept" / "runs").read_text() == "a file"


PERMISSIONS = {
    "a run": (lambda kept: first(kept), 0o000, 0),
    "the manifest": (lambda kept: kept / "manifest.json", 0o000, 0),
    "the log": (lambda kept: kept / "log.jsonl", 0o000, 2),
    "the lock": (lambda kept: kept / "lock", 0o000, 2),
    "the folder of runs": (lambda kept: kept / "runs", 0o000, 2),
    "the folder of runs, for writing": (lambda kept: kept / "runs", 0o500, 2),
    "the folder": (lambda kept: kept, 0o500, 2),
}


@pytest.mark.parametrize("which", PERMISSIONS)
def test_what_may_not_be_read_or_written_is_named(kept, finished_folder, which):
    choose, mode, ends = PERMISSIONS[which]
    path = choose(kept)
    before = path.stat().st_mode
    path.chmod(mode)
    code, out, err = again(kept, "--reps", "4", before=bound_by_permissions)
    if path.exists():
        path.chmod(before)
    assert code == ends, err
    assert path.name in err
    if ends:
        assert not out and "Permission denied" in err and "--out" in err
    code, out, err = again(kept)
    assert code == 0 and rows(out) == finished_folder[1]
    assert which == "a run" or run_after_finished(kept) == []


def stored_once(folder):
    tasks = make_tasks(fake.engine(), Arm("gift", fake.Place("gift", 10.0)), range(1), 12)
    with Results(folder, "1") as results:
        outcome = run_tasks(tasks, Executor(fake.engine(), 1), results)
    return tasks[0].run_id, outcome.results[tasks[0].run_id]


@pytest.mark.slow
@pytest.mark.parametrize("kind", store.KINDS)
def test_no_changed_byte_passes_unnoticed(tmp_path, kind):
    """Every byte in turn: the file is refused, or what it says has not changed."""
    run_id, result = stored_once(tmp_path)
    series = first(tmp_path)
    paths = {name: records_of(series, name) for name in store.RECORDS} | {store.SERIES: series}
    unchanged = {name: store.read_table(path, name) for name, path in paths.items()}
    whole = paths[kind].read_bytes()
    refused = 0
    for i in range(len(whole)):
        changed = bytearray(whole)
        changed[i] ^= 1 << (i % 8)
        paths[kind].write_bytes(changed)
        try:
            tables = unchanged | {kind: store.read_table(paths[kind], kind)}
        except store.ForeignFileError:
            refused += 1
            continue
        found = store.decode(tables, [run_id])[run_id]
        assert (found.digest, found.names) == (result.digest, result.names), i
        assert found.series.tobytes() == result.series.tobytes(), i
        for name in store.RECORDS:
            assert getattr(found, name).tobytes() == getattr(result, name).tobytes(), i
    assert refused > len(whole) / 2
