"""What a scenario expects of a comparison (`expect:`), judged on its paired runs.

An expectation names an indicator, another policy and a condition on the difference from it, and how
probable that is to be. Its chance is the share of seeds in which the condition holds.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments import statistics, support
from experiments.compare import Comparison
from sim.scenario.scenario import Expectation

_HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_AFTER = re.compile(r"retention_after_support_(\d+)m")


@dataclass(frozen=True)
class Judged:
    """A policy's chance to meet an expectation with its 95% interval, over `n` seeds.

    NaN and 0 where no seed can tell: the other policy was not run, or the indicator has no value.
    """

    policy: str
    expected: Expectation
    chance: float
    low: float
    high: float
    n: int

    @property
    def met(self) -> bool:
        """Whether the chance is what was asked for; what cannot be told is not met."""
        return self.n > 0 and self.chance >= self.expected.probability


def judge(
    comparison: Comparison, expected: Sequence[Expectation], policies: Sequence[str]
) -> list[Judged]:
    """Return each expectation of each of the policies."""
    found = []
    for one in expected:
        for policy in policies:
            gaps = differences(comparison, policy, one)
            known = gaps[np.isfinite(gaps)]
            share = (
                float(_HOLDS[one.operator](known, one.number).mean()) if known.size else math.nan
            )
            low, high = statistics.share_interval(share, known.size)
            found.append(Judged(policy, one, share, low, high, known.size))
    return found


def differences(comparison: Comparison, policy: str, one: Expectation) -> np.ndarray:
    """Return the indicator of a policy less that of the other one, shape (seeds,); NaN is undefined.

    Who was kept after support is only defined under a policy that supports: there the difference is
    that of the same firms without it.
    """
    other, key = comparison.values.get(one.vs), (one.indicator, one.at)
    nothing = np.full(len(comparison.seeds), math.nan)
    if other is None or key not in other:
        return nothing
    after = _AFTER.fullmatch(one.indicator)
    if after is not None and one.vs == comparison.baseline.label and np.isnan(other[key]).all():
        return _kept(comparison, policy, int(after[1]))
    return np.asarray(comparison.values[policy][key] - other[key])


def _kept(comparison: Comparison, policy: str, later: int) -> np.ndarray:
    """Return by how much more of the same firms are kept than in the baseline, shape (seeds,)."""
    stop = comparison.stops.get(policy)
    found = np.full(len(comparison.seeds), math.nan)
    if stop is None or stop + later >= comparison.months:
        return found
    runs = zip(comparison.runs[comparison.baseline.label], comparison.runs[policy], strict=True)
    for i, (without, given) in enumerate(runs):
        if without and given:
            shares = support.retention(given, without, stop, later)
            found[i] = shares["both"] - shares["baseline"]
    return found
