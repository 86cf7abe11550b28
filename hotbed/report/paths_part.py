"""Every headline indicator over time: fans of the runs, and the paired difference."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.compare import Comparison
from experiments.figures.lines import Series, extent, line_chart
from experiments.figures.numbers import number
from experiments.paths import Path, fan, gap, paths
from hotbed.report.blocks import Figure, Section, Table
from hotbed.report.headline_part import titled
from hotbed.report.names import Names
from sim.declare import Text

POINTS = 40  # a chart's months, so that its data fit a table
SO_FAR = {
    "sum": Text("; summed from the start to each month", "；自起始累计至各月"),
    "mean": Text("; mean from the start to each month", "；自起始至各月均值"),
}


def shown_months(months: int) -> np.ndarray:
    """Return the months that charts and their tables show, counted from 1."""
    step = max(1, -(-months // POINTS))
    return np.unique([1, *range(step, months + 1, step), months])


def build(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the section of paths."""
    figures = [
        _figure(comparison, declared, names)
        for declared in engine.indicators.values()
        if declared.headline
    ]
    return Section(
        "paths",
        Text("Over time", "随时间的变化"),
        Text(
            "First, for each policy: the median of its runs with the band that holds 80% of them, beside the "
            "baseline's. Last: the mean paired difference from the baseline with its 95% interval; where the band "
            "leaves zero, the difference is told apart.",
            "前几幅：各政策运行的中位数与包含 80% 运行的区间，并与基准并列。末幅：与基准的平均配对差及 95% 区间；"
            "区间离开零线处即可辨别。",
        ),
        figures,
    )


def _figure(comparison: Comparison, declared: Any, names: Names) -> Figure:
    months = shown_months(comparison.months)
    values = {
        arm.label: paths(comparison, declared, arm.label)[:, months - 1] for arm in comparison.arms
    }
    fans = {label: fan(runs) for label, runs in values.items()}
    base = comparison.baseline.label
    gaps = {
        arm.label: gap(values[base], values[arm.label], comparison.level)
        for arm in comparison.policies
    }
    stops = [stop + 1 for stop in comparison.stops.values() if stop is not None]
    unit = declared.unit

    def series(label: str, path: Path) -> Series:
        return Series(names.arm(label), names.style(label), path)

    shown = [series(label, path) for label, path in fans.items()]
    limits = extent(shown)
    drawings = []
    for policy in comparison.policies:
        stop = comparison.stops.get(policy.label)
        pair = [shown[0], series(policy.label, fans[policy.label])]
        drawings.append(
            line_chart(
                declared.text, pair, months, unit, limits, None if stop is None else stop + 1
            )
        )
    differences = [series(label, path) for label, path in gaps.items() if _has_any(path)]
    note = None
    if differences:
        drawings.append(
            line_chart(
                Text(f"{declared.text.en}: difference", f"{declared.text.zh}：与基准之差"),
                differences,
                months,
                unit,
                extent(differences, zero=True),
                stops[0] if len(set(stops)) == 1 else None,
                is_difference=True,
            )
        )
    else:
        note = Text(
            "Not defined in the baseline, so there is no difference over time; the headline table compares "
            "the same firms.",
            "基准中无定义，故无随时间的差值；核心指标表中与同一批企业比较。",
        )
    head, tail = titled(declared), SO_FAR.get(declared.report, Text("", ""))
    title = Text(head.en + tail.en, head.zh + tail.zh)
    return Figure(title, drawings, _table(months, fans, gaps, names, unit), note)


def _has_any(path: Path) -> bool:
    return bool(np.isfinite(path.middle).any())


def _table(
    months: np.ndarray, fans: dict[str, Path], gaps: dict[str, Path], names: Names, unit: str
) -> Table:
    head: list[Any] = [Text("month", "月")]
    columns: list[list[Any]] = [[str(m) for m in months.tolist()]]
    for label, path in fans.items():
        who = names.arm(label)
        head += [
            Text(f"{who.en}: median", f"{who.zh}：中位数"),
            Text("10–90% of runs", "10–90% 运行"),
        ]
        columns.append([number(v, unit) for v in path.middle.tolist()])
        columns.append(_spans(path, unit, sign=False))
    for label, path in gaps.items():
        who = names.arm(label)
        head += [
            Text(f"{who.en}: difference", f"{who.zh}：差值"),
            Text("95% interval", "95% 区间"),
        ]
        columns.append([number(v, unit, sign=True) for v in path.middle.tolist()])
        columns.append(_spans(path, unit, sign=True))
    return Table(head, list(zip(*columns, strict=True)), left=0)


def _spans(path: Path, unit: str, sign: bool) -> list[Text]:
    found = []
    for low, high in zip(path.low.tolist(), path.high.tolist(), strict=True):
        a, b = number(low, unit, sign), number(high, unit, sign)
        undefined = not (np.isfinite(low) and np.isfinite(high))
        found.append(a if undefined else Text(f"{a.en} … {b.en}", f"{a.zh} … {b.zh}"))
    return found
