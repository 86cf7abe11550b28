"""Rooftop solar network: roofs of plants carry panels whose power is cheaper."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the roofs to be covered so far, and what the whole network saves; panels stay."""
    if not values["roof_share"]:
        return {}
    so_far = np.maximum.accumulate(intensity)
    return {
        "pv_roof": values["roof_share"] * so_far * (intensity > 0),
        "pv_saving": np.where(so_far > 0, values["saving_max"], 0.0),
        "pv_cost": np.where(intensity > 0, values["capex_cny_m2_roof"], 0.0),
    }


LEVER = lever(
    "rooftop_pv",
    "space",
    "Rooftop solar network",
    "屋顶光伏网络",
    mechanisms=("M074",),
    payer="operator with debt; owners",
    source="A-WC-07",
    compile=rules,
    fields={
        "roof_share": number(
            0, "share", 0, 1, "roofs of plants with panels", "光伏屋顶占比", intensity=True
        ),
        "saving_max": number(
            0.05, "share", 0, 0.15, "other operating cost saved with all roofs covered",
            "全覆盖时节省", source="A-WC-07",
        ),
        "capex_cny_m2_roof": number(800, "CNY/m2", 0, 2_000, "cost of a roof", "屋顶光伏投资"),
    },
)  # fmt: skip
