"""From paired differences to a verdict.

A difference counts as supported only where its interval excludes zero on the expected side and its
estimate is at least the margin that matters in practice; as no practical difference only where the
whole interval lies within the margin. Everything between is undecided, and is said to be.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments import statistics
from sim.declare import Text
from sim.scenario.expressions import Reference, evaluate
from sim.scenario.studies import Outcome

SUPPORTED = "supported"
NO_DIFFERENCE = "no practical difference"
OPPOSITE = "opposite"
UNDECIDED = "undecided"
VERDICTS = (SUPPORTED, NO_DIFFERENCE, OPPOSITE, UNDECIDED)
WORDS = {
    SUPPORTED: Text("supported", "支持"),
    NO_DIFFERENCE: Text("no practical difference", "无实际差异"),
    OPPOSITE: Text("opposite", "相反"),
    UNDECIDED: Text("undecided", "未定"),
}


def verdict(estimate: float, low: float, high: float, margin: float, sign: str) -> str:
    """Return one of the four verdicts.

    Args:
        estimate: mean of the paired differences.
        low: lower end of its 95% interval.
        high: its upper end.
        margin: least difference that matters in practice, above or equal to 0.
        sign: expected, "+" or "-"; "0" expects no practical difference.
    """
    if not all(map(math.isfinite, (estimate, low, high, margin))):
        return UNDECIDED
    if sign == "-":
        estimate, low, high = -estimate, -high, -low
    within = -margin <= low and high <= margin
    if sign == "0":
        beyond = low > margin or high < -margin
        return SUPPORTED if within else OPPOSITE if beyond else UNDECIDED
    if within:
        return NO_DIFFERENCE
    if low > 0 and estimate >= margin:
        return SUPPORTED
    if high < 0 and estimate <= -margin:
        return OPPOSITE
    return UNDECIDED


@dataclass(frozen=True)
class Judged:
    """An outcome at one level; numbers are NaN where nothing could be worked out."""

    estimate: float
    low: float
    high: float
    margin: float
    n: int
    skewed: bool
    verdict: str


Look = Callable[[Reference], np.ndarray]


def judge(outcome: Outcome, look: Look, replicates: int) -> Judged:
    """Return what the replicates say of an outcome."""
    values = evaluate(outcome.value, look, replicates)
    margins = np.abs(evaluate(outcome.margin, look, replicates))
    known = margins[~np.isnan(margins)]
    margin = float(known.mean()) if known.size else math.nan
    found = statistics.summarise(np.zeros((replicates, 1)), values[:, None])
    estimate, low, high = (float(a[0]) for a in (found.diff, found.low, found.high))
    if int(found.n[0]) < 2:  # one replicate has no interval
        low = high = math.nan
    return Judged(
        estimate, low, high, margin, int(found.n[0]), bool(found.skewed[0]),
        verdict(estimate, low, high, margin, outcome.sign),
    )  # fmt: skip
