"""Space programme: floor is built, old stock renewed, and floor of one use turned into another's."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Field, choice, lever, number, switch

USES = ("office", "lab", "production")
PAYERS = ("operator", "government", "firm")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the floor asked for, so far or by the month, and the terms of building it.

    What has begun is finished, and what is finished stays. What the budget refuses is asked for again.
    """
    asked = [f"new_{use}_m2" for use in USES]
    if not any(values[name] for name in (*asked, "renew_share_year", "convert_m2")):
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    so_far = np.maximum.accumulate(intensity) * (intensity > 0)
    said: dict[str, Any] = {
        "renew_share": values["renew_share_year"] * intensity,
        "convert_m2": values["convert_m2"] * so_far,
        "convert_from": here * USES.index(values["convert_from"]),
        "convert_to": here * USES.index(values["convert_to"]),
        "build_cost": here * values["cost_cny_m2"],
        "build_months": here * values["build_months"],
        "build_payer": here * PAYERS.index(values["payer"]),
    }
    for use in USES:
        area = values[f"new_{use}_m2"]
        said[f"build_{use}"] = 0.0 if values["every_year"] else area * so_far
        said[f"yearly_{use}"] = area / 12 * intensity if values["every_year"] else 0.0
    return said


def _area(en: str, zh: str) -> Field:
    return number(0, "m2", 0, 1_000_000, en, zh, intensity=True)


LEVER = lever(
    "space_programme",
    "space",
    "New build, renewal, conversion",
    "空间供给、存量更新、工改",
    mechanisms=("M062", "M072", "M079"),
    payer="operator with debt, government, owners",
    source="A-QZ-01",
    compile=rules,
    fields={
        "new_office_m2": _area("offices built", "新建办公"),
        "new_lab_m2": _area("laboratories built", "新建实验"),
        "new_production_m2": _area("plants built", "新建厂房"),
        "every_year": switch(0, "as much again every year", "逐年新建"),
        "renew_share_year": number(
            0, "1/year", 0, 0.5, "share of the old stock renewed", "老旧存量年更新比例",
            source="A-QZ-01", intensity=True,
        ),
        "convert_m2": _area("vacant floor converted", "转换空置面积"),
        "convert_from": choice("production", USES, "use it is taken from", "转换前用途"),
        "convert_to": choice("office", USES, "use it is given to", "转换后用途"),
        "cost_cny_m2": number(4_000, "CNY/m2", 500, 15_000, "cost of new floor", "新建成本"),
        "build_months": number(
            18, "months", 6, 60, "from the start to the opening", "建设周期", integer=True
        ),
        "payer": choice("operator", PAYERS, "who pays", "出资方"),
    },
)  # fmt: skip
