"""The map at the start, when support stops, and at the end."""

from __future__ import annotations

from typing import Any

from experiments.compare import Comparison
from experiments.figures.maps import ground_map
from experiments.figures.numbers import plain
from experiments.ground import Ground, mean_ground
from hotbed.report.blocks import Figure, Section, Table, Words
from hotbed.report.names import Names
from sim.declare import Text

_START = Text("start", "起始")
_STOP = Text("support stops", "扶持停止")
_END = Text("end", "期末")


def build(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the section of maps."""
    by_arm = {arm.label: _grounds(comparison, arm) for arm in comparison.arms}
    every = [ground for own in by_arm.values() for _, ground in own]
    blocks: list[Any] = []
    if every:
        extent, most = _frame(every)
        for label, own in by_arm.items():
            drawings = [ground_map(title, ground, extent, most) for title, ground in own]
            blocks.append(Figure(names.arm(label), drawings, _table(own), columns=3))
    else:
        blocks.append(Words(None, [Text("No ground was recorded.", "未记录空间数据。")]))
    return Section(
        "map",
        Text("The map", "地图"),
        Text(
            f"Mean over all {len(comparison.seeds)} seeds, not one run. Only cells with floor for firms are drawn "
            "(north is up); a disc's area is the number of firms, a square's grey the share of floor let.",
            f"取全部 {len(comparison.seeds)} 个种子的均值，并非单次运行。仅画出有企业用房的格（上北）；"
            "圆面积为企业数，方格灰度为已租面积占比。",
        ),
        blocks,
    )


def _grounds(comparison: Comparison, arm: Any) -> list[tuple[Text, Ground]]:
    """Return an arm's ground at the start, when support stops and at the end."""
    stops = [stop for stop in comparison.stops.values() if stop is not None]
    # The baseline has no stop of its own and is shown when the first policy's comes.
    stop = comparison.stops.get(arm.label, min(stops, default=None))
    times = [(_START, 0), (_END, comparison.months)]
    if stop is not None:
        times.insert(1, (_STOP, stop + 1))
    found = []
    for when, month in times:
        ground = mean_ground(comparison, arm.label, month)
        if ground is not None:
            found.append((_title(when, ground.month), ground))
    return found


def _title(when: Text, month: int) -> Text:
    return Text(f"{when.en}: month {month}", f"{when.zh}：第 {month} 月")


def _frame(grounds: list[Ground]) -> tuple[tuple[int, int, int, int], float]:
    columns = [int(v) for g in grounds for v in (g.column.min(), g.column.max())]
    lines = [int(v) for g in grounds for v in (g.line.min(), g.line.max())]
    extent = (min(columns) - 1, max(columns) + 1, min(lines) - 1, max(lines) + 1)
    return extent, max(float(g.firms.max()) for g in grounds)


def _table(grounds: list[tuple[Text, Ground]]) -> Table:
    cells = sorted(
        {key for _, g in grounds for key in zip(g.column.tolist(), g.line.tolist(), strict=True)}
    )
    known = [
        {
            key: f"{plain(round(firms, 1))} · {share:.0%}"
            for key, firms, share in zip(
                zip(g.column.tolist(), g.line.tolist(), strict=True),
                g.firms.tolist(),
                (g.let / g.floor).tolist(),
                strict=True,
            )
        }
        for _, g in grounds
    ]
    rows = [
        [f"{column}, {line}", *(own.get((column, line), "") for own in known)]
        for column, line in cells
    ]
    head = [Text("cell (column, line)", "格（列，行）"), *(title for title, _ in grounds)]
    return Table(head, rows, caption=Text("Firms · share of floor let", "企业数 · 已租面积占比"))
