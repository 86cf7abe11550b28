"""The disk fills up before each write in turn: words, what is finished stays, the rest goes on."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from experiments.store import RECORDS
from tests.faults.command import ROOT, call_here, rows, start

ASK = ("compare", "toy", "--policy", "gift", "--reps", "2", "--months", "12", "--jobs", "1")
SCRIPT = Path(__file__).with_name("full_disk.py")
SAYS = {
    "en": ("the disk is full: could not write", "free some space and give the same command again"),
    "zh": ("磁盘已满：无法写入", "请清理空间后重新执行同一命令"),
}
OWN_NAMESPACE = ("unshare", "--map-root-user", "--mount")  # where mounting needs no rights


def fill(kind, *wrapper):
    """Return what `full_disk.py` tells; in memory, where there is such a folder."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        done = subprocess.run(
            [*wrapper, sys.executable, str(SCRIPT), kind, folder],
            env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0 and not done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    code, out, err = call_here(*ASK, "--json", cwd=tmp_path_factory.mktemp("unbroken"))
    assert code == 0, err
    return rows(out)


@pytest.fixture(scope="module")
def injected():
    return fill("injected")


def check(told, unbroken, language="en"):
    """Check one full disk: what was said, what stayed, and what came of it with space again."""
    assert told["broken"]["code"] == 3 and told["broken"]["out"] is None
    assert all(words in told["broken"]["err"] for words in SAYS[language])
    resumed = told["resumed"]
    assert resumed["code"] == 0, resumed["err"]
    assert (resumed["out"]["rows"], resumed["out"]["digests"]) == unbroken
    before = re.search(r"(\d+) of 4 runs were finished before", resumed["err"])
    assert int(before[1] if before else 0) == told["kept"]


@pytest.mark.xdist_group("full-disk")
def test_every_write_may_meet_a_full_disk(injected, unbroken):
    *broken, _, _ = injected
    for told in broken:
        check(told, unbroken, told["language"])
        what, place, _ = told["refused"]
        if what != "fsync":  # that of a folder follows the file that came into it
            name = re.sub(r"(\.writing|\.set-aside-1)$", "", place)
            assert (
                f"/{told['language']}-" in told["broken"]["err"] and name in told["broken"]["err"]
            )
        assert not [name for name in told["left"] if name.endswith(".writing")]
    assert {told["kept"] for told in broken} == {0, 1, 2, 3}


@pytest.mark.xdist_group("full-disk")
def test_no_write_is_left_out_and_all_go_through_one_module(injected):
    *broken, english, chinese = injected
    for whole in (english, chinese):
        assert whole["refused"] is None and whole["broken"]["code"] == 3  # for its failing run
        written = {place.removesuffix(".writing") for _, place, _ in whole["calls"]}
        assert set(whole["files"]) <= written, "a file was written past the interpreter"
        assert {writer for _, _, writer in whole["calls"]} == {"experiments/durable.py"}
        refused = [told["refused"] for told in broken if told["language"] == "en"]
        assert refused == whole["calls"], "a write was not refused in its turn"
    kinds = {re.sub("[0-9a-f]{16,}", "*", name) for name in written}
    assert kinds >= {
        "lock", "manifest.json", "manifest.json.set-aside-1", "log.jsonl", "failures.jsonl",
        "comparison.json", "report.html", "runs/*.parquet", "runs/shard-*.parquet",
        *(f"runs/{name}*.{kind}.parquet" for name in ("", "shard-") for kind in RECORDS),
    }  # fmt: skip


def test_a_real_file_system_may_fill_up_at_any_page(unbroken):
    try:
        probe = subprocess.run(
            [*OWN_NAMESPACE, "mount", "-t", "tmpfs", "-o", "size=4k", "none", "/mnt"],
            capture_output=True,
        )
    except OSError:
        pytest.skip("no unshare or mount here")
    if probe.returncode:
        pytest.skip("this machine lets nobody mount")
    *broken, whole = fill("real", *OWN_NAMESPACE)
    for told in broken:
        check(told, unbroken)
    said = "".join(told["broken"]["err"] for told in broken)
    missed = [name for name in whole["files"] if name not in said]
    small = {"lock"}  # the first page is its own
    assert set(missed) <= small, "files that were never refused"


full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device always full")


@full
@pytest.mark.parametrize(("words", "language"), [((), "en"), (("--json",), "zh")])
def test_a_table_that_meets_a_full_disk_says_so_and_loses_nothing(
    tmp_path, unbroken, words, language
):
    words = (*ASK, *words, "--lang", language, "--out", "kept")
    with open("/dev/full", "w") as nowhere:
        process = start(*words, cwd=tmp_path, out=nowhere)
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 3
    assert all(said in err for said in SAYS[language]) and "Traceback" not in err
    assert {"en": "the standard output", "zh": "标准输出"}[language] in err
    code, out, err = call_here(*ASK, "--json", "--out", "kept", cwd=tmp_path)
    assert code == 0 and rows(out) == unbroken and "4 of 4 runs were finished before" in err


@full
def test_notes_that_cannot_be_written_stop_nothing(tmp_path, unbroken):
    with open("/dev/full", "w") as nowhere:
        process = start(*ASK, "--json", cwd=tmp_path, err=nowhere)
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=30) == 0 and rows(out) == unbroken
