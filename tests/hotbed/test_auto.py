"""`hotbed compare --reps auto --ci 5%`: it stops by itself and says how that ended."""

import json

import pytest

from tests.faults.command import call_here

ASK = ("compare", "toy", "--policy", "gift", "--months", "24", "--jobs", "1", "--json")


def test_it_stops_by_itself_and_goes_on_from_there(tmp_path):
    code, out, err = call_here(*ASK, "--reps", "auto", "--ci", "20%", cwd=tmp_path)
    assert code == 0, err
    told = json.loads(out)
    assert told["reps"] == told["adaptive"]["reps"] == 16 and told["adaptive"]["reached"]
    assert told["adaptive"]["looks"] == [16]
    manifest = json.loads((tmp_path / told["results"] / "manifest.json").read_text())
    assert manifest["specification"]["seeds"] == list(range(16))
    # The same folder as with a number of replicates: what is there is not run again.
    again = json.loads(call_here(*ASK, "--reps", "16", cwd=tmp_path)[1])
    assert again["results"] == told["results"] and again["digests"] == told["digests"]
    assert again["adaptive"] is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--reps", "some"), "--reps"),
        (("--ci", "5%"), "--reps auto"),
        (("--reps", "auto", "--ci", "wide"), "--ci"),
        (("--reps", "auto", "--ci", "0"), "--ci"),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path, words, text):
    code, _, err = call_here(*ASK, *words, cwd=tmp_path)
    assert code == 2 and text in err
