"""What copying costs: the mix that is best in one place, taken over by another (mechanism M117)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from statistics import fmean

Outcomes = Mapping[str, Mapping[str, float]]


def best_mix(outcomes: Mapping[str, float]) -> str:
    """Return the policy with the highest outcome, the first by name among equals."""
    return min(outcomes, key=lambda policy: (-outcomes[policy], policy))


def regrets(outcomes: Outcomes) -> dict[tuple[str, str], float]:
    """Return what a place loses that copies another's best mix instead of choosing its own.

    Args:
        outcomes: by place, then by policy, a number that is better the higher it is; every place
            has every policy.

    Returns:
        by (place copied from, place that copies): its own best outcome less that of the copied mix.

    Raises:
        ValueError: if places were not given the same policies.
    """
    policies = {frozenset(row) for row in outcomes.values()}
    if len(policies) > 1:
        raise ValueError("places were not given the same policies")
    best = {place: best_mix(row) for place, row in outcomes.items()}
    return {
        (source, place): outcomes[place][best[place]] - outcomes[place][best[source]]
        for source, place in permutations(outcomes, 2)
    }


def copied_mix_regret(outcomes: Outcomes) -> float:
    """Return the mean over pairs of places of what copying loses, in the outcome's own unit.

    It is 0 where one mix is best everywhere, and NaN where there is nobody to copy from.
    """
    lost = regrets(outcomes)
    return fmean(lost.values()) if lost else float("nan")
