"""PAT04: the sizes of firms at the start and at the end; giants' branches are left apart."""

from __future__ import annotations

import math

import numpy as np

from calibration.panel import Panel
from sim.state.columns import BRANCH

SMALL, LARGE, TAIL = 10, 200, 20  # staff


def tail_slope(sizes: np.ndarray, least: float) -> float:
    """Return the exponent of the share of firms larger than s among those above `least`.

    Regression of log(rank - 1/2) on log size, which is nearly unbiased in small samples.
    """
    tail = np.sort(sizes[sizes > least])[::-1].astype(float)
    if tail.size < 8 or tail[0] == tail[-1]:
        return math.nan
    rank = np.log(np.arange(1, tail.size + 1) - 0.5)
    return float(-np.polyfit(np.log(tail), rank, 1)[0])


def measure(panel: Panel) -> dict[str, float]:
    """Return shares of firms and jobs by size in months 0 and last, and the tail."""
    found = {}
    for name, month in (("start", -1), ("end", panel.months - 1)):
        rows = panel.at(month)
        staff = rows["staff"][(rows["ambition"] != BRANCH) & (rows["staff"] > 0)]
        jobs = max(int(staff.sum()), 1)
        small, large = staff < SMALL, staff > LARGE
        found[f"small_firms_{name}"] = float(small.mean())
        found[f"small_jobs_{name}"] = float(staff[small].sum() / jobs)
        found[f"large_firms_{name}"] = float(large.mean())
        found[f"large_jobs_{name}"] = float(staff[large].sum() / jobs)
        found[f"tail_{name}"] = tail_slope(staff, TAIL)
    return found
