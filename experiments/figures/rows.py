"""Bars in rows, each with its name: gains with intervals, waterfalls, and tornadoes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from experiments.figures.axes import Axis, axis, upright
from experiments.figures.numbers import number
from experiments.figures.svg import STYLES, Style, drawing, hatch, label, n, width_of
from sim.declare import Text

PITCH, BAR = 21.0, 13.0
RIGHT = 82.0  # room for the number at the end of a row
WIDTH, NAMES = 380.0, 150.0  # with as much room for names; longer ones make a figure wider
LONGEST = 230.0
TOTAL, RISE, FALL = STYLES[0], STYLES[1], STYLES[2]
AT_LOW = Text("number low (above)", "因素取低值（上）")
AT_HIGH = Text("number high (below)", "因素取高值（下）")
LIKE_LUCK = Text("not told apart from luck (index in brackets)", "与运气无法区分（指数加括号）")
INDEX = Text("index", "指数")


@dataclass(frozen=True)
class Gain:
    """One bar to the left or right of zero, with its interval (NaN where there is none)."""

    name: Text
    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Swing:
    """An outcome with one number low and high; `index` is how strongly it moves the outcome.

    `sure` is whether that is told apart from luck.
    """

    name: Text
    at_low: float
    at_high: float
    index: float = math.nan
    sure: bool = True


@dataclass(frozen=True)
class _Frame:
    """Where rows stand: the first below `above`, bars on the axis `x`, names in `room`."""

    x: Axis
    above: float
    room: float
    width: float
    height: float

    def top(self, row: int) -> float:
        """Return the upper edge of a row's bar."""
        return self.above + PITCH * row + 4

    def bar(
        self, row: int, ends: Sequence[float], fill: str, lane: tuple[int, int] = (0, 1)
    ) -> str:
        """Return a bar between two values; `lane` (i, n) is the i-th of n beneath each other."""
        a, b = sorted(self.x(v) for v in ends)
        part, of = lane
        y, high = self.top(row) + part * BAR / of, BAR / of
        size = f'width="{n(max(b - a, 0.5))}" height="{n(high)}"'
        return f'<rect class="bar" x="{n(a)}" y="{n(y)}" {size} {fill}/>'

    def whisker(self, row: int, low: float, high: float) -> str:
        """Return an interval, nothing where it is not known."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        a, b, y = n(self.x(low)), n(self.x(high)), self.top(row) + BAR / 2
        ends = f"M{a} {n(y - 3.5)}v7M{b} {n(y - 3.5)}v7"
        return f'<path class="whisker" d="M{a} {n(y)}H{b}{ends}"/>'

    def right(self, row: int, text: Text) -> str:
        """Return the words at the end of a row."""
        return label(text, self.width - 4, self.top(row) + 10, "end", kind="tick")


def _frame(
    names: Sequence[Text],
    values: Sequence[float],
    unit: str,
    sign: bool,
    longest: float = LONGEST,
    above: float = 24.0,
) -> _Frame:
    widths = [max(width_of(name.en), width_of(name.zh)) for name in names]
    room = min(longest, max([60.0, *widths]) + 8)
    width = WIDTH + max(room - NAMES, 0.0)
    x = axis(values, unit, room + 22, width - RIGHT, sign, 4)
    return _Frame(x, above, room, width, above + PITCH * len(names) + 24)


def _background(title: Text, frame: _Frame, names: Sequence[Text], zero: bool = True) -> list[str]:
    body = [label(title, 4, 14, room=frame.width - 8, kind="head")]
    body.append(upright(frame.x, frame.above, frame.height - 22, zero))
    body.append(label(frame.x.unit, 4, frame.height - 9, kind="unit"))
    for row, name in enumerate(names):
        body.append(label(name, frame.room + 10, frame.top(row) + 10, "end", room=frame.room))
    return body


def _filled(style: Style) -> tuple[str, str]:
    """Return (definition, attributes) of the bars of a style."""
    define, fill = hatch(style)
    return define, f'{fill} stroke="{style.colour}" stroke-width=".8"'


def gains(title: Text, bars: Sequence[Gain], unit: str, style: Style) -> str:
    """Draw gains to the right and losses to the left of zero, each with its interval."""
    names = [bar.name for bar in bars]
    values = [v for bar in bars for v in (bar.value, bar.low, bar.high)]
    frame = _frame(names, [0.0, *values], unit, True, NAMES)
    body = _background(title, frame, names)
    define, fill = _filled(style)
    for row, bar in enumerate(bars):
        if math.isfinite(bar.value):
            body.append(frame.bar(row, (0.0, bar.value), fill))
            body.append(frame.whisker(row, bar.low, bar.high))
            body.append(frame.right(row, number(bar.value, unit, sign=True)))
    told = _told(names, [number(bar.value, unit, sign=True) for bar in bars])
    return _whole(title, told, frame, [define], body, "gains")


def waterfall(title: Text, steps: Sequence[Gain], total: Text, unit: str) -> str:
    """Draw what is added and taken away, step by step, and what it comes to.

    Args:
        title: what is shown.
        steps: what each adds, its interval about that; one that is not known is passed over, and
            then the total is not known either.
        total: what the sum is called.
        unit: declared unit of the values.
    """
    names = [*(step.name for step in steps), total]
    after = list(accumulate((_or_nought(step.value) for step in steps), initial=0.0))
    before, values = after[:-1], [step.value for step in steps]
    sums = [*values, after[-1] if all(map(math.isfinite, values)) else math.nan]
    ends = [a + v for a, s in zip(before, steps, strict=True) for v in (s.low, s.high)]
    frame = _frame(names, [*after, *ends], unit, False)
    body = _background(title, frame, names)
    fills = {style: _filled(style) for style in (RISE, FALL, TOTAL)}
    for row, (start, step) in enumerate(zip(before, steps, strict=True)):
        if math.isfinite(step.value):
            style = RISE if step.value >= 0 else FALL
            body.append(frame.bar(row, (start, start + step.value), fills[style][1]))
            body.append(frame.whisker(row, start + step.low, start + step.high))
        at, down = n(frame.x(after[row + 1])), n(frame.top(row) + BAR)
        body.append(f'<path class="link" d="M{at} {down}v{n(PITCH - BAR)}"/>')
    last = len(steps)
    if math.isfinite(sums[-1]):
        body.append(frame.bar(last, (0.0, sums[-1]), fills[TOTAL][1]))
    told = [number(value, unit, sign=row < last) for row, value in enumerate(sums)]
    body += [frame.right(row, text) for row, text in enumerate(told)]
    defines = [define for define, _ in fills.values()]
    return _whole(title, _told(names, told), frame, defines, body, "waterfall")


def _or_nought(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def tornado(
    title: Text,
    swings: Sequence[Swing],
    middle: float,
    unit: str,
    index_unit: str = "",
    is_difference: bool = False,
) -> str:
    """Draw where an outcome goes when numbers are low and high, in the order given.

    Args:
        title: what is shown.
        swings: one for each number, the strongest first.
        middle: the mean outcome, from which bars begin.
        unit: declared unit of the outcome.
        index_unit: that of the index at the end of each row.
        is_difference: write signs.
    """
    names = [swing.name for swing in swings]
    values = [v for swing in swings for v in (swing.at_low, swing.at_high)]
    frame = _frame(names, [middle, *values], unit, is_difference, above=66.0)
    body = _background(title, frame, names, zero=False)
    low, high = _filled(FALL), _filled(RISE)
    empty = 'fill="#fff" stroke="#4a5259" stroke-width=".8" stroke-dasharray="2 2"'
    for row, swing in enumerate(swings):
        ends = ((0, swing.at_low, low[1]), (1, swing.at_high, high[1]))
        for lane, end, fill in ends:
            if math.isfinite(end) and math.isfinite(middle):
                fill = fill if swing.sure else empty
                body.append(frame.bar(row, (middle, end), fill, (lane, 2)))
        if math.isfinite(swing.index):
            text = number(swing.index, index_unit)
            text = text if swing.sure else Text(f"({text.en})", f"（{text.zh}）")
            body.append(frame.right(row, text))
    if math.isfinite(middle):
        at = n(frame.x(middle))
        body.append(f'<path class="zero" d="M{at} {n(frame.above)}V{n(frame.height - 22)}"/>')
    keys = [(AT_LOW, low[1]), (AT_HIGH, high[1]), (LIKE_LUCK, empty)]
    body += [
        _key(i, *key) for i, key in enumerate(keys) if i < 2 or not all(s.sure for s in swings)
    ]
    body.append(label(INDEX, frame.width - 4, frame.above - 4, "end", kind="tick"))
    ranges = [_range(swing, unit, is_difference) for swing in swings]
    return _whole(title, _told(names, ranges), frame, [low[0], high[0]], body, "tornado")


def _range(swing: Swing, unit: str, sign: bool) -> Text:
    a, b = number(swing.at_low, unit, sign), number(swing.at_high, unit, sign)
    return Text(f"{a.en} to {b.en}", f"{a.zh} 至 {b.zh}")


def _key(at: int, name: Text, fill: str) -> str:
    """Return an entry of the legend, two beside each other."""
    x, y = 4 + 150 * (at % 2), 32 + 17 * (at // 2)
    box = f'<rect x="{n(x)}" y="{n(y - 10)}" width="16" height="{n(BAR / 2)}" {fill}/>'
    return box + label(name, x + 21, y - 3, kind="tick")


def _told(names: Sequence[Text], values: Sequence[Text]) -> Text:
    """Return the rows in words."""
    both = list(zip(names, values, strict=True))
    return Text(
        "; ".join(f"{name.en} {value.en}" for name, value in both),
        "；".join(f"{name.zh} {value.zh}" for name, value in both),
    )


def _whole(
    title: Text, told: Text, frame: _Frame, defines: list[str], body: list[str], kind: str
) -> str:
    content = f"<defs>{''.join(defines)}</defs>{''.join(body)}"
    return drawing(title, told, frame.width, frame.height, content, kind)
