"""Studies of claims: the files, the verdict, the shared queue, the shelf, the page."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from experiments.claims import library
from experiments.claims.judge import NO_DIFFERENCE, OPPOSITE, SUPPORTED, UNDECIDED, judge, verdict
from experiments.claims.page import page
from experiments.claims.session import Bench, Options, run_studies
from experiments.claims.shelf import FILE, Shelf
from experiments.executors import Executor
from experiments.runner import Arm, Result, make_tasks
from sim.declare import Text
from sim.scenario import ScenarioErrors, shipped_root
from sim.scenario.expressions import evaluate, parse_expression
from sim.scenario.studies import MID, EqualCost, Outcome, Study
from tests.experiments.fake_engine import Place, engine, simulate

# Names that the studies use before the model has them; a name that has come has to go from here.


@cache
def studies() -> dict[str, Study]:
    return {path.stem: library.load(path) for path in library.files()}


# The files


def test_every_claim_has_exactly_one_study():
    text = (shipped_root() / "evidence" / "claims.yaml").read_text("utf-8")
    ids = [line.split(":")[1].strip() for line in text.splitlines() if line.startswith("- id: ")]
    assert len(ids) == 79
    assert sorted(study.claim for study in studies().values()) == sorted(ids)
    assert all(study.claim.lower() == name for name, study in studies().items())


def test_studies_name_nothing_unknown():
    assert {p.value for study in studies().values() for p in study.missing} == set()


def test_every_study_runs_or_says_why_not():
    for name, study in studies().items():
        assert study.scenarios or study.missing or study.untestable, name
        assert study.untestable or study.outcomes, name
        assert study.falsified_if, name


def test_circularity_is_that_of_the_evidence():
    for study in studies().values():
        told = library.claim_of(study.claim).circularity
        if told:
            kind = "calibration" if told.startswith("calibration") else told.split()[0].strip(":")
            assert study.circularity == kind.rstrip(","), study.claim


def test_what_builds_a_sign_in_is_scanned_on_both_sides():
    for study in studies().values():
        if study.circularity in ("mixed", "built_in") and not study.untestable:
            assert study.scan, study.claim
            assert all({"low", "high"} <= set(levels) for levels in study.scan.values())


def test_levels_differ_from_one_another():
    for study in studies().values():
        if study.scan and study.scenarios:
            low, mid, high = (
                {n: s.canonical() for n, s in study.scenarios[level].items()}
                for level in ("low", "mid", "high")
            )
            assert low != high, study.claim
            assert low != mid or high != mid, study.claim


# Mistakes

GOOD = """\
schema: hotbed/1
kind: study
name: tiny
claim: CL01
place: starter-park
arms:
  a: {policy: no-policy}
  b: {policy: services}
outcomes:
  - {name: jobs, value: b.jobs - a.jobs, sign: "+", margin: 1}
