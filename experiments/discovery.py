"""Scenario discovery: in which worlds A beats B, as boxes that fit into a sentence.

PRIM (Friedman and Fisher 1999) peels a box from all worlds, a thin slice at a time, each time the
slice whose loss makes the rest richest in worlds where A beats B; CART (Breiman et al. 1984) cuts
all worlds in two, and the halves again. Boxes are judged by coverage (how much of A's winning they
hold), density (how often A wins inside) and n, and by resampling: found on one half of the worlds,
a box has to be as good on the other half (Bryant and Lempert 2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments import statistics
from sim.declare import Text

PEEL = 0.05  # share of a box that one slice takes
LEAST = 0.05  # share of all worlds that a box keeps at least
DENSE = 0.8  # density that a box is asked for
HALVINGS = 20


@dataclass(frozen=True)
class Limit:
    """What a box says of one dimension: `low` <= x <= `high`, or x is one of `among`."""

    name: str
    low: float = -math.inf
    high: float = math.inf
    among: tuple[Any, ...] | None = None

    def holds(self, column: pd.Series) -> np.ndarray:
        """Return which worlds are within."""
        if self.among is not None:
            return column.isin(self.among).to_numpy()
        values = column.to_numpy()
        return (values >= self.low) & (values <= self.high)

    def tell(self, language: str) -> str:
        """Return the limit in words."""
        if self.among is not None:
            names = ("、" if language == "zh" else " or ").join(map(str, self.among))
            return f"{self.name} {'为' if language == 'zh' else 'is'} {names}"
        if math.isinf(self.low):
            return f"{self.name} <= {self.high:.4g}"
        if math.isinf(self.high):
            return f"{self.name} >= {self.low:.4g}"
        return f"{self.low:.4g} <= {self.name} <= {self.high:.4g}"


@dataclass(frozen=True)
class Box:
    """Worlds within limits.

    Attributes:
        limits: one per dimension that is restricted, the most needed first.
        coverage: share of all A's winning that is inside.
        density: share of the worlds inside in which A wins, with its 95% interval.
        n: worlds inside; `worlds`: all of them; `base`: density of all of them.
        held_out: mean density of such boxes on the halves of the worlds that they were not found on,
            with the 5% and 95% quantiles; NaN before the check.
        again: share of those boxes that restrict each dimension of this one.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    low: float
    high: float
    n: int
    worlds: int
    base: float
    held_out: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    again: tuple[float, ...] = ()

    def holds(self, points: pd.DataFrame) -> np.ndarray:
        """Return which worlds are inside."""
        inside = np.ones(len(points), dtype=bool)
        for limit in self.limits:
            inside &= limit.holds(points[limit.name])
        return inside

    @property
    def stands(self) -> bool:
        """Whether, on worlds it was not found on, a box still is better than no box."""
        return bool(self.limits) and self.held_out[1] > self.base


def _judge(points: pd.DataFrame, wins: np.ndarray, limits: Sequence[Limit]) -> Box:
    box = Box(tuple(limits), 0, math.nan, math.nan, math.nan, 0, len(points), float(wins.mean()))
    inside = box.holds(points)
    n, won = int(inside.sum()), float(wins[inside].sum())
    density = won / n if n else math.nan
    low, high = statistics.share_interval(density, n)
    coverage = won / wins.sum() if wins.sum() else math.nan
    return replace(box, coverage=float(coverage), density=density, low=low, high=high, n=n)


def beats(a: np.ndarray, b: np.ndarray, higher_is_better: bool = True) -> np.ndarray:
    """Return the share of seeds in which A beats B in each world, from shape (worlds, seeds).

    Ties count half, undefined pairs not at all; a world without a pair is NaN.
    """
    gain = (a - b) if higher_is_better else (b - a)
    known = ~np.isnan(gain)
    won = np.where(known, (gain > 0) + 0.5 * (gain == 0), 0.0).sum(axis=-1)
    n = known.sum(axis=-1)
    return np.divide(won, n, out=np.full(won.shape, np.nan), where=n > 0)


def prim(points: pd.DataFrame, wins: np.ndarray) -> list[Box]:
    """Return the boxes of one peeling, from all worlds to the smallest.

    Args:
        points: a row per world; columns of numbers have order, others do not.
        wins: shape (worlds,), 0..1.
    """
    limits: dict[str, Limit] = {}
    inside = np.ones(len(points), dtype=bool)
    boxes = [_judge(points, wins, ())]
    while (peeled := _peel(points, wins, limits, inside)) is not None:
        limits[peeled.name] = peeled
        inside = _inside(points, limits.values())
        boxes.append(_judge(points, wins, list(limits.values())))
    return boxes


def _inside(points: pd.DataFrame, limits: Any) -> np.ndarray:
    inside = np.ones(len(points), dtype=bool)
    for limit in limits:
        inside &= limit.holds(points[limit.name])
    return inside


