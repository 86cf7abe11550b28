"""PAT02, PAT03 and PAT05: how firms grow, by age and size, and who makes the jobs.

Growth is log growth over a year, of firms that are there at both ends; size is the mean of the logs
at both ends, because a firm that is small by bad luck grows by regression to its mean.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from calibration.panel import Panel, ordinary
from sim.state.columns import BRANCH

OLDEST = 10  # years of age that have a dummy of their own
YOUNG, OLD = 2, 6  # years: up to the first is young, from the second on is old
GROWN = 4  # years of age from which spread is measured by size alone
BINS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 144, 1e9)
FEWEST = 20  # firm-years in a bin of sizes that counts
# Ages of establishments of a whole economy: up to 3, 4 to 9, from 10 years on (A25).
NATIONAL = ((0, 4, 0.27), (4, 10, 0.24), (10, 999, 0.50))
WINDOW = 36  # months over which a high-growth firm grows by a fifth a year
HIGH = 3 * math.log(1.2)


def pairs(panel: Panel, first: int, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of firms in month `first` and `months` later, those there at both."""
    a, b = panel.at(first), panel.at(first + months)
    _, i, j = np.intersect1d(a["uid"], b["uid"], assume_unique=True, return_indices=True)
    return a[i], b[j]


def size_slope(growth: np.ndarray, size: np.ndarray, age: np.ndarray) -> float:
    """Return the coefficient of log size in growth once each year of age has its own mean."""
    age = np.minimum(age.astype(np.int64), OLDEST)
    within = np.empty((2, growth.size))
    for k, values in enumerate((growth, size)):
        count = np.bincount(age, minlength=OLDEST + 1)
        mean = np.bincount(age, values, OLDEST + 1) / np.maximum(count, 1)
        within[k] = values - mean[age]
    return float((within[0] * within[1]).sum() / (within[1] ** 2).sum())


def laplace_gain(x: np.ndarray) -> float:
    """Return how much better Laplace fits than Gauss: difference of AIC per observation."""
    scale = np.abs(x - np.median(x)).mean()
    spread = x.std()
    return float(2 * (0.5 * math.log(2 * math.pi * spread**2) + 0.5 - math.log(2 * scale) - 1))


def spread_exponent(growth: np.ndarray, size: np.ndarray) -> float:
    """Return beta of spread ~ size^-beta, from median absolute deviations by bins of size.

    The median is of the body of the distribution, the tent; jumps make its tails (A18).
    """
    logs, spreads, weights = [], [], []
    for low, high in pairwise(BINS):
        mine = (size >= low) & (size < high)
        if mine.sum() < FEWEST:
            continue
        g = growth[mine]
        logs.append(math.log(size[mine].mean()))
        spreads.append(math.log(np.median(np.abs(g - np.median(g)))))
        weights.append(math.sqrt(mine.sum()))
    if len(logs) < 3:
        return math.nan
    return float(-np.polyfit(logs, spreads, 1, w=weights)[0])


def _years(panel: Panel) -> dict[str, np.ndarray]:
    """Return all firm-years of independent firms: growth of staff and revenue, size, age."""
    parts: list[np.ndarray] = []
    for month in range(-1, panel.months - 12, 12):
        a, b = pairs(panel, month, 12)
        keep = ordinary(a) & (a["sold"] == b["sold"]) & (a["staff"] > 0) & (b["staff"] > 0)
        a, b = a[keep], b[keep]
        sells = (a["revenue"] > 0) & (b["revenue"] > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            revenue = np.where(sells, np.log(b["revenue"] / a["revenue"]), np.nan)
        # What a sector's demand did to all its firms that year is no luck of a firm.
        for sector in np.unique(a["sector"]):
            same = a["sector"] == sector
            if np.isfinite(revenue[same]).sum() >= 5:
                revenue[same] -= np.nanmedian(revenue[same])
            else:
                revenue[same] = np.nan
        staff = np.log(b["staff"] / a["staff"])
        size = 0.5 * (np.log(a["staff"]) + np.log(b["staff"]))
        parts.append(np.stack([staff, revenue, size, (month - a["born"]) / 12]))
    whole = np.concatenate(parts, axis=1)
    return dict(zip(("staff", "revenue", "size", "age"), whole, strict=True))


def measure(panel: Panel) -> dict[str, Any]:
    """Return how growth depends on age and size, its form, and who makes the jobs."""
    y = _years(panel)
    young, old = y["age"] <= YOUNG, y["age"] >= OLD
    sells = np.isfinite(y["revenue"]) & (y["age"] >= GROWN)
    growth, size = y["revenue"][sells], np.exp(y["size"][sells])
    beta = spread_exponent(growth, size)
    return {
        "size_slope": size_slope(y["staff"], y["size"], y["age"]),
        "variance_young_old": float(y["staff"][young].var() / y["staff"][old].var()),
        "laplace_gain": laplace_gain(growth * size ** (beta if math.isfinite(beta) else 0.18)),
        "spread_exponent": beta,
    } | fast_growers(panel)


def fast_growers(panel: Panel) -> dict[str, Any]:
    """Return the share of high-growth firms and of the jobs that they make, windows pooled."""
    high: list[np.ndarray] = []
    for month in range(-1, panel.months - WINDOW, 12):
        a, b = pairs(panel, month, WINDOW)
        # Who moves in within the window is not there at its start, so no move counts as growth.
        keep = (a["ambition"] != BRANCH) & (a["staff"] >= 10)
        a, b = a[keep], b[keep]
        age = (month - a["born"]) / 12
        fast = np.log(np.maximum(b["staff"], 1) / a["staff"]) >= HIGH
        high.append(np.stack([age, fast, b["staff"] - a["staff"]]))
    age, fast, made = np.concatenate(high, axis=1)
    gains = np.maximum(made, 0)
    found: dict[str, Any] = {
        "fast_share": float(fast.mean()) if fast.size else math.nan,
        "fast_jobs_of": np.array([gains[fast > 0].sum(), gains.sum()]),
    }
    total = share = 0.0
    for low, end, weight in NATIONAL:
        mine = (age >= low) & (age < end)
        if mine.any():
            total += weight
            share += weight * float(fast[mine].mean())
    found["fast_share_national"] = share / total if total else math.nan
    return found | _gazelles(panel)


def _gazelles(panel: Panel) -> dict[str, float]:
    """Return firms up to ten years whose revenue grew by a fifth a year for three, over all firms."""
    a, b = pairs(panel, panel.months - 1 - WINDOW, WINDOW)
    young = (b["month"] - b["born"] <= 120) & (a["ambition"] != BRANCH)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.log(b["revenue"] / a["revenue"]) >= HIGH
    fit = young & (a["revenue"] > 0) & (12 * b["revenue"] >= 2e7) & grown
    return {"gazelles": float(fit.sum() / max(panel.at(panel.months - 1).size, 1))}
