"""What changed between two moments of a world, by column: for strict runs."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from sim.state.columns import TABLES
from sim.state.world import World

_RECORDS = ("market", "norms", "tally", "history", "programme_state")
_ARRAYS = (
    "purse",
    "flows",
    "eligible_firms",
    "eligible_teams",
    "mix",
    "buildings",
    "homes",
    "built",
)


def snapshot(world: World) -> dict[str, np.ndarray]:
    """Return a copy of every column of the world, by `table.column`."""
    found: dict[str, np.ndarray] = {}
    for name, columns in TABLES.items():
        for c in columns:
            found[f"{name}.{c.name}"] = world.column(name, c.name).copy()
    for name in _RECORDS:
        record = getattr(world, name)
        for field in record.dtype.names:
            found[f"{name}.{field}"] = record[field].copy()
    for name in _ARRAYS:
        found[name] = getattr(world, name).copy()
    for field in world.rules.rows.dtype.names or ():
        found[f"rules.{field}"] = world.rules.rows[field].copy()
    found["fates"] = np.array([len(world.fates)])
    return found


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> set[str]:
    """Return the names of columns that differ."""
    return {
        name
        for name, values in after.items()
        if values.shape != before[name].shape
        or not np.array_equal(values, before[name], equal_nan=values.dtype.kind == "f")
    }


def allowed(process: ModuleType) -> set[str]:
    """Return every column that a process declares to write; a table's name stands for all of it."""
    names: set[str] = set()
    for declared in process.WRITES:
        if declared in TABLES:
            names |= {f"{declared}.{c.name}" for c in TABLES[declared]}
        elif declared in ("tally", "market", "history", "programme_state"):
            names |= {f"{declared}.{field}" for field in _fields(declared)}
        else:
            names.add(declared)
    return names


def _fields(record: str) -> tuple[str, ...]:
    from sim.state import records

    dtype = {
        "tally": records.TALLY,
        "market": records.MARKET,
        "history": records.HISTORY,
        "programme_state": records.PROGRAMME_STATE,
    }[record]
    return dtype.names or ()
