"""`hotbed sweep` and `hotbed status` from a study to what is told."""

import json
import signal
import subprocess
import sys
import time

import pytest

from experiments import runner
from experiments.claims.shelf import Shelf
from experiments.runner import Arm, Failure, Result, make_tasks
from experiments.sweeps import records
from hotbed.cli.app import call
from tests.experiments import fake_engine as fake
from tests.experiments import sweep_toy as toy
from tests.experiments.drawn import Drawn
from tests.faults.command import ROOT, call_here


@pytest.fixture(autouse=True)
def _toy(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "real_engine", toy.engine)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.yaml").write_text(toy.STUDY.replace("rows: 32", "rows: 8"))


def told(capsys, *words):
    capsys.readouterr()  # what was shown before
    code = call([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_dry_run_tells_runs_time_and_disk_and_writes_nothing(tmp_path, capsys):
    code, found = told(capsys, "sweep", "toy.yaml", "--dry-run", "--jobs", "1")
    assert code == 0 and found["runs"] == 8 * 3 * 2
    assert found["minutes"] > 0 and found["megabytes"] > 0
    assert not (tmp_path / "results").exists()


def test_a_sweep_is_shown_and_its_status_is_told(tmp_path, capsys):
    assert call(["sweep", "toy.yaml", "--jobs", "1"]) == 0
    out, err = capsys.readouterr()
    assert (
        "service-for-equity" in out and "8 worlds" in out and "Next: hotbed robust toy.yaml" in err
    )
    _, found = told(capsys, "sweep", "toy.yaml", "--jobs", "1", "--resume")
    assert (found["ran"], found["stored"]) == (0, 48)
    jobs = {row["policy"]: row for row in found["rows"] if row["indicator"] == "jobs"}
    assert jobs["service-for-equity"]["low"] < jobs["no-policy"]["mean"]
    _, (row,) = told(capsys, "status")[0], told(capsys, "status")[1]["results"]
    assert (row["command"], row["runs"], row["done"], row["left"]) == ("sweep", 48, 48, 0)
    assert call(["status", row["result"], "--lang", "zh"]) == 0
    assert "剩余" in capsys.readouterr().out


def test_a_sweep_is_verified_and_what_was_changed_is_named(tmp_path, capsys):
    assert call(["sweep", "toy.yaml", "--jobs", "1", "--out", "here", "--quiet"]) == 0
    code, found = told(capsys, "verify", "here", "--jobs", "1", "--runs", "6")
    assert code == 0 and found["how"] == "bit_for_bit"
    assert (found["runs"]["checked"], found["runs"]["known"]) == (6, 48)
    capsys.readouterr()
    assert call(["verify", "here", "--jobs", "1", "--lang", "zh"]) == 0
    out, err = capsys.readouterr()
    assert "逐位相同" in out and "hotbed robust toy.yaml" in err
    (tmp_path / "here" / "runs.parquet").write_bytes(b"PAR1 no more")
    assert call(["verify", "here", "--jobs", "1"]) == 1
    assert "runs.parquet: was changed" in capsys.readouterr().err
    (tmp_path / "toy.yaml").unlink()
    assert call(["verify", "here", "--jobs", "1"]) == 2
    assert "toy.yaml" in capsys.readouterr().err


def test_failed_runs_end_with_three_and_are_counted(monkeypatch, capsys):
    monkeypatch.setenv("HOTBED_TEST_FAILS", "1")
    assert call(["sweep", "toy.yaml", "--jobs", "1", "--out", "here"]) == 3
    assert "--retry-failed" in capsys.readouterr().err
    (row,) = told(capsys, "status", "here")[1]["results"]
    assert (row["done"], row["failed"], row["left"]) == (40, 8, 0)
    monkeypatch.delenv("HOTBED_TEST_FAILS")
    assert call(["sweep", "toy.yaml", "--jobs", "1", "--out", "here", "--retry-failed"]) == 0
    (row,) = told(capsys, "status", "here")[1]["results"]
    assert (row["done"], row["failed"]) == (48, 0)


def test_shipped_studies_go_by_name_and_a_wrong_one_is_told(capsys):
    for name in ("worlds-starter", "worlds-origin"):
        assert told(capsys, "sweep", name, "--dry-run")[1]["runs"] == 64 * 3 * 2
    assert call(["sweep", "nowhere.yaml"]) == 2
    assert "nowhere.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--resume",), "nothing to go on with"),
        (("--shard", "4/3"), "i/n"),
        (("--shard", "x"), "i/n"),
        (("--executor", "dusk"), "--executor"),
    ],
)
def test_what_cannot_be_is_told(words, text, capsys):
    assert call(["sweep", "toy.yaml", *words]) == 2
    assert text in capsys.readouterr().err


def test_status_of_a_comparison_and_of_nothing(tmp_path, capsys):
    assert (
        call_here("compare", "toy", "--policy", "gift", "--reps", "2", "--json", cwd=tmp_path)[0]
        == 0
    )
    (row,) = told(capsys, "status")[1]["results"]
    assert (row["command"], row["runs"], row["done"], row["left"]) == ("compare", 4, 4, 0)
    assert call(["status", "nowhere"]) == 2


