"""Who is eligible for what: filters of programmes read on firms, teams and candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sim.state.world import World


class FilterColumns(Mapping[str, np.ndarray]):
    """The columns that a filter may name, read from records when asked for.

    What a record does not have reads as 0: a nascent team has no staff, tenure or revenue yet.
    """

    def __init__(self, rows: np.ndarray, month: int) -> None:
        self._rows = rows
        self._month = month

    def __getitem__(self, name: str) -> np.ndarray:
        if name == "age_months":
            return self._month - self._rows["born"]
        if name not in (self._rows.dtype.names or ()):
            return np.zeros(self._rows.size)
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows.dtype.names or ())

    def __len__(self) -> int:
        return len(self._rows.dtype.names or ())


def eligible(world: World, rows: np.ndarray) -> np.ndarray:
    """Return who may begin an award of which programme this month, shape (programmes, rows)."""
    programmes = world.rules.programmes
    result = np.zeros((programmes.size, rows.size), np.bool_)
    for k in range(programmes.size):
        asleep = world.awake is not None and not world.awake[k]
        if programmes["start"][k] <= world.month <= programmes["end"][k] and not asleep:
            wanted = world.rules.eligible[k]
            result[k] = (
                True if wanted is None else wanted.evaluate(FilterColumns(rows, world.month))
            )
    return result
