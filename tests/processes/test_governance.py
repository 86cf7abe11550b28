"""Governance: issues arise at their rates, are solved by as many as there are staff, and are felt."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import MANY, firm, logistic, run, world

# Parameters that a test does not speak of stand still.
STILL = {"firm_issues": 0.0, "worker_issues": 0.0, "lapse": 0.0, "adjust": 0.1, "slope": 3.0}


def test_firms_and_workers_raise_issues_at_their_rates():
    p = STILL | {"firm_issues": 0.3, "worker_issues": 2.0}
    made = world([firm(workers=10)] * MANY, params={"governance": p})
    run("governance", made)
    issues = made.firms.rows["open_issues"]
    assert issues.mean() == pytest.approx(0.3, abs=0.02)
    assert issues.var() == pytest.approx(0.3, abs=0.03)  # Poisson
    assert made.tally["issues_new"][0] == issues.sum()


def test_workers_raise_issues_by_the_hundred():
    p = STILL | {"worker_issues": 2.0}
    made = world([firm(workers=10_000)], params={"governance": p})
    run("governance", made)
    raised = made.tally["worker_issues_new"][0]
    assert abs(raised - 200) < 5 * np.sqrt(200)
    assert made.governments.rows["worker_issues"][0] == raised


def test_staff_solve_what_they_can_and_no_more():
    made = world(
        [firm(open_issues=8)] * 5,
        government={"issue_staff": 2.0},
        params={"governance": STILL | {"cases_staff": 12.0}},
    )
    run("governance", made)
    assert made.firms.rows["open_issues"].sum() == 40 - 24
    assert made.tally["issues_solved"][0] == 24
    assert made.firms.rows["open_issues"].min() >= 0


def test_workers_and_firms_share_scarce_staff():
    made = world(
        [firm(open_issues=6)] * 5,
        government={"issue_staff": 1.0, "worker_issues": 30.0},
        params={"governance": STILL | {"cases_staff": 20.0}},
    )
    run("governance", made)
    assert made.governments.rows["worker_issues"][0] == 20
    assert made.firms.rows["open_issues"].sum() == 20


def test_enough_staff_leave_nothing_open():
    made = world(
        [firm(open_issues=3)] * 5,
        government={"issue_staff": 100.0, "worker_issues": 7.0},
        params={"governance": STILL | {"cases_staff": 12.0}},
    )
    run("governance", made)
    assert made.firms.rows["open_issues"].sum() == 0
    assert made.governments.rows["worker_issues"][0] == 0


def test_satisfaction_moves_towards_a_logistic_in_the_backlog():
    backlog = np.array([0, 1, 2, 5, 9])
    start = np.array([0.1, 0.9, 0.5, 0.5, 0.2])
    firms = [firm(open_issues=int(b), satisfaction=s) for b, s in zip(backlog, start, strict=True)]
    p = STILL | {"adjust": 0.2, "slope": 1.5}
    made = world(firms, norms={"backlog_per_firm": 1.0}, params={"governance": p})
    run("governance", made)
    goal = logistic(-1.5 * (backlog - 1.0))
    np.testing.assert_allclose(made.firms.rows["satisfaction"], start + 0.2 * (goal - start))
    assert goal[1] == 0.5


def test_who_is_served_first_does_not_depend_on_rows():
    def left(order):
        firms = [firm(open_issues=4)] * 5
        made = world(
            firms,
            government={"issue_staff": 1.0},
            params={"governance": STILL | {"cases_staff": 6.0}},
        )
        made.firms.rows["uid"] = made.firms.rows["uid"][order]
        run("governance", made)
        return dict(
            zip(
                made.firms.rows["uid"].tolist(),
                made.firms.rows["open_issues"].tolist(),
                strict=True,
            )
        )

    assert left([0, 1, 2, 3, 4]) == left([3, 0, 4, 2, 1])
