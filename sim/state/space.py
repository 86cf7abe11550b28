"""Space: distances, discs and floor area, shared by the processes that need them."""

from __future__ import annotations

import math

import numpy as np

from sim.draw import purpose, stream, uniform
from sim.kernel import inlined, kernel
from sim.state.columns import LAB, OFFICE, PRODUCTION

STOREY_M2 = 1500.0
STOREY_M = 10.0
_UPSTAIRS = purpose("space.upstairs")
LOW_RISE = 2  # storeys of a plant of the usual kind


@inlined
def distance(a, b):
    """Return plan distance plus 10 m a floor between two firms, m (semantics 6)."""
    return math.hypot(a.x - b.x, a.y - b.y) + STOREY_M * abs(a.floor - b.floor)


@inlined
def free_floor(cell, use):
    """Return the floor of a cell that is not let, m²."""
    if use == OFFICE:
        return cell.floor_office - cell.let_office
    if use == LAB:
        return cell.floor_lab - cell.let_lab
    return cell.floor_production - cell.let_production


@inlined
def let(cell, use, area):
    """Add `area` m² (negative to give back) to what is let in a cell."""
    if use == OFFICE:
        cell.let_office += area
    elif use == LAB:
        cell.let_lab += area
    else:
        cell.let_production += area


@inlined
def owned_floor(cell, use):
    """Return the floor of a cell for a use that is the operator's, m²."""
    if use == OFFICE:
        return cell.owned_office
    if use == LAB:
        return cell.owned_lab
    return cell.owned_production


@inlined
def work_floor(cell):
    """Return the floor of a cell for firms, m²."""
    return cell.floor_office + cell.floor_lab + cell.floor_production


@inlined
def storeys_of(cell, use):
    """Return the storeys of a building of a use; plants that are not stacked have one or two."""
    floor = max(floor_of(cell, use), 1.0)
    if use == PRODUCTION and cell.upstairs == 0:
        return min(math.ceil(floor / STOREY_M2), LOW_RISE)
    return math.ceil(floor / STOREY_M2)


@inlined
def floor_of(cell, use):
    """Return the floor area of a cell for a use, m²."""
    if use == OFFICE:
        return cell.floor_office
    if use == LAB:
        return cell.floor_lab
    return cell.floor_production


@kernel
def disc_counts(column, line, weight, columns, lines, radius):
    """Sum `weight` over all points within `radius` cells of each point, itself included.

    `column`, `line`: shape (n,), cell positions; `weight`: shape (n,). Row-wise prefix sums make
    the cost of a point the diameter of the disc, whatever the number of points.
    """
    prefix = np.zeros((lines, columns + 1))
    for i in range(column.size):
        prefix[line[i], column[i] + 1] += weight[i]
    for y in range(lines):
        for x in range(columns):
            prefix[y, x + 1] += prefix[y, x]
    half = np.empty(2 * radius + 1, np.int64)
    for dy in range(-radius, radius + 1):
        half[dy + radius] = int(math.sqrt(radius * radius - dy * dy))
    result = np.zeros(column.size)
    for i in range(column.size):
        total = 0.0
        for dy in range(-radius, radius + 1):
            y = line[i] + dy
            if y < 0 or y >= lines:
                continue
            left = max(0, column[i] - half[dy + radius])
            right = min(columns, column[i] + half[dy + radius] + 1)
            total += prefix[y, right] - prefix[y, left]
        result[i] = total
    return result


@inlined
def find_floor(cells, buildings, use, area, start, fits=True):
    """Return the first building with `area` m² free for `use`, or -1.

    `buildings` holds rows of cells; the search goes round from `start`. A maker that does not fit
    upstairs passes over stacked plants.
    """
    n = buildings.size
    for k in range(n):
        row = buildings[(start + k) % n]
        if free_floor(cells[row], use) >= area and (fits or cells[row].upstairs == 0):
            return row
    return -1


@inlined
def fits_upstairs(uid, use, share, seed):
    """Return whether a firm can work on an upper storey: all but makers, and `share` of those.

    `share` is NaN where no rule speaks of it; then one half of them can.
    """
    if use != PRODUCTION:
        return True
    return uniform(stream(seed, _UPSTAIRS, 0), uid) < (0.5 if math.isnan(share) else share)


@inlined
def place_in_building(firm, cell, cell_m, u1, u2, u3):
    """Draw floor and position of a firm inside its cell from three uniform numbers."""
    storeys = storeys_of(cell, firm.use)
    firm.floor = int(u1 * storeys)
    firm.x = (cell.column + u2) * cell_m
    firm.y = (cell.line + u3) * cell_m
