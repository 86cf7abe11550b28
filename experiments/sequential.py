"""Adaptive replicates: run until every interval is narrow enough, and say so without deceiving.

Looking at an interval again and again and stopping when it pleases makes it too narrow. Here looks
are few and fixed beforehand (16, 32, 64, …), and the allowed error, 5%, is spent on them in equal
parts (alpha-spending by Bonferroni). With probability 95% the intervals of *all* looks hold the
truth, so whichever look ends the runs, and for whatever reason, its interval is an honest 95%
interval. No shape of the data is assumed beyond what one look assumes. The price is a third
in width against an interval looked at once: with six looks t is 2.64 instead of 1.96.

A confidence sequence would allow a look after every replicate, but is wider at the few looks taken
here, and has no form for skewed differences (bootstrap-t).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments import statistics
from experiments.statistics import Paired


@dataclass(frozen=True)
class Precision:
    """When to stop: `width` is the half-width asked for, as a share of the level (0.05 = 5%).

    Looks begin at `first` replicates and grow `growth` times to `most` at the latest.
    """

    width: float = 0.05
    first: int = 16
    most: int = 512
    growth: float = 2.0
    level: float = statistics.LEVEL

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise ValueError(f"the half-width has to be above 0, not {self.width}")
        if not 2 <= self.first <= self.most or not self.growth > 1:
            raise ValueError("looks begin at 2 replicates or more and grow")

    def looks(self) -> tuple[int, ...]:
        """Return after how many replicates intervals are looked at."""
        found = [self.first]
        while found[-1] < self.most:
            found.append(min(max(int(found[-1] * self.growth), found[-1] + 1), self.most))
        return tuple(found)

    def level_of_a_look(self) -> float:
        """Return the level of each look's intervals, by which all looks together keep `level`."""
        return 1 - (1 - self.level) / len(self.looks())


@dataclass(frozen=True)
class Stopped:
    """How the runs ended.

    Attributes:
        reached: whether every interval is as narrow as asked; else `most` was the end.
        n: replicates run.
        found: the summary at the end, its intervals valid although they were looked at before.
        half_width: as a share of the level, shape (columns,); NaN where there is no pair.
        names: what the columns are; `widest` is the name of the widest interval, None without any.
        looks: replicates at each look taken; `level` is that of each look's intervals.
    """

    reached: bool
    n: int
    found: Paired
    half_width: np.ndarray
    names: tuple[str, ...]
    looks: tuple[int, ...]
    level: float

    @property
    def widest(self) -> str | None:
        """The name of the column with the widest interval."""
        if np.isnan(self.half_width).all():
            return None
        return self.names[int(np.nanargmax(self.half_width))]


# Runs new seeds; returns the baseline's and the policy's values, each of shape (seeds, columns).
Draw = Callable[[list[int]], tuple[np.ndarray, np.ndarray]]


def until_narrow(
    draw: Draw, names: Sequence[str], seeds: Sequence[int], rule: Precision | None = None
) -> Stopped:
    """Run replicates until the interval of every difference is narrow enough.

    The width is told as a share of the baseline's mean, or of the policy's where that is larger: a
    difference near 0 is known well enough when it is small beside the level it is part of. Columns
    that are undefined in every pair are passed over.

    Args:
        draw: runs seeds that were not run before.
        names: what the columns are.
        seeds: in order; there have to be as many as `rule.most`.
        rule: when to stop.
    """
    rule = rule or Precision()
    if len(seeds) < rule.most:
        raise ValueError(f"{rule.most} seeds may be needed, {len(seeds)} are there")
    a, b = (np.empty((0, len(names))) for _ in range(2))
    level, taken = rule.level_of_a_look(), []
    for n in rule.looks():
        more_a, more_b = draw(list(seeds[len(a) : n]))
        a, b = np.concatenate([a, more_a]), np.concatenate([b, more_b])
        found = statistics.summarise(a, b, level)
        width = relative_width(a, b, found)
        taken.append(n)
        wide = width > rule.width
        # Two pairs or more have a width; of one or none nothing is known yet.
        unknown = np.isnan(width) & (found.n > 0)
        if not (wide | unknown).any():
            break
    reached = not (wide | unknown).any() and not np.isnan(width).all()
    return Stopped(reached, len(a), found, width, tuple(names), tuple(taken), level)


def relative_width(a: np.ndarray, b: np.ndarray, found: Paired) -> np.ndarray:
    """Return half-widths as shares of the larger mean level, shape (columns,)."""
    kept = ~(np.isnan(a) | np.isnan(b))
    n = np.maximum(kept.sum(axis=0), 1)
    levels = [np.abs(np.where(kept, x, 0.0).sum(axis=0) / n) for x in (a, b)]
    scale, half = np.maximum(*levels), (found.high - found.low) / 2
    share = np.divide(half, scale, out=np.full(half.shape, np.inf), where=scale > 0)
    return np.where(np.isnan(half), np.nan, np.where(half == 0, 0.0, share))
