"""Tables on the screen."""

from __future__ import annotations

import io
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.compare import Comparison
from experiments.rows import Row, month_index, times
from hotbed.cli.face import Face

WIDE_ENOUGH = 124  # columns assumed where standard output is no terminal


def show(face: Face, table: Table) -> None:
    """Write a table, wide enough where standard output is no terminal.

    The face writes it, which knows what to say where that fails.
    """
    out, drawn = sys.stdout, io.BytesIO()
    paper = io.TextIOWrapper(drawn, out.encoding, out.errors, newline="")
    width = None if out.isatty() else WIDE_ENOUGH
    Console(file=paper, force_terminal=out.isatty(), width=width).print(table)
    paper.flush()
    face.out(drawn.getvalue().decode(out.encoding).removesuffix("\n"))


def number(face: Face, value: float | None, unit: str, sign: bool = False) -> str:
    """Return a number as a reader wants it: about four digits, money in millions."""
    if value is None or value != value:
        return "–"
    plus = "+" if sign else ""
    value += 0.0  # no number is below zero by nothing
    if unit == "CNY":
        digits = 2 if abs(value) < 10e6 else 1
        return f"{value / 1e6:{plus},.{digits}f} {face.say('million')}"
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:{plus},.0f}"
    return f"{value:{plus}.3g}" if abs(value) < 100 else f"{value:{plus}.1f}"


def _table(face: Face, title: str, columns: tuple[str, ...], left: int) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for i, key in enumerate(columns):
        text = face.say(key) if key.startswith("column.") or key == "end" else key
        table.add_column(text, justify="left" if i < left else "right", no_wrap=i > 0)
    return table


def run_table(face: Face, engine: Any, scenario: Any, run: Any) -> None:
    """Show the headline indicators of a run over time."""
    at = times(run.months)
    title = face.say(
        "table.run",
        title=scenario.title.in_language(face.language),
        policy=run.policy,
        seed=run.seed,
        months=run.months,
    )
    table = _table(face, title, ("column.indicator", "column.unit", *at), 2)
    for name, declared in engine.indicators.items():
        if not declared.headline or name not in run.names:
            continue
        series = run.series[:, run.names.index(name)]
        values = [engine.reported(declared, series, month_index(t, run.months)) for t in at]
        cells = [number(face, value, declared.unit) for value in values]
        table.add_row(declared.text.in_language(face.language), declared.unit, *cells)
    show(face, table)


def comparison_table(face: Face, engine: Any, scenario: Any, comparison: Comparison) -> None:
    """Show the headline indicators of a comparison at the end of the run."""
    title = face.say(
        "table.compare",
        title=scenario.title.in_language(face.language),
        months=comparison.months,
        reps=len(comparison.seeds),
        baseline=comparison.baseline.label,
    )
    keys = ("indicator", "policy", "mean", "diff", "interval", "better", "reduction")
    table = _table(face, title, tuple(f"column.{key}" for key in keys), 2)
    skewed = False
    for name, declared in engine.indicators.items():
        rows = comparison.headline_rows(name) if declared.headline else []
        heads = [declared.text.in_language(face.language), rf"  \[{declared.unit}]"]
        for i, row in enumerate(rows):
            skewed |= _bootstrapped(row)
            head = heads[i] if i < len(heads) else ""
            table.add_row(head, *_cells(face, row, comparison), end_section=i == len(rows) - 1)
    show(face, table)
    if skewed:
        face.out(face.say("skewed"))
    if any(row["indicator"].endswith("_both") and row["n"] for row in comparison.rows):
        face.out(face.say("same_firms"))


def _bootstrapped(row: Row) -> bool:
    return "bootstrap" in (row["note"] or "")


def _cells(face: Face, row: Row, comparison: Comparison) -> list[str]:
    def told(key: str, sign: bool = True) -> str:
        return number(face, row[key], row["unit"], sign)

    policy = row["policy"]
    if row["indicator"].endswith("_both"):
        policy += " (=)"
    if row["policy"] == comparison.baseline.label:
        return [policy, told("mean", sign=False), "", "", "", ""]
    better = "–" if row["p_better"] is None else f"{row['p_better']:.0%}"
    reduction = row["variance_reduction"]
    span = "–"
    if row["lo"] is not None:
        span = f"{told('lo')} … {told('hi')}" + ("*" if _bootstrapped(row) else "")
    return [
        policy,
        told("mean", sign=False),
        told("diff"),
        span,
        better,
        "–" if reduction is None else f"{reduction:.1f}",
    ]
