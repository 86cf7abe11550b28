"""Industrial upstairs: new plants are stacked, for makers that can work on upper storeys."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the floor area ratio of new plants and what stacking costs; silent without one."""
    if values["far"] is None:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    return {
        "upstairs_far": here * values["far"],
        "upstairs_premium": here * values["cost_premium_per_floor"],
        "upstairs_fit": here * values["sector_fit"],
    }


LEVER = lever(
    "industrial_upstairs",
    "space",
    "Multi-storey plants",
    "工业上楼",
    mechanisms=("M071",),
    payer="operator, firm",
    outlay=False,
    compile=rules,
    fields={
        "far": number(None, "ratio", 0.5, 5, "floor area ratio of new plants", "新建厂房容积率"),
        "cost_premium_per_floor": number(
            0.05, "share", 0, 0.2, "dearer by a further storey", "每层成本溢价"
        ),
        "sector_fit": number(
            0.5, "share", 0, 1, "makers that can work upstairs", "适宜上楼企业占比"
        ),
    },
)  # fmt: skip
