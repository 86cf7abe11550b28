"""Living circle: what daily life needs, within so many minutes on foot."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, numbers, several

FUNCTIONS = ("work", "housing", "transport", "school", "medical", "commerce")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return coverage, walking time and cost; coverage counts the functions it is built for."""
    here = np.where(intensity > 0, 1.0, np.nan)
    built = [k for k, name in enumerate(FUNCTIONS) if name in values["functions"]]
    coverage = values["coverage_target"] * len(built) / len(FUNCTIONS)
    said: dict[str, Any] = {
        "living_coverage": coverage * intensity,
        "living_leisure": (values["school"] + values["leisure"]) / 2 * intensity,
    }
    if coverage:
        said["living_minutes"] = here * np.mean([values["minutes"][k] for k in built])
        said["living_in_building"] = here * values["in_building_share"]
    if coverage or values["school"] or values["leisure"]:
        said["living_cost_point"] = here * values["cost_cny_point_year"]
    return said


LEVER = lever(
    "living_circle",
    "living",
    "Living circle by walking minutes",
    "生活圈（5/10/15分钟）",
    mechanisms=("M028", "M030", "M031", "M032", "M034", "M035"),
    payer="government, operator; shops pay part",
    source="A-AIO-19",
    compile=rules,
    fields={
        "coverage_target": number(
            0, "share", 0, 1, "coverage aimed at", "覆盖目标", intensity=True
        ),
        "minutes": numbers(
            (15,) * len(FUNCTIONS),
            "minutes",
            5,
            30,
            "walking time by function, or one for all",
            "各功能步行分钟数",
        ),
        "functions": several(FUNCTIONS, FUNCTIONS, "functions", "功能", source="A-AIO-20"),
        "school": number(0, "share", 0, 1, "schools", "学校", intensity=True),
        "leisure": number(0, "share", 0, 1, "leisure", "休闲", intensity=True),
        "in_building_share": number(
            0,
            "share",
            0,
            1,
            "points inside business buildings",
            "楼内服务点占比",
            source="A-IOT-19",
        ),
        "cost_cny_point_year": number(
            200_000, "CNY/year", 0, 2_000_000, "cost of a point", "单点年费用"
        ),
    },
)
