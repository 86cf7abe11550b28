"""What all commands share: language, where words go, how a command ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import typer

from hotbed.locale import LANGUAGES, Speech, language_of

Lang = Annotated[str | None, typer.Option("--lang", help="option.lang")]
Json = Annotated[bool, typer.Option("--json", help="option.json")]
Quiet = Annotated[bool, typer.Option("--quiet", help="option.quiet")]
Jobs = Annotated[str, typer.Option("--jobs", help="option.jobs")]
Where = Annotated[str, typer.Option("--executor", help="option.executor", show_default=True)]
Months = Annotated[int | None, typer.Option("--months", help="option.months")]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="option.set")]
Place = Annotated[str, typer.Option("--place", help="option.place", show_default=True)]
Out = Annotated[str | None, typer.Option("--out", help="option.out")]

# The language of this call, chosen from its words before they are parsed.
spoken: ContextVar[str] = ContextVar("spoken", default="en")

MOST = 2**62  # a seed, or a count: what comes after it has to be a whole number of 64 bits, too
DONE, CHECK_FAILED, BAD_INPUT, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


class Ending(Exception):  # noqa: N818 -- an end, not always an error
    """The command is over; `text` says why and `code` is the exit code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Face:
    """Results on standard output, everything else on standard error."""

    def __init__(self, say: Speech, quiet: bool = False) -> None:
        self.say = say
        self.quiet = quiet

    @property
    def language(self) -> str:
        """`en` or `zh`."""
        return self.say.language

    def out(self, text: str) -> None:
        """Write a result; a reader that has gone, as with `| head`, is no error."""
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            _silence(sys.stdout)
        except OSError as error:
            _silence(sys.stdout)
            from experiments.durable import explain

            told = explain(error, self.say("standard_output"))
            raise Ending(told.code, told.text.in_language(self.language)) from None

    def note(self, text: str) -> None:
        """Write a note, unless quiet."""
        if not self.quiet:
            _tell(text)

    def problem(self, text: str) -> None:
        """Write what went wrong; quiet does not silence it."""
        _tell(self.say("error", text=text))


def _tell(text: str) -> None:
    """Write to standard error; where it cannot be written, there is nowhere to say so."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def _silence(stream: Any) -> None:
    """Send what is still to come, and what waits to be written, nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def choose_language(arguments: Sequence[str]) -> str:
    """Return the language that `--lang` names, else the locale's; before anything is parsed."""
    for i, word in enumerate(arguments):
        name, _, value = word.partition("=")
        if name == "--lang":
            value = value or (arguments[i + 1] if i + 1 < len(arguments) else "")
            if value in LANGUAGES:
                return value
    return language_of()


def make_face(lang: str | None, quiet: bool) -> Face:
    """Return the face of a command.

    Raises:
        Ending: if `lang` is no language.
    """
    language = lang or spoken.get()
    say = Speech(language if language in LANGUAGES else spoken.get())
    if language not in LANGUAGES:
        text = say("bad_number", name="--lang", value=language, allowed=say("lang_allowed"))
        raise Ending(BAD_INPUT, text)
    return Face(say, quiet)


def at_least(face: Face, name: str, value: int | None, low: int) -> None:
    """Refuse a number that is too small, or larger than any count or seed can be.

    Raises:
        Ending: if it is.
    """
    if value is not None and not low <= value <= MOST:
        allowed = face.say("at_least", low=low) if value < low else face.say("at_most", high=MOST)
        raise Ending(BAD_INPUT, face.say("bad_number", name=name, value=value, allowed=allowed))


def count_jobs(face: Face, jobs: str) -> int:
    """Return how many runs go at the same time.

    Raises:
        Ending: if `jobs` is neither a number nor auto.
    """
    if jobs == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if not jobs.isascii() or not jobs.isdigit() or int(jobs) < 1:
        allowed = face.say("jobs_allowed")
        raise Ending(BAD_INPUT, face.say("bad_number", name="--jobs", value=jobs, allowed=allowed))
    return int(jobs)


def choose_executor(face: Face, where: str) -> str:
    """Return the word for where runs happen, before anything else is done.

    Raises:
        Ending: if there is no such executor.
    """
    kind, colon, address = where.partition(":")
    if where == "process" or (kind == "dask" and bool(colon) == bool(address)):
        return where
    allowed = face.say("executor_allowed")
    raise Ending(BAD_INPUT, face.say("bad_number", name="--executor", value=where, allowed=allowed))


@contextmanager
def trouble(face: Face) -> Iterator[None]:
    """Turn a results folder or a cluster that cannot be used into words and an exit code."""
    from experiments.cluster import ClusterError
    from experiments.durable import StoreError

    try:
        yield
    except (StoreError, ClusterError) as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None


@contextmanager
def scenario_mistakes(face: Face, as_json: bool) -> Iterator[None]:
    """Turn mistakes in files into words in both languages where asked, and exit code 2."""
    from sim.scenario import ScenarioErrors

    try:
        yield
    except ScenarioErrors as errors:
        if as_json:
            face.out(_json({"valid": False, "errors": [mistake(p) for p in errors.problems]}))
        raise Ending(BAD_INPUT, errors.message(face.language)) from None


def mistake(problem: Any) -> dict[str, Any]:
    """Return the machine-readable form of a mistake in a file."""
    names = ("file", "line", "column", "code", "value", "allowed", "nearest")
    told = {name: getattr(problem, name) for name in names}
    return told | {"en": problem.text.en, "zh": problem.text.zh}


def _json(content: Any) -> str:
    import json

    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def show_json(face: Face, content: Any) -> None:
    """Write machine-readable output."""
    face.out(_json(content))


def warn_of_compiling(face: Face, is_compiled: bool) -> None:
    """Say that the first run on a machine compiles."""
    if not is_compiled:
        face.note(face.say("compiling"))
