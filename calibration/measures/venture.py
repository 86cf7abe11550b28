"""PAT06: the venture funnel and its returns, realised and marked told apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calibration.measures.stakes import DEAD, OPEN, SOLD, Deals, deals
from calibration.panel import Panel, moved

FOLLOWED = 84  # months for which firms are followed from their first round (G08: 8 cohorts, 2017)
QUIET = 30  # months without a round after which a firm that is not sold has stalled
SEASONED = 48  # months after which what a financing brought is asked
TAIL = 3.0  # multiple above which the tail of returns is measured


def tail_parts(multiples: np.ndarray, least: float = TAIL) -> np.ndarray:
    """Return number and sum of logs of multiples above `least`; their ratio is Hill's exponent."""
    tail = multiples[multiples >= least]
    return np.array([tail.size, np.log(tail / least).sum()])


def funnel(panel: Panel, found: Deals) -> dict[str, np.ndarray]:
    """Follow the firms whose first round closed early in the run; movers drop out of sight.

    Each quantity is (cases, of how many): a run holds few, so they are added up over seeds.
    """
    end = panel.months
    cohort = found.uid[(found.number == 1) & (found.month <= end - FOLLOWED)]
    began = found.month[(found.number == 1) & (found.month <= end - FOLLOWED)]
    left, how = panel.fate_of(cohort)
    lost = moved(how) & (left - began < FOLLOWED)
    reached = np.zeros(cohort.size)
    latest = np.zeros(cohort.size)
    sold = np.zeros(cohort.size, np.bool_)
    for k, uid in enumerate(cohort):
        mine = (found.uid == uid) & (found.month - began[k] <= FOLLOWED)
        reached[k] = found.number[mine].max()
        latest[k] = found.month[mine].max()
        sold[k] = bool((found.state[mine] == SOLD).any())
    quiet = began + FOLLOWED - latest > QUIET

    def share(hit: np.ndarray, decided: np.ndarray) -> np.ndarray:
        return np.array([(hit & decided).sum(), decided.sum()], float)

    return {
        "again_of": share(reached >= 2, ~lost | (reached >= 2)),
        "fourth_of": share(reached >= 4, ~lost | (reached >= 4)),
        "stalled_of": share(quiet & ~sold, ~lost),
        "exited_of": share(sold, ~lost | sold),
    }


def returns(panel: Panel, found: Deals) -> dict[str, np.ndarray]:
    """Return how financings of some age came out, marked where they are open; (cases, of how many)."""
    old = found.month <= panel.months - SEASONED
    multiple, state = found.multiple[old], found.state[old]
    done = state != OPEN

    def share(hit: np.ndarray, among: np.ndarray) -> np.ndarray:
        return np.array([(hit & among).sum(), among.sum()], float)

    every = np.ones(multiple.size, np.bool_)
    return {
        "below_1x_of": share(multiple < 1, every),
        "over_10x_of": share(multiple >= 10, every),
        "tail_of": tail_parts(multiple),
        "mean_multiple_of": np.array([multiple.sum(), multiple.size]),
        "marked_share_of": share(~done, every),
        "realised_below_1x_of": share(multiple < 1, done),
        "realised_over_10x_of": share(multiple >= 10, done),
        "lost_whole_of": share(state == DEAD, every),
    }


def measure(panel: Panel) -> dict[str, Any]:
    """Return the funnel, the returns, the pace of rounds and what they dilute."""
    found = deals(panel)
    gaps = []
    for uid in np.unique(found.uid):
        mine = np.sort(found.month[found.uid == uid])
        gaps += np.diff(mine)[mine[:-1] <= panel.months - 60].tolist()
    by_round = [found.dilution[found.number == k] for k in (1, 2, 3)]
    sold = 1 - np.prod([1 - d.mean() if d.size else math.nan for d in by_round])
    first = panel.last()
    funded = max(int((first["raised"] > 0).sum()), 1)
    return {
        **funnel(panel, found),
        **returns(panel, found),
        "years_between": float(np.median(gaps)) / 12 if gaps else math.nan,
        "diluted_by_b": float(sold),
        "unicorns": float(panel.column("unicorns")[-1] / funded) if panel.names else math.nan,
    }
