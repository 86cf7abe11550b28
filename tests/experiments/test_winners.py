"""Winners and losers: firms matched by identity, and counts that add up."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments import winners
from experiments.support import outcomes
from experiments.winners import GROUPS
from sim.kept import FIRM_FATE
from sim.state.columns import CLOSED, HERE, MOVED_AWAY


def fates(*firms):
    """Return fates of (uid, left, staff_start, staff_end, sector)."""
    found = np.zeros(len(firms), FIRM_FATE)
    for i, name in enumerate(("uid", "left", "staff_start", "staff_end", "sector")):
        found[name] = [firm[i] for firm in firms]
    found["how"] = np.where(found["left"] < 0, HERE, CLOSED)
    return found


BASE = fates((1, -1, 3, 4, 0), (2, 7, 12, 9, 0), (3, -1, 60, 70, 1), (4, -1, 2, 2, 1))
GIVEN = fates((1, -1, 3, 6, 0), (2, -1, 12, 15, 0), (3, 9, 60, 50, 1), (5, -1, 4, 5, 1))


def compared(*pairs):
    runs = [(SimpleNamespace(fates=a), SimpleNamespace(fates=b)) for a, b in pairs]
    return SimpleNamespace(pairs=lambda policy: runs, level=0.95)


def test_saved_lost_brought_and_crowded_out():
    found = {g.index: g.mean for g in winners.winners(compared((BASE, GIVEN)), "p", "sector")}
    assert found[0] == {
        "matched": 2, "saved": 1, "lost": 0, "brought": 0, "crowded_out": 0, "net_firms": 1,
        "net_jobs": 2 + 15,
    }  # fmt: skip
    assert found[1] == {
        "matched": 1, "saved": 0, "lost": 1, "brought": 1, "crowded_out": 1, "net_firms": -1,
        "net_jobs": -70 + 5 - 2,
    }  # fmt: skip


@pytest.mark.parametrize("by", GROUPS)
def test_groups_add_up_to_all_firms_and_jobs(by):
    found = winners.winners(compared((BASE, GIVEN), (BASE, BASE)), "p", by)
    firms = [(f["left"] < 0).sum() for f in (GIVEN, BASE)]
    assert sum(g.mean["net_firms"] for g in found) == pytest.approx((firms[0] - firms[1]) / 2)
    jobs = [winners.jobs_at_end(f).sum() for f in (GIVEN, BASE)]
    assert sum(g.mean["net_jobs"] for g in found) == pytest.approx((jobs[0] - jobs[1]) / 2)


def test_sizes_are_classes_of_the_staff_at_first_sight():
    sizes = fates(
        *((uid, -1, staff, 1, 0) for uid, staff in enumerate((1, 4, 5, 9, 10, 49, 50, 2000)))
    )
    assert winners.group_of(sizes, "size").tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_firm_without_a_zone_is_in_no_group():
    lone = BASE.copy()
    lone["zone"] = -1
    assert winners.winners(compared((lone, lone)), "p", "zone") == []


def test_firms_in_both_arms_are_told_from_those_only_the_policy_brought():
    given = GIVEN.copy()
    given["supported"] = [0, 1, 1, 1]
    given["how"][2] = MOVED_AWAY
    found = outcomes([(SimpleNamespace(fates=BASE), SimpleNamespace(fates=given))])
    assert found.both.tolist() == [1, 0, 0, 1, 0]
    assert found.without.tolist() == [1, 1, 0, 0, 0]
    assert found.only.tolist() == [1, 0, 0, 0, 0]
