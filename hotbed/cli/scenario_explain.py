"""`hotbed scenario explain`: what a file, or one name in it, means in words."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face
from hotbed.cli.files import load_any


def explain(
    file: Annotated[str, typer.Argument(help="option.file", metavar="FILE")],
    name: Annotated[str | None, typer.Argument(help="option.name", metavar="NAME")] = None,
    place: shared.Place = "beijing-ai-origin",
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Explain a file; a policy is worked out at a place."""
    face = shared.make_face(lang, quiet)
    with shared.scenario_mistakes(face, as_json):
        scenario, is_policy = load_any(file, place)
    if name is not None:
        _explain_name(face, scenario, name, as_json)
        command = ["hotbed", "scenario", "explain", file]
    else:
        from sim.scenario.explain import explain as words

        if as_json:
            told = {"file": file, "explained": {one: words(scenario, one) for one in ("en", "zh")}}
            shared.show_json(face, told)
        else:
            face.out(words(scenario, face.language))
        command = ["hotbed", "compare", *([place, "--policy"] if is_policy else []), file]
        if not is_policy:
            command += ["--policy", "service-for-equity"]
    face.note(face.say("next", command=shlex.join(command)))
    return DONE


def _explain_name(face: Face, scenario: Any, name: str, as_json: bool) -> None:
    from sim.scenario.glossary import UnknownNameError, meaning

    try:
        found = meaning(name, scenario)
    except UnknownNameError as error:
        if as_json:
            told = {"valid": False, "name": error.name, "nearest": error.nearest}
            shared.show_json(face, told)
        near = face.say("explain_nearest", nearest=error.nearest) if error.nearest else ""
        raise Ending(BAD_INPUT, face.say("explain_unknown", name=name) + near) from None
    if as_json:
        shared.show_json(face, _form(found))
    else:
        _show(face, found)


def _form(found: Any) -> dict[str, Any]:
    names = ("name", "kind", "unit", "low", "high", "default", "choices", "source", "notes")
    told = {name: getattr(found, name) for name in names}
    return told | {
        "fields": found.holds,
        "text": {"en": found.text.en, "zh": found.text.zh},
        "source_text": {"en": found.source_text.en, "zh": found.source_text.zh},
        "values": dict(found.values),
    }


def _show(face: Face, found: Any) -> None:
    from sim.scenario.json_leaves import shown

    say = face.say
    face.out(f"{found.name}: {found.text.in_language(face.language)}")
    rows = [("kind", say(f"explain_kind.{found.kind}")), ("unit", found.unit)]
    if found.low is not None:
        rows.append(("range", f"{found.low:.10g} … {found.high:.10g}"))
    rows.append(("choices", ", ".join(found.choices)))
    if found.kind not in ("lever", "number"):
        rows.append(("default", shown(found.default)))
    if found.source:
        told = found.source_text.in_language(face.language)
        rows.append(("source", f"{found.source} · {told}"))
    rows.append(("holds", ", ".join(found.holds)))
    for key, value in rows:
        if value:
            face.out(f"  {say(f'explain_{key}')}: {value}")
    for note in found.notes:
        face.out(f"  {say(f'explain_note.{note}')}")
    if not found.values and found.kind != "parameter":
        face.out(f"  {say('explain_not_here')}")
    for path, value in found.values if found.kind != "lever" else ():
        face.out(f"  {say('explain_here')}: {path} = {shown(value)} {found.unit}".rstrip())
