"""Tipping points: where along one lever or number the better policy becomes the worse one.

The paired difference of two policies is run at a few values, then where it changes sign, until the
place is known closely enough or the runs are used up. Between two values at which its sign is told
for certain, the mean difference is taken to rise or fall (monotone regression), and resampling
the seeds tells how the place of its zero varies. The answer is a band with a probability, or that
the sign does not flip between the ends, or that so many runs cannot tell.

Seeds are doubled where they are too few. As each doubling is another look, the allowed error, 5%,
is spent on the looks in equal parts, see `experiments.sequential`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from experiments import statistics
from sim.declare import Text

LEVEL = 0.95
RESAMPLES = 999

# The paired differences at a value for seeds not run there yet, shape (seeds,); NaN where a run failed.
Difference = Callable[[float, list[int]], np.ndarray]


@dataclass(frozen=True)
class Search:
    """How closely to look.

    Attributes:
        first: values tried at first, both ends among them.
        seeds_first: seeds at each of them; they are doubled where the sign is not told.
        seeds_most: the most at one value.
        close: width of the band that is narrow enough, as a share of the range.
        runs: pairs of runs at the most.
    """

    first: int = 5
    seeds_first: int = 12
    seeds_most: int = 192
    close: float = 0.05
    runs: int = 4000

    def looks(self) -> int:
        """Return how often the seeds at a value can be looked at."""
        return 1 + max(math.ceil(math.log2(self.seeds_most / self.seeds_first)), 0)

    def level_of_a_sign(self) -> float:
        """Return the level of the interval that tells a sign, for all first values and looks."""
        return 1 - (1 - LEVEL) / (self.looks() * self.first)

    def level_of_a_band(self) -> float:
        """Return the level of a band at one look, by which all looks keep 95%."""
        return 1 - (1 - LEVEL) / self.looks()


@dataclass(frozen=True)
class Point:
    """The mean difference at a value, its 95% interval, the share of positive ones, and how many."""

    at: float
    mean: float
    low: float
    high: float
    positive: float
    n: int


@dataclass(frozen=True)
class Flip:
    """A place where the sign of the mean difference flips.

    Attributes:
        at: the likeliest place (median over resamples).
        low, high: the 95% band; its ends are values that were run.
        rising: whether the difference goes from below 0 to above as the value rises.
        within: (value, probability that the flip lies at or below it), for the values run there.
    """

    at: float
    low: float
    high: float
    rising: bool
    within: tuple[tuple[float, float], ...] = field(repr=False)


@dataclass(frozen=True)
class Tipping:
    """The answer between `low` and `high`.

    Attributes:
        answer: "flips", "does not flip", or "not told" where some sign is not known for certain.
        sign: of the difference where it does not flip, else 0.
        points: what was run, in order of the value.
        runs: pairs of runs used.
    """

    low: float
    high: float
    answer: str
    sign: int
    flips: tuple[Flip, ...]
    points: tuple[Point, ...]
    runs: int


def find(
    difference: Difference,
    low: float,
    high: float,
    seeds: Sequence[int],
    search: Search | None = None,
    whole: bool = False,
) -> Tipping:
    """Find where the mean paired difference changes sign between `low` and `high`.

    Args:
        difference: runs both policies at a value; positive where the second is the better.
        low: lower end of the range, included.
        high: its upper end, included.
        seeds: in order; the same at every value, so that values are compared under the same luck.
        search: how closely to look.
        whole: whether only whole numbers count.
    """
    if not low < high:
        raise ValueError(f"the range {low}..{high} is empty")
    search = search or Search()
    ladder = _Ladder(difference, seeds, search, whole)
    spread = np.linspace(low, high, search.first)
    for at in sorted({ladder.place(at) for at in spread.tolist()}):
        ladder.add(at, search.seeds_first)
    close = search.close * (high - low)
    while _tell_signs(ladder) or any(_refine(ladder, b, close) for b in ladder.brackets()):
        pass
    flips = tuple(_flip(ladder, bracket) for bracket in ladder.brackets())
    signs = [ladder.sign(at) for at in ladder.values]
    if flips:
        answer, sign = "flips", 0
    elif all(signs) and len(set(signs)) == 1:
        answer, sign = "does not flip", signs[0]
    else:
        answer, sign = "not told", 0
    points = tuple(ladder.point(at) for at in ladder.values)
    return Tipping(low, high, answer, sign, flips, points, ladder.used)


class _Ladder:
    """Values run so far, and the differences of the first so many seeds at each."""

    def __init__(
        self, difference: Difference, seeds: Sequence[int], search: Search, whole: bool
    ) -> None:
        self.difference = difference
        self.seeds = list(seeds)[: search.seeds_most]
        self.search, self.used, self.whole = search, 0, whole
        self.found: dict[float, np.ndarray] = {}
        self.signs: dict[tuple[float, int], int] = {}

    @property
    def values(self) -> list[float]:
        return sorted(self.found)

    def place(self, at: float) -> float:
        return float(math.floor(at + 0.5)) if self.whole else float(at)

    def add(self, at: float, n: int) -> bool:
        """Have `n` seeds at a value; return whether runs were made."""
        before = self.found.get(at, np.empty(0))
        wanted = self.seeds[before.size : n][: max(self.search.runs - self.used, 0)]
        if not wanted:
            return False
        more = np.asarray(self.difference(at, wanted), dtype=float)
        self.found[at] = np.concatenate([before, more])
        self.used += len(wanted)
        return True

    def interval(self, at: float, level: float = LEVEL) -> tuple[float, float, float]:
        """Return mean, low and high of the differences at a value."""
        pairs = self.found[at][:, None]
        found = statistics.summarise(np.zeros_like(pairs), pairs, level)
        return float(found.diff[0]), float(found.low[0]), float(found.high[0])

    def sign(self, at: float) -> int:
        """Return the sign told for certain, 0 where it is not."""
        known = (at, self.found[at].size)
        if known not in self.signs:
            _, low, high = self.interval(at, self.search.level_of_a_sign())
            self.signs[known] = int(low > 0) - int(high < 0)
        return self.signs[known]

    def brackets(self) -> list[tuple[float, float]]:
        """Return neighbouring values of opposite told signs; values between are not told."""
        told = [(at, sign) for at in self.values if (sign := self.sign(at))]
        pairs = pairwise(told)
        return [(a, b) for (a, left), (b, right) in pairs if left != right]

    def between(self, bracket: tuple[float, float]) -> list[float]:
        return [at for at in self.values if bracket[0] <= at <= bracket[1]]

    def point(self, at: float) -> Point:
        pairs = self.found[at][np.isfinite(self.found[at])]
        positive = float(np.mean((pairs > 0) + 0.5 * (pairs == 0))) if pairs.size else math.nan
        return Point(at, *self.interval(at), positive, int(pairs.size))


def _tell_signs(ladder: _Ladder) -> bool:
    """Double the seeds where a sign is not told and lies outside every bracket."""
    inside = {at for bracket in ladder.brackets() for at in ladder.between(bracket)}
    added = False
    for at in ladder.values:
        if at not in inside and not ladder.sign(at):
            added |= ladder.add(at, 2 * ladder.found[at].size)
    return added


def _refine(ladder: _Ladder, bracket: tuple[float, float], close: float) -> bool:
    """Run more where the flip may lie; return False where it is known closely enough."""
    flip = _flip(ladder, bracket)
    if flip.high - flip.low <= close:
        return False
    inside = [at for at in ladder.between(bracket) if flip.low <= at <= flip.high]
    gaps = [b - a for a, b in pairwise(inside)]
    widest = int(np.argmax(gaps))
    middle = ladder.place((inside[widest] + inside[widest + 1]) / 2)
    seeds = max(ladder.found[at].size for at in inside)
    # A gap much smaller than the band says that the seeds, not the values, are too few.
    room = middle not in ladder.found and gaps[widest] > (flip.high - flip.low) / 4
    if room and ladder.add(middle, seeds):
        return True
    more = [ladder.add(at, 2 * seeds) for at in inside]
    if any(more):
        return True
    return middle not in ladder.found and gaps[widest] > close / 4 and ladder.add(middle, seeds)


def _flip(ladder: _Ladder, bracket: tuple[float, float]) -> Flip:
    """Return the place of the flip within a bracket, with its band.

    The form between two values that were run is not known, so the band's ends move outwards to
    values that were: a jump between them is then held as well as a slope.
    """
    values = ladder.between(bracket)
    rising = ladder.sign(values[-1]) > 0
    zeros = _zeros(ladder, values, rising)
    half = (1 - ladder.search.level_of_a_band()) / 2
    first, middle, last = np.quantile(zeros, [half, 0.5, 1 - half])
    at = np.array(values)
    low = at[max(np.searchsorted(at, first, side="right") - 1, 0)]
    high = at[min(np.searchsorted(at, last, side="left"), at.size - 1)]
    if low == high:  # every zero at one value that was run: its neighbours hold it
        k = int(np.searchsorted(at, low))
        low, high = at[max(k - 1, 0)], at[min(k + 1, at.size - 1)]
    within = tuple((x, float(np.mean(zeros <= x))) for x in values)
    return Flip(float(middle), float(low), float(high), rising, within)


def _zeros(ladder: _Ladder, values: list[float], rising: bool) -> np.ndarray:
    """Return the zero of the monotone fit in each resample of the seeds, shape (resamples,)."""
    most = max(ladder.found[at].size for at in values)
    generator = np.random.default_rng(statistics.RESAMPLING_SEED)
    drawn = generator.multinomial(most, np.full(most, 1 / most), size=RESAMPLES).astype(float)
    means = np.column_stack([_resampled(ladder.found[at], drawn) for at in values])
    return _crossings(np.array(values), _rising(means if rising else -means))


def _resampled(pairs: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the means of resamples, stretched so that few seeds do not look like many."""
    known = np.isfinite(pairs)
    weights = drawn[:, : pairs.size] * known
    total = weights.sum(axis=1)
    centre = pairs[known].mean()
    mean = weights @ np.where(known, pairs, 0.0) / np.where(total > 0, total, 1.0)
    n = known.sum()
    stretch = math.sqrt(n / (n - 1)) * _t_over_z(int(n)) if n > 1 else 1.0
    return centre + stretch * (np.where(total > 0, mean, centre) - centre)


