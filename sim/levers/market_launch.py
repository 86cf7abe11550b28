"""Market launch: promotion of new products, first purchases by the public, rebates to first buyers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return promotion and its length, public first orders and the rebate to other first buyers."""
    here = np.where(intensity > 0, 1.0, np.nan)
    said: dict[str, Any] = {
        "launch_lift": values["promotion_lift"] * intensity,
        "launch_orders": values["first_orders_year"] / 12 * intensity,
        "launch_rebate": values["buyer_rebate"] * intensity,
    }
    if values["promotion_lift"]:
        said["launch_months"] = here * values["lift_months"]
    if values["first_orders_year"] or values["buyer_rebate"]:
        said["launch_order_cny"] = here * values["order_cny"]
    return said


LEVER = lever(
    "market_launch",
    "services",
    "Promotion and first purchase",
    "推广、首购首用",
    mechanisms=("M006", "M087"),
    payer="promotion: operator; orders and rebates: government",
    source="A-XY-04",
    compile=rules,
    fields={
        "promotion_lift": number(
            0, "share", 0, 1, "lift of demand at launch", "首发需求提升", intensity=True
        ),
        "lift_months": number(
            12, "months", 3, 36, "months that it lasts", "推广月数", integer=True
        ),
        "first_orders_year": number(
            0, "orders/year", 0, 200, "first orders of the public", "年政府首购单数", intensity=True
        ),
        "order_cny": number(200_000, "CNY", 10_000, 5_000_000, "size of a first order", "首单金额"),
        "buyer_rebate": number(
            0, "share", 0, 0.5, "rebate to other first buyers", "首用买方补贴", intensity=True
        ),
    },
)
