"""What a scenario expects of a comparison, as it is told: a table, JSON, and whether all is met."""

from __future__ import annotations

from typing import Any

from hotbed.cli.face import Face


def judged(scenario: Any, comparison: Any) -> list[Any]:
    """Return what the scenario expects of its own policy, or of all where that was not run."""
    from experiments.targets import judge

    labels = [arm.label for arm in comparison.policies]
    return judge(
        comparison, scenario.expect, [scenario.policy] if scenario.policy in labels else labels
    )


def form(found: list[Any]) -> list[dict[str, Any]]:
    """Return the expectations as JSON has them."""
    from experiments.rows import plain

    return [
        {
            "policy": one.policy, "indicator": one.expected.indicator, "at": one.expected.at,
            "vs": one.expected.vs, "diff": _condition(one.expected), "p": one.expected.probability,
            "chance": plain(one.chance), "lo": plain(one.low), "hi": plain(one.high), "n": one.n,
            "met": one.met,
        }
        for one in found
    ]  # fmt: skip


def show(face: Face, engine: Any, found: list[Any]) -> None:
    """Write a table of the expectations."""
    from hotbed.cli import studies
    from hotbed.cli.tables import show as write

    if not found:
        return
    columns = ("policy", "expected", "chance", "interval", "asked", "judged")
    table = studies.table_of(face, face.say("table.expected"), columns, 2)
    for one in found:
        wanted = one.expected
        name = studies.text_of(engine, wanted.indicator, face.language)
        at = "" if wanted.at == "end" else f", {wanted.at}"
        said = face.say("expected_words", name=name, vs=wanted.vs, diff=_condition(wanted), at=at)
        chance = f"{one.chance:.0%}" if one.n else "–"
        span = f"{one.low:.0%} … {one.high:.0%}" if one.n else "–"
        verdict = face.say("expected." + ("met" if one.met else "missed" if one.n else "untold"))
        table.add_row(one.policy, said, chance, span, f"{wanted.probability:.0%}", verdict)
    write(face, table)


def _condition(wanted: Any) -> str:
    return f"{wanted.operator} {wanted.number:g}"
