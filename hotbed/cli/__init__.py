"""The command line; every command is one file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that `arguments` (the process's own by default) name, and exit."""
    from hotbed.cli.app import call

    sys.exit(call(list(sys.argv[1:] if arguments is None else arguments)))
