"""Where the doubt comes from: luck, numbers that are not known, or the structure of the model.

An outcome, or a paired difference, is run under several structures (mechanisms switched, other
forms), in several worlds of uncertain numbers, with several seeds. Its variance is then split as
an analysis of variance splits it, and what is only the sampling error of a mean is taken off from
the variance between means: without that, more doubt would seem to come from numbers the fewer
seeds were run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments import statistics

SOURCES = ("sampling", "parameters", "structure")
RESAMPLES = 400


@dataclass(frozen=True)
class Doubt:
    """One source's variance, its share of the whole, and the 95% interval of that share."""

    source: str
    variance: float
    share: float
    low: float
    high: float


def decompose(values: np.ndarray, same_seeds: bool = True) -> list[Doubt]:
    """Split the variance of an outcome by its sources.

    Args:
        values: shape (structures, worlds, seeds), or (worlds, seeds) with one structure; NaN is a
            failed run, and a world with one is left out of every structure.
        same_seeds: whether seed r is the same in every world, as in the designs made here; then
            luck that all worlds share does not blur what the worlds do.

    Returns:
        The sources in the order of `SOURCES`. A source that cannot be told has NaN: parameters
        with one world, structure with one structure. With one seed luck hides in all of them, and
        no share can be told. The interval comes
        from resampling worlds; two or three structures are a list, not a sample, and stay as they
        are.
    """
    values = np.asarray(values, dtype=float)
    values = values[None] if values.ndim == 2 else values
    values = values[:, np.isfinite(values).all(axis=(0, 2))]
    parts = _components(values, same_seeds)
    shares = _shares(parts) if values.shape[2] > 1 else np.full(len(SOURCES), np.nan)
    worlds = values.shape[1]
    generator = np.random.default_rng(statistics.RESAMPLING_SEED)
    drawn = [generator.integers(worlds, size=worlds) for _ in range(RESAMPLES if worlds > 1 else 0)]
    resampled = np.array([_shares(_components(values[:, d], same_seeds)) for d in drawn])
    bounds = np.full((2, len(SOURCES)), np.nan)
    for i in np.flatnonzero(np.isfinite(shares)) if len(resampled) else ():
        bounds[:, i] = np.nanquantile(resampled[:, i], [0.025, 0.975])
    rows = zip(SOURCES, parts, shares, *bounds, strict=True)
    return [Doubt(name, *(float(x) for x in numbers)) for name, *numbers in rows]


def _shares(parts: np.ndarray) -> np.ndarray:
    whole = np.nansum(parts)
    return parts / whole if whole > 0 else np.full(parts.shape, np.nan)


def _components(values: np.ndarray, same_seeds: bool) -> np.ndarray:
    """Return the variances by source, shape (3,)."""
    structures, worlds, seeds = values.shape
    sampling = values.var(axis=2, ddof=1).mean() if seeds > 1 and worlds else math.nan
    parameters = math.nan
    if worlds > 1:
        between = values.mean(axis=2).var(axis=1, ddof=1).mean()
        parameters = max(between - _error_of_a_world(values, same_seeds), 0.0)
    structure = math.nan
    if structures > 1 and worlds:
        between = values.mean(axis=(1, 2)).var(ddof=1)
        structure = max(between - _error_of_a_structure(values, same_seeds), 0.0)
    return np.array([sampling, parameters, structure])


def _error_of_a_world(values: np.ndarray, same_seeds: bool) -> float:
    """Return the variance that luck alone gives to the mean of a world beside another's."""
    _, worlds, seeds = values.shape
    if seeds < 2:
        return 0.0
    if not same_seeds:
        return float(values.var(axis=2, ddof=1).mean()) / seeds
    rest = _centred(_centred(values, 1), 2)
    return float((rest**2).sum(axis=(1, 2)).mean()) / ((worlds - 1) * (seeds - 1)) / seeds


def _error_of_a_structure(values: np.ndarray, same_seeds: bool) -> float:
    """Return the variance that worlds and luck give to the mean of a structure beside another's.

    The worlds are the same under every structure. Cell means vary together by world and by seed, so
    both ways of clustering count, and what they share counts once.
    """
    structures, worlds, seeds = values.shape
    rest = _centred(values, 0) * math.sqrt(structures / (structures - 1))

    def error(means: np.ndarray) -> float:
        n = means[0].size
        return float(means.reshape(structures, n).var(axis=1, ddof=1).mean()) / n if n > 1 else 0.0

    by_world = error(rest.mean(axis=2)) if worlds > 1 else 0.0
    if not same_seeds or seeds < 2:
        return by_world or error(rest)
    by_seed = error(rest.mean(axis=1))
    alone = error(rest) if worlds > 1 else 0.0
    return max(by_world + by_seed - alone, 0.0)


def _centred(values: np.ndarray, axis: int) -> np.ndarray:
    return values - values.mean(axis=axis, keepdims=True)
