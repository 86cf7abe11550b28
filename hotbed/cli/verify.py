"""`hotbed verify`: are a result's files as they were, and do its runs come out the same again?"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import CHECK_FAILED, DONE, INTERRUPTED, Ending, Face

SHOWN = 5


def verify(
    result: Annotated[str, typer.Argument(help="option.result", metavar="RESULT")],
    runs: Annotated[int | None, typer.Option("--runs", help="option.verify_runs")] = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Verify a result: first its files, then its runs."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--runs", runs, 1)
    workers, where = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    from experiments.sweeps.session import read_index

    folder = Path(result)
    index = read_index(folder)
    with shared.trouble(face), shared.scenario_mistakes(face, as_json):
        if index is None:
            files, kept = _comparison(folder)
        else:
            files, kept = _sweep(folder, index)
    if files.faults:
        return _bad_files(face, folder, files, as_json)
    if not kept.known:
        raise Ending(CHECK_FAILED, face.say("verify_nothing", folder=folder))
    verdict = _run_again(face, kept, runs, (workers, where))
    if as_json:
        shared.show_json(face, _form(folder, files, verdict))
    else:
        _show(face, files, verdict, kept.told.get("git_commit"))
    face.note(face.say("next", command=_next(folder, kept, verdict)))
    return DONE if verdict.holds else CHECK_FAILED


@dataclass(frozen=True)
class Kept:
    """What is to be verified: what it says of itself, its runs, and how they are run again."""

    told: dict[str, Any]
    known: int
    chosen: Callable[[int | None], list[str]]
    again: Callable[..., Any]  # of engine, run_ids, (jobs, executor), advance
    more: Callable[[], str]  # the next sensible command


def _comparison(folder: Path) -> tuple[Any, Kept]:
    """Look through the files of a comparison or of single runs."""
    from experiments import verify as checks
    from sim.scenario.restore import restore

    manifest = checks.read_manifest(folder)
    files = checks.check_files(folder, manifest)
    stored, faults = checks.stored_runs(folder, manifest)
    files.add(faults)

    def again(engine: Any, chosen: list[str], place: tuple[int, str], advance: Any) -> Any:
        return checks.run_again(engine, manifest, stored, chosen, restore, *place, advance)

    return files, Kept(
        manifest, len(stored), lambda runs: checks.sample(manifest, stored, runs), again,
        lambda: _more(manifest),
    )  # fmt: skip


def _sweep(folder: Path, index: dict[str, Any]) -> tuple[Any, Kept]:
    """Look through the files of a sweep, a search or a study of sensitivities."""
    from experiments.sweeps import recheck
    from experiments.sweeps.session import Where

    kept, files = recheck.open_kept(folder, index)
    command = index["specification"]["command"]
    words = ["hotbed", "robust" if command == "sweep" else command, index["path"]]

    def again(engine: Any, chosen: list[str], place: tuple[int, str], advance: Any) -> Any:
        return recheck.run_again(engine, kept, chosen, Where(*place), advance)

    return files, Kept(
        index, len(kept.made), lambda runs: recheck.sample(kept, runs), again,
        lambda: shlex.join(words),
    )  # fmt: skip


def _run_again(face: Face, kept: Kept, runs: int | None, place: tuple[int, str]) -> Any:
    from experiments.runner import real_engine
    from hotbed.cli.progress import Progress

    engine, chosen = real_engine(), kept.chosen(runs)
    shared.warn_of_compiling(face, engine.is_compiled())
    progress = Progress(face)

    def advance(done: int, total: int) -> None:
        progress("verify", done, total, 0)

    advance(0, len(chosen))
    try:
        with shared.trouble(face):
            return kept.again(engine, chosen, place, advance)
    except KeyboardInterrupt:
        text = face.say("interrupted", done=progress.done, total=progress.total, kept="")
        raise Ending(INTERRUPTED, text) from None
    finally:
        progress.stop()


def _bad_files(face: Face, folder: Path, files: Any, as_json: bool) -> int:
    if as_json:
        shared.show_json(face, _form(folder, files, None))
    lines = [face.say("verify_bad_files", count=len(files.faults), folder=folder)]
    lines += ["  " + face.say(f"verify_{fault.what}", path=fault.path) for fault in files.faults]
    face.problem("\n".join(lines))
    face.note(face.say("verify_advice"))
    return CHECK_FAILED


def _show(face: Face, files: Any, verdict: Any, commit: str | None) -> None:
    say = face.say
    face.out(say("verify_files", count=files.checked))
    if not files.finished:
        face.out(say("verify_unfinished"))
    face.out(say("verify_runs", checked=verdict.checked, known=verdict.known))
    if verdict.checked < verdict.known:
        face.out(say("verify_sample"))
    if verdict.exact:
        face.out(say("verify_exact", count=verdict.exact))
    if verdict.close:
        face.out(say("verify_close", count=verdict.close))
    if verdict.circumstances:
        face.out(say("verify_circumstances", changes="; ".join(verdict.circumstances)))
        if commit and any(one.startswith("model_version") for one in verdict.circumstances):
            face.out(say("verify_commit", commit=commit))
    for one in verdict.differences[:SHOWN]:
        key = "verify_digest" if one.relative == 0 else "verify_differs"
        named = {"policy": one.policy, "seed": one.seed, "reason": one.reason}
        size = {"indicator": one.indicator, "month": one.month, "relative": one.relative}
        face.out(say(key, **named, **(size if one.relative else {})))
    if len(verdict.differences) > SHOWN:
        face.out(say("verify_more", count=len(verdict.differences) - SHOWN))
    for failure in verdict.failures[:SHOWN]:
        task = failure.task
        face.out(say("failed_run", policy=task.arm.label, seed=task.seed, error=failure.error))
    face.out(say(f"verify_{_how(verdict)}"))


def _how(verdict: Any) -> str:
    """Return in which sense a result was verified: bit for bit, closely, or not."""
    if not verdict.holds:
        return "refuted"
    return "closely" if verdict.close else "bit_for_bit"


def _form(folder: Path, files: Any, verdict: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "result": str(folder),
        "verified": verdict is not None and verdict.holds,
        "how": None if verdict is None else _how(verdict),
        "finished": files.finished,
        "files": {
            "checked": files.checked,
            "faults": [{"path": fault.path, "what": fault.what} for fault in files.faults],
        },
        "runs": None,
    }
    if verdict is None:
        return told
    told["circumstances_changed"] = verdict.circumstances
    told["runs"] = {
        "known": verdict.known,
        "checked": verdict.checked,
        "bit_for_bit": verdict.exact,
        "within_1e-9": verdict.close,
        "differ": [_difference(one) for one in verdict.differences],
        "failed": [
            {"run_id": one.task.run_id, "seed": one.task.seed, "error": one.error}
            for one in verdict.failures
        ],
    }
    return told


def _difference(one: Any) -> dict[str, Any]:
    names = ("run_id", "policy", "seed", "reason", "indicator", "month")
    finite = one.relative if one.relative < float("inf") else None
    return {name: getattr(one, name) for name in names} | {"relative": finite}


def _next(folder: Path, kept: Kept, verdict: Any) -> str:
    """Return what to do now: verify the rest, or go on with what was verified."""
    if verdict.holds and verdict.checked < verdict.known:
        return shlex.join(["hotbed", "verify", str(folder)])
    return kept.more() if verdict.holds else "hotbed doctor"


def _more(manifest: dict[str, Any]) -> str:
    """Return the command for more replicates of what was compared."""
    told = list(manifest["runs"].values())
    labels = list(dict.fromkeys(run["policy"] for run in told))
    words = ["hotbed", "compare", told[0]["scenario"]]
    for policy in labels[1:] or ["service-for-equity"]:
        words += ["--policy", policy]
    if labels[0] != "no-policy" and len(labels) > 1:
        words += ["--baseline", labels[0]]
    seeds = len({run["seed"] for run in told})
    return shlex.join([*words, "--reps", str(max(16, 2 * seeds))])
