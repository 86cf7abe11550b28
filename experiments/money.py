"""Who pays and who receives, by programme and year; what an extra firm or job costs.

All sums are in constant CNY of the start year and not discounted, but for the cost per extra, whose
costs are the present values that the indicators report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments import statistics
from experiments.compare import COSTS, Comparison
from experiments.runner import Result
from sim.state.ledger import GOVERNMENT, KINDS, OPERATOR, PURPOSES

YEAR = 12
LEFT_AFTER = 36  # months after the stop at which jobs left are counted

Key = tuple[int, int, int]  # payer kind, payee kind, purpose: numbers of `sim.state.ledger`


def years(months: int) -> int:
    """Return how many years a run has, a broken one counted whole."""
    return -(-months // YEAR)


def dense(run: Result, months: int) -> np.ndarray:
    """Return a run's payments, CNY, shape (years, kinds, kinds, purposes)."""
    found = np.zeros((years(months), len(KINDS), len(KINDS), len(PURPOSES)))
    flows = run.flows
    at = tuple(flows[name] for name in ("year", "payer", "payee", "purpose"))
    np.add.at(found, at, flows["amount"])
    return found


def mean_flows(comparison: Comparison, label: str) -> dict[Key, np.ndarray]:
    """Return the mean over seeds of every payment that occurs, CNY a year, shape (years,)."""
    runs = [run for run in comparison.runs[label] if run]
    if not runs:
        return {}
    total = np.mean([dense(run, comparison.months) for run in runs], axis=0)
    used = np.argwhere(np.any(total != 0, axis=0)).tolist()
    return {(a, b, c): total[:, a, b, c] for a, b, c in used}


def net_receipts(run: Result) -> np.ndarray:
    """Return what each kind of account received less what it paid, CNY, shape (kinds,)."""
    flows = run.flows
    net = np.bincount(flows["payee"], flows["amount"], len(KINDS))
    return net - np.bincount(flows["payer"], flows["amount"], len(KINDS))


def gains(comparison: Comparison, policy: str) -> statistics.Paired:
    """Return each kind's net receipts under a policy against the baseline, columns as KINDS."""
    pairs = comparison.pairs(policy)
    a = np.array([net_receipts(without) for without, _ in pairs]).reshape(-1, len(KINDS))
    b = np.array([net_receipts(given) for _, given in pairs]).reshape(-1, len(KINDS))
    return statistics.summarise(a, b, comparison.level)


def public_and_operator(flows: dict[Key, np.ndarray]) -> dict[Key, np.ndarray]:
    """Return the payments that government or operator make or receive."""
    sides = (GOVERNMENT, OPERATOR)
    return {key: by_year for key, by_year in flows.items() if key[0] in sides or key[1] in sides}


def outlays(flows: dict[Key, np.ndarray], payer: int) -> dict[int, np.ndarray]:
    """Return what an account pays by purpose, CNY a year, the largest first."""
    found: dict[int, np.ndarray] = {}
    for (paid_by, _, purpose), by_year in flows.items():
        if paid_by == payer:
            found[purpose] = found.get(purpose, 0.0) + by_year
    return dict(sorted(found.items(), key=lambda item: -float(item[1].sum())))


def by_purpose(flows: dict[Key, np.ndarray], account: int) -> dict[int, float]:
    """Return what an account receives less what it pays over the whole run, by purpose, CNY.

    What comes in stands first, and within either side the largest.
    """
    found: dict[int, float] = {}
    for (payer, payee, purpose), by_year in flows.items():
        net = float(by_year.sum()) * ((payee == account) - (payer == account))
        if net:
            found[purpose] = found.get(purpose, 0.0) + net
    return dict(sorted(found.items(), key=lambda item: (item[1] < 0, -abs(item[1]))))


@dataclass(frozen=True)
class CostPerExtra:
    """What one more costs: `what` is firm, job_year or job_left; `payer` public or both."""

    policy: str
    what: str
    payer: str
    ratio: statistics.Ratio | None  # None where the run ends before the month in question


def costs_per_extra(comparison: Comparison, policy: str) -> list[CostPerExtra]:
    """Return cost per extra firm, job-year and job left after support, each for both payers."""
    pairs = comparison.pairs(policy)
    last = comparison.months - 1
    stop = comparison.stops.get(policy)
    left = None if stop is None or stop + LEFT_AFTER > last else stop + LEFT_AFTER
    found = []
    for what, month in (("firm", last), ("job_year", last), ("job_left", left)):
        for payer, names in (("public", COSTS[:1]), ("both", COSTS)):
            ratio = None
            if month is not None:
                gain = [
                    _gain(given, what, month) - _gain(not_, what, month) for not_, given in pairs
                ]
                cost = [
                    sum(float(g.column(n)[month] - w.column(n)[month]) for n in names)
                    for w, g in pairs
                ]
                ratio = statistics.ratio(np.array(cost), np.array(gain))
            found.append(CostPerExtra(policy, what, payer, ratio))
    return found


def _gain(run: Result, what: str, month: int) -> float:
    if what == "job_year":
        return float(run.column("job_years")[: month + 1].sum())
    return float(run.column("firms" if what == "firm" else "jobs")[month])
