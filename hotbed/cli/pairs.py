"""What the commands on two policies share: load both, find the number, name the folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hotbed.cli import face as shared
from hotbed.cli import studies
from hotbed.cli.face import BAD_INPUT, DONE, SOME_FAILED, Ending, Face


def load(
    face: Face, place: str, words: tuple[str, str], months: int | None, overrides: tuple[str, ...],
    as_json: bool,
) -> Any:  # fmt: skip
    """Return two policies at a place."""
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario import load_scenario

        both = [load_scenario(place, word, months=months, overrides=overrides) for word in words]
    from experiments.runner import Arm
    from experiments.sweeps.pairs import Pair

    arms = [Arm(s.policy, s, place=place, asked=w) for s, w in zip(both, words, strict=True)]
    if both[0].canonical() == both[1].canonical():
        raise Ending(BAD_INPUT, face.say("same_policies", a=words[0], b=words[1]))
    return Pair(place, words, (arms[0], arms[1]), overrides, months)


def knob(face: Face, option: str, word: str, pair: Any) -> Any:
    """Return the number that an option names; at least one of the policies has to hold it."""
    from experiments.sweeps.pairs import UnknownKnobError, knob_of
    from sim.scenario.names import parameters
    from sim.scenario.problems import nearest_name
    from sim.scenario.sweeps import fields

    try:
        found = knob_of(word)
    except UnknownKnobError as error:
        near = nearest_name(error.name, [*parameters(), *fields()]) or "market.growth"
        allowed = face.say(error.why, nearest=near, **error.more)
        text = face.say("bad_number", name=option, value=word, allowed=allowed)
        raise Ending(BAD_INPUT, text) from None
    if not any(pair.holds(found, arm) for arm in pair.arms):
        a, b = pair.labels
        levers = sorted({use.lever for arm in pair.arms for use in arm.scenario.levers})
        told = face.say("knob_idle", name=found.name, a=a, b=b, levers=", ".join(levers))
        raise Ending(BAD_INPUT, told)
    return found


def indicator(face: Face, engine: Any, option: str, name: str, unit: str = "") -> str:
    """Return an indicator that an option names, of a unit where one is asked for."""
    from sim.scenario.problems import nearest_name

    known = [n for n, one in engine.indicators.items() if not unit or one.unit == unit]
    if name not in known:
        allowed = nearest_name(name, known) or ", ".join(known[:8])
        raise Ending(BAD_INPUT, face.say("bad_number", name=option, value=name, allowed=allowed))
    return name


def directed(face: Face, engine: Any, option: str, name: str) -> None:
    """Refuse an indicator of which neither more nor less is better."""
    from experiments.sweeps.questions import has_direction

    if not has_direction(engine.indicators[name]):
        text = studies.text_of(engine, name, face.language)
        raise Ending(BAD_INPUT, face.say("no_direction_on", option=option, name=text))


def command(name: str, pair: Any, *more: str) -> str:
    """Return a command on the same two policies."""
    return shlex.join(["hotbed", name, pair.place, *pair.words, *more, *pair.options()])


@contextmanager
def desk(
    face: Face, engine: Any, pair: Any, command: str, names: tuple[str, ...], where: Any,
    out: str | None,
) -> Iterator[tuple[Any, Path]]:  # fmt: skip
    """Open the folder that a question is asked in."""
    import hashlib

    from experiments.results import default_folder
    from experiments.sweeps.desk import open_desk

    shared.warn_of_compiling(face, engine.is_compiled())
    prints = [hashlib.sha256(arm.scenario.canonical()).hexdigest() for arm in pair.arms]
    months = pair.arms[0].scenario.months
    place = pair.arms[0].scenario.name
    told = {"command": command, "arms": prints, "months": months, "names": list(names)}
    folder = Path(out) if out is not None else default_folder(command, place, told)
    with (
        studies.resumable(face, folder) as progress,
        open_desk(engine, names, months, folder, where, progress, told | {"place": place}) as found,
    ):
        yield found, folder


def names_of(engine: Any, *more: str) -> tuple[str, ...]:
    """Return the headline indicators and some more, in the engine's order."""
    return tuple(n for n, one in engine.indicators.items() if one.headline or n in more)


def end(face: Face, found: Any, folder: Path) -> int:
    """Tell of failed runs, and return the exit code."""
    if not found.failures:
        return DONE
    path = folder / "parts" / "1-of-1" / "failures.jsonl"
    lines = [face.say("failed", count=len(found.failures), path=path)]
    for failure in found.failures[:3]:
        task = failure.task
        told = {"policy": task.arm.label, "seed": task.seed, "error": failure.error}
        lines.append(face.say("failed_run", **told))
    face.problem("\n".join(lines))
    return SOME_FAILED
