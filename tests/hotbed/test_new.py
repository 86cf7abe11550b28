"""`hotbed scenario new`: from options or from questions to a file that runs."""

import io
import json
import sys

import pytest

from hotbed.cli import app
from sim.scenario import load_scenario

TEN = {"firms": "30", "staff": "260", "area": "4200 m2", "rent": "90", "vacancy": "14%",
       "housing": "200", "students": "150", "budget": "5000000 CNY", "flats": "40",
       "funds": "2"}  # fmt: skip


def words(**changes):
    return [w for name, value in (TEN | changes).items() for w in (f"--{name}", value)]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))


def new(capsys, *given):
    code = app.call(["scenario", "new", *map(str, given)])
    return code, *capsys.readouterr()


def test_a_file_from_options_is_valid_and_can_be_compared(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    code, out, err = new(capsys, path, *words(), "--name", "Mine")
    assert code == 0 and "starter-park" in out and "nearest" in out, err
    assert f"hotbed compare {path} --policy service-for-equity --reps 4" in err
    assert load_scenario(path).title.en == "Mine"
    ask = ["compare", str(path), "--policy", "service-for-equity", "--reps", "4", "--months", "3"]
    assert app.call([*ask, "--jobs", "1", "--quiet", "--out", str(tmp_path / "r")]) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_terminal_missing_options_are_named(capsys, tmp_path, language):
    some = ["--firms", "30", "--area", "4200", "--lang", language]
    code, out, err = new(capsys, tmp_path / "x.yaml", *some)
    assert code == 2 and not out and "--staff --rent --vacancy" in err and "--firms" not in err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_unless_forced(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    code, _, err = new(capsys, path, *words())
    assert code == 2 and "--force" in err and path.read_text() == "mine"
    assert new(capsys, path, *words(), "--force")[0] == 0
    assert load_scenario(path).initial.firms.total == 30


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"staff": "20"}, "--staff"),
        ({"flats": "900"}, "--flats"),
        ({"area": "400"}, "--area"),
        ({"vacancy": "14"}, "--vacancy"),
        ({"rent": "much"}, "--rent"),
    ],
)
def test_contradictions_and_bad_numbers_write_nothing(capsys, tmp_path, changes, told):
    for language in ("en", "zh"):
        given = [*words(**changes), "--lang", language]
        code, out, err = new(capsys, tmp_path / "x.yaml", *given)
        assert code == 2 and told in err and not out and "Traceback" not in err
    code, out, _ = new(capsys, tmp_path / "x.yaml", *words(**changes), "--json")
    assert code == 2 and json.loads(out)["errors"][0]["zh"]
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_each_number_is_asked_for_with_a_suggestion(capsys, tmp_path, monkeypatch):
    answers = ["40", "many", "379", "", "", "", "", "", "", "", ""]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(answers) + "\n"))
    path = tmp_path / "asked.yaml"
    code, _, err = new(capsys, path)
    assert code == 0 and "firms on the site" in err and "[6420]" in err and "'many'" in err
    place = load_scenario(path)
    assert place.initial.firms.total == 40 and place.initial.people.students == 200
    assert place.sources["initial.people.students"] == "assumption"
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert new(capsys, tmp_path / "other.yaml")[0] == 130


def test_preset_ending_and_json(capsys, tmp_path):
    code, _, err = new(capsys, tmp_path / "x.yaml", *words(), "--preset", "other")
    assert code == 2 and "starter-park, beijing-ai-origin" in err
    assert new(capsys, tmp_path / "x.txt", *words())[0] == 2
    code, out, _ = new(
        capsys, tmp_path / "x.yaml", *words(), "--preset", "beijing-ai-origin", "--json"
    )
    told = json.loads(out)
    assert code == 0 and told["preset"] == "beijing-ai-origin" and told["numbers"]["firms"] == 30
