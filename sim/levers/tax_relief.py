"""Tax relief: a share of local taxes is given back to a firm, for so many years."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award to a firm; taxes are paid in full and given back."""
    return {
        "share": values["rate"],
        "payroll_share": values["payroll_rate"],
        "months_max": 12 * values["years_max"],
    }


LEVER = lever(
    "tax_relief",
    "support",
    "Tax relief",
    "税收减免",
    mechanisms=(),
    payer="government",
    source="L07",
    programme="tax_relief",
    compile=terms,
    fields={
        "rate": number(
            0,
            "share",
            0,
            1,
            "share of the tax on revenue given back",
            "收入税返还比例",
            source="L07",
            intensity=True,
        ),
        "payroll_rate": number(
            0,
            "share",
            0,
            1,
            "share of the tax on wages given back",
            "工资税返还比例",
            intensity=True,
        ),
        "years_max": number(
            3, "years", 1, 10, "years of relief per firm", "减免年数", integer=True
        ),
    },
)
