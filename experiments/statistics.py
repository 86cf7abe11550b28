"""Statistics of paired replicates: intervals, shares and how many replicates are enough.

All functions work on matrices, shape (replicates, columns): row r of two matrices comes from the
same seed. NaN is "undefined"; a pair with a NaN on either side is dropped from its column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
SKEWED = 1.0
RESAMPLES = 1999
RESAMPLING_SEED = 20260401
LEAST_SPREAD = 0.1  # of a resample, over the sample's, below which its t is not one
FEWEST = 20
WIDEST = 0.25  # half-width as a share of the difference, above which more replicates are asked for


@dataclass(frozen=True)
class Paired:
    """Summary of b against a, one entry per column; every array has shape (columns,)."""

    mean: np.ndarray
    diff: np.ndarray
    low: np.ndarray
    high: np.ndarray
    better_up: np.ndarray  # share of pairs in which b is higher, ties counted half
    variance_reduction: np.ndarray
    n: np.ndarray
    skewed: np.ndarray  # True where the interval is bootstrap-t


def summarise(a: np.ndarray, b: np.ndarray, level: float = LEVEL) -> Paired:
    """Compare `b` with its baseline `a`, both of shape (replicates, columns), by intervals of `level`.

    Columns without a pair have n = 0 and NaN throughout but for `mean`, which then is the mean of
    b where b is defined.
    """
    kept = ~(np.isnan(a) | np.isnan(b))
    n = kept.sum(axis=0)
    d = np.where(kept, b - a, np.nan)
    diff = _mean(d, kept)
    deviation = np.where(kept, d - diff, 0.0)
    # Differences that are all equal but for rounding have no spread, and no skewness to speak of.
    deviation[:, np.abs(deviation).max(axis=0, initial=0.0) <= 1e-12 * np.abs(diff)] = 0.0
    spread = np.sqrt(_over((deviation**2).sum(axis=0), n - 1))
    low, high = _t_interval(diff, spread, n, level)
    skewed = np.abs(_skewness(deviation, n)) > SKEWED
    _bootstrap_into(low, high, d, kept, skewed, level)
    higher = _over((np.where(kept, d > 0, 0) + 0.5 * np.where(kept, d == 0, 0)).sum(axis=0), n)
    defined = ~np.isnan(b)
    mean = np.where(n > 0, _mean(b, kept), _mean(b, defined))
    reduction = _over(_variance(a, kept, n) + _variance(b, kept, n), spread**2)
    return Paired(mean, diff, low, high, higher, reduction, n, skewed)


@dataclass(frozen=True)
class Ratio:
    """Cost per gain: `value` with its interval, NaN where the gain is not told apart from zero."""

    value: float
    low: float
    high: float
    n: int
    gain: float  # mean of the divisor, for a word where there is no ratio


def ratio(cost: np.ndarray, gain: np.ndarray) -> Ratio:
    """Return mean cost over mean gain of paired differences, each of shape (replicates,).

    The interval is Fieller's. It is bounded only where the gain differs from zero; elsewhere, and
    where the gain is negative, there is no cost per gain and everything is NaN.
    """
    from scipy.special import stdtrit

    kept = ~(np.isnan(cost) | np.isnan(gain))
    cost, gain = cost[kept], gain[kept]
    n, nan = cost.size, math.nan
    mean = float(gain.mean()) if n else nan
    if n < 2:
        return Ratio(nan, nan, nan, n, mean)
    t = float(stdtrit(n - 1, 0.5 + LEVEL / 2))
    spread = np.cov(cost, gain) * t * t / n  # of the means, times the square of t
    paid = float(cost.mean())
    least = mean**2 - spread[1, 1]
    if mean <= 0 or least <= 0:
        return Ratio(nan, nan, nan, n, mean)
    middle = paid * mean - spread[0, 1]
    half = math.sqrt(max(middle**2 - (paid**2 - spread[0, 0]) * least, 0.0))
    return Ratio(paid / mean, (middle - half) / least, (middle + half) / least, n, mean)


def needed(diff: float, low: float, high: float, n: int) -> int:
    """Return how many replicates are needed where `n` are too few, 0 where they are enough.

    Too few are under 20, or a half-width over a quarter of a difference whose interval excludes 0.
    """
    wanted = FEWEST if n < FEWEST else 0
    half = (high - low) / 2
    excludes_zero = low > 0 or high < 0
    if excludes_zero and half > WIDEST * abs(diff):
        wanted = max(wanted, math.ceil(n * (half / (WIDEST * abs(diff))) ** 2))
    return wanted


def share_interval(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a share found in `n` independent cases; NaN without a case."""
    from scipy.special import ndtri

    if not n > 0 or not math.isfinite(share):
        return math.nan, math.nan
    z = float(ndtri(0.5 + level / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At none and at all the bound is the share itself, but for rounding.
    low = 0.0 if share == 0 else max(middle - half, 0.0)
    return low, 1.0 if share == 1 else min(middle + half, 1.0)


def clustered_share(hits: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Return (share, low, high) of hits, shape (clusters, cases); NaN is no case.

    Cases of one cluster resemble each other, so the interval counts as many cases as would be
    as uncertain were they independent; at a share of 0 or 1, as many as there are clusters.
    """
    means = np.array([row[~np.isnan(row)].mean() for row in hits if not np.isnan(row).all()])
    if not means.size:
        return math.nan, math.nan, math.nan
    share = float(means.mean())
    error = float(means.var(ddof=1)) / means.size if means.size > 1 else 0.0
    cases = float((~np.isnan(hits)).sum())
    effective = share * (1 - share) / error if error > 0 else float(means.size)
    if means.size == 1:
        effective = cases  # a single cluster: its cases are all there is
    return share, *share_interval(share, min(effective, cases), level)


def _over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Divide, with NaN where the divisor is not positive."""
    bottom = np.asarray(bottom, dtype=float)
    return np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)


def _mean(x: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return _over(np.where(kept, x, 0.0).sum(axis=0), kept.sum(axis=0))


def _variance(x: np.ndarray, kept: np.ndarray, n: np.ndarray) -> np.ndarray:
    return _over((np.where(kept, x - _mean(x, kept), 0.0) ** 2).sum(axis=0), n - 1)


def _t_interval(
    diff: np.ndarray, spread: np.ndarray, n: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit  # scipy takes a tenth of a second to load

    quantile = stdtrit(np.maximum(n - 1, 1), 0.5 + level / 2)
    half = np.where(n > 1, quantile * spread / np.sqrt(np.maximum(n, 1)), np.nan)
    return diff - half, diff + half


def _skewness(deviation: np.ndarray, n: np.ndarray) -> np.ndarray:
    second = _over((deviation**2).sum(axis=0), n)
    return np.nan_to_num(_over(_over((deviation**3).sum(axis=0), n), second**1.5))


def _bootstrap_into(
    low: np.ndarray, high: np.ndarray, d: np.ndarray, kept: np.ndarray, skewed: np.ndarray,
    level: float = LEVEL,
) -> None:  # fmt: skip
    """Replace the bounds of skewed columns by bootstrap-t ones.

    Columns with equally many pairs share their resamples, so that one product of matrices serves
    them all; the resamples come from a fixed seed, so that the same data give the same interval.
    """
    counts = kept.sum(axis=0)
    for n in np.unique(counts[skewed]):
        columns = np.flatnonzero(skewed & (counts == n))
        pairs = np.column_stack([d[kept[:, c], c] for c in columns])
        low[columns], high[columns] = _bootstrap_t(pairs, level)


def _bootstrap_t(pairs: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of a bootstrap-t interval of each column of `pairs`, shape (n, columns)."""
    n = len(pairs)
    generator = np.random.default_rng(RESAMPLING_SEED)
    weights = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES) / n
    centre = pairs.mean(axis=0)
    scale = pairs.std(axis=0, ddof=1)
    z = (pairs - centre) / scale
    means = weights @ z
    variances = np.maximum(weights @ z**2 - means**2, 0.0) * n / (n - 1)
    # A resample without the few pairs that make the spread has next to none, and says nothing about t.
    told = variances > LEAST_SPREAD**2
    t = np.where(told, means / np.sqrt(np.where(told, variances, 1.0)), np.nan)
    below, above = np.nanquantile(t, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return centre - above * scale, centre - below * scale
