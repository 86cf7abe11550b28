"""The ground as the mean over seeds: firms and let floor of every cell at one point in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.compare import Comparison


@dataclass(frozen=True)
class Ground:
    """Cells with floor for firms after `month` months; every array has shape (cells,)."""

    month: int
    column: np.ndarray
    line: np.ndarray
    firms: np.ndarray
    let: np.ndarray  # m2
    floor: np.ndarray  # m2


def nearest(recorded: np.ndarray, month: int) -> int:
    """Return the recorded month that is nearest to `month`."""
    return int(recorded[np.argmin(np.abs(recorded - month))])


def mean_ground(comparison: Comparison, label: str, month: int) -> Ground | None:
    """Return the mean over an arm's runs, None where none came through or recorded it.

    The month is the recorded one that is nearest to `month`.
    """
    records = [run.ground for run in comparison.runs[label] if run and len(run.ground)]
    if not records:
        return None
    at = nearest(np.unique(records[0]["month"]), month)
    now = np.concatenate([ground[ground["month"] == at] for ground in records])
    cells, of = np.unique(now[["column", "line"]], return_inverse=True)
    means = (np.bincount(of, now[name]) / len(records) for name in ("firms", "let", "floor"))
    return Ground(at, cells["column"], cells["line"], *means)
