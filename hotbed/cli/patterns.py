"""`hotbed patterns`: the twelve patterns and the sign tests, observed against required."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import CHECK_FAILED, DONE, INTERRUPTED, Ending, Face


def patterns(
    scenario: Annotated[
        str, typer.Argument(help="option.scenario", metavar="[SCENARIO]")
    ] = "beijing-ai-origin",
    reps: Annotated[int, typer.Option("--reps", help="option.pattern_reps")] = 30,
    jobs: shared.Jobs = "auto",
    overrides: shared.Overrides = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Judge the patterns on seeds that nothing was tuned on."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--reps", reps, 1)
    workers = shared.count_jobs(face, jobs)
    changes = tuple(overrides or ())
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario import load_scenario

        asked = load_scenario(scenario, "no-policy", overrides=changes)
    found = _judge(face, scenario, reps, workers, changes)
    if as_json:
        shared.show_json(face, found)
    else:
        _show(face, asked, found)
    face.note(face.say("next", command=f"hotbed compare {scenario} --policy service-for-equity"))
    return DONE if found["passes"] else CHECK_FAILED


def _judge(face: Face, place: str, reps: int, jobs: int, changes: tuple[str, ...]) -> Any:
    from calibration import patterns as judged
    from experiments.runner import real_engine
    from hotbed.cli.progress import Progress

    shared.warn_of_compiling(face, real_engine().is_compiled())
    progress = Progress(face)
    todo = judged.tasks(place, reps, changes)
    try:
        values = judged.run(todo, jobs, lambda done, total: progress("patterns", done, total, 0))
    except KeyboardInterrupt:
        text = face.say("interrupted", done=progress.done, total=progress.total, kept="")
        raise Ending(INTERRUPTED, text) from None
    finally:
        progress.stop()
    return judged.record(place, reps, values)


def _show(face: Face, asked: Any, found: Any) -> None:
    from hotbed.cli.tables import show

    for kind in ("patterns", "signs", "facts"):
        show(face, _table(face, asked, found, kind))
    held = [g["name"] for g in found["patterns"] if g["holds"]]
    failing = [g["name"] for g in found["patterns"] if not g["holds"]]
    signs = sum(g["holds"] for g in found["signs"])
    face.out(
        face.say(
            "patterns_held", held=len(held), all=len(held) + len(failing), signs=signs,
            tests=len(found["signs"]), failing=", ".join(failing) or "–",
        )
    )  # fmt: skip
    key = "patterns_pass" if found["passes"] else "patterns_miss"
    face.out(face.say(key, enough=found["enough"], must=", ".join(found["must_hold"])))


def _table(face: Face, asked: Any, found: Any, kind: str) -> Any:
    from rich.table import Table

    from calibration.page import band, figure

    title = face.say(
        f"table.{kind}", title=asked.title.in_language(face.language), reps=found["reps"],
        long=found["sign_reps"],
    )  # fmt: skip
    table = Table(title=title, title_justify="left", header_style="bold")
    for i, key in enumerate(("pattern", "observed", "interval", "required", "judged")):
        table.add_column(face.say(f"column.{key}"), justify="left" if i in (0, 4) else "right")
    for group in found[kind]:
        told = face.say("pattern_holds" if group["holds"] else "pattern_fails")
        table.add_row(f"{group['name']} {group[face.language]}", "", "", "", told, style="bold")
        for i, clause in enumerate(group["clauses"]):
            low, high = clause["interval"]
            span = "" if low is None else f"{figure(low)} … {figure(high)}"
            key = {None: "pattern_told", True: "pattern_holds", False: "pattern_fails"}
            table.add_row(
                f"  {clause[face.language]}", figure(clause["value"]), span,
                band(clause["required"]), face.say(key[clause["holds"]]),
                end_section=i == len(group["clauses"]) - 1,
            )  # fmt: skip
    return table
