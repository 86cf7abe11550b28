"""Regulatory clarity: an action plan, a pilot zone for data, and clear bounds of safety."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return what clear rules change, and what complying with them costs a firm a month."""
    return {
        "regulation_demand": values["demand_sd_cut"] * intensity,
        "regulation_data": values["data_gain"] * intensity,
        "regulation_tail": values["tail_risk_cut"] * intensity,
        "regulation_compliance": values["compliance_cny_year"] / 12 * intensity,
    }


LEVER = lever(
    "regulatory_clarity",
    "support",
    "Action plan, data pilot zone, safety rules",
    "行动计划、数据先行区、安全边界",
    mechanisms=("M024", "M025", "M026"),
    outlay=False,
    payer="firms of the focal sector, for compliance",
    compile=rules,
    fields={
        "demand_sd_cut": number(
            0,
            "share",
            0,
            0.5,
            "cut of the spread of focal demand",
            "主赛道需求波动降幅",
            intensity=True,
        ),
        "data_gain": number(
            0,
            "share",
            0,
            0.5,
            "faster work of AI firms by access to data",
            "数据开放提速",
            intensity=True,
        ),
        "tail_risk_cut": number(
            0, "share", 0, 0.5, "cut of busts of focal demand", "萧条冲击降幅", intensity=True
        ),
        "compliance_cny_year": number(
            0, "CNY/year", 0, 500_000, "compliance per firm", "单家企业年合规成本", intensity=True
        ),
    },
)
