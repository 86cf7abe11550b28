"""`hotbed scenario …`: what files say."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import DONE


def validate(
    file: Annotated[str, typer.Argument(help="option.file", metavar="FILE")],
    place: Annotated[
        str, typer.Option("--place", help="option.place", show_default=True)
    ] = "beijing-ai-origin",
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Check a file; a policy is checked, and its sizes worked out, at a place."""
    face = shared.make_face(lang, quiet)
    with shared.scenario_mistakes(face, as_json):
        scenario, is_policy = _load(file, place)
    from sim.scenario.describe import describe

    if as_json:
        shared.show_json(face, _form(file, scenario, describe))
        return DONE
    face.out(face.say("valid", file=file))
    face.out(describe(scenario, face.language))
    words = [place, "--policy", file] if is_policy else [file]
    face.note(face.say("next", command=shlex.join(["hotbed", "run", *words])))
    return DONE


def _load(file: str, place: str) -> tuple[Any, bool]:
    """Return the scenario of a file, and whether the file is a policy."""
    from sim.scenario import ScenarioErrors, load_scenario, shipped_names

    if file in shipped_names("policies"):
        return load_scenario(place, file), True
    try:
        return load_scenario(file), False
    except ScenarioErrors as errors:
        if not any(p.code == "wrong_kind" and p.value == "policy" for p in errors.problems):
            raise
    return load_scenario(place, file), True


def _form(file: str, scenario: Any, describe: Any) -> dict[str, Any]:
    names = ("name", "policy", "start", "months", "reference_firms", "scale_lever")
    return {
        "file": file,
        "valid": True,
        **{name: getattr(scenario, name) for name in names},
        "levers": [use.lever for use in scenario.levers],
        "described": {language: describe(scenario, language) for language in ("en", "zh")},
    }
