"""Lines over time with bands: fans of runs, and paired differences with their interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.figures.axes import Axis, across, axis
from experiments.figures.svg import (
    Scale,
    Style,
    drawing,
    hatch,
    label,
    listed,
    marker,
    n,
    points,
    style_of,
    tint,
)
from experiments.paths import Path, fan, gap
from sim.declare import Text

WIDTH, PLOT = 400.0, 174.0
LEFT, RIGHT, BOTTOM, HEAD = 54.0, 10.0, 34.0, 20.0
LEGEND_LINE, LEGEND_LINES = 17.0, 2  # charts side by side keep room for as many lines
STOPS = Text("support stops", "扶持停止")
MONTHS = Text("months since the start", "距起始的月数")


@dataclass(frozen=True)
class Series:
    """One line with its band, at some months; the arrays of `path` have shape (months,)."""

    name: Text
    style: Style
    path: Path


Runs = tuple[Text, np.ndarray]  # a policy's name and its runs, shape (replicates, months)


def fan_chart(title: Text, runs: Sequence[Runs], unit: str, stop: int | None = None) -> str:
    """Draw the median of each policy's runs with the band that holds 80% of them.

    Args:
        title: what is shown.
        runs: the baseline first; NaN where undefined.
        unit: declared unit of the values.
        stop: last month of support, counted from 1.
    """
    series = [Series(name, style_of(i), fan(values)) for i, (name, values) in enumerate(runs)]
    return line_chart(title, series, _months(runs), unit, extent(series), stop, head=title)


def difference_chart(title: Text, runs: Sequence[Runs], unit: str, stop: int | None = None) -> str:
    """Draw the mean paired difference of each policy from the first of `runs`, with its 95% interval.

    Replicates of one row come from the same seed; the rest is as in `fan_chart`.
    """
    series = [
        Series(name, style_of(i), gap(runs[0][1], values))
        for i, (name, values) in enumerate(runs[1:], start=1)
    ]
    limits = extent(series, zero=True)
    return line_chart(title, series, _months(runs), unit, limits, stop, True, title)


def _months(runs: Sequence[Runs]) -> np.ndarray:
    return np.arange(1, 1 + (runs[0][1].shape[1] if runs else 0))


def extent(series: Sequence[Series], zero: bool = False) -> tuple[float, float]:
    """Return the least and the greatest value of lines and bands."""
    parts = [[*s.path.middle, *s.path.low, *s.path.high] for s in series]
    values = np.concatenate([*parts, [0.0] if zero else []])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def line_chart(
    title: Text,
    series: Sequence[Series],
    months: np.ndarray,
    unit: str,
    limits: tuple[float, float],
    stop: int | None = None,
    is_difference: bool = False,
    head: Text | None = None,
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
        head: a heading inside the figure, where it stands alone.
    """
    first = 0.0 if head is None else HEAD
    top = first + legend_foot(len(series))
    last = float(months[-1]) if months.size else 1.0
    x = Scale(0, last, LEFT, WIDTH - RIGHT)
    y = axis(limits, unit, top + PLOT, top, is_difference)
    body = [across(y, x.start, x.end, is_difference), month_axis(x, y, MONTHS)]
    if stop is not None and 0 < stop < last:
        body.append(_stop(x(stop), y))
    definitions = []
    for s in series:
        define, fill = hatch(s.style, see_through=True)
        definitions.append(define)
        body.append(band(s, x, y.scale, months, fill))
    body += [line(s, x, y.scale, months, i) for i, s in enumerate(series)]
    body.append(legend(series, first))
    if head is not None:
        body.append(label(head, 4, 14, room=WIDTH - 8, kind="head"))
    told = listed(Text("Lines over months", "按月折线"), [s.name for s in series])
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, top + PLOT + BOTTOM, whole, "lines")


