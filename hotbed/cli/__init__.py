"""The command line; every command is one file."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that `arguments` (the process's own by default) name, and exit."""
    try:
        from hotbed.cli.app import call

        code = call(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # while the above was loaded, or a second one
        code = _interrupted()
    # What is left is to leave: a Ctrl-C would only make a traceback of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def _interrupted() -> int:
    from hotbed.locale import Speech, language_of

    sys.stderr.write(Speech(language_of())("interrupted_plain") + "\n")
    return 130
