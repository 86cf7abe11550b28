"""How long the firms last that arrive in the run."""

from __future__ import annotations

from typing import Any

from experiments.cohorts import survival
from experiments.compare import Comparison
from experiments.figures.numbers import number, span
from experiments.figures.survival import Cohort, cohort_survival
from hotbed.report.blocks import Figure, Table
from hotbed.report.names import Names
from sim.declare import Text


def arrivals(comparison: Comparison, names: Names) -> Figure:
    """Return how long the firms last that arrive in the run, under each arm."""
    found = {
        arm.label: survival(
            [run.fates for run in comparison.runs[arm.label] if run], comparison.months
        )
        for arm in comparison.arms
    }
    title = Text("Firms that arrived in the run: how long they last", "期内到来的企业：存续多久")
    drawn = [
        Cohort(names.arm(label), names.style(label), s.share, s.low, s.high, s.at_risk)
        for label, s in found.items()
    ]
    rows: list[list[Any]] = []
    kinds: list[str] = []
    for label, s in found.items():
        for i, month in enumerate(range(0, comparison.months + 1, 12)):
            share = number(float(s.share[month]), "share")
            between = span(float(s.low[month]), float(s.high[month]), "share", sign=False)
            head = names.arm(label) if i == 0 else ""
            rows.append([head, str(month), share, between, str(int(s.at_risk[month]))])
            kinds.append("first" if i == 0 else "")
    head = [
        Text("policy", "政策"),
        Text("months since arrival", "到来后的月数"),
        Text("not closed", "未关闭"),
        Text("95% interval", "95% 区间"),
        Text("firms, all seeds", "企业数，全部种子"),
    ]
    note = Text(
        "Supported or not, all seeds together. A firm that moves, is sold or is still here counts as long as it "
        "was seen. A policy changes who comes as well as who stays.",
        "无论是否受扶持，合并全部种子。迁出、被收购或仍在园者按其被观察到的时长计。政策既改变谁来，也改变谁留。",
    )
    drawing = cohort_survival(Text("share not closed", "未关闭占比"), drawn)
    return Figure(title, [drawing], Table(head, rows, 2, None, kinds), note)
