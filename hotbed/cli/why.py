"""`hotbed why`: which lever, and which mechanism, made the gap between two policies."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, pairs
from hotbed.cli.face import BAD_INPUT, SOME_FAILED, Ending, Face


def why(
    scenario: Annotated[str, typer.Argument(help="option.scenario", metavar="SCENARIO")],
    a: Annotated[str, typer.Argument(help="option.policy", metavar="A")],
    b: Annotated[str, typer.Argument(help="option.policy", metavar="B")],
    on: Annotated[
        str, typer.Option("--on", help="option.on_indicator", show_default=True)
    ] = "jobs",
    without: Annotated[list[str] | None, typer.Option("--without", help="option.without")] = None,
    reps: Annotated[int, typer.Option("--reps", help="option.reps", show_default=True)] = 16,
    months: shared.Months = None,
    overrides: shared.Overrides = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    drawn: figure.Figure = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Share a gap."""
    face = shared.make_face(lang, quiet)
    for name, value, low in (("--reps", reps, 2), ("--months", months, 1)):
        shared.at_least(face, name, value, low)
    picture = figure.path_of(face, drawn)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    pair = pairs.load(face, scenario, (a, b), months, tuple(overrides or ()), as_json)
    switches = list(
        {one.name: one for one in (_switch(face, word) for word in without or ())}.values()
    )
    from experiments import attribution, runner
    from experiments.sweeps.pairs import why as share
    from experiments.sweeps.session import Where

    engine = runner.real_engine()
    pairs.indicator(face, engine, "--on", on)
    names, where = pairs.names_of(engine, on), Where(workers, place)
    with pairs.desk(face, engine, pair, "why", names, where, out) as (desk, folder):
        try:
            found = share(desk, pair, on, list(range(reps)), switches)
        except ValueError:
            pairs.end(face, desk, folder)
            raise Ending(SOME_FAILED, face.say("why_nothing")) from None
    unit, texts = engine.indicators[on].unit, _texts(found)
    text = attribution.tell(found, texts, unit)
    if as_json:
        parts = [
            {"player": p.player, "value": p.value, "lo": p.low, "hi": p.high, "told": bool(p.told)}
            for p in found.parts
        ]
        told = {
            "scenario": pair.place, "a": pair.labels[0], "b": pair.labels[1], "on": on,
            "gap": found.gap, "lo": found.low, "hi": found.high, "parts": parts,
            "exact": found.exact, "runs": found.runs, "n": found.n, "en": text.en, "zh": text.zh,
            "results": str(folder),
        }  # fmt: skip
        shared.show_json(face, told)
    else:
        _show(face, engine, pair, on, found, texts)
        face.out(text.in_language(face.language))
        face.out(face.say("results_in", folder=folder))
        face.note(face.say("next", command=_next(pair, on, reps)))
    if picture is not None:
        figure.write(face, picture, [_drawing(engine, pair, on, found, texts)])
    return pairs.end(face, desk, folder)


def _next(pair: Any, on: str, reps: int) -> str:
    """Return the command for four times the replicates: half as wide intervals."""
    return pairs.command("why", pair, "--on", on, "--reps", str(4 * reps))


def _switch(face: Face, word: str) -> Any:
    """Return a mechanism that takes part: the parameter and the value at which it does not work."""
    from experiments.sweeps.pairs import Switch
    from sim.scenario.names import parameters
    from sim.scenario.problems import nearest_name

    name, equals, value = word.partition("=")
    known = parameters().get(name)
    try:
        off = float(value)
    except ValueError:
        off = float("nan")
    if known is None or not equals or not known.low <= off <= known.high:
        near = name if known else nearest_name(name, parameters()) or "market.growth"
        span = "" if known is None else f"{known.low:g}..{known.high:g}"
        allowed = face.say("without_allowed", nearest=near, span=span)
        raise Ending(
            BAD_INPUT, face.say("bad_number", name="--without", value=word, allowed=allowed)
        )
    return Switch(name, off)


def _texts(found: Any) -> dict[str, Any]:
    """Return the names of levers and parameters in words."""
    from sim.levers import all_levers
    from sim.scenario.names import parameters

    levers, numbers = all_levers(), parameters()
    return {
        p.player: (levers.get(p.player) or numbers[p.player]).text
        for p in found.parts
        if p.player in levers or p.player in numbers
    }


def _drawing(engine: Any, pair: Any, on: str, found: Any, texts: dict[str, Any]) -> str:
    """Return the parts as steps to the whole gap."""
    from experiments.figures.rows import Gain, waterfall
    from sim.declare import Text

    names, declared = (
        figure.titles({arm.label: arm.scenario for arm in pair.arms}),
        engine.indicators[on],
    )
    first, second = (names[label] for label in pair.labels)
    title = Text(
        f"{declared.text.en}: from {first.en} to {second.en}",
        f"{declared.text.zh}：由{first.zh}到{second.zh}",
    )
    parts = [
        Gain(texts.get(p.player, Text(p.player, p.player)), p.value, p.low, p.high)
        for p in found.parts
    ]
    return waterfall(title, parts, Text("gap", "差距"), declared.unit)


def _show(face: Face, engine: Any, pair: Any, on: str, found: Any, texts: dict[str, Any]) -> None:
    from hotbed.cli import studies
    from hotbed.cli.tables import number, show

    unit = engine.indicators[on].unit
    name = studies.text_of(engine, on, face.language)
    title = face.say("table.why", name=name, unit=unit, a=pair.labels[0], b=pair.labels[1])
    table = studies.table_of(face, title, ("part", "share", "interval"))

    def row(label: str, one: Any, value: float) -> None:
        span = f"{number(face, one.low, unit, True)} … {number(face, one.high, unit, True)}"
        table.add_row(label, number(face, value, unit, True), span)

    for part in found.parts:
        text = texts.get(part.player)
        label = text.in_language(face.language) if text else part.player
        row(f"{label} ({part.player})", part, part.value)
    table.add_section()
    row(face.say("gap"), found, found.gap)
    show(face, table)
