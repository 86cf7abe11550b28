"""Open campus: amenities inside firms' own grounds are opened to all."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return how many giants open their grounds, and the operator's part of the cost."""
    said = {"campus_open": values["open_share"] * intensity}
    if values["open_share"]:
        said["campus_operator"] = np.where(intensity > 0, float(values["operator_share"]), np.nan)
    return said


LEVER = lever(
    "open_campus",
    "encounters",
    "Firm-owned amenities opened to all",
    "企业园区设施共享",
    mechanisms=("M033",),
    payer="giants; operator by its share",
    source="A-IOT-20",
    compile=rules,
    fields={
        "open_share": number(
            0,
            "share",
            0,
            1,
            "giants that open their amenities",
            "开放园区的龙头占比",
            intensity=True,
        ),
        "operator_share": number(
            0.5, "share", 0, 1, "share of the cost borne by the operator", "运营商承担比例"
        ),
    },
)
