"""Scale what was written for a place of one size to a place of another."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sim.declare import Field
from sim.levers import all_levers
from sim.scenario.uses import COMMON
from sim.state.rules import LeverUse


def scale_to(levers: tuple[LeverUse, ...], firms: int, reference: int) -> tuple[LeverUse, ...]:
    """Return the levers with their extensive fields times firms / reference."""
    if firms == reference:
        return levers
    return tuple(_use(use, firms / reference) for use in levers)


def _use(use: LeverUse, factor: float) -> LeverUse:
    fields = all_levers()[use.lever].fields
    values = {
        name: scaled(value, factor, fields[name]) if fields[name].extensive else value
        for name, value in use.values.items()
    }
    limit = use.firms_max
    if not math.isinf(limit):
        limit = float(scaled(limit, factor, COMMON["firms_max"]))
    return replace(use, values=values, firms_max=limit)


def scaled(value: Any, factor: float, declared: Field) -> Any:
    """Return an extensive value at another size; counts round half up, to 1 at least if above 0."""
    if value is None:
        return None
    new = value * factor
    if declared.kind == "integer":
        new = max(1, math.floor(new + 0.5)) if value > 0 else 0
    high = math.inf if declared.high is None else declared.high
    return min(new, high)
