"""Verdicts, exit codes, targets, and the page that is printed from a judged run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from calibration import judge as judging
from calibration import page as pages
from calibration.distance import cost, distance
from calibration.judge import Verdict, judge, odds, passes
from calibration.patterns import record as record_of
from calibration.seeds import JUDGED, TUNED
from calibration.targets import Clause, Group, groups
from sim.declare import Text
from sim.scenario.evidence import entries

WORDS = Text("a", "甲")


def clause(name="x", low=0.4, high=0.6, told=False, weight=1.0):
    return Clause(name, WORDS, "share", 0.5, low, high, "A01", weight, told)


def verdicts(failing):
    """Return twelve verdicts of which some fail."""
    made = []
    for k in range(1, 13):
        name = f"PAT{k:02d}"
        value = 0.9 if name in failing else 0.5
        found = judge((Group(name, WORDS, (clause(),)),), {"x": np.full(5, value)})
        made += found
    return tuple(made)


@pytest.mark.parametrize(
    ("failing", "passing"),
    [
        ((), True), (("PAT04", "PAT09"), True), (("PAT04", "PAT05", "PAT09"), False),
        (("PAT01",), False), (("PAT06",), False), (("PAT11",), False),
    ],
)  # fmt: skip
def test_ten_must_hold_and_three_among_them(failing, passing):
    assert passes(verdicts(failing)) is passing


def test_a_pattern_holds_where_all_its_judged_clauses_do():
    group = Group("PAT01", WORDS, (clause("a"), clause("b"), clause("c", told=True)))
    values = {"a": np.array([0.5, 0.5]), "b": np.array([0.55, np.nan]), "c": np.array([9.0])}
    (verdict,) = judge((group,), values)
    assert verdict.holds and verdict.found[2].holds is None
    (verdict,) = judge((group,), values | {"b": np.array([0.7])})
    assert not verdict.holds and [f.clause.name for f in verdict.failing] == ["b"]
    (verdict,) = judge((group,), {"a": np.array([0.5])})
    assert not verdict.holds  # what was not measured does not hold
    assert isinstance(verdict, Verdict)


def test_a_record_is_plain_data_also_where_nothing_was_seen():
    values = {"survival_1y": np.array([0.8, 0.81]), "again_of": np.array([[4.0, 9.0], [5.0, 10.0]])}
    told = json.loads(json.dumps(record_of("starter-park", 2, values), allow_nan=False))
    first = told["patterns"][0]["clauses"]
    assert first[0]["holds"] is True and first[1]["value"] is None and first[1]["holds"] is False
    assert told["passes"] is False


def test_the_interval_covers_the_median_and_shrinks():
    values = np.random.default_rng(1).normal(size=200)
    value, low, high, n = judging.summary("x", {"x": values})
    assert low < value < high and n == 200
    _, few_low, few_high, _ = judging.summary("x", {"x": values[:20]})
    assert few_high - few_low > high - low


def test_rare_cases_are_added_up_over_seeds():
    parts = np.array([[1.0, 2.0], [0.0, 10.0]])
    value, *_ = judging.summary("again", {"again_of": parts})
    assert value == pytest.approx(1 / 12)
    assert odds(np.array([10.0, 20.0, 40.0])) == pytest.approx(3.0)


def test_distance_is_nothing_inside_and_grows_outside():
    one = clause()
    assert cost(one, 0.5) == 0 < cost(one, 0.59) < cost(one, 0.7) < cost(one, 0.8)
    total, parts = distance({"x": np.array([0.8])}, [one])
    assert total == parts["x"] > 1
    assert distance({}, [one])[0] == 0


def test_targets_cite_what_is_known_and_bands_hold_their_values():
    known = set(entries()) | {"assumption"}
    for kind in ("patterns", "signs", "facts"):
        for group in groups(kind):
            for c in group.clauses:
                assert c.source in known, c.name
                if c.value is not None and not c.told:
                    assert c.within(c.value), c.name
                assert c.text.en and c.text.zh
    assert [g.name for g in groups("patterns")] == [f"PAT{k:02d}" for k in range(1, 13)]
    assert len(groups("signs")) == 7


def test_seeds_of_tuning_and_judging_are_apart():
    assert not set(JUDGED) & set(TUNED)


@pytest.fixture(scope="module")
def record():
    return json.loads(pages.RECORD.read_text(encoding="utf-8"))


def test_the_page_is_in_step_with_its_record(record):
    assert pages.PAGE.read_text(encoding="utf-8") == pages.page(record)


def test_the_record_is_in_step_with_the_targets(record):
    for kind in ("patterns", "signs", "facts"):
        told = {c["name"]: c for g in record[kind] for c in g["clauses"]}
        for group in groups(kind):
            for c in group.clauses:
                assert told[c.name]["required"] == [c.low, c.high], c.name
    assert record["seeds"]["judged"][0] == JUDGED.start and record["reps"] >= 30


def test_the_page_names_what_fails(record):
    for group in record["patterns"]:
        word = "holds" if group["holds"] else "**fails**"
        assert f"### {group['name']} {group['en']}: {word}" in pages.page(record)
