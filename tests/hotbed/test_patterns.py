"""`hotbed patterns` judges a place, says so in both languages, and its exit code is the verdict."""

from __future__ import annotations

import json

import pytest

from calibration import patterns as judged
from hotbed.cli.app import call


def verdict(monkeypatch, passing):
    """Let a record stand in for runs."""
    groups = [
        {
            "name": f"PAT{k:02d}",
            "en": "pattern",
            "zh": "模式",
            "holds": passing or k > 3,
            "clauses": [],
        }
        for k in range(1, 13)
    ]
    found = {
        "passes": passing, "patterns": groups, "signs": [], "facts": [], "reps": 2, "sign_reps": 1,
        "enough": 10, "must_hold": ["PAT01"],
    }  # fmt: skip
    monkeypatch.setattr(judged, "run", lambda *_: {})
    monkeypatch.setattr(judged, "record", lambda *_: found)


@pytest.mark.parametrize(("passing", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_is_the_verdict(monkeypatch, capsys, passing, code):
    verdict(monkeypatch, passing)
    assert call(["patterns", "starter-park", "--reps", "2", "--lang", "en"]) == code
    out = capsys.readouterr().out
    assert ("12 of 12 patterns hold" in out) == passing
    assert call(["patterns", "starter-park", "--reps", "2", "--lang", "zh"]) == code
    assert "模式" in capsys.readouterr().out


def test_bad_words_end_with_2(capsys):
    assert call(["patterns", "starter-park", "--reps", "0"]) == 2
    assert call(["patterns", "nowhere", "--lang", "en"]) == 2
    capsys.readouterr()


def test_a_small_place_is_judged_to_the_end(capsys):
    code = call(["patterns", "starter-park", "--reps", "1", "--jobs", "1", "--json", "--quiet"])
    found = json.loads(capsys.readouterr().out)
    assert code == (0 if found["passes"] else 1)
    assert len(found["patterns"]) == 12 and len(found["signs"]) == 7
    seen = [c for group in found["patterns"] for c in group["clauses"] if c["value"] is not None]
    assert len(seen) > 40
