"""A Pareto set as it is told: JSON, a table, and what is gained and given up along it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hotbed.cli import studies
from hotbed.cli.face import Face

NARROW = 13  # characters of a heading


def form(engine: Any, plan: Any, folder: Path, found: Any) -> dict[str, Any]:
    """Return all that a search found as JSON has it."""
    from experiments.sweeps.fronts import budget_of
    from hotbed.locale import LANGUAGES, Speech

    sweep, ran, budget = plan.sweep, found.ran, budget_of(plan)
    goals = [
        {
            "indicator": one.indicator, "unit": engine.indicators[one.indicator].unit,
            "best": "most" if one.up else "least",
        }
        for one in sweep.search.objectives
    ]  # fmt: skip
    told = {
        "study": sweep.name, "results": str(folder), "policy": sweep.search.policy,
        "levers": [one.name for one in sweep.ranges], "goals": goals, "mixes": budget.mixes,
        "replicates": budget.seeds, "final_replicates": budget.seeds_last, "runs": ran.total,
        "stored": ran.stored, "ran": ran.ran, "failed": ran.failed, "model_version": plan.version,
        "front": [], "knee": None, "steps": [], "tried": [],
    }  # fmt: skip
    if found.front is None:
        return told
    words = {
        language: "\n".join(_sentences(Face(Speech(language)), engine, plan, found))
        for language in LANGUAGES
    }
    return told | _front(plan, found.front) | {"steps": _steps(found)} | words


def _front(plan: Any, front: Any) -> dict[str, Any]:
    """Return the rows of a front and of what was tried as JSON has them."""
    from experiments.sweeps.questions import plain

    levers = [one.name for one in plan.sweep.ranges]
    goals = [one.indicator for one in plan.sweep.outcomes]
    rows = [
        {
            "levers": {name: row[name] for name in levers},
            "goals": {
                name: {"mean": row[name], "lo": row[f"{name} low"], "hi": row[f"{name} high"]}
                for name in goals
            },
            "undominated": row["undominated"], "loss": row["neighbours"], "knee": row["knee"],
        }
        for row in plain(front.table)
    ]  # fmt: skip
    tried = [
        {"levers": {n: row[n] for n in levers}, "goals": {n: row[n] for n in goals}}
        for row in plain(front.tried)
    ]
    return {"front": rows, "knee": front.knee, "tried": tried}


def _steps(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "start": step.start, "end": step.end,
            "changes": {
                name: {"diff": diff, "lo": low, "hi": high}
                for name, (diff, low, high) in step.changes.items()
            },
        }
        for step in found.steps
    ]  # fmt: skip


def show(face: Face, engine: Any, plan: Any, found: Any) -> None:
    """Show the mixes of a front, what ways along it bring, and what was tried."""
    from experiments.sweeps.fronts import budget_of
    from hotbed.cli import tables
    from hotbed.cli.tables import number

    table = _table(face, engine, plan)
    sweep, front, ran, budget = plan.sweep, found.front, found.ran, budget_of(plan)
    for i, (_, row) in enumerate(front.table.iterrows()):
        cells = [_mix(face, i, row["knee"])]
        cells += [_value(face, row[one.name]) for one in sweep.ranges]
        for goal in sweep.outcomes:
            unit, name = engine.indicators[goal.indicator].unit, goal.indicator
            keys = (name, f"{name} low", f"{name} high")
            cells.append(_interval(face, *(number(face, float(row[key]), unit) for key in keys)))
        loss = row["neighbours"]
        cells += [f"{row['undominated']:.0%}", "–" if loss != loss else f"{loss:.0%}"]
        table.add_row(*cells)
    tables.show(face, table)
    for text in _sentences(face, engine, plan, found):
        face.out(text)
    told = {
        "tried": len(front.tried), "replicates": budget.seeds, "front": len(front.table),
        "final": budget.seeds_last, "runs": ran.total, "stored": ran.stored, "ran": ran.ran,
    }  # fmt: skip
    face.out(face.say("search_tried", **told))
    face.out(face.say("search_note"))


def drawings(engine: Any, plan: Any, front: Any) -> list[str]:
    """Return the Pareto set in the plane of the first goal and each of the others."""
    from experiments.figures.pareto import pareto
    from experiments.figures.planes import Measure

    def measure(goal: Any) -> Any:
        declared = engine.indicators[goal.indicator]
        return Measure(declared.text, declared.unit, goal.up)

    first, *others = plan.sweep.search.objectives
    return [
        pareto(
            plan.sweep.title, front.table, (goal.indicator, first.indicator),
            (measure(goal), measure(first)), front.tried,
        )
        for goal in others
    ]  # fmt: skip


def _table(face: Face, engine: Any, plan: Any) -> Any:
    """Return the table of a front without its rows."""
    from rich.markup import escape
    from rich.table import Table

    sweep = plan.sweep
    title = face.say(
        "table.search", title=sweep.title.in_language(face.language), policy=sweep.search.policy,
        months=sweep.months,
    )  # fmt: skip
    table = Table(title=escape(title), title_justify="left", header_style="bold")
    table.add_column(face.say("column.mix"), no_wrap=True)
    for one in sweep.ranges:
        table.add_column(_folded(one.name), justify="right", no_wrap=True)
    for goal in sweep.search.objectives:
        name = studies.text_of(engine, goal.indicator, face.language)
        unit = engine.indicators[goal.indicator].unit
        best = face.say("most" if goal.up else "least")
        table.add_column(escape(f"{name} [{unit}], {best}"), justify="right")
    for key in ("undominated", "loss"):
        table.add_column(face.say(f"column.{key}"), justify="right", max_width=NARROW)
    return table


def _interval(face: Face, mean: str, low: str, high: str) -> str:
    """Return a mean with its interval, which need not say again that it is in millions."""
    million = f" {face.say('million')}"
    return f"{mean} ({low.removesuffix(million)} … {high.removesuffix(million)})"


def _folded(name: str) -> str:
    """Return a lever's name in lines that are no wider than its values need."""
    from textwrap import wrap

    pieces = name.replace(".", ". ").replace("_", "_ ")
    return "\n".join(line.replace(" ", "") for line in wrap(pieces, NARROW))


