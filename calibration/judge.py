"""Medians over seeds with intervals, held against the bands of `targets/`; the verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.targets import Clause, Group

RESAMPLES = 999
RESAMPLING_SEED = 20260401
LEVEL = 0.95
MUST_HOLD = ("PAT01", "PAT06", "PAT11")
ENOUGH = 10

# Quantities that are formed from sums over all seeds, because one seed holds few cases: from the sums
# of the parts to a number.
Sums = np.ndarray


def odds(parts: Sums) -> float:
    """Return the odds ratio of (without, with, of how many)."""
    without, given, of = parts
    return (given / max(of - given, 1e-9)) / max(without / max(of - without, 1e-9), 1e-9)


def kept(parts: Sums) -> float:
    """Return what is left of an excess."""
    return float(parts[1] / parts[0]) if parts[0] > 0 else math.nan


def dampened(parts: Sums) -> float:
    """Return the moves that a cut of rivals' rents adds, strong clusters over weak ones."""
    strong = (parts[1] - parts[0]) / max(parts[2], 1)
    weak = (parts[4] - parts[3]) / max(parts[5], 1)
    return float(strong / weak) if weak > 0 else math.nan


def share(parts: Sums) -> float:
    """Return cases over what they are among."""
    return float(parts[0] / parts[1]) if parts[1] > 0 else math.nan


FEW_CASES = (
    "again", "fourth", "stalled", "exited", "below_1x", "over_10x", "tail", "mean_multiple", "marked_share",
    "realised_below_1x", "realised_over_10x", "fast_jobs",
    "realised_none", "equity_years",
)  # fmt: skip
POOLED = {name: (f"{name}_of", share) for name in FEW_CASES} | {
    "first_grant_odds": ("first_grant", odds),
    "second_grant_odds": ("second_grant", odds),
    "transfers_kept": ("transfers_left", kept),
    "built_kept": ("built_left", kept),
    "cluster_dampens": ("cluster_response", dampened),
}


@dataclass(frozen=True)
class Found:
    """A clause with what was observed: value, interval, seeds that define it, and whether it holds."""

    clause: Clause
    value: float
    low: float
    high: float
    seeds: int

    @property
    def holds(self) -> bool | None:
        """Whether the value lies in the band; None where the clause is only told."""
        return None if self.clause.told else self.clause.within(self.value)


@dataclass(frozen=True)
class Verdict:
    """A pattern with its clauses; it holds where every judged clause does."""

    group: Group
    found: tuple[Found, ...]

    @property
    def holds(self) -> bool:
        """Whether all judged clauses hold."""
        return all(f.holds is not False for f in self.found)

    @property
    def failing(self) -> tuple[Found, ...]:
        """The clauses that do not hold."""
        return tuple(f for f in self.found if f.holds is False)


def differences(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the values over seeds with those that are formed from two of them."""
    made = dict(values)
    for name, (a, b) in {
        "school_adds": ("with_school", "cash_alone"),
        "rent_small_over_large": ("rent_small_jobs", "rent_large_jobs"),
    }.items():
        if a in values and b in values:
            made[name] = values[a] - values[b]
    if "more_cafes" in values and "first_cafes" in values:
        first = values["first_cafes"]
        made["cafes_saturate"] = np.where(first > 0, values["more_cafes"] / first, np.nan)
    return made


def central(name: str, values: Mapping[str, np.ndarray]) -> float:
    """Return the value of a quantity over seeds: median, or from the sums of its parts."""
    if name in POOLED:
        source, form = POOLED[name]
        parts = values.get(source, np.zeros((0, 1)))
        return form(parts.sum(axis=0)) if parts.shape[0] else math.nan
    known = values.get(name, np.zeros(0))
    known = known[~np.isnan(known)]
    return float(np.median(known)) if known.size else math.nan


def summary(name: str, values: Mapping[str, np.ndarray]) -> tuple[float, float, float, int]:
    """Return value, bounds of its interval and number of seeds of a quantity."""
    if name in POOLED:
        source, form = POOLED[name]
        parts = values.get(source, np.zeros((0, 1)))
        if not parts.shape[0]:
            return math.nan, math.nan, math.nan, 0
        drawn = _resample(parts.shape[0])
        many = np.array([form(parts[rows].sum(axis=0)) for rows in drawn])
        return form(parts.sum(axis=0)), *_interval(many), int(parts.shape[0])
    known = values.get(name, np.zeros(0))
    known = known[~np.isnan(known)]
    if not known.size:
        return math.nan, math.nan, math.nan, 0
    many = np.median(known[_resample(known.size)], axis=1)
    return float(np.median(known)), *_interval(many), int(known.size)


def _resample(n: int) -> np.ndarray:
    return np.random.default_rng(RESAMPLING_SEED).integers(0, n, size=(RESAMPLES, n))


def _interval(many: np.ndarray) -> tuple[float, float]:
    many = many[~np.isnan(many)]
    if not many.size:
        return math.nan, math.nan
    low, high = np.quantile(many, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high)


def judge(groups: tuple[Group, ...], values: Mapping[str, np.ndarray]) -> tuple[Verdict, ...]:
    """Return the verdict of each group on values over seeds."""
    made = differences(values)
    return tuple(
        Verdict(g, tuple(Found(c, *summary(c.name, made)) for c in g.clauses)) for g in groups
    )


def passes(verdicts: tuple[Verdict, ...]) -> bool:
    """Return whether enough patterns hold, and those among them that must."""
    holding = {v.group.name for v in verdicts if v.holds}
    return len(holding) >= ENOUGH and set(MUST_HOLD) <= holding


def plain(x: float) -> Any:
    """Return a number as JSON has it; undefined is null."""
    return None if not math.isfinite(x) else x
