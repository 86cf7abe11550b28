"""Why and how far to trust: known facts, sources, built-in signs, and how to repeat it."""

from __future__ import annotations

from typing import Any

from experiments.compare import Comparison
from experiments.facts import Check, check
from experiments.figures.numbers import number, plain
from experiments.sources import BUILT_IN, built_in_value, count_sources
from hotbed.report.blocks import Section, Table, Words
from hotbed.report.names import Names
from sim.declare import ASSUMPTION, Text


def build(
    comparison: Comparison, engine: Any, names: Names, manifest: dict[str, Any], command: str
) -> Section:
    """Return the section on trust."""
    return Section(
        "trust",
        Text("How far to trust this", "可信程度"),
        Text(
            "What the baseline gets right, what is assumed, what is built in, and how to repeat every number.",
            "基准再现了哪些事实、哪些是假设、哪些是内置的，以及如何重现每个数字。",
        ),
        [
            _facts(comparison, engine, names),
            _sources(comparison),
            _signs(comparison),
            _manifest(comparison, manifest, names),
            Words(
                Text("The command that repeats it", "重现命令"),
                [Text(command, command)],
                is_code=True,
            ),
        ],
    )


def _facts(comparison: Comparison, engine: Any, names: Names) -> Table | Words:
    checks = check(comparison)
    if not checks:
        return Words(
            None, [Text("No known facts apply to this place.", "没有适用于该地点的已知事实。")]
        )
    passed = sum(c.holds is True for c in checks)
    return Table(
        [
            Text("fact", "事实"),
            Text("known", "已知范围"),
            Text("evidence", "证据"),
            Text("baseline, median over seeds", "基准，各种子中位数"),
            Text("result", "结果"),
        ],
        [_fact(c, engine, names) for c in checks],
        caption=Text(
            f"The baseline ({names.arm(comparison.baseline.label).en}) against known facts: "
            f"{passed} of {len(checks)} hold. Widths of bands are judgements.",
            f"基准（{names.arm(comparison.baseline.label).zh}）与已知事实对照：{len(checks)} 项中 {passed} 项成立。"
            "范围宽度为判断。",
        ),
        left=1,
        kinds=["" if c.holds else "fail" for c in checks],
    )


def _fact(found: Check, engine: Any, names: Names) -> list[Any]:
    fact = found.fact
    unit = "ratio" if fact.relative else engine.indicators[fact.indicator].unit
    name = names.indicator(fact.indicator)
    if fact.note:
        name = Text(f"{name.en} ({fact.note.en})", f"{name.zh}（{fact.note.zh}）")
    low, high = number(fact.low, unit), number(fact.high, unit)
    word = {
        True: Text("✓ pass", "✓ 成立"),
        False: Text("✗ fail", "✗ 不成立"),
        None: Text("not defined in these runs", "在这些运行中无定义"),
    }[found.holds]
    return [
        name,
        Text(f"{low.en} – {high.en}", f"{low.zh} – {high.zh}"),
        fact.source,
        number(found.value, unit),
        word,
    ]


def _sources(comparison: Comparison) -> Table:
    counted = count_sources([arm.scenario for arm in comparison.arms])
    rows = []
    for one in counted:
        total = one.sourced + one.assumed
        share = f"{one.sourced / total:.0%}" if total else number(None, "")
        rows.append([one.kind, str(one.sourced), str(one.assumed), share])
    return Table(
        [
            Text("numbers of", "数字所属"),
            Text("with an evidence id", "有证据编号"),
            Text("assumed", "假设"),
            Text("share with evidence", "有证据占比"),
        ],
        rows,
        caption=Text("Where the inputs come from", "输入数字的来源"),
    )


def _signs(comparison: Comparison) -> Table:
    rows = []
    for sign in BUILT_IN:
        found = built_in_value(sign, comparison.baseline.scenario)
        if found is None:
            continue
        value, declared = found
        source = Text("assumption", "假设") if declared.source == ASSUMPTION else declared.source
        span = f"{plain(declared.low)} – {plain(declared.high)}"
        rows.append([sign.text, f"{sign.process}.{sign.parameter}", plain(value), span, source])
    return Table(
        [
            Text("what is put in, and so is no finding", "内置设定（不是发现）"),
            Text("parameter", "参数"),
            Text("here", "此处取值"),
            Text("range", "范围"),
            Text("source", "来源"),
        ],
        rows,
        left=2,
        caption=Text(
            "Built-in signs; the project's decisions say more (docs/decisions)",
            "内置符号；详见项目的决策记录（docs/decisions）",
        ),
    )


def _manifest(comparison: Comparison, manifest: dict[str, Any], names: Names) -> Table:
    seeds = comparison.seeds
    resolved = {
        run["policy"]: run["resolved"]
        for run in manifest.get("runs", {}).values()
        if run.get("seed") in seeds
    }
    rows: list[list[Any]] = [
        [Text("place", "地点"), comparison.scenario],
        [Text("months", "月数"), str(comparison.months)],
        [Text("seeds", "种子"), f"{seeds[0]} … {seeds[-1]} ({len(seeds)})"],
    ]
    for arm in comparison.arms:
        who = names.arm(arm.label)
        done = sum(d is not None for d in comparison.digests.get(arm.label, []))
        rows.append(
            [
                Text(f"arm: {who.en}", f"情形：{who.zh}"),
                Text(
                    f"{arm.label}; {done} of {len(seeds)} runs; resolved scenario sha256 "
                    f"{resolved.get(arm.label, '–')[:16]}",
                    f"{arm.label}；{len(seeds)} 次运行完成 {done} 次；解析后情景 sha256 {resolved.get(arm.label, '–')[:16]}",
                ),
            ]
        )
    rows += [
        [Text("model version", "模型版本"), comparison.model_version],
        [
            Text("versions", "软件版本"),
            ", ".join(f"{k} {v}" for k, v in manifest.get("versions", {}).items()),
        ],
        [Text("platform", "平台"), str(manifest.get("platform", "–"))],
        [Text("commit of the sources", "源代码提交"), str(manifest.get("git_commit") or "–")],
        [Text("made (UTC)", "生成时间（UTC）"), str(manifest.get("at", "–"))],
    ]
    return Table(
        [Text("what", "项目"), Text("value", "值")],
        rows,
        left=2,
        caption=Text(
            "How it was made (the whole of it is in manifest.json beside this page)",
            "生成方式（完整内容见同目录的 manifest.json）",
        ),
    )
