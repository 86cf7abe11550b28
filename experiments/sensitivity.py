"""Sensitivity: which uncertain number moves an outcome, or a difference between policies.

Luck is one more dimension of every design. Its coordinate stands for the seed of the runs at that
point, so a method tells what luck does beside what each number does, and rows that differ by one
number meet the same luck (common random numbers). For a difference between two policies both
run at the same point with the same seed; nothing else changes.

Samples, indices and their intervals are SALib's (Morris 1991 and Campolongo et al. 2007; Sobol and
Saltelli et al. 2010; Pianosi and Wagener 2015 for PAWN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments import design
from experiments.design import Dimension

METHODS = ("morris", "sobol", "pawn")
LUCK = "luck"
LEVELS = 4  # of Morris's grid
SLICES = 10  # of PAWN's conditioning
FOLDS = 10  # of PAWN's jackknife
RESAMPLES = 500
LEVEL = 0.95


@dataclass(frozen=True)
class Plan:
    """What to run: `points` with a row per run of each policy, and `seeds`, shape (rows,).

    `unit` has the coordinates, shape (rows, dimensions + 1), luck last. Rows come in blocks of
    `block`, and a block is analysed whole or not at all.
    """

    method: str
    dimensions: tuple[Dimension, ...]
    unit: np.ndarray
    points: pd.DataFrame
    seeds: np.ndarray
    block: int

    @property
    def names(self) -> list[str]:
        """The names of the dimensions, luck last."""
        return [*(dimension.name for dimension in self.dimensions), LUCK]


def plan(method: str, dimensions: Sequence[Dimension], size: int, seed: int = 0) -> Plan:
    """Return the runs of a method; a larger `size` begins with the rows of a smaller one.

    Args:
        method: `morris` takes (d + 2) runs per unit of size, `sobol` (d + 3), `pawn` one, where d is
            the number of dimensions.
        dimensions: what is uncertain.
        size: trajectories of Morris, base points of Sobol (rounded up to a power of two), or rows.
        seed: key of the design.

    Raises:
        ValueError: if there is no such method, or nothing is uncertain.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method}; there are {', '.join(METHODS)}")
    if not dimensions:
        raise ValueError("nothing is declared uncertain")
    if any(dimension.name == LUCK for dimension in dimensions):
        raise ValueError(f"{LUCK} is the name of the seeds' own dimension")
    names = [*(dimension.name for dimension in dimensions), LUCK]
    unit, block = _SAMPLERS[method](names, size, seed)
    # Morris's luck has four coordinates only: a trajectory draws its own two seeds.
    blocks = np.arange(len(unit)) // block if method == "morris" else np.zeros(len(unit), int)
    seeds = np.concatenate(
        [design.luck(unit[blocks == b, -1], "luck", seed, b) for b in np.unique(blocks)]
    )
    points = design.points(dimensions, unit[:, :-1])
    return Plan(method, tuple(dimensions), unit, points, seeds, block)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _sample_morris(names: Sequence[str], size: int, seed: int) -> tuple[np.ndarray, int]:
    from SALib.sample import morris  # takes seconds to load

    keys = (design.key("morris", seed, trajectory) for trajectory in range(size))
    parts = [morris.sample(_problem(names), 1, num_levels=LEVELS, seed=k) for k in keys]
    return np.concatenate(parts), len(names) + 1


def _sample_sobol(names: Sequence[str], size: int, seed: int) -> tuple[np.ndarray, int]:
    from SALib.sample import sobol

    size = 1 << max(size - 1, 0).bit_length()
    unit = sobol.sample(
        _problem(names), size, calc_second_order=False, seed=design.key("sobol", seed)
    )
    return unit, len(names) + 2


def _sample_pawn(names: Sequence[str], size: int, seed: int) -> tuple[np.ndarray, int]:
    return design.latin_unit(names, size, design.key("pawn", seed)), 1


_SAMPLERS = {"morris": _sample_morris, "sobol": _sample_sobol, "pawn": _sample_pawn}


def difference(a: np.ndarray, b: np.ndarray, sign: int = 1) -> np.ndarray:
    """Return by how much b is better than a in each row of a plan; `sign` is -1 where less is more."""
    return sign * (np.asarray(b, dtype=float) - np.asarray(a, dtype=float))


@dataclass(frozen=True)
class Sensitivities:
    """Indices of one outcome.

    Attributes:
        table: columns name, measure, value, low, high (95%), above_luck; sorted by value within a
            measure. `above_luck` is whether the whole interval of the main index (`MAIN`) lies above
            that of luck.
        method: see `METHODS`.
        rows: runs that were analysed; `dropped`: those left out with their blocks because an
            outcome of the block is undefined.
        spread: standard deviation of the outcome over the rows, in its own unit; `middle`: its mean.
        swings: columns name, index (the main one), above_luck, at_low, at_high, the strongest first:
            the outcome with the number low and high. With Morris these are the ends of a line of the
            mean effect through the middle, otherwise means of the rows with the number in the lowest
            and in the highest third of its range.
    """

    table: pd.DataFrame
    method: str
    rows: int
    dropped: int
    spread: float
    middle: float
    swings: pd.DataFrame

    def value(self, name: str, measure: str) -> float:
        """Return one index."""
        one = self.table[(self.table["name"] == name) & (self.table["measure"] == measure)]
        return float(one["value"].iloc[0])

    def ranking(self, measure: str | None = None) -> list[str]:
        """Return the dimensions by their main index, the strongest first, luck left out."""
        found = self.table[self.table["measure"] == (measure or MAIN[self.method])]
        return [name for name in found["name"] if name != LUCK]


# What a method ranks by; it comes first among all that the method tells.
MAIN = {"morris": "mu_star", "sobol": "total", "pawn": "median"}


