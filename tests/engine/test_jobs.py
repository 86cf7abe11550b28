"""A comparison with one worker and with two gives the same runs and the same rows."""

from __future__ import annotations

import json

import pytest

from experiments.executors import Executor
from experiments.runner import Arm, make_tasks, real_engine, run_tasks
from experiments.session import Request, as_json, compare_policies
from tests.engine.runs import scenario

MONTHS = 36
SEEDS = tuple(range(4))


def _arm(policy):
    return Arm(policy, scenario("starter-park", policy))


@pytest.fixture(scope="module")
def engine():
    return real_engine()


def test_one_and_two_workers_give_the_same_digests(engine):
    tasks = [
        task
        for policy in ("no-policy", "heavy-rent-subsidy")
        for task in make_tasks(engine, _arm(policy), SEEDS, MONTHS)
    ]
    digests = []
    for jobs in (1, 2):
        with Executor(engine, jobs) as execute:
            outcome = run_tasks(tasks, execute)
        assert not outcome.failures
        digests.append({run_id: result.digest for run_id, result in outcome.results.items()})
    assert digests[0] == digests[1]
    assert len(set(digests[0].values())) == 2 * len(SEEDS)


def test_one_and_two_workers_give_the_same_rows(engine):
    forms = []
    for jobs in (1, 2):
        arms = tuple(_arm(policy) for policy in ("service-for-equity", "rent-relief"))
        request = Request(_arm("no-policy"), arms, SEEDS, MONTHS, jobs)
        report = compare_policies(engine, request)
        assert not report.failures
        forms.append(json.dumps(as_json(report.comparison), allow_nan=False))
    assert forms[0] == forms[1]
    assert '"policy": "rent-relief"' in forms[0]
