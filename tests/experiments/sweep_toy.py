"""An engine for sweeps: real scenario files, instant runs, and a truth that is known.

Jobs are 100 + luck; growth adds to them under service-for-equity what it takes from the subsidy, so
that the first is better where market.growth > 0.1 and nowhere else. location.leave moves nothing.
"""

import hashlib
import os
from types import SimpleNamespace

import numpy as np

from experiments.runner import Engine
from sim.indicators import INDICATORS, reported

NAMES = ("jobs", "firms", "founder_value", "public_cost_pv", "operator_cost_pv", "job_years")
GROWTH, TIP = 400.0, 0.1
SIGNS = {"service-for-equity": 1.0, "heavy-rent-subsidy": -1.0}

STUDY = """\
schema: hotbed/1
kind: study
name: {en: Toy worlds, zh: 玩具情境}
place: starter-park
horizon: {months: 30 months}
policies: [no-policy, heavy-rent-subsidy, service-for-equity]
versus: [service-for-equity, heavy-rent-subsidy]
uncertainties:
  market.growth: {low: 0, high: 0.2}
  location.leave: {low: 0.01, high: 0.08, scale: log}
levers:
  service_for_equity.firms_max: {low: 40, high: 240}
outcomes: [{indicator: jobs, at_least: 100}, firms]
replicates: 2
design: {kind: latin, rows: 32}
"""
SMALL = STUDY.replace("rows: 32", "rows: 8")


def growth(scenario):
    return scenario.parameters.get("market", {}).get("growth", TIP)


def gain(scenario):
    return GROWTH * (growth(scenario) - TIP) * SIGNS.get(scenario.policy, 0.0)


def simulate(scenario, seed, months=None, strict=False):
    if os.environ.get("HOTBED_TEST_FAILS") == str(seed) and scenario.policy == "no-policy":
        raise ArithmeticError(f"staff below zero in month 7, seed {seed}")
    months = months or scenario.months
    luck = np.random.default_rng(seed).normal(size=months)
    policy = scenario.policy
    jobs = 100 + luck + gain(scenario)
    cost = np.full(months, 1e6 * abs(SIGNS.get(policy, 0.0)))
    series = np.column_stack([jobs, jobs / 10, jobs * 1e4, cost, cost, jobs / 12])
    digest = hashlib.sha256(series.tobytes()).hexdigest()
    empty = np.empty(0)
    return SimpleNamespace(
        scenario="toy", policy=policy, seed=seed, months=months, model_version="1", digest=digest,
        names=NAMES, series=series, fates=empty, flows=empty, ground=empty,
    )  # fmt: skip


def version():
    return "1"


def ready():
    return True


def run_id(scenario, seed, months):
    return hashlib.sha256(scenario.canonical() + f"{seed}/{months}".encode()).hexdigest()


def no_stop(scenario, months):
    return None


def engine():
    chosen = {name: one for name, one in INDICATORS.items() if name in NAMES}
    return Engine(simulate, run_id, version, chosen, reported, ready, no_stop)
