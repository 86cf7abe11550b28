"""Axes of numbers: grid lines with their words, thinned where there is no room for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.figures.svg import Scale, label, n, tick_texts, ticks, width_of
from sim.declare import Text


@dataclass(frozen=True)
class Axis:
    """Round levels with their words, the unit they stand in, and where values are drawn."""

    scale: Scale
    levels: list[float]
    words: list[Text]
    unit: Text

    def __call__(self, value: float) -> float:
        """Return where a value is drawn."""
        return self.scale(value)


def axis(
    values: Sequence[float],
    unit: str,
    start: float,
    end: float,
    sign: bool = False,
    wanted: int = 5,
) -> Axis:
    """Return an axis from `start` to `end` that holds every value that is known."""
    known = [float(v) for v in values if math.isfinite(v)]
    levels = ticks(min(known, default=0.0), max(known, default=1.0), wanted)
    words, name = tick_texts(levels, unit, sign)
    return Axis(Scale(levels[0], levels[-1], start, end), levels, words, name)


def across(y: Axis, left: float, right: float, zero: bool = False) -> str:
    """Return lines from left to right at the levels of an upright axis, words before them."""
    body = []
    for level, word in zip(y.levels, y.words, strict=True):
        kind = "zero" if zero and level == 0 else "grid"
        body.append(f'<path class="{kind}" d="M{n(left)} {n(y(level))}H{n(right)}"/>')
        body.append(label(word, left - 6, y(level) + 4, "end", kind="tick"))
    return "".join(body)


def upright(x: Axis, top: float, bottom: float, zero: bool = False) -> str:
    """Return upright lines at the levels of a level axis, words below where they find room."""
    widest = max((width_of(t) for word in x.words for t in (word.en, word.zh)), default=0.0)
    every = math.ceil((widest + 6) / abs(x(x.levels[1]) - x(x.levels[0])))
    first = x.levels.index(0.0) if 0.0 in x.levels else 0
    body = []
    for at, (level, word) in enumerate(zip(x.levels, x.words, strict=True)):
        kind = "zero" if zero and level == 0 else "grid"
        body.append(f'<path class="{kind}" d="M{n(x(level))} {n(top)}V{n(bottom)}"/>')
        if (at - first) % every == 0:
            body.append(label(word, x(level), bottom + 13, "middle", kind="tick"))
    return "".join(body)
