"""The policy sign tests of the literature, each from the runs of one seed that it pairs."""

from __future__ import annotations

import math

import numpy as np

from calibration.panel import STILL_HERE, Panel, moved
from sim.state.columns import BRANCH, RELOCATED, VENTURE

WATCHED = 36  # months after an award in which its effect is looked for
SETTLED = 24  # months after support has stopped, when what is left of performance is compared


def _both(a: Panel, b: Panel, month: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a month of firms that are there in both runs."""
    one, other = a.at(month), b.at(month)
    _, i, j = np.intersect1d(one["uid"], other["uid"], return_indices=True)
    return one[i], other[j]


def performance(base: Panel, treated: Panel, stop: int) -> float:
    """Return by how much more, in logs, supported firms earn than the same firms without support."""
    a, b = _both(base, treated, min(stop + SETTLED, base.months) - 1)
    mine = (b["supported_by"] > 0) & (b["born"] >= 0) & (a["income"] > 0) & (b["income"] > 0)
    if not mine.any():
        return math.nan
    return float(np.log(b["income"][mine] / a["income"][mine]).mean())


def _raised(panel: Panel, uids: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Return which firms closed a first round within `WATCHED` months of a month each."""
    rows = panel.rows[(panel.rows["rounds"] > 0) & (panel.rows["sold"] == 0)]
    at = np.searchsorted(rows["uid"], uids)
    known = (at < rows.size) & (rows["uid"][np.minimum(at, rows.size - 1)] == uids)
    month = np.where(known, rows["month"][np.minimum(at, rows.size - 1)], STILL_HERE)
    return month <= since + WATCHED


def odds_of_money(base: Panel, granted: Panel, since: Panel | None = None) -> np.ndarray:
    """Count firms that seek venture money, awarded in `since`, that raise: base, granted, of how many.

    Awards are dated in the run `since` (by default `granted`), so that two doses are asked about the
    same firms from the same month on.
    """
    dated = granted if since is None else since
    rows = dated.rows[(dated.rows["supported_by"] > 0) & (dated.rows["ambition"] == VENTURE)]
    uids, first = np.unique(rows["uid"], return_index=True)
    month = rows["month"][first]
    fresh = rows["rounds"][first] == 0
    early = fresh & (month + WATCHED < dated.months)
    uids, month = uids[early], month[early]
    counts = [float(_raised(panel, uids, month).sum()) for panel in (base, granted)]
    return np.array([*counts, float(uids.size)])


def occupancy(base: Panel, rented: Panel) -> float:
    """Return how much lower vacancy is in the first year of a rent subsidy."""
    return float((base.column("vacancy") - rented.column("vacancy"))[6:18].mean())


def stolen(base: Panel, rented: Panel, stop: int) -> float:
    """Return how many firms more moved in from elsewhere in the region and beyond, over base."""
    more = rented.column("entries_relocated")[:stop].sum()
    return float(more / max(base.column("entries_relocated")[:stop].sum(), 1) - 1)


def persistence(base: Panel, treated: Panel, stop: int) -> np.ndarray:
    """Return the excess of firms when support stops and `WATCHED` months later."""
    gap = treated.column("firms") - base.column("firms")
    return np.array([gap[stop - 6 : stop].mean(), gap[stop + WATCHED - 6 : stop + WATCHED].mean()])


def ties_gained(base: Panel, treated: Panel) -> float:
    """Return the gain in ties per firm over the years, as a share."""
    a, b = (panel.column("ties_mean")[12:60].mean() for panel in (base, treated))
    return float(b / a - 1)


def response(base: Panel, cheaper: Panel) -> np.ndarray:
    """Return moves of firms in strong and weak clusters: base and cheaper rivals, and how many firms.

    Strong are the upper half by embeddedness among the independent firms of month 0.
    """
    rows = base.at(-1)
    rows = rows[(rows["ambition"] != BRANCH) & (rows["origin"] != RELOCATED)]
    strong = rows["embeddedness"] >= np.median(rows["embeddedness"])
    counts = []
    for group in (strong, ~strong):
        for panel in (base, cheaper):
            left, how = panel.fate_of(rows["uid"][group])
            counts.append(float((moved(how) & (left < WATCHED)).sum()))
        counts.append(float(group.sum()))
    return np.array(counts)
