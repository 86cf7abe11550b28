"""Pilot-scale base: slots for products on their way into the field, built once, for firms it fits."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Works, choice, lever, number

OWNERS = ("institute", "chain_leader", "operator")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return what the base offers once it stands, and the works that build it.

    Only the operator's part of the money is in the books here: an institute or the leader of a chain
    brings its own from outside.
    """
    if not values["slots_month"]:
        return {}
    since = np.where(np.maximum.accumulate(intensity) > 0, 1.0, np.nan)
    share = values["public_share"]
    cost = values["capex_cny"] / values["slots_month"]
    own = values["owner"] == "operator"
    return {
        "pilot_gain": since * values["speed_gain"],
        "pilot_price": since * values["price_cny"],
        "pilot_own": since * own,
        "pilot_running": since * values["cost_cny_slot"],
        "works": Works(
            "pilot_platform",
            "pilot_extra",
            values["slots_month"] * intensity,
            cost if own else cost * share,
            share if own else 1.0,
        ),
    }


LEVER = lever(
    "pilot_platform",
    "platforms",
    "Pilot-scale base, also specialised plant",
    "中试平台、专用车间与管廊",
    mechanisms=("M077", "M081"),
    payer="owner, government; firm by price",
    source="A-GEN-06",
    selects=True,
    compile=rules,
    fields={
        "slots_month": number(
            0,
            "slots/month",
            0,
            50,
            "slots built",
            "新建月档期",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "speed_gain": number(0.5, "share", 0, 2, "speed-up by a slot", "提速"),
        "price_cny": number(100_000, "CNY", 0, 2_000_000, "price of a slot", "档期价格"),
        "owner": choice("operator", OWNERS, "owner", "所有者"),
        "capex_cny": number(
            50_000_000, "CNY", 0, 1_000_000_000, "investment in all slots", "总投资"
        ),
        "cost_cny_slot": number(
            50_000, "CNY/month", 0, 500_000, "running cost of a slot", "档期运行成本"
        ),
        "public_share": number(
            0.5, "share", 0, 1, "share of the investment paid by the government", "政府投资比例"
        ),
    },
)
