"""Three sentences: what differs, at what cost for whom, when the ranking turns over time."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from experiments import statistics
from experiments.compare import Comparison
from experiments.rows import Row
from experiments.runner import Arm
from sim.declare import Text

STOCKS = ("firms", "jobs", "talent")
SUMS = ("job_years", "products_launched")
RANKED = ("firms", "jobs")
PAYERS = (
    ("public_cost_pv", Text("the government's outlay", "政府支出")),
    ("operator_npv", Text("the operator's net present value", "运营方净现值")),
    ("founder_value", Text("founders' value", "创始人价值")),
)
CONDITIONAL = Text(
    "This is a projection under the stated assumptions, not a forecast.",
    "以上是在所列假设下的条件推演，不是预测。",
)


def verdict(comparison: Comparison, names: dict[str, Text]) -> list[Text]:
    """Return the three sentences; `names` gives indicators their names in the text."""
    return [
        _differs(comparison, names),
        _costs(comparison),
        _turns(comparison, names),
    ]


def warnings(comparison: Comparison, headline: dict[str, Text]) -> list[Text]:
    """Return a word where replicates are too few for the headline indicators at the end.

    `headline` gives those indicators their names.
    """
    asked = [
        (r["needed"], r)
        for r in comparison.rows
        if r["at"] == "end" and r["indicator"] in headline and r["needed"]
        and r["policy"] != comparison.baseline.label
    ]  # fmt: skip
    if not asked:
        return []
    most, worst = max(asked, key=lambda pair: pair[0])
    n = len(comparison.seeds)
    short = [name for key, name in headline.items() if any(r["indicator"] == key for _, r in asked)]
    more = len(short) > 4
    en = ", ".join(name.en for name in short[:4]) + (", …" if more else "")
    zh = "、".join(name.zh for name in short[:4]) + ("……" if more else "")
    name, policy = headline[worst["indicator"]], worst["policy"]
    return [
        Text(
            f"{n} replicates are too few for {len(short)} headline indicator(s) ({en}): "
            f"{most:,} are needed for {name.en} under {policy}.",
            f"{n} 次重复对 {len(short)} 项核心指标（{zh}）不够："
            f"{policy} 下的{name.zh}需要 {most:,} 次。",
        )
    ]


def _told(row: Row | None) -> bool:
    """Return whether a row's difference is told apart from zero."""
    return bool(row and row["lo"] is not None and (row["lo"] > 0 or row["hi"] < 0))


def _differs(comparison: Comparison, names: dict[str, Text]) -> Text:
    parts = [_differs_of(comparison, arm, names) for arm in comparison.policies]
    base = comparison.baseline.label
    months = comparison.months
    return Text(
        f"After {months} months, against {base}: " + "; ".join(p.en for p in parts) + ".",
        f"{months} 个月后，与 {base} 相比：" + "；".join(p.zh for p in parts) + "。",
    )


def _differs_of(comparison: Comparison, arm: Arm, names: dict[str, Text]) -> Text:
    en, zh = [], []
    for indicator in (*STOCKS, *SUMS):
        row = comparison.row(arm.label, indicator)
        if row is None or not _told(row):
            continue
        name = names.get(indicator, Text(indicator, indicator))
        span = f"[{row['lo']:+,.0f}, {row['hi']:+,.0f}]"
        more = "more" if row["diff"] > 0 else "fewer"
        en.append(f"{abs(row['diff']):,.0f} {more} {name.en} {span}")
        zh.append(f"{name.zh} {row['diff']:+,.0f} {span}")
    if not en:
        return Text(
            f"{arm.label} makes no difference that these replicates can tell",
            f"{arm.label} 没有这些重复能够辨别的差异",
        )
    return Text(f"{arm.label} has " + ", ".join(en), f"{arm.label}：" + "，".join(zh))


def _costs(comparison: Comparison) -> Text:
    en, zh = [], []
    for arm in comparison.policies:
        parts = [
            (name, row["diff"])
            for indicator, name in PAYERS
            if (row := comparison.row(arm.label, indicator)) and row["diff"] is not None
        ]
        told_en = ", ".join(f"{name.en} {_millions(d).en}" for name, d in parts) or "no cost known"
        told_zh = "、".join(f"{name.zh} {_millions(d).zh}" for name, d in parts) or "成本未知"
        en.append(f"{arm.label} changes {told_en}")
        zh.append(f"{arm.label}：{told_zh}")
    return Text(
        "In present value: " + "; ".join(en) + ".",
        "按现值计：" + "；".join(zh) + "。",
    )


def _millions(amount: float) -> Text:
    return Text(f"by {amount / 1e6:+,.1f} m CNY", f"{amount / 1e6:+,.1f} 百万元")


def _turns(comparison: Comparison, names: dict[str, Text]) -> Text:
    en, zh = [], []
    for indicator in RANKED:
        name = names.get(indicator, Text(indicator, indicator))
        leaders = [(leader(comparison, indicator, at), at) for at in comparison.times()]
        spells = [(who, [at for _, at in spell]) for who, spell in groupby(leaders, lambda x: x[0])]
        if len(spells) == 1:
            en.append(f"by {name.en} {_leads(spells[0][0]).en} at every time reported")
            zh.append(f"就{name.zh}而言，各时点均{_leads(spells[0][0]).zh}")
            continue
        en.append(f"by {name.en} " + ", then ".join(_spell(*spell).en for spell in spells))
        zh.append(f"就{name.zh}而言，" + "，随后".join(_spell(*spell).zh for spell in spells))
    sentence = "; ".join(en)
    return Text(sentence[:1].upper() + sentence[1:] + ".", "；".join(zh) + "。")


def _leads(who: str | None) -> Text:
    if who is None:
        return Text("none leads for certain", "无法确定领先者")
    return Text(f"{who} leads", f"由 {who} 领先")


def _spell(who: str | None, at: list[str]) -> Text:
    first, last = _when(at[0]), _when(at[-1])
    en, zh = (first.en, first.zh) if len(at) == 1 else (
        f"{first.en} to {last.en}", f"{first.zh}至{last.zh}"
    )  # fmt: skip
    return Text(f"{_leads(who).en} ({en})", f"{_leads(who).zh}（{zh}）")


def _when(at: str) -> Text:
    if at == "end":
        return Text("the end", "期末")
    return Text(f"month {int(at[1:])}", f"第{int(at[1:])}月")


def leader(comparison: Comparison, indicator: str, at: str, direction: str = "up") -> str | None:
    """Return the arm with the best mean, None where the runner-up cannot be told from it.

    The best is the highest, or the lowest where `direction` is "down".
    """
    sign = -1 if direction == "down" else 1
    found = {}
    for label, values in comparison.values.items():
        column = values.get((indicator, at))
        if column is not None and not np.isnan(column).all():
            found[label] = sign * column
    if len(found) < 2:
        return None
    first, second = sorted(found, key=lambda label: -np.nanmean(found[label]))[:2]
    pair = statistics.summarise(found[second][:, None], found[first][:, None], comparison.level)
    return first if pair.low[0] > 0 else None
