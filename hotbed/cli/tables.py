"""Tables on the screen."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.compare import Comparison
from experiments.rows import Row, month_index, times
from hotbed.cli.face import Face

WIDE_ENOUGH = 110  # columns assumed where standard output is no terminal


def console() -> Console:
    """Return a console on standard output, wide enough for a table where it is no terminal."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE_ENOUGH)


def number(face: Face, value: float | None, sign: bool = False) -> str:
    """Return a number as a reader wants it: about four digits, large ones in millions."""
    if value is None or value != value:
        return "–"
    plus = "+" if sign else ""
    if abs(value) >= 1e6:
        return f"{value / 1e6:{plus},.1f} {face.say('million')}"
    if abs(value) >= 1000:
        return f"{value:{plus},.0f}"
    return f"{value:{plus}.4g}"


def _table(face: Face, title: str, columns: tuple[str, ...], left: int) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for i, key in enumerate(columns):
        text = face.say(key) if key.startswith("column.") or key == "end" else key
        table.add_column(text, justify="left" if i < left else "right", no_wrap=i >= left)
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
        cells = [number(face, value) for value in values]
        table.add_row(declared.text.in_language(face.language), declared.unit, *cells)
    console().print(table)


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
        if declared.headline:
            label = f"{declared.text.in_language(face.language)} [{declared.unit}]"
            rows = headline_rows(comparison, name)
            for i, row in enumerate(rows):
                skewed |= _bootstrapped(row)
                ends = i == len(rows) - 1
                table.add_row(label.replace("[", r"\[") if i == 0 else "", *_cells(face, row, comparison),
                              end_section=ends)  # fmt: skip
    console().print(table)
    if skewed:
        face.out(face.say("skewed"))


def headline_rows(comparison: Comparison, name: str) -> list[Row]:
    """Return the rows at the end, and for retention those of the same firms in the baseline."""
    labels = [comparison.baseline.label, *(arm.label for arm in comparison.policies)]
    rows = [row for label in labels if (row := comparison.row(label, name))]
    if name.startswith("retention_after_support"):
        rows += [r for r in comparison.rows if r["indicator"] == f"{name}_both" and r["n"]]
    return rows


def _bootstrapped(row: Row) -> bool:
    return "bootstrap" in (row["note"] or "")


def _cells(face: Face, row: Row, comparison: Comparison) -> list[str]:
    policy = row["policy"]
    if row["indicator"].endswith("_both"):
        policy += " (=)"  # the same firms in both arms
    if row["policy"] == comparison.baseline.label:
        return [policy, number(face, row["mean"]), "", "", "", ""]
    better = "–" if row["p_better"] is None else f"{row['p_better']:.0%}"
    reduction = row["variance_reduction"]
    span = "–"
    if row["lo"] is not None:
        star = "*" if _bootstrapped(row) else ""
        span = f"{number(face, row['lo'], True)} … {number(face, row['hi'], True)}{star}"
    return [
        policy,
        number(face, row["mean"]),
        number(face, row["diff"], True),
        span,
        better,
        "–" if reduction is None else f"{reduction:.1f}",
    ]
