"""A small stand-in for the engine: keyed noise, two levers, a few indicators, instant runs."""

import hashlib
import json
import time
from dataclasses import dataclass, field, replace

import numpy as np

from experiments.runner import Engine
from sim.declare import Text, indicator
from sim.state.ledger import KINDS, PURPOSES
from sim.state.rules import LeverUse

FATES = np.dtype(
    [
        ("uid", "<i8"),
        ("arrived", "<i4"),
        ("left", "<i4"),
        ("how", "<i1"),
        ("supported", "<i8"),
        ("supported_at_stop", "<i1"),
        ("origin", "<i8"),
        ("sector", "<i8"),
        ("staff_end", "<i8"),
        ("staff_start", "<i8"),
        ("zone", "<i8"),
    ]
)
FLOWS = np.dtype(
    [
        ("year", "<i2"), ("payer", "<i1"), ("payee", "<i1"), ("purpose", "<i2"), ("amount", "<f8"),
    ]
)  # fmt: skip
GROUND = np.dtype(
    [
        ("month", "<i2"), ("column", "<i2"), ("line", "<i2"), ("firms", "<i4"), ("let", "<f4"),
        ("floor", "<f4"),
    ]
)  # fmt: skip
INDICATORS = {
    i.name: i
    for i in (
        indicator("firms", "firms", "stock", "end", "up", "firms", "企业数", "", headline=True),
        indicator("jobs", "jobs", "stock", "end", "up", "jobs", "岗位", "", headline=True),
        indicator("closures", "firms", "flow", "sum", "down", "closures", "关闭", ""),
        indicator("odd", "share", "share", "mean", "none", "odd", "偶有定义", ""),
        indicator(
            "public_cost_pv", "CNY", "stock", "end", "down", "public cost", "政府支出", "",
            headline=True,
        ),
        indicator("operator_cost_pv", "CNY", "stock", "end", "down", "operator cost", "运营支出", ""),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A scenario that knows one number of support and one of money."""

    policy: str = "no-policy"
    gift: float = 0.0
    least: float = 0.0
    most: float = 1e9
    name: str = "toy"
    title: Text = Text("Toy", "玩具")
    policy_title: Text = Text("a policy", "某政策")
    months: int = 48
    scale_lever: str | None = "grant.cny"
    levers: tuple = ()
    fails_on: tuple = ()
    sleeps: float = 0.0
    dies_on: int = -1
    sites: tuple = ()
    expect: tuple = ()
    initial: dict = field(default_factory=dict)

    def canonical(self) -> bytes:
        content = {"gift": self.gift, "place": "toy"}
        return json.dumps(content, separators=(",", ":")).encode()

    def scaled(self, factor: float) -> "Place":
        gift = max(min(self.gift * factor, self.most), self.least)
        return replace(self, gift=gift).with_support()

    def with_support(self) -> "Place":
        return replace(self, levers=(LeverUse("grant", {"cny": self.gift}, 0, 11),))


@dataclass(frozen=True)
class Run:
    scenario: str
    policy: str
    seed: int
    months: int
    model_version: str
    digest: str
    names: tuple
    series: np.ndarray
    fates: np.ndarray
    flows: np.ndarray
    ground: np.ndarray


def simulate(scenario, seed, months=None, strict=False):
    if scenario.dies_on == seed:
        import os

        os._exit(9)
    if seed in scenario.fails_on:
        raise ArithmeticError(f"staff below zero in month 7, seed {seed}")
    time.sleep(scenario.sleeps)
    months = months or scenario.months
    noise = np.random.default_rng(seed).normal(size=(months, 3))
    m = np.arange(1, months + 1)
    firms = 100 + noise[:, 0] + scenario.gift * np.where(m <= 12, 1.0, -0.5)
    jobs = firms * 8 + noise[:, 1]
    odd = np.full(months, np.nan) if seed % 2 else noise[:, 2]
    cost = 1e6 * scenario.gift * np.minimum(m, 12)
    names = tuple(INDICATORS)
    series = np.column_stack([firms, jobs, np.abs(noise[:, 2]), odd, cost, cost / 2])
    digest = hashlib.sha256(series.tobytes()).hexdigest()
    records = fates(scenario), flows(scenario, months), ground(firms)
    return Run("toy", scenario.policy, seed, months, "1", digest, names, series, *records)


def fates(scenario):
    """Four firms that are there anyway, two that only a gift brings; uid 3 and 5 leave in month 20."""
    count = 6 if scenario.gift else 4
    table = np.zeros(count, dtype=FATES)
    table["uid"] = np.arange(count) + 1
    table["left"] = np.where(np.isin(table["uid"], [3, 5]), 20, -1)
    table["supported"] = table["supported_at_stop"] = 1 if scenario.gift else 0
    table["sector"] = np.arange(count) % 2
    table["staff_start"] = 2 * table["uid"]
    table["staff_end"] = 3 * table["uid"]
    return table


def flows(scenario, months):
    """Wages from every firm, and what government gives in the first year."""
    years = np.arange(-(-months // 12))
    table = np.zeros(years.size + bool(scenario.gift), dtype=FLOWS)
    wages = table[: years.size]
    wages["year"], wages["amount"] = years, 1e6
    wages["payer"], wages["payee"] = KINDS.index("firm"), KINDS.index("households")
    wages["purpose"] = PURPOSES.index("wages")
    if scenario.gift:
        grant = KINDS.index("government"), KINDS.index("firm"), PURPOSES.index("cash_grant")
        table[-1] = (0, *grant, 12e6 * scenario.gift)
    return table


def ground(firms):
    """Two cells, at the start and after each year."""
    passed = np.arange(0, firms.size + 1, 12)
    table = np.zeros(2 * passed.size, dtype=GROUND)
    table["month"], table["column"] = np.repeat(passed, 2), np.tile([0, 1], passed.size)
    table["firms"], table["let"], table["floor"] = 50, 800.0, 1000.0
    return table


def run_id(scenario, seed, months):
    return hashlib.sha256(scenario.canonical() + f"{seed}/{months}".encode()).hexdigest()


def reported(declared, series, month):
    if declared.report == "end":
        return float(series[month])
    part = series[: month + 1]
    return float({"sum": part.sum, "mean": part.mean}[declared.report]())


def last_supported(scenario, months):
    """Support stops after month 11, where there is any."""
    return 11 if scenario.levers and months > 12 else None


def engine(simulate=simulate) -> Engine:
    return Engine(simulate, run_id, lambda: "1", INDICATORS, reported, lambda: True, last_supported)
