"""A run seen month by month: every firm in every month, kept while the run goes on.

Measures work on these arrays alone, so that tests can plant a truth in them and see it found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.state.columns import BRANCH, CLOSED, MOVED_AWAY, MOVED_REGION, RELOCATED

# What is kept of a firm each month, beside its row in the year's tables.
KEPT = (
    "uid", "born", "arrived", "origin", "parent", "sector", "quality", "staff", "revenue", "cost",
    "income", "rounds", "valuation", "last_round", "round_value", "raised", "share_funds", "share_operator",
    "ambition", "embeddedness", "footloose", "supported_at_stop", "neighbours", "sold", "area",
    "rent", "maturity", "knowledge", "ties", "cell", "floor", "x", "y",
    "support", "landlord", "supported_by",
)  # fmt: skip
LONG_AGO = -(10**6)
STILL_HERE = 10**6


@dataclass
class Panel:
    """All firm-months of a run.

    Attributes:
        rows: structured array sorted by (uid, month), fields `KEPT` and `month` (-1 = at the start).
        months: length of the run.
        fates: what became of every firm (see `sim.kept.FIRM_FATE`), in uid order.
        names, series: the run's indicators, shape (months, indicators).
        flows: payments by year (see `sim.kept.FLOW`).
        yearly: what was noted once a year, by name (see `Watcher`).
        seed, params: the run's seed and its parameters, a record by process.
    """

    rows: np.ndarray
    months: int
    fates: np.ndarray
    names: tuple[str, ...] = ()
    series: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    flows: np.ndarray = field(default_factory=lambda: np.zeros(0))
    yearly: dict[str, list[Any]] = field(default_factory=dict)
    seed: int = 0
    params: dict[str, np.ndarray] = field(default_factory=dict)

    def column(self, name: str) -> np.ndarray:
        """Return an indicator by month, shape (months,)."""
        return self.series[:, self.names.index(name)]

    def at(self, month: int) -> np.ndarray:
        """Return the rows of one month in uid order."""
        return self.rows[self.rows["month"] == month]

    def first(self) -> np.ndarray:
        """Return the first row of each firm, in uid order."""
        return self.rows[np.flatnonzero(np.diff(self.rows["uid"], prepend=-1) != 0)]

    def last(self) -> np.ndarray:
        """Return the last row of each firm, in uid order."""
        return self.rows[np.flatnonzero(np.diff(self.rows["uid"], append=-1) != 0)]

    def until(self, months: int) -> Panel:
        """Return what a run of fewer months would have shown: the first `months` of this one."""
        fates = self.fates[self.fates["arrived"] < months].copy()
        later = fates["left"] >= months
        fates["left"][later], fates["how"][later], fates["registered"][later] = -1, 0, -1
        years = months // 12
        # A year's note is taken at its end; the first, where there is one, is of the start.
        known = sum(month < months for month in self.yearly.get("month", []))
        return Panel(
            self.rows[self.rows["month"] < months], months, fates, self.names, self.series[:months],
            self.flows[self.flows["year"] < years] if self.flows.size else self.flows,
            {name: values[:known] for name, values in self.yearly.items()}, self.seed, self.params,
        )  # fmt: skip

    def fate_of(self, uids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return month of leaving (`STILL_HERE` = stays) and kind of end of firms by uid."""
        at = np.searchsorted(self.fates["uid"], uids)
        left = self.fates["left"][at].astype(np.int64)
        return np.where(left < 0, STILL_HERE, left), self.fates["how"][at]


def ordinary(rows: np.ndarray) -> np.ndarray:
    """Return which rows are of independent firms that did not move in, a boolean array."""
    return (rows["ambition"] != BRANCH) & (rows["origin"] != RELOCATED)


def moved(how: np.ndarray) -> np.ndarray:
    """Return which ends are moves away, a boolean array."""
    return (how == MOVED_REGION) | (how == MOVED_AWAY)


def closed(how: np.ndarray) -> np.ndarray:
    """Return which ends are closures, a boolean array."""
    return how == CLOSED


class Watcher:
    """Keeps the firms of every month; hand its `__call__` to `simulate(observe=...)`."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._months: list[int] = []
        self._params: dict[str, np.ndarray] = {}
        none = np.zeros(0, np.int64)
        self._tenants = {"kept_flats": none, "kept_market": none}
        self.yearly: dict[str, list[Any]] = {
            "month": [], "tie_metres": [], "workers": [], "residents": [], "skilled": [],
            "operator_value": [], "owned_m2": [], "debt": [], "cluster_metres": [], "kept_flats": [], "kept_market": [],
        }  # fmt: skip

    def __call__(self, world: Any, month: int) -> None:
        """Note the month that was just stepped."""
        self._params = world.params
        rows = world.firms.rows
        kept = np.empty(rows.size, [(n, rows.dtype[n]) for n in KEPT])
        for name in KEPT:
            kept[name] = rows[name]
        self._parts.append(kept)
        self._months.append(month)
        if (month + 1) % 12 == 0:
            self._year(world, month)

    def _year(self, world: Any, month: int) -> None:
        from calibration.measures.ground import cluster_radius, tie_lengths
        from calibration.measures.stakes import operator_holdings

        people = world.people.rows
        living = (people.home_cell >= 0) & (people.kind > 0)
        note = self.yearly
        note["month"].append(month)
        note["tie_metres"].append(tie_lengths(world.firms.rows, world.ties.rows))
        note["cluster_metres"].append(cluster_radius(world.firms.rows, world.ties.rows))
        note["workers"].append(int((living & (people.kind == 3)).sum()))
        note["skilled"].append(int((living & (people.kind < 3)).sum()))
        note["residents"].append(int(living.sum()))
        note["operator_value"].append(operator_holdings(world))
        note["owned_m2"].append(float(world.operators.rows["owned_m2"][0]))
        note["debt"].append(float(world.operators.rows["debt"][0]))
        self._keep(people, note)

    def _keep(self, people: Any, note: dict[str, list[Any]]) -> None:
        """Note the share of last year's tenants, of apartments and of the market, that still live here.

        Only who had come within a year is compared: an apartment goes to newcomers, and who has been here
        for long stays in any home.
        """
        lives = people.uid[(people.home_cell >= 0) & (people.kind > 0)]
        fresh = (
            (people.employer >= 0) & (people.kind > 0) & (people.kind < 3) & (people.tenure < 12)
        )
        for name, tenants in self._tenants.items():
            still = np.isin(tenants, lives, assume_unique=True)
            note[name].append(float(still.mean()) if tenants.size else np.nan)
        housed = fresh & (people.home_cell >= 0)
        self._tenants = {
            "kept_flats": people.uid[housed & (people.apartment == 1)],
            "kept_market": people.uid[housed & (people.apartment == 0)],
        }

    def panel(self, run: Any) -> Panel:
        """Return what was seen, sorted by firm and month."""
        counts = [part.size for part in self._parts]
        whole = np.concatenate(self._parts)
        rows = np.empty(whole.size, [*whole.dtype.descr, ("month", np.int64)])
        for name in KEPT:
            rows[name] = whole[name]
        rows["month"] = np.repeat(self._months, counts)
        rows = rows[np.argsort(rows["uid"], kind="stable")]
        return Panel(
            rows, run.months, run.fates, run.names, run.series, run.flows, self.yearly, run.seed,
            self._params,
        )  # fmt: skip


def watch(scenario: Any, seed: int, months: int | None = None) -> Panel:
    """Run a scenario once and return all that was seen."""
    from sim.recorder import simulate

    watcher = Watcher()
    run = simulate(scenario, seed, months, observe=watcher)
    return watcher.panel(run)
