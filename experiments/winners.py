"""Who wins and who loses: firms matched by uid between the arms, by size, sector, origin and zone.

A firm that is in both arms may be saved (here at the end only under the policy) or lost (only
without). A firm in one arm alone was brought or crowded out. So for every group
firms under the policy - firms without = saved - lost + brought - crowded out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments import statistics
from experiments.compare import Comparison
from sim.state.catalogue import ORIGINS, SECTORS, ZONES

SIZES = (1, 5, 10, 50)  # least staff of each class, when the firm was first seen
NAMES: dict[str, tuple[str, ...]] = {
    "size": ("1-4", "5-9", "10-49", "50+"),  # as SIZES has them
    "sector": tuple(SECTORS),
    "origin": tuple(ORIGINS),
    "zone": tuple(ZONES),
}
GROUPS = {by: len(names) for by, names in NAMES.items()}
COUNTS = ("matched", "saved", "lost", "brought", "crowded_out", "net_firms", "net_jobs")


@dataclass(frozen=True)
class Group:
    """Winners and losers of one group: means over seeds, and intervals of the net figures."""

    by: str
    index: int  # of the size class, or of the name in `sim.state.catalogue`
    mean: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]


def group_of(fates: np.ndarray, by: str) -> np.ndarray:
    """Return the group of each firm, shape (firms,); -1 where it has none."""
    if by == "size":
        return np.searchsorted(SIZES, fates["staff_start"], side="right") - 1
    return fates[by]


def winners(comparison: Comparison, policy: str, by: str) -> list[Group]:
    """Return the groups that have any firm, in their own order."""
    counts = np.array(
        [_count(without.fates, given.fates, by) for without, given in comparison.pairs(policy)]
    ).reshape(-1, len(COUNTS), GROUPS[by])
    found = []
    for index in range(GROUPS[by]):
        values = counts[:, :, index]
        if not values.any():
            continue
        told = statistics.summarise(np.zeros_like(values), values, comparison.level)
        mean, low, high = (
            dict(zip(COUNTS, column.tolist(), strict=True))
            for column in (told.diff, told.low, told.high)
        )
        found.append(Group(by, index, mean, low, high))
    return found


def _count(without: np.ndarray, given: np.ndarray, by: str) -> np.ndarray:
    """Return the counts of one pair of runs, shape (counts, groups); both are in uid order."""
    _, here, there = np.intersect1d(
        without["uid"], given["uid"], assume_unique=True, return_indices=True
    )
    a, b = without[here], given[there]
    only_a = np.delete(without, here)
    only_b = np.delete(given, there)
    # A firm that is in both arms belongs to the group that it has in the baseline.
    both, gone, new = (group_of(fates, by) for fates in (a, only_a, only_b))

    def total(groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
        known = groups >= 0
        return np.bincount(groups[known], weights[known].astype(float), GROUPS[by])

    stays_a, stays_b = a["left"] < 0, b["left"] < 0
    saved = total(both, stays_b & ~stays_a)
    lost = total(both, stays_a & ~stays_b)
    brought = total(new, only_b["left"] < 0)
    crowded = total(gone, only_a["left"] < 0)
    jobs = total(both, jobs_at_end(b) - jobs_at_end(a))
    jobs += total(new, jobs_at_end(only_b)) - total(gone, jobs_at_end(only_a))
    matched = total(both, np.ones(both.size))
    return np.array(
        [matched, saved, lost, brought, crowded, saved - lost + brought - crowded, jobs]
    )


def jobs_at_end(fates: np.ndarray) -> np.ndarray:
    """Return each firm's staff at the end, 0 where it has left, shape (firms,)."""
    return np.where(fates["left"] < 0, fates["staff_end"], 0)
