"""`--figure FILE`: what a command has found as a drawing, in the language of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, Ending, Face

Figure = Annotated[str | None, typer.Option("--figure", help="option.figure")]
Table = Annotated[str | None, typer.Option("--figure", help="option.figure_table")]
DRAWING, TABLE = (".svg", ".html"), (".html",)


def path_of(face: Face, word: str | None, kinds: tuple[str, ...] = DRAWING) -> Path | None:
    """Return where a figure is to be written, before anything is run; None where none is asked for.

    Raises:
        Ending: if a file of that name cannot hold it.
    """
    if word is None or Path(word).suffix in kinds:
        return None if word is None else Path(word)
    allowed = face.say("figure_allowed", kinds=", ".join(kinds))
    raise Ending(BAD_INPUT, face.say("bad_number", name="--figure", value=word, allowed=allowed))


def write(face: Face, path: Path, drawings: Sequence[str]) -> None:
    """Write drawings into one file and say where."""
    from experiments import durable
    from experiments.figures.shown import Shown
    from sim.declare import Text

    shown = Shown(tuple(drawings), face.language)
    whole = shown.svg() if path.suffix == ".svg" else shown.page(Text(path.stem, path.stem))
    with shared.trouble(face):
        durable.make_folder(path.parent)
        durable.write(path, whole.encode())
    face.note(face.say("figure_at", path=path))


def titles(scenarios: Mapping[str, Any]) -> dict[str, Any]:
    """Return the titles of policies by their names; where two are the same, with these."""
    from hotbed.report.names import told_apart

    return told_apart({label: scenario.policy_title for label, scenario in scenarios.items()})


def titles_of(sweep: Any) -> dict[str, Any]:
    """Return the titles of a study's policies; its arms that are more than a file have names only."""
    from sim.scenario import ScenarioErrors, load_scenario

    found = dict(sweep.scenarios)
    for name, arm in sweep.arms.items():
        if set(arm.value.entries or {}) <= {"policy"}:
            with suppress(ScenarioErrors):
                found[name] = load_scenario(sweep.place, sweep.asked[name])
    return titles(found)


def number_of(name: str, scenario: Any) -> Any:
    """Return a number of a scenario as an axis names it."""
    from experiments.figures.planes import Measure
    from sim.scenario.glossary import UnknownNameError, meaning

    try:
        found = meaning(name, scenario)
    except UnknownNameError:  # a policy may lack what only another has
        return Measure(_plain(name))
    return Measure(found.text, found.unit)


def _plain(name: str) -> Any:
    from sim.declare import Text

    return Text(name, name)
