"""What would turn the ranking: another horizon, another outcome, or what cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.compare import Comparison
from experiments.paths import paths
from experiments.rows import Row
from experiments.verdict import leader


@dataclass(frozen=True)
class Turn:
    """From `month` on (counted from 1), `who` has the highest mean; None where two tie."""

    month: int
    who: str


@dataclass(frozen=True)
class Ranking:
    """Arms by the mean of one indicator, the best first; `certain` names one that surely leads."""

    indicator: str
    order: tuple[str, ...]
    certain: str | None


def turns(comparison: Comparison, declared: Any) -> list[Turn]:
    """Return who has the highest mean of an indicator from which month on.

    Months in which an arm has no value are passed over.
    """
    labels = [arm.label for arm in comparison.arms]
    means = np.array([_mean(paths(comparison, declared, label)) for label in labels])
    found: list[Turn] = []
    for month in np.flatnonzero(~np.isnan(means).any(axis=0)).tolist():
        column = means[:, month]
        best = np.flatnonzero(column == column.max())
        if best.size > 1:
            continue
        who = labels[int(best[0])]
        if not found or found[-1].who != who:
            found.append(Turn(month + 1, who))
    return found


def _mean(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values).all(axis=0)
    means = np.full(values.shape[1], np.nan)
    means[known] = np.nanmean(values[:, known], axis=0)
    return means


def rankings(comparison: Comparison, indicators: dict[str, Any]) -> list[Ranking]:
    """Return how the arms rank at the end by each headline indicator that has a direction."""
    found = []
    for name, declared in indicators.items():
        if not declared.headline or declared.direction == "none":
            continue
        rows = [comparison.row(arm.label, name) for arm in comparison.arms]
        known = [r for r in rows if r and r["mean"] is not None and r["n"]]
        if len(known) < 2:
            continue
        sign = 1 if declared.direction == "up" else -1
        known.sort(key=lambda r: -sign * r["mean"])
        surely = leader(comparison, name, "end", declared.direction)
        found.append(Ranking(name, tuple(r["policy"] for r in known), surely))
    return found


def undecided(comparison: Comparison, indicators: dict[str, Any]) -> list[Row]:
    """Return the headline rows at the end whose interval includes 0."""
    return [
        row
        for row in comparison.rows
        if row["at"] == "end"
        and row["indicator"] in indicators
        and indicators[row["indicator"]].headline
        and row["policy"] != comparison.baseline.label
        and row["lo"] is not None
        and row["lo"] <= 0 <= row["hi"]
    ]
