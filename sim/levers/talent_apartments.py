"""Talent apartments: homes below market rent for those a place wants to keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Works, choice, lever, number

PRIORITIES = ("core_startup", "lottery", "queue")
SUPPLIES = ("build", "market")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the apartments asked for and their terms, which outlast the lever where they are built.

    Homes taken from the market go back to it when the lever ends. (The field that says so is not
    called source, which every block may have for its evidence.)
    """
    if not values["units"]:
        return {}
    since = np.where(np.maximum.accumulate(intensity > 0), 1.0, np.nan)
    said: dict[str, Any] = {
        "flats_discount": since * values["discount"],
        "flats_priority": since * PRIORITIES.index(values["priority"]),
    }
    units = values["units"] * intensity
    if values["supply"] == "market":
        said["flats_market"] = np.floor(units + 1e-9)
    else:
        said["works"] = Works(
            "talent_apartments", "flats_built", units, values["capex_cny_unit"], public_share=1.0
        )
    return said


LEVER = lever(
    "talent_apartments",
    "living",
    "Talent apartments",
    "人才公寓",
    mechanisms=("M029", "M039"),
    payer="government",
    source="A-HD-15",
    compile=rules,
    fields={
        "units": number(
            0, "units", 0, 20_000, "apartments added", "新增套数", source="A-HD-15", intensity=True,
            extensive=True, integer=True,
        ),
        "discount": number(0.35, "share", 0, 0.6, "below market rent", "租金折扣", source="A-HD-16"),
        "priority": choice("core_startup", PRIORITIES, "who comes first", "优先顺序"),
        "supply": choice("build", SUPPLIES, "built, or leased from the market", "房源"),
        "capex_cny_unit": number(
            350_000, "CNY/unit", 0, 2_000_000, "building one", "单套建设成本"
        ),
    },
)  # fmt: skip
