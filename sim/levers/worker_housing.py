"""Homes and daily life of workers: dormitories, a neighbourhood centre, small services, vendors."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, Works, choice, lever, number, param

VENDORS = ("ignore", "evict", "relief")

UNIT_COST = param(
    200_000, "CNY/unit", 50_000, 600_000, "assumption", "building a unit", "单套建设成本"
)
CENTRE_COST = param(20, "CNY/m2/month", 5, 60, "assumption", "running the centre", "邻里中心运营")
POINT_COST = param(100_000, "CNY/year", 0, 500_000, "assumption", "a small service", "便民点年费用")
VENDOR_COST = param(
    500_000, "CNY/year", 0, 3_000_000, "assumption", "a place for vendors", "摊贩疏导年费用"
)
PUBLIC = param(0.5, "share", 0, 1, "assumption", "government's part of it all", "政府承担比例")
VISITS = param(
    0.05, "person-days/m2/month", 0, 0.5, "assumption", "use of shared places", "共享空间使用"
)


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return beds, centre, services and vendors; dormitories and their rents outlast the lever."""
    centre = values["centre_m2"] * intensity
    points = values["micro_points_year"] * intensity
    relief = intensity * (values["vendor_rule"] == "relief")
    cost = centre * CENTRE_COST.default
    cost = cost + (points * POINT_COST.default + relief * VENDOR_COST.default) / 12
    said: dict[str, Any] = {
        "worker_centre": centre,
        "worker_micro": points,
        "vendor_evict": intensity * (values["vendor_rule"] == "evict"),
        "vendor_relief": relief,
        "event_person_days": centre * values["shared_place_share"] * VISITS.default,
        "bill": Bill(
            "worker_housing", public=cost * PUBLIC.default, operator=cost * (1 - PUBLIC.default)
        ),
    }
    if values["units"]:
        since = np.where(np.maximum.accumulate(intensity > 0), 1.0, np.nan)
        said["dorm_beds"] = since * values["beds_per_unit"]
        said["dorm_rent"] = since * values["rent_cny_bed"]
        said["works"] = Works(
            "worker_housing", "dorm_units", values["units"] * intensity, UNIT_COST.default,
            PUBLIC.default,
        )  # fmt: skip
    return said


LEVER = lever(
    "worker_housing",
    "living",
    "Dorms, neighbourhood centre, small services",
    "集体宿舍、邻里中心、便民服务",
    mechanisms=("M036", "M037", "M038", "M135"),
    payer="operator, government",
    source="A-ST-06",
    compile=rules,
    fields={
        "units": number(
            0, "units", 0, 10_000, "dormitory units added", "新增宿舍套数", source="A-ST-06",
            intensity=True, extensive=True, integer=True,
        ),
        "beds_per_unit": number(4, "beds", 1, 8, "beds in a unit", "每套床位", integer=True),
        "rent_cny_bed": number(300, "CNY/month", 0, 2_000, "rent of a bed", "床位月租"),
        "centre_m2": number(
            0, "m2", 0, 200_000, "neighbourhood centre", "邻里中心面积", source="A-ST-07",
            intensity=True,
        ),
        "shared_place_share": number(
            0, "share", 0, 0.5, "of the centre, places shared by all firms", "共享空间占比"
        ),
        "micro_points_year": number(
            0, "1/year", 0, 50, "small services opened a year", "每年便民服务点", source="A-ST-08",
            intensity=True,
        ),
        "vendor_rule": choice("ignore", VENDORS, "what becomes of street vendors", "摊贩管理"),
    },
)  # fmt: skip
