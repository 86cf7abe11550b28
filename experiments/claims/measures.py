"""What a study may look at besides the indicators: read off the firms' fates and the series.

Each takes a run, the first month looked at (from 0) and the months that have passed at its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from experiments.runner import Engine, Result
from experiments.support import here_at, retention
from sim.scenario.expressions import Reference
from sim.state.catalogue import ORIGINS, SECTORS
from sim.state.columns import FATES

YEARS_TWO = 24
LARGE = 500  # staff at the start from which a firm counts as one of the giants

Measure = Callable[[np.ndarray, int, int], float]
CLOSED = FATES.index("closed")
MOVED = (FATES.index("moved within the region"), FATES.index("moved away"))


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if flags.size else math.nan


def _born(fates: np.ndarray, first: int, last: int) -> np.ndarray:
    """Return the firms that came in months `first` to `last` - 1."""
    return fates[(fates["arrived"] >= first) & (fates["arrived"] < last)]


def _here(fates: np.ndarray, passed: int) -> np.ndarray:
    return fates[here_at(fates, passed - 1)]


def _new(origin: int, fates: np.ndarray, first: int, last: int) -> float:
    return float((_born(fates, first, last)["origin"] == origin).sum())


def _kept(origin: int | None, fates: np.ndarray, first: int, last: int) -> float:
    """Return the share of newcomers still here two years on, of those old enough to tell."""
    born = _born(fates, first, last - YEARS_TWO)
    if origin is not None:
        born = born[born["origin"] == origin]
    return _share((born["left"] < 0) | (born["left"] > born["arrived"] + YEARS_TWO))


def _survivors(fates: np.ndarray, first: int, last: int) -> float:
    """Return how many newcomers were still here two years on, of those old enough to tell."""
    born = _born(fates, first, last - YEARS_TWO)
    return float(((born["left"] < 0) | (born["left"] > born["arrived"] + YEARS_TWO)).sum())


def _closed(fates: np.ndarray, first: int, last: int) -> float:
    """Return the share of newcomers that closed within two years, of those old enough to tell."""
    born = _born(fates, first, last - YEARS_TWO)
    soon = (born["left"] >= 0) & (born["left"] <= born["arrived"] + YEARS_TWO)
    return _share(soon & (born["how"] == CLOSED))


def _kept_stock(fates: np.ndarray, first: int, last: int) -> float:
    """Return the share of the firms here after `first` months that are here at the end."""
    there = _here(fates, first) if first else fates[fates["arrived"] < 0]
    return _share(here_at(there, last - 1))


def _moved_stock(fates: np.ndarray, first: int, last: int) -> float:
    """Return the share of the firms here after `first` months that have moved away by the end."""
    there = _here(fates, first) if first else fates[fates["arrived"] < 0]
    return _share(~here_at(there, last - 1) & np.isin(there["how"], MOVED))


def _sector(sector: int, fates: np.ndarray, first: int, last: int) -> float:
    return float((_here(fates, last)["sector"] == sector).sum())


def _new_sector(sector: int, fates: np.ndarray, first: int, last: int) -> float:
    return float((_born(fates, first, last)["sector"] == sector).sum())


def _sectors_here(fates: np.ndarray, first: int, last: int) -> float:
    return float(np.unique(_here(fates, last)["sector"]).size)


def _jobs_end(fates: np.ndarray) -> np.ndarray:
    return np.where(fates["left"] < 0, fates["staff_end"], 0)


def _top_share(fates: np.ndarray, first: int, last: int) -> float:
    """Return the share of the jobs at the end that the largest twentieth of the firms hold."""
    jobs = np.sort(_jobs_end(fates))[::-1]
    jobs = jobs[jobs > 0]
    return float(jobs[: max(1, jobs.size // 20)].sum() / jobs.sum()) if jobs.size else math.nan


def _jobs_large(fates: np.ndarray, first: int, last: int) -> float:
    """Return the jobs at the end of the firms that were giants at the start."""
    giants = (fates["arrived"] < 0) & (fates["staff_start"] >= LARGE)
    return float(_jobs_end(fates[giants]).sum())


def _jobs_new(fates: np.ndarray, first: int, last: int) -> float:
    """Return the jobs at the end of the firms that came in the span."""
    return float(_jobs_end(_born(fates, first, last)).sum())


def _staff_new(fates: np.ndarray, first: int, last: int) -> float:
    """Return the mean staff at the end of the firms that came in the span and are still here."""
    staff = _jobs_end(_born(fates, first, last))
    staff = staff[staff > 0]
    return float(staff.mean()) if staff.size else math.nan


def _bunching(fates: np.ndarray, first: int, last: int) -> float:
    """Return variance over mean of local foundings a month: 1 where none sets off another."""
    born = _born(fates, first, last)
    born = born[born["origin"] != ORIGINS.index("relocated")]
    counts = np.bincount(born["arrived"] - first, minlength=last - first)
    return (
        float(counts.var(ddof=1) / counts.mean()) if counts.sum() and counts.size > 1 else math.nan
    )


# name to what it takes from the fates of one run
ONE: dict[str, Measure] = {
    "kept_newcomers_24": partial(_kept, None),
    "survivors_24": _survivors,
    "closed_newcomers_24": _closed,
    "kept_stock": _kept_stock,
    "moved_stock": _moved_stock,
    "sectors_here": _sectors_here,
    "top_jobs_share": _top_share,
    "jobs_of_giants": _jobs_large,
    "jobs_of_newcomers": _jobs_new,
    "staff_of_newcomers": _staff_new,
    "founding_bunching": _bunching,
    **{f"new_{name}": partial(_new, k) for k, name in enumerate(ORIGINS)},
    **{f"kept_{name}_24": partial(_kept, k) for k, name in enumerate(ORIGINS)},
    **{f"firms_{name}": partial(_sector, k) for k, name in enumerate(SECTORS)},
    **{f"new_firms_{name}": partial(_new_sector, k) for k, name in enumerate(SECTORS)},
}
LATER = (12, 24, 36)
# name to (months after the stop, key of `support.retention`): the supported firms that are in both
# arms, with support and without, and those that only the first arm brought
TWO: dict[str, tuple[int, str]] = {
    f"{word}_{later}": (later, key)
    for later in LATER
    for word, key in (("kept_same", "both"), ("kept_same_without", "baseline"),
                      ("kept_brought", "only"), ("share_brought", "brought"))
}  # fmt: skip
# A run costs the public and the operator together, in present value.
COST = "cost_pv"
MEASURES: dict[str, int] = {**dict.fromkeys(ONE, 1), **dict.fromkeys(TWO, 2), COST: 1}


def value_of(
    engine: Engine, reference: Reference, runs: tuple[Result, ...], months: int, stop: int | None
) -> float:
    """Return a quantity of one replicate.

    Args:
        engine: what its indicators mean.
        reference: the quantity.
        runs: the run of each of its arms.
        months: length of the runs.
        stop: last month of support in the first arm, None where it does not stop.
    """
    first, last = reference.span or (0, None)
    last = months if last is None else last
    run = runs[0]
    if reference.name in TWO:
        later, key = TWO[reference.name]
        if stop is None or stop + later >= months:
            return math.nan
        return retention(run, runs[1], stop, later)[key]
    if reference.name in ONE:
        return ONE[reference.name](run.fates, first, last)
    if reference.name == COST:
        parts = ("public_cost_pv", "operator_cost_pv")
        return sum(_reported(engine, name, run, 0, last) for name in parts)
    return _reported(engine, reference.name, run, first, last)


def _reported(engine: Engine, name: str, run: Result, first: int, last: int) -> float:
    """Return an indicator over a span: its sum or mean there, a stock as the mean over its months."""
    declared = engine.indicators[name]
    series = run.column(name)
    if first == 0:
        return engine.reported(declared, series, last - 1)
    part = series[first:last]
    if declared.report == "sum":
        return float(part.sum())
    known = part[~np.isnan(part)]
    return float(known.mean()) if known.size else math.nan
