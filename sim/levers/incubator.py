"""New-type incubator: places beyond the place's own, with mentors and terms of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return places, longest stay, bar and mentoring, and what the places cost."""
    places = np.floor(values["places"] * intensity + 1e-9)
    said: dict[str, Any] = {"incubator_extra": places}
    if values["places"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        cost = places * values["cost_cny_place_month"]
        said |= {
            "incubator_months": here * values["months_max"],
            "incubator_bar": here * values["quality_bar"],
            "incubator_mentor": values["mentor"] * intensity,
            "bill": Bill(
                "incubator",
                public=cost * values["public_share"],
                operator=cost * (1 - values["public_share"]),
            ),
        }
    return said


LEVER = lever(
    "incubator",
    "platforms",
    "New-type incubator",
    "新型孵化器",
    mechanisms=("M083",),
    payer="operator, government",
    source="B05",
    compile=rules,
    fields={
        "places": number(
            0,
            "places",
            0,
            1_000,
            "places added",
            "新增孵化工位",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "months_max": number(
            24, "months", 6, 48, "longest stay", "最长孵化期", source="B17", integer=True
        ),
        "quality_bar": number(0, "sd", -2, 2, "bar on the signal of quality", "质量门槛"),
        "mentor": number(0.5, "share", 0, 1, "mentoring of tenants", "在孵辅导力度"),
        "cost_cny_place_month": number(
            2_000, "CNY/month", 0, 10_000, "cost of a place", "工位月成本"
        ),
        "public_share": number(0.5, "share", 0, 1, "share paid by the government", "政府承担比例"),
    },
)
