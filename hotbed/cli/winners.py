"""`--by`: which kinds of firms win and lose under the policies of a comparison."""

from __future__ import annotations

from typing import Any

from hotbed.cli.face import BAD_INPUT, Ending, Face

COUNTS = ("saved", "lost", "brought", "crowded_out")
NET = {"net_firms": "firms", "net_jobs": "jobs"}


def kinds_of(face: Face, word: str | None) -> tuple[str, ...]:
    """Return what firms are grouped by: words with commas between them, each once."""
    from experiments.winners import GROUPS
    from sim.scenario.problems import nearest_name

    if word is None:
        return ()
    kinds = tuple(dict.fromkeys(one.strip() for one in word.split(",")))
    for kind in kinds:
        if kind not in GROUPS:
            near = nearest_name(kind, list(GROUPS))
            allowed = face.say("by_allowed", kinds=", ".join(GROUPS), nearest=near or "size")
            text = face.say("bad_number", name="--by", value=kind, allowed=allowed)
            raise Ending(BAD_INPUT, text)
    return kinds


def form(comparison: Any, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a row per policy, kind and group as JSON has it: means over seeds, 95% intervals."""
    from experiments.winners import NAMES

    return [
        {"policy": policy, "by": kind, "group": NAMES[kind][one.index], **one.mean}
        | {f"{name}_lo": one.low[name] for name in NET}
        | {f"{name}_hi": one.high[name] for name in NET}
        for kind in kinds
        for policy, one in _groups(comparison, kind)
    ]


def show(face: Face, comparison: Any, kinds: tuple[str, ...]) -> None:
    """Write a table for each kind."""
    from hotbed.cli import studies
    from hotbed.cli.tables import number
    from hotbed.cli.tables import show as write
    from hotbed.report import names

    for kind in kinds:
        told = names.GROUPS[kind].in_language(face.language)
        title = face.say("table.winners", by=told, baseline=comparison.baseline.label)
        interval = "interval"
        columns = ("policy", "group", *COUNTS, "net_firms", interval, "net_jobs", interval)
        table = studies.table_of(face, title, columns, left=2)
        before = None
        for policy, one in _groups(comparison, kind):
            if before not in (None, policy):
                table.add_section()
            cells = [number(face, one.mean[name], "firms") for name in COUNTS]
            for name, unit in NET.items():
                low, high = (number(face, at[name], unit, True) for at in (one.low, one.high))
                cells += [number(face, one.mean[name], unit, True), f"{low} … {high}"]
            group = names.group(kind, one.index).in_language(face.language)
            table.add_row(policy if policy != before else "", group, *cells)
            before = policy
        write(face, table)
    if kinds:
        face.out(face.say("winners_words"))


def _groups(comparison: Any, kind: str) -> list[tuple[str, Any]]:
    from experiments.winners import winners

    labels = [arm.label for arm in comparison.policies]
    return [(label, one) for label in labels for one in winners(comparison, label, kind)]
