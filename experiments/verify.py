"""Is a result what it says: its files as they were, and its runs the same when run again?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from experiments import store
from experiments.circumstances import circumstances
from experiments.durable import TEMPORARY, StoreError
from experiments.executors import PROCESS, open_executor
from experiments.runner import Arm, Engine, Failure, Result, Task
from sim.declare import Text

TOLERANCE = 1e-9  # relative, where platform or versions differ
OWN = ("manifest.json", "lock")
LOGS = ("log.jsonl", "failures.jsonl")
SET_ASIDE = ".set-aside-"
CHANGED, MISSING, FOREIGN = "changed", "missing", "foreign"

Restore = Callable[[dict[str, Any], str, str, int], Any]
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Fault:
    """A file that is not as the manifest says: its path in the folder, and what is wrong."""

    path: str
    what: str


@dataclass
class Files:
    """What became of the files: how many were checked, what is wrong, is the result finished."""

    checked: int = 0
    faults: list[Fault] = field(default_factory=list)
    finished: bool = True

    def add(self, faults: list[Fault]) -> None:
        """Take up further faults, but those of runs one of whose files is named already."""
        named = {_stem(fault.path) for fault in self.faults}
        self.faults += [fault for fault in faults if _stem(fault.path) not in named]


@dataclass(frozen=True)
class Difference:
    """A run that came out differently: where it first differs most, and by how much (relative)."""

    run_id: str
    policy: str
    seed: int
    reason: str
    indicator: str = ""
    month: int = 0
    relative: float = 0.0


@dataclass
class Verdict:
    """What running again came to; `circumstances` names what differs between then and now."""

    known: int
    exact: int = 0
    close: int = 0
    differences: list[Difference] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    circumstances: list[str] = field(default_factory=list)

    @property
    def checked(self) -> int:
        """How many runs were run again."""
        return self.exact + self.close + len(self.differences) + len(self.failures)

    @property
    def holds(self) -> bool:
        """Whether every run that was run again came out the same."""
        return self.checked > 0 and not self.differences and not self.failures


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder.

    Raises:
        StoreError: if there is none that can be read.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        parts = [manifest[name] for name in ("scenarios", "runs", "files")]
        parts += [*manifest["scenarios"].values(), *manifest["runs"].values()]
        if manifest["form"] == store.FORM and all(isinstance(part, dict) for part in parts):
            return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise StoreError(
        2,
        Text(
            f"{folder} is no result: it has no manifest.json that can be read; allowed: a folder "
            "that `hotbed compare`, `hotbed run --out`, `hotbed sweep`, `hotbed sensitivity` or "
            "`hotbed search` wrote",
            f"{folder} 不是结果：没有可读的 manifest.json；应为 hotbed compare、run --out、sweep、"
            "sensitivity 或 search 写出的文件夹",
        ),
    )


def _stem(path: str) -> str:
    """Return what the files of one run, or of one shard of runs, have in common."""
    return path.partition(".")[0] if path.startswith("runs/") else path


def check_files(folder: Path, manifest: dict[str, Any]) -> Files:
    """Compare every file with the manifest; name what was changed, is missing or is foreign."""
    found = Files()
    for name, digest in sorted(manifest["files"].items()):
        path = folder / name
        found.checked += 1
        if not path.is_file():
            found.faults.append(Fault(name, MISSING))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            if name in LOGS and _only_grew(path, digest):
                found.finished = False
            else:
                found.faults.append(Fault(name, CHANGED))
    for name in sorted(_unnamed(folder, manifest)):
        if _of_a_run(name, manifest) or name in LOGS:
            found.finished = False
        else:
            found.faults.append(Fault(name, FOREIGN))
    for key, content in manifest["scenarios"].items():
        if hashlib.sha256(_canonical(content)).hexdigest() != key:
            found.faults.append(Fault("manifest.json", CHANGED))
            break
    return found


def _unnamed(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in OWN and name not in manifest["files"]:
            if SET_ASIDE not in name:
                yield name


def _of_a_run(name: str, manifest: dict[str, Any]) -> bool:
    """Return whether a file is one that an unfinished comparison leaves."""
    stem = name.removeprefix("runs/").partition(".")[0]
    return name.startswith("runs/") and (stem in manifest["runs"] or name.endswith(TEMPORARY))


def _only_grew(path: Path, digest: str) -> bool:
    """Return whether a log begins with what the manifest knows of it."""
    so_far = hashlib.sha256()
    for line in path.read_bytes().splitlines(keepends=True):
        so_far.update(line)
        if so_far.hexdigest() == digest:
            return True
    return False


def _canonical(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def stored_runs(folder: Path, manifest: dict[str, Any]) -> tuple[dict[str, Result], list[Fault]]:
    """Return the stored runs of a folder, read only, and files that do not hold what they should."""
    results: dict[str, Result] = {}
    faults = []
    for path in sorted((folder / "runs").glob("*.parquet")):
        name = f"runs/{path.name}"
        stem, _, kind = path.name.removesuffix(".parquet").partition(".")
        if kind in store.RECORDS or SET_ASIDE in name:
            continue
        try:
            tables = {store.SERIES: store.read_table(path, store.SERIES)}
            for kind in store.RECORDS:
                tables[kind] = store.read_table(path.with_name(f"{stem}.{kind}.parquet"), kind)
            store.check_together(*tables.values())
            results |= store.decode(tables, manifest["runs"])
        except store.ForeignFileError:
            faults.append(Fault(name, FOREIGN))
    for run_id, told in manifest["runs"].items():
        kept = results.get(run_id)
        if kept and told["digest"] not in (None, kept.digest):
            faults.append(Fault("manifest.json", CHANGED))
            break
    return results, faults


def sample(manifest: dict[str, Any], stored: dict[str, Result], runs: int | None) -> list[str]:
    """Return the run_ids to run again: all, or a keyed choice that takes the policies in turn."""
    known = [run_id for run_id in manifest["runs"] if run_id in stored]
    arms: dict[tuple[str, float], list[str]] = {}
    for run_id in known:
        told = manifest["runs"][run_id]
        arms.setdefault((told["policy"], told["scale"]), []).append(run_id)
    return spread(arms, runs)


def spread(arms: Mapping[Any, list[str]], runs: int | None) -> list[str]:
    """Return a keyed choice of so many runs that takes the arms in turn; all runs for None."""
    ranked = []
    for members in arms.values():
        ordered = sorted(members, key=lambda one: hashlib.sha256(f"verify|{one}".encode()).digest())
        ranked += [(place, ordered[place]) for place in range(len(ordered))]
    return [run_id for _, run_id in sorted(ranked)[:runs]]


def run_again(
    engine: Engine,
    manifest: dict[str, Any],
    stored: dict[str, Result],
    chosen: list[str],
    restore: Restore,
    jobs: int = 1,
    executor: str = PROCESS,
    advance: Advance = lambda done, total: None,
) -> Verdict:
    """Run the chosen runs again and compare them with what is stored.

    Args:
        engine: the engine.
        manifest: of the result.
        stored: the runs as they were stored.
        chosen: run_ids of those to run again.
        restore: makes a scenario of (canonical form, name, policy, months).
        jobs: runs at the same time.
        executor: where, by its word.
        advance: told (done, total) after each run.
    """
    verdict = Verdict(len(stored), circumstances=changed_circumstances(engine, manifest))
    tasks = []
    for run_id in chosen:
        told = manifest["runs"][run_id]
        try:
            content = manifest["scenarios"][told["resolved"]]
            scenario = restore(content, told["scenario"], told["policy"], told["months"])
        except (KeyError, ValueError) as error:
            lost = Difference(run_id, told["policy"], told["seed"], f"not restored: {error}")
            verdict.differences.append(lost)
            continue
        tasks.append(Task(run_id, Arm(told["policy"], scenario), told["seed"], told["months"]))
    with open_executor(engine, jobs, executor) as execute:
        for done, (task, result) in enumerate(execute(tasks, lambda task: None), start=1):
            # Another version of the model has another run_id for the same run.
            own = engine.run_id(task.arm.scenario, task.seed, task.months)
            same = not verdict.circumstances and own == task.run_id
            judge(task, result, stored[task.run_id], verdict, same)
            advance(done, len(tasks))
    return verdict


def changed_circumstances(engine: Engine, manifest: dict[str, Any]) -> list[str]:
    """Return what differs between the circumstances of a result and those of now, in words."""
    now = circumstances() | {"model_version": engine.model_version()}
    then_versions, now_versions = manifest.get("versions") or {}, now["versions"]
    found = [
        f"{name} {then_versions.get(name)} -> {now_versions.get(name)}"
        for name in sorted({*then_versions, *now_versions})
        if then_versions.get(name) != now_versions.get(name)
    ]
    for key in ("platform", "model_version"):
        if manifest.get(key) != now[key]:
            found.append(f"{key} {manifest.get(key)} -> {now[key]}")
    return found


def judge(
    task: Task, result: Result | Failure, kept: Result, verdict: Verdict, strict: bool,
    months: Sequence[int] | None = None,
) -> None:  # fmt: skip
    """Put a run that was run again where it belongs.

    Args:
        task: the run.
        result: what it came to now.
        kept: what it came to then.
        verdict: takes the run up.
        strict: whether nothing but equal bits will do; else 1e-9 relative will.
        months: those that the series tell of; by default all from the first.
    """
    if isinstance(result, Failure):
        verdict.failures.append(result)
        return
    same = _equal(result, kept)
    if same and result.digest == kept.digest:
        verdict.exact += 1
        return
    indicator, row, relative = worst(result, kept)
    if not strict and relative <= TOLERANCE:
        verdict.close += 1
        return
    reason = "digest" if same else "series" if relative > 0 else "fates"
    month = months[row - 1] if months and row else row
    verdict.differences.append(
        Difference(task.run_id, task.arm.label, task.seed, reason, indicator, month, relative)
    )


def _equal(a: Result, b: Result) -> bool:
    return (
        a.names == b.names
        and np.array_equal(a.series, b.series, equal_nan=True)
        and a.fates.tobytes() == b.fates.tobytes()
    )


def worst(a: Result, b: Result) -> tuple[str, int, float]:
    """Return indicator, row from 1 and size of the largest relative difference of two runs.

    Only indicators that both know are compared; a value that only one has differs infinitely.
    """
    names = [name for name in a.names if name in b.names]
    if a.series.shape[0] != b.series.shape[0] or not names:
        return "months", 0, float("inf")
    x = np.column_stack([a.column(name) for name in names])
    y = np.column_stack([b.column(name) for name in names])
    size = np.maximum(np.abs(x), np.abs(y))
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(size > 0, np.abs(x - y) / size, 0.0)
    apart = np.where(np.isnan(x) & np.isnan(y), 0.0, apart)
    apart = np.where(np.isnan(x) != np.isnan(y), np.inf, apart)
    month, column = np.unravel_index(int(np.argmax(apart)), apart.shape)
    return names[int(column)], int(month) + 1, float(apart[month, column])
