"""What is left when support stops: indicators that only a comparison can have.

They follow the firms that a policy supported, by uid, into the baseline's run of the same seed.
Firms present in both arms are told apart from firms only the policy brought.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.runner import Result

LATER = (12, 24, 36)  # months after the stop


def stop_month(scenario: Any, programmes: set[str], months: int) -> int | None:
    """Return the last month, counted from 0, in which the policy's awards run.

    None where the policy makes no awards, or they go on to the end of the run.
    """
    ends = [use.end + use.taper for use in scenario.levers if use.lever in programmes]
    return max(ends) if ends and max(ends) < months - 1 else None


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
