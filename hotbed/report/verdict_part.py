"""The verdict, and what would turn it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from experiments.compare import Comparison
from experiments.figures.numbers import number, plain, span
from experiments.flips import Turn, rankings, turns, undecided
from experiments.sources import SCANS, value_of
from experiments.verdict import RANKED, STOCKS, SUMS, verdict, warnings
from hotbed.report.blocks import COMMA, THEN, Section, Table, Words, joined
from hotbed.report.names import Names
from sim.declare import Text

SHORT = 6  # months; who is ahead for less than that is not told
BY = Text("by ", "按")


def build(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the verdict section."""
    indicators = engine.indicators
    texts = {name: declared.text for name, declared in indicators.items()}
    headline = {name: d.text for name, d in indicators.items() if d.headline}
    said = [*verdict(comparison, texts), *warnings(comparison, headline)]
    blocks: list[Any] = [Words(None, [names.in_words(sentence) for sentence in said])]
    if len(comparison.arms) > 1:
        blocks.append(_horizon(comparison, indicators, names))
        blocks += _outcomes(comparison, indicators, names)
        blocks.append(_undecided(comparison, indicators, names))
    blocks.append(_not_scanned(comparison))
    return Section(
        "verdict",
        Text("Verdict, and what would flip it", "结论，以及什么会使其翻转"),
        Text(
            "What these runs can tell apart, and where the ranking depends on when or by what one looks.",
            "这些运行能够辨别什么，以及排名如何取决于看什么、何时看。",
        ),
        blocks,
    )


def _horizon(comparison: Comparison, indicators: dict[str, Any], names: Names) -> Words:
    lines = []
    for name in (*RANKED, *SUMS):
        if name in indicators:
            lines.append(_turns(comparison, indicators[name], names))
    return Words(
        Text("Another horizon", "换一个时点"),
        lines,
        is_list=True,
        lead=Text(
            "Who has the highest mean from which month on. Spells under "
            f"{SHORT} months are left out; being ahead is not being told apart.",
            f"各月均值最高者（不足 {SHORT} 个月的不列）；领先不等于能够辨别。",
        ),
    )


def _turns(comparison: Comparison, declared: Any, names: Names) -> Text:
    found = turns(comparison, declared)
    ends = [*(turn.month for turn in found), comparison.months + 1][1:]
    long = [t for t, end in zip(found, ends, strict=True) if end - t.month >= SHORT]
    spells = [next(same) for _, same in groupby(long, lambda turn: turn.who)]
    head = joined([declared.text, Text(": ", "：")], Text("", ""))
    if not spells:
        tail = Text("nobody is ahead for long", "没有持续领先者")
    elif len(spells) == 1:
        who = names.arm(spells[0].who)
        tail = Text(f"{who.en} is ahead throughout", f"{who.zh} 始终领先")
    else:
        tail = joined([_spell(t, names) for t in spells], Text(", then ", "，其后 "))
        last = spells[-1].month
        tail = Text(
            f"{tail.en} — the ranking turns, last in month {last}",
            f"{tail.zh}——排名发生翻转，最近一次在第 {last} 月",
        )
    return Text(f"{head.en}{tail.en}.", f"{head.zh}{tail.zh}。")


def _spell(turn: Turn, names: Names) -> Text:
    who = names.arm(turn.who)
    return Text(f"{who.en} from month {turn.month}", f"{who.zh}（自第 {turn.month} 月）")


def _outcomes(comparison: Comparison, indicators: dict[str, Any], names: Names) -> list[Any]:
    found = rankings(comparison, indicators)
    if not found:
        return []
    first = found[0]
    rows, kinds = [], []
    for ranking in found:
        otherwise = _same_arms(ranking.order, first.order) != _same_arms(first.order, ranking.order)
        word = Text("otherwise", "不同") if otherwise else Text("same", "相同")
        sure = names.arm(ranking.certain) if ranking.certain else Text("not certain", "不确定")
        rows.append(
            [
                names.indicator(ranking.indicator),
                joined([names.arm(label) for label in ranking.order], THEN),
                sure,
                "" if ranking is first else word,
            ]
        )
        kinds.append("flip" if otherwise else "")
    base = names.indicator(first.indicator)
    table = Table(
        [
            Text("headline indicator at the end", "期末核心指标"),
            Text("arms by their mean, the best first", "按均值排名（优者在前）"),
            Text("surely best", "确定最优"),
            Text(f"against “{base.en}”", f"与“{base.zh}”相比"),
        ],
        rows,
        left=4,
        caption=Text(
            "Another outcome: how each indicator ranks the arms", "换一个指标：各指标下的排名"
        ),
        kinds=kinds,
    )
    return [table, _stocks_and_sums(comparison, indicators, names)]


