"""The ground: cells, zones, floor, third places and homes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.draw import keys, purpose, uniforms
from sim.state.catalogue import OPEN_GROUND, ZONES
from sim.state.world import World

_CELL = purpose("build.cell")
_BUILDING_M2 = 3000.0
_THIRD_PLACE_REACH_M = 300.0


def lay_ground(world: World, initial: Any) -> None:
    """Fill `cells`: the active ones, with zones, amenity and third places, not yet any floor."""
    grid = initial.grid
    columns, lines = np.meshgrid(np.arange(grid.cells_x), np.arange(grid.cells_y))
    column, line = columns.ravel(), lines.ravel()
    middle_x, middle_y = (grid.cells_x - 1) / 2, (grid.cells_y - 1) / 2
    away = np.hypot(column - middle_x, line - middle_y) * grid.cell_m
    if grid.radius_m is not None:
        inside = away < grid.radius_m + 0.11 * grid.cell_m
        column, line = column[inside], line[inside]
    n = column.size
    cells = world.cells.make(n)
    cells["uid"] = np.arange(1, n + 1)
    cells["column"], cells["line"] = column, line
    luck = uniforms(keys(world.seed, _CELL, 1)[0], cells["uid"])
    # Interleaved zones are dealt by luck, separate ones in blocks along the angle.
    angle = (np.arctan2(line - middle_y, column - middle_x) + math.pi) / (2 * math.pi)
    mixed = grid.interleave * luck + (1 - grid.interleave) * angle
    zones = grid.zones.model_dump()
    if grid.form == "corridor":
        zones = _street_first(zones)
        # The line nearest the middle is filled first, from one end to the other.
        street = np.abs(line - middle_y + 0.25) + 0.4 * luck
        along = np.argsort(np.argsort(street, kind="stable"), kind="stable") / n
        mixed = np.where(along < zones["street"], -1.0, mixed)
    rank = np.argsort(np.argsort(mixed, kind="stable"), kind="stable") / n
    cells["zone"] = OPEN_GROUND
    edge = 0.0
    for name, share in zones.items():
        cells["zone"][(rank >= edge) & (rank < edge + share + 1e-12)] = ZONES.index(name)
        edge += share
    cells["far"] = grid.far
    cells["amenity_access"] = initial.amenities.access
    cells["price_land"] = initial.rents.land
    _third_places(cells, initial, luck, grid.cell_m)
    world.cells.append(cells)


def _street_first(zones: dict[str, float]) -> dict[str, float]:
    """Return the zones with the street in front, which takes the middle line of a corridor."""
    return {"street": zones["street"]} | {k: v for k, v in zones.items() if k != "street"}


def _third_places(cells: np.ndarray, initial: Any, luck: np.ndarray, cell_m: float) -> None:
    """Place third places; only the first within 300 m counts in full (evidence D08)."""
    count = min(initial.amenities.third_place_cells, cells.size)
    if count == 0:
        return
    chosen = np.argsort((luck * 7919.0) % 1.0, kind="stable")[:count]
    for at in chosen:
        d = cell_m * np.hypot(
            cells["column"] - cells["column"][at], cells["line"] - cells["line"][at]
        )
        near = d <= _THIRD_PLACE_REACH_M
        draw = initial.amenities.third_place_draw * np.exp(-d / _THIRD_PLACE_REACH_M)
        have = cells["third_place"]
        cells["third_place"][near] = np.where(
            have[near] > 0, np.maximum(have, draw)[near], draw[near]
        )


def zone_rows(world: World, names: tuple[str, ...]) -> np.ndarray:
    """Return the rows of cells that may hold what belongs in the zones, all rows if there is none.

    These are the cells of the zones, and of others the share in which uses are mixed.
    """
    cells = world.cells.rows
    inside = np.isin(cells["zone"], [ZONES.index(name) for name in names])
    mix = world.notes.get("use_mix", 0.0)
    if mix > 0:
        inside |= place_luck(world, 4 + ZONES.index(names[0])) < mix
    rows = np.flatnonzero(inside)
    return rows if rows.size else np.arange(cells.size)


def raise_buildings(
    world: World,
    use: str,
    total: float,
    let: float,
    large: np.ndarray,
    rows: np.ndarray,
    luck: np.ndarray,
) -> list[int]:
    """Raise the buildings of a use and return the rows used, those of the large leases first.

    `total` m², of which `let` are let, go into one building for each large lease, with the place's
    share of vacant floor, and into 3,000 m² ones for the rest; `large` holds the large leases in
    falling order, m².
    """
    cells = world.cells.rows
    order = list(rows[np.argsort(luck[rows], kind="stable")])
    used: list[int] = []
    left = total
    spare = total / max(let, 1.0)
    for area in large:
        floor = min(spare * float(area), left)
        row = order.pop(0) if order else used[-1]
        cells[f"floor_{use}"][row] += floor
        used.append(int(row))
        left -= floor
    if left <= 0:
        return used
    count = max(1, min(round(left / _BUILDING_M2), len(order) or 1))
    for _ in range(count):
        row = order.pop(0) if order else used[-1]
        cells[f"floor_{use}"][row] += left / count
        used.append(int(row))
    return used


def build_homes(world: World, initial: Any) -> None:
    """Spread housing and amenity floor over the cells of their zones."""
    cells = world.cells.rows
    homes = zone_rows(world, ("housing",))
    cells["floor_housing"][homes] = initial.floor.housing_m2 / homes.size
    streets = zone_rows(world, ("street",))
    cells["floor_amenity"][streets] = initial.floor.amenity_m2 / streets.size
    world.homes = np.sort(homes) if initial.floor.housing_m2 > 0 else homes[:0]


def place_luck(world: World, trait: int) -> np.ndarray:
    """Return one uniform number a cell, shape (cells,)."""
    return uniforms(keys(world.seed, _CELL, trait + 1)[trait], world.cells.rows["uid"])
