"""The runs of a sweep as a table for other programs: Parquet, a row per run and kept month.

The records are what counts; the table is a view of them, written anew where it does not tell of all that
is there. Besides the kept indicators it says of each run its world, and what every range is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

# Where it makes its first array pyarrow loads pandas on its own, and Ctrl-C is lost meanwhile.
import pandas  # noqa: F401
import pyarrow as pa
import pyarrow.parquet as pq

from experiments import durable
from experiments.sweeps.plan import Cell, Plan
from experiments.sweeps.records import Held
from sim.scenario.sweeps import Range

FILE = "runs.parquet"
FOOTER = b"hotbed"
LABELS = ("run_id", "digest", "world", "policy", "seed")
MONTH = "month"
BLOCK = 1000  # runs of a row group

Row = tuple[int, Plan, Cell]  # the world's number in the table, and the run


def write(plans: Sequence[Plan], held: Held, folder: Path) -> None:
    """Write the table of all runs of some plans that are there, if it does not tell of them already.

    The worlds of several plans are numbered through; a run of a later one that an earlier one has is
    left out.

    Raises:
        StoreError: if it cannot be written; the runs stay.
    """
    path, told = folder / FILE, _told(plans, held)
    if footer_of(path) == told:
        return
    schema = _schema(plans[0], told)
    rows = (row for row in _rows(plans) if row[2].run_id in held.place)
    with (
        durable.writing(path) as file,
        pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer,
    ):
        while block := list(islice(rows, BLOCK)):
            writer.write_table(_block(block, held, schema))


def footer_of(path: Path) -> dict[str, Any] | None:
    """Return what a table says it tells of; None where there is no table of ours."""
    with suppress(OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return dict(json.loads((pq.read_schema(path).metadata or {})[FOOTER]))
    return None


def read(path: Path) -> Iterator[pa.Table]:
    """Yield the table a row group at a time, its checksums verified.

    Raises:
        OSError: if it is no longer as it was written.
    """
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for i in range(file.num_row_groups):
            yield file.read_row_group(i, use_threads=False)


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


def _schema(plan: Plan, told: dict[str, Any]) -> pa.Schema:
    kinds = [pa.string(), pa.string(), pa.int32(), pa.string(), pa.int64()]
    fields = list(zip(LABELS, kinds, strict=True))
    fields += [(one.name, _kind(one)) for one in plan.sweep.ranges]
    fields += [(MONTH, pa.int32()), *((name, pa.float64()) for name in plan.names)]
    return pa.schema(fields, metadata={FOOTER: json.dumps(told)})


def _kind(one: Range) -> pa.DataType:
    """Return a number for what is one in all worlds, else text."""
    numbers = all(type(end) in (int, float) for end in one.ends)
    if not numbers:
        return pa.string()
    return pa.int64() if one.whole and not one.choices else pa.float64()


def _block(rows: list[Row], held: Held, schema: pa.Schema) -> pa.Table:
    records = held.take(np.array([held.place[cell.run_id] for _, _, cell in rows]))
    plan = rows[0][1]
    months, worlds = len(plan.months), [one.values(cell.row) for _, one, cell in rows]
    labels: list[Any] = [
        [cell.run_id for _, _, cell in rows],
        [digest.tobytes().hex() for digest in records["digest"]],
        [world for world, _, _ in rows],
        [cell.policy for _, _, cell in rows],
        [cell.seed for _, _, cell in rows],
    ]
    for one in plan.sweep.ranges:
        own = [world[one.name] for world in worlds]
        labels.append([str(value) for value in own] if _kind(one) == pa.string() else own)
    each = np.repeat(np.arange(len(rows)), months)
    columns = [
        pa.array(values, schema.field(i).type).take(pa.array(each))
        for i, values in enumerate(labels)
    ]
    columns.append(pa.array(np.tile(plan.months, len(rows)), pa.int32()))
    numbers = records["values"].reshape(len(rows) * months, -1)
    columns += [pa.array(np.ascontiguousarray(column)) for column in numbers.T]
    return pa.Table.from_arrays(columns, schema=schema)
