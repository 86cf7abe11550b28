"""Bars: what parts make up a year, how a group ended, and gains and losses with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.figures.numbers import number
from experiments.figures.svg import (
    Scale,
    Style,
    drawing,
    hatch,
    label,
    n,
    tick_texts,
    ticks,
    width_of,
)
from sim.declare import Text

WIDTH = 380.0
YEARS = Text("year", "年份")

# Parts of a whole, told apart by hatch and lightness.
PARTS = (
    Style("#1f3b57", "", "", "none"),
    Style("#00699e", "", "", "right"),
    Style("#b3440c", "", "", "left"),
    Style("#0c7a58", "", "", "cross"),
    Style("#8a3a7e", "", "", "dots"),
    Style("#8a6d00", "", "", "flat"),
    Style("#777777", "", "", "none"),
)


@dataclass(frozen=True)
class Part:
    """A part of stacked bars; `values` has one number per bar."""

    name: Text
    values: np.ndarray


Place = tuple[float, float, float]  # x, y and room of an entry of a legend


def _legend_places(names: Sequence[Text], top: float) -> tuple[list[Place], float]:
    """Return where the entries of a legend below `top` stand, and where the legend ends.

    They stand side by side as long as the longest fits.
    """
    widest = max((max(width_of(t.en), width_of(t.zh)) for t in names), default=0.0) + 32
    columns = next((k for k in (3, 2) if widest * k <= WIDTH - 8 and len(names) > 1), 1)
    room = (WIDTH - 8) / columns
    places = [
        (4 + (i % columns) * room, top + 14 + 17 * (i // columns), room - 24)
        for i in range(len(names))
    ]
    return places, top + 17 * -(-len(names) // columns)


def _legend_entry(name: Text, place: Place, fill: str) -> str:
    x, y, room = place
    box = f'<rect x="{n(x)}" y="{n(y - 10)}" width="16" height="11" {fill}/>'
    return box + label(name, x + 21, y, room=room)


def stacked(title: Text, parts: Sequence[Part], unit: str, top: float) -> str:
    """Draw a bar per year made of parts (none negative), on an axis from 0 to `top`."""
    body, definitions = [label(title, 4, 14, room=WIDTH - 8, kind="head")], []
    places, foot = _legend_places([part.name for part in parts], 22.0)
    above, below, left = foot + 28.0, 34.0, 54.0
    height = above + 170 + below
    count = parts[0].values.size if parts else 0
    levels = ticks(0.0, max(top, 1e-9))
    words, unit_text = tick_texts(levels, unit)
    y = Scale(0.0, levels[-1], height - below, above)
    pitch = (WIDTH - left - 10) / max(count, 1)
    for level, word in zip(levels, words, strict=True):
        body.append(f'<path class="grid" d="M{n(left)} {n(y(level))}H{n(WIDTH - 10)}"/>')
        body.append(label(word, left - 6, y(level) + 4, "end", kind="tick"))
    base = np.zeros(count)
    for i, part in enumerate(parts):
        style = PARTS[i % len(PARTS)]
        define, fill = hatch(style)
        definitions.append(define)
        edge = f'stroke="{style.colour}" stroke-width=".8"'
        for bar, value in enumerate(part.values.tolist()):
            if value > 0:
                low, high = y(base[bar]), y(base[bar] + value)
                at = left + pitch * bar + pitch * 0.12
                size = f'width="{n(pitch * 0.76)}" height="{n(max(low - high, 0.3))}"'
                body.append(f'<rect x="{n(at)}" y="{n(high)}" {size} {fill} {edge}/>')
        base = base + np.maximum(part.values, 0.0)
        body.append(_legend_entry(part.name, places[i], f"{fill} {edge}"))
    every = max(1, -(-count // 12))
    for bar in range(0, count, every):
        body.append(
            label(
                str(bar + 1), left + pitch * (bar + 0.5), height - below + 16, "middle", kind="tick"
            )
        )
    body.append(label(unit_text, 4, above - 12, kind="unit"))
    body.append(label(YEARS, WIDTH - 10, height - 4, "end", kind="unit"))
    told = Text(
        "Stacked bars by year: " + ", ".join(p.name.en for p in parts),
        "按年堆叠柱形：" + "、".join(p.name.zh for p in parts),
    )
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, height, whole, "stack")


def shares(title: Text, rows: Sequence[tuple[Text, np.ndarray]], names: Sequence[Text]) -> str:
    """Draw one bar of full width per row, split by the shares of its numbers."""
    used = [i for i in range(len(names)) if any(values[i] > 0 for _, values in rows)]
    places, foot = _legend_places([names[i] for i in used], 22.0)
    above, pitch = foot + 4.0, 44.0
    height = above + pitch * len(rows) + 6
    body, definitions = [label(title, 4, 14, room=WIDTH - 8, kind="head")], []
    fills = {}
    for at, i in enumerate(used):
        style = PARTS[i % len(PARTS)]
        define, fill = hatch(style)
        definitions.append(define)
        fills[i] = f'{fill} stroke="{style.colour}" stroke-width=".8"'
        body.append(_legend_entry(names[i], places[at], fills[i]))
    x = Scale(0.0, 1.0, 4.0, WIDTH - 4)
    for row, (name, values) in enumerate(rows):
        top = above + pitch * row
        body.append(label(name, 4, top + 14, room=WIDTH - 8))
        total, done = float(values.sum()), 0.0
        for i in used:
            part = float(values[i]) / total if total > 0 else 0.0
            if part <= 0:
                continue
            a, b = x(done), x(done + part)
            body.append(
                f'<rect x="{n(a)}" y="{n(top + 19)}" width="{n(b - a)}" height="17" {fills[i]}/>'
            )
            text = f"{part:.0%}"
            if width_of(text) + 8 < b - a:
                body.append(
                    f'<rect class="plate" x="{n((a + b) / 2 - width_of(text) / 2 - 2)}" y="{n(top + 21.5)}"'
                    f' width="{n(width_of(text) + 4)}" height="12"/>'
                )
                body.append(label(text, (a + b) / 2, top + 32, "middle"))
            done += part
    told = Text(
        "Shares of: " + ", ".join(names[i].en for i in used),
        "占比：" + "、".join(names[i].zh for i in used),
    )
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, height, whole, "shares")


@dataclass(frozen=True)
class Gain:
    """One bar to the left or right of zero, with its interval (NaN where there is none)."""

    name: Text
    value: float
    low: float
    high: float


def gains(title: Text, bars: Sequence[Gain], unit: str, style: Style) -> str:
    """Draw gains to the right and losses to the left of zero, each with its interval."""
    known = [v for b in bars for v in (b.value, b.low, b.high) if math.isfinite(v)]
    levels = ticks(min([0.0, *known]), max([0.0, *known]), 4)
    words, unit_text = tick_texts(levels, unit, sign=True)
    room = min(
        150.0, max([60.0, *(max(width_of(b.name.en), width_of(b.name.zh)) for b in bars)]) + 8
    )
    pitch, above = 21.0, 24.0
    height = above + pitch * len(bars) + 24
    x = Scale(levels[0], levels[-1], room + 22, WIDTH - 82)
    define, fill = hatch(style)
    body = [label(title, 4, 14, room=WIDTH - 8, kind="head")]
    # Where there is no room for every tick's words, every second or third has some, zero always.
    widest = max(width_of(t) for word in words for t in (word.en, word.zh))
    every = math.ceil((widest + 6) / (x(levels[1]) - x(levels[0])))
    for at, (level, word) in enumerate(zip(levels, words, strict=True)):
        kind = "zero" if level == 0 else "grid"
        body.append(f'<path class="{kind}" d="M{n(x(level))} {n(above)}V{n(height - 22)}"/>')
        if (at - levels.index(0.0)) % every == 0:
            body.append(label(word, x(level), height - 9, "middle", kind="tick"))
    for i, bar in enumerate(bars):
        top = above + pitch * i
        body.append(label(bar.name, room + 10, top + 14, "end", room=room))
        if not math.isfinite(bar.value):
            continue
        a, b = sorted((x(0.0), x(bar.value)))
        body.append(
            f'<rect x="{n(a)}" y="{n(top + 4)}" width="{n(max(b - a, 0.5))}" height="13" {fill}'
            f' stroke="{style.colour}" stroke-width=".8"/>'
        )
        if math.isfinite(bar.low) and math.isfinite(bar.high):
            body.append(
                f'<path class="whisker" d="M{n(x(bar.low))} {n(top + 10.5)}H{n(x(bar.high))}'
                f'M{n(x(bar.low))} {n(top + 7)}v7M{n(x(bar.high))} {n(top + 7)}v7"/>'
            )
        body.append(label(number(bar.value, unit, True), WIDTH - 4, top + 14, "end", kind="tick"))
    body.append(label(unit_text, 4, height - 9, kind="unit"))
    told = Text(
        "; ".join(f"{b.name.en} {number(b.value, unit, True).en}" for b in bars),
        "；".join(f"{b.name.zh} {number(b.value, unit, True).zh}" for b in bars),
    )
    return drawing(title, told, WIDTH, height, f"<defs>{define}</defs>{''.join(body)}", "gains")
