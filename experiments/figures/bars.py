"""Bars split into parts: what makes up a year, and how a group ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.figures.axes import across, axis
from experiments.figures.svg import Scale, Style, drawing, hatch, label, listed, n, width_of
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
    """A part of stacked bars; `values` has one number per bar, NaN where there is none."""

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
    y = axis([0.0, max(top, 1e-9)], unit, height - below, above)
    pitch = (WIDTH - left - 10) / max(count, 1)
    body.append(across(y, left, WIDTH - 10))
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
                body.append(f'<rect class="bar" x="{n(at)}" y="{n(high)}" {size} {fill} {edge}/>')
        base = base + np.fmax(part.values, 0.0)
        body.append(_legend_entry(part.name, places[i], f"{fill} {edge}"))
    every = max(1, -(-count // 12))
    for bar in range(0, count, every):
        body.append(
            label(
                str(bar + 1), left + pitch * (bar + 0.5), height - below + 16, "middle", kind="tick"
            )
        )
    body.append(label(y.unit, 4, above - 12, kind="unit"))
    body.append(label(YEARS, WIDTH - 10, height - 4, "end", kind="unit"))
    told = listed(Text("Stacked bars by year", "按年堆叠柱形"), [p.name for p in parts])
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
        total, done = float(np.nansum(values)), 0.0
        for i in used:
            part = float(values[i]) / total if total > 0 else 0.0
            if not part > 0:
                continue
            a, b = x(done), x(done + part)
            body.append(
                f'<rect class="bar" x="{n(a)}" y="{n(top + 19)}" width="{n(b - a)}" height="17"'
                f" {fills[i]}/>"
            )
            text = f"{part:.0%}"
            if width_of(text) + 8 < b - a:
                body.append(
                    f'<rect class="plate" x="{n((a + b) / 2 - width_of(text) / 2 - 2)}" y="{n(top + 21.5)}"'
                    f' width="{n(width_of(text) + 4)}" height="12"/>'
                )
                body.append(label(text, (a + b) / 2, top + 32, "middle"))
            done += part
    told = listed(Text("Shares of", "占比"), [names[i] for i in used])
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, height, whole, "shares")
