"""Land price: industrial land is sold below its price, with approval sped up, or with a plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, switch


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the price in force, the months saved, and whether land is sold with a plan."""
    said: dict[str, Any] = {
        "approval_saved": values["approval_months_saved"] * intensity,
        "land_conditions": np.where(intensity > 0, float(values["conditions"]), 0.0),
    }
    if values["price_factor"] < 1:
        cut = (1 - values["price_factor"]) * intensity
        said["land_factor"] = np.where(intensity > 0, 1 - cut, np.nan)
    return said


LEVER = lever(
    "land_price",
    "space",
    "Land start price and fast approval",
    "工业用地起价、带条件出让",
    mechanisms=("M067", "M069"),
    payer="government, by land revenue forgone",
    source="A-HZ-04",
    compile=rules,
    fields={
        "price_factor": number(
            1, "of the price", 0.5, 1, "price of industrial land", "起价系数", source="A-HZ-04"
        ),
        "approval_months_saved": number(
            0, "months", 0, 12, "earlier opening by fast approval", "审批节省月数", intensity=True
        ),
        "conditions": switch(0, "land is sold with a plan", "带条件、带方案出让", intensity=True),
    },
)  # fmt: skip