"""
MISTAKES = [
    ("place:", "plase:", 5, 1, "did you mean 'place'?"),
    ("claim: CL01", "claim: CL99", 4, 8, "cannot stand for 'claim'"),
    ("{policy: services}", "{polcy: services}", 8, 7, "did you mean 'policy'?"),
    ("b.jobs - a.jobs", "b.jobs - c.jobs", 10, 34, "allowed: a, b"),
    ("b.jobs - a.jobs", "b.jobs -", 10, 33, "breaks at"),
    ("b.jobs - a.jobs", '"b.jobs[130]"', 10, 27, "0 <= first < last <= 120"),
    ("sign: \"+\"", "sign: up", 10, 48, "allowed: +, -, 0"),
    ("margin: 1", "margins: 1", 10, 53, "did you mean 'margin'?"),
]  # fmt: skip


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("old", "new", "line", "column", "words"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path, old, new, line, column, words):
    with pytest.raises(ScenarioErrors) as caught:
        library.load(write(tmp_path, GOOD.replace(old, new)))
    found = [p for p in caught.value.problems if words in p.message()]
    assert found, caught.value.message()
    assert found[0].line == line
    assert found[0].column == column


UNKNOWN = [
    ("b.jobs - a.jobs", "b.jobz - a.jobs", "jobs"),
    ("{policy: services}", "{levers: {rent_subsidi: {discount: 0.2}}}", "rent_subsidy"),
    ("{policy: services}", "{parameters: {location.leav: 0.02}}", "location.leave"),
    ("{policy: services}", "{policy: servises}", "services"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "nearest"), UNKNOWN)
def test_an_unknown_name_makes_a_study_not_runnable_and_names_the_nearest(
    tmp_path, old, new, nearest
):
    study = library.load(write(tmp_path, GOOD.replace(old, new)))
    assert not study.scenarios
    assert [problem.nearest for problem in study.missing] == [nearest]


def test_a_parameter_out_of_its_range_is_a_mistake(tmp_path):
    text = GOOD + "scan:\n  location.leave: {low: 0.001, high: 0.08}\n"
    with pytest.raises(ScenarioErrors, match="out of range"):
        library.load(write(tmp_path, text))


def test_an_unknown_claim_names_the_nearest():
    with pytest.raises(library.UnknownClaimError) as caught:
        library.chosen(["CL100"])
    assert caught.value.nearest == "CL10"


# Expressions


def test_an_expression_is_worked_out_by_the_rules_of_arithmetic():
    numbers = {"jobs": np.array([8.0, 2.0]), "firms": np.array([2.0, 0.0])}
    found = parse_expression("a.jobs / a.firms - 2 * -(a.firms + 1)")
    values = evaluate(found, lambda reference: numbers[reference.name], 2)
    assert values[0] == 10
    assert math.isnan(values[1])


# The verdict


@pytest.mark.parametrize(
    ("estimate", "low", "high", "sign", "expected"),
    [
        (5, 2, 8, "+", SUPPORTED),
        (-5, -8, -2, "+", OPPOSITE),
        (-5, -8, -2, "-", SUPPORTED),
        (5, 2, 8, "-", OPPOSITE),
        (0.2, -0.5, 0.9, "+", NO_DIFFERENCE),
        (0.5, 0.1, 0.9, "+", NO_DIFFERENCE),  # told apart from zero, and yet too small to matter
        (0.9, 0.1, 1.7, "+", UNDECIDED),  # certain of the sign, not of a size that matters
        (5, -1, 11, "+", UNDECIDED),
        (0.2, -0.5, 0.9, "0", SUPPORTED),
        (5, 2, 8, "0", OPPOSITE),
        (1, -2, 4, "0", UNDECIDED),
        (math.nan, math.nan, math.nan, "+", UNDECIDED),
    ],
)
def test_the_rule_of_the_verdict(estimate, low, high, sign, expected):
    assert verdict(estimate, low, high, 1.0, sign) == expected


def outcome(value: str, sign: str = "+", margin: str = "1") -> Outcome:
    return Outcome(
        Text("x", "x"), parse_expression(value), value, sign, parse_expression(margin), margin, ""
    )


@pytest.mark.parametrize(
    ("shift", "spread", "expected"),
    [(3, 1, SUPPORTED), (-3, 1, OPPOSITE), (0, 0.5, NO_DIFFERENCE), (0, 9, UNDECIDED)],
)
def test_planted_differences_get_their_verdict(shift, spread, expected):
    noise = np.random.default_rng(5).normal(size=20)
    noise = spread * (noise - noise.mean()) / noise.std()
    arms = {"a": np.full(20, 100.0), "b": 100 + shift + noise}
    found = judge(outcome("b.jobs - a.jobs"), lambda r: arms[r.arms[0]], 20)
    assert found.verdict == expected
    assert found.estimate == pytest.approx(shift, abs=1e-9)


def test_a_single_replicate_decides_nothing():
    found = judge(outcome("b.jobs"), lambda r: np.array([50.0]), 1)
    assert found.verdict == UNDECIDED
    assert found.n == 1


# The queue and the shelf


def toy(name: str, gift: float, **rest) -> Study:
    places = {"nothing": Place(), "gift": Place(policy="gift", gift=gift).with_support()}
    return Study(
        name, Text(name, name), Path(f"{name}.yaml"), "claim", "CL01", 48, 3, 2, "mixed", "never",
        outcomes=(outcome("gift.firms[12] - nothing.firms[12]"),), scenarios={MID: places}, **rest,
    )  # fmt: skip


def run(tmp_path, given, counted=None):
    def counting(*args, **kwargs):
        if counted is not None:
            counted.append(args[1])
        return simulate(*args, **kwargs)

    with Shelf(tmp_path) as shelf, Executor(engine(counting), 1) as execute:
        bench = Bench(engine(counting), shelf, execute, lambda *_: None)
        return run_studies(bench, given, Options()), bench.ran


def test_arms_that_are_the_same_run_once_for_all_studies_and_never_again(tmp_path):
    given, counted = [toy("one", 5.0), toy("two", 9.0)], []
    findings, ran = run(tmp_path, given, counted)
    assert ran == len(counted) == 9  # three seeds of nothing, of a gift of 5 and of one of 9
    assert [f.levels[MID][0].estimate for f in findings] == pytest.approx([5, 9])
    again, ran = run(tmp_path, given, counted)
    assert ran == 0
    assert len(counted) == 9
    assert [f.levels for f in again] == [f.levels for f in findings]


def test_equal_cost_scales_an_arm_to_the_cost_of_another(tmp_path):
    study = toy("one", 4.0, equal_cost=EqualCost("gift", "nothing", ("other",)))
    study.scenarios[MID]["other"] = Place(policy="other", gift=1.0).with_support()
    (finding,), _ = run(tmp_path, [study])
    assert finding.costs[MID]["other"] == pytest.approx(finding.costs[MID]["gift"], rel=0.02)
    assert finding.scaling[1]["factor"] == pytest.approx(4, rel=0.02)


def test_a_failed_run_is_told_and_drops_its_pair(tmp_path):
    study = toy("one", 5.0)
    study.scenarios[MID]["gift"] = replace(study.scenarios[MID]["gift"], fails_on=(1,))
    (finding,), ran = run(tmp_path, [study])
    assert ran == 5
    assert finding.levels[MID][0].n == 2
    told = json.loads((tmp_path / "failures.jsonl").read_text())
    assert told["command"] == "hotbed claims CL01"


def test_what_is_torn_off_the_shelf_or_changed_on_it_runs_again(tmp_path):
    run(tmp_path, [toy("one", 5.0)])
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-40])
    assert run(tmp_path, [toy("one", 5.0)])[1] == 1
    changed = bytearray(whole)
    changed[len(whole) - 60] ^= 1
    (tmp_path / FILE).write_bytes(bytes(changed))
    tasks = make_tasks(engine(), Arm("gift", toy("one", 5.0).scenarios[MID]["gift"]), range(3), 48)
    with Shelf(tmp_path) as shelf:
        found = [shelf.get(task.run_id) for task in tasks]
    assert [isinstance(result, Result) for result in found] == [True, True, False]


# The page


def test_the_page_is_in_step_with_its_record():
    docs = shipped_root() / "docs"
    told = json.loads((docs / "claims.json").read_text("utf-8"))
    assert (docs / "claims.md").read_text("utf-8") == page(told)
    assert len(told["claims"]) == 79


@pytest.mark.parametrize("word", [SUPPORTED, OPPOSITE, NO_DIFFERENCE, UNDECIDED])
def test_the_page_says_what_came_out(word):
    judged = {
        "estimate": 1.0, "lo": 0.5, "hi": 1.5, "margin": 0.1, "n": 9, "bootstrap": False,
        "verdict": word,
    }  # fmt: skip
    claim = {
        "id": "CL01", "status": "run", "title": {"en": "Buying", "zh": "买"}, "hypothesis": "h",
        "priority": "core", "circularity": "mixed", "circularity_why": "", "falsified_if": "f",
        "proxy": "", "not_tested": [], "place": {"en": "P", "zh": "P"}, "months": 12, "arms": ["a"],
        "scan": {}, "equal_cost": None, "verdict": word,
        "outcomes": [{"name": {"en": "o", "zh": "o"}, "sign": "+", "unit": ""}],
        "levels": {"low": {"reps": 2, "outcomes": [judged | {"verdict": UNDECIDED}]},
                   "mid": {"reps": 2, "outcomes": [judged]}},
    }  # fmt: skip
    text = page({"date": "2026-01-01", "commit": None, "claims": [claim]})
    assert f"**{word}**" in text
    assert ("resting on what is scanned: CL01" in text) == (word == SUPPORTED)
    assert ("Against the articles: CL01" in text) == (word == OPPOSITE)
