"""`hotbed search`: which mixes of a policy's levers nobody dominates, and what costs what."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, front, studies
from hotbed.cli.face import BAD_INPUT, DONE, SOME_FAILED, Ending, Face


def search(
    study: Annotated[str, typer.Argument(help="option.search_study", metavar="STUDY")],
    mixes: Annotated[int | None, typer.Option("--mixes", help="option.mixes")] = None,
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
    """Search for the Pareto set of a study's levers."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--mixes", mixes, 2)
    picture = figure.path_of(face, drawn)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    engine, swept = studies.open_plan(face, study, as_json)
    if swept.sweep.search is None:
        raise Ending(BAD_INPUT, face.say("no_goals", study=study))
    from experiments.sweeps import fronts
    from experiments.sweeps.session import Where

    plan = fronts.plan_of(engine, swept.sweep, mixes)
    folder, where = studies.folder_of(plan, out), Where(workers, place, retry=retry)
    if dry_run:
        return _estimate(face, plan, folder, workers, as_json)
    shared.warn_of_compiling(face, engine.is_compiled())
    with studies.resumable(face, folder) as progress:
        found = fronts.run_search(engine, plan, folder, where, progress)
    if as_json:
        shared.show_json(face, front.form(engine, plan, folder, found))
    if found.front is None:
        studies.end(face, found.ran, folder)
        raise Ending(SOME_FAILED, face.say("search_nothing"))
    if picture is not None:
        figure.write(face, picture, front.drawings(engine, plan, found.front))
    if not as_json:
        front.show(face, engine, plan, found)
        face.out(face.say("results_in", folder=folder))
        if any(not one.lever for one in swept.sweep.ranges):
            face.note(face.say("search_world"))
        more = f"hotbed search {study} --mixes {2 * fronts.budget_of(plan).mixes}"
        face.note(face.say("next", command=fronts.knee_command(plan, found.front) or more))
    return studies.end(face, found.ran, folder)


def _estimate(face: Face, plan: Any, folder: Path, workers: int, as_json: bool) -> int:
    """Tell what is to be done before anything is."""
    from experiments.sweeps import fronts

    with shared.trouble(face):
        first, more = fronts.estimate(plan, folder)
    budget = fronts.budget_of(plan)
    values: dict[str, Any] = {
        "mixes": budget.mixes, "replicates": budget.seeds, "runs": first.runs,
        "stored": first.stored, "minutes": first.seconds / 60 / workers,
        "final_replicates": budget.seeds_last, "runs_each": more.runs,
        "minutes_each": more.seconds / 60 / workers, "jobs": workers,
    }  # fmt: skip
    if as_json:
        shared.show_json(face, values | {"results": str(folder)})
    else:
        face.out(face.say("search_plan", **values))
    return DONE
