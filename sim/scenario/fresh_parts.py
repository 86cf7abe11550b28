"""Numbers of a new place in the proportions of a preset: whole counts that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.scenario.schema import Initial, SizeClass

FEWEST_CELLS, MOST_CELLS = 10, 400


def apportion(weights: Mapping[str, float], total: int, least: int = 0) -> dict[str, int]:
    """Return whole parts of `total` in proportion to `weights`, by largest remainder.

    Every part with a weight gets at least `least`, as far as `total` goes.
    """
    names = [name for name, weight in weights.items() if weight > 0]
    parts = dict.fromkeys(weights, 0)
    if not names:
        return parts
    for name in names[:total] if least else ():
        parts[name] = min(least, total // len(names) or 1)
    left = total - sum(parts.values())
    whole = sum(weights[name] for name in names)
    exact = {name: left * weights[name] / whole for name in names}
    for name in names:
        parts[name] += math.floor(exact[name])
    rest = total - sum(parts.values())
    ranked = sorted(names, key=lambda name: (math.floor(exact[name]) - exact[name], name))
    for name in ranked[:rest]:
        parts[name] += 1
    return parts


def scaled_count(count: int, factor: float) -> int:
    """Return a count at another size, half up; what is there stays at least one."""
    if count <= 0 or factor <= 0:
        return 0
    return max(1, math.floor(count * factor + 0.5))


def classes_of(firms: int, staff: int, place: Initial) -> dict[str, Any]:
    """Return sectors, layers, size classes and giants for so many firms and staff.

    The preset's shape is kept: the share of firms in each class, and how their mean staff compare.
    """
    preset = place.firms
    sizes: dict[str, SizeClass] = {f"class {k}": one for k, one in enumerate(preset.classes)}
    sizes |= {f"giant {k}": one for k, one in enumerate(preset.giants)}
    counts = apportion({name: one.firms for name, one in sizes.items()}, firms)
    heads = {name: counts[name] * one.staff for name, one in sizes.items()}
    totals = _staff_of(counts, heads, staff)
    sectors = apportion(preset.sectors, firms)
    giants: list[dict[str, Any]] = []
    for k, one in enumerate(preset.giants):
        count = min(counts[f"giant {k}"], sectors.get(one.sector, 0))
        if count:
            giants.append(
                {"firms": count, "staff": totals[f"giant {k}"] // count, "sector": one.sector}
            )
    own = {name: count for name, count in counts.items() if name.startswith("class") and count}
    # What branches leave over by rounding, in firms or in staff, goes to the largest class.
    last = list(own)[-1]
    own[last] += firms - sum(own.values()) - sum(giant["firms"] for giant in giants)
    spare = staff - sum(giant["firms"] * giant["staff"] for giant in giants)
    spare -= sum(totals[name] for name in own)
    totals[last] += spare
    classes = [{"firms": count, "staff": mean(totals[name], count)} for name, count in own.items()]
    focal = sectors[preset.focal[0]]
    return {
        "sectors": {name: count for name, count in sectors.items() if count},
        "layers": {n: c for n, c in apportion(preset.layers, focal).items() if c},
        "classes": classes,
        "giants": giants,
    }


def _staff_of(counts: dict[str, int], heads: dict[str, float], staff: int) -> dict[str, int]:
    """Return the staff of each class: one head a firm, the rest by the preset's shape."""
    beyond = apportion(
        {name: max(heads[name] - counts[name], 0.0) for name in counts},
        staff - sum(counts.values()),
    )
    return {name: counts[name] + beyond[name] for name in counts}


def mean(total: int, count: int) -> float:
    """Return the mean staff, written so that count times it rounds to `total` again."""
    return round(total / count, 3 if count < 400 else 7)


def people_of(staff: int, place: Initial) -> dict[str, int]:
    """Return the people by kind: so many in firms, others who work outside in proportion."""
    preset = place.people
    kinds = ("developers", "scientists", "workers")
    inside = apportion({kind: getattr(preset, f"{kind}_in_firms") for kind in kinds}, staff)
    found: dict[str, int] = {}
    for kind in kinds:
        here = getattr(preset, f"{kind}_in_firms")
        beyond = (getattr(preset, kind) - here) / max(here, 1)
        found[kind] = inside[kind] + math.floor(inside[kind] * beyond + 0.5)
        found[f"{kind}_in_firms"] = inside[kind]
    return found


def grid_of(built_m2: float, place: Initial) -> dict[str, Any]:
    """Return a grid on which the floor lies as densely as in the preset."""
    grid, floor = place.grid, place.floor
    preset = floor.office_m2 + floor.lab_m2 + floor.housing_m2 + floor.amenity_m2
    stretch = math.sqrt(built_m2 / preset)
    cells = min(MOST_CELLS, max(FEWEST_CELLS, math.ceil(grid.cells_x * stretch)))
    found: dict[str, Any] = {"cells_x": cells, "cells_y": cells}
    if grid.radius_m is not None:
        found["radius_m"] = min(round(grid.radius_m * stretch), cells * grid.cell_m / 2)
        found["radius_m"] = max(found["radius_m"], FEWEST_CELLS * grid.cell_m / 2)
    return found
