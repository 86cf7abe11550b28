"""A table for other programs, in Parquet: written and read a block at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

# Where it makes its first array pyarrow loads pandas on its own, and Ctrl-C is lost meanwhile.
import pandas  # noqa: F401
import pyarrow as pa
import pyarrow.parquet as pq

from experiments import durable

FOOTER = b"hotbed"
TEXT, WHOLE, REAL = "text", "whole", "real"
_TYPES = {TEXT: pa.string(), WHOLE: pa.int64(), REAL: pa.float64()}

Block = Mapping[str, np.ndarray]  # columns of one length by name


def write(
    path: Path, kinds: Mapping[str, str], footer: dict[str, Any], blocks: Iterable[Block]
) -> None:
    """Write a table whose columns have some names and kinds; several processes may write the same one.

    Raises:
        StoreError: if it cannot be written; no part of it is left.
    """
    fields = [(name, _TYPES[kind]) for name, kind in kinds.items()]
    schema = pa.schema(fields, metadata={FOOTER: json.dumps(footer)})
    with (
        durable.writing(path, shared=True) as file,
        pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer,
    ):
        for block in blocks:
            columns = [pa.array(block[field.name], field.type) for field in schema]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def footer_of(path: Path) -> dict[str, Any] | None:
    """Return what a table was written with; None where there is no table of ours."""
    with suppress(OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return dict(json.loads((pq.read_schema(path).metadata or {})[FOOTER]))
    return None


def read(path: Path) -> Iterator[Block]:
    """Yield the blocks of a table, their checksums verified.

    Raises:
        OSError: if it is no longer as it was written.
    """
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for i in range(file.num_row_groups):
            table = file.read_row_group(i, use_threads=False)
            yield {name: table[name].to_numpy() for name in table.column_names}
