"""The value chain in space: who fits whom, what is missing, and room beside a firm of the chain."""

from __future__ import annotations

import numpy as np

from sim.draw import uniform2
from sim.kernel import inlined, kernel
from sim.state.catalogue import LAYERS, SECTORS

_TRIES = 8
# What a full weight of fit is worth in the admission of a firm, standard deviations of quality.
CHAIN_SD = 2.0


@inlined
def linked(a, b):
    """Return whether two firms stand at different links of a chain, so that one can supply the other."""
    return a.sector != b.sector or a.layer != b.layer


@kernel
def link_counts(firms):
    """Return how many firms stand at each link, shape (sectors, layers + 1); layer -1 comes first."""
    counts = np.zeros((len(SECTORS), len(LAYERS) + 1))
    for i in range(firms.size):
        counts[firms[i].sector, firms[i].layer + 1] += 1
    return counts


@inlined
def chain_fit(counts, most, sector, layer):
    """Return how much a firm is missing in the chain: 1 where nobody is, -1 at the fullest link."""
    return 1 - 2 * counts[sector, layer + 1] / max(most, 1.0)


@inlined
def start_beside(firms, buildings, sector, layer, weight, key, uid, start):
    """Return where a search for room begins, as a place in `buildings`.

    In a share `weight` of cases it is the building of a firm of another link of the chain, else
    `start`. `buildings` holds rows of cells in rising order.
    """
    if weight <= 0 or firms.size == 0 or uniform2(key, uid, 0) >= weight:
        return start
    for t in range(_TRIES):
        j = int(uniform2(key, uid, t + 1) * firms.size)
        if firms[j].sector == sector and firms[j].layer == layer:
            continue
        at = np.searchsorted(buildings, firms[j].cell)
        if at < buildings.size and buildings[at] == firms[j].cell:
            return at
    return start
