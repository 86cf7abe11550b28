"""What a run keeps beside its indicators: payments by year, the ground by year, firms at first sight.

None of it enters the digest, and no process reads it.
"""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel
from sim.state.ledger import KINDS, PURPOSES
from sim.state.records import FATE
from sim.state.world import World

# What a run tells of a firm: its fate, and what it was like when it was first seen.
FIRM_FATE = np.dtype(
    [
        *FATE.descr,
        ("staff_start", np.int64),  # at month 0 or at the end of the month of arrival
        ("zone", np.int64),  # of its first lease, see catalogue.ZONES; -1 = gone within a month
    ]
)

# Money that moved, a record for each year, payer, payee and purpose that occurs.
FLOW = np.dtype(
    [
        ("year", np.int16),  # 0 = the first twelve months
        ("payer", np.int8),  # index into ledger.KINDS
        ("payee", np.int8),
        ("purpose", np.int16),  # index into ledger.PURPOSES
        ("amount", np.float64),  # CNY of the start year, not discounted
    ]
)

# The ground once a year, a record for each cell that has floor for firms.
GROUND = np.dtype(
    [
        ("month", np.int16),  # months that have passed: 0, 12, 24, …, the end
        ("column", np.int16),
        ("line", np.int16),
        ("firms", np.int32),
        ("let", np.float32),  # m2 of office, lab and production; a map needs no more digits
        ("floor", np.float32),
    ]
)
YEAR = 12


class Kept:
    """Gathers the records month by month."""

    def __init__(self, world: World) -> None:
        years = -(-world.months // YEAR)
        self._flows = np.zeros((years, len(KINDS), len(KINDS), len(PURPOSES)))
        self._ground = [_ground(world, 0)]
        # uid, staff and row of the cell of every firm when it was first seen, and how many they are.
        self._first = np.zeros((3, 4 * max(len(world.firms), 16)), np.int64)
        firms = world.firms.rows
        self._known = firms.size
        self._first[:, : firms.size] = firms["uid"], firms["staff"], firms["cell"]

    def take(self, world: World) -> None:
        """Keep what is to be kept of the month that was just stepped."""
        passed = world.month + 1
        if self._known + len(world.firms) > self._first.shape[1]:
            self._first = np.concatenate([self._first, np.zeros_like(self._first)], axis=1)
        year = self._flows[world.month // YEAR]
        self._known = keep_month(
            world.flows, year, world.firms.rows, world.month, self._first, self._known
        )
        if passed % YEAR == 0 or passed == world.months:
            self._ground.append(_ground(world, passed))

    def flows(self) -> np.ndarray:
        """Return all payments by year, an array of `FLOW`."""
        at = np.nonzero(self._flows)
        found = np.empty(at[0].size, FLOW)
        for name, index in zip(("year", "payer", "payee", "purpose"), at, strict=True):
            found[name] = index
        found["amount"] = self._flows[at]
        return found

    def ground(self) -> np.ndarray:
        """Return the ground at the start and after each year, an array of `GROUND`."""
        return np.concatenate(self._ground)

    def fates(self, world: World, found: np.ndarray) -> np.ndarray:
        """Return fates, an array of `FATE` by uid, as an array of `FIRM_FATE`."""
        told = np.empty(found.size, FIRM_FATE)
        for name in FATE.names or ():
            told[name] = found[name]
        uids, staff, cells = self._first[:, : self._known]
        uids, once = np.unique(uids, return_index=True)  # a firm of month 0 is seen twice
        seen = np.isin(found["uid"], uids)
        rows = once[np.searchsorted(uids, found["uid"][seen])]
        told["staff_start"], told["zone"] = found["staff_end"], -1
        told["staff_start"][seen] = staff[rows]
        told["zone"][seen] = world.cells.rows["zone"][cells[rows]]
        return told


@kernel
def keep_month(flows, year, firms, month, first, known):
    """Add this month's payments to the year's, and note the firms that arrived.

    Args:
        flows: CNY, shape (kinds, kinds, purposes).
        year: the same, this year so far.
        firms: the living firms.
        month: this month.
        first: uid, staff and cell of firms, shape (3, room), room for all living firms left.
        known: how many are noted; returned with the newcomers.
    """
    for a in range(flows.shape[0]):
        for b in range(flows.shape[1]):
            for c in range(flows.shape[2]):
                year[a, b, c] += flows[a, b, c]
    for i in range(firms.size):
        if firms[i].arrived == month:
            first[0, known] = firms[i].uid
            first[1, known] = firms[i].staff
            first[2, known] = firms[i].cell
            known += 1
    return known


def _ground(world: World, month: int) -> np.ndarray:
    """Return firms and floor of every cell that has floor for firms, an array of `GROUND`."""
    cells = world.cells.rows
    firms = np.bincount(world.firms.rows["cell"], minlength=len(cells))
    floor, let = (
        cells[f"{kind}_office"] + cells[f"{kind}_lab"] + cells[f"{kind}_production"]
        for kind in ("floor", "let")
    )
    used = np.flatnonzero(floor > 0)
    found = np.empty(used.size, GROUND)
    found["month"] = month
    found["column"], found["line"] = cells["column"][used], cells["line"][used]
    found["firms"], found["let"], found["floor"] = firms[used], let[used], floor[used]
    return found
