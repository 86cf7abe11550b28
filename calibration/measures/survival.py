"""PAT01 and the first half of PAT02: life tables of firms, economic and registered.

A firm that stood at the start enters at its age then (left truncation); who moves away, or is still
here at the end, leaves the table alive at its age (censoring). S(a) is the product over months of
age of 1 - closed/at risk (Kaplan and Meier).
"""

from __future__ import annotations

import math

import numpy as np

from calibration.panel import STILL_HERE, Panel, closed, ordinary


def life_table(enter: np.ndarray, leave: np.ndarray, event: np.ndarray, months: int) -> np.ndarray:
    """Return survival to each month of age, shape (months + 1,).

    Args:
        enter: age in months at which each firm comes under observation.
        leave: age in months at which it closes or is lost from sight.
        event: whether it closed then.
        months: last age.
    """
    enter, leave = np.maximum(enter, 0), np.minimum(leave, months + 1)
    event = event & (leave <= months)
    begun = np.bincount(enter[enter <= months], minlength=months + 2)
    ended = np.bincount(leave[enter <= months], minlength=months + 2)
    dead = np.bincount(leave[event & (enter <= months)], minlength=months + 2)
    at_risk = np.cumsum(begun)[: months + 1] - np.concatenate([[0], np.cumsum(ended)[:months]])
    with np.errstate(divide="ignore", invalid="ignore"):
        stays = np.where(at_risk > 0, 1 - dead[: months + 1] / at_risk, np.nan)
    return np.cumprod(np.concatenate([[1.0], stays]))[: months + 1]


def ages(panel: Panel, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return age at entry, age at leaving and whether it closed, of firms by their first rows."""
    left, how = panel.fate_of(rows["uid"])
    enter = np.maximum(0 - rows["born"], 0)
    leave = np.minimum(left, panel.months) - rows["born"]
    return enter, leave, closed(how) & (left < panel.months)


def yearly_hazard(alive: np.ndarray, year: int) -> float:
    """Return the chance to close in a year of age (1 = the first) of those alive at its start."""
    return float(1 - alive[12 * year] / alive[12 * (year - 1)])


def measure(panel: Panel) -> dict[str, float]:
    """Return survival and hazards of ordinary start-ups."""
    first = panel.first()
    own = first[ordinary(first)]
    alive = life_table(*ages(panel, own), 132)
    found = {f"survival_{y}y": float(alive[12 * y]) for y in (1, 3, 5, 10)}
    late = yearly_hazard(alive, 5)
    found["hazard_ratio"] = yearly_hazard(alive, 1) / late if late > 0 else math.nan
    return found | _registered(panel, own)


def _registered(panel: Panel, own: np.ndarray) -> dict[str, float]:
    """Follow firms born in the run to their deregistration, which comes after they close."""
    born = own[own["born"] >= 0]
    at = np.searchsorted(panel.fates["uid"], born["uid"])
    left, how = panel.fate_of(born["uid"])
    gone = closed(how) & (left < panel.months)
    struck = panel.fates["registered"][at]
    # A firm that moved keeps its entry in the register; it is lost from sight where it left.
    end = np.where(gone, struck, np.where(left < STILL_HERE, left, panel.months))
    event = gone & (struck < panel.months)
    leave = np.minimum(end, panel.months) - born["born"]
    alive = life_table(np.zeros(born.size, np.int64), leave, event, 132)
    hazard = np.array([yearly_hazard(alive, y) for y in range(1, 8)])
    found = {f"registered_{y}y": float(alive[12 * y]) for y in (1, 3, 5)}
    found["registered_peak_year"] = math.nan
    if np.isfinite(hazard).all():
        found["registered_peak_year"] = float(1 + np.argmax(hazard))
    return found
