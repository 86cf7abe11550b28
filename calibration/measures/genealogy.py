"""PAT08: who founds, out of which parents, and how long their firms live."""

from __future__ import annotations

import math

import numpy as np

from calibration.measures.survival import ages, life_table
from calibration.panel import Panel
from sim.state.columns import (
    BRANCH,
    GIANT_LEAVER,
    GRADUATE,
    INDEPENDENT,
    RELOCATED,
    RETURNEE,
    SCHOLAR,
    SPIN_OUT,
)

FEW = 0.10  # of all firms that were ever here, the most prolific
MID_SIZE = (10, 250)  # staff


def measure(panel: Panel) -> dict[str, float]:
    """Return the share of spin-outs, their survival, and how concentrated their parents are."""
    first = panel.first()
    born = first[(first["born"] >= 0) & (first["origin"] != RELOCATED)]
    spun = born[np.isin(born["origin"], (SPIN_OUT, GIANT_LEAVER))]
    fresh = born[np.isin(born["origin"], (INDEPENDENT, RETURNEE))]
    scholars = int((born["origin"] == SCHOLAR).sum())
    alive = [life_table(*ages(panel, group), 60)[60] for group in (spun, fresh)]
    return {
        "spin_outs": spun.size / max(born.size, 1),
        "longer_lived": float(alive[0] - alive[1]),
        "graduates_per_scholar": float((born["origin"] == GRADUATE).sum()) / max(scholars, 1),
        **_parents(panel, spun),
        **_university(panel, born),
    }


def _parents(panel: Panel, spun: np.ndarray) -> dict[str, float]:
    rows = panel.rows[panel.rows["month"] >= 0]
    uids, months = np.unique(rows["uid"], return_counts=True)
    children = np.zeros(uids.size)
    mine = spun[spun["origin"] == SPIN_OUT]
    at = np.searchsorted(uids, mine["parent"])
    at = at[at < uids.size]
    np.add.at(children, at, 1)
    ranked = np.sort(children)[::-1]
    top = ranked[: max(1, int(FEW * uids.size))].sum() / max(children.sum(), 1)
    own = rows[rows["ambition"] != BRANCH]
    quality = np.zeros(uids.size)
    quality[np.searchsorted(uids, own["uid"])] = own["quality"]
    weights = children if children.sum() else None
    lift = float(np.average(quality, weights=weights) - quality.mean())
    funded = np.zeros(uids.size, np.bool_)
    funded[np.searchsorted(uids, own["uid"][own["raised"] > 0])] = True
    heads = np.zeros(uids.size)
    np.add.at(heads, np.searchsorted(uids, own["uid"]), own["staff"] / 12)
    rate = [children[g].sum() / max(heads[g].sum(), 1) for g in (funded, ~funded & (heads > 0))]
    size = heads * 12 / np.maximum(months, 1)
    middle = (size >= MID_SIZE[0]) & (size < MID_SIZE[1])
    return {
        "from_few_parents": float(top),
        "parent_quality": lift,
        "venture_parents": float(rate[0] / rate[1]) if rate[1] > 0 else math.nan,
        "mid_size_parents": float(children[middle].sum() / max(children.sum(), 1)),
    }


def _university(panel: Panel, born: np.ndarray) -> dict[str, float]:
    """Return the share of university firms, closed ones aside, that are still here at the end."""
    mine = born[np.isin(born["origin"], (SCHOLAR, GRADUATE))]
    left, how = panel.fate_of(mine["uid"])
    open_ = ~((how == 1) & (left < panel.months))
    here = left >= panel.months
    return {"university_here": float(here[open_].mean()) if open_.any() else math.nan}
