"""Arithmetic of a factorial: contrasts of factor levels, and a plain screen for what turns them.

Everything works on the differences of the arms to the baseline, one number per unit: a unit is a
parameter set of an ensemble, or a seed where there is only one set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from experiments import statistics
from experiments.claims.judge import verdict

Factors = Mapping[str, Mapping[str, str]]  # arm to factor to level
LEVEL = 0.05  # of all parameters screened for one contrast together


@dataclass(frozen=True)
class Contrast:
    """Levels of a factor compared: mean of the arms at `high` less that of the arms at `low`.

    `within` names a level of another factor where it is worked out at that level alone.
    """

    factor: str
    high: str
    low: str
    within: str = ""

    def of(self, values: Mapping[str, np.ndarray], factors: Factors) -> np.ndarray:
        """Return the contrast in each unit, shape (units,)."""
        return self._mean(self.high, values, factors) - self._mean(self.low, values, factors)

    def _mean(self, level: str, values: Mapping[str, np.ndarray], factors: Factors) -> np.ndarray:
        chosen = [
            values[arm]
            for arm, levels in factors.items()
            if levels[self.factor] == level and (not self.within or self.within in levels.values())
        ]
        return np.mean(chosen, axis=0)


def contrasts(factors: Factors) -> list[Contrast]:
    """Return every pair of levels of every factor, over all and within each level of the others."""
    names = list(next(iter(factors.values())))
    levels = {n: list(dict.fromkeys(arm[n] for arm in factors.values())) for n in names}
    found = []
    for name in names:
        pairs = [(b, a) for a, b in combinations(levels[name], 2)]
        others = [level for other in names if other != name for level in levels[other]]
        found += [Contrast(name, *pair) for pair in pairs]
        found += [Contrast(name, *pair, within) for pair in pairs for within in others]
    return found


@dataclass(frozen=True)
class Effect:
    """A contrast over all units; `wins` is the share in which it is above zero."""

    contrast: Contrast
    estimate: float
    low: float
    high: float
    margin: float
    wins: float
    n: int
    verdict: str


def effect(contrast: Contrast, values: np.ndarray, margin: float) -> Effect:
    """Return mean and interval of a contrast, shape (units,); "supported" means that high is better."""
    found = statistics.summarise(np.zeros((len(values), 1)), values[:, None])
    estimate, low, high = (float(a[0]) for a in (found.diff, found.low, found.high))
    return Effect(
        contrast, estimate, low, high, margin, float(found.better_up[0]), int(found.n[0]),
        verdict(estimate, low, high, margin, "+"),
    )  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A parameter that separates units in which a contrast is above zero from the others.

    `auc` is the chance that such a unit has the larger value, one half where it tells nothing;
    `wins_below` and `wins_above` are the shares above zero on either side of `cut`, the value that
    separates best; `p` is two-sided and stands for all parameters screened together.
    """

    parameter: str
    auc: float
    p: float
    cut: float
    wins_below: float
    wins_above: float
    below: int
    above: int

    @property
    def turns(self) -> bool:
        """Whether the sign is another on the other side of the cut in most units."""
        return (self.wins_below - 0.5) * (self.wins_above - 0.5) < 0


def screen(
    parameters: Mapping[str, np.ndarray], values: np.ndarray, most: int = 3
) -> list[Condition]:
    """Return the parameters that separate the signs of a contrast, the sharpest first.

    Args:
        parameters: values by name, each with shape (units,).
        values: the contrast, shape (units,).
        most: how many are returned at most; only those told apart from luck are.
    """
    known = ~np.isnan(values)
    won = values[known] > 0
    varying = {n: x[known] for n, x in parameters.items() if np.ptp(x[known]) > 0}
    if won.all() or not won.any():
        return []
    found = [_condition(name, x, won, len(varying)) for name, x in varying.items()]
    told = [condition for condition in found if condition.p < LEVEL]
    return sorted(told, key=lambda c: -abs(c.auc - 0.5))[:most]


def _condition(name: str, x: np.ndarray, won: np.ndarray, screened: int) -> Condition:
    auc, p = _mann_whitney(x, won)
    cut = _cut(x, won)
    below, above = won[x <= cut], won[x > cut]
    return Condition(
        name, auc, min(1.0, p * screened), cut, _share(below), _share(above), below.size, above.size
    )


def _mann_whitney(x: np.ndarray, won: np.ndarray) -> tuple[float, float]:
    """Return the chance that x is larger where `won`, and its p by the normal approximation."""
    from scipy.stats import norm, rankdata

    a, b = int(won.sum()), int((~won).sum())
    ranks = rankdata(x)
    u = ranks[won].sum() - a * (a + 1) / 2
    _, ties = np.unique(x, return_counts=True)
    n = a + b
    spread = a * b / 12 * (n + 1 - float((ties**3 - ties).sum()) / (n * (n - 1)))
    z = (u - a * b / 2) / math.sqrt(spread) if spread > 0 else 0.0
    return float(u / (a * b)), float(2 * norm.sf(abs(z)))


def _cut(x: np.ndarray, won: np.ndarray) -> float:
    """Return the value at which the shares won below and above it differ most (Youden's cut)."""
    order = np.argsort(x, kind="stable")
    sorted_x, sorted_won = x[order], won[order]
    wins, losses = np.cumsum(sorted_won) / won.sum(), np.cumsum(~sorted_won) / (~won).sum()
    gap = np.abs(wins - losses)[:-1]
    gap[sorted_x[:-1] == sorted_x[1:]] = -1.0  # no cut between equal values
    at = int(np.argmax(gap))
    return float((sorted_x[at] + sorted_x[at + 1]) / 2)


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if flags.size else math.nan


def orders(values: Mapping[str, np.ndarray], factors: Factors, factor: str) -> dict[str, float]:
    """Return how often the levels of a factor come in each order, best first, as shares."""
    levels = list(dict.fromkeys(arm[factor] for arm in factors.values()))
    means = {
        level: np.mean([values[a] for a, f in factors.items() if f[factor] == level], axis=0)
        for level in levels
    }
    table = np.column_stack([means[level] for level in levels])
    table = table[~np.isnan(table).any(axis=1)]
    counted: dict[str, int] = {}
    for row in table:
        name = " > ".join(levels[k] for k in np.argsort(-row, kind="stable"))
        counted[name] = counted.get(name, 0) + 1
    return {
        name: count / len(table) for name, count in sorted(counted.items(), key=lambda one: -one[1])
    }
