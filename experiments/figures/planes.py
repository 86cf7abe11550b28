"""What figures in a plane of two numbers share: both axes, their names, legends, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.figures.axes import Axis, across, axis, upright
from experiments.figures.svg import Style, label, marker, n, width_of
from sim.declare import Text

WIDTH, PLOT = 400.0, 200.0
LEFT, RIGHT, BOTTOM = 54.0, 22.0, 34.0
LEGEND, LEGEND_LINE = 34.0, 17.0
ROOM = (WIDTH - RIGHT - 4) * 12 / 11  # of an axis' name, which is a little smaller than other text
MORE, LESS = Text("more is better", "越多越好"), Text("less is better", "越少越好")


@dataclass(frozen=True)
class Measure:
    """What an axis shows: its name in words, its declared unit, and where known which way is better."""

    name: Text
    unit: str = ""
    up: bool | None = None


@dataclass(frozen=True)
class Plane:
    """Two axes with the names that stand beside them."""

    x: Axis
    y: Axis
    names: tuple[Text, Text]

    @property
    def top(self) -> float:
        """Where the plot begins."""
        return self.y.scale.end

    @property
    def bottom(self) -> float:
        """Where the plot ends."""
        return self.y.scale.start

    @property
    def height(self) -> float:
        """How high the whole figure is."""
        return self.bottom + BOTTOM

    def background(self, title: Text, zero: bool = False) -> str:
        """Return title, grid and names; `zero` marks the line of no difference."""
        return "".join(
            [
                label(title, 4, 14, room=WIDTH - 8, kind="head"),
                across(self.y, LEFT, WIDTH - RIGHT, zero),
                upright(self.x, self.top, self.bottom),
                label(self.names[0], WIDTH - RIGHT, self.height - 4, "end", ROOM, kind="unit"),
                label(self.names[1], 4, self.top - 9, room=ROOM, kind="unit"),
            ]
        )

    def datum(self, style: Style, x: float, y: float) -> str:
        """Return a marker as a datum's, which a legend's is not."""
        return f'<g class="datum">{marker(style, self.x(x), self.y(y))}</g>'

    def whisker(self, x: float, low: float, high: float) -> str:
        """Return an upright interval, nothing where it is not known."""
        if not all(map(math.isfinite, (x, low, high))):
            return ""
        at, a, b = self.x(x), n(self.y(low)), n(self.y(high))
        ends = f"M{n(at - 3)} {a}h6M{n(at - 3)} {b}h6"
        return f'<path class="whisker" d="M{n(at)} {a}V{b}{ends}"/>'

    def level_whisker(self, y: float, low: float, high: float) -> str:
        """Return an interval along the other axis."""
        if not all(map(math.isfinite, (y, low, high))):
            return ""
        at, a, b = self.y(y), n(self.x(low)), n(self.x(high))
        ends = f"M{a} {n(at - 3)}v6M{b} {n(at - 3)}v6"
        return f'<path class="whisker" d="M{a} {n(at)}H{b}{ends}"/>'


def plane(
    xs: Sequence[float],
    ys: Sequence[float],
    of: tuple[Measure, Measure],
    above: float,
    sign: bool = False,
) -> Plane:
    """Return the plane that holds all values that are known, below a legend that ends at `above`.

    `sign` is for differences upright.
    """
    x = axis(xs, of[0].unit, LEFT, WIDTH - RIGHT)
    y = axis(ys, of[1].unit, above + PLOT, above, sign)
    return Plane(x, y, (_named(of[0], x.unit), _named(of[1], y.unit)))


def _named(measure: Measure, unit: Text) -> Text:
    """Return a measure's name with its unit, and which way is better."""
    en, zh = measure.name.en, measure.name.zh
    if unit.en:
        en, zh = f"{en} [{unit.en}]", f"{zh} [{unit.zh}]"
    if measure.up is None:
        return Text(en, zh)
    way = MORE if measure.up else LESS
    return Text(f"{en} · {way.en}", f"{zh} · {way.zh}")


def legend(entries: Sequence[tuple[str, Text]]) -> tuple[str, float]:
    """Return entries (a mark drawn about the origin, words) and where the plot below may begin.

    They stand side by side as they find room.
    """
    body, x, y = [], 10.0, LEGEND
    for mark, words in entries:
        wide = max(width_of(words.en), width_of(words.zh)) + 34
        if x > 10 and x + wide > WIDTH:
            x, y = 10.0, y + LEGEND_LINE
        body.append(f'<g transform="translate({n(x)} {n(y - 4)})">{mark}</g>')
        body.append(label(words, x + 11, y, room=WIDTH - x - 14, kind="tick"))
        x += wide
    return "".join(body), y + 30