def legend_foot(count: int) -> float:
    """Return where the legend of so many series ends and the plot begins."""
    return 28 + LEGEND_LINE * max(LEGEND_LINES, -(-count // 2))


def month_axis(x: Scale, y: Axis, name: Text) -> str:
    """Return the ticks of months below a plot, what they count, and the unit of the other axis."""
    body, bottom = [], y.scale.start
    for month in month_ticks(x.high):
        place = x(month)
        body.append(f'<path class="grid" d="M{n(place)} {n(bottom)}v4"/>')
        body.append(label(str(month), place, bottom + 16, "middle", kind="tick"))
    body.append(label(y.unit, 4, y.scale.end - 10, kind="unit"))
    body.append(label(name, x.end, bottom + BOTTOM - 4, "end", kind="unit"))
    return "".join(body)


def month_ticks(last: float) -> range:
    """Return the months that are written below a plot."""
    step = next((s for s in (1, 3, 6, 12, 24, 36, 60, 120) if last / s <= 6), 240)
    return range(0, int(last) + 1, step)


def _stop(at: float, y: Axis) -> str:
    """Return the mark where support stops, its words on the side that has room."""
    left = at + 80 < WIDTH - RIGHT
    place, anchor = (at + 4, "start") if left else (at - 4, "end")
    top = y.scale.end
    mark = f'<path class="stop" d="M{n(at)} {n(top - 4)}V{n(y.scale.start)}"/>'
    return mark + label(STOPS, place, top + 8, anchor, kind="note")


def band(s: Series, x: Scale, y: Scale, months: np.ndarray, fill: str) -> str:
    """Return the area of a band; where it is known at a single month, a bar."""
    known = np.isfinite(s.path.low) & np.isfinite(s.path.high)
    if not known.any():
        return ""
    there, low, high = months[known], s.path.low[known], s.path.high[known]
    if there.size == 1:
        ends = f"V{n(y(float(high[0])))}"
        at = f"M{n(x(float(there[0])))} {n(y(float(low[0])))}"
        return f'<path class="whisker" d="{at}{ends}"/>'
    upper = points(x, y, there, high)[0]
    lower = points(x, y, there[::-1], low[::-1])[0]
    edge = f'stroke="{tint(s.style.colour, 0.5)}" stroke-width=".7"'
    return f'<path class="band" d="M{upper}L{lower}Z" {fill} {edge}/>'


def line(s: Series, x: Scale, y: Scale, months: np.ndarray, index: int) -> str:
    """Return a line with its markers; a month whose neighbours are unknown is a dot."""
    dash = f' stroke-dasharray="{s.style.dash}"' if s.style.dash else ""
    drawn = []
    for run in points(x, y, months, s.path.middle):
        if "L" in run:
            drawn.append(f'<path class="line" d="M{run}" stroke="{s.style.colour}"{dash}/>')
        else:
            a, b = run.split()
            drawn.append(
                f'<circle class="lone" cx="{a}" cy="{b}" r="2.5" fill="{s.style.colour}"/>'
            )
    known = np.flatnonzero(np.isfinite(s.path.middle))
    # Markers of different series stand at different months, or they would hide each other.
    every = max(len(months) // 6, 1)
    for at in known[(2 * index) % every :: every]:
        drawn.append(marker(s.style, x(float(months[at])), y(float(s.path.middle[at]))))
    return "".join(drawn)


def legend(series: Sequence[Series], top: float = 0.0) -> str:
    """Return the legend from `top` on, two entries a line, standing on the frame."""
    columns = 2 if len(series) > 1 else 1
    room = (WIDTH - 8) / columns
    first = top + 14 + LEGEND_LINE * max(0, LEGEND_LINES - -(-len(series) // columns))
    body = []
    for i, s in enumerate(series):
        left, foot = 4 + (i % columns) * room, first + (i // columns) * LEGEND_LINE
        dash = f' stroke-dasharray="{s.style.dash}"' if s.style.dash else ""
        body.append(
            f'<path class="line" d="M{n(left)} {n(foot - 4)}h26" stroke="{s.style.colour}"{dash}/>'
        )
        body.append(marker(s.style, left + 13, foot - 4))
        body.append(label(s.name, left + 32, foot, room=room - 40))
    return "".join(body)
