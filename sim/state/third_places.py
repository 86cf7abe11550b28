"""Third places opened by levers, over those that the place has (evidence D08).

Where nothing was within 300 m a place counts in full; where one was, little is added.
"""

from __future__ import annotations

import numpy as np

from sim.draw import keys, purpose, uniforms
from sim.state.columns import BRANCH
from sim.state.world import World

_CELL = purpose("third_places.cell")
_CAMPUS = purpose("third_places.campus")
_KINDS = ("third_cafe", "third_showroom", "third_culture")
_SHOWROOM = 1


def open_campuses(world: World) -> np.ndarray:
    """Say which giants open their grounds, by keyed luck; return the cells they stand on."""
    firms, share = world.firms.rows, float(world.rule["campus_open"][0])
    giants = np.flatnonzero(firms["ambition"] == BRANCH)
    luck = uniforms(keys(world.seed, _CAMPUS, 1)[0], firms["uid"][giants])
    firms["campus_open"][giants] = luck < share
    return firms["cell"][giants[luck < share]]


def chosen_cells(world: World, kind: int, count: int) -> np.ndarray:
    """Return the cells of the first `count` places of a kind, the same under every policy.

    Ground floors of buildings come first, then open ground.
    """
    cells = world.cells.rows
    luck = uniforms(keys(world.seed, _CELL, kind + 1)[kind], cells["uid"])
    built = np.isin(np.arange(cells.size), world.buildings)
    return np.argsort(luck + ~built, kind="stable")[:count]


def reopen(world: World) -> None:
    """Write `cells.third_added`, `cells.showroom` and the market's `third_access` anew.

    Nothing is done where nothing has changed since it was done last.
    """
    rule, p = world.rule[0], world.params["encounters"][0]
    counts = tuple(int(rule[kind] + 1e-9) for kind in _KINDS)
    campuses = open_campuses(world) if _campus_speaks(world) else np.zeros(0, np.int64)
    state = (counts, float(rule["third_draw"]), tuple(campuses.tolist()))
    if state == world.notes.get("third_places", ((0, 0, 0), 0.0, ())):
        return
    world.notes["third_places"] = state
    cells = world.cells.rows
    cells["third_added"] = cells["showroom"] = 0.0
    near_any = np.zeros(cells.size, np.bool_)
    draws = (1.0, float(p["showroom_draw"]), float(p["culture_draw"]))
    for k in range(len(_KINDS)):
        for at in chosen_cells(world, k, counts[k]):
            draw = float(rule["third_draw"])
            near, fading = _add(world, int(at), draw * draws[k])
            if k == _SHOWROOM:
                cells["showroom"] = np.maximum(cells["showroom"], near * fading * draw)
            else:
                near_any |= near
    for at in campuses:
        near_any |= _add(world, int(at), float(p["campus_draw"]))[0]
    reached = near_any[world.buildings]
    world.market["third_access"] = float(reached.mean()) if reached.size else 0.0


def _campus_speaks(world: World) -> bool:
    return bool(world.rule["campus_open"][0] > 0 or world.firms.rows["campus_open"].any())


def _add(world: World, at: int, draw: float) -> tuple[np.ndarray, np.ndarray]:
    """Add a place to the cells within reach; return which these are, and how its draw fades."""
    cells, p = world.cells.rows, world.params["encounters"][0]
    reach = float(p["third_reach_m"])
    d = float(world.norms["cell_m"][0]) * np.hypot(
        cells["column"] - cells["column"][at], cells["line"] - cells["line"][at]
    )
    near, fading = d <= reach, np.exp(-d / reach)
    have = cells["third_place"] + cells["third_added"]
    new = draw * fading * np.where(have > 0, p["third_more"], 1.0) * (1 - np.minimum(have, 1.0))
    cells["third_added"] += np.where(near, new, 0.0)
    return near, fading
