"""Lines over time with bands: fans of runs, and paired differences with their interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.figures.svg import (
    Scale,
    Style,
    drawing,
    hatch,
    label,
    marker,
    n,
    points,
    tick_texts,
    ticks,
    tint,
)
from experiments.paths import Path
from sim.declare import Text

WIDTH, PLOT = 400.0, 174.0
LEFT, RIGHT, BOTTOM = 54.0, 10.0, 34.0
LEGEND_LINE, LEGEND_LINES = 17.0, 2  # charts side by side keep room for as many lines
STOPS = Text("support stops", "扶持停止")
MONTHS = Text("months since the start", "距起始的月数")


@dataclass(frozen=True)
class Series:
    """One line with its band, at some months; the arrays of `path` have shape (months,)."""

    name: Text
    style: Style
    path: Path


def extent(series: Sequence[Series], zero: bool = False) -> tuple[float, float]:
    """Return the least and the greatest value of lines and bands."""
    values = np.concatenate([[*s.path.middle, *s.path.low, *s.path.high] for s in series])
    values = values[np.isfinite(values)]
    if zero:
        values = np.append(values, 0.0)
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def line_chart(
    title: Text,
    series: Sequence[Series],
    months: np.ndarray,
    unit: str,
    limits: tuple[float, float],
    stop: int | None = None,
    is_difference: bool = False,
) -> str:
    """Draw lines with bands over months.

    Args:
        title: what is shown.
        series: the lines, the one to stand in front last.
        months: where they have values, counted from 1, shape (months,).
        unit: declared unit of the values.
        limits: range of the axis, so that charts side by side have one scale.
        stop: last month of support, counted from 1; None draws no mark.
        is_difference: mark zero and write signs.
    """
    levels = ticks(*limits)
    words, unit_text = tick_texts(levels, unit, is_difference)
    top = 28 + LEGEND_LINE * max(LEGEND_LINES, -(-len(series) // 2))
    x = Scale(0, float(months[-1]), LEFT, WIDTH - RIGHT)
    y = Scale(levels[0], levels[-1], top + PLOT, top)
    body = [_axes(x, y, levels, words, unit_text, is_difference)]
    if stop is not None and 0 < stop < months[-1]:
        at = n(x(stop))
        body.append(f'<path class="stop" d="M{at} {n(top - 4)}V{n(y.start)}"/>')
        left = x(stop) + 80 < WIDTH - RIGHT
        body.append(
            label(
                STOPS,
                x(stop) + (4 if left else -4),
                top + 8,
                "start" if left else "end",
                kind="note",
            )
        )
    definitions = []
    for s in series:
        define, fill = hatch(s.style, see_through=True)
        definitions.append(define)
        body.append(_band(s, x, y, months, fill))
    body += [_line(s, x, y, months, i) for i, s in enumerate(series)]
    body.append(_legend(series))
    told = Text(
        "Lines over months: " + ", ".join(s.name.en for s in series),
        "按月折线：" + "、".join(s.name.zh for s in series),
    )
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, top + PLOT + BOTTOM, whole, "lines")


def _axes(
    x: Scale, y: Scale, levels: list[float], words: list[Text], unit: Text, zero: bool
) -> str:
    body = []
    for level, word in zip(levels, words, strict=True):
        at = n(y(level))
        kind = "zero" if zero and level == 0 else "grid"
        body.append(f'<path class="{kind}" d="M{n(x.start)} {at}H{n(x.end)}"/>')
        body.append(label(word, LEFT - 6, y(level) + 4, "end", kind="tick"))
    step = next((s for s in (3, 6, 12, 24, 36, 60, 120) if x.high / s <= 6), 240)
    for month in range(0, int(x.high) + 1, step):
        place = x(month)
        body.append(f'<path class="grid" d="M{n(place)} {n(y.start)}v4"/>')
        body.append(label(str(month), place, y.start + 16, "middle", kind="tick"))
    body.append(label(unit, 4, y.end - 10, kind="unit"))
    body.append(label(MONTHS, x.end, y.start + BOTTOM - 4, "end", kind="unit"))
    return "".join(body)


def _band(s: Series, x: Scale, y: Scale, months: np.ndarray, fill: str) -> str:
    known = np.isfinite(s.path.low) & np.isfinite(s.path.high)
    if known.sum() < 2:
        return ""
    there = months[known]
    upper = points(x, y, there, s.path.high[known])[0]
    lower = points(x, y, there[::-1], s.path.low[known][::-1])[0]
    edge = f'stroke="{tint(s.style.colour, 0.5)}" stroke-width=".7"'
    return f'<path class="band" d="M{upper}L{lower}Z" {fill} {edge}/>'


def _line(s: Series, x: Scale, y: Scale, months: np.ndarray, index: int) -> str:
    dash = f' stroke-dasharray="{s.style.dash}"' if s.style.dash else ""
    drawn = [
        f'<path class="line" d="M{run}" stroke="{s.style.colour}"{dash}/>'
        for run in points(x, y, months, s.path.middle)
    ]
    known = np.flatnonzero(np.isfinite(s.path.middle))
    # Markers of different series stand at different months, or they would hide each other.
    every = max(len(months) // 6, 1)
    for at in known[(2 * index) % every :: every]:
        drawn.append(marker(s.style, x(float(months[at])), y(float(s.path.middle[at]))))
    return "".join(drawn)


def _legend(series: Sequence[Series]) -> str:
    """Return the legend, two entries a line, standing on the frame."""
    columns = 2 if len(series) > 1 else 1
    room = (WIDTH - 8) / columns
    first = 14 + LEGEND_LINE * max(0, LEGEND_LINES - -(-len(series) // columns))
    body = []
    for i, s in enumerate(series):
        left, top = 4 + (i % columns) * room, first + (i // columns) * LEGEND_LINE
        dash = f' stroke-dasharray="{s.style.dash}"' if s.style.dash else ""
        body.append(
            f'<path class="line" d="M{n(left)} {n(top - 4)}h26" stroke="{s.style.colour}"{dash}/>'
        )
        body.append(marker(s.style, left + 13, top - 4))
        body.append(label(s.name, left + 32, top, room=room - 40))
    return "".join(body)
