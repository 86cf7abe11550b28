"""Projects: floor that is being built, where there is room for it, and what is planned in all."""

from __future__ import annotations

import math

import numpy as np

from sim.draw import keys, newborns, purpose, uniforms
from sim.state.catalogue import OPEN_GROUND, ZONES
from sim.state.columns import NEW, PRODUCTION
from sim.state.world import World

USES = ("office", "lab", "production")
# A building may fill a cell beyond the ratio of the whole place, which has streets and yards as well.
PLOT = 4.0
_PROJECT = purpose("projects.project")
_SITE = purpose("projects.site")
_STREAM = 8_800_021
_OFFICE_ZONES = tuple(ZONES.index(name) for name in ("park", "street"))


def under_way(world: World) -> np.ndarray:
    """Return which projects have not opened yet, shape (projects,)."""
    return world.projects.rows["open"] == 0


def work_floor(world: World) -> np.ndarray:
    """Return floor for firms by use and cell, with what is being built, m², shape (3, cells)."""
    cells, projects = world.cells.rows, world.projects.rows
    floor = np.array([cells[f"floor_{name}"] for name in USES])
    if projects.size:
        mine = under_way(world)
        np.add.at(floor, (projects["use"][mine], projects["cell"][mine]), projects["m2"][mine])
    return floor


def all_floor(world: World, floor: np.ndarray) -> float:
    """Return all floor of the place with what is being built, m²; `floor` is `work_floor`."""
    cells = world.cells.rows
    return float(floor.sum() + cells["floor_housing"].sum() + cells["floor_amenity"].sum())


def room_under_rule(world: World, floor: np.ndarray, use: int, converted: bool) -> float:
    """Return how much floor of a use may be added so that plants keep their least share, m².

    `converted` says that it is taken from plants and not added to them.
    """
    least = float(world.rule["production_share_min"][0])
    if least <= 0 or use == PRODUCTION:
        return math.inf
    plants, whole = float(floor[PRODUCTION].sum()), all_floor(world, floor)
    return max(0.0, plants - least * whole if converted else plants / least - whole)


def plant_ratio(world: World) -> float:
    """Return the floor area ratio at which plants are built now."""
    said = float(world.rule["upstairs_far"][0])
    own = float(world.cells.rows["far"][0]) if len(world.cells) else 1.0
    return own if math.isnan(said) else said


def land_price(world: World) -> float:
    """Return what a m² of industrial land costs now, CNY."""
    factor = float(world.rule["land_factor"][0])
    return float(world.norms["price_land"][0]) * (1.0 if math.isnan(factor) else factor)


def sites(world: World, use: int, floor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of cells with room for new floor of a use, in keyed order, and their room in m².

    Plants go on industrial and open ground, where all of them together keep within the ratio of floor
    to land; offices and laboratories go into parks and streets, then on open ground.
    """
    cells = world.cells.rows
    plants = use == PRODUCTION
    ratio = plant_ratio(world) if plants else cells["far"]
    plot = float(world.norms["cell_m"][0]) ** 2
    zones = (ZONES.index("production"),) if plants else _OFFICE_ZONES
    at_home, open_ground = np.isin(cells["zone"], zones), cells["zone"] == OPEN_GROUND
    if not (at_home | open_ground).any():
        at_home = np.ones(cells.size, np.bool_)
    built = floor.sum(axis=0)
    room = np.where(at_home | open_ground, ratio * plot * PLOT - built, 0.0)
    begun = _begun(world)
    if plants:  # not into an office building, and stacked plants only where others are
        room[(floor[PRODUCTION] <= 0) & (built > 0)] = 0.0
        if not math.isnan(float(world.rule["upstairs_far"][0])):
            room[(floor[PRODUCTION] > 0) & ~begun] = 0.0
    luck = uniforms(keys(world.seed, _SITE, 1)[0], cells["uid"])
    # Where new plants stand others follow, then empty plots, open ground, and yards of old ones.
    order = np.argsort(
        luck + 2 * (open_ground & ~at_home) + 4 * (built > 0) - 8 * begun, kind="stable"
    )
    return order[room[order] > 1.0], room


def industrial_room(world: World, floor: np.ndarray) -> float:
    """Return how much more plant floor the industrial land holds at today's ratio, m²."""
    land = max(float(world.norms["industrial_m2"][0]), 1.0)
    return max(0.0, plant_ratio(world) * land - float(floor[PRODUCTION].sum()))


def _begun(world: World) -> np.ndarray:
    """Return which cells hold new plants, stacked or not as they are built now, shape (cells,)."""
    projects = world.projects.rows
    stacked = not math.isnan(float(world.rule["upstairs_far"][0]))
    found = np.zeros(len(world.cells), np.bool_)
    new = (projects["kind"] == NEW) & (projects["use"] == PRODUCTION)
    found[projects["cell"][new & (projects["upstairs"] == stacked)]] = True
    return found


def begin(world: World, **columns: float) -> None:
    """Begin a project with the given columns in this month."""
    this_month = int((world.projects.rows["begun"] == world.month).sum())
    record = world.projects.make(1)
    record["uid"] = newborns(_STREAM * 1000 + world.month, this_month + 1, _PROJECT, world.seed)[-1]
    record["begun"] = world.month
    for name, value in columns.items():
        record[name] = value
    world.projects.append(record)


def put_floor(world: World, use: int, area: float, floor: np.ndarray, **columns: float) -> None:
    """Begin new buildings of `area` m² of a use in as many cells as it takes."""
    order, room = sites(world, use, floor)
    left = area
    stacked = use == PRODUCTION and not math.isnan(float(world.rule["upstairs_far"][0]))
    for row in order:
        part = min(left, float(room[row]))
        begin(world, kind=NEW, use=use, cell=row, m2=part, upstairs=stacked, **columns)
        floor[use, row] += part
        left -= part
        if left <= 1e-6:
            break
