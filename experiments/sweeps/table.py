"""The runs of a sweep as a table for other programs: a row per run and kept month.

The records are what counts; the table is a view of them, written anew where it does not tell of all that
is there. Besides the kept indicators it says of each run its world, and what every range is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from experiments import store_table
from experiments.store_table import REAL, TEXT, WHOLE, Block
from experiments.sweeps.plan import Cell, Plan
from experiments.sweeps.records import Held
from sim.scenario.sweeps import Range

FILE = "runs.parquet"
LABELS = {"run_id": TEXT, "digest": TEXT, "world": WHOLE, "policy": TEXT, "seed": WHOLE}
MONTH = "month"
RUNS = 1000  # of a block

Row = tuple[int, Plan, Cell]  # the world's number in the table, and the run


def write(plans: Sequence[Plan], held: Held, folder: Path) -> None:
    """Write the table of all runs of some plans that are there, if it does not tell of them already.

    The worlds of several plans are numbered through; a run of a later one that an earlier one has is
    left out.

    Raises:
        StoreError: if it cannot be written; the runs stay.
    """
    told = _told(plans, held)
    if store_table.footer_of(folder / FILE) == told:
        return
    rows = (row for row in _rows(plans) if row[2].run_id in held.place)
    blocks = iter(lambda: list(islice(rows, RUNS)), [])
    kinds = _kinds(plans[0])
    store_table.write(folder / FILE, kinds, told, (_block(block, held) for block in blocks))


def _told(plans: Sequence[Plan], held: Held) -> dict[str, Any]:
    """Return what tells a table from one of fewer worlds, seeds or runs, or of another version."""
    digest = hashlib.sha256()
    found = total = 0
    for _, _, cell in _rows(plans):
        there = cell.run_id in held.place
        digest.update(f"{cell.run_id}{there}".encode())
        found, total = found + there, total + 1
    version = plans[0].version
    return {"model_version": version, "runs": found, "of": total, "content": digest.hexdigest()}


def _rows(plans: Sequence[Plan]) -> Iterator[Row]:
    first, earlier = 0, set[str]()
    for plan in plans:
        own = set()
        for cell in plan.cells():
            if cell.run_id not in earlier:
                yield first + cell.row, plan, cell
            if len(plans) > 1:
                own.add(cell.run_id)
        earlier |= own
        first += len(plan.points)


def _kinds(plan: Plan) -> dict[str, str]:
    """Return the columns with their kinds."""
    ranges = {one.name: _kind(one) for one in plan.sweep.ranges}
    return LABELS | ranges | {MONTH: WHOLE} | dict.fromkeys(plan.names, REAL)


def _kind(one: Range) -> str:
    """Return a number for what is one in all worlds, else text."""
    if not all(type(end) in (int, float) for end in one.ends):
        return TEXT
    return WHOLE if one.whole and not one.choices else REAL


def _block(rows: list[Row], held: Held) -> Block:
    records = held.take(np.array([held.place[cell.run_id] for _, _, cell in rows]))
    plan = rows[0][1]
    months = len(plan.months)
    by_run: dict[str, list[Any]] = {
        "run_id": [cell.run_id for _, _, cell in rows],
        "digest": [digest.tobytes().hex() for digest in records["digest"]],
        "world": [world for world, _, _ in rows],
        "policy": [cell.policy for _, _, cell in rows],
        "seed": [cell.seed for _, _, cell in rows],
    }
    worlds = [one.values(cell.row) for _, one, cell in rows]
    for one in plan.sweep.ranges:
        own = [world[one.name] for world in worlds]
        by_run[one.name] = [str(value) for value in own] if _kind(one) == TEXT else own
    block = {
        name: np.repeat(
            np.array(values, dtype=object if isinstance(values[0], str) else None), months
        )
        for name, values in by_run.items()
    }
    block[MONTH] = np.tile(plan.months, len(rows))
    numbers = records["values"].reshape(len(rows) * months, -1)
    return block | {name: numbers[:, i] for i, name in enumerate(plan.names)}
