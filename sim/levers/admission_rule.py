"""Admission: by track, by fit to the chain, by quality."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the focal share aimed at, the weight of fit and the bar."""
    said = {
        "admission_focal": values["focal_share_target"] * intensity,
        "admission_chain": values["chain_fit_weight"] * intensity,
    }
    if values["quality_bar"] is not None:
        said["admission_bar"] = np.where(intensity > 0, float(values["quality_bar"]), np.nan)
    return said


LEVER = lever(
    "admission_rule",
    "space",
    "Admission by track, quality and fit",
    "赛道聚焦与系统准入",
    mechanisms=("M064", "M134"),
    outlay=False,
    payer="operator (space left empty)",
    source="A-AIO-03",
    compile=rules,
    fields={
        "focal_share_target": number(
            0,
            "share",
            0,
            1,
            "share of the focal sector aimed at",
            "赛道占比目标",
            source="A-AIO-03",
            intensity=True,
        ),
        "chain_fit_weight": number(
            0, "share", 0, 1, "weight of fit to the chain", "链条匹配权重", intensity=True
        ),
        "quality_bar": number(None, "sd", -2, 2, "bar on quality (null = none)", "质量门槛"),
    },
)
