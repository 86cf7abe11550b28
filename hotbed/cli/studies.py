"""What the commands on a sweep's study share: read it, find its results, tell how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, INTERRUPTED, SOME_FAILED, Ending, Face


def open_plan(face: Face, word: str, as_json: bool) -> tuple[Any, Any]:
    """Return the engine and the runs that a study lays out."""
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario.sweeps import read_sweep

        sweep = read_sweep(Path(word))
    from experiments import runner
    from experiments.sweeps.plan import plan_of

    engine = runner.real_engine()
    return engine, plan_of(engine, sweep)


def folder_of(plan: Any, out: str | None) -> Path:
    """Return the folder of a plan's results."""
    from experiments.sweeps.session import folder_of as default

    return Path(out) if out is not None else default(plan)


def values_of(face: Face, plan: Any, folder: Path) -> Any:
    """Return what a folder holds of a sweep, with a note where it is not all of it."""
    from experiments.sweeps.session import read_values

    with shared.trouble(face):
        values = read_values(plan, folder)
    if values.found < values.total:
        face.note(face.say("sweep_part", found=values.found, total=values.total))
    return values


@contextmanager
def resumable(face: Face, folder: Path) -> Iterator[Any]:
    """Show progress, and answer Ctrl-C and what went wrong with what is kept and how to go on."""
    from hotbed.cli.progress import Progress

    progress = Progress(face)
    try:
        with shared.trouble(face):
            yield progress
    except KeyboardInterrupt:
        progress.stop()
        kept = face.say("interrupted_kept", folder=folder)
        text = face.say("interrupted", done=progress.done, total=progress.total, kept=kept)
        raise Ending(INTERRUPTED, text) from None
    finally:
        progress.stop()


def shard_of(face: Face, word: str | None) -> tuple[int, int]:
    """Return which part of how many is asked for; (1, 1) is everything."""
    if word is None:
        return 1, 1
    first, _, second = word.partition("/")
    if first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second):
        return int(first), int(second)
    allowed = face.say("shard_allowed")
    raise Ending(BAD_INPUT, face.say("bad_number", name="--shard", value=word, allowed=allowed))


def end(face: Face, ran: Any, folder: Path) -> int:
    """Tell of failed runs, and return the exit code."""
    if not ran.failed:
        return DONE
    say = face.say
    lines = [say("failed", count=ran.failed, path=folder / "parts" / "*" / "failures.jsonl")]
    for failure in (ran.failures or [])[:3]:
        task = failure.task
        lines.append(say("failed_run", policy=task.arm.label, seed=task.seed, error=failure.error))
    lines.append(say("sweep_retry"))
    face.problem("\n".join(lines))
    return SOME_FAILED


def text_of(engine: Any, name: str, language: str) -> str:
    """Return an indicator's name in words."""
    return str(engine.indicators[name].text.in_language(language))


def higher_is_better(engine: Any, name: str) -> bool:
    """Return the direction of an indicator; one without a direction is taken to be better high."""
    return bool(engine.indicators[name].direction != "down")
