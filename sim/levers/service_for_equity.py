"""Services, free or for equity: resources by the month, for a stake or for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Text, lever, number

MOST_STAKE = 0.10


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award."""
    bar = values["quality_bar"]
    return {
        "cny_month": values["service_cny_month"],
        "months_max": values["months_max"],
        "stake": values["stake"],
        "mentor_share": values["mentor_share"],
        "quality_bar": np.nan if bar is None else bar,
        "rounds_max": values["rounds_max"],
        "public_share": values["public_share"],
    }


def too_much_equity(levers: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, Text]]:
    """Find services and space that together take more of one firm than founders can spare."""
    return [
        (
            f"service_for_equity.{i}.stake",
            f"space_for_equity.{j}.stake",
            Text(
                f"together they take {one['stake'] + other['stake']:.3g} of a firm,"
                f" at most {MOST_STAKE:g}",
                f"两项合计换取股份{one['stake'] + other['stake']:.3g}，上限{MOST_STAKE:g}",
            ),
        )
        for i, one in enumerate(levers.get("service_for_equity", []))
        for j, other in enumerate(levers.get("space_for_equity", []))
        if one["stake"] + other["stake"] > MOST_STAKE + 1e-9
    ]


LEVER = lever(
    "service_for_equity",
    "finance",
    "Services, free or for equity",
    "服务换股权",
    mechanisms=("M098",),
    payer="operator; government by its share",
    source="B11",
    programme="service_for_equity",
    compile=terms,
    contradicts=too_much_equity,
    fields={
        "service_cny_month": number(
            0, "CNY/month", 0, 50_000, "resources per firm", "每家企业每月服务资源", intensity=True
        ),
        "months_max": number(24, "months", 6, 60, "months of service", "服务月数", integer=True),
        "stake": number(
            0, "share", 0, 0.10, "stake in return (0 = free)", "换取股份", source="B12"
        ),
        "mentor_share": number(
            0.5, "share", 0, 1, "share spent on mentoring, the rest on the menu", "辅导占比"
        ),
        "quality_bar": number(None, "sd", -2, 2, "bar on quality (null = none)", "质量门槛"),
        "rounds_max": number(
            1, "round", 0, 5, "latest round a firm may have closed", "最高已融轮次", integer=True
        ),
        "public_share": number(0, "share", 0, 1, "share paid by the government", "政府承担比例"),
    },
)
