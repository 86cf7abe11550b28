"""`hotbed claims`: the articles' claims as experiments, with their verdicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, SOME_FAILED, Ending, Face
from hotbed.cli.studies import resumable

FOLDER = Path("results") / "claims"
FEW = 3  # claims up to which all outcomes are shown


def claims(
    ids: Annotated[list[str] | None, typer.Argument(help="option.claim_ids", metavar="ID")] = None,
    reps: Annotated[int | None, typer.Option("--reps", help="option.claim_reps")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry_run")] = False,
    record: Annotated[str | None, typer.Option("--record", help="option.record")] = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Test claims."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--reps", reps, 1)
    workers, where = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    studies = _load(face, ids or [], as_json)
    from experiments.claims.session import Options
    from experiments.runner import real_engine

    engine, options = real_engine(), Options(reps, workers, where)
    runnable = [study for study in studies if study.scenarios]
    others = [study for study in studies if not study.scenarios]
    folder = Path(out) if out is not None else FOLDER
    if dry_run:
        return _plan(face, engine, runnable, others, options, folder, as_json)
    pages = make_pages_folder(face, record)
    shared.warn_of_compiling(face, engine.is_compiled())
    findings, failed, told = _run(face, engine, runnable, others, options, folder)
    if pages is not None:
        from experiments.claims.page import page

        write_pages(face, pages, "claims", told, page)
    if as_json:
        shared.show_json(face, told)
    else:
        _show(face, findings, others)
    return _end(face, failed, folder)


def _load(face: Face, words: list[str], as_json: bool) -> list[Any]:
    from experiments.claims import library

    try:
        paths = library.chosen(words)
    except library.UnknownClaimError as error:
        near = face.say("claim_nearest", nearest=error.nearest) if error.nearest else ""
        text = face.say("claim_unknown", name=error.name, nearest=near)
        raise Ending(BAD_INPUT, text) from None
    with shared.scenario_mistakes(face, as_json):
        return [library.load(path) for path in paths]


def _plan(
    face: Face, engine: Any, studies: list[Any], others: list[Any], options: Any, folder: Path,
    as_json: bool,
) -> int:  # fmt: skip
    """Say what would run and how long it takes, and run nothing."""
    from experiments.claims.session import estimate
    from experiments.claims.shelf import FILE, Shelf

    if (folder / FILE).exists():
        with open_shelf(face, Shelf, folder) as shelf:
            found = estimate(engine, studies, options, shelf.__contains__)
    else:
        found = estimate(engine, studies, options, lambda run_id: False)
    minutes = found.seconds / 60 / options.jobs
    values: dict[str, Any] = {
        "studies": len(studies), "runs": found.runs, "stored": found.stored,
        "pilots": found.pilots, "minutes": minutes, "jobs": options.jobs,
    }  # fmt: skip
    if as_json:
        shared.show_json(face, values)
        return DONE
    face.out(face.say("claims_plan", **values))
    _show_others(face, others)
    return DONE


def open_shelf(face: Face, shelf: Any, folder: Path) -> Any:
    """Return the shelf of a folder; a folder that cannot be used ends the command."""
    from experiments.durable import StoreError

    try:
        return shelf(folder)
    except StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None


@contextmanager
def open_bench(
    face: Face, engine: Any, jobs: int, executor: str, folder: Path, command: str
) -> Iterator[Any]:
    """Open the bench that runs and keeps what a command needs; Ctrl-C tells what is kept."""
    from experiments.claims.session import Bench
    from experiments.claims.shelf import Shelf
    from experiments.executors import open_executor

    with (
        resumable(face, folder) as progress,
        Shelf(folder) as shelf,
        open_executor(engine, jobs, executor) as execute,
    ):
        shelf.began(command)
        yield Bench(engine, shelf, execute, progress)


def _run(
    face: Face, engine: Any, studies: list[Any], others: list[Any], options: Any, folder: Path
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Return findings, failed runs and the record."""
    from experiments.claims.record import record
    from experiments.claims.session import run_studies, stopwatch

    seconds = stopwatch()
    with open_bench(face, engine, options.jobs, options.executor, folder, "claims") as bench:
        findings = run_studies(bench, studies, options)
    told = record(findings, others, engine.model_version(), bench.ran, seconds())
    return findings, bench.failures, told


