"""Proof-of-concept centre: slots that speed up early products and end weak projects."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return slots, their gain and price, the screen, and what the slots cost."""
    slots = np.floor(values["slots_month"] * intensity + 1e-9)
    said: dict[str, Any] = {"poc_extra": slots}
    if values["slots_month"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        cost = slots * values["cost_cny_slot"]
        said |= {
            "poc_gain": here * values["speed_gain"],
            "poc_screen": here * values["screen"],
            "poc_price": here * values["price_cny"],
            "bill": Bill(
                "poc_centre",
                public=cost * values["public_share"],
                operator=cost * (1 - values["public_share"]),
            ),
        }
    return said


LEVER = lever(
    "poc_centre",
    "platforms",
    "Proof-of-concept centre",
    "概念验证中心",
    mechanisms=("M080",),
    payer="government, operator; firm by price",
    source="F19",
    compile=rules,
    fields={
        "slots_month": number(
            0,
            "slots/month",
            0,
            50,
            "slots added",
            "新增月档期",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "speed_gain": number(0.5, "share", 0, 2, "speed-up by a slot", "提速", source="F19"),
        "screen": number(0.3, "share", 0, 1, "weak projects ended", "淘汰弱项目比例"),
        "price_cny": number(0, "CNY", 0, 500_000, "price of a slot", "档期价格"),
        "cost_cny_slot": number(50_000, "CNY/month", 0, 500_000, "cost of a slot", "档期成本"),
        "public_share": number(0.5, "share", 0, 1, "share paid by the government", "政府承担比例"),
    },
)
