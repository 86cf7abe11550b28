"""Rows of a comparison: their form, their notes, and the points in time they speak of."""

from __future__ import annotations

import math
from typing import Any

from experiments import statistics
from sim.declare import Text

TIMES = (12, 36, 60, 84)

Row = dict[str, Any]


def times(months: int) -> list[str]:
    """Return the reported points in time of a run of `months`."""
    return [f"m{t:03d}" for t in TIMES if t <= months] + ["end"]


def month_index(at: str, months: int) -> int:
    """Return the row of a run's series that `at` (m012 … end) stands for."""
    return months - 1 if at == "end" else int(at[1:]) - 1


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
