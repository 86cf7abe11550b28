"""`hotbed scenario diff`: what differs between two files after resolution."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import DONE, Face
from hotbed.cli.files import load_any


def diff(
    first: Annotated[str, typer.Argument(help="option.file", metavar="A")],
    second: Annotated[str, typer.Argument(help="option.file", metavar="B")],
    place: shared.Place = "beijing-ai-origin",
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Compare two places, policies or scenarios; a policy is worked out at a place."""
    face = shared.make_face(lang, quiet)
    with shared.scenario_mistakes(face, as_json):
        a, a_is_policy = load_any(first, place)
        # A policy beside a place is worked out at that place.
        b, b_is_policy = load_any(second, place if a_is_policy else first)
        if a_is_policy and not b_is_policy:
            a, _ = load_any(first, second)
        elif b_is_policy and a_is_policy:
            b, _ = load_any(second, place)
    from sim.scenario.difference import differences

    found = differences(a, b)
    if as_json:
        shared.show_json(face, {"a": first, "b": second, "differences": [_form(d) for d in found]})
        return DONE
    _show(face, (first, second), found)
    words = [first if not a_is_policy else second if not b_is_policy else place]
    for name, is_policy in ((first, a_is_policy), (second, b_is_policy)):
        words += ["--policy", name] if is_policy else []
    compared = ["hotbed", "compare", *words]
    with_policy = a_is_policy or b_is_policy
    command = compared if with_policy else ["hotbed", "scenario", "explain", second]
    face.note(face.say("next", command=shlex.join(command)))
    return DONE


def _form(one: Any) -> dict[str, Any]:
    told = {"path": one.path, "unit": one.unit, "a": one.a, "b": one.b}
    return told | {"en": one.text.en, "zh": one.text.zh}


def _show(face: Face, names: tuple[str, str], found: list[Any]) -> None:
    from rich.table import Table

    from hotbed.cli.tables import show
    from sim.scenario.json_leaves import shown

    if not found:
        face.out(face.say("diff_none", a=names[0], b=names[1]))
        return
    table = Table(
        title=face.say("diff_title", count=len(found)), title_justify="left", header_style="bold"
    )
    for key in ("field", "meaning", "unit"):
        table.add_column(face.say(f"column.{key}"), no_wrap=key == "field", overflow="fold")
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    for one in found:
        values = ["–" if value is None else shown(value) for value in (one.a, one.b)]
        table.add_row(one.path, one.text.in_language(face.language), one.unit, *values)
    show(face, table)
