"""The sectors that a place is made for: one, or several tracks side by side.

`norms.focal` is the first of them, whose firms stand at layers of the value chain; `norms.focus` holds
them all, a bit each by the order of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.kernel import inlined
from sim.state.catalogue import SECTORS


def focus_of(names: Iterable[str]) -> int:
    """Return the bits of the focal sectors."""
    return sum(1 << SECTORS.index(name) for name in names)


@inlined
def in_focus(sector, norm):
    """Return whether a sector is one of the place's focal ones."""
    return (int(norm.focus) >> sector) & 1 == 1
