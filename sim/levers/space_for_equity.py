"""Space, free or for equity: rent is waived, for a stake or for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award; relief is the lesser of cap and rent."""
    bar, cap = values["quality_bar"], values["cap_cny_month"]
    return {
        "share": values["rent_waived_share"],
        "cap": np.inf if cap is None else cap,
        "months_max": values["months_max"],
        "stake": values["stake"],
        "quality_bar": np.nan if bar is None else bar,
        "public_share": values["public_share"],
    }


LEVER = lever(
    "space_for_equity",
    "finance",
    "Space, free or for equity",
    "空间换股份",
    mechanisms=("M099",),
    payer="operator; government by its share",
    source="G19",
    programme="space_for_equity",
    compile=terms,
    fields={
        "rent_waived_share": number(
            0, "share", 0, 1, "share of rent waived", "减免租金比例", intensity=True
        ),
        "cap_cny_month": number(
            None, "CNY/month", 0, 200_000, "cap per firm (null = none)", "每月上限"
        ),
        "months_max": number(24, "months", 6, 60, "months of relief", "减免月数", integer=True),
        "stake": number(
            0, "share", 0, 0.10, "stake in return (0 = free)", "换取股份", source="G19"
        ),
        "quality_bar": number(None, "sd", -2, 2, "bar on quality (null = none)", "质量门槛"),
        "public_share": number(0, "share", 0, 1, "share paid by the government", "政府承担比例"),
    },
)
