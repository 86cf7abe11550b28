"""The runs of a sweep on disk: records of one length, appended as runs end.

A record is a run's name, the digest of its final state, its kept numbers and a checksum. A hundred
thousand are looked through in a second, and how many there are is told by the size of the file. What a
crash cut off is cut away; a record whose checksum is wrong counts as not there.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from experiments import durable

ENDING = ".records"
BLOCK_BYTES = 1 << 22  # read at a time
SYNC_SECONDS = 1.0  # a process that is killed loses nothing; a power cut at most so much


def file_of(version: str) -> str:
    """Return the name of the file that holds the runs of one version of the model."""
    return f"runs-{hashlib.sha256(version.encode()).hexdigest()[:8]}{ENDING}"


def form(months: int, names: int) -> np.dtype:
    """Return the form of a record that keeps so many numbers."""
    return np.dtype(
        [("run_id", "V32"), ("digest", "V32"), ("values", "<f8", (months, names)), ("check", "<u4")]
    )


def whole(records: np.ndarray) -> np.ndarray:
    """Return which records are as they were written, shape (records,)."""
    size = records.dtype.itemsize
    raw = records.view(np.uint8).reshape(len(records), size)
    return np.array([zlib.crc32(row[:-4]) for row in raw], dtype=np.uint32) == records["check"]


def read(path: Path, dtype: np.dtype) -> np.ndarray:
    """Return all whole records of a file; none where there is no file."""
    return np.concatenate([np.empty(0, dtype), *(found for _, found in _blocks(path, dtype))])


def _blocks(path: Path, dtype: np.dtype) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield a file's whole records, a block at a time, and their places in the file."""
    if not path.exists():
        return
    with durable.explained(path), open(path, "rb") as file:
        start = 0
        while len(found := np.fromfile(file, dtype, max(1, BLOCK_BYTES // dtype.itemsize))):
            fine = whole(found)
            yield start + np.flatnonzero(fine), found[fine]
            start += len(found)


class Held:
    """The whole records of all parts of a sweep under one version, a run once.

    Their numbers stay on disk until they are asked for. `place` tells by a run's name where it is,
    `damaged` which files hold records that are not as they were written.
    """

    def __init__(self, folder: Path, dtype: np.dtype, version: str) -> None:
        """Look through all parts."""
        self.dtype = dtype
        self.place: dict[str, int] = {}
        self.damaged: list[Path] = []
        self._parts: list[tuple[Path, int, int]] = []  # path, its first place, records
        start = 0
        for path in files(folder, version):
            size = path.stat().st_size // dtype.itemsize
            fine = 0
            for at, found in _blocks(path, dtype):
                fine += len(found)
                for name, where in zip(names_of(found), at.tolist(), strict=True):
                    self.place.setdefault(name, start + where)
            if fine < size:
                self.damaged.append(path)
            self._parts.append((path, start, size))
            start += size

    def take(self, places: np.ndarray) -> np.ndarray:
        """Return the records at some places, in their order."""
        taken = np.empty(len(places), self.dtype)
        for path, start, size in self._parts:
            mine = (places >= start) & (places < start + size)
            if mine.any():
                # Opened anew each time: pages that stay mapped count as this process's memory.
                mapped = np.memmap(path, self.dtype, "r", shape=(size,))
                taken[mine] = mapped[places[mine] - start]
        return taken

    def last(self) -> np.ndarray:
        """Return the numbers after the last month, shape (runs, names), in the order of `place`."""
        places = np.fromiter(self.place.values(), np.int64, len(self.place))
        step = max(1, BLOCK_BYTES // self.dtype.itemsize)
        blocks = [places[i : i + step] for i in range(0, max(1, len(places)), step)]
        return np.concatenate([self.take(block)["values"][:, -1].copy() for block in blocks])


def files(folder: Path, version: str) -> list[Path]:
    """Return the files of records of all parts of a sweep under one version of the model."""
    return sorted(folder.glob(f"parts/*/{file_of(version)}"))


def count(folder: Path, version: str, size: int) -> int:
    """Return how many records there are by the sizes of the files, read none."""
    return sum(path.stat().st_size // size for path in files(folder, version))


class Book:
    """The file of one part of a sweep, which this process has for itself."""

    def __init__(self, folder: Path, dtype: np.dtype, version: str) -> None:
        """Open or make it.

        Raises:
            StoreError: if it cannot be written, or another process has it.
        """
        self.folder, self.path, self.dtype = folder, folder / file_of(version), dtype
        durable.make_folder(folder)
        self._lock = durable.lock(folder)
        self._synced = time.monotonic()
        try:
            with durable.explained(self.path):
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
                self._end = os.fstat(self._file).st_size // dtype.itemsize * dtype.itemsize
                os.ftruncate(self._file, self._end)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Book:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            with durable.explained(self.path):
                os.fsync(self._file)  # some disks say only now that they were full
        except durable.StoreError:
            if error is None:  # what ends a sweep already is not to be hidden
                raise
        finally:
            os.close(self._file)
            os.close(self._lock)

    def append(self, run_id: str, digest: str, values: np.ndarray) -> None:
        """Append a run.

        Raises:
            StoreError: if it cannot be written; the runs kept before stay.
        """
        record = np.zeros(1, self.dtype)
        record["run_id"] = np.void(bytes.fromhex(run_id))
        record["digest"] = np.void(bytes.fromhex(digest)[:32].ljust(32, b"\0"))
        record["values"] = values
        body = record.tobytes()[:-4]
        with durable.explained(self.path):
            try:
                durable.put(self._file, body + np.uint32(zlib.crc32(body)).tobytes())
            except BaseException:  # Ctrl-C, too: no half of a record stays between whole ones
                os.ftruncate(self._file, self._end)
                raise
            self._end += self.dtype.itemsize
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(self._file)
                self._synced = time.monotonic()


def names_of(found: np.ndarray) -> Iterable[str]:
    """Return the names of the runs of records."""
    return (name.tobytes().hex() for name in found["run_id"])
