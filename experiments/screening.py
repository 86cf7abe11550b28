"""A screening design: which of many parts of a policy matter, at as few arms as there are parts.

Plackett and Burman's twelve runs carry up to eleven parts that are on or off; main effects are not
mixed with each other, but may be with pairs of other parts. It takes the ten families of levers that
the articles call scenes (mechanism M124) in twelve arms instead of a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

_FIRST = (1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0)  # the generating row; the others are its rotations
MOST_PARTS = len(_FIRST)
ARMS = MOST_PARTS + 1


def design(parts: Sequence[str]) -> list[dict[str, bool]]:
    """Return twelve arms: for each, which parts are on.

    Raises:
        ValueError: if there are more parts than the design carries, or one comes twice.
    """
    if len(parts) > MOST_PARTS or len(set(parts)) < len(parts):
        raise ValueError(f"at most {MOST_PARTS} different parts, not {len(parts)}")
    rows = [np.roll(_FIRST, shift) for shift in range(MOST_PARTS)] + [np.zeros(MOST_PARTS, int)]
    return [dict(zip(parts, map(bool, row), strict=False)) for row in rows]


def main_effects(parts: Sequence[str], outcomes: Sequence[float]) -> Mapping[str, float]:
    """Return for each part the mean outcome of the arms with it less that of those without.

    `outcomes` are in the order of `design(parts)`.
    """
    arms = design(parts)
    found = np.asarray(outcomes, float)
    if found.shape != (ARMS,):
        raise ValueError(f"{ARMS} outcomes are needed, one an arm")
    on = {part: np.array([arm[part] for arm in arms]) for part in parts}
    return {part: float(found[has].mean() - found[~has].mean()) for part, has in on.items()}
