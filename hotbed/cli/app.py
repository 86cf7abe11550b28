"""The commands put together: one language, one way to end."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from hotbed.cli import (
    claims,
    compare,
    discover,
    doctor,
    factorial,
    neutral,
    patterns,
    robust,
    run,
    scenario,
    scenario_diff,
    scenario_explain,
    scenario_new,
    scenario_schema,
    search,
    sensitivity,
    status,
    sweep,
    tipping,
    verify,
    why,
)
from hotbed.cli.face import DONE, INTERRUPTED, Ending, Face, choose_language, spoken
from hotbed.locale import Speech

# The base of everything Typer raises for wrong usage; it has no public name of its own.
UsageError: Any = typer.BadParameter.__bases__[0]
HEADINGS = ("Usage:", "Options:", "Commands:", "Arguments:", "[required]", "[default: ")


@contextmanager
def hearing() -> Iterator[None]:
    """Hear Ctrl-C also where Python can only ignore it: in a callback, such as each import has some.

    What is raised there goes to the hook of unraisable exceptions and is lost. The interrupt is made
    again by a thread, since made in the hook it could be raised there, and be lost again.
    """
    before = sys.unraisablehook

    def hook(lost: Any) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            again = (threading.main_thread().ident, signal.SIGINT)
            _thread.start_new_thread(signal.pthread_kill, again)
        else:
            before(lost)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def call(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; no traceback for what a user can do."""
    with hearing():
        return _call(arguments)


def _call(arguments: Sequence[str]) -> int:
    language = choose_language(arguments)
    spoken.set(language)
    face = Face(Speech(language))
    command = build(face.say)
    try:
        # Without standalone mode Typer returns what the command returns, and raises what is wrong.
        code = command.main(list(arguments), prog_name="hotbed", standalone_mode=False)
        if code == INTERRUPTED:  # Typer answers Ctrl-C with the number alone
            raise KeyboardInterrupt
        return int(code or DONE)
    except Ending as ending:
        face.problem(ending.text)
        return ending.code
    except UsageError as error:
        return _usage(face, error)
    except (KeyboardInterrupt, typer.Abort):
        face.note(face.say("interrupted_plain"))
        return INTERRUPTED


def build(say: Speech) -> Any:
    """Return the whole command with its help in the language of `say`."""
    plain: dict[str, Any] = {"rich_markup_mode": None, "add_completion": False}
    app = typer.Typer(help="hotbed", no_args_is_help=True, pretty_exceptions_enable=False, **plain)
    app.callback()(_top)
    app.command("run", help="command.run")(run.run)
    app.command("compare", help="command.compare")(compare.compare)
    app.command("claims", help="command.claims")(claims.claims)
    app.command("factorial", help="command.factorial")(factorial.factorial)
    app.command("patterns", help="command.patterns")(patterns.patterns)
    app.command("sweep", help="command.sweep")(sweep.sweep)
    app.command("robust", help="command.robust")(robust.robust)
    app.command("discover", help="command.discover")(discover.discover)
    app.command("sensitivity", help="command.sensitivity")(sensitivity.sensitivity)
    app.command("search", help="command.search")(search.search)
    app.command("tipping", help="command.tipping")(tipping.tipping)
    app.command("neutral", help="command.neutral")(neutral.neutral)
    app.command("why", help="command.why")(why.why)
    app.command("status", help="command.status")(status.status)
    app.command("verify", help="command.verify")(verify.verify)
    app.command("doctor", help="command.doctor")(doctor.doctor)
    scenarios = typer.Typer(help="command.scenario", no_args_is_help=True, **plain)
    scenarios.callback()(_group)
    scenarios.command("validate", help="command.validate")(scenario.validate)
    scenarios.command("schema", help="command.schema")(scenario_schema.schema)
    scenarios.command("diff", help="command.diff")(scenario_diff.diff)
    scenarios.command("explain", help="command.explain")(scenario_explain.explain)
    scenarios.command("new", help="command.new")(scenario_new.new)
    app.add_typer(scenarios, name="scenario")
    command = typer.main.get_command(app)
    _translate(command, say)
    return command


def _show_version(asked: bool) -> None:
    if asked:
        from hotbed import __version__

        typer.echo(f"hotbed {__version__}")
        raise typer.Exit


def _top(
    lang: str | None = typer.Option(None, "--lang", help="option.lang"),
    version: bool = typer.Option(
        False, "--version", help="option.version", callback=_show_version, is_eager=True
    ),
) -> None:
    """Take the options that stand before the command; the language was read before."""


def _group() -> None:
    """Hold the commands of a group together, even while it has only one."""


def _translate(command: Any, say: Speech) -> None:
    """Put texts in the place of the keys that commands and options carry as their help."""
    command.help = say(command.help)
    for parameter in command.params:
        parameter.help = say(parameter.help)
    for inner in getattr(command, "commands", {}).values():
        _translate(inner, say)
    if say.language == "en":
        return
    whole, option = command.get_help, command.get_help_option

    def get_help(context: Any) -> str:
        text = whole(context)
        for heading in HEADINGS:
            text = text.replace(heading, say(heading))
        return text

    def get_help_option(context: Any) -> Any:
        found = option(context)
        if found is not None:
            found.help = say("option.help")
        return found

    command.get_help, command.get_help_option = get_help, get_help_option


def _usage(face: Face, error: Any) -> int:
    """Tell what is wrong with the command line."""
    if type(error).__name__ == "NoArgsIsHelpError":
        face.note(error.ctx.get_help())
        return 2
    face.problem(_in_words(error, face.say.language))
    face.note(face.say("try_help"))
    return 2


def _in_words(error: Any, language: str) -> str:
    """Return a usage error in `language`; Typer's own words are English only."""
    if language == "en":
        return str(error.format_message())
    kind = type(error).__name__
    if kind == "NoSuchOption":
        near = "、".join(error.possibilities or ())
        return f"没有选项 {error.option_name}" + (f"；是否指 {near}？" if near else "")
    parameter = getattr(error, "param", None)
    named = (parameter.metavar or parameter.opts[0]) if parameter else ""
    if kind == "MissingParameter":
        return f"缺少 {named or '参数'}"
    if kind == "BadParameter":
        return f"{named} 的值无效（{error.message}）"
    return f"命令用法有误（{error.format_message()}）"
