"""Mentoring: hours of advice to a firm, for which it answers, free or for a fee."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, switch

MONTHS = 24  # mentoring raises growth for at most two years (evidence B24)


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award of mentoring."""
    return {
        "hours": values["hours_month"],
        "months_max": MONTHS,
        "gain": values["growth_gain"],
        "accountable": values["accountability"],
        "price": values["fee_cny_hour"],
        "cost": values["cost_cny_hour"],
        "public_share": 0.0,
    }


LEVER = lever(
    "mentoring",
    "services",
    "Mentoring with accountability",
    "创业辅导、产品专业指导",
    mechanisms=("M005",),
    payer="operator; firm by fee",
    source="B24",
    programme="mentoring",
    compile=terms,
    fields={
        "hours_month": number(
            0, "hours/month", 0, 40, "mentoring per firm", "每家企业月辅导时数", intensity=True
        ),
        "growth_gain": number(
            0.05, "log/year", 0, 0.1, "growth gained at full dose", "满额辅导的增速", source="B24"
        ),
        "accountability": switch(1, "firms answer for their progress", "企业须汇报进展"),
        "fee_cny_hour": number(0, "CNY/hour", 0, 3_000, "fee of an hour", "每小时收费"),
        "cost_cny_hour": number(400, "CNY/hour", 0, 2_000, "cost of an hour", "每小时成本"),
    },
)
