"""How far a run is from facts and patterns: weighted distances of medians from their bands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from calibration.judge import POOLED, central, differences
from calibration.targets import Clause, groups

PULL = 0.15  # what a value at the edge of its band costs, so that other seeds stay inside it too


def clauses() -> tuple[Clause, ...]:
    """Return the clauses that weigh in the search."""
    every = (c for kind in ("facts", "patterns") for g in groups(kind) for c in g.clauses)
    return tuple(c for c in every if c.weight > 0)


def cost(clause: Clause, x: float) -> float:
    """Return the distance of a value, with a slight pull to the middle of the band."""
    beyond = clause.distance(x)
    if beyond > 0 or clause.value is None or clause.low is None or clause.high is None:
        return beyond + PULL * (beyond > 0)
    half = 0.5 * (clause.high - clause.low)
    return PULL * min(abs(x - 0.5 * (clause.low + clause.high)) / half, 1.0) ** 2


def distance(
    values: Mapping[str, np.ndarray], wanted: Iterable[Clause] | None = None
) -> tuple[float, dict[str, float]]:
    """Return the whole distance of values over seeds, and each clause's part of it."""
    made = differences(values)
    parts = {}
    for clause in clauses() if wanted is None else wanted:
        source = POOLED[clause.name][0] if clause.name in POOLED else clause.name
        if source in made:
            parts[clause.name] = clause.weight * cost(clause, central(clause.name, made))
    return sum(parts.values()), parts
