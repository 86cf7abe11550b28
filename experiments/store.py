"""Results on disk: one small Parquet file per table of a finished run, compacted into shards.

The table of months is wide: a row per run and month, a column per indicator. Beside it stand the
firms' fates, the payments by year and the ground by year, a row per run and record. Every file
carries in its footer which runs it holds, so that a lost manifest loses nothing, and two seals, on
the footer and on the numbers: Parquet's own checksums leave out its metadata, where one changed
byte can rename an indicator.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

# Where it makes its first array pyarrow loads pandas on its own, and Ctrl-C is lost meanwhile.
import pandas  # noqa: F401
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runner import Result

FORM = 3
FOOTER = b"hotbed"
LABELS = ("run_id", "policy", "scale", "seed", "digest")
SERIES = "series"
RECORDS = ("fates", "flows", "ground")  # structured arrays of a Result, each a table of its own
KINDS = (*RECORDS, SERIES)

Tables = dict[str, pa.Table]  # by kind, of the same runs


class ForeignFileError(Exception):
    """A file that is no result of ours, or no longer whole."""


# What pyarrow raises for a damaged file: besides its own errors, those of the text it decodes.
DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError, MemoryError)


def encode(label: dict[str, Any], result: Result) -> dict[str, bytes]:
    """Return the Parquet bytes of a run's tables by kind, the months last."""
    encoded = {}
    for kind in RECORDS:
        records = getattr(result, kind)
        columns = {name: records[name] for name in records.dtype.names or ()}
        types = [[name, records.dtype[name].str] for name in columns]
        encoded[kind] = _bytes(_table(label, kind, len(records), columns, types))
    months = {"month": np.arange(1, len(result.series) + 1)}
    columns = {name: result.series[:, i] for i, name in enumerate(result.names)}
    encoded[SERIES] = _bytes(_table(label, SERIES, len(result.series), months | columns))
    return encoded


def _table(
    label: dict[str, Any], kind: str, rows: int, columns: dict[str, np.ndarray], kinds: Any = None
) -> pa.Table:
    """Return a table whose first columns tell the run and whose footer says what it is."""
    run = {name: label[name] for name in LABELS}
    leading = {name: pa.array([value] * rows) for name, value in run.items()}
    if not rows:  # the type of an empty column cannot be told from its values
        leading = {name: pa.array([value]).slice(1) for name, value in run.items()}
    footer = {"form": FORM, "kind": kind, "runs": [run | {"rows": rows}], "types": kinds}
    return _sealed(pa.table(leading | {k: pa.array(v) for k, v in columns.items()}), footer)


def _sealed(table: pa.Table, footer: dict[str, Any]) -> pa.Table:
    """Return the table with its footer, which says what the numbers and the footer hash to."""
    footer = {name: footer[name] for name in ("form", "kind", "runs", "types")}
    footer["content"] = _content(table)
    footer["seal"] = _seal(footer)
    return table.replace_schema_metadata({FOOTER: json.dumps(footer).encode()})


def _content(table: pa.Table) -> str:
    """Return the sha256 of names and numbers of all columns that `decode` reads."""
    digest = hashlib.sha256()
    for name in table.column_names:
        if name not in LABELS:
            column = table[name]
            digest.update(f"{name} {column.type} {len(column)}\n".encode())
            digest.update(column.to_numpy().tobytes())
    return digest.hexdigest()


