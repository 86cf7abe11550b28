"""`hotbed neutral`: two policies made equal on an account by one number, then compared."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import pairs
from hotbed.cli.face import CHECK_FAILED, Face

MONEY = "CNY"


def neutral(
    scenario: Annotated[str, typer.Argument(help="option.scenario", metavar="SCENARIO")],
    a: Annotated[str, typer.Argument(help="option.policy", metavar="A")],
    b: Annotated[str, typer.Argument(help="option.policy", metavar="B")],
    solve: Annotated[str, typer.Option("--solve", help="option.solve")],
    on: Annotated[
        str, typer.Option("--on", help="option.account", show_default=True)
    ] = "public_npv",
    reps: Annotated[int, typer.Option("--reps", help="option.reps", show_default=True)] = 16,
    runs: Annotated[int, typer.Option("--runs", help="option.pairs", show_default=True)] = 500,
    months: shared.Months = None,
    overrides: shared.Overrides = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Solve for equal accounts and compare."""
    face = shared.make_face(lang, quiet)
    for name, value, low in (("--reps", reps, 2), ("--runs", runs, 60), ("--months", months, 1)):
        shared.at_least(face, name, value, low)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    pair = pairs.load(face, scenario, (a, b), months, tuple(overrides or ()), as_json)
    knob = pairs.knob(face, "--solve", solve, pair)
    from experiments import runner
    from experiments.compare import COSTS
    from experiments.neutral import pilot_seeds
    from experiments.sweeps.pairs import BOTH, compared, tip
    from experiments.sweeps.session import Where
    from experiments.tipping import Search

    engine = runner.real_engine()
    if on != BOTH:
        pairs.indicator(face, engine, "--on", on, MONEY)
    names, where = pairs.names_of(engine, on, *COSTS), Where(workers, place)
    with pairs.desk(face, engine, pair, "neutral", names, where, out) as (desk, folder):
        found = tip(desk, pair, knob, on, Search(runs=runs))
        at = _solution(found, knob)
        # Seeds that the solution was not found with: it would look more equal on its own.
        fresh = pilot_seeds([], reps)
        rows = [] if at is None else compared(desk, pair.turned(knob, at), fresh)
    told = {
        "scenario": pair.place, "a": pair.labels[0], "b": pair.labels[1], "solve": knob.name,
        "on": on, "answer": found.answer, "value": at,
        "lo": found.flips[0].low if found.flips else None,
        "hi": found.flips[0].high if found.flips else None,
        "solutions": len(found.flips), "runs": found.runs, "reps": reps, "rows": rows,
        "results": str(folder),
    }  # fmt: skip
    if as_json:
        shared.show_json(face, told)
    else:
        _show(face, engine, knob, told)
        face.out(face.say("results_in", folder=folder))
        face.note(face.say("next", command=_next(pair, knob, at)))
    return CHECK_FAILED if at is None else pairs.end(face, desk, folder)


def _next(pair: Any, knob: Any, at: float | None) -> str:
    """Return the comparison at the solution, or what could be solved for instead."""
    if at is None:
        return shlex.join(["hotbed", "scenario", "diff", *pair.words, "--place", pair.place])
    change = f"{knob.name}={int(at)}" if knob.whole else f"{knob.name}={at:.6g}"
    words = [
        "hotbed",
        "compare",
        pair.place,
        "--baseline",
        pair.words[0],
        "--policy",
        pair.words[1],
    ]
    return shlex.join([*words, *pair.options(), "--set", change, "--reps", "64"])


def _solution(found: Any, knob: Any) -> float | None:
    """Return the first value at which the account is equal; None where there is none."""
    if not found.flips:
        return None
    at = found.flips[0].at
    return float(round(at)) if knob.whole else float(at)


def _show(face: Face, engine: Any, knob: Any, told: dict[str, Any]) -> None:
    from hotbed.cli import studies
    from hotbed.cli.tables import number, show

    language = face.language
    known = told["on"] in engine.indicators
    account = studies.text_of(engine, told["on"], language) if known else face.say("cost_pv")
    words = {"name": knob.name, "account": account, "a": told["a"], "b": told["b"]}
    if told["value"] is None:
        key = "neutral_none" if told["answer"] == "does not flip" else "neutral_untold"
        face.out(face.say(key, low=knob.low, high=knob.high, runs=told["runs"], **words))
        return
    band = {"value": told["value"], "lo": told["lo"], "hi": told["hi"]}
    face.out(face.say("neutral_found", **band, **words))
    if told["solutions"] > 1:
        face.out(face.say("neutral_more", count=told["solutions"]))
    title = face.say("table.neutral", reps=told["reps"], **{k: words[k] for k in ("a", "b")})
    table = studies.table_of(face, title, ("indicator", "of_a", "of_b", "diff", "interval"))
    for row in told["rows"]:
        unit = row["unit"]
        one, two = (number(face, row[key], unit) for key in ("a", "b"))
        diff, low, high = (number(face, row[key], unit, True) for key in ("diff", "lo", "hi"))
        label = f"{studies.text_of(engine, row['indicator'], language)} \\[{unit}]"
        table.add_row(label, one, two, diff, f"{low} … {high}")
    show(face, table)