def _same_arms(order: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """Return the arms of `order` that are in `other` too; some have no value by some indicators."""
    return [label for label in order if label in other]


def _stocks_and_sums(comparison: Comparison, indicators: dict[str, Any], names: Names) -> Words:
    lines = []
    best: dict[str, set[str]] = {}
    for kind, group in (("stock", STOCKS), ("sum", SUMS)):
        told = [r for r in rankings(comparison, indicators) if r.indicator in group]
        best[kind] = {r.order[0] for r in told}
        parts = [
            Text(
                f"{names.indicator(r.indicator).en}: {names.arm(r.order[0]).en}",
                f"{names.indicator(r.indicator).zh}：{names.arm(r.order[0]).zh}",
            )
            for r in told
        ]
        head = (
            Text("What is there at the end — ", "期末存量——")
            if kind == "stock"
            else Text("What was there in all — ", "期内累计——")
        )
        list_ = joined(parts, Text("; ", "；"))
        lines.append(Text(f"{head.en}{list_.en}.", f"{head.zh}{list_.zh}。"))
    if best["stock"] and best["sum"]:
        agree = best["stock"] == best["sum"] and len(best["sum"]) == 1
        lines.append(
            Text("Stocks and sums have the same arm on top.", "存量与累计的领先者相同。")
            if agree
            else Text(
                "Stocks and sums do not agree on one arm: a subsidy can win on job-years and lose on "
                "what is left.",
                "存量与累计的领先者不一致：补贴可能赢得岗位年，却输掉最终留存。",
            )
        )
    return Words(Text("Stocks against sums", "存量与累计"), lines, is_list=True)


def _undecided(comparison: Comparison, indicators: dict[str, Any], names: Names) -> Words:
    rows = undecided(comparison, indicators)
    lines = []
    for arm in comparison.policies:
        own = [row for row in rows if row["policy"] == arm.label]
        if not own:
            continue
        parts = [
            Text(
                f"{names.indicator(r['indicator']).en} ({span(r['lo'], r['hi'], r['unit']).en})",
                f"{names.indicator(r['indicator']).zh}（{span(r['lo'], r['hi'], r['unit']).zh}）",
            )
            for r in own
        ]
        listed, who = joined(parts, COMMA), names.arm(arm.label)
        lines.append(Text(f"{who.en}: {listed.en}.", f"{who.zh}：{listed.zh}。"))
    if not lines:
        lines = [Text("None of the headline intervals includes 0.", "核心指标的区间均不含 0。")]
    return Words(
        Text(
            "Intervals that include 0 (not told apart from the baseline)",
            "区间含 0（与基准无法辨别）",
        ),
        lines,
        is_list=True,
    )


def _not_scanned(comparison: Comparison) -> Words:
    lines = []
    for scan in SCANS:
        value = value_of(scan, comparison.baseline.scenario)
        if value is None:
            continue
        tried = ", ".join(plain(v) for v in scan.values)
        text = number(value, scan.unit)
        lines.append(
            Text(
                f"{scan.text.en}: {text.en} here; not scanned over {tried}.",
                f"{scan.text.zh}：此处为 {text.zh}；未在 {tried} 上扫描。",
            )
        )
    lead = Text(
        "Every run here holds these at one value. Another value may turn the ranking; only a scan tells.",
        "本次所有运行均将下列数值固定。换一个值可能使排名翻转，须经扫描才能知道。",
    )
    return Words(Text("Not scanned", "未作扫描"), lines, is_list=True, lead=lead)
