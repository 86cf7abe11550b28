"""`hotbed verify` on a real result: it holds, and what was done to it is named."""

import json
import re
import shutil

import pytest

from hotbed.cli import app


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify") / "made"
    words = ["compare", "starter-park", "--policy", "cash", "--reps", "2", "--months", "6"]
    assert app.call([*words, "--equal-cost", "--jobs", "1", "--quiet", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def result(made, tmp_path):
    return shutil.copytree(made, tmp_path / "r")


def verify(capsys, *words):
    code = app.call(["verify", *map(str, words)])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_result_is_verified_bit_for_bit(capsys, result, language):
    before = {path: path.read_bytes() for path in result.rglob("*") if path.is_file()}
    code, out, err = verify(capsys, result, "--jobs", "1", "--lang", language)
    assert code == 0, err
    assert {"en": "Verified bit for bit", "zh": "逐位相同"}[language] in out
    assert "hotbed compare starter-park --policy cash" in err
    after = {path: path.read_bytes() for path in result.rglob("*") if path.is_file()}
    assert before == after


def test_a_sample_says_so_and_names_the_command_for_the_rest(capsys, result):
    code, out, err = verify(capsys, result, "--runs", "1", "--jobs", "1")
    assert code == 0 and re.search(r"1 of \d+ run again", out) and "sample" in out
    assert f"hotbed verify {result}" in err
    code, out, _ = verify(capsys, result, "--runs", "1", "--json", "--jobs", "1")
    told = json.loads(out)
    assert told["verified"] and told["how"] == "bit_for_bit" and told["runs"]["checked"] == 1


def test_what_was_done_to_a_result_is_named(capsys, result):
    (result / "comparison.json").write_text("{}")
    (result / "extra.txt").write_text("x")
    code, out, err = verify(capsys, result)
    assert code == 1 and not out
    assert "comparison.json: was changed" in err and "extra.txt: is foreign" in err
    code, out, _ = verify(capsys, result, "--json", "--lang", "zh")
    told = json.loads(out)
    assert code == 1 and told["verified"] is False and told["runs"] is None
    assert {"path": "extra.txt", "what": "foreign"} in told["files"]["faults"]


def test_a_forged_run_is_found_even_where_its_hash_was_forged_too(capsys, result):
    path = result / "manifest.json"
    told = json.loads(path.read_text())
    for run in told["runs"].values():
        run["seed"] += 7
    path.write_text(json.dumps(told))
    code, out, _ = verify(capsys, result, "--runs", "1", "--jobs", "1")
    assert code == 1 and "NOT VERIFIED" in out


def test_no_result_is_bad_input(capsys, tmp_path):
    assert verify(capsys, tmp_path)[0] == 2
    assert verify(capsys, tmp_path, "--runs", "0")[0] == 2
