"""`--executor`: the same numbers on Dask, and a cluster that cannot be used is told in words."""

import json

import numpy as np
import pytest

pytest.importorskip("distributed")

from experiments import cluster
from tests.faults.command import call_here

ASK = ("compare", "toy", "--policy", "gift", "--reps", "3", "--months", "12", "--json")


def test_a_comparison_on_dask_is_that_in_process(tmp_path):
    told = []
    for where in ("process", "dask"):
        words = (*ASK, "--jobs", "1", "--executor", where, "--out", where)
        code, out, err = call_here(*words, cwd=tmp_path)
        assert code == 0, err
        told.append(json.loads(out))
    assert told[0]["rows"] == told[1]["rows"] and told[0]["digests"] == told[1]["digests"]


def test_a_cluster_that_does_not_answer_ends_with_two(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    for command in (ASK, ("claims", "CL01")):
        code, _, err = call_here(*command, "--executor", "dask:tcp://127.0.0.1:9", cwd=tmp_path)
        assert code == 2 and "no Dask scheduler answers at tcp://127.0.0.1:9" in err


@pytest.mark.parametrize("command", [ASK, ("claims",), ("factorial",), ("verify", "x")])
@pytest.mark.parametrize("word", ["dusk", "dask:", "process:2"])
def test_an_executor_that_is_none_is_told(tmp_path, command, word):
    code, _, err = call_here(*command, "--executor", word, cwd=tmp_path)
    assert code == 2 and "--executor" in err and "dask:tcp://HOST:8786" in err


def test_a_sweep_on_dask_is_that_in_process(tmp_path, monkeypatch):
    from experiments import runner
    from experiments.sweeps import records, session
    from experiments.sweeps.plan import plan_of
    from experiments.sweeps.session import Where, run_sweep
    from sim.scenario.sweeps import read_sweep
    from tests.experiments import sweep_toy as toy

    monkeypatch.setattr(runner, "real_engine", toy.engine)
    (tmp_path / "toy.yaml").write_text(toy.STUDY.replace("rows: 32", "rows: 8"))
    plan = plan_of(toy.engine(), read_sweep(tmp_path / "toy.yaml"))
    held = []
    for where in ("process", "dask"):
        ran = run_sweep(toy.engine(), plan, tmp_path / where, Where(1, where))
        assert ran.ran == 48
        found = records.Held(tmp_path / where, session.dtype_of(plan), plan.version)
        runs = found.take(np.array(list(found.place.values())))
        held.append({run["run_id"].tobytes(): run.tobytes() for run in runs})
    assert held[0] == held[1]
