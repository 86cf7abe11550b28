"""`hotbed discover`: in which worlds one policy beats another, in sentences."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import studies
from hotbed.cli.face import BAD_INPUT, DONE, Ending

METHODS = ("prim", "cart")


def discover(
    study: Annotated[str, typer.Argument(help="option.sweep_study", metavar="STUDY")],
    method: Annotated[
        str, typer.Option("--method", help="option.discover_method", show_default=True)
    ] = "prim",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Tell where A beats B."""
    face = shared.make_face(lang, quiet)
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
    for goal in plan.sweep.outcomes:
        try:
            boxes[goal.indicator] = questions.where_better(engine, values, goal, method)
        except ValueError as error:
            raise Ending(BAD_INPUT, str(error)) from None
    texts = {name: discovery.tell(box, a, b) for name, box in boxes.items()}
    if as_json:
        told = {
            "study": plan.sweep.name, "results": str(folder), "versus": [a, b], "method": method,
            "costs": questions.costs(values),
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
