"""Shared manufacturing: floor and machines that makers of things use instead of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return floor, what it saves and its price; running it costs the operator."""
    area = values["capacity_m2"] * intensity
    said: dict[str, Any] = {"plant_m2": area}
    if values["capacity_m2"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said |= {
            "plant_cut": here * values["fixed_cost_cut"],
            "plant_price": here * values["price_cny_m2_month"],
            "bill": Bill("shared_manufacturing", operator=area * values["cost_cny_m2_month"]),
        }
    return said


LEVER = lever(
    "shared_manufacturing",
    "platforms",
    "Shared manufacturing",
    "共享制造平台",
    mechanisms=("M082",),
    payer="operator; firm by price",
    compile=rules,
    fields={
        "capacity_m2": number(
            0, "m2", 0, 100_000, "floor of the platform", "平台面积", intensity=True
        ),
        "fixed_cost_cut": number(
            0.4, "share", 0, 0.8, "own floor and fixed cost it replaces", "替代的自有固定成本"
        ),
        "price_cny_m2_month": number(60, "CNY/m2/month", 0, 200, "price of its floor", "价格"),
        "cost_cny_m2_month": number(60, "CNY/m2/month", 0, 300, "cost of its floor", "运行成本"),
    },
)
