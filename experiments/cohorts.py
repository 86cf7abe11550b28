"""Survival of a cohort: firms that arrive during a run, followed from the month they arrive in.

Kaplan and Meier's estimate over the firms of all replicates; firms that move, are sold or are still
here at the end count as long as they were seen. Firms of one replicate share their luck, so the
interval comes from resampling replicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments import statistics
from sim.state.columns import FATES

CLOSED = FATES.index("closed")
RESAMPLES = 400


@dataclass(frozen=True)
class Survival:
    """Share not closed by months since arrival, from 0 on; every array has shape (months + 1,).

    `share` is NaN where nobody was seen for so long; `low` and `high` are NaN with one replicate.
    """

    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray  # firms that were seen for so long, all replicates together


def survival(fates: Sequence[np.ndarray], months: int) -> Survival:
    """Return the survival of the firms that arrived in runs of `months`; one table per replicate."""
    counts = [_counts(own, months) for own in fates]
    shape = (len(counts), months + 1)
    at_risk = np.array([a for a, _ in counts], dtype=float).reshape(shape)
    closed = np.array([c for _, c in counts], dtype=float).reshape(shape)
    whole = _estimate(at_risk.sum(axis=0), closed.sum(axis=0))
    low = high = np.full(months + 1, np.nan)
    if len(counts) > 1:
        generator = np.random.default_rng(statistics.RESAMPLING_SEED)
        n = len(counts)
        drawn = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
        again = _estimate(drawn @ at_risk, drawn @ closed)
        known = ~np.isnan(whole)
        low, high = low.copy(), high.copy()
        half = (1 - statistics.LEVEL) / 2
        low[known], high[known] = np.nanquantile(again[:, known], [half, 1 - half], axis=0)
    return Survival(whole, low, high, at_risk.sum(axis=0).astype(int))


def _counts(fates: np.ndarray, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how many firms were seen for so many months, and how many closed then."""
    came = fates[fates["arrived"] >= 0]
    left = np.where(came["left"] < 0, months - 1, came["left"])
    seen = np.clip(left - came["arrived"] + 1, 0, months).astype(int)
    ended = np.bincount(seen, minlength=months + 1)
    closed = np.bincount(seen[came["how"] == CLOSED], minlength=months + 1)
    return ended[::-1].cumsum()[::-1], closed


def _estimate(at_risk: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Return the share that is left after each month, NaN from where nobody is seen."""
    stays = np.divide(
        at_risk - closed, at_risk, out=np.full(at_risk.shape, np.nan), where=at_risk > 0
    )
    return np.cumprod(stays, axis=-1)
