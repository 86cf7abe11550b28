"""A comparison: the same seeds under a baseline and under each policy, and rows that say what
differs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments import statistics, support
from experiments.runner import Arm, Engine, Outcome, Result, Task, make_tasks
from sim.declare import Text

TIMES = (12, 36, 60, 84)
COSTS = ("public_cost_pv", "operator_cost_pv")
UNEQUAL = 0.05

Run = Callable[[list[Task], str], Outcome]  # (tasks, what they are for)
Row = dict[str, Any]


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

    def row(self, policy: str, indicator: str, at: str = "end") -> Row | None:
        """Return one row, None where the comparison has no such."""
        wanted = (policy, indicator, at)
        return next(
            (r for r in self.rows if (r["policy"], r["indicator"], r["at"]) == wanted), None
        )

    def times(self) -> list[str]:
        """Return the points in time of the rows, in order."""
        return times(self.months)


def times(months: int) -> list[str]:
    """Return the reported points in time of a run of `months`."""
    return [f"m{t:03d}" for t in TIMES if t <= months] + ["end"]


def month_index(at: str, months: int) -> int:
    """Return the row of a run's series that `at` (m012 … end) stands for."""
    return months - 1 if at == "end" else int(at[1:]) - 1


def compare(
    engine: Engine,
    baseline: Arm,
    policies: list[Arm],
    seeds: list[int],
    months: int,
    run: Run,
    programmes: set[str],
    scaling: list[dict[str, Any]] | None = None,
) -> Comparison:
    """Run every arm on the same seeds and compare each policy with the baseline.

    Args:
        engine: what runs and what its indicators mean.
        baseline: the arm that differences are taken from.
        policies: the other arms, already scaled.
        seeds: one per replicate.
        months: length of the runs.
        run: runs tasks, durable and in parallel as it was set up.
        programmes: names of the levers that make awards to firms.
        scaling: what equal cost did to the policies, None where it was not asked for.

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
    rows = _rows(engine, baseline, baseline, values, months)
    for arm in policies:
        rows += _rows(engine, baseline, arm, values, months)
        rows += _support_rows(baseline, arm, runs, programmes, months)
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
) -> list[Row]:
    keys = list(values[arm.label])
    a = np.column_stack([values[baseline.label][key] for key in keys])
    b = np.column_stack([values[arm.label][key] for key in keys])
    found = statistics.summarise(a, b)
    rows = []
    for i, (name, at) in enumerate(keys):
        declared = engine.indicators[name]
        unit, direction = declared.unit, declared.direction
        rows.append(row(arm.label, name, at, unit, direction, found, i, arm is baseline))
    return rows


def row(
    policy: str,
    indicator: str,
    at: str,
    unit: str,
    direction: str,
    found: statistics.Paired,
    i: int,
    is_baseline: bool = False,
    note: Text | None = None,
) -> Row:
    """Return a row of `semantics` form from column `i` of a summary."""
    better = {"up": found.better_up[i], "down": 1 - found.better_up[i]}.get(direction, math.nan)
    notes = [*([note] if note else []), *_notes(found, i, is_baseline)]
    return {
        "policy": policy,
        "indicator": indicator,
        "at": at,
        "unit": unit,
        "direction": direction,
        "mean": plain(found.mean[i]),
        "diff": plain(found.diff[i]),
        "lo": plain(found.low[i]),
        "hi": plain(found.high[i]),
        "p_better": None if is_baseline else plain(better),
        "variance_reduction": None if is_baseline else plain(found.variance_reduction[i]),
        "n": int(found.n[i]),
        "note": "; ".join(n.en for n in notes) or None,
        "note_zh": "；".join(n.zh for n in notes) or None,
        "needed": _needed(found, i),
    }


def plain(number: float) -> float | None:
    """Return a JSON number, None where it is undefined."""
    return float(number) if math.isfinite(number) else None


def _needed(found: statistics.Paired, i: int) -> int:
    if not found.n[i]:
        return 0
    return statistics.needed(found.diff[i], found.low[i], found.high[i], int(found.n[i]))


def _notes(found: statistics.Paired, i: int, is_baseline: bool) -> list[Text]:
    n = int(found.n[i])
    if not n and math.isfinite(found.mean[i]):
        return [Text("undefined in the baseline, so no difference", "基准中无定义，故无差值")]
    if not n:
        return [Text("undefined in every replicate", "所有重复中均无定义")]
    notes = []
    if found.skewed[i]:
        notes.append(Text("bootstrap-t interval (skewed)", "偏态，采用自助t区间"))
    if wanted := 0 if is_baseline else _needed(found, i):
        notes.append(
            Text(f"too few replicates: {wanted} needed", f"重复次数不足：需要 {wanted} 次")
        )
    return notes


def _support_rows(
    baseline: Arm,
    arm: Arm,
    runs: dict[str, list[Result | None]],
    programmes: set[str],
    months: int,
) -> list[Row]:
    """Return the rows of the months after this policy's support has stopped."""
    stop = support.stop_month(arm.scenario, programmes, months)
    pairs = list(zip(runs[baseline.label], runs[arm.label], strict=True))
    rows = []
    for later in support.LATER:
        rows += _rows_later(arm.label, pairs, stop, later, months)
    return rows


def _rows_later(
    label: str,
    pairs: list[tuple[Result | None, Result | None]],
    stop: int | None,
    later: int,
    months: int,
) -> list[Row]:
    nothing = np.full(len(pairs), math.nan)
    a, b = {}, {}
    gap, kept = f"excess_after_support_{later}m", f"retention_after_support_{later}m"
    for name in (gap, f"{kept}_both", f"{kept}_only_policy", f"{kept}_share_only_policy"):
        a[name], b[name] = nothing.copy(), nothing.copy()
    reaches = stop is not None and stop + later < months
    for i, (without, given) in enumerate(pairs if reaches else []):
        if without is None or given is None or stop is None:
            continue
        a[gap][i], b[gap][i] = (r.column("firms")[stop + later] for r in (without, given))
        shares = support.retention(given, without, stop, later)
        a[f"{kept}_both"][i], b[f"{kept}_both"][i] = shares["baseline"], shares["both"]
        b[f"{kept}_only_policy"][i] = shares["only"]
        b[f"{kept}_share_only_policy"][i] = shares["brought"]
    found = statistics.summarise(
        np.column_stack(list(a.values())), np.column_stack(list(b.values()))
    )
    at = f"m{stop + 1 + later:03d}" if reaches and stop is not None else "end"
    return [
        row(label, name, at, unit, direction, found, i, note=note if reaches else _no_stop(stop))
        for i, (name, (unit, direction, note)) in enumerate(zip(a, _LATER_ROWS, strict=True))
    ]


_LATER_ROWS = (
    ("firms", "up", None),
    (
        "share",
        "up",
        Text(
            "supported firms present in both arms; the difference is to the same firms "
            "in the baseline",
            "两种情形下都在园的受扶持企业；差值相对于基准中的同一批企业",
        ),
    ),
    ("share", "up", Text("supported firms only the policy brought", "仅因政策而来的受扶持企业")),
    (
        "share",
        "none",
        Text(
            "share of the supported at the stop that only the policy brought",
            "停止扶持时受扶持企业中仅因政策而来者的占比",
        ),
    ),
)


def _no_stop(stop: int | None) -> Text:
    if stop is None:
        return Text("no support to firms that stops within the run", "期内没有会停止的企业扶持")
    return Text("the run ends before", "运行在此之前结束")


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
