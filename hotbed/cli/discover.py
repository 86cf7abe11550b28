"""`hotbed discover`: in which worlds one policy beats another, in sentences."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, studies
from hotbed.cli.face import BAD_INPUT, DONE, Ending

METHODS = ("prim", "cart")


def discover(
    study: Annotated[str, typer.Argument(help="option.sweep_study", metavar="STUDY")],
    method: Annotated[
        str, typer.Option("--method", help="option.discover_method", show_default=True)
    ] = "prim",
    out: shared.Out = None,
    drawn: figure.Figure = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Tell where A beats B."""
    face = shared.make_face(lang, quiet)
    picture = figure.path_of(face, drawn)
    if method not in METHODS:
        allowed = ", ".join(METHODS)
        raise Ending(
            BAD_INPUT, face.say("bad_number", name="--method", value=method, allowed=allowed)
        )
    engine, plan = studies.open_plan(face, study, as_json)
    a, b = studies.versus_of(face, plan)
    folder = studies.folder_of(plan, out)
    values = studies.values_of(face, plan, folder)
    from experiments import discovery
    from experiments.sweeps import questions

    boxes = {}
    for goal in studies.outcomes_of(face, engine, plan.sweep):
        try:
            boxes[goal.indicator] = questions.where_better(engine, values, goal, method)
        except ValueError:
            name = studies.text_of(engine, goal.indicator, face.language)
            face.note(face.say("few_worlds", name=name))
    if not boxes:
        raise Ending(BAD_INPUT, face.say("no_outcome"))
    texts = {name: discovery.tell(box, a, b) for name, box in boxes.items()}
    if picture is not None:
        if not _numbers(plan.points):
            raise Ending(BAD_INPUT, face.say("no_axis"))
        drawings = [_drawing(engine, values, name, box) for name, box in boxes.items()]
        figure.write(face, picture, drawings)
    if as_json:
        told = {
            "study": plan.sweep.name, "results": str(folder), "versus": [a, b], "method": method,
            "costs": studies.costs_of(values),
            "outcomes": {name: _form(box, texts[name]) for name, box in boxes.items()},
        }  # fmt: skip
        shared.show_json(face, told)
        return DONE
    studies.show_costs(face, values, a, b)
    for name, text in texts.items():
        said = studies.text_of(engine, name, face.language)
        face.out(f"{said}: {text.in_language(face.language)}")
    face.note(face.say("next", command=f"hotbed sensitivity {study} --method morris"))
    return DONE


def _drawing(engine: Any, values: Any, name: str, box: Any) -> str:
    """Return the worlds in the plane of the two numbers that the box needs most."""
    from experiments.figures.tipping import tipping_map
    from experiments.sweeps.questions import first_better
    from sim.declare import Text

    sweep, points, declared = values.plan.sweep, values.plan.points, engine.indicators[name]
    ordered = dict.fromkeys([*(limit.name for limit in box.limits), *points.columns])
    numbers = [n for n in ordered if n in _numbers(points)]
    x, y = (numbers * 2)[:2]  # with one number all worlds lie on a line
    limits = {limit.name: (limit.low, limit.high) for limit in box.limits}
    wide = float("-inf"), float("inf")
    scenario = sweep.scenarios[sweep.versus[0]]
    names = figure.titles_of(sweep)
    return tipping_map(
        Text(f"{declared.text.en} in {len(points)} worlds", f"{len(points)} 个情境中的{declared.text.zh}"),
        points[x].to_numpy(float), points[y].to_numpy(float), first_better(engine, values, name),
        (figure.number_of(x, scenario), figure.number_of(y, scenario)),
        (names[sweep.versus[0]], names[sweep.versus[1]]),
        (limits.get(x, wide), limits.get(y, wide)) if {x, y} & set(limits) else None,
    )  # fmt: skip


def _numbers(points: Any) -> list[str]:
    """Return what of a design a figure can have for an axis."""
    import pandas as pd

    return [name for name in points.columns if pd.api.types.is_numeric_dtype(points[name])]


def _form(box: Any, text: Any) -> dict[str, Any]:
    import math

    def known(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    limits = [
        {
            "name": one.name, "low": known(one.low), "high": known(one.high),
            "among": None if one.among is None else list(one.among),
        }
        for one in box.limits
    ]  # fmt: skip
    return {
        "limits": limits, "coverage": known(box.coverage), "density": known(box.density),
        "lo": known(box.low), "hi": known(box.high), "n": box.n, "worlds": box.worlds,
        "base": known(box.base), "held_out": [known(x) for x in box.held_out],
        "stands": bool(box.stands), "again": list(box.again), "en": text.en, "zh": text.zh,
    }  # fmt: skip
