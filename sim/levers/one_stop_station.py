"""One-stop station: desks of the government that speed up firms' search, for tenants and others."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, several
from sim.state.catalogue import DESKS


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return capacity of each desk, which desks there are, their gain, reach and cost."""
    said: dict[str, Any] = {"station_capacity": values["capacity_month"] * intensity}
    if values["capacity_month"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said |= {
            "station_gain": here * values["search_gain"],
            "station_desks": here * sum(1 << DESKS.index(name) for name in set(values["desks"])),
            "station_radius": here * values["radius_km"],
            "station_cost": here * values["cost_cny_case"],
        }
    return said


LEVER = lever(
    "one_stop_station",
    "services",
    "One-stop station with eight desks",
    "一站式服务站（八找）",
    mechanisms=("M001",),
    payer="government",
    source="A-AIO-17",
    compile=rules,
    fields={
        "capacity_month": number(
            0,
            "cases/desk/month",
            0,
            500,
            "cases a desk can take a month",
            "单窗口月受理量",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "search_gain": number(1, "share", 0, 3, "faster search of those served", "搜寻提速"),
        "desks": several(DESKS, DESKS, "desks that are open", "开设的窗口", source="A-AIO-17"),
        "radius_km": number(5, "km", 0, 20, "reach beyond the tenants", "服务半径", source="K22"),
        "cost_cny_case": number(1_500, "CNY", 0, 10_000, "cost of a case", "单件成本"),
    },
)
