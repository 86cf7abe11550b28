"""Returnee programme: settling-in money for founders and scientists from the world's frontier."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return places, money and knowledge; what is taken up is paid where people settle."""
    if not values["places_year"]:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    return {
        "returnee_places": values["places_year"] * intensity,
        "returnee_settle": here * values["settle_cny"],
        "returnee_frontier": here * values["frontier"],
    }


LEVER = lever(
    "returnee_programme",
    "living",
    "Returnee programme",
    "海归学者引进",
    mechanisms=("M045",),
    payer="government",
    compile=rules,
    fields={
        "settle_cny": number(
            0, "CNY", 0, 3_000_000, "settling-in money of a returnee", "安家费"
        ),
        "places_year": number(
            0, "1/year", 0, 200, "returnees a year", "每年名额", intensity=True, extensive=True
        ),
        "frontier": number(
            1.5, "ratio", 1, 3, "their knowledge over the outside frontier", "知识水平倍数"
        ),
    },
)  # fmt: skip
