"""Results on disk: one small Parquet file per finished run, compacted into shards.

A table is wide: a row per run and month, a column per indicator. Beside it stands a table of the
firms' fates, a row per run and firm. Every file carries in its footer which runs it holds, so that
a lost manifest loses nothing, and two seals, on the footer and on the numbers: Parquet's own
checksums leave out its metadata, where one changed byte can rename an indicator.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runner import Result

FORM = 2
FOOTER = b"hotbed"
LABELS = ("run_id", "policy", "scale", "seed", "digest")


Pair = tuple[pa.Table, pa.Table]  # series and fates of the same runs


class ForeignFileError(Exception):
    """A file that is no result of ours, or no longer whole."""


# What pyarrow raises for a damaged file: besides its own errors, those of the text it decodes.
DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError, MemoryError)


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
    if footer["form"] != FORM or footer["kind"] not in ("series", "fates"):
        raise ForeignFileError("another form of results")
    if _seal(footer) != footer["seal"]:
        raise ForeignFileError("its footer has changed")
    return dict(footer)


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
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in group])
    return _bytes(_sealed(whole, _footer(group[0]) | {"runs": runs}))


NAME = re.compile("[0-9a-f]{64}|shard-[0-9a-f]{16}")


def is_ours(stem: str) -> bool:
    """Return whether a file's name, up to its first dot, is one that hotbed gives."""
    return NAME.fullmatch(stem) is not None


def shard_name(run_ids: list[str]) -> str:
    """Return the name of a shard: the same runs make the same name."""
    return "shard-" + hashlib.sha256("".join(run_ids).encode()).hexdigest()[:16]
