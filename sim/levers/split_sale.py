"""Split sale: firms may buy the units of a plant that they lease."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, switch


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return whether units may be sold, and their terms; what is sold stays sold."""
    if not values["allowed"]:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    return {
        "split_allowed": intensity,
        "split_unit": here * values["min_unit_m2"],
        "split_price": here * values["price_cny_m2"],
        "split_lock": here * values["resale_lock_months"],
    }


LEVER = lever(
    "split_sale",
    "space",
    "Sale of split units",
    "分割转让",
    mechanisms=("M068",),
    payer="firm",
    outlay=False,
    source="A-HZ-05",
    compile=rules,
    fields={
        "allowed": switch(0, "units may be sold", "允许分割转让", intensity=True),
        "min_unit_m2": number(
            3_000, "m2", 500, 20_000, "least size of a unit", "分割最小面积", source="A-HZ-05"
        ),
        "price_cny_m2": number(5_000, "CNY/m2", 1_000, 15_000, "price of a unit", "转让价格"),
        "resale_lock_months": number(
            60, "months", 0, 120, "months without resale", "转让限制期", integer=True
        ),
    },
)  # fmt: skip
