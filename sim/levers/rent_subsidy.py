"""Rent subsidy: a share of the rent is paid for a firm, for so many months."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award; the operator's share is low rent that it holds itself."""
    return {
        "share": values["discount"],
        "cap": values["cap_cny_m2_month"],
        "months_max": values["months_max"],
        "public_share": 1.0 - values["operator_share"],
    }


LEVER = lever(
    "rent_subsidy",
    "support",
    "Rent subsidy",
    "房租补贴",
    mechanisms=("M016",),
    payer="government; operator by its share",
    source="F15",
    programme="rent_subsidy",
    compile=terms,
    fields={
        "discount": number(0, "share", 0, 1, "share of rent paid", "减免租金比例", intensity=True),
        "months_max": number(
            24, "months", 1, 120, "longest award per firm", "每家企业最长月数", integer=True
        ),
        "cap_cny_m2_month": number(
            300, "CNY/m2/month", 0, 300, "cap per square metre", "每平方米月上限"
        ),
        "operator_share": number(0, "share", 0, 1, "share borne by the operator", "运营商承担比例"),
    },
)
