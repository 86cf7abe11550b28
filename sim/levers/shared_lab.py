"""Shared lab: design and test benches and a creative market that firms join by the month."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return floor, what members gain and pay; running it costs the operator."""
    area = values["area_m2"] * intensity
    said: dict[str, Any] = {"lab_m2": area}
    if values["area_m2"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said |= {
            "lab_speed": here * values["speed_gain"],
            "lab_quality": here * values["quality_gain"],
            "lab_draw": here * values["draw"],
            "lab_price": here * values["price_cny_month"],
            "bill": Bill("shared_lab", operator=area * values["cost_cny_m2_month"]),
        }
    return said


LEVER = lever(
    "shared_lab",
    "platforms",
    "Shared lab, design and test bench, creative market",
    "共享实验室、检测设计平台、创意集市",
    mechanisms=("M055", "M084"),
    payer="operator, leading firms; firm by price",
    compile=rules,
    fields={
        "area_m2": number(0, "m2", 0, 50_000, "floor of the lab", "面积", intensity=True),
        "speed_gain": number(0.2, "share", 0, 1, "speed-up of members", "会员提速"),
        "quality_gain": number(
            0.05, "sd/year", 0, 0.2, "quality gained by members", "会员质量提升"
        ),
        "draw": number(0.5, "0..1", 0, 1, "third place for members", "会员交往吸引力"),
        "price_cny_month": number(3_000, "CNY/month", 0, 20_000, "membership", "会员月费"),
        "cost_cny_m2_month": number(60, "CNY/m2/month", 0, 300, "cost of its floor", "运行成本"),
    },
)