def _seal(footer: dict[str, Any]) -> str:
    rest = {name: value for name, value in footer.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


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
    except DAMAGE as error:
        raise ForeignFileError(str(error)) from error


def read_table(path: Path, kind: str = "") -> pa.Table:
    """Read a file whole, its checksums and seals verified, and its kind where one is given.

    Raises:
        ForeignFileError: if it is truncated, changed, of another kind or not ours.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read(use_threads=False)
            footer = _checked(table.schema)
            if kind not in ("", footer["kind"]) or _content(table) != footer["content"]:
                raise ForeignFileError("its numbers have changed, or it is of another kind")
    except DAMAGE as error:
        raise ForeignFileError(str(error)) from error
    if table.num_rows != sum(run["rows"] for run in footer["runs"]):
        raise ForeignFileError("rows are missing")
    return table


def check_together(*tables: pa.Table) -> None:
    """Check that tables tell of the same runs.

    Raises:
        ForeignFileError: if they do not.
    """
    ids = [[run["run_id"] for run in _footer(table)["runs"]] for table in tables]
    if any(others != ids[0] for others in ids):
        raise ForeignFileError("files that do not belong together")


def _checked(schema: pa.Schema) -> dict[str, Any]:
    footer = json.loads((schema.metadata or {})[FOOTER])
    if footer["form"] != FORM or footer["kind"] not in KINDS:
        raise ForeignFileError("another form of results")
    if _seal(footer) != footer["seal"]:
        raise ForeignFileError("its footer has changed")
    return dict(footer)


def decode(tables: Tables, wanted: Iterable[str]) -> dict[str, Result]:
    """Return the wanted runs of a set of tables as arrays."""
    wanted = set(wanted)
    series = tables[SERIES]
    names = tuple(name for name in series.column_names if name not in (*LABELS, "month"))
    matrix = np.column_stack([series[name].to_numpy() for name in names])
    records = {kind: _records(tables[kind]) for kind in RECORDS}
    rows_of = {kind: _slices(tables[kind]) for kind in RECORDS}
    results = {}
    for run_id, (rows, label) in _slices(series).items():
        if run_id in wanted:
            own = {kind: records[kind][rows_of[kind][run_id][0]].copy() for kind in RECORDS}
            results[run_id] = Result(label["digest"], names, matrix[rows].copy(), **own)
    return results


def _records(table: pa.Table) -> np.ndarray:
    """Return a table without its labels as the structured array it was made of."""
    types = _footer(table)["types"]
    records = np.empty(table.num_rows, dtype=[(name, kind) for name, kind in types])
    for name, _ in types:
        records[name] = table[name].to_numpy()
    return records


def _slices(table: pa.Table) -> dict[str, tuple[slice, dict[str, Any]]]:
    """Return the rows of each run of a table, and its label."""
    found, start = {}, 0
    for run in _footer(table)["runs"]:
        found[run["run_id"]] = (slice(start, start + run["rows"]), run)
        start += run["rows"]
    return found


def join(sets: list[Tables]) -> list[tuple[list[str], dict[str, bytes]]]:
    """Join sets of tables with equal columns into as few sets as possible.

    Returns:
        For each joined set its run_ids and the Parquet bytes of its tables by kind.
    """
    groups: dict[str, list[Tables]] = {}
    for tables in sets:
        forms = [tables[kind].schema.to_string(show_schema_metadata=False) for kind in KINDS]
        types = [_footer(tables[kind])["types"] for kind in KINDS]
        groups.setdefault(f"{forms}{types}", []).append(tables)
    joined = []
    for group in groups.values():
        run_ids = [run["run_id"] for tables in group for run in _footer(tables[SERIES])["runs"]]
        whole = {kind: _joined([tables[kind] for tables in group]) for kind in KINDS}
        joined.append((run_ids, whole))
    return joined


def _footer(table: pa.Table) -> dict[str, Any]:
    return json.loads(table.schema.metadata[FOOTER])


def _joined(group: list[pa.Table]) -> bytes:
    runs = [run for table in group for run in _footer(table)["runs"]]
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in group])
    return _bytes(_sealed(whole, _footer(group[0]) | {"runs": runs}))


NAME = re.compile("[0-9a-f]{64}|shard-[0-9a-f]{16}")


def is_ours(stem: str) -> bool:
    """Return whether a file's name, up to its first dot, is one that hotbed gives."""
    return NAME.fullmatch(stem) is not None


def shard_name(run_ids: list[str]) -> str:
    """Return the name of a shard: the same runs make the same name."""
    return "shard-" + hashlib.sha256("".join(run_ids).encode()).hexdigest()[:16]
