"""All runs of one seed and what is measured on them; runs are shared among patterns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from calibration import arms
from calibration.measures import (
    cliff,
    genealogy,
    ground,
    growth,
    place,
    signs,
    sizes,
    survival,
    venture,
)
from calibration.panel import Panel, watch

Values = dict[str, Any]


def baseline(panel: Panel) -> Values:
    """Return everything that is measured on one run without policy.

    Rounds are few, and firms are followed for years from their first: they are read from the whole run,
    everything else from its first `arms.MONTHS`.
    """
    found: Values = venture.measure(panel)
    panel = panel.until(arms.MONTHS)
    metres = np.concatenate(panel.yearly["tie_metres"][-1:])
    near = float((metres <= ground.NEAR_M).mean()) if metres.size else math.nan
    for measure in (survival, growth, sizes, genealogy):
        found |= measure.measure(panel)
    found |= place.entry_mix(panel) | facts(panel)
    found |= ground.kernel_ratios(panel.params["encounters"][0])
    found["absorption"] = ground.absorption_shape(panel.params["spillovers"][0])
    found["ties_500m"] = near
    reach = float(panel.params["encounters"]["reach_near_m"][0])
    found["cluster_over_kernel"] = panel.yearly["cluster_metres"][-1] / reach
    return found


def facts(panel: Panel) -> Values:
    """Return the facts about a place without policy that hold beside the patterns (decision 0001)."""
    end = {name: float(panel.column(name)[-1]) for name in ("firms", "vacancy", "service_to_rent")}
    mean = {name: float(panel.column(name).mean()) for name in ("closure_rate", "leave_rate")}
    rents = panel.column("rent_office")
    return end | mean | {"rent_growth": float(rents[-1] / rents[0])}


def jobs_without_entry(place_name: str, seed: int, overrides: tuple[str, ...]) -> Values:
    """Return the change of jobs in the first year without entry."""
    closed = ("founding.rate=0", "location.entry_rate=0")
    panel = watch(arms.Arm("closed", closed, months=12).scenario(place_name, overrides), seed)
    return {"jobs_first_year": float(panel.column("jobs")[-1] / panel.at(-1)["staff"].sum() - 1)}


def short(place_name: str, seed: int, overrides: tuple[str, ...] = ()) -> Values:
    """Return what the patterns ask of the shorter runs of a seed."""

    def run(name: str) -> Panel:
        return watch(arms.BY_NAME[name].scenario(place_name, overrides), seed)

    whole = run("base")
    found = baseline(whole) | jobs_without_entry(place_name, seed, overrides)
    base = whole.until(arms.MONTHS)
    found |= place.mature_services(run("today"))
    found |= cliff.measure(base, run("cliff"), arms.STOP)
    return found | place.crowding(base, run("boom")) | place.flats(base, run("flats"))


def sign_tests(place_name: str, seed: int, overrides: tuple[str, ...] = ()) -> Values:
    """Return what the sign tests of policies ask of paired runs of a seed."""

    def run(name: str) -> Panel:
        return watch(arms.BY_NAME[name].scenario(place_name, overrides), seed)

    base = run("base").until(arms.MONTHS)
    found: Values = {"transfers_left": signs.persistence(base, run("cliff"), arms.STOP)}
    found["cash_alone"] = signs.performance(base, run("cash"), arms.STOP)
    found["with_school"] = signs.performance(base, run("school"), arms.STOP)
    one, two = run("grant"), run("second")
    found["first_grant"] = signs.odds_of_money(base, one)
    found["second_grant"] = signs.odds_of_money(one, two)
    del one, two
    rent = run("rent")
    found["rent_occupancy"] = signs.occupancy(base, rent)
    found["rent_stolen"] = signs.stolen(base, rent, arms.STOP)
    found |= {f"rent_{k}": v for k, v in cliff.response(base, rent, arms.STOP).items()}
    del rent
    found["built_left"] = signs.persistence(base, run("built"), arms.STOP)
    found["first_cafes"] = signs.ties_gained(run("bare"), run("first_cafes"))
    found["more_cafes"] = signs.ties_gained(base, run("more_cafes"))
    found["cluster_response"] = signs.response(base, run("rivals"))
    return found


def long(place_name: str, seed: int, overrides: tuple[str, ...] = ()) -> Values:
    """Return all that is measured on the long runs of a seed: a new place, a new park, a mature one."""
    new = watch(arms.BY_NAME["greenfield"].scenario(place_name, overrides), seed)
    found = place.life_cycle(new)
    del new
    park = watch(arms.BY_NAME["park"].scenario(place_name, overrides), seed)
    found |= place.early_operator(park)
    del park
    mature = watch(arms.BY_NAME["mature"].scenario(place_name, overrides), seed)
    return found | place.mature_equity(mature, arms.CITY_COST)


KINDS = {"short": short, "signs": sign_tests, "long": long}


def study(task: tuple[str, str, int, tuple[str, ...]]) -> tuple[str, int, Values]:
    """Run one task (kind, place, seed, overrides); the form that worker processes take."""
    kind, place_name, seed, overrides = task
    found = KINDS[kind](place_name, seed, overrides)
    return kind, seed, plain(found)


def plain(found: Values) -> Values:
    """Return values as plain numbers and lists of numbers."""
    return {
        name: [float(x) for x in value] if isinstance(value, np.ndarray) else float(value)
        for name, value in found.items()
    }


def collect(results: Iterable[Values]) -> dict[str, np.ndarray]:
    """Return each value over seeds, shape (seeds,) or (seeds, parts); NaN is undefined."""
    rows = list(results)
    names = sorted({name for row in rows for name in row})
    return {name: np.array([row[name] for row in rows if name in row], float) for name in names}
