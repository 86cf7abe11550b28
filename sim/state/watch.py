"""What changed between two moments of a world, by column: for strict runs."""

from __future__ import annotations

from collections.abc import Iterator
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


class Snapshot:
    """A copy of a world at a moment: `columns` maps `table.column` to values, made when asked for.

    A table that did not change is told by its bytes, so that its columns need not be looked at.
    """

    def __init__(self, world: World) -> None:
        self.blocks: dict[str, np.ndarray] = {}
        for name in TABLES:
            if name == "people":
                for c, values in zip(TABLES[name], world.people.rows, strict=True):
                    self.blocks[f"people.{c.name}"] = values.copy()
            else:
                self.blocks[name] = np.array(world.table(name).rows)
        for name in _RECORDS:
            self.blocks[name] = getattr(world, name).copy()
        for name in _ARRAYS:
            self.blocks[name] = getattr(world, name).copy()
        self.blocks["rules"] = world.rules.rows.copy()
        self.blocks["fates"] = np.array([len(world.fates)])

    def __iter__(self) -> Iterator[str]:
        for name, block in self.blocks.items():
            yield from (f"{name}.{field}" for field in block.dtype.names or ())
            if not block.dtype.names:
                yield name


def snapshot(world: World) -> Snapshot:
    """Return a copy of every column of the world."""
    return Snapshot(world)


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the names of columns that differ."""
    found: set[str] = set()
    for name, new in after.blocks.items():
        old = before.blocks[name]
        if new.shape == old.shape and np.array_equal(_bytes(new), _bytes(old)):
            continue
        if new.dtype.names:
            fields = ((f"{name}.{field}", old[field], new[field]) for field in new.dtype.names)
            found |= {field for field, *values in fields if _differ(*values)}
        elif _differ(old, new):
            found.add(name)
    return found


def _bytes(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1).view(np.uint8)


def _differ(old: np.ndarray, new: np.ndarray) -> bool:
    """Return whether two columns differ; undefined values are equal."""
    return not np.array_equal(old, new, equal_nan=new.dtype.kind == "f")


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
