"""`hotbed scenario schema`: JSON Schemas of scenario files, for editors."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face

MODELINE = "# yaml-language-server: $schema={path}"


def schema(
    kind: Annotated[str | None, typer.Option("--kind", help="option.kind")] = None,
    out: Annotated[str | None, typer.Option("--out", help="option.schema_out")] = None,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Print the schema of one kind of file or of all, or write them into a folder."""
    face = shared.make_face(lang, quiet)
    from sim.scenario.documents import KINDS

    if kind is not None and kind not in KINDS:
        allowed = ", ".join(KINDS)
        text = face.say("bad_number", name="--kind", value=kind, allowed=allowed)
        raise Ending(BAD_INPUT, text)
    from sim.scenario.json_schema import all_schemas, json_schema, printed

    if out is not None:
        kinds = KINDS if kind is None else (kind,)
        _write(face, Path(out), {name: printed(json_schema(name)) for name in kinds})
    else:
        found: Any = all_schemas() if kind is None else json_schema(kind)
        face.out(printed(found).rstrip("\n"))
    face.note(face.say("next", command="hotbed scenario validate FILE"))
    return DONE


def file_name(kind: str) -> str:
    """Return the name of the file that holds the schema of a kind."""
    return f"{kind}.schema.json"


def _write(face: Face, folder: Path, texts: dict[str, str]) -> None:
    from experiments import durable

    try:
        durable.make_folder(folder)
        for kind, text in texts.items():
            durable.write(folder / file_name(kind), text.encode())
    except durable.StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None
    for kind in texts:
        path = folder / file_name(kind)
        face.out(face.say("schema_written", path=path, line=MODELINE.format(path=path)))
