"""The layout that a policy gives a place before anybody comes: zones, radius and mix of uses.

What is solved for a place (rates of ties, leaving and founding) is solved for its own layout, so that
another layout shows in what people do and is not solved away.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.state.world import World

if TYPE_CHECKING:
    from sim.scenario.schema import Initial

FIELDS = ("layout_interleave", "layout_radius_km", "layout_use_mix")
SOLVED = (
    "tie_rate", "leave_intercept", "found_intercept", "accept_intercept", "embed_mean",
    "occasion_mean", "neighbours_mean", "tenure_mean", "density_mean",
)  # fmt: skip
_REACH_M = 300.0
_NEAR_SHARE = 0.25  # of all work floor, among which people of a home mostly choose


def asked(row: np.ndarray) -> bool:
    """Return whether the rules of month 0 ask for a layout."""
    return any(not math.isnan(row[name]) for name in FIELDS)


def laid_out(initial: Initial, row: np.ndarray) -> Initial:
    """Return the stock of the place with the ground that the rules of month 0 ask for."""
    grid = initial.grid
    changes: dict[str, object] = {}
    if not math.isnan(row["layout_interleave"]):
        changes["interleave"] = float(row["layout_interleave"])
    if not math.isnan(row["layout_radius_km"]):
        radius = 1000 * float(row["layout_radius_km"])
        cells = math.ceil(2 * radius / grid.cell_m)
        changes |= {"radius_m": radius, "cells_x": cells, "cells_y": cells}
    if not math.isnan(row["layout_use_mix"]):
        changes["use_mix"] = float(row["layout_use_mix"])
    return initial.model_copy(update={"grid": grid.model_copy(update=changes)})


def settle(world: World, plain: World) -> None:
    """Take over what was solved for the place's own layout, and note how daily life differs."""
    for name in SOLVED:
        world.norms[name] = plain.norms[name]
    access = amenity_near(world) / max(amenity_near(plain), 1e-9)
    own = float(world.norms["living_access"][0])
    world.norms["layout_access"] = own * (min(access, 1 / own) - 1) if own > 0 else 0.0
    world.norms["layout_commute"] = home_to_work_km(world) - home_to_work_km(plain)


def amenity_near(world: World) -> float:
    """Return how near amenities are to homes: e^(-distance/300 m) to the nearest, mean over homes."""
    cells = world.cells.rows
    shops = np.flatnonzero(cells["floor_amenity"] > 0)
    if not shops.size or not world.homes.size:
        return 0.0
    return float(np.exp(-_distances(world, world.homes, shops).min(axis=1) / _REACH_M).mean())


def home_to_work_km(world: World) -> float:
    """Return the way from a home to the nearest quarter of the work floor, km, mean over homes."""
    cells = world.cells.rows
    if not world.buildings.size or not world.homes.size:
        return 0.0
    floor = cells["floor_office"][world.buildings] + cells["floor_lab"][world.buildings]
    floor = floor + cells["floor_production"][world.buildings]
    d = _distances(world, world.homes, world.buildings)
    nearest = np.argsort(d, axis=1, kind="stable")
    before = np.cumsum(floor[nearest], axis=1) - floor[nearest]
    counts = np.clip(_NEAR_SHARE * floor.sum() - before, 0.0, floor[nearest])
    ways = (np.take_along_axis(d, nearest, axis=1) * counts).sum(axis=1) / counts.sum(axis=1)
    return float(ways.mean() / 1e3)


def _distances(world: World, from_: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Return plan distances between cells, m, shape (from, to)."""
    cells, cell_m = world.cells.rows, float(world.norms["cell_m"][0])
    across = np.subtract.outer(cells["column"][from_], cells["column"][to])
    along = np.subtract.outer(cells["line"][from_], cells["line"][to])
    return cell_m * np.hypot(across, along)
