"""Scene opening: owners of test scenes let firms try their products in the field."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, choice, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return slots, their gain, fee and order, and the government's part of their cost.

    What the owners of scenes spend lies outside the books of the place.
    """
    slots = np.floor(values["slots_month"] * intensity + 1e-9)
    said: dict[str, Any] = {"scene_extra": slots}
    if values["slots_month"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said |= {
            "scene_gain": here * values["speed_gain"],
            "scene_quality": here * (values["assign"] == "quality"),
            "scene_fee": here * values["match_fee_cny"],
            "bill": Bill(
                "scene_opening", public=slots * values["cost_cny_slot"] * values["public_share"]
            ),
        }
    return said


LEVER = lever(
    "scene_opening",
    "platforms",
    "Scene opening and matching",
    "场景开放与对接",
    mechanisms=("M086", "M088"),
    payer="scene owners, government; firm by fee",
    compile=rules,
    fields={
        "slots_month": number(
            0,
            "slots/month",
            0,
            100,
            "slots opened",
            "新增场景档期",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "speed_gain": number(0.5, "share", 0, 2, "speed-up by a slot", "提速"),
        "assign": choice("queue", ("queue", "quality"), "who comes first", "分配方式"),
        "match_fee_cny": number(0, "CNY", 0, 100_000, "fee of a match", "对接费"),
        "cost_cny_slot": number(50_000, "CNY/month", 0, 500_000, "cost of a slot", "档期成本"),
        "public_share": number(0.5, "share", 0, 1, "share paid by the government", "政府承担比例"),
    },
)
