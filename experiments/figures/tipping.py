"""Where the better of two policies becomes the worse: along one number, and in the plane of two."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.figures.numbers import number
from experiments.figures.planes import WIDTH, Measure, Plane, legend, plane
from experiments.figures.svg import STYLES, Style, drawing, marker, n, points
from sim.declare import Text

FIRST, SECOND, EVEN = STYLES[1], STYLES[2], Style("#5b6066", "", "diamond", "none")
BAND = Text("95% band of the flip", "翻转处的 95% 区间")
NO_FLIP = Text("no flip found between the ends", "两端之间未发现翻转")
AS_OFTEN, UNKNOWN = Text("as often as not", "各半"), Text("not defined", "无定义")
BOX = Text("the range found", "所找到的范围")
Box = tuple[tuple[float, float], tuple[float, float]]  # ends on both axes, infinite where open


def tipping_line(
    title: Text,
    tried: pd.DataFrame,
    flips: pd.DataFrame,
    of: tuple[Measure, Measure],
    policies: tuple[Text, Text],
) -> str:
    """Draw by how much the second policy is better along a number, and where that turns.

    Args:
        title: what is shown.
        tried: columns at, mean, low, high, a row per value that was run, in order.
        flips: columns at, low, high, a row per place where the sign flips.
        of: the number, and the indicator.
        policies: the names of both.
    """
    tried = tried.reindex(columns=["at", "mean", "low", "high"]).astype(float)
    flips = flips.reindex(columns=["at", "low", "high"]).astype(float)
    at, mean = tried["at"].to_numpy(), tried["mean"].to_numpy()
    heights = [0.0, *tried[["mean", "low", "high"]].to_numpy().ravel().tolist()]
    entries = [(_arrow(-1), _better(policies[1])), (_arrow(1), _better(policies[0]))]
    if len(flips):
        entries.append(('<rect class="flip" x="-7" y="-6" width="14" height="11"/>', BAND))
    keys, above = legend(entries)
    shown = plane(at.tolist(), heights, of, above, sign=True)
    bands = [_band(shown, row) for row in flips.to_numpy().tolist()]
    body = [*bands, shown.background(title, zero=True), keys]
    for run in points(shown.x.scale, shown.y.scale, at, mean):
        body.append(f'<path class="line" d="M{run}" stroke="{FIRST.colour}"/>')
    for x, y, low, high in tried.to_numpy().tolist():
        body.append(shown.whisker(x, low, high))
        body.append(shown.datum(FIRST, x, y) if math.isfinite(y) else "")
    told = _told(flips, of[0])
    return drawing(title, told, WIDTH, shown.height, "".join(body), "tipping")


def _band(shown: Plane, flip: list[float]) -> str:
    """Return the band of a flip with its likeliest place."""
    middle, a, b = (shown.x(value) for value in flip)
    size = f'width="{n(max(b - a, 0.5))}" height="{n(shown.bottom - shown.top)}"'
    area = f'<rect class="flip" x="{n(a)}" y="{n(shown.top)}" {size}/>'
    return area + f'<path class="stop" d="M{n(middle)} {n(shown.top)}V{n(shown.bottom)}"/>'


def _arrow(way: int) -> str:
    """Return an arrow up (-1) or down (1): on which side of zero a policy is the better."""
    return f'<path d="M0 {-6 * way}V{5 * way}M-4 {way}L0 {6 * way}L4 {way}" class="arrow"/>'


def _told(flips: pd.DataFrame, over: Measure) -> Text:
    spans = [[number(v, over.unit) for v in row] for row in flips.to_numpy().tolist()]
    if not spans:
        return NO_FLIP
    return Text(
        "; ".join(f"flips at {at.en} ({low.en} to {high.en})" for at, low, high in spans),
        "；".join(f"在 {at.zh}（{low.zh} 至 {high.zh}）翻转" for at, low, high in spans),
    )


def tipping_map(
    title: Text,
    x: np.ndarray,
    y: np.ndarray,
    first_better: np.ndarray,
    of: tuple[Measure, Measure],
    policies: tuple[Text, Text],
    box: Box | None = None,
) -> str:
    """Draw worlds in the plane of two numbers, each by which policy is the better there.

    Args:
        title: what is shown.
        x: the first number in each world, shape (worlds,).
        y: the second, shape (worlds,).
        first_better: share of seeds in which the first policy is better, shape (worlds,); NaN is unknown.
        of: both numbers.
        policies: the names of both.
        box: a range to be marked.
    """
    kinds = [_kind(share) for share in first_better.tolist()]
    names = {"first": _better(policies[0]), "second": _better(policies[1]),
             "even": AS_OFTEN, "unknown": UNKNOWN}  # fmt: skip
    counted = {kind: _counted(names[kind], kinds.count(kind)) for kind in names}
    used = [kind for kind in names if kind in kinds or kind in ("first", "second")]
    entries = [(_MARKS[kind](0.0, 0.0), counted[kind]) for kind in used]
    key = '<rect class="box" x="-7" y="-6" width="14" height="11"/>'
    keys, above = legend([*entries, (key, BOX)] if box is not None else entries)
    shown = plane(x.tolist(), y.tolist(), of, above)
    body = [shown.background(title), keys]
    body.append(_range(shown, box) if box is not None else "")
    for a, b, kind in zip(x.tolist(), y.tolist(), kinds, strict=True):
        if math.isfinite(a) and math.isfinite(b):
            body.append(f'<g class="datum {kind}">{_MARKS[kind](shown.x(a), shown.y(b))}</g>')
    told = Text(
        "; ".join(counted[kind].en for kind in used), "；".join(counted[kind].zh for kind in used)
    )
    return drawing(title, told, WIDTH, shown.height, "".join(body), "tipping")


def _kind(share: float) -> str:
    if not math.isfinite(share):
        return "unknown"
    return "even" if share == 0.5 else "first" if share > 0.5 else "second"


def _square(x: float, y: float) -> str:
    """Return a hollow square: a grey copy has to tell it from a full disc."""
    place = f'x="{n(x - 3)}" y="{n(y - 3)}" width="6" height="6"'
    return f'<rect {place} fill="#fff" stroke="{SECOND.colour}" stroke-width="1.5"/>'


def _cross(x: float, y: float) -> str:
    return f'<path d="M{n(x - 3)} {n(y - 3)}l6 6M{n(x - 3)} {n(y + 3)}l6-6" stroke="#777"/>'


_MARKS = {
    "first": lambda x, y: marker(FIRST, x, y),
    "second": _square,
    "even": lambda x, y: marker(EVEN, x, y),
    "unknown": _cross,
}


def _better(policy: Text) -> Text:
    return Text(f"{policy.en} is better", f"{policy.zh}较优")


def _counted(name: Text, count: int) -> Text:
    return Text(f"{count}: {name.en}", f"{count}：{name.zh}")


def _range(shown: Plane, box: Box) -> str:
    """Return a box, cut to the plot."""
    (low, high), (least, most) = (
        [min(max(end, axis.levels[0]), axis.levels[-1]) for end in ends]
        for axis, ends in zip((shown.x, shown.y), box, strict=True)
    )
    place = f'x="{n(shown.x(low))}" y="{n(shown.y(most))}"'
    size = f'width="{n(shown.x(high) - shown.x(low))}" height="{n(shown.y(least) - shown.y(most))}"'
    return f'<rect class="box" {place} {size}/>'
