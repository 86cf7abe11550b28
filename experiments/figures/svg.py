"""What all figures are drawn with: escaped text, scales, axes, line styles and hatches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

import numpy as np

from experiments.figures.numbers import HUNDRED_MILLION, MILLION, plain, unit_name
from sim.declare import Text

_IDS = count(1)
EM = 12.0  # size of the text, in units of the drawing


@dataclass(frozen=True)
class Style:
    """How a series looks: colour, dash of its line, marker and angle of its hatch."""

    colour: str
    dash: str
    marker: str
    hatch: str


# The baseline first. The colours differ in lightness too (a grey copy keeps their order).
STYLES = (
    Style("#5b6066", "", "", "none"),
    Style("#00517d", "7 3", "circle", "right"),
    Style("#b3440c", "2 3", "square", "left"),
    Style("#0c7a58", "10 3 2 3", "triangle", "cross"),
    Style("#8a3a7e", "1 3", "diamond", "dots"),
    Style("#8a6d00", "5 2 1 2 1 2", "circle", "flat"),
)


def style_of(index: int) -> Style:
    """Return the style of an arm, 0 being the baseline."""
    return STYLES[index] if index < len(STYLES) else STYLES[1 + (index - 1) % (len(STYLES) - 1)]


def new_id(stem: str) -> str:
    """Return a name that no other element of this process has."""
    return f"{stem}{next(_IDS)}"


def n(value: float) -> str:
    """Return a coordinate with a tenth of a unit."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def width_of(text: str, size: float = EM) -> float:
    """Return about how wide a text is drawn; CJK characters are as wide as high."""
    return size * sum(1.0 if ord(c) > 0x2E7F else 0.58 for c in text)


def shortened(text: str, room: float, size: float = EM) -> str:
    """Return the text, cut with an ellipsis where it is wider than `room`."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def label(
    text: Text | str,
    x: float,
    y: float,
    anchor: str = "start",
    room: float = math.inf,
    kind: str = "",
) -> str:
    """Return text at (x, y), once per language where they differ; cut to `room`."""
    both = Text(text, text) if isinstance(text, str) else text
    place = f'x="{n(x)}" y="{n(y)}"'
    place += "" if anchor == "start" else f' text-anchor="{anchor}"'
    place += f' class="{kind}"' if kind else ""
    if both.en == both.zh:
        return f"<text {place}>{escape(shortened(both.en, room))}</text>"
    return "".join(
        f'<text lang="{lang}" {place}>{escape(shortened(words, room))}</text>'
        for lang, words in (("en", both.en), ("zh", both.zh))
    )


def drawing(
    title: Text, description: Text, width: float, height: float, body: str, kind: str = ""
) -> str:
    """Return a whole figure that tells what it is to those who cannot see it."""
    name = new_id("figure-")
    return (
        f'<svg class="chart {kind}" role="img" aria-labelledby="{name}t {name}d"'
        f' viewBox="0 0 {n(width)} {n(height)}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}t">{escape(title.en)} · {escape(title.zh)}</title>'
        f'<desc id="{name}d">{escape(description.en)} · {escape(description.zh)}</desc>'
        f"{body}</svg>"
    )


def listed(head: Text, names: Sequence[Text]) -> Text:
    """Return what a figure shows, for its description: a head, then names."""
    en, zh = (", ".join(t.en for t in names), "、".join(t.zh for t in names))
    return Text(f"{head.en}: {en}", f"{head.zh}：{zh}")


def tint(colour: str, part: float) -> str:
    """Return a colour mixed with white, `part` of it; opaque, since printers choke on transparency."""
    mixed = (round(255 + (int(colour[i : i + 2], 16) - 255) * part) for i in (1, 3, 5))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def hatch(style: Style, see_through: bool = False) -> tuple[str, str]:
    """Return (definition, reference) of a fill for areas of a series.

    A see-through hatch has lines alone, so that areas may lie upon each other; one without lines
    (the baseline's) is a plain tint either way and has to lie below.
    """
    name = new_id("hatch-")
    path = {
        "right": "M-1 7 7-1M-4 4 4-4M2 10 10 2",
        "left": "M-1-1 7 7M-4 2 4 10M2-4 10 4",
        "cross": "M0 3H6M3 0V6",
        "flat": "M0 1.5H6M0 4.5H6",
    }.get(style.hatch)
    if style.hatch == "none":
        lines = f'<rect width="6" height="6" fill="{tint(style.colour, 0.32)}"/>'
    elif path is None:
        lines = f'<circle cx="3" cy="3" r="1.3" fill="{style.colour}"/>'
    else:
        lines = f'<path d="{path}" stroke="{style.colour}" stroke-width="1.1" fill="none"/>'
    ground = (
        "" if see_through else f'<rect width="6" height="6" fill="{tint(style.colour, 0.13)}"/>'
    )
    size = 'width="6" height="6" patternUnits="userSpaceOnUse"'
    return f'<pattern id="{name}" {size}>{ground}{lines}</pattern>', f'fill="url(#{name})"'


def marker(style: Style, x: float, y: float) -> str:
    """Return a series' marker at a point, nothing where it has none."""
    c = f'fill="{style.colour}"'
    if style.marker == "circle":
        return f'<circle cx="{n(x)}" cy="{n(y)}" r="3" {c}/>'
    if style.marker == "square":
        return f'<path d="M{n(x - 2.8)} {n(y - 2.8)}h5.6v5.6h-5.6z" {c}/>'
    if style.marker == "triangle":
        return f'<path d="M{n(x)} {n(y - 3.6)}l3.4 6h-6.8z" {c}/>'
    if style.marker == "diamond":
        return f'<path d="M{n(x)} {n(y - 3.8)}l3.8 3.8-3.8 3.8-3.8-3.8z" {c}/>'
    return ""


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers that cover low..high."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [0.0 if k == 0 else k * step for k in range(first, last + 1)]


def tick_texts(values: Sequence[float], unit: str, sign: bool = False) -> tuple[list[Text], Text]:
    """Return the words of ticks and the unit that the axis stands in."""
    most = max((abs(v) for v in values), default=0.0)
    if unit == "CNY":
        zh, unit_zh = (
            (MILLION, "百万元") if most < 2 * HUNDRED_MILLION else (HUNDRED_MILLION, "亿元")
        )
        words = [Text(plain(v / MILLION, sign), plain(round(v / zh, 6), sign)) for v in values]
        return words, Text("million CNY", unit_zh)
    if unit in ("share", "1/year"):
        texts = [plain(round(100 * v, 6), sign) for v in values]
        name = Text("percentage points", "百分点") if sign else unit_name(unit)
        return [Text(t, t) for t in texts], name
    texts = [plain(round(v, 9), sign) for v in values]
    return [Text(t, t) for t in texts], unit_name(unit)


@dataclass(frozen=True)
class Scale:
    """A straight line from values to units of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value is drawn."""
        part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def points(x: Scale, y: Scale, xs: np.ndarray, ys: np.ndarray) -> list[str]:
    """Return runs of "x y" points between gaps (NaN), each as the inside of a path."""
    runs, run = [], []
    for a, b in zip(xs.tolist(), ys.tolist(), strict=True):
        if math.isfinite(b):
            run.append(f"{n(x(a))} {n(y(b))}")
        elif run:
            runs.append("L".join(run))
            run = []
    if run:
        runs.append("L".join(run))
    return runs
