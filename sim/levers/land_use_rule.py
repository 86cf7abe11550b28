"""Land-use rule: plants keep a least share of the floor; homes and shops may stand beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the share that plants keep, the room for homes and amenities, and what pooling saves."""
    said: dict[str, Any] = {
        "production_share_min": values["production_share_min"] * intensity,
        "pooling_saving": values["pooling_saving"] * intensity,
    }
    if values["support_share_max"] is not None:
        said["support_share_max"] = np.where(intensity > 0, values["support_share_max"], np.nan)
    return said


LEVER = lever(
    "land_use_rule",
    "space",
    "Production share and pooled facilities",
    "生产面积占比、统筹配套",
    mechanisms=("M066", "M070"),
    payer="firm, operator",
    outlay=False,
    source="A-HZ-03",
    compile=rules,
    fields={
        "production_share_min": number(
            0, "share", 0, 0.9, "least share of plants in all floor", "生产面积占比下限",
            source="A-HZ-03", intensity=True,
        ),
        "support_share_max": number(
            None, "share", 0, 0.4, "homes and amenities that owners may build beside plants",
            "配套面积占比上限",
        ),
        "pooling_saving": number(
            0, "share", 0, 0.3, "other operating cost saved where such facilities serve all staff",
            "统筹配套节省", intensity=True,
        ),
    },
)  # fmt: skip
