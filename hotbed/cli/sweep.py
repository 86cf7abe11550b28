"""`hotbed sweep`: the policies of a study in all of its worlds."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import studies
from hotbed.cli.face import BAD_INPUT, Ending, Face


def sweep(
    study: Annotated[str, typer.Argument(help="option.sweep_study", metavar="STUDY")],
    resume: Annotated[bool, typer.Option("--resume", help="option.resume")] = False,
    retry: Annotated[bool, typer.Option("--retry-failed", help="option.retry_failed")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry_run")] = False,
    shard: Annotated[str | None, typer.Option("--shard", help="option.shard")] = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Run a sweep."""
    face = shared.make_face(lang, quiet)
    workers, place = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    part = studies.shard_of(face, shard)
    engine, plan = studies.open_plan(face, study, as_json)
    from experiments.sweeps.session import Where, read_index, run_sweep, write_table

    folder = studies.folder_of(plan, out)
    where = Where(workers, place, part, retry)
    if resume and read_index(folder) is None:
        raise Ending(BAD_INPUT, face.say("nothing_to_resume", folder=folder))
    if dry_run:
        return studies.estimate(face, plan, folder, where, as_json)
    shared.warn_of_compiling(face, engine.is_compiled())
    with studies.resumable(face, folder) as progress:
        ran = run_sweep(engine, plan, folder, where, lambda *n: progress("sweep", *n))
        write_table([plan], folder)
    if as_json:
        shared.show_json(face, _form(engine, plan, folder, ran))
    else:
        if ran.stored + ran.ran:
            _show(face, engine, plan, folder)
        face.out(face.say("results_in", folder=folder))
        face.note(face.say("next", command=studies.command("robust", study, out)))
    return studies.end(face, ran, folder)


def _summary(engine: Any, values: Any) -> list[dict[str, Any]]:
    """Return what each policy comes to: the mean over worlds, and where most worlds lie."""
    import numpy as np

    rows = []
    for goal in values.plan.sweep.outcomes:
        for policy in values.plan.sweep.policies:
            own = values.of(policy, goal.indicator)
            known = ~np.isnan(own)
            n = known.sum(axis=1)
            worlds = np.where(known, own, 0.0).sum(axis=1)[n > 0] / n[n > 0]
            cuts = np.quantile(worlds, [0.05, 0.95]).tolist() if worlds.size else [None, None]
            rows.append(
                {
                    "indicator": goal.indicator, "policy": policy,
                    "unit": engine.indicators[goal.indicator].unit,
                    "mean": float(worlds.mean()) if worlds.size else None,
                    "low": cuts[0], "high": cuts[1], "worlds": int(worlds.size),
                }
            )  # fmt: skip
    return rows


def _form(engine: Any, plan: Any, folder: Path, ran: Any) -> dict[str, Any]:
    from experiments.sweeps.session import read_values

    told = {
        "study": plan.sweep.name, "results": str(folder), "worlds": len(plan.points),
        "policies": list(plan.sweep.policies), "runs": ran.total, "stored": ran.stored,
        "ran": ran.ran, "failed": ran.failed, "model_version": plan.version,
    }  # fmt: skip
    rows = _summary(engine, read_values(plan, folder)) if ran.stored + ran.ran else []
    return told | {"rows": rows}


def _show(face: Face, engine: Any, plan: Any, folder: Path) -> None:
    from rich.table import Table

    from hotbed.cli.tables import number, show

    values = studies.values_of(face, plan, folder)
    title = face.say(
        "table.sweep", title=plan.sweep.title.in_language(face.language),
        months=plan.sweep.months, worlds=len(plan.points), reps=int(plan.seeds.shape[1]),
    )  # fmt: skip
    table = Table(title=title, title_justify="left", header_style="bold")
    for key in ("indicator", "policy", "mean", "most_worlds", "worlds"):
        table.add_column(face.say(f"column.{key}"), no_wrap=True)
    for row in _summary(engine, values):
        name = studies.text_of(engine, row["indicator"], face.language)
        mean, low, high = (number(face, row[key], row["unit"]) for key in ("mean", "low", "high"))
        table.add_row(
            f"{name} \\[{row['unit']}]", row["policy"], mean, f"{low} … {high}", str(row["worlds"])
        )
    show(face, table)
