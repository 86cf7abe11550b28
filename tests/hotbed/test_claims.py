"""`hotbed claims` and `hotbed factorial` from the command line to files."""

from __future__ import annotations

import json

import pytest

from hotbed.cli.app import call

STUDY = """\
schema: hotbed/1
kind: study
name: {en: Services keep firms, zh: 服务留住企业}
claim: CL01
circularity: mixed
place: starter-park
horizon: {months: 12 months}
reps: {mid: 3, edge: 2}
arms:
  nothing: {policy: no-policy}
  services: {policy: services}
scan:
  location.leave: {low: 0.01, high: 0.08}
outcomes:
  - {name: jobs, value: services.jobs - nothing.jobs, sign: "+", margin: 2% * nothing.jobs, unit: jobs}
  - {name: stopped, value: "kept_same_12(services, nothing)", sign: "+", margin: 0.01}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "services.yaml"
    path.write_text(STUDY)
    return path


def test_a_claim_from_end_to_end(study, tmp_path, capsys):
    out, docs = tmp_path / "out", tmp_path / "new" / "docs"
    asked = ["claims", str(study), "--out", str(out), "--jobs", "1", "--quiet"]
    assert call([*asked, "--json", "--record", str(docs)]) == 0
    told = json.loads(capsys.readouterr().out)
    (claim,) = told["claims"]
    assert told["runs"] == 2 * (3 + 2 + 2)
    assert {level: found["reps"] for level, found in claim["levels"].items()} == {
        "low": 2, "mid": 3, "high": 2,
    }  # fmt: skip
    jobs, stopped = claim["levels"]["mid"]["outcomes"]
    assert jobs["lo"] <= jobs["estimate"] <= jobs["hi"]
    assert jobs["margin"] > 0
    assert stopped["n"] == 0  # support does not stop within the run
    assert stopped["verdict"] == "undecided"
    assert "Services keep firms" in (docs / "claims.md").read_text("utf-8")
    assert call([*asked, "--lang", "zh"]) == 0
    assert "服务留住企业" in capsys.readouterr().out
    assert call([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 0
    assert call(["status", str(out), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["results"]
    told = (row["command"], row["runs"], row["done"], row["failed"], row["left"])
    assert told == ("claims", 14, 14, 0, None)


def test_a_dry_run_runs_nothing(study, tmp_path, capsys):
    asked = ["claims", str(study), "--out", str(tmp_path / "out"), "--dry-run", "--json"]
    assert call(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["stored"]) == (14, 0)
    assert not (tmp_path / "out").exists()


def test_what_is_wrong_is_told_and_ends_with_two(study, capsys):
    assert call(["claims", "CL100", "--dry-run"]) == 2
    assert "did you mean CL10?" in capsys.readouterr().err
    study.write_text(STUDY.replace("sign:", "sine:"))
    assert call(["claims", str(study)]) == 2
    assert f"{study}:15:" in capsys.readouterr().err


def test_a_factorial_says_what_it_would_run(capsys):
    assert call(["factorial", "--limit", "2", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] >= 3 * 7 * 24
