"""`hotbed factorial`: form of support against taking equity, at equal cost, over an ensemble."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import claims as shelved
from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, SOME_FAILED, Ending, Face

FOLDER = Path("results") / "factorial"


def factorial(
    studies: Annotated[
        list[str] | None, typer.Argument(help="option.factorials", metavar="STUDY")
    ] = None,
    members: Annotated[str | None, typer.Option("--members", help="option.members")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="option.limit")] = None,
    reps: Annotated[int | None, typer.Option("--reps", help="option.claim_reps")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry_run")] = False,
    record: Annotated[str | None, typer.Option("--record", help="option.findings")] = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Run the factorial."""
    face = shared.make_face(lang, quiet)
    for name, value in (("--reps", reps), ("--limit", limit)):
        shared.at_least(face, name, value, 1)
    workers, where = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    plans = _plans(face, studies or [], members, limit, reps, as_json)
    if dry_run:
        return _estimate(face, plans, workers, as_json)
    from experiments.runner import real_engine

    engine = real_engine()
    shared.warn_of_compiling(face, engine.is_compiled())
    folder = Path(out) if out is not None else FOLDER
    told, failed = _run(face, engine, plans, (workers, where), folder)
    if record is not None:
        _write(face, Path(record), told)
    if as_json:
        shared.show_json(face, told)
    else:
        _show(face, told)
    if failed:
        face.problem(face.say("failed", count=len(failed), path=folder / "failures.jsonl"))
        return SOME_FAILED
    return DONE


def _plans(
    face: Face, words: list[str], members: str | None, limit: int | None, reps: int | None,
    as_json: bool,
) -> list[Any]:  # fmt: skip
    """Return what to run; without an ensemble a study runs with the default parameters."""
    from experiments.claims import library
    from experiments.factorial.session import Plan

    paths = [Path(word) for word in words] or list(library.FACTORIALS)
    plans = []
    with shared.scenario_mistakes(face, as_json):
        for path in paths:
            study = library.load(path)
            if study.missing or not study.factors:
                why = "; ".join(p.text.in_language(face.language) for p in study.missing)
                raise Ending(BAD_INPUT, face.say("claim_missing", name=path, why=why or "factors"))
            asked = members if study.members else None
            plans.append(Plan.of(study, _members(face, study, asked, limit), reps))
    return plans


def _members(face: Face, study: Any, asked: str | None, limit: int | None) -> list[Any]:
    from experiments.members import NoEnsembleError, read_members
    from sim.scenario import shipped_root

    if not study.members:
        return []
    try:
        return read_members(Path(asked or shipped_root() / study.members), limit)
    except NoEnsembleError as error:
        if asked:
            raise Ending(BAD_INPUT, face.say("no_ensemble", path=error)) from None
        face.note(face.say("no_ensemble_default", path=study.members))
        return []


def _estimate(face: Face, plans: list[Any], workers: int, as_json: bool) -> int:
    from experiments.claims.session import seconds_of

    runs = seconds = 0.0
    for plan in plans:
        some = next(iter(plan.study.scenarios[plan.study.levels[0]].values()))
        runs += plan.size
        seconds += plan.size * seconds_of(some, plan.study.months)
    values: dict[str, Any] = {"runs": int(runs), "minutes": seconds / 60 / workers, "jobs": workers}
    if as_json:
        shared.show_json(face, values)
    else:
        face.out(face.say("factorial_plan", **values))
    return DONE


def _run(
    face: Face, engine: Any, plans: list[Any], place: tuple[int, str], folder: Path
) -> tuple[dict[str, Any], list[Any]]:
    from experiments.claims.session import stopwatch
    from experiments.factorial.session import run_factorial, whole

    seconds = stopwatch()
    with shelved.open_bench(face, engine, *place, folder, "factorial") as bench:
        parts = [run_factorial(bench, plan) for plan in plans]
    return whole(parts, engine.model_version(), bench.ran, seconds()), bench.failures


def _write(face: Face, folder: Path, told: dict[str, Any]) -> None:
    from experiments.factorial.page import page

    shelved.write_pages(face, folder, "findings", told, page)


def _show(face: Face, told: dict[str, Any]) -> None:
    """Show the main effects on the first outcome under every condition."""
    from rich.table import Table

    from experiments.claims.judge import WORDS
    from hotbed.cli.tables import show

    for part in told["factorials"]:
        first = part["conditions"][0]["outcomes"][0]
        name, place = first["name"][face.language], part["place"][face.language]
        title = face.say("table.factorial", place=place, outcome=name, unit=first["unit"])
        table = Table(title=title, title_justify="left", header_style="bold")
        keys = ("condition", "effect", "estimate", "interval", "n", "verdict")
        for key in keys:
            table.add_column(face.say(f"column.{key}"), no_wrap=True)
        for condition in part["conditions"]:
            for e in condition["outcomes"][0]["effects"]:
                if not e["within"]:
                    table.add_row(
                        condition["name"], f"{e['high']} – {e['low']}",
                        shelved.number(e["estimate"], sign=True),
                        f"{shelved.number(e['lo'], sign=True)} … {shelved.number(e['hi'], sign=True)}",
                        str(e["n"]), WORDS[e["verdict"]].in_language(face.language),
                    )  # fmt: skip
        show(face, table)
