"""Governance: issues arise at their rates, are solved by as many as there are staff, and are felt."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import governance
from sim.state.ledger import (
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    RESIDENT_COMMITTEE,
    WHISTLE_REPORT,
    WORLD,
)
from tests.processes.rows import MANY, firm, logistic, next_month, paid, run, world

# Parameters that a test does not speak of stand still.
STILL = {
    "firm_issues": 0.0, "worker_issues": 0.0, "lapse": 0.0, "adjust": 0.1, "slope": 3.0,
    "noticed": 1.0, "noticed_workers": 1.0, "solved_gain": 0.0, "worker_gain": 0.0,
    "belonging_wear": 0.0,
}  # fmt: skip


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


@pytest.mark.parametrize(("noticed", "staff"), [(0.25, 0.0), (0.6, 0.0), (0.6, 1e6)])
def test_an_issue_must_be_noticed_before_it_is_solved(noticed, staff):
    p = STILL | {"noticed": noticed}
    made = world(
        [firm(hidden_issues=10)] * 400, government={"issue_staff": staff}, params={"governance": p}
    )
    run("governance", made)
    firms = made.firms.rows
    assert firms["hidden_issues"].sum() == pytest.approx(4000 * (1 - noticed), abs=100)
    open_ = 4000 - firms["hidden_issues"].sum()
    assert firms["open_issues"].sum() == (0 if staff else open_)
    assert made.tally["issues_solved"][0] == (open_ if staff else 0)


def test_what_nobody_has_noticed_weighs_as_much():
    made = world(
        [firm(open_issues=2), firm(hidden_issues=2)],
        params={"governance": STILL | {"noticed": 0.0}},
    )
    run("governance", made)
    satisfaction = made.firms.rows["satisfaction"]
    assert satisfaction[0] == satisfaction[1] < 0.5


@pytest.mark.parametrize(("migrants", "share"), [(0.0, 0.8), (0.6, 0.8 * 0.7)])
def test_issues_of_migrants_are_overlooked(migrants, share):
    p = STILL | {"noticed_workers": 0.8, "migrant_gap": 0.5}
    made = world(
        [firm(workers=10)], government={"worker_hidden": 1000.0}, params={"governance": p},
        norms={"migrant_share": migrants},
    )  # fmt: skip
    run("governance", made)
    assert made.governments.rows["worker_issues"][0] == pytest.approx(1000 * share)


def test_solved_issues_add_to_belonging_and_it_wears_off():
    p = STILL | {"solved_gain": 0.1, "belonging_wear": 0.05}
    firms = [firm(open_issues=k, belonging=b) for k, b in ((0, 0.9), (1, 0.5), (3, 0.5))]
    made = world(
        firms, government={"issue_staff": 10.0}, norms={"firm_rest": 0.4}, params={"governance": p}
    )
    run("governance", made)
    belonging = made.firms.rows["belonging"]
    expected = [0.9 - 0.05 * 0.5, 0.495 + 0.1 * 0.5, 0.495 + 0.271 * 0.5]
    np.testing.assert_allclose(belonging, expected)


def test_issues_of_workers_that_are_solved_add_to_their_belonging():
    p = STILL | {"worker_gain": 0.5, "belonging_wear": 0.05}
    made = world(
        [firm(workers=100)], government={"issue_staff": 10.0, "worker_issues": 20.0},
        norms={"worker_rest": 0.5}, params={"governance": p},
    )  # fmt: skip
    run("governance", made)
    assert made.governments.rows["worker_belonging"][0] == pytest.approx(0.5 + 0.5 * 0.2 * 0.5)


@pytest.mark.parametrize("staff", [40.0, 10.0])
def test_a_place_starts_where_it_stands_still(staff):
    """Backlog, satisfaction and belonging of a place of month 0 keep their means."""
    made = world([firm(workers=2)] * 4000, government={"issue_staff": staff})
    made.norms["migrant_share"] = 0.5
    governance.open_issues(made, made.firms.rows)
    start = made.norms["backlog_per_firm"][0]
    backlogs = []
    for _ in range(12):
        run("governance", made)
        firms = made.firms.rows
        backlogs.append((firms["open_issues"] + firms["hidden_issues"]).mean())
        next_month(made)
    assert np.mean(backlogs) == pytest.approx(start, rel=0.1)
    assert firms["belonging"].mean() == pytest.approx(0.5, abs=0.02)
    assert made.governments.rows["worker_belonging"][0] == pytest.approx(0.5, abs=0.03)


def raised(rules, firms=None, p=None, **rest):
    """Return the world after a month under rules of whistle-and-report and committee."""
    whistle = {"noticed": 0.2, "noticed_workers": 0.2, "cases_staff": 10.0} | (p or {})
    made = world(
        firms or [firm(hidden_issues=5)] * 400, rules=rules,
        government={"issue_staff": 2.0} | rest.pop("government", {}),
        params={"governance": STILL | whistle}, **rest,
    )  # fmt: skip
    return run("governance", made)


def noticed(made, before):
    return 1 - made.firms.rows["hidden_issues"].sum() / before


@pytest.mark.parametrize("parallel", [0.0, 0.5, 1.0])
def test_a_whistle_brings_issues_out(parallel):
    made = raised({"whistle_parallel": parallel}, p={"whistle_finds": 0.5})
    assert noticed(made, 2000) == pytest.approx(1 - 0.8 * (1 - 0.5 * parallel), abs=0.04)


@pytest.mark.parametrize(("staff", "visits"), [(2.0, 0.0), (10.0, 8.0), (50.0, 30.0)])
def test_visits_find_issues(staff, visits):
    rules = {"whistle_staff": staff, "whistle_visits": visits}
    made = raised(rules, p={"visit_finds": 1.0})
    share = min(1.0, staff * visits / 400)
    assert noticed(made, 2000) == pytest.approx(1 - 0.8 * (1 - share), abs=0.06)


@pytest.mark.parametrize(
    ("rules", "cases"),
    [
        ({}, 20),
        ({"whistle_staff": 3.0}, 30),
        ({"whistle_parallel": 1.0}, 30),
        ({"whistle_files": 1.0}, 26),
        ({"whistle_visits": 8.0}, 16),
        ({"committee_members": 9.0, "committee_participation": 0.5, "committee_levels": 2.0,
          "committee_selection": 0.0}, 26),
    ],
)  # fmt: skip
def test_cases_solved_rise_with_staff_departments_files_and_the_committee(rules, cases):
    p = {"parallel_gain": 0.5, "files_gain": 0.3, "visit_cases": 0.25, "committee_cases": 2.0}
    made = raised(rules, firms=[firm(open_issues=9)] * 20, p=p)
    assert made.tally["issues_solved"][0] == cases


def test_staff_files_and_departments_are_paid_or_not_there():
    p = {"staff_wage": 10_000.0, "file_cost": 120.0, "case_cost": 100.0}
    rules = {"whistle_staff": 5.0, "whistle_files": 0.5, "whistle_parallel": 1.0}
    made = raised(rules, p=p)
    cost = 3 * 10_000 + 400 * 0.5 * 10 + 5 * 10 * 100
    assert paid(made, GOVERNMENT, HOUSEHOLDS, WHISTLE_REPORT) == pytest.approx(cost)
    assert made.governments.rows["spent_year"][0] == pytest.approx(cost)
    poor = raised(rules, firms=[firm(open_issues=9)] * 20, p=p, government={"budget_left": 100.0})
    assert paid(poor, GOVERNMENT, HOUSEHOLDS, WHISTLE_REPORT) == 0
    assert poor.governments.rows["refused"][0] == 1
    assert poor.tally["issues_solved"][0] == 20  # by the place's own staff


COMMITTEE = {"committee_members": 2.0, "committee_levels": 3.0, "committee_participation": 0.5}


def seated(selection):
    """Return what five firms are to a committee of two: ties 0-1, 0-2, 1-2, 3-4; firm 4 is large."""
    firms = [firm(ties=t, staff=s) for t, s in ((3, 5), (2, 5), (1, 5), (0, 50), (1, 90))]
    pairs = ((0, 1), (0, 2), (1, 2), (3, 4))
    ties = [{"a": a, "b": b, "strength": 1.0} for a, b in pairs]
    made = raised(COMMITTEE | {"committee_selection": selection}, firms=firms, ties=ties)
    return made.firms.rows["committee"].tolist()


def test_a_committee_reaches_the_firms_its_members_know():
    assert seated(governance.BRIDGING) == [2, 2, 1, 0, 0]
    assert seated(governance.BRANCH_HEADS) == [0, 0, 0, 2, 2]
    assert sum(k == 2 for k in seated(governance.RANDOM)) == 2


def test_the_committee_notices_issues_and_firms_it_knows_belong_more():
    rows = [firm(hidden_issues=10, ties=9 - k // 10, belonging=0.5) for k in range(100)]
    rules = COMMITTEE | {"committee_members": 50.0, "committee_selection": 0.0}
    p = {"committee_finds": 0.8, "committee_belonging": 0.2, "belonging_wear": 0.1}
    made = raised(rules, firms=rows, p=p, norms={"firm_rest": 0.5})
    known = made.firms.rows["committee"] > 0
    assert known.sum() == 50
    hidden = made.firms.rows["hidden_issues"]
    assert hidden[known].mean() == pytest.approx(10 * 0.8 * 0.6, abs=0.3)
    assert hidden[~known].mean() == pytest.approx(10 * 0.8, abs=0.3)
    np.testing.assert_allclose(made.firms.rows["belonging"][known], 0.5 + 0.1 * 0.2 * 0.5)
    assert (made.firms.rows["belonging"][~known] == 0.5).all()


def test_the_committee_speaks_for_migrants():
    found = []
    for coverage in (0.0, 0.5, 1.0):
        made = raised(
            COMMITTEE | {"committee_selection": 0.0, "committee_coverage": coverage},
            firms=[firm(workers=10)] * 3, p={"noticed_workers": 0.8, "committee_finds": 0.0},
            government={"worker_hidden": 1000.0, "issue_staff": 0.0},
            norms={"migrant_share": 0.6},
        )  # fmt: skip
        found.append(1000 - made.governments.rows["worker_hidden"][0])
    np.testing.assert_allclose(found, [560, 680, 800])


def test_government_pays_for_the_committee_and_firms_give_time():
    p = {"committee_cost": 2_000.0, "committee_hours": 8.4}
    params = {"governance": STILL | p, "accounts": {"wage_developer": 20_000.0}}
    rules = COMMITTEE | {"committee_selection": 0.0}
    for budget, there in ((1e9, True), (100.0, False)):
        made = world([firm()] * 5, rules=rules, government={"budget_left": budget}, params=params)
        run("governance", made)
        assert paid(made, GOVERNMENT, WORLD, RESIDENT_COMMITTEE) == 4_000 * there
        assert paid(made, FIRM, HOUSEHOLDS, RESIDENT_COMMITTEE) == pytest.approx(
            2 * 8.4 * 0.5 * 20_000 / 168 * there
        )
        assert (made.firms.rows["committee"] == governance.MEMBER).sum() == 2 * there


@pytest.mark.parametrize(
    ("rules", "of_firms", "of_workers"),
    [
        ({}, 1.0, 1.0),
        ({"vendor_evict": 1.0}, 0.9, 1.2),
        ({"vendor_relief": 1.0}, 0.9, 0.8),
        ({"worker_micro": 10.0}, 1.0, 1 - 0.5 * (1 - np.exp(-1))),
    ],
)
def test_vendors_and_small_services_move_issues(rules, of_firms, of_workers):
    p = {
        "firm_issues": 1.0, "worker_issues": 10.0, "vendor_order": 0.1, "vendor_need": 0.2,
        "micro_relief": 0.5, "micro_points": 10.0,
    }  # fmt: skip
    made = raised(rules, firms=[firm(workers=10)] * MANY, p=p)
    assert made.tally["issues_new"][0] == pytest.approx(MANY * of_firms, rel=0.04)
    assert made.tally["worker_issues_new"][0] == pytest.approx(MANY * of_workers, rel=0.04)
