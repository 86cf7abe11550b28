"""Survival of a cohort: closings count, moves and the end of the run do not, luck is per replicate."""

import numpy as np
import pytest

from experiments.cohorts import CLOSED, survival
from sim.state.columns import FATES

MOVED = FATES.index("moved away")


def table(*firms):
    """Return fates of firms given as (arrived, left, how)."""
    found = np.zeros(len(firms), [("arrived", "i8"), ("left", "i8"), ("how", "i8")])
    for at, firm in enumerate(firms):
        found[at] = firm
    return found


def test_a_life_table_by_hand():
    # Four arrive at once: one closes in its second month, one moves in its third, one closes in its
    # fourth, one stays. Who was here at the start is not of the cohort.
    own = table((0, 1, CLOSED), (0, 2, MOVED), (0, 3, CLOSED), (0, -1, 0), (-7, 1, CLOSED))
    found = survival([own], 6)
    np.testing.assert_allclose(found.share, [1, 1, 0.75, 0.75, 0.375, 0.375, 0.375])
    assert found.at_risk.tolist() == [4, 4, 4, 3, 2, 1, 1]
    assert np.isnan(found.low).all()  # of one replicate nobody knows how it varies


def test_who_comes_late_counts_as_long_as_it_was_seen():
    found = survival([table((4, -1, 0), (0, 4, CLOSED))], 6)
    assert found.at_risk.tolist() == [2, 2, 2, 1, 1, 1, 0]
    np.testing.assert_allclose(found.share[:6], [1, 1, 1, 1, 1, 0])
    assert np.isnan(found.share[6])


def test_nobody_and_no_run():
    assert np.isnan(survival([], 3).share).all()
    assert survival([table()], 3).at_risk.tolist() == [0, 0, 0, 0]


def test_a_planted_hazard_is_found_within_its_interval_about_as_often_as_it_says():
    generator, hits, months, hazard = np.random.default_rng(0), 0, 24, 0.03
    for _ in range(60):
        runs = []
        for _ in range(12):
            ends = generator.geometric(hazard, 30) - 1
            runs.append(
                table(*((0, e, CLOSED) if e < months else (0, -1, 0) for e in ends.tolist()))
            )
        found = survival(runs, months)
        hits += found.low[12] <= (1 - hazard) ** 12 <= found.high[12]
    assert hits == pytest.approx(0.95 * 60, abs=7)
