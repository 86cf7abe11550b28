"""`hotbed search` from a study to its Pareto set; the toy's front is known."""

import io
import json
import shlex
from contextlib import redirect_stdout
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from experiments import runner
from experiments.sweeps.session import failures_of
from hotbed.cli.app import call
from tests.experiments import sweep_toy as toy
from tests.experiments.drawn import Drawn

STUDY = """\
schema: hotbed/1
kind: study
name: {en: Toy mixes, zh: 玩具组合}
place: starter-park
horizon: {months: 6 months}
policies: [no-policy, service-for-equity]
levers:
  service_for_equity.service_cny_month: {low: 0, high: 20000}
  service_for_equity.public_share: {low: 0, high: 1}
goals:
  - {indicator: jobs, best: most}
  - {indicator: public_cost_pv, best: least}
search: {mixes: 24, batch: 8, final_replicates: 2}
replicates: 2
"""
LARGE = "mixes: 100, batch: 20, final_replicates: 6"
ASK = ("search", "toy.yaml", "--jobs", "1")
MONEY, WASTE = "service_for_equity.service_cny_month", "service_for_equity.public_share"


def jobs_at(cost):
    """Jobs on the front: money brings less and less, and waste is bad for both goals."""
    return 100 + 100 * np.sqrt(cost / 1e6)


def simulate(scenario, seed, months=None, strict=False):
    """Run the toy, whose front is all mixes without waste and whose knee is at a quarter."""
    (use,) = (use for use in scenario.levers if use.lever == "service_for_equity")
    spent, waste = use.values["service_cny_month"] / 20000, use.values["public_share"]
    RUNS.append(seed)
    if len(RUNS) == STOP.get("at"):
        raise KeyboardInterrupt
    if waste > STOP.get("waste", 2):
        raise ArithmeticError(f"staff below zero, seed {seed}")
    run = toy.simulate(scenario, seed, months)
    series = run.series.copy()
    luck = np.random.default_rng(seed).normal()
    series[:, toy.NAMES.index("jobs")] = jobs_at(1e6 * spent) - 50 * waste + luck
    series[:, toy.NAMES.index("public_cost_pv")] = 1e6 * (spent + waste)
    return SimpleNamespace(**{**vars(run), "series": series})


RUNS: list[int] = []
STOP: dict[str, float] = {}


def engine():
    return replace(toy.engine(), simulate=simulate)


@pytest.fixture(autouse=True)
def _toy(monkeypatch, tmp_path):
    RUNS.clear()
    STOP.clear()
    monkeypatch.setattr(runner, "real_engine", engine)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.yaml").write_text(STUDY)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A search that is large enough to find the front, done once."""
    folder = tmp_path_factory.mktemp("large")
    text = STUDY.replace("mixes: 24, batch: 8, final_replicates: 2", LARGE)
    (folder / "toy.yaml").write_text(text)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.setattr(runner, "real_engine", engine)
        patch.chdir(folder)
        assert call([*ASK, "--json"]) == 0
    return json.loads(out.getvalue())


