"""Who pays and who receives, what an extra firm or job costs, and what the operator lives on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments import money as books
from experiments.compare import Comparison
from experiments.figures.bars import Part, stacked
from experiments.figures.numbers import UNDEFINED, money, span
from experiments.figures.rows import Gain, gains
from hotbed.report import operator_part
from hotbed.report.blocks import Figure, Section, Table
from hotbed.report.names import Names, account, payment
from sim.declare import Text
from sim.state.ledger import GOVERNMENT, KINDS, OPERATOR

MOST_PARTS = 6  # parts of a stacked bar beside "other"
OTHER = Text("other", "其他")
TOTAL = Text("total", "合计")
OTHER_RECEIPTS, OTHER_PAYMENTS = (
    Text("other receipts", "其他收入"),
    Text("other payments", "其他支出"),
)
LEFT = Text("what is left", "结余")
CNY = "CNY"
STREAMS = (
    "operator_rent_income",
    "operator_rent_public",
    "operator_service_income",
    "operator_equity_income",
    "operator_fund_income",
    "operator_brand_income",
)


def build(comparison: Comparison, engine: Any, names: Names) -> Section:
    """Return the money section."""
    flows = {arm.label: books.mean_flows(comparison, arm.label) for arm in comparison.arms}
    sides = {label: books.public_and_operator(found) for label, found in flows.items()}
    blocks: list[Any] = [
        _gains(comparison, names),
        _costs(comparison, names),
        _outlays(comparison, names, sides, GOVERNMENT),
        _outlays(comparison, names, sides, OPERATOR),
        _income(comparison, engine, names),
        operator_part.left(names, sides),
        *(_programmes(arm.label, sides[arm.label], names) for arm in comparison.arms),
        *(_rest(arm.label, flows, sides, comparison, names) for arm in comparison.arms),
    ]
    return Section(
        "money",
        Text("Money: who pays, who receives", "资金：谁出钱，谁得钱"),
        Text(
            "Payments of the ledger in constant CNY of the start year, summed by year, mean over seeds, not "
            "discounted unless it says present value. Rent that the operator forgoes is no payment; it counts in "
            "“operator cost, present value”.",
            "账本中的实际收付，按起始年不变价人民币逐年汇总，取各种子均值；除注明“现值”外均未折现。运营商放弃的租金不是支付，"
            "计入“运营商成本现值”。",
        ),
        [block for block in blocks if block is not None],
    )


def _gains(comparison: Comparison, names: Names) -> Figure:
    drawings, columns = [], []
    head: list[Any] = [Text("account", "账户")]
    for arm in comparison.policies:
        found = books.gains(comparison, arm.label)
        bars = [
            Gain(account(k), float(found.diff[k]), float(found.low[k]), float(found.high[k]))
            for k in range(len(KINDS))
        ]
        drawings.append(gains(names.arm(arm.label), bars, CNY, names.style(arm.label)))
        head += [names.arm(arm.label), Text("95% interval", "95% 区间")]
        columns.append(
            [money(b.value, sign=True) if math.isfinite(b.value) else UNDEFINED for b in bars]
        )
        columns.append([span(b.low, b.high, CNY) for b in bars])
    rows = [[account(k), *(column[k] for column in columns)] for k in range(len(KINDS))]
    return Figure(
        Text(
            "Net receipts of each account over the whole run, difference from the baseline",
            "各账户全期净收入，与基准之差",
        ),
        drawings,
        Table(head, rows),
        Text(
            "To the right an account receives more (or pays less) than without the policy; mean with 95% interval. "
            "The bars of a policy sum to zero: what one gains, another pays. Each policy has its own scale.",
            "向右表示该账户比无政策时多得（或少付）；均值与 95% 区间。同一政策各条之和为零：有得必有出。各政策坐标不同。",
        ),
    )


_WHAT = {
    "firm": Text("per extra firm at the end", "期末每多一家企业"),
    "job_year": Text("per extra job-year", "每多一个岗位年"),
    "job_left": Text(
        f"per job left {books.LEFT_AFTER} months after the stop",
        f"停止扶持 {books.LEFT_AFTER} 个月后每留存一个岗位",
    ),
}


def _costs(comparison: Comparison, names: Names) -> Table:
    rows, kinds = [], []
    for arm in comparison.policies:
        found: dict[str, dict[str, books.CostPerExtra]] = {}
        for cost in books.costs_per_extra(comparison, arm.label):
            found.setdefault(cost.what, {})[cost.payer] = cost
        for i, (what, by_payer) in enumerate(found.items()):
            public, both = _ratio(by_payer["public"]), _ratio(by_payer["both"])
            head = names.arm(arm.label) if i == 0 else ""
            rows.append([head, _WHAT[what], *public[:2], *both[:2], public[2]])
            kinds.append("first" if i == 0 else "")
    interval = Text("95% interval", "95% 区间")
    return Table(
        [
            Text("policy", "政策"),
            Text("cost", "成本"),
            Text("CNY paid by government", "政府支出（元）"),
            interval,
            Text("CNY paid by government and operator", "政府与运营商支出（元）"),
            interval,
            Text("why not defined", "无定义的原因"),
        ],
        rows,
        left=2,
        kinds=kinds,
        notes=True,
        caption=Text(
            "Cost per extra, against the baseline: present value of outlays up to that month over what is there "
            "more (interval by Fieller)",
            "每单位增量的成本（与基准相比）：至该月支出现值 ÷ 增量（Fieller 区间）",
        ),
    )


def _ratio(cost: books.CostPerExtra) -> list[Any]:
    ratio = cost.ratio
    if ratio is None:
        why = Text("support does not stop early enough in this run", "本次运行中扶持未足够早停止")
        return [UNDEFINED, UNDEFINED, why]
    if math.isfinite(ratio.value):
        return [_thousands(ratio.value), _span(ratio.low, ratio.high), ""]
    if ratio.n < 2:
        why = Text("fewer than two pairs of runs", "配对运行不足两次")
    elif ratio.gain <= 0:
        why = Text("there is not more, but as much or less", "没有增量，持平或更少")
    else:
        why = Text("what is there more is not told apart from 0", "增量与 0 无法辨别")
    return [UNDEFINED, UNDEFINED, why]


def _thousands(value: float) -> Text:
    return money(value) if abs(value) >= 1e6 else Text(f"{value:,.0f}", f"{value:,.0f}")


def _span(low: float, high: float) -> Text:
    a, b = _thousands(low), _thousands(high)
    return Text(f"{a.en} … {b.en}", f"{a.zh} … {b.zh}")


def _outlays(
    comparison: Comparison, names: Names, flows: dict[str, dict[books.Key, np.ndarray]], payer: int
) -> Figure | None:
    by_arm = {label: books.outlays(found, payer) for label, found in flows.items()}
    totals: dict[int, float] = {}
    for found in by_arm.values():
        for purpose, by_year in found.items():
            totals[purpose] = max(totals.get(purpose, 0.0), float(by_year.sum()))
    if not totals:
        return None
    largest = sorted(totals, key=lambda purpose: -totals[purpose])
    shown, rest = largest[:MOST_PARTS], largest[MOST_PARTS:]
    nothing = np.zeros(books.years(comparison.months))
    panels = {}
    for label, found in by_arm.items():
        parts = [Part(payment(p), found.get(p, nothing)) for p in shown]
        if rest:
            parts.append(Part(OTHER, sum((found.get(p, nothing) for p in rest), nothing)))
        panels[label] = parts
    who = account(payer)
    return _stacks(
        panels,
        names,
        Text(f"What the {who.en} pays, by year and purpose", f"{who.zh}逐年支出，按用途"),
    )


def _income(comparison: Comparison, engine: Any, names: Names) -> Figure | None:
    known = [engine.indicators[name] for name in STREAMS if name in engine.indicators]
    if not known:
        return None
    panels = {}
    for arm in comparison.arms:
        runs = [run for run in comparison.runs[arm.label] if run]
        panels[arm.label] = [
            Part(i.text, _by_year(np.mean([run.column(i.name) for run in runs], axis=0)))
            for i in known
            if runs
        ]
    return _stacks(
        panels, names, Text("The operator's income by stream and year", "运营商逐年收入，按来源")
    )


def _by_year(values: np.ndarray) -> np.ndarray:
    return np.add.reduceat(values, np.arange(0, values.size, books.YEAR))


def _stacks(panels: dict[str, list[Part]], names: Names, title: Text) -> Figure:
    top = max(
        (float(sum(p.values for p in parts).max()) for parts in panels.values() if parts), default=0
    )
    drawings = [
        stacked(names.arm(label), parts, CNY, top) for label, parts in panels.items() if parts
    ]
    count = max((parts[0].values.size for parts in panels.values() if parts), default=0)
    rows, kinds = [], []
    for label, parts in panels.items():
        for i, part in enumerate(parts):
            head = names.arm(label) if i == 0 else ""
            rows.append([head, part.name, *_year_cells(part.values)])
            kinds.append("first" if i == 0 else "")
        if parts:
            rows.append(["", TOTAL, *_year_cells(np.sum([p.values for p in parts], axis=0))])
            kinds.append("total")
    return Figure(
        title,
        drawings,
        Table(
            [Text("policy", "政策"), Text("what", "项目"), *_year_heads(count)],
            rows,
            2,
            None,
            kinds,
        ),
    )


def _year_heads(count: int) -> list[Text]:
    return [*(Text(f"year {y + 1}", f"第 {y + 1} 年") for y in range(count)), TOTAL]


def _year_cells(by_year: np.ndarray) -> list[Text]:
    return [money(float(v)) for v in (*by_year.tolist(), by_year.sum())]


def _programmes(label: str, flows: dict[books.Key, np.ndarray], names: Names) -> Table:
    """Return what government and operator pay and receive by programme and year."""
    count = max((by_year.size for by_year in flows.values()), default=0)
    ordered = sorted(flows.items(), key=lambda item: (item[0][0], -float(item[1].sum())))
    rows = [
        [account(a), account(b), payment(purpose), *_year_cells(by_year)]
        for (a, b, purpose), by_year in ordered
    ]
    who = names.arm(label)
    return Table(
        [Text("payer", "付款方"), Text("payee", "收款方"), Text("programme or purpose", "项目或用途"),
         *_year_heads(count)],
        rows,
        left=3,
        caption=Text(
            f"{who.en}: what government and operator pay and receive, by programme and year",
            f"{who.zh}：政府与运营商的收付，按项目与年份",
        ),
        folded=True,
    )  # fmt: skip


def _rest(
    label: str,
    flows: dict[str, dict[books.Key, np.ndarray]],
    sides: dict[str, dict[books.Key, np.ndarray]],
    comparison: Comparison,
    names: Names,
) -> Table:
    """Return all other payments of an arm, so that the tables hold the whole ledger."""
    others = [(key, float(v.sum())) for key, v in flows[label].items() if key not in sides[label]]
    others.sort(key=lambda item: (item[0][0], -item[1]))
    base = flows[comparison.baseline.label]
    rows = []
    for key, total in others:
        without = float(base[key].sum()) if key in base else 0.0
        words = [account(key[0]), account(key[1]), payment(key[2]), money(total)]
        rows.append([*words, money(total - without, sign=True)])
    who = names.arm(label)
    return Table(
        [Text("payer", "付款方"), Text("payee", "收款方"), Text("purpose", "用途"), TOTAL,
         Text("difference from the baseline", "与基准之差")],
        rows,
        left=3,
        caption=Text(
            f"{who.en}: all other payments over the whole run", f"{who.zh}：其余全部收付（全期）"
        ),
        folded=True,
    )  # fmt: skip
