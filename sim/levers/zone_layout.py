"""Zone layout: campus, park and street fused, compact, and mixed in use; decided at month 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Text, lever, number

FIELDS = ("interleave", "radius_km", "use_mix")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the layout; what is null leaves the place's own."""
    here = np.where(intensity > 0, 1.0, np.nan)
    return {f"layout_{name}": here * values[name] for name in FIELDS if values[name] is not None}


def one_layout(levers: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, Text]]:
    """Find a second layout: a place is laid out once."""
    why = Text("a place has one layout", "一个社区只有一种布局")
    count = len(levers.get("zone_layout", []))
    return [
        (f"zone_layout.{k}.interleave", "zone_layout.0.interleave", why) for k in range(1, count)
    ]


LEVER = lever(
    "zone_layout",
    "space",
    "Fused, compact, mixed layout",
    "三区融合、一公里、三生融合",
    mechanisms=("M051", "M052", "M061"),
    outlay=False,
    at_start=True,
    payer="government as planner",
    source="A-AIO-28",
    compile=rules,
    contradicts=one_layout,
    fields={
        "interleave": number(
            None,
            "share",
            0,
            1,
            "mixing of campus, park and street (0 in blocks)",
            "三区交错程度",
            source="A-AIO-28",
        ),
        "radius_km": number(None, "km", 0.5, 5, "radius of the place", "半径", source="A-AIO-27"),
        "use_mix": number(
            None, "entropy", 0, 1, "mixing of work, living and amenities", "生产生活生态混合度"
        ),
    },
)
