"""`hotbed scenario …`: what files say."""

from typing import Annotated

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import DONE


def validate(
    file: Annotated[str, typer.Argument(help="option.file", metavar="FILE")],
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Check a file."""
    face = shared.make_face(lang, quiet)
    face.out(file)
    return DONE
