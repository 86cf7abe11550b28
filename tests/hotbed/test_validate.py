"""`hotbed scenario validate` on shipped and broken files."""

import json
import subprocess
import sys

import pytest

from tests.faults.command import ROOT


def validate(*words, cwd=ROOT):
    done = subprocess.run(
        [sys.executable, "-m", "hotbed", "scenario", "validate", *map(str, words)],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(cwd)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", ["beijing-ai-origin", "starter-park"])
def test_a_place_is_described(tmp_path, name):
    code, out, err = validate(name, cwd=tmp_path)
    assert code == 0 and "valid" in out and f"hotbed run {name}" in err


def test_a_policy_is_worked_out_at_a_place(tmp_path):
    code, out, _ = validate("cash", "--place", "starter-park", cwd=tmp_path)
    assert code == 0 and "40" in out and "(cash_grant)" in out
    path = ROOT / "scenarios" / "policies" / "cash.yaml"
    code, out, _ = validate(path, "--json", cwd=tmp_path)
    told = json.loads(out)
    assert code == 0 and told["valid"] and told["policy"] == "cash"
    assert told["described"]["zh"] != told["described"]["en"]


def test_all_mistakes_come_at_once_with_line_and_column(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("kind: policy\nlevers:\n  cash_grannt: {cny_month: 1}\nlevelers: {}\n")
    code, out, err = validate(bad, cwd=tmp_path)
    assert code == 2 and not out
    assert "bad.yaml:3:" in err and "cash_grant" in err and "bad.yaml:4:" in err
    code, out, err = validate(bad, "--json", "--lang", "zh", cwd=tmp_path)
    told = json.loads(out)
    assert code == 2 and told["valid"] is False and {m["line"] for m in told["errors"]} == {3, 4}
    assert all(m["en"] and m["zh"] for m in told["errors"]) and err.startswith("错误：")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff", b"- 1\n", b"kind: nonsense\n"])
def test_what_is_no_scenario_is_one_message(tmp_path, content):
    (tmp_path / "bad.yaml").write_bytes(content)
    code, out, err = validate("./bad.yaml", cwd=tmp_path)
    assert code == 2 and "bad.yaml" in err and not out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_that_names_a_place_wrongly_is_not_taken_for_missing(tmp_path, lang):
    text = "schema: hotbed/1\nkind: scenario\nname: x\nextends: {community: starter-parc, policy: cash}\n"
    (tmp_path / "mine.yaml").write_text(text)
    code, _, err = validate("mine.yaml", "--lang", lang, cwd=tmp_path)
    assert code == 2 and "mine.yaml:4:22" in err and "starter-park" in err
    code, _, err = validate("yours.yaml", "--lang", lang, cwd=tmp_path)
    assert code == 2 and "yours.yaml" in err and "cash" in err  # places and policies are offered


def test_a_file_that_names_a_place_wrongly_tells_its_other_mistakes_too(tmp_path):
    text = (
        "schema: hotbed/1\nkind: scenario\nname: x\nextends: {community: starter-parc}\n"
        "horizon: {months: 0}\nparameters:\n  location.leave: 3\n  location.leaf: 1\n"
    )
    (tmp_path / "mine.yaml").write_text(text)
    code, _, err = validate("mine.yaml", cwd=tmp_path)
    assert code == 2
    assert all(f"mine.yaml:{line}:" in err for line in (4, 5, 7, 8)) and "4 mistakes" in err
