"""Results on disk: one small Parquet file per finished run, compacted into shards.

A table is wide: a row per run and month, a column per indicator. Beside it stands a table of the
firms' fates, a row per run and firm. Every file carries in its footer which runs it holds, so that
a lost manifest loses nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runner import Result

FORM = 1
FOOTER = b"hotbed"
LABELS = ("run_id", "policy", "scale", "seed", "digest")


class ForeignFileError(Exception):
    """A file that is no result of ours, or no longer whole."""


def encode(label: dict[str, Any], result: Result) -> tuple[bytes, bytes]:
    """Return the Parquet bytes of a run's months and of its firms' fates."""
    months = {"month": np.arange(1, len(result.series) + 1)}
    columns = {name: result.series[:, i] for i, name in enumerate(result.names)}
    fates = {name: result.fates[name] for name in result.fates.dtype.names or ()}
    kinds = [[name, result.fates.dtype[name].str] for name in fates]
    return (
        _bytes(_table(label, "series", len(result.series), months | columns)),
        _bytes(_table(label, "fates", len(result.fates), fates, kinds)),
    )


def _table(
    label: dict[str, Any], kind: str, rows: int, columns: dict[str, np.ndarray], kinds: Any = None
) -> pa.Table:
    """Return a table whose first columns tell the run and whose footer says what it is."""
    run = {name: label[name] for name in LABELS}
    leading = {name: pa.array([value] * rows) for name, value in run.items()}
    if not rows:  # the type of an empty column cannot be told from its values
        leading = {name: pa.array([value]).slice(1) for name, value in run.items()}
    footer = {"form": FORM, "kind": kind, "runs": [run | {"rows": rows}], "types": kinds}
    return pa.table(leading | {k: pa.array(v) for k, v in columns.items()}).replace_schema_metadata(
        {FOOTER: json.dumps(footer).encode()}
    )


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue().to_pybytes()


def footer_of(path: Path) -> dict[str, Any]:
    """Return what a file says it holds.

    Raises:
        ForeignFileError: if it is no Parquet file of ours.
    """
    try:
        return _checked(pq.read_schema(path))
    except (pa.ArrowException, OSError) as error:
        raise ForeignFileError(str(error)) from error


def read_table(path: Path) -> pa.Table:
    """Read a file whole, its checksums verified.

    Raises:
        ForeignFileError: if it is truncated, changed or not ours.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            footer = _checked(file.schema_arrow)
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise ForeignFileError(str(error)) from error
    if table.num_rows != sum(run["rows"] for run in footer["runs"]):
        raise ForeignFileError("rows are missing")
    return table


def _checked(schema: pa.Schema) -> dict[str, Any]:
    try:
        footer = json.loads((schema.metadata or {})[FOOTER])
        if footer["form"] == FORM and footer["kind"] in ("series", "fates"):
            return dict(footer)
    except (KeyError, ValueError, TypeError) as error:
        raise ForeignFileError("no result of ours") from error
    raise ForeignFileError("another form of results")


def decode(series: pa.Table, fates: pa.Table, wanted: Iterable[str]) -> dict[str, Result]:
    """Return the wanted runs of a pair of tables as arrays."""
    wanted = set(wanted)
    names = tuple(name for name in series.column_names if name not in (*LABELS, "month"))
    matrix = np.column_stack([series[name].to_numpy() for name in names])
    types = _footer(fates)["types"]
    firms = np.empty(fates.num_rows, dtype=[(name, kind) for name, kind in types])
    for name, _ in types:
        firms[name] = fates[name].to_numpy()
    fates_of = _slices(fates)
    results = {}
    for run_id, (rows, label) in _slices(series).items():
        if run_id in wanted and run_id in fates_of:
            here = firms[fates_of[run_id][0]].copy()
            results[run_id] = Result(label["digest"], names, matrix[rows].copy(), here)
    return results


def _slices(table: pa.Table) -> dict[str, tuple[slice, dict[str, Any]]]:
    """Return the rows of each run of a table, and its label."""
    found, start = {}, 0
    for run in _footer(table)["runs"]:
        found[run["run_id"]] = (slice(start, start + run["rows"]), run)
        start += run["rows"]
    return found


Pair = tuple[pa.Table, pa.Table]


def join(pairs: list[Pair]) -> list[tuple[list[str], bytes, bytes]]:
    """Join pairs of (series, fates) with equal columns into as few pairs as possible.

    Returns:
        For each joined pair its run_ids and the Parquet bytes of both files.
    """
    groups: dict[str, list[Pair]] = {}
    for series, fates in pairs:
        columns = [t.schema.to_string(show_schema_metadata=False) for t in (series, fates)]
        groups.setdefault(f"{columns}{_footer(fates)['types']}", []).append((series, fates))
    joined = []
    for group in groups.values():
        run_ids = [run["run_id"] for series, _ in group for run in _footer(series)["runs"]]
        joined.append((run_ids, _joined([s for s, _ in group]), _joined([f for _, f in group])))
    return joined


def _footer(table: pa.Table) -> dict[str, Any]:
    return json.loads(table.schema.metadata[FOOTER])


def _joined(group: list[pa.Table]) -> bytes:
    runs = [run for table in group for run in _footer(table)["runs"]]
    metadata = {FOOTER: json.dumps(_footer(group[0]) | {"runs": runs}).encode()}
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in group])
    return _bytes(whole.replace_schema_metadata(metadata))


def shard_name(run_ids: list[str]) -> str:
    """Return the name of a shard: the same runs make the same name."""
    return "shard-" + hashlib.sha256("".join(run_ids).encode()).hexdigest()[:16]
