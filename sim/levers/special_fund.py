"""Special fund: how much public money there is a year, how it is split, and when it stops."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, numbers, shares
from sim.state.awards import FAMILIES

COUNCIL = ("government", "institutes", "funds", "firms")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return budget, split, weights by maturity, the council's eye for quality, and the stop.

    Institutes and funds award by quality, government and firms by queue.
    """
    here = np.where(intensity > 0, 1.0, np.nan)
    said: dict[str, Any] = {"public_stop": stopped(values, len(intensity))}
    if values["budget_cny_year"] is not None:
        said["budget_cny_year"] = here * values["budget_cny_year"]
    if values["shares"] is not None:
        said |= {f"share_{name}": here * values["shares"].get(name, 0.0) for name in FAMILIES}
    said |= {f"stage_weight_{k}": here * w for k, w in enumerate(values["stage_weights"])}
    council = values["council_weights"]
    said["council_quality"] = here * (council.get("institutes", 0) + council.get("funds", 0))
    return said


def stopped(values: dict[str, Any], months: int) -> np.ndarray:
    """Return the share of public outlays that has ended, shape (months,), in 0..1."""
    stop = values["stop_month"]
    if stop is None:
        return np.zeros(months)
    since = np.arange(months) - stop + 1
    return np.clip(since / (values["stop_taper_months"] + 1), 0.0, 1.0)


LEVER = lever(
    "special_fund",
    "support",
    "Special fund, its split and its end",
    "专项资金、投向与退出",
    mechanisms=("M008", "M020", "M112", "M113"),
    outlay=False,
    payer="government",
    source="A-HD-17",
    compile=rules,
    fields={
        "budget_cny_year": number(
            None,
            "CNY/year",
            0,
            10_000_000_000,
            "budget a year",
            "年度预算",
            source="A-HD-17",
            extensive=True,
        ),
        "shares": shares(None, FAMILIES, "split by family of levers", "投向分配"),
        "stage_weights": numbers(
            (1, 1, 1, 1, 1), "weight", 0, 10, "weight by maturity", "按成熟度权重"
        ),
        "council_weights": shares(
            {"government": 1, "institutes": 0, "funds": 0, "firms": 0},
            COUNCIL,
            "who decides on awards",
            "评审权重",
        ),
        "stop_month": number(
            None,
            "month",
            0,
            1200,
            "first month without public outlays",
            "停止支出月份",
            integer=True,
        ),
        "stop_taper_months": number(
            0, "months", 0, 60, "months over which they fade", "退坡月数", integer=True
        ),
    },
)
