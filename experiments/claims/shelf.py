"""Runs of many studies in one file: each is appended as it ends, and is never run again.

A study needs a run's series and the fates of its firms, not its payments and maps; thousands of runs
fit in one file, which is read record by record. A record is a line of JSON, which names the run and
how many bytes follow, and these bytes with their sha256. What is torn or has changed counts as not there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from experiments import durable, folders
from experiments.circumstances import now
from experiments.runner import Failure, Result, Task

FORM = 1
FILE = folders.SHELF
FAILURES = "failures.jsonl"
LOG = "log.jsonl"


@dataclass(frozen=True)
class _Place:
    at: int
    size: int
    sha256: str
    digest: str


class Shelf:
    """The runs of a folder, which this process has for itself."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder.

        Raises:
            StoreError: if it cannot be written, holds results of another kind, or another process
                has it.
        """
        self.folder = folder
        self.path = folder / FILE
        folders.refuse_others(folder, folders.SHELF)
        durable.make_folder(folder)
        self._lock = durable.lock(folder)
        self._places: dict[str, _Place] = {}
        try:
            with durable.explained(self.path):
                self._file: BinaryIO = self.path.open("a+b")
                self._scan()
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let other processes have the folder."""
        self._file.close()
        os.close(self._lock)

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._places

    def get(self, run_id: str) -> Result | None:
        """Return a run, None where it is not there whole."""
        place = self._places.get(run_id)
        if place is None:
            return None
        self._file.seek(place.at)
        body = self._file.read(place.size)
        if hashlib.sha256(body).hexdigest() != place.sha256:
            del self._places[run_id]
            return None
        return _decoded(body, place.digest)

    def began(self, command: str) -> None:
        """Keep that a command began to work here.

        Raises:
            StoreError: if it cannot be written.
        """
        durable.append(self.folder / LOG, now() | {"event": "began", "command": command})

    # What the runner asks for; it gets no results back, so that memory holds none

    def load(self, wanted: Iterable[str]) -> dict[str, Result]:
        """Return an empty mapping: runs are looked up one by one with `get`."""
        return {}

    def begin(self, task: Task) -> None:
        """Do nothing: a run that did not end has left nothing."""

    def keep(self, task: Task, result: Result) -> None:
        """Append a finished run.

        Raises:
            StoreError: if it cannot be written; the runs kept before stay.
        """
        body = _encoded(result)
        digest = hashlib.sha256(body).hexdigest()
        told = task.labels() | {
            "form": FORM, "digest": result.digest, "size": len(body), "sha256": digest,
        }  # fmt: skip
        head = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        with durable.explained(self.path):
            at = self._file.seek(0, os.SEEK_END) + len(head)
            self._file.write(head + body + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self._places[task.run_id] = _Place(at, len(body), digest, result.digest)

    def fail(self, failure: Failure) -> None:
        """Keep what failed, with the command that repeats it."""
        task = failure.task
        told = {"error": failure.error, "where": failure.where, "command": task.command()}
        durable.append(self.folder / FAILURES, now() | task.labels() | told)

    def _scan(self) -> None:
        """Find all whole records; what follows the last one is cut off."""
        whole = 0
        for head, at, end in _whole(self._file):
            self._places[head["run_id"]] = _Place(at, head["size"], head["sha256"], head["digest"])
            whole = end
        self._file.truncate(whole)


def runs_of(folder: Path) -> tuple[set[str], set[str]] | None:
    """Return the runs of a folder that are kept and those that only failed; None where it is no shelf.

    Nothing is locked or changed: another process may be at work there.
    """
    if not (folder / FILE).is_file():
        return None
    failed = set()
    with (folder / FILE).open("rb") as file:
        kept = {head["run_id"] for head, _, _ in _whole(file)}
    with suppress(FileNotFoundError):
        for line in (folder / FAILURES).read_text("utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):  # a line that a crash cut off
                failed.add(json.loads(line)["run_id"])
    return kept, failed - kept


def commands_of(folder: Path) -> list[str]:
    """Return the commands that have worked in a folder, each once."""
    found: dict[str, None] = {}
    with suppress(FileNotFoundError):
        for line in (folder / LOG).read_text("utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):  # a line that a crash cut off
                found[str(json.loads(line)["command"])] = None
    return list(found)


def _whole(file: BinaryIO) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Yield what each whole record says of itself, where its bytes begin, and where it ends."""
    file.seek(0)
    while line := file.readline():
        head = _head(line)
        if head is None:
            return
        at = file.tell()
        file.seek(at + head["size"])
        if file.read(1) != b"\n":
            return
        yield head, at, file.tell()


def _head(line: bytes) -> dict[str, Any] | None:
    try:
        head = json.loads(line)
        return head if head["form"] == FORM and head["size"] >= 0 else None
    except (ValueError, KeyError, TypeError):
        return None


def _encoded(result: Result) -> bytes:
    body = io.BytesIO()
    names = np.array(result.names)
    np.savez_compressed(
        body, names=names, series=result.series, fates=result.fates,
        flows=result.flows[:0], ground=result.ground[:0],
    )  # fmt: skip
    return body.getvalue()


def _decoded(body: bytes, digest: str) -> Result:
    with np.load(io.BytesIO(body), allow_pickle=False) as held:
        names = tuple(str(name) for name in held["names"])
        return Result(digest, names, held["series"], held["fates"], held["flows"], held["ground"])