def _peel(
    points: pd.DataFrame, wins: np.ndarray, limits: dict[str, Limit], inside: np.ndarray
) -> Limit | None:
    """Return the limit whose slice makes the rest richest, None where the box is small enough."""
    best, richest = None, -math.inf
    before = wins[inside].mean()
    for name in points.columns:
        for limit in _slices(points[name], inside, limits.get(name, Limit(name))):
            rest = inside & limit.holds(points[name])
            kept, gone = rest.sum(), inside.sum() - rest.sum()
            if kept < max(LEAST * len(points), 2) or not gone:
                continue
            # By the gain per world given up: a wide slice has to be worth its width.
            gain = (wins[rest].mean() - before) / gone
            if gain > richest:
                best, richest = limit, gain
    return best


def _slices(column: pd.Series, inside: np.ndarray, limit: Limit) -> list[Limit]:
    values = column[inside]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        among = list(dict.fromkeys(values))
        rests = (tuple(v for v in among if v != gone) for gone in among)
        return [replace(limit, among=rest) for rest in rests if rest]
    numbers = np.sort(values.to_numpy(dtype=float))
    cut = max(int(PEEL * numbers.size), 1)
    above, below = numbers[numbers > numbers[cut - 1]], numbers[numbers < numbers[-cut]]
    found = []
    # Between two worlds: the limit stands for the range, not for the worlds that happen to be run.
    if above.size:
        found.append(replace(limit, low=float(above[0] + numbers[numbers < above[0]][-1]) / 2))
    if below.size:
        found.append(replace(limit, high=float(below[-1] + numbers[numbers > below[-1]][0]) / 2))
    return found


def pasted(points: pd.DataFrame, wins: np.ndarray, box: Box, dense: float = DENSE) -> Box:
    """Return a box without the limits that it does not need, the most needed limit first.

    A limit goes where that costs no more density than noise does, and does not bring a dense box
    below `dense`.
    """
    kept = {limit.name: limit for limit in box.limits}
    while kept:
        without = [
            _judge(points, wins, [*(x for x in kept.values() if x.name != name), *left])
            for name in kept
            for left in _loosened(kept[name])
        ]
        loosest = max(without, key=lambda other: other.density)
        # What a limit adds has to be more than what the noise of so many worlds adds.
        error = math.sqrt(max(box.density * (1 - box.density), 1 / box.n) / box.n)
        if loosest.density < box.density - error or loosest.density < min(dense, box.density):
            break
        kept = {limit.name: limit for limit in loosest.limits}
        box = loosest
    loss = {
        name: box.density - _judge(points, wins, [x for x in kept.values() if x.name != name]).density
        for name in kept
    }  # fmt: skip
    order = sorted(kept.values(), key=lambda limit: -loss[limit.name])
    return replace(box, limits=tuple(order))


def _loosened(limit: Limit) -> list[list[Limit]]:
    """Return what is left of a limit without one of its ends, for each end."""
    if limit.among is None and math.isfinite(limit.low) and math.isfinite(limit.high):
        return [[replace(limit, low=-math.inf)], [replace(limit, high=math.inf)]]
    return [[]]


def cart(points: pd.DataFrame, wins: np.ndarray, depth: int = 3) -> list[Box]:
    """Return the leaves of a regression tree as boxes, the densest first."""
    least = max(int(LEAST * len(points)), 5)
    leaves: list[list[Limit]] = []

    def grow(limits: dict[str, Limit], inside: np.ndarray, left: int) -> None:
        cut = _best_cut(points, wins, limits, inside, least) if left else None
        if cut is None:
            leaves.append(list(limits.values()))
            return
        for limit in cut:
            grow(limits | {limit.name: limit}, inside & limit.holds(points[limit.name]), left - 1)

    grow({}, np.ones(len(points), dtype=bool), depth)
    boxes = [_judge(points, wins, limits) for limits in leaves]
    return sorted(boxes, key=lambda box: -box.density)


def _best_cut(
    points: pd.DataFrame, wins: np.ndarray, limits: dict[str, Limit], inside: np.ndarray, least: int
) -> tuple[Limit, Limit] | None:
    """Return the two limits that tell winning apart best, None where none does so for certain."""
    y = wins[inside]
    whole = ((y - y.mean()) ** 2).sum()
    best, most = None, 0.0
    for name in points.columns:
        for pair in _cuts(points[name], inside, limits.get(name, Limit(name)), wins):
            left = inside & pair[0].holds(points[name])
            n, m = int(left.sum()), int(inside.sum() - left.sum())
            if min(n, m) < least:
                continue
            a, b = wins[left].mean(), wins[inside & ~left].mean()
            gain = n * m / (n + m) * (a - b) ** 2
            if gain > most:
                best, most = pair, gain
    # An F of 12 is a chance of about one in two thousand: many cuts are tried.
    rest = max(whole - most, 1e-9) / max(y.size - 2, 1)
    return best if most > 12 * rest else None