def told(capsys, *words):
    capsys.readouterr()  # what was shown before
    code = call([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


# What is found


def test_a_planted_front_is_found_with_its_knee(large):
    front = large["front"]
    cost = np.array([row["goals"]["public_cost_pv"]["mean"] for row in front])
    jobs = np.array([row["goals"]["jobs"]["mean"] for row in front])
    assert large["policy"] == "service-for-equity" and len(front) >= 8
    assert (np.diff(cost) > 0).all() and (np.diff(jobs) > 0).all()
    assert max(row["levers"][WASTE] for row in front) < 0.15  # nearly all mixes tried have more
    short = jobs_at(cost) - jobs
    assert short.min() > -3 and short.max() < 15
    # Midway between the ends of the root's curve lies what is farthest beyond the line between them.
    roots = np.sqrt([row["levers"][MONEY] / 20000 for row in front])
    assert roots[large["knee"]] == pytest.approx((roots[0] + roots[-1]) / 2, abs=0.1)
    assert [row["knee"] for row in front].index(True) == large["knee"]
    assert all(row["undominated"] == 1 for row in front)  # luck is the same for all mixes
    spans = [row["goals"]["jobs"] for row in front]
    assert all(span["lo"] < span["mean"] < span["hi"] for span in spans)
    # A tenth of all waste costs both goals a tenth of their range, and more where jobs matter.
    assert all(0.05 < row["loss"] < 0.6 for row in front)


def test_ways_along_the_front_say_what_is_gained_and_given_up(large):
    front, (first, second) = large["front"], large["steps"]
    assert (first["start"], first["end"], second["start"]) == (0, large["knee"], large["knee"])
    assert second["end"] == len(front) - 1
    for step in (first, second):
        for name, change in step["changes"].items():
            ends = [front[step[key]]["goals"][name]["mean"] for key in ("start", "end")]
            assert change["diff"] == pytest.approx(ends[1] - ends[0])
            # The same seeds under both mixes: what luck adds to jobs cancels.
            assert change["hi"] - change["lo"] < 1e-6 * abs(change["diff"])
    gained, given = large["en"].splitlines()[0].split("; given up: ")
    assert "jobs +" in gained and "public cost, present value +" in given
    assert "得到：就业岗位 +" in large["zh"]


def test_it_is_shown_in_both_languages_with_the_knee_and_the_next_command(capsys):
    assert call([*ASK]) == 0
    out, err = capsys.readouterr()
    assert (
        "Toy mixes: Pareto set of mixes under service-for-equity after 6" in out and "(knee)" in out
    )
    assert "gained: jobs +" in out and "stay undominated on 2 other seeds" in out
    assert (
        "Next: hotbed run starter-park --policy service-for-equity --seed 2 --months 6 --set" in err
    )
    assert "uncertain" not in err
    assert call([*ASK, "--lang", "zh"]) == 0
    out, err = capsys.readouterr()
    assert "（拐点）" in out and "非支配" in out and "下一步" in err


def test_what_is_uncertain_is_held_and_said_so(tmp_path, capsys):
    uncertain = "uncertainties: {market.growth: {low: 0, high: 0.2}}\n"
    (tmp_path / "toy.yaml").write_text(STUDY + uncertain)
    assert told(capsys, *ASK)[1]["levers"] == [MONEY, WASTE]
    assert call([*ASK]) == 0
    assert "uncertain in the study was held" in capsys.readouterr().err


def test_a_policy_of_the_study_itself_is_searched_and_no_command_runs_it_alone(tmp_path, capsys):
    own = "policies: {mine: {policy: service-for-equity, note: own}}"
    old = "policies: [no-policy, service-for-equity]"
    (tmp_path / "toy.yaml").write_text(STUDY.replace(old, own))
    assert call([*ASK]) == 0
    assert capsys.readouterr().err.endswith("Next: hotbed search toy.yaml --mixes 48\n")


# Runs are kept


def test_asked_again_nothing_runs_and_all_is_the_same(capsys):
    _, first = told(capsys, *ASK)
    assert first["ran"] == first["runs"] == len(RUNS) and first["stored"] == 0
    _, again = told(capsys, *ASK)
    assert (again["ran"], again["stored"]) == (0, first["runs"]) and len(RUNS) == first["runs"]
    counts = ("ran", "stored")
    assert {k: v for k, v in again.items() if k not in counts} == {
        k: v for k, v in first.items() if k not in counts
    }
    (row,) = told(capsys, "status")[1]["results"]
    assert (row["command"], row["done"], row["left"]) == ("search", first["runs"], 0)


def test_more_mixes_go_on_from_the_runs_of_fewer(capsys):
    _, fewer = told(capsys, *ASK, "--mixes", "16")
    _, more = told(capsys, *ASK)
    assert len(more["tried"]) > len(fewer["tried"]) == 16
    assert more["results"] == fewer["results"] and more["tried"][:16] == fewer["tried"]
    assert more["stored"] >= 16 * 2


@pytest.mark.parametrize("at", [5, 60])
def test_a_search_that_is_broken_off_goes_on_to_the_same_front(at, capsys):
    STOP["at"] = at
    assert call([*ASK, "--out", "broken"]) == 130
    assert "kept in broken" in capsys.readouterr().err
    STOP.clear()
    _, found = told(capsys, *ASK, "--out", "broken")
    assert found["stored"] == at - 1 and found["ran"] == found["runs"] - at + 1
    _, whole = told(capsys, *ASK, "--out", "whole", "--jobs", "2")
    for key in ("front", "steps", "tried", "runs"):
        assert found[key] == whole[key]


def test_failures_are_kept_with_their_command_and_tried_again_only_where_asked(tmp_path, capsys):
    STOP["waste"] = 0.5
    code, found = told(capsys, *ASK, "--out", "here")
    assert code == 3 and found["failed"] > 0
    assert all(row["levers"][WASTE] <= 0.5 for row in found["tried"])
    kept = failures_of(tmp_path / "here")
    assert len(kept) == found["failed"]
    one = next(iter(kept.values()))
    assert "staff below zero" in one["error"] and f"--seed {one['seed']}" in one["command"]
    assert f"--set {WASTE}=" in one["command"]
    before = len(RUNS)
    assert told(capsys, *ASK, "--out", "here")[1]["front"] == found["front"]
    assert len(RUNS) == before
    STOP.clear()
    code, whole = told(capsys, *ASK, "--out", "here", "--retry-failed")
    assert code == 0 and whole["failed"] == 0 and whole["ran"] > 0


def test_where_every_run_fails_it_says_so(capsys):
    STOP["waste"] = -1
    code, found = told(capsys, *ASK)
    assert code == 3 and found["front"] == [] and found["failed"] == found["runs"] > 0
    assert call([*ASK, "--lang", "zh"]) == 3
    assert "没有一个组合" in capsys.readouterr().err


def test_a_dry_run_tells_runs_and_time_and_writes_nothing(tmp_path, capsys):
    code, found = told(capsys, *ASK, "--dry-run", "--mixes", "18")
    assert code == 0 and (found["runs"], found["runs_each"]) == (24 * 2, 5 * 2)  # whole batches
    assert found["minutes"] > 0 and found["stored"] == 0
    assert not (tmp_path / "results").exists() and not RUNS
    told(capsys, *ASK, "--mixes", "8")
    assert told(capsys, *ASK, "--dry-run", "--mixes", "8")[1]["stored"] == 16
    assert call([*ASK, "--dry-run"]) == 0
    assert "48 runs at the most" in capsys.readouterr().out


# What is asked


@pytest.mark.parametrize(
    ("old", "new", "line", "en", "zh"),
    [
        ("indicator: jobs", "indicator: jbos", 11, "did you mean 'jobs'?", "是否指“jobs”"),
        ("best: least", "best: lest", 12, "did you mean 'least'?", "允许：most, least"),
        (
            "{indicator: jobs, best: most}",
            "{indicator: jobs}",
            11,
            "'best' is missing",
            "缺少“best”",
        ),
        ("{indicator: jobs, best: most}", "jobs", 11, "'jobs' cannot stand for 'goals'", "goals"),
        ("indicator: public_cost_pv", "indicator: jobs", 12, "stands here again", "重复"),
        ("  - {indicator: jobs, best: most}\n", "", 11, "(>= 2)", "(>= 2)"),
        ("mixes: 24", "mix: 100", 13, "did you mean 'mixes'?", "未知的键“mix”"),
        ("mixes: 24", "mixes: 1", 13, "2..100000", "超出范围"),
        ("mixes: 24", "policy: no-policy", 13, "allowed: service-for-equity", "未知名称"),
        ("mixes: 24", "policy: service", 13, "unknown name 'service'", "未知名称“service”"),
        ("goals:\n", "outcomes:\n", 13, "'goals' is missing", "缺少“goals”"),
    ],
)
def test_a_mistake_is_told_with_its_place_in_both_languages(
    tmp_path, capsys, old, new, line, en, zh
):
    assert STUDY.count(old) == 1
    text = STUDY.replace(old, new)
    if new == "outcomes:\n":  # goals by another name are outcomes, and a search has none
        text = text.replace(", best: most", "").replace(", best: least", "")
    (tmp_path / "toy.yaml").write_text(text)
    for language, words in (("en", en), ("zh", zh)):
        assert call([*ASK, "--lang", language]) == 2
        err = capsys.readouterr().err
        assert f"toy.yaml:{line}:" in err and words in err, err


def test_levers_are_needed_and_a_study_without_goals_is_told_what_they_are(tmp_path, capsys):
    head, _, rest = STUDY.partition("levers:")
    (tmp_path / "toy.yaml").write_text(head + "goals:" + rest.partition("goals:")[2])
    assert call([*ASK]) == 2
    assert "'levers' is missing" in capsys.readouterr().err
    (tmp_path / "toy.yaml").write_text(toy.STUDY)
    assert call([*ASK]) == 2
    assert "goals: [{indicator: jobs, best: most}" in capsys.readouterr().err
    assert call([*ASK, "--mixes", "1"]) == 2
    assert "--mixes" in capsys.readouterr().err


def test_the_folder_of_another_search_is_refused(tmp_path, capsys):
    told(capsys, *ASK, "--mixes", "8", "--out", "here")
    (tmp_path / "toy.yaml").write_text(STUDY.replace("high: 20000", "high: 10000"))
    for more in ((), ("--dry-run",)):
        assert call([*ASK, "--out", "here", *more]) == 2
        assert "belongs to another" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mixes-starter", "mixes-origin"])
def test_shipped_studies_go_by_name(name, capsys):
    code, found = told(capsys, "search", name, "--dry-run")
    assert code == 0 and found["runs"] == 120 * 4


# The starter park itself


def test_mixes_of_the_starter_park_are_runs_that_a_command_repeats(tmp_path, monkeypatch, capsys):
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    text = STUDY.replace(
        "mixes: 24, batch: 20, final_replicates: 6", "mixes: 4, batch: 4, final_replicates: 2"
    )
    (tmp_path / "park.yaml").write_text(text)
    ask = ("search", "park.yaml", "--jobs", "1")
    assert call([*ask]) == 0
    words = shlex.split(capsys.readouterr().err.splitlines()[-1].removeprefix("Next: hotbed "))
    _, found = told(capsys, *ask)
    assert found["ran"] == 0 and found["stored"] == found["runs"] > 8
    seed = words.index("--seed") + 1
    ends = []
    for words[seed] in ("2", "3"):  # the seeds of the last word
        ends.append(told(capsys, *words)[1]["final"])
    first = found["front"][found["knee"] or 0]
    for name, goal in first["goals"].items():
        assert np.mean([end[name] for end in ends]) == pytest.approx(goal["mean"], rel=1e-12)


def test_the_front_is_drawn_where_it_lies(tmp_path, capsys):
    code, found = told(capsys, *ASK, "--figure", "front.svg", "--lang", "zh")
    assert code == 0
    text = (tmp_path / "front.svg").read_text()
    start = text.index("<svg", text.index("</style>"))
    drawn = Drawn(text[start : text.index("</svg>", start) + 6], "zh")
    goals = [row["goals"] for row in found["front"]]
    wanted = [(one["public_cost_pv"]["mean"], one["jobs"]["mean"]) for one in goals]
    points = drawn.points()
    assert len(points) == len(found["tried"]) + len(wanted)
    np.testing.assert_allclose(
        points[-len(wanted) :] / (1e6, 100), np.array(wanted) / (1e6, 100), atol=0.02
    )
    words = [text for text, _ in drawn.texts("unit")]
    assert words == ["公共成本现值 [百万元] · 越少越好", "就业岗位 [个岗位] · 越多越好"]
