"""What can be had together: mixes that no other is better than in two goals at once."""

from __future__ import annotations

import math

import pandas as pd

from experiments.figures.numbers import number
from experiments.figures.planes import WIDTH, Measure, Plane, legend, plane
from experiments.figures.svg import STYLES, Style, drawing, label, marker, n
from sim.declare import Text

ONE, BEND = STYLES[1], Style("#b3440c", "", "diamond", "left")
SET = Text("Pareto set, 95% intervals", "帕累托集，95% 区间")
TRIED, KNEE = Text("tried, on other seeds", "试过（另一批种子）"), Text("knee", "拐点")


def pareto(
    title: Text,
    front: pd.DataFrame,
    goals: tuple[str, str],
    of: tuple[Measure, Measure],
    tried: pd.DataFrame | None = None,
) -> str:
    """Draw a Pareto set in the plane of two goals.

    Args:
        title: what is shown.
        front: a row per mix in the order of their numbers: each goal, its `<goal> low` and `<goal>
            high`, and `knee`; the last three may be missing.
        goals: the columns of both goals.
        of: what they are, and which way is better.
        tried: all mixes that were tried, by the columns of both goals.
    """
    ends = [f"{goal} {end}" for goal in goals for end in ("low", "high")]
    rows = front.reindex(columns=[*goals, *ends]).astype(float).to_numpy().tolist()
    others = pd.DataFrame(columns=list(goals)) if tried is None else tried[list(goals)]
    dots = others.astype(float).to_numpy().tolist()
    xs = [v for x, _, low, high, *_ in rows for v in (x, low, high)] + [x for x, _ in dots]
    ys = [v for _, y, *_, low, high in rows for v in (y, low, high)] + [y for _, y in dots]
    bends = front["knee"].tolist() if "knee" in front else [False] * len(rows)
    entries = [(marker(ONE, 0, 0), SET)]
    entries += [(marker(BEND, 0, 0), KNEE)] if any(bends) else []
    entries += [(_dot(0, 0), TRIED)] if dots else []
    keys, above = legend(entries)
    shown = plane(xs, ys, of, above)
    body = [shown.background(title), keys]
    # Numbers stand where the curve does not go on.
    below = of[0].up != of[1].up
    for x, y in dots:
        if math.isfinite(x) and math.isfinite(y):
            body.append(f'<g class="datum tried">{_dot(shown.x(x), shown.y(y))}</g>')
    for at, (row, bends_here) in enumerate(zip(rows, bends, strict=True), start=1):
        body.append(_mix(shown, at, row, BEND if bends_here else ONE, below))
    told = [_told(at, row, of) for at, row in enumerate(rows, start=1)]
    words = Text("; ".join(t.en for t in told), "；".join(t.zh for t in told))
    empty = Text("no mix", "没有组合")
    return drawing(title, words if rows else empty, WIDTH, shown.height, "".join(body), "pareto")


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="1.8" fill="#8b9299"/>'


def _mix(shown: Plane, at: int, row: list[float], style: Style, below: bool) -> str:
    """Return a mix with both intervals and its number."""
    x, y, low, high, least, most = row
    if not (math.isfinite(x) and math.isfinite(y)):
        return ""
    drawn = shown.level_whisker(y, low, high) + shown.whisker(x, least, most)
    drawn += shown.datum(style, x, y)
    word = Text(f"{at} {KNEE.en}", f"{at} {KNEE.zh}") if style is BEND else str(at)
    return drawn + label(word, shown.x(x) + 5, shown.y(y) + (14 if below else -6), kind="note")


def _told(at: int, row: list[float], of: tuple[Measure, Measure]) -> Text:
    parts = [number(value, measure.unit) for value, measure in zip(row[:2], of, strict=True)]
    return Text(f"{at}: {parts[0].en}, {parts[1].en}", f"{at}：{parts[0].zh}，{parts[1].zh}")
