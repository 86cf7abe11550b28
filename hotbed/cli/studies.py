"""What the commands on a sweep's study share: read it, find its results, tell how it ended."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, INTERRUPTED, SOME_FAILED, Ending, Face


def open_plan(face: Face, word: str, as_json: bool) -> tuple[Any, Any]:
    """Return the engine and the runs that a study lays out; a shipped one goes by its name."""
    from experiments.claims.library import STUDIES

    shipped = STUDIES / f"{word}.yaml"
    path = shipped if not Path(word).exists() and shipped.is_file() else Path(word)
    if not path.exists():
        ship = [p.stem for p in STUDIES.glob("*-*.yaml") if not p.stem.startswith("factorial")]
        face.note(face.say("shipped_studies", names=", ".join(sorted(ship))))
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario.sweeps import read_sweep

        sweep = read_sweep(path)
    from experiments import runner
    from experiments.sweeps.plan import plan_of

    engine = runner.real_engine()
    return engine, plan_of(engine, sweep)


def command(name: str, study: str, out: str | None) -> str:
    """Return the command that asks something of the same results."""
    return shlex.join(["hotbed", name, study, *(["--out", out] if out is not None else [])])


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


def versus_of(face: Face, plan: Any) -> tuple[str, str]:
    """Return the two policies that are set against each other."""
    a, b = plan.sweep.versus
    if not a or a == b:
        raise Ending(BAD_INPUT, face.say("no_versus"))
    return a, b


def outcomes_of(face: Face, engine: Any, sweep: Any) -> list[Any]:
    """Return the outcomes of which more or less is better, and note the others."""
    from experiments.sweeps.questions import has_direction

    found = []
    for goal in sweep.outcomes:
        if has_direction(engine.indicators[goal.indicator]):
            found.append(goal)
        else:
            name = text_of(engine, goal.indicator, face.language)
            face.note(face.say("no_direction", name=name))
    if not found:
        raise Ending(BAD_INPUT, face.say("no_outcome"))
    return found


def costs_of(values: Any) -> dict[str, float | None]:
    """Return what policies lay out as JSON has it."""
    from experiments.sweeps.questions import costs, known

    return {policy: known(spent) for policy, spent in costs(values).items()}


def show_costs(face: Face, values: Any, a: str, b: str) -> None:
    """Head what follows with what the two policies lay out, where that is not the same."""
    from experiments.sweeps.questions import at_equal_cost, costs

    spent = costs(values)
    if all(spent[one] == spent[one] for one in (a, b)) and not at_equal_cost(spent, a, b):
        told = {"a": a, "b": b, "of_a": spent[a] / 1e6, "of_b": spent[b] / 1e6}
        face.out(face.say("sweep_unequal", **told))


def table_of(face: Face, title: str, columns: tuple[str, ...], left: int = 1) -> Any:
    """Return an empty table with the headings of some columns."""
    from rich.markup import escape
    from rich.table import Table

    # A unit in brackets would be taken for a style.
    table = Table(title=escape(title), title_justify="left", header_style="bold")
    for i, key in enumerate(columns):
        justify: Any = "left" if i < left else "right"
        table.add_column(face.say(f"column.{key}"), justify=justify, no_wrap=True)
    return table


def estimate(face: Face, plan: Any, folder: Path, where: Any, as_json: bool) -> int:
    """Tell what is to be done before anything is."""
    from experiments.sweeps import session

    with shared.trouble(face):
        found = session.estimate(plan, folder, where)
    values: dict[str, Any] = {
        "worlds": len(plan.points), "policies": len(plan.sweep.policies),
        "replicates": int(plan.seeds.shape[1]), "runs": found.runs, "stored": found.stored,
        "failed": found.failed, "minutes": found.seconds / 60 / where.jobs, "jobs": where.jobs,
        "megabytes": found.size / 1e6,
    }  # fmt: skip
    if as_json:
        shared.show_json(face, values | {"results": str(folder)})
    else:
        face.out(face.say("sweep_plan", **values))
    return DONE
