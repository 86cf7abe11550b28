"""`hotbed robust`: which policy is safe to choose when nobody knows which world will come."""

from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli import figure, studies
from hotbed.cli.face import DONE, Face

MEASURES = ("mean", "worst_decile", "regret", "worst_regret")


def robust(
    study: Annotated[str, typer.Argument(help="option.sweep_study", metavar="STUDY")],
    out: shared.Out = None,
    drawn: figure.Table = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Tell regret, satisficing and worst decile."""
    face = shared.make_face(lang, quiet)
    picture = figure.path_of(face, drawn, figure.TABLE)
    engine, plan = studies.open_plan(face, study, as_json)
    folder = studies.folder_of(plan, out)
    values = studies.values_of(face, plan, folder)
    from experiments.sweeps import questions

    studies.outcomes_of(face, engine, plan.sweep)
    tables, reached = questions.robust(engine, values), questions.satisfice(values)
    doubts = {
        goal.indicator: questions.doubts(values, goal.indicator) for goal in plan.sweep.outcomes
    }
    if picture is not None:
        parts = [_table(engine, plan.sweep, name, table) for name, table in tables.items()]
        figure.write(face, picture, parts)
    if as_json:
        told = {
            "study": plan.sweep.name, "results": str(folder), "found": values.found,
            "total": values.total, "costs": studies.costs_of(values),
            "outcomes": {name: questions.plain(table) for name, table in tables.items()},
            "targets": [] if reached is None else questions.plain(reached),
            "doubt": {name: _doubt_form(found) for name, found in doubts.items()},
        }  # fmt: skip
        shared.show_json(face, told)
        return DONE
    if all(plan.sweep.versus):
        studies.show_costs(face, values, *plan.sweep.versus)
    for name, table in tables.items():
        _show(face, engine, name, table)
    if reached is not None:
        _show_targets(face, engine, reached)
    _show_doubts(face, engine, doubts)
    face.out(face.say("robust_note"))
    face.note(face.say("next", command=studies.command("discover", study, out)))
    return DONE


def _table(engine: Any, sweep: Any, name: str, found: Any) -> str:
    from experiments.figures.regret import regret_table
    from experiments.sweeps.questions import higher_is_better

    declared, names = engine.indicators[name], figure.titles_of(sweep)
    return regret_table(declared.text, found, declared.unit, names, higher_is_better(declared))


def _show(face: Face, engine: Any, name: str, found: Any) -> None:
    from hotbed.cli.tables import number, show

    unit = engine.indicators[name].unit
    worlds = int(found["worlds"].iloc[0])
    text = studies.text_of(engine, name, face.language)
    title = face.say("table.robust", name=text, unit=unit, worlds=worlds)
    columns = ("policy", *MEASURES, "best_in")
    table = studies.table_of(face, title, columns)
    for policy, own in found.groupby("policy", sort=False):
        by = own.set_index("measure")["value"]
        cells = [number(face, float(by[measure]), unit) for measure in MEASURES]
        table.add_row(str(policy), *cells, f"{by['best_in']:.0%}")
    show(face, table)


def _show_targets(face: Face, engine: Any, found: Any) -> None:
    from hotbed.cli.tables import show

    table = studies.table_of(
        face, face.say("table.targets"), ("policy", "target", "chance", "interval"), 2
    )
    single = found["target"].nunique() == 2  # "all" says the same as the only one
    for row in found.itertuples():
        if single and row.target == "all":
            continue
        every = row.target == "all"
        name = (
            face.say("all_targets") if every else studies.text_of(engine, row.target, face.language)
        )
        table.add_row(row.policy, name, f"{row.value:.0%}", f"{row.low:.0%} … {row.high:.0%}")
    show(face, table)


def _doubt_form(found: Any) -> list[dict[str, Any]]:
    """Return the sources of doubt as JSON has them; what cannot be told is null."""

    def known(value: float) -> float | None:
        return value if value == value else None

    return [
        {"of": list(of)}
        | {
            one.source: {
                "variance": known(one.variance), "share": known(one.share), "low": known(one.low),
                "high": known(one.high),
            }
            for one in sources
        }
        for of, sources in found.items()
    ]  # fmt: skip


def _show_doubts(face: Face, engine: Any, doubts: dict[str, Any]) -> None:
    """Tell for each outcome, and for the gain, how much luck, numbers and forms make it vary."""
    from experiments.uncertainty import SOURCES
    from hotbed.cli.tables import number, show

    for name, found in doubts.items():
        unit = engine.indicators[name].unit
        text = studies.text_of(engine, name, face.language)
        title = face.say("table.doubt", name=text, unit=unit)
        table = studies.table_of(face, title, ("of_policy", "spread", *SOURCES))
        for of, sources in found.items():
            whole = sum(one.variance for one in sources if one.variance == one.variance)
            cells = [
                f"{one.share:.0%} ({one.low:.0%} … {one.high:.0%})"
                if one.share == one.share
                else "–"
                for one in sources
            ]
            table.add_row(" – ".join(of), number(face, whole**0.5, unit), *cells)
        show(face, table)
    face.out(face.say("doubt_note"))
    if all(
        one.share != one.share for found in doubts.values() for own in found.values() for one in own
    ):
        face.out(face.say("doubt_untold"))