def _mix(face: Face, row: int, knee: bool) -> str:
    """Return the number that a mix goes by."""
    return face.say("mix_knee", mix=row + 1) if knee else str(row + 1)


def _value(face: Face, value: Any) -> str:
    """Return a lever's value, a number or one of its choices."""
    from numbers import Real

    from hotbed.cli.tables import number

    if isinstance(value, Real) and not isinstance(value, bool):
        return number(face, float(value), "")
    return "–" if value is None else str(value)


def _sentences(face: Face, engine: Any, plan: Any, found: Any) -> list[str]:
    """Return what is gained and given up on the way from one end of the front to the other."""
    knee = found.front.knee
    if not found.steps:
        return [face.say("search_single")]
    lines = [] if knee is not None else [face.say("search_no_knee")]
    for step in found.steps:
        gained, given = _changes(face, engine, plan, step)
        start, end = (_mix(face, row, row == knee) for row in (step.start, step.end))
        lines.append(face.say("search_step", start=start, end=end, gained=gained, given=given))
    return lines


def _changes(face: Face, engine: Any, plan: Any, step: Any) -> list[str]:
    """Return what a step gains and what it gives up, in words."""
    from hotbed.cli.tables import number

    sides: list[list[str]] = [[], []]
    for goal in plan.sweep.search.objectives:
        declared = engine.indicators[goal.indicator]
        diff, low, high = (
            number(face, x, declared.unit, True) for x in step.changes[goal.indicator]
        )
        better = (step.changes[goal.indicator][0] > 0) == goal.up
        name = declared.text.in_language(face.language)
        unit = "CNY" if declared.unit == "CNY" else ""
        text = f"{name} {_interval(face, diff, low, high)} {unit}"
        sides[0 if better else 1].append(text.rstrip())
    joined = face.say("comma")
    return [joined.join(side) or face.say("nothing") for side in sides]
