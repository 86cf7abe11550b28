"""The sites of a place told as one: raw quantities, fates, payments, ground; and what must balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.indicators import JOINS, RAW, survival
from sim.kept import FIRM_FATE, FLOW, GROUND
from sim.state.checks import BrokenIdentityError
from sim.state.columns import MOVED_SITE
from sim.state.ledger import FIRM, OPERATOR, SITE_TRANSFER, WORLD
from sim.state.world import World

if TYPE_CHECKING:
    from sim.region.federation import Federation

_WITHIN = {  # what moved between sites is no entry to the place, and none of these who left it
    "entries": "sites_in",
    "entries_relocated": "sites_in",
    "leavers": "sites_out",
    "talent_left": "sites_talent",
}


def join_raw(place: Federation, rows: Sequence[np.ndarray], row: np.ndarray) -> None:
    """Write the place's raw quantities of a month into `row`, shape (1,), from those of its sites.

    Sums, but where `indicators.JOINS` says otherwise. Firms that moved between sites have neither
    come nor left, and their jobs were there before.
    """
    one = np.concatenate(rows)
    weights = {name: _weights(place.worlds, name) for name in set(JOINS.values())}
    for name in RAW.names or ():
        values = one[name]
        how = JOINS.get(name)
        if how is None:
            row[name] = values.sum()
        elif how == "largest":
            row[name] = values.max()
        elif how == "history":
            continue
        elif how == "union":
            every = [world.firms.rows["sector"] for world in place.worlds]
            row[name] = np.unique(np.concatenate(every)).size
        else:
            known = ~np.isnan(values)
            weight = weights[how][known]
            row[name] = (values[known] * weight).sum() / weight.sum() if weight.sum() else np.nan
    past = sum_history(place.worlds)
    for years in (1, 3, 5, 10):
        row[f"survival_{years}"] = survival(past[0], years)
    for name, moved in _WITHIN.items():
        row[name] -= sum(float(world.tally[moved][0]) for world in place.worlds)
    row["jobs_moved_in"] -= sum(_jobs_of_movers(place.natives, world) for world in place.worlds)


def sum_history(worlds: Sequence[World]) -> np.ndarray:
    """Return the sum of what sites remember of firms, a `HISTORY` record, shape (1,)."""
    total = worlds[0].history.copy()
    for name in total.dtype.names or ():
        total[name] = sum(world.history[name] for world in worlds)
    return total


def _weights(worlds: Sequence[World], how: str) -> np.ndarray:
    if how == "firms":
        return np.array([float(len(world.firms)) for world in worlds])
    if not how.startswith("floor_"):
        return np.ones(len(worlds))
    floor = np.array([float(world.cells.rows[how].sum()) for world in worlds])
    return floor if floor.any() else np.ones(len(worlds))


def _jobs_of_movers(natives: set[int], world: World) -> float:
    """Return the jobs of firms here that came from another site and were not new to the region there."""
    if not natives:
        return 0.0
    firms = world.firms.rows
    moved = np.isin(firms["uid"], np.fromiter(natives, np.int64)) & (firms["displaced"] > 0)
    return float(firms["staff"][moved].sum())


def merge_fates(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return one fate a firm, an array of `FIRM_FATE`, from its stays at the sites of a place.

    It came when and as it first came, and what became of it is what became of it where it was last.
    """
    stays = np.concatenate(parts)
    order = np.lexsort(
        (stays["how"] != MOVED_SITE, stays["left"] < 0, stays["arrived"], stays["uid"])
    )
    stays = stays[order]
    uids, first = np.unique(stays["uid"], return_index=True)
    last = np.append(first[1:], stays.size) - 1
    told = stays[last].copy()
    for name in ("arrived", "origin", "staff_start", "zone"):
        told[name] = stays[name][first]
    if stays.size:
        told["supported"] = np.bitwise_or.reduceat(stays["supported"], first)
        told["supported_at_stop"] = np.maximum.reduceat(stays["supported_at_stop"], first)
    assert told.dtype == FIRM_FATE and uids.size == told.size
    return told


def merge_flows(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return all payments of the sites by year, an array of `FLOW`."""
    rows = np.concatenate(parts)
    keys = ("year", "payer", "payee", "purpose")
    kinds, at = np.unique(rows[list(keys)], return_inverse=True)
    found = np.empty(kinds.size, FLOW)
    for name in keys:
        found[name] = kinds[name]
    found["amount"] = np.bincount(at, weights=rows["amount"], minlength=kinds.size)
    return found


def merge_ground(place: Federation, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the ground of all sites on one map, an array of `GROUND`, by month."""
    shifted = []
    corner = place.at.min(axis=0)
    for part, world, at in zip(parts, place.worlds, place.at, strict=True):
        one = part.copy()
        steps = np.round((at - corner) / float(world.norms["cell_m"][0])).astype(np.int64)
        one["column"] += steps[0]
        one["line"] += steps[1]
        shifted.append(one)
    rows = np.concatenate(shifted)
    assert rows.dtype == GROUND
    return rows[np.argsort(rows["month"], kind="stable")]


def check(place: Federation) -> None:
    """Check what must hold between the sites: money and people that leave one arrive at another.

    Raises:
        BrokenIdentityError: with month, identity and what does not balance.
    """
    worlds, month = place.worlds, place.month
    for kind, name in ((FIRM, "firms"), (OPERATOR, "operators")):
        out = sum(float(world.flows[kind, WORLD, SITE_TRANSFER]) for world in worlds)
        back = sum(float(world.flows[WORLD, kind, SITE_TRANSFER]) for world in worlds)
        if abs(out - back) > 1e-9 * max(out, back, 1.0):
            raise BrokenIdentityError(
                f"month {month}: between sites: {name} took {out} along and brought {back}"
            )
    for thing, left, came in (
        ("people", "sites_people_out", "sites_people_in"),
        ("firms", "sites_out", "sites_in"),
    ):
        out, back = (sum(int(w.tally[name][0]) for w in worlds) for name in (left, came))
        if out != back:
            raise BrokenIdentityError(
                f"month {month}: between sites: {out} {thing} left and {back} came"
            )
    for table in ("firms", "people", "founders", "stakes", "funds"):
        uids = np.sort(np.concatenate([world.column(table, "uid") for world in worlds]))
        if (uids[1:] == uids[:-1]).any():
            raise BrokenIdentityError(f"month {month}: between sites: {table} stand at two sites")