def test_status_of_claims_and_of_a_factorial(tmp_path, capsys):
    engine = fake.engine()
    tasks = make_tasks(engine, Arm("gift", fake.Place()), range(6), 12)
    for name in ("claims", "other"):
        with Shelf(tmp_path / "results" / name) as shelf:
            shelf.began("factorial" if name == "other" else "claims")
            for task in tasks[:5]:
                shelf.fail(Failure(task, "ArithmeticError: no", "here"))
            for task in tasks[:3]:  # these were tried again
                shelf.keep(task, Result.of(fake.simulate(task.arm.scenario, task.seed, 12)))
            rows = told(capsys, "status")[1]["results"]  # while somebody is at work there
    assert [row["command"] for row in rows] == ["claims", "factorial"]
    for row in rows:
        assert (row["runs"], row["done"], row["failed"], row["left"]) == (5, 3, 2, None)
    (tmp_path / "results" / "claims" / "failures.jsonl").unlink()
    path = tmp_path / "results" / "claims" / "runs.hotbed"
    path.write_bytes(path.read_bytes()[:-9])  # as a crash leaves it
    assert call(["status"]) == 0
    line = next(one for one in capsys.readouterr().out.splitlines() if "results/claims" in one)
    assert line.replace("│", " ").split() == ["results/claims", "2", "2", "0", "–"]


SLOW = """
import time
from experiments import runner
from tests.experiments import sweep_toy as toy
from tests.experiments.drawn import Drawn
from hotbed.cli.app import call
real = toy.simulate
def slow(*words, **more):
    time.sleep(0.01)
    return real(*words, **more)
toy.simulate = slow
runner.real_engine = toy.engine
raise SystemExit(call(["sweep", "toy.yaml", "--jobs", "1", "--out", "out", "--quiet"]))
"""


def test_a_sweep_that_is_killed_goes_on_with_nothing_lost_and_nothing_doubled(tmp_path, capsys):
    killed = subprocess.Popen(
        [sys.executable, "-c", SLOW], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}
    )
    out, ends = tmp_path / "out", time.monotonic() + 60
    while not (found := records.files(out, "1")) or found[0].stat().st_size < 4000:
        assert time.monotonic() < ends and killed.poll() is None
        time.sleep(0.002)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    (row,) = told(capsys, "status", "out")[1]["results"]
    assert 0 < row["done"] < 48
    _, found = told(capsys, "sweep", "toy.yaml", "--jobs", "1", "--out", "out", "--resume")
    assert found["stored"] == row["done"] and found["ran"] == 48 - row["done"]
    _, whole = told(capsys, "sweep", "toy.yaml", "--jobs", "1", "--out", "whole")
    assert found["rows"] == whole["rows"]
    sizes = [records.files(tmp_path / name, "1")[0].stat().st_size for name in ("out", "whole")]
    assert sizes[0] == sizes[1]


# What is asked of a sweep; the toy's truth is known


@pytest.fixture
def swept(tmp_path, capsys):
    (tmp_path / "toy.yaml").write_text(toy.STUDY)
    assert told(capsys, "sweep", "toy.yaml", "--jobs", "1")[0] == 0


@pytest.mark.usefixtures("swept")
def test_the_safe_policy_is_found(capsys):
    _, found = told(capsys, "robust", "toy.yaml")
    jobs = {(r["policy"], r["measure"]): r["value"] for r in found["outcomes"]["jobs"]}
    # Without a policy nothing is lost in the worst worlds; with either one 40 jobs are.
    assert jobs["no-policy", "worst_decile"] > jobs["service-for-equity", "worst_decile"] + 25
    assert jobs["no-policy", "regret"] == pytest.approx(toy.GROWTH * 0.05, rel=0.1)
    assert jobs["service-for-equity", "best_in"] == pytest.approx(0.5, abs=0.1)
    chance = {(r["policy"], r["target"]): r["value"] for r in found["targets"]}
    assert chance["service-for-equity", "jobs"] == pytest.approx(0.5, abs=0.1)
    assert call(["robust", "toy.yaml", "--lang", "zh"]) == 0
    assert "后悔值" in capsys.readouterr().out
    assert call(["robust", "toy.yaml"]) == 0
    assert "jobs [jobs] in 32 worlds" in capsys.readouterr().out


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("method", ["prim", "cart"])
def test_the_planted_worlds_are_found_and_told(method, capsys):
    _, found = told(capsys, "discover", "toy.yaml", "--method", method)
    box = found["outcomes"]["jobs"]
    (limit,) = box["limits"]
    assert limit["name"] == "market.growth" and limit["high"] is None
    assert limit["low"] == pytest.approx(toy.TIP, abs=0.02)
    assert box["density"] > 0.9 and box["coverage"] > 0.8 and box["stands"]
    assert call(["discover", "toy.yaml", "--method", method]) == 0
    out = capsys.readouterr().out
    assert (
        "Where market.growth >= 0." in out and "service-for-equity beats heavy-rent-subsidy" in out
    )


