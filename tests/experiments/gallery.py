"""Every figure once, with data that are known and names that are long: for tests and for a look."""

import numpy as np
import pandas as pd

from experiments.figures import bars, lines, maps, pareto, planes, regret, rows, survival, tipping
from experiments.figures.svg import style_of
from experiments.ground import Ground
from sim.declare import Text

NOTHING = Text("No policy", "无政策")
SERVICES = Text("Services for equity", "服务换股权")
LONG = Text(
    "A policy with quite a long name that no legend was made for",
    "一个名称相当长、没有任何图例为其准备的政策",
)
JOBS = planes.Measure(Text("jobs", "岗位数"), "jobs", True)
COST = planes.Measure(Text("public cost, present value", "政府成本现值"), "CNY", False)
GROWTH = planes.Measure(Text("growth of the market", "市场增长率"), "1/year")
PAID = planes.Measure(Text("services to a firm", "给每家企业的服务"), "CNY/month")
LEAVE = planes.Measure(Text("share of firms looking elsewhere", "考虑迁出的企业占比"), "share")
MONTHS = 48


def runs(shift=0.0, reps=8):
    luck = np.random.default_rng(5).normal(size=(reps, 1))
    month = np.arange(1.0, MONTHS + 1)
    return 300 + 2 * month + 5 * luck + shift * np.minimum(month, 24) + np.sin(month / 5)


def steps():
    names = [("rent", "租金", 31.2e6), ("rent paid by the government for tenants", "政府代付租金", 4.4e6),
             ("services", "服务费", 12.5e6), ("running of space", "空间运营", -18.0e6),
             ("service staff", "服务人员", -9.1e6), ("debt service", "还本付息", -27.5e6)]  # fmt: skip
    return [rows.Gain(Text(en, zh), value) for en, zh, value in names]


def swings():
    names = [("growth of the market", "市场增长率", -40.0, 38.0, 78.0, True),
             ("share of firms that are footloose", "易迁企业占比", 21.0, -3.0, 24.0, True),
             ("(luck)", "（运气）", -6.0, 6.0, 12.0, True),
             ("price sensitivity of moves", "迁移价格敏感度", 1.0, 3.0, 4.0, False)]  # fmt: skip
    return [rows.Swing(Text(en, zh), *rest) for en, zh, *rest in names]


def tried():
    at = [0.0, 0.05, 0.1, 0.15, 0.2]
    mean = [-21.0, -9.0, 0.5, 12.0, 20.0]
    spread = [4.0, 3.0, 2.5, 3.0, 5.0]
    points = pd.DataFrame({"at": at, "mean": mean})
    return points.assign(low=points["mean"] - spread, high=points["mean"] + spread)


FLIPS = pd.DataFrame({"at": [0.098], "low": [0.09], "high": [0.11]})


def worlds(n=60):
    generator = np.random.default_rng(3)
    x, y = generator.uniform(0, 0.2, n), generator.uniform(0.1, 0.6, n)
    x = 1e5 * x
    better = np.where(x > 1e4, 0.75, 0.25)
    better[:3], better[3] = 0.5, np.nan
    return x, y, better


def front():
    cost, jobs = np.array([2.0, 5.0, 6.0, 14.0]) * 1e6, np.array([310.0, 352.0, 358.0, 371.0])
    table = pd.DataFrame({"cost": cost, "jobs": jobs, "knee": [False, True, False, False]})
    for goal, half in (("cost", 6e5), ("jobs", 6.0)):
        table[f"{goal} low"], table[f"{goal} high"] = table[goal] - half, table[goal] + half
    others = pd.DataFrame({"cost": [9e6, 12e6, 4e6], "jobs": [330.0, 340.0, 300.0]})
    return table, others


def regrets():
    found = []
    numbers = {"no-policy": (300, 250, 22, 60, 0.1), "services": (340, 270, 4.2, 15, 0.62),
               "<b>rent</b>": (330, 281, 9, 31, 0.28)}  # fmt: skip
    for policy, values in numbers.items():
        for measure, value in zip(regret.MEASURES, values, strict=True):
            found.append((policy, measure, value, 0.9 * value, 1.1 * value, 64))
    columns = ["policy", "measure", "value", "low", "high", "worlds"]
    return pd.DataFrame(found, columns=columns)


def cohorts():
    age = np.arange(MONTHS + 1)
    made = []
    for i, (name, rate) in enumerate([(NOTHING, 0.016), (SERVICES, 0.011), (LONG, 0.02)]):
        share = np.exp(-rate * age)
        seen = np.round(420 * (1 - age / (MONTHS + 1))).astype(int)
        made.append(survival.Cohort(name, style_of(i), share, share - 0.04, share + 0.04, seen))
    return made


def ground():
    column, line = np.divmod(np.arange(12), 4)
    firms = np.array([0, 1, 2, 9, 4, 0, 3, 1, 5, 2, 0, 7.5])
    floor = np.full(12, 4000.0)
    return Ground(60, column, line, firms, floor * np.linspace(0, 1, 12), floor)


def figures():
    """Return every figure by name."""
    several = [(NOTHING, runs()), (SERVICES, runs(1.0)), (LONG, runs(-0.7))]
    jobs = Text("jobs on the site", "园区岗位数")
    kept, others = front()
    years = np.array([4e6, 5e6, 5.5e6, 2e6])
    parts = [bars.Part(Text("rent", "租金"), years), bars.Part(LONG, years / 2)]
    fates = [Text("still here", "仍在园"), Text("closed", "关闭")]
    x, y, better = worlds()
    return {
        "fan": lines.fan_chart(jobs, several, "jobs", 24),
        "difference": lines.difference_chart(jobs, several, "jobs", 24),
        "waterfall": rows.waterfall(
            Text("The operator's money in ten years", "运营商十年收支"), steps(),
            Text("what is left", "结余"), "CNY",
        ),
        "tornado": rows.tornado(
            Text("What moves the difference", "影响差异的因素"), swings(), -1.0, "jobs", "jobs", True
        ),
        "tipping line": tipping.tipping_line(
            Text("Where the ranking flips", "排序在何处翻转"), tried(), FLIPS,
            (GROWTH, planes.Measure(Text("gain in jobs", "岗位数优出"), "jobs")), (LONG, SERVICES),
        ),
        "tipping map": tipping.tipping_map(
            Text("Which policy is better in which world", "各情境中的较优政策"), x, y, better,
            (PAID, LEAVE), (SERVICES, LONG), ((1e4, np.inf), (-np.inf, 0.5)),
        ),
        "pareto": pareto.pareto(
            Text("What can be had together", "可兼得者"), kept, ("cost", "jobs"), (COST, JOBS), others
        ),
        "regret": regret.regret_table(
            jobs, regrets(), "jobs", {"no-policy": NOTHING, "services": SERVICES}
        ),
        "survival": survival.cohort_survival(
            Text("Firms that arrived in the run", "期内到来的企业"), cohorts()
        ),
        "map": maps.ground_map(Text("month 60", "第 60 月"), ground(), (-1, 3, -1, 4), 9.0),
        "stacked": bars.stacked(Text("income", "收入"), parts, "CNY", 8.25e6),
        "shares": bars.shares(
            SERVICES, [(NOTHING, np.array([3.0, 1.0])), (LONG, np.array([1.0, 9.0]))], fates
        ),
        "gains": rows.gains(
            SERVICES, [rows.Gain(NOTHING, 4e6, 1e6, 7e6), rows.Gain(LONG, -2e6, -3e6, -1e6)],
            "CNY", style_of(1),
        ),
    }  # fmt: skip
