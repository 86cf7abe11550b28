"""A comparison: the same seeds under a baseline and under each policy, and what differs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments import statistics, support
from experiments.rows import Row, month_index, row, times
from experiments.runner import Arm, Engine, Outcome, Result, Task, make_tasks

COSTS = ("public_cost_pv", "operator_cost_pv")
UNEQUAL = 0.05

Run = Callable[[list[Task], str], Outcome]  # (tasks, what they are for)


@dataclass(frozen=True)
class Comparison:
    """Rows of a comparison with what is needed to read them."""

    scenario: str
    baseline: Arm
    policies: tuple[Arm, ...]
    seeds: tuple[int, ...]
    months: int
    model_version: str
    rows: tuple[Row, ...]
    values: dict[str, dict[tuple[str, str], np.ndarray]] = field(repr=False)
    digests: dict[str, list[str | None]] = field(default_factory=dict, repr=False)
    at_equal_cost: bool | None = None  # None with a single policy
    scaling: tuple[dict[str, Any], ...] | None = None
    runs: dict[str, list[Result | None]] = field(default_factory=dict, repr=False)
    stops: dict[str, int | None] = field(default_factory=dict)  # last month of support, from 0
    level: float = statistics.LEVEL  # of the intervals: higher where they were looked at repeatedly

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The baseline and the policies."""
        return (self.baseline, *self.policies)

    def pairs(self, policy: str) -> list[tuple[Result, Result]]:
        """Return (baseline, policy) of every seed for which both runs came through."""
        both = zip(self.runs[self.baseline.label], self.runs[policy], strict=True)
        return [(without, given) for without, given in both if without and given]

    def row(self, policy: str, indicator: str, at: str = "end") -> Row | None:
        """Return one row, None where the comparison has no such."""
        wanted = (policy, indicator, at)
        return next(
            (r for r in self.rows if (r["policy"], r["indicator"], r["at"]) == wanted), None
        )

    def headline_rows(self, name: str) -> list[Row]:
        """Return an indicator's rows at the end, for retention also the same firms' in the baseline."""
        rows = [row for arm in self.arms if (row := self.row(arm.label, name))]
        if name.startswith("retention_after_support"):
            rows += [r for r in self.rows if r["indicator"] == f"{name}_both" and r["n"]]
        return rows

    def times(self) -> list[str]:
        """Return the points in time of the rows, in order."""
        return times(self.months)


def compare(
    engine: Engine,
    baseline: Arm,
    policies: list[Arm],
    seeds: list[int],
    months: int,
    run: Run,
    scaling: list[dict[str, Any]] | None = None,
    level: float = statistics.LEVEL,
) -> Comparison:
    """Run every arm on the same seeds and compare each policy with the baseline.

    Args:
        engine: what runs and what its indicators mean.
        baseline: the arm that differences are taken from.
        policies: the other arms, already scaled.
        seeds: one per replicate.
        months: length of the runs.
        run: runs tasks, durable and in parallel as it was set up.
        scaling: what equal cost did to the policies, None where it was not asked for.
        level: of the intervals.

    Raises:
        StoreError: if results cannot be kept.
    """
    arms = [baseline, *policies]
    tasks = {arm.label: make_tasks(engine, arm, seeds, months) for arm in arms}
    # Replicate by replicate, so that an interrupted comparison holds whole pairs.
    interleaved = [task for group in zip(*tasks.values(), strict=True) for task in group]
    results = run(interleaved, "compare").results
    runs = {label: [results.get(t.run_id) for t in group] for label, group in tasks.items()}
    values = {label: measure(engine, group, months) for label, group in runs.items()}
    rows = _rows(engine, baseline, baseline, values, months, level)
    stops = {arm.label: engine.last_supported(arm.scenario, months) for arm in policies}
    for arm in policies:
        rows += _rows(engine, baseline, arm, values, months, level)
        rows += support.rows_after_support(baseline, arm, runs, stops[arm.label], months, level)
    return Comparison(
        baseline.scenario.name,
        baseline,
        tuple(policies),
        tuple(seeds),
        months,
        engine.model_version(),
        tuple(rows),
        values,
        {label: [r.digest if r else None for r in group] for label, group in runs.items()},
        _at_equal_cost(rows, [arm.label for arm in policies]),
        None if scaling is None else tuple(scaling),
        runs,
        stops,
        level,
    )


def measure(
    engine: Engine, runs: list[Result | None], months: int
) -> dict[tuple[str, str], np.ndarray]:
    """Return every indicator at every time, each with shape (replicates,); NaN for a failed run."""
    return {
        (name, at): np.array(
            [
                engine.reported(declared, run.column(name), month_index(at, months))
                if run
                else math.nan
                for run in runs
            ]
        )
        for name, declared in engine.indicators.items()
        for at in times(months)
    }


def _rows(
    engine: Engine,
    baseline: Arm,
    arm: Arm,
    values: dict[str, dict[tuple[str, str], np.ndarray]],
    months: int,
    level: float,
) -> list[Row]:
    keys = list(values[arm.label])
    a = np.column_stack([values[baseline.label][key] for key in keys])
    b = np.column_stack([values[arm.label][key] for key in keys])
    found = statistics.summarise(a, b, level)
    rows = []
    for i, (name, at) in enumerate(keys):
        declared = engine.indicators[name]
        unit, direction = declared.unit, declared.direction
        rows.append(row(arm.label, name, at, unit, direction, found, i, arm is baseline))
    return rows


def _at_equal_cost(rows: list[Row], labels: list[str]) -> bool | None:
    """Return whether the policies lay out the same, within 5%, beyond the baseline."""
    if len(labels) < 2:
        return None
    diffs = {
        label: [r["diff"] for r in rows if r["policy"] == label and r["indicator"] in COSTS
                and r["at"] == "end"]
        for label in labels
    }  # fmt: skip
    if any(d is None for pair in diffs.values() for d in pair):
        return None
    spent = [sum(pair) for pair in diffs.values()]
    return max(spent) - min(spent) <= UNEQUAL * max(abs(s) for s in spent)