def _cuts(
    column: pd.Series, inside: np.ndarray, limit: Limit, wins: np.ndarray
) -> list[tuple[Limit, Limit]]:
    values = column[inside]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        richness = pd.Series(wins[inside]).groupby(values.astype(object).to_numpy()).mean()
        order = list(richness.sort_values().index)
        halves = ((tuple(order[:k]), tuple(order[k:])) for k in range(1, len(order)))
        return [(replace(limit, among=a), replace(limit, among=b)) for a, b in halves]
    distinct = np.unique(values.to_numpy(dtype=float))
    middles = (distinct[:-1] + distinct[1:]) / 2
    if middles.size > 64:  # a tree needs no finer cuts than a sentence tells
        middles = middles[np.linspace(0, middles.size - 1, 64).astype(int)]
    return [
        (replace(limit, high=float(m)), replace(limit, low=float(np.nextafter(m, math.inf))))
        for m in middles
    ]


def choose(boxes: Sequence[Box], dense: float = DENSE) -> Box:
    """Return the box that covers most among those dense enough; else the best in between.

    Where none is, coverage and density weigh the same (their harmonic mean).
    """
    enough = [box for box in boxes if box.limits and box.density >= dense]
    if enough:
        return max(enough, key=lambda box: (box.coverage, box.density, -len(box.limits)))

    def worth(box: Box) -> float:
        both = box.coverage + box.density
        return 2 * box.coverage * box.density / both if both > 0 else -1.0

    return max(boxes, key=worth)


def discover(
    points: pd.DataFrame,
    wins: np.ndarray,
    method: str = "prim",
    dense: float = DENSE,
    seed: int = 0,
) -> Box:
    """Return the box in which A beats B, checked by resampling; without limits where none is found.

    Args:
        points: a row per world.
        wins: share of seeds in which A beats B, shape (worlds,); worlds with NaN are left out.
        method: `prim` or `cart`.
        dense: density asked for.
        seed: key of the halves.
    """
    known = ~np.isnan(wins)
    points, wins = points[known].reset_index(drop=True), wins[known]
    if len(points) < 20:
        raise ValueError(f"{len(points)} worlds are too few to find anything in; run 20 or more")
    if not wins.any() or wins.all():  # nobody to tell apart
        return _judge(points, wins, ())

    def find(x: pd.DataFrame, y: np.ndarray) -> Box:
        if method == "prim":
            return pasted(x, y, choose(prim(x, y), dense), dense)
        return choose(cart(x, y), dense)

    box = find(points, wins)
    densities, limits = [], []
    generator = np.random.default_rng([seed, statistics.RESAMPLING_SEED])
    for _ in range(HALVINGS // 2):
        mixed = generator.permutation(len(points))
        half = len(points) // 2
        for train, test in ((mixed[:half], mixed[half:]), (mixed[half:], mixed[:half])):
            found = find(points.iloc[train].reset_index(drop=True), wins[train])
            inside = found.holds(points.iloc[test])
            densities.append(wins[test][inside].mean() if inside.any() else math.nan)
            limits.append({limit.name for limit in found.limits})
    again = tuple(float(np.mean([one.name in found for found in limits])) for one in box.limits)
    if np.isnan(densities).all():
        return replace(box, again=again)
    low, high = np.nanquantile(densities, [0.05, 0.95])
    return replace(
        box, held_out=(float(np.nanmean(densities)), float(low), float(high)), again=again
    )


def tell(box: Box, a: str, b: str) -> Text:
    """Return the box in a sentence."""
    base, n = f"{box.base:.0%}", box.worlds
    if not box.limits:
        return Text(
            f"{a} beats {b} in {base} of all {n} worlds, and no range of what is uncertain tells where.",
            f"在全部 {n} 个情境中，{a} 胜过 {b} 的占 {base}，没有哪个不确定因素的范围能说明在何处胜出。",
        )
    en = " and ".join(limit.tell("en") for limit in box.limits)
    zh = "且 ".join(limit.tell("zh") for limit in box.limits)
    inside = f"{box.density:.0%} [{box.low:.0%}, {box.high:.0%}]"
    out = box.held_out[0]
    checked = Text("", "") if math.isnan(out) else Text(
        f"; found on one half of the worlds, such a box has {out:.0%} on the other"
        + ("" if box.stands else ", which is NOT more than chance"),
        f"；以一半情境找出的此类范围，在另一半情境中为 {out:.0%}" + ("" if box.stands else "，不优于偶然"),
    )  # fmt: skip
    return Text(
        f"Where {en}, {a} beats {b} in {inside} of {box.n} worlds, against {base} of all {n}; that is "
        f"{box.coverage:.0%} of all the worlds where it does{checked.en}.",
        f"当 {zh} 时，{a} 在 {box.n} 个情境的 {inside} 中胜过 {b}（全部 {n} 个情境中为 {base}），"
        f"覆盖其胜出情境的 {box.coverage:.0%}{checked.zh}。",
    )
