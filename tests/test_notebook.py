"""The notebook of all experiments runs from its first cell to its last, and means what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.blocks import ROOT
from tests.experiments.drawn import Drawn
from tests.notebook import code_cells

NOTEBOOK = ROOT / "docs" / "tutorial" / "experiments.ipynb"
CHINESE = re.compile("[\u4e00-\u9fff]")
FACTS = """
def ends(found):
    return [[one.low, one.at, one.high, bool(one.rising)] for one in found.flips]

facts = {
    "replicates": compared.stopped.n, "widest": compared.stopped.widest,
    "residual": max(abs(one["residual"]) for one in same.scaling),
    "runs": [ran.total, ran.failed], "worlds": len(plan.points),
    "regret": safe[safe.measure == "regret"].value.tolist(),
    "luck": [one.value("luck", "mu_star") for one in (level, gap)],
    "middle": gap.middle, "answers": [flip.answer, solved.answer],
    "flip": ends(flip), "solved": ends(solved), "tried": [p.at for p in flip.points],
    "gap": [shares.gap, shares.low, shares.rest], "parts": [p.value for p in shares.parts],
    "front": front.table[["public_cost_pv", "operator_npv"]].to_numpy().tolist(),
    "tries": len(front.tried),
}
"""


def run(notebook, folder, code="facts = {}"):
    """Run a notebook in a process of its own, with its results in a folder."""
    words = [sys.executable, "-m", "tests.notebook", str(notebook), str(folder / "told.json"), code]
    surroundings = os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        words, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600, check=False
    )


def test_it_is_kept_without_what_it_shows():
    whole = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in whole["cells"]]
    assert len(set(names)) == len(names) and all(re.fullmatch("[a-z0-9-]+", name) for name in names)
    for cell in code_cells(NOTEBOOK):
        assert cell["outputs"] == [] and cell["execution_count"] is None


def test_every_step_is_explained_in_both_languages():
    kinds = [cell["cell_type"] for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]]
    assert kinds == ["markdown", "code"] * (len(kinds) // 2) + ["markdown"]
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"][::2]:
        english, _, chinese = "".join(cell["source"]).partition("**中文**：")
        assert len(english) > 150 and not CHINESE.search(english)
        assert chinese.count("。") >= 1 and len(CHINESE.findall(chinese)) > 20


def test_it_does_what_it_is_about():
    source = "".join("".join(cell["source"]) for cell in code_cells(NOTEBOOK))
    for needed in (
        "hb.load", "hb.run", 'reps="auto"', "equal_cost=True", "run_sweep(", "questions.robust",
        "questions.where_better", "sensitivity.analyse", "questions.moved_by", "tip(", "why(",
        "run_search(", "fan_chart", "difference_chart", "waterfall(", "tornado(", "tipping_line(",
        "tipping_map(", "pareto(", "regret_table(", "cohort_survival(", "ground_map(",
    ):  # fmt: skip
        assert needed in source, needed


def test_a_cell_that_fails_ends_it_and_is_named(tmp_path):
    broken = {"cell_type": "code", "id": "broken", "source": ["x = 1\n", "x / 0"]}
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps({"cells": [{**broken, "id": "fine", "source": ["1"]}, broken]}))
    done = run(path, tmp_path)
    assert done.returncode == 1 and "failed: broken" in done.stderr
    assert "ZeroDivisionError" in done.stderr and not (tmp_path / "told.json").exists()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    done = run(NOTEBOOK, folder, FACTS)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "told.json").read_text("utf-8"))


def drawings(cell):
    """Return the figures that a cell shows."""
    return [
        Drawn(svg) for svg in re.findall(r"<svg class=\"chart.*?</svg>", cell["html"], re.DOTALL)
    ]


@pytest.fixture(scope="module")
def shown(told):
    """Return what each cell shows, in order."""
    return list(told["cells"].values())


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_every_step_ends_in_its_figures(shown):
    counts = [len(drawings(cell)) for cell in shown]
    # Setting up and the sweep show none; the table of regret is no drawing.
    assert counts == [0, 1, 2, 3, 0, 0, 1, 2, 1, 1, 1, 1]
    assert '<table class="regret">' in shown[5]["html"]
    for cell in shown:
        assert "nan" not in re.sub(r">[^<]*<", "><", cell["html"])


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_comparisons_say_how_sure_they_are(told, shown):
    facts, printed = told["facts"], shown[2]["printed"]
    assert f"{facts['replicates']} replicates" in printed and facts["replicates"] >= 16
    assert facts["widest"].endswith("vacancy")  # as the text says
    assert len(printed.splitlines()) == 4  # and the three sentences of the verdict
    assert facts["residual"] <= 0.05
    difference = drawings(shown[2])[1]
    assert len([e for e in difference.every("path", "line") if "L" in e.get("d")]) == 2


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_worlds_are_told_as_they_were_run(told, shown):
    facts = told["facts"]
    assert facts["runs"] == [3 * 3 * facts["worlds"], 0]
    assert "0 failed" in shown[4]["printed"]
    # Less regret is better: the least is marked.
    row = next(
        r for r in shown[5]["html"].split("<tr>")[2:] if f"{min(facts['regret']) / 1e6:.2f} m" in r
    )
    assert f'★ <span lang="en">{min(facts["regret"]) / 1e6:.2f} m' in row
    (worlds,) = drawings(shown[6])
    assert sum(len(worlds.points(kind)) for kind in ("first", "second", "even")) == facts["worlds"]
    assert f"of all {facts['worlds']}" in shown[6]["printed"]


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_luck_moves_a_difference_less_than_a_level(told, shown):
    level, gap = told["facts"]["luck"]
    assert gap < level / 2
    middle = drawings(shown[7])[1].every("path", "zero")[0]
    at = float(re.match(r"M([\d.]+)", middle.get("d"))[1])
    found = drawings(shown[7])[1].values([at], "x")[0]
    assert found == pytest.approx(told["facts"]["middle"], abs=5e4)


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
@pytest.mark.parametrize(("step", "name"), [(8, "flip"), (9, "solved")])
def test_bands_are_drawn_where_they_are_told(told, shown, step, name):
    (figure,) = drawings(shown[step])
    flips = told["facts"][name]
    bands = figure.every("rect", "flip")
    assert len(bands) == len(flips) + bool(flips)  # the last one is the legend's
    for (low, at, high, rising), band in zip(flips, bands, strict=False):
        left, wide = float(band.get("x")), float(band.get("width"))
        assert figure.values([left, left + wide], "x") == pytest.approx([low, high], abs=60)
        assert low <= at <= high and rising
        assert f"becomes the better one at {at:.4g}" in shown[step]["printed"]


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_below_some_cap_relief_is_the_cheaper_one(told):
    assert told["facts"]["answers"][1] == "flips"
    ((low, _, high, rising),) = told["facts"]["solved"]
    assert 2000 < low < high < 20000 and rising


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_parts_add_up_to_the_gap(told, shown):
    gap, low, rest = told["facts"]["gap"]
    assert low > 0 and abs(rest) < 1e-9  # the subsidy brings firms, as the text says
    bars = drawings(shown[10])[0].bars()
    assert bars[-1] == pytest.approx([0, gap], abs=0.1)
    lengths = np.sort(bars[:-1, 1] - bars[:-1, 0])
    assert lengths == pytest.approx(np.sort(np.abs(told["facts"]["parts"])), abs=0.1)


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_no_mix_of_the_set_is_beaten_in_both_goals(told, shown):
    front = np.array(told["facts"]["front"])
    order = front[np.argsort(front[:, 0])]
    assert (np.diff(order[:, 1]) > 0).all()  # who costs more leaves the operator more
    points = drawings(shown[11])[0].points()
    assert len(points) == told["facts"]["tries"] + len(front)
    assert points[-len(front) :] == pytest.approx(front, abs=1.5e5)
