"""`hotbed scenario …`: what files say."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import DONE
from hotbed.cli.files import load_any


def validate(
    file: Annotated[str, typer.Argument(help="option.file", metavar="FILE")],
    place: shared.Place = "beijing-ai-origin",
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Check a file; a policy is checked, and its sizes worked out, at a place."""
    face = shared.make_face(lang, quiet)
    with shared.scenario_mistakes(face, as_json):
        scenario, is_policy = load_any(file, place)
    from sim.scenario.describe import describe

    if as_json:
        shared.show_json(face, _form(file, scenario, describe))
        return DONE
    face.out(face.say("valid", file=file))
    face.out(describe(scenario, face.language))
    words = [place, "--policy", file] if is_policy else [file]
    face.note(face.say("next", command=shlex.join(["hotbed", "run", *words])))
    return DONE


def _form(file: str, scenario: Any, describe: Any) -> dict[str, Any]:
    names = ("name", "policy", "start", "months", "reference_firms", "scale_lever")
    return {
        "file": file,
        "valid": True,
        **{name: getattr(scenario, name) for name in names},
        "levers": [use.lever for use in scenario.levers],
        "described": {language: describe(scenario, language) for language in ("en", "zh")},
    }
