"""A results folder: what was asked, what ran, what failed, and every finished run.

Layout: `manifest.json`, `runs/` (Parquet), `failures.jsonl`, `log.jsonl`, `lock`. A finished run is
on disk before the next one is asked for. Small files are joined into shards and removed only after
the manifest names the shard, so that a crash at any moment leaves every run in at least one file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments import durable, folders, store
from experiments.circumstances import circumstances, now
from experiments.durable import StoreError
from experiments.runner import Failure, Result, Task
from sim.declare import Text

__all__ = ["Results", "StoreError", "default_folder"]

PARQUET = ".parquet"
# The months have the plain name: a run is there when they are.
SUFFIXES = {kind: f".{kind}{PARQUET}" for kind in store.RECORDS} | {store.SERIES: PARQUET}


def default_folder(command: str, scenario: str, specification: Any) -> Path:
    """Return `results/<command>-<scenario>-<8 digits>`; the digits tell specifications apart."""
    canonical = json.dumps(specification, sort_keys=True, ensure_ascii=False).encode()
    return Path("results") / f"{command}-{scenario}-{hashlib.sha256(canonical).hexdigest()[:8]}"


class Results:
    """A results folder that this process has for itself."""

    def __init__(self, folder: Path, model_version: str = "") -> None:
        """Open or make the folder and look through what it holds.

        Raises:
            StoreError: if it cannot be written, holds results of another kind, or another process
                has it.
        """
        self.folder = folder
        self.runs = folder / "runs"
        self.model_version = model_version
        folders.refuse_others(folder, folders.COMPARISON)
        durable.make_folder(self.runs)
        self._lock: int | None = durable.lock(folder)
        self._aside: list[Path] = []
        self._where: dict[str, str] = {}  # run_id to the stem of the files that hold it
        try:
            self.manifest = self._read_manifest()
            self._scan()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let other processes have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def notices(self) -> list[Text]:
        """What happened to the folder's files, for the user: those that were set aside."""
        return [_set_aside_text(self._aside)] if self._aside else []

    # What the runner asks for

    def load(self, wanted: Iterable[str]) -> dict[str, Result]:
        """Return the wanted runs that are stored whole; damaged files are set aside."""
        wanted = set(wanted)
        found: dict[str, Result] = {}
        for stem in sorted({self._where[run_id] for run_id in wanted if run_id in self._where}):
            tables = self._read(stem)
            if tables:
                found |= store.decode(tables, wanted)
        return found

    def begin(self, task: Task) -> None:
        """Log that a run starts."""
        self._log("started", task.labels())

    def keep(self, task: Task, result: Result) -> None:
        """Make a finished run durable, then log it.

        The months are written last: a run is there when its months are.

        Raises:
            StoreError: if it cannot be written; the runs kept before stay.
        """
        label = task.labels() | {"digest": result.digest}
        for kind, content in store.encode(label, result).items():
            durable.write(self.runs / (task.run_id + SUFFIXES[kind]), content)
        self._where[task.run_id] = task.run_id
        self._describe(task, result.digest)
        self._log("finished", label)

    def fail(self, failure: Failure) -> None:
        """Keep what failed, with the command that repeats it."""
        task = failure.task
        told = {"error": failure.error, "where": failure.where, "command": task.command()}
        durable.append(self.folder / "failures.jsonl", now() | task.labels() | told)
        self._log("failed", task.labels() | {"error": failure.error})

    # What commands ask for

    def claim(self, specification: dict[str, Any]) -> None:
        """Take the folder for what is asked; the same with other seeds may share it.

        Raises:
            StoreError: if the folder holds results of something else; nothing is changed then.
        """
        asked, held = _essence(specification), _essence(self.manifest.get("specification"))
        if held and held != asked:
            names = sorted(n for n in asked | held if asked.get(n) != held.get(n))
            raise _other_request(self.folder / "manifest.json", names)
        self.manifest["specification"] = specification

    def note(self, event: str, **details: Any) -> None:
        """Add a line to the log."""
        self._log(event, details)

    def describe(self, tasks: Iterable[Task]) -> None:
        """Put the resolved scenarios and seeds of `tasks` into the manifest."""
        for task in tasks:
            self._describe(task, self.manifest["runs"].get(task.run_id, {}).get("digest"))

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file into the folder and name it in the manifest."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        self.write_file(name, text.encode())

    def write_file(self, name: str, content: bytes) -> None:
        """Write a file into the folder and name it in the manifest."""
        self.manifest["files"][name] = durable.write(self.folder / name, content)

    def finish(self, specification: Any) -> None:
        """Join small files into shards and write the manifest; only then remove the small files."""
        self.manifest["specification"] = specification
        small = self._compact()
        for path in (self.folder / "log.jsonl", self.folder / "failures.jsonl"):
            with durable.explained(path):
                if path.exists():
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    self.manifest["files"][path.name] = digest
        self.save_manifest()
        for path in small:
            durable.remove(path)

    def save_manifest(self) -> None:
        """Write the manifest as it is now."""
        self.manifest |= {"model_version": self.model_version, **now(), **circumstances()}
        text = json.dumps(self.manifest, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        durable.write(self.folder / "manifest.json", text.encode())

    # Inside

    def _read_manifest(self) -> dict[str, Any]:
        path = self.folder / "manifest.json"
        fresh: dict[str, Any] = {"form": store.FORM, "scenarios": {}, "runs": {}, "files": {}}
        if not path.exists():
            return fresh
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            read = json.loads(path.read_bytes())
            of_runs = [value for name in ("scenarios", "runs") for value in read[name].values()]
            specification = read.get("specification", {})
            tables = [read["files"], specification, *of_runs]
            if read["form"] == store.FORM and all(isinstance(table, dict) for table in tables):
                return read
        self._aside.append(durable.set_aside(path))
        return fresh

    def _scan(self) -> None:
        """Find out which file holds which run; shards win over small files.

        Files with other names than ours are left alone.
        """
        with durable.explained(self.runs):
            names = sorted(p.name for p in self.runs.iterdir())
        ours = [name for name in names if store.is_ours(name.partition(".")[0])]
        for name in ours:
            if name.endswith(durable.TEMPORARY):
                durable.remove(self.runs / name)  # never came to its end: no finished run is in it
        stems = [
            name.removesuffix(PARQUET)
            for name in ours
            if f"{name.partition('.')[0]}{PARQUET}" == name
        ]
        for stem in sorted(stems, key=lambda s: (s.startswith("shard-"), s)):
            try:
                footer = store.footer_of(self.runs / (stem + PARQUET))
                runs = {run["run_id"] for run in footer["runs"]}
                if not stem.startswith("shard-") and runs != {stem}:
                    raise store.ForeignFileError("holds another run than its name says")
                self._where |= dict.fromkeys(runs, stem)
            except store.ForeignFileError:
                self._discard(stem)

    def _read(self, stem: str) -> store.Tables | None:
        try:
            tables = {
                kind: store.read_table(self.runs / (stem + suffix), kind)
                for kind, suffix in SUFFIXES.items()
            }
            store.check_together(*tables.values())
            return tables
        except store.ForeignFileError:
            self._discard(stem)
            return None

    def _discard(self, stem: str) -> None:
        """Set all files of a stem aside; its runs are missing from now on."""
        # The months first, by which the run is known to whoever reads the notice.
        for path in (self.runs / (stem + suffix) for suffix in reversed(SUFFIXES.values())):
            if path.exists():
                self._aside.append(durable.set_aside(path))
            self.manifest["files"].pop(f"runs/{path.name}", None)
        self._where = {run_id: at for run_id, at in self._where.items() if at != stem}

    def _compact(self) -> list[Path]:
        """Write shards of all small files, name them in the manifest, return what may now go."""
        inside = {stem for stem in self._where.values() if not stem.startswith("shard-")}
        lone = {p.name.partition(".")[0] for p in self.runs.glob("*" + PARQUET)}
        stale = {s for s in lone if s in self._where and self._where[s].startswith("shard-")}
        found = [tables for stem in sorted(inside) if (tables := self._read(stem))]
        for run_ids, joined in store.join(found):
            name = store.shard_name(run_ids)
            for kind, content in joined.items():
                self.write_file(f"runs/{name}{SUFFIXES[kind]}", content)
            self._where |= dict.fromkeys(run_ids, name)
        done = {s for s in inside if self._where.get(s, s) != s} | stale
        return [self.runs / (stem + suffix) for stem in done for suffix in SUFFIXES.values()]

    def _describe(self, task: Task, digest: str | None) -> None:
        canonical = task.arm.scenario.canonical()
        key = hashlib.sha256(canonical).hexdigest()
        self.manifest["scenarios"][key] = json.loads(canonical)
        told = {name: value for name, value in task.labels().items() if name != "run_id"}
        told |= {"resolved": key, "digest": digest}
        self.manifest["runs"][task.run_id] = told

    def _log(self, event: str, details: dict[str, Any]) -> None:
        durable.append(self.folder / "log.jsonl", now() | {"event": event} | details)


def _essence(specification: Any) -> dict[str, Any]:
    """Return what tells a specification from others, as it comes back from JSON."""
    told = {name: value for name, value in (specification or {}).items() if name != "seeds"}
    return dict(json.loads(json.dumps(told)))


def _other_request(path: Path, names: list[str]) -> StoreError:
    listed = ", ".join(names)
    return StoreError(
        2,
        Text(
            f"{path} belongs to another request (it differs in: {listed}). "
            "Nothing was changed; choose another folder with --out",
            f"{path} 属于另一次请求（不同之处：{listed}）。未作任何改动；请用 --out 指定其他文件夹",
        ),
    )


def _set_aside_text(paths: list[Path]) -> Text:
    names = ", ".join(path.name for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    return Text(
        f"{len(paths)} result file(s) could not be read and were set aside in {paths[0].parent}: "
        f"{names}. Runs that were only in them are run again",
        f"{len(paths)} 个结果文件无法读取，已改名保留在 {paths[0].parent}：{names}。"
        "只存于其中的运行将重新执行",
    )