def test_questions_before_a_sweep_name_the_command(capsys):
    for command in ("robust", "discover"):
        assert call([command, "toy.yaml"]) == 2
        assert "hotbed sweep toy.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(("method", "size"), [("morris", 8), ("sobol", 16), ("pawn", 64)])
def test_the_number_that_moves_the_difference_is_found(method, size, capsys):
    ask = ("sensitivity", "toy.yaml", "--method", method, "--size", str(size), "--jobs", "1")
    code, found = told(capsys, *ask)
    assert code == 0 and found["policies"] == ["service-for-equity", "heavy-rent-subsidy"]
    first = found["outcomes"]["jobs"]["indices"][0]
    assert first["name"] == "market.growth" and first["above_luck"]
    if method == "morris":  # both policies move, by 400 x 0.2 each, in opposite directions
        assert first["value"] == pytest.approx(2 * toy.GROWTH * 0.2, rel=0.01)
    assert call([*ask, "--on", "no-policy"]) == 0
    assert "(luck)" in capsys.readouterr().out


def test_costs_that_differ_head_the_answer(tmp_path, capsys):
    text = toy.STUDY.replace(
        "versus: [service-for-equity, heavy-rent-subsidy]",
        "versus: [service-for-equity, no-policy]",
    )
    (tmp_path / "toy.yaml").write_text(text)
    told(capsys, "sweep", "toy.yaml", "--jobs", "1")
    assert call(["discover", "toy.yaml"]) == 0
    assert capsys.readouterr().out.startswith("NOT AT EQUAL COST: service-for-equity lays out 2.0")


# What is found as a drawing


def first_drawing(path, language="en"):
    """Return the first drawing of a file that may hold several."""
    text = path.read_text()
    start = text.index("<svg", text.index("</style>"))
    return Drawn(text[start : text.index("</svg>", start) + 6], language)


@pytest.mark.usefixtures("swept")
def test_worlds_are_drawn_by_which_policy_is_better_there(tmp_path, capsys):
    assert call(["discover", "toy.yaml", "--figure", "worlds.svg", "--lang", "zh"]) == 0
    assert (tmp_path / "worlds.svg").read_text().count("<title") == 2  # an outcome each
    drawn = first_drawing(tmp_path / "worlds.svg", "zh")
    better, worse = drawn.points("first"), drawn.points("second")
    assert len(better) + len(worse) + len(drawn.points("even")) == 32
    assert better[:, 0].min() > toy.TIP - 0.01 and worse[:, 0].max() < toy.TIP + 0.01
    assert f"{len(better)}：服务换股权较优" in [words for words, _ in drawn.texts("tick")]
    box = drawn.every("rect", "box")[-1]
    assert drawn.values([float(box.get("x"))], "x") == pytest.approx(toy.TIP, abs=0.02)
    assert "需求增速 [%/年]" in [words for words, _ in drawn.texts("unit")]


@pytest.mark.usefixtures("swept")
def test_regret_is_written_as_a_table(tmp_path, capsys):
    _, found = told(capsys, "robust", "toy.yaml", "--figure", "safe.html")
    page = (tmp_path / "safe.html").read_text()
    assert page.count('<table class="regret">') == 2 and "Services for equity" in page
    regret = next(r["value"] for r in found["outcomes"]["jobs"] if r["measure"] == "regret")
    assert f"{regret:.3g}" in page
    # More jobs are better: of the worst deciles the highest is marked.
    worst = [r["value"] for r in found["outcomes"]["jobs"] if r["measure"] == "worst_decile"]
    first = page[: page.index("</table>")]
    assert f"<td>★ {max(worst):.1f}<br>" in first and f"<td>★ {min(worst):.3g}<br>" not in first
    assert call(["robust", "toy.yaml", "--figure", "safe.svg"]) == 2
    assert ".html" in capsys.readouterr().err


@pytest.mark.parametrize(("method", "part"), [("morris", 1.0), ("pawn", 2 / 3)])
def test_what_moves_a_difference_is_drawn_from_end_to_end(method, part, tmp_path, capsys):
    ask = ("sensitivity", "toy.yaml", "--method", method, "--size", "64", "--jobs", "1")
    assert call([*ask, "--figure", "moves.svg"]) == 0
    drawn = first_drawing(tmp_path / "moves.svg")
    low, high = drawn.bars()[:2]
    # The gain is 800 (growth - 0.1): it goes from -80 to 80, by thirds of the range two thirds as far.
    assert low[0] == pytest.approx(-80 * part, abs=9) and low[1] == pytest.approx(high[0], abs=0.5)
    assert high[1] == pytest.approx(80 * part, abs=9)
    words = [text for text, e in drawn.texts() if e.get("class") is None]
    assert words[0] == "demand growth"
