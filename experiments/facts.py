"""Known facts that the baseline is held against: a band for an indicator, and its evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.compare import Comparison
from sim.declare import Text


@dataclass(frozen=True)
class Fact:
    """An indicator's median at the end should lie in low..high.

    `source` is the evidence id of the level; widths are judgements. `relative` takes the value over
    that after month 1; `place` limits the fact to communities whose name begins so.
    """

    indicator: str
    low: float
    high: float
    source: str
    relative: bool = False
    place: str = ""
    note: Text | None = None


_POINTS = Text("within 8 points", "上下 8 个百分点")
_START = Text("times its value after month 1", "与首月之比")

FACTS = (
    Fact("survival_1y", 0.72, 0.88, "A01", note=_POINTS),
    Fact("survival_3y", 0.53, 0.69, "A01", note=_POINTS),
    Fact("survival_5y", 0.42, 0.58, "A01", note=_POINTS),
    Fact("survival_10y", 0.29, 0.45, "A01", note=_POINTS),
    Fact("closure_rate", 0.05, 0.14, "A10"),
    Fact("leave_rate", 0.02, 0.05, "F05"),
    Fact("vacancy", 0.02, 0.20, "I03"),
    Fact("rent_office", 0.8, 1.6, "I02", relative=True, note=_START),
    Fact("service_to_rent", 0.5, 1.5, "A-AIO-22", place="beijing-ai-origin"),
)


@dataclass(frozen=True)
class Check:
    """A fact with what was found; `value` is None where it is undefined in every run."""

    fact: Fact
    value: float | None

    @property
    def holds(self) -> bool | None:
        """Whether the value lies in the band, None where there is none."""
        if self.value is None:
            return None
        return self.fact.low <= self.value <= self.fact.high


def check(comparison: Comparison) -> list[Check]:
    """Hold the baseline's medians against every fact that is about this place."""
    label = comparison.baseline.label
    values = comparison.values[label]
    found = []
    for fact in FACTS:
        column = values.get((fact.indicator, "end"))
        if column is None or not comparison.scenario.startswith(fact.place):
            continue
        if fact.relative:
            column = column / _first(comparison, label, fact.indicator)
        known = column[~np.isnan(column)]
        found.append(Check(fact, float(np.median(known)) if known.size else None))
    return found


def _first(comparison: Comparison, label: str, indicator: str) -> np.ndarray:
    return np.array([r.column(indicator)[0] if r else np.nan for r in comparison.runs[label]])