def _t_over_z(n: int) -> float:
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(n - 1, 0.5 + LEVEL / 2) / ndtri(0.5 + LEVEL / 2))


def _crossings(places: np.ndarray, fits: np.ndarray) -> np.ndarray:
    """Return where rising fits, shape (resamples, values), cross 0; an end where they do not."""
    right = np.clip((fits < 0).sum(axis=1), 1, places.size - 1)
    rows = np.arange(len(fits))
    below, above = fits[rows, right - 1], fits[rows, right]
    rise = np.where(above > below, above - below, 1.0)
    share = np.clip(-below / rise, 0.0, 1.0)
    return places[right - 1] + share * (places[right] - places[right - 1])


def _rising(means: np.ndarray) -> np.ndarray:
    """Return the rising sequences nearest to `means`, shape (resamples, values).

    The fit at i is the largest over j <= i of the smallest over k >= i of the mean from j to k.
    """
    n = means.shape[1]
    sums = np.concatenate([np.zeros((len(means), 1)), means.cumsum(axis=1)], axis=1)
    fits = np.full(means.shape, -np.inf)
    for j in range(n):
        ahead = (sums[:, j + 1 :] - sums[:, j : j + 1]) / np.arange(1, n - j + 1)
        least = np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1]
        fits[:, j:] = np.maximum(fits[:, j:], least)
    return fits


