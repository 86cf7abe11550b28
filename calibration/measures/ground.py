"""PAT07: where ties run, from the rows of a world; distances in metres, 10 m a floor."""

from __future__ import annotations

import math

import numpy as np

from sim.state.space import STOREY_M

NEAR_M = 500.0
SAME_BUILDING_M = 26.0  # mean distance of two points in a square of 50 m, where a building stands


def lengths(firms: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return distances between firms by row."""
    one, other = firms[a], firms[b]
    plan = np.hypot(one["x"] - other["x"], one["y"] - other["y"])
    return plan + STOREY_M * np.abs(one["floor"] - other["floor"])


def tie_lengths(firms: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Return the lengths of the ties that formed in the run, shape (ties,)."""
    new = ties[(ties["since"] >= 0) & (ties["a"] >= 0) & (ties["b"] >= 0)]
    return lengths(firms, new["a"], new["b"])


def cluster_radius(firms: np.ndarray, ties: np.ndarray) -> float:
    """Return the root mean square distance from its centre of the largest set of tied firms."""
    kept = ties[(ties["a"] >= 0) & (ties["b"] >= 0)]
    if not kept.size:
        return math.nan
    label = np.arange(firms.size)
    while True:  # each firm takes the lowest label among its ties until none changes
        before = label.copy()
        np.minimum.at(label, kept["a"], label[kept["b"]])
        np.minimum.at(label, kept["b"], label[kept["a"]])
        if (label == before).all():
            break
    largest = firms[label == np.bincount(label).argmax()]
    away = (largest["x"] - largest["x"].mean()) ** 2 + (largest["y"] - largest["y"].mean()) ** 2
    return float(math.sqrt(away.mean()))


def kernel_ratios(p: np.void) -> dict[str, float]:
    """Return what the kernel of encounters says on a floor; `p` is its record of parameters."""
    component = math.exp((18.3 - 1.8) / p["reach_building_m"])

    def weight(d: float, inside: bool) -> float:
        near = p["weight_near"] * math.exp(-d / p["reach_near_m"])
        far = p["weight_far"] * math.exp(-d / p["reach_far_m"])
        return near + far + inside * p["weight_building"] * math.exp(-d / p["reach_building_m"])

    return {
        "floor_ratio": component,
        "beyond_20m": weight(22.0, True) / weight(22.0 + STOREY_M, True),
        "building_over_200m": weight(SAME_BUILDING_M, True) / weight(200.0, False),
    }


def absorption_shape(p: np.void) -> float:
    """Return what a tie teaches at the best distance over the mean at none and at the full one."""

    def f(x: float) -> float:
        return max(0.0, 1 - p["narrowness"] * (x - p["best_distance"]) ** 2)

    return f(float(p["best_distance"])) / max(0.5 * (f(0.0) + f(1.0)), 1e-9)
