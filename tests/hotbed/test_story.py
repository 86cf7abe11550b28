"""`hotbed run … --story`: how to find a uid, a life in both languages, where two lives part."""

import json
import re

import pytest

from hotbed.cli import app

RUN = ("run", "starter-park", "--months", "24", "--quiet")


def call(capsys, *words):
    code = app.call([*map(str, words)])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def uid():
    from sim.recorder import simulate
    from sim.scenario.load import load_scenario

    fates = simulate(load_scenario("starter-park", "cash"), 0, 24).fates
    return int(fates["uid"][(fates["supported"] > 0) & (fates["arrived"] < 0)][0])


def test_an_unknown_uid_lists_some_worth_a_look(capsys):
    code, out, err = call(capsys, *RUN, "--policy", "cash", "--story", "5")
    assert code == 2 and not out
    for kind in ("largest", "supported", "closed", "founders"):
        assert kind in err
    listed = int(re.search(r"supported and here: (\d+)", err)[1])
    code, out, _ = call(capsys, *RUN, "--policy", "cash", "--story", listed)
    assert code == 0 and f"uid {listed}" in out and "It receives" in out


def test_a_run_tells_how_to_get_a_story(capsys):
    code, _, err = call(capsys, "run", "starter-park", "--months", "3")
    assert code == 0 and re.search(r"--story \d+", err)
    told = json.loads(call(capsys, *RUN, "--json")[1])
    assert told["stories"]["largest"] and set(told["stories"]) >= {"supported", "closed", "moved"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_lives_and_where_they_part(capsys, uid, language):
    both = ("--policy", "no-policy", "--policy", "cash", "--lang", language)
    code, out, _ = call(capsys, *RUN, *both, "--story", uid)
    assert code == 0
    wanted = {"en": ("Under both", "part in", "first differ"), "zh": ("相同的部分", "分岔", "差异")}
    assert all(words in out for words in wanted[language])


def test_json_of_two_lives(capsys, uid):
    both = ("--policy", "no-policy", "--policy", "cash", "--json")
    told = json.loads(call(capsys, *RUN, *both, "--story", uid)[1])
    assert [life["policy"] for life in told["lives"]] == ["no-policy", "cash"]
    month = told["parting"]["month"]
    assert any(event["month"] == month for event in told["lives"][1]["events"])
    assert told["lives"][0]["events"][0]["en"] != told["lives"][0]["events"][0]["zh"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--policy", "cash", "--policy", "no-policy"), "--story"),
        (
            ("--policy", "cash", "--policy", "no-policy", "--policy", "landlord", "--story", "1"),
            "two",
        ),
        (("--story", "somebody"), "--story"),
        (("--story", "-1"), "--story"),
        (("--story", "1", "--out", "x"), "--json"),
    ],
)
def test_bad_usage(capsys, words, told):
    code, out, err = call(capsys, *RUN, *words)
    assert code == 2 and not out and told in err and "Traceback" not in err
