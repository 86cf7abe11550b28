"""Search over lever mixes for several goals: what can be had together, and what costs what.

Optuna's NSGA-II proposes batches of mixes (Deb et al. 2002), which are run on the same seeds. The
best of many noisy means are too good by luck; so the mixes that nobody dominates are run once more
on seeds that the search has not seen, and only these results are told: means, how surely each mix
belongs to the Pareto set, the knee, and what happens to a mix whose levers are moved a little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments import design, statistics
from experiments.design import Dimension

RESAMPLES = 500
PRONOUNCED = 0.05  # of the way from the line between the ends to the best of everything
STEP = 0.1  # of a lever's range, to a neighbour


class NoMixError(ValueError):
    """No mix came through with a value for every goal."""


@dataclass(frozen=True)
class Goal:
    """An indicator and which way is better."""

    indicator: str
    up: bool = True

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.up else -1


@dataclass(frozen=True)
class Budget:
    """Mixes tried, how many at a time, and seeds for the search and for the final word."""

    mixes: int = 200
    batch: int = 20
    seeds: int = 4
    seeds_last: int = 16


@dataclass(frozen=True)
class Front:
    """The Pareto set.

    Attributes:
        table: a row per mix: its levers, each goal's mean, `<goal> low` and `<goal> high` (95%),
            `undominated` (probability that no other mix here is better in every goal), `knee`, and
            `neighbours` (worst loss among mixes a step away, as a share of the goal's range over the
            set, over all goals; NaN where no neighbour came through or the set has no range). Sorted by
            the first goal.
        tried: every mix of the search with its means there.
        knee: row of the knee in `table`; None where the set bends nowhere.
        runs: runs used.
    """

    table: pd.DataFrame
    tried: pd.DataFrame
    knee: int | None
    runs: int


# Runs mixes, one a row, on seeds; returns outcomes of shape (mixes, goals, seeds), NaN failed.
Evaluate = Callable[[pd.DataFrame, list[int]], np.ndarray]


def search(
    evaluate: Evaluate,
    dimensions: Sequence[Dimension],
    goals: Sequence[Goal],
    seeds: Sequence[int],
    budget: Budget | None = None,
    seed: int = 0,
) -> Front:
    """Search for the Pareto set of lever mixes.

    Args:
        evaluate: runs mixes on seeds.
        dimensions: the levers' fields with their ranges.
        goals: two or more.
        seeds: in order; the search uses the first `budget.seeds`, the final word the next ones.
        budget: how much to run.
        seed: key of the search.

    Raises:
        NoMixError: if no mix came through on all seeds.
        ValueError: if there are fewer than two goals or too few seeds.
    """
    budget = budget or Budget()
    if len(goals) < 2:
        raise ValueError("a search for one goal needs no Pareto set; name two goals or more")
    if len(seeds) < budget.seeds + budget.seeds_last:
        raise ValueError(f"{budget.seeds + budget.seeds_last} seeds are needed")
    first = list(seeds[: budget.seeds])
    last = list(seeds[budget.seeds : budget.seeds + budget.seeds_last])
    signs = np.array([goal.sign for goal in goals])
    tried, means = _explore(evaluate, dimensions, signs, first, budget, seed)
    known = np.isfinite(means).all(axis=1)
    if not known.any():
        raise NoMixError("no mix came through on all seeds")
    tried, means = tried[known].reset_index(drop=True), means[known]
    best = np.flatnonzero(undominated(means))
    mixes = tried.iloc[best].reset_index(drop=True)
    values = _gains(evaluate, mixes, last, signs)
    table, knee, neighbours = _last_word(evaluate, dimensions, goals, mixes, values, last)
    runs = len(tried) * len(first) + (len(best) + neighbours) * len(last)
    told = tried.copy()
    for i, goal in enumerate(goals):
        told[goal.indicator] = signs[i] * means[:, i]
    return Front(table, told, knee, runs)


def _gains(
    evaluate: Evaluate, mixes: pd.DataFrame, seeds: list[int], signs: np.ndarray
) -> np.ndarray:
    """Return outcomes turned so that more is better, shape (mixes, goals, seeds)."""
    found = np.asarray(evaluate(mixes, seeds), dtype=float)
    if found.shape != (len(mixes), signs.size, len(seeds)):
        raise ValueError(f"outcomes of shape {found.shape} for {len(mixes)} mixes")
    return found * signs[None, :, None]


def _explore(
    evaluate: Evaluate,
    dimensions: Sequence[Dimension],
    signs: np.ndarray,
    seeds: list[int],
    budget: Budget,
    seed: int,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the mixes tried, each once, and their mean gains, shape (mixes, goals)."""
    import optuna  # takes half a second to load

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(
        population_size=budget.batch, seed=design.key("mixes", seed) % 2**32
    )
    study = optuna.create_study(directions=["maximize"] * signs.size, sampler=sampler)
    known: dict[tuple[Any, ...], np.ndarray] = {}
    rows: dict[tuple[Any, ...], int] = {}
    parts: list[pd.DataFrame] = []
    # The first batch covers the ranges evenly; chance alone would leave holes.
    start = design.latin_unit([d.name for d in dimensions], budget.batch, seed, budget.batch)
    for row in start:
        study.enqueue_trial({d.name: float(u) for d, u in zip(dimensions, row, strict=True)})
    for _ in range(-(-budget.mixes // budget.batch)):
        trials = [study.ask() for _ in range(budget.batch)]
        unit = np.array([[t.suggest_float(d.name, 0.0, 1.0) for d in dimensions] for t in trials])
        mixes = design.points(dimensions, unit)
        keys = list(mixes.itertuples(index=False, name=None))
        new = [i for i, key in enumerate(keys) if key not in known and keys.index(key) == i]
        if new:
            part = mixes.iloc[new].reset_index(drop=True)
            means = _gains(evaluate, part, seeds, signs).mean(axis=2)
            for i, mean in zip(new, means, strict=True):
                rows[keys[i]], known[keys[i]] = len(known), mean
            parts.append(part)
        for trial, key in zip(trials, keys, strict=True):
            if np.isfinite(known[key]).all():
                study.tell(trial, known[key].tolist())
            else:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
    return pd.concat(parts, ignore_index=True), np.array(list(known.values()))


def undominated(gains: np.ndarray) -> np.ndarray:
    """Return which rows, shape (mixes, goals), no other row is better than; more is better.

    One row is better than another where it is so in some goal and worse in none.
    """
    at_least = (gains[:, None] >= gains[None]).all(axis=2)
    more = (gains[:, None] > gains[None]).any(axis=2)
    return ~(at_least & more).any(axis=0)


def _last_word(
    evaluate: Evaluate,
    dimensions: Sequence[Dimension],
    goals: Sequence[Goal],
    mixes: pd.DataFrame,
    values: np.ndarray,
    seeds: list[int],
) -> tuple[pd.DataFrame, int | None, int]:
    """Return the table of what still is undominated on new seeds, its knee and neighbours run."""
    whole = np.isfinite(values).all(axis=(1, 2))
    mixes, values = mixes[whole].reset_index(drop=True), values[whole]
    if mixes.empty:
        raise NoMixError("no mix of the Pareto set came through on the last seeds")
    chance = surely_undominated(values)
    kept = np.flatnonzero(undominated(values.mean(axis=2)))
    kept = kept[np.argsort(values[kept].mean(axis=2)[:, 0], kind="stable")]
    mixes, values = mixes.iloc[kept].reset_index(drop=True), values[kept]
    table = mixes.copy()
    means = values.mean(axis=2)
    for i, goal in enumerate(goals):
        pairs = goal.sign * values[:, i].T
        found = statistics.summarise(np.zeros_like(pairs), pairs)
        table[goal.indicator] = found.diff
        table[f"{goal.indicator} low"], table[f"{goal.indicator} high"] = found.low, found.high
    table["undominated"] = chance[kept]
    knee = knee_of(means)
    table["knee"] = np.arange(len(table)) == (-1 if knee is None else knee)
    signs = np.array([goal.sign for goal in goals])
    table["neighbours"], count = _neighbours(evaluate, dimensions, signs, mixes, means, seeds)
    return table, knee, count


def surely_undominated(values: np.ndarray) -> np.ndarray:
    """Return the probability that each mix is undominated, over resampled seeds, shape (mixes,).

    `values` are gains, shape (mixes, goals, seeds); seeds are resampled for all mixes at once.
    """
    seeds = values.shape[2]
    generator = np.random.default_rng(statistics.RESAMPLING_SEED)
    drawn = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=RESAMPLES) / seeds
    return np.mean([undominated(values @ weights) for weights in drawn], axis=0)


def knee_of(means: np.ndarray) -> int | None:
    """Return the row that lies farthest beyond the plane through the ends, None if none does.

    Goals are scaled to 0..1 over the rows, so that the plane is where they sum to 1: beyond it a
    little less of one goal brings much of the others, on both sides of the knee.
    """
    span = np.ptp(means, axis=0)
    if len(means) < 3 or not (span > 0).all():
        return None
    scaled = (means - means.min(axis=0)) / span
    beyond = scaled.sum(axis=1) - 1
    best = int(beyond.argmax())
    return best if beyond[best] > PRONOUNCED * (means.shape[1] - 1) else None


def _neighbours(
    evaluate: Evaluate,
    dimensions: Sequence[Dimension],
    signs: np.ndarray,
    mixes: pd.DataFrame,
    means: np.ndarray,
    seeds: list[int],
) -> tuple[np.ndarray, int]:
    """Return each mix's worst loss among its neighbours, shape (mixes,), and how many were run."""
    parts = [neighbours(dimensions, mixes.iloc[[i]]) for i in range(len(mixes))]
    of = np.repeat(np.arange(len(mixes)), [len(part) for part in parts])
    around = pd.concat(parts, ignore_index=True)
    found = _gains(evaluate, around, seeds, signs).mean(axis=2)
    span = np.where(np.ptp(means, axis=0) > 0, np.ptp(means, axis=0), np.nan)
    loss = (means[of] - found) / span
    worst = np.where(np.isnan(loss), -np.inf, loss).max(axis=1)
    worst = np.array([worst[of == i].max() for i in range(len(mixes))])
    return np.where(np.isfinite(worst), np.maximum(worst, 0.0), np.nan), len(around)


def neighbours(dimensions: Sequence[Dimension], mix: pd.DataFrame) -> pd.DataFrame:
    """Return the mixes one step from `mix`, a table of one row: a tenth of a range, another choice."""
    rows = []
    for dimension in dimensions:
        here = mix[dimension.name].iloc[0]
        for there in _beside(dimension, here):
            row = mix.copy()
            row[dimension.name] = pd.Series(
                [there], index=row.index, dtype=row[dimension.name].dtype
            )
            rows.append(row)
    return pd.concat(rows, ignore_index=True)


def _beside(dimension: Dimension, here: Any) -> list[Any]:
    if dimension.choices:
        return [other for other in dimension.choices if other != here]
    if dimension.log:
        factor = (dimension.high / dimension.low) ** STEP
        found = [here / factor, here * factor]
    else:
        step = STEP * (dimension.high - dimension.low)
        found = [here - step, here + step]
    if dimension.whole:
        found = [min(round(found[0]), here - 1), max(round(found[1]), here + 1)]
    inside = [min(max(x, dimension.low), dimension.high) for x in found]
    # From an end there is one way only.
    return [type(here)(x) for x in inside if x != here]
