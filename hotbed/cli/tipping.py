"""`hotbed tipping`: where along one number the better of two policies becomes the worse, with a band."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, pairs
from hotbed.cli.face import Face


def tipping(
    scenario: Annotated[str, typer.Argument(help="option.scenario", metavar="SCENARIO")],
    a: Annotated[str, typer.Argument(help="option.policy", metavar="A")],
    b: Annotated[str, typer.Argument(help="option.policy", metavar="B")],
    over: Annotated[str, typer.Option("--over", help="option.over")],
    on: Annotated[
        str, typer.Option("--on", help="option.on_indicator", show_default=True)
    ] = "jobs",
    runs: Annotated[int, typer.Option("--runs", help="option.pairs", show_default=True)] = 1000,
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
    """Find tipping points."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--months", months, 1)
    shared.at_least(face, "--runs", runs, 60)
    picture = figure.path_of(face, drawn)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    pair = pairs.load(face, scenario, (a, b), months, tuple(overrides or ()), as_json)
    knob = pairs.knob(face, "--over", over, pair)
    from experiments import runner
    from experiments import tipping as method
    from experiments.sweeps.pairs import tip
    from experiments.sweeps.session import Where

    engine = runner.real_engine()
    pairs.directed(face, engine, "--on", pairs.indicator(face, engine, "--on", on))
    names, where = pairs.names_of(engine, on), Where(workers, place)
    with pairs.desk(face, engine, pair, "tipping", names, where, out) as (desk, folder):
        found = tip(desk, pair, knob, on, method.Search(runs=runs))
    text = method.tell(found, *pair.labels, knob.text, knob.unit)
    if as_json:
        shared.show_json(face, _form(pair, knob, on, found, text) | {"results": str(folder)})
    else:
        _show(face, engine, knob, on, found)
        face.out(text.in_language(face.language))
        face.out(face.say("results_in", folder=folder))
        face.note(face.say("next", command=pairs.command("why", pair, "--on", on)))
    if picture is not None:
        figure.write(face, picture, [_drawing(engine, pair, knob, on, found)])
    return pairs.end(face, desk, folder)


def _form(pair: Any, knob: Any, on: str, found: Any, text: Any) -> dict[str, Any]:
    import math

    def known(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    points = [
        {
            "at": p.at, "gain": known(p.mean), "lo": known(p.low), "hi": known(p.high),
            "p_better": known(p.positive), "n": p.n,
        }
        for p in found.points
    ]  # fmt: skip
    flips = [
        {
            "at": f.at, "lo": f.low, "hi": f.high, "rising": bool(f.rising),
            "within": [[x, chance] for x, chance in f.within],
        }
        for f in found.flips
    ]  # fmt: skip
    return {
        "scenario": pair.place, "a": pair.labels[0], "b": pair.labels[1], "over": knob.name,
        "low": found.low, "high": found.high, "on": on, "answer": found.answer, "sign": found.sign,
        "flips": flips, "points": points, "runs": found.runs, "en": text.en, "zh": text.zh,
    }  # fmt: skip


def _drawing(engine: Any, pair: Any, knob: Any, on: str, found: Any) -> str:
    """Return the difference along the number, and where it turns."""
    import pandas as pd

    from experiments.figures.planes import Measure
    from experiments.figures.tipping import tipping_line
    from sim.declare import Text

    declared = engine.indicators[on]
    names = figure.titles({arm.label: arm.scenario for arm in pair.arms})
    title = Text(
        f"{declared.text.en}: where the ranking flips", f"{declared.text.zh}：排序在何处翻转"
    )
    gain = Text("gain of the second policy", "第二项政策优出")
    of = Measure(knob.text, knob.unit), Measure(gain, declared.unit)
    tried, flips = (pd.DataFrame(list(part)) for part in (found.points, found.flips))
    first, second = (names[label] for label in pair.labels)
    return tipping_line(title, tried, flips, of, (first, second))


def _show(face: Face, engine: Any, knob: Any, on: str, found: Any) -> None:
    from hotbed.cli import studies
    from hotbed.cli.tables import number, show

    unit = engine.indicators[on].unit
    text = studies.text_of(engine, on, face.language)
    title = face.say("table.tipping", name=text, unit=unit)
    heads = ("value", "gain", "interval", "better", "n")
    table = studies.table_of(face, title, heads, 0)
    for p in found.points:
        span = f"{number(face, p.low, unit, True)} … {number(face, p.high, unit, True)}"
        cells = (
            f"{p.at:.4g}",
            number(face, p.mean, unit, True),
            span,
            f"{p.positive:.0%}" if p.positive == p.positive else "–",
            str(p.n),
        )
        table.add_row(*cells)
    show(face, table)
