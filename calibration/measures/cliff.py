"""PAT09: what happens to supported firms once a rent subsidy ends, against the same luck without it."""

from __future__ import annotations

import math

import numpy as np

from calibration.panel import Panel, closed, moved

AFTER = 36  # months followed after support has stopped (B16)
WEAK, STRONG = 0.30, 0.50  # embeddedness at the stop: little, much
SMALL, LARGE = 50, 150  # staff (F15)


def _gone(panel: Panel, uids: np.ndarray, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Return who moved and who closed within `AFTER` months of `stop`."""
    left, how = panel.fate_of(uids)
    soon = (left >= stop) & (left < stop + AFTER)
    return soon & moved(how), soon & closed(how)


def measure(base: Panel, supported: Panel, stop: int) -> dict[str, float]:
    """Return leaving after the stop by embeddedness, and the bump over the years before.

    Args:
        base: the run without support.
        supported: the run with it.
        stop: first month without support.
    """
    rows = supported.at(stop - 1)
    mine = rows[rows["supported_at_stop"] > 0]
    away, dead = _gone(supported, mine["uid"], stop)
    # Who closes cannot leave any more: of those that did not, how many left.
    alive = ~dead
    weak = alive & (mine["embeddedness"] < WEAK)
    strong = alive & (mine["embeddedness"] >= STRONG)
    there = base.at(stop - 1)
    calm_away, calm_dead = _gone(base, there["uid"], stop)
    calm = (calm_away | calm_dead).mean() if there.size else math.nan
    found = {
        "leave_weak": _share(away, weak),
        "leave_strong": _share(away, strong),
        "leave_all": float(away.mean()) if away.size else math.nan,
        "bump": float((away | dead).mean() / calm) if away.size and calm else math.nan,
        "weak_share": float(weak.mean()) if weak.size else math.nan,
    }
    return found | response(base, supported, stop)


def _share(hit: np.ndarray, among: np.ndarray) -> float:
    return float(hit[among].mean()) if among.any() else math.nan


def response(base: Panel, supported: Panel, stop: int) -> dict[str, float]:
    """Compare the same firms in both runs just before support stops: jobs by size, productivity."""
    a, b, at0 = base.at(stop - 1), supported.at(stop - 1), base.at(-1)
    _, i, j = np.intersect1d(a["uid"], b["uid"], return_indices=True)
    a, b = a[i], b[j]
    start = np.full(a.size, np.nan)
    _known, k, m = np.intersect1d(a["uid"], at0["uid"], return_indices=True)
    start[k] = at0["staff"][m]
    small, large = start < SMALL, start >= LARGE
    per_head = [np.log(np.maximum(x["revenue"], 1) / np.maximum(x["staff"], 1)) for x in (a, b)]
    sells = (a["revenue"] > 0) & (b["revenue"] > 0)
    stayed_a, stayed_b = _kept(base, at0, stop), _kept(supported, at0, stop)
    first = at0["staff"]
    return {
        "small_jobs": stayed_b[first < SMALL].sum() / max(stayed_a[first < SMALL].sum(), 1) - 1,
        "large_jobs": float(b["staff"][large].sum() / max(a["staff"][large].sum(), 1) - 1),
        "small_jobs_same": float(b["staff"][small].sum() / max(a["staff"][small].sum(), 1) - 1),
        "productivity": float((per_head[1] - per_head[0])[sells].mean()) if sells.any() else 0.0,
    }


def _kept(panel: Panel, at0: np.ndarray, stop: int) -> np.ndarray:
    """Return the staff at the stop of the firms of month 0, 0 where they are gone."""
    now = panel.at(stop - 1)
    _, i, j = np.intersect1d(at0["uid"], now["uid"], return_indices=True)
    staff = np.zeros(at0.size)
    staff[i] = now["staff"][j]
    return staff
