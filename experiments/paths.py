"""Indicators over time: the fan of a policy's runs, and the paired gap to the baseline by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments import statistics
from experiments.compare import Comparison
from experiments.runner import Result

BAND = (0.1, 0.9)


@dataclass(frozen=True)
class Path:
    """A line with a band by month; every array has shape (months,), NaN where undefined."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def so_far(declared: Any, series: np.ndarray) -> np.ndarray:
    """Return the reported number of every month, shape (months,), as if the run had ended there.

    The last one is what `Engine.reported` returns for the whole run.
    """
    if declared.report == "sum":
        return np.cumsum(series)
    if declared.report == "mean":
        known = ~np.isnan(series)
        count = np.cumsum(known)
        total = np.cumsum(np.where(known, series, 0.0))
        return np.divide(total, count, out=np.full(series.shape, np.nan), where=count > 0)
    return series


def paths(comparison: Comparison, declared: Any, label: str) -> np.ndarray:
    """Return an indicator's reported number, shape (replicates, months); NaN for failed runs."""
    nothing = np.full(comparison.months, np.nan)
    return np.array([_path(run, declared, nothing) for run in comparison.runs[label]])


def _path(run: Result | None, declared: Any, nothing: np.ndarray) -> np.ndarray:
    return so_far(declared, run.column(declared.name)) if run else nothing


def fan(values: np.ndarray) -> Path:
    """Return the median and the band of `values`, shape (replicates, months)."""
    found = np.full((3, values.shape[1]), np.nan)
    known = ~np.isnan(values).all(axis=0)
    found[:, known] = np.nanquantile(values[:, known], (0.5, *BAND), axis=0)
    return Path(*found)


def gap(baseline: np.ndarray, policy: np.ndarray, level: float = statistics.LEVEL) -> Path:
    """Return the mean paired difference and its interval; both of shape (replicates, months)."""
    found = statistics.summarise(baseline, policy, level)
    return Path(found.diff, found.low, found.high)
