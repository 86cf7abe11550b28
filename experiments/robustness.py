"""Robustness: which policy is safe to choose when nobody knows which world will come.

Policies are run in the same worlds (uncertain numbers) with the same seeds. Regret is what one gives
up, in a world, against the policy that is best there; satisficing is the probability of reaching
all targets; the worst decile is what the worst tenth of all runs comes to. Intervals come from
resampling worlds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments import statistics

RESAMPLES = 999
LEVEL = 0.95
TENTH = 0.1


@dataclass(frozen=True)
class Target:
    """A goal on one indicator: within `at_least` and `at_most`, both included."""

    indicator: str
    at_least: float = -math.inf
    at_most: float = math.inf

    def hit(self, values: np.ndarray) -> np.ndarray:
        """Return 1 where reached, 0 where not, NaN where undefined."""
        reached = (values >= self.at_least) & (values <= self.at_most)
        return np.where(np.isnan(values), np.nan, reached)


def compare(policies: Sequence[str], values: np.ndarray, higher_is_better: bool) -> pd.DataFrame:
    """Return what each policy comes to over all worlds.

    Args:
        policies: their names.
        values: one indicator, shape (policies, worlds, seeds); NaN is undefined, and a world without
            a seed that is defined for all policies is left out.
        higher_is_better: the direction of the indicator.

    Returns:
        Columns policy, measure, value, low, high (95%), worlds. `mean`, `worst_decile` are in the
        indicator's unit and sense; `regret` (mean over worlds) and `worst_regret` (mean over the
        tenth of worlds where it is largest) are about 0 or more, and less is better; `best_in` is the
        share of worlds in which the policy is the best.
    """
    values = np.asarray(values, dtype=float)
    kept = np.isfinite(values).all(axis=0)  # a seed counts where every policy has it
    values = np.where(kept, values, np.nan)[:, kept.any(axis=1)]
    gains = values if higher_is_better else -values
    regrets, best = regret(gains)
    worlds = gains.shape[1]
    drawn = np.random.default_rng(statistics.RESAMPLING_SEED).integers(
        max(worlds, 1), size=(RESAMPLES if worlds > 1 else 0, worlds)
    )
    sign = 1 if higher_is_better else -1
    rows = []
    for p, name in enumerate(policies):
        means = np.nanmean(gains[p], axis=1)
        for measure, world, summary, factor in (
            ("mean", means, _mean, sign),
            ("regret", regrets[p], _mean, 1),
            ("worst_regret", regrets[p], _worst_regret, 1),
            ("worst_decile", gains[p], _worst_decile, sign),
            ("best_in", best[p], _mean, 1),
        ):
            numbers = _interval(world, summary, drawn)
            value, low, high = (factor * x for x in numbers)
            rows.append((name, measure, value, min(low, high), max(low, high), worlds))
    return pd.DataFrame(rows, columns=["policy", "measure", "value", "low", "high", "worlds"])


def regret(gains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the regret and how surely best, each of shape (policies, worlds), more being better.

    The best of several means is too good by luck, and regret against it too large. So the best
    policy of a world is found with half of its seeds and regret is taken with the other half, and
    the other way round. With one seed both are the same. What is best world by world does at least as
    well as any policy in all: where it seems not to, regret is taken against that policy.
    """
    seeds = gains.shape[2]
    halves = [np.arange(seeds) % 2 == k for k in (0, 1)] if seeds > 1 else [np.ones(1, bool)] * 2
    found, best = np.zeros(gains.shape[:2]), np.zeros(gains.shape[:2])
    worlds = np.arange(gains.shape[1])
    count = np.zeros(gains.shape[1])
    for choose, judge in (halves, halves[::-1]):
        chosen, judged = _means(gains[:, :, choose]), _means(gains[:, :, judge])
        # A world whose seeds all fall into one half is judged by what there is.
        chosen = np.where(np.isnan(chosen), judged, chosen)
        judged = np.where(np.isnan(judged), chosen, judged)
        winner = chosen.argmax(axis=0)
        found += judged[winner, worlds] - judged
        top = chosen == chosen.max(axis=0)
        best += top / top.sum(axis=0)
        count += 1
    found, best = found / count, best / count
    if not worlds.size:
        return found, best
    means = _means(gains)
    one = int(means.mean(axis=1).argmax())
    if found[one].mean() < 0:
        # Choosing by luck, world by world, does worse than one policy for all, which needs no choosing.
        found = means[one] - means
    return found, best


def _means(gains: np.ndarray) -> np.ndarray:
    known = ~np.isnan(gains)
    n = known.sum(axis=2)
    total = np.where(known, gains, 0.0).sum(axis=2)
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)


def _mean(world: np.ndarray) -> float:
    return float(world.mean())


def _worst_regret(world: np.ndarray) -> float:
    worst = max(round(TENTH * world.size), 1)
    return float(np.sort(world)[-worst:].mean())


def _worst_decile(runs: np.ndarray) -> float:
    """Return the mean of the worst tenth of the runs of all worlds, shape (worlds, seeds)."""
    every = np.sort(runs[~np.isnan(runs)])
    return float(every[: max(round(TENTH * every.size), 1)].mean())


def _interval(
    world: np.ndarray, summary: Callable[[np.ndarray], float], drawn: np.ndarray
) -> tuple[float, float, float]:
    """Return a summary with its interval by resampling worlds, the first axis of `world`."""
    if not len(world):
        return math.nan, math.nan, math.nan
    value = summary(world)
    if not len(drawn):
        return value, math.nan, math.nan
    found = [summary(world[d]) for d in drawn]
    low, high = np.quantile(found, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return value, float(low), float(high)


def satisfice(
    policies: Sequence[str], values: Mapping[str, np.ndarray], targets: Sequence[Target]
) -> pd.DataFrame:
    """Return the probability that a run reaches all targets at once, and each of them alone.

    Args:
        policies: their names.
        values: by indicator, shape (policies, worlds, seeds).
        targets: the goals.

    Returns:
        Columns policy, target, value, low, high, worlds; target "all", then one indicator each.
    """
    hits = {f"{t.indicator}": t.hit(np.asarray(values[t.indicator], dtype=float)) for t in targets}
    joint = np.min(list(hits.values()), axis=0)  # NaN where one is undefined
    rows = []
    for p, name in enumerate(policies):
        for target, hit in {"all": joint, **hits}.items():
            share = statistics.clustered_share(hit[p])
            worlds = int((~np.isnan(hit[p])).any(axis=1).sum())
            rows.append((name, target, *share, worlds))
    return pd.DataFrame(rows, columns=["policy", "target", "value", "low", "high", "worlds"])
