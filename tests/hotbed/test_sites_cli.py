"""The commands take a place of several sites as any other place."""

import json

import pytest

from hotbed.cli import app

TWO = """schema: hotbed/1
kind: community
name: Two parks
sites:
  - {name: east, community: starter-park, at: [0 m, 0 m]}
  - {name: west, community: starter-park, at: [3000 m, 0 m]}
levers:
  community_links: {link_strength: 1}
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    path = tmp_path_factory.mktemp("two") / "two.yaml"
    path.write_text(TWO)
    return str(path)


def test_run_shows_the_place_and_each_site(capsys, two):
    assert app.call(["run", two, "--months", "6", "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["sites"]) == ["east", "west"]
    assert told["final"]["jobs"] == sum(site["jobs"] for site in told["sites"].values())
    again = ["run", two, "--months", "6", "--json", "--quiet", "--strict"]
    assert app.call(again) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == told["digest"]


def test_a_life_is_told_of_one_site_only(capsys, two):
    assert app.call(["run", two, "--story", "1", "--months", "2"]) == 2
    assert "has several" in capsys.readouterr().err


def test_compare_and_verify_work_on_sites(capsys, two, tmp_path):
    folder = str(tmp_path / "made")
    words = ["compare", two, "--policy", "cash", "--reps", "2", "--months", "6", "--equal-cost"]
    assert app.call([*words, "--jobs", "1", "--quiet", "--out", folder]) == 0
    capsys.readouterr()
    assert app.call(["verify", folder, "--jobs", "1", "--quiet"]) == 0
    assert "bit for bit" in capsys.readouterr().out