def tell(found: Tipping, first: str, second: str, name: Text, unit: str = "") -> Text:
    """Return the answer in a sentence; the difference is the second policy's over the first's."""
    ends = f"{found.low:g}..{found.high:g}{unit and ' ' + unit}"
    n = max((p.n for p in found.points), default=0)
    used = Text(f" ({found.runs:,} pairs of runs)", f"（{found.runs:,} 对运行）")
    if found.answer == "does not flip":
        better, worse = (second, first) if found.sign > 0 else (first, second)
        k = len(found.points)
        return Text(
            f"The ranking does not flip for {name.en} within {ends}: {better} is better than "
            f"{worse} at all {k} values tried{used.en}.",
            f"{name.zh}在 {ends} 之间，排序不翻转：在所试的 {k} 个取值上，{better} 均优于 {worse}{used.zh}。",
        )
    if found.answer == "not told":
        return Text(
            f"Up to {n} replicates cannot tell whether the ranking flips for {name.en} within "
            f"{ends}{used.en}.",
            f"至多 {n} 次重复仍无法判定{name.zh}在 {ends} 之间排序是否翻转{used.zh}。",
        )
    en, zh = [], []
    for flip in found.flips:
        better = second if flip.rising else first
        at, band = f"{flip.at:.4g}", f"{flip.low:.4g}..{flip.high:.4g}"
        en.append(f"{better} becomes the better one at {at} (95% band {band})")
        zh.append(f"在 {at}（95% 区间 {band}）起 {better} 转为较优")
    return Text(
        f"As {name.en} rises within {ends}, " + ", then ".join(en) + f"{used.en}.",
        f"{name.zh}在 {ends} 内上升时，" + "，随后".join(zh) + f"{used.zh}。",
    )
