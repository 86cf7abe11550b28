"""`hotbed verify`: are a result's files as they were, and do its runs come out the same again?"""

import shlex
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
    from experiments import verify as checks
    from experiments.durable import StoreError

    folder = Path(result)
    try:
        manifest = checks.read_manifest(folder)
    except StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None
    files = checks.check_files(folder, manifest)
    stored, faults = checks.stored_runs(folder, manifest)
    files.add(faults)
    if files.faults:
        return _bad_files(face, folder, files, as_json)
    if not stored:
        raise Ending(CHECK_FAILED, face.say("verify_nothing", folder=folder))
    chosen = checks.sample(manifest, stored, runs)
    verdict = _run_again(face, manifest, stored, chosen, (workers, where))
    if as_json:
        shared.show_json(face, _form(folder, files, verdict))
    else:
        _show(face, files, verdict, manifest.get("git_commit"))
    face.note(face.say("next", command=_next(folder, manifest, verdict)))
    return DONE if verdict.holds else CHECK_FAILED


def _run_again(
    face: Face, manifest: dict[str, Any], stored: dict[str, Any], chosen: list[str],
    place: tuple[int, str],
) -> Any:  # fmt: skip
    from experiments.runner import real_engine
    from experiments.verify import run_again
    from hotbed.cli.progress import Progress
    from sim.scenario.restore import restore

    engine = real_engine()
    shared.warn_of_compiling(face, engine.is_compiled())
    progress = Progress(face)

    def advance(done: int, total: int) -> None:
        progress("verify", done, total, 0)

    advance(0, len(chosen))
    try:
        with shared.trouble(face):
            return run_again(engine, manifest, stored, chosen, restore, *place, advance)
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


def _next(folder: Path, manifest: dict[str, Any], verdict: Any) -> str:
    """Return what to do now: the rest of the runs, or more replicates of what was compared."""
    if verdict.holds and verdict.checked < verdict.known:
        return shlex.join(["hotbed", "verify", str(folder)])
    if not verdict.holds:
        return "hotbed doctor"
    told = list(manifest["runs"].values())
    labels = list(dict.fromkeys(run["policy"] for run in told))
    words = ["hotbed", "compare", told[0]["scenario"]]
    for policy in labels[1:] or ["service-for-equity"]:
        words += ["--policy", policy]
    if labels[0] != "no-policy" and len(labels) > 1:
        words += ["--baseline", labels[0]]
    seeds = len({run["seed"] for run in told})
    return shlex.join([*words, "--reps", str(max(16, 2 * seeds))])
