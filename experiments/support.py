"""What is left when support stops: indicators that only a comparison can have.

They follow the firms that a policy supported, by uid, into the baseline's run of the same seed.
Firms present in both arms are told apart from firms only the policy brought.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments import statistics
from experiments.rows import Row, row
from experiments.runner import Arm, Result
from sim.declare import Text
from sim.state.columns import FATES

LATER = (12, 24, 36)  # months after the stop


def here_at(fates: np.ndarray, month: int) -> np.ndarray:
    """Return which firms are on the site after `month`, shape (firms,)."""
    left = fates["left"]
    return (fates["arrived"] <= month) & ((left < 0) | (left > month))


def retention(policy: Result, baseline: Result, stop: int, later: int) -> dict[str, float]:
    """Follow the firms supported at `stop` for `later` months in both arms.

    Returns:
        Shares still on the site: `both` and `baseline` of the firms that are in both arms at the
        stop (with and without the policy), `only` of the firms only the policy brought; `brought`
        is the share of the supported that only the policy brought. NaN where there are none.
    """
    fates = policy.fates
    supported = fates[(fates["supported_at_stop"] > 0) & here_at(fates, stop)]
    there = baseline.fates[here_at(baseline.fates, stop)]
    in_both = np.isin(supported["uid"], there["uid"])
    same = there[np.isin(there["uid"], supported["uid"])]
    still = here_at(supported, stop + later)
    return {
        "both": _share(still[in_both]),
        "baseline": _share(here_at(same, stop + later)),
        "only": _share(still[~in_both]),
        "brought": _share(~in_both),
    }


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if flags.size else float("nan")


def rows_after_support(
    baseline: Arm,
    arm: Arm,
    runs: dict[str, list[Result | None]],
    stop: int | None,
    months: int,
    level: float = statistics.LEVEL,
) -> list[Row]:
    """Return the rows of the months after this policy's support has stopped.

    `stop` is the last month of support, counted from 0, None where it does not stop.
    """
    pairs = list(zip(runs[baseline.label], runs[arm.label], strict=True))
    rows = []
    for later in LATER:
        rows += _rows_later(arm.label, pairs, stop, later, months, level)
    return rows


def _rows_later(
    label: str,
    pairs: list[tuple[Result | None, Result | None]],
    stop: int | None,
    later: int,
    months: int,
    level: float,
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
        shares = retention(given, without, stop, later)
        a[f"{kept}_both"][i], b[f"{kept}_both"][i] = shares["baseline"], shares["both"]
        b[f"{kept}_only_policy"][i] = shares["only"]
        b[f"{kept}_share_only_policy"][i] = shares["brought"]
    found = statistics.summarise(
        np.column_stack(list(a.values())), np.column_stack(list(b.values())), level
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


@dataclass(frozen=True)
class Outcomes:
    """What became of the firms that a policy supported, as means over seeds, shape (fates,).

    Columns as `sim.state.columns.FATES`. `both`: firms in both arms, under the policy; `without`: the
    same firms in the baseline; `only`: firms only the policy brought.
    """

    both: np.ndarray
    without: np.ndarray
    only: np.ndarray


def outcomes(pairs: list[tuple[Result, Result]]) -> Outcomes:
    """Follow the firms ever supported to the end of (baseline, policy) pairs of runs."""
    found = np.zeros((3, len(FATES)))
    for without, given in pairs:
        supported = given.fates[given.fates["supported"] != 0]
        known = np.isin(supported["uid"], without.fates["uid"])
        same = without.fates[np.isin(without.fates["uid"], supported["uid"])]
        for at, fates in enumerate((supported[known], same, supported[~known])):
            found[at] += np.bincount(fates["how"], minlength=len(FATES))
    return Outcomes(*(found / max(len(pairs), 1)))
