"""The headline table, and whether the policies cost the same."""

from __future__ import annotations

from typing import Any

from experiments.compare import Comparison
from experiments.figures.numbers import money, number, plain, span, unit_name
from experiments.rows import Row
from hotbed.report.blocks import Section, Table, Words
from hotbed.report.names import Names
from sim.declare import Text

HEAD = (
    Text("indicator", "指标"),
    Text("policy", "政策"),
    Text("mean", "均值"),
    Text("difference from the baseline", "与基准之差"),
    Text("95% interval", "95% 区间"),
    Text("better in", "更优占比"),
    Text("variance reduction by pairing", "配对降方差倍数"),
    Text("pairs", "配对数"),
    Text("notes", "备注"),
)
SAME_FIRMS = Text(" = same firms in the baseline", "（与基准中同一批企业比）")


def build(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the headline section."""
    rows, kinds = [], []
    for name, declared in engine.indicators.items():
        own = comparison.headline_rows(name) if declared.headline else []
        for i, row in enumerate(own):
            head = titled(declared) if i == 0 else ""
            rows.append([head, *_cells(row, names, comparison)])
            kinds.append("first" if i == 0 else "")
    months = comparison.months
    table = Table(
        HEAD,
        rows,
        left=2,
        caption=Text(
            f"Headline indicators after {months} months, {len(comparison.seeds)} paired replicates",
            f"{months} 个月后的核心指标，{len(comparison.seeds)} 次配对重复",
        ),
        kinds=kinds,
        notes=True,
    )
    return Section(
        "headline",
        Text("Headline indicators", "核心指标"),
        Text(
            "Differences are paired: both arms had the same potential founders, the same shocks, the same luck. "
            "“Better in” is the share of pairs in which the policy did better, ties counted half.",
            "差值为配对差：各情形面对相同的潜在创业者、相同的冲击与运气。“更优占比”为政策优于基准的配对占比，平局计半。",
        ),
        [_cost_word(comparison, names), table],
    )


def titled(declared: Any) -> Text:
    """Return an indicator's name with its unit, once where they are the same word."""
    unit = unit_name(declared.unit)
    if unit.en == declared.text.en:
        return declared.text
    return Text(f"{declared.text.en} [{unit.en}]", f"{declared.text.zh} [{unit.zh}]")


def _cells(row: Row, names: Names, comparison: Comparison) -> list[Any]:
    unit = row["unit"]
    policy = names.arm(row["policy"])
    if row["indicator"].endswith("_both"):
        policy = Text(policy.en + SAME_FIRMS.en, policy.zh + SAME_FIRMS.zh)
    mean = number(row["mean"], unit)
    note = Text(row["note"] or "", row["note_zh"] or "")
    if row["policy"] == comparison.baseline.label:
        return [policy, mean, "", "", "", "", str(row["n"]), note]
    better, reduction = row["p_better"], row["variance_reduction"]
    undirected = Text("no direction", "无方向") if row["direction"] == "none" else number(None, "")
    return [
        policy,
        mean,
        number(row["diff"], unit, sign=True),
        span(row["lo"], row["hi"], unit),
        undirected if better is None else f"{better:.0%}",
        number(None, "") if reduction is None else plain(reduction),
        str(row["n"]),
        note,
    ]


def _cost_word(comparison: Comparison, names: Names) -> Words:
    if comparison.at_equal_cost is None:
        word = Text("One policy: equal cost is not a question.", "只有一项政策，不涉及等成本。")
    elif comparison.at_equal_cost:
        word = Text(
            "Equal cost: what the policies lay out differs by at most 5%.",
            "等成本：各政策支出相差不超过 5%。",
        )
    else:
        word = Text(
            "NOT AT EQUAL COST: what the policies lay out differs by more than 5%.",
            "成本不等：各政策支出相差超过 5%。",
        )
    return Words(
        word, [_scaled(record, names, i) for i, record in enumerate(comparison.scaling or ())]
    )


def _scaled(record: dict[str, Any], names: Names, at: int) -> Text:
    who = names.arm(record["policy"])
    cost, target = record["cost"], record["target"]
    if cost is None or target is None:
        return Text(f"{who.en}: {record['note']}", f"{who.zh}：{record['note_zh']}")
    spent, wanted = money(cost), money(target)
    if at == 0:
        return Text(
            f"{who.en} lays out {spent.en} CNY, the sum to match.",
            f"{who.zh}：支出 {spent.zh}元，为匹配目标。",
        )
    off = f"{record['residual'] or 0.0:+.1%}"
    note = record["note"] and Text(f" {record['note']}.", f"{record['note_zh']}。")
    return Text(
        f"{who.en}: {record['scale_lever']} × {record['factor']:.3f}, lays out {spent.en} of {wanted.en} CNY "
        f"({off}).{note.en if note else ''}",
        f"{who.zh}：{record['scale_lever']} × {record['factor']:.3f}，支出 {spent.zh}元，目标 {wanted.zh}元（{off}）。"
        f"{note.zh if note else ''}",
    )
