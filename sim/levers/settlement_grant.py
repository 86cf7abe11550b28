"""Settlement grant: bidding for firms from outside (the "buying resources" of the articles)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award to an arriving firm; the yearly sum is paid month by month."""
    return {
        "cny_month": values["amount_per_year"] / 12,
        "cny_head": values["amount_per_head"],
        "months_max": 12 * values["years_max"],
        "clawback_months": values["clawback_months"],
    }


LEVER = lever(
    "settlement_grant",
    "support",
    "Settlement grant, bidding for outside firms",
    "落户奖励（买资源）",
    mechanisms=("M027",),
    payer="government",
    source="F17",
    programme="settlement_grant",
    compile=terms,
    fields={
        "amount_per_year": number(
            0,
            "CNY/year",
            0,
            5_000_000,
            "per arriving firm and year",
            "每家落户企业年奖励",
            intensity=True,
        ),
        "amount_per_head": number(
            0, "CNY", 0, 100_000, "once per head of staff", "按人头一次性奖励", intensity=True
        ),
        "years_max": number(3, "years", 1, 10, "years paid", "奖励年数", integer=True),
        "clawback_months": number(
            0, "months", 0, 60, "paid back when leaving within", "提前迁出追回月数", integer=True
        ),
    },
)
