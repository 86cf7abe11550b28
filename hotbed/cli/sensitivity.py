"""`hotbed sensitivity`: which uncertain number moves an outcome, or a difference between policies."""

import shlex
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, studies
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face

METHODS = ("morris", "sobol", "pawn")
DIFFERENCE = "difference"


def sensitivity(
    study: Annotated[str, typer.Argument(help="option.sweep_study", metavar="STUDY")],
    method: Annotated[
        str, typer.Option("--method", help="option.sensitivity_method", show_default=True)
    ] = "morris",
    on: Annotated[str, typer.Option("--on", help="option.on", show_default=True)] = DIFFERENCE,
    size: Annotated[int | None, typer.Option("--size", help="option.size")] = None,
    retry: Annotated[bool, typer.Option("--retry-failed", help="option.retry_failed")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry_run")] = False,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    drawn: figure.Figure = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Run and tell sensitivities."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--size", size, 4)
    picture = figure.path_of(face, drawn)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    if method not in METHODS:
        _refuse(face, "--method", method, METHODS)
    engine, swept = studies.open_plan(face, study, as_json)
    policies = _policies(face, swept, on)
    from experiments.sweeps import questions
    from experiments.sweeps.session import Where, run_sweep, write_table

    rows, plan = questions.sensitivity_plan(
        engine, swept.sweep, method, size or questions.SIZES[method], policies
    )
    folder, where = studies.folder_of(plan, out), Where(workers, place, retry=retry)
    if dry_run:
        return studies.estimate(face, plan, folder, where, as_json)
    shared.warn_of_compiling(face, engine.is_compiled())
    with studies.resumable(face, folder) as progress:
        ran = run_sweep(engine, plan, folder, where, lambda *n: progress("sweep", *n))
        write_table([plan], folder)
    values = studies.values_of(face, plan, folder)
    found = {}
    for goal in plan.sweep.outcomes:
        try:
            found[goal.indicator] = questions.moved_by(engine, rows, values, goal)
        except ValueError:
            name = studies.text_of(engine, goal.indicator, face.language)
            face.note(face.say("few_blocks", name=name))
    if not found:
        studies.end(face, ran, folder)
        raise Ending(shared.SOME_FAILED, face.say("no_outcome"))
    if as_json:
        told = {
            "study": plan.sweep.name, "results": str(folder), "method": method, "on": on,
            "policies": list(policies), "runs": ran.total, "failed": ran.failed,
            "outcomes": {
                name: {
                    "rows": one.rows, "dropped": one.dropped, "spread": one.spread,
                    "indices": questions.plain(one.table),
                }
                for name, one in found.items()
            },
        }  # fmt: skip
        shared.show_json(face, told)
    else:
        _show(face, engine, policies, found)
        face.out(face.say("results_in", folder=folder))
        face.note(face.say("next", command=_next(study, method, policies)))
    if picture is not None:
        drawings = [_drawing(engine, plan.sweep, name, one) for name, one in found.items()]
        figure.write(face, picture, drawings)
    return studies.end(face, ran, folder) if ran.failed else DONE


def _refuse(face: Face, name: str, value: str, allowed: tuple[str, ...]) -> None:
    text = face.say("bad_number", name=name, value=value, allowed=", ".join(allowed))
    raise Ending(BAD_INPUT, text)


def _policies(face: Face, plan: Any, on: str) -> tuple[str, ...]:
    """Return the two policies of the difference, or the one that is named."""
    if on == DIFFERENCE:
        return studies.versus_of(face, plan)
    if on not in plan.sweep.policies:
        _refuse(face, "--on", on, (DIFFERENCE, *plan.sweep.policies))
    return (on,)


def _next(study: str, method: str, policies: tuple[str, ...]) -> str:
    """Return what to ask next: the interactions after a screening, then the worlds themselves."""
    if method == "morris":
        on = policies[0] if len(policies) == 1 else DIFFERENCE
        return shlex.join(["hotbed", "sensitivity", study, "--method", "sobol", "--on", on])
    return shlex.join(["hotbed", "sweep", study])


def _drawing(engine: Any, sweep: Any, on: str, found: Any) -> str:
    """Return where the outcome goes with each number low and high."""
    from experiments.figures.rows import Swing, tornado
    from experiments.sensitivity import LUCK
    from sim.declare import Text

    declared, names = engine.indicators[on], figure.titles_of(sweep)
    widest = max(sweep.scenarios.values(), key=lambda scenario: len(scenario.levers))
    between = list(names.values())
    title = Text(
        f"{declared.text.en}: " + " – ".join(name.en for name in between),
        f"{declared.text.zh}：" + " – ".join(name.zh for name in between),
    )
    swings = [
        Swing(
            Text("(luck)", "（运气）") if row.name == LUCK else figure.number_of(row.name, widest).name,
            row.at_low, row.at_high, row.strength, row.above_luck or row.name == LUCK,
        )
        for row in found.swings.rename(columns={"index": "strength"}).itertuples(index=False)
    ]  # fmt: skip
    unit = {"morris": declared.unit, "sobol": "share"}.get(found.method, "")
    return tornado(title, swings, found.middle, declared.unit, unit, len(between) > 1)


def _show(face: Face, engine: Any, policies: tuple[str, ...], found: dict[str, Any]) -> None:
    from experiments.sensitivity import MAIN
    from hotbed.cli.tables import number, show

    what = " – ".join(policies)
    for name, one in found.items():
        declared, main = engine.indicators[name], MAIN[one.method]
        text = studies.text_of(engine, name, face.language)
        title = face.say("table.sensitivity", name=text, what=what, rows=one.rows)
        table = studies.table_of(face, title, ("number", "index", "interval", "above_luck"))
        unit = declared.unit if one.method == "morris" else ""
        for row in one.table[one.table["measure"] == main].itertuples():
            label = face.say("luck") if row.name == "luck" else row.name
            span = f"{number(face, row.low, unit)} … {number(face, row.high, unit)}"
            above = "" if row.name == "luck" else face.say("yes" if row.above_luck else "no")
            table.add_row(label, number(face, row.value, unit), span, above)
        show(face, table)
        face.out(face.say(f"index.{one.method}", unit=declared.unit))