def analyse(plan: Plan, outcome: np.ndarray) -> Sensitivities:
    """Return the indices of an outcome, or of a difference, with one value per row of the plan.

    What they mean: `mu_star` is how much the outcome moves when the number moves through its whole
    range, `mu` the same with its sign and `sigma` how much that depends on the others; `first` and
    `total` are shares of the outcome's variance, luck's share among them; `median` is the median
    Kolmogorov-Smirnov distance between the outcome's distributions with the number held and free,
    for which luck, held by its coordinate, shows the distance that is due to few rows alone.

    Raises:
        ValueError: if no block is whole.
    """
    outcome = np.asarray(outcome, dtype=float)
    whole = np.isfinite(outcome).reshape(-1, plan.block).all(axis=1)
    kept = np.repeat(whole, plan.block)
    y, unit = outcome[kept], plan.unit[kept]
    if whole.sum() < 2:
        raise ValueError(f"only {whole.sum()} of {whole.size} blocks of runs are whole")
    if np.ptp(y) == 0:  # nothing moves it; the methods would divide by no variance
        zero = np.zeros(len(plan.names))
        found = [(measure, zero, zero, zero) for measure in _MEASURES[plan.method]]
    else:
        found = _ANALYSES[plan.method](plan, unit, y)
    _, _, low, high = found[0]
    parts = [_measure(plan.names, low > high[-1], *one) for one in found]
    table = pd.concat(parts, ignore_index=True)
    swings = _swings(plan.names, table, plan.method, unit, y)
    counts = int(kept.sum()), int((~kept).sum())
    return Sensitivities(table, plan.method, *counts, float(y.std()), float(y.mean()), swings)


_MEASURES = {"morris": ("mu_star", "mu", "sigma"), "sobol": ("total", "first"), "pawn": ("median",)}


def _measure(
    names: list[str],
    above: np.ndarray,
    measure: str,
    value: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> pd.DataFrame:
    columns = {"value": value, "low": low, "high": high, "above_luck": above}
    table = pd.DataFrame({"name": names, "measure": measure} | columns)
    return table.sort_values("value", ascending=False, key=abs, kind="stable")


def _analyse_morris(plan: Plan, unit: np.ndarray, y: np.ndarray) -> list[Any]:
    from SALib.analyze import morris

    found = morris.analyze(
        _problem(plan.names), unit, y, num_levels=LEVELS, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=1,
    )  # fmt: skip
    star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    mu, sigma = np.asarray(found["mu"]), np.asarray(found["sigma"])
    trajectories = len(y) // plan.block
    return [
        ("mu_star", star, np.maximum(star - half, 0), star + half),
        ("mu", mu, *_mean_interval(mu, sigma, trajectories)),
        ("sigma", sigma, *(np.full(sigma.size, np.nan) for _ in range(2))),
    ]


def _mean_interval(mean: np.ndarray, spread: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit

    half = stdtrit(n - 1, 0.5 + LEVEL / 2) * spread / np.sqrt(n)
    return mean - half, mean + half


def _analyse_sobol(plan: Plan, unit: np.ndarray, y: np.ndarray) -> list[Any]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(plan.names), y, calc_second_order=False, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=1,
    )  # fmt: skip
    total, first = np.asarray(found["ST"]), np.asarray(found["S1"])
    total_half, first_half = np.asarray(found["ST_conf"]), np.asarray(found["S1_conf"])
    return [
        ("total", total, np.maximum(total - total_half, 0), total + total_half),
        ("first", first, first - first_half, first + first_half),
    ]


def _analyse_pawn(plan: Plan, unit: np.ndarray, y: np.ndarray) -> list[Any]:
    """Return the median distance with a jackknife interval; a bootstrap's ties would inflate it."""
    from scipy.special import stdtrit

    value = _pawn_median(plan, unit, y)
    fold = np.random.default_rng(1).permutation(y.size) % FOLDS
    without = np.array([_pawn_median(plan, unit[fold != k], y[fold != k]) for k in range(FOLDS)])
    error = np.sqrt((FOLDS - 1) / FOLDS * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = stdtrit(FOLDS - 1, 0.5 + LEVEL / 2) * error
    return [("median", value, np.maximum(value - half, 0), np.minimum(value + half, 1))]


def _pawn_median(plan: Plan, unit: np.ndarray, y: np.ndarray) -> np.ndarray:
    from SALib.analyze import pawn

    return np.asarray(pawn.analyze(_problem(plan.names), unit, y, S=SLICES)["median"])


_ANALYSES = {"morris": _analyse_morris, "sobol": _analyse_sobol, "pawn": _analyse_pawn}


def _swings(
    names: list[str], table: pd.DataFrame, method: str, unit: np.ndarray, y: np.ndarray
) -> pd.DataFrame:
    """Return where an outcome goes, see `Sensitivities.swings`."""
    value = table.set_index(["measure", "name"])["value"]
    middle, ends = float(y.mean()), {}
    for name, u in zip(names, unit.T, strict=True):
        if method == "morris":
            # Its effects are paired, so a straight line of the mean effect is told best. Luck has no
            # low and high: its swing is that of a typical change of seeds.
            half = float(value["mu_star" if name == LUCK else "mu", name]) / 2
            ends[name] = (middle - half, middle + half)
        else:
            ends[name] = (_mean(y[u <= 1 / 3]), _mean(y[u >= 2 / 3]))
    main = table[table["measure"] == MAIN[method]]
    low, high = zip(*(ends[name] for name in main["name"]), strict=True)
    told = main[["name", "value", "above_luck"]].rename(columns={"value": "index"})
    return told.assign(at_low=low, at_high=high).reset_index(drop=True)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")