def make_pages_folder(face: Face, asked: str | None) -> Path | None:
    """Return the folder to write pages into, made before anything runs, or None where none is."""
    from experiments import durable

    if asked is None:
        return None
    try:
        durable.make_folder(Path(asked))
    except durable.StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None
    return Path(asked)


def write_pages(face: Face, folder: Path, name: str, told: dict[str, Any], page: Any) -> None:
    """Write a record, and the page that is printed from it, under a name."""
    import json

    from experiments import durable

    text = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    try:
        durable.write(folder / f"{name}.json", text.encode())
        durable.write(folder / f"{name}.md", page(told).encode())
    except durable.StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None
    face.note(face.say("pages_written", folder=folder, name=name))


def _show(face: Face, findings: list[Any], others: list[Any]) -> None:
    from rich.table import Table

    from hotbed.cli.tables import show

    say = face.say
    keys = ("id", "claim", "level", "estimate", "interval", "n", "verdict", "kind")
    table = Table(title=say("table.claims"), title_justify="left", header_style="bold")
    for i, key in enumerate(keys):
        right = key in ("estimate", "interval", "n")
        table.add_column(say(f"column.{key}"), justify="right" if right else "left", no_wrap=i != 1)
    for finding in findings:
        _rows(face, table, finding, whole=len(findings) <= FEW)
    show(face, table)
    _show_others(face, others)
    face.out(say("claims_note"))


def _rows(face: Face, table: Any, finding: Any, whole: bool) -> None:
    """Add the rows of a claim: the deciding outcome at each level, all outcomes where `whole`."""
    from experiments.claims.judge import WORDS
    from experiments.claims.library import CIRCULARITY

    study, language = finding.study, face.language
    outcomes = study.outcomes if whole else study.outcomes[:1]
    for i, outcome in enumerate(outcomes):
        for k, (level, judged) in enumerate(finding.levels.items()):
            one = judged[i]
            first = i == 0 and k == 0
            name = study.title if i == 0 else outcome.name
            table.add_row(
                (study.claim or study.name) if first else "",
                name.in_language(language) if k == 0 else "",
                face.say(f"level.{level}") if level in ("low", "mid", "high") else level,
                number(one.estimate, sign=True),
                f"{number(one.low, sign=True)} … {number(one.high, sign=True)}",
                str(one.n),
                WORDS[one.verdict].in_language(language),
                CIRCULARITY[study.circularity].in_language(language) if first else "",
                end_section=k == len(finding.levels) - 1 and i == len(outcomes) - 1,
            )


def number(value: float | None, sign: bool = False) -> str:
    """Return a number in about three digits."""
    if value is None or value != value:
        return "–"
    plus = "+" if sign else ""
    if abs(value) >= 1e6:
        return f"{value / 1e6:{plus},.3g}m"
    return f"{value:{plus},.0f}" if abs(value) >= 1000 else f"{value:{plus}.3g}"


def _show_others(face: Face, others: list[Any]) -> None:
    for study in others:
        name = study.claim or study.name
        if study.untestable:
            face.out(face.say("claim_untestable", name=name, why=study.untestable))
            continue
        told = dict.fromkeys(p.text.in_language(face.language) for p in study.missing)
        face.out(face.say("claim_missing", name=name, why="; ".join(told)))


def _end(face: Face, failed: list[Any], folder: Path) -> int:
    if not failed:
        return DONE
    say = face.say
    lines = [say("failed", count=len(failed), path=folder / "failures.jsonl")]
    for failure in failed[:3]:
        task = failure.task
        lines.append(say("failed_run", policy=task.arm.label, seed=task.seed, error=failure.error))
        lines.append(say("failed_repeat", command=task.command()))
    face.problem("\n".join(lines))
    return SOME_FAILED
