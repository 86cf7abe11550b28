"""Spillovers: firms learn from ties at the right distance, and never beyond whom they learn from."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import AI, SOFTWARE, firm, next_month, run, world

# Own research makes up for decay, so that what remains comes from others.
LEVEL = {"decay": 0.15, "own_research": 0.15, "rd_share": 0.10, "link": 0.0, "leak": 0.0}
TIE = {"a": 0, "b": 1, "strength": 1.0}


def learnt(gap, *, foreign=False, strength=1.0, **params):
    """Return what the behind of two tied firms gains in a month, in logs."""
    firms = [firm(knowledge=1.0), firm(knowledge=np.exp(gap), sector=AI if foreign else SOFTWARE)]
    gains = []
    for ends in ({"a": 0, "b": 1}, {"a": 1, "b": 0}):
        tie = {"strength": strength} | ends
        made = world(firms, ties=[tie], params={"spillovers": LEVEL | params})
        run("spillovers", made)
        assert made.firms.rows["knowledge"][1] == pytest.approx(np.exp(gap))
        gains.append(np.log(made.firms.rows["knowledge"][0]))
    assert gains[0] == gains[1]
    return gains[0]


@pytest.mark.parametrize("gap", [0.1, 0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_tie_closes_part_of_the_gap(gap, strength):
    p = {"best_distance": 0.5, "narrowness": 3.0, "absorb": 0.2, "gap_closed_most": 0.9}
    f = strength * max(0.0, 1 - 3.0 * (gap - 0.5) ** 2)
    assert learnt(gap, strength=strength, **p) == pytest.approx(0.2 * f * gap / 12)


def test_too_near_and_too_far_teach_little():
    p = {"best_distance": 0.5, "narrowness": 6.0, "gap_closed_most": 0.9}
    per_gap = [learnt(gap, **p) / gap for gap in (0.05, 0.3, 0.5, 0.7, 0.95)]
    assert int(np.argmax(per_gap)) == 2
    assert per_gap[0] == pytest.approx(0, abs=1e-12)


def test_another_sector_is_further_away():
    p = {"best_distance": 0.5, "narrowness": 3.0, "other_sector": 0.4, "absorb": 0.2}
    expected = 0.2 * (1 - 3 * 0.4**2) * 0.5 / 12
    assert learnt(0.5, foreign=True, **p) == pytest.approx(expected)


def test_many_ties_close_no_more_than_the_most():
    firms = [firm(knowledge=1.0)] + [firm(knowledge=np.exp(0.5))] * 4
    ties = [TIE | {"b": b} for b in range(1, 5)]
    p = LEVEL | {"absorb": 0.2, "gap_closed_most": 0.25}
    made = world(firms, ties=ties, params={"spillovers": p})
    run("spillovers", made)
    assert np.log(made.firms.rows["knowledge"][0]) == pytest.approx(0.25 * 0.5 / 12)


def test_nobody_learns_beyond_the_best_of_those_tied():
    gaps = [0.0, 0.3, 0.6, 0.9, 1.2]
    firms = [firm(knowledge=np.exp(g)) for g in gaps]
    ties = [{"a": a, "b": a + 1, "strength": 1.0} for a in range(4)]
    p = LEVEL | {"absorb": 5.0, "gap_closed_most": 5.0}
    made = world(firms, ties=ties, params={"spillovers": p})
    for _ in range(240):
        run("spillovers", made)
        next_month(made)
        assert made.firms.rows["knowledge"].max() <= np.exp(1.2) * (1 + 1e-9)
    assert made.firms.rows["knowledge"].min() > np.exp(1.0)  # all came close in twenty years


def test_without_ties_knowledge_decays_but_for_own_research():
    p = {"decay": 0.2, "own_research": 0.12, "rd_share": 0.05, "link": 0.0}
    made = world([firm()] * 5, params={"spillovers": p})
    run("spillovers", made)
    np.testing.assert_allclose(np.log(made.firms.rows["knowledge"]), (0.12 / 2 - 0.2) / 12)


def test_institutions_pull_up_those_behind_their_frontier_only():
    p = LEVEL | {"link": 0.06}
    made = world(
        [firm(knowledge=1.0), firm(knowledge=8.0)],
        institutions=[{"frontier": 1.5}, {"frontier": 2.0}],
        market={"frontier": 1.2},
        params={"spillovers": p},
    )
    run("spillovers", made)
    logs = np.log(made.firms.rows["knowledge"])
    assert logs[0] == pytest.approx(0.06 * np.log(2.0 * 1.2) / 12)
    assert logs[1] == pytest.approx(np.log(8.0))


def test_surroundings_are_the_people_and_firms_within_the_radius():
    place = np.random.default_rng(5)
    at = place.integers(0, 60, (40, 2))
    staff = place.integers(1, 50, 40)
    sector = place.integers(0, 3, 40)
    firms = [firm(cell=i, staff=int(staff[i]), sector=int(sector[i])) for i in range(40)]
    cells = [{"column": int(x), "line": int(y)} for x, y in at]
    made = world(firms, cells=cells, params={"spillovers": {"radius_m": 1000.0}})
    run("spillovers", made)
    near = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) <= 20
    np.fill_diagonal(near, False)
    assert made.firms.rows["density"].tolist() == (near @ staff).tolist()
    same = near & (sector[:, None] == sector[None])
    assert made.firms.rows["neighbours"].tolist() == same.sum(1).tolist()
