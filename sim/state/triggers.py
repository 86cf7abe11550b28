"""Triggers: a lever that waits for a condition on last month's indicators (`when:`).

`vacancy > 0.15 for 6 latch` holds once vacancy has stood above 15% for six months; without `latch` it
follows the condition, always within the lever's own dates.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition on an indicator that must hold for `months` months in a row."""

    indicator: str
    comparison: str
    number: float
    months: int = 1
    latch: bool = False

    def __str__(self) -> str:
        latch = " latch" if self.latch else ""
        return f"{self.indicator} {self.comparison} {self.number:.15g} for {self.months}{latch}"

    def met(self, latest: Mapping[str, float]) -> bool:
        """Return whether last month's value meets the condition; an undefined one does not."""
        value = latest.get(self.indicator, float("nan"))
        return bool(COMPARISONS[self.comparison](value, self.number))


class Watch:
    """How long each trigger has held, and which are latched."""

    def __init__(self, triggers: tuple[Trigger, ...]) -> None:
        self.triggers = triggers
        self.run = np.zeros(len(triggers), np.int64)
        self.latched = np.zeros(len(triggers), np.bool_)
        self.held = np.zeros(len(triggers), np.bool_)
        self.latest: dict[str, float] = {}

    def hold(self) -> np.ndarray:
        """Move on by a month and return which triggers hold, shape (triggers,)."""
        for k, trigger in enumerate(self.triggers):
            self.run[k] = self.run[k] + 1 if trigger.met(self.latest) else 0
            if trigger.latch and self.run[k] >= trigger.months:
                self.latched[k] = True
        enough = np.array([t.months for t in self.triggers], np.int64)
        self.held = self.latched | (self.run >= enough)
        return self.held
