"""Attribution: which lever, and which mechanism, made the gap between two policies.

Every lever that differs is a player, and so is every mechanism that can be switched off. A player
that is in takes the second policy's value (a mechanism works), one that is out the first policy's
(it does not). What a player adds depends on who is in already; Shapley's value is its mean over all
orders, the one way of sharing that adds up to the gap, treats equals alike and gives nothing to those
who change nothing (Shapley 1953).

Up to eight players all coalitions are run and nothing is left to chance but the seeds; beyond,
orders are drawn, each with its reverse (Mitchell et al. 2022), and the interval holds that as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from experiments import design
from sim.declare import Text

EXACT = 8
ORDERS = 24  # drawn orders, their reverses among them
LEVEL = 0.95

Coalition = frozenset[str]
# Runs coalitions, each on all seeds; returns outcomes of shape (coalitions, seeds), NaN failed.
Value = Callable[[list[Coalition]], np.ndarray]


@dataclass(frozen=True)
class Part:
    """What one player makes of the gap, with its 95% interval."""

    player: str
    value: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether it is told apart from nothing."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Attribution:
    """The gap and its parts, the largest first; they add up to it.

    `exact`: every coalition was run. `runs`: coalitions times seeds. `n`: seeds that came through in
    all coalitions.
    """

    gap: float
    low: float
    high: float
    parts: tuple[Part, ...]
    exact: bool
    runs: int
    n: int

    def part(self, player: str) -> Part:
        """Return a player's part."""
        return next(part for part in self.parts if part.player == player)

    @property
    def rest(self) -> float:
        """What the parts leave of the gap: rounding only."""
        return self.gap - sum(part.value for part in self.parts)


def attribute(
    players: Sequence[str], value: Value, seed: int = 0, orders: int = ORDERS
) -> Attribution:
    """Share the gap between nobody in and everybody in.

    Args:
        players: levers and mechanisms; the caller knows what each being in means.
        value: runs coalitions; the same seeds for all, so that all are paired.
        seed: key of the drawn orders.
        orders: how many are drawn beyond eight players, an even number.

    Raises:
        ValueError: if players repeat, or no seed came through in all coalitions.
    """
    if len(set(players)) != len(players) or not players:
        raise ValueError("players have to be there, and each once: " + ", ".join(players))
    exact = len(players) <= EXACT
    asked = _orders(players, seed, orders)
    wanted = _all(players) if exact else _of_orders(asked)
    found = np.asarray(value(wanted), dtype=float)
    whole = np.isfinite(found).all(axis=0)
    if not whole.any():
        raise ValueError("no seed came through in all coalitions")
    by = dict(zip(wanted, found[:, whole], strict=True))
    # Shape (orders, players, seeds); exact values are as one order.
    added = _exact(players, by)[None] if exact else _sampled(players, asked, by)
    gap = by[frozenset(players)] - by[frozenset()]
    parts = [Part(name, *_interval(added[:, i])) for i, name in enumerate(players)]
    parts.sort(key=lambda part: -abs(part.value))
    runs = len(wanted) * found.shape[1]
    return Attribution(*_interval(gap[None]), tuple(parts), exact, runs, int(whole.sum()))


def _orders(players: Sequence[str], seed: int, orders: int) -> list[list[str]]:
    found: list[list[str]] = []
    for k in range(max(orders // 2, 2)):
        generator = np.random.default_rng(design.key("orders", seed, k))
        order = [players[i] for i in generator.permutation(len(players))]
        found += [order, order[::-1]]
    return found


def _all(players: Sequence[str]) -> list[Coalition]:
    sizes = range(len(players) + 1)
    return [frozenset(some) for size in sizes for some in combinations(players, size)]


def _of_orders(orders: Iterable[Sequence[str]]) -> list[Coalition]:
    """Return the coalitions that orders pass through, each once."""
    found = {frozenset(order[:k]): None for order in orders for k in range(len(order) + 1)}
    return list(found)


def _exact(players: Sequence[str], by: dict[Coalition, np.ndarray]) -> np.ndarray:
    """Return Shapley's values seed by seed, shape (players, seeds)."""
    n = len(players)
    added = np.zeros((n, by[frozenset()].size))
    for i, name in enumerate(players):
        for coalition, outcome in by.items():
            if name not in coalition:
                size = len(coalition)
                weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                added[i] += weight * (by[coalition | {name}] - outcome)
    return added


def _sampled(
    players: Sequence[str], orders: list[list[str]], by: dict[Coalition, np.ndarray]
) -> np.ndarray:
    """Return what players add in each pair of orders, shape (pairs, players, seeds)."""
    row = {name: i for i, name in enumerate(players)}
    added = np.zeros((len(orders), len(players), by[frozenset()].size))
    for o, order in enumerate(orders):
        for k, name in enumerate(order):
            added[o, row[name]] = by[frozenset(order[: k + 1])] - by[frozenset(order[:k])]
    return (added[::2] + added[1::2]) / 2


def _interval(added: np.ndarray) -> tuple[float, float, float]:
    """Return the mean of shape (orders, seeds) with its interval.

    Entries of one seed and of one order resemble each other: both ways of clustering add to the
    error, and what they share counts once.
    """
    from scipy.special import stdtrit

    orders, seeds = added.shape
    mean = float(added.mean())
    by_seed = added.mean(axis=0).var(ddof=1) / seeds if seeds > 1 else 0.0
    by_order = added.mean(axis=1).var(ddof=1) / orders if orders > 1 else 0.0
    shared = added.var(ddof=1) / added.size if orders > 1 and seeds > 1 else 0.0
    error = math.sqrt(max(by_seed + by_order - shared, by_seed, by_order))
    fewest = min(n for n in (orders, seeds) if n > 1) if max(orders, seeds) > 1 else 0
    if not fewest:
        return mean, math.nan, math.nan
    half = float(stdtrit(fewest - 1, 0.5 + LEVEL / 2)) * error
    return mean, mean - half, mean + half


def tell(found: Attribution, names: dict[str, Text], unit: str, most: int = 3) -> Text:
    """Return the parts in a sentence: the largest that are told apart from nothing, then the rest."""
    told = [part for part in found.parts if part.told][:most]
    rest = found.gap - sum(part.value for part in told)
    span = f"[{found.low:+,.3g}, {found.high:+,.3g}]"

    def name(part: Part) -> Text:
        return names.get(part.player, Text(part.player, part.player))

    def one(part: Part) -> str:
        return f"{part.value:+,.3g} [{part.low:+,.3g}, {part.high:+,.3g}]"

    en = [f"{name(part).en} {one(part)}" for part in told]
    zh = [f"{name(part).zh} {one(part)}" for part in told]
    if not told:
        return Text(
            f"The gap is {found.gap:+,.3g} {unit} {span}; no part of it is told apart from nothing.",
            f"差距为 {found.gap:+,.3g} {unit} {span}；没有任何一项可与零区分。",
        )
    return Text(
        f"Of the gap of {found.gap:+,.3g} {unit} {span}: " + ", ".join(en)
        + f", everything else {rest:+,.3g}.",
        f"差距 {found.gap:+,.3g} {unit} {span}，其中：" + "，".join(zh) + f"，其余 {rest:+,.3g}。",
    )  # fmt: skip
