"""What became of the supported firms, and who won and who lost."""

from __future__ import annotations

from typing import Any

from experiments.compare import Comparison
from experiments.figures.bars import shares
from experiments.figures.numbers import number, plain, span
from experiments.figures.rows import Gain, gains
from experiments.support import Outcomes, outcomes
from experiments.winners import GROUPS, Group, winners
from hotbed.report.blocks import Figure, Section, Table, Words
from hotbed.report.cohort_part import arrivals
from hotbed.report.names import GROUPS as BY
from hotbed.report.names import Names, group
from sim.declare import Text

_FATES = (
    Text("still here", "仍在园"),
    Text("closed", "关闭"),
    Text("moved within the region", "区域内迁出"),
    Text("moved away", "迁离区域"),
    Text("sold and moved", "被收购迁出"),
)
TOTAL = Text("in all", "合计")
_KINDS = {
    "both": Text("firms in both arms, with the policy", "两种情形均有的企业：有政策"),
    "without": Text("the same firms, without it", "同一批企业：无政策"),
    "only": Text("firms only the policy brought", "仅因政策而来的企业"),
}


def supported(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the section on supported firms."""
    drawings, rows, kinds, blocks = [], [], [], []
    for arm in comparison.policies:
        found = outcomes(comparison.pairs(arm.label))
        who = names.arm(arm.label)
        if not found.both.sum() + found.only.sum():
            words = Text("supported no firm in these runs.", "在这些运行中没有扶持任何企业。")
            blocks.append(Words(None, [Text(f"{who.en} {words.en}", f"{who.zh} {words.zh}")]))
            continue
        drawings.append(_drawing(who, found))
        rows += _rows(who, found)
        kinds += ["first", *[""] * (len(_KINDS) - 1)]
    if drawings:
        what = Text("firms, mean over seeds", "企业数，各种子均值")
        head = [Text("policy", "政策"), what, *_FATES, TOTAL]
        title = Text("Shares at the end of the run", "期末占比")
        blocks.insert(0, Figure(title, drawings, Table(head, rows, 2, None, kinds)))
    after = _after(comparison, names)
    return Section(
        "supported",
        Text("What became of the supported firms", "受扶持企业的去向"),
        Text(
            "Firms that any programme of the policy ever supported, at the end of the run; mean over seeds. Firms "
            "in both arms can be compared with themselves; firms only the policy brought cannot.",
            "曾受该政策任一项目扶持的企业在期末的去向，取各种子均值。两种情形均有的企业可与自身比较；仅因政策而来者不能。",
        ),
        [*blocks, *([after] if after else []), arrivals(comparison, names)],
    )


def _drawing(who: Text, found: Outcomes) -> str:
    lines = [(text, getattr(found, kind)) for kind, text in _KINDS.items()]
    shown = [(_counted(text, float(v.sum())), v) for text, v in lines if v.sum()]
    return shares(who, shown, _FATES)


def _rows(who: Text, found: Outcomes) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for kind, text in _KINDS.items():
        values = getattr(found, kind)
        counts = [plain(round(float(v), 1)) for v in (*values, values.sum())]
        rows.append(["" if rows else who, text, *counts])
    return rows


def _counted(text: Text, count: float) -> Text:
    words = plain(round(count, 1))
    return Text(f"{text.en} ({words})", f"{text.zh}（{words}）")


def _after(comparison: Comparison, names: Names) -> Table | None:
    """Return the rows of the months after the stop, as the comparison has them."""
    rows: list[list[Any]] = []
    kinds: list[str] = []
    last = ""
    for row in comparison.rows:
        name, later, kind = row["indicator"], "", ""
        for start in ("retention_after_support_", "excess_after_support_"):
            if name.startswith(start):
                later, _, kind = name[len(start) :].partition("m")
        if not later or (name.startswith("retention") and not kind):
            continue
        what = _AFTER["excess" if name.startswith("excess") else kind.strip("_")]
        note = Text(row["note"] or "", row["note_zh"] or "")
        unit = row["unit"]
        kinds.append("first" if row["policy"] != last else "")
        rows.append(
            [
                names.arm(row["policy"]) if row["policy"] != last else "",
                Text(f"{later} months", f"{later} 个月"),
                what,
                number(row["mean"], unit),
                number(row["diff"], unit, sign=True),
                span(row["lo"], row["hi"], unit),
                note,
            ]
        )
        last = row["policy"]
    if not rows:
        return None
    return Table(
        [
            Text("policy", "政策"),
            Text("after the stop", "停止后"),
            Text("what", "项目"),
            Text("mean", "均值"),
            Text("difference", "差值"),
            Text("95% interval", "95% 区间"),
            Text("notes", "备注"),
        ],
        rows,
        left=3,
        kinds=kinds,
        notes=True,
        caption=Text("12, 24 and 36 months after support stopped", "扶持停止 12、24、36 个月后"),
    )


_AFTER = {
    "excess": Text("firms on the site", "在园企业数"),
    "both": Text("kept, firms in both arms", "留存：两种情形均有的企业"),
    "only_policy": Text("kept, firms only the policy brought", "留存：仅因政策而来的企业"),
    "share_only_policy": Text("share only the policy brought", "仅因政策而来者占比"),
}


def winners_and_losers(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the section on winners and losers."""
    return Section(
        "winners",
        Text("Winners and losers", "受益者与受损者"),
        Text(
            "Firms at the end, policy less baseline, by kind of firm. Firms are matched by identity: saved firms are "
            "here only under the policy, lost ones only without it; brought and crowded-out firms exist in one arm "
            "alone. Net = saved − lost + brought − crowded out.",
            "期末企业数（政策减基准），按企业类别。企业按身份匹配：“挽回”仅在有政策时在园，“失去”仅在无政策时在园；“引来”与“挤出”"
            "的企业只存在于一种情形。净增 = 挽回 − 失去 + 引来 − 挤出。",
        ),
        [_by(comparison, by, names) for by in GROUPS],
    )


def _by(comparison: Comparison, by: str, names: Names) -> Figure:
    drawings, rows, kinds = [], [], []
    for arm in comparison.policies:
        found = winners(comparison, arm.label, by)
        bars = [
            Gain(
                group(by, g.index),
                round(g.mean["net_firms"], 1),
                g.low["net_firms"],
                g.high["net_firms"],
            )
            for g in found
        ]
        if bars:
            drawings.append(gains(names.arm(arm.label), bars, "firms", names.style(arm.label)))
        for i, g in enumerate(found):
            rows.append([names.arm(arm.label) if i == 0 else "", group(by, g.index), *_row(g)])
            kinds.append("first" if i == 0 else "")
    table = Table(
        [
            Text("policy", "政策"),
            Text("group", "类别"),
            Text("in both arms", "两者均有"),
            Text("saved", "挽回"),
            Text("lost", "失去"),
            Text("brought", "引来"),
            Text("crowded out", "挤出"),
            Text("net firms", "净增企业"),
            Text("95% interval", "95% 区间"),
            Text("net jobs", "净增岗位"),
            Text("95% interval", "95% 区间"),
        ],
        rows,
        left=2,
        kinds=kinds,
    )
    title = BY[by]
    return Figure(Text(f"Net firms {title.en}", f"净增企业，{title.zh}"), drawings, table)


def _row(found: Group) -> list[Any]:
    counts = ("matched", "saved", "lost", "brought", "crowded_out")
    return [
        *(plain(round(found.mean[name], 1)) for name in counts),
        plain(round(found.mean["net_firms"], 1), sign=True),
        span(found.low["net_firms"], found.high["net_firms"], "firms"),
        plain(round(found.mean["net_jobs"], 1), sign=True),
        span(found.low["net_jobs"], found.high["net_jobs"], "jobs"),
    ]
