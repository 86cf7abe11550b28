"""Brand programme: spending on the community's name, and running remote parks under it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return spending, parks, the fees asked of them and the staff they need."""
    spend = values["spend_cny_year"] * intensity
    parks = values["export_parks"] * intensity
    return {
        "brand_spend": spend,
        "brand_parks": parks,
        "brand_fees": parks * values["fee_cny_park_year"],
        "brand_staff": parks * values["staff_per_park"],
        "bill": Bill("brand_programme", operator=spend / 12),
    }


LEVER = lever(
    "brand_programme",
    "operator",
    "Brand and light-asset export",
    "品牌IP、轻资产输出",
    mechanisms=("M108", "M109"),
    payer="operator; remote parks pay the fee",
    compile=rules,
    fields={
        "spend_cny_year": number(
            0, "CNY/year", 0, 50_000_000, "spending on the brand", "品牌年投入", intensity=True
        ),
        "export_parks": number(
            0, "parks", 0, 10, "remote parks run", "输出园区数", intensity=True, integer=True
        ),
        "fee_cny_park_year": number(
            3_000_000, "CNY/year", 0, 20_000_000, "fee of a park", "单园区年费"
        ),
        "staff_per_park": number(8, "people", 0, 50, "staff that a park needs", "单园区派驻人数"),
    },
)
